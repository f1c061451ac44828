"""Exported tables open in spreadsheet programs as they are, and calculate nothing."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coalition.letters import exporting
from coalition.letters.exporting import (
    Sheet,
    TooManyRows,
    csv_rows,
    export_filename,
    neutralise,
    restore,
    write_xlsx,
    xlsx_bytes,
)

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x00=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
]


def read_csv(header: list[str], rows: list[list[exporting.Cell]]) -> list[list[str]]:
    content = b"".join(csv_rows(header, rows))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestCsvRows:
    def test_reads_back_as_written(self) -> None:
        rows = read_csv(
            ["Name", "Text"],
            [["Asociación “Sí”", 'a "quoted", word'], ["Ōsaka 😀", "two\nlines"]],
        )

        assert rows == [
            ["Name", "Text"],
            ["Asociación “Sí”", 'a "quoted", word'],
            ["Ōsaka 😀", "two\nlines"],
        ]

    def test_is_utf_8_with_a_mark_and_crlf(self) -> None:
        content = b"".join(csv_rows(["Ñ"], [["a"]]))

        assert content == b"\xef\xbb\xbf\xc3\x91\r\na\r\n"

    def test_keeps_numbers_numbers_and_writes_moments_as_iso(self) -> None:
        row: list[exporting.Cell] = [
            -5,
            -1.5,
            Decimal("-0.10"),
            date(2026, 3, 1),
            datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
            True,
            None,
        ]

        assert read_csv(["a"], [row])[1] == [
            "-5",
            "-1.5",
            "-0.10",
            "2026-03-01",
            "2026-03-01T09:30:00+00:00",
            "true",
            "",
        ]

    @pytest.mark.parametrize("formula", FORMULAS)
    def test_takes_the_power_from_formulas_in_rows_and_header(self, formula: str) -> None:
        header, row = read_csv([formula], [[formula]])

        assert header == row == ["'" + formula.replace("\t=", "\t'=").replace("\r=", "\r'=")]

    def test_comes_in_pieces(self) -> None:
        read = []

        def rows():
            for number in range(100_000):
                read.append(number)
                yield [f"name {number}"]

        first = next(csv_rows(["a"], rows()))

        assert len(first) < 200_000
        assert len(read) < 20_000

    def test_bears_a_lone_surrogate(self) -> None:
        assert read_csv(["a"], [["x\ud800y"]])[1] == ["x?y"]


class TestNeutralise:
    @pytest.mark.parametrize(
        "plain", ["a=b", "O'Neill", "a - b", "x@y.example", "'quoted'", ""]
    )
    def test_leaves_ordinary_text_alone(self, plain: str) -> None:
        assert neutralise(plain) == plain

    @pytest.mark.parametrize("separator", [",", ";", "\n", "|"])
    def test_sees_a_formula_after_another_countrys_separator(self, separator: str) -> None:
        assert neutralise(f"Foo{separator}=1+1") == f"Foo{separator}'=1+1"


class TestRestore:
    @given(
        st.text(alphabet=st.one_of(st.sampled_from("'=+-@,;\t\r\n\x00＝a"), st.characters()))
    )
    @example("'=1")
    @example("''=1,'-2")
    @example("\t\t=")
    def test_gives_back_exactly_what_was(self, text: str) -> None:
        assert restore(neutralise(text)) == text


class TestWriteXlsx:
    def test_writes_strings_and_numbers_but_never_formulas_or_links(self) -> None:
        cells: list[list[exporting.Cell]] = [[formula] for formula in FORMULAS]
        cells += [["https://example.org"], ["0123"]]

        content = xlsx_bytes([Sheet("S", ["=header"], [*cells, [-5], [True]])])

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        read = [row[0] for row in sheet.iter_rows()]
        assert [cell.data_type for cell in read] == ["s"] * (1 + len(cells)) + ["n", "s"]
        assert read[0].value == "=header"
        assert read[1].value == "=1+1"
        assert read[-3].value == "0123"
        assert read[-2].value == -5
        assert all(cell.hyperlink is None for cell in read)

    def test_writes_to_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "list.xlsx"

        write_xlsx(path, [Sheet("Names", ["Name"], iter([["Ñandú"], [None], ["b"]]))])

        sheet = openpyxl.load_workbook(path)["Names"]
        assert [cell.value for cell in sheet["A"]] == ["Name", "Ñandú", None, "b"]

    def test_keeps_every_digit_of_a_large_number(self) -> None:
        content = xlsx_bytes([Sheet("S", ["n"], [[2**60 + 1], [float("nan")]])])

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert [cell.value for cell in sheet["A"]][1:] == [str(2**60 + 1), "nan"]

    def test_cuts_a_cell_that_excel_would_not_open(self) -> None:
        content = xlsx_bytes([Sheet("S", ["a"], [["x" * 40_000], ["\x07\ud800"]])])

        value = openpyxl.load_workbook(io.BytesIO(content)).active["A2"].value
        assert len(value) == 32_767
        assert value.endswith("…")

    def test_makes_sheet_names_that_excel_accepts(self) -> None:
        names = ["a/b:[c]?*", "x" * 50, "X" * 50, "", "''", "History"]

        content = xlsx_bytes([Sheet(name, ["a"], []) for name in names])

        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == [
            "a b  c",
            "x" * 31,
            "X" * 29 + " 2",
            "Sheet",
            "Sheet 2",
            "History 1",
        ]

    def test_refuses_more_rows_than_a_sheet_holds(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exporting, "MAX_XLSX_ROWS", 3)

        with pytest.raises(TooManyRows, match="at most 2 rows"):
            xlsx_bytes([Sheet("S", ["a"], [["1"], ["2"], ["3"]])])


class TestExportFilename:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Reject the Special Order", "reject-the-special-order.csv"),
            ("¡Sí, Ñandú!", "si-nandu.csv"),
            ("../../etc/passwd", "etc-passwd.csv"),
            ("C:\\x\r\nSet-Cookie: a", "c-x-set-cookie-a.csv"),
            ("", "export.csv"),
            ("\u202e\x00", "export.csv"),
            ("con", "export-con.csv"),
        ],
    )
    def test_makes_a_plain_name(self, title: str, expected: str) -> None:
        assert export_filename(title, "csv") == expected

    @given(st.text())
    def test_is_always_short_plain_ascii(self, title: str) -> None:
        name = export_filename(title, "xlsx")

        assert name.isascii()
        assert set(name.removesuffix(".xlsx")) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert 5 < len(name) < 100

    def test_refuses_a_strange_extension(self) -> None:
        with pytest.raises(ValueError, match="not a file extension"):
            export_filename("a", "csv/..")
