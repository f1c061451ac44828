"""The OpenAPI document of the API, made from the operations and their schemas."""

import json
from typing import Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app, request
from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields
from werkzeug.routing import BaseConverter

from coalition.accounts import tokens
from coalition.api import bodies, describing, plugin_operations, reference
from coalition.api.operations import Section
from coalition.api.repeating import MAX_KEY_CHARS
from coalition.api.schemas.base import Flag, Id, Moment
from coalition.fields import (
    Choice,
    Day,
    Line,
    MailAddress,
    OneOf,
    Slug,
    Whole,
)

VERSION = "1.0"
_SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
_MAX_SLUG_CHARS = 80
_FEW = 20  # values that are listed in the document
_FORMATS: dict[type, str] = {Day: "date", Moment: "date-time", Id: "uuid"}
_TOO_MANY = 40  # refused fields named in one answer
_IF_MATCH = "The ETag of the state that you want to change."
_IF_NONE_MATCH = "The ETag of the state that you have."
_IDEMPOTENCY_KEY = (
    "Any text of your own, new for each request: sending the same request with the same key"
    " again, within 24 hours, gives the same answer and does nothing."
)


class SlugConverter(BaseConverter):
    """A slug in an address; anything else is an address where nothing is."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"
    part_isolating = True


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's document without its error pages: pages for people stay pages."""

    def _register_error_handlers(self) -> None:
        """Leave errors to the application, which keeps their headers."""

    def _register_responses(self) -> None:
        """Describe each problem once; operations refer to it."""
        for status, (name, code, sentence) in describing.PROBLEMS.items():
            example = describing.problem_example(status, code, sentence)
            told: dict[str, Any] = {
                "description": sentence,
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "example": example,
                    }
                },
            }
            if status == 401:
                told["headers"] = {
                    "WWW-Authenticate": {
                        "description": "How to authenticate.",
                        "schema": {"type": "string"},
                    }
                }
            self.spec.components.response(name, told)


class ProblemSchema(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "Names the sort of problem."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "The same, for programs."})
    detail = fields.String(metadata={"description": "What to do, in the asked language."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What is wrong with each field."},
    )
    existing = fields.String(
        metadata={"description": "The id of the record that is there already."}
    )


def init_app(app: Flask, sections: list[Section]) -> list[Blueprint]:
    """Serve the sections and their document; return the blueprints, which need no CSRF token."""
    app.url_map.converters["slug"] = SlugConverter
    for section in sections:
        app.register_blueprint(section)
    app.extensions["coalition-openapi"] = _Document(app, sections)
    app.register_error_handler(ValidationError, _refused)
    app.register_blueprint(documents)
    return [*sections, documents]


documents = Blueprint(
    "api_documents", __name__, url_prefix="/api/v1", template_folder="templates"
)


@documents.get("/openapi.json")
def openapi_json() -> Response:
    """Give the OpenAPI document."""
    response = Response(_document().text, mimetype="application/json")
    response.headers["ETag"] = bodies.etag(_document().text)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.make_conditional(request)
    return response


@documents.get("/docs")
def docs() -> str:
    """Show the same as a page."""
    return reference.page(_document().content)


class _Document:
    """The document, made when it is first asked for: it takes a third of a second."""

    def __init__(self, app: Flask, sections: list[Section]) -> None:
        self._app = app
        self._sections = sections
        self._text: bytes | None = None

    @property
    def text(self) -> bytes:
        if self._text is None:
            told = _api(self._app, self._sections).spec.to_dict()
            for item in told["paths"].values():
                for operation in item.values():
                    _without_null(operation)
            self._text = json.dumps(told, indent=1).encode()
        return self._text

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text)
        return content


def _api(app: Flask, sections: list[Section]) -> Api:
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    api = Api(
        spec_kwargs={
            "title": "coalition",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "marshmallow_plugin": plugin,
            "info": {"description": reference.INTRODUCTION},
        }
    )
    api.register_converter(SlugConverter, _slug_in_address)
    api.init_app(app)
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_limits)  # type: ignore[no-untyped-call]
    _components(api)
    for section in sections:
        section.register_views_in_doc(api, app, api.spec, name=section.name, parameters=None)
        api.spec.tag({"name": section.tag, "description": section.description})
    plugin_operations.add(api.spec, app)
    return api


