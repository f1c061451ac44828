"""Changing a letter: its text, its rules, whom it addresses; never over somebody else's change."""

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from coalition import audit, db
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.errors import N_, DomainError, InvalidInput, NotFound
from coalition.fields import MAX_SLUG_CHARS
from coalition.letters.errors import CannotChangeLetter, SlugTaken
from coalition.letters.models import (
    ApprovalRule,
    Letter,
    LetterKind,
    LetterState,
    LetterText,
    ListOrder,
    Signatories,
    Target,
    letter_by_slug,
)
from coalition.letters.signatures import Signature, SignatureState
from coalition.slugs import free_slug, slug_of

_OWN_FIELDS = (
    "slug", "kind", "campaign_id", "language", "signatories", "list_order", "approval", "goal",
    "dated_on", "opens_at", "closes_at", "time_zone",
)  # fmt: skip


class ChangedMeanwhile(DomainError):
    """Somebody else saved the letter after this form was opened."""

    code = "changed_meanwhile"
    message = N_(
        "Somebody else has changed this letter since you opened it. Nothing of yours was"
        " stored. Copy what you wrote, open the letter again and add it there."
    )


class SignedTextChanged(DomainError):
    """People have signed the text that would be changed."""

    status = 422
    code = "signed_text_changed"
    message = N_(
        "This text has signatures already. If you want to change it all the same, tick the box"
        " that says so. It will be noted who changed it and when."
    )


@dataclass(frozen=True, slots=True)
class TextValues:
    """The letter in one language."""

    language: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class TargetValues:
    """Somebody addressed."""

    name: str
    office: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterValues:
    """All that a coordinator writes about a letter, checked for length and shape."""

    slug: str = ""
    kind: LetterKind = LetterKind.SIGN_ON_LETTER
    campaign_id: UUID | None = None
    language: str = "en"
    signatories: Signatories = Signatories.BOTH
    list_order: ListOrder = ListOrder.ALPHABETICAL
    approval: ApprovalRule = ApprovalRule.UNPROVEN
    goal: int | None = None
    dated_on: date | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_zone: str = "America/Los_Angeles"
    texts: list[TextValues] = field(default_factory=list)
    targets: list[TargetValues] = field(default_factory=list)


def create(values: LetterValues) -> Letter:
    """Add a draft.

    Raises:
        SlugTaken: another letter of the coalition has this address.
        InvalidInput: as it says.
    """
    title = next((text.title for text in values.texts), "")
    stem = slug_of(title, most_chars=MAX_SLUG_CHARS - 4, otherwise="letter")
    letter = Letter(slug=values.slug or free_slug(Letter.slug, stem))
    if values.slug and letter_by_slug(values.slug) is not None:
        raise SlugTaken(field="slug", slug=values.slug)
    db.session.add(letter)
    _apply(letter, values)
    audit.record("letter.created", letter)
    return letter


def change(
    letter: Letter, values: LetterValues, *, revision: str, signed_text_too: bool = False
) -> list[str]:
    """Change a letter that was locked with `locked_letter`; return the names of what changed.

    Args:
        revision: `revision_of` the letter when the form was made.
        signed_text_too: the coordinator wants the text changed although it has signatures.

    Raises:
        ChangedMeanwhile, SignedTextChanged, SlugTaken, CannotChangeLetter, InvalidInput.
    """
    if letter.state == LetterState.DELIVERED:
        raise CannotChangeLetter(state=letter.state.value)
    if revision != revision_of(letter):
        raise ChangedMeanwhile
    _check_slug(letter, values.slug)
    signed = is_signed(letter.id)
    text_changes = _texts_of(letter) != sorted(values.texts, key=lambda text: text.language)
    if text_changes and signed and not signed_text_too:
        raise SignedTextChanged(field="signed_text_too")
    changed = _apply(letter, values)
    if changed:
        audit.record("letter.changed", letter, changed)
    if text_changes and signed:
        audit.record("letter.signed_text_changed", letter, ["texts"])
    return changed


