"""Where coordinators write report cards and give grades."""

from collections.abc import Callable

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema
from sqlalchemy import select

from coalition.sdk import (
    N_,
    Campaign,
    Coalition,
    Form,
    InvalidInput,
    NotFound,
    Role,
    campaign_by_slug,
    filled_form,
    id_or_404,
    may_change,
    now,
    reading,
    record_in_audit_log,
    see_other,
    sent_form,
    session,
    showing_refusals,
    staff,
    transaction,
)
from coalition_report_card.errors import SlugTaken
from coalition_report_card.models import Criterion, Mark, ReportCard, card_by_slug
from coalition_report_card.schemas import CardForm, CriterionForm, GradeForm

SHOWN = 200  # cards on one page

pages = Blueprint(
    "report-card-manage",
    __name__,
    url_prefix="/manage/<coalition>/report-cards",
    template_folder="templates",
)


@pages.get("/")
@staff(Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the coalition's report cards, the newest first."""
    with reading(coalition.id):
        cards = session.scalars(select(ReportCard).order_by(ReportCard.id.desc()).limit(SHOWN))
        return render_template(
            "report_card/manage/index.html",
            coalition=coalition,
            cards=cards.all(),
            may_change=may_change(coalition),
        )


@pages.get("/new")
@staff(Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new card."""
    return _form_page(coalition, None, Form())


@pages.post("/new")
@staff(Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Begin a card."""
    form = sent_form(CardForm)
    if not form.errors:
        with showing_refusals(form), transaction(coalition.id):
            card = ReportCard(slug=form.values["slug"], title="", graded="")
            _write(card, form)
            session.add(card)
            session.flush()
            record_in_audit_log("report_card.added", card)
    if form.errors:
        return _form_page(coalition, None, form), 422
    flash(gettext("The report card was added. Now say what is graded."), "success")
    return _to(coalition, card.slug)


@pages.get("/<card>/")
@staff(Role.VIEWER)
def show(coalition: Coalition, card: str) -> ResponseReturnValue:
    """Show a card with its criteria, their grades, and what can be done."""
    return _card_page(coalition, card, Form())


@pages.get("/<card>/edit")
@staff(Role.COORDINATOR)
def edit(coalition: Coalition, card: str) -> ResponseReturnValue:
    """Show the form of a card, filled in."""
    return _form_page(coalition, card, None)


@pages.post("/<card>/edit")
@staff(Role.COORDINATOR)
def change(coalition: Coalition, card: str) -> ResponseReturnValue:
    """Store what was written about a card."""
    form, slug = sent_form(CardForm), card
    if not form.errors:
        with showing_refusals(form), transaction(coalition.id):
            found = _card(card)
            _write(found, form)
            record_in_audit_log("report_card.changed", found, sorted(form.values))
            slug = found.slug
    if form.errors:
        return _form_page(coalition, card, form), 422
    flash(gettext("Saved."), "success")
    return _to(coalition, slug)


@pages.post("/<card>/criteria")
@staff(Role.COORDINATOR)
def add_criterion(coalition: Coalition, card: str) -> ResponseReturnValue:
    """Grade one thing more."""
    return _done(
        coalition, card, CriterionForm, lambda found, form: found.add_criterion(**form.values)
    )


@pages.post("/<card>/criteria/<criterion>/removal")
@staff(Role.COORDINATOR)
def remove_criterion(coalition: Coalition, card: str, criterion: str) -> ResponseReturnValue:
    """Stop grading something."""
    return _done(
        coalition,
        card,
        Schema,
        lambda found, _: found.remove_criterion(_criterion(found, criterion)),
    )


@pages.get("/<card>/criteria/<criterion>/grades")
@staff(Role.COORDINATOR)
def grade(coalition: Coalition, card: str, criterion: str) -> ResponseReturnValue:
    """Show the form for a new grade, the earlier ones below."""
    return _grade_page(coalition, card, criterion, Form())


@pages.post("/<card>/criteria/<criterion>/grades")
@staff(Role.COORDINATOR)
def give(coalition: Coalition, card: str, criterion: str) -> ResponseReturnValue:
    """Give a grade with its evidence."""
    form = sent_form(GradeForm)
    if not form.errors and form.values["graded_on"] > now().date():
        form.refuse(InvalidInput(field="graded_on", reason=N_("That day has not come yet.")))
    if form.errors:
        return _grade_page(coalition, card, criterion, form), 422
    with transaction(coalition.id):
        _criterion(_card(card), criterion).give(**form.values)
    flash(gettext("The grade was added."), "success")
    return _to(coalition, card)


@pages.post("/<card>/publication")
@staff(Role.COORDINATOR)
def publish(coalition: Coalition, card: str) -> ResponseReturnValue:
    """Show the card to everybody."""
    return _done(coalition, card, Schema, lambda found, _: found.publish())


@pages.post("/<card>/publication/removal")
@staff(Role.COORDINATOR)
def unpublish(coalition: Coalition, card: str) -> ResponseReturnValue:
    """Take the card off the public pages."""
    return _done(coalition, card, Schema, lambda found, _: found.unpublish())


def _done(
    coalition: Coalition,
    slug: str,
    schema: type[Schema],
    verb: Callable[[ReportCard, Form], object],
) -> ResponseReturnValue:
    """Do something to a card; what is wrong is shown on its page."""
    form = sent_form(schema)
    if not form.errors:
        with showing_refusals(form), transaction(coalition.id):
            verb(_card(slug), form)
    if form.errors:
        return _card_page(coalition, slug, form), 422
    flash(gettext("Saved."), "success")
    return _to(coalition, slug)


def _write(card: ReportCard, form: Form) -> None:
    values = dict(form.values)
    taken = select(ReportCard.id).filter_by(slug=values["slug"]).where(ReportCard.id != card.id)
    if session.scalar(taken):
        raise SlugTaken(field="slug", slug=values["slug"])
    campaign = values.pop("campaign")
    found = campaign_by_slug(campaign) if campaign else None
    if campaign and found is None:
        raise InvalidInput(field="campaign", reason=N_("Choose one of the campaigns."))
    for name, value in values.items():
        setattr(card, name, value)
    card.campaign_id = found.id if found else None


def _card(slug: str) -> ReportCard:
    found = card_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _criterion(card: ReportCard, text: str) -> Criterion:
    wanted = id_or_404(text)
    found = next((each for each in card.criteria if each.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _to(coalition: Coalition, slug: str) -> ResponseReturnValue:
    return see_other("report-card-manage.show", coalition=coalition.slug, card=slug)


def _card_page(coalition: Coalition, slug: str, form: Form) -> str:
    with reading(coalition.id):
        return render_template(
            "report_card/manage/show.html",
            coalition=coalition,
            card=_card(slug),
            form=form,
            may_change=may_change(coalition),
        )


def _form_page(coalition: Coalition, slug: str | None, form: Form | None) -> str:
    with reading(coalition.id):
        card = _card(slug) if slug else None
        if form is None:
            chosen = card.campaign.slug if card and card.campaign else ""
            form = filled_form(CardForm, card, campaign=chosen)
        campaigns = session.scalars(select(Campaign).order_by(Campaign.title).limit(SHOWN))
        return render_template(
            "report_card/manage/form.html",
            coalition=coalition,
            card=card,
            form=form,
            campaigns=[(each.slug, each.title) for each in campaigns],
        )


def _grade_page(coalition: Coalition, slug: str, criterion: str, form: Form) -> str:
    with reading(coalition.id):
        card = _card(slug)
        return render_template(
            "report_card/manage/grade.html",
            coalition=coalition,
            card=card,
            criterion=_criterion(card, criterion),
            marks=[(mark.value, mark.value) for mark in Mark],
            today=now().date(),
            form=form,
        )
