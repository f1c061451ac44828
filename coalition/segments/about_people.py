"""What can be asked of people: places, organizations, tags, consents, addresses, own fields."""

import operator
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import JSONB

from coalition import db
from coalition.consents.queries import consents_to, has_address
from coalition.errors import N_, InvalidInput
from coalition.organizations.models import Membership
from coalition.people import custom_fields
from coalition.people.models import CustomField, Person, Tagging
from coalition.segments import picking
from coalition.segments.conditions import (
    Clause,
    Condition,
    Parameter,
    ParameterKind,
    Subject,
    Values,
    is_current,
    plainly,
    reads,
    register,
)

Said = Mapping[str, str]


def _city(values: Values) -> Clause:
    return reads(Person.city, values["city"])


def _region(values: Values) -> Clause:
    return reads(Person.region, values["region"])


def _member(values: Values) -> Clause:
    found = select(Membership.id).where(Membership.person_id == Person.id, is_current())
    if values.get("organization"):
        found = found.where(Membership.organization_id == UUID(values["organization"]))
    if values.get("role"):
        found = found.where(reads(Membership.role, values["role"]))
    return found.exists()


def _member_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    organization = said.get("organization") or gettext("any organization")
    role = said.get("role")
    if role and contrary:
        return gettext(
            "are not %(role)s in %(organization)s", role=role, organization=organization
        )
    if role:
        return gettext("are %(role)s in %(organization)s", role=role, organization=organization)
    if contrary:
        return gettext("do not belong to %(organization)s", organization=organization)
    return gettext("belong to %(organization)s", organization=organization)


def _tagged(values: Values) -> Clause:
    return (
        select(Tagging.id)
        .where(Tagging.person_id == Person.id, Tagging.tag_id == UUID(values["tag"]))
        .exists()
    )


def _consent(values: Values) -> Clause:
    organization = values.get("organization")
    return consents_to(
        values["purpose"], organization_id=UUID(organization) if organization else None
    )


def _consent_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    organization = said.get("organization") or gettext("the coalition")
    if contrary:
        return gettext(
            "do not agree to “%(purpose)s” from %(organization)s",
            purpose=said["purpose"],
            organization=organization,
        )
    return gettext(
        "agree to “%(purpose)s” from %(organization)s",
        purpose=said["purpose"],
        organization=organization,
    )


def _has_email(values: Values) -> Clause:
    return has_address(working=values["which"] == "working")


def _which_email() -> picking.Options:
    return [
        ("working", gettext("e-mail address that may be written to")),
        ("any", gettext("e-mail address")),
    ]


def _language(values: Values) -> Clause:
    spoken: Clause = Person.language == values["language"]
    return spoken


def _field_called(key: str) -> CustomField | None:
    return db.session.scalar(select(CustomField).filter_by(key=key))


def _custom(values: Values) -> Clause:
    field = _field_called(values["field"])
    assert field is not None, "what is gone was found before"
    value = literal(custom_fields.checked(field, values["value"]), JSONB)
    stored = Person.custom_fields[field.key]
    compare = {"least": operator.ge, "most": operator.le}.get(values["comparison"], operator.eq)
    compared: Clause = compare(stored, value)
    return compared


def _check_custom(values: Values) -> None:
    field = _field_called(values["field"])
    if field is None:
        return
    try:
        custom_fields.checked(field, values["value"])
    except InvalidInput as error:
        raise InvalidInput(field="value", **error.values) from error
    ordered = field.kind in (custom_fields.CustomKind.NUMBER, custom_fields.CustomKind.DATE)
    if values["comparison"] != "is" and not ordered:
        raise InvalidInput(
            field="comparison", reason=N_("Only numbers and dates can be more or less.")
        )


def _comparisons() -> picking.Options:
    return [
        ("is", gettext("equal to")),
        ("least", gettext("of at least")),
        ("most", gettext("of at most")),
    ]


_ORGANIZATION = replace(picking.ORGANIZATION, is_required=False, empty=N_("any organization"))


def _text(name: str, label: str, *, is_required: bool = True) -> Parameter:
    return Parameter(name=name, label=label, kind=ParameterKind.TEXT, is_required=is_required)


_CONDITIONS = (
    Condition(
        name="city",
        label=N_("Lives in a city"),
        subject=Subject.PEOPLE,
        parameters=(_text("city", N_("City")),),
        clause=_city,
        words=plainly(N_("live in %(city)s"), N_("do not live in %(city)s")),
    ),
    Condition(
        name="region",
        label=N_("Lives in a state or region"),
        subject=Subject.PEOPLE,
        parameters=(_text("region", N_("State or region")),),
        clause=_region,
        words=plainly(
            N_("live in the state or region %(region)s"),
            N_("do not live in the state or region %(region)s"),
        ),
    ),
    Condition(
        name="member",
        label=N_("Belongs to an organization"),
        subject=Subject.PEOPLE,
        parameters=(_ORGANIZATION, _text("role", N_("Role there"), is_required=False)),
        clause=_member,
        words=_member_words,
    ),
    Condition(
        name="tag",
        label=N_("Carries a tag"),
        subject=Subject.PEOPLE,
        parameters=(Parameter(name="tag", label=N_("Tag"), options=picking.tags),),
        clause=_tagged,
        words=plainly(N_("carry the tag “%(tag)s”"), N_("do not carry the tag “%(tag)s”")),
    ),
    Condition(
        name="consent",
        label=N_("Agreed to get mail"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="purpose", label=N_("What for"), options=picking.consent_purposes),
            replace(_ORGANIZATION, label=N_("From whom"), empty=N_("the coalition itself")),
        ),
        clause=_consent,
        words=_consent_words,
    ),
    Condition(
        name="has_email",
        label=N_("Has an e-mail address"),
        subject=Subject.PEOPLE,
        parameters=(Parameter(name="which", label=N_("Which address"), options=_which_email),),
        clause=_has_email,
        words=plainly(N_("have an %(which)s"), N_("have no %(which)s")),
    ),
    Condition(
        name="language",
        label=N_("Gets mail in a language"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="language", label=N_("Language"), options=picking.languages),
        ),
        clause=_language,
        words=plainly(N_("get mail in %(language)s"), N_("do not get mail in %(language)s")),
    ),
    Condition(
        name="custom_field",
        label=N_("Has a value in a field of your own"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="field", label=N_("Field"), options=picking.fields),
            Parameter(name="comparison", label=N_("Comparison"), options=_comparisons),
            _text("value", N_("Value")),
        ),
        clause=_custom,
        words=plainly(
            N_("have “%(field)s” %(comparison)s %(value)s"),
            N_("do not have “%(field)s” %(comparison)s %(value)s"),
        ),
        check=_check_custom,
    ),
)

for _condition in _CONDITIONS:
    register(_condition)
