"""The final copy of a delivered letter: a mailing like others, begun by itself."""

import threading
import time
from email.message import EmailMessage

import pytest
from coalition_email_outreach import final_copies, sending, starting
from coalition_email_outreach.courtesies import Courtesy, CourtesyKind
from coalition_email_outreach.errors import PurposeGone
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from sqlalchemy import func, select

from coalition.sdk import (
    Letter,
    LetterText,
    Person,
    Signature,
    SuppressionReason,
    reading,
    session,
    suppress,
    transaction,
    unsubscribe_url,
)
from coalition.testing import (
    application,
    choose_plugin_settings,
    make_letter,
    make_signature,
    work_through,
)

from .conftest import begin, in_app, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")


def sign(letter: Letter, name: str, **values) -> Signature:
    """Sign it as somebody does who confirms their address, and says yes to nothing else."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    signature = make_signature(letter, name, state="pending", email=email, **values)
    with transaction(letter.coalition_id):
        session.get_one(Signature, signature.id).confirm()
    return signature


@pytest.fixture
def letter(coalition):
    letter = make_letter(coalition)
    sign(letter, "Ada Byron")
    sign(letter, "Grace Hopper", language="es")
    make_signature(letter, "Never Confirmed", state="pending", email="never@example.org")
    return letter


def deliver(letter) -> None:
    """Note that it was handed over, and prepare the copy, of which nothing leaves yet."""
    with transaction(letter.coalition_id):
        found = session.get_one(Letter, letter.id)
        found.close()
        found.deliver(note="Handed to the board.", at=None)
    prepare(letter)


def prepare(letter) -> None:
    with in_app():
        final_copies.prepare(str(letter.coalition_id), str(letter.id))


def copy_to(sink, name: str) -> EmailMessage:
    """Return the copy that somebody got."""
    found = [each for each in sink.messages() if each["List-Unsubscribe"]]
    return next(each for each in found if name in each["To"])


def withdraw(signature: Signature) -> None:
    with transaction(signature.coalition_id):
        session.get_one(Signature, signature.id).withdraw()


def copy_of(letter) -> Mailing:
    with reading(letter.coalition_id):
        return session.scalars(select(Mailing).filter_by(letter_id=letter.id)).one()


class TestFinalCopy:
    def test_goes_once_to_each_whose_signature_counts(self, app, letter, sink):
        withdraw(sign(letter, "Taken Back"))

        deliver(letter)
        work_through()  # the worker hears of it too
        for _ in range(2):
            prepare(letter)
            send()

        assert sorted(sink.mailed) == ["ada@example.org", "grace@example.org"]
        assert states(copy_of(letter)) == {"sent": 2}

    def test_goes_to_nobody_who_got_one_before_it_was_a_mailing(
        self, app, coalition, letter, sink
    ):
        with transaction(coalition.id):
            ada = session.scalars(select(Signature).filter_by(given_name="Ada")).one()
            session.add(Courtesy(signature_id=ada.id, kind=CourtesyKind.FINAL_COPY))

        deliver(letter)
        send()

        assert sink.mailed == ["grace@example.org"]

    def test_is_framed_and_can_be_ended_like_each_mailing(self, app, client, letter, sink):
        deliver(letter)
        send()

        message = copy_to(sink, "ada")
        text = message.get_body(("plain",)).get_content()
        page = message.get_body(("html",)).get_content()
        assert message["Subject"] == "Delivered: Keep the night buses"
        assert "Handed to the board." in text
        assert "We ask you to keep the night buses." in text
        assert f"/{letter.slug}" in text
        assert "You get this once, because you signed this letter." in text
        assert "prefers-color-scheme: dark" in page
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        one_click = message["List-Unsubscribe"].strip("<>")
        assert client.post("/" + one_click.split("/", 3)[3]).status_code == 200

    def test_is_in_the_language_of_each_even_if_the_letter_is_not(self, app, letter, sink):
        deliver(letter)
        send()

        message = copy_to(sink, "grace")
        assert message["Subject"] == "Entregada: Keep the night buses"
        text = message.get_body(("plain",)).get_content()
        assert "Buenos días:" in text
        assert "We ask you to keep the night buses." in text

    def test_says_in_each_language_how_it_was_delivered(self, app, coalition, letter, sink):
        with transaction(coalition.id):
            found = session.get_one(Letter, letter.id)
            found.texts.append(
                LetterText(
                    coalition_id=coalition.id, language="es", title="Buses", body="Sigan."
                )
            )
            found.close()
            found.deliver(note="Handed to the board.")
            found.translate_delivery_note({"es": "Entregada a la junta."})
        prepare(letter)
        send()

        spanish = copy_to(sink, "grace").get_body(("plain",)).get_content()
        assert "Entregada a la junta." in spanish
        assert "Handed to the board." not in spanish

    def test_has_the_braces_that_the_letter_has(self, app, letter, sink):
        with transaction(letter.coalition_id):
            text = session.scalars(select(LetterText).filter_by(letter_id=letter.id)).one()
            text.title, text.body = "About {{given_name}}", "Dear {{nonsense|x}} {% if %}"

        deliver(letter)
        send()

        message = copy_to(sink, "ada")
        assert message["Subject"] == "Delivered: About {{given_name}}"
        assert "Dear {{nonsense|x}} {% if %}" in message.get_body(("plain",)).get_content()

    @pytest.mark.parametrize(
        "braces", ["{{{city}}}", "{{{{city}}}}", "{ {{city}} }", "{{{", "{a} {{b}", "{{}}"]
    )
    def test_has_braces_of_all_kinds(self, app, letter, sink, braces):
        with transaction(letter.coalition_id):
            text = session.scalars(select(LetterText).filter_by(letter_id=letter.id)).one()
            text.body = f"Dear {braces} all"

        deliver(letter)
        send()

        text = copy_to(sink, "ada").get_body(("plain",)).get_content()
        assert f"Dear {braces} all" in text

    def test_is_one_mail_to_who_signed_for_an_organization_too(self, app, letter, sink):
        signature = make_signature(letter, "Riders", kind="organization", email="r@example.org")
        with transaction(letter.coalition_id):
            ada = session.scalars(select(Person).filter_by(given_name="Ada")).one()
            session.get_one(Signature, signature.id).person_id = ada.id

        deliver(letter)
        send()

        assert sink.mailed.count("ada@example.org") == 1

    def test_is_one_mailing_though_workers_prepare_it_at_once(self, app, letter, sink):
        with transaction(letter.coalition_id):
            found = session.get_one(Letter, letter.id)
            found.close()
            found.deliver(note="", at=None)
        together = threading.Barrier(4)

        def work() -> None:
            together.wait()
            prepare(letter)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()

        with reading(letter.coalition_id):
            assert session.scalar(select(func.count()).select_from(Mailing)) == 1

    def test_goes_to_so_many_that_it_takes_long_to_find_them(self, app, letter, many):
        deliver(letter)

        assert states(copy_of(letter)) == {"queued": 2}

    def test_keeps_nobody_waiting_who_signs_or_confirms_while_it_is_written_down(
        self, app, letter, monkeypatch
    ):
        begin_unasked, states_read = starting.begin_unasked, []

        def read_as_who_signs() -> None:
            with transaction(letter.coalition_id):
                locked = session.get_one(Letter, letter.id, with_for_update={"read": True})
                states_read.append(locked.state)

        def begin_meanwhile(*arguments):
            count = begin_unasked(*arguments)
            other = threading.Thread(target=read_as_who_signs)
            other.start()
            other.join()
            return count

        monkeypatch.setattr(starting, "begin_unasked", begin_meanwhile)
        deliver(letter)

        assert states_read == ["delivered"]

    def test_is_not_sent_where_nobody_wants_it(self, app, coalition, letter, sink):
        choose_plugin_settings(coalition, "email-outreach", final_copies="not")
        with transaction(coalition.id):
            found = session.get_one(Letter, letter.id)
            found.close()
            found.deliver(note="", at=None)

        work_through()

        assert sink.mailed == []

    def test_is_no_mailing_where_nobody_would_get_it(self, app, coalition, sink):
        letter = make_letter(coalition)

        deliver(letter)

        with reading(coalition.id):
            assert session.scalars(select(Mailing)).all() == []


class TestWhoEndsIt:
    def test_gets_none_if_all_mail_was_ended_before(self, app, coalition, letter, sink):
        self.end_all_mail(coalition, "Ada")

        deliver(letter)
        send()

        assert sink.mailed == ["grace@example.org"]

    @pytest.mark.parametrize("how", ["all mail", "bounce", "signature"])
    def test_gets_none_if_it_is_ended_while_it_waits(self, app, coalition, letter, sink, how):
        signature = sign(letter, "Katherine Johnson")
        deliver(letter)

        if how == "all mail":
            self.end_all_mail(coalition, "Katherine")
        elif how == "bounce":
            with transaction(coalition.id):
                suppress(coalition.id, "katherine@example.org", SuppressionReason.BOUNCE)
        else:
            withdraw(signature)
        send()

        assert sorted(sink.mailed) == ["ada@example.org", "grace@example.org"]
        assert states(copy_of(letter)) == {"sent": 2, "refused": 1}

    def test_gets_none_if_the_signature_is_taken_back_while_the_batch_leaves(
        self, app, letter, sink, monkeypatch
    ):
        """One connection hands over one message after the other; it asks again meanwhile."""
        signatures = [sign(letter, f"Person{number} Example") for number in range(3)]
        deliver(letter)
        hand_over = sending.Lane._hand_over

        def withdraw_then_hand_over(lane, *arguments):
            outcome = hand_over(lane, *arguments)
            for each in signatures:
                withdraw(each)
            work_through(without=("email-outreach.send", "mail"))
            time.sleep(0.05)  # longer than an answer holds
            return outcome

        monkeypatch.setattr(sending.Lane, "_hand_over", withdraw_then_hand_over)
        send()

        assert {each for each in sink.mailed[1:] if each.startswith("person")} == set()

    def end_all_mail(self, coalition, given_name: str) -> None:
        with application().test_request_context(), reading(coalition.id):
            person = session.scalars(select(Person).filter_by(given_name=given_name)).one()
            url = unsubscribe_url(coalition.id, person.id)
        assert application().test_client().post(url).status_code == 200


class TestCoordinator:
    def test_sees_it_as_a_mailing_and_can_stop_it(
        self, coordinator, coalition, letter, sink, no_csrf
    ):
        deliver(letter)
        mailing = copy_of(letter)
        page = f"/manage/{coalition.slug}/mailings/{mailing.id}"

        assert (
            "Final copy: Keep the night buses"
            in coordinator.get(f"/manage/{coalition.slug}/mailings/").text
        )
        shown = coordinator.get(f"{page}/").text
        assert "written and begun by itself" in shown
        assert "Everybody who signed the letter" in shown
        assert "Handed to the board." in coordinator.get(f"{page}/preview").text
        coordinator.post(f"{page}/pause")
        send()
        assert sink.mailed == []
        coordinator.post(f"{page}/stop")
        send()
        assert sink.mailed == []
        assert states(mailing) == {"stopped": 2}

    def test_cannot_use_it_to_write_to_signatories_freely(
        self, coordinator, coalition, letter, sink, no_csrf
    ):
        """They agreed to nothing: what a coordinator writes needs their consent."""
        deliver(letter)
        page = f"/manage/{coalition.slug}/mailings/{copy_of(letter).id}"
        coordinator.post(f"{page}/copy")

        with reading(coalition.id):
            copy = session.scalars(select(Mailing).filter_by(status=MailingStatus.DRAFT)).one()
            assert copy.purpose == "coalition_updates"
        with transaction(coalition.id):
            session.merge(copy).purpose = "final_copy"
        with pytest.raises(PurposeGone):
            begin(copy)
