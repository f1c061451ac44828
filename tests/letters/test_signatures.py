"""The life of a signature, verb by verb and then at random."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from coalition import db
from coalition.consents.models import Consent, SuppressionReason
from coalition.consents.suppressing import lift, suppress, suppression_of
from coalition.errors import DomainError
from coalition.letters.errors import (
    AlreadySigned,
    CannotChangeLetter,
    CannotChangeSignature,
    SignatureGone,
    SigningClosed,
)
from coalition.letters.events import (
    SignatureApproved,
    SignatureChanged,
    SignatureConfirmed,
    SignatureEvent,
    SignatureRejected,
    SignatureWithdrawn,
)
from coalition.letters.models import ApprovalRule, Letter, LetterState
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.letters.signing import SignatureRequest, sign
from coalition.organizations.models import Membership, Organization
from coalition.people.models import Person
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_person,
    waiting_facts,
)

RIDERS = "Bus Riders Union"


def sign_as(coalition, organization: str = "", *, slug: str | None = None, **values) -> UUID:
    """Sign the coalition's letter and return the id of the signature."""
    sign(
        coalition.id,
        slug or "keep-the-night-buses",
        SignatureRequest(
            **{
                "kind": "organization" if organization else "person",
                "given_name": "Ada",
                "family_name": "Lovelace",
                "email": "ada@example.org",
                "organization_name": organization,
            }
            | values
        ),
    )
    return waiting_facts()[-1].signature_id


def change(coalition, signature_id: UUID, verb: Callable[[Signature], object]) -> None:
    db.session.remove()  # each change is a request of its own
    with db.transaction(coalition.id) as session:
        verb(session.get(Signature, signature_id))


def confirm(coalition, signature_id: UUID) -> None:
    change(coalition, signature_id, Signature.confirm)


def approve(coalition, signature_id: UUID, organization: Organization) -> None:
    change(
        coalition,
        signature_id,
        lambda each: each.approve(db.session.get(Organization, organization.id)),
    )


def change_letter(letter: Letter, verb: Callable[[Letter], object]) -> None:
    db.session.remove()
    with db.transaction(letter.coalition_id) as session:
        verb(session.get(Letter, letter.id))


def look(coalition, signature_id: UUID) -> Signature:
    db.session.remove()
    with db.reading(coalition.id) as session:
        return session.get(Signature, signature_id)


def facts() -> list[type]:
    return [type(fact) for fact in waiting_facts() if isinstance(fact, SignatureEvent)]


