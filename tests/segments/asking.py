"""Short ways to ask in tests."""

from coalition import db
from coalition.segments.conditions import Subject
from coalition.segments.models import Segment


def all_of(*parts):
    return {"match": "all", "of": list(parts)}


def any_of(*parts):
    return {"match": "any", "of": list(parts)}


def none_of(*parts):
    return {"match": "none", "of": list(parts)}


def a(name, **values):
    return {"is": name, **values}


def names(coalition, question, subject=Subject.PEOPLE):
    """Return the names of those whom a question is about, in order."""
    with db.reading(coalition.id):
        segment = Segment.asking(question, subject=subject)
        statement = segment.people() if subject == Subject.PEOPLE else segment.organizations()
        found = list(db.session.scalars(statement))
        assert len(found) == segment.count()
        return sorted(each.name for each in found)


def save(coalition, name, question, subject=Subject.PEOPLE):
    """Save a segment."""
    with db.transaction(coalition.id):
        return Segment.save(name=name, subject=subject, question=question)
