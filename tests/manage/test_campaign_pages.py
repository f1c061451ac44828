"""Tests of the pages about what a campaign's page shows: publishing, news, reasons, sponsors."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.areas.models import Area
from coalition.audit import AuditEntry
from coalition.campaigns import queries
from coalition.campaigns.models import Campaign
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.testing import make_campaign, make_organization

CAMPAIGN = "/manage/night-buses/campaigns/all-night-network"
PUBLIC = "/c/night-buses/campaigns/all-night-network"
FORM = {
    "title": "An all-night network",
    "slug": "all-night-network",
    "language": "en",
    "status": "active",
    "goal": "Buses",
    "summary": "Text",
    "call": "Come",
}


def the(coalition, kind):
    with db.reading(coalition.id):
        return db.session.scalars(select(kind)).one()


def titles(coalition):
    with db.reading(coalition.id):
        [campaign] = db.session.scalars(select(Campaign)).all()
        return [each.title for each in queries.reasons(campaign)]


class TestPublication:
    def test_is_refused_with_what_is_missing(self, coordinator, coalition):
        make_campaign(coalition, published=False, call="")

        page = coordinator.get(CAMPAIGN).text
        answer = coordinator.post(CAMPAIGN + "/publication")

        assert "write the call: what readers are asked to do." in page
        assert "/publication" not in page
        assert answer.status_code == 409
        assert "cannot be published: write the call" in answer.text

    def test_opens_and_closes_the_public_page(self, coordinator, app, coalition):
        make_campaign(coalition, published=False)
        visitor = app.test_client()

        seen = [visitor.get(PUBLIC).status_code]
        coordinator.post(CAMPAIGN + "/publication")
        seen.append(visitor.get(PUBLIC).status_code)
        coordinator.post(CAMPAIGN + "/withdrawal")

        assert seen == [404, 200]
        assert "Not published" in coordinator.get(CAMPAIGN).text

    def test_can_be_looked_at_before(self, coordinator, viewer, coalition):
        make_campaign(coalition, published=False)

        page = viewer.get(CAMPAIGN + "/preview")

        assert page.status_code == 200
        assert "Preview." in page.text
        assert "Come to the meeting" in page.text
        assert 'content="noindex"' in page.text

    @pytest.mark.parametrize(
        "path",
        [
            "/publication", "/withdrawal", "/translations", "/updates/", "/reasons/",
            "/sponsors/", "/documents/new",
        ],
    )  # fmt: skip
    def test_is_not_for_viewers(self, viewer, coalition, path):
        make_campaign(coalition, published=False)

        assert viewer.post(CAMPAIGN + path, data={"title": "x"}).status_code == 403

    @pytest.mark.parametrize(
        "path", ["/preview", "/updates/", "/reasons/", "/sponsors/", "/documents/"]
    )
    def test_and_all_else_is_hidden_from_other_coalitions(self, stranger, coalition, path):
        make_campaign(coalition, title="LEAK")

        for where in (CAMPAIGN, CAMPAIGN.replace("night-buses", "trams")):
            answer = stranger.get(where + path)
            assert answer.status_code == 404
            assert "LEAK" not in answer.text


class TestPlace:
    @pytest.fixture(autouse=True)
    def places(self, database):
        with db.transaction() as session:
            for state in ("il", "ma"):
                division = f"ocd-division/country:us/state:{state}/place:springfield"
                session.add(
                    Area(division_id=division, name="Springfield", region=state.upper())
                )

    def test_is_found_by_name_and_offered_while_typing(self, coordinator, coalition):
        make_campaign(coalition)

        form = coordinator.get(CAMPAIGN + "/edit").text
        coordinator.post(CAMPAIGN + "/edit", data={**FORM, "area": "Springfield, IL"})

        assert '<option value="Springfield, MA">' in form
        assert "Springfield, IL" in coordinator.get(CAMPAIGN).text
        assert 'value="Springfield, IL"' in coordinator.get(CAMPAIGN + "/edit").text

    @pytest.mark.parametrize(
        ("name", "said"), [("Springfield", "several places"), ("Atlantis", "no place called")]
    )
    def test_must_be_one_that_is_known(self, coordinator, coalition, name, said):
        make_campaign(coalition)

        answer = coordinator.post(CAMPAIGN + "/edit", data={**FORM, "area": name})

        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{name}"' in answer.text

    def test_can_be_left_empty_again(self, coordinator, coalition):
        make_campaign(coalition)
        coordinator.post(CAMPAIGN + "/edit", data={**FORM, "area": "Springfield, IL"})

        coordinator.post(CAMPAIGN + "/edit", data=FORM)

        assert the(coalition, Campaign).area_id is None


class TestTranslations:
    def test_are_kept_and_shown(self, coordinator, coalition):
        make_campaign(coalition)

        coordinator.post(
            CAMPAIGN + "/translations", data={"language": "km", "title": "រថយន្តក្រុង"}
        )

        assert "រថយន្តក្រុង" in coordinator.get(CAMPAIGN + "/translations").text
        assert the(coalition, Campaign).languages == ["en", "km"]

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ({"language": "xx", "title": "x"}, 404),
            ({"title": "x"}, 404),
            ({"language": "en", "title": "x"}, 422),
            ({"language": "es", "title": "x" * 201}, 422),
        ],
    )
    def test_must_be_in_another_language_and_fit(self, coordinator, coalition, sent, status):
        make_campaign(coalition)

        assert coordinator.post(CAMPAIGN + "/translations", data=sent).status_code == status
        assert the(coalition, Campaign).translations == {}


class TestUpdates:
    def test_go_from_draft_to_the_top_of_the_page(self, coordinator, app, coalition):
        make_campaign(coalition)
        visitor = app.test_client()
        added = coordinator.post(
            CAMPAIGN + "/updates/", data={"title": "We won", "kind": "victory"}
        )
        here = added.headers["Location"]

        too_early = coordinator.post(here + "/banner")
        assert "We won" not in visitor.get(PUBLIC).text
        coordinator.post(here + "/publication")
        twice = coordinator.post(here + "/publication")
        coordinator.post(here + "/banner")

        assert (too_early.status_code, twice.status_code) == (409, 409)
        assert "Publish this update first." in too_early.text
        assert the(coalition, CampaignUpdate).is_banner
        page = coordinator.get(here).text
        assert "Leave it in the timeline only" in page

    def test_can_be_changed_translated_and_removed(self, coordinator, coalition):
        make_campaign(coalition)
        here = coordinator.post(
            CAMPAIGN + "/updates/", data={"title": "We won", "kind": "victory"}
        ).headers["Location"]

        coordinator.post(here, data={"title": "We lost", "kind": "setback"})
        coordinator.post(here + "/translations", data={"language": "es", "title": "Perdimos"})
        update = the(coalition, CampaignUpdate)
        coordinator.post(here + "/removal")

        assert (update.title, update.kind) == ("We lost", "setback")
        assert update.text_in("es").title == "Perdimos"
        assert coordinator.get(here).status_code == 404

    def test_of_another_campaign_are_not_there(self, coordinator, coalition):
        make_campaign(coalition)
        make_campaign(coalition, "other")
        here = coordinator.post(
            CAMPAIGN + "/updates/", data={"title": "We won", "kind": "victory"}
        ).headers["Location"]

        answer = coordinator.post(here.replace("all-night-network", "other") + "/removal")

        assert answer.status_code == 404
        assert the(coalition, CampaignUpdate).title == "We won"

    def test_is_not_of_a_day_to_come(self, coordinator, coalition):
        make_campaign(coalition)
        data = {"title": "We won", "kind": "victory", "happened_on": "2099-01-01"}
        answer = coordinator.post(CAMPAIGN + "/updates/", data=data)
        assert answer.status_code == 422
        assert "on a day to come" in answer.text

    def test_need_a_title(self, coordinator, coalition):
        make_campaign(coalition)

        answer = coordinator.post(CAMPAIGN + "/updates/", data={"kind": "victory"})

        assert answer.status_code == 422
        assert "Fill this in." in answer.text


class TestReasons:
    def test_are_put_in_order_without_javascript(self, coordinator, coalition):
        make_campaign(coalition)
        for title in ("A", "B", "C"):
            coordinator.post(CAMPAIGN + "/reasons/", data={"title": title})
        with db.reading(coalition.id):
            last = db.session.scalars(select(Reason.id).filter_by(title="C")).one()

        coordinator.post(f"{CAMPAIGN}/reasons/{last}/place", data={"step": "up"})
        moved = titles(coalition)
        coordinator.post(f"{CAMPAIGN}/reasons/{last}/place", data={"step": "down"})

        assert (moved, titles(coalition)) == (["A", "C", "B"], ["A", "B", "C"])

    def test_can_be_changed_translated_and_removed(self, coordinator, coalition):
        make_campaign(coalition)
        coordinator.post(CAMPAIGN + "/reasons/", data={"title": "A"})
        here = f"{CAMPAIGN}/reasons/{the(coalition, Reason).id}"

        coordinator.post(here, data={"title": "Better", "body": "Because"})
        coordinator.post(here + "/translations", data={"language": "es", "title": "Mejor"})
        page = coordinator.get(here).text
        coordinator.post(here + "/removal")

        assert "Because" in page
        assert 'value="Mejor"' in page
        assert titles(coalition) == []


class TestSponsors:
    def test_are_shown_after_their_agreement_is_noted(self, coordinator, app, coalition):
        make_campaign(coalition)
        make_organization("Riders United")
        coordinator.post(CAMPAIGN + "/sponsors/", data={"organization": "riders united"})
        here = f"{CAMPAIGN}/sponsors/{the(coalition, Sponsor).id}"

        assert "has not agreed yet" in coordinator.get(CAMPAIGN + "/sponsors/").text
        assert "has not agreed yet and is not shown" in coordinator.get(CAMPAIGN).text
        coordinator.post(
            here + "/agreement", data={"agreed_on": "2026-01-02", "agreed_how": "E-mail"}
        )

        assert "Riders United" in app.test_client().get(PUBLIC).text
        with db.reading(coalition.id):
            done = db.session.scalars(select(AuditEntry.action)).all()
        assert "campaign_sponsor.changed" in done

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"agreed_on": "2026-01-02"}, "Write both"),
            ({"agreed_how": "E-mail"}, "Write both"),
            ({"agreed_on": "2199-01-02", "agreed_how": "E-mail"}, "has not come yet"),
            ({"agreed_on": "soon", "agreed_how": "E-mail"}, "year-month-day"),
        ],
    )
    def test_say_on_which_day_and_how_they_agreed(self, coordinator, coalition, sent, said):
        make_campaign(coalition)
        make_organization("Riders United")
        coordinator.post(CAMPAIGN + "/sponsors/", data={"organization": "Riders United"})

        answer = coordinator.post(
            f"{CAMPAIGN}/sponsors/{the(coalition, Sponsor).id}/agreement", data=sent
        )

        assert answer.status_code == 422
        assert said in answer.text
        assert the(coalition, Sponsor).agreed_on is None

    def test_are_organizations_that_are_known_each_once(self, coordinator, coalition):
        make_campaign(coalition)
        make_organization("Riders United")
        unknown = coordinator.post(CAMPAIGN + "/sponsors/", data={"organization": "Nobody"})
        coordinator.post(CAMPAIGN + "/sponsors/", data={"organization": "Riders United"})
        twice = coordinator.post(
            CAMPAIGN + "/sponsors/", data={"organization": "Riders United"}
        )

        assert (unknown.status_code, twice.status_code) == (422, 422)
        assert "on the list already" in twice.text

    def test_can_be_reordered_and_removed(self, coordinator, coalition):
        make_campaign(coalition)
        for name in ("Riders", "Drivers"):
            organization = make_organization(name)
            coordinator.post(CAMPAIGN + "/sponsors/", data={"organization": name})
            with db.transaction(coalition.id) as session:
                session.add(
                    CoalitionMembership(
                        organization_id=organization.id, state=MembershipState.ACTIVE
                    )
                )
        with db.reading(coalition.id):
            rows = db.session.scalars(select(Sponsor).order_by(Sponsor.position)).all()

        coordinator.post(f"{CAMPAIGN}/sponsors/{rows[1].id}/place", data={"step": "up"})
        page = coordinator.get(CAMPAIGN + "/sponsors/").text
        coordinator.post(f"{CAMPAIGN}/sponsors/{rows[1].id}/removal")

        assert '<option value="Riders">' in page
        assert page.index(">Drivers</a>") < page.index(">Riders</a>")
        assert the(coalition, Sponsor).id == rows[0].id
