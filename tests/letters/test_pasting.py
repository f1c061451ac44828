"""Pasting a list of signatories: every line becomes names or a reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition import testing
from coalition.letters.paste_lines import EntryKind, Skip
from coalition.letters.paste_review import PasteReview, RowState, compare
from coalition.letters.pasting import NoNamesPasted, PastedList, PasteTooLarge, parse
from coalition.organizations.matching import NameIndex, NameRow

OURS = Path(__file__).parent / "lists"
SHARED = Path(__file__).parents[3] / "shared" / "letters"
FIRST = "02-stopwatchingus-2013-letter-and-first-signatories.txt"
FINAL = "03-stopwatchingus-2013-final-organizations.txt"
APPLE = "04-appleprivacyletter-2021-organizations.txt"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real lists are not here")


def shared(name: str) -> PastedList:
    return parse((SHARED / name).read_text(encoding="utf-8"))


def names(pasted: PastedList, kind: EntryKind = EntryKind.ORGANIZATION) -> list[str]:
    return [entry.name for entry in pasted.of_kind(kind)]


def assert_nothing_lost(pasted: PastedList) -> None:
    named = {entry.line for entry in pasted.entries}
    skipped = [line.line for line in pasted.skipped]
    assert len(skipped) == len(set(skipped))
    assert named.isdisjoint(skipped)
    assert named.union(skipped) == set(range(1, pasted.line_count + 1))


class TestMessyLetter:
    @pytest.fixture
    def pasted(self) -> PastedList:
        return parse((OURS / "messy-letter.txt").read_text(encoding="utf-8"))

    def test_gives_the_organizations(self, pasted: PastedList) -> None:
        assert names(pasted) == [
            "The Harborview Riders Union",
            "Night Owls for Transit & Justice",
            "Cedar Hill Tenants Association (CHTA)",
            "Moonlight Workers Guild, West",
            "Moonlight Workers Guild - Harborview Chapter",
            "Kollektiv Nachtbus e. V.",
            "Lantern Street Library",
            "Café Solidario",
            "RideTogether.org",
            "Bluebird Legal Aid, LLC",
            "Saltmarsh Clinic Inc.",
        ]

    def test_keeps_people_and_businesses_apart(self, pasted: PastedList) -> None:
        assert names(pasted, EntryKind.PERSON) == [
            "Ada Example", "Bo Sample, Professor of Sleep"
        ]  # fmt: skip
        assert names(pasted, EntryKind.COMPANY) == ["All-Night Bakery", "Pier Books"]

    def test_reads_web_addresses(self, pasted: PastedList) -> None:
        websites = {entry.name: entry.website for entry in pasted.entries if entry.website}

        assert websites == {
            "Kollektiv Nachtbus e. V.": "https://nachtbus.example",
            "Lantern Street Library": "lantern.example",
            "Café Solidario": "https://cafe-solidario.example",
            "Pier Books": "https://pier-books.example",
        }

    def test_says_what_each_other_line_is(self, pasted: PastedList) -> None:
        reasons = {line.text: line.reason for line in pasted.skipped}

        assert reasons["Dear members of the board,"] is Skip.LETTER_TEXT
        assert reasons["Our request"] is Skip.LETTER_TEXT
        assert reasons["100 Pier Street"] is Skip.LETTER_TEXT
        assert reasons["Sincerely,"] is Skip.CLOSING
        assert reasons["Individuals (2)"] is Skip.HEADING
        assert reasons["harborview riders union"] is Skip.DUPLICATE
        assert reasons["https://lone.example"] is Skip.WEBSITE
        assert reasons["42"] is Skip.NUMBER
        assert_nothing_lost(pasted)

    def test_compares_what_a_heading_announces_with_what_was_found(
        self, pasted: PastedList
    ) -> None:
        section = next(s for s in pasted.sections if s.label == "Organizations")

        assert (section.announced, section.found) == (11, 11)

    def test_names_the_line_that_a_duplicate_repeats(self, pasted: PastedList) -> None:
        first = pasted.entries[0]
        again = next(line for line in pasted.skipped if line.reason is Skip.DUPLICATE)

        assert again.same_as == first.line
        assert first.repeated_on == (again.line,)


class TestLines:
    @pytest.mark.parametrize(
        "name",
        [
            "dotplex Secure Hosting",
            "make the road nowhere",
            "Latency: Zero, LLC",
            "Centro de derechos humanos y ambiente de la región sur",
            "Night First/People Link",
            "**Night Owls**",
            "Access",
            "Tor",
        ],
    )
    def test_are_names(self, name: str) -> None:
        assert [entry.text for entry in parse(name).entries] == [name]

    @pytest.mark.parametrize(
        ("heading", "kind"),
        [
            ("--- individuals (19) ---", EntryKind.PERSON),
            ("Individual signatories:", EntryKind.PERSON),
            ("**Businesses**", EntryKind.COMPANY),
            ("## Organizations, in alphabetical order", EntryKind.ORGANIZATION),
            ("Organizaciones firmantes:", EntryKind.ORGANIZATION),
            ("Signed,", EntryKind.ORGANIZATION),
        ],
    )
    def test_are_headings(self, heading: str, kind: EntryKind) -> None:
        pasted = parse(f"{heading}\nNight Owls")

        assert [(entry.name, entry.kind) for entry in pasted.entries] == [("Night Owls", kind)]

    def test_lose_a_note_under_the_list_and_no_name_above_it(self) -> None:
        pasted = parse("Night Owls\nDay Owls\nTo add your name please write to us by Friday.")

        assert names(pasted) == ["Night Owls", "Day Owls"]

    def test_end_a_list_whose_letter_has_no_heading(self) -> None:
        pasted = parse("We ask that the buses stay, because they are needed.\n\nNight Owls")

        assert names(pasted) == ["Night Owls"]


class TestBadInput:
    def test_refuses_a_million_lines_before_it_splits_them(self) -> None:
        paste = "Night Owls\n" * 1_000_000

        def refuse() -> None:
            with pytest.raises(PasteTooLarge, match="1,000,001 lines, and at most 20,000 fit"):
                parse(paste)

        assert testing.processor_time(refuse) < testing.processor_time(paste.splitlines)

    def test_refuses_more_than_a_megabyte(self) -> None:
        with pytest.raises(PasteTooLarge, match="bytes, and at most 1,000,000 fit"):
            parse("🦉" * 300_000)

    def test_takes_the_largest_paste_in_seconds(self) -> None:
        pasted = parse("".join(f"Night Owls of Place {i}\n" for i in range(20_000)))

        assert len(pasted.entries) == 20_000

    def test_reports_an_over_long_line_with_its_number(self) -> None:
        pasted = parse("Night Owls\n" + "X" * 5_000 + "\nDay Owls")

        assert [(s.line, s.reason) for s in pasted.skipped] == [(2, Skip.TOO_LONG)]

    def test_cleans_what_nobody_sees(self) -> None:
        pasted = parse("Night\x00 Owls\u202e\nNight \u200bOwls\n🦉 Owls")

        assert names(pasted) == ["Night Owls", "🦉 Owls"]

    @pytest.mark.parametrize("paste", ["", "\n\n", "Organizations:\n\n=====\nIndividuals (3)"])
    def test_says_so_if_there_is_no_name(self, paste: str) -> None:
        with pytest.raises(NoNamesPasted, match="No name was found"):
            parse(paste).require_names()

    @given(st.text(alphabet=st.sampled_from("aB .,;:|\t\n\r\x0b\u2028()-=#*[]12é🦉\u202e/@&")))
    def test_puts_every_line_in_exactly_one_place(self, text: str) -> None:
        pasted = parse(text)

        assert_nothing_lost(pasted)
        assert all(entry.name for entry in pasted.entries)

    @given(st.text())
    def test_survives_any_text(self, text: str) -> None:
        assert_nothing_lost(parse(text))


class TestComparing:
    INDEX = NameIndex(
        [
            NameRow(1, "Harborview Riders Union"),
            NameRow(2, "Moonlight Workers Guild"),
            NameRow(3, "Saltmarsh Clinic Inc."),
            NameRow(4, "Cedar Hill Tenants Association (CHTA)"),
            NameRow(5, "Lantern Foundation"),
        ]
    )

    def review(self, text: str) -> PasteReview[int]:
        return compare(parse(text).entries, self.INDEX, {1, 3, 5})

    def test_shows_who_is_there_under_another_spelling(self) -> None:
        review = self.review(
            "The Harborview Rider's Union\nsaltmarsh clinic\nSalt Marsh Clinic"
        )

        assert [
            (row.entry.name, row.match.name, row.is_spelled_differently)
            for row in review.already_there
            if row.match
        ] == [
            ("The Harborview Rider's Union", "Harborview Riders Union", True),
            ("saltmarsh clinic", "Saltmarsh Clinic Inc.", True),
        ]

    def test_shows_who_is_new_on_the_letter(self) -> None:
        review = self.review("CHTA\nPier Street Choir\nHarborview Riders Union")

        assert [(row.entry.name, row.state) for row in review.new_on_letter] == [
            ("CHTA", RowState.MATCHED),
            ("Pier Street Choir", RowState.NEW),
        ]

    def test_asks_about_chapters_and_half_names(self) -> None:
        review = self.review("Moonlight Workers Guild - Harborview Chapter\nLantern")

        assert [row.candidates[0].why.value for row in review.in_state(RowState.AMBIGUOUS)] == [
            "chapter", "similar"
        ]  # fmt: skip

    def test_shows_who_is_missing_and_who_may_be_meant(self) -> None:
        review = self.review("Lantern\nHarborview Riders Union")

        assert [(absent.name, absent.maybe_lines) for absent in review.missing] == [
            ("Lantern Foundation", (1,)),
            ("Saltmarsh Clinic Inc.", ()),
        ]

    def test_counts_one_organization_once(self) -> None:
        review = self.review("Harborview Riders Union\nHarborview Riders Unions")

        assert [row.same_as_line for row in review.rows] == [None, 1]
        assert len(review.already_there) == 1

    def test_leaves_a_forged_name_to_a_person(self) -> None:
        row = self.review("Hаrborview Riders Union").rows[0]  # a Cyrillic а

        assert row.state is RowState.AMBIGUOUS
        assert row.suspicious == ("а",)


@needs_shared
class TestRealLists:
    def test_come_out_in_full(self) -> None:
        first, final, apple = shared(FIRST), shared(FINAL), shared(APPLE)

        assert [len(names(first, kind)) for kind in EntryKind] == [67, 19, 14]
        assert [len(names(final, kind)) for kind in EntryKind] == [127, 0, 25]
        assert [len(names(apple, kind)) for kind in EntryKind] == [35, 0, 0]
        for pasted in (first, final, apple):
            assert_nothing_lost(pasted)

    def test_keep_commas_suffixes_and_websites(self) -> None:
        websites = {entry.name: entry.website for entry in shared(APPLE).entries}

        assert websites["Collé Group, LLC"] == "https://collegroup.com"
        assert websites["Chaos Computer Club Siegen e. V."] == "https://chaos-siegen.de"
        assert all(websites.values())
        assert "Writers Guild of America, West" in names(shared(FINAL))
        assert "Montgomery County Civil Rights Coalition" in names(shared(FINAL))

    def test_show_what_changed_between_june_and_october(self) -> None:
        june = names(shared(FIRST))
        index = NameIndex(NameRow(i, name) for i, name in enumerate(june))

        review = compare(shared(FINAL).of_kind(EntryKind.ORGANIZATION), index, range(len(june)))

        assert len(review.already_there) == 66
        assert len(review.new_on_letter) == 61
        assert review.in_state(RowState.AMBIGUOUS) == []
        assert [absent.name for absent in review.missing] == [
            "Americans for Limited Government"
        ]

    def test_recognize_who_is_there_under_a_slightly_different_spelling(self) -> None:
        written = {
            "FreedomWorks": "Freedom Works",
            "Entertainment Consumers Association": "Entertainment Consumers Association (ECA)",
            "Center for Democracy & Technology": "Center for Democracy and Technology",
            "The Internet Archive": "Internet Archive",
            "RootsAction": "RootsAction.org",
            "Restore Americas Voice": "Restore America's Voice",
            "National Assn. of Criminal Defense Lawyers":
                "National Association of Criminal Defense Lawyers",
        }  # fmt: skip
        index = NameIndex(NameRow(i, name) for i, name in enumerate(names(shared(FIRST))))

        review = compare(parse("\n".join(written)).entries, index, range(67))

        assert {
            row.entry.name: row.match.name for row in review.already_there if row.match
        } == written
        assert len(review.missing) == 60
