"""What somebody saw of a mailing before they said yes to it, and whether it is still that.

It is a digest of each part and the number of people. Who approves and who sends say yes to a
sight; whatever is done with the mailing later is compared with it.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, gettext

from coalition.sdk import N_, Coalition, segment_by_id, segments_as_they_stand
from coalition_email_outreach import audience, triggers, workshop
from coalition_email_outreach.errors import NotSeen, SightOutdated, SightOutgrown
from coalition_email_outreach.models import Mailing, mailing_or_raise

GROWTH_PERCENT = 10  # more people than were seen, who joined meanwhile, change nothing
PARTS = {
    "texts": N_("the texts or subjects"),
    "purpose": N_("the purpose"),
    "sender": N_("who it comes from or where answers go"),
    "files": N_("the files"),
    "audience": N_("the question that chooses the audience"),
    "letter": N_("the letter that it is about"),
    "rules": N_("the rules of sending"),
}
_DIGEST = re.compile(r"[a-z]{1,20}:[0-9a-f]{64}")


@dataclass(frozen=True)
class Named:
    """Some of `PARTS` in a sentence, in the language in which it is said at last."""

    parts: Sequence[str]

    def __str__(self) -> str:
        words = [gettext(PARTS[each]) for each in self.parts]
        return format_list(words, locale=get_locale() or "en")


@dataclass(frozen=True)
class Sight:
    """What was seen: a digest of each part of `PARTS`, and how many would get it."""

    parts: Mapping[str, str]
    people: int

    @property
    def most(self) -> int:
        """To how many people a yes to this holds."""
        return self.people + self.people * GROWTH_PERCENT // 100

    @property
    def least(self) -> int:
        """Below which who looked would be surprised too."""
        return self.people - self.people * GROWTH_PERCENT // 100

    def changed(self, later: "Sight") -> list[str]:
        """Return the parts that are different later."""
        return [name for name in PARTS if self.parts.get(name) != later.parts.get(name)]

    def must_still_be(self, later: "Sight") -> None:
        """Make sure that what somebody looked at is what they say yes to.

        Raises:
            SightOutdated, SightOutgrown: they have to look again.
        """
        if changed := self.changed(later):
            raise SightOutdated(changed=Named(changed))
        if not self.least <= later.people <= self.most:
            raise SightOutgrown(seen=self.people, count=later.people)

    def as_text(self) -> str:
        """Return it for a form."""
        return " ".join([str(self.people), *(f"{n}:{d}" for n, d in self.parts.items())])

    @classmethod
    def from_text(cls, text: str) -> "Sight":
        """Read it from a form.

        Raises:
            NotSeen: it is none, as when somebody sends the form without having seen it.
        """
        people, *digests = text.split(" ")
        if not re.fullmatch(r"[0-9]{1,12}", people) or not all(map(_DIGEST.fullmatch, digests)):
            raise NotSeen
        return cls(dict(each.split(":") for each in digests), int(people))


def sight_of(mailing: Mailing, coalition: Coalition, people: int) -> Sight:
    """Return what there is to see of a mailing now; `people` are those who would get it.

    Of a series the people are not counted: they come by and by, as who looks at it knows.
    """
    sender = workshop.sender_of(mailing, coalition)
    found: dict[str, Any] = {
        "texts": [mailing.language, {text.language: text.words for text in mailing.texts}],
        "purpose": mailing.purpose,
        "sender": [sender.name, sender.address, sender.reply_to],
        # A file is never changed, only added and removed, so its id says what is in it.
        "files": sorted(str(each.id) for each in mailing.attachments),
        "audience": _audience(mailing),
        "letter": _letter(mailing, coalition),
        "rules": [
            mailing.trigger,
            mailing.delay_hours,
            mailing.test_percent,
            mailing.test_hours,
            mailing.in_doubt,
        ],
    }
    if narrowed := [str(each) for each in (mailing.campaign_id, mailing.body_id) if each]:
        found["rules"] += narrowed
    return Sight(
        {name: _digest(part) for name, part in found.items()},
        0 if mailing.is_series else people,
    )


def sight_now(mailing: Mailing, coalition: Coalition) -> Sight:
    """Return what there is to see of a mailing, with those counted who would get it.

    Raises:
        NotReady, QuestionBroken: its segment cannot be asked.
    """
    with segments_as_they_stand():
        people = 0 if mailing.is_series else audience.count(mailing)
        return sight_of(mailing, coalition, people)


def locked_sight(mailing: Mailing, coalition: Coalition) -> Sight:
    """Lock a mailing and return what there is to see of it.

    Counting may take seconds, so it is done first: nobody has to wait for that.

    Raises:
        SightOutdated: it was changed while we counted. NotReady, QuestionBroken: as above.
    """
    counted = sight_now(mailing, coalition)
    mailing_or_raise(mailing.id, lock=True)
    counted.must_still_be(sight_of(mailing, coalition, counted.people))
    return counted


def _audience(mailing: Mailing) -> Any:
    if mailing.segment_id is None:
        return "everybody"
    segment = segment_by_id(mailing.segment_id)
    return [str(mailing.segment_id), segment.whole_question() if segment else None]


def _letter(mailing: Mailing, coalition: Coalition) -> Any:
    """Return what texts say about the letter; those of a series follow what it is about."""
    if mailing.letter_id is None or mailing.is_series:
        return str(mailing.letter_id)
    return [
        triggers.letter_values(mailing.letter_id, coalition.slug, text.language)
        for text in mailing.texts
    ]


def _digest(part: Any) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()
