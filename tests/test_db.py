import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError

from coalition import config, db, events
from coalition.campaigns.models import Campaign
from coalition.coalitions.models import Coalition
from coalition.letters.events import LetterOpened
from coalition.people.models import Person
from coalition.testing import make_coalition


def people_in(coalition: Coalition) -> list[str]:
    with db.reading(coalition.id) as session:
        return list(session.scalars(select(Person.given_name).order_by(Person.given_name)))


class TestTransaction:
    def test_stores_what_the_block_wrote(self, coalition):
        with db.transaction(coalition.id) as session:
            session.add(Person(given_name="Ada"))

        assert people_in(coalition) == ["Ada"]

    def test_stores_and_tells_nothing_when_the_block_raises(self, coalition, recorded):
        with pytest.raises(ZeroDivisionError), db.transaction(coalition.id) as session:
            session.add(Person(given_name="Ada"))
            session.flush()
            events.record(LetterOpened(coalition_id=coalition.id, letter_id=uuid.uuid4()))
            raise ZeroDivisionError

        assert people_in(coalition) == []
        assert recorded() == []

    def test_stores_and_tells_nothing_when_the_commit_fails(self, coalition, recorded):
        with pytest.raises(sa.exc.IntegrityError), db.transaction(coalition.id) as session:
            session.add(Campaign(slug="parks", title="Parks"))
            session.flush()
            events.record(LetterOpened(coalition_id=coalition.id, letter_id=uuid.uuid4()))
            session.add(Campaign(slug="parks", title="Parks again"))  # seen at the commit

        assert recorded() == []
        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(Campaign)) == 0

    @pytest.mark.parametrize(
        "inner", [db.transaction, db.reading, db.snapshot, db.platform_transaction]
    )
    def test_does_not_nest(self, coalition, inner):
        with db.transaction(coalition.id), pytest.raises(RuntimeError, match="do not nest"):
            with inner():
                pass  # pragma: no cover

    def test_can_be_opened_again_after_one_that_failed(self, coalition):
        with pytest.raises(ZeroDivisionError), db.transaction(coalition.id):
            raise ZeroDivisionError

        with db.transaction(coalition.id) as session:
            session.add(Person(given_name="Ada"))

        assert people_in(coalition) == ["Ada"]

    def test_fills_in_whose_row_it_is(self, coalition):
        with db.transaction(coalition.id):
            person = Person(given_name="Ada")

        assert person.coalition_id == coalition.id
        assert person.id.version == 7


class TestReading:
    def test_refuses_to_write(self, coalition):
        with pytest.raises(InternalError, match="read-only transaction"):
            with db.reading(coalition.id) as session:
                session.execute(text("DELETE FROM people"))

    def test_refuses_what_the_session_would_flush(self, coalition):
        with pytest.raises(InternalError, match="read-only transaction"):
            with db.reading(coalition.id) as session:
                session.add(Person(given_name="Ada"))
                session.flush()

        assert people_in(coalition) == []

    def test_does_not_make_the_next_transaction_read_only(self, coalition):
        with db.reading(coalition.id):
            pass

        with db.transaction(coalition.id) as session:
            session.add(Person(given_name="Ada"))

        assert people_in(coalition) == ["Ada"]

    def test_refuses_to_record_a_fact(self, coalition):
        with (
            db.reading(coalition.id),
            pytest.raises(RuntimeError, match="outside a transaction"),
        ):
            events.record(LetterOpened(coalition_id=coalition.id, letter_id=uuid.uuid4()))


class TestSnapshot:
    def test_sees_one_instant(self, coalition, database):
        other = sa.create_engine(db.url_of(database.database_url))

        with db.snapshot(coalition.id) as session:
            before = session.scalar(select(func.count()).select_from(Person))
            with other.begin() as connection:
                connection.execute(
                    text(
                        "INSERT INTO people (id, coalition_id, given_name, family_name, given_key,"
                        " family_key, custom_fields, created_at) VALUES"
                        " (gen_random_uuid(), :id, 'Ada', '', '', '', '{}', now())"
                    ),
                    {"id": coalition.id},
                )
            during = session.scalar(select(func.count()).select_from(Person))

        other.dispose()
        assert before == during == 0
        assert people_in(coalition) == ["Ada"]


