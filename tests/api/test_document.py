"""The OpenAPI document."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/v1/openapi.json").get_json()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


class TestTheDocument:
    def test_is_valid_openapi_3_1(self, document):
        validate(document)

        assert document["openapi"].startswith("3.1")

    def test_knows_every_route_of_the_api(self, app: Flask, document):
        served = {
            (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/coalitions")
            for method in rule.methods - {"HEAD", "OPTIONS"}
        }

        told = {(path, method) for path, method, _ in operations(document)}

        assert served == told

    def test_describes_each_operation_in_full(self, document):
        for path, method, told in operations(document):
            place = f"{method} {path}"
            assert all(told[name] for name in ("summary", "description", "operationId")), place
            assert told["tags"][0] in {tag["name"] for tag in document["tags"]}, place
            assert "security" in told, place
            assert "503" in told["responses"], place
            success = next(s for s in told["responses"] if s.startswith("2"))
            if success != "204":
                content = told["responses"][success]["content"]["application/json"]
                assert content["schema"], place
                assert content["example"], place
            if "requestBody" in told:
                assert told["requestBody"]["content"]["application/json"]["example"], place

    def test_names_each_operation_once(self, document):
        names = [told["operationId"] for _, _, told in operations(document)]

        assert len(set(names)) == len(names)

    def test_links_to_operations_that_exist(self, document):
        by_id = {told["operationId"]: (path, told) for path, _, told in operations(document)}
        links = [
            link
            for _, _, told in operations(document)
            for answer in told["responses"].values()
            for link in answer.get("links", {}).values()
        ]

        assert len(links) > 20
        for link in links:
            path, _ = by_id[link["operationId"]]
            assert set(link["parameters"]) == set(re.findall(r"{(\w+)}", path))

    def test_says_the_limit_of_each_text_that_is_sent(self, document):
        for name, schema in document["components"]["schemas"].items():
            if not name.endswith(("Input", "Change", "Part")):
                continue
            for field, told in schema["properties"].items():
                if "string" in told.get("type", []):
                    limited = {"maxLength", "enum", "format"} & set(told)
                    assert limited or field == "time_zone", f"{name}.{field}"


class TestTheReference:
    def test_shows_each_operation_without_loading_anything_from_elsewhere(
        self, client: FlaskClient, document
    ):
        page = client.get("/api/v1/docs")

        assert page.status_code == 200
        for _, _, told in operations(document):
            assert f'id="{told["operationId"]}"' in page.text
        assert "<script" not in page.text
        assert not re.search(r'(?:src|href)="https?:', page.text)
