"""The ladder of engagement: how many stand on each rung, who moved lately, the rungs' rules."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from coalition import db, web
from coalition.accounts import access
from coalition.actions import ladder
from coalition.actions.ladder import LadderRung, RungRule, Standing
from coalition.actions.manage_schemas import LadderForm
from coalition.actions.models import ActionKind
from coalition.coalitions.models import Coalition
from coalition.errors import N_, InvalidInput, NotFound
from coalition.people.models import Person, Tag

SPARE_ROWS = 2  # empty rows, so that nobody needs JavaScript to add one
MAX_MINIMUM = 1_000
MAX_DAYS = 3_650
_ACTED = "acted:"  # a rule and the kind of action in one choice, "acted:comment"

pages = Blueprint(
    "ladder", __name__, url_prefix="/manage/<coalition>/ladder", template_folder="templates"
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition) -> ResponseReturnValue:
    """Show the rungs from the top, how many stand on each, and who moved lately."""
    with db.reading(coalition.id):
        rungs, counts, moved = ladder.rungs(), ladder.count_by_rung(), ladder.moved_lately()
        return render_template(
            "actions/manage/ladder.html",
            coalition=coalition,
            rungs=list(reversed(rungs)),
            counts=counts,
            most=max(counts.values(), default=0),
            moved=moved,
            people=_people(moved),
            names={each.id: each.name for each in rungs},
            may_change=access.may_change(coalition),
        )


@pages.get("/rungs/<rung>")
@access.staff(access.Role.VIEWER)
def people(coalition: Coalition, rung: str) -> ResponseReturnValue:
    """Show who stands on a rung."""
    rung_id = web.id_or_404(rung)
    with db.reading(coalition.id):
        found = db.session.get(LadderRung, rung_id)
        if found is None:
            raise NotFound
        standings = ladder.people_on(rung_id)
        return render_template(
            "actions/manage/rung.html",
            coalition=coalition,
            rung=found,
            standings=standings,
            people=_people(standings),
            most=ladder.PEOPLE_SHOWN,
        )


@pages.get("/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition) -> ResponseReturnValue:
    """Show the rungs to change; a ladder that has none is offered a usual one."""
    with db.reading(coalition.id):
        rungs = ladder.rungs()
        rows = [_row(each) for each in rungs] or usual_rungs()
    return _page(coalition, rows, web.Form())


@pages.post("/edit")
@access.staff(access.Role.COORDINATOR)
def store(coalition: Coalition) -> ResponseReturnValue:
    """Store the rungs in the order of the form."""
    form = web.form(LadderForm)
    rows = _rows(form)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            ladder.store([_rung(each) for each in rows])
    if form.errors:
        return _page(coalition, rows, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other("ladder.show", coalition=coalition.slug)


def usual_rungs() -> list[dict[str, str]]:
    """Return the rungs that a coalition begins with until it stores its own."""
    usual = [
        (gettext("Signed"), "signed", "1", "", ""),
        (gettext("Took part in an action"), "acted", "1", "", ""),
        (gettext("Came to a meeting"), "attended", "1", "", ""),
        (gettext("Spoke"), "spoke", "1", "", ""),
        (gettext("Brought others in"), "recruited", "3", "", ""),
    ]
    names = ("name", "rule", "minimum", "within_days", "tag")
    return [dict(zip(names, row, strict=True)) for row in usual]


def _row(rung: LadderRung) -> dict[str, str]:
    rule = f"{_ACTED}{rung.action_kind.value}" if rung.action_kind else rung.rule.value
    return {
        "rung_id": str(rung.id),
        "name": rung.name,
        "rule": rule,
        "minimum": str(rung.minimum),
        "within_days": str(rung.within_days or ""),
        "tag": rung.tag.name if rung.tag else "",
    }


def _rows(form: web.Form) -> list[dict[str, str]]:
    columns = list(LadderForm().load_fields)
    values = form.values or {
        name: [str(each) for each in form.written.get(name, [])] for name in columns
    }
    length = max((len(values[name]) for name in columns), default=0)
    padded = {name: [*values[name], *[""] * length] for name in columns}
    rows = [{name: padded[name][n] for name in columns} for n in range(length)]
    return [row for row in rows if row["name"]]


def _rung(row: dict[str, str]) -> LadderRung:
    rule, _, kind = row["rule"].partition(":")
    try:
        chosen, action_kind = RungRule(rule), ActionKind(kind) if kind else None
    except ValueError:
        raise InvalidInput(
            field="rule", reason=N_("Choose one of the values offered.")
        ) from None
    rung = db.session.get(LadderRung, UUID(row["rung_id"])) if row["rung_id"] else None
    rung = rung or LadderRung()
    rung.name, rung.rule, rung.action_kind = row["name"], chosen, action_kind
    rung.minimum = _number(row["minimum"] or "1", "minimum", MAX_MINIMUM)
    days = row["within_days"]
    rung.within_days = _number(days, "within_days", MAX_DAYS) if days else None
    tag = Tag.called(row["tag"]) if row["tag"] and chosen == RungRule.TAGGED else None
    rung.tag_id = tag.id if tag else None
    return rung


def _number(text: str, field: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise InvalidInput(
            field=field, reason=N_("Numbers of a rung are whole and at least 1.")
        )
    return int(text)


def _people(standings: Sequence[Standing]) -> dict[UUID, Person]:
    ids = [each.person_id for each in standings]
    found = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    return {each.id: each for each in found}


def _page(coalition: Coalition, rows: list[dict[str, str]], form: web.Form) -> str:
    rules = ["signed", "acted", *(f"{_ACTED}{kind.value}" for kind in ActionKind)]
    rules += ["attended", "spoke", "recruited", "tagged"]
    spare = min(SPARE_ROWS, max(ladder.MAX_RUNGS - len(rows), 0))
    return render_template(
        "actions/manage/ladder_edit.html",
        coalition=coalition,
        rows=[*rows, *[{} for _ in range(spare)]],
        rules=rules,
        form=form,
    )
