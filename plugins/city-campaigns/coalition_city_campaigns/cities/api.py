"""Cities for programs: how it stands in each, and what its campaigns reached."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from coalition.sdk import Coalition, reading, token
from coalition_city_campaigns.cities.comparing import Compared, compared
from coalition_city_campaigns.cities.standing import cities_with_standing

api = Blueprint("city-campaigns-cities-api", __name__)


class CityVoteSchema(Schema):
    """A vote on a motion; the numbers are empty where only the result is known."""

    motion = fields.String(attribute="motion.text")
    result = fields.String(attribute="motion.result")
    yes = fields.Integer(allow_none=True)
    no = fields.Integer(allow_none=True)


class CityCampaignSchema(Schema):
    """A campaign in a city, as the comparison shows it."""

    city = fields.String(attribute="area.full_name")
    division_id = fields.String(attribute="area.division_id")
    standing = fields.String()
    campaign = fields.String(attribute="campaign.slug")
    status = fields.String(attribute="campaign.status")
    organizations = fields.Integer()
    people = fields.Integer()
    comments = fields.Method("_comments")
    comments_on_our_side = fields.Method("_on_our_side")
    votes = fields.List(fields.Nested(CityVoteSchema))
    outcomes = fields.List(fields.String())
    outcome_on = fields.Date(allow_none=True)

    def _comments(self, each: Compared) -> int | None:
        return each.comments.total if each.comments else None

    def _on_our_side(self, each: Compared) -> int | None:
        return each.comments.on_our_side if each.comments else None


class CitiesSchema(Schema):
    """The published campaigns of all cities."""

    cities = fields.List(fields.Nested(CityCampaignSchema))


@api.get("/api/v1/coalitions/<coalition>/cities")
@token("cities:read")
def cities(coalition: Coalition) -> ResponseReturnValue:
    """List the published campaigns of all cities with their figures, side by side."""
    with reading(coalition.id):
        told = CitiesSchema().dump({"cities": compared(cities_with_standing())})
    answer = jsonify(told)
    answer.add_etag()
    return answer.make_conditional(request)


# What the document of the API says about it.
cities.__dict__["openapi"] = {
    "schema": CitiesSchema,
    "example": {
        "cities": [
            {
                "city": "Culver City, CA",
                "division_id": "ocd-division/country:us/state:ca/place:culver_city",
                "standing": "won",
                "campaign": "culver-city-vigilant-contract",
                "status": "won",
                "organizations": 0,
                "people": 0,
                "comments": None,
                "comments_on_our_side": None,
                "votes": [],
                "outcomes": ["declined_to_vote"],
                "outcome_on": "2018-03-13",
            }
        ]
    },
}
