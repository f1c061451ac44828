"""Tests of where people and organizations stand with a letter."""

import itertools
from datetime import date

import pytest
from sqlalchemy import func, select, text

from coalition import db
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.letters.signatures import Signature
from coalition.people.models import Person
from coalition.segments import standings
from coalition.segments.conditions import Subject, condition_called
from coalition.segments.models import Segment
from coalition.segments.standings import Standing, register_standing
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_person,
    make_signature,
)
from tests.segments.asking import a, all_of, any_of, names, none_of

PLACES = ("signed", "waiting", "unconfirmed", "withdrew", "refused", "nothing")
PEOPLE = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay")
ORGANIZATIONS = ("Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir")


def stands(letter, standing, **more):
    return a("letter_standing", letter=str(letter.id), standing=standing, **more)


def tries(letter, person, address):
    """Sign with a person's address and do not confirm: it makes nobody known."""
    make_signature(letter, person.name, state="pending", email=address)


def writes_down(letter, organization, written):
    """Sign for an organization under a name and do not confirm: nobody looked it up yet."""
    made = make_signature(
        letter, written, kind="organization", organization=organization, state="pending"
    )
    with db.transaction(letter.coalition_id) as session:
        session.get(Signature, made.id).organization_id = None


@pytest.fixture
def letter(coalition):
    return make_letter(coalition, title="Keep them")


@pytest.fixture
def people(coalition, letter):
    """Give six people, each at another place with the letter."""
    made = [make_person(coalition, f"{name.lower()}@example.org", name) for name in PEOPLE]
    ada, ben, cleo, dan, eve, _ = made
    make_signature(letter, "Ada", person_id=ada.id)
    make_signature(
        letter, "Night Club", kind="organization", state="confirmed", person_id=ben.id
    )
    tries(letter, cleo, "CLEO@example.org")
    make_signature(letter, "Dan", state="withdrawn", person_id=dan.id)
    make_signature(letter, "Eve", state="rejected", person_id=eve.id)
    return made


@pytest.fixture
def organizations(coalition, letter):
    """Give six organizations, each at another place with the letter."""
    made = [make_organization(name) for name in ORGANIZATIONS]
    aspen, birch, cedar, dogwood, elm, fir = made
    for organization, state in (
        (aspen, "approved"), (birch, "confirmed"), (dogwood, "withdrawn"), (elm, "rejected")
    ):  # fmt: skip
        make_signature(
            letter,
            organization.name,
            kind="organization",
            organization=organization,
            state=state,
        )
    writes_down(letter, cedar, "The CEDAR")
    for organization in (cedar, fir):
        with db.transaction(coalition.id) as session:
            CoalitionMembership.begin(
                session.merge(organization), MembershipState.ACTIVE, on=date(2026, 1, 1)
            )
    return made


class TestPeople:
    def test_stand_in_one_place_each(self, coalition, letter, people):
        found = {place: names(coalition, all_of(stands(letter, place))) for place in PLACES}

        assert found == {place: [name] for place, name in zip(PLACES, PEOPLE, strict=True)}

    @pytest.mark.parametrize("place", PLACES)
    def test_stand_elsewhere_in_the_contrary(self, coalition, letter, people, place):
        others = [name for name in PEOPLE if name != PEOPLE[PLACES.index(place)]]

        assert names(coalition, none_of(stands(letter, place))) == others
        assert names(coalition, all_of(stands(letter, place, **{"not": True}))) == others

    def test_stand_where_they_came_furthest(self, coalition, letter, people):
        _, ben, cleo, dan, eve, fay = people
        make_signature(letter, "Ben", person_id=ben.id)  # and his organization's waits
        make_signature(letter, "Cleo", state="withdrawn", person_id=cleo.id)  # and tries anew
        make_signature(letter, "Dan", person_id=dan.id)  # who came back
        tries(letter, eve, "eve@example.org")
        make_signature(letter, "Fay", state="withdrawn", person_id=fay.id)

        found = {place: names(coalition, all_of(stands(letter, place))) for place in PLACES}

        assert found == {
            "signed": ["Ada", "Ben", "Dan"],
            "waiting": [],
            "unconfirmed": ["Cleo", "Eve"],
            "withdrew": ["Fay"],
            "refused": [],
            "nothing": [],
        }

    def test_are_not_mixed_with_another_letter_or_coalition(self, coalition, letter, people):
        second = make_letter(coalition, "second")
        trams = make_coalition("trams", "Tram Friends")
        theirs = make_letter(trams, "theirs")
        tom = make_person(trams, "ada@example.org", "Tom")
        make_signature(theirs, "Tom", person_id=tom.id)

        assert names(coalition, all_of(stands(second, "nothing"))) == list(PEOPLE)
        assert names(trams, all_of(stands(theirs, "signed"))) == ["Tom"]
        assert names(trams, all_of(stands(theirs, "nothing"))) == []

    def test_join_with_other_conditions(self, coalition, letter, people):
        either = any_of(stands(letter, "waiting"), stands(letter, "withdrew"))
        both = all_of(stands(letter, "nothing"), a("has_email", which="any"))

        assert names(coalition, either) == ["Ben", "Dan"]
        assert names(coalition, none_of(either)) == ["Ada", "Cleo", "Eve", "Fay"]
        assert names(coalition, both) == ["Fay"]


