"""What the API makes of requests, good and bad, before any rule of the domain is asked."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalition.testing import make_coalition, make_letter, make_person

PERSON = {"kind": "person", "given_name": "Ada", "email": "ada@example.org"}


@pytest.fixture
def signing(api, coalition):
    """Give a function that posts raw bytes to the signing address."""
    path = f"{api.root}/letters/{make_letter(coalition).slug}/signatures"

    def send(data, content_type="application/json"):
        return api.client.post(path, data=data, content_type=content_type)

    return send


class TestABody:
    @pytest.mark.parametrize(
        ("data", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"{'a': 1}", 400),
            (b"\xff\xfe", 400),
            (b'{"goal": NaN}', 400),
            (b'{"goal": ' + b"9" * 5000 + b"}", 400),
            (b"[]", 422),
            (b"null", 422),
            (b'"text"', 422),
            (b"[" * 100_000, 422),
            (b'{"a":' * 1_500 + b"1" + b"}" * 1_500, 422),
            (b"{" + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}", 422),
        ],
    )
    def test_that_is_no_fitting_json_is_refused(self, signing, data, status):
        refused = signing(data)

        assert refused.status_code == status
        assert refused.content_type == "application/problem+json"
        assert refused.get_json()["status"] == status
        assert len(refused.data) < 10_000

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "text/html", ""]
    )
    def test_of_another_type_is_refused(self, signing, content_type):
        refused = signing(json.dumps(PERSON), content_type)

        assert refused.status_code == 415

    def test_that_is_too_large_is_refused(self, signing):
        refused = signing(b'{"given_name": "' + b"x" * 10_000_000 + b'"}')

        assert refused.status_code == 413
        assert refused.content_type == "application/problem+json"


class TestAProblem:
    def test_is_told_as_rfc_9457_says(self, api):
        problem = api.get("/nothing").get_json()

        assert {"type", "title", "status", "code", "detail"} <= set(problem)

    @pytest.mark.parametrize(
        "path",
        [
            "/people/1",
            "/people/%00",
            "/letters/UPPER",
            "/letters/%00",
            "/campaigns/a%2Fb",
            "//",
        ],
    )
    def test_is_the_same_for_every_address_where_nothing_is(self, api, path):
        assert api.get(path).status_code == 404

    def test_says_which_methods_there_are(self, api):
        refused = api.send("PUT", "/people")

        assert refused.status_code == 405
        assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))
        assert api.send("TRACE", "/people").status_code == 405


class TestAList:
    def test_is_complete_and_without_repetition_while_rows_are_added(self, api, coalition):
        there = {str(make_person(coalition, f"p{n}@example.org").id) for n in range(7)}
        seen, url = [], "/people?limit=3"

        while url:
            page = api.get(url)
            body = page.get_json()
            seen += [each["id"] for each in body["records"]]
            if len(seen) < 10:
                make_person(coalition, f"new{len(seen)}@example.org")
            link = page.headers.get("Link", "")
            assert body["next"] == (re.findall(r'<(.*)>; rel="next"', link) or [None])[0]
            url = body["next"]

        assert len(seen) == len(set(seen))
        assert there <= set(seen)

    def test_keeps_its_filter_on_the_next_page(self, api, coalition):
        for number in range(3):
            api.post("/people", {"given_name": f"P{number}", "tags": ["driver"]})
            make_person(coalition, f"other{number}@example.org")

        first = api.get("/people?limit=2&tag=driver").get_json()
        second = api.get(first["next"]).get_json()

        assert len(first["records"] + second["records"]) == 3

    @pytest.mark.parametrize(
        "query",
        [
            "limit=0", "limit=101", "limit=x", "limit=", "limit=1&limit=2", "limit=9999999999",
            "cursor=x", "cursor=" + "!" * 22, "cursor=%C3%A9" + "a" * 20, "colour=red",
            "email=nobody", "tag=%00", "tag=" + "x" * 61,
        ],
    )  # fmt: skip
    def test_names_the_parameter_that_is_wrong(self, api, query):
        refused = api.get(f"/people?{query}")

        assert refused.status_code == 422
        assert list(refused.get_json()["errors"]) == [query.partition("=")[0]]


class TestARead:
    def test_is_empty_for_who_has_it_already(self, api, coalition):
        path = f"/people/{make_person(coalition, 'ada@example.org').id}"
        etag = api.get(path).headers["ETag"]

        again = api.get(path, **{"If-None-Match": etag})
        api.patch(path, {"city": "Long Beach"})
        changed = api.get(path, **{"If-None-Match": etag})

        assert (again.status_code, again.data) == (304, b"")
        assert changed.status_code == 200

    def test_is_kept_by_no_shared_cache(self, api):
        assert "private" in api.get("/people").headers["Cache-Control"]


class TestAChange:
    def test_gives_the_etag_of_the_next_change(self, api, coalition):
        path = f"/people/{make_person(coalition, 'ada@example.org').id}"
        first = api.patch(path, {"city": "Long Beach"})

        second = api.patch(path, {"city": "Culver City"}, match=first.headers["ETag"])

        assert second.status_code == 200

    def test_needs_the_state_that_it_is_meant_for(self, api, coalition):
        path = f"/people/{make_person(coalition, 'ada@example.org').id}"

        codes = [
            api.send("PATCH", path, {"city": "x"}).status_code,
            api.send("DELETE", path).status_code,
            api.patch(path, {"city": "x"}, match='"stale"').status_code,
            api.delete(path, match='W/"weak"').status_code,
        ]

        assert codes == [428, 428, 412, 412]
        assert api.get(path).get_json()["city"] is None


text = st.text(
    st.characters(exclude_categories=[]), max_size=300
)  # with NUL, surrogates, marks that turn the direction
value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=10,
)
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def bodies_of(*names):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, value)) | value


class TestAnythingAtAll:
    @quick
    @given(bodies_of("kind", "given_name", "email", "organization_name", "website", "listed"))
    def test_sent_as_a_signature_is_answered(self, signing, body):
        assert signing(json.dumps(body)).status_code in (202, 422)

    @quick
    @given(name=text, email=text)
    def test_written_as_names_of_a_signatory_is_answered(self, signing, name, email):
        body = {**PERSON, "given_name": name, "family_name": email, "email": email}

        assert signing(json.dumps(body)).status_code in (202, 422)

    @quick
    @given(
        bodies_of(
            "slug", "texts", "targets", "goal", "closes_at", "time_zone", "dated_on", "campaign"
        )
    )
    def test_sent_as_a_letter_is_answered(self, api, body):
        assert api.post("/letters", body if body is not None else []).status_code in (
            201, 409, 422,
        )  # fmt: skip

    @quick
    @given(bodies_of("given_name", "email", "tags", "custom_fields", "language", "phone"))
    def test_sent_as_a_person_is_answered(self, api, body):
        assert api.post("/people", body if body is not None else []).status_code in (
            201, 409, 422,
        )  # fmt: skip

    @quick
    @given(bodies_of("name", "domains", "parent_id", "website"))
    def test_sent_as_an_organization_is_answered(self, api, body):
        assert api.post("/organizations", body if body is not None else []).status_code in (
            201, 422,
        )  # fmt: skip

    @quick
    @given(st.dictionaries(st.sampled_from(["search", "limit", "cursor"]), text))
    def test_asked_of_the_directory_is_answered(self, api, query):
        answer = api.client.get(
            f"{api.root}/organizations", query_string=_writable(query), headers=api.headers
        )

        assert answer.status_code in (200, 422)

    @quick
    @given(text)
    def test_in_place_of_an_address_is_answered(self, api, place):
        path = _writable({"x": place})["x"]

        assert api.client.get(f"/api/v1/coalitions/{path}/people", headers=api.headers)
        assert api.get(f"/letters/{path}").status_code in (200, 308, 404, 405)


def _writable(query):
    """An address is made of bytes: what cannot be one is replaced."""
    return {name: each.encode("utf-8", "replace").decode() for name, each in query.items()}


def test_a_coalition_that_does_not_exist_has_nothing(api):
    make_coalition("bike-lanes", "Bike Lanes")

    assert api.get("/api/v1/coalitions/nobody").status_code == 404
