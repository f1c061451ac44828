"""The directory of organizations, shared by all coalitions of the installation.

Who may change an entry: the administrators; and the coordinators of a coalition as long as no
other coalition refers to it. Else a coordinator of one coalition could, by adding a mail domain
or another name, let strangers' signatures pass as a member of another coalition. Everybody who
coordinates may add an entry.
"""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.coalitions.queries import member_ids
from coalition.errors import NotFound
from coalition.letters import directory
from coalition.manage import forms
from coalition.organizations import duplicates, queries
from coalition.organizations.confusables import suspicious_characters
from coalition.organizations.domains import split_domains
from coalition.organizations.errors import NotYoursToChange
from coalition.organizations.matching import Candidate
from coalition.organizations.models import Organization
from coalition.organizations.queries import is_used_elsewhere, one_called
from coalition.organizations.schemas import NewOrganizationForm, OrganizationForm

pages = Blueprint(
    "manage_organizations",
    __name__,
    url_prefix="/manage/<coalition>/organizations",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the directory; search it by name; `?members=1` leaves the coalition's own."""
    search = forms.asked("q")
    only_members = forms.asked("members") == "1"
    with db.reading(coalition.id):
        page = queries.directory_page(
            search=search,
            among=member_ids() if only_members else None,
            after=forms.place_in_list(),
        )
        return render_template(
            "manage/organizations/index.html",
            coalition=coalition,
            page=page,
            search=search,
            only_members=only_members,
            may_change=forms.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new organization."""
    return _new_page(coalition, web.Form(written={"name": forms.asked("name", 200)}))


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Add an organization, unless the directory seems to have it already."""
    form = web.form(NewOrganizationForm)
    if form.errors:
        return _new_page(coalition, form), 422
    similar = _similar(coalition, form)
    if similar and not form.values["is_another"]:
        form.errors["is_another"] = gettext(
            "Look at these first. If none of them is meant, tick the box and send it again."
        )
        return _new_page(coalition, form, similar), 422
    with forms.showing_refusals(form), db.transaction(coalition.id) as session:
        made = Organization.named(form.values["name"], website=form.values["website"])
        session.add(made)
        made.city, made.region = form.values["city"], form.values["region"]
        made.claim_domains(split_domains(form.values["domains"]))
        if form.values["parent"]:
            made.become_part_of(one_called(form.values["parent"], field="parent"))
        session.flush()
        audit.record("organization.added", made)
    if form.errors:
        return _new_page(coalition, form), 422
    flash(gettext("%(name)s was added to the directory.", name=made.name), "success")
    return web.see_other(
        "manage_organization.show", coalition=coalition.slug, organization=made.id
    )


@pages.get("/<organization>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Show the form of an organization, filled in."""
    organization_id = web.id_or_404(organization)
    must_be_ours(coalition, organization_id)
    return _edit_page(coalition, organization_id, None)


@pages.post("/<organization>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Store what was written about an organization.

    All coalitions' signatures are looked at, because a new name or parent changes how they are
    listed and counted.
    """
    organization_id = web.id_or_404(organization)
    form = web.form(OrganizationForm)
    if not form.errors:
        with forms.showing_refusals(form), db.platform_transaction():
            found = ours_or_403(coalition, organization_id)
            changed = _change(found, form)
            db.session.flush()
            with db.narrowed(coalition.id):
                audit.record("organization.changed", found, changed)
    if form.errors:
        must_be_ours(coalition, organization_id)
        return _edit_page(coalition, organization_id, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other(
        "manage_organization.show", coalition=coalition.slug, organization=organization_id
    )


def organization_or_404(organization_id: UUID) -> Organization:
    """Return an organization of the directory.

    Raises:
        NotFound: there is none with this id.
    """
    found = queries.organization_with_all(organization_id)
    if found is None:
        raise NotFound
    return found


def is_ours(coalition: Coalition, organization_id: UUID) -> bool:
    """Return whether who is signed in may change it; asked in a platform transaction."""
    return forms.is_administrator() or not is_used_elsewhere(organization_id, coalition.id)


def ours_or_403(coalition: Coalition, organization_id: UUID) -> Organization:
    """Return an organization that who is signed in may change, in a platform transaction.

    Raises:
        NotFound: there is none with this id.
        NotYoursToChange: another coalition uses it.
    """
    found = organization_or_404(organization_id)
    if not is_ours(coalition, organization_id):
        raise NotYoursToChange(name=found.name)
    return found


def must_be_ours(coalition: Coalition, organization_id: UUID) -> None:
    """Refuse who may not change an organization; asked outside of any transaction.

    Raises:
        NotFound, NotYoursToChange: as `ours_or_403` says.
    """
    with db.platform_transaction():
        ours_or_403(coalition, organization_id)


def _change(organization: Organization, form: web.Form) -> list[str]:
    """Take over what the form says; return the names of what is different now."""
    changed = []
    if form.values["name"] != organization.name:
        directory.rename(organization, form.values["name"])
        changed.append("name")
    above = form.values["parent"]
    parent = one_called(above, field="parent") if above else None
    if (parent.id if parent else None) != organization.parent_id:
        directory.regroup(organization, parent)
        changed.append("parent")
    domains = list(organization.domains)
    organization.claim_domains(split_domains(form.values["domains"]))
    if organization.domains != domains:
        changed.append("domains")
    for name in ("website", "city", "region"):
        if getattr(organization, name) != form.values[name]:
            setattr(organization, name, form.values[name])
            changed.append(name)
    return changed


def _similar(coalition: Coalition, form: web.Form) -> list[Candidate[UUID]]:
    with db.reading(coalition.id):
        return duplicates.may_mean(form.values["name"])


def _new_page(
    coalition: Coalition, form: web.Form, similar: list[Candidate[UUID]] | None = None
) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/organizations/form.html",
            coalition=coalition,
            organization=None,
            form=form,
            similar=similar or [],
            foreign_letters=suspicious_characters(str(form.written.get("name", ""))[:200]),
        )


def _edit_page(coalition: Coalition, organization_id: UUID, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        found = organization_or_404(organization_id)
        parent = found.parent.name if found.parent else ""
        domains = "\n".join(found.domains)
        return render_template(
            "manage/organizations/form.html",
            coalition=coalition,
            organization=found,
            form=form or forms.filled(OrganizationForm, found, parent=parent, domains=domains),
            similar=[],
            foreign_letters=suspicious_characters(found.name),
        )