class TestOrganizations:
    def test_stand_in_one_place_each(self, coalition, letter, organizations):
        found = {
            place: names(coalition, all_of(stands(letter, place)), Subject.ORGANIZATIONS)
            for place in PLACES
        }

        assert found == {
            place: [name] for place, name in zip(PLACES, ORGANIZATIONS, strict=True)
        }

    def test_are_known_by_another_name_too(self, coalition, letter, organizations):
        fir = organizations[-1]
        with db.transaction() as session:
            session.merge(fir).add_alias("FIR United")
        writes_down(letter, fir, "Fir United")

        asked = all_of(stands(letter, "unconfirmed"))

        assert names(coalition, asked, Subject.ORGANIZATIONS) == ["Cedar", "Fir"]

    def test_of_the_directory_are_not_shown_for_a_name_that_anybody_can_type(
        self, coalition, letter, organizations
    ):
        stranger = make_organization("Great Oak")
        writes_down(letter, stranger, "Great Oak")

        asked = all_of(stands(letter, "unconfirmed"))

        assert names(coalition, asked, Subject.ORGANIZATIONS) == ["Cedar"]


class TestWords:
    def test_say_where_they_stand(self, app, coalition, letter):
        question = all_of(stands(letter, "withdrew"), none_of(stands(letter, "waiting")))

        with app.test_request_context(), db.reading(coalition.id):
            said = {each: Segment.asking(question).in_words(each) for each in ("en", "es")}

        assert said["en"] == (
            "People who took their name back (“Keep them”) and are not among those who wait for"
            " the coalition's approval (“Keep them”)."
        )
        assert said["es"] == (
            "Personas que retiraron su nombre («Keep them») y no están entre quienes esperan la"
            " aprobación de la coalición («Keep them»)."
        )

    def test_offer_the_places_from_the_furthest_on(self, app, coalition):
        condition = condition_called(Subject.PEOPLE, "letter_standing")

        with app.test_request_context(), db.reading(coalition.id):
            offered = [value for value, _ in condition.parameters[1].options()]

        assert offered == list(PLACES)


class TestRegisterStanding:
    def test_adds_a_place_on_the_way(self, coalition, letter, people, monkeypatch):
        monkeypatch.setattr(standings, "_standings", dict(standings._standings))
        invited = [people[0].id, people[-1].id]
        register_standing(
            Standing(
                name="invited",
                label="were invited",
                subject=Subject.PEOPLE,
                rank=10,
                reached=lambda _letter: [select(Person.id).where(Person.id.in_(invited))],
            )
        )

        assert names(coalition, all_of(stands(letter, "invited"))) == ["Fay"]
        assert names(coalition, all_of(stands(letter, "nothing"))) == []
        assert names(coalition, all_of(stands(letter, "signed"))) == ["Ada"]

    def test_refuses_two_of_one_name(self):
        twice = Standing(
            name="signed", label="x", subject=Subject.PEOPLE, rank=1, reached=lambda _: []
        )

        with pytest.raises(ValueError, match="signed"):
            register_standing(twice)


class TestPlan:
    """How the database answers, in a coalition whose letters have many signatures each."""

    LETTERS, EACH = 40, 500

    @pytest.fixture
    def busy(self, coalition):
        """Give one letter of many; the planner knows how many rows there are."""
        letters = [make_letter(coalition, f"letter-{n}") for n in range(self.LETTERS)]
        with db.transaction(coalition.id) as session:
            session.execute(
                text("""
                WITH made AS (
                    INSERT INTO people (id, coalition_id, given_name, family_name, given_key,
                        family_key, custom_fields, created_at)
                    SELECT gen_random_uuid(), :coalition, 'A', '', 'a', '', '{}', now()
                    FROM generate_series(1, 2000) RETURNING id
                ), numbered AS (SELECT id, row_number() OVER () AS n FROM made),
                addressed AS (
                    INSERT INTO email_addresses (id, coalition_id, person_id, address_sealed,
                        address_index, is_primary, created_at)
                    SELECT gen_random_uuid(), :coalition, id, '', int4send(n::int), true, now()
                    FROM numbered
                )
                INSERT INTO signatures (id, coalition_id, letter_id, kind, state, source,
                    given_name, family_name, organization_name, organization_key, capacity,
                    display_name, sort_key, language, listed, created_at, person_id, email_index)
                SELECT gen_random_uuid(), :coalition, letter, 'person',
                    (ARRAY['confirmed', 'pending', 'withdrawn', 'rejected'])[1 + n % 4], 'page',
                    'A', 'B', '', '', '', '', 'b a', 'en', true, now(),
                    CASE WHEN n % 4 <> 1 THEN id END, int4send(n::int)
                FROM unnest(CAST(:letters AS uuid[])) WITH ORDINALITY AS l (letter, nth)
                JOIN numbered ON n % 4 = nth % 4 OR n <= 4"""),
                {
                    "coalition": coalition.id,
                    "letters": [each.id for each in letters],
                },
            )
        with db.engine().connect() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("RESET ROLE"))
            connection.execute(text("ANALYZE people, email_addresses, signatures"))
            connection.execute(text("SET ROLE coalition_app"))
        return letters[self.LETTERS // 2]

    def test_reads_the_signatures_of_the_letter_by_an_index_and_joins_them(
        self, coalition, busy
    ):
        for place, ask in itertools.product(PLACES, (all_of, none_of)):
            plan = self.plan_of(coalition, ask(stands(busy, place)))

            assert "Seq Scan on signatures" not in plan, (place, plan)
            assert "letter_id = " in plan, (place, plan)
            assert "SubPlan" not in plan, (place, plan)  # one question for each person

    def plan_of(self, coalition, question):
        with db.reading(coalition.id) as session:
            people = Segment.asking(question).people()
            counted = people.with_only_columns(func.count(), maintain_column_froms=True)
            sql = counted.compile(db.engine(), compile_kwargs={"literal_binds": True})
            return "\n".join(session.scalars(text(f"EXPLAIN {sql}")))
