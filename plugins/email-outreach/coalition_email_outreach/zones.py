"""The time zone in which most people of a state live, for sending at their time of day."""

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func

_BY_ZONE = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
}
ZONE_OF_REGION = {state: zone for zone, states in _BY_ZONE.items() for state in states.split()}
ZONES = frozenset(_BY_ZONE)


def zone_of(region: str | None) -> str | None:
    """Return the time zone of a state, or `None` if it is none that we know."""
    return ZONE_OF_REGION.get(region.upper()) if region else None


def zone_in_sql(region: SQLColumnExpression[str | None]) -> ColumnElement[str | None]:
    """Return the same for a column."""
    return case(ZONE_OF_REGION, value=func.upper(region), else_=None)