class TestConfirm:
    def test_lets_a_person_count_and_be_known(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition, city="Los Angeles", postal_code="90012")

        confirm(coalition, signature_id)

        signature = look(coalition, signature_id)
        assert signature.state == SignatureState.CONFIRMED
        assert signature.counts
        with db.reading(coalition.id) as session:
            person = session.get(Person, signature.person_id)
            assert (person.name, person.email) == ("Ada Lovelace", "ada@example.org")
            assert (person.city, person.postal_code) == ("Los Angeles", "90012")
            assert person.email_addresses[0].verified_at is not None
        assert facts()[-1] is SignatureConfirmed

    @pytest.mark.parametrize(
        ("known", "said", "then"),
        [
            # city, region, postal code
            (("Oakland", None, None), ("Reno", "NV", "89501"), ("Oakland", None, None)),
            ((None, "CA", None), ("Reno", "NV", None), (None, "CA", None)),
            ((None, None, "94612"), ("Reno", None, "89501"), (None, None, "94612")),
            (("Portland", "OR", None), ("Portland", "ME", None), ("Portland", "OR", None)),
            ((None, "CA", None), ("Oakland", "CA", "94612"), ("Oakland", "CA", "94612")),
            (("Oakland", None, None), ("oakland", "CA", None), ("Oakland", "CA", None)),
        ],
    )
    def test_makes_nobody_live_in_parts_of_two_places(self, coalition, known, said, then):
        make_letter(coalition)
        person = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id) as session:
            person = session.merge(person)
            person.city, person.region, person.postal_code = known

        city, region, postal_code = said
        confirm(
            coalition, sign_as(coalition, city=city, region=region, postal_code=postal_code)
        )

        with db.reading(coalition.id) as session:
            person = session.get(Person, person.id)
            assert (person.city, person.region, person.postal_code) == then

    def test_is_what_makes_a_person_known(self, coalition):
        make_letter(coalition)
        sign_as(coalition)

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Person)).all() == []

    def test_twice_changes_nothing(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)
        first = look(coalition, signature_id).confirmed_at

        confirm(coalition, signature_id)

        assert look(coalition, signature_id).confirmed_at == first
        assert facts().count(SignatureConfirmed) == 1

    def test_does_not_rename_somebody_who_is_known(self, coalition):
        make_letter(coalition)
        with db.transaction(coalition.id):
            Person.remember(email="ada@example.org", given_name="Augusta", family_name="King")

        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)

        signature = look(coalition, signature_id)
        with db.reading(coalition.id) as session:
            assert session.get(Person, signature.person_id).name == "Augusta King"
        assert signature.listed_name == "Ada Lovelace"

    def test_keeps_the_wording_that_was_agreed_to(self, coalition):
        make_letter(coalition)

        confirm(coalition, sign_as(coalition, updates_wording="Send me news of this campaign."))

        with db.reading(coalition.id) as session:
            consent = session.scalars(select(Consent)).one()
        assert consent.given
        assert consent.wording == "Send me news of this campaign."

    def test_begins_mail_again_for_an_owner_who_had_ended_it_and_agrees_anew(self, coalition):
        make_letter(coalition)
        with db.transaction(coalition.id):
            for reason in (SuppressionReason.UNSUBSCRIBE, SuppressionReason.MANUAL):
                suppress(coalition.id, "ada@example.org", reason)

        confirm(coalition, sign_as(coalition, updates_wording="Send me news again."))

        with db.transaction(coalition.id):
            assert suppression_of(coalition.id, "ada@example.org") == SuppressionReason.MANUAL
            lift(coalition.id, "ada@example.org")  # nothing of the owner's is in the way

    def test_makes_no_consent_of_silence(self, coalition):
        make_letter(coalition)

        confirm(coalition, sign_as(coalition))

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Consent)).all() == []

    def test_refuses_once_the_letter_is_closed(self, coalition):
        letter = make_letter(coalition)
        signature_id = sign_as(coalition)
        change_letter(letter, Letter.close)

        with pytest.raises(SigningClosed):
            confirm(coalition, signature_id)

        assert look(coalition, signature_id).state == SignatureState.PENDING

    def test_refuses_what_was_withdrawn(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        change(coalition, signature_id, Signature.withdraw)

        with pytest.raises(SignatureGone):
            confirm(coalition, signature_id)


class TestConfirmForAnOrganization:
    def test_waits_for_a_coordinator_when_it_is_unknown(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition, RIDERS)

        confirm(coalition, signature_id)

        signature = look(coalition, signature_id)
        assert signature.state == SignatureState.CONFIRMED
        assert signature.organization_id is None
        assert signature.waits_for_coordinator
        assert not signature.counts

    def test_finds_a_known_one_by_another_spelling_but_waits_all_the_same(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS)

        signature_id = sign_as(coalition, "The Bus Riders’ Union, Inc.", capacity="Organizer")
        confirm(coalition, signature_id)

        signature = look(coalition, signature_id)
        assert signature.organization_id == riders.id
        assert signature.waits_for_coordinator  # anybody can type a name
        with db.reading(coalition.id) as session:
            assert session.scalars(select(Membership)).all() == []

    def test_approves_by_itself_what_comes_from_its_own_domain(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS, domains=["busriders.org"])

        signature_id = sign_as(coalition, RIDERS, email="ada@mail.BusRiders.org")
        confirm(coalition, signature_id)

        signature = look(coalition, signature_id)
        assert signature.state == SignatureState.APPROVED
        assert signature.organization_id == riders.id
        assert signature.counts
        assert facts()[-2:] == [SignatureConfirmed, SignatureApproved]

    @pytest.mark.parametrize(
        "address", ["ada@notbusriders.org", "ada@busriders.org.example.net"]
    )
    def test_is_not_fooled_by_a_similar_domain(self, coalition, address):
        make_letter(coalition)
        make_organization(RIDERS, domains=["busriders.org"])

        signature_id = sign_as(coalition, RIDERS, email=address)
        confirm(coalition, signature_id)

        assert look(coalition, signature_id).waits_for_coordinator

    def test_waits_where_every_organization_has_to(self, coalition):
        make_letter(coalition, approval=ApprovalRule.EVERY)
        make_organization(RIDERS, domains=["busriders.org"])

        signature_id = sign_as(coalition, RIDERS, email="ada@busriders.org")
        confirm(coalition, signature_id)

        assert look(coalition, signature_id).waits_for_coordinator

    def test_waits_when_a_colleague_has_signed_already(self, coalition):
        make_letter(coalition)
        make_organization(RIDERS, domains=["busriders.org"])
        first = sign_as(coalition, RIDERS, email="ada@busriders.org")
        confirm(coalition, first)

        second = sign_as(coalition, RIDERS, email="grace@busriders.org")
        confirm(coalition, second)

        assert look(coalition, first).counts
        assert look(coalition, second).waits_for_coordinator

    @pytest.mark.parametrize("forged", ["Вus Riders Union", "Bus Ridеrs Union"])
    def test_does_not_take_a_look_alike_for_the_real_one(self, coalition, forged):
        make_letter(coalition)
        make_organization(RIDERS, domains=["busriders.org"])

        signature_id = sign_as(coalition, forged, email="ada@busriders.org")
        confirm(coalition, signature_id)

        signature = look(coalition, signature_id)
        assert signature.organization_id is None
        assert signature.waits_for_coordinator


class TestApprove:
    def test_counts_from_now_on_and_remembers_the_spelling(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS)
        signature_id = sign_as(coalition, "BRU Los Angeles")
        confirm(coalition, signature_id)

        approve(coalition, signature_id, riders)

        signature = look(coalition, signature_id)
        assert signature.counts
        assert signature.listed_name == RIDERS
        with db.reading(coalition.id) as session:
            membership = session.scalars(select(Membership)).one()
        assert (membership.organization_id, membership.person_id) == (
            riders.id,
            signature.person_id,
        )
        with db.reading() as session:
            assert [each.name for each in session.get(Organization, riders.id).aliases] == [
                "BRU Los Angeles"
            ]
        assert facts()[-1] is SignatureApproved

    def test_does_not_remember_a_name_with_look_alike_letters(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS)
        signature_id = sign_as(coalition, "Вus Riders")
        confirm(coalition, signature_id)

        approve(coalition, signature_id, riders)

        assert look(coalition, signature_id).counts
        with db.reading() as session:
            assert session.get(Organization, riders.id).aliases == []

    def test_refuses_a_second_signature_of_one_organization(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS)
        first = sign_as(coalition, RIDERS)
        second = sign_as(coalition, "BRU", email="grace@example.org")
        for each in (first, second):
            confirm(coalition, each)
        approve(coalition, first, riders)

        with pytest.raises(AlreadySigned, match=RIDERS):
            approve(coalition, second, riders)

        assert look(coalition, second).waits_for_coordinator

    def test_refuses_what_was_not_confirmed(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS)
        signature_id = sign_as(coalition, RIDERS)

        with pytest.raises(CannotChangeSignature, match="pending"):
            approve(coalition, signature_id, riders)

    def test_refuses_a_persons(self, coalition):
        make_letter(coalition)
        riders = make_organization(RIDERS)
        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)

        with pytest.raises(CannotChangeSignature):
            approve(coalition, signature_id, riders)

    def test_refuses_after_the_delivery(self, coalition):
        letter = make_letter(coalition)
        riders = make_organization(RIDERS)
        signature_id = sign_as(coalition, RIDERS)
        confirm(coalition, signature_id)
        change_letter(letter, Letter.close)
        change_letter(letter, lambda each: each.deliver(note="By hand"))

        with pytest.raises(CannotChangeLetter):
            approve(coalition, signature_id, riders)


