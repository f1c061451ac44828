"""Segments: questions about people or organizations, saved under a name and asked anew each time."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import force_locale, gettext
from sqlalchemy import Index, Select, UniqueConstraint, func, select, true
from sqlalchemy.orm import Mapped, mapped_column

from coalition import audit, db
from coalition.clock import now
from coalition.errors import N_, DomainError
from coalition.organizations.models import Organization
from coalition.people.models import Person
from coalition.segments import (  # noqa: F401  what they register is offered in this order
    about_actions,
    about_organizations,
    about_people,
    standings,
)
from coalition.segments.compiling import (
    IN_SEGMENT,
    Walk,
    clause_of,
    is_here,
    members_of,
    phrase_of,
    segments_in,
    with_members,
)
from coalition.segments.conditions import (
    Clause,
    Condition,
    Parameter,
    Subject,
    plainly,
    register,
)
from coalition.segments.errors import SegmentInUse, TooManySegments
from coalition.slugs import free_slug

MAX_SEGMENTS = 500
MAX_NAME_CHARS = 120
SAMPLE = 10  # people or organizations
FEW = 20_000  # as many are found faster all at once than one after the other
EVERYBODY: dict[str, Any] = {"match": "all", "of": []}
_standing: ContextVar[dict[UUID, "Segment"] | None] = ContextVar("standing", default=None)


class Segment(db.Tenant, db.Base):
    """A saved question. One that is not added to the session is asked once and forgotten."""

    __tablename__ = "segments"
    table_args = (UniqueConstraint("coalition_id", "slug"), Index(None, "coalition_id", "name"))

    name: Mapped[str] = mapped_column(default="")
    slug: Mapped[str] = mapped_column(default="")
    subject: Mapped[Subject] = mapped_column(default=Subject.PEOPLE)
    question: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def asking(
        cls, question: dict[str, Any] | None = None, *, subject: Subject = Subject.PEOPLE
    ) -> "Segment":
        """Make a segment that is not saved; of everybody, without a question."""
        return cls(subject=subject, question=question or EVERYBODY)

    @classmethod
    def save(cls, *, name: str, subject: Subject, question: dict[str, Any]) -> "Segment":
        """Save a question under a name.

        Raises:
            QuestionBroken: it cannot be asked.
            TooManySegments: the coalition has `MAX_SEGMENTS`.
        """
        if (db.session.scalar(select(func.count(Segment.id))) or 0) >= MAX_SEGMENTS:
            raise TooManySegments(limit=MAX_SEGMENTS)
        made = cls(name=name, subject=subject, question=question, slug=_free_slug(name))
        made.clause()
        db.session.add(made)
        db.session.flush()
        audit.record("segment.added", made)
        return made

    def change(self, *, name: str, question: dict[str, Any]) -> None:
        """Ask something else from now on; the address and whom it is about stay.

        Raises:
            QuestionBroken: it cannot be asked, for example because it would ask about itself.
        """
        hold_all()
        before = (self.name, self.question)
        self.name, self.question = name, question
        self.clause()
        changed = [
            field
            for field, old in zip(("name", "question"), before, strict=True)
            if getattr(self, field) != old
        ]
        if changed:
            audit.record("segment.changed", self, changed)

    def remove(self) -> None:
        """Forget the question.

        Raises:
            SegmentInUse: another segment asks about this one.
        """
        for each in segments():
            if each.id != self.id and self.id in segments_in(each.question):
                raise SegmentInUse(name=self.name, other=each.name)
        audit.record("segment.removed", self)
        db.session.delete(self)

    def clause(self) -> Clause:
        """Return the question as a condition on `Person`, or `Organization` if it is about them.

        Raises:
            QuestionBroken: it cannot be asked now.
        """
        return clause_of(self.question, self.subject, Walk(segment_by_id, (self.id,)))

    def whole_question(self) -> dict[str, Any]:
        """Return all that is asked: this question and those of the segments that it asks about.

        Equal as long as nobody changes any of them; what they come to may change meanwhile.

        Returns:
            By segment id, “subject” and “question”; `None` for a segment that is gone.
        """
        asked: dict[str, Any] = {}
        left = [self.id]
        while left:
            here = left.pop()
            found = self if here == self.id else segment_by_id(here)
            asked[str(here)] = None
            if found is not None:
                asked[str(here)] = {"subject": found.subject, "question": found.question}
                left += [each for each in segments_in(found.question) if str(each) not in asked]
        return asked

    def segments_asked(self) -> list[UUID]:
        """Return this segment and all that it asks about, also through others."""
        return [UUID(each) for each in self.whole_question()]

    def people(self) -> Select[Person]:
        """Return the statement for the people: those asked about, or the organizations' members.

        It is read page by page, `.where(Person.id > last).order_by(Person.id).limit(…)`, or
        put into a table by INSERT … SELECT of `Person.id`; a million do not fit into a list.

        Raises:
            QuestionBroken: it cannot be asked now.
        """
        clause = self.clause()
        if self.subject == Subject.ORGANIZATIONS:
            clause = members_of(is_here() & clause)
        return select(Person).where(clause)

    def organizations(self) -> Select[Organization]:
        """Return the statement for the organizations: those asked about, or the people's.

        Raises:
            QuestionBroken: it cannot be asked now.
        """
        if self.subject == Subject.PEOPLE:
            return select(Organization).where(with_members(self.clause()))
        return select(Organization).where(is_here(), self.clause())

    def count(self) -> int:
        """Count those asked about, now.

        Raises:
            QuestionBroken: it cannot be asked now.
        """
        db.expect_many()
        found = self._found().with_only_columns(func.count(), maintain_column_froms=True)
        return db.session.scalar(found) or 0

    def sample(self, *, among: int) -> Sequence[Person | Organization]:
        """Return some of those asked about, the newest first.

        Args:
            among: how many there are, as `count` said. To find ten of many it is quickest to
                begin at the newest; to find ten of a few among a million, to find all.

        Raises:
            QuestionBroken: it cannot be asked now.
        """
        kind = Person if self.subject == Subject.PEOPLE else Organization
        found = self._found()
        if among <= FEW:
            db.expect_many()
            ids = (
                found.with_only_columns(kind.id.label("id"))
                .cte()
                .prefix_with("MATERIALIZED", dialect="postgresql")
            )
            found = select(kind).join(ids, ids.c.id == kind.id)
        return db.session.scalars(found.order_by(kind.id.desc()).limit(SAMPLE)).all()

    def problem(self) -> DomainError | None:
        """Return why it cannot be asked now, or `None`."""
        try:
            self.clause()
        except DomainError as error:
            return error
        return None

    def in_words(self, language: str | None = None) -> str:
        """Say the question in a sentence, in the page's language unless another is given."""
        if language is not None:
            with force_locale(language):
                return self.in_words()
        what = phrase_of(self.question, self.subject)
        if self.subject == Subject.PEOPLE:
            if not what:
                return gettext("Everybody whom the coalition knows.")
            return gettext("People who %(what)s.", what=what)
        if not what:
            return gettext("All organizations of the coalition and of its letters.")
        return gettext("Organizations that %(what)s.", what=what)

    def _found(self) -> Select[Any]:
        return self.people() if self.subject == Subject.PEOPLE else self.organizations()


