"""One organization: its names, logo, people and letters; and merging two entries into one."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from coalition import audit, db, panels, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition, membership_of
from coalition.consents.partner_lists import count_agreed
from coalition.errors import NotFound
from coalition.letters import directory
from coalition.letters.signatures import Signature, SignatureKind
from coalition.manage import forms
from coalition.manage.organizations import (
    is_ours,
    must_be_ours,
    organization_or_404,
    ours_or_403,
)
from coalition.organizations.confusables import refuse_look_alikes
from coalition.organizations.errors import CannotMerge, TooManyAliases
from coalition.organizations.logos import MAX_LOGO_BYTES
from coalition.organizations.models import MAX_ALIASES, Organization
from coalition.organizations.queries import memberships_in, one_called
from coalition.organizations.schemas import AliasForm, LogoForm, MergeForm

SIGNATURES_SHOWN = 100
LOGO_KEPT_S = 3600  # by browsers

pages = Blueprint(
    "manage_organization",
    __name__,
    url_prefix="/manage/<coalition>/organizations/<organization>",
    template_folder="templates",
)
logos = Blueprint("organization_logos", __name__, url_prefix="/organizations")


@pages.get("")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Show an organization, with the people of this coalition in it."""
    return _page(coalition, web.id_or_404(organization))


