"""Tests of member groups that ask signatories too: who asks whom, and the report about it."""

import csv
import io
from collections import Counter
from datetime import date, datetime

import pytest
from sqlalchemy import select

from coalition import audit, db, page_cache
from coalition.accounts.representing import let_represent
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.purposes import UPDATES
from coalition.consents.suppressing import suppress
from coalition.letters import partners
from coalition.letters.errors import PartnerKnown, SourceCodeTaken
from coalition.letters.models import Letter
from coalition.letters.partners import LetterPartner
from coalition.letters.signatures import Signature
from coalition.organizations.models import Organization
from coalition.people.models import person_by_email
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_person,
    make_signature,
    make_user,
    sign_in,
)

LETTER = "/c/night-buses/letters/keep-the-night-buses"
PARTNERS = "/manage/night-buses/letters/keep-the-night-buses/partners/"
FORM = {"kind": "person", "given_name": "Ada", "family_name": "Poe", "email": "ada@example.org"}


def join(coalition, name):
    organization = make_organization(name)
    with db.transaction(coalition.id) as session:
        CoalitionMembership.begin(
            session.get(Organization, organization.id),
            MembershipState.ACTIVE,
            on=date(2026, 1, 1),
        )
    return organization


def let_ask(letter, organization, *, weight=1, source_code=None):
    with db.transaction(letter.coalition_id) as session:
        return partners.add_partner(
            session.get(Letter, letter.id),
            session.get(Organization, organization.id),
            weight=weight,
            source_code=source_code,
        )


def who(letter, code=None):
    with db.reading(letter.coalition_id) as session:
        found = partners.who_asks(session.get(Letter, letter.id), code)
        return found.organization.name if found else None


def sign_as_asked(letter, times, code=None):
    """Let visitors sign, each asked by whom it is the turn of; return who asked how often."""
    asked = Counter()
    for n in range(times):
        with db.reading(letter.coalition_id) as session:
            partner = partners.who_asks(session.get(Letter, letter.id), code)
        make_signature(
            letter, f"Person {sum(asked.values())}{code}{n}",
            partner_id=partner.organization_id if partner else None, source_code=code,
        )  # fmt: skip
        asked[partner.organization.name] += 1
    return dict(asked)


@pytest.fixture
def letter(coalition):
    return make_letter(coalition)


@pytest.fixture
def riders(coalition):
    return join(coalition, "Riders United")


@pytest.fixture
def walkers(coalition):
    return join(coalition, "Walkers Club")


class TestWhoAsks:
    def test_is_nobody_by_default(self, letter):
        assert who(letter) is None

    def test_rotates(self, letter, riders, walkers):
        let_ask(letter, riders)
        let_ask(letter, walkers)

        assert sign_as_asked(letter, 6) == {"Riders United": 3, "Walkers Club": 3}

    def test_keeps_agreed_shares(self, letter, riders, walkers):
        let_ask(letter, riders, weight=3)
        let_ask(letter, walkers)

        assert sign_as_asked(letter, 8) == {"Riders United": 6, "Walkers Club": 2}

    def test_is_whose_code_brought_the_visitor_at_nobody_elses_cost(
        self, letter, riders, walkers
    ):
        let_ask(letter, riders, source_code="riders")
        let_ask(letter, walkers)

        assert sign_as_asked(letter, 3, "riders") == {"Riders United": 3}
        assert sign_as_asked(letter, 4) == {"Riders United": 2, "Walkers Club": 2}
        assert sign_as_asked(letter, 2, "poster") == {"Riders United": 1, "Walkers Club": 1}

    def test_is_nobody_who_left_the_coalition(self, letter, riders):
        let_ask(letter, riders, source_code="riders")
        with db.transaction(letter.coalition_id) as session:
            session.scalars(select(CoalitionMembership)).one().leave(on=date(2026, 2, 1))

        assert who(letter) is None
        assert who(letter, "riders") is None

    def test_with_no_share_asks_only_those_whom_its_code_brought(self, letter, riders):
        let_ask(letter, riders, weight=0, source_code="riders")

        assert who(letter) is None
        assert who(letter, "riders") == "Riders United"


class TestAddPartner:
    def test_refuses_one_twice_and_a_code_twice(self, letter, riders, walkers):
        let_ask(letter, riders, source_code="bus")
        db.session.expunge_all()

        with pytest.raises(PartnerKnown):
            let_ask(letter, riders)
        with pytest.raises(SourceCodeTaken, match="Riders United"):
            let_ask(letter, walkers, source_code="bus")


