"""Writing a city into the directory of places and public bodies: what is missing is added."""

from sqlalchemy import select

from coalition.sdk import (
    Area,
    Body,
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
        _add_seats(
            body_called(area, body.name) or DecisionBody.add(area, body.name, body.facts), body
        )
    return area


def body_called(area: Area, name: str) -> DecisionBody | None:
    """Return a body of the place by its name."""
    return session.scalar(select(DecisionBody).filter_by(area_id=area.id, name=name))


def _add_seats(stored: DecisionBody, body: Body) -> None:
    known = {post.label: post for post in stored.posts}
    for seat in body.seats:
        if seat.label not in known:
            post = stored.add_post(seat.label)
            for holder in seat.holders:
                post.seat(holder.name, starts_on=holder.starts_on, ends_on=holder.ends_on)
