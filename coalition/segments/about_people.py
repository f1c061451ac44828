"""What can be asked of people: letters, places, organizations, tags, consents, what they did."""

import operator
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext, ngettext
from sqlalchemy import and_, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from coalition import db
from coalition.clock import now
from coalition.consents.queries import consents_to, has_address
from coalition.errors import N_, InvalidInput
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
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
    acted_since,
    is_current,
    reads,
    register,
    register_act,
)

Said = Mapping[str, str]


def _signed(values: Values) -> Clause:
    signed = select(Signature.id).where(
        Signature.letter_id == UUID(values["letter"]),
        Signature.person_id == Person.id,
        Signature.state == values["state"] if values.get("state") else _counts(),
    )
    if values.get("kind"):
        signed = signed.where(Signature.kind == SignatureKind(values["kind"]))
    return signed.exists()


def _counts() -> Clause:
    by_kind = and_(
        Signature.kind == SignatureKind.PERSON, Signature.state == SignatureState.CONFIRMED
    )
    return or_(by_kind, Signature.state == SignatureState.APPROVED)


def _signed_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        words = gettext("did not sign “%(letter)s”", letter=said["letter"])
    else:
        words = gettext("signed “%(letter)s”", letter=said["letter"])
    more = [said[name] for name in ("kind", "state") if name in said]
    return f"{words} ({', '.join(more)})" if more else words


def _signed_states() -> picking.Options:
    return [
        ("confirmed", gettext("it waits for approval")),
        ("withdrawn", gettext("taken back")),
    ]


def _city(values: Values) -> Clause:
    return reads(Person.city, values["city"])


def _city_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("do not live in %(city)s", **said)
    return gettext("live in %(city)s", **said)


def _region(values: Values) -> Clause:
    return reads(Person.region, values["region"])


def _region_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("do not live in the state or region %(region)s", **said)
    return gettext("live in the state or region %(region)s", **said)


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


def _tagged_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("do not carry the tag “%(tag)s”", **said)
    return gettext("carry the tag “%(tag)s”", **said)


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


def _signed_since(moment: datetime | None) -> Clause:
    done = select(Signature.id).where(Signature.person_id == Person.id)
    if moment is None:
        return done.where(Signature.confirmed_at.is_not(None)).exists()
    return done.where(Signature.confirmed_at >= moment).exists()


def _last_action(values: Values) -> Clause:
    since = acted_since(picking.start_of(values["day"]))
    return since if values["when"] == "since" else and_(acted_since(None), not_(since))


def _last_action_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    day = said["day"] if said["day"] == "…" else picking.day_in_words(said["day"])
    if contrary:
        return gettext(
            "did not take their last action %(when)s %(day)s", when=said["when"], day=day
        )
    return gettext("took their last action %(when)s %(day)s", when=said["when"], day=day)


def _since_or_before() -> picking.Options:
    return [("since", gettext("on or after")), ("before", gettext("before"))]


def _recent(values: Values) -> Clause:
    return acted_since(now() - timedelta(days=int(values["days"])))


def _recent_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    days = int(said["days"]) if said["days"].isdecimal() else 0
    if contrary:
        return ngettext(
            "did nothing in the last %(num)s day", "did nothing in the last %(num)s days", days
        )
    return ngettext(
        "did something in the last %(num)s day", "did something in the last %(num)s days", days
    )


def _has_email(values: Values) -> Clause:
    return has_address(working=values["which"] == "working")


def _has_email_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("have no %(which)s", **said)
    return gettext("have an %(which)s", **said)


def _which_email() -> picking.Options:
    return [
        ("working", gettext("e-mail address that may be written to")),
        ("any", gettext("e-mail address")),
    ]


def _language(values: Values) -> Clause:
    spoken: Clause = Person.language == values["language"]
    return spoken


def _language_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("do not get mail in %(language)s", **said)
    return gettext("get mail in %(language)s", **said)


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


def _custom_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    names = {name: said[name] for name in ("field", "comparison", "value")}
    if contrary:
        return gettext("do not have “%(field)s” %(comparison)s %(value)s", **names)
    return gettext("have “%(field)s” %(comparison)s %(value)s", **names)


def _comparisons() -> picking.Options:
    return [
        ("is", gettext("equal to")),
        ("least", gettext("of at least")),
        ("most", gettext("of at most")),
    ]


def _kinds() -> picking.Options:
    return [
        ("person", gettext("for themselves")),
        ("organization", gettext("for an organization")),
    ]


_LETTER = Parameter(
    name="letter",
    label=N_("Letter"),
    options=picking.letters,
    named=picking.letter_named,
)
_ORGANIZATION = Parameter(
    name="organization",
    label=N_("Organization"),
    options=picking.organizations,
    named=picking.organization_named,
    is_required=False,
    empty=N_("any organization"),
)


def _text(name: str, label: str, *, is_required: bool = True) -> Parameter:
    return Parameter(name=name, label=label, kind=ParameterKind.TEXT, is_required=is_required)


_CONDITIONS = (
    Condition(
        name="signed_letter",
        label=N_("Signed a letter"),
        subject=Subject.PEOPLE,
        parameters=(
            _LETTER,
            Parameter(
                name="kind",
                label=N_("In what role"),
                options=_kinds,
                is_required=False,
                empty=N_("in whatever role"),
            ),
            Parameter(
                name="state",
                label=N_("State of the signature"),
                options=_signed_states,
                is_required=False,
                empty=N_("it counts"),
            ),
        ),
        clause=_signed,
        words=_signed_words,
    ),
    Condition(
        name="city",
        label=N_("Lives in a city"),
        subject=Subject.PEOPLE,
        parameters=(_text("city", N_("City")),),
        clause=_city,
        words=_city_words,
    ),
    Condition(
        name="region",
        label=N_("Lives in a state or region"),
        subject=Subject.PEOPLE,
        parameters=(_text("region", N_("State or region")),),
        clause=_region,
        words=_region_words,
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
        words=_tagged_words,
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
        words=_has_email_words,
    ),
    Condition(
        name="last_action",
        label=N_("Took their last action"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="when", label=N_("When"), options=_since_or_before),
            Parameter(name="day", label=N_("Day"), kind=ParameterKind.DAY),
        ),
        clause=_last_action,
        words=_last_action_words,
    ),
    Condition(
        name="recent_action",
        label=N_("Did something in the last days"),
        subject=Subject.PEOPLE,
        parameters=(Parameter(name="days", label=N_("Days"), kind=ParameterKind.WHOLE),),
        clause=_recent,
        words=_recent_words,
    ),
    Condition(
        name="language",
        label=N_("Gets mail in a language"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="language", label=N_("Language"), options=picking.languages),
        ),
        clause=_language,
        words=_language_words,
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
        words=_custom_words,
        check=_check_custom,
    ),
)

register_act("signature", _signed_since)
for _condition in _CONDITIONS:
    register(_condition)
