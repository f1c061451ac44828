"""Charts are well-formed, say in words what they show, and bear hostile labels."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.charts import badge, bar_chart, growth_chart, stacked_bar_chart

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\" onload='x' & \x00\x08\u202e\ufffe\ud800 ]]>"


def parse(svg: str) -> ElementTree.Element:
    """Parse as XML, and refuse what a strict content security policy would."""
    root = ElementTree.fromstring(svg.encode())
    for element in root.iter():
        assert element.tag not in {f"{SVG}script", f"{SVG}style", f"{SVG}foreignObject"}
        assert not {"style", "onload", "href"} & set(element.attrib)
    return root


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


class TestGrowthChart:
    def test_names_itself_for_screen_readers(self) -> None:
        root = parse(growth_chart([(date(2026, 1, 1), 3)], "Signatures", "3 since January"))

        named_by = root.attrib["aria-labelledby"].split()
        by_id = {one.attrib["id"]: one.text for one in root.iter() if "id" in one.attrib}
        assert root.attrib["role"] == "img"
        assert [by_id[name] for name in named_by] == ["Signatures", "3 since January"]

    def test_gives_two_charts_different_ids(self) -> None:
        one = growth_chart([], "One", "")
        other = growth_chart([], "Other", "")

        assert not set(re.findall(r' id="(.*?)"', one)) & set(re.findall(r' id="(.*?)"', other))

    def test_draws_a_higher_total_higher(self) -> None:
        points = [(date(2026, 1, 2), 9), (date(2026, 1, 1), 2)]

        line = parse(growth_chart(points, "t", "d")).find(f"{SVG}polyline")

        assert line is not None
        (x1, y1), (x2, y2) = (spot.split(",") for spot in line.attrib["points"].split())
        assert float(x1) < float(x2)
        assert float(y1) > float(y2)

    def test_holds_the_total_over_days_without_signatures(self) -> None:
        points = [(date(2026, 1, 1), 5), (date(2026, 1, 11), 9)]

        line = parse(growth_chart(points, "t", "d")).find(f"{SVG}polyline")

        assert line is not None
        heights = [spot.split(",")[1] for spot in line.attrib["points"].split()]
        assert heights[0] == heights[1] != heights[2]

    def test_labels_the_axes_in_the_readers_language(self) -> None:
        points = [(date(2026, 1, 1), 0), (date(2026, 3, 1), 4000)]

        root = parse(
            growth_chart(
                points,
                "t",
                "d",
                date_label=lambda day: f"{day:%d/%m}",
                number_label="{:,}".format,
            )
        )

        assert texts(root) == ["0", "1,000", "2,000", "3,000", "4,000", "01/01", "01/03"]

    @pytest.mark.parametrize(
        "points", [[], [(date(2026, 1, 1), 7)], [(date(2026, 1, 1), 0)] * 2]
    )
    def test_bears_next_to_nothing(self, points: list[tuple[date, int]]) -> None:
        root = parse(growth_chart(points, "t", "d"))

        assert root.find(f"{SVG}polyline") is None
        assert len(root.findall(f"{SVG}circle")) == len(set(points))

    @given(st.lists(st.tuples(st.dates(), st.integers(0, 10**12)), max_size=30))
    def test_stays_inside_its_frame(self, points: list[tuple[date, int]]) -> None:
        line = parse(growth_chart(points, "t", "d")).find(f"{SVG}polyline")

        for spot in line.attrib["points"].split() if line is not None else []:
            x, y = map(float, spot.split(","))
            assert 0 <= x <= 400
            assert 0 <= y <= 240

    def test_escapes_every_text(self) -> None:
        svg = growth_chart(
            [(date(2026, 1, 1), 1)],
            HOSTILE,
            HOSTILE,
            date_label=lambda _: "<b>",
            number_label=lambda _: "<i>",
        )

        assert "<i>" in texts(parse(svg))
        assert "<b>" in texts(parse(svg))


class TestBarChart:
    def test_draws_bars_in_proportion(self) -> None:
        root = parse(bar_chart([("Los Angeles", 40), ("Long Beach", 10)], "t", "d"))

        widths = [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect")]
        assert widths[0] == pytest.approx(4 * widths[1], rel=0.01)
        assert texts(root) == ["Los Angeles", "40", "Long Beach", "10"]

    def test_bears_no_rows_and_only_zeros(self) -> None:
        parse(bar_chart([], "t", "d"))
        parse(bar_chart([("a", 0)], "t", "d"))

    def test_shortens_a_long_label_and_keeps_it_whole_in_the_tooltip(self) -> None:
        root = parse(bar_chart([("x" * 300, 1)], "t", "d"))

        assert len(texts(root)[0]) < 60
        assert root.findtext(f"{SVG}g/{SVG}title") == "x" * 300 + ": 1"

    def test_escapes_hostile_labels(self) -> None:
        root = parse(bar_chart([(HOSTILE, 1)], HOSTILE, HOSTILE))

        assert texts(root)[0].startswith("</text><script>")


class TestStackedBarChart:
    def test_draws_parts_side_by_side_in_proportion_to_the_longest_bar(self) -> None:
        rows = [("Opposed", [60, 40]), ("In favor", [0, 50])]

        root = parse(stacked_bar_chart(rows, ["Copied", "Own"], "t", "d"))

        bars = [row.findall(f"{SVG}rect") for row in root.iter(f"{SVG}g")][:2]
        (copied, own), (other,) = bars
        assert float(own.attrib["x"]) == pytest.approx(
            float(copied.attrib["x"]) + float(copied.attrib["width"]), abs=0.11
        )
        assert float(other.attrib["width"]) == pytest.approx(
            float(own.attrib["width"]) * 50 / 40, abs=0.2
        )
        assert copied.attrib["fill-opacity"] != own.attrib["fill-opacity"]

    def test_says_the_numbers_and_the_names_of_the_parts(self) -> None:
        root = parse(stacked_bar_chart([("Opposed", [60, 40])], ["Copied", "Own"], "t", "d"))

        assert texts(root) == ["Opposed", "100", "Copied", "Own"]
        titles = [element.text for element in root.iter(f"{SVG}title")]
        assert "Opposed: 100 (Copied 60; Own 40)" in titles

    def test_bears_nothing_at_all_and_hostile_labels(self) -> None:
        parse(stacked_bar_chart([], [], "", ""))
        parse(stacked_bar_chart([(HOSTILE, [0, 0])], [HOSTILE, "x"], HOSTILE, HOSTILE))


class TestBadge:
    def test_says_label_and_value(self) -> None:
        root = parse(badge("signatures", "379"))

        assert root.attrib["aria-label"] == root.findtext(f"{SVG}title") == "signatures: 379"
        assert texts(root) == ["signatures", "379"]

    def test_is_wide_enough_for_its_text(self) -> None:
        short, long = parse(badge("a", "1")), parse(badge("a" * 40, "1"))

        assert int(long.attrib["width"]) > int(short.attrib["width"]) + 200

    @given(st.text(max_size=120), st.text(max_size=120))
    def test_bears_any_text(self, label: str, value: str) -> None:
        parse(badge(label, value))

    def test_escapes_hostile_text(self) -> None:
        parse(badge(HOSTILE, HOSTILE))
