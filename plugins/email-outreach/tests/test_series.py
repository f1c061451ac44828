"""What is written by itself: series and reminders."""

from datetime import timedelta

import pytest
from coalition_email_outreach import claiming, courtesies, sending, series, triggers
from coalition_email_outreach.errors import TextWrong
from coalition_email_outreach.journal import Claimed
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.recipients import Recipient
from coalition_email_outreach.triggers import Occasion, Trigger
from coalition_email_outreach.workshop import Workshop
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from coalition.sdk import (
    AgendaItem,
    Letter,
    Meeting,
    Motion,
    Precision,
    Segment,
    SegmentSubject,
    Signature,
    SignatureConfirmed,
    SuppressionReason,
    VoteRecorded,
    now,
    reading,
    record,
    session,
    suppress,
    transaction,
)
from coalition.testing import (
    choose_plugin_settings,
    make_body,
    make_campaign,
    make_letter,
    make_signature,
    work_through,
)

from .conftest import begin, in_app, make_due, make_mailing, send, states
from .desk import LIST, written

pytestmark = pytest.mark.usefixtures("at_any_hour")


def make_series(coalition, trigger: str, **values: object) -> Mailing:
    made = make_mailing(
        coalition,
        trigger=trigger,
        subject="About {{letter_title}}",
        body="[Here]({{letter_url}}), until {{closes_on}}.",
        **values,
    )
    begin(made)
    return made


def confirm(letter: Letter, name: str, person) -> None:
    signature = make_signature(
        letter, name, state="pending", email=name.lower().replace(" ", ".") + "@example.org"
    )
    with transaction(letter.coalition_id):
        found = session.get_one(Signature, signature.id)
        found.confirm()
        found.person_id = person.id


