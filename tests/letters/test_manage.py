"""Tests of the coordinator's pages: at a glance, the list of letters, the life of a letter."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from coalition import db, jobs, page_cache
from coalition.clock import now
from coalition.letters import jobs as letter_jobs
from coalition.letters.models import LetterState, LetterText, letter_by_slug
from coalition.letters.signatures import SignatureState
from coalition.testing import (
    make_coalition,
    make_letter,
    make_signature,
    make_user,
    sign_in,
    waiting_facts,
)

SLUG = "keep-the-night-buses"
LETTER = f"/manage/night-buses/letters/{SLUG}"


def state_of(coalition):
    with db.reading(coalition.id):
        return letter_by_slug(SLUG).state


class TestAtAGlance:
    def test_shows_what_needs_attention_first(self, coordinator, coalition, monkeypatch):
        letter = make_letter(coalition, closes_at=now() + timedelta(days=2, hours=1), goal=80)
        make_signature(letter, "Bus Riders", kind="organization")
        make_signature(letter, "Ada Able")
        make_signature(
            letter, "Waiting Room", kind="organization", state=SignatureState.CONFIRMED
        )
        make_signature(letter, "Una Unsure", state=SignatureState.PENDING)
        make_letter(coalition, "a-draft", title="Unfinished", opened=False)
        # The factory tells nobody about its signatures, so no plugin has counted them.
        monkeypatch.setattr("coalition.letters.glance.plugins.ask_first", lambda *_, **__: None)

        page = coordinator.get("/manage/night-buses/").text

        needs = page[page.index("Needs attention") : page.index("Open letters")]
        assert needs.index("1 organization waits") < needs.index("Closes soon")
        assert needs.index("Closes soon") < needs.index("Unfinished")
        for shown in ("closes in 2 days", "2 of 80", "1 waiting for you", "1 unconfirmed"):
            assert shown in page
        assert "Bus Riders" in page[page.index("Newest signatures") :]

    def test_asks_the_database_few_questions(self, coordinator, coalition):
        for n in range(3):
            letter = make_letter(coalition, f"letter-{n}")
            make_signature(letter, f"Group {n}", kind="organization")
            make_letter(coalition, f"draft-{n}", opened=False)
        asked = []

        def note(_connection, _cursor, statement, *_more):
            asked.append(statement)

        event.listen(db.engine(), "after_cursor_execute", note)
        coordinator.get("/manage/night-buses/")
        event.remove(db.engine(), "after_cursor_execute", note)

        of_plugins = ("SAVEPOINT", "plugin", "email_outreach")
        own = [each for each in asked if not any(word in each for word in of_plugins)]
        assert 0 < len(own) <= 15

    def test_works_without_any_letter(self, viewer):
        answer = viewer.get("/manage/night-buses/")

        assert answer.status_code == 200
        assert "No letter is open." in answer.text

    def test_asks_strangers_to_sign_in(self, client, coalition):
        answer = client.get("/manage/night-buses/")

        assert answer.status_code == 303
        assert "/login" in answer.location


class TestLetters:
    def test_are_listed_by_state(self, viewer, coalition):
        make_letter(coalition, title="Open one")
        make_letter(coalition, "draft", title="Draft one", opened=False)

        page = viewer.get("/manage/night-buses/letters/").text

        assert page.index("Open one") < page.index("Draft one")

    @pytest.mark.parametrize(
        ("page", "said"), [("en", "English, Vietnamese"), ("es", "inglés, vietnamita")]
    )
    def test_say_their_languages_as_who_reads_the_page_does(
        self, viewer, coalition, page, said
    ):
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            text = LetterText(
                coalition_id=coalition.id, language="vi", title="Giữ xe buýt", body="Giữ."
            )
            session.merge(letter).texts.append(text)

        assert said in viewer.get(f"/manage/night-buses/letters/?lang={page}").text
        assert said in viewer.get(f"{LETTER}/?lang={page}").text


class TestEveryButton:
    PAGES = (
        (LETTER + "/", ("Close now", "Paste a list", "/edit")),
        ("/manage/night-buses/letters/", ("New letter",)),
    )

    def test_is_there_for_a_coordinator(self, coordinator, coalition):
        make_letter(coalition)
        for page, words in self.PAGES:
            text = coordinator.get(page).text
            assert [each for each in words if each in text] == list(words)

    def test_stands_once_in_the_menu_and_once_in_that_of_a_phone(self, coordinator, coalition):
        text = coordinator.get("/manage/night-buses/settings/").text
        for page in ("letters", "queue", "tasks", "team"):
            assert text.count(f'href="/manage/night-buses/{page}/"') == 2

    def test_leads_a_viewer_to_no_queue(self, viewer, coalition):
        text = viewer.get("/manage/night-buses/letters/").text
        assert 'href="/manage/night-buses/queue/"' not in text

    def test_is_not_shown_to_a_viewer_who_may_not_use_it(self, viewer, coalition):
        make_letter(coalition)
        for page, words in self.PAGES:
            text = viewer.get(page).text
            assert [each for each in words if each in text] == []


class TestOpening:
    def test_opens_a_draft(self, coordinator, coalition):
        make_letter(coalition, opened=False)

        answer = coordinator.post(f"{LETTER}/opening")

        assert (answer.status_code, answer.location) == (303, f"{LETTER}/")
        assert state_of(coalition) == LetterState.OPEN
        assert "The letter is open" in coordinator.get(f"{LETTER}/").text

    def test_says_why_not_when_the_closing_time_has_passed(self, coordinator, coalition):
        make_letter(coalition, opened=False, closes_at=now() - timedelta(hours=1))

        answer = coordinator.post(f"{LETTER}/opening")

        assert answer.status_code == 422
        assert "its closing time has passed" in answer.text
        assert state_of(coalition) == LetterState.DRAFT

    def test_refuses_a_form_without_its_token(self, client, coalition):
        make_letter(coalition, opened=False)
        sign_in(client, make_user("rosa@example.org", coalition))

        assert client.post(f"{LETTER}/opening").status_code == 400
        assert state_of(coalition) == LetterState.DRAFT

    def test_is_not_for_viewers(self, viewer, coalition):
        make_letter(coalition, opened=False)

        assert viewer.post(f"{LETTER}/opening").status_code == 403
        assert state_of(coalition) == LetterState.DRAFT


class TestClosingAndDelivery:
    def test_follow_each_other(self, coordinator, coalition):
        make_letter(coalition)

        closed = coordinator.post(f"{LETTER}/closing")
        delivered = coordinator.post(
            f"{LETTER}/delivery",
            data={"note": "By hand to Jo Driver", "at": "2026-11-01T10:00"},
        )

        assert (closed.status_code, delivered.status_code) == (303, 303)
        page = coordinator.get(f"{LETTER}/").text
        assert "By hand to Jo Driver" in page
        assert "1 Nov 2026, 10:00 PST" in page
        names = [fact.name for fact in waiting_facts()]
        assert names == ["letter.opened", "letter.closed", "letter.delivered"]

    def test_are_told_in_the_reader_s_language(self, coordinator, coalition, client):
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            for language in ("es", "vi"):
                text = LetterText(
                    coalition_id=coalition.id, language=language, title="Buses", body="Sí."
                )
                session.merge(letter).texts.append(text)
        coordinator.post(f"{LETTER}/closing")
        data = {"note": "By hand", "note_language": ["es", "vi"], "translation": ["A mano", ""]}
        assert coordinator.post(f"{LETTER}/delivery", data=data).status_code == 303

        def read(language):
            page_cache.forget()
            return client.get(
                f"/c/night-buses/letters/keep-the-night-buses?lang={language}"
            ).text

        assert '<p lang="en">By hand</p>' in read("en")
        assert '<p lang="es">A mano</p>' in read("es")
        with db.reading(coalition.id):
            assert letter_by_slug(letter.slug).delivery_note_in("vi") == "By hand"

        data = {"note_language": ["es", "vi", "en"], "translation": ["En mano", "Tận tay", "x"]}
        later = coordinator.post(f"{LETTER}/delivery/translations", data=data)
        assert later.status_code == 303
        assert '<p lang="es">En mano</p>' in read("es")
        assert '<p lang="en">By hand</p>' in read("en")
        assert "Tận tay" in coordinator.get(f"{LETTER}/").text

    def test_are_translated_by_coordinators_only(self, viewer, coalition):
        make_letter(coalition)

        assert viewer.post(f"{LETTER}/delivery/translations").status_code == 403

    def test_say_why_an_open_letter_cannot_be_delivered(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(f"{LETTER}/delivery", data={"note": "By post"})

        assert answer.status_code == 409
        assert "not possible while the letter is open" in answer.text

    def test_say_it_in_the_language_of_the_page(self, coordinator, coalition):
        make_letter(coalition)

        answer = coordinator.post(f"{LETTER}/delivery?lang=es", data={"note": "Por correo"})

        assert "la carta esté en el estado «abierta»" in answer.text

    def test_keep_the_note_when_the_time_is_none(self, coordinator, coalition):
        make_letter(coalition)
        coordinator.post(f"{LETTER}/closing")

        answer = coordinator.post(
            f"{LETTER}/delivery", data={"note": "By hand to Jo", "at": "some day"}
        )

        assert answer.status_code == 422
        assert "By hand to Jo" in answer.text
        assert state_of(coalition) == LetterState.CLOSED


class TestCloseDue:
    def test_closes_only_what_is_due_and_only_once(self, coalition):
        make_letter(coalition)
        trams = make_coalition("trams", "Trams")
        due = [make_letter(each, "due") for each in (coalition, trams)]
        for letter in due:
            with db.transaction(letter.coalition_id):
                letter_by_slug("due").closes_at = now() - timedelta(minutes=1)

        letter_jobs.close_due()
        letter_jobs.close_due()

        closed = [fact for fact in waiting_facts() if fact.name == "letter.closed"]
        assert {fact.letter_id for fact in closed} == {letter.id for letter in due}
        assert len(closed) == 2
        assert state_of(coalition) == LetterState.OPEN

    def test_is_a_periodic_task(self):
        assert "letters.close_due" in [task.name for task in jobs.periodic_tasks()]


class TestEveryPage:
    PATHS = (
        "",
        "letters/",
        "letters/new",
        f"letters/{SLUG}/",
        f"letters/{SLUG}/edit",
        f"letters/{SLUG}/signatures/",
        f"letters/{SLUG}/signatures/{{signature}}",
        f"letters/{SLUG}/exports",
        f"letters/{SLUG}/exports/contacts",
        f"letters/{SLUG}/letter.pdf",
        f"letters/{SLUG}/paste/",
        "queue/",
        "queue/{signature}",
    )

    @pytest.mark.parametrize("path", PATHS)
    def test_is_not_there_for_another_coalitions_coordinator(self, client, coalition, path):
        letter = make_letter(coalition, title="LEAK-title")
        signature = make_signature(letter, "LEAK-name", kind="organization")
        trams = make_coalition("trams", "Trams")
        sign_in(client, make_user("tram@example.org", trams))

        foreign = client.get(f"/manage/night-buses/{path}".format(signature=signature.id))
        own = client.get(f"/manage/trams/{path}".format(signature=signature.id))

        assert foreign.status_code == 404
        assert "LEAK" not in foreign.text + own.text
        if "{" in path or SLUG in path:
            assert own.status_code == 404

    @pytest.mark.parametrize("path", PATHS)
    def test_is_shown_to_a_coordinator(self, coordinator, coalition, path):
        letter = make_letter(coalition)
        signature = make_signature(letter, "Bus Riders", kind="organization")

        answer = coordinator.get(f"/manage/night-buses/{path}".format(signature=signature.id))

        assert answer.status_code == 200

    def test_shows_panels_of_plugins(self, coordinator, coalition, monkeypatch):
        make_letter(coalition)
        panel = type("Panel", (), {"title": "Weather", "html": "sunny <b>"})

        def asked(hook, **_):
            return [("x", panel)] if hook.endswith("panels") else []

        monkeypatch.setattr("coalition.letters.manage.plugins.ask_all", asked)

        page = coordinator.get(f"{LETTER}/").text

        assert "Weather" in page
        assert "sunny &lt;b&gt;" in page
