"""What the links in mails open, from the first mail to the withdrawal."""

import html
import re

import pytest
from sqlalchemy import delete, select

from coalition import db, page_cache
from coalition.audit import AuditEntry
from coalition.clock import now
from coalition.consents.models import Consent
from coalition.letters import links
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature, SignatureState
from coalition.people.models import Person
from coalition.testing import make_letter, make_organization, make_signature
from tests.letters.test_views import ADA, CIVICS, LETTER


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch):
    """Make pages anew at each request: tests do not wait a second."""
    monkeypatch.setattr(page_cache, "FRESH_S", 0.0)


@pytest.fixture
def letter(coalition):
    return make_letter(coalition)


@pytest.fixture
def signed(client, letter, mailbox):
    """Sign as Ada and return the path of the confirmation link."""
    client.post(f"{LETTER}/signatures", data=ADA)
    return link_in(mailbox()[-1])


def link_in(message) -> str:
    """Return the path of the signatory's own link in a mail."""
    return re.findall(r"http://localhost(/(?:confirmations|signatures)/\S+)", message.text)[-1]


def only(coalition) -> Signature:
    db.session.remove()
    with db.reading(coalition.id) as session:
        return session.scalars(select(Signature)).one()


def close(letter) -> None:
    with db.transaction(letter.coalition_id) as session:
        session.get_one(Letter, letter.id).close()


class TestCorrection:
    def test_gives_the_owner_of_the_mailbox_the_last_word_on_the_name(
        self, client, coalition, letter, mailbox
    ):
        # Somebody else filled in the form, with Ada's address and a name of their own choice.
        client.post(
            f"{LETTER}/signatures", data={**ADA, "given_name": "Silly", "listed": "yes"}
        )

        own = {"given_name": "Ada", "family_name": "King"}
        client.post(link_in(mailbox()[-1]), data=own)

        signature = only(coalition)
        assert signature.state == SignatureState.CONFIRMED
        assert signature.listed_name == "Ada King"
        assert not signature.listed
        assert signature.sort_key.startswith("king")

    @pytest.mark.parametrize("wants", [True, False])
    def test_lets_nobody_else_agree_to_mail(self, client, coalition, letter, mailbox, wants):
        client.post(f"{LETTER}/signatures", data={**ADA, "updates": "yes"})
        link = link_in(mailbox()[-1])
        assert "may write to me about this letter" in client.get(link).text

        own = {
            "given_name": "Ada",
            "family_name": "King",
            **({"updates": "yes"} if wants else {}),
        }
        client.post(link, data=own)

        with db.reading(coalition.id) as session:
            agreed = [each.given for each in session.scalars(select(Consent))]
        assert agreed == ([True] if wants else [])

    def test_is_shown_again_with_what_is_wrong(self, client, coalition, signed):
        answer = client.post(signed, data={"given_name": "", "family_name": "x" * 101})

        assert answer.status_code == 422
        assert "100" in answer.text
        assert only(coalition).state == SignatureState.PENDING


class TestThanks:
    def test_hold_no_power_over_the_signature(self, client, signed):
        where = client.post(signed).headers["Location"]
        token = where.split("/thanks/")[1].partition("?")[0]

        assert "/signatures/" not in client.get(where).text
        assert client.get(f"/signatures/{token}").status_code == 404
        assert client.post(f"/signatures/{token}/withdrawal").status_code == 404


