"""Lists as clerks publish them are understood, and what does not fit is said with its line."""

import codecs
import io
from dataclasses import replace
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from coalition.comments.errors import (
    ColumnsMissing,
    ColumnTwice,
    EmptyList,
    FileTooLarge,
    LinesUnreadable,
    ListTooLarge,
    LostOnTheWay,
    NotPositions,
    NotText,
    QuotesOpen,
    WordsUndecided,
    WorkbookUnreadable,
    WrongEncoding,
)
from coalition.comments.list_files import (
    MAX_FILE_BYTES,
    as_text_file,
    decode,
    guess_encoding,
    pack,
    unpack,
)
from coalition.comments.list_reading import MAX_COMMENTS, Problem, Reading, comments
from coalition.comments.list_review import guess, review
from coalition.comments.list_words import Role, channel_of, day_of, position_of
from coalition.comments.models import CommentChannel, CommentPosition
from coalition.errors import DomainError

LIST = """Name,City,Date,Position,Comment
Ada Lovelace,Anytown,1/12/2021,Oppose,"I am against this,
for many reasons."
Bob,Elsewhere,1/13/2021,Support,Fine with me
"""
HEADER = "Name,City,Date,Position,Comment\n"


def read(text, **changes):
    raw = text if isinstance(text, bytes) else text.encode()
    reading = replace(guess(raw), **changes)
    return review(decode(raw, reading.encoding), reading)


def listed(text, **changes):
    raw = text.encode()
    reading = replace(guess(raw, quotes=changes.get("quotes", True)), **changes)
    return list(comments(decode(raw, reading.encoding), reading))


class TestGuess:
    def test_reads_the_names_of_the_columns(self):
        found = guess(LIST.encode())

        assert found.header
        assert found.delimiter == ","
        assert found.roles == (
            Role.AUTHOR, Role.CITY, Role.RECEIVED_ON, Role.POSITION, Role.TEXT,
        )  # fmt: skip

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
    def test_finds_any_delimiter(self, delimiter):
        text = LIST.replace('"I am against this,\nfor many reasons."', "No, never").replace(
            "No, never", '"No, never"'
        )

        assert guess(text.replace(",", delimiter).encode()).delimiter == delimiter

    def test_understands_spanish_columns(self):
        found = guess(
            "Nombre;Ciudad;Fecha;Posición;Comentario\nAda;x;1/2/2021;En contra;No\n".encode()
        )

        assert found.roles == (
            Role.AUTHOR, Role.CITY, Role.RECEIVED_ON, Role.POSITION, Role.TEXT,
        )  # fmt: skip

    def test_looks_into_the_columns_where_nothing_is_above_them(self):
        text = "\n".join(
            f"Ada {n}\t2021-01-{n + 1:02}\tO\tPlease do not do what this item says, number {n}"
            for n in range(9)
        )

        found = guess(text.encode())

        assert not found.header
        assert found.roles == (Role.AUTHOR, Role.RECEIVED_ON, Role.POSITION, Role.TEXT)

    def test_takes_pasted_lines_for_comments_or_names_by_their_length(self):
        sentences = "I am against this, and so are many of my neighbors.\nNo to this, never, not in my name.\n"
        assert guess(sentences.encode()).roles == (Role.TEXT,)
        assert guess(b"Ada Lovelace\nBob Builder\n").roles == (Role.AUTHOR,)

    def test_joins_first_and_last_name(self):
        [ada] = listed("First Name,Last Name,Comment\nAda,Lovelace,No\n")

        assert ada.author == "Ada Lovelace"

    def test_sees_that_the_day_stands_first(self):
        assert guess(b"Name,Date\nAda,1/2/2021\nBob,25/12/2020\n").day_first
        assert not guess(b"Name,Date\nAda,1/2/2021\nBob,12/25/2020\n").day_first


class TestEncoding:
    TEXT = "Name,Comment\nJosé,¡No! “Never”\n"

    @pytest.mark.parametrize(
        ("encoding", "guessed", "certain"),
        [
            ("utf-8", "utf-8-sig", True),
            ("utf-8-sig", "utf-8-sig", True),
            ("utf-16", "utf-16", True),
            ("utf-16-le", "utf-16-le", True),
            ("utf-16-be", "utf-16-be", True),
            ("cp1252", "cp1252", False),
        ],
    )
    def test_is_guessed_and_said_where_it_is_not_certain(self, encoding, guessed, certain):
        raw = self.TEXT.encode(encoding)

        assert guess_encoding(raw) == (guessed, certain)
        assert decode(raw, guessed) == self.TEXT

    def test_that_is_wrong_names_the_line(self):
        raw = "Name,Comment\nAda,No\nJosé,No\n".encode("cp1252")

        with pytest.raises(WrongEncoding, match="Line 3 cannot be read as UTF-8"):
            decode(raw, "utf-8-sig")

    def test_that_is_wrong_names_the_line_of_wide_characters_too(self):
        raw = codecs.BOM_UTF16_LE + "Name\nAda\n".encode("utf-16-le") + b"\x00\xdc\x00"

        with pytest.raises(WrongEncoding, match="Line 3 cannot"):
            decode(raw, "utf-16")


