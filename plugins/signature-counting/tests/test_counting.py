"""Counting what was signed."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from coalition_signature_counting import counting, queries, verifying
from coalition_signature_counting.rules import Figures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from coalition.sdk import (
    Organization,
    Signature,
    SignatureConfirmed,
    now,
    reading,
    record,
    session,
    transaction,
)
from coalition.testing import make_coalition, make_letter, make_organization, make_signature

from .conftest import approve, change, count_of


class TestCount:
    def test_counts_people_once_confirmed_and_organizations_once_approved(
        self, coalition, run_jobs
    ):
        letter = make_letter(coalition)
        ada = make_signature(letter, "Ada Lovelace", state="pending")
        transit = make_signature(letter, "Transit Now", kind="organization", state="pending")
        run_jobs()
        assert count_of(letter).total == 0

        change(ada, lambda each: each.confirm())
        change(transit, lambda each: each.confirm())
        run_jobs()
        assert (count_of(letter).organizations, count_of(letter).people) == (0, 1)

        change(transit, lambda each: approve(each, transit.organization_id))
        run_jobs()
        assert (count_of(letter).organizations, count_of(letter).people) == (1, 1)

    def test_takes_back_what_was_withdrawn_or_rejected(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        ada = sign(letter, "Ada Lovelace", city="Los Angeles", source_code="mail")
        transit = sign(letter, "Transit Now", kind="organization", city="Los Angeles")
        run_jobs()

        change(ada, lambda each: each.withdraw())
        change(transit, lambda each: each.reject("not theirs"))
        run_jobs()

        assert count_of(letter).total == 0
        with reading(coalition.id):
            assert queries.cities(letter) == []
            assert queries.sources(letter) == []
            assert queries.growth(letter) == []

    def test_keeps_the_letters_of_two_coalitions_apart(self, coalition, sign, run_jobs):
        other = make_coalition("day-trains", "Day Trains")
        here, there = make_letter(coalition), make_letter(other)
        sign(here, "Ada Lovelace")
        sign(there, "Ada Lovelace")
        sign(there, "Grace Hopper")
        run_jobs()

        assert (count_of(here).people, count_of(there).people) == (1, 2)

    def test_counts_by_city_however_it_is_spelled(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        sign(letter, "Ada Lovelace", city="Los Angeles")
        sign(letter, "Grace Hopper", city="  LOS  angeles ")
        sign(letter, "Mary Jackson", city="Burbank")
        sign(letter, "Dorothy Vaughan")
        run_jobs()

        with reading(coalition.id):
            assert queries.cities(letter) == [("Los Angeles", 2), ("Burbank", 1)]

    def test_counts_a_day_in_the_letters_time_zone(self, coalition, run_jobs):
        letter = make_letter(coalition, time_zone="America/Los_Angeles")
        signature = make_signature(
            letter, "Ada Lovelace", confirmed_at=datetime(2026, 3, 2, 7, 59, tzinfo=UTC)
        )
        tell(signature)
        run_jobs()

        with reading(coalition.id):
            assert [each.day for each in queries.growth(letter)] == [date(2026, 3, 1)]

    def test_adds_up_days(self, coalition, run_jobs):
        letter = make_letter(coalition)
        for name, day in (("A B", 3), ("C D", 1), ("E F", 3)):
            moment = datetime(2026, 3, day, 20, tzinfo=UTC)
            tell(make_signature(letter, name, confirmed_at=moment))
        run_jobs()

        with reading(coalition.id):
            days = [(each.day.day, each.new, each.total) for each in queries.growth(letter)]
        assert days == [(1, 1, 1), (3, 2, 3)]

    def test_follows_a_signature_to_another_organization(self, coalition, sign, run_jobs):
        letter = make_letter(coalition)
        national = make_organization("Transit Riders")
        north, south = make_organization("Riders North"), make_organization("Riders South")
        for chapter in (north, south):
            part_of(chapter, national)
        sign(letter, "Transit Riders", kind="organization", organization=national)
        moved = sign(letter, "Riders North", kind="organization", organization=north)
        run_jobs()
        assert figures_of(letter).families == 1

        lone = make_organization("Lone Riders")
        change(moved, lambda each: setattr(each, "organization_id", lone.id))
        tell(moved)
        run_jobs()

        assert figures_of(letter) == Figures(organizations=2, families=2)


class TestFacts:
    def test_may_come_twice_late_and_in_any_order(self, coalition, sign, recorded, run_jobs):
        letter = make_letter(coalition)
        for n in range(6):
            signature = sign(letter, f"Person{n} Example")
            if n % 2:
                change(signature, lambda each: each.withdraw())
        facts = [each for each in recorded() if hasattr(each, "signature_id")]
        facts += facts[::2]
        random.Random(7).shuffle(facts)

        for start in range(0, len(facts), 4):
            with transaction(coalition.id):
                counting.count_facts(facts[start : start + 4])

        assert count_of(letter).people == 3
        run_jobs()
        assert count_of(letter).people == 3
        assert list(verifying.verify(coalition.id)) == []

    def test_of_two_workers_lose_nothing(self, coalition):
        letter = make_letter(coalition)
        national = make_organization("Transit Riders")
        signatures = [make_signature(letter, f"Person{n} Example") for n in range(20)]
        for n in range(12):
            chapter = make_organization(f"Chapter {n}")
            part_of(chapter, national)
            signatures.append(
                make_signature(letter, chapter.name, kind="organization", organization=chapter)
            )
        batches = [signatures[n::8] + signatures[n + 1 :: 8] for n in range(8)] * 3

        with ThreadPoolExecutor(4) as workers:
            list(workers.map(lambda batch: deliver(coalition.id, batch), batches))

        assert figures_of(letter) == Figures(organizations=12, families=1, people=20)
        assert list(verifying.verify(coalition.id)) == []

    def test_of_many_cost_less_each_than_single_ones(self, coalition):
        letter = make_letter(coalition)
        some = many_signatures(letter, 600)

        began = datetime.now(UTC)
        for signature_id in some[:60]:
            with transaction(coalition.id):
                counting.agree([letter.id], [signature_id])
        singly = (datetime.now(UTC) - began) / 60
        began = datetime.now(UTC)
        with transaction(coalition.id):
            counting.agree([letter.id], some[60:560])
        together = (datetime.now(UTC) - began) / 500

        assert singly / together > 5


class TestAnySequence:
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(["confirm", "approve", "withdraw", "reject", "move", "parent"]),
                st.integers(0, 7),
                st.integers(0, 3),
            ),
            max_size=25,
        ),
        seed=st.randoms(use_true_random=False),
    )
    def test_ends_with_the_counts_of_a_direct_count(self, coalition, steps, seed):
        letter = make_letter(coalition, slug=f"letter-{now().timestamp()}".replace(".", "-"))
        organizations = [make_organization(f"{letter.slug} Group {n}") for n in range(4)]
        signatures = [
            make_signature(letter, f"{letter.slug} Person {n}", state="pending", city="Burbank")
            for n in range(4)
        ] + [
            make_signature(
                letter, f"Org {n}", kind="organization", organization=each, state="pending"
            )
            for n, each in enumerate(organizations)
        ]
        for verb, which, other in steps:
            take_step(signatures[which], verb, organizations[other])
            if seed.random() < 0.5:
                deliver(coalition.id, seed.choices(signatures, k=3))
        told = signatures * 2
        seed.shuffle(told)
        deliver(coalition.id, told[:9])
        deliver(coalition.id, told)

        with reading(coalition.id):
            assert queries.figures(letter) == counted_directly(letter)
        # An example that was cut short has left a letter of its own behind.
        found = [each for each in verifying.verify(coalition.id) if each.letter_id == letter.id]
        assert found == []


class TestReading:
    def test_finds_every_count_by_an_index(self, coalition):
        letters = [make_letter(coalition, f"letter-{n}") for n in range(20)]
        for each in letters:
            many_signatures(each, 1_000)
        list(verifying.verify(coalition.id, repair=True))
        know_the_tables()

        for table, where in (
            ("totals", "id = :letter"),
            ("rollups", "letter_id = :letter AND dimension = 'city'"),
            ("milestones", "letter_id = :letter"),
        ):
            plan = plan_of(
                coalition.id,
                f"SELECT * FROM signature_counting_{table} WHERE {where}",
                letters[0],
            )
            key = where.partition(" ")[0]
            assert re.search(rf"Index Cond: .*\(?\b{key} = ", plan), plan
        assert count_of(letters[0]).people == 1_000


def know_the_tables():
    """Have PostgreSQL look at what the tables hold, or it plans for what they held before."""
    with transaction():
        session.execute(text("SET LOCAL ROLE NONE"))  # only their owner may
        for table in ("totals", "rollups", "milestones"):
            session.execute(text(f"ANALYZE signature_counting_{table}"))


def plan_of(coalition_id, statement, letter):
    with transaction(coalition_id):
        session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = session.execute(text(f"EXPLAIN {statement}"), {"letter": letter.id})
        return "\n".join(rows.scalars())


def many_signatures(letter, n):
    with transaction(letter.coalition_id):
        rows = session.execute(
            text("""
                INSERT INTO signatures (id, coalition_id, letter_id, kind, state, source,
                    given_name, family_name, organization_name, organization_key, capacity,
                    display_name, sort_key, city, language, listed, created_at)
                SELECT gen_random_uuid(), :coalition, :letter, 'person', 'confirmed', 'page',
                    'A', 'B', '', '', '', '', 'b a', 'City ' || n % 50, 'en', true,
                    now() - make_interval(days => n % 90)
                FROM generate_series(1, :n) AS n RETURNING id"""),
            {"coalition": letter.coalition_id, "letter": letter.id, "n": n},
        )
        return list(rows.scalars())


def take_step(signature, verb, organization):
    with transaction(signature.coalition_id):
        present = session.get(Signature, signature.id)
        here = session.get(Organization, organization.id)
        is_organization = present.kind == "organization"
        taken = session.execute(
            text(
                "SELECT 1 FROM signatures WHERE organization_id = :o AND id <> :s"
                " AND state = 'approved'"
            ),
            {"o": here.id, "s": present.id},
        ).scalar()
        match verb:
            case "confirm" if present.state == "pending":
                present.confirm()
            case "approve" if is_organization and present.state == "confirmed" and not taken:
                present.approve(here)
            case "withdraw":
                present.withdraw()
            case "reject" if present.state not in ("withdrawn", "rejected"):
                present.reject("a reason")
            case "move" if is_organization and present.counts and not taken:
                present.organization_id = here.id
            case "parent" if present.organization_id not in (None, here.id):
                part = session.get(Organization, present.organization_id)
                if here.parent_id is None and not part.chapters:
                    part.parent_id = here.id


def counted_directly(letter):
    row = session.execute(
        text("""
            SELECT count(*) FILTER (WHERE kind = 'organization'),
                count(DISTINCT coalesce(o.parent_id, o.id)) FILTER (WHERE kind = 'organization'),
                count(*) FILTER (WHERE kind = 'person'), 0
            FROM signatures s LEFT JOIN organizations o ON o.id = s.organization_id
            WHERE letter_id = :letter AND (state = 'approved'
                OR (state = 'confirmed' AND kind = 'person'))"""),
        {"letter": letter.id},
    ).one()
    return Figures(*row)


def tell(signature):
    with transaction(signature.coalition_id):
        record(fact(signature))


def deliver(coalition_id, signatures):
    with transaction(coalition_id):
        counting.count_facts([fact(each) for each in signatures])
    session.remove()


def fact(signature):
    return SignatureConfirmed(
        coalition_id=signature.coalition_id,
        letter_id=signature.letter_id,
        signature_id=signature.id,
        kind=signature.kind,
    )


def part_of(chapter, national):
    with transaction():
        session.get(Organization, chapter.id).parent_id = national.id


def figures_of(letter):
    with reading(letter.coalition_id):
        return queries.figures(letter)
