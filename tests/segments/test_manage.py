"""Tests of the coordinator's pages of segments, with JavaScript and without."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.letters.models import Letter
from coalition.people.models import Person
from coalition.segments.models import Segment, segment_by_slug
from coalition.testing import make_coalition, make_letter, make_person, make_user, sign_in
from tests.segments.asking import a, all_of, any_of, save

SEGMENTS = "/manage/night-buses/segments/"


def stored(coalition):
    with db.reading(coalition.id) as session:
        return session.scalars(select(Segment)).all()


@pytest.fixture
def ada(coalition):
    with db.transaction(coalition.id):
        person = Person.remember(email="ada@example.org", given_name="Ada", family_name="Poe")
        person.city = "Long Beach"
    make_person(coalition, "ben@example.org", "Ben")
    return person


class TestAdd:
    def test_saves_groups_within_groups(self, coordinator, coalition, ada):
        answer = coordinator.post(
            SEGMENTS + "new",
            data={
                "name": "Long Beach",
                "subject": "people",
                "q.match": "all",
                "q.0.is": "city",
                "q.0.city": " Long  Beach ",
                "q.1.match": "any",
                "q.1.0.is": "has_email",
                "q.1.0.which": "any",
                "q.1.1.is": "recent_action",
                "q.1.1.days": "30",
                "q.1.1.not": "yes",
            },
        )

        assert answer.status_code == 303
        assert answer.location == SEGMENTS + "long-beach"
        [segment] = stored(coalition)
        assert segment.question == all_of(
            a("city", city="Long Beach"),
            any_of(a("has_email", which="any"), {**a("recent_action", days=30), "not": True}),
        )
        with db.reading(coalition.id) as session:
            assert [e.action for e in session.scalars(select(AuditEntry))] == ["segment.added"]
        page = coordinator.get(answer.location).text
        assert "1 person" in page
        assert "Ada Poe" in page

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"name": ""}, "Fill this in."),
            ({"q.0.is": "city"}, "City: Fill this in."),
            ({"q.0.is": "city", "q.0.city": "x" * 201}, "At most 200 characters"),
            ({"q.0.is": "language", "q.0.language": "xx"}, "Choose one of the values offered."),
            ({"q.0.is": "signed_letter", "q.0.letter": "x"}, "Choose one of the values"),
            ({"q.0.is": "recent_action", "q.0.days": "0"}, "from 1 to 3650"),
            (
                {"q.0.is": "last_action", "q.0.when": "since", "q.0.day": "soon"},
                "year-month-day",
            ),
            ({"q.0.is": "magic"}, "belongs to a plugin that is switched off"),
            ({"q.match": "some"}, "Choose one of the values offered."),
            ({"q.0.match": "any"}, "This group is empty."),
            ({f"q{'.0' * n}.match": "all" for n in range(1, 5)}, "4 deep"),
        ],
    )
    def test_says_what_is_wrong_beside_it(self, coordinator, coalition, fields, said):
        answer = coordinator.post(
            SEGMENTS + "new", data={"name": "Mine", "subject": "people", **fields}
        )

        assert answer.status_code == 422
        assert said in answer.text
        assert stored(coalition) == []

    def test_refuses_more_conditions_than_anybody_reads(self, coordinator, coalition):
        many = {f"q.{n}.is": "city" for n in range(51)}
        cities = {f"q.{n}.city": "X" for n in range(51)}

        answer = coordinator.post(SEGMENTS + "new", data={"name": "M", **many, **cities})

        assert answer.status_code == 422
        assert "too much for one question" in answer.text

    def test_is_not_for_viewers(self, viewer, coalition):
        assert viewer.get(SEGMENTS + "new").status_code == 403
        assert viewer.post(SEGMENTS + "new", data={"name": "M"}).status_code == 403
        assert viewer.post(SEGMENTS + "preview").status_code == 403


class TestButtons:
    def test_add_a_condition_where_they_stand(self, coordinator, coalition):
        page = coordinator.post(
            SEGMENTS + "new",
            data={
                "name": "Half written",
                "q.match": "any",
                "q.0.match": "none",
                "new:q.0": "city",
                "new:q": "tag",
                "do": "add:q.0",
            },
        ).text

        assert 'name="q.0.0.city"' in page
        assert 'value="Half written"' in page
        assert 'name="q.1.tag"' not in page
        assert "Fill in" in page
        assert stored(coalition) == []

    def test_remove_what_they_stand_in(self, coordinator, coalition):
        page = coordinator.post(
            SEGMENTS + "new",
            data={
                "q.0.is": "city",
                "q.0.city": "Here",
                "q.1.is": "city",
                "q.1.city": "There",
                "do": "remove:q.0",
            },
        ).text

        assert "There" in page
        assert 'value="Here"' not in page
        assert 'name="q.1.city"' not in page

    @pytest.mark.parametrize(
        "do", ["add:q.9.9", "remove:q.7", "remove:q", "dance", "add:", "remove:q.x"]
    )
    def test_that_nobody_offered_do_nothing(self, coordinator, coalition, do):
        sent = {"q.0.is": "city", "q.0.city": "Here", "do": do, "new:q.9.9": "city"}

        answer = coordinator.post(SEGMENTS + "new", data=sent)

        assert answer.status_code == 200
        assert 'value="Here"' in answer.text


class TestPreview:
    def test_counts_while_one_writes(self, coordinator, ada):
        page = coordinator.post(
            SEGMENTS + "preview",
            data={"subject": "people", "q.0.is": "city", "q.0.city": "Long Beach"},
        ).text

        assert "People who live in Long Beach." in page
        assert "1 person" in page
        assert "<html" not in page

    def test_says_what_is_missing(self, coordinator, ada):
        page = coordinator.post(
            SEGMENTS + "preview", data={"subject": "people", "q.0.is": "city"}
        ).text

        assert "Fill in each condition" in page


class TestShow:
    def test_says_why_a_question_cannot_be_asked_any_more(self, coordinator, coalition):
        letter = make_letter(coalition)
        save(coalition, "Signed", all_of(a("signed_letter", letter=str(letter.id))))
        with db.transaction(coalition.id) as session:
            session.delete(session.get(Letter, letter.id))

        for address in (SEGMENTS, SEGMENTS + "signed", SEGMENTS + "signed/edit"):
            page = coordinator.get(address)
            assert page.status_code == 200
        assert "does not exist any more" in coordinator.get(SEGMENTS).text
        assert "does not exist any more" in coordinator.get(SEGMENTS + "signed").text

    def test_lets_viewers_look_and_change_nothing(self, viewer, coalition, ada):
        save(coalition, "All", all_of())

        page = viewer.get(SEGMENTS + "all").text

        assert "2 people" in page
        assert "Change the question" not in page
        assert viewer.post(SEGMENTS + "all/removal").status_code == 403

    def test_is_not_there_for_other_coalitions(self, app, coalition, without_csrf):
        save(coalition, "All", all_of())
        trams = make_coalition("trams", "Tram Friends")
        db.session.expunge_all()
        stranger = sign_in(app.test_client(), make_user("t@example.net", trams, "coordinator"))

        for address in ("/manage/trams/segments/all", SEGMENTS + "all"):
            assert stranger.get(address).status_code == 404

    def test_leads_to_the_list_of_its_people(self, coordinator, coalition, ada):
        save(coalition, "Long Beach", all_of(a("city", city="Long Beach")))

        page = coordinator.get("/manage/night-buses/people/?segment=long-beach").text

        assert "Ada Poe" in page
        assert "Ben" not in page
        assert "Only people in the segment “Long Beach”" in page


class TestChange:
    def test_keeps_the_address_and_shows_what_is_stored(self, coordinator, coalition):
        save(coalition, "Long Beach", all_of(a("city", city="Long Beach")))
        page = coordinator.get(SEGMENTS + "long-beach/edit").text
        assert 'name="q.0.city"' in page

        answer = coordinator.post(
            SEGMENTS + "long-beach/edit",
            data={"name": "Culver City", "q.0.is": "city", "q.0.city": "Culver City"},
        )

        assert answer.location == SEGMENTS + "long-beach"
        with db.reading(coalition.id):
            found = segment_by_slug("long-beach")
            assert (found.name, found.question["of"][0]["city"]) == (
                "Culver City",
                "Culver City",
            )

    def test_refuses_a_circle_in_words(self, coordinator, coalition):
        first = save(coalition, "First", all_of())
        save(coalition, "Second", all_of(a("segment", segment=str(first.id))))
        with db.reading(coalition.id):
            second = segment_by_slug("second")

        answer = coordinator.post(
            SEGMENTS + "first/edit",
            data={"name": "First", "q.0.is": "segment", "q.0.segment": str(second.id)},
        )

        assert answer.status_code == 422
        assert "“First” would ask about itself" in answer.text


class TestRemove:
    def test_asks_first_and_then_forgets(self, coordinator, coalition):
        save(coalition, "All", all_of())

        assert (
            "Only the question is forgotten" in coordinator.get(SEGMENTS + "all/removal").text
        )
        assert coordinator.post(SEGMENTS + "all/removal").status_code == 303
        assert stored(coalition) == []

    def test_says_which_segment_needs_it(self, coordinator, coalition):
        first = save(coalition, "First", all_of())
        save(coalition, "Second", all_of(a("segment", segment=str(first.id))))

        answer = coordinator.post(SEGMENTS + "first/removal", follow_redirects=True)

        assert "“Second” asks about “First”" in answer.text
        assert len(stored(coalition)) == 2


class TestOrganizations:
    def test_are_asked_about_with_conditions_of_their_own(self, coordinator, coalition):
        page = coordinator.get(SEGMENTS + "new?about=organizations").text

        assert "Which organizations?" in page
        assert '<option value="standing">' in page
        assert '<option value="tag">' not in page
        answer = coordinator.post(
            SEGMENTS + "new",
            data={
                "name": "Members",
                "subject": "organizations",
                "q.0.is": "standing",
                "q.0.standing": "active",
            },
        )
        assert "0 organizations" in coordinator.get(answer.location).text
