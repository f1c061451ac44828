"""Files are sealed where they lie, also those that lay there before."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.rows import namedtuple_row
from sqlalchemy.engine import make_url

from coalition import crypto, migrating
from coalition.migrating import CORE

CHAIN, TABLE = "email-outreach", "email_outreach_attachments"
FILES = {"ours": b"%PDF-1.7 \x00\xff our plan", "theirs": b"their plan"}


@pytest.fixture
def connection(installation, change_settings) -> Iterator[psycopg.Connection]:
    """Give a connection to a database in which files lie in clear."""
    with psycopg.connect(installation.database_url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS unsealed WITH (FORCE)")
        server.execute("CREATE DATABASE unsealed")
        url = make_url(installation.database_url).set(database="unsealed")
        address = url.render_as_string(hide_password=False)
        change_settings(DATABASE_URL=address)
        migrating.upgrade_to(CORE, "head")
        migrating.upgrade_to(CHAIN, "0001")
        with psycopg.connect(address, autocommit=True) as made:
            yield made
        server.execute("DROP DATABASE unsealed WITH (FORCE)")


def attach(connection: psycopg.Connection, slug: str, content: bytes) -> tuple[UUID, UUID]:
    """Store a file of a new coalition as it was stored before; return both ids."""
    coalition_id, mailing_id, file_id = uuid4(), uuid4(), uuid4()
    with connection.transaction():
        connection.execute("SET LOCAL ROLE coalition_platform")
        connection.execute(
            "INSERT INTO coalitions (id, slug, name, about, language, time_zone, is_sample,"
            " translations, created_at) VALUES (%s, %s, %s, '', 'en', 'UTC', false, '{}', now())",
            [coalition_id, slug, slug],
        )
        connection.execute(
            "INSERT INTO data_keys (id, coalition_id, wrapped_key, wrapped_index_key, created_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, now())",
            [coalition_id, *(crypto.wrap(AESGCM.generate_key(256)) for _ in range(2))],
        )
        connection.execute(
            "INSERT INTO email_outreach_mailings (id, coalition_id, name, purpose, language,"
            " in_doubt, delay_hours, test_percent, test_hours, revision, created_at, status,"
            " clock) VALUES (%s, %s, 'News', 'x', 'en', 'hold', 0, 0, 0, 1, now(), 'draft',"
            " 'coalition')",
            [mailing_id, coalition_id],
        )
        connection.execute(
            f"INSERT INTO {TABLE} (id, coalition_id, mailing_id, name, kind, content)"
            " VALUES (%s, %s, %s, 'plan.pdf', 'application/pdf', %s)",
            [file_id, coalition_id, mailing_id, content],
        )
    return coalition_id, file_id


def keys_of(connection: psycopg.Connection, coalition_id: UUID) -> crypto.Keyring:
    with connection.transaction(), connection.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute("SET LOCAL ROLE coalition_platform")
        cursor.execute("SELECT * FROM data_keys WHERE coalition_id = %s", [coalition_id])
        return crypto.unwrapped(coalition_id, cursor.fetchall())


def stored(connection: psycopg.Connection, file_id: UUID, columns: str) -> tuple:
    with connection.transaction():
        connection.execute("SET LOCAL ROLE coalition_platform")
        found = connection.execute(f"SELECT {columns} FROM {TABLE} WHERE id = %s", [file_id])
        return found.fetchone()


class TestSealColumn:
    def test_seals_the_files_of_each_coalition_with_its_own_key(self, connection):
        ids = {slug: attach(connection, slug, content) for slug, content in FILES.items()}

        migrating.upgrade_to(CHAIN, "0002")

        for slug, (coalition_id, file_id) in ids.items():
            sealed, size = stored(connection, file_id, "content_sealed, size_bytes")
            assert b"plan" not in sealed
            assert size == len(FILES[slug])
            ring = keys_of(connection, coalition_id)
            opened = ring.open_bytes(sealed, f"{TABLE}.content_sealed", file_id)
            assert opened == FILES[slug]

    def test_can_be_taken_back(self, connection):
        _, file_id = attach(connection, "ours", FILES["ours"])
        migrating.upgrade_to(CHAIN, "0002")

        migrating.downgrade(CHAIN, "0001")

        assert stored(connection, file_id, "content") == (FILES["ours"],)

    def test_changes_nothing_without_the_right_key_and_says_so(
        self, connection, change_settings
    ):
        _, file_id = attach(connection, "ours", FILES["ours"])
        change_settings(COALITION_ENCRYPTION_KEYS=Fernet.generate_key().decode())

        [outcome] = [each for each in migrating.upgrade() if each.chain == CHAIN]

        assert "COALITION_ENCRYPTION_KEYS does not open" in outcome.problem
        assert stored(connection, file_id, "content") == (FILES["ours"],)