class TestAfterSigning:
    def test_writes_to_each_signatory_once_after_the_delay(self, app, coalition, people, sink):
        letter = make_letter(coalition)
        person, _ = people(2)
        made = make_series(coalition, triggers.SIGNED, delay_hours=24)

        confirm(letter, "Ada Byron", person)
        work_through()
        assert states(made) == {"queued": 1}
        assert sink.mailed == []  # not yet

        make_due(made)
        send()
        assert sink.mailed == ["p0@example.org"]
        message = sink.messages()[-1]
        assert message["Subject"] == "About Keep the night buses"
        assert "/c/night-buses/letters/keep-the-night-buses" in message.as_string()

        confirm(letter, "Ada Again", person)
        work_through()
        make_due(made)
        send()
        assert len(sink.mailed) == 1
        with reading(coalition.id):
            assert mailing_or_raise(made.id).status == MailingStatus.SENDING  # it goes on

    def test_is_one_message_to_who_signed_twice_at_once(self, app, coalition, people, sink):
        """As themselves and for an organization, heard of in one delivery."""
        letter = make_letter(coalition)
        [person] = people(1)
        made = make_series(coalition, triggers.SIGNED)

        for name in ("Ada Byron", "Night Riders"):
            confirm(letter, name, person)
        with transaction(coalition.id):
            facts = [
                SignatureConfirmed(
                    coalition_id=coalition.id,
                    letter_id=letter.id,
                    signature_id=signature.id,
                    kind="person",
                )
                for signature in session.scalars(select(Signature))
            ]
            series.after_signing(facts)
        send()

        assert states(made) == {"sent": 1}

    def test_of_another_letter_is_none_of_its_business(self, app, coalition, people, sink):
        letter, other = make_letter(coalition), make_letter(coalition, slug="other")
        [person] = people(1)
        made = make_series(coalition, triggers.SIGNED, letter_id=other.id)

        confirm(letter, "Ada Byron", person)
        work_through()

        assert states(made) == {}

    def test_of_somebody_outside_its_segment_is_none_of_its_business(
        self, app, coalition, people, sink
    ):
        letter = make_letter(coalition)
        here, elsewhere = people(2)
        in_burbank = {"match": "all", "of": [{"is": "city", "city": "Burbank"}]}
        with transaction(coalition.id):
            session.merge(here).city = "Burbank"
            segment = Segment.save(
                name="Burbank", subject=SegmentSubject.PEOPLE, question=in_burbank
            )
        make_series(coalition, triggers.SIGNED, segment_id=segment.id)

        confirm(letter, "Ada Byron", here)
        confirm(letter, "Grace Hopper", elsewhere)
        work_through()
        send()

        assert sink.mailed == ["p0@example.org"]

    def test_is_held_and_told_once_its_segment_is_gone(
        self, app, coalition, people, mailbox, no_csrf, coordinator
    ):
        letter = make_letter(coalition)
        [person] = people(1)
        with transaction(coalition.id):
            segment = Segment.save(
                name="All", subject=SegmentSubject.PEOPLE, question={"match": "all", "of": []}
            )
        made = make_series(coalition, triggers.SIGNED, segment_id=segment.id)
        with transaction(coalition.id):
            session.merge(segment).remove()

        confirm(letter, "Ada Byron", person)
        work_through()

        assert states(made) == {}
        told = [each for each in mailbox() if each.subject == "Held: News"]
        assert [each.recipient for each in told] == ["coco@example.org"]
        assert "its segment was removed" in told[0].text
        page = coordinator.get(f"/manage/night-buses/mailings/{made.id}/").text
        assert "something has to be corrected" in page
        assert "its segment was removed" in page
        resumed = coordinator.post(f"/manage/night-buses/mailings/{made.id}/resumption")
        assert resumed.status_code == 422

    def test_writes_to_nobody_who_took_their_name_back_meanwhile(
        self, app, coalition, people, sink
    ):
        letter = make_letter(coalition)
        left, stayed = people(2)
        made = make_series(coalition, triggers.SIGNED, delay_hours=24)
        confirm(letter, "Ada Byron", left)
        confirm(letter, "Grace Hopper", stayed)
        work_through()
        with transaction(coalition.id):
            theirs = select(Signature).filter_by(person_id=left.id)
            session.scalars(theirs).one().withdraw()

        work_through()
        make_due(made)
        send()
        assert sink.mailed == ["p1@example.org"]

        confirm(letter, "Ada Again", left)
        work_through()
        make_due(made)
        send()
        assert sink.mailed == ["p1@example.org", "p0@example.org"]

    @pytest.mark.parametrize("others", [0, 1])
    def test_writes_to_nobody_who_took_their_name_back_before_another_try(
        self, app, coalition, people, sink, monkeypatch, others
    ):
        """Also if they have signed another letter, which counts."""
        letter, other = make_letter(coalition), make_letter(coalition, slug="other")
        [person] = people(1)
        made = make_series(coalition, triggers.SIGNED, letter_id=letter.id)
        confirm(letter, "Ada Byron", person)
        for _ in range(others):
            confirm(other, "Ada Byron", person)
        work_through(without=("email-outreach.send", "mail"))

        hand_over = sending.Lane._hand_over

        def withdraw_then_hand_over(lane, *arguments):
            with transaction(coalition.id):
                theirs = select(Signature).filter_by(letter_id=letter.id, person_id=person.id)
                session.scalars(theirs).one().withdraw()
            work_through(without=("email-outreach.send", "mail"))
            return hand_over(lane, *arguments)

        sink.answer(rcpt={"example.org": "451 4.7.1 come back later"})
        with monkeypatch.context() as patched:
            patched.setattr(sending.Lane, "_hand_over", withdraw_then_hand_over)
            send()
        assert states(made) == {"queued": 1}
        sink.answer()
        make_due(made)
        send()

        assert sink.mailed == []
        assert states(made) == {"stopped": 1}

    def test_writes_to_nobody_who_did_not_agree(self, app, coalition, people, sink):
        letter = make_letter(coalition)
        [person] = people(1)
        made = make_series(coalition, triggers.SIGNED)
        with transaction(coalition.id):
            suppress(coalition.id, "p0@example.org", SuppressionReason.COMPLAINT)

        confirm(letter, "Ada Byron", person)
        work_through()
        send()

        assert states(made) == {"refused": 1}
        assert sink.mailed == []


