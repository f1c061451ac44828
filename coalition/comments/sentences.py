"""The figures in words that can be quoted, and as tables for programs and spreadsheets."""

from collections.abc import Iterator
from typing import Any

from babel.numbers import format_percent
from flask_babel import format_date, format_decimal, get_locale, gettext, ngettext
from markupsafe import Markup

from coalition.charts import stacked_bar_chart
from coalition.comments.figures import Basis, Figures, Reconciliation
from coalition.comments.models import CommentChannel, CommentPosition
from coalition.comments.wording import Wording
from coalition.small_groups import SMALLEST_GROUP

CSV_HEADER = ("measure", "value", "wording", "comments")


def position_label(position: CommentPosition) -> str:
    """Return how a position is called in a table."""
    return {
        CommentPosition.OPPOSE: gettext("Opposed"),
        CommentPosition.SUPPORT: gettext("In favor"),
        CommentPosition.NEUTRAL: gettext("Neutral"),
        CommentPosition.UNKNOWN: gettext("Position not stated"),
    }[position]


def wording_label(wording: Wording) -> str:
    """Return how a wording is called in a table."""
    return {
        Wording.TEMPLATE: gettext("The coalition's text"),
        Wording.ADAPTED: gettext("The coalition's text, adapted"),
        Wording.OWN_WORDS: gettext("Own words"),
        Wording.UNKNOWN: gettext("Text not known"),
    }[wording]


def channel_label(channel: CommentChannel) -> str:
    """Return how a channel is called in a table."""
    return {
        CommentChannel.WRITTEN: gettext("In writing"),
        CommentChannel.EMAIL: gettext("E-mail"),
        CommentChannel.WEB_FORM: gettext("Web form"),
        CommentChannel.SPOKEN: gettext("Spoken"),
        CommentChannel.PHONE: gettext("Telephone"),
        CommentChannel.IN_PERSON: gettext("In person"),
        CommentChannel.UNKNOWN: gettext("Not known"),
    }[channel]


def headline(figures: Figures) -> str:
    """Return the sentence that a journalist can quote."""
    if not figures.total:
        return gettext("Nobody has counted public comments on this item yet.")
    values = {
        "number": format_decimal(figures.on_our_side),
        "total": format_decimal(figures.total),
        "percent": share(figures.on_our_side, figures.total),
    }
    match figures.our_position:
        case CommentPosition.SUPPORT:
            return ngettext(
                "%(number)s of %(total)s public comments (%(percent)s) was in favor.",
                "%(number)s of %(total)s public comments (%(percent)s) were in favor.",
                figures.on_our_side,
                **values,
            )
        case CommentPosition.OPPOSE:
            return ngettext(
                "%(number)s of %(total)s public comments (%(percent)s) was opposed.",
                "%(number)s of %(total)s public comments (%(percent)s) were opposed.",
                figures.on_our_side,
                **values,
            )
    return ngettext(
        "There was %(total)s public comment.", "There were %(total)s public comments.",
        figures.total, total=values["total"],
    )  # fmt: skip


def about_wording(figures: Figures) -> str:
    """Say how many on our side use our text; "" where that is not known."""
    if not figures.has_wordings or not figures.on_our_side:
        return ""
    copied, adapted = figures.worded(Wording.TEMPLATE), figures.worded(Wording.ADAPTED)
    own = figures.worded(Wording.OWN_WORDS)
    return gettext(
        "%(number)s of them used the coalition's text or adapted it (%(copied)s as it is,"
        " %(adapted)s with changes); %(own)s used their own words.",
        number=format_decimal(copied + adapted),
        copied=format_decimal(copied),
        adapted=format_decimal(adapted),
        own=format_decimal(own),
    )


def about_source(figures: Figures) -> str:
    """Say who counted, from what, and as of when."""
    match figures.basis:
        case Basis.CLERK_LIST:
            said = gettext("Counted from the list of comments that the public body published.")
        case Basis.CLERK_COUNT:
            said = gettext(
                "As the public body counted. It published no list, so that nothing can be said"
                " about the wording."
            )
        case Basis.OURS:
            said = gettext(
                "Counted by the coalition from what people told it. The public body's own count"
                " is not known yet."
            )
        case _:
            return ""
    source = (
        gettext("Source: %(source)s.", source=figures.source.rstrip("."))
        if figures.source
        else ""
    )
    day = ""
    if figures.counted_on:
        day = gettext("As of %(day)s.", day=format_date(figures.counted_on, "long"))
    return " ".join(filter(None, (said, source, day)))


def about_method(figures: Figures) -> list[str]:
    """Say by which rules was counted."""
    said = []
    if figures.has_wordings:
        said.append(about_thresholds(figures.template_from, figures.adapted_from))
    if figures.basis in (Basis.CLERK_LIST, Basis.OURS):
        said.append(
            gettext("The same text sent twice by the same author counts once.")
            if not figures.duplicates
            else ngettext(
                "The same text sent twice by the same author counts once; %(number)s comment was"
                " left out for that.",
                "The same text sent twice by the same author counts once; %(number)s comments"
                " were left out for that.",
                figures.duplicates,
                number=format_decimal(figures.duplicates),
            )
        )
    if figures.cities:
        said.append(
            gettext(
                "Places with fewer than %(small)s comments are not named.",
                small=format_decimal(SMALLEST_GROUP),
            )
        )
    return said


