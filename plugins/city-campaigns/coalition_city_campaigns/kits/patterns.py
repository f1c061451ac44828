"""What texts say of a place without naming it: days, times, addresses, numbers to call."""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What something left over from the old city is."""

    CITY = "city"
    BODY = "body"
    PERSON = "person"
    AGENCY = "agency"
    ADDRESS = "address"
    POSTCODE = "postcode"
    DIVISION = "division"
    DATE = "date"
    TIME = "time"
    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"
    ITEM = "item"


# Names are also found when they are misspelled; of the others every letter counts.
NAMES = frozenset({Kind.CITY, Kind.BODY, Kind.PERSON, Kind.AGENCY})

# Words of place names that say nothing alone: "Beach" is in many texts, "Culver" is not.
COMMON_WORDS = frozenset({
    "beach", "bluff", "bluffs", "bridge", "camp", "canyon", "center", "city", "corners",
    "county", "creek", "crossing", "del", "east", "fall", "falls", "field", "forest", "fork",
    "fort", "gardens", "glen", "grand", "great", "green", "grove", "harbor", "heights", "high",
    "hill", "hills", "hollow", "island", "isle", "junction", "lake", "lakes", "land", "las",
    "little", "long", "los", "lower", "mill", "mills", "mount", "mountain", "new", "north",
    "oak", "oaks", "old", "park", "pines", "plain", "plains", "point", "port", "rapids",
    "ridge", "river", "rock", "saint", "san", "santa", "shore", "shores", "south", "spring",
    "springs", "station", "the", "town", "township", "union", "upper", "valley", "view",
    "village", "vista", "water", "west", "white", "wood", "woods",
})  # fmt: skip

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MESES = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
)
_DAYS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|mi[ée]rcoles|jueves|viernes"
    "|s[áa]bado|domingo"
)
_STREETS = (
    r"blvd|boulevard|st|street|ave|avenue|rd|road|dr|drive|way|place|pl|plaza|lane|ln|court|ct"
    r"|square|sq|parkway|pkwy|highway|hwy|terrace"
)

# The order matters where two begin at one place and are equally long: the first wins.
PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.DIVISION, r"ocd-division/[\w:/.~\-]+"),
        (Kind.EMAIL, r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"),
        (Kind.LINK, r"(?:https?://|www\.)[^\s<>()\[\]\"”]+[^\s<>()\[\]\"”.,;:!?]"),
        (Kind.PHONE, r"(?<![\w.])(?:\+?1[ .\-]?)?(?:\(\d{3}\) ?|\d{3}[ .\-])\d{3}[ .\-]\d{4}(?!\d)"),
        (
            Kind.ADDRESS,
            rf"(?<!\w)\d{{1,6}}(?: [\w.'’]+){{1,4}}? (?:{_STREETS})\b\.?",
        ),
        (Kind.POSTCODE, r"(?<!\w)[A-Z]{2} \d{5}(?:-\d{4})?(?!\w)"),
        (
            Kind.DATE,
            (rf"(?<!\w)(?:(?:{_DAYS}),? )?(?:"
            rf"(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
            rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})\.?(?:,? \d{{4}})?"
            rf"|\d{{1,2}}º? de (?:{_MESES})(?: (?:de|del) \d{{4}})?"
            rf"|(?:{_MONTHS})\.? \d{{4}}|(?:{_MESES}) (?:de|del) \d{{4}}"
            r"|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}"
            r"|(?:19|20)\d{2}(?![\d%]|,\d)"
            r")(?!\w)"),
        ),
        (Kind.DATE, rf"(?<!\w)(?:{_DAYS})(?!\w)"),
        (Kind.TIME, r"(?<!\w)\d{1,2}(?::\d{2})? ?(?:[ap]\. ?m\.|[ap]m\b)|(?<![\w:])\d{1,2}:\d{2}(?![\w:])"),
    )
)  # fmt: skip
