"""Who else asks signatories on a letter's form, with the report on how fairly it went."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError, NotFound
from coalition.letters import partners, queries
from coalition.letters.manage_schemas import NewPartner, Share
from coalition.letters.partners import LetterPartner

pages = Blueprint(
    "letters_partners",
    __name__,
    url_prefix="/manage/<coalition>/letters/<slug>/partners",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Show who asks, what they were due, what they got and brought."""
    return _page(coalition, slug, web.Form(written={"weight": "1"}))


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Let one more member group ask."""
    form = web.form(NewPartner)
    if not form.errors:
        try:
            with db.transaction(coalition.id):
                letter = queries.letter_or_raise(slug)
                chosen = form.values.pop("organization")
                offered = {str(each.id): each for each in partners.may_ask(letter)}
                if chosen not in offered:
                    raise NotFound
                partners.add_partner(letter, offered[chosen], **form.values)
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
    if form.errors:
        return _page(coalition, slug, form), 422
    return _back(coalition, slug, gettext("It asks from now on."))


@pages.post("/<partner>")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, slug: str, partner: str) -> ResponseReturnValue:
    """Agree on another share or code."""
    form = web.form(Share)
    if not form.errors:
        try:
            with db.transaction(coalition.id):
                partners.change_partner(_partner(slug, partner), **form.values)
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
    if form.errors:
        return _page(coalition, slug, web.Form(written={"weight": "1"}), partner, form), 422
    return _back(coalition, slug, gettext("Saved."))


@pages.post("/<partner>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, slug: str, partner: str) -> ResponseReturnValue:
    """Let a member group ask no more."""
    with db.transaction(coalition.id):
        partners.remove_partner(_partner(slug, partner))
    return _back(coalition, slug, gettext("It asks no more. What people agreed to stays."))


def _partner(slug: str, text: str) -> LetterPartner:
    partner_id, letter = web.id_or_404(text), queries.letter_or_raise(slug)
    for each in partners.partners_of(letter):
        if each.id == partner_id:
            return each
    raise NotFound


def _back(coalition: Coalition, slug: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other("letters_partners.index", coalition=coalition.slug, slug=slug)


def _page(
    coalition: Coalition,
    slug: str,
    form: web.Form,
    changed: str = "",
    change_form: web.Form | None = None,
) -> str:
    with db.reading(coalition.id):
        letter = queries.letter_or_raise(slug)
        return render_template(
            "letters/manage/partners.html",
            coalition=coalition,
            letter=letter,
            report=partners.report(letter),
            offered=partners.may_ask(letter),
            form=form,
            changed=changed,
            change_form=change_form,
            may_change=access.may_change(coalition),
        )
