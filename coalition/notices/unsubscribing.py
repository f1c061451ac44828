"""The link in each notice with which a person ends these mails."""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from coalition import config, db, web
from coalition.consents.models import Consent
from coalition.letters.errors import LinkBroken
from coalition.notices.audience import PURPOSE
from coalition.people.models import Person

_SALT = "stop-notices"


def stop_page(person: Person) -> str:
    """Return the address of the page with which a person ends these mails."""
    token = _serializer().dumps([person.coalition_id.hex, person.id.hex])
    return web.absolute_url("notices.ask_to_stop", token=token)


def read_token(token: str) -> tuple[UUID, UUID]:
    """Return coalition and person of a link.

    Raises:
        LinkBroken: we did not make it.
    """
    try:
        match _serializer().loads(token):
            case [str(coalition), str(person)]:
                return UUID(coalition), UUID(person)
    except BadSignature as error:
        raise LinkBroken from error
    raise LinkBroken


def stop(person: Person, wording: str) -> None:
    """Note that a person agrees no more.

    Args:
        wording: what they were shown, word for word.
    """
    db.session.add(
        Consent(
            person_id=person.id,
            purpose=PURPOSE,
            given=False,
            wording=wording,
            source="link in a notice",
        )
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(config.current().secret_keys)), salt=_SALT)
