from uuid import uuid4

from sqlalchemy import select

from coalition import audit, db
from coalition.audit import Actor, AuditEntry
from coalition.letters.models import Letter
from coalition.testing import make_coalition, make_letter


def entries(coalition) -> list[AuditEntry]:
    with db.reading(coalition.id) as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


class TestRecord:
    def test_says_who_did_what_to_which_record(self, coalition):
        user = Actor("user", uuid4(), origin="web 7f3a")

        with audit.acting(user):
            letter = make_letter(coalition)

        line = entries(coalition)[-1]
        assert (line.actor_kind, line.actor_id, line.origin) == ("user", user.id, "web 7f3a")
        assert (line.action, line.subject_type, line.subject_id) == (
            "letter.opened",
            "letters",
            letter.id,
        )
        assert line.coalition_id == coalition.id

    def test_holds_names_of_fields_and_no_values(self, coalition):
        letter = make_letter(coalition, opened=False)

        with db.transaction(coalition.id) as session:
            audit.record("letter.edited", session.get(Letter, letter.id), ["title", "goal"])

        assert entries(coalition)[-1].fields == ["title", "goal"]

    def test_goes_with_the_transaction_that_fails(self, coalition):
        letter = make_letter(coalition, opened=False)
        before = len(entries(coalition))

        try:
            with db.transaction(coalition.id) as session:
                audit.record("letter.edited", session.get(Letter, letter.id))
                session.flush()
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass

        assert len(entries(coalition)) == before

    def test_is_read_by_its_own_coalition_only(self, coalition):
        other = make_coalition("parks", "Parks")
        make_letter(coalition)

        assert entries(coalition)
        assert entries(other) == []


class TestActing:
    def test_ends_with_the_block(self):
        before = audit.current_actor()
        with audit.acting(Actor("command")):
            assert audit.current_actor().kind == "command"

        assert audit.current_actor() == before
