"""Writing a city into the directory of places and public bodies: what is missing is added."""

from sqlalchemy import select

from coalition.sdk import (
    Area,
    Body,
    BodyFacts,
    City,
    DecisionBody,
    Place,
    area_by_division,
    session,
)


def area_of_place(place: Place) -> Area:
    """Return the place in the directory, added if need be, with the id as most cities have it."""
    return area_by_division(place.division_id) or Area.add(
        place.name,
        place.region,
        time_zone=place.time_zone,
        division_id=place.division_id,
    )


def area_of_city(city: City) -> Area:
    """Return the city in the directory with all of its bodies; what is there is left alone."""
    area = area_by_division(city.division_id) or Area.add(
        city.name, city.region, time_zone=city.time_zone, division_id=city.division_id
    )
    for body in city.bodies:
        _add_seats(body_called(area, body.name) or _add_body(area, body), body)
    return area


def body_called(area: Area, name: str) -> DecisionBody | None:
    """Return a body of the place by its name."""
    return session.scalar(select(DecisionBody).filter_by(area_id=area.id, name=name))


def _add_body(area: Area, body: Body) -> DecisionBody:
    facts = BodyFacts(
        classification=body.classification,
        website=body.website,
        place=body.place,
        address=body.address,
        meets=body.meets,
        comment_email=body.comment_email,
        comment_url=body.comment_url,
        comment_minutes=body.comment_minutes,
        comment_registration=body.comment_registration,
        comment_closes_min=body.comment_closes_min,
        languages=body.languages,
        interpretation=body.interpretation,
        interpretation_notice_h=body.interpretation_notice_h,
    )
    return DecisionBody.add(area, body.name, facts)


def _add_seats(stored: DecisionBody, body: Body) -> None:
    known = {post.label: post for post in stored.posts}
    for seat in body.seats:
        if seat.label not in known:
            post = stored.add_post(seat.label)
            for holder in seat.holders:
                post.seat(holder.name, starts_on=holder.starts_on, ends_on=holder.ends_on)
