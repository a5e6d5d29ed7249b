"""Timing whole processes in turn, so that a drifting machine treats both alike."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence


def in_turn(
    first: Sequence[str], second: Sequence[str], *, runs: int, env: Mapping[str, str]
) -> tuple[float, float, float]:
    """Run two commands in turn and return the median seconds of each and the median of the ratios pair by pair."""
    firsts, seconds = [], []
    for number in range(runs + 1):
        pair = [_timed(first, env), _timed(second, env)]
        if number:  # the first pair warms the caches
            firsts.append(pair[0])
            seconds.append(pair[1])
    ratios = [one / other for one, other in zip(firsts, seconds, strict=True)]
    return statistics.median(firsts), statistics.median(seconds), statistics.median(ratios)


def _timed(command: Sequence[str], env: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=dict(env), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
