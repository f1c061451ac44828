"""Texts in other languages: one form for each, beside what was written first."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import flash, request
from flask_babel import gettext
from marshmallow import Schema

from coalition import audit, db, languages, web
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.manage import forms
from coalition.wording import Worded


@dataclass
class Sent:
    """A translation that was sent; its form comes back with what is wrong."""

    language: str = ""
    form: web.Form = field(default_factory=web.Form)

    def form_for(self, record: Worded, language: str) -> web.Form:
        """Return the form for a language: as it was sent, else with what is stored."""
        if language == self.language:
            return self.form
        return web.Form(written=(record.translations or {}).get(language, {}))


def keep(coalition: Coalition, schema: type[Schema], find: Callable[[], Worded]) -> Sent:
    """Store the texts that were sent in the language that the form names; empty ones go.

    Raises:
        NotFound: it is no language that we know.
    """
    language = request.form.get("language", "")
    if language not in languages.WRITTEN:
        raise NotFound
    form = web.form(schema)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            record = find()
            record.translate(language, form.values)
            assert isinstance(record, db.Base)
            audit.record(
                f"{record.__tablename__.removesuffix('s')}.translated", record, [language]
            )
    if not form.errors:
        flash(gettext("Saved."), "success")
    return Sent(language, form)
