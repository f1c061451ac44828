"""Tests of finding documents by the words in them, in English and in Spanish."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.documents import queries
from coalition.documents.models import (
    Document,
    DocumentClaim,
    DocumentFile,
    DocumentKind,
    DocumentPage,
    TextState,
)
from coalition.documents.uploads import checked
from coalition.testing import make_campaign, make_coalition, make_document
from tests.documents.test_reading import pdf_of

SLIDES = pdf_of(
    "Welcome to the commission",
    "Facial recognition is not surveillance",
    "La policía usa cámaras de vigilancia en cada sesión",
)


@pytest.fixture
def campaign(coalition) -> Campaign:
    return make_campaign(coalition)


def found(campaign, words, **options):
    with db.reading(campaign.coalition_id):
        return queries.search(campaign, words, **options)


def titles(campaign, words, **options):
    return [hit.document.title for hit in found(campaign, words, **options)]


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "page"),
        [
            ("surveillance", 2),
            ("facial recognitions", 2),
            ('"not surveillance"', 2),
            ("vigilancia", 3),
            ("cámara", 3),
            ("camaras", 3),
            ("policia", 3),
            ("POLICÍAS", 3),
            ("sesion", 3),
            ("welcome -surveillance", 1),
        ],
    )
    def test_names_the_page_where_the_words_stand(self, campaign, run_jobs, words, page):
        make_document(campaign, "Slides", file=("slides.pdf", SLIDES))
        make_document(campaign, "Something else")
        run_jobs()

        [hit] = found(campaign, words)

        assert (hit.document.title, hit.page) == ("Slides", page)
        assert "<mark>" in hit.excerpt

    def test_shows_the_words_with_their_accents_and_nothing_as_markup(self, campaign, run_jobs):
        text = "Dijo: <b>la sesión</b> & la policía estaban de acuerdo.".encode()
        make_document(campaign, "Acta", file=("acta.txt", text))
        run_jobs()

        [hit] = found(campaign, "policia")

        assert "<mark>policía</mark>" in hit.excerpt
        assert "<b>" not in hit.excerpt
        assert hit.page is None

    @pytest.mark.parametrize("words", ["-", '"', "  ", "zebra", "' OR 1=1 --", "\u2028"])
    def test_finds_nothing_where_nothing_is(self, campaign, run_jobs, words):
        make_document(campaign, "Slides", file=("slides.pdf", SLIDES))
        run_jobs()

        assert found(campaign, words) == []

    def test_looks_into_titles_publishers_translations_and_claims(self, campaign):
        document = make_document(
            campaign, "Slides", agency="Long Beach Police Department", shows="How LACRIS works"
        )
        with db.transaction(campaign.coalition_id) as session:
            session.get_one(Document, document.id).translate("es", {"title": "Diapositivas"})
            session.add(
                DocumentClaim(
                    document_id=document.id, position=1, claim="It is audited", answer="Never."
                )
            )

        for words in ("slide", "beach", "lacris", "diapositiva", "audited"):
            assert titles(campaign, words) == ["Slides"], words

    def test_leaves_out_internal_documents_unless_they_are_asked_for(self, campaign):
        make_document(campaign, "Strategy", public=False)

        assert titles(campaign, "strategy") == []
        assert titles(campaign, "strategy", public=False) == ["Strategy"]

    def test_keeps_to_a_kind(self, campaign):
        make_document(campaign, "Night law", kind="law")
        make_document(campaign, "Night press", kind="press")

        assert titles(campaign, "night", kind=DocumentKind.LAW) == ["Night law"]

    def test_keeps_to_the_campaign_and_the_coalition(self, campaign, coalition, run_jobs):
        trams = make_campaign(make_coalition("trams", "Trams"))
        make_document(trams, "Theirs", file=("slides.pdf", SLIDES))
        make_document(make_campaign(coalition, "other"), "Other", file=("slides.pdf", SLIDES))
        run_jobs()

        assert titles(campaign, "surveillance", public=False) == []
        with db.reading(coalition.id):
            assert queries.search(trams, "surveillance", public=False) == []


class TestReadWords:
    def states(self, campaign):
        with db.reading(campaign.coalition_id) as session:
            return session.scalars(select(DocumentFile.text_state)).all()

    def test_says_what_came_of_it(self, campaign, run_jobs):
        make_document(campaign, file=("a.pdf", SLIDES))
        make_document(campaign, file=("b.pdf", pdf_of("")))
        make_document(campaign, file=("c.pdf", b"%PDF-1.7\nand then nothing"))
        before = self.states(campaign)

        run_jobs()

        assert set(before) == {TextState.WAITING}
        assert sorted(self.states(campaign)) == ["empty", "failed", "read"]

    def test_forgets_the_words_of_a_file_that_was_replaced(self, campaign, run_jobs):
        document = make_document(campaign, file=("a.pdf", SLIDES))
        run_jobs()

        with db.transaction(campaign.coalition_id) as session:
            session.get_one(Document, document.id).keep_file(checked("b.txt", b"Nothing new"))

        assert titles(campaign, "surveillance") == []
        with db.reading(campaign.coalition_id) as session:
            assert session.scalars(select(DocumentPage)).all() == []
