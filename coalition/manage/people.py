"""The people a coalition knows: found, added, changed, removed."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select

from coalition import audit, db, plugins, web
from coalition.accounts import access
from coalition.actions.participations import forget_person
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.manage import forms
from coalition.organizations.models import Organization
from coalition.organizations.queries import memberships_of_all, people_in
from coalition.people import custom_fields, queries
from coalition.people.models import Person, Tag, person_by_email, remove_unused_tags
from coalition.people.schemas import NewPersonForm, PersonForm
from coalition.segments.models import Segment, segment_by_slug

pages = Blueprint(
    "manage_people",
    __name__,
    url_prefix="/manage/<coalition>/people",
    template_folder="templates",
)

_PLAIN_FIELDS = (
    "given_name", "family_name", "street", "postal_code", "city", "region", "country", "phone",
    "language",
)  # fmt: skip


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List people by family name; search them by name or by a whole address."""
    search = forms.asked("q", queries.MAX_SEARCH_CHARS)
    tag_text, organization_text = forms.asked("tag"), forms.asked("organization")
    segment_slug = forms.asked("segment")
    if "@" in search and not forms.may_change(coalition):
        search = ""  # who may not see addresses may not try them either
    with db.reading(coalition.id):
        tag = db.session.get(Tag, web.id_or_404(tag_text)) if tag_text else None
        organization = _organization(organization_text)
        segment = _segment(segment_slug)
        page = queries.people_page(
            search=search,
            tag_id=tag.id if tag else None,
            among=_among(organization, segment),
            after=forms.place_in_list(),
        )
        return render_template(
            "manage/people/index.html",
            coalition=coalition,
            page=page,
            memberships=memberships_of_all([each.id for each in page.people]),
            search=search,
            tags=queries.tags(),
            tag=tag,
            organization=organization,
            segment=segment,
            may_change=forms.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new person."""
    return _form_page(coalition, None, web.Form())


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Add a person; an address that somebody has already leads to that person."""
    form = web.form(NewPersonForm)
    person = Person(coalition_id=coalition.id, given_name="")
    with forms.showing_refusals(form), db.transaction(coalition.id) as session:
        values = forms.read_custom_values(form, custom_fields.custom_fields())
        if not form.errors:
            address = form.values.pop("email")
            known = person_by_email(address) if address else None
            if known is not None:
                flash(gettext("%(name)s has this address already.", name=known.name), "info")
                return web.see_other(
                    "manage_person.show", coalition=coalition.slug, person=known.id
                )
            _change(person, form, values)
            session.add(person)
            session.flush()
            if address:
                person.add_email(address, is_primary=True)
            person.set_tags(_tags(form))
            audit.record("person.added", person)
    if form.errors:
        return _form_page(coalition, None, form), 422
    flash(gettext("%(name)s was added.", name=person.name), "success")
    return web.see_other("manage_person.show", coalition=coalition.slug, person=person.id)


@pages.get("/<person>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Show the form of a person, filled in."""
    return _form_page(coalition, web.id_or_404(person), None)


@pages.post("/<person>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Store what was written about a person."""
    person_id = web.id_or_404(person)
    form = web.form(PersonForm)
    with forms.showing_refusals(form), db.transaction(coalition.id):
        found = person_or_404(person_id)
        values = forms.read_custom_values(form, custom_fields.custom_fields())
        if not form.errors:
            changed = _change(found, form, values)
            if _tags(form) != found.tags:
                found.set_tags(_tags(form))
                changed.append("tags")
            audit.record("person.changed", found, changed)
            db.session.flush()
            remove_unused_tags()
    if form.errors:
        return _form_page(coalition, person_id, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other("manage_person.show", coalition=coalition.slug, person=person_id)


@pages.get("/<person>/removal")
@access.staff(access.Role.COORDINATOR)
def ask_removal(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Say what removing a person deletes and what it leaves, and ask."""
    with db.reading(coalition.id):
        found = person_or_404(web.id_or_404(person))
        kept = plugins.ask_all("coalition_kept_elsewhere", person=found)
        return render_template(
            "manage/people/removal.html",
            coalition=coalition,
            person=found,
            elsewhere=[link for _, links in kept for link in links],
        )


@pages.post("/<person>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, person: str) -> ResponseReturnValue:
    """Remove a person; what they signed and did stays counted."""
    with db.transaction(coalition.id) as session:
        found = person_or_404(web.id_or_404(person))
        name = found.name
        audit.record("person.removed", found)
        forget_person(found.id)
        session.delete(found)
        session.flush()
        remove_unused_tags()
    flash(gettext("%(name)s was removed.", name=name), "success")
    return web.see_other("manage_people.index", coalition=coalition.slug)


def person_or_404(person_id: UUID) -> Person:
    """Return a person of the open coalition.

    Raises:
        NotFound: it knows nobody with this id.
    """
    found = queries.person_with_all(person_id)
    if found is None:
        raise NotFound
    return found


def _segment(slug: str) -> Segment | None:
    if not slug:
        return None
    found = segment_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _among(organization: Organization | None, segment: Segment | None) -> Select[UUID] | None:
    """Return the ids of the people to choose from, or `None` for everybody."""
    if segment is None:
        return people_in(organization.id) if organization else None
    people = segment.people()
    if organization is not None:
        people = people.where(Person.id.in_(people_in(organization.id)))
    return people.with_only_columns(Person.id)


def _organization(text: str) -> Organization | None:
    return db.session.get(Organization, web.id_or_404(text)) if text else None


def _change(person: Person, form: web.Form, values: dict[str, object]) -> list[str]:
    """Take over what the form says; return the names of what is different now."""
    changed = []
    for name in _PLAIN_FIELDS:
        if getattr(person, name) != form.values[name]:
            setattr(person, name, form.values[name])
            changed.append(name)
    if (person.custom_fields or {}) != values:
        person.custom_fields = values
        changed.append("custom_fields")
    return changed


def _tags(form: web.Form) -> list[str]:
    names = (" ".join(part.split()) for part in form.values["tags"].split(","))
    return sorted({name.casefold(): name for name in names if name}.values())


def _form_page(coalition: Coalition, person_id: UUID | None, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        definitions = custom_fields.custom_fields()
        person = person_or_404(person_id) if person_id else None
        if form is None:
            form = forms.filled(
                PersonForm, person, tags=", ".join(person.tags if person else [])
            )
            stored = person.custom_fields if person else {}
            form.written = {**form.written, **forms.custom_texts(definitions, stored)}
        return render_template(
            "manage/people/form.html",
            coalition=coalition,
            person=person,
            form=form,
            definitions=definitions,
            tags=queries.tags(),
        )
