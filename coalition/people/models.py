"""Human beings that a coalition knows, with their addresses, tags and notes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from coalition import addresses, crypto, db
from coalition.clock import now
from coalition.db import within
from coalition.people.errors import AddressTaken, TooManyAddresses
from coalition.people.names import person_key

MAX_NAME_CHARS = 100
MAX_NOTE_CHARS = 10_000
MAX_TAG_CHARS = 60
MAX_ADDRESSES = 20


class Person(db.Tenant, db.Base):
    """A human being that one coalition knows. The same human in two coalitions is two rows."""

    __tablename__ = "people"
    table_args = (
        # Plain comparisons of columns: row security lets an index serve nothing cleverer.
        Index("ix_people_name", "coalition_id", "family_key", "given_key", "id"),
        Index("ix_people_given", "coalition_id", "given_key"),
        Index("ix_people_custom_fields", "custom_fields", postgresql_using="gin"),
    )

    given_name: Mapped[str]
    family_name: Mapped[str] = mapped_column(default="")
    given_key: Mapped[str] = mapped_column(Text(collation="C"), default="")
    family_key: Mapped[str] = mapped_column(Text(collation="C"), default="")
    city: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
    postal_code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    street_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str | None]
    custom_fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)

    postal_code = crypto.sealed[str | None]("postal_code_sealed")
    street = crypto.sealed[str | None]("street_sealed")
    phone = crypto.sealed[str | None]("phone_sealed")

    email_addresses: Mapped[list["EmailAddress"]] = relationship(
        primaryjoin="Person.id == foreign(EmailAddress.person_id)",
        order_by="EmailAddress.created_at",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    taggings: Mapped[list["Tagging"]] = relationship(
        primaryjoin="Person.id == foreign(Tagging.person_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    notes: Mapped[list["Note"]] = relationship(
        primaryjoin="Person.id == foreign(Note.person_id)",
        order_by="Note.created_at.desc()",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @validates("given_name", "family_name")
    def _derive_key(self, name: str, value: str) -> str:
        setattr(self, name.replace("_name", "_key"), person_key(value))
        return value

    @property
    def name(self) -> str:
        """The name as people write it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def email(self) -> str | None:
        """The address to write to: the primary one, else the oldest."""
        chosen = next((each for each in self.email_addresses if each.is_primary), None)
        chosen = chosen or next(iter(self.email_addresses), None)
        return chosen.address if chosen else None

    @property
    def tags(self) -> list[str]:
        """The names of the tags, in order."""
        return sorted(tagging.tag.name for tagging in self.taggings)

    @classmethod
    def remember(cls, *, email: str, given_name: str, family_name: str = "") -> "Person":
        """Find a person by address, or add one.

        A known person keeps their name, because a public form must not rename anybody.

        Raises:
            NotAnAddress: mail cannot be sent to `email`.
        """
        address = addresses.clean_address(email)
        known = person_by_email(address)
        if known is None:
            known = _alone_with(address)
        if known is not None:
            return known
        person = cls(given_name=given_name, family_name=family_name)
        db.session.add(person)
        person.add_email(address)
        db.session.flush()
        return person

    def add_email(self, address: str, *, is_primary: bool = False) -> "EmailAddress":
        """Add an address; one that the person has already is returned as it is.

        Raises:
            NotAnAddress: mail cannot be sent there.
            AddressTaken: it belongs to another person of the coalition.
            TooManyAddresses: the person has `MAX_ADDRESSES`.
        """
        cleaned = addresses.clean_address(address)
        index = email_index(self.coalition_id, cleaned)
        taken = db.session.scalar(select(EmailAddress).filter_by(address_index=index))
        if taken is not None and taken.person_id != self.id:
            raise AddressTaken(field="email", address=cleaned)
        if taken is None and len(self.email_addresses) >= MAX_ADDRESSES:
            raise TooManyAddresses(field="email", limit=MAX_ADDRESSES)
        added = taken or EmailAddress(
            coalition_id=self.coalition_id,
            person_id=self.id,
            address=cleaned,
            address_index=index,
        )
        if is_primary or not self.email_addresses:
            for each in self.email_addresses:
                each.is_primary = False
            added.is_primary = True
        if taken is None:
            self.email_addresses.append(added)
        return added

    def verify_email(self, address_index: bytes) -> None:
        """Note that the owner of a mailbox, found by its blind index, answered our mail."""
        for each in self.email_addresses:
            if each.address_index == address_index:
                each.verified_at = each.verified_at or now()

    def choose_primary(self, address_id: UUID) -> None:
        """Write to this of the person's addresses from now on."""
        for each in self.email_addresses:
            each.is_primary = each.id == address_id

    def remove_email(self, address_id: UUID) -> None:
        """Forget an address; the oldest other one becomes the one to write to."""
        left = [each for each in self.email_addresses if each.id != address_id]
        if left and not any(each.is_primary for each in left):
            left[0].is_primary = True
        self.email_addresses[:] = left

    def remember_place(
        self, *, city: str | None, region: str | None, postal_code: str | None = None
    ) -> None:
        """Add where they say they live, unless they are known to live elsewhere.

        The parts belong together: the city of one place in the state of another is nowhere. So
        they are taken if they hold all that is known already, and else none of them.

        Args:
            region: a code such as "CA".
        """
        said = {"city": city, "region": region, "postal_code": postal_code}
        known = {name: getattr(self, name) for name in said}
        if any(
            value and value.casefold() != (said[name] or "").casefold()
            for name, value in known.items()
        ):
            return
        for name, value in said.items():
            if value and not known[name]:
                setattr(self, name, value)

    def note(self, text: str, *, author_id: UUID | None) -> "Note":
        """Write down something about the person."""
        written = Note(coalition_id=self.coalition_id, person_id=self.id, author_id=author_id)
        written.text = text
        self.notes.append(written)
        return written

    def set_tags(self, names: Sequence[str]) -> None:
        """Let the person carry exactly these tags; unknown ones are made."""
        wanted = {tag.id: tag for tag in (Tag.called(name) for name in names if name.strip())}
        kept = [tagging for tagging in self.taggings if tagging.tag_id in wanted]
        has = {tagging.tag_id for tagging in kept}
        added = [
            Tagging(coalition_id=self.coalition_id, person_id=self.id, tag_id=tag.id, tag=tag)
            for tag_id, tag in wanted.items()
            if tag_id not in has
        ]
        self.taggings[:] = kept + added


