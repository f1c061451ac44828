"""The minimal programs that the product is compared with."""

import json
import os
import threading
from pathlib import Path

import psycopg
from flask import Flask, Response, request

_local = threading.local()
_INSERT = (
    "INSERT INTO floor_signatures (id, letter_id, email, given_name, family_name)"
    " VALUES (gen_random_uuid(), 1, %s, %s, %s)"
)


def create_app() -> Flask:
    """Make a Flask program that stores a signature with one INSERT and commit, and no more."""
    app = Flask(__name__)
    page = Path(os.environ["FLOOR_PAGE"]).read_bytes()

    @app.post("/sign")
    def sign() -> tuple[Response, int]:
        body = json.loads(request.get_data())
        connection = _connection()
        connection.execute(_INSERT, (body["email"], body["given_name"], body["family_name"]))
        connection.commit()
        return Response('{"status":"ok"}', content_type="application/json"), 202

    @app.get("/page")
    def show() -> Response:
        return Response(page, content_type="text/html; charset=utf-8")

    return app


def _connection() -> psycopg.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"])
    connection: psycopg.Connection = _local.connection
    return connection