def about_thresholds(template_from: int, adapted_from: int) -> str:
    """Say in words what the two thresholds mean."""
    return gettext(
        "A comment counts as the coalition's text if at least %(template)s of the words are the"
        " same and in the same order, and as an adaptation of it from %(adapted)s on. All"
        " others are in the writer's own words.",
        template=_percent(template_from),
        adapted=_percent(adapted_from),
    )


def about_both_counts(found: Reconciliation) -> list[str]:
    """Explain our count beside the clerk's."""
    if not found.ours or not found.theirs:
        return []
    said = [
        gettext(
            "We know of %(ours)s comments from those who made them; the clerk lists"
            " %(theirs)s. %(matched)s are in both.",
            ours=format_decimal(found.ours),
            theirs=format_decimal(found.theirs),
            matched=format_decimal(found.matched),
        )
    ]
    if missed := found.only_ours.total():
        said.append(
            ngettext(
                "%(number)s of ours is not in the clerk's list. Send the clerk the list below and"
                " ask what became of it.",
                "%(number)s of ours are not in the clerk's list. Send the clerk the list below and"
                " ask what became of them.",
                missed,
                number=format_decimal(missed),
            )
        )
    if theirs := found.only_theirs.total():
        said.append(
            ngettext(
                "%(number)s in the clerk's list was not reported to us.",
                "%(number)s in the clerk's list were not reported to us.",
                theirs,
                number=format_decimal(theirs),
            )
        )
    if found.otherwise_noted:
        said.append(
            ngettext(
                "%(number)s that both have is noted by the clerk under another position than its"
                " author told us.",
                "%(number)s that both have are noted by the clerk under another position than their"
                " authors told us.",
                found.otherwise_noted,
                number=format_decimal(found.otherwise_noted),
            )
        )
    said.append(
        gettext(
            "A comment is in both if the name is the same and at least half of the words are; if"
            " one list has no texts, by the name; if one has no names, by the text."
        )
    )
    return said


def chart(figures: Figures) -> Markup:
    """Draw the positions, each divided by wording where that is known."""
    wordings = list(Wording) if figures.has_wordings else []
    rows = [
        (
            position_label(position),
            [by_wording[wording] for wording in wordings] if wordings else [total],
        )
        for position, by_wording, total in figures.table()
    ]
    names = [wording_label(each) for each in wordings] or [gettext("Comments")]
    if wordings and not any(numbers[-1] for _, numbers in rows):
        rows, names = [(label, numbers[:-1]) for label, numbers in rows], names[:-1]
    return stacked_bar_chart(
        rows,
        names,
        gettext("Public comments by position"),
        headline(figures),
        number_label=lambda number: str(format_decimal(number)),
    )


def share(part: int, whole: int) -> str:
    """Return a share in whole percent; what is not all is never 100 %, what is some never 0 %."""
    percent = round(100 * part / whole) if whole else 0
    if percent == 100 and part < whole:
        return gettext("more than %(percent)s", percent=_percent(99))
    if percent == 0 and part:
        return gettext("less than %(percent)s", percent=_percent(1))
    return _percent(percent)


def to_json(figures: Figures) -> dict[str, Any]:
    """Return the figures for programs: numbers, and the sentences of the page."""
    return {
        "basis": figures.basis.value,
        "source": figures.source,
        "counted_on": figures.counted_on.isoformat() if figures.counted_on else None,
        "as_of": figures.as_of.isoformat(timespec="seconds"),
        "our_position": figures.our_position.value,
        "total": figures.total,
        "on_our_side": figures.on_our_side,
        "with_our_text": figures.with_our_text if figures.has_wordings else None,
        "positions": {each.value: figures.positions[each] for each in CommentPosition},
        "wordings": wordings_of(figures),
        "channels": {each.value: number for each, number in sorted(figures.channels.items())},
        "cities": [
            {"city": city, "comments": number} for city, number in figures.cities.items()
        ],
        "elsewhere": figures.elsewhere,
        "duplicates": figures.duplicates,
        "template_from": figures.template_from,
        "adapted_from": figures.adapted_from,
        "sentence": headline(figures),
        "about_wording": about_wording(figures),
        "about_source": about_source(figures),
        "about_method": about_method(figures),
    }


def wordings_of(figures: Figures) -> dict[str, dict[str, int]]:
    """Return by position how many have which wording; nothing where that is not known."""
    if not figures.has_wordings:
        return {}
    return {
        position.value: {wording.value: number for wording, number in by_wording.items()}
        for position, by_wording, _ in figures.table()
    }


def csv_rows(figures: Figures) -> Iterator[tuple[str, str, str, int]]:
    """Return the figures as the rows of a table, see `CSV_HEADER`; no names, no small places."""
    yield "total", "", "", figures.total
    for position, by_wording, total in figures.table():
        yield "position", position.value, "", total
        if figures.has_wordings:
            for wording, number in by_wording.items():
                yield "position", position.value, wording.value, number
    for channel, number in sorted(figures.channels.items()):
        yield "channel", channel.value, "", number
    for city, number in figures.cities.items():
        yield "city", city, "", number
    if figures.elsewhere:
        yield "elsewhere", "", "", figures.elsewhere
    yield "duplicates", "", "", figures.duplicates


def _percent(number: int) -> str:
    return str(format_percent(number / 100, locale=get_locale()))
