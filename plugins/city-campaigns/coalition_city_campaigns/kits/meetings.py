"""Meetings of a kit: scheduled by the city's clocks, with agenda, motions, votes and outcomes."""

from collections.abc import Mapping, Sequence
from typing import Any

from coalition.sdk import (
    AgendaItem,
    Area,
    Campaign,
    DecisionBody,
    ItemStatus,
    Meeting,
    MeetingFacts,
    MeetingStatus,
    Motion,
    Precision,
)
from coalition_city_campaigns.kits.directory import body_called
from coalition_city_campaigns.kits.errors import BodyNotInCity


def add_meetings(
    campaign: Campaign, area: Area, told: Sequence[Mapping[str, Any]]
) -> list[Meeting]:
    """Schedule the meetings whose time is known, and write down what became of their items.

    Raises:
        BodyNotInCity: the directory does not have the body there.
    """
    return [_add(campaign, area, each) for each in told if each["when"] is not None]


def _add(campaign: Campaign, area: Area, told: Mapping[str, Any]) -> Meeting:
    body = body_called(area, told["body"])
    if body is None:
        raise BodyNotInCity(field="body", name=told["body"], place=area.full_name)
    when = told["when"]
    meeting = Meeting.schedule(
        body,
        when.local.date(),
        when.local.time() if when.precision == Precision.TIME else None,
        precision=when.precision,
        facts=MeetingFacts(
            duration_min=told["duration_min"], place=told["place"], address=told["address"]
        ),
    )
    match told["status"]:
        case MeetingStatus.CONFIRMED:
            meeting.confirm()
        case MeetingStatus.HELD:
            meeting.hold()
    for each in told["items"]:
        _add_item(meeting, campaign, each)
    return meeting


def _add_item(meeting: Meeting, campaign: Campaign, told: Mapping[str, Any]) -> None:
    item = meeting.add_item(
        told["subject"],
        number=told["number"],
        campaign=campaign if told["is_ours"] else None,
        description=told["description"],
        docket=told["docket"],
    )
    for each in told["motions"]:
        _add_motion(item, meeting.body, each)
    if told["status"] == ItemStatus.HEARD:
        item.hear()
    if told["outcome"] is not None:
        if told["outcome_on"] is not None:
            item.record_outcome(
                told["outcome"], note=told["outcome_note"], on=told["outcome_on"]
            )
        else:  # the sources name no day, and none is made up
            item.outcome, item.outcome_note = told["outcome"], told["outcome_note"]


def _add_motion(item: AgendaItem, body: DecisionBody, told: Mapping[str, Any]) -> None:
    motion = Motion.put(item, told["text"], our_position=told["our_position"])
    first, last = item.meeting.days
    members = {each.name: each.id for each in body.members_between(first, last)}
    votes = {members[name]: choice for name, choice in told["votes"].items() if name in members}
    if votes:
        motion.record_votes(votes, result=told["result"])
    elif told["yes_count"] is not None and told["no_count"] is not None:
        motion.record_counts(told["yes_count"], told["no_count"], result=told["result"])
