"""Tests of pasting a list of names, from the field to what is stored."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from coalition import db
from coalition.letters import queries
from coalition.letters.models import LetterState, Signatories, letter_by_slug
from coalition.letters.signatures import Signature, SignatureSource
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.testing import (
    make_letter,
    make_organization,
    make_signature,
    waiting_facts,
)

SLUG = "keep-the-night-buses"
PASTE = f"/manage/night-buses/letters/{SLUG}/paste/"
LISTS = Path(__file__).parents[3] / "shared" / "letters"
REAL = pytest.mark.skipif(not LISTS.is_dir(), reason="the real lists are not here")


def fields_of(page):
    """Read what a browser would send from the review's form; nothing chosen yet."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    sections = re.findall(r'name="section" value="(\d+)" checked', page)
    return {**hidden, "section": sections}


def paste(browser, text):
    """Send the field as a browser does; Werkzeug's client would leave a file open."""
    head = '--end\r\nContent-Disposition: form-data; name="names"\r\n\r\n'
    body = f"{head}{text}\r\n--end--\r\n".encode()
    return browser.post(PASTE, data=body, content_type="multipart/form-data; boundary=end")


def review(browser, text, **more):
    answer = paste(browser, text)
    assert answer.status_code == 200
    return answer.text, {**fields_of(answer.text), "evidence": "Sign-up sheet", **more}


def store(browser, data, **choices):
    return browser.post(f"{PASTE}review", data={**data, "store": "yes", **choices})


def to_decide(page):
    """Return the names of the fields in which somebody must be chosen."""
    part = page.partition("Who is meant?")[2].partition("</table>")[0]
    return re.findall(r'name="(choice-\d+)"', part)


def figures(page):
    return [int(number) for number in re.findall(r'class="figure"><strong>(\d+)', page)]


def count(coalition, kind=None):
    with db.reading(coalition.id) as session:
        letter = letter_by_slug(SLUG)
        statement = select(func.count(Signature.id)).filter_by(letter_id=letter.id)
        return session.scalar(statement.filter_by(kind=kind) if kind else statement)


class TestRead:
    def test_stores_nothing(self, coordinator, coalition):
        make_letter(coalition)

        page, _ = review(coordinator, "Bus Riders\nTram Riders")

        assert "Nothing is stored yet" in page
        assert figures(page)[0] == 2
        assert count(coalition) == 0

    @pytest.mark.parametrize(
        ("text", "status", "said"),
        [
            ("", 422, "No name was found"),
            ("---\n\n===", 422, "No name was found"),
            ("x\n" * 20_002, 413, "20,000"),
            ("ü" * 500_001, 413, "1,000,000"),
        ],
    )
    def test_says_the_limits(self, coordinator, coalition, text, status, said):
        make_letter(coalition)

        answer = paste(coordinator, text)

        assert answer.status_code == status
        assert said in answer.text

    def test_refuses_sections_that_the_letter_does_not_take(self, coordinator, coalition):
        make_letter(coalition, signatories=Signatories.ORGANIZATIONS)

        page, data = review(coordinator, "Organizations:\nBus Riders\nIndividuals:\nAda Able")
        store(coordinator, {**data, "section": ["1", "2"]})

        assert "This letter does not take them" in page
        assert count(coalition) == count(coalition, "organization") == 1

    def test_is_not_for_viewers(self, viewer, coalition):
        make_letter(coalition)

        assert paste(viewer, "Bus Riders").status_code == 403