class TestReject:
    def test_ends_it_with_a_reason(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition, RIDERS)
        confirm(coalition, signature_id)

        change(coalition, signature_id, lambda each: each.reject("We do not know them."))

        signature = look(coalition, signature_id)
        assert signature.state == SignatureState.REJECTED
        assert signature.rejection_reason == "We do not know them."
        assert waiting_facts()[-1].counted is False

    def test_says_whether_it_had_counted(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)

        change(coalition, signature_id, lambda each: each.reject("A robot."))

        assert isinstance(waiting_facts()[-1], SignatureRejected)
        assert waiting_facts()[-1].counted is True

    def test_keeps_the_place_so_that_the_same_mailbox_cannot_sign_again(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)
        change(coalition, signature_id, lambda each: each.reject("A robot."))

        assert sign_as(coalition) == signature_id

    def test_of_what_was_never_confirmed_does_not_lock_the_mailboxs_owner_out(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        change(coalition, signature_id, lambda each: each.reject("Somebody else's prank."))

        assert sign_as(coalition) != signature_id


class TestWithdraw:
    def test_takes_the_name_back(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition, listed=True)
        confirm(coalition, signature_id)

        change(coalition, signature_id, Signature.withdraw)

        signature = look(coalition, signature_id)
        assert signature.state == SignatureState.WITHDRAWN
        assert not signature.listed
        assert not signature.counts
        assert isinstance(waiting_facts()[-1], SignatureWithdrawn)
        assert waiting_facts()[-1].counted is True

    def test_twice_changes_nothing(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        for _ in range(2):
            change(coalition, signature_id, Signature.withdraw)

        assert facts().count(SignatureWithdrawn) == 1

    def test_works_after_the_delivery(self, coalition):
        letter = make_letter(coalition)
        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)
        change_letter(letter, Letter.close)
        change_letter(letter, lambda each: each.deliver(note="By hand"))

        change(coalition, signature_id, Signature.withdraw)

        assert look(coalition, signature_id).state == SignatureState.WITHDRAWN


class TestRelist:
    def test_changes_how_it_is_listed(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        confirm(coalition, signature_id)

        change(
            coalition, signature_id, lambda each: each.relist(listed=True, display_name="A. L.")
        )

        signature = look(coalition, signature_id)
        assert (signature.listed, signature.listed_name) == (True, "A. L.")
        assert facts()[-1] is SignatureChanged

    def test_refuses_what_was_withdrawn(self, coalition):
        make_letter(coalition)
        signature_id = sign_as(coalition)
        change(coalition, signature_id, Signature.withdraw)

        with pytest.raises(SignatureGone):
            change(
                coalition, signature_id, lambda each: each.relist(listed=True, display_name="")
            )


ORGANIZATIONS = ["", "Bus Riders Union", "Parks Now", "Tenants Together"]
MAILBOXES = ["ada@example.org", "grace@parksnow.org", "joan@example.org"]


class SignatureLife(RuleBasedStateMachine):
    """Compare what the verbs do with a model: a state for each signature, and a count."""

    turn = 0

    @initialize()
    def begin(self) -> None:
        SignatureLife.turn += 1
        self.coalition = make_coalition(f"c{self.turn}", f"Coalition {self.turn}")
        self.letter = make_letter(self.coalition, slug="letter")
        self.letter_state = LetterState.OPEN
        self.states: dict[UUID, SignatureState] = {}
        self.owners: dict[UUID, str] = {}
        with db.platform_transaction() as session:
            session.execute(db.text("DELETE FROM outbox"))
        self.organizations = {}
        for name in ORGANIZATIONS[1:]:
            with db.transaction() as session:
                found = session.scalar(select(Organization).filter_by(name=name))
            self.organizations[name] = found or make_organization(
                name, domains=["parksnow.org"] if name == "Parks Now" else []
            )

    @rule(mailbox=st.sampled_from(MAILBOXES), organization=st.sampled_from(ORGANIZATIONS))
    def sign(self, mailbox: str, organization: str) -> None:
        if self.letter_state != LetterState.OPEN:
            with pytest.raises(SigningClosed):
                sign_as(self.coalition, organization, slug="letter", email=mailbox)
            return
        signature_id = sign_as(self.coalition, organization, slug="letter", email=mailbox)
        self.states.setdefault(signature_id, SignatureState.PENDING)
        self.owners[signature_id] = organization

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        signature_id = self._choose(data)
        expected = self.states[signature_id]
        if expected == SignatureState.PENDING and self.letter_state == LetterState.OPEN:
            expected = SignatureState.CONFIRMED
            if self._is_proven(signature_id):
                expected = SignatureState.APPROVED
        self._try(lambda: confirm(self.coalition, signature_id))
        self.states[signature_id] = expected

    @precondition(lambda self: self.states)
    @rule(data=st.data(), name=st.sampled_from(ORGANIZATIONS[1:]))
    def approve(self, data: st.DataObject, name: str) -> None:
        signature_id = self._choose(data)
        allowed = (
            self.owners[signature_id] != ""
            and self.states[signature_id] == SignatureState.CONFIRMED
            and self.letter_state != LetterState.DELIVERED
            and name not in self._approved()
        )
        went = self._try(
            lambda: approve(self.coalition, signature_id, self.organizations[name])
        )
        assert went == allowed
        if allowed:
            self.states[signature_id] = SignatureState.APPROVED
            self.owners[signature_id] = name

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        signature_id = self._choose(data)
        allowed = (
            self.states[signature_id] not in (SignatureState.WITHDRAWN, SignatureState.REJECTED)
            and self.letter_state != LetterState.DELIVERED
        )
        went = self._try(
            lambda: change(self.coalition, signature_id, lambda each: each.reject("No."))
        )
        assert went == allowed
        if allowed:
            self.states[signature_id] = SignatureState.REJECTED

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        signature_id = self._choose(data)
        change(self.coalition, signature_id, Signature.withdraw)
        if self.states[signature_id] != SignatureState.REJECTED:
            self.states[signature_id] = SignatureState.WITHDRAWN

    @rule()
    def close_or_open(self) -> None:
        if self.letter_state == LetterState.DELIVERED:
            return
        is_open = self.letter_state == LetterState.OPEN
        change_letter(self.letter, Letter.close if is_open else Letter.open)
        self.letter_state = LetterState.CLOSED if is_open else LetterState.OPEN

    @precondition(lambda self: self.letter_state == LetterState.CLOSED and len(self.states) > 3)
    @rule()
    def deliver(self) -> None:
        change_letter(self.letter, lambda each: each.deliver(note="By hand"))
        self.letter_state = LetterState.DELIVERED

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "states"):
            return
        db.session.remove()
        with db.reading(self.coalition.id) as session:
            stored = list(session.scalars(select(Signature)))
        assert {each.id: each.state for each in stored} == self.states
        assert sum(each.counts for each in stored) == count_from_facts(self.letter.id)

    def _choose(self, data: st.DataObject) -> UUID:
        return data.draw(st.sampled_from(sorted(self.states)))

    def _approved(self) -> set[str]:
        return {
            self.owners[each]
            for each, state in self.states.items()
            if state == SignatureState.APPROVED
        }

    def _is_proven(self, signature_id: UUID) -> bool:
        with db.reading(self.coalition.id) as session:
            at_home = session.get(Signature, signature_id).email.endswith("@parksnow.org")
        return (
            at_home
            and self.owners[signature_id] == "Parks Now"
            and "Parks Now" not in self._approved()
        )

    @staticmethod
    def _try(work: Callable[[], None]) -> bool:
        try:
            work()
        except DomainError:
            return False
        return True


def count_from_facts(letter_id: UUID) -> int:
    """Count as a subscriber does that knows nothing but the facts."""
    total = 0
    for fact in waiting_facts():
        if getattr(fact, "letter_id", None) != letter_id:
            continue
        match fact:
            case SignatureConfirmed(kind=SignatureKind.PERSON) | SignatureApproved():
                total += 1
            case SignatureWithdrawn(counted=True) | SignatureRejected(counted=True):
                total -= 1
    return total


class TestEveryOrderOfVerbs:
    def test_keeps_to_the_model(self, database):
        run_state_machine_as_test(
            SignatureLife,
            settings=settings(
                max_examples=20,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                print_blob=False,
            ),
        )
