"""The public page tells figures in sentences, and no names."""

import csv
import io
import re

import pytest

from coalition import db
from coalition.comments import ledgers
from coalition.comments.samples import load_sample_comments
from coalition.testing import work_through
from tests.comments.conftest import OUR_TEXT, make_item
from tests.comments.test_imports import ROWS, import_list


def page_of(item, end=""):
    return f"/c/night-buses/comments/{item.id}{end}"


@pytest.fixture
def published(coalition, ledger):
    with db.transaction(coalition.id):
        ledgers.ledger_of(ledger.agenda_item_id).change_rules(
            is_published=True, note="The press wrote *nearly 890*."
        )
    return ledger


@pytest.fixture
def sample(coalition, item):
    with db.transaction(coalition.id):
        load_sample_comments(
            item.id, text=OUR_TEXT, title="Letter", total=943, opposed=931, echoing=889
        )
    work_through()


class TestShow:
    def test_says_what_a_journalist_can_quote(self, sample, item, client):
        page = client.get(page_of(item)).text

        assert "931 of 943 public comments (99%) were opposed." in page
        assert "889 of them used the coalition&#39;s text or adapted it" in page
        assert "Counted from the list of comments that the public body published." in page
        assert "at least 90% of the words" in page
        assert "<svg" in page

    def test_says_it_in_spanish(self, sample, item, client):
        page = client.get(page_of(item, "?lang=es")).text

        assert "931 de 943 comentarios públicos (99\u00a0%) estaban en contra." in page

    def test_shows_the_chart_as_a_table_too(self, sample, item, client):
        page = client.get(page_of(item)).text

        table = page.partition("<tbody>")[2].partition("</tbody>")[0]
        rows = [re.findall(r">(\d[\d,]*)<", row) for row in table.split("</tr>")]
        assert rows[0][-1] == "931"
        assert rows[1][-1] == "12"

    def test_names_no_author(self, sample, item, client):
        assert "Commenter" not in client.get(page_of(item)).text

    def test_shows_what_others_wrote(self, published, item, client):
        import_list(published, ROWS + "Ada,Anytown,Oppose,No\n")
        work_through()

        assert "<em>nearly 890</em>" in client.get(page_of(item)).text

    def test_is_not_there_before_it_is_published(self, ledger, item, client):
        for end in ("", "/figures.json", "/figures.csv"):
            assert client.get(page_of(item, end)).status_code == 404

    def test_is_not_there_for_another_item_or_nonsense(self, published, coalition, client):
        other = make_item(coalition, "Another")
        assert client.get(page_of(other)).status_code == 404
        assert client.get("/c/night-buses/comments/x").status_code == 404
        assert client.get("/c/nobody/comments/x").status_code == 404

    def test_says_that_nobody_counted(self, published, item, client):
        assert "Nobody has counted" in client.get(page_of(item)).text

    def test_sets_no_cookie(self, published, item, client):
        assert "Set-Cookie" not in client.get(page_of(item)).headers


class TestPlaces:
    def test_with_few_comments_are_not_named(self, published, item, client):
        rows = "".join(f"A{n},Anytown,O,No\n" for n in range(6))
        rows += "".join(f"B{n},Smallville,O,No\n" for n in range(4)) + "C,,O,No\n"
        import_list(published, ROWS + rows)
        work_through()

        found = client.get(page_of(item, "/figures.json")).get_json()

        assert found["cities"] == [{"city": "Anytown", "comments": 6}]
        assert found["elsewhere"] == 5
        assert "Smallville" not in client.get(page_of(item)).text

    def test_are_not_told_by_what_is_left_over(self, published, item, client):
        rows = "".join(f"A{n},Anytown,O,No\n" for n in range(9))
        rows += "".join(f"B{n},Midtown,O,No\n" for n in range(6)) + "C,Smallville,O,No\n"
        import_list(published, ROWS + rows)
        work_through()

        found = client.get(page_of(item, "/figures.json")).get_json()

        assert found["cities"] == [{"city": "Anytown", "comments": 9}]
        assert found["elsewhere"] == 7


class TestFiles:
    def test_hold_the_same_figures(self, sample, item, client):
        found = client.get(page_of(item, "/figures.json")).get_json()
        table = client.get(page_of(item, "/figures.csv"))

        assert (found["on_our_side"], found["total"], found["with_our_text"]) == (931, 943, 889)
        assert found["wordings"]["oppose"]["own_words"] == 42
        rows = list(csv.DictReader(io.StringIO(table.get_data().decode("utf-8-sig"))))
        by_position = {
            row["value"]: row["comments"]
            for row in rows
            if row["measure"] == "position" and not row["wording"]
        }
        assert by_position == {"oppose": "931", "support": "12"}
        assert "Commenter" not in table.text

    def test_say_only_what_the_clerk_says(self, published, item, client, coalition):
        with db.transaction(coalition.id):
            ledgers.ledger_of(item.id).record_count(
                total=943, oppose=931, source="Minutes, page 4", url="https://example.org/m"
            )

        found = client.get(page_of(item, "/figures.json")).get_json()

        assert found["basis"] == "clerk_count"
        assert found["positions"] == {"oppose": 931, "support": 0, "neutral": 0, "unknown": 12}
        assert found["with_our_text"] is None
        page = client.get(page_of(item)).text
        assert "931 of 943" in page
        assert "It published no list" in page
        assert "https://example.org/m" in page