class TestJourney:
    def test_of_a_person_from_signing_to_withdrawal(self, client, coalition, letter, mailbox):
        client.post(f"{LETTER}/signatures", data=ADA)
        (asked,) = mailbox()
        assert asked.recipient == "ada@example.org"
        assert asked.sender == "Night Buses"
        assert "Lovelace" not in asked.text
        assert "Ada Lovelace" not in client.get(LETTER).text

        opened = client.get(link_in(asked))
        assert 'value="Ada"' in opened.text
        assert 'value="Lovelace"' in opened.text
        answer = client.post(link_in(asked))
        assert answer.status_code == 303
        thanks = client.get(answer.headers["Location"])
        assert "your signature is confirmed" in thanks.text
        assert f"http://localhost{LETTER}" in thanks.text
        assert "data:image/svg+xml" in thanks.text
        assert "Ada Lovelace" in client.get(LETTER).text

        manage = link_in(mailbox()[-1])
        assert mailbox()[-1].subject == "Your signature counts: Keep the night buses"
        client.post(manage, data={"listed": "yes", "display_name": "A. Lovelace"})
        assert "A. Lovelace" in client.get(LETTER).text
        client.post(manage, data={"display_name": ""})
        assert "Lovelace" not in client.get(LETTER).text

        asks = client.get(manage.replace("?", "/withdrawal?"))
        assert "Take the signature back?" in asks.text
        assert only(coalition).state == SignatureState.CONFIRMED
        client.post(manage.replace("?", "/withdrawal?"))
        assert only(coalition).state == SignatureState.WITHDRAWN
        assert "You took this signature back" in client.get(manage).text
        assert mailbox()[-1].subject == "Your signature was taken back: Keep the night buses"

    def test_of_an_unknown_organization_waits_for_the_coalition(
        self, client, coalition, letter, mailbox
    ):
        client.post(f"{LETTER}/signatures", data=CIVICS)

        answer = client.post(link_in(mailbox()[-1]))

        waiting = "waits for the coalition to check your organization"
        assert waiting in client.get(answer.headers["Location"]).text
        assert mailbox()[-1].subject == "Thank you for signing: Keep the night buses"
        assert waiting in client.get(link_in(mailbox()[-1])).text
        assert "Example Civics" not in client.get(LETTER).text

    def test_of_an_organization_at_its_own_domain_counts_at_once_and_one_mail_says_so(
        self, client, coalition, letter, mailbox
    ):
        make_organization("Example Civics", domains=["civics.example.org"])
        client.post(f"{LETTER}/signatures", data=CIVICS)

        client.post(link_in(mailbox()[-1]))

        assert [each.subject for each in mailbox()] == [
            "Please confirm: Keep the night buses",
            "Your signature counts: Keep the night buses",
        ]
        assert "Example Civics" in client.get(LETTER).text


