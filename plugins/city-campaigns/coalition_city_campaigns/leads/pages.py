"""The coordinators' pages of leads: who wrote, who takes care of it, and what came of it."""

from flask import Blueprint, Response, flash, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from coalition.sdk import (
    Coalition,
    DomainError,
    EmailAddress,
    Form,
    NotFound,
    PageLink,
    Person,
    Role,
    id_or_404,
    person_by_email,
    reading,
    record_in_audit_log,
    see_other,
    sent_form,
    session,
    signed_in_user,
    staff,
    transaction,
)
from coalition_city_campaigns.leads.models import Lead, LeadState
from coalition_city_campaigns.leads.schemas import ClosingForm

SHOWN = 100  # leads on one page

pages = Blueprint(
    "city-campaigns-leads",
    __name__,
    url_prefix="/manage/<coalition>/leads",
    template_folder="../templates",
)


@pages.get("/")
@staff(Role.COORDINATOR)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the leads of one state, oldest first; `?state=`, `?after=`."""
    state = request.args.get("state", "")
    chosen = LeadState(state) if state in set(LeadState) else None
    after = request.args.get("after", "")
    shown = select(Lead).where(Lead.state != LeadState.UNCONFIRMED).order_by(Lead.id)
    if chosen:
        shown = shown.filter_by(state=chosen)
    if after:
        shown = shown.where(Lead.id > id_or_404(after))
    with reading(coalition.id):
        counted = session.execute(select(Lead.state, func.count()).group_by(Lead.state)).all()
        leads = session.scalars(shown.limit(SHOWN + 1)).all()
        return render_template(
            "city_campaigns/leads/index.html",
            coalition=coalition,
            leads=leads[:SHOWN],
            next_after=leads[SHOWN - 1].id if len(leads) > SHOWN else None,
            counts={row[0].value: row[1] for row in counted},
            chosen=chosen,
            states=[each for each in LeadState if each != LeadState.UNCONFIRMED],
        )


@pages.get("/<lead>")
@staff(Role.COORDINATOR)
def show(coalition: Coalition, lead: str) -> ResponseReturnValue:
    """Show a lead with the person behind it; that somebody looked is noted."""
    with transaction(coalition.id):
        found = _lead_or_404(lead)
        record_in_audit_log("lead.viewed", found)
        return _page(coalition, found, Form())


@pages.post("/<lead>/owner")
@staff(Role.COORDINATOR)
def take(coalition: Coalition, lead: str) -> ResponseReturnValue:
    """Take care of a lead oneself."""
    owner = signed_in_user()
    assert owner is not None, "staff are signed in"
    with transaction(coalition.id):
        _lead_or_404(lead).take(owner)
    return _back(coalition, lead, gettext("You take care of it now."))


@pages.post("/<lead>/closing")
@staff(Role.COORDINATOR)
def close(coalition: Coalition, lead: str) -> ResponseReturnValue:
    """Close a lead."""
    sent = sent_form(ClosingForm)
    if not sent.errors:
        try:
            with transaction(coalition.id):
                _lead_or_404(lead).close(sent.values["note"])
            return _back(coalition, lead, gettext("The lead is closed."))
        except NotFound:
            raise
        except DomainError as error:
            sent.refuse(error)
    with reading(coalition.id):
        return _page(coalition, _lead_or_404(lead), sent), 422


@pages.post("/<lead>/reopening")
@staff(Role.COORDINATOR)
def reopen(coalition: Coalition, lead: str) -> ResponseReturnValue:
    """Take up a closed lead again."""
    with transaction(coalition.id):
        _lead_or_404(lead).reopen()
    return _back(coalition, lead, gettext("The lead is open again."))


@pages.post("/<lead>/erasure")
@staff(Role.COORDINATOR)
def erase(coalition: Coalition, lead: str) -> ResponseReturnValue:
    """Erase a lead at its person's wish."""
    with transaction(coalition.id):
        _lead_or_404(lead).erase()
    flash(gettext("Everything about this lead is erased."), "success")
    return see_other("city-campaigns-leads.index", coalition=coalition.slug)


@pages.get("/<lead>/export.json")
@staff(Role.COORDINATOR)
def export(coalition: Coalition, lead: str) -> Response:
    """Give all that is stored about a lead, to hand it to its person."""
    with transaction(coalition.id):
        found = _lead_or_404(lead)
        record_in_audit_log("lead.exported", found)
        text = json.dumps(found.export(), indent=2)
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="lead.json"'
    return answer


def leads_of(person: Person) -> list[PageLink]:
    """Return the pages of the leads that came from a person's mailboxes, oldest first."""
    theirs = (
        select(Lead)
        .join(EmailAddress, EmailAddress.address_index == Lead.email_index)
        .where(EmailAddress.person_id == person.id, Lead.state != LeadState.UNCONFIRMED)
        .order_by(Lead.id)
        .limit(SHOWN)
    )
    return [
        PageLink(f"leads/{lead.id}", gettext("The lead from %(place)s", place=lead.place))
        for lead in session.scalars(theirs)
    ]


def _lead_or_404(text: str) -> Lead:
    found = session.scalar(select(Lead).filter_by(id=id_or_404(text)))
    if found is None or found.state == LeadState.UNCONFIRMED:
        raise NotFound
    return found


def _page(coalition: Coalition, lead: Lead, sent: Form) -> str:
    return render_template(
        "city_campaigns/leads/show.html",
        coalition=coalition,
        lead=lead,
        person=person_by_email(lead.email),
        form=sent,
        me=signed_in_user(),
    )


def _back(coalition: Coalition, lead: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return see_other("city-campaigns-leads.show", coalition=coalition.slug, lead=lead)