class TestBeforeClosing:
    def test_writes_to_the_audience_when_the_time_has_come(self, app, coalition, people, sink):
        people(3)
        letter = make_letter(coalition, closes_at=now() + timedelta(hours=30))
        made = make_series(coalition, triggers.CLOSING, delay_hours=24)

        series.enroll_due(str(coalition.id))
        assert states(made) == {}

        with transaction(coalition.id):
            session.execute(update(Letter).values(closes_at=now() + timedelta(hours=20)))
        for _ in range(3):
            series.enroll_due(str(coalition.id))
        send()

        assert sorted(sink.mailed) == [f"p{n}@example.org" for n in range(3)]
        with reading(coalition.id):
            about = set(session.scalars(select(Recipient.occasion_id)))
        assert about == {letter.id}

    def test_writes_to_an_audience_that_takes_long_to_find(self, app, coalition, people, many):
        people(2)
        make_letter(coalition, closes_at=now() + timedelta(hours=20))
        made = make_series(coalition, triggers.CLOSING, delay_hours=24)

        series.enroll_due(str(coalition.id))

        assert states(made) == {"queued": 2}

    def test_is_too_late_when_the_letter_has_closed(self, app, coalition, people):
        people(1)
        make_letter(coalition, closes_at=now() + timedelta(hours=1))
        made = make_series(coalition, triggers.CLOSING, delay_hours=24)
        with transaction(coalition.id):
            session.execute(update(Letter).values(closes_at=now() - timedelta(minutes=5)))

        series.enroll_due(str(coalition.id))

        assert states(made) == {}

    def test_is_not_written_of_once_it_has_closed(self, app, coalition, people, sink):
        people(1)
        letter = make_letter(coalition, closes_at=now() + timedelta(hours=20))
        make_series(coalition, triggers.CLOSING, delay_hours=24)
        series.enroll_due(str(coalition.id))
        with transaction(coalition.id):
            session.get_one(Letter, letter.id).close()

        send()

        assert sink.mailed == []

    def test_is_held_while_the_series_is_paused(self, app, coalition, people):
        people(1)
        make_letter(coalition, closes_at=now() + timedelta(hours=1))
        made = make_series(coalition, triggers.CLOSING, delay_hours=24)
        with transaction(coalition.id):
            mailing_or_raise(made.id, lock=True).pause()

        series.look_at_moments()
        work_through()

        assert states(made) == {}


