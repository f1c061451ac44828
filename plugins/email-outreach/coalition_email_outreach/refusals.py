"""Noticing that a server refuses everything, before a whole audience is written off."""

from collections.abc import Collection, Sequence
from uuid import UUID

from coalition_email_outreach.faults import Fault, fault_of
from coalition_email_outreach.journal import Outcome, Verdict
from coalition_email_outreach.workshop import Letter

IN_A_ROW = 5
FEWEST = 2  # of a small mailing; one alone may be about its text


class InARow:
    """Letters of a batch that were refused for what we are, with none taken between them.

    Who was refused once before does not count: else a few whom their server always refuses would
    hold up a mailing for ever.
    """

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        self.reason = ""

    def note(self, letter: Letter, outcome: Outcome) -> None:
        """Take up what came of a letter."""
        is_ours = fault_of(outcome.reason) == Fault.OURS
        if outcome.verdict == Verdict.BOUNCED and is_ours and letter.is_first_try:
            self._letters.append(letter)
            self.reason = outcome.reason
        elif outcome.verdict == Verdict.SENT:
            self._letters.clear()

    @property
    def is_long(self) -> bool:
        """Whether there is no sense in going on."""
        return len(self._letters) >= IN_A_ROW

    def held(self, batch: Sequence[Letter]) -> Collection[UUID]:
        """Return the recipients who are to wait, because the server refuses whatever we send."""
        if self.is_long or len(self._letters) == len(batch) >= FEWEST:
            return [letter.recipient_id for letter in self._letters]
        return ()
