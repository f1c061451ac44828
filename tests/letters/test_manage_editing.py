"""Tests of the letter's editor."""

import pytest

from coalition import db
from coalition.audit import AuditEntry
from coalition.letters.editing import revision_of
from coalition.letters.models import LetterState, letter_by_slug
from coalition.testing import make_coalition, make_letter, make_signature

SLUG = "keep-the-night-buses"
EDIT = f"/manage/night-buses/letters/{SLUG}/edit"
NEW = "/manage/night-buses/letters/new"


def written(**changes):
    """What a browser sends for a short letter."""
    return {
        "save": "yes",
        "kind": "sign_on_letter",
        "language": "en",
        "signatories": "both",
        "list_order": "alphabetical",
        "approval": "unproven",
        "time_zone": "America/Los_Angeles",
        "text_language": ["en"],
        "text_title": ["Keep the night buses"],
        "text_body": ["We ask you to **keep** the night buses."],
        "target_name": ["Jo Driver", "", ""],
        "target_office": ["Chair", "", ""],
        "target_body": ["Transit Board", "", ""],
        "target_position": ["1", "", ""],
        **changes,
    }


def revision(coalition):
    with db.reading(coalition.id):
        return revision_of(letter_by_slug(SLUG))


def stored(coalition, slug=SLUG):
    with db.reading(coalition.id) as session:
        letter = letter_by_slug(slug)
        if letter is not None:
            session.expunge(letter)
        return letter


