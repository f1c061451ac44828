"""What a coordinator writes down about those who took part, and decides about what they said."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access
from coalition.actions import queries, reporting
from coalition.actions.errors import UnknownAction
from coalition.actions.manage import action_page
from coalition.actions.manage_schemas import OrganizationForm, ReasonForm, RecordForm
from coalition.actions.participations import Participation, ParticipationState
from coalition.actions.reporting import Evidence
from coalition.coalitions.models import Coalition
from coalition.coalitions.queries import names_of_members
from coalition.letters.moments import read_moment
from coalition.organizations.queries import one_called
from coalition.people.models import Person
from coalition.people.names import given_and_family

pages = Blueprint(
    "actions_participations",
    __name__,
    url_prefix="/manage/<coalition>/actions/<slug>/participations",
    template_folder="templates",
)


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def record(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Write down what a person or an organization promised or did."""
    form = web.form(RecordForm)
    values = form.values
    if not form.errors and not (values["name"] or values["organization"]):
        form.errors["name"] = gettext("Write who it was: a person, an organization, or both.")
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            _record(slug, values)
    if form.errors:
        return action_page(coalition, slug, form), 422
    flash(gettext("Written down."), "success")
    return web.see_other("actions_manage.show", coalition=coalition.slug, slug=slug)


@pages.get("/<participation>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, slug: str, participation: str) -> ResponseReturnValue:
    """Show one record with its evidence; a coordinator's look is noted in the audit log."""
    participation_id = web.id_or_404(participation)
    if not access.may_change(coalition):
        with db.reading(coalition.id):
            return _page(coalition, slug, participation_id, web.Form())
    with db.transaction(coalition.id):
        audit.record("participation.viewed", _of(slug, participation_id))
        return _page(coalition, slug, participation_id, web.Form())


@pages.post("/<participation>/confirmation")
@access.staff(access.Role.COORDINATOR)
def confirm(coalition: Coalition, slug: str, participation: str) -> ResponseReturnValue:
    """Say that it is true, and whose it is."""
    form, participation_id = web.form(OrganizationForm), web.id_or_404(participation)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            name = form.values["organization"]
            organization = one_called(name, field="organization") if name else None
            _of(slug, participation_id).confirm(organization)
    return _answer(coalition, slug, participation_id, form, gettext("Confirmed."))


@pages.post("/<participation>/refusal")
@access.staff(access.Role.COORDINATOR)
def reject(coalition: Coalition, slug: str, participation: str) -> ResponseReturnValue:
    """Say that it is not true; it does not count any more."""
    form, participation_id = web.Form(), web.id_or_404(participation)
    with web.showing_refusals(form), db.transaction(coalition.id):
        _of(slug, participation_id).reject()
    return _answer(coalition, slug, participation_id, form, gettext("It does not count now."))


@pages.post("/<participation>/absence")
@access.staff(access.Role.COORDINATOR)
def miss(coalition: Coalition, slug: str, participation: str) -> ResponseReturnValue:
    """Note that what was promised did not come about."""
    form, participation_id = web.Form(), web.id_or_404(participation)
    with web.showing_refusals(form), db.transaction(coalition.id):
        _of(slug, participation_id).miss()
    return _answer(coalition, slug, participation_id, form, gettext("Noted."))


@pages.post("/<participation>/decline")
@access.staff(access.Role.COORDINATOR)
def decline(coalition: Coalition, slug: str, participation: str) -> ResponseReturnValue:
    """Note a no."""
    form, participation_id = web.form(ReasonForm), web.id_or_404(participation)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            _of(slug, participation_id).decline(form.values["note"])
    return _answer(coalition, slug, participation_id, form, gettext("Noted."))


@pages.post("/<participation>/speech")
@access.staff(access.Role.COORDINATOR)
def note_speaking(coalition: Coalition, slug: str, participation: str) -> ResponseReturnValue:
    """Note that somebody spoke."""
    form, participation_id = web.Form(), web.id_or_404(participation)
    with web.showing_refusals(form), db.transaction(coalition.id):
        _of(slug, participation_id).note_speaking(spoke=True)
    return _answer(coalition, slug, participation_id, form, gettext("Noted."))


def _record(slug: str, values: dict[str, object]) -> None:
    given = dict(values)
    action = reporting.locked_action(slug)
    name, email = str(given.pop("name") or ""), given.pop("email")
    organization_name, done_at = given.pop("organization"), given.pop("done_at")
    organization = (
        one_called(str(organization_name), field="organization") if organization_name else None
    )
    person = None
    if email:
        given_name, family_name = given_and_family(name)
        person = Person.remember(
            email=str(email), given_name=given_name, family_name=family_name
        )
    at = read_moment(str(done_at), action.time_zone, field="done_at").at if done_at else None
    evidence = Evidence(
        delivered=given.pop("delivered"),  # type: ignore[arg-type]
        copy=given.pop("copy"),  # type: ignore[arg-type]
        place=str(given.pop("place")),
        docket=str(given.pop("docket")),
        done_at=at,
    )
    reporting.record(
        action,
        name=name,
        state=ParticipationState(str(given["state"])),
        person=person,
        organization=organization,
        promised=given["promised"],  # type: ignore[arg-type]
        spoke=bool(given["spoke"]),
        note=str(given["note"]),
        evidence=evidence,
    )


def _of(slug: str, participation_id: UUID) -> Participation:
    """Return a record of this action.

    Raises:
        UnknownAction: it is another action's.
    """
    found = queries.participation_or_404(participation_id)
    if found.action is None or found.action.slug != slug:
        raise UnknownAction
    return found


def _answer(
    coalition: Coalition, slug: str, participation_id: UUID, form: web.Form, said: str
) -> ResponseReturnValue:
    if form.errors:
        with db.reading(coalition.id):
            return _page(coalition, slug, participation_id, form), 409
    flash(said, "success")
    return web.see_other(
        "actions_participations.show",
        coalition=coalition.slug,
        slug=slug,
        participation=participation_id,
    )


def _page(coalition: Coalition, slug: str, participation_id: UUID, form: web.Form) -> str:
    found = _of(slug, participation_id)
    return render_template(
        "actions/manage/participation.html",
        coalition=coalition,
        action=found.action,
        participation=found,
        organization_names=names_of_members(),
        tasks=queries.tasks(participation_id=found.id),
        today=coalition.today(),
        may_change=access.may_change(coalition),
        form=form,
    )
