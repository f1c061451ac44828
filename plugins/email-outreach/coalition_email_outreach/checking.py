"""What is said about a mailing's texts while somebody writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext, ngettext

from coalition.sdk import (
    Coalition,
    DomainError,
    Mailbox,
    error_in_words,
    language_here,
)
from coalition_email_outreach import audience, merging, readers, workshop
from coalition_email_outreach.contents import MailingText
from coalition_email_outreach.merging import Field
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.places import Place, said_places
from coalition_email_outreach.readers import Gap

MAX_GAP_EXAMPLES = 3  # of one text
BEGINNING_CHARS = 400
_SEEN_CHARS = 300  # what stands before them is in the beginning of a text that is shown


@dataclass(frozen=True)
class Example:
    """What one person would read; `lacks` is the merge field that is empty for them."""

    who: str
    language_name: str
    subjects: Sequence[str]
    text: str
    lacks: str = ""


@dataclass
class Checked:
    """What is said about a text while it is written."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    gets: list[audience.Gets] | None = None

    @property
    def people(self) -> int:
        """How many would get it."""
        return sum(each.people for each in self.gets or ())


def problems(mailing: Mailing, coalition: Coalition) -> list[str]:
    """Return what keeps a mailing's texts from being written, in words."""
    return [error_in_words(each) for each in workshop.wrong_texts(mailing, coalition)]


def checked(mailing: Mailing, coalition: Coalition) -> Checked:
    """Say what is wrong with a mailing's texts, what some would miss, and what some would read."""
    found = Checked(problems(mailing, coalition), _about_the_test(mailing))
    try:
        counted = audience.makeup(mailing).languages
        found.gets = audience.in_words(counted)
        if found.problems:
            return found
        about = workshop.occasion_to_show(mailing)
        texts = {
            each: workshop.parsed(mailing, each, coalition, about) for each in mailing.texts
        }
        names = {each.name: None for parsed in texts.values() for each in parsed.fields()}
        gaps = readers.gaps(mailing, list(names))
        for written, parsed in texts.items():
            found.warnings += _warnings(written, parsed, gaps.get(written.language, []))
            if counted.get(written.language):
                most = 2 if len(texts) == 1 else 1
                found.examples += _examples(
                    mailing, written, parsed, gaps.get(written.language, []), most
                )
    except DomainError as error:
        found.problems.append(error_in_words(error))
    return found


def _about_the_test(mailing: Mailing) -> list[str]:
    """Say what keeps people out of the test of two subjects, or keeps it from taking place."""
    two = [each for each in mailing.texts if each.subject_b]
    if mailing.test_percent and not two:
        return [gettext("There is no second subject, so nothing is tested.")]
    if two and not mailing.test_percent:
        return [
            gettext(
                "A second subject is written, but nobody takes part in the test: write how many"
                " percent shall."
            )
        ]
    return [
        gettext(
            "“%(place)s” is empty: who reads this language gets the only subject there is, and is"
            " no part of the test.",
            place=Place("subject_b", each.language),
        )
        for each in mailing.texts
        if two and not each.subject_b
    ]


def _warnings(written: MailingText, parsed: workshop.Parsed, gaps: Sequence[Gap]) -> list[str]:
    said = [
        f"{said_places(parts, written.language)}: {_missing(each, gap)}"
        for gap in gaps
        for each, parts in parsed.fields().items()
        if each.name == gap.name
    ]
    for part, source in written.words.items():
        if "{%" in source or "{#" in source:
            meaningless = gettext("“{%%” has no meaning here: people read it as it stands.")
            where = Place(part, written.language)
            said.append(f"{where}: {meaningless.replace('%%', '%')}")
    return said


def _missing(each: Field, gap: Gap) -> str:
    if each.fallback:
        return ngettext(
            "%(num)d person has no “%(name)s” and reads “%(fallback)s”.",
            "%(num)d people have no “%(name)s” and read “%(fallback)s”.",
            gap.missing,
            name=each.name,
            fallback=each.fallback,
        )
    return ngettext(
        "%(num)d person has no “%(name)s”; there will be nothing in its place. Write"
        " {{%(name)s|friend}} to say something else.",
        "%(num)d people have no “%(name)s”; there will be nothing in its place. Write"
        " {{%(name)s|friend}} to say something else.",
        gap.missing,
        name=each.name,
    )


def _examples(
    mailing: Mailing,
    written: MailingText,
    parsed: workshop.Parsed,
    gaps: Sequence[Gap],
    most: int,
) -> list[Example]:
    """Return what some who read a language would read, also of those who lack something."""
    lacking = {gap.person_id: gap.name for gap in gaps[:MAX_GAP_EXAMPLES]}
    people = [
        each
        for each in readers.readers(mailing, written.language, most + len(lacking))
        if each.person_id not in lacking
    ][:most]
    people += audience.boxes(mailing, list(lacking))
    return [
        _example(person, written, parsed, lacking.get(person.person_id, ""))
        for person in people
    ]


def _example(
    person: Mailbox, written: MailingText, parsed: workshop.Parsed, lacks: str
) -> Example:
    values = parsed.common | merging.values_of(
        person.given_name, person.family_name, person.city, person.custom_fields
    )
    subjects = [parsed.subject.render(values)]
    if written.subject_b:
        subjects.append(parsed.second.render(values))
    return Example(
        who=f"{person.given_name} {person.family_name}".strip() or gettext("(no name)"),
        language_name=language_here(written.language),
        subjects=subjects,
        text=_excerpt(parsed.body.text, values, lacks),
        lacks=lacks,
    )


def _excerpt(body: merging.Template, values: Mapping[str, str], lacks: str) -> str:
    """Return how a text begins; if the field in question comes later, what stands around it."""
    before = 0
    for line in body.lines():
        if any(isinstance(part, Field) and part.name == lacks for part in line):
            break
        before += len(merging.Template(tuple(line)).render(values))
    else:
        before = 0
    whole = body.render(values)
    if before < _SEEN_CHARS:
        return whole[:BEGINNING_CHARS]
    return f"… {whole[before : before + BEGINNING_CHARS]}"
