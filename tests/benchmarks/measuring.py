"""What every benchmark uses: timed pairs, the report of the claims, sandboxes, peaks of memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxOptions

TOOL = str(Path(sys.executable).with_name("energyctl"))
BARE = (sys.executable, "-c", "pass")


@dataclass
class Report:
    """Prints a line for each claim and remembers whether all hold."""

    #: How many pairs are timed for a quick command; slower ones take a part of it.
    runs: int
    held: bool = True

    def say(self, name: str, ratio: float, most: float, told: str) -> None:
        """Print one claim."""
        verdict = "holds" if ratio <= most else "BROKEN"
        self.held = self.held and ratio <= most
        print(f"{name}: {told}, ratio {ratio:.2f} (at most {most}): {verdict}", flush=True)

    def compare(
        self,
        name: str,
        ours: Sequence[str],
        floor_name: str,
        floor: Sequence[str],
        most: float,
        *,
        env: Mapping[str, str],
        runs: int | None = None,
    ) -> None:
        """Time two commands in turn and print their ratio."""
        ours_s, floor_s, ratio = in_turn(ours, floor, runs=runs or self.runs, env=env)
        self.say(name, ratio, most, f"{ours_s * 1000:.0f} ms, {floor_name} {floor_s * 1000:.0f} ms")


def in_turn(
    first: Sequence[str], second: Sequence[str], *, runs: int, env: Mapping[str, str]
) -> tuple[float, float, float]:
    """Run two commands in turn, so that a drifting machine treats both alike.

    Returns the median seconds of each and the median of the ratios pair by pair.
    """
    firsts, seconds = [], []
    for number in range(runs + 1):
        pair = [timed(first, env), timed(second, env)]
        if number:  # the first pair warms the caches
            firsts.append(pair[0])
            seconds.append(pair[1])
    ratios = [one / other for one, other in zip(firsts, seconds, strict=True)]
    return statistics.median(firsts), statistics.median(seconds), statistics.median(ratios)


def timed(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Run a command and return the seconds it took."""
    started = time.perf_counter()
    subprocess.run(command, env=dict(env), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def output(command: Sequence[str], env: Mapping[str, str]) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(command, env=dict(env), stdout=subprocess.PIPE, check=True, text=True).stdout


def peak_mb(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the largest resident size of a run, in megabytes."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    return int(output([sys.executable, "-c", code, *command], env)) / 1024


@contextmanager
def sandbox(directory: Path, **wished: Any) -> Iterator[dict[str, Any]]:
    """Run a sandbox and give its facts."""
    try:
        yield control.start(directory, SandboxOptions(lives_with=os.getpid(), **wished))
    finally:
        control.stop(directory)