class TestSigning:
    @pytest.fixture
    def asked(self, client, letter, riders):
        let_ask(letter, riders)
        page_cache.forget()
        return client

    def test_shows_one_question_and_names_who_asks(self, asked, riders):
        page = asked.get(LETTER).text

        assert "Riders United may write to me" in page
        assert f'name="partner" value="{riders.id}"' in page

    def test_records_a_yes_for_that_group_only_and_only_when_confirmed(
        self, asked, coalition, riders
    ):
        sent = {**FORM, "partner": str(riders.id), "partner_updates": "yes"}
        assert asked.post(f"{LETTER}/signatures", data=sent).status_code == 303
        with db.transaction(coalition.id) as session:
            assert session.scalars(select(Consent)).all() == []
            session.scalars(select(Signature)).one().confirm()

        with db.reading(coalition.id) as session:
            [consent] = session.scalars(select(Consent))
        assert (consent.purpose, consent.organization_id) == (UPDATES, riders.id)
        assert consent.wording.startswith("Riders United may write to me")

    @pytest.mark.parametrize("agrees", [True, False])
    def test_of_a_form_that_names_somebody_else_asks_for_nobody(
        self, asked, coalition, walkers, agrees
    ):
        sent = {
            **FORM,
            "partner": str(walkers.id),
            **({"partner_updates": "on"} if agrees else {}),
        }

        assert asked.post(f"{LETTER}/signatures", data=sent).status_code == 303

        with db.reading(coalition.id) as session:
            signature = session.scalars(select(Signature)).one()
        assert (signature.partner_id, signature.partner_wording) == (None, None)

    def test_with_an_error_keeps_who_asked(self, asked, letter, riders, walkers):
        let_ask(letter, walkers)
        sent = {**FORM, "email": "no", "partner": str(walkers.id), "partner_updates": "yes"}

        page = asked.post(f"{LETTER}/signatures", data=sent).text

        assert f'name="partner" value="{walkers.id}"' in page
        assert "Riders United may write" not in page


class TestReport:
    def test_says_what_was_due_asked_agreed_and_brought(self, letter, riders, walkers):
        let_ask(letter, riders, weight=3, source_code="riders")
        let_ask(letter, walkers)
        for n in range(8):
            make_signature(
                letter, f"In Rotation {n}",
                partner_id=walkers.id if n < 2 else riders.id,
                partner_wording="Yes" if n in (0, 2, 3) else None,
            )  # fmt: skip
        make_signature(letter, "By Code", partner_id=riders.id, source_code="riders")
        make_signature(letter, "Not Yet", source_code="riders", state="pending")

        with db.reading(letter.coalition_id) as session:
            report = partners.report(session.get(Letter, letter.id))

        assert [
            (each.partner.organization.name, each.due, each.shown, each.agreed, each.brought)
            for each in report
        ] == [("Riders United", 6.0, 7, 2, 1), ("Walkers Club", 2.0, 2, 1, 0)]


class TestPages:
    def test_let_a_coordinator_add_change_and_remove(self, coordinator, letter, riders):
        added = coordinator.post(
            PARTNERS, data={"organization": str(riders.id), "weight": "2", "source_code": "bus"}
        )
        assert added.status_code == 303
        assert "Riders United" in coordinator.get(PARTNERS).text
        with db.reading(letter.coalition_id) as session:
            partner = session.scalars(select(LetterPartner)).one()

        coordinator.post(f"{PARTNERS}{partner.id}", data={"weight": "5"})
        with db.reading(letter.coalition_id) as session:
            changed = session.scalars(select(LetterPartner)).one()
            assert (changed.weight, changed.source_code) == (5, None)

        coordinator.post(f"{PARTNERS}{partner.id}/removal")
        assert "Only the coalition itself asks." in coordinator.get(PARTNERS).text

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("weight", "-1", "from 0 to 1000"),
            ("weight", "", "Fill this in."),
            ("source_code", "a b", "Use letters, digits"),
            ("organization", "", "Fill this in."),
        ],
    )
    def test_say_what_is_wrong(self, coordinator, letter, riders, field, value, said):
        sent = {"organization": str(riders.id), "weight": "1", "source_code": "", field: value}

        answer = coordinator.post(PARTNERS, data=sent)

        assert answer.status_code == 422
        assert said in answer.text

    def test_take_no_organization_from_outside(self, coordinator, letter):
        stranger = make_organization("Somebody Else")

        answer = coordinator.post(
            PARTNERS, data={"organization": str(stranger.id), "weight": "1"}
        )

        assert answer.status_code == 404

    def test_are_for_looking_only_to_viewers(self, viewer, letter, riders):
        let_ask(letter, riders)

        assert "Let one more organization ask" not in viewer.get(PARTNERS).text
        assert viewer.post(PARTNERS, data={"weight": "1"}).status_code == 403


