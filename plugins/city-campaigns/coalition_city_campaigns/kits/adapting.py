"""What has to be adapted before a campaign that was carried here may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext, ngettext

from coalition.sdk import Campaign
from coalition_city_campaigns.kits.exporting import meetings_of
from coalition_city_campaigns.kits.loading import letters_of
from coalition_city_campaigns.kits.models import Clone, clone_of
from coalition_city_campaigns.kits.patterns import Kind
from coalition_city_campaigns.kits.scanning import Finding, scan
from coalition_city_campaigns.kits.slots import slots


class Check(StrEnum):
    """What no scanner can see, and a coordinator has to look at."""

    DIVISION = "check:division"
    TARGETS = "check:targets"
    FACTS = "check:facts"


@dataclass(frozen=True)
class Group:
    """One word that is left over, with all places where it stands."""

    kind: Kind
    word: str
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Todo:
    """All that is left to do on a campaign: words to look at, and checks to tick."""

    groups: Sequence[Group]
    kept: Sequence[Finding]
    checks: Sequence[tuple[Check, bool]]
    has_meeting: bool

    @property
    def open_findings(self) -> int:
        """How many places nobody has looked at."""
        return sum(len(group.findings) for group in self.groups)

    @property
    def open_checks(self) -> int:
        """How many checks nobody has ticked."""
        return sum(not done for _, done in self.checks)

    @property
    def is_done(self) -> bool:
        """Whether the campaign may be seen."""
        return not self.open_findings and not self.open_checks


def todo(clone: Clone) -> Todo:
    """Return what is left to do, as the texts are now."""
    ticked = clone.ticked
    found = scan((slot.text for slot in slots(clone.campaign)), clone.words)
    left = [each for each in found if each.fingerprint not in ticked]
    return Todo(
        groups=_grouped(left),
        kept=[each for each in found if each.fingerprint in ticked],
        checks=[(check, _is_done(check, clone, ticked)) for check in Check],
        has_meeting=bool(meetings_of(clone.campaign)),
    )


def unready(campaign: Campaign) -> list[str]:
    """Return what keeps a campaign from being published, in words; nothing if it is no clone."""
    clone = clone_of(campaign.id)
    if clone is None:
        return []
    left = todo(clone)
    said = []
    if left.open_findings:
        said.append(
            ngettext(
                "%(num)s place in its texts is left over from %(place)s: change it, or say that"
                " it is meant.",
                "%(num)s places in its texts are left over from %(place)s: change each, or say"
                " that it is meant.",
                left.open_findings,
                place=clone.source_place,
            )
        )
    if left.open_checks:
        said.append(
            gettext(
                "Tick what you have checked on the page “Adapt to %(place)s”, under “Cities” and"
                " “Kits”."
            )
            % {"place": campaign.area.full_name if campaign.area else ""}
        )
    return said


def replace(clone: Clone, word: str, by: str) -> int:
    """Write `by` wherever exactly `word` is left over and not meant; return in how many places."""
    ticked = clone.ticked
    changed = 0
    for slot in slots(clone.campaign):
        if slot.is_fixed or slot.name == "slug":
            continue
        text, parts, at = slot.text, [], 0
        for each in scan([text], clone.words):
            if each.word == word and each.fingerprint not in ticked:
                parts += [text.text[at : each.start], by]
                at = each.start + len(word)
                changed += 1
        if parts:
            slot.write("".join(parts) + text.text[at:])
    return changed


def _grouped(findings: Sequence[Finding]) -> list[Group]:
    by_word: dict[tuple[Kind, str], list[Finding]] = {}
    for each in findings:
        by_word.setdefault((each.kind, each.word), []).append(each)
    return [Group(kind, word, found) for (kind, word), found in by_word.items()]


def _is_done(check: Check, clone: Clone, ticked: frozenset[str]) -> bool:
    if check == Check.TARGETS and not all(
        letter.targets for letter in letters_of(clone.campaign)
    ):
        return False
    return check in ticked
