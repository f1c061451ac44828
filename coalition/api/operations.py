"""Operations: what the views of the API share, so that each view is one verb.

A `Section` is a blueprint whose decorators say what an operation takes and gives. They check
the token, read the input, open the transaction, keep the answer under its Idempotency-Key in
that same transaction, compare ETags, and describe the operation in the OpenAPI document.
"""

import inspect
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any
from uuid import UUID

import flask_smorest
from flask import Response, request
from marshmallow import Schema

from coalition import audit, db
from coalition.accounts import access
from coalition.api import bodies, describing, paging
from coalition.api.describing import Description, Links
from coalition.api.repeating import once
from coalition.coalitions.models import Coalition

PREFIX = "/api/v1/coalitions/<slug:coalition>"

View = Callable[..., Any]
Unchanged = Callable[[Any], None]


class Section(flask_smorest.Blueprint):  # type: ignore[misc]
    """The operations on one sort of records, under `PREFIX`."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api_{name}", __name__, url_prefix=PREFIX, description=description)
        self.tag = name.replace("_", " ")
        self._prepare_doc_cbks: list[Any] = []  # our decorators describe each operation in full

    def lists(
        self,
        path: str,
        *,
        scope: str,
        gives: type[Schema],
        query: type[paging.PageQuery] = paging.PageQuery,
        links: Links | None = None,
        opens: Callable[[UUID], AbstractContextManager[Any]] = db.reading,
    ) -> Callable[[View], View]:
        """Give a list page by page; the view returns the statement that selects all of it.

        One with contact data opens a `db.transaction` and notes in the audit log who looked.
        """
        checker, shape = query(), gives(many=True)

        def decorate(view: View) -> View:
            call = _asked_for(view)

            def answer(coalition: Coalition, **places: Any) -> Response:
                filters = bodies.read_query(checker)
                limit, after = filters.pop("limit"), filters.pop("cursor")

                with opens(coalition.id):
                    statement = call(coalition=coalition, **places, **filters)
                    page = paging.page_of(statement, after=after, limit=limit)
                    records = shape.dump(page.rows)

                body = {
                    "records": records,
                    "next_cursor": page.next_cursor,
                    "next": page.next_url,
                }
                response = bodies.readable(bodies.written(body))
                if page.next_url:
                    response.headers["Link"] = f'<{page.next_url}>; rel="next"'
                return response

            told = _described(
                view, scope, 200, gives=gives, query=query, is_list=True, has_etag=True,
                links=links or {},
            )  # fmt: skip
            return self._publish("GET", path, view, access.token(scope)(answer), told)

        return decorate

    def reads(
        self,
        path: str,
        *,
        scope: str,
        gives: type[Schema],
        problems: tuple[int, ...] = (),
        links: Links | None = None,
        opens: Callable[[UUID], AbstractContextManager[Any]] = db.reading,
    ) -> Callable[[View], View]:
        """Give one record; the view returns it. `opens` is the same as for a list."""
        shape = gives()

        def decorate(view: View) -> View:
            call = _asked_for(view)

            def answer(coalition: Coalition, **places: Any) -> Response:
                with opens(coalition.id):
                    record = call(coalition=coalition, **places)
                    body = bodies.written(shape.dump(record))

                return bodies.readable(body)

            told = _described(
                view, scope, 200, gives=gives, has_etag=True, problems=problems,
                links=links or {},
            )  # fmt: skip
            return self._publish("GET", path, view, access.token(scope)(answer), told)

        return decorate

    def creates(
        self,
        path: str,
        *,
        scope: str,
        takes: type[Schema] | None,
        gives: type[Schema],
        status: int = 201,
        problems: tuple[int, ...] = (),
        links: Links | None = None,
        opens: Callable[[UUID], AbstractContextManager[Any]] = db.transaction,
    ) -> Callable[[View], View]:
        """Add a record, or make something happen to one; the view returns the record."""
        checker, shape = takes() if takes else None, gives()

        def decorate(view: View) -> View:
            call = _asked_for(view)

            def answer(coalition: Coalition, **places: Any) -> Response:
                given = {}
                if checker is not None:
                    given["values"] = checker.load(bodies.read_object())

                def work() -> Response:
                    record = call(coalition=coalition, **places, **given)
                    db.session.flush()
                    body = shape.dump(record)
                    made = _made(bodies.written(body), status)
                    if status == 201:
                        made.headers["Location"] = _place_of(body)
                    return made

                with opens(coalition.id):
                    return once(work, coalition.id, str(audit.current_actor().id))

            told = _described(
                view, scope, status, takes=takes, gives=gives, has_etag=True,
                is_repeatable=True, problems=problems, links=links or {},
            )  # fmt: skip
            return self._publish("POST", path, view, access.token(scope)(answer), told)

        return decorate

    def changes(
        self,
        path: str,
        *,
        scope: str,
        takes: type[Schema],
        gives: type[Schema],
        problems: tuple[int, ...] = (),
        opens: Callable[[UUID], AbstractContextManager[Any]] = db.transaction,
    ) -> Callable[[View], View]:
        """Change a record; the view calls `unchanged` on it before it does so."""
        checker, shape = takes(partial=True), gives()

        def decorate(view: View) -> View:
            call = _asked_for(view)

            def answer(coalition: Coalition, **places: Any) -> Response:
                bodies.require_precondition()
                values = checker.load(bodies.read_object())

                with opens(coalition.id):
                    unchanged = _comparing(shape)
                    record = call(
                        coalition=coalition, **places, values=values, unchanged=unchanged
                    )
                    db.session.flush()
                    body = bodies.written(shape.dump(record))

                return _made(body, 200)

            told = _described(
                view, scope, 200, takes=checker, gives=gives, has_etag=True, needs_match=True,
                problems=problems,
            )  # fmt: skip
            return self._publish("PATCH", path, view, access.token(scope)(answer), told)

        return decorate

    def deletes(
        self,
        path: str,
        *,
        scope: str,
        of: type[Schema],
        problems: tuple[int, ...] = (),
        opens: Callable[[UUID], AbstractContextManager[Any]] = db.transaction,
    ) -> Callable[[View], View]:
        """Remove a record that is read as `of`; the view calls `unchanged` on it first."""
        shape = of()

        def decorate(view: View) -> View:
            call = _asked_for(view)

            def answer(coalition: Coalition, **places: Any) -> Response:
                bodies.require_precondition()

                with opens(coalition.id):
                    call(coalition=coalition, **places, unchanged=_comparing(shape))

                return Response(status=204)

            told = _described(view, scope, 204, needs_match=True, problems=problems)
            return self._publish("DELETE", path, view, access.token(scope)(answer), told)

        return decorate

    def open_post(
        self,
        path: str,
        *,
        takes: type[Schema],
        gives: type[Schema],
        status: int,
        problems: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """Let everybody call a view, without a token; the view does all the rest itself."""

        def decorate(view: View) -> View:
            told = _described(
                view, None, status, takes=takes, gives=gives, is_repeatable=True,
                problems=problems,
            )  # fmt: skip
            return self._publish("POST", path, view, view, told)

        return decorate

    def _publish(
        self, method: str, path: str, view: View, answer: View, told: Description
    ) -> View:
        published = wraps(view)(answer)
        published.__dict__["_apidoc"] = {"manual_doc": told.as_openapi(view.__name__)}
        self.add_url_rule(
            path,
            view.__name__,
            published,
            methods=[method],
            tags=[self.tag],
            parameters=_path_parameters(path),
        )
        return view


def _asked_for(view: View) -> View:
    """Let a view leave out the coalition where the open transaction says all it needs."""
    if "coalition" in inspect.signature(view).parameters:
        return view

    def without_coalition(*, coalition: Coalition, **given: Any) -> Any:  # noqa: ARG001
        return view(**given)

    return without_coalition


def _made(body: bytes, status: int) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["ETag"] = bodies.etag(body)
    return response


def _place_of(body: dict[str, Any]) -> str:
    """Letters and campaigns are addressed by slug, all else by id."""
    return f"{request.path}/{body.get('slug') or body['id']}"


def _comparing(shape: Schema) -> Unchanged:
    def unchanged(record: Any) -> None:
        bodies.check_precondition(bodies.written(shape.dump(record)))

    return unchanged


def _described(view: View, scope: str | None, status: int, **more: Any) -> Description:
    text = " ".join((view.__doc__ or "").split())
    summary = text.partition(". ")[0].rstrip(".")
    return Description(summary, text, scope, status, **more)


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = ["coalition", *re.findall(r"<(?:\w+:)?(\w+)>", path)]
    told = []
    for name in names:
        description, example = describing.PATH_PARAMETERS[name]
        told.append(
            {
                "in": "path",
                "name": name,
                "required": True,
                "description": description,
                "example": example or describing.SAMPLE_ID,
            }
        )
    return told
