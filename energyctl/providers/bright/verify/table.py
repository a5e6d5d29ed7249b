"""All steps in the order in which an Organisation builds them, and which of them a run walks."""

from __future__ import annotations

from collections.abc import Sequence

from energyctl.core.errors import UsageProblem
from energyctl.providers.bright.verify import (
    accounts,
    everywhere,
    identity,
    invoices,
    readingrules,
    supplies,
    writing,
)
from energyctl.providers.bright.verify.findings import Step

STEPS: tuple[Step, ...] = (
    *identity.STEPS,
    *accounts.STEPS,
    *supplies.STEPS,
    *invoices.STEPS,
    readingrules.MEASUREMENT_STEP,
    supplies.PRODUCTS,
    readingrules.COST_STEP,
    invoices.FILES,
    supplies.EVENTS,
    *writing.STEPS,
    *everywhere.STEPS,
)
_BY_NAME = {one.name: one for one in STEPS}


def names() -> list[str]:
    """Return the names of all steps in their order."""
    return list(_BY_NAME)


def walk(wished: Sequence[str], *, writes: bool) -> list[Step]:
    """Return the steps to walk in their order: those wished, or all, with those that must come before.

    :raises UsageProblem: for a name that is none, or a step that writes without ``--write-steps``.
    """
    for name in wished:
        if name not in _BY_NAME:
            from difflib import get_close_matches

            near = get_close_matches(name, _BY_NAME, n=1)
            raise UsageProblem(
                f"--step '{name}' is not a step.",
                hint=f"Did you mean {near[0]}?" if near else f"Steps: {', '.join(_BY_NAME)}.",
            )
        if _BY_NAME[name].writes and not writes:
            raise UsageProblem(
                f"--step {name} changes something at the Organisation.", hint="Add --write-steps to allow it."
            )
    chosen = set(wished or (one.name for one in STEPS if writes or not one.writes))
    # A step that times out, or answers 404 for 501, is told by these, whatever was wished.
    chosen.add("time")
    if chosen - {"identity", "sign-in", "time"}:
        chosen.add("errors")
    for step in reversed(STEPS):
        if step.name in chosen:
            chosen.update(step.after)
    return [one for one in STEPS if one.name in chosen]
