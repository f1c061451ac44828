"""Names of organizations: cleaned, told apart, sorted, and found again."""

import unicodedata

import pytest
from confusable_homoglyphs import categories, confusables
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition import testing
from coalition.organizations.confusables import is_lookalike, suspicious_characters
from coalition.organizations.matching import NameIndex, NameRow, Why
from coalition.organizations.names import acronym, clean_name, name_key, sort_key
from coalition.organizations.similarity import (
    SAME_SPELLING,
    WORTH_A_LOOK,
    is_chapter_of,
    similarity,
)

REAL_SHAPES = [
    "Harborview Riders Union",
    "Café Solidario",
    "Ärzte am Hafen e. V.",
    "Łódź Night Workers",
    "Колокол",
    "СОВА",
    "Ελληνική Ένωση",
    "العدالة الآن",
    "日本LGBT連盟",
    "Права Human Rights Center",
    "C/o Berlin",
    "Women in Media & News",
    "350.example",
    "S.T.O.P.",
    "Ñandú Collective",
    "Türkiye Gazeteciler",
]

FORGED = [
    "ACLU",
    "NAACP Sample",
    "Color of Change",
    "Night Owls",
    "Cedar Hill Tenants Association",
    "Harborview Riders Union",
    "Kollektiv Nachtbus",
    "Moonlight Workers Guild - Harborview Chapter",
    "Electronic Lantern Foundation",
    "People's Library of Saltmarsh",
    "Bluebird Legal Aid, LLC",
    "Committee to Protect Pedestrians",
]


class TestCleaning:
    @pytest.mark.parametrize(
        ("pasted", "shown"),
        [
            ("  Harborview\tRiders\n Union ", "Harborview Riders Union"),
            ("Harborview Civil Rights Coalition.", "Harborview Civil Rights Coalition"),
            ("Saltmarsh Clinic Inc.", "Saltmarsh Clinic Inc."),
            ("Kollektiv Nachtbus e. V.", "Kollektiv Nachtbus e. V."),
            ("Friends of the U.S.A.", "Friends of the U.S.A."),
            ("RideTogether.org", "RideTogether.org"),
            ("RideTogether.org.", "RideTogether.org"),
            ("• 12) “Night Owls”,", "Night Owls"),
            ("- **Night Owls**", "Night Owls"),
            ("18 Million Rising", "18 Million Rising"),
            ("350.org", "350.org"),
            ("Night\u200b Ow\u00adls\u202e", "Night Owls"),
            ("Night\x00 Owls\x1b", "Night Owls"),
            ("Cafe\u0301", "Café"),
            ("Night 🦉 Owls", "Night 🦉 Owls"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("--- …", ""),
        ],
    )
    def test_shows(self, pasted: str, shown: str) -> None:
        assert clean_name(pasted) == shown

    @given(st.text())
    def test_changes_nothing_the_second_time(self, text: str) -> None:
        once = clean_name(text)

        assert clean_name(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} for c in once)


class TestKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ColorOfChange.org", "Color of Change"),
            ("Freedom Works", "FreedomWorks"),
            ("RestoreTheFourth", "Restore the Fourth"),
            ("The Other 98%", "Other 98 Percent"),
            ("Women in Media & News", "Women in Media and News"),
            (
                "Entertainment Consumers Association (ECA)",
                "Entertainment Consumers Association",
            ),
            (
                "ECA - Entertainment Consumers Association",
                "Entertainment Consumers Association",
            ),
            ("Collé Group, LLC", "Colle Group"),
            ("Netsite A/S", "Netsite"),
            ("knowledgeatwork UG", "knowledgeatwork"),
            ("Nachtbus e. V.", "Nachtbus e.V."),
            ("Nachtbus gGmbH", "nachtbus"),
            ("Luz del Sur, A.C.", "Luz del Sur"),
            ("NRB Tech, Ltd.", "NRB Tech"),
            ("May First/People Link", "May First / People Link"),
            ("U.S. Night Party", "US Night Party"),
            ("Restore America’s Voice", "Restore Americas Voice"),
        ],
    )
    def test_is_shared_by_spellings_of_one_name(self, one: str, other: str) -> None:
        assert name_key(one) == name_key(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("National Lawyers Guild", "National Lawyers Guild - DC Chapter"),
            ("Green Party of Rhode Island", "Green Party of the United States"),
            ("Night Owls (NY)", "Night Owls"),
            ("Night Owls (USA)", "Night Owls"),
            ("Night Owls CO", "Night Owls"),
            ("Writers Guild of America, West", "Writers Guild of America"),
            ("Night Company", "Night"),
            ("+++", "***"),
            ("Сова", "Лиса"),
        ],
    )
    def test_keeps_others_apart(self, one: str, other: str) -> None:
        assert name_key(one) != name_key(other)

    def test_knows_the_acronym_a_name_gives(self) -> None:
        assert acronym("Cedar Hill Tenants Association (CHTA)") == "CHTA"
        assert acronym("CHTA (Cedar Hill Tenants Association)") == "CHTA"
        assert acronym("Cedar Hill Tenants Association (CA)") is None
        assert acronym("Harborview Riders") is None

    @given(st.text())
    def test_is_its_own_key_and_never_empty(self, text: str) -> None:
        key = name_key(text)

        assert name_key(key) == key
        assert key or not clean_name(text)

    @pytest.mark.parametrize("bad", ["(", "A.", "- ", "a"])
    def test_costs_no_more_than_in_proportion_on_hostile_text(self, bad: str) -> None:
        def cost(length: int) -> float:
            text = bad * length
            return testing.processor_time(lambda: (name_key(text), sort_key(text)))

        assert cost(50_000) < 100 * cost(2_500)  # 20 in proportion, 400 if squared


