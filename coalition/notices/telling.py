"""Telling people: a few in each transaction, so that a worker that dies misses and repeats nobody."""

import time
from collections.abc import Sequence
from uuid import UUID

from coalition import db, jobs
from coalition.addresses import NotAnAddress, same_mailbox
from coalition.calendars.links import page_urls
from coalition.coalitions.models import Coalition
from coalition.notices import audience, mails
from coalition.notices.receipts import Notice, NoticeState, locked_together
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
        notice, others = locked_together(notice_id)
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
        along = _along(notice, others, people)
        written_to = _write(coalition, notice, people, along)
        notice.count([each.id for each in people], written_to=len(written_to))
        for other, theirs in along:
            other.count_along(sorted(theirs), written_to=len(theirs & written_to))
        return True


def _along(
    notice: Notice, others: Sequence[Notice], people: Sequence[Person]
) -> list[tuple[Notice, set[UUID]]]:
    """Return whom of these people the same mail tells it of other campaigns of the meeting."""
    place = audience.place_of(notice.meeting, notice.campaign)
    return [
        (other, audience.among(other, people))
        for other in others
        if audience.place_of(other.meeting, other.campaign) is place
    ]


def _write(
    coalition: Coalition,
    notice: Notice,
    people: Sequence[Person],
    along: Sequence[tuple[Notice, set[UUID]]],
) -> set[UUID]:
    """Queue the mails; return who is written to. They hold state as it is in this transaction."""
    texts: dict[tuple[str, tuple[UUID, ...]], mails.Text] = {}
    written_to: set[UUID] = set()
    pages = dict(zip([each.id for each in people], page_urls(people), strict=True))
    # Two notices at once count the same mailboxes: in one order neither waits for the other.
    for person in sorted(people, key=lambda each: same_mailbox(each.email or "")):
        language = mails.language_for(person.language, coalition)
        also = [other for other, theirs in along if person.id in theirs]
        key = language, tuple(other.id for other in also)
        if key not in texts:
            news = [other.news for other in also]
            texts[key] = mails.compose(coalition, notice.news, language, also=news)
        try:
            mails.write(
                coalition,
                texts[key],
                person,
                calendar_page=f"{pages[person.id]}?lang={language}",
            )
        except NotAnAddress:  # stored before addresses were checked; the others are not to wait
            continue
        written_to.add(person.id)
    return written_to
