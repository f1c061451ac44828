"""Letters for programs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.letters import (
    DeliveryInput,
    LetterChange,
    LetterInput,
    LetterSchema,
    LettersQuery,
)
from coalition.campaigns.models import campaign_by_slug
from coalition.errors import N_, InvalidInput, NotFound
from coalition.letters import editing
from coalition.letters.editing import LetterValues, TargetValues, TextValues
from coalition.letters.models import Letter, LetterState, letter_by_slug

section = Section("letters", "Texts that people and organizations put their names to.")

_READ, _WRITE = "letters:read", "letters:write"
_ONE = "/letters/<slug:letter>"
_SELF = {"letter": "$response.body#/slug"}
_LINKS = dict.fromkeys(
    ("read_letter", "change_letter", "open_letter", "list_signatures"), _SELF
)
_OWN_NAMES = {each.name for each in fields(LetterValues)} - {"texts", "targets", "campaign_id"}


@section.lists("/letters", scope=_READ, gives=LetterSchema, query=LettersQuery)
def list_letters(state: LetterState | None, campaign: str | None) -> Select[Any]:
    """List the letters. `state` and `campaign` leave those that are so."""
    chosen = select(Letter).options(joinedload(Letter.campaign))
    if state is not None:
        chosen = chosen.where(Letter.state == state)
    if campaign is not None:
        chosen = chosen.where(Letter.campaign.has(slug=campaign))
    return chosen


@section.creates(
    "/letters", scope=_WRITE, takes=LetterInput, gives=LetterSchema, problems=(409,),
    links=_LINKS,
)  # fmt: skip
def create_letter(values: dict[str, Any]) -> Letter:
    """Add a draft. Without a slug it gets one made from its title."""
    return editing.create(_with(LetterValues(), values))


@section.reads(_ONE, scope=_READ, gives=LetterSchema)
def read_letter(letter: str) -> Letter:
    """Read a letter."""
    return letter_or_404(letter)


@section.changes(_ONE, scope=_WRITE, takes=LetterChange, gives=LetterSchema, problems=(409,))
def change_letter(letter: str, values: dict[str, Any], unchanged: Unchanged) -> Letter:
    """Change a letter. `texts` and `targets` replace all of them; a signed text needs a yes."""
    found = editing.locked_letter(letter)
    unchanged(found)
    signed_text_too = values.pop("signed_text_too", False)
    if values.get("slug") == "":
        values.pop("slug")
    editing.change(
        found,
        _with(_as_it_is(found), values),
        revision=editing.revision_of(found),
        signed_text_too=signed_text_too,
    )
    return found


@section.creates(
    f"{_ONE}/opening", scope=_WRITE, takes=None, gives=LetterSchema, status=200, problems=(409,),
    links={"close_letter": _SELF, "sign_letter": _SELF},
)  # fmt: skip
def open_letter(letter: str) -> Letter:
    """Start collecting signatures. A closed letter may be opened again."""
    found = editing.locked_letter(letter)
    found.open()
    return found


@section.creates(
    f"{_ONE}/closing", scope=_WRITE, takes=None, gives=LetterSchema, status=200, problems=(409,),
    links={"deliver_letter": _SELF},
)  # fmt: skip
def close_letter(letter: str) -> Letter:
    """Stop collecting signatures. Those still unconfirmed cannot be confirmed any more."""
    found = editing.locked_letter(letter)
    found.close()
    return found


@section.creates(
    f"{_ONE}/delivery", scope=_WRITE, takes=DeliveryInput, gives=LetterSchema, status=200,
    problems=(409,),
)  # fmt: skip
def deliver_letter(letter: str, values: Mapping[str, Any]) -> Letter:
    """Record that a closed letter was handed over. Its list is final then."""
    found = editing.locked_letter(letter)
    found.deliver(note=values["note"], at=values["delivered_at"])
    return found


def _as_it_is(letter: Letter) -> LetterValues:
    return LetterValues(
        **{name: getattr(letter, name) for name in _OWN_NAMES},
        campaign_id=letter.campaign_id,
        texts=[TextValues(each.language, each.title, each.body) for each in letter.texts],
        targets=[TargetValues(each.name, each.office, each.body) for each in letter.targets],
    )


def _with(before: LetterValues, values: Mapping[str, Any]) -> LetterValues:
    """Return the values of a letter with those that were sent."""
    sent = {name: value for name, value in values.items() if name in _OWN_NAMES}
    if "campaign" in values:
        sent["campaign_id"] = None
        if values["campaign"] is not None:
            campaign = campaign_by_slug(values["campaign"])
            if campaign is None:
                raise InvalidInput(field="campaign", reason=N_("There is no such campaign."))
            sent["campaign_id"] = campaign.id
    if "texts" in values:
        sent["texts"] = [TextValues(**each) for each in values["texts"]]
    if "targets" in values:
        sent["targets"] = [TargetValues(**each) for each in values["targets"]]
    return replace(before, **sent)


def letter_or_404(slug: str) -> Letter:
    """Return the letter with this address, in any state.

    Raises:
        NotFound: the coalition has none.
    """
    found = letter_by_slug(slug)
    if found is None:
        raise NotFound
    return found
