"""A map of cities as inline SVG: a dot for each where it lies, with its standing in words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from coalition_city_campaigns.cities.standing import CityStanding, Standing

WIDTH, _MARGIN = 400, 28  # units of the drawing, which is as wide as a phone
_LETTER = 7.2  # how wide a letter of a name is, on average
_LEAST_DEGREES = 0.6  # so that two neighbours do not fill the map
_SIGNS = {  # told apart by form too, not by color alone
    Standing.OPEN: '<circle r="7"/>',
    Standing.WON: '<path d="M0 -8 L8 6 H-8 Z"/>',
    Standing.LOST: '<rect x="-6" y="-6" width="12" height="12"/>',
    Standing.WATCHING: '<circle r="6" fill="none" stroke="currentColor" stroke-width="2.5"/>',
}


Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class _Dot:
    """A city and where it is drawn."""

    x: float
    y: float
    city: CityStanding

    @property
    def box(self) -> Box:
        return (self.x - 9, self.y - 9, self.x + 9, self.y + 9)


@dataclass(frozen=True)
class _Label:
    """Where a name stands beside its dot."""

    x: float
    y: float
    anchor: str

    def box(self, dot: _Dot) -> Box:
        width = len(dot.city.area.name) * _LETTER
        start = {"start": 0.0, "end": -width, "middle": -width / 2}[self.anchor]
        left, base = dot.x + self.x + start, dot.y + self.y
        return (left, base - 12, left + width, base + 4)


_LABELS = (  # in order of preference
    _Label(12, 5, "start"),
    _Label(-12, 5, "end"),
    _Label(0, -14, "middle"),
    _Label(0, 24, "middle"),
)


def city_map(
    cities: Sequence[CityStanding],
    title: str,
    *,
    words: Callable[[Standing], str],
    href: Callable[[CityStanding], str],
) -> Markup:
    """Draw the cities whose place is known; empty if there is none."""
    dots, height = _placed(cities)
    if not dots:
        return Markup("")
    taken = [dot.box for dot in dots]
    parts = []
    for dot in dots:
        name = f"{dot.city.area.full_name}: {words(dot.city.standing)}"
        label = _label(dot, taken)
        parts.append(
            f'<a href="{escape(href(dot.city))}"><g class="dot dot-{dot.city.standing.value}" '
            f'transform="translate({dot.x:.1f} {dot.y:.1f})"><title>{escape(name)}</title>'
            f"{_SIGNS[dot.city.standing]}"
            f'<text x="{label.x}" y="{label.y}" text-anchor="{label.anchor}">'
            f"{escape(dot.city.area.name)}</text></g></a>"
        )
    return Markup(  # noqa: S704  every text in it is escaped
        f'<svg class="chart city-map" viewBox="0 0 {WIDTH} {height}" role="group" '
        f'aria-label="{escape(title)}" font-size="13" fill="currentColor">'
        f"{''.join(parts)}</svg>"
    )


def _label(dot: _Dot, taken: list[Box]) -> _Label:
    """Return the first place for the name where nothing else stands; it is taken then."""
    others = [box for box in taken if box != dot.box]
    free = [
        label
        for label in _LABELS
        if label.box(dot)[0] >= 0
        and label.box(dot)[2] <= WIDTH
        and not any(_overlap(label.box(dot), box) for box in others)
    ]
    chosen = free[0] if free else _LABELS[0]
    taken.append(chosen.box(dot))
    return chosen


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _placed(cities: Sequence[CityStanding]) -> tuple[list[_Dot], int]:
    """Put each city where it lies, north on top; a degree of longitude is as long as it is there."""
    placed = [(each, each.place) for each in cities]
    known = [(each, place) for each, place in placed if place]
    if not known:
        return [], 0
    north = max(place.latitude for _, place in known)
    south = min(place.latitude for _, place in known)
    squeeze = math.cos(math.radians((north + south) / 2))
    eastings = [place.longitude * squeeze for _, place in known]
    span_x = max(max(eastings) - min(eastings), _LEAST_DEGREES)
    span_y = max(north - south, _LEAST_DEGREES / 3)
    middle_x = (max(eastings) + min(eastings)) / 2
    scale = (WIDTH - 2 * _MARGIN) / span_x
    height = min(round(span_y * scale) + 2 * _MARGIN, WIDTH)
    scale = min(scale, (height - 2 * _MARGIN) / span_y)
    middle_y = (north + south) / 2
    return [
        _Dot(
            WIDTH / 2 + (place.longitude * squeeze - middle_x) * scale,
            height / 2 - (place.latitude - middle_y) * scale,
            each,
        )
        for each, place in known
    ], height
