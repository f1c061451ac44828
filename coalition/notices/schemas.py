"""What coordinators choose about a campaign's clock."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from coalition.fields import Said, YesNo
from coalition.notices.schedule import DEADLINE_LEADS, MEETING_LEADS


class Lead(Said):
    """How long before, in minutes: one of those offered."""

    def __init__(self, offered: Sequence[int]) -> None:
        self.offered = {str(each): each for each in offered}
        super().__init__()

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> int:
        if value not in self.offered:
            raise self.make_error("choice")
        return self.offered[value]


class ClockForm(Schema):
    """Whether people are written to, and how long before they are reminded."""

    is_on = YesNo()
    meeting_leads = fields.List(Lead(MEETING_LEADS), load_default=list)
    deadline_leads = fields.List(Lead(DEADLINE_LEADS), load_default=list)
