"""Tests of campaigns: publishing, news, sponsors, wording, order."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coalition import db
from coalition.areas.models import Area
from coalition.audit import AuditEntry
from coalition.campaigns import queries
from coalition.campaigns.errors import (
    AgreementIncomplete,
    AgreementInFuture,
    AlreadyPublished,
    CampaignIncomplete,
    NotPublished,
)
from coalition.campaigns.events import CampaignPublished, CampaignUpdated
from coalition.campaigns.models import Campaign
from coalition.campaigns.ordering import move, place_at_end
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate, UpdateKind
from coalition.testing import make_campaign, make_organization
from coalition.wording import NotATranslation

TODAY = date(2026, 11, 24)


def change(row, verb):
    with db.transaction(row.coalition_id) as session:
        return verb(session.get_one(type(row), row.id))


def make_update(campaign, title="We won", **values):
    with db.transaction(campaign.coalition_id) as session:
        made = CampaignUpdate(campaign_id=campaign.id, title=title, language="en", **values)
        session.add(made)
    return made


def of_kind(facts, kind):
    return [each for each in facts if isinstance(each, kind)]


class TestPublish:
    def test_shows_the_campaign_and_says_so_once(self, coalition, recorded):
        campaign = make_campaign(coalition)

        [fact] = of_kind(recorded(), CampaignPublished)
        assert fact.campaign_id == campaign.id
        with pytest.raises(AlreadyPublished):
            change(campaign, Campaign.publish)

    @pytest.mark.parametrize(
        ("lacking", "said"), [("goal", "what you want"), ("summary", "text"), ("call", "call")]
    )
    def test_needs_something_to_say(self, coalition, lacking, said):
        campaign = make_campaign(coalition, published=False, **{lacking: ""})

        with pytest.raises(CampaignIncomplete, match=said):
            change(campaign, Campaign.publish)

    def test_can_be_taken_back(self, coalition):
        campaign = make_campaign(coalition)

        change(campaign, Campaign.unpublish)
        change(campaign, Campaign.unpublish)

        with db.reading(coalition.id) as session:
            done = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert done == ["campaign.published", "campaign.unpublished"]


class TestUpdate:
    def test_tells_those_who_listen_when_it_is_published(self, coalition, recorded):
        campaign = make_campaign(coalition)
        update = make_update(campaign, kind=UpdateKind.VICTORY)

        change(update, CampaignUpdate.publish)

        [fact] = of_kind(recorded(), CampaignUpdated)
        assert (fact.update_id, fact.kind) == (update.id, "victory")

    def test_tells_nobody_while_the_campaign_is_hidden(self, coalition, recorded):
        update = make_update(make_campaign(coalition, published=False))

        change(update, CampaignUpdate.publish)

        assert of_kind(recorded(), CampaignUpdated) == []

    def test_stands_on_top_in_the_place_of_another(self, coalition):
        campaign = make_campaign(coalition)
        first, second = (make_update(campaign, title) for title in ("A", "B"))
        for update in (first, second):
            change(update, CampaignUpdate.publish)
            change(update, CampaignUpdate.put_on_top)

        with db.reading(coalition.id):
            on_top = [each.title for each in queries.updates(campaign) if each.is_banner]
        assert on_top == ["B"]

    def test_stands_on_top_only_when_it_is_published(self, coalition):
        update = make_update(make_campaign(coalition))

        with pytest.raises(NotPublished):
            change(update, CampaignUpdate.put_on_top)

    def test_comes_down_with_its_publication(self, coalition):
        update = make_update(make_campaign(coalition))
        change(update, CampaignUpdate.publish)
        change(update, CampaignUpdate.put_on_top)

        change(update, CampaignUpdate.take_back)

        with db.reading(coalition.id) as session:
            found = session.get_one(CampaignUpdate, update.id)
            assert (found.is_published, found.is_banner) == (False, False)

    def test_of_two_on_top_is_refused_by_the_database(self, coalition):
        campaign = make_campaign(coalition)
        make_update(campaign, is_banner=True)

        with pytest.raises(IntegrityError):
            make_update(campaign, is_banner=True)


class TestSponsor:
    @pytest.fixture
    def sponsor(self, coalition):
        campaign, union = make_campaign(coalition), make_organization("Riders United")
        with db.transaction(coalition.id) as session:
            made = Sponsor(campaign_id=campaign.id, organization_id=union.id, position=1)
            session.add(made)
        return made

    def shown(self, sponsor):
        with db.reading(sponsor.coalition_id) as session:
            campaign = session.get_one(Campaign, sponsor.campaign_id)
            return [each.organization.name for each in queries.sponsors(campaign, agreed=True)]

    def test_is_shown_only_after_it_agreed(self, sponsor):
        before = self.shown(sponsor)

        change(sponsor, lambda each: each.agree(on=TODAY, how="e-mail", today=TODAY))

        assert (before, self.shown(sponsor)) == ([], ["Riders United"])

    def test_may_change_its_mind(self, sponsor):
        change(sponsor, lambda each: each.agree(on=TODAY, how="e-mail", today=TODAY))

        change(sponsor, lambda each: each.agree(on=None, how="", today=TODAY))

        assert self.shown(sponsor) == []

    @pytest.mark.parametrize(
        ("on", "how", "refusal"),
        [
            (TODAY, "", AgreementIncomplete),
            (None, "e-mail", AgreementIncomplete),
            (date(2026, 11, 25), "e-mail", AgreementInFuture),
        ],
    )
    def test_agrees_on_a_day_and_in_a_way(self, sponsor, on, how, refusal):
        with pytest.raises(refusal):
            change(sponsor, lambda each: each.agree(on=on, how=how, today=TODAY))


class TestWording:
    def test_mixes_translations_with_what_was_written(self):
        campaign = Campaign(language="en", title="Buses", goal="More buses", translations={})
        campaign.translate("es", {"title": "Autobuses", "goal": "", "slug": "x"})

        text = campaign.text_in("es")

        assert (text.title, text.title.language) == ("Autobuses", "es")
        assert (text.goal, text.goal.language) == ("More buses", "en")
        assert not text.is_complete
        assert campaign.translations == {"es": {"title": "Autobuses"}}
        assert campaign.languages == ["en", "es"]

    def test_is_complete_in_its_own_language(self):
        campaign = Campaign(language="en", title="Buses", translations={})

        assert campaign.text_in("en").is_complete
        assert not campaign.text_in("km").is_complete
        assert not hasattr(campaign.text_in("en"), "slug")

    def test_forgets_a_language_without_texts(self):
        campaign = Campaign(language="en", title="Buses", translations={"es": {"title": "x"}})

        campaign.translate("es", {"title": ""})

        assert campaign.languages == ["en"]

    def test_is_no_translation_into_its_own_language(self):
        with pytest.raises(NotATranslation):
            Campaign(language="en", title="Buses").translate("en", {"title": "Busses"})


class TestMove:
    @pytest.mark.parametrize(
        ("moved", "step", "expected"),
        [(0, 1, "bac"), (2, -1, "acb"), (0, -1, "abc"), (2, 1, "abc")],
    )
    def test_swaps_neighbors_and_stops_at_the_ends(self, moved, step, expected):
        rows = [SimpleNamespace(id=name, position=7) for name in "abc"]

        move(rows, rows[moved], step)

        assert "".join(each.id for each in sorted(rows, key=lambda x: x.position)) == expected
        assert place_at_end(rows) == 4


class TestPlaceCalled:
    @pytest.mark.parametrize(
        "name", ["riverton", "Riverton, CA", "ocd-division/country:us/state:ca/place:riverton"]
    )
    def test_finds_one_by_name_or_division(self, database, name):
        with db.transaction():
            Area.add("Riverton", "CA")

        with db.reading():
            assert queries.place_called(name).full_name == "Riverton, CA"