class TestSorting:
    def test_ignores_articles_case_and_accents_and_counts_numbers(self) -> None:
        names = [
            "Zebra",
            "The Badgers",
            "350.org",
            "Ärzte",
            "18MillionRising",
            "coop",
            "La Luz",
        ]

        assert sorted(names, key=sort_key) == [
            "18MillionRising", "350.org", "Ärzte", "The Badgers", "coop", "La Luz", "Zebra"
        ]  # fmt: skip


class TestSimilarity:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Electronic Lantern Foundation", "Electronc Lantern Foundaton"),
            ("Center for Night and Day", "Centre for Night & Day"),
            ("Nat'l Assn of Night Lawyers", "National Association of Night Lawyers"),
            ("Freedom Work", "FreedomWorks"),
        ],
    )
    def test_is_high_for_a_slip(self, one: str, other: str) -> None:
        assert SAME_SPELLING <= similarity(one, other) < 1

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Night Union of Southern California", "Night Union of Northern California"),
            ("Green Party of Rhode Island", "Green Party of the United States"),
            ("Owl Party Iceland", "Owl Party Ireland"),
            ("Drivers Local 12", "Drivers Local 21"),
            ("Free Press", "Free Speech"),
        ],
    )
    def test_is_too_low_to_ask_for_another_place_or_word(self, one: str, other: str) -> None:
        assert similarity(one, other) < WORTH_A_LOOK

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("National Lawyers Guild", "National Lawyers Guild - DC Chapter"),
            ("Mozilla", "Mozilla Foundation"),
            ("Institute for Night Studies", "Night Studies Institute"),
        ],
    )
    def test_is_for_a_person_to_decide_in_between(self, one: str, other: str) -> None:
        assert WORTH_A_LOOK <= similarity(one, other) < SAME_SPELLING

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_is_a_number_from_nothing_to_one(self, one: str, other: str) -> None:
        assert 0 <= similarity(one, other) <= 1


class TestChapters:
    @pytest.mark.parametrize(
        ("name", "parent"),
        [
            ("National Lawyers Guild - DC Chapter", "National Lawyers Guild"),
            ("Green Party of Rhode Island", "Green Party of the United States"),
            ("Greenpeace USA", "Greenpeace"),
            ("Writers Guild of America, West", "Writers Guild of America"),
            ("Night Riders Movement (Ventura)", "Night Riders Movement"),
        ],
    )
    def test_are_recognized(self, name: str, parent: str) -> None:
        assert is_chapter_of(name, parent)

    @pytest.mark.parametrize(
        ("name", "parent"),
        [
            ("Mozilla Foundation", "Mozilla"),
            ("Freedom of the Press Foundation", "Freedom of the Press"),
            ("Night Owls", "Night Owls"),
            ("Night Owls", "Night Owls - DC Chapter"),
        ],
    )
    def test_are_not_sisters_or_parents(self, name: str, parent: str) -> None:
        assert not is_chapter_of(name, parent)


