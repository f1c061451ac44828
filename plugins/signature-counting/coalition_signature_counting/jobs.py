"""Work for the worker: the nightly check, and catching up after having been switched off."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from coalition.sdk import (
    Coalition,
    PluginSwitched,
    enqueue,
    is_on,
    now,
    reading,
    session,
    transaction,
)
from coalition_signature_counting.rules import PLUGIN
from coalition_signature_counting.verifying import verify

DAY_S = 24 * 60 * 60
QUIET_S = 10 * 60  # what changed since then may not have reached us yet

log = structlog.get_logger(__name__)


def verify_all() -> None:
    """Have the counts of each coalition verified. Idempotent."""
    with transaction():
        for coalition_id in session.scalars(select(Coalition.id)):
            enqueue(verify_and_repair, coalition_id)


def verify_and_repair(coalition_id: str) -> None:
    """Repair a coalition's counts and raise the alarm if there was something. Idempotent."""
    if not _is_on(coalition_id):
        return
    differences, letters = 0, set()
    for each in verify(UUID(coalition_id), repair=True, quiet_s=QUIET_S):
        differences += 1
        letters.add(each.letter)
    if differences:
        log.error(
            "signature counts were wrong and are repaired",
            coalition_id=coalition_id,
            differences=differences,
            letters=sorted(letters),
        )


def catch_up_after(switches: Sequence[PluginSwitched]) -> None:
    """Have counted what was signed while the plugin was off, when it was switched on again."""
    if any(each.plugin == PLUGIN and each.on for each in switches):
        enqueue(catch_up, switches[0].coalition_id)
        # Another worker may believe for two seconds more that the plugin is off, and drop facts.
        enqueue(catch_up, switches[0].coalition_id, run_at=now() + timedelta(seconds=10))


def catch_up(coalition_id: str) -> None:
    """Count what was signed while the plugin was off. Idempotent; goes on where it stopped."""
    if _is_on(coalition_id):
        for _ in verify(UUID(coalition_id), repair=True):
            pass


def _is_on(coalition_id: str) -> bool:
    with reading(UUID(coalition_id)):
        return is_on(PLUGIN)
