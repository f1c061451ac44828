"""The audit log as pages: who did what to which record, when; never contact data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from coalition import db, web
from coalition.accounts import access
from coalition.accounts.models import User
from coalition.accounts.tokens import ApiToken
from coalition.audit import AuditEntry
from coalition.coalitions.models import Coalition
from coalition.manage import forms

PAGE = 100  # lines on one page

pages = Blueprint("manage_audit", __name__, template_folder="templates")


@dataclass(frozen=True)
class Asked:
    """What is left of the log: of one action (or its beginning), one actor, one record."""

    action: str
    actor_id: UUID | None
    record_id: UUID | None


@dataclass(frozen=True)
class Entries:
    """One page of the log, newest first, and the line after which the next page begins."""

    entries: Sequence[AuditEntry]
    next_after: UUID | None


@pages.get("/manage/<coalition>/audit")
@access.staff(access.Role.COORDINATOR)
def of_coalition(coalition: Coalition) -> ResponseReturnValue:
    """Show what was done in the coalition."""
    asked = _asked()
    with db.reading(coalition.id):
        page = _page(asked, coalition.id)
        return render_template(
            "manage/audit/index.html",
            coalition=coalition,
            page=page,
            asked=asked,
            names=actor_names(page.entries),
            coalitions={},
            time_zone=coalition.time_zone,
            endpoint="manage_audit.of_coalition",
        )


@pages.get("/admin/audit")
@access.administrator
def of_installation() -> ResponseReturnValue:
    """Show what was done anywhere in the installation."""
    asked = _asked()
    with db.platform_transaction():
        page = _page(asked, None)
        return render_template(
            "manage/audit/index.html",
            page=page,
            asked=asked,
            names=actor_names(page.entries),
            coalitions=_coalition_names(page.entries),
            time_zone="UTC",
            endpoint="manage_audit.of_installation",
        )


def actor_names(entries: Iterable[AuditEntry]) -> dict[UUID, str]:
    """Return by id what users are called and how tokens are labelled; no address."""
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    users = select(User.id, User.name).where(User.id.in_(ids))
    tokens = select(ApiToken.id, ApiToken.name).where(ApiToken.id.in_(ids))
    if not ids:
        return {}
    return {
        **dict(db.session.execute(users).all()),
        **dict(db.session.execute(tokens).all()),
    }


def _asked() -> Asked:
    actor, record = forms.asked("actor"), forms.asked("record")
    return Asked(
        action=forms.asked("action"),
        actor_id=web.id_or_404(actor) if actor else None,
        record_id=web.id_or_404(record) if record else None,
    )


def _page(asked: Asked, coalition_id: UUID | None) -> Entries:
    # Ids are in the order of time, so they are the place in the list too.
    chosen = select(AuditEntry)
    if coalition_id is not None:
        # Row security lets entries of the installation through as well.
        chosen = chosen.where(AuditEntry.coalition_id == coalition_id)
    if asked.action:
        chosen = chosen.where(AuditEntry.action.startswith(asked.action, autoescape=True))
    if asked.actor_id:
        chosen = chosen.where(AuditEntry.actor_id == asked.actor_id)
    if asked.record_id:
        chosen = chosen.where(AuditEntry.subject_id == asked.record_id)
    after = forms.place_in_list()
    if after is not None:
        chosen = chosen.where(AuditEntry.id < after)
    found = db.session.scalars(chosen.order_by(AuditEntry.id.desc()).limit(PAGE + 1)).all()
    page = found[:PAGE]
    return Entries(page, page[-1].id if len(found) > PAGE else None)


def _coalition_names(entries: Iterable[AuditEntry]) -> dict[UUID, str]:
    ids = {entry.coalition_id for entry in entries if entry.coalition_id}
    named = select(Coalition.id, Coalition.name).where(Coalition.id.in_(ids))
    return dict(db.session.execute(named).all())