class TestIndex:
    INDEX = NameIndex(
        [
            NameRow(1, "Cedar Hill Tenants Association (CHTA)", ("Cedar Hill Renters",)),
            NameRow(2, "National Night Guild"),
            NameRow(3, "National Night Guild - DC Chapter", parent_id=2),
            NameRow(4, "ACLU of Nowhere"),
            NameRow(5, "Harborview Riders Union"),
            NameRow(6, "NAACP Sample"),
        ]
    )

    @pytest.mark.parametrize(
        ("written", "meant", "why"),
        [
            ("The Cedar Hill Tenants Association", 1, Why.NAME),
            ("cedar hill renters", 1, Why.ALIAS),
            ("CHTA", 1, Why.ACRONYM),
            ("Harborview Rider Union", 5, Why.SPELLING),
            ("HRU", 5, Why.INITIALS),
            ("National Night Guild", 2, Why.NAME),
            ("National Night Guild, Ohio", 2, Why.CHAPTER),
            ("АCLU of Nowhere", 4, Why.LOOKALIKE),
            ("NАACР Sample", 6, Why.LOOKALIKE),
        ],
    )
    def test_finds(self, written: str, meant: int, why: Why) -> None:
        first = self.INDEX.find(written)[0]

        assert (first.id, first.why) == (meant, why)

    def test_does_not_take_the_real_name_for_a_forged_one_in_the_directory(self) -> None:
        index = NameIndex([NameRow(1, "АCLU of Nowhere")])  # with a Cyrillic А

        assert [found.why for found in index.find("ACLU of Nowhere")] == [Why.LOOKALIKE]
        assert [found.why for found in index.find("АCLU of Nowhere")] == [Why.NAME]

    def test_finds_nobody_for_a_stranger(self) -> None:
        assert self.INDEX.find("Saltmarsh Clinic") == []

    def test_answers_sooner_than_by_comparing_with_everyone(self) -> None:
        syllables = ["ba", "do", "fi", "ku", "lem", "nor", "pas", "ril", "sut", "ven"]
        words = [a + b + c for a in syllables for b in syllables for c in syllables]
        names = [
            f"{words[i % 1000]} {words[i * 7 % 997]} Rights Coalition {words[i // 1000]}"
            for i in range(10_000)
        ]
        index = NameIndex(NameRow(i, name) for i, name in enumerate(names))
        asked = [name[:-1] for name in names[::100]]

        question = testing.processor_time(lambda: [index.find(name) for name in asked]) / 100
        everyone = testing.processor_time(
            lambda: [similarity(asked[0], name) for name in names]
        )
        found = [index.find(name[:-1])[0].id for name in names[::10]]

        assert question < everyone / 3
        assert sum(a == b for a, b in zip(found, range(0, 10_000, 10), strict=True)) > 800

    @settings(max_examples=50)
    @given(st.text(max_size=80))
    def test_survives_any_text(self, text: str) -> None:
        assert len(self.INDEX.find(text)) <= 5


class TestLookalikes:
    @pytest.mark.parametrize("name", REAL_SHAPES)
    def test_are_not_seen_in_honest_names(self, name: str) -> None:
        assert suspicious_characters(name) == ()

    def test_are_seen_among_hundreds_of_forgeries(self) -> None:
        forgeries = list(_forgeries(FORGED))

        seen = [suspicious_characters(forged) or is_lookalike(forged, real)
                for forged, real in forgeries]  # fmt: skip

        assert len(forgeries) >= 200
        assert sum(map(bool, seen)) / len(forgeries) >= 0.99

    def test_are_other_texts_of_the_same_shape(self) -> None:
        assert is_lookalike("АСLU", "ACLU")
        assert is_lookalike("AC1U", "ACLU")
        assert not is_lookalike("aclu", "ACLU")
        assert not is_lookalike("Collé", "Colle")


def _forgeries(names: list[str]) -> list[tuple[str, str]]:
    """Replace each letter by each Cyrillic and Greek letter that looks like it."""
    twins = {
        (foreign, entry["c"])
        for foreign, entries in confusables.confusables_data.items()
        for entry in entries
        if len(entry["c"]) == len(foreign) == 1
        and categories.alias(foreign) in {"CYRILLIC", "GREEK"}
    }
    return [
        (name[:i] + foreign + name[i + 1 :], name)
        for name in names
        for i, letter in enumerate(name)
        for foreign, latin in sorted(twins)
        if latin == letter and foreign.isalpha()
    ]
