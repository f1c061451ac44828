"""The rule by which a coalition counts, milestones, verification."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from coalition_signature_counting import cli, jobs, milestones, queries, rules, verifying
from coalition_signature_counting.events import MilestoneReached
from sqlalchemy import text

from coalition.sdk import reading, session, transaction
from coalition.testing import (
    choose_plugin_settings,
    make_letter,
    make_organization,
    make_signature,
    switch_plugin,
)

from .conftest import change, count_of
from .test_counting import deliver, many_signatures, part_of


class TestRule:
    @pytest.mark.parametrize(
        ("chosen", "organizations", "people"),
        [
            ({}, 3, 2),
            ({"chapters": "once"}, 2, 2),
            ({"affiliated_people": "apart"}, 3, 1),
            ({"chapters": "once", "affiliated_people": "apart"}, 2, 1),
        ],
    )
    def test_changes_the_number_at_once(
        self, coalition, sign, run_jobs, chosen, organizations, people
    ):
        letter = make_letter(coalition)
        national, alone = make_organization("Transit Riders"), make_organization("Bike Club")
        for name in ("Riders North", "Riders South"):
            chapter = make_organization(name)
            part_of(chapter, national)
            sign(letter, name, kind="organization", organization=chapter)
        sign(letter, "Bike Club", kind="organization", organization=alone)
        sign(letter, "Ada Lovelace")
        colleague = sign(letter, "Grace Hopper")
        with transaction(coalition.id):
            session.merge(colleague).organization_name = "Bike Club"
        run_jobs()

        choose_plugin_settings(coalition, rules.PLUGIN, **chosen)

        count = count_of(letter)
        assert (count.organizations, count.people) == (organizations, people)

    def test_is_said_in_words(self, coalition):
        letter = make_letter(coalition)
        assert count_of(letter).rule == (
            "Each chapter of an organization counts."
            " People who name an organization count as people."
        )

        choose_plugin_settings(coalition, rules.PLUGIN, chapters="once")
        assert count_of(letter).rule.startswith("Chapters of one organization count once")

    def test_counts_a_family_until_its_last_chapter_withdraws(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        national = make_organization("Transit Riders")
        signed = []
        for name in ("Riders North", "Riders South"):
            chapter = make_organization(name)
            part_of(chapter, national)
            signed.append(sign(letter, name, kind="organization", organization=chapter))
        choose_plugin_settings(coalition, rules.PLUGIN, chapters="once")
        counts = []
        for signature in signed:
            run_jobs()
            counts.append(count_of(letter).organizations)
            change(signature, lambda each: each.withdraw())
        run_jobs()

        assert [*counts, count_of(letter).organizations] == [1, 1, 0]


class TestMilestone:
    def test_is_noted_and_told_once(self, coalition, recorded, run_jobs):
        letter = make_letter(coalition, goal=12)
        signatures = [make_signature(letter, f"Person{n} Example") for n in range(12)]
        run_jobs()
        told = []
        for batch in (signatures[:9], signatures[:10], signatures[9:], signatures):
            deliver(coalition.id, batch)
            told += milestones_in(recorded())
            run_jobs()
        assert told == [("number", 10), ("goal", 12)]

        change(signatures[0], lambda each: each.withdraw())
        run_jobs()
        again = make_signature(letter, "Person0 Example")
        deliver(coalition.id, [again])

        assert milestones_in(recorded()) == []
        with reading(coalition.id):
            reached = [each.signature_count for each in queries.milestones(letter)]
        assert reached == [10, 12]

    def test_is_told_once_by_workers_at_the_same_time(self, coalition, recorded, run_jobs):
        letter = make_letter(coalition)
        signatures = [make_signature(letter, f"Person{n} Example") for n in range(50)]
        run_jobs()

        with ThreadPoolExecutor(4) as workers:
            batches = [signatures[n : n + 25] for n in range(0, 26, 5)] * 2
            list(workers.map(lambda batch: deliver(coalition.id, batch), batches))

        assert sorted(milestones_in(recorded())) == [("number", 10), ("number", 50)]

    def test_is_a_round_number(self):
        assert milestones.NUMBERS[:7] == [10, 50, 100, 500, 1_000, 5_000, 10_000]


class TestVerify:
    def test_says_that_all_is_right(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        sign(letter, "Ada Lovelace", city="Burbank")
        run_jobs()

        said = run_cli("verify")
        assert (said.exit_code, said.output) == (0, "All counts are right.\n")

    @pytest.mark.parametrize(
        ("damage", "words"),
        [
            (
                "UPDATE signature_counting_rollups SET n = n + 3 WHERE dimension = 'city'",
                "by city, burbank: 5 stored, 2 right",
            ),
            ("DELETE FROM signature_counting_rollups", "by kind, person: 0 stored, 2 right"),
            (
                "UPDATE signature_counting_totals SET people = 7",
                "by total, people: 7 stored, 2 right",
            ),
            ("DELETE FROM signature_counting_signatures", "is not counted and should be"),
            (
                "UPDATE signatures SET state = 'rejected' WHERE given_name = 'Ada'",
                "is counted and should not be",
            ),
            ("UPDATE signatures SET city = 'Glendale'", "is counted under an old city"),
            (
                "DELETE FROM signatures WHERE given_name = 'Ada'",
                "is counted and should not be",
            ),
        ],
    )
    def test_finds_a_planted_difference_and_repairs_it(
        self, coalition, sign, run_jobs, damage, words
    ):
        letter = make_letter(coalition)
        sign(letter, "Ada Lovelace", city="Burbank")
        sign(letter, "Grace Hopper", city="Burbank")
        run_jobs()
        with transaction(coalition.id):
            session.execute(text(damage))

        found = run_cli("verify")
        repaired = run_cli("verify", "--coalition", coalition.slug, "--repair")
        after = run_cli("verify")

        assert (found.exit_code, repaired.exit_code, after.exit_code) == (1, 1, 0)
        assert f"{coalition.slug}: {letter.slug}: " in found.output
        assert words in found.output
        assert "repaired" in repaired.output
        with reading(coalition.id):
            listed = session.execute(
                text("SELECT count(*) FROM signatures WHERE state = 'confirmed'")
            ).scalar_one()
        assert count_of(letter).people == listed

    def test_goes_through_all_slices(self, coalition, monkeypatch):
        monkeypatch.setattr(verifying, "SLICE", 7)
        letter = make_letter(coalition)
        many_signatures(letter, 50)

        found = list(verifying.verify(coalition.id, repair=True))

        assert len(found) == 50
        assert count_of(letter).people == 50

    def test_runs_at_night_repairs_and_raises_the_alarm(self, coalition, run_jobs, monkeypatch):
        alarms = []
        monkeypatch.setattr(jobs.log, "error", lambda words, **facts: alarms.append(facts))
        letter = make_letter(coalition)
        many_signatures(letter, 3)
        with transaction(coalition.id):
            session.execute(text("UPDATE signatures SET created_at = now() - interval '1 day'"))

        for _ in range(2):
            jobs.verify_all()
            run_jobs()

        assert count_of(letter).people == 3
        assert [(each["differences"], each["letters"]) for each in alarms] == [
            (3, [letter.slug])
        ]

    def test_leaves_to_the_facts_what_changed_just_now(self, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Lovelace")

        assert list(verifying.verify(coalition.id, quiet_s=60)) == []
        assert len(list(verifying.verify(coalition.id))) == 1

    def test_names_an_unknown_coalition(self, database):
        said = run_cli("verify", "--coalition", "nobody")
        assert said.exit_code == 1
        assert "There is no coalition 'nobody'." in said.output


class TestShow:
    def test_says_the_count_and_the_rule(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        sign(letter, "Ada Lovelace")
        run_jobs()

        said = run_cli("show", coalition.slug, letter.slug)

        assert said.output.startswith("Organizations: 0. People: 1. ")
        assert "Each chapter" in said.output

    def test_names_an_unknown_letter(self, coalition):
        said = run_cli("show", coalition.slug, "nothing")
        assert said.exit_code == 1
        assert "has no letter 'nothing'" in said.output


class TestSwitch:
    def test_counts_what_was_signed_meanwhile(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        switch_plugin(coalition, rules.PLUGIN, on=False)
        sign(letter, "Ada Lovelace")
        run_jobs()
        assert count_of(letter).people == 0

        switch_plugin(coalition, rules.PLUGIN, on=True)
        run_jobs()

        assert count_of(letter).people == 1


def milestones_in(facts):
    return [
        (each.kind, each.signature_count)
        for each in facts
        if isinstance(each, MilestoneReached)
    ]


def run_cli(*arguments):
    return CliRunner().invoke(cli.counts, arguments)
