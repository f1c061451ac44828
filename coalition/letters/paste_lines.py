"""What a single line of a pasted list is: a heading, a sentence, an address or a name."""

import re
from dataclasses import dataclass
from enum import StrEnum

from coalition.errors import N_
from coalition.organizations.names import SMALL_WORDS, clean_name, word_set


class EntryKind(StrEnum):
    """Who is listed in a section of the list."""

    ORGANIZATION = "organization"
    PERSON = "person"
    COMPANY = "company"


class Skip(StrEnum):
    """Why a line of the paste gave no name."""

    BLANK = "blank"
    RULE = "rule"
    HEADING = "heading"
    CLOSING = "closing"
    LETTER_TEXT = "letter_text"
    SOURCE = "source"
    WEBSITE = "website"
    CONTACT = "contact"
    NUMBER = "number"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    DUPLICATE = "duplicate"

    @property
    def sentence(self) -> str:
        """Return the reason in words, in English; translate where it is shown."""
        return _SENTENCES[self]


_SENTENCES = {
    Skip.BLANK: N_("empty line"),
    Skip.RULE: N_("a line of dashes"),
    Skip.HEADING: N_("a heading"),
    Skip.CLOSING: N_("the end of the letter"),
    Skip.LETTER_TEXT: N_("text of the letter"),
    Skip.SOURCE: N_("says where the list comes from or when"),
    Skip.WEBSITE: N_("a web address without a name"),
    Skip.CONTACT: N_("an e-mail address or telephone number, which is not kept"),
    Skip.NUMBER: N_("only a number"),
    Skip.UNREADABLE: N_("no letter or digit in it"),
    Skip.TOO_LONG: N_("longer than a name may be (200 characters)"),
    Skip.DUPLICATE: N_("already further up in this list"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: whom it announces and how many, as far as it says so."""

    label: str
    kind: EntryKind | None
    count: int | None
    opens_list: bool  # false for “Our request” and “Northern California”


_KIND_WORDS = {
    EntryKind.PERSON: word_set(
        "individual individuals person persons people experts academics scholars researchers"
        " personas individuos personal persönlichkeiten"
    ),
    EntryKind.COMPANY: word_set(
        "business businesses company companies corporation corporations firms empresa empresas"
        " corporate unternehmen"
    ),
    EntryKind.ORGANIZATION: word_set(
        "organization organizations organisation organisations organizational organisational"
        " group groups ngo ngos nonprofit nonprofits coalition coalitions union unions"
        " association associations organización organizaciones organizacion colectivos"
        " organisationen"
    ),
}
_LIST_WORDS = word_set(
    "signatory signatories signer signers signed endorser endorsers endorsed endorsements"
    " endorsing supporters supporting cosigners co undersigned firmantes firman sponsors"
    " sponsoring members participants unterzeichner"
)
_FILLER_WORDS = word_set(
    "list full final initial current first additional new other national state local city"
    " international regional statewide countywide community advocacy civil society member"
    " organizing partner name names url website web and or of the by as to this letter below"
    " following in alphabetical order affiliation affiliations for identification purposes"
    " only listed y las los de que our we all more with date non profit"
)
_HEADER_CELLS = word_set(
    "name names organization organisation group signatory url website web site link city state"
    " contact email title country address phone date no #"
)
_CLOSINGS = re.compile(
    r"^(?:(?:yours\s+)?(?:very\s+)?(?:sincerely|respectfully|truly|faithfully|cordially)"
    r"(?:\s+(?:yours|submitted))?|signed(?:\s+by)?|(?:with\s+)?(?:best\s+|kind\s+)?regards"
    r"|in\s+solidarity|in\s+community|atentamente|cordialmente|en\s+solidaridad"
    r"|mit\s+freundlichen\s+gr[üu](?:ß|ss)en)\s*[,.:;!]?$",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"^(?:dear|to\s+whom|estimad[oa]s?|querid[oa]s?|sehr\s+geehrte)\b.*", re.IGNORECASE
)
_SOURCE = re.compile(
    r"^(?:source|public\s+address|retrieved|accessed|url|date|subject|re|from|to|cc|page|fuente"
    r"|post\s+title)\s*:\s|^page\s+\d+(?:\s+of\s+\d+)?$"
    r"|^(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\s+\d{1,2},?\s+\d{4}$|^\d{1,2}\s+\w{3,10}\s+\d{4}$",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[(\[]\s*(\d{1,3}(?:[,.]\d{3})+|\d{1,7})\s*[)\]]")
_DECORATION = re.compile(r"^\s*(?:\#{1,6}\s|([-=~#—–])\1+.*([-=~#—–])\2+\s*$)")
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")
_PHONE = re.compile(r"^\+?[\d\s().-]{7,20}$")
# Function words of running text that hardly ever stand in a name.
_SENTENCE_WORDS = word_set(
    "we our is are was were has have had that which this these those will would be been it its"
    " you your their they not if when than such can must should who because also as how there"
    " nos nuestra es son que está han ser se su sus como pero wir sind ist werden dass"
)

_LOWER = tuple("abcdefghijklmnopqrstuvwxyzáéíóúñäöüßçàèâêîôû")


def heading_of(text: str) -> Heading | None:
    """Return the heading that the line is, or `None` if it is something else."""
    counted = _COUNT.search(text)
    bare = _COUNT.sub(" ", text).strip().strip("-=_*~#—–| ").strip()
    ends_with_colon = bare.endswith(":")
    bare = bare.rstrip(":. ").strip()
    words = re.findall(r"[^\W\d_]+", bare.casefold())
    if not words or len(words) > 14 or len(bare) > 120:
        return None
    known = frozenset().union(*_KIND_WORDS.values(), _LIST_WORDS)
    in_vocabulary = all(word in known or word in _FILLER_WORDS for word in words)
    opens = in_vocabulary and not known.isdisjoint(words)
    decorated = bool(_DECORATION.search(text)) and len(words) <= 8
    alone = opens and known.issuperset(w for w in words if w not in SMALL_WORDS)
    if not (decorated or ends_with_colon or (opens and counted) or alone):
        return None
    count = int(re.sub(r"\D", "", counted[1])) if counted else None
    label = re.split(r"\s*[,|]", bare)[0] if opens else bare
    return Heading(" ".join(label.split()), _kind_of(words) if opens else None, count, opens)


def _kind_of(words: list[str]) -> EntryKind | None:
    kinds = [kind for kind, known in _KIND_WORDS.items() if not known.isdisjoint(words)]
    return kinds[0] if len(kinds) == 1 else None


def is_table_header(cells: list[str]) -> bool:
    """Say whether the cells are the titles of columns, such as “Name | Website”."""
    words = [word for cell in cells for word in re.findall(r"[^\W\d_]+|#", cell.casefold())]
    return len(cells) > 1 and bool(words) and _HEADER_CELLS.issuperset(words)


def is_closing(text: str) -> bool:
    """Say whether the line ends a letter, as “Sincerely,” does."""
    return bool(_CLOSINGS.match(text))


def is_salutation(text: str) -> bool:
    """Say whether the line opens a letter, as “Dear Commissioners,” does."""
    return bool(_SALUTATION.match(text)) and text.rstrip().endswith((",", ":", "!", "，"))


def is_sentence(text: str) -> bool:
    """Say whether the line is running text and not a name."""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    main = [word for word in words if word.casefold().strip(".,;:") not in SMALL_WORDS]
    if len(main) < 4:
        return text.rstrip().endswith(("。", "！", "？")) and len(text) > 12
    lower = sum(word.lstrip("“\"'(").startswith(_LOWER) for word in main) / len(main)
    spoken = sum(word.casefold().strip(".,;:!?“”\"'()") in _SENTENCE_WORDS for word in words)
    ends = text.rstrip().rstrip("”\"')").endswith((".", "!", "?", ":", ";", ","))
    if lower >= 0.5 and (ends or spoken >= 2):
        return True
    return len(main) >= 10 and (lower >= 0.6 or (spoken >= 2 and lower >= 0.3))


def reason_to_skip(text: str) -> Skip | None:
    """Return why a line that is no heading and no sentence holds no name, if it holds none."""
    if not text.strip():
        return Skip.BLANK
    if not any(map(str.isalnum, text)):
        return Skip.RULE if len(text.strip()) > 2 else Skip.UNREADABLE
    bare = text.strip(" \t<>()[]|,;")
    if _SOURCE.match(bare):
        return Skip.SOURCE
    if not any(map(str.isalpha, text)):
        digits = sum(map(str.isdigit, text))
        return Skip.CONTACT if _PHONE.match(bare) and digits >= 7 else Skip.NUMBER
    if _EMAIL.fullmatch(bare):
        return Skip.CONTACT
    return None if clean_name(text) else Skip.UNREADABLE
