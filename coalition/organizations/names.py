"""How an organization's name is cleaned, compared and sorted.

Three texts belong to one name: the clean name is stored and shown, the key says
whether two names are the same one, the sort key puts a list in order.
"""

import re
import unicodedata
from functools import cache, lru_cache

from anyascii import anyascii
from cleanco.clean import (
    get_unique_terms,
    normalize_terms,
)

MAX_NAME_CHARS = 200  # longest clean name that is stored; longer ones are refused
SCANNED_CHARS = 2_000  # a key looks no further, so that no text makes it slow


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text that is easier to read than a list of quoted words."""
    return frozenset(words.split())


# Words that glue a name together; they say nothing about who it is.
SMALL_WORDS = word_set(
    "a an the of for and or in on at to by with from de del la las le les los el y e et du des"
    " da do dos der die das den dem des für fur und von vom zu zur im"
)

# Invisible although Unicode calls them letters or marks.
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Cc", "Cs", "Co"})
_JOINERS = frozenset("\u200c\u200d")
_VIRAMA = 9  # combining class of the sign that joins two Indic consonants

_LIST_MARK = re.compile(
    r"""(?:
      [•‣◦●○■□▪▫∙·►▸➢✓✔☐☑☒★☆]+\s*      # bullets that stand in front of nothing else
    | (?:[-*+>–—]|\#{1,6})\s+             # marks that only count before a space
    | \[[ xX]\]\s+                        # a tick box
    | (?:\(\d{1,4}\)|\d{1,4}[.)]|\(?[a-zA-Z]\))\s+   # 12.  12)  (12)  a)
    )+""",
    re.VERBOSE,
)
_TRAILING_MARKS = " ,;:*†‡§"
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
_EMPHASIS = ("**", "__", "*", "_", "`")

# A dot after these belongs to the name.
_ABBREVIATIONS = word_set(
    "inc ltd corp co llc llp plc pty st ste ave blvd dept assn assoc intl natl govt univ inst"
    " bros jr sr mt ft ev esq"
)

_SHORT_LEGAL_FORMS = re.compile(
    # Two letters are told from a state or country code by their dots, slash or capitals.
    r"[,\s]+(?:e\.\s?V\.?|eV|A\.\s?C\.?|AC|UG(?:\s\(haftungsbeschrankt\))?|[AIKP]/S|S\.\s?A\.?"
    r"|N\.\s?V\.?|B\.\s?V\.?|BV|A\.\s?G\.?|AG|S\.\s?L\.?|L\.\s?P\.?|P\.\s?C\.?|K\.\s?K\.?|KG"
    r"|Oy)$"
)
# cleanco lists these as legal forms; in the name of a group they are words or acronyms.
_NOT_LEGAL_FORMS = word_set(
    "company private unlimited coop koop scoop scop ong ent fie sas sad sal sem sep ses spa"
    " tov teo stg vat cpt aat ans asa dat ead fop gie gte ooo zao zat etat sia sab amba ska sha"
    " fcp epe iks kom partg psu pse tdv tmi secs doo dno esv"
)
_OWN_LEGAL_FORMS = frozenset({"ggmbh", "gug", "stichting", "asbl", "npc", "kgaa", "nonprofit"})

_TRADE_SIGNS = re.compile(r"[™®©℠]")
_WEB_PREFIX = re.compile(r"^\s*(?:https?://)?www\.", re.IGNORECASE)
_WEB_ENDING = re.compile(r"(?<=[A-Za-z0-9])\.(?:org|com|net|info)/?[\s.]*$", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z0-9])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Z][a-z])")

_IN_PARENTHESES = re.compile(r"^(?P<head>[^()]{1,400}?)\s*\((?P<tail>[^()]{1,400})\)[\s.]*$")
_AROUND_DASH = re.compile(r"^(?P<head>.{1,400}?)\s+[-–—]\s+(?P<tail>.{1,400})$")
_ACRONYM = re.compile(r"^[A-Za-z0-9][A-Za-z0-9.&-]{1,14}$")
_PLACE_CODES = word_set(
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj"
    " nm ny nyc nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc us usa uk eu ab bc mb"
    " nb ns on qc sk sf"
)


def clean_name(text: str) -> str:
    """Return the name as it is stored and shown.

    Composed (NFC), without invisible and direction-changing characters, list
    marks, wrapping quotes and the full stop of a sentence. Empty if nothing
    readable is left. Cleaning twice changes nothing more.
    """
    name = _visible(text)
    before = None
    while name != before:
        before = name
        name = _strip_list_mark(name)
        name = _strip_wrapping(name)
        name = _strip_sentence_end(name)
    return name if any(character.isalnum() for character in name) else ""


@lru_cache(maxsize=65_536)
def name_key(text: str) -> str:
    """Return the key that two spellings of one name share.

    Case, accents, spaces, punctuation, “&”, a leading “The”, legal forms, “.org”
    and an acronym in parentheses make no difference; a chapter or a place does.
    Empty only if nothing readable is in the text. A key is its own key.
    """
    key = "".join(name_words(text))
    if key:
        return key
    # Nothing in it has a sound (“+++”), so the characters themselves are the key.
    left = "".join(_visible(text).split())
    return f"x{left.casefold().encode().hex()}" if left else ""


def acronym(text: str) -> str | None:
    """Return the acronym that the name itself gives, as “Consumers Union (CU)” does."""
    return _split_acronym(clean_name(text[:SCANNED_CHARS]))[1]


@lru_cache(maxsize=65_536)
def sort_key(text: str) -> str:
    """Return the text that puts names in alphabetical order, compared byte by byte.

    A leading English article, case, accents and punctuation are ignored, and
    numbers count as numbers. Spanish articles stay: “La Raza” and “Los Angeles …”
    are looked up under L.
    """
    plain = anyascii(_without_signs(_visible(text[:SCANNED_CHARS]))).casefold()
    plain = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), plain)
    words = re.findall(r"[a-z0-9]+", re.sub(r"['`]", "", plain))
    if len(words) > 1 and words[0] in {"the", "a", "an"}:
        words = words[1:]
    padded = re.sub(r"\d+", lambda number: number[0].lstrip("0").zfill(12), " ".join(words))
    return padded or name_key(text)


def name_words(text: str) -> tuple[str, ...]:
    """Return the words of a name that its key is made of, in plain lower-case letters."""
    text = text[:SCANNED_CHARS]
    name = clean_name(text) or _visible(text)
    plain = anyascii(_split_acronym(_without_signs(name))[0])
    plain = plain.replace("&", " and ").replace("%", " percent ")
    plain = re.sub(r"['`]", "", plain).strip()
    plain = _WEB_ENDING.sub("", _WEB_PREFIX.sub("", plain))
    plain = _without_legal_form(plain)
    plain = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), plain)
    pieces = re.findall(r"[A-Za-z0-9]+", plain)
    words = [word.lower() for piece in pieces for word in _CAMEL.split(piece)]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return tuple(words)


def initials(text: str) -> frozenset[str]:
    """Return the acronyms that people would form from the name, in lower case."""
    words = name_words(text)
    every = "".join(word[0] for word in words)
    main = "".join(word[0] for word in words if word not in SMALL_WORDS)
    return frozenset(short for short in (every, main) if len(short) >= 3)


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    kept = [_visible_at(composed, index) for index in range(len(composed))]
    # Taking a character out can bring two together that compose.
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _visible_at(text: str, index: int) -> str:
    character = text[index]
    if character.isascii() and character.isprintable():
        return character
    if character.isspace():
        return " "
    if character in _JOINERS:
        return character if _joins_letters(text, index) else ""
    code = ord(character)
    invisible = (
        unicodedata.category(character) in _INVISIBLE_CATEGORIES
        or character in _INVISIBLE_LETTERS
        or 0xFE00 <= code <= 0xFE0F  # variation selectors
        or 0xE0000 <= code <= 0xE0FFF
        or 0x180B <= code <= 0x180F
        or code & 0xFFFE == 0xFFFE  # no characters at all
    )
    return "" if invisible else character


def _joins_letters(text: str, index: int) -> bool:
    """Say whether a zero-width joiner is spelling (Persian, Hindi …) and not a trick."""
    if not 0 < index < len(text) - 1:
        return False
    before, after = text[index - 1], text[index + 1]
    if unicodedata.combining(before) == _VIRAMA:
        return after.isalpha()
    return all(unicodedata.bidirectional(neighbour) == "AL" for neighbour in (before, after))


def _without_signs(text: str) -> str:
    return unicodedata.normalize("NFKC", _TRADE_SIGNS.sub("", text))


def _strip_list_mark(name: str) -> str:
    match = _LIST_MARK.match(name)
    return name[match.end() :].strip() if match else name


def _strip_wrapping(name: str) -> str:
    for mark in _EMPHASIS:
        inner = name[len(mark) : -len(mark)]
        if name.startswith(mark) and name.endswith(mark) and inner and mark not in inner:
            return inner.strip()
    closing = _QUOTES.get(name[:1])
    if closing and len(name) > 2 and name.endswith(closing) and closing not in name[1:-1]:
        return name[1:-1].strip()
    return name


def _strip_sentence_end(name: str) -> str:
    name = name.rstrip(_TRAILING_MARKS)
    if not name.endswith((".", "…")):
        return name
    bare = name.rstrip(".… ")
    last = bare.rsplit(None, 1)[-1] if bare else ""
    initial = len(last) == 1 and last.isalpha()
    if name == f"{bare}." and (initial or "." in last or last.casefold() in _ABBREVIATIONS):
        # “Change.org.” is a web name at the end of a sentence, “U.S.A.” is not.
        return bare if _WEB_ENDING.search(last) else name
    return bare


def _split_acronym(name: str) -> tuple[str, str | None]:
    """Part “Name (ACR)”, “ACR (Name)”, “ACR - Name” and “Name - ACR” into name and acronym."""
    match = _IN_PARENTHESES.match(name) or _AROUND_DASH.match(name)
    if match is None:
        return name, None
    head, tail = match["head"].strip(), match["tail"].strip()
    for short, full in ((tail, head), (head, tail)):
        if _stands_for(short, full):
            return full, "".join(filter(str.isalnum, short))
    return name, None


def _stands_for(short: str, full: str) -> bool:
    """Say whether the letters of `short` can be read off the words of `full`, in order."""
    letters = "".join(filter(str.isalnum, short)).casefold()
    if not _ACRONYM.match(short) or sum(map(str.isupper, short)) < 2 or " " not in full:
        return False
    words = [word.casefold() for word in re.findall(r"[^\W_]+", full)]
    if len(words) > 1 and words[0] == "the" and letters[0] != "t":
        words = words[1:]
    if not words or words[0][0] != letters[0]:
        return False
    if letters in _PLACE_CODES:  # “Housing Now (NY)” is a place; “United Students (US)” not
        main = "".join(word[0] for word in words if word not in SMALL_WORDS)
        return letters in {main, "".join(word[0] for word in words)}
    rest = iter("".join(words))
    return all(letter in rest for letter in letters)


def _without_legal_form(name: str) -> str:
    before = None
    while name != before:
        before = name
        name = _SHORT_LEGAL_FORMS.sub("", name.rstrip(" ,."))
        words = name.split()
        # “S. de R.L.” and “Pty. Ltd.” are several words.
        for size in range(min(4, len(words) - 1), 0, -1):
            tail = re.sub(r"[^a-z]", "", "".join(words[-size:]).lower())
            if tail in _legal_forms():
                name = " ".join(words[:-size])
                break
    return name


@cache
def _legal_forms() -> frozenset[str]:
    """Return legal forms of three letters and more, as one lower-case word each."""
    known = {re.sub(r"[^a-z]", "", form) for form in normalize_terms(get_unique_terms())}
    return (
        frozenset(form for form in known | _OWN_LEGAL_FORMS if len(form) > 2) - _NOT_LEGAL_FORMS
    )
