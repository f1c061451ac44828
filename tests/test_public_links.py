"""A visitor who chose a language keeps it: every link and form of the public pages carries it."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from coalition.testing import load_sample

ALIKE = 12  # pages looked at of those that one view makes


class Ways(HTMLParser):
    """Where a page leads, apart from the links that choose a language."""

    def __init__(self, text):
        super().__init__()
        self.language, self.links, self.forms = "", [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "html":
            self.language = given["lang"]
        elif tag == "a" and "hreflang" not in given:
            self.links.append(given.get("href") or "")
        elif tag == "form":
            self.forms.append([given.get("method") or "get", given.get("action"), set()])
        elif tag == "input" and self.forms:
            self.forms[-1][2].add(given.get("name"))


def keeps(form):
    method, action, names = form
    if method.lower() == "get":
        return "lang" in names
    return not action or "lang" in parse_qs(urlsplit(action).query)


@pytest.mark.parametrize(("chosen", "preferred"), [("en", "es-MX,es"), ("es", "en-US,en")])
def test_every_link_keeps_the_chosen_language(app, client, chosen, preferred):
    sample = load_sample()
    rules, looked_at = app.url_map.bind("localhost"), Counter()
    start = f"/c/{sample.slug}/?lang={chosen}"
    seen, to_see, lost = {start}, [(start, "")], []

    while to_see:
        address, source = to_see.pop()
        answer = client.get(address, headers={"Accept-Language": preferred})
        assert answer.status_code < 400, (address, source)
        if answer.mimetype != "text/html":
            continue
        ways = Ways(answer.text)
        if ways.language != chosen:
            lost.append((address, source))
        lost += [(form[1], address) for form in ways.forms if not keeps(form)]
        for link in ways.links:
            target = urlsplit(urljoin(f"http://localhost{address}", link))
            path = f"{target.path}?{target.query}".rstrip("?")
            if target.netloc != "localhost" or not path.startswith("/c/"):
                continue
            endpoint, _ = rules.match(target.path)
            if path not in seen and looked_at[endpoint, bool(target.query)] < ALIKE:
                seen.add(path)
                looked_at[endpoint, bool(target.query)] += 1
                to_see.append((path, address))

    assert lost == []
    assert looked_at.total() > 30
