"""Tests of segments: whom a question is about, how it is said, what it refuses."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coalition import db
from coalition.clock import now
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.suppressing import suppress
from coalition.letters.models import Letter
from coalition.organizations.models import Membership
from coalition.people import custom_fields
from coalition.people.custom_fields import CustomKind
from coalition.people.models import Person, Tag
from coalition.segments import conditions
from coalition.segments.conditions import Condition, Subject
from coalition.segments.errors import (
    ConditionGone,
    QuestionTooLarge,
    SegmentInCircle,
    SegmentInUse,
    ThingGone,
    ValueMissing,
)
from coalition.segments.models import (
    Segment,
    segment_by_id,
    segment_by_slug,
    segments,
    segments_as_they_stand,
)
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_person,
    make_signature,
)
from tests.segments.asking import a, all_of, any_of, names, none_of, save

MAIL = "coalition_updates"


def change(person, **values):
    with db.transaction(person.coalition_id) as session:
        found = session.get(Person, person.id)
        for name, value in values.items():
            setattr(found, name, value)


def signs(letter, person, **values):
    values.setdefault("confirmed_at", now())
    make_signature(letter, person.name, person_id=person.id, **values)


def joins(person, organization, **values):
    with db.transaction(person.coalition_id) as session:
        session.add(Membership(person_id=person.id, organization_id=organization.id, **values))


def agrees(person, *, given=True, organization=None, at=None):
    with db.transaction(person.coalition_id):
        Consent.note(
            person.id,
            MAIL,
            given=given,
            wording="You may write to me.",
            source=ConsentSource.PREFERENCES,
            organization_id=organization.id if organization else None,
            recorded_at=at,
        )


@pytest.fixture
def ada(coalition):
    return make_person(coalition, "ada@example.org", "Ada")


@pytest.fixture
def ben(coalition):
    return make_person(coalition, "ben@example.org", "Ben")


@pytest.fixture
def cleo(coalition):
    return make_person(coalition, "cleo@example.org", "Cleo")


class TestPeople:
    def test_are_all_without_a_question(self, coalition, ada, ben):
        assert names(coalition, all_of()) == ["Ada", "Ben"]

    def test_are_never_those_of_another_coalition(self, coalition, ada):
        trams = make_coalition("trams", "Tram Friends")
        make_person(trams, "tom@example.org", "Tom")

        assert names(coalition, all_of()) == ["Ada"]
        assert names(trams, none_of(a("city", city="Nowhere"))) == ["Tom"]

    def test_signed_one_letter_and_not_another(self, coalition, ada, ben, cleo):
        first, second = make_letter(coalition), make_letter(coalition, "second")
        for person in (ada, ben):
            signs(first, person)
        for person in (ben, cleo):
            signs(second, person)

        asked = all_of(
            a("signed_letter", letter=str(first.id)),
            {**a("signed_letter", letter=str(second.id)), "not": True},
        )

        assert names(coalition, asked) == ["Ada"]

    @pytest.mark.parametrize(
        ("values", "found"),
        [
            ({}, ["Ada", "Cleo"]),
            ({"kind": "person"}, ["Ada"]),
            ({"kind": "organization"}, ["Cleo"]),
            ({"state": "withdrawn"}, ["Ben"]),
        ],
    )
    def test_signed_as_the_state_of_the_signature_says(
        self, coalition, ada, ben, cleo, values, found
    ):
        letter = make_letter(coalition)
        signs(letter, ada)
        signs(letter, ben, state="withdrawn")
        make_signature(letter, "Riders United", kind="organization", person_id=cleo.id)

        asked = all_of(a("signed_letter", letter=str(letter.id), **values))

        assert names(coalition, asked) == found

    def test_live_in_a_city_however_it_is_written(self, coalition, ada, ben, cleo):
        change(ada, city="Long Beach")
        change(ben, city="Culver City")

        assert names(coalition, all_of(a("city", city="LONG beach"))) == ["Ada"]

    def test_do_not_live_in_a_city_if_nobody_knows_where_they_live(
        self, coalition, ada, ben, cleo
    ):
        change(ada, city="Long Beach")
        change(ben, city="Culver City")

        assert names(coalition, none_of(a("city", city="Long Beach"))) == ["Ben", "Cleo"]

    def test_belong_to_an_organization_until_they_leave(self, coalition, ada, ben, cleo):
        riders = make_organization("Riders United")
        joins(ada, riders, role="delegate")
        joins(ben, riders)
        joins(cleo, riders, ends_on=date(2020, 1, 1))
        here = str(riders.id)

        assert names(coalition, all_of(a("member", organization=here))) == ["Ada", "Ben"]
        assert names(coalition, all_of(a("member", role="Delegate"))) == ["Ada"]
        assert names(coalition, none_of(a("member"))) == ["Cleo"]

    def test_carry_a_tag(self, coalition, ada, ben):
        with db.transaction(coalition.id) as session:
            session.get(Person, ada.id).set_tags(["press"])
            tag = session.scalars(select(Tag)).one()

        assert names(coalition, all_of(a("tag", tag=str(tag.id)))) == ["Ada"]

    def test_agree_as_they_last_said(self, coalition, ada, ben, cleo):
        riders = make_organization("Riders United")
        agrees(ada)
        agrees(ben)
        agrees(ben, given=False)
        agrees(cleo, organization=riders)

        assert names(coalition, all_of(a("consent", purpose=MAIL))) == ["Ada"]
        assert names(
            coalition, all_of(a("consent", purpose=MAIL, organization=str(riders.id)))
        ) == ["Cleo"]
        assert names(coalition, none_of(a("consent", purpose=MAIL))) == ["Ben", "Cleo"]

    def test_can_be_written_to_unless_their_address_is_suppressed(self, coalition, ada, ben):
        with db.transaction(coalition.id) as session:
            suppress(coalition.id, "ben@example.org", SuppressionReason.BOUNCE)
            session.add(Person(given_name="Dan"))

        assert names(coalition, all_of(a("has_email", which="any"))) == ["Ada", "Ben"]
        assert names(coalition, all_of(a("has_email", which="working"))) == ["Ada"]

    def test_took_their_last_action_before_or_since_a_day(self, coalition, ada, ben, cleo):
        letter = make_letter(coalition)
        signs(letter, ada, confirmed_at=now() - timedelta(days=100))
        signs(letter, ben, confirmed_at=now() - timedelta(days=2))
        day = (now() - timedelta(days=30)).date().isoformat()

        assert names(coalition, all_of(a("last_action", when="since", day=day))) == ["Ben"]
        assert names(coalition, all_of(a("last_action", when="before", day=day))) == ["Ada"]
        assert names(coalition, all_of(a("recent_action", days=30))) == ["Ben"]
        assert names(coalition, none_of(a("recent_action", days=30))) == ["Ada", "Cleo"]

    def test_get_mail_in_a_language(self, coalition, ada, ben):
        change(ada, language="es")

        assert names(coalition, all_of(a("language", language="es"))) == ["Ada"]
        assert names(coalition, none_of(a("language", language="es"))) == ["Ben"]

    @pytest.mark.parametrize(
        ("kind", "stored", "comparison", "written", "found"),
        [
            (CustomKind.NUMBER, 12, "least", "12", True),
            (CustomKind.NUMBER, 9, "least", "12", False),  # as text, "9" is more
            (CustomKind.NUMBER, 9, "most", "9.5", True),
            (CustomKind.DATE, "2026-05-01", "most", "2026-04-30", False),
            (CustomKind.YES_NO, True, "is", "yes", True),
            (CustomKind.TEXT, "day", "is", "night", False),
        ],
    )
    def test_have_a_value_in_a_field_of_the_coalition(
        self, coalition, ada, ben, kind, stored, comparison, written, found
    ):
        with db.transaction(coalition.id):
            custom_fields.define("Shift", kind)
        change(ada, custom_fields={"shift": stored})
        asked = a("custom_field", field="shift", comparison=comparison, value=written)

        assert names(coalition, all_of(asked)) == (["Ada"] if found else [])
        assert names(coalition, none_of(asked)) == (["Ben"] if found else ["Ada", "Ben"])


class TestGroups:
    @pytest.mark.parametrize(
        ("question", "found"),
        [
            (any_of(a("city", city="X"), a("language", language="es")), ["Ada", "Ben"]),
            (all_of(a("city", city="X"), a("language", language="es")), []),
            (none_of(a("city", city="X"), a("language", language="es")), ["Cleo"]),
            (
                none_of(all_of(a("city", city="X"), a("has_email", which="any"))),
                ["Ben", "Cleo"],
            ),
            (
                any_of(a("city", city="X"), none_of(a("language", language="es"))),
                ["Ada", "Cleo"],
            ),
            (
                any_of(
                    a("city", city="X"),
                    any_of(a("tag_of_nobody"), a("language", language="es")),
                ),
                ["Ada", "Ben"],
            ),
            (none_of(none_of(a("city", city="X"))), ["Ada"]),
        ],
    )
    def test_join_what_is_in_them(self, coalition, ada, ben, cleo, question, found):
        conditions._registry.conditions.setdefault(
            (Subject.PEOPLE, "tag_of_nobody"),
            Condition(
                name="tag_of_nobody",
                label="Nobody",
                subject=Subject.PEOPLE,
                clause=lambda _values: select(Tag.id).where(Tag.name == "none").exists(),
                words=lambda _said, _contrary: "are nobody",
            ),
        )
        change(ada, city="X")
        change(ben, language="es")

        assert names(coalition, question) == found

    def test_are_the_same_whether_one_looks_into_other_tables_or_not(
        self, coalition, ada, ben, cleo
    ):
        letter = make_letter(coalition)
        signs(letter, ada)
        change(ben, city="X")
        signed, lives = a("signed_letter", letter=str(letter.id)), a("city", city="X")

        assert names(coalition, any_of(signed, lives)) == ["Ada", "Ben"]
        assert names(coalition, none_of(signed, lives)) == ["Cleo"]
        assert names(coalition, none_of(any_of(signed, lives))) == ["Cleo"]
        assert names(coalition, any_of(none_of(signed), lives)) == ["Ben", "Cleo"]
        assert names(coalition, none_of(all_of(signed, lives))) == ["Ada", "Ben", "Cleo"]


class TestOrganizations:
    @pytest.fixture
    def riders(self, coalition):
        made = make_organization("Riders United", city="Long Beach")
        with db.transaction(coalition.id) as session:
            CoalitionMembership.begin(
                session.merge(made), MembershipState.ACTIVE, on=date(2026, 1, 1)
            )
        return made

    def test_are_members_and_signatories_and_not_the_whole_directory(self, coalition, riders):
        make_organization("Somebody Else")
        make_signature(make_letter(coalition), "Walkers Club", kind="organization")

        found = names(coalition, all_of(), Subject.ORGANIZATIONS)

        assert found == ["Riders United", "Walkers Club"]

    def test_signed_are_somewhere_and_stand_somehow(self, coalition, riders):
        letter = make_letter(coalition)
        make_signature(letter, "Walkers Club", kind="organization")
        signed = a("signed_letter", letter=str(letter.id))

        for asked, found in (
            (all_of(signed), ["Walkers Club"]),
            (none_of(signed), ["Riders United"]),
            (all_of(a("city", city="long beach")), ["Riders United"]),
            (all_of(a("standing", standing="active", role="member")), ["Riders United"]),
            (none_of(a("standing", standing="active")), ["Walkers Club"]),
            (any_of(signed, a("standing", standing="active")),
             ["Riders United", "Walkers Club"]),
        ):  # fmt: skip
            assert names(coalition, asked, Subject.ORGANIZATIONS) == found

    def test_lead_to_their_people_and_back(self, coalition, riders, ada, ben):
        joins(ada, riders)
        members = save(
            coalition, "Members", all_of(a("standing", standing="active")),
            Subject.ORGANIZATIONS,
        )  # fmt: skip
        of_members = a("segment", segment=str(members.id))

        assert names(coalition, all_of(of_members)) == ["Ada"]
        assert names(coalition, none_of(of_members)) == ["Ben"]
        people = save(coalition, "People of members", all_of(of_members))
        back = all_of(a("segment", segment=str(people.id)))
        assert names(coalition, back, Subject.ORGANIZATIONS) == ["Riders United"]
        with db.reading(coalition.id) as session:
            [found] = session.scalars(session.merge(members).people())
            assert found.name == "Ada"
            [found] = session.scalars(session.merge(people).organizations())
            assert found.name == "Riders United"


class TestWords:
    def test_say_what_is_asked(self, app, coalition):
        letter = make_letter(coalition, title="Keep them")
        other = make_letter(coalition, "other", title="Save them")
        question = all_of(
            a("city", city="Long Beach"),
            a("signed_letter", letter=str(letter.id)),
            none_of(a("signed_letter", letter=str(other.id)), a("recent_action", days=1)),
        )

        with app.app_context(), db.reading(coalition.id):
            assert Segment.asking(question).in_words("en") == (
                "People who live in Long Beach, signed “Keep them”, did not sign “Save them”,"
                " and did nothing in the last 1 day."
            )

    def test_keep_and_and_or_apart(self, app, coalition):
        question = all_of(
            a("city", city="A"),
            any_of(a("city", city="B"), a("city", city="C")),
        )

        with app.app_context(), db.reading(coalition.id):
            said = Segment.asking(question).in_words("en")
            contrary = Segment.asking(none_of(question)).in_words("en")

        assert said == "People who live in A and (live in B or live in C)."
        assert contrary == (
            "People who do not live in A or (do not live in B and do not live in C)."
        )

    def test_never_fail(self, app, coalition):
        question = all_of(a("tag", tag="nonsense"), a("magic"), a("city"))

        with app.app_context(), db.reading(coalition.id):
            said = Segment.asking(question).in_words("en")

        assert "(gone)" in said
        assert "“magic” (not available)" in said
        assert "live in …" in said


class TestSave:
    def test_gives_an_address_of_its_own(self, coalition):
        slugs = [save(coalition, name, all_of()).slug for name in ("All!", "all", "全員")]

        assert slugs == ["all", "all-2", "segment"]
        with db.reading(coalition.id):
            assert segment_by_slug("all-2").name == "all"
            assert len(segments()) == 3

    def test_is_needed_for_no_question(self, coalition, ada):
        assert names(coalition, all_of()) == ["Ada"]
        with db.reading(coalition.id):
            assert segments() == []

    @pytest.mark.parametrize(
        ("condition", "error"),
        [
            (a("signed_letter", letter="01920000-0000-7000-8000-000000000000"), ThingGone),
            (a("signed_letter", letter="x"), ThingGone),
            (a("segment", segment="01920000-0000-7000-8000-000000000000"), ThingGone),
            (a("city"), ValueMissing),
            (a("magic", spell="x"), ConditionGone),
        ],
    )
    def test_refuses_what_cannot_be_asked(self, coalition, condition, error):
        with pytest.raises(error):
            save(coalition, "Broken", all_of(condition))


class TestProblem:
    def test_is_a_letter_that_is_gone_and_not_nobody(self, coalition, ada):
        letter = make_letter(coalition)
        saved = save(coalition, "Not yet", none_of(a("signed_letter", letter=str(letter.id))))
        with db.transaction(coalition.id) as session:
            session.delete(session.get(Letter, letter.id))

        with db.reading(coalition.id) as session:
            found = session.get(Segment, saved.id)
            assert isinstance(found.problem(), ThingGone)
            with pytest.raises(ThingGone, match="does not exist any more"):
                found.people()

    def test_is_a_condition_whose_plugin_is_off(self, coalition, ada):
        is_on = [True]
        conditions.register(
            Condition(
                name="bus_pass",
                label="Has a bus pass",
                subject=Subject.PEOPLE,
                clause=lambda _values: Person.given_name == "Ada",
                words=lambda _said, _contrary: "have a bus pass",
                is_available=lambda: is_on[0],
            )
        )
        saved = save(coalition, "Passes", all_of(a("bus_pass")))
        assert names(coalition, all_of(a("bus_pass"))) == ["Ada"]

        is_on[0] = False

        with db.reading(coalition.id) as session:
            assert isinstance(session.get(Segment, saved.id).problem(), ConditionGone)
        assert "bus_pass" not in {each.name for each in conditions.known(Subject.PEOPLE)}
        del conditions._registry.conditions[(Subject.PEOPLE, "bus_pass")]

    def test_is_too_much_at_once(self, coalition):
        question = any_of(*[a("city", city=str(n)) for n in range(50)])
        saved = save(coalition, "Fifty", question)
        again = a("segment", segment=str(saved.id))

        with db.reading(coalition.id):
            assert Segment.asking(all_of(again, again, again)).problem() is None
            found = Segment.asking(all_of(again, again, again, again)).problem()
        assert isinstance(found, QuestionTooLarge)


class TestChange:
    def test_refuses_a_circle_through_others(self, coalition):
        first = save(coalition, "First", all_of())
        second = save(coalition, "Second", all_of(a("segment", segment=str(first.id))))
        third = save(coalition, "Third", all_of(a("segment", segment=str(second.id))))

        targets = (first.id, third.id)
        for target in targets:
            with (
                pytest.raises(SegmentInCircle),
                db.transaction(coalition.id) as session,
            ):
                session.scalars(select(Segment).filter_by(slug="first")).one().change(
                    name="First", question=all_of(a("segment", segment=str(target)))
                )

    def test_by_two_at_once_makes_no_circle(self, coalition):
        one, two = save(coalition, "One", all_of()), save(coalition, "Two", all_of())
        refused = []

        def ask(this, other):
            try:
                with db.transaction(coalition.id) as session:
                    session.get(Segment, this.id).change(
                        name=this.name, question=all_of(a("segment", segment=str(other.id)))
                    )
            except SegmentInCircle:
                refused.append(this.name)
            finally:
                db.session.remove()

        threads = [threading.Thread(target=ask, args=pair) for pair in ((one, two), (two, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(refused) == 1
        with db.reading(coalition.id):
            assert [each.problem() for each in segments()] == [None, None]


class TestWholeQuestion:
    def test_changes_with_a_segment_inside_a_segment_and_with_nothing_else(self, coalition):
        inner = save(coalition, "Inner", all_of(a("city", city="Burbank")))
        middle = save(coalition, "Middle", all_of(a("segment", segment=str(inner.id))))
        outer = save(coalition, "Outer", none_of(a("segment", segment=str(middle.id))))

        def asked():
            db.session.remove()
            with db.reading(coalition.id) as session:
                return session.get(Segment, outer.id).whole_question()

        before = asked()
        change(make_person(coalition, "ada@example.org"), city="Burbank")
        assert asked() == before
        assert set(before) == {str(each.id) for each in (inner, middle, outer)}

        with db.transaction(coalition.id) as session:
            question = all_of(a("city", city="Glendale"))
            session.get(Segment, inner.id).change(name="Inner", question=question)
        assert asked() != before

    def test_says_that_a_segment_is_gone(self, coalition):
        with db.reading(coalition.id):
            gone = Segment.asking(all_of(a("segment", segment=str(coalition.id))))
            assert gone.whole_question()[str(coalition.id)] is None


class TestSegmentsAsTheyStand:
    @pytest.fixture
    def segment(self, coalition):
        return save(coalition, "All", all_of())

    @pytest.fixture
    def other(self, coalition, segment):
        """A colleague who asks something else under the same name."""

        def ask_something_else():
            with db.transaction(coalition.id) as session:
                question = all_of(a("city", city="Burbank"))
                session.get(Segment, segment.id).change(name="All", question=question)
            db.session.remove()

        return threading.Thread(target=ask_something_else)

    def test_lets_nobody_wait_and_is_asked_as_it_was(self, coalition, segment, other):
        with db.transaction(coalition.id), segments_as_they_stand():
            before = segment_by_id(segment.id).whole_question()
            other.start()
            other.join(timeout=5)
            assert not other.is_alive()
            assert segment_by_id(segment.id).whole_question() == before
        db.session.remove()
        with db.reading(coalition.id):
            assert segment_by_id(segment.id).question == all_of(a("city", city="Burbank"))

    def test_reads_anew_what_was_changed_just_before(self, coalition, segment, other):
        with db.transaction(coalition.id) as session:
            found = session.get(Segment, segment.id)
            other.start()
            other.join()
            with segments_as_they_stand():
                assert segment_by_id(segment.id).question == all_of(a("city", city="Burbank"))
            assert found.question == all_of(a("city", city="Burbank"))

    def test_knows_no_segment_of_another_coalition(self, coalition, segment):
        with db.reading(make_coalition("parks", "Parks").id), segments_as_they_stand():
            assert segment_by_id(segment.id) is None


class TestRemove:
    def test_refuses_while_another_segment_asks_about_it(self, coalition):
        first = save(coalition, "First", all_of())
        save(coalition, "Second", none_of(any_of(a("segment", segment=str(first.id)))))

        with (
            pytest.raises(SegmentInUse, match="Second"),
            db.transaction(coalition.id) as session,
        ):
            session.get(Segment, first.id).remove()
