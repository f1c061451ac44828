"""A coordinator imports, compares, corrects and publishes; others cannot."""

import html
import re

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coalition import db
from coalition.audit import AuditEntry
from coalition.comments import ledgers, list_files, queries
from coalition.comments.imports import ListImport
from coalition.comments.models import CommentPosition, PublicComment
from coalition.config import current
from coalition.testing import (
    make_coalition,
    make_letter,
    make_user,
    sign_in,
    waiting_facts,
    work_through,
)
from tests.comments.conftest import OUR_TEXT, make_item
from tests.comments.test_imports import ROWS, import_list, read_figures, stored

LIST = ROWS + 'Ada,Anytown,Oppose,"No\nno"\nBob,Elsewhere,Hmm,Maybe\n'


def here(item, end=""):
    return f"/manage/night-buses/comments/{item.id}/{end}"


def fields_of(page):
    """Read what a browser would send from the review's form."""
    page = html.unescape(page)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        sent[name] = (chosen or first)[1]
    for name in re.findall(r'type="checkbox"[^>]*name="(\w+)"[^>]*checked', page):
        sent[name] = "yes"
    return sent


def send(browser, item, content, **more):
    """Send the form as a browser does; Werkzeug's client would leave a large file open."""
    raw = content if isinstance(content, bytes) else content.encode()
    head = "--end\r\nContent-Disposition: form-data; name="
    fields = {"source": "clerk", **more}.items()
    body = "".join(f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in fields)
    body += f'{head}"file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n'
    return browser.post(
        here(item, "imports/new"),
        data=body.encode() + raw + b"\r\n--end--\r\n",
        content_type="multipart/form-data; boundary=end",
    )


def review(browser, item, content, **more):
    answer = send(browser, item, content)
    assert answer.status_code == 200, answer.text
    return answer.text, {**fields_of(answer.text), "origin": "The clerk's site", **more}


def store(browser, item, sent, **more):
    return browser.post(here(item, "imports/review"), data={**sent, "store": "yes", **more})