@pages.post("/aliases")
@access.staff(access.Role.COORDINATOR)
def add_alias(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Add another name under which it is found."""
    organization_id = web.id_or_404(organization)
    form = web.form(AliasForm)
    if not form.errors:
        with forms.showing_refusals(form), db.platform_transaction():
            found = ours_or_403(coalition, organization_id)
            if len(found.aliases) >= MAX_ALIASES:
                raise TooManyAliases(field="alias", limit=MAX_ALIASES)
            refuse_look_alikes(form.values["alias"], field="alias")
            found.add_alias(form.values["alias"])
            _note(coalition, found, ["aliases"])
    if form.errors:
        return _page(coalition, organization_id, alias=form), 422
    return _back(coalition, organization_id, gettext("The name was added."))


@pages.post("/aliases/<alias>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_alias(coalition: Coalition, organization: str, alias: str) -> ResponseReturnValue:
    """Forget another name."""
    organization_id, alias_id = web.id_or_404(organization), web.id_or_404(alias)
    with db.platform_transaction():
        found = ours_or_403(coalition, organization_id)
        left = [each for each in found.aliases if each.id != alias_id]
        if len(left) == len(found.aliases):
            raise NotFound
        found.aliases[:] = left
        _note(coalition, found, ["aliases"])
    return _back(coalition, organization_id, gettext("The name was removed."))


@pages.post("/logo")
@access.staff(access.Role.COORDINATOR)
def keep_logo(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Store a picture, or only whether it may be shown."""
    organization_id = web.id_or_404(organization)
    form = web.form(LogoForm)
    sent = request.files.get("logo")
    picture = sent.stream.read(MAX_LOGO_BYTES + 1) if sent else b""
    if not form.errors:
        with forms.showing_refusals(form), db.platform_transaction():
            found = ours_or_403(coalition, organization_id)
            if picture:
                found.show_logo(picture)
            found.logo_permitted = form.values["logo_permitted"]
            _note(coalition, found, ["logo"])
    if form.errors:
        return _page(coalition, organization_id, logo=form), 422
    return _back(coalition, organization_id, gettext("Saved."))


@pages.post("/logo/removal")
@access.staff(access.Role.COORDINATOR)
def remove_logo(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Forget the picture."""
    organization_id = web.id_or_404(organization)
    with db.platform_transaction():
        found = ours_or_403(coalition, organization_id)
        found.show_logo(None)
        found.logo_permitted = False
        _note(coalition, found, ["logo"])
    return _back(coalition, organization_id, gettext("The logo was removed."))


@pages.get("/logo")
@access.staff(access.Role.VIEWER)
def preview_logo(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Serve the picture to the coalition's staff, shown to the public or not."""
    with db.reading(coalition.id):
        return _picture(web.id_or_404(organization), only_permitted=False)


@logos.get("/<organization>/logo")
def logo(organization: str) -> ResponseReturnValue:
    """Serve the picture to everybody, if the organization agreed."""
    with db.reading():
        response = _picture(web.id_or_404(organization), only_permitted=True)
    response.headers["Cache-Control"] = f"public, max-age={LOGO_KEPT_S}"
    return response


@pages.get("/merge")
@access.staff(access.Role.COORDINATOR)
def ask_merge(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Ask into which other entry this one goes."""
    organization_id = web.id_or_404(organization)
    must_be_ours(coalition, organization_id)
    return _merge_page(coalition, organization_id, web.Form())


@pages.post("/merge")
@access.staff(access.Role.COORDINATOR)
def merge(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Merge this entry into another; both must be the coalition's to change."""
    organization_id = web.id_or_404(organization)
    form = web.form(MergeForm)
    if not form.errors and not form.values["agreed"]:
        form.errors["agreed"] = gettext("Tick this box: merging cannot be undone.")
    kept_id = organization_id
    if not form.errors:
        with forms.showing_refusals(form), db.platform_transaction():
            gone = ours_or_403(coalition, organization_id)
            kept = _other(coalition, form.values["into"])
            kept_id = kept.id
            directory.merge(gone, kept)
            _note(coalition, kept, ["aliases"])
    if form.errors:
        must_be_ours(coalition, organization_id)
        return _merge_page(coalition, organization_id, form), 422
    return _back(coalition, kept_id, gettext("The two entries are one now."))


def _other(coalition: Coalition, name: str) -> Organization:
    """Return the entry to merge into, which must be the coalition's to change as well."""
    kept = one_called(name, field="into")
    if not is_ours(coalition, kept.id):
        reason = gettext("another coalition works with %(name)s. Ask an administrator.")
        raise CannotMerge(field="into", reason=reason % {"name": kept.name})
    return kept


def _note(coalition: Coalition, organization: Organization, changed: list[str]) -> None:
    db.session.flush()
    with db.narrowed(coalition.id):
        audit.record("organization.changed", organization, changed)


def _picture(organization_id: UUID, *, only_permitted: bool) -> Response:
    found = db.session.get(Organization, organization_id, options=[undefer(Organization.logo)])
    if found is None or not found.logo or not found.logo_media_type:
        raise NotFound
    if only_permitted and not found.logo_permitted:
        raise NotFound
    response = make_response(found.logo)
    response.content_type = found.logo_media_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    response.add_etag()
    return response


def _back(coalition: Coalition, organization_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other(
        "manage_organization.show", coalition=coalition.slug, organization=organization_id
    )


def _page(coalition: Coalition, organization_id: UUID, **sent: web.Form) -> str:
    may_edit = False
    if forms.may_change(coalition):
        with db.platform_transaction():
            may_edit = is_ours(coalition, organization_id)
    with db.reading(coalition.id):
        found = organization_or_404(organization_id)
        return render_template(
            "manage/organizations/show.html",
            coalition=coalition,
            organization=found,
            panels=panels.shown_at(
                panels.ORGANIZATION, coalition=coalition, organization=found
            ),
            may_edit=may_edit,
            may_change=forms.may_change(coalition),
            membership=membership_of(organization_id),
            people=memberships_in(organization_id),
            signatures=_signatures(organization_id),
            agreed=count_agreed(organization_id),
            alias=sent.get("alias", web.Form()),
            logo=sent.get("logo", web.Form()),
        )


def _signatures(organization_id: UUID) -> list[Signature]:
    return list(
        db.session.scalars(
            select(Signature)
            .filter_by(organization_id=organization_id, kind=SignatureKind.ORGANIZATION)
            .options(joinedload(Signature.letter))
            .order_by(Signature.id.desc())
            .limit(SIGNATURES_SHOWN)
        )
    )


def _merge_page(coalition: Coalition, organization_id: UUID, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/organizations/merge.html",
            coalition=coalition,
            organization=organization_or_404(organization_id),
            form=form,
        )
