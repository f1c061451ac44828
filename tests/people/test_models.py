import pytest
from sqlalchemy import select

from coalition import db
from coalition.addresses import NotAnAddress
from coalition.people.errors import AddressTaken
from coalition.people.models import (
    EmailAddress,
    Person,
    Tag,
    person_by_email,
    remove_unused_tags,
)
from coalition.testing import make_coalition, make_person


class TestRemember:
    def test_adds_somebody_new(self, coalition):
        with db.transaction(coalition.id):
            person = Person.remember(
                email=" Ada@Example.ORG ", given_name="Ada", family_name="Lovelace"
            )

        assert person.name == "Ada Lovelace"
        with db.reading(coalition.id):
            assert person_by_email("ada@example.org").email == "Ada@example.org"

    def test_does_not_rename_somebody_known(self, coalition):
        first = make_person(coalition, "ada@example.org", "Ada")

        with db.transaction(coalition.id):
            again = Person.remember(email="ada+x@example.org", given_name="Mallory")

        assert again.id == first.id
        assert again.given_name == "Ada"

    def test_keeps_the_people_of_two_coalitions_apart(self, coalition):
        other = make_coalition("parks", "Parks")

        ours = make_person(coalition, "ada@example.org")
        theirs = make_person(other, "ada@example.org", "Augusta")

        assert ours.id != theirs.id
        with db.reading(coalition.id):
            assert person_by_email("ada@example.org").given_name == "Ada"

    def test_refuses_what_is_no_address(self, coalition):
        with pytest.raises(NotAnAddress):
            make_person(coalition, "ada at example.org")


class TestPersonByEmail:
    def test_finds_nobody_outside_a_coalition(self, coalition):
        make_person(coalition, "ada@example.org")

        with db.reading():
            assert person_by_email("ada@example.org") is None


class TestAddEmail:
    def test_makes_the_first_the_one_to_write_to(self, coalition):
        person = make_person(coalition, "ada@example.org")

        with db.transaction(coalition.id) as session:
            person = session.get(Person, person.id)
            person.add_email("work@example.org")
            assert person.email == "ada@example.org"

            person.add_email("home@example.org", is_primary=True)
            assert person.email == "home@example.org"
            assert [each.is_primary for each in person.email_addresses].count(True) == 1

    def test_gives_a_known_one_back(self, coalition):
        person = make_person(coalition, "ada@example.org")

        with db.transaction(coalition.id) as session:
            session.get(Person, person.id).add_email("ADA@example.org")

        with db.reading(coalition.id) as session:
            assert len(session.scalars(select(EmailAddress)).all()) == 1

    def test_refuses_somebody_elses(self, coalition):
        make_person(coalition, "ada@example.org")
        grace = make_person(coalition, "grace@example.org", "Grace")

        with db.transaction(coalition.id) as session, pytest.raises(AddressTaken):
            session.get(Person, grace.id).add_email("ada@example.org")


class TestRemoveEmail:
    def test_lets_the_oldest_other_one_be_written_to(self, coalition):
        person = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id) as session:
            person = session.get(Person, person.id)
            person.add_email("work@example.org")
            person.remove_email(person.email_addresses[0].id)

        with db.reading(coalition.id):
            assert person_by_email("work@example.org").email == "work@example.org"
            assert person_by_email("ada@example.org") is None


class TestSetTags:
    def test_carries_exactly_these(self, coalition):
        person = make_person(coalition, "ada@example.org")

        for names in (["driver", "Night shift"], ["night  SHIFT", "volunteer"], []):
            with db.transaction(coalition.id) as session:
                session.get(Person, person.id).set_tags(names)
            with db.reading(coalition.id) as session:
                carried = {each.lower() for each in session.get(Person, person.id).tags}
            assert carried == {" ".join(name.lower().split()) for name in names}

    def test_leaves_unused_ones_to_be_removed(self, coalition):
        person = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id) as session:
            session.get(Person, person.id).set_tags(["driver", "volunteer"])
        with db.transaction(coalition.id) as session:
            session.get(Person, person.id).set_tags(["driver"])
            session.flush()
            remove_unused_tags()

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Tag.name)).all() == ["driver"]


class TestNote:
    def test_is_stored_sealed(self, coalition):
        person = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id) as session:
            session.get(Person, person.id).note("Prefers evenings.", author_id=None)

        db.session.remove()
        with db.reading(coalition.id) as session:
            [note] = session.get(Person, person.id).notes
            assert note.text == "Prefers evenings."
            assert b"evenings" not in note.text_sealed


class TestName:
    @pytest.mark.parametrize(
        ("given", "family", "key"),
        [("José", "Muñoz-Díaz", "munoz diaz"), ("Ada", "", ""), ("Zoë", "O’Neill", "o neill")],
    )
    def test_is_compared_in_plain_letters(self, coalition, given, family, key):
        with db.transaction(coalition.id):
            person = Person(given_name=given, family_name=family)

        assert person.family_key == key
