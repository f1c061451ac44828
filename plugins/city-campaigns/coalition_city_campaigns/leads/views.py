"""The public form “challenge a contract in your city”, and what the links in its mails open.

Mail scanners open every link, so a GET changes nothing here: a person presses a button.
"""

from uuid import UUID

from flask import Response, g, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from coalition.sdk import (
    REGIONS,
    Campaign,
    CampaignSection,
    Coalition,
    DomainError,
    Form,
    LinkInvalid,
    Person,
    Place,
    PostcodeElsewhere,
    PublicPages,
    SectionPlace,
    count_attempt,
    is_on,
    page_language,
    person_by_email,
    place_written,
    places_called,
    preferences_url,
    proposals,
    read_link,
    reading,
    see_other,
    sent_form,
    session,
    settings,
    sign_link,
    transaction,
    visited_coalition,
)
from coalition_city_campaigns.leads import mails
from coalition_city_campaigns.leads.errors import FormClosed
from coalition_city_campaigns.leads.models import Lead
from coalition_city_campaigns.leads.schemas import ChallengeForm, ConfirmationForm
from coalition_city_campaigns.settings import PLUGIN

TRAP = "fax"  # a field that people do not see: who fills it in is a program

pages = PublicPages("city-campaigns-challenge", __name__, template_folder="../templates")
links = PublicPages("city-campaigns-links", __name__, template_folder="../templates")


@pages.get("/c/<coalition>/cities/challenge")
def challenge(coalition: str) -> ResponseReturnValue:
    """Show the form; `?city=` and `?technology=` fill it in."""
    here = visited_coalition(coalition)
    asked = {name: request.args.get(name, "")[:100] for name in ("city", "technology")}
    return _form_page(here, Form(written={name: text for name, text in asked.items() if text}))


@pages.post("/c/<coalition>/cities/challenge")
def ask(coalition: str) -> ResponseReturnValue:
    """Take a lead. The answer is the same for a new and for a known address."""
    here = visited_coalition(coalition)
    count_attempt(request.remote_addr)
    sent = sent_form(ChallengeForm)
    if not sent.errors and not sent.values["agreed"]:
        sent.errors["agreed"] = gettext("Without this nobody may write to you.")
    place = None
    if not sent.errors:
        try:
            place = _place(sent)
        except DomainError as error:
            sent.refuse(error)
    if sent.errors or place is None:
        return _form_page(here, sent), 422
    if not request.form.get(TRAP):
        _store(here, sent, place)
    return see_other(
        "city-campaigns-challenge.asked", coalition=here.slug, lang=page_language()
    )


@pages.get("/c/<coalition>/cities/challenge/sent")
def asked(coalition: str) -> ResponseReturnValue:
    """Tell who filled in the form to look into their mailbox."""
    here = visited_coalition(coalition)
    with reading(here.id):
        return render_template("city_campaigns/leads/sent.html", coalition=here)


@links.get("/leads/<token>")
def confirmation(token: str) -> ResponseReturnValue:
    """Show what is about to be confirmed."""
    coalition_id, lead_id = read_link(mails.CONFIRM, token, max_age=mails.CONFIRM_FOR)
    with reading(coalition_id):
        lead, here = _linked(coalition_id, lead_id)
        if lead.confirmed_at is not None:
            return see_other(
                "city-campaigns-links.own", token=_own_token(lead), lang=page_language()
            )
        return _lead_page("confirm.html", here, lead, token=token, form=Form())