class TestNew:
    def test_stores_a_draft_with_all_that_was_written(self, coordinator, coalition):
        answer = coordinator.post(
            NEW,
            data=written(
                text_language=["en", "es"],
                text_title=["Stop face scans!", "¡Alto!"],
                text_body=["Please.", "Por favor."],
                target_name=["Second", "First", ""],
                target_position=["2", "1", ""],
                goal="100",
                closes_at="2030-12-14T17:00",
                dated_on="2030-12-01",
            ),
        )

        assert answer.location == "/manage/night-buses/letters/stop-face-scans/"
        letter = stored(coalition, "stop-face-scans")
        assert letter.state == LetterState.DRAFT
        assert [text.title for text in letter.texts] == ["Stop face scans!", "¡Alto!"]
        assert [target.name for target in letter.targets] == ["First", "Second"]
        assert letter.goal == 100
        assert letter.closes_at.isoformat() == "2030-12-15T01:00:00+00:00"

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("slug", "No Spaces!", "Use small letters"),
            ("goal", "many", "whole number"),
            ("closes_at", "2030-02-30T10:00", "is not a date and time"),
            ("time_zone", "Mars/Base", "is not a time zone"),
            ("text_title", ["x" * 301], "At most 300 characters"),
            ("text_body", ["x" * 100_001], "At most 100000 characters"),
            ("target_name", ["x" * 201, "", ""], "At most 200 characters"),
            ("signatories", "martians", "Choose one"),
            ("campaign_id", "nonsense", "no such campaign"),
            ("closes_at", "1999-01-01T10:00", "is not a date and time"),
        ],
    )
    def test_shows_the_form_again_filled_in(self, coordinator, coalition, field, value, said):
        answer = coordinator.post(
            NEW,
            data=written(**{"slug": "night", field: value, "target_office": ["KEPT", "", ""]}),
        )

        assert answer.status_code == 422
        assert said in answer.text
        assert "KEPT" in answer.text
        assert stored(coalition, "night") is None

    def test_refuses_an_address_that_is_taken(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(NEW, data=written(slug=SLUG))

        assert answer.status_code == 409
        assert "Another letter uses the address" in answer.text

    def test_numbers_an_address_made_from_a_title_that_is_taken(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(NEW, data=written())

        assert answer.location == f"/manage/night-buses/letters/{SLUG}-2/"

    def test_allows_an_address_that_another_coalition_uses(self, coordinator, coalition):
        make_letter(make_coalition("trams", "Trams"))

        assert coordinator.post(NEW, data=written(slug=SLUG)).status_code == 303

    def test_says_that_a_time_which_the_clocks_skip_was_moved(self, coordinator, coalition):
        answer = coordinator.post(NEW, data=written(closes_at="2030-03-10T02:30"))

        page = coordinator.get(answer.location).text
        assert "moved forward to 2030-03-10 03:30" in page
        assert "10 Mar 2030, 03:30 PDT" in page

    def test_adds_rows_and_languages_without_storing(self, coordinator, coalition):
        data = written(add_target="yes", add_text="yes", new_language="es")
        del data["save"]

        answer = coordinator.post(NEW, data=data)

        assert answer.status_code == 200
        assert answer.text.count('name="target_name"') == 6
        assert answer.text.count('name="text_body"') == 2
        assert stored(coalition) is None

    def test_previews_without_storing(self, coordinator, coalition):
        data = written(preview="yes", text_body=["We **ask** <script>alert(1)</script>"])
        del data["save"]

        page = coordinator.post(NEW, data=data).text

        shown = page[page.index('id="preview"') :]
        assert "<strong>ask</strong>" in shown
        assert "<script>alert" not in page
        assert stored(coalition) is None


class TestPreview:
    def test_renders_only_the_text(self, coordinator):
        page = coordinator.post("/manage/night-buses/letters/preview", data=written()).text

        assert "<strong>keep</strong>" in page
        assert "<html" not in page


class TestEdit:
    def test_shows_what_is_stored(self, coordinator, coalition):
        make_letter(coalition, goal=7, opened=False)

        page = coordinator.get(EDIT).text

        assert "We ask you to **keep** the night buses." in page
        assert 'value="Jo Driver"' in page
        assert 'value="7"' in page

    def test_stores_changes_and_notes_which(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(
            EDIT,
            data=written(
                slug=SLUG, goal="50", target_name=["Ann", "Jo Driver"], target_office=["", "Chair"],
                target_body=["", "Transit Board"], target_position=["1", "2"],
                revision=revision(coalition),
            ),
        )  # fmt: skip

        assert answer.status_code == 303
        letter = stored(coalition)
        assert [target.name for target in letter.targets] == ["Ann", "Jo Driver"]
        with db.reading(coalition.id) as session:
            noted = session.query(AuditEntry).filter_by(action="letter.changed").one()
        assert {"goal", "targets"} <= set(noted.fields)
        assert noted.actor_kind == "user"

    def test_does_not_overwrite_what_somebody_else_saved(self, coordinator, coalition):
        make_letter(coalition)
        seen = revision(coalition)
        coordinator.post(EDIT, data=written(slug=SLUG, goal="50", revision=seen))

        answer = coordinator.post(
            EDIT,
            data=written(slug=SLUG, goal="60", target_office=["MINE", "", ""], revision=seen),
        )

        assert answer.status_code == 409
        assert "Somebody else has changed this letter" in answer.text
        assert "MINE" in answer.text
        assert stored(coalition).goal == 50

    def test_asks_before_a_signed_text_is_changed(self, coordinator, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Able")
        data = written(slug=SLUG, text_body=["New words."], revision=revision(coalition))

        refused = coordinator.post(EDIT, data=data)
        allowed = coordinator.post(EDIT, data={**data, "signed_text_too": "yes"})

        assert refused.status_code == 422
        assert "has signatures already" in refused.text
        assert allowed.status_code == 303
        assert stored(coalition).texts[0].body == "New words."
        with db.reading(coalition.id) as session:
            actions = [entry.action for entry in session.query(AuditEntry)]
        assert "letter.signed_text_changed" in actions

    def test_keeps_the_address_of_an_open_letter(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(
            EDIT, data=written(slug="another", revision=revision(coalition))
        )

        assert answer.status_code == 409
        assert stored(coalition) is not None

    def test_refuses_a_closing_time_in_the_past_while_open(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(
            EDIT,
            data=written(slug=SLUG, closes_at="2020-01-01T10:00", revision=revision(coalition)),
        )

        assert answer.status_code == 422
        assert "This time has passed" in answer.text

    def test_removes_a_language_and_an_addressee(self, coordinator, coalition):
        make_letter(coalition, opened=False)
        coordinator.post(
            EDIT,
            data=written(
                slug=SLUG, text_language=["en", "es"], text_title=["A", "B"], text_body=["a", "b"],
                revision=revision(coalition),
            ),
        )  # fmt: skip

        coordinator.post(
            EDIT,
            data=written(
                slug=SLUG, text_language=["en", "es"], text_title=["A", "B"], text_body=["a", "b"],
                remove_text="es", remove_target="0", revision=revision(coalition),
            ),
        )  # fmt: skip

        letter = stored(coalition)
        assert [text.language for text in letter.texts] == ["en"]
        assert letter.targets == []