class TestMeeting:
    @pytest.fixture
    def motion(self, app, coalition) -> Motion:
        body = make_body(coalition)
        with transaction(coalition.id):
            meeting = Meeting(
                coalition_id=coalition.id,
                body_id=body.id,
                title="Regular meeting",
                starts_at=now() + timedelta(hours=5),
                time_zone="America/Los_Angeles",
                place="City Hall",
            )
            item = AgendaItem(coalition_id=coalition.id, subject="Night buses")
            item.meeting = meeting
            motion = Motion(coalition_id=coalition.id, text="Keep them", result="passed")
            motion.item = item
            session.add_all([meeting, item, motion])
        return motion

    def test_is_announced_some_hours_before(self, motion, coalition, people, sink):
        people(2)
        made = make_mailing(
            coalition,
            trigger=triggers.MEETING,
            delay_hours=24,
            subject="{{meeting_title}}",
            body="{{meeting_at}}, {{meeting_place}}",
        )
        begin(made)

        series.enroll_due(str(coalition.id))
        series.enroll_due(str(coalition.id))
        send()

        assert len(sink.mailed) == 2
        assert sink.messages()[0]["Subject"] == "Regular meeting"
        assert "City Hall" in sink.messages()[0].as_string()

    @pytest.fixture
    def waiting(self, motion, coalition, people) -> Mailing:
        """A series that wants to write of the meeting and has to wait, as at night."""
        people(2)
        made = make_mailing(
            coalition,
            trigger=triggers.MEETING,
            delay_hours=24,
            subject="{{meeting_title}}",
            body="{{meeting_at}}",
        )
        begin(made)
        series.enroll_due(str(coalition.id))
        assert states(made) == {"queued": 2}
        return made

    def test_is_not_announced_once_it_was_called_off(self, waiting, motion, coalition, sink):
        with transaction(coalition.id):
            session.get_one(Meeting, motion.item.meeting_id).cancel("Nobody came.")

        send()
        series.enroll_due(str(coalition.id))
        send()

        assert sink.mailed == []
        assert states(waiting) == {"stopped": 2}

    def test_that_was_called_off_is_taken_back_batch_by_batch(
        self, waiting, motion, coalition, sink, monkeypatch
    ):
        """Of a million who wait, a worker looks only at those whom it would write to next."""
        monkeypatch.setattr(claiming, "BATCH", 1)
        with transaction(coalition.id):
            session.get_one(Meeting, motion.item.meeting_id).cancel("Nobody came.")
        claimed = Claimed(uuid7(), coalition.id, waiting.id)

        with in_app():
            assert claiming.claim(claimed, Workshop()) is None
        assert states(waiting) == {"stopped": 1, "queued": 1}
        send()

        assert sink.mailed == []
        assert states(waiting) == {"stopped": 2}

    def test_is_not_announced_once_it_is_gone(self, waiting, motion, coalition, sink):
        with transaction(coalition.id):
            meeting = session.get_one(Meeting, motion.item.meeting_id)
            session.delete(session.merge(motion))
            session.delete(meeting)

        send()

        assert sink.mailed == []

    def test_is_not_announced_once_it_has_begun(self, waiting, motion, coalition, sink):
        with transaction(coalition.id):
            session.execute(update(Meeting).values(starts_at=now() - timedelta(minutes=1)))

        send()

        assert sink.mailed == []

    def test_is_announced_at_its_new_time(self, waiting, motion, coalition, people, sink):
        with transaction(coalition.id):
            session.execute(update(Meeting).values(starts_at=now() + timedelta(days=9)))
        send()
        assert sink.mailed == []

        people(1, first=7)  # who came meanwhile is asked, too
        with transaction(coalition.id):
            session.execute(update(Meeting).values(starts_at=now() + timedelta(hours=23)))
        for _ in range(2):
            series.enroll_due(str(coalition.id))
            send()

        assert sorted(sink.mailed) == [f"p{n}@example.org" for n in (0, 1, 7)]
        assert states(waiting) == {"sent": 3}

    def test_that_was_announced_is_not_announced_again_when_it_moves(
        self, waiting, motion, coalition, sink
    ):
        send()
        with transaction(coalition.id):
            session.execute(update(Meeting).values(starts_at=now() + timedelta(days=9)))
        send()
        with transaction(coalition.id):
            session.execute(update(Meeting).values(starts_at=now() + timedelta(hours=23)))
        series.enroll_due(str(coalition.id))
        send()

        assert len(sink.mailed) == 2

    def test_tells_no_time_of_a_meeting_of_which_only_the_day_is_known(self, motion, coalition):
        with transaction(coalition.id):
            meeting = session.get_one(Meeting, motion.item.meeting_id)
            meeting.precision = Precision.DAY

            values, _ = triggers.meeting_values(meeting.id, coalition.slug, "en")

        assert values["meeting_at"]
        assert ":" not in values["meeting_at"]

    @pytest.mark.parametrize("trigger", [triggers.MEETING, triggers.VOTE])
    def test_has_no_letter_to_speak_of(self, motion, coalition, trigger):
        made = make_mailing(coalition, trigger=trigger, body="[Here]({{letter_url}})")

        with pytest.raises(TextWrong, match=r"no field “letter_url”"):
            begin(made)

    def test_is_of_the_chosen_body_and_campaign_only(self, motion, coalition, people):
        people(1)
        campaign, other = make_campaign(coalition), make_campaign(coalition, "parks")
        with transaction(coalition.id):
            item = session.get_one(AgendaItem, motion.agenda_item_id)
            item.campaign_id, body_id = campaign.id, item.meeting.body_id
        fact = VoteRecorded(
            coalition_id=coalition.id,
            meeting_id=motion.item.meeting_id,
            agenda_item_id=motion.agenda_item_id,
            motion_id=motion.id,
        )

        def written_to(trigger: str, **about: object) -> bool:
            made = make_mailing(coalition, trigger=trigger, delay_hours=24, **about)
            begin(made)
            series.enroll_due(str(coalition.id))
            with transaction(coalition.id):
                record(fact)
            work_through()
            return bool(states(made))

        for trigger in (triggers.MEETING, triggers.VOTE):
            assert written_to(trigger, campaign_id=campaign.id, body_id=body_id)
            assert not written_to(trigger, campaign_id=other.id)
            assert not written_to(trigger, body_id=uuid7())  # such as one that was removed

    def test_series_is_written_with_what_it_is_about(
        self, motion, coordinator, coalition, no_csrf
    ):
        campaign, letter = make_campaign(coalition), make_letter(coalition)
        chosen = {
            "trigger": "meeting",
            "campaign": str(campaign.id),
            "body": str(motion.item.meeting.body_id),
            "letter": str(letter.id),
        }
        assert 'name="body"' in coordinator.post(f"{LIST}about", data=chosen).text
        assert 'name="letter"' not in coordinator.post(f"{LIST}about", data=chosen).text

        here = written(coordinator, coalition, **chosen)

        page = coordinator.get(here).text
        assert f"<dd>{campaign.title}</dd>" in page
        assert "<dt>Public body</dt>" in page
        assert "<dt>Letter</dt>" not in page
        form = coordinator.get(f"{here}edit").text
        assert f'value="{campaign.id}" selected' in form
        assert 'name="letter"' not in form

    def test_is_not_told_of_a_vote_that_is_history(self, motion, coalition, people):
        people(1)
        made = make_mailing(coalition, trigger=triggers.VOTE)
        begin(made)
        with transaction(coalition.id):
            meeting = session.get_one(Meeting, motion.item.meeting_id)
            meeting.starts_at = now() - timedelta(days=8 * 365)
            record(
                VoteRecorded(
                    coalition_id=coalition.id,
                    meeting_id=meeting.id,
                    agenda_item_id=motion.agenda_item_id,
                    motion_id=motion.id,
                )
            )
        work_through()

        assert states(made) == {}

    def test_tells_how_the_vote_ended(self, motion, coalition, people, sink):
        people(2)
        made = make_mailing(
            coalition,
            trigger=triggers.VOTE,
            subject="{{item_subject}}: {{vote_result}}",
            body="Thank you.",
        )
        begin(made)
        for _ in range(2):
            with transaction(coalition.id):
                record(
                    VoteRecorded(
                        coalition_id=coalition.id,
                        meeting_id=motion.item.meeting_id,
                        agenda_item_id=motion.agenda_item_id,
                        motion_id=motion.id,
                    )
                )
            work_through()
        send()

        assert len(sink.mailed) == 2
        assert sink.messages()[0]["Subject"] == "Night buses: passed"


