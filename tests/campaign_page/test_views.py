"""Tests of the public pages of campaigns and documents."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from coalition import db, page_cache
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate, UpdateKind
from coalition.clock import now
from coalition.comments import ledgers
from coalition.comments.samples import load_sample_comments
from coalition.decisions.meetings import (
    AgendaItem,
    ItemOutcome,
    Meeting,
    MeetingStatus,
    Precision,
)
from coalition.decisions.models import DecisionBody
from coalition.decisions.votes import Motion, MotionResult
from coalition.documents.models import Document, DocumentClaim
from coalition.letters.models import Letter
from coalition.testing import (
    make_action,
    make_body,
    make_campaign,
    make_coalition,
    make_document,
    make_letter,
    make_meeting,
    make_organization,
)
from tests.comments.conftest import OUR_TEXT
from tests.documents.test_reading import pdf_of

PAGE = "/c/night-buses/campaigns/all-night-network"
DOCUMENTS = PAGE + "/documents"


@pytest.fixture
def campaign(coalition) -> Campaign:
    return make_campaign(coalition)


@pytest.fixture
def body(database) -> DecisionBody:
    with db.transaction() as session:
        area = Area(
            division_id="ocd-division/country:us/state:ca/place:anytown", name="Anytown"
        )
        session.add(area)
        session.flush()
        made = DecisionBody(area_id=area.id, name="Transit Board")
        session.add(made)
    return made


def add(campaign, *rows):
    with db.transaction(campaign.coalition_id) as session:
        for row in rows:
            row.coalition_id = campaign.coalition_id
        session.add_all(rows)


def add_update(campaign, title, *, on_top=False, **values):
    with db.transaction(campaign.coalition_id) as session:
        made = CampaignUpdate(campaign_id=campaign.id, title=title, language="en", **values)
        session.add(made)
        session.flush()
        made.publish()
        if on_top:
            made.put_on_top()


def add_meeting(campaign, body, at, *, item=None, **values):
    with db.transaction(campaign.coalition_id) as session:
        meeting = Meeting(
            body_id=body.id, starts_at=at, time_zone="America/Los_Angeles", **values
        )
        session.add(meeting)
        session.flush()
        made = AgendaItem(
            meeting_id=meeting.id,
            campaign_id=campaign.id,
            **(item or {"subject": "Night buses"}),
        )
        session.add(made)
    return made


def in_order(text, *parts):
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    return places == sorted(places)


class TestShow:
    def test_puts_the_call_on_top_and_history_below(self, client, campaign):
        page = client.get(PAGE)

        assert page.status_code == 200
        assert in_order(page.text, "An all-night network", "Come to the meeting", "two hours")
        assert "<strong>two hours</strong>" in page.text

    def test_keeps_the_original_call_below_a_victory(self, client, campaign):
        add_update(campaign, "It’s done", kind=UpdateKind.VICTORY, on_top=True)

        text = client.get(PAGE).text

        assert in_order(text, "Victory", "It’s done", "Original call", "Come to the meeting")

    def test_asks_to_sign_what_can_be_signed(self, client, campaign, coalition):
        make_letter(coalition, title="Dear board", campaign_id=campaign.id)
        make_letter(coalition, "draft", title="Draft", campaign_id=campaign.id, opened=False)

        text = client.get(PAGE).text

        assert in_order(text, "Dear board", "/letters/keep-the-night-buses", "Sign the letter")
        assert "Letter opened for signatures:" in text
        assert "Draft" not in text

    def test_asks_everybody_to_act(self, client, campaign, coalition):
        make_action(coalition, title="Call the board", campaign=campaign)
        make_action(coalition, "later", title="Draft", campaign=campaign, opened=False)

        text = client.get(PAGE).text

        assert in_order(text, "What you can do", "Call the board", "two hours")
        assert "/actions/send-a-comment?lang=en" in text
        assert "Draft" not in text

    def test_opens_reasons_in_their_order(self, client, campaign):
        add(
            campaign,
            Reason(campaign_id=campaign.id, position=2, title="They pay", body="**Much**"),
            Reason(campaign_id=campaign.id, position=1, title="They wait", body="Long"),
        )

        text = client.get(PAGE).text

        assert in_order(text, "They wait", "They pay", "<strong>Much</strong>")
        assert text.count("<details") == 2

    def test_names_sponsors_that_agreed_and_shows_permitted_logos(self, client, campaign):
        for number, (name, agreed, permitted) in enumerate(
            [("Riders", True, True), ("Drivers", True, False), ("Cyclists", False, True)]
        ):
            organization = make_organization(
                name, logo_media_type="image/png", logo_permitted=permitted
            )
            add(
                campaign,
                Sponsor(
                    campaign_id=campaign.id,
                    organization_id=organization.id,
                    position=number,
                    agreed_on=date(2026, 1, 2) if agreed else None,
                ),
            )

        text = client.get(PAGE).text

        assert "Riders" in text
        assert "Drivers" in text
        assert "Cyclists" not in text
        assert text.count("/logo") == 1

    def test_shows_what_is_written_in_the_language_asked_for(self, client, campaign):
        with db.transaction(campaign.coalition_id) as session:
            found = session.get_one(Campaign, campaign.id)
            found.translate("es", {"title": "Una red nocturna", "call": "Venga a la sesión"})

        text = client.get(PAGE + "?lang=es").text

        assert '<h1 lang="es">Una red nocturna</h1>' in text
        assert "Venga a la sesión" in text
        assert '<p class="lead" lang="en">Buses every thirty minutes' in text
        assert '<html lang="es">' in text

    def test_says_in_the_readers_words_what_it_is_written_in(self, client, campaign):
        with db.transaction(campaign.coalition_id) as session:
            session.get(Campaign, campaign.id).translate("es", {"title": "Buses nocturnos"})

        assert "como se escribió, en inglés." in client.get(f"{PAGE}?lang=es").text

    def test_tells_other_sites_what_it_is(self, client, campaign):
        text = client.get(PAGE).text

        assert '<meta property="og:title" content="An all-night network">' in text
        assert '<meta property="og:url" content="http://localhost' + PAGE in text
        assert "<script" not in text

    def test_writes_nothing_of_the_writers_as_markup(self, client, coalition):
        evil = '"><script>alert(1)</script>'
        campaign = make_campaign(coalition, title=evil, goal=evil, summary=evil, call=evil)
        add(campaign, Reason(campaign_id=campaign.id, position=1, title=evil, body=evil))
        add_update(campaign, evil, body=evil, on_top=True)
        make_document(campaign, evil, agency=evil, shows=evil, dated_on=date(2026, 1, 2))

        for path in (PAGE, DOCUMENTS, DOCUMENTS + "?q=alert"):
            assert "<script" not in client.get(path).text

    def test_sets_no_cookie_and_is_kept_for_a_second(self, client, campaign):
        answer = client.get(PAGE)

        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public, max-age=1")
        again = client.get(PAGE, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize("more", ["", "/documents"])
    def test_is_nobodys_business_before_it_is_published(self, client, coalition, more):
        make_campaign(coalition, published=False)

        assert client.get(PAGE + more).status_code == 404

    def test_goes_when_it_is_taken_off_the_web(self, client, campaign):
        assert client.get(PAGE).status_code == 200
        with db.transaction(campaign.coalition_id) as session:
            session.get_one(Campaign, campaign.id).unpublish()
        page_cache.forget()

        assert client.get(PAGE).status_code == 404

    def test_is_not_shown_under_another_coalition(self, client, campaign):
        make_coalition("trams", "Tram Friends")

        assert client.get(PAGE.replace("night-buses", "trams")).status_code == 404


class TestComments:
    def test_are_told_in_figures_once_they_are_published(
        self, client, campaign, coalition, body, run_jobs
    ):
        item = add_meeting(campaign, body, at(2021, 1, 12), status=MeetingStatus.HELD)
        with db.transaction(coalition.id):
            load_sample_comments(
                item.id, text=OUR_TEXT, title="Letter", total=94, opposed=93, echoing=88
            )
        run_jobs()
        shown = client.get(PAGE).text
        with db.transaction(coalition.id):
            ledgers.ledger_of(item.id).change_rules(is_published=False)
        page_cache.forget()

        assert "93 of 94 public comments (99%) were opposed." in shown
        assert "<svg" in shown
        assert "public comments" not in client.get(PAGE).text


class TestTimeline:
    def test_tells_what_records_say_newest_first(self, client, campaign, coalition, body):
        with db.transaction(coalition.id) as session:
            session.get_one(Campaign, campaign.id).starts_on = date(2020, 12, 1)
        letter = make_letter(
            coalition, title="Dear board", campaign_id=campaign.id, opens_at=at(2020, 12, 2),
            closes_at=None, opened=False,
        )  # fmt: skip
        with db.transaction(coalition.id) as session:
            found = session.get_one(Letter, letter.id)
            found.open()
            found.opened_at = at(2020, 12, 2)
            found.close()
            found.deliver(note="Sent as a PDF.", at=at(2020, 12, 14))
        add_update(campaign, "931 of 943 opposed", happened_on=date(2021, 1, 10))
        make_document(campaign, "Groups cry foul", kind="press", dated_on=date(2021, 1, 20))
        item = add_meeting(
            campaign, body, at(2021, 1, 12), status=MeetingStatus.HELD,
            precision=Precision.MONTH,
            item={"subject": "Special Order", "number": "4", "number_key": "4"},
        )  # fmt: skip
        add(
            campaign,
            Motion(
                agenda_item_id=item.id, text="To approve", result=MotionResult.PASSED,
                yes_count=4, no_count=0,
            ),
        )  # fmt: skip

        text = client.get(PAGE).text

        story = text[text.index('id="timeline"') :]
        assert in_order(
            story, "January 20, 2021", "Groups cry foul", "January 2021", "Transit Board",
            "4: Special Order", "To approve", "(4–0)", "Passed", "931 of 943", "Letter delivered",
            "Sent as a PDF.", "Letter opened", "December 1, 2020", "began",
        )  # fmt: skip

    def test_says_that_a_body_declined_to_vote(self, client, campaign, body):
        item = {"subject": "ALPRs", "outcome": ItemOutcome.DECLINED_TO_VOTE}
        add_meeting(campaign, body, at(2018, 3, 14), status=MeetingStatus.HELD, item=item)

        assert "declined to vote" in client.get(PAGE).text

    def test_leaves_meetings_to_come_to_the_call(self, client, campaign, body):
        add_meeting(campaign, body, now() + timedelta(days=3), place="City Hall")
        add_meeting(
            campaign, body, now() + timedelta(days=4), status=MeetingStatus.CANCELLED,
            title="Called off",
        )  # fmt: skip

        text = client.get(PAGE).text

        assert in_order(text, "Meeting: Transit Board", "City Hall", "Called off", "Cancelled")
        assert "What happened" not in text

    def test_leaves_out_drafts_and_internal_documents(self, client, campaign):
        add(campaign, CampaignUpdate(campaign_id=campaign.id, title="SECRET", language="en"))
        make_document(campaign, "SECRET", dated_on=date(2026, 1, 2), public=False)

        assert "SECRET" not in client.get(PAGE).text

    def test_does_not_let_a_letter_open_after_it_was_delivered(
        self, client, campaign, coalition
    ):
        letter = make_letter(coalition, campaign_id=campaign.id)
        with db.transaction(coalition.id) as session:
            found = session.get_one(Letter, letter.id)
            found.close()
            found.deliver(note="", at=at(2020, 12, 14))

        text = client.get(PAGE).text

        assert "Letter delivered" in text
        assert "Letter opened" not in text


class TestLibrary:
    def test_lists_and_finds(self, client, campaign, run_jobs):
        make_document(
            campaign, "Slides", kind="other_side", file=("a.pdf", pdf_of("Vigilancia"))
        )
        make_document(campaign, "Ridership", kind="evidence")
        make_document(campaign, "Strategy", public=False)
        run_jobs()

        everything = client.get(DOCUMENTS).text
        of_kind = client.get(DOCUMENTS + "?kind=evidence").text
        found = client.get(DOCUMENTS + "?q=vigilancia").text

        assert "Slides" in everything
        assert "Ridership" in everything
        assert "Strategy" not in everything
        assert "Ridership" in of_kind
        assert "Slides" not in of_kind
        assert "<mark>Vigilancia</mark>" in found
        assert "page 1" in found
        assert "1 document found" in found

    @pytest.mark.parametrize(
        "query", ["?q=%00", "?q=" + "x" * 5000, "?kind=%27", "?q=%22%27%3A*"]
    )
    def test_takes_any_question_calmly(self, client, campaign, query):
        assert client.get(DOCUMENTS + query).status_code == 200

    def test_shows_claims_with_their_answers(self, client, campaign):
        document = make_document(campaign, "Slides", kind="other_side")
        add(
            campaign,
            DocumentClaim(
                document_id=document.id, position=1, page=5,
                claim="It is **not surveillance**.", answer="It is.",
            ),
        )  # fmt: skip

        text = client.get(f"{DOCUMENTS}/{document.id}").text

        assert in_order(text, "<strong>not surveillance</strong>", "page 5", "It is.")

    def test_hides_internal_documents_and_those_of_other_campaigns(
        self, client, campaign, coalition
    ):
        internal = make_document(campaign, public=False, file=("a.txt", b"SECRET"))
        other = make_document(make_campaign(coalition, "other"), file=("a.txt", b"SECRET"))

        ids = [internal.id, other.id]
        for document_id in ids:
            for more in ("", "/file"):
                assert client.get(f"{DOCUMENTS}/{document_id}{more}").status_code == 404
        assert client.get(f"{DOCUMENTS}/nonsense").status_code == 404


class TestFile:
    def test_is_a_download_that_nothing_runs_in(self, client, campaign):
        content = pdf_of("x")
        document = make_document(campaign, file=("../acta de la sesión.pdf", content))

        answer = client.get(f"{DOCUMENTS}/{document.id}/file")

        assert answer.data == content
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert (
            "filename*=UTF-8''acta%20de%20la%20sesi%C3%B3n.pdf"
            in (answer.headers["Content-Disposition"])
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-cache"

    def test_is_not_sent_again_to_who_has_it(self, client, campaign):
        document = make_document(campaign, file=("a.txt", b"words"))
        url = f"{DOCUMENTS}/{document.id}/file"
        etag = client.get(url).headers["ETag"]

        answer = client.get(url, headers={"If-None-Match": etag})

        assert (answer.status_code, answer.data) == (304, b"")

    def test_goes_when_the_document_becomes_internal(self, client, campaign):
        document = make_document(campaign, file=("a.txt", b"words"))
        url = f"{DOCUMENTS}/{document.id}/file"
        etag = client.get(url).headers["ETag"]
        with db.transaction(campaign.coalition_id) as session:
            session.get_one(Document, document.id).keep_internal()

        assert client.get(url, headers={"If-None-Match": etag}).status_code == 404

    def test_of_a_document_without_one_is_not_there(self, client, campaign):
        document = make_document(campaign)

        assert client.get(f"{DOCUMENTS}/{document.id}/file").status_code == 404


class TestIndex:
    def test_keeps_the_chosen_language_on_the_way_to_other_pages(self, client, campaign):
        assert f'href="{PAGE}?lang=es"' in client.get("/c/night-buses/?lang=es").text
        assert f'href="{PAGE}?lang=en"' in client.get("/c/night-buses/").text

    def test_has_each_link_under_a_heading_of_its_own(self, client, campaign, coalition):
        make_letter(coalition)
        make_meeting(coalition, make_body(coalition), date(2018, 3, 13))

        page = client.get("/c/night-buses/").text

        headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
        assert headings == ["Campaigns", "Letters to sign", "Meetings"]
        meetings = page.partition(">Meetings</h2>")[2].partition("<h2")[0]
        assert "No meeting is known to be coming up." in meetings
        assert "All meetings, with what was decided" in meetings

    def test_lists_published_campaigns_before_letters(self, client, campaign, coalition):
        make_campaign(coalition, "hidden", title="Hidden", published=False)
        make_letter(coalition, title="Dear board")

        text = client.get("/c/night-buses/").text

        assert in_order(text, "An all-night network", "Dear board")
        assert "Hidden" not in text


def at(year, month, day):
    return datetime(year, month, day, 18, tzinfo=UTC)
