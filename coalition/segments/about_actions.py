"""What can be asked about what people did: which letters they signed, and when they last acted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext
from sqlalchemy import Select, and_, not_, select

from coalition.clock import now
from coalition.errors import N_
from coalition.letters.signatures import Signature, SignatureKind
from coalition.people.models import Person
from coalition.segments import picking
from coalition.segments.conditions import (
    Clause,
    Condition,
    Parameter,
    ParameterKind,
    Subject,
    Values,
    acted_since,
    register,
    register_act,
)
from coalition.segments.standings import counting

Said = Mapping[str, str]


def _signed(values: Values) -> Clause:
    signed = select(Signature.id).where(
        Signature.letter_id == UUID(values["letter"]),
        Signature.person_id == Person.id,
        Signature.state == values["state"] if values.get("state") else counting(),
    )
    if values.get("kind"):
        signed = signed.where(Signature.kind == SignatureKind(values["kind"]))
    return signed.exists()


def _signed_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        words = gettext("did not sign “%(letter)s”", letter=said["letter"])
    else:
        words = gettext("signed “%(letter)s”", letter=said["letter"])
    more = [said[name] for name in ("kind", "state") if name in said]
    return f"{words} ({', '.join(more)})" if more else words


def _signed_states() -> picking.Options:
    return [
        ("confirmed", gettext("it waits for approval")),
        ("withdrawn", gettext("taken back")),
    ]


def _kinds() -> picking.Options:
    return [
        ("person", gettext("for themselves")),
        ("organization", gettext("for an organization")),
    ]


def _signed_since(moment: datetime | None) -> Select[Any]:
    done = select(Signature.person_id).where(Signature.confirmed_at.is_not(None))
    return done if moment is None else done.where(Signature.confirmed_at >= moment)


def _last_action(values: Values) -> Clause:
    since = acted_since(picking.start_of(values["day"]))
    return since if values["when"] == "since" else and_(acted_since(None), not_(since))


def _last_action_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    day = said["day"] if said["day"] == "…" else picking.day_in_words(said["day"])
    if contrary:
        return gettext(
            "did not take their last action %(when)s %(day)s", when=said["when"], day=day
        )
    return gettext("took their last action %(when)s %(day)s", when=said["when"], day=day)


def _since_or_before() -> picking.Options:
    return [("since", gettext("on or after")), ("before", gettext("before"))]


def _recent(values: Values) -> Clause:
    return acted_since(now() - timedelta(days=int(values["days"])))


def _recent_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    days = int(said["days"]) if said["days"].isdecimal() else 0
    if contrary:
        return ngettext(
            "did nothing in the last %(num)s day", "did nothing in the last %(num)s days", days
        )
    return ngettext(
        "did something in the last %(num)s day", "did something in the last %(num)s days", days
    )


_CONDITIONS = (
    Condition(
        name="signed_letter",
        label=N_("Signed a letter"),
        subject=Subject.PEOPLE,
        parameters=(
            picking.LETTER,
            Parameter(
                name="kind",
                label=N_("In what role"),
                options=_kinds,
                is_required=False,
                empty=N_("in whatever role"),
            ),
            Parameter(
                name="state",
                label=N_("State of the signature"),
                options=_signed_states,
                is_required=False,
                empty=N_("it counts"),
            ),
        ),
        clause=_signed,
        words=_signed_words,
    ),
    Condition(
        name="last_action",
        label=N_("Took their last action"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="when", label=N_("When"), options=_since_or_before),
            Parameter(name="day", label=N_("Day"), kind=ParameterKind.DAY),
        ),
        clause=_last_action,
        words=_last_action_words,
    ),
    Condition(
        name="recent_action",
        label=N_("Did something in the last days"),
        subject=Subject.PEOPLE,
        parameters=(Parameter(name="days", label=N_("Days"), kind=ParameterKind.WHOLE),),
        clause=_recent,
        words=_recent_words,
    ),
)

register_act("signature", _signed_since)
for _condition in _CONDITIONS:
    register(_condition)
