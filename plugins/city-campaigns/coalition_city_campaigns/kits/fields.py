"""Fields that only kits have: a moment as exactly as it is known."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from marshmallow import ValidationError
from marshmallow import fields as plain

from coalition.sdk import N_, Precision

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_SENTENCE = N_(
    "Write a local time (2018-03-13T17:00:00), a day (2018-03-13) or a month (“2018-03”)."
)


@dataclass(frozen=True)
class When:
    """A local moment and how exactly it is known; of a month only month and year are true."""

    local: datetime
    precision: Precision

    def written(self) -> str:
        """Return it as a kit says it."""
        match self.precision:
            case Precision.MONTH:
                return f"{self.local:%Y-%m}"
            case Precision.DAY:
                return f"{self.local:%Y-%m-%d}"
        return self.local.isoformat(timespec="minutes")


class WhenField(plain.Field):
    """A local time, a day or a month: how exactly it is written is how exactly it is known."""

    def _serialize(self, value: Any, *_args: Any, **_more: Any) -> str | None:
        return value.written() if isinstance(value, When) else None

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> When:
        if isinstance(value, datetime) and value.tzinfo is None:
            return When(value, Precision.TIME)
        if isinstance(value, date) and not isinstance(value, datetime):
            return When(datetime.combine(value, time(12)), Precision.DAY)
        if isinstance(value, str):
            return self._from_text(value.strip())
        raise ValidationError(_SENTENCE)

    def _from_text(self, text: str) -> When:
        try:
            if month := _MONTH.fullmatch(text):
                first = datetime(int(month.group(1)), int(month.group(2)), 1, 12)
                return When(first, Precision.MONTH)
            if "T" not in text:
                return When(datetime.combine(date.fromisoformat(text), time(12)), Precision.DAY)
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(_SENTENCE) from None
        if moment.tzinfo is not None:
            raise ValidationError(_SENTENCE)
        return When(moment, Precision.TIME)
