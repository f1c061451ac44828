"""The public pages of letters: each with its names, and the form to sign it."""

from flask import Blueprint, Response, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from coalition import attempts, config, db, languages, page_cache, web
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.consents import purposes
from coalition.errors import DomainError, NotFound
from coalition.letters import partners, public_letters, signing
from coalition.letters.partners import LetterPartner
from coalition.letters.schemas import SignatureForm, source_code
from coalition.letters.signatures import SignatureKind
from coalition.page_cache import Page

HTML = "text/html; charset=utf-8"
TRAP = "fax"  # a field that people do not see: who fills it in is a program

pages = Blueprint("letters", __name__, template_folder="templates")


@pages.get("/")
def home() -> ResponseReturnValue:
    """Say what this is and, in the demonstration, where to begin."""
    with db.reading():
        samples = public_letters.sample_coalitions() if config.current().is_demo_mail else []
        return render_template("letters/home.html", samples=samples)


@pages.get("/c/<coalition>/letters/<letter>")
def show(coalition: str, letter: str) -> Response:
    """Show a letter: whom it addresses, its text, its signatories, the form."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    asked = web.asked_language(language)
    source = source_code(request.args.get("source", "")) or ""

    def make() -> Page:
        with force_locale(language):
            return Page.of(_letter_page(here, letter, asked, web.Form(), source), HTML)

    return page_cache.answer((here.id, letter, language, asked, source), make)


@pages.get("/c/<coalition>/letters/<letter>/count.json")
def count(coalition: str, letter: str) -> Response:
    """Say how many have signed, for the page to keep its number current and for other sites."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            shown = public_letters.count_of(public_letters.published_letter(letter))
            return Page.of(json.dumps(shown.to_json() if shown else {}), "application/json")

    return page_cache.answer((here.id, letter, language, "count"), make)


@pages.get("/c/<coalition>/letters/<letter>/people")
def people(coalition: str, letter: str) -> Response:
    """Show more of the people who agreed to be listed, from one place in the list on."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    after = request.args.get("after", "")

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            found = public_letters.published_letter(letter)
            listed, more = public_letters.people_page(found, after)
            return Page.of(
                render_template(
                    "letters/people.html",
                    coalition=here,
                    letter=found,
                    people=listed,
                    more=more,
                ),
                HTML,
            )

    return page_cache.answer((here.id, letter, language, "people", after), make)


@pages.post("/c/<coalition>/letters/<letter>/signatures")
def sign(coalition: str, letter: str) -> ResponseReturnValue:
    """Sign a letter. The answer is the same for a new and for a repeated signature."""
    here = web.visited_coalition(coalition)
    attempts.count_attempt(request.remote_addr)
    form = web.form(SignatureForm)
    if form.errors:
        return _form_again(here, letter, form), 422

    try:
        if not request.form.get(TRAP):
            signing.sign(here.id, letter, _signature_request(form, here, letter))
    except NotFound:
        raise
    except DomainError as error:
        form.refuse(error)
        return _form_again(here, letter, form), error.status

    return web.see_other(
        "letters.signed", coalition=here.slug, letter=letter, lang=web.language()
    )


@pages.get("/c/<coalition>/letters/<letter>/signed")
def signed(coalition: str, letter: str) -> ResponseReturnValue:
    """Tell who signed to look into their mailbox."""
    here = web.visited_coalition(coalition)
    with db.reading(here.id):
        found = public_letters.published_letter(letter)
        return render_template("letters/signed.html", coalition=here, letter=found)


def updates_wording(coalition: Coalition) -> str:
    """Return, word for word, what somebody agrees to who wants to hear more."""
    return gettext(
        "%(coalition)s may write to me about this letter and its other campaigns. I can end"
        " this at any time.",
        coalition=coalition.name,
    )


def partner_wording(partner: LetterPartner) -> str:
    """Return, word for word, what somebody agrees to who wants to hear from a member group."""
    purpose = purposes.purpose_called(purposes.UPDATES)
    assert purpose is not None, "the core registers it"
    return gettext(purpose.wording) % {"name": partner.organization.name}


def _signature_request(
    form: web.Form, here: Coalition, letter: str
) -> signing.SignatureRequest:
    values = dict(form.values)
    wants_updates = values.pop("updates")
    asked, wants_partner = values.pop("partner"), values.pop("partner_updates")
    partner = _partner_sent(here, letter, asked) if asked else None
    return signing.SignatureRequest(
        **{**values, "kind": values["kind"].value},
        updates_wording=updates_wording(here) if wants_updates else None,
        partner_id=partner.organization_id if partner else None,
        partner_wording=partner_wording(partner) if partner and wants_partner else None,
        source_code=source_code(request.form.get("source", "")),
        language=web.language(),
    )


def _partner_sent(here: Coalition, letter: str, organization: str) -> LetterPartner | None:
    """Return the member group whose question the sent form showed, if it may ask here."""
    with db.reading(here.id):
        return partners.asked_by(public_letters.published_letter(letter), organization)


def _form_again(here: Coalition, letter: str, form: web.Form) -> str:
    source = source_code(request.form.get("source", "")) or ""
    return _letter_page(here, letter, web.asked_language(web.language()), form, source)


def _letter_page(here: Coalition, slug: str, language: str, form: web.Form, source: str) -> str:
    with db.reading(here.id):
        letter = public_letters.published_letter(slug)
        listed, more = public_letters.people_page(letter)
        asked = partners.asked_by(letter, request.form.get("partner", ""))
        partner = asked or partners.who_asks(letter, source)
        return render_template(
            "letters/show.html",
            coalition=here,
            letter=letter,
            text=letter.text_in(language),
            organizations=public_letters.organizations(letter),
            people=listed,
            more_people=more,
            count=public_letters.count_of(letter),
            goal=public_letters.goal_of(letter),
            sections=public_letters.sections_of(letter, "letter"),
            may_sign=letter.accepts_signatures(now()),
            kinds=[kind for kind in SignatureKind if letter.accepts_kind(kind)],
            form=form,
            source=source,
            trap=TRAP,
            updates_wording=updates_wording(here),
            partner=partner,
            partner_wording=partner_wording(partner) if partner else "",
        )


pages.add_app_template_filter(public_letters.local_moment, "moment_in")
pages.add_app_template_filter(public_letters.day, "day")
pages.add_app_template_filter(languages.own_name, "language_name")
pages.add_app_template_filter(languages.name_here, "language_here")
pages.add_app_template_global(now, "now")