class TestStore:
    def test_puts_names_under_the_letter(self, coordinator, coalition):
        make_letter(coalition)
        known = make_organization("Bus Riders Union")
        _, data = review(coordinator, "Bus Riders Union\nTram Riders | www.trams.org")

        answer = store(coordinator, data)

        assert answer.status_code == 303
        with db.reading(coalition.id) as session:
            letter = letter_by_slug(SLUG)
            listed = queries.listed_organizations(letter)
            assert [each.name for each in listed] == ["Bus Riders Union", "Tram Riders"]
            assert listed[0].organization_id == known.id
            assert listed[1].website == "https://www.trams.org"
            found = session.scalars(select(Signature)).all()
            assert {each.source for each in found} == {SignatureSource.PASTED}
            assert {each.evidence for each in found} == {"Sign-up sheet"}
            assert {each.email for each in found} == {None}
        facts = [fact for fact in waiting_facts() if fact.name == "signature.approved"]
        assert len(facts) == 2
        page = coordinator.get(answer.location).text
        assert "2 organizations were added to the letter. 1 of them is new" in page

    def test_needs_to_know_where_the_list_comes_from(self, coordinator, coalition):
        make_letter(coalition)
        _, data = review(coordinator, "Bus Riders", evidence="")

        answer = store(coordinator, data)

        assert answer.status_code == 422
        assert "Bus Riders" in answer.text
        assert count(coalition) == 0

    def test_asks_who_is_meant_and_remembers_the_spelling(self, coordinator, coalition):
        make_letter(coalition)
        known = make_organization("Mozilla Foundation")
        page, data = review(coordinator, "Mozilla")
        (choice,) = to_decide(page)

        asked = store(coordinator, data)
        answer = store(coordinator, data, **{choice: str(known.id)})

        assert asked.status_code == 422
        assert "Say for 1 more names who is meant" in asked.text
        assert answer.status_code == 303
        with db.reading(coalition.id) as session:
            assert session.scalar(select(Signature.organization_id)) == known.id
            assert session.scalar(select(OrganizationAlias.name)) == "Mozilla"

    @pytest.mark.parametrize(("chosen", "stored"), [("new", 1), ("leave_out", 0)])
    def test_does_as_chosen(self, coordinator, coalition, chosen, stored):
        make_letter(coalition)
        make_organization("Mozilla Foundation")
        page, data = review(coordinator, "Mozilla")
        (choice,) = to_decide(page)

        store(coordinator, data, **{choice: chosen})

        assert count(coalition) == stored

    def test_never_matches_foreign_letters_silently(self, coordinator, coalition):
        make_letter(coalition)
        make_organization("ACLU")

        page, data = review(coordinator, "АCLU")  # its first letter is Cyrillic
        answer = store(coordinator, data)

        assert len(to_decide(page)) == 1
        assert "foreign letters" in page
        assert answer.status_code == 422
        assert count(coalition) == 0

    def test_asks_about_foreign_letters_even_if_nobody_is_meant(self, coordinator, coalition):
        make_letter(coalition)
        page, data = review(coordinator, "Сhange Makers Union")  # its first letter is Cyrillic
        (choice,) = to_decide(page)

        refused = store(coordinator, data)
        answer = store(coordinator, data, **{choice: "new"})

        assert refused.status_code == 422
        assert answer.status_code == 303
        assert count(coalition) == 1

    def test_does_not_accept_an_organization_that_was_not_offered(self, coordinator, coalition):
        make_letter(coalition)
        make_organization("Mozilla Foundation")
        other = make_organization("Somebody Else")
        page, data = review(coordinator, "Mozilla")
        (choice,) = to_decide(page)

        answer = store(coordinator, data, **{choice: str(other.id)})

        assert answer.status_code == 422
        assert count(coalition) == 0

    def test_shows_the_review_again_if_the_directory_changed(self, coordinator, coalition):
        make_letter(coalition)
        _, data = review(coordinator, "Bus Riders")
        make_organization("Bus Riders")

        outdated = store(coordinator, data)
        answer = store(coordinator, {**fields_of(outdated.text), "evidence": "Sheet"})

        assert outdated.status_code == 409
        assert "Look at the list below once more" in outdated.text
        assert answer.status_code == 303
        with db.reading() as session:
            assert session.scalar(select(func.count(Organization.id))) == 1

    def test_twice_adds_nothing(self, coordinator, coalition):
        make_letter(coalition)
        text = "Bus Riders\nTram Riders"
        store(coordinator, review(coordinator, text)[1])

        page, data = review(coordinator, text)
        answer = store(coordinator, data)

        assert figures(page) == [0, 0, 2, 0]
        assert answer.status_code == 303
        assert count(coalition) == 2

    def test_adds_people_where_they_may_sign(self, coordinator, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Able")
        _, data = review(coordinator, "Individuals:\nAda Able\nBo Baker, Professor of Buses")

        store(coordinator, data)

        with db.reading(coalition.id):
            listed = queries.listed_people(letter_by_slug(SLUG))
        assert [each.name for each in listed] == ["Ada Able", "Bo Baker, Professor of Buses"]

    def test_refuses_a_letter_that_was_delivered(self, coordinator, coalition):
        make_letter(coalition)
        _, data = review(coordinator, "Bus Riders")
        with db.transaction(coalition.id):
            letter_by_slug(SLUG).state = LetterState.DELIVERED

        answer = store(coordinator, data)

        assert answer.status_code == 409
        assert count(coalition) == 0

    def test_says_so_when_the_hidden_list_is_broken(self, coordinator, coalition):
        make_letter(coalition)
        _, data = review(coordinator, "Bus Riders")

        answer = store(coordinator, {**data, "packed": "!!!"})

        assert answer.status_code == 422

    def test_takes_thousands_of_lines(self, coordinator, coalition):
        make_letter(coalition)
        text = "\n".join(f"Group {n:05d} of Somewhere" for n in range(2_000))
        _, data = review(coordinator, text)

        answer = store(coordinator, data)

        assert answer.status_code == 303
        assert count(coalition) == 2_000


@REAL
class TestRealLists:
    @staticmethod
    def text(start):
        (path,) = LISTS.glob(f"{start}-*.txt")
        return path.read_text(encoding="utf-8")

    @pytest.mark.parametrize(("start", "names"), [("02", 67), ("03", 127), ("04", 35)])
    def test_are_stored_whole(self, coordinator, coalition, start, names):
        make_letter(coalition)
        page, data = review(coordinator, self.text(start))

        answer = store(coordinator, data)

        assert to_decide(page) == []
        assert answer.status_code == 303
        assert count(coalition) == names

    def test_03_over_02_shows_new_known_and_missing(self, coordinator, coalition):
        make_letter(coalition)
        store(coordinator, review(coordinator, self.text("02"))[1])

        page, data = review(coordinator, self.text("03"))
        asked = to_decide(page)
        added, decide, there, missing = figures(page)
        answer = store(coordinator, data, **dict.fromkeys(asked, "new"))

        assert (there, added + decide, missing) == (66, 61, 1)
        assert (
            "Americans for Limited Government" in page.rpartition("Nothing happens to them")[2]
        )
        assert answer.status_code == 303
        assert count(coalition) == 67 + 61
