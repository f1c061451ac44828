"""Every text of a campaign, with where it stands and how it is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from coalition.sdk import (
    Action,
    Campaign,
    CampaignUpdate,
    Document,
    Letter,
    LetterState,
    Reason,
    language_here,
    ledger_of_item,
    record_in_audit_log,
    session,
)
from coalition_city_campaigns.kits.exporting import meetings_of
from coalition_city_campaigns.kits.loading import letters_of
from coalition_city_campaigns.kits.scanning import Text

_CAMPAIGN = ("title", "goal", "target", "summary", "call")


@dataclass
class Slot:
    """One text of one record: an attribute, or its translation into `language`."""

    row: Any
    name: str
    place: str
    edit_path: str
    language: str = ""
    is_fixed: bool = False  # it cannot be changed any more: it is in public

    @property
    def key(self) -> str:
        """What it is known by, however the campaign's other texts change."""
        return f"{self.row.__tablename__}/{self.row.id}/{self.language}/{self.name}"

    @property
    def text(self) -> Text:
        """What it says, for the scanner."""
        return Text(self.key, self.place, self.read(), self.edit_path)

    def read(self) -> str:
        """Return what it says."""
        if self.language:
            return str((self.row.translations.get(self.language) or {}).get(self.name) or "")
        return str(getattr(self.row, self.name) or "")

    def write(self, text: str) -> None:
        """Let it say something else."""
        if self.language:
            texts = {**self.row.translations.get(self.language, {}), self.name: text}
            self.row.translate(self.language, texts)
        else:
            setattr(self.row, self.name, text)
        record_in_audit_log("kit.adapted", self.row, [self.name])


def slots(campaign: Campaign) -> list[Slot]:
    """Return all texts of a campaign, in the order in which one reads them."""
    return [
        slot
        for slot in (
            *_of_campaign(campaign),
            *(each for letter in letters_of(campaign) for each in _of_letter(letter)),
            *_of_library(campaign),
            *_of_actions(campaign),
            *_of_meetings(campaign),
        )
        if slot.read()
    ]


def _of_campaign(campaign: Campaign) -> Iterator[Slot]:
    own = f"campaigns/{campaign.slug}"
    yield Slot(campaign, "slug", gettext("Address of the campaign"), f"{own}/edit")
    yield from _worded(campaign, _CAMPAIGN, gettext("Campaign"), f"{own}/edit")
    reasons = select(Reason).filter_by(campaign_id=campaign.id).order_by(Reason.position)
    for reason in session.scalars(reasons):
        place = gettext("Reason “%(title)s”") % {"title": reason.title}
        yield from _worded(reason, ("title", "body"), place, f"{own}/reasons/")
    updates = select(CampaignUpdate).filter_by(campaign_id=campaign.id)
    for update in session.scalars(updates.order_by(CampaignUpdate.id)):
        place = gettext("Update “%(title)s”") % {"title": update.title}
        yield from _worded(update, ("title", "body"), place, f"{own}/updates/")


def _of_letter(letter: Letter) -> Iterator[Slot]:
    own = f"letters/{letter.slug}"
    words = gettext("Letter “%(title)s”") % {"title": letter.title}
    is_fixed = letter.state != LetterState.DRAFT
    yield Slot(letter, "slug", f"{words}, {gettext('address')}", f"{own}/edit", "", is_fixed)
    for text in letter.texts:
        place = f"{words} ({language_here(text.language)})"
        yield Slot(text, "title", place, f"{own}/edit", "", is_fixed)
        yield Slot(text, "body", place, f"{own}/edit", "", is_fixed)
    for target in letter.targets:
        place = f"{words}, {gettext('whom it addresses')}"
        for name in ("name", "office", "body"):
            yield Slot(target, name, place, f"{own}/edit", "", is_fixed)


def _of_library(campaign: Campaign) -> Iterator[Slot]:
    own = f"campaigns/{campaign.slug}/documents/"
    documents = select(Document).filter_by(campaign_id=campaign.id).order_by(Document.id)
    for document in session.scalars(documents):
        place = gettext("Document “%(title)s”") % {"title": document.title}
        yield from _worded(document, ("title", "shows"), place, own)
        yield Slot(document, "agency", place, own)
        for claim in document.claims:
            yield from _worded(claim, ("claim", "answer"), place, own)


def _of_actions(campaign: Campaign) -> Iterator[Slot]:
    actions = select(Action).filter_by(campaign_id=campaign.id).order_by(Action.id)
    for action in session.scalars(actions):
        own = f"actions/{action.slug}/edit"
        yield Slot(action, "slug", gettext("Address of an action"), own)
        for name in ("email", "url", "phone"):
            yield Slot(
                action, name, gettext("Action “%(title)s”") % {"title": action.title}, own
            )
        for text in action.texts:
            place = gettext("Action “%(title)s”") % {"title": text.title}
            for name in ("title", "instructions", "script", "subject", "template"):
                yield Slot(text, name, f"{place} ({language_here(text.language)})", own)


def _of_meetings(campaign: Campaign) -> Iterator[Slot]:
    for meeting in meetings_of(campaign):
        own = f"meetings/{meeting.id}"
        for name in ("title", "place", "address", "note"):
            yield Slot(meeting, name, gettext("Meeting"), own)
        for item in meeting.items:
            place = gettext("Agenda item “%(subject)s”") % {"subject": item.subject}
            for name in ("number", "subject", "description", "docket"):
                yield Slot(item, name, place, own)
            for motion in item.motions:
                yield Slot(motion, "text", place, own)
            ledger = ledger_of_item(item.id)
            for text in ledger.texts if ledger else ():
                words = gettext("Text for comments “%(title)s”") % {"title": text.title}
                yield Slot(text, "title", words, f"comments/{item.id}/")
                yield Slot(text, "body", words, f"comments/{item.id}/")


def _worded(row: Any, names: Sequence[str], place: str, edit_path: str) -> Iterator[Slot]:
    for name in names:
        yield Slot(row, name, place, edit_path)
    for language in sorted(row.translations or {}):
        for name in names:
            yield Slot(row, name, f"{place} ({language_here(language)})", edit_path, language)
