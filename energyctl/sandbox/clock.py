"""The sandbox's clock for things that take days at a real provider.

It runs faster than the wall's and can be moved on.
"""

from __future__ import annotations

import math
import time


class SandboxClock:
    """Counts sandbox seconds since the start; ``speed`` of them pass in each real second."""

    def __init__(self, speed: float) -> None:
        self._at_start = speed
        self.reset()

    def reset(self) -> None:
        """Begin again at 0 with the speed given at start."""
        self.speed = self._at_start
        self.advanced_s = 0.0
        self._passed_s = 0.0
        self._since = time.monotonic()

    def elapsed(self) -> float:
        """Sandbox seconds since the start or the last reset, with what was skipped."""
        return self._passed_s + self.advanced_s + (time.monotonic() - self._since) * self.speed

    def advance(self, seconds: float) -> None:
        """Skip so many sandbox seconds. ValueError when the number is negative or not finite."""
        if not math.isfinite(seconds) or seconds < 0:
            raise ValueError("The clock only moves on: seconds must be a number of 0 or more.")
        self.advanced_s += seconds

    def set_speed(self, speed: float) -> None:
        """Run at another speed from now on. ValueError when it is negative or not finite."""
        if not math.isfinite(speed) or speed < 0:
            raise ValueError("The speed must be a number of 0 or more.")
        now = time.monotonic()
        self._passed_s += (now - self._since) * self.speed
        self._since = now
        self.speed = speed