class EmailAddress(db.Tenant, db.Base):
    """An address of a person, sealed, found by its blind index."""

    __tablename__ = "email_addresses"
    table_args = (
        within("people", "person_id"),
        UniqueConstraint("coalition_id", "address_index"),
        Index(None, "person_id"),
    )

    person_id: Mapped[UUID]
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    is_primary: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    address = crypto.sealed[str]("address_sealed")


class Tag(db.Tenant, db.Base):
    """A label that a coalition puts on people."""

    __tablename__ = "tags"
    table_args = (UniqueConstraint("coalition_id", "name"),)

    name: Mapped[str]

    @classmethod
    def called(cls, name: str) -> "Tag":
        """Find a tag by name, or add it; case does not make two tags."""
        cleaned = " ".join(name.split())[:MAX_TAG_CHARS]
        known = db.session.scalar(select(Tag).where(func.lower(Tag.name) == cleaned.lower()))
        if known is None:
            known = cls(name=cleaned)
            db.session.add(known)
            db.session.flush()
        return known


class Tagging(db.Tenant, db.Base):
    """A tag on a person."""

    __tablename__ = "taggings"
    table_args = (
        within("people", "person_id"),
        within("tags", "tag_id"),
        UniqueConstraint("coalition_id", "person_id", "tag_id"),
    )

    person_id: Mapped[UUID]
    tag_id: Mapped[UUID]

    tag: Mapped[Tag] = relationship(
        primaryjoin="foreign(Tagging.tag_id) == Tag.id", lazy="joined", innerjoin=True
    )


class Note(db.Tenant, db.Base):
    """What a coordinator wrote down about a person; sealed."""

    __tablename__ = "notes"
    table_args = (within("people", "person_id"), Index(None, "person_id"))

    person_id: Mapped[UUID]
    author_id: Mapped[UUID | None]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)

    text = crypto.sealed[str]("text_sealed")


class CustomField(db.Tenant, db.Base):
    """A field that a coalition added to its people: text, number, date, yes/no or a choice."""

    __tablename__ = "custom_fields"
    table_args = (UniqueConstraint("coalition_id", "key"),)

    key: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)


def email_index(coalition_id: UUID, address: str) -> bytes:
    """Return the blind index under which `address` is found in a coalition."""
    return crypto.keyring(coalition_id).index("email", addresses.same_mailbox(address))


def _alone_with(address: str) -> Person | None:
    """Wait until nobody else is adding this address, and look again."""
    coalition_id = db.current_coalition_id()
    assert coalition_id is not None, "people belong to a coalition"
    key = int.from_bytes(email_index(coalition_id, address)[:8], signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))
    return person_by_email(address)


def person_by_email(address: str) -> Person | None:
    """Return the person of the current coalition who has this address."""
    coalition_id = db.current_coalition_id()
    if coalition_id is None:
        return None
    return db.session.scalar(
        select(Person)
        .join(EmailAddress, EmailAddress.person_id == Person.id)
        .where(EmailAddress.address_index == email_index(coalition_id, address))
    )


def remove_unused_tags() -> None:
    """Delete the tags that nobody carries."""
    db.session.execute(delete(Tag).where(~select(Tagging.id).filter_by(tag_id=Tag.id).exists()))
