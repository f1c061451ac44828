"""Words in a name that say where a group works rather than who it is."""

from functools import cache

from babel import Locale

from coalition.organizations.names import SMALL_WORDS, name_words, word_set

_STATES = (
    "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia"
    " Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland"
    " Massachusetts Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada Hampshire"
    " Jersey Mexico York Carolina Dakota Ohio Oklahoma Oregon Pennsylvania Rhode Tennessee"
    " Texas Utah Vermont Virginia Washington Wisconsin Wyoming Ontario Quebec Alberta Manitoba"
).lower()
_CODES = (
    "al ak az ar ca co ct dc fl ga hi ia id il ky ma md mi mn mo ms mt nc nd ne nh nj nm nv ny"
    " nyc oh ok pa ri sc sd tn tx ut va vt wa wi wv wy us usa uk eu la sf socal norcal"
)
_CITIES = (
    "los angeles long beach culver san francisco diego jose bernardino fernando gabriel pedro"
    " oakland berkeley sacramento fresno riverside pasadena glendale santa monica ana barbara"
    " cruz seattle portland phoenix denver dallas houston austin antonio chicago detroit"
    " milwaukee minneapolis boston philadelphia pittsburgh baltimore atlanta miami tampa"
    " orlando charlotte nashville memphis orleans brooklyn bronx queens manhattan harlem"
    " london berlin paris madrid toronto vancouver montreal"
)
_DIRECTIONS = (
    "north south east west northern southern eastern western northeast northwest southeast"
    " southwest northeastern northwestern southeastern southwestern central greater mid upper"
    " lower inland"
)
_AREAS = (
    "county city valley bay coast island islands district region regional area town village"
    " province state metro new fort saint st american america european europe african africa"
)

# Babel's list of territories also has test locales and words that are rarely places.
_NOT_PLACES = word_set(
    "accents bidi pseudo man heard christmas nations outlying jan cook ocean unknown"
)


@cache
def place_words() -> frozenset[str]:
    """Return words of countries, states, some large cities, and directions."""
    countries = [
        word
        for code, name in Locale.parse("en").territories.items()
        if len(code) == 2
        for word in name_words(name)
        if len(word) > 1
    ]
    ours = f"{_STATES} {_CODES} {_CITIES} {_DIRECTIONS} {_AREAS}".split()
    return frozenset(ours).union(countries) - SMALL_WORDS - _NOT_PLACES


def directions() -> frozenset[str]:
    """Return words such as “north” and “greater”, one of which is no misspelling of another."""
    return frozenset(_DIRECTIONS.split())
