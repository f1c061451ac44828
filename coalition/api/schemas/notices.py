"""The meeting clock of a campaign, and what people were told, in JSON: counts, never people."""

from typing import Any, ClassVar

from marshmallow import fields

from coalition.api.describing import SAMPLE_ID
from coalition.api.schemas.base import Flag, Id, Moment, Output, State
from coalition.notices.facts import NoticeKind
from coalition.notices.receipts import NoticeState


class ClockSchema(Output):
    """Whether people are written to about a campaign's meetings, and how long before."""

    example: ClassVar[dict[str, Any]] = {
        "is_on": True,
        "meeting_leads_min": [10080, 1440, 180],
        "deadline_leads_min": [1440],
    }

    is_on = Flag()
    meeting_leads_min = fields.List(fields.Integer())
    deadline_leads_min = fields.List(fields.Integer())


class NoticeSchema(Output):
    """What people were told of a meeting, and how many were written to."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "meeting_id": SAMPLE_ID,
        "previous_meeting_id": None,
        "kind": "reminder",
        "lead_min": 1440,
        "state": "told",
        "told_count": 412,
        "created_at": "2026-11-23T01:00:00Z",
        "ended_at": "2026-11-23T01:00:09Z",
    }

    id = Id()
    meeting_id = Id()
    previous_meeting_id = Id(allow_none=True)
    kind = State(NoticeKind)
    lead_min = fields.Integer(allow_none=True)
    state = State(NoticeState)
    told_count = fields.Integer()
    created_at = Moment()
    ended_at = Moment(allow_none=True)
