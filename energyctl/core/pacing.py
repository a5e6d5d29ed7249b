"""How long a watch waits before it looks again: its interval, more after failures and when a call budget runs low."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from energyctl.core.limits import WINDOW_S
from energyctl.core.watchoption import LONGEST_S, SHORTEST_S

if TYPE_CHECKING:
    from energyctl.core.errors import EnergyctlError
    from energyctl.core.session import Session

#: To this the pauses after failed looks grow, unless the wished one is longer or the provider asks for more.
LONGEST_GROWN_S = 300.0


def pause_after(
    every_s: float, took_s: float, trouble: EnergyctlError | None, failures: int
) -> tuple[float, float]:
    """Return the seconds to wait after a look, and the interval that makes.

    :param took_s: how long the look took.
    :param failures: how many looks have failed in a row, this one included.
    """
    if failures:
        grown = min(every_s * 2 ** min(failures, 20), max(every_s, LONGEST_GROWN_S))
        # who failed at the same time comes back at different ones
        pause = grown * random.uniform(1.0, 1.1)  # noqa: S311 - no secret
        if trouble is not None and trouble.retry_after_s is not None:
            pause = max(pause, trouble.retry_after_s)
        pause = min(pause, LONGEST_S)
        return pause, pause
    return max(every_s - took_s, SHORTEST_S), every_s


def budget_interval(session: Session) -> tuple[float, str]:
    """Return how far apart looks like this one must be for the call budgets to last, and why; 0 for no matter.

    One that is more than half free is used at will. What is left then is spread over an hour, so that other
    commands find some too.
    """
    longest, why = 0.0, ""
    calls = Counter(budget.key for budget in session.counted)
    for budget in {one.key: one for one in session.counted}.values():
        used = budget.used()
        if used.left * 2 > used.limit:
            continue
        apart = min(calls[budget.key] * WINDOW_S / used.left, WINDOW_S) if used.left else used.frees_in_s
        if apart is not None and apart > longest:
            longest = apart
            why = f"{used.left} of {used.limit} calls to {budget.provider} are left this hour"
    return longest, why