class TestConfirmation:
    def test_changes_nothing_when_a_scanner_opens_it(self, client, coalition, signed):
        for _ in range(3):
            assert client.get(signed).status_code == 200
            assert client.head(signed).status_code == 200

        assert only(coalition).state == SignatureState.PENDING

    def test_makes_the_person_known_only_when_confirmed(self, client, coalition, signed):
        with db.reading(coalition.id) as session:
            assert session.scalars(select(Person)).all() == []

        client.post(signed)

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Person)).one().name == "Ada Lovelace"
            entry = session.scalars(
                select(AuditEntry).filter_by(action="signature.confirmed")
            ).one()
        assert entry.actor_kind == "signatory"

    def test_used_again_shows_the_thanks(self, client, signed, mailbox):
        client.post(signed)
        mails = len(mailbox())

        again = client.get(signed, follow_redirects=True)
        client.post(signed)

        assert "your signature is confirmed" in again.text
        assert len(mailbox()) == mails

    @pytest.mark.parametrize("token", ["x", "WyJhIl0.abc.def", "%00", "a" * 3000])
    def test_broken_says_so(self, client, coalition, token):
        for path in (f"/confirmations/{token}", f"/signatures/{token}"):
            answer = client.get(path)

            assert answer.status_code == 404
            assert "This link does not work" in answer.text

    def test_of_another_purpose_does_not_work(self, client, coalition, signed):
        token = signed.split("/")[2].split("?")[0]

        assert client.get(f"/signatures/{token}").status_code == 404

    def test_cut_at_any_place_does_not_work(self, client, coalition, signed):
        path = signed.split("?")[0]

        assert {client.get(path[:-cut]).status_code for cut in range(1, 30)} == {404}

    def test_expired_offers_a_new_one(self, client, coalition, signed, mailbox, monkeypatch):
        with monkeypatch.context() as later:
            later.setattr(links, "CONFIRM_DAYS", -1)
            shown = client.get(signed)
            posted = client.post(signed)
            assert (shown.status_code, posted.status_code) == (410, 410)
            assert only(coalition).state == SignatureState.PENDING
            renewal = html.unescape(re.search(r'action="([^"]+)"', shown.text)[1])
            answer = client.post(renewal)
        assert "look into your mailbox" in client.get(answer.headers["Location"]).text

        first, second = mailbox()
        client.post(link_in(second))

        assert first.subject == second.subject
        assert only(coalition).state == SignatureState.CONFIRMED

    def test_of_a_closed_letter_says_so(self, client, coalition, letter, signed):
        close(letter)

        for answer in (client.get(signed), client.post(signed)):
            assert answer.status_code == 409
            assert "is closed and takes no more signatures" in answer.text
            assert "not confirmed in time" in answer.text
        assert only(coalition).state == SignatureState.PENDING

    def test_of_a_withdrawn_signature_offers_to_sign_again(self, client, coalition, signed):
        with db.transaction(coalition.id) as session:
            session.scalars(select(Signature)).one().withdraw()

        for answer in (client.get(signed), client.post(signed)):
            assert answer.status_code == 410
            assert "This signature was withdrawn" in answer.text
            assert "Sign again" in answer.text

    def test_of_an_erased_signature_does_not_work(self, client, coalition, signed):
        with db.transaction(coalition.id) as session:
            session.execute(delete(Signature))

        assert client.get(signed).status_code == 404
        assert client.post(signed).status_code == 404

    def test_tells_nobody_where_it_is(self, client, coalition, signed):
        answer = client.get(signed)

        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert not re.findall(r'(?:src|href)="https?://(?!localhost)', answer.text)


class TestManage:
    def test_refuses_another_organizations_name(self, client, coalition, letter):
        signature = make_signature(letter, "Example Civics", kind="organization")
        path = f"/signatures/{links.manage_token(coalition.id, signature.id)}"

        refused = client.post(
            path, data={"listed": "yes", "display_name": "Other People's Club"}
        )
        accepted = client.post(path, data={"listed": "yes", "display_name": "EXAMPLE Civics"})

        assert refused.status_code == 422
        assert "under its own name" in refused.text
        assert accepted.status_code == 303
        assert "EXAMPLE Civics" in client.get(LETTER).text

    def test_says_what_is_too_long(self, client, coalition, letter):
        signature = make_signature(letter, "Ada Lovelace")
        path = f"/signatures/{links.manage_token(coalition.id, signature.id)}"

        answer = client.post(path, data={"display_name": "A" * 201})

        assert answer.status_code == 422
        assert "At most 200 characters" in answer.text

    def test_lets_nobody_change_a_withdrawn_signature(self, client, coalition, letter):
        signature = make_signature(
            letter, "Ada Lovelace", state="withdrawn", withdrawn_at=now()
        )
        path = f"/signatures/{links.manage_token(coalition.id, signature.id)}"

        answer = client.post(path, data={"listed": "yes", "display_name": "X"})

        assert answer.status_code == 410
        assert only(coalition).listed is True  # as the test made it, untouched
        assert only(coalition).display_name == ""

    def test_works_after_the_letter_closed(self, client, coalition, letter):
        signature = make_signature(letter, "Ada Lovelace")
        close(letter)
        path = f"/signatures/{links.manage_token(coalition.id, signature.id)}"

        client.post(f"{path}/withdrawal")

        assert only(coalition).state == SignatureState.WITHDRAWN
        assert "Lovelace" not in client.get(LETTER).text
