"""The demonstration in Spanish: what its records say is said in both languages."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.campaigns.reasons import Reason
from coalition.campaigns.updates import CampaignUpdate
from coalition.coalitions.models import coalition_by_slug
from coalition.documents.models import Document, DocumentClaim
from coalition.samples.loading import CITIES, LIBRARY
from coalition.testing import load_sample

NAMES = {"target"}  # what a public body is called is no text


@pytest.mark.parametrize("slug", [CITIES, LIBRARY])
def test_every_text_is_there_in_spanish(database, slug):
    load_sample()
    with db.reading():
        coalition = coalition_by_slug(slug)
    english, looked_at = [], 0
    with db.reading(coalition.id) as session:
        for kind in (Campaign, Reason, CampaignUpdate, Document, DocumentClaim):
            for row in session.scalars(select(kind)):
                looked_at += 1
                spanish = (row.translations or {}).get("es") or {}
                english += [
                    (kind.__name__, getattr(row, name))
                    for name in {*kind.WORDS} - NAMES
                    if getattr(row, name) and not spanish.get(name)
                ]

    assert looked_at >= 3
    assert english == []


def test_what_came_of_a_letter_is_told_in_the_language_of_the_page(client):
    sample = load_sample()

    page = client.get(f"/c/{sample.slug}/?lang=es").text

    assert "La Junta aprobó la orden por 4 votos contra 0" in page
    assert "The Board approved the order" not in page
