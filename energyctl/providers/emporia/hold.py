"""Holding a setting for a while: whatever ends the wait, the former settings are put back, or it is said loudly."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError, Interrupted, OutcomeUnknown
from energyctl.core.interrupts import undisturbed

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.providers.emporia.control import Control
    from energyctl.providers.emporia.kinds import Wish


def hold_and_restore(
    session: Session, control: Control, start: Callable[[], list[str]], wish: Wish, seconds: float
) -> None:
    """Start, wait, and put back.

    :raises Interrupted: after a restore that Ctrl-C or its like brought forward, also during the change itself.
    :raises EnergyctlError: when a restore failed; the commands that do it are on stderr.
    """
    failure: EnergyctlError | BrokenPipeError | KeyboardInterrupt | None = None
    interrupted = False
    changed: list[str] = []
    try:
        changed = start()
    except (
        EnergyctlError,
        BrokenPipeError,
        KeyboardInterrupt,
    ) as error:  # the second: nobody reads the rows any more
        failure = error  # some may have changed all the same: those are held and put back
        changed = control.changed
        if not changed:
            raise
        interrupted = isinstance(error, (Interrupted, KeyboardInterrupt))
    if not changed:
        session.notice("Nothing was changed, so there is nothing to hold and to put back.")
        return
    try:
        if not interrupted:
            _wait(session, seconds)
    except KeyboardInterrupt:
        interrupted = True
    trouble = _restore(session, control, changed, wish)
    if trouble is not None:
        raise trouble
    if interrupted:
        raise Interrupted("Interrupted; the former settings are back.")
    if failure is not None:
        raise failure


def _wait(session: Session, seconds: float) -> None:
    from energyctl.core.times import wait_text

    session.notice(f"Holding for {wait_text(seconds)}; Ctrl-C puts the former settings back at once.")
    ends_at = time.monotonic() + seconds
    while (left := ends_at - time.monotonic()) > 0:
        session.progress(f"Holding: {wait_text(left)} left")
        time.sleep(min(left, 1.0))
    session.clear_progress()


def _restore(session: Session, control: Control, ids: list[str], wish: Wish) -> EnergyctlError | None:
    """Put each device back as it was before; a second Ctrl-C does not interrupt this."""
    failed: list[tuple[str, str]] = []
    with undisturbed():
        groups = _by_former(control, ids, wish)
        for number, (some, former) in enumerate(groups, 1):
            failed += control.restore(some, former, later=len(groups) - number)
    if not failed:
        session.notice(f"Put back: {', '.join(ids)}.")
        return None
    for device_id, command in failed:
        session.say(f"NOT PUT BACK: {device_id}. Do it with: {command}")
    return OutcomeUnknown(
        f"{len(failed)} of {len(ids)} chargers were not put back as they were.",
        hint=f"Run: {failed[0][1]}",
        provider="emporia",
        code="not_restored",
    )


def _by_former(control: Control, ids: list[str], wish: Wish) -> list[tuple[list[str], dict[str, Any]]]:
    """Group devices by the settings that they had, so that one call puts each group back."""
    groups: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for device_id in ids:
        settings = control.kind.settings(control.before[device_id])
        former = {name: settings.get(name) for name in wish if settings.get(name) is not None}
        if former:
            groups.setdefault(repr(former), ([], former))[0].append(device_id)
    return list(groups.values())