class TestFiles:
    @pytest.mark.parametrize("raw", [b"", b"  \r\n\n", codecs.BOM_UTF8, b"Name,Comment\n"])
    def test_without_a_comment_are_refused(self, raw):
        with pytest.raises(EmptyList):
            read(as_text_file(raw))

    @pytest.mark.parametrize("raw", [b"%PDF-1.7 x", b"\x89PNG\r\n", b"MZ\x90", b"\x7fELF"])
    def test_that_are_no_lists_are_refused(self, raw):
        with pytest.raises(NotText):
            as_text_file(raw)

    def test_with_control_characters_are_refused_with_the_line(self):
        with pytest.raises(NotText, match="line 3"):
            read(b"Name,Comment\nAda,No\nBob,\x01\x02\n")

    def test_that_are_too_large_are_refused_with_the_way_out(self):
        with pytest.raises(FileTooLarge, match="33 MB, and at most 32 MB"):
            as_text_file(b"x" * (MAX_FILE_BYTES + 1))

    def test_of_a_spreadsheet_program_are_read(self):
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(
                [
                    ("Name", "Date", "Position", "Comment"),
                    ("Ada", "2021-01-12", "Oppose", "No,\nno"),
                ]
            ):
                sheet.write_row(number, 0, row)

        raw = as_text_file(target.getvalue())

        found = list(comments(decode(raw, "utf-8-sig"), guess(raw)))
        assert [(each.author, each.text) for each in found] == [("Ada", "No,\nno")]
        assert found[0].received_on == date(2021, 1, 12)

    @pytest.mark.parametrize("raw", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken"])
    def test_of_a_spreadsheet_program_that_are_damaged_are_refused(self, raw):
        with pytest.raises(WorkbookUnreadable):
            as_text_file(raw)

    @given(st.binary(max_size=2_000))
    def test_come_back_from_the_form_as_they_were(self, raw):
        assert unpack(pack(raw)) == raw

    @pytest.mark.parametrize("packed", ["", "x", "AAAA", pack(b"x" * 100)[:-8]])
    def test_that_were_cut_on_the_way_are_refused(self, packed):
        with pytest.raises(LostOnTheWay):
            unpack(packed)


class TestReview:
    def test_counts_what_would_be_stored(self):
        found = read(LIST)

        assert (found.total, found.stored, found.problem_count) == (2, 2, 0)
        assert found.by_position == {CommentPosition.OPPOSE: 1, CommentPosition.SUPPORT: 1}
        assert [row.line for row in found.rows] == [2, 4]
        found.require_clear()

    def test_asks_what_words_mean_that_it_does_not_know(self):
        found = read(HEADER + "Ada,x,,Nope-ish,No\nBob,x,,nope ISH,No\nEve,x,,con,No\n")

        [asked] = found.undecided
        assert (asked.written, asked.count) == ("Nope-ish", 2)
        with pytest.raises(WordsUndecided):
            found.require_clear()

    def test_takes_what_a_person_said_about_a_word(self):
        text = HEADER + "Ada,x,,Nope-ish,No\n"

        found = read(text, positions={"nope ish": CommentPosition.OPPOSE})

        assert found.by_position == {CommentPosition.OPPOSE: 1}
        found.require_clear()

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("Ada,x,31/31/2021,O,No", "“31/31/2021” is not a day"),
            ("Ada,x,,O,No,more,cells", "it has 7 cells, the list has 5 columns"),
            ("Ada,x,,O," + "x" * 50_001, "its comment has more than 50,000 characters"),
            ("x" * 301 + ",x,,O,No", "its name has more than 300 characters"),
            (",Anytown,,,", "it has no name, no comment and no position"),
        ],
    )
    def test_says_which_line_does_not_fit_and_why(self, line, said):
        found = read(f"{HEADER}Eve,x,1/1/2021,O,Fine\n{line}\n")

        [problem] = found.problems
        assert problem.line == 3
        assert problem.reason % problem.values == said
        with pytest.raises(LinesUnreadable, match="The first is line 3"):
            found.require_clear()
        replaced = read(f"{HEADER}Eve,x,1/1/2021,O,Fine\n{line}\n", leave_out=True)
        replaced.require_clear()
        assert replaced.stored == 1

    def test_refuses_columns_of_which_nothing_can_be_told(self):
        with pytest.raises(ColumnsMissing, match="line 1 has 2 columns"):
            read("Color,Shape\nred,round\n", header=True, roles=(Role.CITY, Role.IGNORED))

    def test_refuses_two_columns_with_one_role(self):
        with pytest.raises(ColumnTwice, match="Columns 1 and 3"):
            read("a,b,c\n1,2,3\n", roles=(Role.CITY, Role.TEXT, Role.CITY))

    def test_refuses_a_column_of_positions_that_holds_something_else(self):
        rows = "".join(f"Ada,comment {number}\n" for number in range(100))

        with pytest.raises(NotPositions, match="Column 2"):
            read(f"Name,Comment\n{rows}", roles=(Role.AUTHOR, Role.POSITION))

    @pytest.mark.parametrize("line", ['Ada,"No', 'Ada,"No" way, never'])
    def test_names_the_line_whose_quotation_marks_do_not_close(self, line):
        with pytest.raises(QuotesOpen, match="begins at 3"):
            read(f"Name,Comment\nBob,No\n{line}\nEve,No\n", quotes=True)

    def test_can_read_without_quotation_marks(self):
        found = listed('Name|Comment\nAda|"No\n', quotes=False, delimiter="|",
                       roles=(Role.AUTHOR, Role.TEXT))  # fmt: skip

        assert found[0].text == '"No'

    def test_refuses_more_comments_than_fit_and_says_where_to_split(self):
        text = "Name\n" + "Ada Lovelace\n" * (MAX_COMMENTS + 5)

        with pytest.raises(ListTooLarge, match="line 100,002 is the first too many"):
            read(text)

    def test_takes_as_many_as_fit(self):
        assert read("Name\n" + "Ada Lovelace\n" * MAX_COMMENTS).total == MAX_COMMENTS

    @given(st.text(max_size=300))
    def test_says_something_about_any_text_or_refuses_it_with_words(self, text):
        raw = text.encode("utf-8", "replace")
        try:
            reading = guess(raw)
            found = review(decode(raw, reading.encoding), reading)
        except DomainError:
            return
        assert found.total == found.stored + found.problem_count

    def test_keeps_its_reading_as_plain_values(self):
        reading = replace(guess(LIST.encode()), positions={"x": CommentPosition.NEUTRAL})

        assert Reading.from_json(reading.to_json()) == reading


