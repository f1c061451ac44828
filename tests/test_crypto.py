from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, text

from coalition import config, crypto, db
from coalition.commands.keys import check_keys, ensure_keys
from coalition.crypto import CannotOpen, DataKey
from coalition.people.models import Person, email_index, person_by_email
from coalition.testing import make_coalition, make_person

PLACE = "people.phone_sealed"


@pytest.fixture
def ring(coalition) -> crypto.Keyring:
    with db.reading(coalition.id):
        return crypto.keyring(coalition.id)


@pytest.fixture
def with_keys(database, change_settings):
    """Give a function that lets the process go on with other installation keys."""
    return lambda *keys: change_settings(COALITION_ENCRYPTION_KEYS=",".join(keys))


class TestSeal:
    def test_is_opened_by_the_same_place_only(self, ring):
        row_id = uuid4()
        sealed = ring.seal("+1 213 555 0142", PLACE, row_id)

        assert ring.open(sealed, PLACE, row_id) == "+1 213 555 0142"
        for place, row in ((PLACE, uuid4()), ("people.street_sealed", row_id)):
            with pytest.raises(CannotOpen):
                ring.open(sealed, place, row)

    def test_is_different_each_time(self, ring):
        row_id = uuid4()

        assert ring.seal("same", PLACE, row_id) != ring.seal("same", PLACE, row_id)

    @pytest.mark.parametrize("position", [0, 3, 8, 20, -1])
    def test_shows_every_changed_byte(self, ring, position):
        row_id = uuid4()
        sealed = bytearray(ring.seal("+1 213 555 0142", PLACE, row_id))
        sealed[position] ^= 1

        with pytest.raises(CannotOpen):
            ring.open(bytes(sealed), PLACE, row_id)

    def test_of_another_coalition_does_not_open(self, ring):
        other = make_coalition("parks", "Parks")
        with db.reading(other.id):
            others = crypto.keyring(other.id)
        row_id = uuid4()
        sealed = ring.seal("secret", PLACE, row_id)

        with pytest.raises(CannotOpen):
            others.open(sealed, PLACE, row_id)

    def test_survives_any_text(self, ring):
        row_id = uuid4()
        for value in ("", "Ñandú 🦩", "x" * 10_000):
            assert ring.open(ring.seal(value, PLACE, row_id), PLACE, row_id) == value


class TestSealedColumn:
    def test_does_not_open_in_another_row(self, coalition):
        ada = make_person(coalition, "ada@example.org")
        eve = make_person(coalition, "eve@example.org", "Eve")
        with db.transaction(coalition.id) as session:
            session.merge(ada).phone = "+1 213 555 0142"

        with db.transaction(coalition.id) as session:  # what somebody with SQL access might try
            session.execute(
                text(
                    "UPDATE people SET phone_sealed ="
                    " (SELECT phone_sealed FROM people WHERE id = :ada) WHERE id = :eve"
                ),
                {"ada": ada.id, "eve": eve.id},
            )
        db.session.remove()  # as between two requests

        with db.reading(coalition.id) as session:
            assert session.get(Person, ada.id).phone == "+1 213 555 0142"
            with pytest.raises(CannotOpen):
                _ = session.get(Person, eve.id).phone

    def test_keeps_nothing_for_nothing(self, coalition):
        with db.transaction(coalition.id):
            person = Person(given_name="Ada", phone=None)

        assert person.phone is None
        assert person.phone_sealed is None


class TestIndex:
    def test_is_equal_for_spellings_of_one_mailbox(self, coalition):
        with db.reading(coalition.id):
            indexes = {
                email_index(coalition.id, each)
                for each in ("ada.l@gmail.com", "AdaL+news@googlemail.com", "adal@gmail.com")
            }

        assert len(indexes) == 1

    def test_differs_between_coalitions(self, coalition):
        other = make_coalition("parks", "Parks")
        with db.reading(coalition.id):
            ours = email_index(coalition.id, "ada@example.org")
        with db.reading(other.id):
            theirs = email_index(other.id, "ada@example.org")

        assert ours != theirs

    def test_keeps_kinds_apart(self, ring):
        assert ring.index("email", "5550142") != ring.index("phone", "5550142")


