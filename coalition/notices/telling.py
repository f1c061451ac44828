"""Telling people: a few in each transaction, so that a worker that dies misses and repeats nobody."""

import time
from collections.abc import Sequence
from uuid import UUID

from coalition import db, jobs
from coalition.addresses import NotAnAddress, same_mailbox
from coalition.calendars.links import page_urls
from coalition.coalitions.models import Coalition
from coalition.notices import audience, mails
from coalition.notices.receipts import Notice, NoticeState, locked_notice
from coalition.people.models import Person

BATCH = 50  # people in one transaction: it holds the counters of their mailboxes
WORK_S = 60.0  # then the job is owed anew, so that it is never cut off


def tell(coalition_id: str, notice_id: str) -> None:
    """Write to everybody whom a notice concerns. Idempotent, and goes on where it was cut off."""
    ends = time.monotonic() + WORK_S
    while tell_some(UUID(coalition_id), UUID(notice_id)):
        if time.monotonic() > ends:
            with db.transaction(UUID(coalition_id)):
                jobs.enqueue(tell, coalition_id, notice_id)
            return


def tell_some(coalition_id: UUID, notice_id: UUID) -> bool:
    """Write to the next people, each once; return whether there may be more."""
    with db.transaction(coalition_id) as session:
        notice = locked_notice(notice_id)
        if notice is None or notice.state != NoticeState.SENDING:
            return False
        if not notice.still_holds:
            notice.end(NoticeState.STOPPED)
            return False
        people = audience.next_people(notice, BATCH)
        if not people:
            notice.end(NoticeState.TOLD)
            return False
        coalition = session.get_one(Coalition, coalition_id)
        notice.count([each.id for each in people], written_to=_write(coalition, notice, people))
        return True


def _write(coalition: Coalition, notice: Notice, people: Sequence[Person]) -> int:
    """Queue the mails; return how many. They hold state as it is in this transaction."""
    texts: dict[str, mails.Text] = {}
    written_to = 0
    pages = dict(zip([each.id for each in people], page_urls(people), strict=True))
    # Two notices at once count the same mailboxes: in one order neither waits for the other.
    for person in sorted(people, key=lambda each: same_mailbox(each.email or "")):
        language = mails.language_for(person.language, coalition)
        if language not in texts:
            texts[language] = mails.compose(coalition, notice.news, language)
        try:
            mails.write(
                coalition,
                texts[language],
                person,
                calendar_page=f"{pages[person.id]}?lang={language}",
            )
        except NotAnAddress:  # stored before addresses were checked; the others are not to wait
            continue
        written_to += 1
    return written_to
