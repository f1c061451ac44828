"""What coordinators write about people."""

from marshmallow import Schema

from coalition.fields import Choice, Line, MailAddress, OneOf, Paragraphs, Whole, languages
from coalition.people.custom_fields import (
    MAX_CHOICE_CHARS,
    MAX_CHOICES,
    MAX_LABEL_CHARS,
    CustomKind,
)
from coalition.people.models import MAX_NAME_CHARS, MAX_NOTE_CHARS

MAX_PLACE_CHARS = 100
MAX_STREET_CHARS = 200
MAX_PHONE_CHARS = 40
MAX_POSTAL_CODE_CHARS = 20
MAX_TAGS_CHARS = 600


class PersonFields(Schema):
    """A person's name, places and ways to reach them, in forms and in JSON."""

    given_name = Line(MAX_NAME_CHARS, required=True)
    family_name = Line(MAX_NAME_CHARS)
    street = Line(MAX_STREET_CHARS, default=None)
    postal_code = Line(MAX_POSTAL_CODE_CHARS, default=None)
    city = Line(MAX_PLACE_CHARS, default=None)
    region = Line(MAX_PLACE_CHARS, default=None)
    country = Line(MAX_PLACE_CHARS, default=None)
    phone = Line(MAX_PHONE_CHARS, default=None)
    language = OneOf(languages, required=False)


class PersonForm(PersonFields):
    """What the form about a person holds."""

    tags = Line(MAX_TAGS_CHARS)


class NewPersonForm(PersonForm):
    """The same with the first address."""

    email = MailAddress()


class AddressForm(Schema):
    """One more address."""

    email = MailAddress(required=True)


class NoteForm(Schema):
    """A note about a person."""

    text = Paragraphs(MAX_NOTE_CHARS, required=True)


class ExistingFieldForm(Schema):
    """A custom field whose kind is settled; `choices` has one a line."""

    label = Line(MAX_LABEL_CHARS, required=True)
    choices = Paragraphs(MAX_CHOICES * (MAX_CHOICE_CHARS + 1))
    position = Whole(1, 1_000, required=True)


class CustomFieldForm(Schema):
    """A new custom field."""

    label = Line(MAX_LABEL_CHARS, required=True)
    kind = Choice(CustomKind)
    choices = Paragraphs(MAX_CHOICES * (MAX_CHOICE_CHARS + 1))