class TestAddDataKey:
    def test_opens_what_the_old_key_sealed_and_seals_with_the_new(self, coalition, ring):
        row_id = uuid4()
        old = ring.seal("before", PLACE, row_id)
        with db.transaction(coalition.id):
            crypto.add_data_key(coalition.id)

        with db.reading(coalition.id):
            changed = crypto.keyring(coalition.id)

        assert changed.number > ring.number
        assert changed.open(old, PLACE, row_id) == "before"
        with pytest.raises(CannotOpen):
            ring.open(changed.seal("after", PLACE, row_id), PLACE, row_id)

    def test_still_finds_people(self, coalition):
        ada = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id):
            crypto.add_data_key(coalition.id)

        with db.reading(coalition.id):
            assert person_by_email("ADA@example.org").id == ada.id


class TestCoalitionHash:
    def test_stays_the_same_whichever_keys_are_replaced(
        self, coalition, with_keys, change_settings
    ):
        before = crypto.coalition_hash(coalition.id, "bounce", "x")
        with db.transaction(coalition.id):
            crypto.add_data_key(coalition.id)
        change_settings(SECRET_KEY="another")
        with_keys(Fernet.generate_key().decode(), config.current().encryption_keys[0])

        assert crypto.coalition_hash(coalition.id, "bounce", "x") == before

    def test_differs_by_coalition_and_purpose_and_is_no_blind_index(self, coalition, ring):
        other = make_coalition("parks", "Parks")

        made = {
            crypto.coalition_hash(coalition.id, "email", "x"),
            crypto.coalition_hash(coalition.id, "bounce", "x"),
            crypto.coalition_hash(other.id, "email", "x"),
            ring.index("email", "x"),
        }

        assert len(made) == 4

    def test_of_no_coalition_cannot_be_made(self, database):
        with pytest.raises(crypto.NoKeys):
            crypto.coalition_hash(uuid4(), "bounce", "x")


class TestInstallationKeys:
    def test_may_change_while_the_old_one_still_opens(self, coalition, with_keys):
        ada = make_person(coalition, "ada@example.org")
        old = config.current().encryption_keys[0]

        with_keys(Fernet.generate_key().decode(), old)
        other = make_coalition("parks", "Parks")

        with db.reading(coalition.id) as session:
            assert session.get(Person, ada.id).email == "ada@example.org"
        make_person(other, "grace@example.org")

    def test_of_another_installation_refuse_and_write_nothing(self, coalition, with_keys):
        make_person(coalition, "ada@example.org")

        with_keys(Fernet.generate_key().decode())

        with pytest.raises(CannotOpen, match="COALITION_ENCRYPTION_KEYS does not open"):
            check_keys()
        with pytest.raises(CannotOpen):
            make_person(coalition, "grace@example.org")
        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(Person)) == 1
            assert session.scalar(select(func.count()).select_from(DataKey)) == 1

    def test_are_asked_for_when_there_are_none(self, database, with_keys):
        with_keys("")

        with pytest.raises(config.ConfigError, match="COALITION_ENCRYPTION_KEYS is not set"):
            check_keys()

    def test_must_be_keys(self, database, with_keys):
        with_keys("not a key")

        with pytest.raises(config.ConfigError, match="32 bytes"):
            crypto.wrap(b"")


class TestEnsureKeys:
    def test_makes_them_once_and_for_nobody_else_to_read(self, tmp_path, change_settings):
        data_dir = tmp_path / "data"
        change_settings(
            SECRET_KEY=None, COALITION_ENCRYPTION_KEYS=None, COALITION_DATA_DIR=str(data_dir)
        )

        made, again = ensure_keys(data_dir), ensure_keys(data_dir)

        path = config.secrets_file(data_dir)
        assert (made, again) == (True, False)
        assert path.stat().st_mode & 0o077 == 0
        assert len(config.current().secret_keys[0]) >= 48


class TestKeyedHash:
    def test_keeps_purposes_apart(self, database):
        assert crypto.keyed_hash("mailbox", "ada") == crypto.keyed_hash("mailbox", "ada")
        assert crypto.keyed_hash("mailbox", "ada") != crypto.keyed_hash("origin", "ada")
