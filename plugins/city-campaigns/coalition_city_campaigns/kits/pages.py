"""The coordinators' pages of kits: carrying a campaign to another city, adapting it, taking it away."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from coalition.sdk import (
    REGIONS,
    Campaign,
    Coalition,
    DomainError,
    FilesInvalid,
    Form,
    NotFound,
    Problem,
    Role,
    campaign_by_slug,
    id_or_404,
    place_written,
    places_called,
    reading,
    record_in_audit_log,
    see_other,
    sent_form,
    session,
    signed_in_user,
    staff,
    transaction,
)
from coalition_city_campaigns.kits import adapting
from coalition_city_campaigns.kits.cloning import clone
from coalition_city_campaigns.kits.errors import TwoChosen
from coalition_city_campaigns.kits.exporting import as_json, export
from coalition_city_campaigns.kits.forms import CloneForm, ReplaceForm, TickForm, wanted
from coalition_city_campaigns.kits.models import Clone, clone_of
from coalition_city_campaigns.kits.sources import Source, choices, sent_kit, source
from coalition_city_campaigns.leads.models import Lead

PROBLEMS_SHOWN = 20

pages = Blueprint(
    "city-campaigns-kits",
    __name__,
    url_prefix="/manage/<coalition>/kits",
    template_folder="../templates",
)


@pages.get("/")
@staff(Role.COORDINATOR)
def index(coalition: Coalition) -> ResponseReturnValue:
    """Show the campaigns that were carried here, with what is left to do, and all kits."""
    with reading(coalition.id):
        made = session.scalars(select(Clone).order_by(Clone.id.desc()).limit(100)).all()
        return render_template(
            "city_campaigns/kits/index.html",
            coalition=coalition,
            clones=[(each, adapting.todo(each)) for each in made],
            choices=choices(),
        )


@pages.get("/new")
@staff(Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form; `?source=` and `?lead=` fill it in."""
    with reading(coalition.id):
        lead = _lead()
        written = {"source": request.args.get("source", "")[:300]}
        if lead is not None:
            written["city"], written["region"] = lead.place_name, lead.region
        return _form_page(coalition, Form(written=written), lead)


@pages.post("/new")
@staff(Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Carry a campaign to another place; nothing is stored if anything is wrong."""
    sent = sent_form(CloneForm)
    made, problems = None, list[Problem]()
    if not sent.errors:
        try:
            with transaction(coalition.id):
                lead = _lead(locked=True)
                owner = signed_in_user()
                if lead is not None and owner is not None and lead.owner_id is None:
                    lead.take(owner)
                made = clone(_chosen(sent), wanted(sent.values), lead=lead).slug
        except NotFound:
            raise
        except FilesInvalid as error:
            sent.refuse(error)
            problems = error.problems
        except DomainError as error:
            sent.refuse(error)
    if made is None:
        with reading(coalition.id):
            return _form_page(coalition, sent, _lead(), problems), 422
    flash(gettext("The campaign is here as a draft. Go through what is left over."), "success")
    return see_other("city-campaigns-kits.adapt", coalition=coalition.slug, campaign=made)


@pages.get("/campaigns/<campaign>")
@staff(Role.COORDINATOR)
def adapt(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show what must be adapted: each word that is left over, with where it stands."""
    with reading(coalition.id):
        found = _clone_or_404(campaign)
        return render_template(
            "city_campaigns/kits/adapt.html",
            coalition=coalition,
            clone=found,
            campaign=found.campaign,
            todo=adapting.todo(found),
        )


@pages.post("/campaigns/<campaign>/ticks")
@staff(Role.COORDINATOR)
def tick(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Note that words or checks are as they should be."""
    sent = sent_form(TickForm)
    with transaction(coalition.id):
        _clone_or_404(campaign).tick(sent.values.get("fingerprint", ()))
    return _back(coalition, campaign, gettext("Noted."))


@pages.post("/campaigns/<campaign>/unticks")
@staff(Role.COORDINATOR)
def untick(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Look at something again."""
    sent = sent_form(TickForm)
    with transaction(coalition.id):
        _clone_or_404(campaign).untick(sent.values.get("fingerprint", ()))
    return _back(coalition, campaign, gettext("It has to be looked at again."))


@pages.post("/campaigns/<campaign>/replacement")
@staff(Role.COORDINATOR)
def replace(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Write something else wherever a word is left over."""
    sent = sent_form(ReplaceForm)
    if sent.errors:
        flash(gettext("Write what shall stand there instead."), "error")
        return see_other(
            "city-campaigns-kits.adapt", coalition=coalition.slug, campaign=campaign
        )
    with transaction(coalition.id):
        found = _clone_or_404(campaign)
        changed = adapting.replace(found, sent.values["word"], sent.values["by"])
    said = ngettext("Changed in %(num)s place.", "Changed in %(num)s places.", changed)
    return _back(coalition, campaign, said)


@pages.get("/campaigns/<campaign>/kit.json")
@staff(Role.COORDINATOR)
def take_away(coalition: Coalition, campaign: str) -> Response:
    """Give a campaign as a kit file: its texts, without signatures and people."""
    with transaction(coalition.id):
        found = _campaign_or_404(campaign)
        record_in_audit_log("kit.exported", found)
        text = as_json(export(found))
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.slug}.json"'
    return answer


def _chosen(sent: Form) -> Source:
    """Return the kit that was sent as a file, or else the one that was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return source(sent.values["source"])
    if sent.values["source"]:
        raise TwoChosen(field="file")
    place = None
    if sent.values["kit_city"]:
        try:
            place = place_written(sent.values["kit_city"])
        except DomainError as error:
            error.field = "kit_city"
            raise
    with file.stream as content:
        try:
            return sent_kit(file.filename, content.read(), place)
        except FilesInvalid as error:
            error.field = "file"
            raise


def _form_page(
    coalition: Coalition, sent: Form, lead: Lead | None, problems: Sequence[Problem] = ()
) -> str:
    written = sent.written.get("city", "")
    several = places_called(written.partition(",")[0]) if "city" in sent.errors else []
    return render_template(
        "city_campaigns/kits/new.html",
        coalition=coalition,
        form=sent,
        lead=lead,
        choices=choices(),
        problems=problems[:PROBLEMS_SHOWN],
        names=REGIONS,
        regions=[each.region for each in several] if len(several) > 1 else list(REGIONS),
        is_ambiguous=len(several) > 1,
    )


def _lead(*, locked: bool = False) -> Lead | None:
    text = request.values.get("lead", "")
    if not text:
        return None
    statement = select(Lead).filter_by(id=id_or_404(text))
    found = session.scalar(statement.with_for_update(of=Lead) if locked else statement)
    if found is None:
        raise NotFound
    return found


def _campaign_or_404(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _clone_or_404(slug: str) -> Clone:
    found = clone_of(_campaign_or_404(slug).id)
    if found is None:
        raise NotFound
    return found


def _back(coalition: Coalition, campaign: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return see_other("city-campaigns-kits.adapt", coalition=coalition.slug, campaign=campaign)
