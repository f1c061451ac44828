"""A new link to one's preferences: anybody may ask, only the owner of the mailbox gets it.

Who asks must not learn whether an address is known, not even from how long the answer takes. So
the page does the same for each address, and the looking up is done by the worker.
"""

from datetime import timedelta
from uuid import UUID

from flask_babel import force_locale, gettext
from sqlalchemy import delete, select

from coalition import config, crypto, db, jobs
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.consents.links import preferences_url
from coalition.consents.models import LinkRequest
from coalition.consents.purposes import ServiceMail, register_service_mail
from coalition.mail import door
from coalition.people.models import person_by_email

PURPOSE = register_service_mail(ServiceMail("preferences", is_awaited=True)).name
KEPT = timedelta(days=1)  # of a request that could not be answered


def ask(address: str, language: str) -> None:
    """Have the owner of a mailbox sent a link to their preferences in each coalition.

    Args:
        address: as `clean_address` returns it.
        language: of the page on which somebody asked, for whom no language is known.
    """
    asked = LinkRequest(address_wrapped=crypto.wrap(address.encode()), language=language)
    db.session.add(asked)
    jobs.enqueue(send_links, asked.id)


def send_links(request_id: str) -> None:
    """Write to the owner of a mailbox for each coalition that knows it, then forget who asked.

    Idempotent, but that after a crash in the middle a coalition may write twice.
    """
    with db.platform_transaction() as session:
        asked = session.get(LinkRequest, UUID(request_id))
        if asked is None:
            return
        address, language = crypto.unwrap(asked.address_wrapped).decode(), asked.language
        coalition_ids = session.scalars(select(Coalition.id).order_by(Coalition.id)).all()
    for coalition_id in coalition_ids:
        with db.transaction(coalition_id):
            _write(coalition_id, address, language)
    with db.platform_transaction() as session:
        session.execute(delete(LinkRequest).filter_by(id=UUID(request_id)))


def forget_old() -> None:
    """Forget requests that could not be answered. Idempotent."""
    with db.platform_transaction() as session:
        session.execute(delete(LinkRequest).where(LinkRequest.asked_at < now() - KEPT))


def _write(coalition_id: UUID, address: str, language: str) -> None:
    person = person_by_email(address)
    if person is None:
        return
    coalition = db.session.get_one(Coalition, coalition_id)
    known = person.language in config.current().languages
    with force_locale(person.language if known and person.language else language):
        door.queue(
            coalition_id=coalition.id,
            purpose=PURPOSE,
            to=address,
            subject=gettext(
                "Your link: what %(coalition)s may write to you for", coalition=coalition.name
            ),
            text=gettext(
                "Hello,\n\n"
                "somebody, we think you, asked for a new link to the page on which you choose"
                " what %(coalition)s may write to you for. Here it is:\n\n%(url)s\n\n"
                "Keep this mail to yourself: who has the link can change what you get.\n\n"
                "If it was not you, ignore this mail: nothing has changed.\n",
                coalition=coalition.name,
                url=preferences_url(coalition.id, person.id),
            ),
            sender_name=coalition.name,
            reply_to=coalition.reply_to,
        )


jobs.periodic(jobs.Periodic("consents.forget_link_requests", 60 * 60, forget_old))