class TestNarrowed:
    def test_acts_as_a_coalition_for_the_length_of_the_block(self, coalition):
        other = make_coalition("parks", "Parks")

        with db.platform_transaction() as session:
            with db.narrowed(coalition.id):
                session.add(Person(given_name="Ada"))
            with db.narrowed(other.id):
                session.add(Person(given_name="Grace"))
                seen_inside = session.scalars(text("SELECT given_name FROM people")).all()
            seen_after = session.scalars(text("SELECT given_name FROM people")).all()

        assert seen_inside == ["Grace"]
        assert sorted(seen_after) == ["Ada", "Grace"]

    def test_does_not_turn_one_coalition_into_another(self, coalition):
        other = make_coalition("parks", "Parks")

        with (
            db.transaction(coalition.id),
            pytest.raises(RuntimeError, match="another coalition"),
        ):
            with db.narrowed(other.id):
                pass  # pragma: no cover


class TestErrors:
    def test_do_not_quote_a_row(self, coalition):
        with pytest.raises(DBAPIError) as raised, db.transaction(coalition.id) as session:
            session.execute(
                text("SELECT cast(:canary AS int)").bindparams(canary="canary@example.org")
            )

        said = str(raised.value).replace(str(raised.value.orig), "")
        assert "canary@example.org" not in said  # the driver's part never reaches a log


class TestLimits:
    def test_end_a_statement_that_takes_too_long(self, coalition):
        with pytest.raises(OperationalError, match="statement timeout"):
            with db.transaction(coalition.id) as session:
                session.execute(text("SET LOCAL statement_timeout = '50ms'"))
                session.execute(text("SELECT pg_sleep(5)"))

    def test_are_set_on_every_connection(self, coalition):
        with db.reading() as session:
            limits = {
                name: session.scalar(text(f"SHOW {name}"))
                for name in (
                    "statement_timeout",
                    "lock_timeout",
                    "idle_in_transaction_session_timeout",
                )
            }

        assert limits == {
            "statement_timeout": "5s",
            "lock_timeout": "2s",
            "idle_in_transaction_session_timeout": "30s",
        }


class TestExpectMany:
    def test_holds_until_the_transaction_ends(self, coalition):
        def limits():
            asked = text(
                "SELECT current_setting('statement_timeout'), current_setting('work_mem')"
            )
            return tuple(db.session.execute(asked).one())

        with db.reading(coalition.id):
            db.expect_many()
            assert limits() == ("1min", "32MB")
        with db.reading(coalition.id):
            assert limits() == ("5s", "4MB")


class TestRunAlone:
    def test_runs_in_a_coalitions_scope_and_leaves_none_behind(self, coalition):
        mine = db.run_alone(coalition.id, "SELECT current_setting('app.coalition_id')", {})

        assert mine == str(coalition.id)
        with db.engine().connect() as connection:
            left = connection.scalar(text("SELECT current_setting('app.coalition_id', true)"))
        assert not left

    def test_leaves_a_usable_pool_after_an_error(self, coalition):
        with pytest.raises(Exception, match="division by zero"):
            db.run_alone(coalition.id, "SELECT 1/0", {})

        assert db.run_alone(coalition.id, "SELECT %(number)s::int", {"number": 7}) == 7
        assert people_in(coalition) == []


class TestUrlOf:
    @pytest.mark.parametrize(
        "given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"]
    )
    def test_chooses_the_driver_and_keeps_the_password(self, given):
        assert db.url_of(given) == "postgresql+psycopg://u:p@h/d"

    @pytest.mark.parametrize("given", ["", "mysql://h/d", "sqlite:///x"])
    def test_refuses_anything_else_with_a_sentence(self, given):
        with pytest.raises(config.ConfigError, match="DATABASE_URL"):
            db.url_of(given)


class TestModels:
    def test_refuse_a_column_they_do_not_have(self, coalition):
        with db.transaction(coalition.id), pytest.raises(TypeError, match="no 'nickname'"):
            Person(given_name="Ada", nickname="Countess")