class TestHandOver:
    @pytest.fixture
    def group(self, coalition, letter):
        """Four people said yes to it: one took it back, one ended all mail."""
        walkers, riders = join(coalition, "Walkers"), join(coalition, "Riders")
        for partner in (walkers, riders):
            let_ask(letter, partner, source_code=partner.name.lower())
        for name, partner, wording in (
            ("Ada", walkers, "Walkers may write to me."),
            ("=HYPERLINK(1)", walkers, "Walkers may write to me."),
            ("Back", walkers, "Walkers may write to me."),
            ("Ended", walkers, "Walkers may write to me."),
            ("Silent", walkers, None),
            ("Other", riders, "Riders may write to me."),
        ):
            email = f"{name.strip('=()1').lower()}@example.org"
            signature = make_signature(
                letter, f"{name} Byron", state="pending", email=email, source_code="walkers",
                partner_id=partner.id, partner_wording=wording,
            )  # fmt: skip
            with db.transaction(coalition.id) as session:
                session.get(Signature, signature.id).confirm()
        self.say_no(coalition, walkers, "back@example.org")
        with db.transaction(coalition.id):
            suppress(coalition.id, "ended@example.org", SuppressionReason.UNSUBSCRIBE)
        return walkers

    def say_no(self, coalition, organization, email):
        with db.transaction(coalition.id):
            Consent.note(
                person_by_email(email).id,
                UPDATES,
                given=False,
                wording="No more.",
                source=ConsentSource.PREFERENCES,
                organization_id=organization.id,
            )

    def test_gives_who_said_yes_with_words_moment_and_source(
        self, coordinator, coalition, letter, group
    ):
        page = coordinator.get(PARTNERS)
        address = f"/manage/night-buses/organizations/{group.id}/agreed"
        assert address in page.text

        answer = coordinator.post(address, data={"reason": "Agreed at the March meeting"})

        header, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        assert [(row[0], row[2]) for row in rows] == [
            ("Ada", "ada@example.org"),
            ("'=HYPERLINK(1)", "hyperlink@example.org"),
        ]
        ada = dict(zip(header, rows[0], strict=True))
        assert ada["In these words"] == "Walkers may write to me."
        assert ada["Where they said it"] == "signature"
        assert (ada["Letter"], ada["Code"]) == (letter.slug, "walkers")
        assert datetime.fromisoformat(ada["When"]).tzinfo is not None

    def test_is_noted_with_its_reason(self, coordinator, coalition, group):
        address = f"/manage/night-buses/organizations/{group.id}/agreed"

        assert coordinator.post(address).status_code == 422
        coordinator.post(address, data={"reason": "Agreed at the March meeting"})

        with db.reading(coalition.id) as session:
            noted = session.scalars(
                select(audit.AuditEntry).filter_by(action="organization.list_taken")
            ).one()
        assert noted.fields == ["contacts", "rows: 2", "reason: Agreed at the March meeting"]
        assert noted.subject_id == group.id

    @pytest.mark.parametrize("role", ["representative", "viewer"])
    def test_is_not_for_its_representative_nor_for_viewers(
        self, client, without_csrf, coalition, group, role
    ):
        user = make_user("rita@example.org", coalition, role)
        if role == "representative":
            with db.transaction():
                let_represent(coalition.id, user.id, "Walkers")
        browser = sign_in(client, user)
        address = f"/manage/night-buses/organizations/{group.id}/agreed"

        assert browser.get(address).status_code == 403
        assert browser.post(address, data={"reason": "Mine"}).status_code == 403
        assert address not in browser.get(PARTNERS).text

    def test_leaves_out_what_somebody_told_another_coalition(self, coordinator, group):
        other = make_coalition("trams", "Tram Friends")
        person = make_person(other, "stranger@example.org")
        with db.transaction(other.id):
            Consent.note(
                person.id,
                UPDATES,
                given=True,
                wording="Walkers may write to me.",
                source=ConsentSource.COORDINATOR,
                organization_id=group.id,
            )

        address = f"/manage/night-buses/organizations/{group.id}/agreed"

        assert "2 people said yes to this organization." in coordinator.get(address).text
        taken = coordinator.post(address, data={"reason": "Agreed"})
        assert b"stranger@example.org" not in taken.data
