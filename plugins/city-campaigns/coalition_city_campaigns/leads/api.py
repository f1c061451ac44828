"""Leads for programs: what and where, never who."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from coalition.sdk import Coalition, reading, session, token
from coalition_city_campaigns.leads.models import Lead, LeadState
from coalition_city_campaigns.leads.schemas import LeadListSchema

MOST = 500

api = Blueprint("city-campaigns-leads-api", __name__)


@api.get("/api/v1/coalitions/<coalition>/leads")
@token("leads:read")
def leads(coalition: Coalition) -> ResponseReturnValue:
    """List the newest leads: place, technology, state and campaign. The person stays sealed."""
    with reading(coalition.id):
        newest = session.scalars(
            select(Lead)
            .where(Lead.state != LeadState.UNCONFIRMED)
            .order_by(Lead.id.desc())
            .limit(MOST)
        ).all()
        return jsonify(LeadListSchema().dump({"leads": newest}))


# What the document of the API says about it.
leads.__dict__["openapi"] = {
    "schema": LeadListSchema,
    "example": {
        "leads": [
            {
                "id": "0199d0a5-5d5e-7c30-b6c7-9d4f5f1f9c11",
                "city": "Springfield",
                "region": "IL",
                "technology": "plate_readers",
                "vendor": "",
                "state": "new",
                "campaign": None,
                "created_at": "2026-11-24T10:00:00+00:00",
                "closed_at": None,
            }
        ]
    },
}