class TestWords:
    @pytest.mark.parametrize(
        ("written", "position"),
        [
            ("O", "oppose"), ("OPPOSED", "oppose"), ("against", "oppose"), ("No.", "oppose"),
            ("En contra", "oppose"), ("Oppose (e-mail)", "oppose"), ("In Favor", "support"),
            ("A favor", "support"), ("Sí", "support"), ("yes", "support"), ("", "unknown"),
            ("Neutral", "neutral"), ("General Comment", "neutral"), ("N/A", "unknown"),
            ("do not support", None), ("oppose unless amended", None), ("N", None),
            ("support and oppose", None), ("blue", None),
        ],
    )  # fmt: skip
    def test_mean_a_position_or_are_asked(self, written, position):
        assert position_of(written) == position

    @pytest.mark.parametrize(
        ("written", "channel"),
        [
            ("eComment", "web_form"), ("E-mail", "email"), ("Voicemail", "phone"),
            ("In person", "in_person"), ("Zoom", "spoken"), ("Carta", "written"), ("?", "unknown"),
        ],
    )  # fmt: skip
    def test_mean_a_channel(self, written, channel):
        assert channel_of(written) == CommentChannel(channel)

    @pytest.mark.parametrize(
        "written",
        ["2021-01-12", "1/12/2021 5:03 PM", "1/12/21", "Jan 12, 2021", "January 12th 2021",
         "12 de enero de 2021", "2021-01-12T17:03:00Z", "12 January 2021"],
    )  # fmt: skip
    def test_mean_a_day(self, written):
        assert day_of(written, day_first=False) == date(2021, 1, 12)

    @pytest.mark.parametrize("written", ["soon", "30/2/2021", "Smarch 3, 2021", "1/1/1066"])
    def test_mean_no_day(self, written):
        with pytest.raises(ValueError):
            day_of(written, day_first=True)


def test_a_problem_is_no_comment():
    [found] = listed("Name,Date\nAda,never\n")
    assert isinstance(found, Problem)