class TestImport:
    def test_shows_the_first_rows_and_stores_nothing(self, coordinator, item):
        page, _ = review(coordinator, item, LIST)

        assert "Nothing is stored yet." in page
        assert "Ada" in page
        assert "Hmm" in page
        with db.reading(item.coalition_id) as session:
            assert session.scalars(select(ListImport)).all() == []

    def test_asks_what_a_word_means_before_it_stores(self, coordinator, item):
        _, sent = review(coordinator, item, LIST)

        answer = store(coordinator, item, sent)

        assert answer.status_code == 422
        assert "Say which position this means: “Hmm”." in answer.text

    def test_stores_what_was_confirmed(self, coordinator, item):
        _, sent = review(coordinator, item, LIST)

        answer = store(coordinator, item, sent, **{"position-hmm": "neutral"})
        work_through()

        assert answer.status_code == 303
        with db.reading(item.coalition_id):
            ledger = queries.ledger_of_item(item.id)
        assert read_figures(ledger).positions == {
            CommentPosition.OPPOSE: 1,
            CommentPosition.NEUTRAL: 1,
        }
        assert "2 of 2" in coordinator.get(answer.location).text

    def test_takes_pasted_lines(self, coordinator, item):
        data = {"source": "clerk", "pasted": "Ada Lovelace\nBob Builder\n"}

        answer = coordinator.post(here(item, "imports/new"), data=data)

        assert answer.status_code == 200
        assert fields_of(answer.text)["column-0"] == "author"

    def test_looks_again_with_another_encoding(self, coordinator, item):
        page, sent = review(coordinator, item, "Name,Comment\nJosé,No\n".encode("mac-roman"))
        assert "José" not in page

        again = coordinator.post(
            here(item, "imports/review"), data={**sent, "encoding": "mac-roman", "again": "yes"}
        )

        assert "José" in again.text

    def test_guesses_the_columns_anew_with_another_delimiter(self, coordinator, item):
        _, sent = review(coordinator, item, "Name;Comment\nAda;No, never\n")

        again = coordinator.post(
            here(item, "imports/review"), data={**sent, "delimiter": "comma", "again": "yes"}
        )

        assert again.status_code == 200

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "There is no comment in this list"),
            (b"%PDF-1.4", "line 1 holds characters that no text has"),
            (b"Name,Comment\nAda,\x00\x01\n", "line 2 holds characters"),
            (b'Name,Comment\nBob,No\nAda,"No\n', "begins at 3 the quotation marks"),
            (b"PK\x03\x04", "This spreadsheet cannot be opened"),
            ("Name\n" + "Ada\n" * 100_001, "line 100,002 is the first too many"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_with_a_list(self, coordinator, item, content, said):
        answer = send(coordinator, item, content)

        assert said in answer.text
        with db.reading(item.coalition_id) as session:
            assert session.scalars(select(ListImport)).all() == []

    def test_can_be_told_to_read_without_quotation_marks(self, coordinator, item):
        answer = send(coordinator, item, b'Name,Comment\nBob,"No\n', no_quotes="yes")

        assert answer.status_code == 200
        assert "Nothing is stored yet." in answer.text

    def test_leaves_lines_out_when_told_to(self, coordinator, item):
        text = "Name,Date\nAda,soon\nBob,1/1/2021\n"
        page, sent = review(coordinator, item, text)
        assert "Line 2:" in page
        assert "“soon” is not a day" in page
        assert store(coordinator, item, sent).status_code == 422

        assert store(coordinator, item, sent, leave_out="yes").status_code == 303
        work_through()

        with db.reading(item.coalition_id):
            ledger = queries.ledger_of_item(item.id)
        assert stored(ledger) == 1

    def test_asks_what_unnamed_columns_hold_before_it_stores(self, coordinator, item):
        page, sent = review(coordinator, item, "Col 1,Col 2\n17,Ada\n18,Bob\n")
        assert "Nothing in this list names its columns" in page

        refused = store(coordinator, item, sent)

        assert refused.status_code == 422
        assert "tick that it is right" in refused.text
        sent = {**sent, "column-0": "ignored", "column-1": "author", "header": "yes"}
        assert store(coordinator, item, sent, named="yes").status_code == 303
        work_through()
        with db.reading(item.coalition_id) as session:
            assert {each.author for each in session.scalars(select(PublicComment))} == {
                "Ada",
                "Bob",
            }

    def test_notices_the_same_file(self, coordinator, item):
        _, sent = review(coordinator, item, LIST)
        store(coordinator, item, sent, **{"position-hmm": "neutral"})

        again = store(coordinator, item, sent, **{"position-hmm": "neutral"})

        assert again.status_code == 409
        assert "imported already" in again.text

    def test_refuses_a_list_that_was_cut_on_its_way(self, coordinator, item):
        _, sent = review(coordinator, item, LIST)

        answer = store(coordinator, item, sent, packed=sent["packed"][:-9])

        assert answer.status_code == 422
        assert "lost on its way" in answer.text

    def test_takes_more_than_other_pages_do(self, coordinator, item):
        rows = "".join(f"Commenter {n},{'a different word ' * 30}{n}\n" for n in range(6_000))
        assert len(rows) > current().max_body_bytes

        assert send(coordinator, item, "Name,Comment\n" + rows).status_code == 200

    def test_takes_no_more_than_others_from_who_may_not_import(self, viewer, item):
        answer = send(viewer, item, b"x" * (current().max_body_bytes + 1000))

        assert answer.status_code in (403, 413)

    def test_refuses_a_file_that_is_too_large_with_the_way_out(
        self, coordinator, item, monkeypatch
    ):
        monkeypatch.setattr(list_files, "MAX_FILE_BYTES", 1_000_000)

        answer = send(coordinator, item, b"x" * 1_500_000)

        assert answer.status_code == 413
        assert "Split it into parts" in answer.text

    def test_is_undone_as_a_whole(self, coordinator, item, ledger):
        taken = import_list(ledger, LIST, positions={"hmm": CommentPosition.NEUTRAL})
        work_through()

        answer = coordinator.post(here(item, f"imports/{taken.id}/undoing"))
        work_through()

        assert answer.status_code == 303
        assert stored(ledger) == 0
        assert "undone" in coordinator.get(here(item, f"imports/{taken.id}")).text


class TestShow:
    def test_begins_without_anything(self, coordinator, item):
        page = coordinator.get(here(item)).text

        assert "No comment is known yet." in page

    def test_is_reached_from_the_list_of_items(self, viewer, item, ledger):
        page = viewer.get("/manage/night-buses/comments/").text

        assert here(item) in page
        assert "A-1 · The face recognition order" in page

    def test_lays_both_counts_side_by_side(self, coordinator, item, ledger):
        import_list(ledger, ROWS + "Ada,,O,No\nBob,,S,Yes\n")
        with db.transaction(ledger.coalition_id):
            for name in ("Ada", "Eve"):
                ledgers.record_comment(
                    item.id, author=name, text="No", position=CommentPosition.OPPOSE
                )
        work_through()
        settle_now(ledger)

        page = coordinator.get(here(item)).text

        assert "We know of 2 comments from those who made them; the clerk lists 2." in page
        assert "1 of ours is not in the clerk&#39;s list." in page
        missing = coordinator.post(here(item, "missing"))
        assert "Eve" in missing.text
        assert "Ada" not in missing.text
        with db.reading(ledger.coalition_id) as session:
            actions = set(session.scalars(select(AuditEntry.action)))
        assert "comments.missing_exported" in actions

    def test_is_not_there_for_another_coalition(self, app, item, without_csrf):
        trams = make_coalition("trams", "Trams")
        stranger = sign_in(app.test_client(), make_user("t@example.net", trams, "coordinator"))

        assert stranger.get(here(item)).status_code == 404
        assert stranger.get(f"/manage/trams/comments/{item.id}/").status_code == 404

    def test_shows_names_to_coordinators_only_and_notes_it(self, coordinator, item, ledger):
        import_list(ledger, ROWS + "Ada Lovelace,,O,Never this\n")
        work_through()

        assert "Ada Lovelace" not in coordinator.get(here(item)).text
        page = coordinator.get(
            here(item, "list?source=clerk&position=oppose&wording=own_words")
        )
        assert "Ada Lovelace" in page.text
        with db.reading(ledger.coalition_id) as session:
            assert "comments.viewed" in set(session.scalars(select(AuditEntry.action)))
        for query in ("only=duplicates", "source=ours", "position=support", "wording=template"):
            assert "Ada Lovelace" not in coordinator.get(here(item, f"list?{query}")).text

    def test_lets_viewers_change_and_read_nothing(self, viewer, item, ledger):
        for end in ("rules", "texts/new", "new", "count", "list", "imports/new"):
            assert viewer.get(here(item, end)).status_code == 403
        assert viewer.get(here(item)).status_code == 200


class TestForms:
    def test_change_the_rules_and_publish(self, coordinator, item, client):
        data = {
            "our_position": "support", "template_from": "95", "adapted_from": "40",
            "note": "", "is_published": "yes",
        }  # fmt: skip

        assert coordinator.post(here(item, "rules"), data=data).status_code == 303

        page = coordinator.get(here(item, "rules")).text
        assert 'value="95"' in page
        assert coordinator.get(f"/c/night-buses/comments/{item.id}").status_code == 200

    def test_refuse_thresholds_the_wrong_way_round(self, coordinator, item):
        data = {"our_position": "oppose", "template_from": "40", "adapted_from": "60"}

        answer = coordinator.post(here(item, "rules"), data=data)

        assert answer.status_code == 422
        assert "40 % is not more than 60 %" in answer.text

    def test_offer_the_text_of_a_letter(self, coordinator, item, coalition):
        letter = make_letter(coalition)

        assert f"letter={letter.id}" in coordinator.get(here(item, "texts/new")).text
        page = coordinator.get(here(item, f"texts/new?letter={letter.id}&language=en")).text
        assert "We ask you to keep the night buses." in page

    def test_add_and_remove_a_text(self, coordinator, item):
        data = {"title": "Letter", "language": "en", "body": OUR_TEXT}
        assert coordinator.post(here(item, "texts/new"), data=data).status_code == 303
        assert coordinator.post(here(item, "texts/new"), data=data).status_code == 409
        page = coordinator.get(here(item)).text
        [text] = re.findall(r"texts/([0-9a-f-]+)/removal", page)

        assert coordinator.post(here(item, f"texts/{text}/removal")).status_code == 303
        assert OUR_TEXT not in coordinator.get(here(item)).text

    def test_put_down_and_remove_a_comment(self, coordinator, item):
        data = {"position": "oppose", "channel": "phone", "author": "Ada", "text": "No"}
        assert coordinator.post(here(item, "new"), data=data).status_code == 303
        assert "comment.recorded" in [each.name for each in waiting_facts()]
        assert "1 of 1 public comments" in coordinator.get(here(item)).text
        with db.reading(item.coalition_id) as session:
            [comment] = session.scalars(select(PublicComment))

        answer = coordinator.post(here(item, f"list/{comment.id}/removal"))

        assert answer.status_code == 303
        assert "No comment is known yet." in coordinator.get(here(item)).text

    def test_do_not_remove_what_came_with_a_list(self, coordinator, item, ledger):
        import_list(ledger, ROWS + "Ada,,O,No\n")
        work_through()
        with db.reading(item.coalition_id) as session:
            [comment] = session.scalars(select(PublicComment))

        assert coordinator.post(here(item, f"list/{comment.id}/removal")).status_code == 404
        assert stored(ledger) == 1

    def test_correct_one_line_of_a_list(self, coordinator, item, ledger):
        import_list(ledger, ROWS + "Ada,Anytown,O,No\nBob,Anytown,O,Never\n")
        work_through()
        with db.reading(item.coalition_id) as session:
            comments = {each.author: each for each in session.scalars(select(PublicComment))}
        at = here(item, f"list/{comments['Ada'].id}/correction")
        page = coordinator.get(at).text
        assert "It is line 2 of an imported list." in page
        assert 'value="Anytown"' in page

        answer = coordinator.post(
            at,
            data={"author": "Ada", "city": "Elsewhere", "position": "support", "text": "Yes"},
        )

        assert answer.status_code == 303
        work_through()
        assert stored(ledger) == 2
        with db.reading(item.coalition_id) as session:
            corrected = session.get(PublicComment, comments["Ada"].id)
            assert (corrected.position, corrected.text, corrected.line) == (
                CommentPosition.SUPPORT,
                "Yes",
                2,
            )
            noted = session.scalars(select(AuditEntry).filter_by(action="comment.corrected"))
            assert set(noted.one().fields) == {"position", "city", "text"}
        assert read_figures(ledger).positions[CommentPosition.OPPOSE] == 1

    def test_correct_nothing_that_somebody_reported_or_that_does_not_count(
        self, coordinator, item, ledger
    ):
        taken = import_list(ledger, ROWS + "Ada,,O,No\n")
        with db.transaction(item.coalition_id):
            values = {"reported_id": uuid7(), "position": CommentPosition.OPPOSE}
            reported = ledgers.record_comment(item.id, author="Bob", text="No", **values).id
        work_through()
        with db.reading(item.coalition_id) as session:
            listed = session.scalars(select(PublicComment.id).filter_by(line=2)).one()
        coordinator.post(here(item, f"imports/{taken.id}/undoing"))

        for comment in (reported, listed):
            at = here(item, f"list/{comment}/correction")
            assert coordinator.get(at).status_code == 404
            data = {"position": "support", "text": "Yes"}
            assert coordinator.post(at, data=data).status_code == 404

    def test_note_the_clerks_count(self, coordinator, item):
        data = {
            "total": "943",
            "oppose": "931",
            "source": "Minutes",
            "counted_on": "2021-01-12",
        }

        assert coordinator.post(here(item, "count"), data=data).status_code == 303

        assert (
            "931 of 943 public comments (99%) were opposed." in coordinator.get(here(item)).text
        )

    def test_refuse_a_count_that_does_not_add_up(self, coordinator, item):
        data = {"total": "9", "oppose": "8", "support": "2", "source": "Minutes"}

        answer = coordinator.post(here(item, "count"), data=data)

        assert answer.status_code == 422
        assert "add up to 10" in answer.text

    def test_come_back_with_what_is_wrong(self, coordinator, item):
        answer = coordinator.post(here(item, "count"), data={"total": "x"})

        assert answer.status_code == 422
        assert "Fill this in." in answer.text


class TestRecord:
    def test_puts_down_once_what_was_reported_under_one_id(self, coalition, item, ledger):
        for _ in range(2):
            with db.transaction(coalition.id):
                ledgers.record_comment(
                    item.id, author="Ada", text=OUR_TEXT, reported_id=item.id,
                    position=CommentPosition.OPPOSE,
                )  # fmt: skip

        assert stored(ledger) == 1
        assert read_figures(ledger).with_our_text == 1

    def test_refuses_a_text_that_is_no_comment_any_more(self, coalition, item):
        other = make_item(coalition, "Another")

        with pytest.raises(Exception, match="at most 50000 fit"):
            with db.transaction(coalition.id):
                ledgers.record_comment(other.id, text="x" * 50_001)


def settle_now(ledger):
    from coalition.comments import jobs

    jobs.settle(str(ledger.coalition_id), str(ledger.id))
