"""Keeping the counts: make the rows of given signatures agree with their present state.

Facts only say which signatures to look at. What they are now is read from the signatures
themselves, so facts may come late, twice or in another order. One statement finds the
difference between what was counted and what counts, stores it and adds it to the rollups.
The rows in `LetterTotal` are locked first, in order of their ids: of two workers with facts
about one letter the second waits, then sees all that the first has stored.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text

from coalition.sdk import SignatureEvent, current_coalition_id, session
from coalition_signature_counting.milestones import note_milestones

# What is read of a signature.
COLUMNS = """id, letter_id, kind, state, organization_name, organization_id, city, source_code,
    created_at, confirmed_at, decided_at"""

# Of the rows of signatures in `asked`, those that count, with what they are counted under.
# City: spelled in small letters with single spaces. Day: in the letter's own time zone, of the
# moment from which the signature counts. Family: the topmost organization.
PRESENT = """
    tree AS (
        SELECT o.id AS organization_id, o.id AS family_id, o.parent_id, 0 AS depth
        FROM organizations o
        WHERE o.id IN (SELECT organization_id FROM asked)
        UNION ALL
        SELECT tree.organization_id, o.id, o.parent_id, depth + 1
        FROM tree JOIN organizations o ON o.id = tree.parent_id WHERE depth < 20),
    families AS (
        SELECT DISTINCT ON (organization_id) organization_id, family_id
        FROM tree ORDER BY organization_id, depth DESC),
    zones AS (
        SELECT id, time_zone FROM letters WHERE id IN (SELECT letter_id FROM asked)),
    present AS (
        SELECT s.id, s.letter_id, s.kind,
            CASE WHEN s.kind = 'organization' THEN s.organization_id END AS organization_id,
            CASE WHEN s.kind = 'organization' THEN
                coalesce(families.family_id, s.organization_id, s.id) END AS family_id,
            s.kind = 'person' AND (s.organization_name <> '' OR s.organization_id IS NOT NULL)
                AS is_affiliated,
            nullif(lower(regexp_replace(btrim(normalize(s.city, NFKC)), '\\s+', ' ', 'g')), '')
                AS city,
            cast(timezone(zones.time_zone, CASE s.kind
                WHEN 'person' THEN coalesce(s.confirmed_at, s.decided_at, s.created_at)
                ELSE coalesce(s.decided_at, s.confirmed_at, s.created_at) END) AS date) AS day,
            nullif(s.source_code, '') AS source
        FROM asked s JOIN zones ON zones.id = s.letter_id
        LEFT JOIN families ON families.organization_id = s.organization_id
        WHERE s.state = 'approved' OR (s.state = 'confirmed' AND s.kind = 'person'))"""

# Two workers may add a letter's first row at once. Naming one unique index here would leave the
# other one to refuse the second worker.
_BEGIN = text("""
    INSERT INTO signature_counting_totals
        (id, coalition_id, organizations, families, people, affiliated_people)
    SELECT id, coalition_id, 0, 0, 0, 0 FROM letters
    WHERE id = ANY(cast(:letters AS uuid[])) ORDER BY id
    ON CONFLICT DO NOTHING""")
_LOCK = text("""
    SELECT id FROM signature_counting_totals
    WHERE id = ANY(cast(:letters AS uuid[])) ORDER BY id FOR UPDATE""")

# LATERAL with a LIMIT looks up each id by its index, whatever the planner thinks of row security.
_AGREE = text(f"""
    WITH RECURSIVE ids AS (SELECT DISTINCT unnest(cast(:signatures AS uuid[])) AS id),
    asked AS (
        SELECT s.* FROM ids JOIN LATERAL (
            SELECT {COLUMNS} FROM signatures WHERE id = ids.id LIMIT 1) AS s ON true),
    {PRESENT},
    was AS (
        SELECT c.id, c.letter_id, c.kind, c.organization_id, c.family_id, c.is_affiliated,
            c.city, c.day, c.source
        FROM ids JOIN LATERAL (
            SELECT * FROM signature_counting_signatures WHERE id = ids.id LIMIT 1) AS c ON true),
    fresh AS (SELECT * FROM present EXCEPT SELECT * FROM was),
    stale AS (SELECT * FROM was EXCEPT SELECT * FROM present),
    stored AS (
        INSERT INTO signature_counting_signatures
            (id, coalition_id, letter_id, kind, organization_id, family_id, is_affiliated,
             city, day, source)
        SELECT id, cast(:coalition AS uuid), letter_id, kind, organization_id, family_id,
            is_affiliated, city, day, source
        FROM fresh
        ON CONFLICT (id) DO UPDATE SET organization_id = excluded.organization_id,
            family_id = excluded.family_id, is_affiliated = excluded.is_affiliated,
            city = excluded.city, day = excluded.day, source = excluded.source),
    removed AS (
        DELETE FROM signature_counting_signatures
        WHERE id IN (SELECT id FROM stale EXCEPT SELECT id FROM fresh)),
    moved AS (SELECT *, 1 AS step FROM fresh UNION ALL SELECT *, -1 FROM stale),
    steps AS (
        SELECT letter_id, dimension, key, sum(step) AS step
        FROM moved CROSS JOIN LATERAL (VALUES
            ('kind', kind), ('city', city), ('day', to_char(day, 'YYYY-MM-DD')),
            ('source', source), ('family', cast(family_id AS text))) AS keys (dimension, key)
        WHERE key IS NOT NULL
        GROUP BY letter_id, dimension, key HAVING sum(step) <> 0),
    rolled AS (
        INSERT INTO signature_counting_rollups (id, coalition_id, letter_id, dimension, key, n)
        SELECT gen_random_uuid(), cast(:coalition AS uuid), letter_id, dimension, key, step
        FROM steps
        ON CONFLICT (letter_id, dimension, key)
            DO UPDATE SET n = signature_counting_rollups.n + excluded.n
        RETURNING letter_id, dimension, key, n),
    -- A family begins to count with its first chapter and ends with its last.
    families_moved AS (
        SELECT letter_id, count(*) FILTER (WHERE n > 0 AND n - step <= 0)
            - count(*) FILTER (WHERE n <= 0 AND n - step > 0) AS families
        FROM rolled JOIN steps USING (letter_id, dimension, key)
        WHERE dimension = 'family' GROUP BY letter_id),
    signatures_moved AS (
        SELECT letter_id,
            coalesce(sum(step) FILTER (WHERE kind = 'organization'), 0) AS organizations,
            coalesce(sum(step) FILTER (WHERE kind = 'person'), 0) AS people,
            coalesce(sum(step) FILTER (WHERE is_affiliated), 0) AS affiliated_people
        FROM moved GROUP BY letter_id),
    totaled AS (
        UPDATE signature_counting_totals t SET
            organizations = t.organizations + s.organizations,
            families = t.families + coalesce(f.families, 0),
            people = t.people + s.people,
            affiliated_people = t.affiliated_people + s.affiliated_people
        FROM signatures_moved s LEFT JOIN families_moved f USING (letter_id)
        WHERE t.id = s.letter_id)
    SELECT count(*) FROM rolled WHERE n = 0""")  # noqa: S608  constants of ours

# A city that nobody names any more is forgotten, like the signatory who named it.
_FORGET = text("""
    DELETE FROM signature_counting_rollups
    WHERE letter_id = ANY(cast(:letters AS uuid[])) AND n = 0""")


def count_facts(events: Sequence[SignatureEvent]) -> None:
    """Count what the facts are about; a fact told twice changes nothing."""
    if events:
        agree({each.letter_id for each in events}, {each.signature_id for each in events})


def agree(letter_ids: Collection[UUID], signature_ids: Collection[UUID]) -> None:
    """Make the counts agree with the present state of some signatures of these letters."""
    lock(letter_ids)
    emptied = session.execute(
        _AGREE,
        {"coalition": current_coalition_id(), "signatures": sorted(signature_ids)},
    ).scalar_one()
    if emptied:
        session.execute(_FORGET, {"letters": sorted(letter_ids)})
    note_milestones(letter_ids)


def lock(letter_ids: Collection[UUID]) -> None:
    """Let nobody else change the counts of these letters until the transaction ends."""
    for statement in (_BEGIN, _LOCK):
        session.execute(statement, {"letters": sorted(letter_ids)})
