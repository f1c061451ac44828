"""One person: all that the coalition knows, and what is added to it piece by piece."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from coalition import audit, db, panels, plugins, web
from coalition.accounts import access
from coalition.accounts.models import User
from coalition.coalitions.models import Coalition
from coalition.coalitions.queries import names_of_members
from coalition.consents import purposes
from coalition.consents.models import SuppressionReason
from coalition.consents.queries import consents_of, standing_consents
from coalition.consents.suppressing import reasons
from coalition.errors import NotFound
from coalition.letters.signatures import Signature
from coalition.manage import forms
from coalition.manage.people import person_or_404
from coalition.organizations.models import Membership, Organization
from coalition.organizations.queries import memberships_of, one_called
from coalition.organizations.schemas import MembershipForm
from coalition.people import custom_fields
from coalition.people.models import Note, Person
from coalition.people.schemas import AddressForm, NoteForm

SIGNATURES_SHOWN = 100

T = TypeVar("T", bound=db.Base)

pages = Blueprint(
    "manage_person",
    __name__,
    url_prefix="/manage/<coalition>/people/<person>",
    template_folder="templates",
)


@pages.get("")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Show a person; who may only look sees no address, no note and no custom field."""
    return _page(coalition, web.id_or_404(person))


@pages.post("/addresses")
@access.staff(access.Role.COORDINATOR)
def add_address(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Add an e-mail address."""
    person_id = web.id_or_404(person)
    form = web.form(AddressForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = person_or_404(person_id)
            found.add_email(form.values["email"])
            audit.record("person.changed", found, ["email"])
    if form.errors:
        return _page(coalition, person_id, address=form), 422
    return _back(coalition, person_id, gettext("The address was added."))


@pages.post("/addresses/<address>/primary")
@access.staff(access.Role.COORDINATOR)
def choose_primary(coalition: Coalition, person: str, address: str) -> ResponseReturnValue:
    """Write to this address from now on."""
    person_id = web.id_or_404(person)
    with db.transaction(coalition.id):
        found = person_or_404(person_id)
        found.choose_primary(_own(found.email_addresses, address).id)
        audit.record("person.changed", found, ["email"])
    return _back(coalition, person_id, gettext("Mail goes to this address from now on."))


@pages.post("/addresses/<address>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_address(coalition: Coalition, person: str, address: str) -> ResponseReturnValue:
    """Forget an address."""
    person_id = web.id_or_404(person)
    with db.transaction(coalition.id):
        found = person_or_404(person_id)
        found.remove_email(_own(found.email_addresses, address).id)
        audit.record("person.changed", found, ["email"])
    return _back(coalition, person_id, gettext("The address was removed."))


@pages.post("/notes")
@access.staff(access.Role.COORDINATOR)
def add_note(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Write a note; it is kept sealed."""
    person_id = web.id_or_404(person)
    form = web.form(NoteForm)
    if form.errors:
        return _page(coalition, person_id, note=form), 422
    with db.transaction(coalition.id):
        found = person_or_404(person_id)
        found.note(form.values["text"], author_id=audit.current_actor().id)
        audit.record("person.note_added", found)
    return _back(coalition, person_id, gettext("The note was saved."))


@pages.post("/notes/<note>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_note(coalition: Coalition, person: str, note: str) -> ResponseReturnValue:
    """Delete a note."""
    person_id = web.id_or_404(person)
    with db.transaction(coalition.id):
        found = person_or_404(person_id)
        found.notes.remove(_own(found.notes, note))
        audit.record("person.note_removed", found)
    return _back(coalition, person_id, gettext("The note was deleted."))


@pages.post("/memberships")
@access.staff(access.Role.COORDINATOR)
def add_membership(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Say that the person belongs to an organization of the directory."""
    person_id = web.id_or_404(person)
    form = web.form(MembershipForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id) as session:
            found = person_or_404(person_id)
            organization = one_called(form.values.pop("organization"), field="organization")
            role = form.values.pop("role") or "member"
            membership = Membership(
                person_id=found.id, organization_id=organization.id, role=role, **form.values
            )
            session.add(membership)
            audit.record("membership.added", membership)
    if form.errors:
        return _page(coalition, person_id, membership=form), 422
    return _back(coalition, person_id, gettext("The membership was added."))


@pages.post("/memberships/<membership>/end")
@access.staff(access.Role.COORDINATOR)
def end_membership(coalition: Coalition, person: str, membership: str) -> ResponseReturnValue:
    """Say that the person left the organization today."""
    person_id = web.id_or_404(person)
    with db.transaction(coalition.id):
        found = _own(memberships_of(person_id), membership)
        found.ends_on = coalition.today()
        audit.record("membership.ended", found, ["ends_on"])
    return _back(coalition, person_id, gettext("The membership ended today."))


@pages.post("/memberships/<membership>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_membership(
    coalition: Coalition, person: str, membership: str
) -> ResponseReturnValue:
    """Delete a membership that was entered by mistake."""
    person_id = web.id_or_404(person)
    with db.transaction(coalition.id) as session:
        found = _own(memberships_of(person_id), membership)
        audit.record("membership.removed", found)
        session.delete(found)
    return _back(coalition, person_id, gettext("The membership was removed."))


def _own(of_person: Sequence[T], text: str) -> T:
    """Return that one of a person's rows whose id is `text`.

    Raises:
        NotFound: it is not this person's.
    """
    wanted = web.id_or_404(text)
    for each in of_person:
        if each.id == wanted:
            return each
    raise NotFound


def _back(coalition: Coalition, person_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other("manage_person.show", coalition=coalition.slug, person=person_id)


def _page(coalition: Coalition, person_id: UUID, **sent: web.Form) -> str:
    """Render the page; a coordinator's look at contact data is noted in the audit log."""
    if not forms.may_change(coalition):
        with db.reading(coalition.id):
            return _rendered(coalition, person_or_404(person_id), sent, sees_all=False)
    with db.transaction(coalition.id):
        person = person_or_404(person_id)
        audit.record("person.viewed", person)
        return _rendered(coalition, person, sent, sees_all=True)


def _rendered(
    coalition: Coalition, person: Person, sent: dict[str, web.Form], *, sees_all: bool
) -> str:
    signatures = db.session.scalars(
        select(Signature)
        .filter_by(person_id=person.id)
        .options(joinedload(Signature.letter), joinedload(Signature.organization))
        .order_by(Signature.id.desc())
        .limit(SIGNATURES_SHOWN)
    ).all()
    return render_template(
        "manage/people/show.html",
        coalition=coalition,
        person=person,
        sees_all=sees_all,
        memberships=memberships_of(person.id),
        consents=consents_of(person.id) if sees_all else [],
        stopped=_stopped(person) if sees_all else {},
        purpose_labels={each.name: gettext(each.label) for each in purposes.known()},
        writers=_writers(person.id) if sees_all else {},
        signatures=signatures,
        panels=panels.shown_at(panels.PERSON, coalition=coalition, person=person),
        plugin_panels=_of_plugins(person) if sees_all else [],
        definitions=custom_fields.custom_fields() if sees_all else [],
        custom_texts=custom_fields.as_written,
        authors=_authors(person.notes) if sees_all else {},
        organization_names=names_of_members() if sees_all else [],
        address=sent.get("address", web.Form()),
        note=sent.get("note", web.Form()),
        membership=sent.get("membership", web.Form()),
    )


def _of_plugins(person: Person) -> list[plugins.Panel]:
    return [panel for _, panel in plugins.ask_all("coalition_person_panels", person=person)]


def _stopped(person: Person) -> dict[bytes, SuppressionReason]:
    """Return why which of a person's addresses gets no mail."""
    return reasons([each.address_index for each in person.email_addresses])


def _writers(person_id: UUID) -> dict[UUID, str]:
    """Return the names of the member groups that the person said yes or no to."""
    ids = {each.organization_id for each in standing_consents(person_id)}
    found = db.session.scalars(select(Organization).where(Organization.id.in_(ids - {None})))
    return {each.id: each.name for each in found}


def _authors(notes: list[Note]) -> dict[UUID, str]:
    """Return the names of those who wrote the notes."""
    ids = {note.author_id for note in notes if note.author_id}
    if not ids:
        return {}
    users = db.session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user.name or user.email for user in users}
