"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint
from marshmallow import Schema

from coalition.sdk import (
    N_,
    Chore,
    Coalition,
    LetterDelivered,
    PageLink,
    Panel,
    Periodic,
    Person,
    SignatureApproved,
    SignatureConfirmed,
    SignatureRejected,
    SignatureWithdrawn,
    Transport,
    VoteRecorded,
    hookimpl,
)
from coalition_email_outreach import (
    acting,
    acts,  # noqa: F401  its routes
    attention,
    checks,
    courtesies,
    deciding,  # noqa: F401  its routes
    drafts,  # noqa: F401  its routes
    final_copies,
    inbox,
    maildir,
    persons,
    samples,
    schemas,
    sending,
    series,
    views,
)

_SIGNED = SignatureConfirmed | SignatureApproved
_LEFT = SignatureWithdrawn | SignatureRejected


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return (views.pages, acting.pages, checks.pages)


@hookimpl
def coalition_attention() -> Sequence[PageLink]:
    return attention.links()


@hookimpl
def coalition_chores() -> Sequence[Chore]:
    return (Chore("email-outreach.send", sending.has_work, sending.send_due),)


@hookimpl
def coalition_navigation() -> Sequence[PageLink]:
    return (PageLink("mailings/", N_("Mailings")),)


@hookimpl
def coalition_person_panels(person: Person) -> Panel | None:
    return persons.mails_of(person)


@hookimpl
def coalition_samples(coalition: Coalition) -> None:
    samples.load(coalition)


@hookimpl
def coalition_mail_transport(url: str) -> Transport | None:
    return maildir.transport(url)


@hookimpl
def coalition_on_events(
    events: Sequence[
        SignatureConfirmed
        | SignatureApproved
        | SignatureWithdrawn
        | SignatureRejected
        | LetterDelivered
        | VoteRecorded
    ],
) -> None:
    series.after_signing([each for each in events if isinstance(each, _SIGNED)])
    series.after_leaving([each for each in events if isinstance(each, _LEFT)])
    series.after_vote([each for each in events if isinstance(each, VoteRecorded)])
    final_copies.after_delivery([each for each in events if isinstance(each, LetterDelivered)])
    final_copies.after_withdrawal(
        [each for each in events if isinstance(each, SignatureWithdrawn)]
    )


@hookimpl
def coalition_periodic() -> Sequence[Periodic]:
    return (
        Periodic("email-outreach.returns", 60, inbox.read_returns),
        Periodic("email-outreach.series", 300, series.look_at_moments),
        Periodic("email-outreach.reminders", 3600, courtesies.remind_all),
    )


@hookimpl
def coalition_settings() -> type[Schema]:
    return schemas.Settings