@links.post("/leads/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Confirm; doing it twice changes nothing.

    The form may have been filled in by somebody else, so only the mailbox's owner has the last
    word on further mail.
    """
    coalition_id, lead_id = read_link(mails.CONFIRM, token, max_age=mails.CONFIRM_FOR)
    sent = sent_form(ConfirmationForm)
    if sent.errors:
        with reading(coalition_id):
            lead, here = _linked(coalition_id, lead_id)
            return _lead_page("confirm.html", here, lead, token=token, form=sent), 422
    with transaction(coalition_id):
        lead, here = _linked(coalition_id, lead_id, lock=True)
        if lead.confirmed_at is None:
            lead.confirm(updates=sent.values["updates"])
            mails.write_thanks(here, lead)
        own = _own_token(lead)
    return see_other("city-campaigns-links.own", token=own, lang=page_language(), thanks="yes")


@links.get("/leads/own/<token>")
def own(token: str) -> ResponseReturnValue:
    """Show the person what is stored about them, and let them take it back."""
    ids = read_link(mails.OWN, token)
    with reading(ids[0]):
        lead, here = _linked(*ids)
        stays = _stays(lead)
        return _lead_page(
            "own.html",
            here,
            lead,
            token=token,
            thanks="thanks" in request.args,
            preferences=stays and _preferences(stays),
            updates_wording=updates_wording(here),
        )


@links.post("/leads/own/<token>/agreement")
def agree(token: str) -> ResponseReturnValue:
    """Let somebody agree to further mail who did not at first."""
    ids = read_link(mails.OWN, token)
    with transaction(ids[0]):
        lead, here = _linked(*ids, lock=True)
        lead.agree(updates_wording(here))
    return see_other("city-campaigns-links.own", token=token, lang=page_language())


@links.get("/leads/own/<token>/export.json")
def export(token: str) -> Response:
    """Give the person all that is stored about them as a file."""
    ids = read_link(mails.OWN, token)
    with reading(ids[0]):
        lead, _ = _linked(*ids)
        text = json.dumps(lead.export(), indent=2)
    answer = Response(text, content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@links.post("/leads/own/<token>/erasure")
def erase(token: str) -> ResponseReturnValue:
    """Erase the lead at once; who agreed to further mail learns where to end that."""
    ids = read_link(mails.OWN, token)
    with transaction(ids[0]):
        lead, here = _linked(*ids, lock=True)
        stays = _stays(lead)
        preferences = stays and _preferences(stays)
        lead.erase()
    return render_template(
        "city_campaigns/leads/erased.html", coalition=here, preferences=preferences
    )


def sections(campaign: Campaign) -> list[CampaignSection]:
    """Return the way to the form, for the page of a campaign that is about no single place."""
    if campaign.area_id is not None or not settings(PLUGIN)["takes_leads"]:
        return []
    here = session.get_one(Coalition, campaign.coalition_id)
    page = render_template("city_campaigns/leads/_section.html", coalition=here)
    title = gettext("Want to challenge a contract in your city?")
    return [CampaignSection(title, Markup(page), SectionPlace.TEXT)]  # noqa: S704  escaped


def wording(coalition: Coalition) -> str:
    """Return, word for word, what somebody agrees to who fills in the form."""
    return gettext(
        "%(coalition)s may keep what I wrote here and write to me about it. I can have it erased"
        " at any time.",
        coalition=coalition.name,
    )


def updates_wording(coalition: Coalition) -> str:
    """Return, word for word, what somebody agrees to who wants to hear more."""
    return gettext(
        "%(coalition)s may write to me about such contracts and about its campaigns. I can end"
        " this at any time.",
        coalition=coalition.name,
    )


def _place(sent: Form) -> Place:
    place = place_written(sent.values["city"], sent.values["region"])
    postcode = sent.values["postcode"]
    if postcode and not place.has_postcode(postcode):
        raise PostcodeElsewhere(field="postcode", postcode=postcode, place=place.full_name)
    return place


def _store(here: Coalition, sent: Form, place: Place) -> None:
    with transaction(here.id):
        if not settings(PLUGIN)["takes_leads"]:
            raise FormClosed
        lead = Lead.ask(
            person_name=sent.values["person_name"],
            email=sent.values["email"],
            place=place,
            technology=sent.values["technology"],
            vendor=sent.values["vendor"],
            known=sent.values["known"] or None,
            language=page_language(),
            wording=wording(here),
            updates_wording=updates_wording(here) if sent.values["updates"] else None,
        )
        mails.write_confirmation(here, lead)


def _form_page(here: Coalition, sent: Form) -> str:
    written = sent.written.get("city", "")
    several = places_called(written.partition(",")[0]) if "city" in sent.errors else []
    with reading(here.id):
        return render_template(
            "city_campaigns/leads/form.html",
            coalition=here,
            form=sent,
            settings=settings(PLUGIN),
            regions=[each.region for each in several] if len(several) > 1 else list(REGIONS),
            is_ambiguous=len(several) > 1,
            proposals=proposals(written) if "city" in sent.errors and not several else [],
            names=REGIONS,
            wording=wording(here),
            updates_wording=updates_wording(here),
            trap=TRAP,
        )


def _stays(lead: Lead) -> Person | None:
    """Return whom the coalition still knows when the lead is erased, because they agreed to it."""
    has_agreed = lead.confirmed_at is not None and lead.updates_wording
    return person_by_email(lead.email) if has_agreed else None


def _preferences(person: Person) -> str:
    return preferences_url(person.coalition_id, person.id, language=page_language())


def _own_token(lead: Lead) -> str:
    return sign_link(mails.OWN, lead.coalition_id, lead.id)


def _linked(coalition_id: UUID, lead_id: UUID, *, lock: bool = False) -> tuple[Lead, Coalition]:
    """Find what a link leads to in the open scope.

    Raises:
        LinkInvalid: it was erased, or the plugin is off.
    """
    statement = select(Lead).filter_by(id=lead_id)
    lead = session.scalar(statement.with_for_update(of=Lead) if lock else statement)
    here = session.get(Coalition, coalition_id)
    if lead is None or here is None or not is_on(PLUGIN):
        raise LinkInvalid
    g.coalition_language = lead.language
    return lead, here


def _lead_page(template: str, here: Coalition, lead: Lead, **more: object) -> str:
    return render_template(
        f"city_campaigns/leads/{template}", coalition=here, lead=lead, **more
    )