def _document() -> _Document:
    found: _Document = current_app.extensions["coalition-openapi"]
    return found


def _components(api: Api) -> None:
    components = api.spec.components
    components.schema("Problem", schema=ProblemSchema)
    components.security_scheme(
        "token",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of one coalition, made by its coordinators. Scopes: "
            + ", ".join(f"`{scope}`" for scope in tokens.SCOPES),
        },
    )
    sample = describing.SAMPLE_ETAG
    _header(api, "IfMatch", "If-Match", _IF_MATCH, sample, required=True)
    _header(api, "IfNoneMatch", "If-None-Match", _IF_NONE_MATCH, sample)
    _header(api, "IdempotencyKey", "Idempotency-Key", _IDEMPOTENCY_KEY, "7f1d-sign-on")


def _header(
    api: Api, name: str, header: str, description: str, sample: str, *, required: bool = False
) -> None:
    shape = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_KEY_CHARS,
        "pattern": "^[!-~]+$",
    }
    told = {
        "name": header,
        "description": description,
        "required": required,
        "schema": shape,
        "example": sample,
    }
    api.spec.components.parameter(name, "header", told)


def _limits(_converter: object, field: fields.Field[Any], **_more: Any) -> dict[str, Any]:
    """Describe our own fields, whose limits apispec does not know."""
    told = _text_limits(field) if isinstance(field, Line) else _value_limits(field)
    if told and field.allow_none:
        told["type"] = [told["type"], "null"]
        if "enum" in told:
            told["enum"] = [*told["enum"], None]
    return told


def _text_limits(field: Line) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "string", "maxLength": field.max_chars}
    if field.required and not field.allow_none:
        told["minLength"] = 1
    if isinstance(field, Slug):
        told["pattern"] = _SLUG_PATTERN if field.required else f"^$|{_SLUG_PATTERN}"
    if isinstance(field, MailAddress):
        told["format"] = "email"
    return told


def _value_limits(field: fields.Field[Any]) -> dict[str, Any]:
    match field:
        case Choice():
            return {"type": "string", "enum": [each.value for each in field.kind]}
        case OneOf():
            offered = field.offered() if callable(field.offered) else field.offered
            few = len(offered) <= _FEW
            return {"type": "string"} | ({"enum": sorted(offered)} if few else {})
        case Whole():
            return {"type": "integer", "minimum": field.least, "maximum": field.most}
        case Flag():
            return {"type": "boolean"}
        case Day() | Moment() | Id():
            return {"type": "string", "format": _FORMATS[type(field)]}
    return {}


def _without_null(operation: Any) -> None:
    """A parameter of an address is left out or a text; JSON's null cannot be written there."""
    for parameter in operation["parameters"] if isinstance(operation, dict) else ():
        schema = parameter.get("schema", {})
        if isinstance(schema.get("type"), list):
            schema["type"] = schema["type"][0]
            schema.pop("default", None)
        if "enum" in schema:
            schema["enum"] = [each for each in schema["enum"] if each is not None]


def _schema_name(schema: Any) -> str:
    """Name the variants in which every field may be left out."""
    kind = schema if isinstance(schema, type) else type(schema)
    name = str(kind.__name__).removesuffix("Schema")
    return f"{name}Change" if getattr(schema, "partial", None) else name


def _slug_in_address(_converter: SlugConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": _SLUG_PATTERN, "maxLength": _MAX_SLUG_CHARS}


def _refused(error: ValidationError) -> tuple[Response, int]:
    sentence = gettext("Some fields are not right; “errors” says which.")
    problem = {
        "type": "urn:coalition:invalid",
        "title": "Unprocessable Content",
        "status": 422,
        "code": "invalid",
        "detail": sentence,
        "errors": dict(list(_flat(error.messages).items())[:_TOO_MANY]),
    }
    return Response(bodies.written(problem), mimetype="application/problem+json"), 422


def _flat(said: Any, place: str = "") -> dict[str, list[str]]:
    """Return {"texts.0.title": [sentence, …]} from marshmallow's nested messages."""
    if isinstance(said, dict):
        parts: dict[str, list[str]] = {}
        for name, inner in said.items():
            parts |= _flat(inner, f"{place}.{name}" if place else str(name))
        return parts
    return {place: [str(each) for each in (said if isinstance(said, list) else [said])]}
