"""What coordinators see and can do with mailings."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from coalition_email_outreach import queries, sending, series, triggers
from coalition_email_outreach.contents import Attachment, MailingText
from coalition_email_outreach.lifecycle import Clock, MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.recipients import Recipient
from coalition_email_outreach.triggers import Occasion
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from coalition.sdk import (
    ActionKind,
    Participation,
    ParticipationState,
    Party,
    Person,
    Segment,
    SegmentSubject,
    now,
    reading,
    sealed_bytes,
    session,
    transaction,
)
from coalition.testing import (
    make_action,
    make_coalition,
    make_letter,
    make_meeting,
    make_signature,
    make_user,
    sign_in,
    work_through,
)

from .conftest import begin, make_due, make_mailing, send, states
from .desk import FORM, LIST, change, make_begin, schedule, seen_on, send_now, stored, written

pytestmark = pytest.mark.usefixtures("no_csrf")


class TestList:
    def test_is_in_the_menu_and_offers_to_write(self, coordinator, coalition):
        page = coordinator.get(LIST).text

        assert 'href="/manage/night-buses/mailings/"' in page
        assert "Nothing was written yet" in page
        assert f"{LIST}new" in page

    def test_is_not_for_visitors_or_neighbours(self, client, coalition, app):
        other = make_coalition("parks", "Parks")
        stranger = sign_in(app.test_client(), make_user("s@example.org", other))
        mailing = make_mailing(coalition)

        assert client.get(LIST).status_code == 303
        for path in ("", "new", f"{mailing.id}/", f"{mailing.id}/preview"):
            assert stranger.get(LIST + path).status_code == 404
        theirs = f"/manage/parks/mailings/{mailing.id}/"
        assert stranger.get(theirs).status_code == 404
        assert stranger.post(f"{theirs}sending").status_code == 404

    def test_lets_viewers_look_and_not_touch(self, app, coalition):
        viewer = sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))
        mailing = make_mailing(coalition)
        here = f"{LIST}{mailing.id}/"

        assert "Send it now" not in viewer.get(here).text
        for act in ("sending", "pause", "stop", "approval", "tests", "removal"):
            assert viewer.post(here + act).status_code == 403

    def test_lets_viewers_find_recipients_by_name_only(
        self, app, coalition, coordinator, people
    ):
        people(3)
        viewer = sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))
        here = f"{LIST}{make_mailing(coalition).id}/preview"

        tried = {viewer.get(f"{here}?search=p{n}@example.org").text for n in (0, 1, 77)}

        assert len(tried) == 1  # who agreed is shown no otherwise than who is not there
        assert "by name or address" not in tried.pop()
        assert "As Ada1 Example gets it" in viewer.get(f"{here}?search=ada1").text
        found = coordinator.get(f"{here}?search=p1@example.org").text
        assert "As Ada1 Example gets it" in found
        assert "by name or address" in found


class TestWrite:
    def test_stores_a_draft_in_two_languages(self, coordinator, coalition):
        page = coordinator.post(
            f"{LIST}new",
            data={**FORM, "save": "", "add_text": "yes", "new_language": "es"} | {"save": None},
        )
        assert 'name="text_language" value="es"' in page.text

        written(
            coordinator,
            coalition,
            text_language=["en", "es"],
            text_subject=["News", "Noticias"],
            text_subject_b=["", ""],
            text_body=["Hello", "Hola"],
        )

        with reading(coalition.id):
            texts = {t.language: t.subject for t in session.scalars(select(MailingText))}
        assert texts == {"en": "News", "es": "Noticias"}

    @pytest.mark.parametrize(
        ("page", "said"),
        [("en", "<dt>Subject (Spanish)</dt>"), ("es", "<dt>Asunto (español)</dt>")],
    )
    def test_calls_languages_as_who_reads_the_page_does(
        self, coordinator, coalition, page, said
    ):
        here = written(
            coordinator,
            coalition,
            text_language=["en", "es"],
            text_subject=["News", "Noticias"],
            text_subject_b=["", ""],
            text_body=["Hello", "Hola"],
        )

        assert said in coordinator.get(f"{here}?lang={page}").text

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("name", "", "Fill this in"),
            ("purpose", "spam", "Choose one of the values"),
            ("segment", "nonsense", "Choose one of the values"),
            ("text_subject", "x" * 201, "At most 200 characters"),
            ("text_body", "x" * 50_001, "At most 50000 characters"),
            ("reply_to", "nobody", "is not an e-mail address"),
            ("test_percent", "101", "Write a whole number"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_written(
        self, coordinator, coalition, field, value, said
    ):
        answer = coordinator.post(f"{LIST}new", data=FORM | {field: value})

        assert answer.status_code == 422
        assert said in answer.text
        assert stored(coalition) is None
        if field != "text_body":
            assert "the buses** stay." in answer.text

    def test_stores_what_has_a_wrong_field_and_says_so(self, coordinator, coalition):
        here = written(coordinator, coalition, text_body="Dear {{salary}}")

        page = coordinator.get(here).text
        assert "There is no field “salary”" in page
        answer = send_now(coordinator, here)
        assert answer.status_code == 422
        assert stored(coalition).status == MailingStatus.DRAFT

    def test_refuses_what_somebody_else_changed_meanwhile(self, coordinator, second, coalition):
        here = written(coordinator, coalition)
        revision = str(stored(coalition).revision)
        change = FORM | {"revision": revision, "name": "Mine"}

        assert second.post(f"{here}edit", data=change).status_code == 303
        answer = coordinator.post(f"{here}edit", data=change | {"name": "Late"})

        assert answer.status_code == 409
        assert "Somebody else changed this mailing" in answer.text
        assert stored(coalition).name == "Mine"

    def test_is_checked_with_real_people_while_it_is_written(
        self, coordinator, coalition, people
    ):
        people(3)
        people(1, domain="nameless.example", given_name="")

        page = coordinator.post(
            f"{LIST}check", data=FORM | {"text_body": "Dear {{given_name}}"}
        ).text

        assert "1 person has no “given_name”" in page
        assert "Ada" in page
        wrong = coordinator.post(f"{LIST}check", data=FORM | {"text_body": "{{x}}"}).text
        assert "There is no field “x”" in wrong
        assert stored(coalition) is None

    def test_of_what_is_being_sent_is_refused_in_words(
        self, coordinator, coalition, people, at_any_hour
    ):
        people(1)
        here = written(coordinator, coalition)
        send_now(coordinator, here)

        for answer in (
            coordinator.get(f"{here}edit"),
            coordinator.post(f"{here}edit", data=FORM | {"revision": "1"}),
            coordinator.post(f"{here}files", data={"file": (BytesIO(b"hi"), "a.txt")}),
        ):
            assert answer.status_code == 409
            assert "so its text and audience stay as they are" in answer.text


class TestSegment:
    def test_says_who_gets_it(self, coordinator, coalition, people, sink, at_any_hour):
        for person in people(4)[:2]:
            with transaction(coalition.id):
                session.merge(person).city = "Burbank"
        with transaction(coalition.id):
            segment = Segment.save(
                name="Burbank",
                subject=SegmentSubject.PEOPLE,
                question={"match": "all", "of": [{"is": "city", "city": "Burbank"}]},
            )
        here = written(coordinator, coalition, segment=str(segment.id))

        assert "2 people would get it now" in coordinator.get(here).text
        send_now(coordinator, here)
        with transaction(coalition.id):  # too late for this mailing
            for person in session.scalars(select(Person)):
                person.city = "Burbank"
        send()

        assert sorted(sink.recipients) == ["p0@example.org", "p1@example.org"]

    def test_that_was_removed_is_said(self, coordinator, coalition, people):
        people(1)
        with transaction(coalition.id):
            segment = Segment.save(
                name="All", subject=SegmentSubject.PEOPLE, question={"match": "all", "of": []}
            )
        here = written(coordinator, coalition, segment=str(segment.id))
        with transaction(coalition.id):
            session.merge(segment).remove()

        assert "its segment was removed" in coordinator.get(here).text
        assert send_now(coordinator, here).status_code == 422


class TestPreview:
    def test_shows_the_mail_in_a_frame_without_scripts(self, coordinator, coalition, people):
        people(2, given_name="<b>Eve</b>")
        here = written(coordinator, coalition)

        page = coordinator.get(f"{here}preview")
        frame = coordinator.get(f"{here}preview.html?number=1")

        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        assert "sandbox" in frame.headers["Content-Security-Policy"]
        assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
        assert "&lt;b&gt;Eve&lt;/b&gt;" in frame.text
        assert "<b>Eve" not in frame.text
        assert 'name="color-scheme" content="light dark"' in frame.text
        assert "http" not in re.sub(
            r"http://localhost/\S+", "", frame.text
        )  # nothing is loaded
        assert "You get this because you agreed" in page.text

    def test_has_links_with_which_nobody_can_answer_for_a_recipient(
        self, coordinator, coalition, people
    ):
        people(1)
        here = written(coordinator, coalition)

        frame = coordinator.get(f"{here}preview.html").text

        links = re.findall(r"http://localhost(/(?:unsubscribe|preferences)/[^\s\"<]+)", frame)
        assert links
        for link in links:
            for answer in (coordinator.get(link), coordinator.post(link)):
                assert "This was a test" in answer.text
                assert "nothing was changed" in answer.text
        assert begin(make_mailing(coalition)) == 1

    def test_shows_a_made_up_person_to_an_empty_audience(self, coordinator, coalition):
        here = written(coordinator, coalition)

        assert "made-up person" in coordinator.get(f"{here}preview?number=x&subject=b").text

    def test_ends_at_the_last_person(self, coordinator, coalition, people):
        people(3)
        here = written(coordinator, coalition)

        pages = [coordinator.get(f"{here}preview?number={n}").text for n in range(4)]

        assert ['rel="next"' in page for page in pages] == [True, True, False, True]
        assert len({re.search(r"As (\S+) Example gets it", each)[1] for each in pages[:3]}) == 3

    def test_finds_a_person_by_name_among_those_who_get_it(
        self, coordinator, coalition, people
    ):
        people(3, first=10)
        with transaction(coalition.id):
            other = Person.remember(email="x@example.org", given_name="Ada99", family_name="No")
        here = written(coordinator, coalition)

        assert "As Ada11 Example gets it" in coordinator.get(f"{here}preview?search=ada11").text
        several = coordinator.get(f"{here}preview?search=example").text
        assert [f"Ada1{n} Example</a>" in several for n in range(3)] == [True] * 3
        for nobody in ("ada99", "x@example.org"):  # did not agree
            page = coordinator.get(f"{here}preview?search={nobody}").text
            assert "Nobody of that name would get it now" in page
        assert "Ada99" not in coordinator.get(f"{here}preview?person={other.id}").text

    def test_marks_what_is_shown_and_names_the_languages(self, coordinator, coalition, people):
        people(1, language="es")
        here = written(
            coordinator,
            coalition,
            text_language=["en", "es"],
            text_subject=["News", "Noticias"],
            text_subject_b=["Buses", "Autobuses"],
            text_body=["Hello", "Hola"],
            test_percent="10",
        )

        page = coordinator.get(f"{here}preview?subject=b").text

        assert re.findall(r'aria-current="true">([^<]+)<', page)[-2:] == [
            "Spanish",
            "Subject B",
        ]
        assert "<strong>Autobuses</strong>" in page

    @pytest.mark.parametrize("trigger", [triggers.MEETING, triggers.SIGNED])
    def test_of_a_series_is_about_what_comes_next(self, coordinator, coalition, trigger):
        here = written(
            coordinator,
            coalition,
            trigger=trigger,
            text_subject="{{meeting_title}}" if trigger == "meeting" else "{{letter_title}}",
        )
        assert "nothing yet that it could be about" in coordinator.get(f"{here}preview").text
        if trigger == "meeting":
            body = make_meeting(coalition).body
            make_meeting(coalition, body, day=(now() - timedelta(days=9)).date())
        else:
            make_letter(coalition)

        page = coordinator.get(f"{here}preview").text

        assert "[title of" not in page
        assert re.search(r"With what comes next[^<]*: \w", page)


class TestTest:
    def test_goes_to_who_is_signed_in_and_to_nobody_else(
        self, coordinator, coalition, people, mailbox
    ):
        people(2)
        here = written(coordinator, coalition)

        for _ in range(7):  # no quota for one's own mailbox
            assert coordinator.post(f"{here}tests").status_code == 303

        arrived = mailbox()
        assert {each.recipient for each in arrived} == {"coco@example.org"}
        assert len(arrived) == 7
        assert arrived[0].subject.startswith("[Test] News, Ada")

    def test_is_what_was_previewed_as_it_would_be_sent(
        self, coordinator, coalition, people, sink
    ):
        people(1, language="es", given_name="Beto")
        [ada] = people(1, first=1)
        here = written(
            coordinator,
            coalition,
            text_language=["en", "es"],
            text_subject=["News", "Noticias, {{given_name}}"],
            text_subject_b=["Buses", "Autobuses, {{given_name}}"],
            text_body=["Hello", "Hola"],
            test_percent="10",
        )
        coordinator.post(f"{here}files", data={"file": (BytesIO(b"%PDF-1.7 x"), "letter.pdf")})
        page = coordinator.get(f"{here}preview?person={ada.id}&language=es&subject=b").text
        form = page.partition("/tests")[2].partition("</form>")[0]
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))

        answer = coordinator.post(f"{here}tests", data=sent)
        work_through()

        assert answer.location.endswith(
            f"preview?number=0&person={ada.id}&language=es&subject=b"
        )
        [message] = sink.messages()
        assert message["To"] == "coco@example.org"
        assert message["Subject"] == "[Test] Autobuses, Ada1"
        assert message["List-Id"] == "<night-buses.coalition.example>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert [each.get_filename() for each in message.iter_attachments()] == ["letter.pdf"]
        link = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
        assert "This was a test" in coordinator.post(link).text


class TestSchedule:
    def test_begins_by_itself_at_its_time(
        self, coordinator, coalition, people, sink, at_any_hour
    ):
        people(2)
        here = written(coordinator, coalition)
        at = (now() + timedelta(days=1)).strftime("%Y-%m-%dT10:00")

        assert schedule(coordinator, here, at).status_code == 303
        assert "It begins at" in coordinator.get(here).text
        assert not sending.has_work()

        make_begin(coalition)
        send()
        assert len(sink.recipients) == 2

    def test_is_kept_on_each_recipients_clock(
        self, coordinator, coalition, people, at_any_hour
    ):
        states_of = ("NY", "CA", None)
        for person, region in zip(people(3), states_of, strict=True):
            with transaction(coalition.id):
                session.merge(person).region = region
        mailing = make_mailing(coalition)
        at = now() + timedelta(days=2)
        with transaction(coalition.id):
            session.merge(mailing).schedule(at, Clock.RECIPIENT)

        begin(mailing)

        with reading(coalition.id):
            due = {
                row.region: row.due_at
                for row in session.execute(
                    select(Person.region, Recipient.due_at).join(
                        Recipient, Recipient.person_id == Person.id
                    )
                )
            }
        assert due["CA"] == due[None] == at
        assert due["NY"] == at - timedelta(hours=3)

    def test_that_cannot_begin_is_taken_back_and_says_why(
        self, coordinator, coalition, people, at_any_hour
    ):
        [person] = people(1)
        here = written(coordinator, coalition)
        schedule(coordinator, here)
        with transaction(coalition.id):
            session.delete(session.get_one(Person, person.id))
        make_begin(coalition)
        send()

        assert stored(coalition).status == MailingStatus.DRAFT
        assert "nobody would have got it" in coordinator.get(here).text

    @pytest.mark.parametrize("at", ["", "soon", "2026-13-45T10:00", "2020-11-28T09:00"])
    def test_refuses_nonsense_and_what_is_over(self, coordinator, coalition, people, at):
        people(1)
        here = written(coordinator, coalition)

        assert schedule(coordinator, here, at).status_code == 422

        assert stored(coalition).status == MailingStatus.DRAFT
        assert "Send it to 1 person" in coordinator.get(f"{here}sending").text

    def test_is_of_what_was_looked_at(self, coordinator, coalition, people):
        people(1)
        here = written(coordinator, coalition)
        seen = seen_on(coordinator.get(f"{here}sending").text)
        change(coordinator, coalition, text_body="Something else.")

        answer = coordinator.post(
            f"{here}schedule", data={"at": "2099-01-01T10:00", "seen": seen}
        )

        assert answer.status_code == 409
        assert stored(coalition).status == MailingStatus.DRAFT


class TestSubjects:
    def test_are_tried_and_the_better_one_goes_to_the_rest(
        self, coordinator, coalition, people, sink, at_any_hour
    ):
        letter = make_letter(coalition)
        people(60)
        here = written(
            coordinator,
            coalition,
            letter=str(letter.id),
            text_subject="A",
            text_subject_b="B",
            test_percent="40",
        )
        send_now(coordinator, here)
        send()
        tried = {m["To"]: m["Subject"] for m in sink.messages()}
        assert set(tried.values()) == {"A", "B"}
        assert sorted(tried.values()) == ["A"] * 12 + ["B"] * 12  # forty percent, in halves

        with reading(coalition.id):
            got_b = session.scalars(
                select(Recipient.person_id).where(
                    Recipient.subject == "b", Recipient.sent_at.is_not(None)
                )
            ).all()
        for number, person_id in enumerate(got_b[:3]):
            make_signature(letter, f"Signer Nr{number}", person_id=person_id)
        mailing_id = stored(coalition).id
        with transaction(coalition.id):
            session.get_one(Mailing, mailing_id).started_at = now() - timedelta(hours=5)
        make_due(stored(coalition))
        send()

        mailing = stored(coalition)
        assert mailing.winner == "b"
        assert mailing.status == MailingStatus.SENT
        late = [m["Subject"] for m in sink.messages() if m["To"] not in tried]
        assert set(late) == {"B"}
        assert len(sink.recipients) == 60
        page = coordinator.get(here).text
        assert "The rest got subject B." in page
        assert "Signed since" in page  # why it was chosen

    def test_can_be_chosen_earlier(self, coordinator, coalition, people, sink, at_any_hour):
        people(10)
        here = written(coordinator, coalition, text_subject_b="B", test_percent="1")
        send_now(coordinator, here)

        coordinator.post(f"{here}winner", data={"subject": "a"})
        send()

        assert len(sink.recipients) == 10

        late = coordinator.post(f"{here}winner", data={"subject": "b"})
        assert late.status_code == 409
        assert "nobody waits for its end any more" in late.text


class TestUnderWay:
    def test_can_be_paused_resumed_and_stopped(
        self, coordinator, coalition, people, sink, at_any_hour
    ):
        people(3)
        here = written(coordinator, coalition)
        assert coordinator.post(f"{here}pause").status_code == 409
        send_now(coordinator, here)

        assert coordinator.post(f"{here}pause").status_code == 303
        assert send() == 0
        assert "Paused" in coordinator.get(f"{here}progress").text

        coordinator.post(f"{here}resumption")
        assert send() == 3

        assert coordinator.post(f"{here}stop").status_code == 409  # it is sent
        assert "What people did" in coordinator.get(here).text

    def test_counts_what_people_did(self, coordinator, coalition, people, sink, at_any_hour):
        letter = make_letter(coalition)
        person, *_ = people(3)
        here = written(coordinator, coalition, letter=str(letter.id))
        send_now(coordinator, here)
        send()
        link = (
            sink.messages()[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
        )
        make_signature(letter, "Ada Byron", person_id=person.id)

        gone = coordinator.post(link, data={"List-Unsubscribe": "One-Click"})

        assert gone.status_code == 200
        page = re.sub(r"\s+", " ", coordinator.get(here).text)
        assert re.search(r"<strong>1</strong> <span>signed this letter", page)
        assert re.search(r"<strong>1</strong> <span>ended the mail", page)
        assert "is not collected" in page

    def test_counts_who_came_after_it(self, coordinator, coalition, people, sink, at_any_hour):
        came, called, early, missed, nobody = people(5)
        visit = make_action(coalition, "come", kind=ActionKind.ATTEND)
        call = make_action(coalition, "call", kind=ActionKind.CALL)
        meeting = make_meeting(coalition)
        here = written(coordinator, coalition)
        send_now(coordinator, here)
        send()

        def did(person, **values: object) -> None:
            values = {"state": ParticipationState.REPORTED, "done_at": now()} | values
            with transaction(coalition.id) as current:
                record = Participation(
                    party=Party.PERSON, source="check_in", person_id=person.id, **values
                )
                record.name = person.name
                current.add(record)

        did(came, action_id=visit.id)
        did(came, meeting_id=meeting.id, state=ParticipationState.CONFIRMED)  # counts once
        did(nobody, meeting_id=meeting.id)
        did(called, action_id=call.id)
        did(early, action_id=visit.id, done_at=now() - timedelta(days=1))
        did(missed, action_id=visit.id, state=ParticipationState.NO_SHOW)

        page = re.sub(r"\s+", " ", coordinator.get(here).text)
        assert re.search(r"<strong>2</strong> <span>came to a meeting or event", page)

    def test_of_a_series_before_meetings_counts_who_came_to_that_meeting(
        self, coordinator, coalition, people, sink, at_any_hour
    ):
        came, elsewhere = people(2)
        about = make_meeting(coalition)
        other = make_meeting(coalition, about.body, day=(now() + timedelta(days=30)).date())
        made = make_mailing(coalition, trigger=triggers.MEETING, delay_hours=24 * 14)
        begin(made)
        with transaction(coalition.id):
            occasion = Occasion(about.id, about.starts_at)
            series.enroll_audience(mailing_or_raise(made.id), occasion)
        send()
        for person, meeting in ((came, about), (elsewhere, other)):
            with transaction(coalition.id) as current:
                record = Participation(
                    party=Party.PERSON,
                    source="check_in",
                    state=ParticipationState.REPORTED,
                    done_at=now(),
                    person_id=person.id,
                    meeting_id=meeting.id,
                )
                record.name = person.name
                current.add(record)

        with reading(coalition.id):
            assert queries.deeds(mailing_or_raise(made.id)).attended == 1

    def test_ends_for_who_unsubscribes_and_a_forged_link_ends_nothing(
        self, coordinator, coalition, people, sink, at_any_hour
    ):
        people(2)
        first = make_mailing(coalition)
        begin(first)
        send()
        link = (
            sink.messages()[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
        )
        forged = link[:-4] + "AAAA"

        assert coordinator.post(forged).status_code == 404
        coordinator.get(link)  # a scanner follows links
        second = make_mailing(coalition)
        assert begin(second) == 2

        coordinator.post(link)
        third = make_mailing(coalition)
        assert begin(third) == 1

    def test_asks_about_messages_in_doubt(
        self, coordinator, coalition, people, sink, at_any_hour
    ):
        people(2)
        here = written(coordinator, coalition)
        send_now(coordinator, here)
        sink.answer(hang_up=True, times=1)
        send()
        make_due(stored(coalition))
        send()
        assert "Of 1 message nobody knows" in coordinator.get(here).text

        coordinator.post(f"{here}doubt", data={"decision": "resend"})
        send()

        assert states(stored(coalition)) == {"sent": 2}
        assert len(sink.recipients) == 3

    def test_ends_with_one_click_also_after_the_secret_key_was_replaced(
        self, client, app, coalition, people, sink, at_any_hour, change_environment
    ):
        people(2)
        begin(make_mailing(coalition))
        send()
        link = (
            sink.messages()[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
        )

        change_environment(SECRET_KEY="another one altogether")

        gone = client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert gone.status_code == 200
        assert begin(make_mailing(coalition)) == 1


class TestFiles:
    def test_go_to_everybody(self, coordinator, coalition, people, sink, at_any_hour):
        people(1)
        here = written(coordinator, coalition)

        coordinator.post(f"{here}files", data={"file": (BytesIO(b"%PDF-1.7 x"), "letter.pdf")})
        send_now(coordinator, here)
        send()

        [attached] = sink.messages()[0].iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == (
            "letter.pdf",
            b"%PDF-1.7 x",
        )

    def test_lie_sealed_in_the_database(self, coordinator, coalition):
        here = written(coordinator, coalition)

        coordinator.post(
            f"{here}files", data={"file": (BytesIO(b"%PDF- our plan"), "plan.pdf")}
        )

        with reading(coalition.id):
            [kept] = session.scalars(select(Attachment)).all()
            assert b"plan" not in kept.content_sealed
            assert kept.content == b"%PDF- our plan"
        assert "plan.pdf</a> (0 KB)" in coordinator.get(here).text

    def test_are_opened_once_for_all_messages(
        self, coordinator, coalition, people, sink, at_any_hour, monkeypatch
    ):
        opened = []
        really_open = sealed_bytes.__get__

        def counting(column, row, owner):
            opened.append(row)
            return really_open(column, row, owner)

        monkeypatch.setattr(sealed_bytes, "__get__", counting)
        people(20)
        here = written(coordinator, coalition)
        coordinator.post(f"{here}files", data={"file": (BytesIO(b"%PDF-1.7 x"), "letter.pdf")})
        send_now(coordinator, here)
        opened.clear()

        send()

        assert len(sink.recipients) == 20
        assert len(opened) == 1

    # Werkzeug's test client leaves the file open in which it puts a large upload.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    @pytest.mark.parametrize(
        ("name", "content", "status", "said"),
        [
            ("huge.pdf", b"%PDF-" + b"x" * 30 * 1024 * 1024, 413, "too large"),
            ("large.pdf", b"%PDF-" + b"x" * 1024 * 1024, 422, "is too large"),
            ("run.exe", b"MZ", 422, "cannot be attached"),
            ("page.pdf", b"<html>", 422, "cannot be attached"),
            ("", b"", 422, "cannot be attached"),
        ],
    )
    def test_are_refused_in_words(self, coordinator, coalition, name, content, status, said):
        here = written(coordinator, coalition)

        # In memory: the test client leaves large forms behind as open files.
        boundary, body = encode_multipart({"file": FileStorage(BytesIO(content), name)})
        answer = coordinator.post(
            f"{here}files",
            data=body,
            content_type=f'multipart/form-data; boundary="{boundary}"',
        )

        assert answer.status_code == status
        assert said in answer.text


class TestCopy:
    def test_makes_a_draft_of_it(self, coordinator, coalition):
        here = written(coordinator, coalition)

        coordinator.post(f"{here}copy")

        assert stored(coalition).name == "Copy of News"

    def test_leaves_a_draft_to_be_deleted(self, coordinator, coalition):
        here = written(coordinator, coalition)

        coordinator.post(f"{here}removal")

        assert stored(coalition) is None


class TestPageOfAPerson:
    def test_says_which_mails_they_got_and_what_became_of_them(
        self, app, coordinator, coalition, people, sink, at_any_hour
    ):
        [ada], [grace] = people(1), people(1, first=1, domain="gone.example")
        sink.answer(rcpt={"gone.example": "550 5.1.1 no such user"})
        begin(make_mailing(coalition))
        send()
        begin(make_mailing(coalition, subject="Waits"))

        pages = [
            coordinator.get(f"/manage/{coalition.slug}/people/{each.id}").text
            for each in (ada, grace)
        ]

        assert all("Mails they got" in page for page in pages)
        assert "taken by the mail server" in pages[0]
        assert "waiting" in pages[0]
        assert "came back or refused by the server (550 5.1.1)" in pages[1]
        assert "waiting" not in pages[1]

    def test_can_be_erased_though_others_of_the_same_mailing_were(
        self, app, coordinator, coalition, people, sink, at_any_hour
    ):
        found = people(3)
        begin(mailing := make_mailing(coalition))
        send()

        for each in found:
            here = f"/manage/{coalition.slug}/people/{each.id}"
            assert coordinator.post(f"{here}/removal").status_code == 303

        assert states(mailing) == {"sent": 3}
        with reading(coalition.id):
            assert set(session.scalars(select(Recipient.person_id))) == {None}

    def test_says_nothing_where_nobody_wrote(self, coordinator, coalition, people):
        [ada] = people(1)

        page = coordinator.get(f"/manage/{coalition.slug}/people/{ada.id}").text

        assert "Mails they got" not in page