def segments(subject: Subject | None = None) -> Sequence[Segment]:
    """Return the coalition's segments by name."""
    found = select(Segment).order_by(Segment.name, Segment.id)
    if subject is not None:
        found = found.where(Segment.subject == subject)
    return db.session.scalars(found).all()


def hold_all() -> None:
    """Keep others from changing segments until the transaction ends.

    Two who change two segments at once must not make a circle of them.
    """
    db.session.execute(select(Segment.id).order_by(Segment.id).with_for_update())


@contextmanager
def segments_as_they_stand() -> Iterator[None]:
    """Have `segment_by_id` know all segments as they are now, whoever changes them meanwhile.

    For who looks at a question and then asks it: it stays the one that was looked at, also if
    one segment asks about others, and nobody who wants to change a segment has to wait. A
    statement that is made within the block can be run after it.
    """
    found = select(Segment).execution_options(populate_existing=True)
    token = _standing.set({each.id: each for each in db.session.scalars(found)})
    try:
        yield
    finally:
        _standing.reset(token)


def segment_by_id(segment_id: UUID) -> Segment | None:
    """Return a segment of the current coalition."""
    standing = _standing.get()
    if standing is not None:
        return standing.get(segment_id)
    return db.session.scalar(select(Segment).filter_by(id=segment_id))


def segment_by_slug(slug: str) -> Segment | None:
    """Return the segment of the current coalition with this address."""
    return db.session.scalar(select(Segment).filter_by(slug=slug))


def _free_slug(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "segment"
    return free_slug(Segment.slug, base)


def _options() -> Sequence[tuple[str, str]]:
    return [(str(each.id), each.name) for each in segments()]


def _named(value: str) -> str | None:
    found = segment_by_id(UUID(value))
    return found.name if found else None


for _subject in Subject:
    register(
        Condition(
            name=IN_SEGMENT,
            label=N_("Belongs to another segment"),
            subject=_subject,
            parameters=(
                Parameter(name="segment", label=N_("Segment"), options=_options, named=_named),
            ),
            clause=lambda _values: true(),  # followed by whoever compiles the question
            words=plainly(
                N_("belong to the segment “%(segment)s”"),
                N_("do not belong to the segment “%(segment)s”"),
            ),
        )
    )
