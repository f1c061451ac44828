"""The card as a drawing: one SVG in its own colors, for other websites and for pictures."""

from collections.abc import Callable
from datetime import date

from markupsafe import Markup, escape

from coalition_report_card.models import Mark, ReportCard

WIDTH = 600  # units; a preview on social networks is 1.91 times as wide as high
_HEAD, _ROW, _FOOT, _LEAST = 128, 46, 36, 314
_CHARS, _HEAD_CHARS = 50, 34  # of a line at its font size
# White on them has a contrast of 5 to 1 and more.
COLORS = {
    Mark.A: "#17603a",
    Mark.B: "#3f6212",
    Mark.C: "#7a4b00",
    Mark.D: "#9a3412",
    Mark.F: "#9b1c1c",
}


def draw(card: ReportCard, words: str, *, day: Callable[[date], str]) -> Markup:
    """Draw a card that has at least one grade.

    Args:
        words: what a screen reader says instead of the drawing.
        day: writes a day in the page's language.
    """
    rows = [each for each in card.criteria if each.grade]
    height = max(_HEAD + _ROW * len(rows) + _FOOT, _LEAST)
    parts = [_head(card)]
    for index, each in enumerate(rows):
        y = _HEAD + index * _ROW
        assert each.grade is not None
        parts.append(
            f'<line x1="24" x2="{WIDTH - 24}" y1="{y}" y2="{y}" stroke="#d5dae1"/>'
            f'<text x="24" y="{y + 29}" font-size="17">{_cut(each.title, _CHARS)}</text>'
            f"{_box(each.grade.mark, WIDTH - 60, y + 6, 34)}"
        )
    foot = day(card.as_of) if card.as_of else ""
    parts.append(
        f'<text x="24" y="{height - 14}" font-size="13" fill="#4b5563">{escape(foot)}</text>'
    )
    return Markup(  # noqa: S704  every text in it is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="img" font-family="DejaVu Sans, Verdana, sans-serif"'
        f' fill="#1f2933"><title>{escape(words)}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _head(card: ReportCard) -> str:
    overall = card.overall
    box = _box(overall, WIDTH - 104, 24, 80) if overall else ""
    return (
        f'<text x="24" y="52" font-size="24" font-weight="bold">{_cut(card.title, _HEAD_CHARS)}</text>'
        f'<text x="24" y="84" font-size="17" fill="#4b5563">{_cut(card.graded, _CHARS - 6)}</text>{box}'
    )


def _box(mark: Mark, x: int, y: int, size: int) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{size}" height="{size}" rx="{size / 8:.0f}" '
        f'fill="{COLORS[mark]}"/><text x="{x + size / 2:.0f}" y="{y + size * 0.75:.0f}" '
        f'font-size="{size * 0.7:.0f}" font-weight="bold" text-anchor="middle" fill="#ffffff">'
        f"{mark.value}</text>"
    )


def _cut(text: str, chars: int) -> str:
    return str(escape(text if len(text) <= chars else text[: chars - 1].rstrip() + "…"))
