"""The documents of a campaign: listed, found by their words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape
from sqlalchemy import Row, select, text

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.documents.folding import ACCENTED, PLAIN, folded
from coalition.documents.models import Document, DocumentKind

SHOWN = 300
HITS_SHOWN = 50
_START, _STOP = "\x02", "\x03"  # no stored text holds them

# The best page of each document, else the document's own texts and claims. The words are
# looked for under both languages' stems, in Spanish also as they were typed: translations
# keep their accents.
_SEARCH = text(f"""
    WITH asked AS MATERIALIZED (
        SELECT websearch_to_tsquery('english', :folded)
            || websearch_to_tsquery('spanish', :folded)
            || websearch_to_tsquery('spanish', :words) AS query),
    mine AS (
        SELECT id, search FROM documents
        WHERE campaign_id = :campaign AND (is_public OR NOT :public)
            AND (cast(:kind AS text) IS NULL OR kind = :kind)),
    pages AS (
        SELECT DISTINCT ON (f.document_id) f.document_id AS id, p.text,
            CASE WHEN f.has_pages THEN p.number END AS page, ts_rank(p.search, query) AS rank
        FROM mine JOIN document_files f ON f.document_id = mine.id
        JOIN document_pages p ON p.file_id = f.id, asked
        WHERE p.search @@ query
        ORDER BY f.document_id, rank DESC, p.number),
    claims AS (
        SELECT DISTINCT ON (c.document_id) c.document_id AS id, c.page,
            c.claim || ' – ' || c.answer AS text, cast(0.1 AS real) AS rank
        FROM mine JOIN document_claims c ON c.document_id = mine.id, asked
        WHERE to_tsvector('english', c.claim || ' ' || c.answer) @@ query
            OR to_tsvector('spanish', c.claim || ' ' || c.answer) @@ query
            OR jsonb_to_tsvector('spanish', c.translations, '["string"]') @@ query
        ORDER BY c.document_id, c.position),
    hits AS (
        SELECT id, text, page, rank FROM pages
        UNION ALL SELECT id, text, page, rank FROM claims
        UNION ALL SELECT id, NULL, NULL, 2 * ts_rank(search, query)
            FROM mine, asked WHERE search @@ query),
    best AS (
        SELECT id, sum(rank) AS rank, (array_agg(text ORDER BY rank DESC)
                FILTER (WHERE text IS NOT NULL))[1] AS text,
            (array_agg(page ORDER BY rank DESC) FILTER (WHERE text IS NOT NULL))[1] AS page
        FROM hits GROUP BY id ORDER BY rank DESC, id LIMIT {HITS_SHOWN})
    SELECT id, text, page,
        ts_headline('english', translate(text, :accents, :plain), query, :options) AS english,
        ts_headline('spanish', translate(text, :accents, :plain), query, :options) AS spanish
    FROM best, asked ORDER BY rank DESC, id""")  # noqa: S608  a constant of ours
# What is in pointed brackets would be taken for a tag and left out of the excerpt.
_FROM, _TO = ACCENTED + "<>", PLAIN + "  "
_HEADLINE = f"StartSel={_START}, StopSel={_STOP}, MaxWords=35, MinWords=20"


@dataclass(frozen=True)
class Hit:
    """A document that was found: where the words stand, and on which page."""

    document: Document
    excerpt: Markup | None
    page: int | None


def documents(
    campaign: Campaign, *, kind: DocumentKind | None = None, public: bool = True
) -> Sequence[Document]:
    """Return the newest documents, those without a date last; `public` leaves out internal ones."""
    chosen = select(Document).filter_by(campaign_id=campaign.id)
    if public:
        chosen = chosen.filter_by(is_public=True)
    if kind is not None:
        chosen = chosen.filter_by(kind=kind)
    newest = chosen.order_by(Document.dated_on.desc().nulls_last(), Document.id.desc())
    return db.session.scalars(newest.limit(SHOWN)).all()


def document(campaign: Campaign, document_id: UUID, *, public: bool = True) -> Document | None:
    """Return a document of the campaign."""
    chosen = select(Document).filter_by(id=document_id, campaign_id=campaign.id)
    return db.session.scalar(chosen.filter_by(is_public=True) if public else chosen)


def search(
    campaign: Campaign, words: str, *, kind: DocumentKind | None = None, public: bool = True
) -> list[Hit]:
    """Return the documents in which words stand, the best first.

    Args:
        words: as in a search engine: "a phrase", -without, this or that.
        public: leave out internal documents.
    """
    rows = db.session.execute(
        _SEARCH,
        {
            "folded": folded(words),
            "words": words,
            "campaign": campaign.id,
            "public": public,
            "kind": kind.value if kind else None,
            "accents": _FROM,
            "plain": _TO,
            "options": _HEADLINE,
        },
    ).all()
    chosen = select(Document).where(Document.id.in_([row.id for row in rows]))
    by_id = {each.id: each for each in db.session.scalars(chosen)}
    return [Hit(by_id[row.id], _excerpt(row), row.page) for row in rows if row.id in by_id]


def _excerpt(row: Row[Any]) -> Markup | None:
    """Return where the words stand, marked, with the accents that the search took off."""
    if row.text is None:
        return None
    marked = row.english if _START in (row.english or "") else row.spanish
    bare = marked.replace(_START, "").replace(_STOP, "")
    at = row.text.translate(str.maketrans(_FROM, _TO)).find(bare)
    original = row.text[at : at + len(bare)] if at >= 0 else bare
    return Markup("").join(_marked(marked, iter(original)))


def _marked(marked: str, original: Iterator[str]) -> Iterator[Markup]:
    for character in marked:
        if character == _START:
            yield Markup("<mark>")
        elif character == _STOP:
            yield Markup("</mark>")
        else:
            yield escape(next(original))