def locked_letter(slug: str) -> Letter:
    """Return the letter with this address as it is now; nobody else changes it until the end.

    Raises:
        NotFound: the coalition has none.
    """
    statement = select(Letter).filter_by(slug=slug).with_for_update()
    letter = db.session.scalar(statement.execution_options(populate_existing=True))
    if letter is None:
        raise NotFound
    return letter


def revision_of(letter: Letter) -> str:
    """Return a short text that is another one after every change to the letter's content."""
    content = [
        [str(getattr(letter, name)) for name in _OWN_FIELDS],
        [[text.language, text.title, text.body] for text in _texts_of(letter)],
        [[target.name, target.office, target.body] for target in _targets_of(letter)],
        letter.state.value,
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:20]


def is_signed(letter_id: UUID) -> bool:
    """Return whether somebody's name is under the letter, or waits to be."""
    gone = (SignatureState.WITHDRAWN, SignatureState.REJECTED)
    found = select(Signature.id).where(
        Signature.letter_id == letter_id, Signature.state.not_in(gone)
    )
    return db.session.scalar(found.limit(1)) is not None


def _check_slug(letter: Letter, slug: str) -> None:
    if slug == letter.slug:
        return
    if letter.state != LetterState.DRAFT:  # links to it are out in the world
        raise CannotChangeLetter(field="slug", state=letter.state.value)
    if letter_by_slug(slug) is not None:
        raise SlugTaken(field="slug", slug=slug)


def _apply(letter: Letter, values: LetterValues) -> list[str]:
    _check_times(letter, values)
    if values.campaign_id and db.session.get(Campaign, values.campaign_id) is None:
        raise InvalidInput(field="campaign_id", reason=N_("There is no such campaign."))
    changed = []
    for name in _OWN_FIELDS:
        value = getattr(values, name)
        if name == "slug" and not value:
            continue
        if getattr(letter, name) != value:
            setattr(letter, name, value)
            changed.append(name)
    if _texts_of(letter) != sorted(values.texts, key=lambda text: text.language):
        _set_texts(letter, values.texts)
        changed.append("texts")
    if _targets_of(letter) != values.targets:
        _set_targets(letter, values.targets)
        changed.append("targets")
    return changed


def _check_times(letter: Letter, values: LetterValues) -> None:
    closes_at = values.closes_at
    if closes_at and values.opens_at and closes_at <= values.opens_at:
        reason = N_("The letter would close before it opens. Choose a later closing time.")
        raise InvalidInput(field="closes_at", reason=reason)
    if letter.state == LetterState.OPEN and closes_at and closes_at <= now():
        reason = N_("This time has passed. Choose a later one, or close the letter instead.")
        raise InvalidInput(field="closes_at", reason=reason)


def _set_texts(letter: Letter, texts: list[TextValues]) -> None:
    wanted = {text.language: text for text in texts}
    letter.texts[:] = [text for text in letter.texts if text.language in wanted]
    known = {text.language: text for text in letter.texts}
    for language, values in wanted.items():
        text = known.get(language)
        if text is None:
            text = LetterText(coalition_id=letter.coalition_id, language=language)
            letter.texts.append(text)
        text.title, text.body = values.title, values.body


def _set_targets(letter: Letter, targets: list[TargetValues]) -> None:
    known = list(letter.targets)
    letter.targets[:] = known[: len(targets)]
    for position, values in enumerate(targets):
        if position >= len(known):
            letter.targets.append(Target(coalition_id=letter.coalition_id))
        target = letter.targets[position]
        target.position = position
        for each in fields(values):
            setattr(target, each.name, getattr(values, each.name))


def _texts_of(letter: Letter) -> list[TextValues]:
    texts = [TextValues(text.language, text.title, text.body) for text in letter.texts]
    return sorted(texts, key=lambda text: text.language)


def _targets_of(letter: Letter) -> list[TargetValues]:
    return [TargetValues(each.name, each.office, each.body) for each in letter.targets]
