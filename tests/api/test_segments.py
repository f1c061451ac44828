"""Segments for programs: saved, asked, changed, and what is refused."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.segments.compiling import MAX_WITHIN
from coalition.segments.conditions import Subject
from coalition.segments.models import MAX_SEGMENTS, Segment, segment_by_slug
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_person,
    make_signature,
)
from tests.segments.asking import a, all_of, any_of, none_of, save

NO_ID = "01920000-0000-7000-8000-000000000000"


def sent(question, **more):
    return {"name": "Riders", "question": question, **more}


def refused(answer):
    """Return the places that were refused, each with its sentence."""
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    return {place: said for place, [said] in answer.get_json()["errors"].items()}


class TestCreate:
    def test_saves_a_question_that_is_asked_at_once(self, api, coalition):
        letter = make_letter(coalition, title="Keep them")
        ada = make_person(coalition, "ada@example.org", "Ada")
        make_person(coalition, "ben@example.org", "Ben")
        make_signature(letter, "Ada", person_id=ada.id)
        question = all_of(a("signed_letter", letter=str(letter.id)))

        made = api.post("/segments", sent(question))

        assert made.status_code == 201
        assert made.headers["Location"].endswith("/segments/riders")
        assert made.get_json()["question"] == question
        assert made.get_json()["subject"] == "people"
        assert api.get("/segments/riders/count").get_json() == {
            "words": "People who signed “Keep them”.",
            "count": 1,
        }

    def test_has_the_tag_that_reading_gives_so_that_it_can_be_changed(self, api):
        question = all_of({"not": True, "city": "X", "is": "city"}, none_of())
        question["of"].pop()

        made = api.post("/segments", sent(question))

        assert made.headers["ETag"] == api.get("/segments/riders").headers["ETag"]

    def test_again_with_the_same_key_saves_it_once(self, api):
        answers = [
            api.post("/segments", sent(all_of()), **{"Idempotency-Key": "k"}) for _ in range(2)
        ]

        assert answers[0].data == answers[1].data
        assert len(api.get("/segments").get_json()["records"]) == 1

    @pytest.mark.parametrize(
        ("question", "place", "said"),
        [
            (None, "question", "Fill this in."),
            ([], "question", "Send a JSON object here."),
            ({}, "question.match", "Choose one"),
            ({"match": "some", "of": []}, "question.match", "Choose one"),
            ({"match": ["all"], "of": []}, "question.match", "Choose one"),
            ({"match": "all"}, "question.of", "Send a list"),
            ({"match": "all", "of": [], "or": 1}, "question.or", "no such field"),
            (all_of("city"), "question.of.0", "Send a JSON object"),
            (all_of(all_of()), "question.of.0", "empty"),
            (all_of(a("magic")), "question.of.0", "“magic”"),
            (all_of(a(["city"])), "question.of.0.is", "Write text"),
            (all_of(a("city")), "question.of.0.city", "Fill this in."),
            (all_of(a("city", city={"x": 1})), "question.of.0.city", "Write text"),
            (all_of(a("city", city=True)), "question.of.0.city", "Write text"),
            (all_of(a("city", city=7)), "question.of.0.city", "Write text"),
            (all_of(a("city", city="x" * 201)), "question.of.0.city", "At most 200"),
            (all_of(a("city", city="X", town="Y")), "question.of.0.town", "no such field"),
            (all_of({**a("city", city="X"), "not": "yes"}), "question.of.0.not", "true or"),
            (all_of(any_of(a("recent_action", days="many"))), "question.of.0.of.0.days", "1"),
            (all_of(a("last_action", when="since", day="soon")), "question.of.0.day", "day"),
            (all_of(a("signed_letter", letter="x")), "question.of.0.letter", "Choose one"),
            (all_of(a("signed_letter", letter=NO_ID)), "question.of.0.letter", "Choose one"),
            (all_of(a("segment", segment=NO_ID)), "question.of.0.segment", "Choose one"),
            (
                all_of(a("letter_standing", letter=NO_ID, standing="far")),
                "question.of.0.standing",
                "Choose one",
            ),
            (all_of(*[a("city", city="X")] * 51), "question", "at most 50"),
            (
                all_of(all_of(all_of(all_of(all_of(a("city", city="X")))))),
                "question.of.0.of.0.of.0.of.0",
                "4 deep",
            ),
        ],
    )
    def test_says_what_is_wrong_and_where(self, api, question, place, said):
        errors = refused(api.post("/segments", sent(question)))

        assert said in errors[place]
        assert api.get("/segments").get_json()["records"] == []

    def test_refuses_a_body_nested_beyond_all_reason(self, api):
        question = "x"
        for _ in range(300):
            question = {"match": "all", "of": [question]}

        answer = api.post("/segments", sent(question))

        assert refused(answer)["question.of.0.of.0.of.0.of.0"].startswith(
            "Groups within groups"
        )

    def test_refuses_conditions_of_organizations_for_people(self, api):
        question = all_of(a("standing", standing="active"))

        assert "question.of.0" in refused(api.post("/segments", sent(question)))
        made = api.post("/segments", sent(question, subject="organizations"))
        assert made.status_code == 201

    def test_refuses_segments_that_lead_from_one_to_the_next_too_often(self, api, coalition):
        last = save(coalition, "First", all_of())
        for n in range(MAX_WITHIN + 1):
            made = api.post(
                "/segments",
                {"name": f"S{n}", "question": all_of(a("segment", segment=str(last.id)))},
            )
            if made.status_code != 201:
                break
            with db.reading(coalition.id):
                last = segment_by_slug(f"s{n}")

        assert n == MAX_WITHIN
        assert f"go {MAX_WITHIN} deep" in refused(made)["question"]

    def test_says_what_is_wrong_in_the_language_that_is_asked_for(self, api):
        errors = refused(api.post("/segments?lang=es", sent(all_of(a("city")))))

        assert errors["question.of.0.city"] == "Rellene este campo."

    def test_has_a_limit(self, api, coalition):
        with db.transaction(coalition.id) as session:
            for n in range(MAX_SEGMENTS):
                session.add(
                    Segment(name="x", slug=f"x-{n}", subject=Subject.PEOPLE, question=all_of())
                )

        answer = api.post("/segments", sent(all_of()))

        assert (answer.status_code, answer.get_json()["code"]) == (409, "too_many_segments")


class TestList:
    def test_gives_what_is_about_people_or_organizations(self, api, coalition):
        save(coalition, "Riders", all_of())
        save(coalition, "Groups", all_of(), Subject.ORGANIZATIONS)

        def slugs(path):
            return [each["slug"] for each in api.get(path).get_json()["records"]]

        assert slugs("/segments") == ["riders", "groups"]
        assert slugs("/segments?subject=organizations") == ["groups"]
        assert api.get("/segments?subject=dogs").status_code == 422


class TestChange:
    def test_asks_something_else_at_the_same_address(self, api, coalition):
        save(coalition, "Riders", all_of())
        question = any_of(a("city", city="Long Beach"))

        changed = api.patch("/segments/riders", {"name": "Beach", "question": question})

        assert changed.status_code == 200
        assert (changed.get_json()["slug"], changed.get_json()["name"]) == ("riders", "Beach")
        assert api.get("/segments/riders").get_json()["question"] == question
        with db.reading(coalition.id) as session:
            [entry] = session.scalars(select(AuditEntry).filter_by(action="segment.changed"))
            assert entry.actor_kind == "token"

    def test_leaves_what_is_not_sent(self, api, coalition):
        save(coalition, "Riders", all_of(a("city", city="X")))

        api.patch("/segments/riders", {"name": "Beach"})

        assert api.get("/segments/riders").get_json()["question"]["of"][0]["city"] == "X"

    def test_refuses_a_state_that_is_not_the_present_one(self, api, coalition):
        save(coalition, "Riders", all_of())
        before = api.get("/segments/riders").headers["ETag"]
        api.patch("/segments/riders", {"name": "Beach"})

        late = api.patch("/segments/riders", {"name": "Sea"}, match=before)
        blind = api.send("PATCH", "/segments/riders", {"name": "Sea"})

        assert (late.status_code, blind.status_code) == (412, 428)

    def test_refuses_a_circle(self, api, coalition):
        one = save(coalition, "One", all_of())
        two = save(coalition, "Two", all_of(a("segment", segment=str(one.id))))
        circle = all_of(a("segment", segment=str(two.id)))

        errors = refused(api.patch("/segments/one", {"question": circle}))

        assert "would ask about itself" in errors["question"]
        assert api.get("/segments/one").get_json()["question"] == all_of()

    def test_does_not_change_whom_it_is_about(self, api, coalition):
        save(coalition, "Riders", all_of())

        assert "subject" in refused(api.patch("/segments/riders", {"subject": "organizations"}))


class TestDelete:
    def test_forgets_the_question(self, api, coalition):
        save(coalition, "Riders", all_of())

        assert api.delete("/segments/riders").status_code == 204
        assert api.get("/segments/riders").status_code == 404

    def test_refuses_while_another_segment_asks_about_it(self, api, coalition):
        one = save(coalition, "One", all_of())
        save(coalition, "Two", all_of(a("segment", segment=str(one.id))))

        answer = api.delete("/segments/one")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "segment_in_use")


class TestCount:
    def test_says_why_a_question_cannot_be_asked_any_more(self, api, coalition):
        letter = make_letter(coalition)
        save(coalition, "Riders", all_of(a("signed_letter", letter=str(letter.id))))
        with db.transaction(coalition.id) as session:
            session.delete(session.merge(letter))

        for what in ("count", "sample"):
            answer = api.get(f"/segments/riders/{what}")
            assert (answer.status_code, answer.get_json()["code"]) == (409, "thing_gone")

    def test_speaks_the_language_that_is_asked_for(self, api, coalition):
        save(coalition, "Riders", all_of(a("city", city="X")))

        answer = api.get("/segments/riders/count?lang=es").get_json()

        assert answer == {"words": "Personas que viven en X.", "count": 0}


class TestSample:
    def test_names_some_and_notes_who_looked(self, api, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        ben = make_person(coalition, "ben@example.org", "Ben")
        save(coalition, "Riders", all_of())

        answer = api.get("/segments/riders/sample")

        assert answer.get_json()["count"] == 2
        assert answer.get_json()["records"] == [
            {"id": str(ben.id), "name": "Ben"},
            {"id": str(ada.id), "name": "Ada"},
        ]
        assert "example.org" not in answer.text
        with db.reading(coalition.id) as session:
            verbs = session.scalars(select(AuditEntry.action)).all()
        assert "people.viewed" in verbs

    def test_names_organizations(self, api, coalition):
        riders = make_organization("Riders United")
        make_signature(make_letter(coalition), "R", kind="organization", organization=riders)
        save(coalition, "Groups", all_of(), Subject.ORGANIZATIONS)

        answer = api.get("/segments/groups/sample").get_json()

        assert answer["records"] == [{"id": str(riders.id), "name": "Riders United"}]

    def test_is_not_for_a_token_that_may_only_count(self, api_of, coalition):
        save(coalition, "Riders", all_of())
        counting = api_of(coalition, "segments:read")

        assert counting.get("/segments/riders/count").status_code == 200
        assert counting.get("/segments/riders/sample").status_code == 403
        assert counting.post("/segments", sent(all_of())).status_code == 403


class TestConditions:
    def test_are_listed_with_what_they_need(self, api):
        records = api.get("/segment-conditions").get_json()["records"]

        told = {(each["subject"], each["name"]): each for each in records}
        [city] = told["people", "city"]["parameters"]
        letter, standing = told["organizations", "letter_standing"]["parameters"]
        assert (city["kind"], city["is_required"], city["options"]) == ("text", True, None)
        assert (letter["kind"], letter["options"]) == ("pick", None)
        assert {"value": "signed", "label": "signed"} in standing["options"]


class TestTenants:
    def test_do_not_see_or_ask_about_each_others_segments(self, api, api_of, coalition):
        make_person(coalition, "ada@example.org", "Ada")
        ours = save(coalition, "Riders", all_of())
        trams = make_coalition("trams", "Tram Friends")
        theirs = api_of(trams)

        assert theirs.get("/segments").get_json()["records"] == []
        for path in ("", "/count", "/sample"):
            assert theirs.get(f"/segments/riders{path}").status_code == 404
        anything = {"If-Match": "*"}
        changed = theirs.send("PATCH", "/segments/riders", {"name": "x"}, anything)
        removed = theirs.send("DELETE", "/segments/riders", None, anything)
        asked = theirs.post("/segments", sent(all_of(a("segment", segment=str(ours.id)))))
        assert (changed.status_code, removed.status_code) == (404, 404)
        assert "Choose one" in refused(asked)["question.of.0.segment"]
        letter = make_letter(coalition)
        asked = theirs.post(
            "/segments", sent(all_of(a("signed_letter", letter=str(letter.id))))
        )
        assert "Choose one" in refused(asked)["question.of.0.letter"]

    def test_count_their_own_people_under_the_same_address(self, api, api_of, coalition):
        make_person(coalition, "ada@example.org", "Ada")
        trams = make_coalition("trams", "Tram Friends")
        save(coalition, "Riders", all_of())
        save(trams, "Riders", all_of())

        assert api.get("/segments/riders/count").get_json()["count"] == 1
        assert api_of(trams).get("/segments/riders/count").get_json()["count"] == 0
