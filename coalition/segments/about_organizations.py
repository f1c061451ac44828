"""What can be asked of organizations: letters, places, how they stand with the coalition."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import or_, select

from coalition.coalitions.models import CoalitionMembership, MembershipRole, MembershipState
from coalition.errors import N_
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.models import Organization
from coalition.segments import picking
from coalition.segments.compiling import belongs_when
from coalition.segments.conditions import (
    Clause,
    Condition,
    Parameter,
    ParameterKind,
    Subject,
    Values,
    plainly,
    reads,
    register,
)

Said = Mapping[str, str]


def _signatures() -> Clause:
    return (Signature.organization_id == Organization.id) & (
        Signature.kind == SignatureKind.ORGANIZATION
    )


def _signed(values: Values) -> Clause:
    return (
        select(Signature.id)
        .where(
            _signatures(),
            Signature.letter_id == UUID(values["letter"]),
            Signature.state == values.get("state", SignatureState.APPROVED.value),
        )
        .exists()
    )


def _signed_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        words = gettext("did not sign “%(letter)s”", letter=said["letter"])
    else:
        words = gettext("signed “%(letter)s”", letter=said["letter"])
    return f"{words} ({said['state']})" if "state" in said else words


def _states_of_signature() -> picking.Options:
    return [
        ("confirmed", gettext("it waits for approval")),
        ("withdrawn", gettext("taken back")),
    ]


def _city(values: Values) -> Clause:
    return reads(Organization.city, values["city"])


def _standing(values: Values) -> Clause:
    found = select(CoalitionMembership.id).where(
        CoalitionMembership.organization_id == Organization.id,
        CoalitionMembership.state == MembershipState(values["standing"]),
    )
    if values.get("role"):
        found = found.where(CoalitionMembership.role == MembershipRole(values["role"]))
    return found.exists()


def _standing_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    more = f" ({said['role']})" if "role" in said else ""
    if contrary:
        return gettext("are not %(standing)s", standing=said["standing"]) + more
    return gettext("are %(standing)s", standing=said["standing"]) + more


def _standings() -> picking.Options:
    return [
        ("active", gettext("active members")),
        ("invited", gettext("invited to join")),
        ("applied", gettext("applying to join")),
        ("paused", gettext("members that pause")),
        ("left", gettext("former members")),
    ]


def _roles() -> picking.Options:
    return [
        ("lead", gettext("they lead it")),
        ("steering", gettext("they help to steer it")),
        ("member", gettext("as members like others")),
    ]


def _part_of(values: Values) -> Clause:
    parent = UUID(values["organization"])
    return or_(Organization.parent_id == parent, Organization.id == parent)


def _is_member_here() -> Clause:
    return (
        select(CoalitionMembership.id)
        .where(CoalitionMembership.organization_id == Organization.id)
        .exists()
    )


def _signed_here() -> Clause:
    """Also those whose name waits, was taken back or not accepted: somebody may ask for them."""
    return select(Signature.id).where(_signatures()).exists()


_CONDITIONS = (
    Condition(
        name="signed_letter",
        label=N_("Signed a letter"),
        subject=Subject.ORGANIZATIONS,
        parameters=(
            picking.LETTER,
            Parameter(
                name="state",
                label=N_("State of the signature"),
                options=_states_of_signature,
                is_required=False,
                empty=N_("it counts"),
            ),
        ),
        clause=_signed,
        words=_signed_words,
    ),
    Condition(
        name="city",
        label=N_("Is in a city"),
        subject=Subject.ORGANIZATIONS,
        parameters=(Parameter(name="city", label=N_("City"), kind=ParameterKind.TEXT),),
        clause=_city,
        words=plainly(N_("are in %(city)s"), N_("are not in %(city)s")),
    ),
    Condition(
        name="standing",
        label=N_("How it stands with the coalition"),
        subject=Subject.ORGANIZATIONS,
        parameters=(
            Parameter(name="standing", label=N_("Membership"), options=_standings),
            Parameter(
                name="role",
                label=N_("Role in the coalition"),
                options=_roles,
                is_required=False,
                empty=N_("in whatever role"),
            ),
        ),
        clause=_standing,
        words=_standing_words,
    ),
    Condition(
        name="part_of",
        label=N_("Is an organization or one of its chapters"),
        subject=Subject.ORGANIZATIONS,
        parameters=(picking.ORGANIZATION,),
        clause=_part_of,
        words=plainly(
            N_("are %(organization)s or a chapter of it"),
            N_("are neither %(organization)s nor a chapter of it"),
        ),
    ),
)

belongs_when(_is_member_here)
belongs_when(_signed_here)
for _condition in _CONDITIONS:
    register(_condition)
