"""Texts for public comments, and the figures of those that a body received."""

from collections.abc import Mapping, Sequence
from typing import Any

from coalition.sdk import (
    AgendaItem,
    Campaign,
    Meeting,
    add_ledger_text,
    ledger_of,
    ledger_of_item,
    load_sample_comments,
)


def add_comment_texts(
    campaign: Campaign, meetings: Sequence[Meeting], told: Sequence[Mapping[str, Any]]
) -> None:
    """Give the texts to the campaign's items that have none; without an item they have no place."""
    for item in _own_items(campaign, meetings):
        if ledger_of_item(item.id) is None:
            for text in told:
                add_ledger_text(ledger_of(item.id), **text)


def add_sample_comments(meetings: Sequence[Meeting], kit: Mapping[str, Any]) -> None:
    """Show the figures of the sources with comments that a program makes up."""
    for meeting, each in zip(meetings, _scheduled(kit), strict=True):
        for item, told in zip(meeting.items, each["items"], strict=True):
            if told["comments"] is not None and kit["comment_texts"]:
                _make_up(item, told["comments"], kit["comment_texts"][0])


def comment_texts(campaign: Campaign, meetings: Sequence[Meeting]) -> list[dict[str, str]]:
    """Return the texts that the campaign offers for comments, each once."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for item in _own_items(campaign, meetings):
        ledger = ledger_of_item(item.id)
        for text in ledger.texts if ledger else ():
            told = {"language": text.language, "title": text.title, "body": text.body}
            found.setdefault((text.language, text.title), told)
    return list(found.values())


def _make_up(item: AgendaItem, told: Mapping[str, Any], text: Mapping[str, str]) -> None:
    load_sample_comments(
        item.id,
        text=text["body"],
        title=text["title"],
        language=text["language"],
        total=told["received"],
        opposed=told["oppose"],
        echoing=told["template"] or 0,
        note=told["source"],
    )


def _own_items(campaign: Campaign, meetings: Sequence[Meeting]) -> list[AgendaItem]:
    return [item for each in meetings for item in each.items if item.campaign_id == campaign.id]


def _scheduled(kit: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in kit["meetings"] if each["when"] is not None]
