"""Inline SVG charts and badges: no script, no style attribute, colors from the page's text."""

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from markupsafe import Markup, escape

from coalition.markdown import without_controls

# Units of the drawing. It is 400 wide, so that on a phone its letters stay near 12 px.
WIDTH = 400
_GROWTH_HEIGHT = 240
_RIGHT, _TOP, _BOTTOM = 14, 12, 30
_FONT = 13
_DIGIT = 7.4  # how wide a digit of that size is
_BAR_ROW = 44
_LEGEND_ROW = 20
_MAX_LABEL_CHARS = 48
_MAX_BADGE_CHARS = 80
_BADGE_LEFT, _BADGE_RIGHT = "#444", "#0b5c8a"  # white on them: 9.7 and 7.1 to 1


def growth_chart(
    points: Sequence[tuple[date, int]],
    title: str,
    description: str,
    *,
    date_label: Callable[[date], str] = date.isoformat,
    number_label: Callable[[int], str] = str,
) -> Markup:
    """Draw how a total grew: `points` are (day, total on that day, ≥ 0), in any order.

    A day that is missing has the total of the day before; of two for one day the last counts.
    """
    days = _without_gaps(points)
    top = _round_up(max((total for _, total in days), default=0))
    marks = [(top * quarter // 4, number_label(top * quarter // 4)) for quarter in range(5)]
    frame = _Frame(
        left=round(max(len(words) for _, words in marks) * _DIGIT) + 10,
        top=top,
        first=days[0][0] if days else date.min,
        last=days[-1][0] if days else date.min,
    )
    parts = [_growth_axis(frame, marks)]
    if days:
        parts += [_growth_line(frame, days), _growth_dates(frame, date_label)]
    return _svg("chart chart-growth", _GROWTH_HEIGHT, title, description, "".join(parts))


def bar_chart(
    rows: Sequence[tuple[str, int]],
    title: str,
    description: str,
    *,
    number_label: Callable[[int], str] = str,
) -> Markup:
    """Draw one bar for each (label, number ≥ 0), in the order given, each under its label."""
    most = max((number for _, number in rows), default=0)
    parts = []
    for index, (label, number) in enumerate(rows):
        y = index * _BAR_ROW
        length = max(number, 0) / most * (WIDTH - 2) if most > 0 else 0
        words = _clean(label)
        shown = escape(_cut(words, _MAX_LABEL_CHARS))
        parts.append(
            f'<g class="chart-row"><title>{escape(words)}: {escape(number_label(number))}</title>'
            f'<text x="1" y="{y + 15}">{shown}</text>'
            f'<text x="{WIDTH - 1}" y="{y + 15}" text-anchor="end">'
            f"{escape(number_label(number))}</text>"
            f'<rect class="chart-bar" x="1" y="{y + 21}" width="{length:.1f}" height="12" '
            f'fill="currentColor"/></g>'
        )
    height = max(len(rows), 1) * _BAR_ROW
    return _svg("chart chart-bars", height, title, description, "".join(parts))


def stacked_bar_chart(
    rows: Sequence[tuple[str, Sequence[int]]],
    parts: Sequence[str],
    title: str,
    description: str,
    *,
    number_label: Callable[[int], str] = str,
) -> Markup:
    """Draw one bar for each (label, numbers ≥ 0), divided into `parts`; the legend stands below.

    The parts differ in how dark they are, so that they can be told apart without colors.
    """
    most = max((sum(numbers) for _, numbers in rows), default=0)
    drawn = [
        _stacked_row(index * _BAR_ROW, row, parts, most=most, number_label=number_label)
        for index, row in enumerate(rows)
    ]
    top = max(len(rows), 1) * _BAR_ROW + 6
    for index, name in enumerate(parts):
        y = top + index * _LEGEND_ROW
        drawn.append(
            f'<g class="chart-key">{_stacked_part(1, y, 14, index, len(parts))}'
            f'<text x="22" y="{y + 11}">{escape(_cut(_clean(name), _MAX_LABEL_CHARS))}</text></g>'
        )
    height = top + len(parts) * _LEGEND_ROW
    return _svg("chart chart-stacked", height, title, description, "".join(drawn))


def badge(label: str, value: str) -> Markup:
    """Draw a flat badge, "label | value", as an SVG file that stands by itself."""
    left, right = _cut(_clean(label), _MAX_BADGE_CHARS), _cut(_clean(value), _MAX_BADGE_CHARS)
    left_width, right_width = _badge_width(left), _badge_width(right)
    width = left_width + right_width
    name = escape(f"{left}: {right}")
    return Markup(  # noqa: S704  every text in it is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" '
        f'viewBox="0 0 {width} 20" role="img" aria-label="{name}"><title>{name}</title>'
        f'<rect width="{width}" height="20" rx="3" fill="{_BADGE_LEFT}"/>'
        f'<path d="M{left_width} 0h{right_width - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3'
        f'h-{right_width - 3}z" fill="{_BADGE_RIGHT}"/>'
        f'<g fill="#fff" text-anchor="middle" font-size="11" '
        f'font-family="Verdana,Geneva,DejaVu Sans,sans-serif" aria-hidden="true">'
        f"{_badge_text(left, left_width / 2, left_width)}"
        f"{_badge_text(right, left_width + right_width / 2, right_width)}</g></svg>"
    )


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """Where the growth chart puts a day and a total."""

    left: int
    top: int
    first: date
    last: date

    def x(self, day: date) -> float:
        span = (self.last - self.first).days
        share = (day - self.first).days / span if span else 0.5
        return round(self.left + share * (WIDTH - self.left - _RIGHT), 1)

    def y(self, total: int) -> float:
        room = _GROWTH_HEIGHT - _BOTTOM - _TOP
        return round(_GROWTH_HEIGHT - _BOTTOM - total / self.top * room, 1)


def _svg(classes: str, height: int, title: str, description: str, inner: str) -> Markup:
    name, said = _clean(title), _clean(description)
    # The same chart gets the same ids, two charts on one page different ones.
    key = sha256(f"{name}\0{said}\0{inner}".encode()).hexdigest()[:12]
    return Markup(  # noqa: S704  every text in it is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" '
        f'viewBox="0 0 {WIDTH} {height}" width="100%" role="img" font-size="{_FONT}" '
        f'fill="currentColor" aria-labelledby="chart-{key}-title chart-{key}-desc">'
        f'<title id="chart-{key}-title">{escape(name)}</title>'
        f'<desc id="chart-{key}-desc">{escape(said)}</desc>{inner}</svg>'
    )


def _without_gaps(points: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """Sort, and before each jump repeat the last total on the day before it.

    That draws the same line as a point for every day would, at most twice as many.
    """
    filled: list[tuple[date, int]] = []
    for day, total in sorted(dict(points).items()):
        if filled and day - filled[-1][0] > timedelta(days=1):
            filled.append((day - timedelta(days=1), filled[-1][1]))
        filled.append((day, max(total, 0)))
    return filled


def _round_up(most: int) -> int:
    """Give the axis an end that four equal steps of whole numbers reach."""
    step = max(math.ceil(most / 4), 1)
    size = 10 ** (len(str(step)) - 1)
    nice = next(n for n in (1, 2, 2.5, 5, 10) if n * size >= step and n * size % 1 == 0)
    return int(nice * size) * 4


def _growth_axis(frame: _Frame, marks: Sequence[tuple[int, str]]) -> str:
    lines = []
    for total, words in marks:
        y = frame.y(total)
        lines.append(
            f'<line class="chart-grid" x1="{frame.left}" x2="{WIDTH - _RIGHT}" y1="{y}" '
            f'y2="{y}" stroke="currentColor" stroke-opacity="{0.15 if total else 0.5}"/>'
            f'<text x="{frame.left - 6}" y="{y}" dy="0.35em" text-anchor="end">'
            f"{escape(words)}</text>"
        )
    return "".join(lines)


def _growth_line(frame: _Frame, days: Sequence[tuple[date, int]]) -> str:
    spots = [f"{frame.x(day)},{frame.y(total)}" for day, total in days]
    line = ""
    if len(days) > 1:
        line = (
            f'<polyline class="chart-line" points="{" ".join(spots)}" fill="none" '
            f'stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>'
        )
    x, y = spots[-1].split(",")
    return f'{line}<circle class="chart-dot" cx="{x}" cy="{y}" r="3.5"/>'


def _growth_dates(frame: _Frame, date_label: Callable[[date], str]) -> str:
    if frame.first == frame.last:
        return _date(frame.x(frame.first), "middle", date_label(frame.first))
    return _date(frame.left, "start", date_label(frame.first)) + _date(
        WIDTH - _RIGHT, "end", date_label(frame.last)
    )


def _date(x: float, anchor: str, words: str) -> str:
    y = _GROWTH_HEIGHT - 8
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def _stacked_row(
    y: int,
    row: tuple[str, Sequence[int]],
    parts: Sequence[str],
    *,
    most: int,
    number_label: Callable[[int], str],
) -> str:
    label, numbers = row
    words, total = _clean(label), number_label(sum(numbers))
    told = "; ".join(
        f"{_clean(name)} {number_label(number)}"
        for name, number in zip(parts, numbers, strict=True)
    )
    drawn, x = [], 1.0
    for index, number in enumerate(numbers):
        length = max(number, 0) / most * (WIDTH - 2) if most > 0 else 0
        if length:
            drawn.append(_stacked_part(x, y + 21, length, index, len(parts)))
        x += length
    return (
        f'<g class="chart-row"><title>{escape(words)}: {escape(total)} ({escape(told)})</title>'
        f'<text x="1" y="{y + 15}">{escape(_cut(words, _MAX_LABEL_CHARS))}</text>'
        f'<text x="{WIDTH - 1}" y="{y + 15}" text-anchor="end">{escape(total)}</text>'
        f"{''.join(drawn)}</g>"
    )


def _stacked_part(x: float, y: int, length: float, index: int, parts: int) -> str:
    shade = 1 - 0.88 * index / max(parts - 1, 1)
    return (
        f'<rect class="chart-bar" x="{x:.1f}" y="{y}" width="{length:.1f}" height="12" '
        f'fill="currentColor" fill-opacity="{shade:.2f}" stroke="currentColor" '
        f'stroke-width="1" stroke-opacity="0.6"/>'
    )


def _badge_width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return round(len(text) * 6.6 + wide * 5) + 12


def _badge_text(text: str, middle: float, width: int) -> str:
    if not text:
        return ""
    return (
        f'<text x="{middle:.1f}" y="14" textLength="{width - 12}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _clean(text: str) -> str:
    return " ".join(without_controls(text).split())


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"
