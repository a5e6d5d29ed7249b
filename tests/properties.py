"""How many examples the property tests try.

The same few in each run; ``ENERGYCTL_TEST_EXAMPLES=10000`` tries so many, and others each time. How long an example
takes is the machine's affair.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_WISHED = int(os.environ.get("ENERGYCTL_TEST_EXAMPLES") or 0)
settings.register_profile(
    "energyctl",
    max_examples=_WISHED or 30,
    derandomize=not _WISHED,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("energyctl")


def examples(usual: int) -> settings:
    """The settings of a property that is tried so many times where no number is wished for."""
    return settings(max_examples=_WISHED or usual)


#: For what does much each time: whole runs, drawings, files.
few = examples(10)
