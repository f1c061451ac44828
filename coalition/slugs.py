"""Slugs: the last part of an address, made from a title."""

import re
from itertools import count

from anyascii import anyascii
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from coalition import db

_GAPS = re.compile(r"[^a-z0-9]+")


def slug_of(title: str, *, most_chars: int, otherwise: str) -> str:
    """Return what a title gives in small ASCII letters, digits and hyphens.

    Args:
        title: in any script.
        most_chars: how long it may become.
        otherwise: what to return if the title has no letter and no digit.
    """
    words = _GAPS.sub("-", anyascii(title).lower()).strip("-")
    return words[:most_chars].rstrip("-") or otherwise


def free_slug(column: InstrumentedAttribute[str], stem: str) -> str:
    """Return `stem`, or `stem-2`, `stem-3`, …: the first that no row of the coalition has."""
    similar = select(column).where(column.startswith(stem, autoescape=True))
    taken = set(db.session.scalars(similar))
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    return next(slug for slug in numbered if slug not in taken)
