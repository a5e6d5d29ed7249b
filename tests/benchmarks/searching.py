"""How long ``find`` takes at all providers at once against the slowest of them alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.measuring import TOOL, Report, output, sandbox, timed

#: What an answer takes longer than from this machine: to another continent and back, TLS and the provider's work.
ROUND_TRIP_S = 0.3


def find(report: Report, home: Path, env: Mapping[str, str]) -> None:
    """With the lists that are kept for an hour, and without."""
    distant = [f"{name}:latency={ROUND_TRIP_S}" for name in ("rabot", "emporia", "emulate", "bright")]
    with sandbox(home / "distant", faults=distant) as facts:
        reached = {**env, **facts["env"]}
        for first_of_the_hour in (False, True):
            _find(report, reached, first_of_the_hour=first_of_the_hour)


def _find(report: Report, env: Mapping[str, str], *, first_of_the_hour: bool) -> None:
    ours = [TOOL, "find", "a", "-q", "-o", "json", *(["--refresh"] if first_of_the_hour else [])]
    found = json.loads(output(ours, env))
    alone: dict[str, float] = {}
    for name in dict.fromkeys(row["provider"] for row in found):
        assert json.loads(output([*ours, "--in", name], env)), "each must find something by itself"
        alone[name] = timed([*ours, "--in", name], env)
    assert len(alone) > 1, "several must find something"
    slowest = max(alone, key=lambda name: alone[name])
    title = f"find at {len(alone)} providers{', the first of the hour' if first_of_the_hour else ''}"
    floor = [*ours, "--in", slowest]
    report.compare(title, ours, f"at {slowest} alone", floor, 1.2, runs=max(report.runs // 3, 1), env=env)
