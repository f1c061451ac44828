"""Tests of who decides about a campaign."""

from datetime import date

from coalition import db
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign
from coalition.decisions.deciders import who_decides
from coalition.decisions.models import Officeholder
from coalition.decisions.pledges import Kept, Pledge
from coalition.decisions.votes import Motion, Position, VoteChoice
from coalition.testing import make_body

TODAY = date(2026, 11, 24)


def names(groups):
    return [[each.officeholder.name for each in group.deciders] for group in groups]


class TestWhoDecides:
    def test_compares_a_vote_with_what_was_said_before_it(self, past):
        with past.writing() as here:
            ada = db.session.get(Officeholder, past.holders["Ada Alder"])
            for position, day in ((Position.SUPPORT, 1), (Position.OPPOSE, 20)):
                Pledge.note(here.campaign, ada, position, said_on=date(2018, 3, day))
            motion = Motion.put(here.item, "Ban them", our_position=Position.SUPPORT)
            motion.record_votes({ada.id: VoteChoice.YES})

            [group] = who_decides(here.campaign, TODAY)

        decider = group.deciders[0]
        assert decider.pledge.position == Position.OPPOSE  # the newest holds
        assert [vote.kept for vote in decider.votes] == [
            Kept.KEPT
        ]  # on 13 March it was another

    def test_lists_who_voted_and_is_no_member_now(self, past):
        with past.writing() as here:
            ada = db.session.get(Officeholder, past.holders["Ada Alder"])
            motion = Motion.put(here.item, "Ban them")
            motion.record_votes({ada.id: VoteChoice.YES})
            ada.change("Ada Alder", starts_on=date(2017, 1, 1), ends_on=date(2020, 12, 31))
            ada.post.seat("Eve Elm", starts_on=date(2021, 1, 1))

            [group] = who_decides(here.campaign, TODAY)

        assert [each.officeholder.name for each in group.deciders] == [
            "Eve Elm", "Ben Birch", "Cy Cedar", "Ada Alder",
        ]  # fmt: skip
        assert [each.is_member for each in group.deciders] == [True, True, True, False]

    def test_offers_the_bodies_of_the_place_while_no_agenda_has_it(self, coalition):
        council = make_body(coalition)
        make_body(coalition, "Empty Board", seats=())
        make_body(coalition, "Council", city="Elsewhere")

        with db.transaction(coalition.id) as session:
            campaign = Campaign(
                slug="trams", title="Trams", area=session.get(Area, council.area_id)
            )
            session.add(campaign)
            session.flush()

            assert names(who_decides(campaign, TODAY)) == [
                ["Ada Alder", "Ben Birch", "Cy Cedar"]
            ]
