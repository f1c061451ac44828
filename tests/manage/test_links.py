"""Nobody is shown a way that is closed to them: the links and forms of all pages, as each role."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from coalition import db
from coalition.accounts import representing
from coalition.accounts.models import Role
from coalition.samples import names
from coalition.testing import (
    load_sample,
    make_campaign,
    make_letter,
    make_organization,
    make_user,
    sign_in,
)

ALIKE = 2  # pages looked at of those that one view makes
ORGANIZATION = names.ORGANIZATIONS[0]
ROLES = ("viewer", "coordinator", "representative")


class Ways(HTMLParser):
    """Where a page's links and forms lead."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form" and (given.get("method") or "get").lower() == "post":
            self.forms.append(given.get("action") or "")


class Walk:
    """A walk along all links from a coalition's first page, a few pages of each view."""

    def __init__(self, app, client, start):
        self._rules = app.url_map.bind("localhost")
        self._views = app.view_functions
        self._seen, self._looked_at = {start}, Counter()
        self._to_see = [(start, "")]
        self._client = client
        self.closed = []

    def to_the_end(self, role):
        while self._to_see:
            address, source = self._to_see.pop()
            answer = self._client.get(address)
            if answer.status_code >= 400:
                self.closed.append((address, source, answer.status_code))
            elif answer.mimetype == "text/html":
                self._read(address, Ways(answer.text), role)
        return self

    @property
    def pages(self):
        return self._looked_at.total()

    def _read(self, here, ways, role):
        for link in ways.links:
            address = urlsplit(urljoin(f"http://localhost{here}", link))
            path = f"{address.path}?{address.query}".rstrip("?")
            if address.netloc != "localhost" or not path.startswith("/manage/"):
                continue
            endpoint, _ = self._rules.match(address.path)
            if path not in self._seen and self._looked_at[endpoint] < ALIKE:
                self._seen.add(path)
                self._looked_at[endpoint] += 1
                self._to_see.append((path, here))
        for action in ways.forms:
            path = urlsplit(urljoin(f"http://localhost{here}", action)).path
            endpoint, _ = self._rules.match(path, method="POST")
            opened = getattr(self._views[endpoint], "roles", ())
            if opened and not any(role.covers(each) for each in opened):
                self.closed.append((path, here, "form"))


def walk_as(role, app, client, coalition):
    user = make_user(f"{role}@example.net", coalition, role)
    if role == "representative":
        with db.transaction(coalition.id):
            representing.let_represent(coalition.id, user.id, ORGANIZATION)
    start = f"/manage/{coalition.slug}/"
    return Walk(app, sign_in(client, user), start).to_the_end(Role(role))


@pytest.mark.parametrize("role", ROLES)
class TestNoPageShowsAWayThatIsClosed:
    def test_in_a_coalition_with_everything(self, app, client, role):
        walk = walk_as(role, app, client, load_sample())

        assert walk.closed == []
        assert walk.pages >= (2 if role == "representative" else 60)

    def test_in_a_coalition_that_begins(self, app, client, coalition, role):
        make_organization(ORGANIZATION)
        make_campaign(coalition)
        make_letter(coalition, opened=False)

        walk = walk_as(role, app, client, coalition)

        assert walk.closed == []
