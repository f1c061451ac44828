"""Whose fault a refusal is. It decides whether an address is written to again."""

import re
from enum import StrEnum

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_SENDERS = ("7", "8")  # 5.1.7 and 5.1.8 are about who writes
_GONE_CODES = ("550", "551", "553")


class Fault(StrEnum):
    """gone: the mailbox is no more. now: it is full or slow. ours: our mail is not wanted."""

    GONE = "gone"
    NOW = "now"
    OURS = "ours"


def fault_of(reason: str) -> Fault:
    """Return whose fault it is, by codes such as “550 5.1.1”, “5.1.1” or “550” (RFC 3463)."""
    found = _STATUS.search(reason)
    if found is None:
        return Fault.GONE if reason[:3] in _GONE_CODES else Fault.NOW
    kind, subject, detail = found.groups()
    if subject in ("5", "6", "7") or (subject, detail) in (("2", "3"), ("3", "4")):
        return Fault.OURS  # what we say, how, how much of it, or that it is we
    if subject == "1" and detail in _SENDERS:
        return Fault.OURS
    if kind != "5":
        return Fault.NOW
    # 5.4.1 is what Microsoft's servers say of mailboxes that they do not have.
    is_gone = subject in ("0", "1") or (subject, detail) in (("2", "1"), ("4", "1"), ("4", "4"))
    return Fault.GONE if is_gone else Fault.NOW