class TestTrigger:
    def test_of_another_feature_is_offered_and_works(self, app, coalition, people, sink):
        people(1)
        occasion = Occasion(uuid7(), now() + timedelta(hours=3))
        meeting = Trigger(
            "test-hearing",
            "Before a hearing",
            is_before=True,
            fields={"letter_title": "x", "letter_url": "y", "closes_on": "z"},
            values=lambda _id, _coalition, _language: (
                {"letter_title": "the meeting"},
                {"letter_url": "https://m.example/"},
            ),
            occasions=lambda _mailing: [occasion],
        )
        triggers.register(meeting)
        try:
            made = make_series(coalition, "test-hearing", delay_hours=4)
            series.enroll_due(str(coalition.id))
            send()
        finally:
            del triggers._known["test-hearing"]

        assert states(made) == {"sent": 1}
        assert sink.messages()[0]["Subject"] == "About the meeting"


class TestReminders:
    @pytest.fixture
    def unconfirmed(self, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Byron", state="pending", email="ada@example.org")
        make_signature(letter, "Grace Hopper", email="grace@example.org")
        return letter

    def age(self, coalition, days: int) -> None:
        with transaction(coalition.id):
            session.execute(update(Signature).values(created_at=now() - timedelta(days=days)))

    def pass_days(self, coalition, days: int) -> None:
        """Let what was sent be so many days older."""
        with transaction(coalition.id):
            earlier = courtesies.Courtesy.noted_at - timedelta(days=days)
            session.execute(update(courtesies.Courtesy).values(noted_at=earlier))

    def subjects(self, mailbox) -> list[str]:
        return [each.subject for each in mailbox() if "waits for you" in each.subject]

    def remind(self, coalition, mailbox) -> int:
        """Look for whom to remind, twice; return how many reminders have arrived by now."""
        with in_app():
            courtesies.remind(str(coalition.id))
        courtesies.remind_all()
        work_through()
        return len(self.subjects(mailbox))

    def test_go_out_twice_at_most(self, app, coalition, unconfirmed, mailbox):
        for days, expected in ((1, 0), (2, 1), (3, 1), (5, 2), (9, 2)):
            self.age(coalition, days)
            self.pass_days(coalition, 3 if days == 5 else 0)
            assert self.remind(coalition, mailbox) == expected

        assert {each.recipient for each in mailbox()} == {"ada@example.org"}

    @pytest.mark.parametrize("days", [6, 13])
    def test_never_leave_together(self, app, coalition, unconfirmed, mailbox, days):
        """As where reminders are turned on late, or nothing ran for a week."""
        self.age(coalition, days)

        assert self.remind(coalition, mailbox) == 1
        self.pass_days(coalition, 2)
        assert self.remind(coalition, mailbox) == 1
        self.pass_days(coalition, 1)
        assert self.remind(coalition, mailbox) == 2
        self.pass_days(coalition, 30)
        assert self.remind(coalition, mailbox) == 2

    def test_stop_when_the_letter_is_closed(self, app, coalition, unconfirmed, mailbox):
        self.age(coalition, 3)
        with transaction(coalition.id):
            session.get_one(Letter, unconfirmed.id).close()

        courtesies.remind(str(coalition.id))

        assert self.subjects(mailbox) == []

    def test_are_as_many_as_the_coalition_wants(self, app, coalition, unconfirmed, mailbox):
        choose_plugin_settings(coalition, "email-outreach", reminders=0)
        self.age(coalition, 6)

        courtesies.remind(str(coalition.id))

        assert self.subjects(mailbox) == []

    def test_are_not_for_who_ended_all_mail(self, app, coalition, unconfirmed, mailbox):
        with transaction(coalition.id):
            suppress(coalition.id, "ada@example.org", SuppressionReason.UNSUBSCRIBE)
        self.age(coalition, 3)

        assert self.remind(coalition, mailbox) == 0
