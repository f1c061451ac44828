"""Tests of the pages about a coalition's members."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.coalitions.events import OrganizationJoined, OrganizationLeft
from coalition.coalitions.models import CoalitionMembership, MembershipRole, MembershipState
from coalition.testing import make_organization

MEMBERS = "/manage/night-buses/members/"


def membership(coalition):
    with db.reading(coalition.id):
        return db.session.scalars(select(CoalitionMembership)).one()


def begin(coalition, name="Bus Riders Union", state=MembershipState.ACTIVE):
    organization = make_organization(name)
    with db.transaction(coalition.id):
        return CoalitionMembership.begin(organization, state, on=coalition.today()).id


class TestAdd:
    def test_invites_an_organization_of_the_directory(self, coordinator, coalition, recorded):
        make_organization("Bus Riders Union")

        answer = coordinator.post(
            MEMBERS, data={"organization": "bus riders union", "role": "lead"}
        )

        assert answer.status_code == 303
        found = membership(coalition)
        assert (found.state, found.role) == (MembershipState.INVITED, MembershipRole.LEAD)
        assert recorded() == []

    def test_takes_in_at_once(self, coordinator, coalition, recorded):
        make_organization("Bus Riders Union")

        coordinator.post(MEMBERS, data={"organization": "Bus Riders Union", "state": "active"})

        assert membership(coalition).starts_on == coalition.today()
        assert [type(fact) for fact in recorded()] == [OrganizationJoined]

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"organization": "Bus Riders Union"}, "is on the list already"),
            ({"organization": "Nobody Here"}, "no single organization called"),
            ({}, "Fill this in."),
            ({"organization": "x" * 201}, "At most 200 characters"),
            ({"organization": "Other", "state": "left"}, "Choose one of the values offered."),
            ({"organization": "Other", "role": "king"}, "Choose one of the values offered."),
        ],
    )
    def test_says_why_not(self, coordinator, coalition, data, said):
        begin(coalition)
        make_organization("Other")

        answer = coordinator.post(MEMBERS, data=data)

        assert answer.status_code == 422
        assert said in answer.text
        assert membership(coalition).state == MembershipState.ACTIVE

    def test_is_not_for_viewers(self, viewer, coalition):
        make_organization("Bus Riders Union")

        answer = viewer.post(MEMBERS, data={"organization": "Bus Riders Union"})

        assert answer.status_code == 403


class TestMove:
    def test_goes_from_active_to_paused_and_back_and_out(
        self, coordinator, coalition, recorded
    ):
        address = f"{MEMBERS}{begin(coalition, state=MembershipState.APPLIED)}"

        states = []
        for step in ("activation", "pause", "activation", "departure"):
            coordinator.post(f"{address}/{step}")
            states.append(membership(coalition).state)

        assert states == ["active", "paused", "active", "left"]
        assert membership(coalition).ends_on == coalition.today()
        assert type(recorded()[-1]) is OrganizationLeft
        with db.reading(coalition.id):
            entries = db.session.scalars(
                select(AuditEntry).filter_by(action="coalition_membership.changed")
            ).all()
        assert len(entries) == 4

    def test_says_that_only_active_ones_can_be_paused(self, coordinator, coalition):
        address = f"{MEMBERS}{begin(coalition, state=MembershipState.INVITED)}"

        answer = coordinator.post(f"{address}/pause")

        assert answer.status_code == 422
        assert "cannot be paused" in answer.text
        assert membership(coalition).state == MembershipState.INVITED

    def test_lets_who_left_return(self, coordinator, coalition):
        address = f"{MEMBERS}{begin(coalition)}"
        coordinator.post(f"{address}/departure")

        answer = coordinator.post(
            MEMBERS, data={"organization": "Bus Riders Union", "state": "applied"}
        )

        assert answer.status_code == 303
        assert membership(coalition).state == MembershipState.APPLIED
        assert membership(coalition).ends_on is None


class TestChange:
    def test_stores_role_and_days(self, coordinator, coalition):
        address = f"{MEMBERS}{begin(coalition)}"

        coordinator.post(address, data={"role": "steering", "starts_on": "2020-12-14"})

        found = membership(coalition)
        assert found.role == MembershipRole.STEERING
        assert found.starts_on.isoformat() == "2020-12-14"

    def test_refuses_an_end_before_the_beginning(self, coordinator, coalition):
        address = f"{MEMBERS}{begin(coalition)}"

        answer = coordinator.post(
            address,
            data={"role": "member", "starts_on": "2021-01-02", "ends_on": "2021-01-01"},
        )

        assert answer.status_code == 422
        assert "before the first" in answer.text
        assert "2021-01-02" in answer.text


class TestIndex:
    def test_filters_by_state(self, viewer, coalition):
        begin(coalition, "Active Ones")
        begin(coalition, "Invited Ones", MembershipState.INVITED)

        page = viewer.get(MEMBERS, query_string={"state": "invited"}).text

        assert "Invited Ones" in page
        assert "Active Ones" not in page

    def test_ignores_an_unknown_state(self, viewer, coalition):
        begin(coalition, "Active Ones")

        assert "Active Ones" in viewer.get(MEMBERS, query_string={"state": "???"}).text

    def test_hides_memberships_of_other_coalitions(self, stranger, coalition):
        membership_id = begin(coalition, "Secret Friends")

        for address in (
            f"/manage/trams/members/{membership_id}",
            f"{MEMBERS}{membership_id}",
            MEMBERS,
        ):
            answer = stranger.get(address)
            assert answer.status_code == 404
            assert "Secret Friends" not in answer.text
        assert "Secret Friends" not in stranger.get("/manage/trams/members/").text
        answer = stranger.post(f"/manage/trams/members/{membership_id}/departure")
        assert answer.status_code == 404
        assert membership(coalition).state == MembershipState.ACTIVE
