"""Passing an action on: each confirmed person's link says who brought those that come by it."""

import secrets
from urllib.parse import quote
from uuid import UUID

import segno
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition import db, web
from coalition.actions.ladder import ShareCode
from coalition.actions.participations import Participation
from coalition.coalitions.models import Coalition

_CODE_BYTES = 6


def code_of(person_id: UUID | None) -> str | None:
    """Return the code in the links that a person passes on; made at the first time."""
    if person_id is None:
        return None
    db.session.execute(
        insert(ShareCode)
        .values(
            id=uuid7(),
            coalition_id=db.current_coalition_id(),
            person_id=person_id,
            code="p" + secrets.token_hex(_CODE_BYTES),
        )
        .on_conflict_do_nothing(index_elements=["person_id"])
    )
    return known_code(person_id)


def known_code(person_id: UUID) -> str | None:
    """Return a person's code if they have one."""
    return db.session.scalar(select(ShareCode.code).filter_by(person_id=person_id))


def ways(coalition: Coalition, participation: Participation) -> dict[str, str]:
    """Return ways to pass an action on, with the code of who does so; {} without an action."""
    action = participation.action
    if action is None or not participation.counts:
        return {}
    code = known_code(participation.person_id) if participation.person_id else None
    place = {"coalition": coalition.slug, "action": action.slug}
    url = web.absolute_url("actions.show", **place, **({"source": code} if code else {}))
    title = action.text_in(web.language()).title
    body = gettext("I did this. Will you do it too?") + f"\n\n{title}\n{url}\n"
    return {
        "share_url": url,
        "share_mail": f"mailto:?subject={quote(title)}&body={quote(body)}",
        "share_code": segno.make(url, error="m").svg_data_uri(scale=4, border=2),
    }
