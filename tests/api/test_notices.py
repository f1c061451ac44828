"""What programs learn of the meeting clock: counts, never people."""

import json

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.decisions.meetings import Meeting
from coalition.notices.facts import NoticeKind
from coalition.notices.models import MeetingClock
from coalition.notices.receipts import News, Notice
from coalition.testing import make_meeting


def make_campaign(coalition):
    with db.transaction(coalition.id) as session:
        campaign = Campaign(slug="alpr", title="Stop the cameras")
        session.add(campaign)
    return campaign


class TestReadMeetingClock:
    def test_gives_the_usual_times_of_one_that_was_never_set(self, api, coalition):
        make_campaign(coalition)

        assert api.get("/campaigns/alpr/meeting-clock").get_json() == {
            "is_on": False,
            "meeting_leads_min": [10080, 1440, 180],
            "deadline_leads_min": [1440],
        }

    def test_gives_what_was_set(self, api, coalition):
        campaign = make_campaign(coalition)
        with db.transaction(coalition.id) as session:
            clock = MeetingClock.of(session.get_one(Campaign, campaign.id))
            clock.set(is_on=True, meeting_leads=[60], deadline_leads=[])

        answer = api.get("/campaigns/alpr/meeting-clock").get_json()

        assert (answer["is_on"], answer["meeting_leads_min"]) == (True, [60])

    def test_of_no_campaign_is_not_found(self, api):
        assert api.get("/campaigns/nothing/meeting-clock").status_code == 404
        assert api.get("/campaigns/nothing/notices").status_code == 404


class TestListNotices:
    def test_counts_people_and_names_nobody(self, api, coalition):
        campaign = make_campaign(coalition)
        meeting = make_meeting(coalition)
        with db.transaction(coalition.id) as session:
            news = News(
                kind=NoticeKind.AGENDA,
                campaign=session.get_one(Campaign, campaign.id),
                meeting=session.get_one(Meeting, meeting.id),
            )
            Notice.begin(news, "1").told_count = 3

        [record] = api.get("/campaigns/alpr/notices").get_json()["records"]

        assert (record["kind"], record["told_count"], record["state"]) == (
            "agenda",
            3,
            "sending",
        )
        assert "person" not in json.dumps(record)

    def test_needs_the_scope(self, api_of, coalition):
        make_campaign(coalition)

        answer = api_of(coalition, "campaigns:read").get("/campaigns/alpr/notices")

        assert answer.status_code == 403
