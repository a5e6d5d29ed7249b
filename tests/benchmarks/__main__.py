"""The claims about speed, as ratios to a floor of the same run: ``python -m tests.benchmarks [RUNS] [NAME...]``."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.fleet import fleet
from tests.benchmarks.listing import customers, lists
from tests.benchmarks.measuring import Report
from tests.benchmarks.searching import find
from tests.benchmarks.starting import completion, starting

BENCHMARKS = {
    "starting": starting,
    "completion": completion,
    "lists": lists,
    "find": find,
    "fleet": fleet,
    "customers": customers,
}


def main(words: list[str]) -> int:
    """Print a line for each claim; return 1 when one does not hold, 2 for a name that is none."""
    runs = int(words.pop(0)) if words and words[0].isdigit() else 15
    if unknown := [name for name in words if name not in BENCHMARKS]:
        print(f"{', '.join(unknown)}: not one of {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    if importlib.util.find_spec("click") is not None:
        print("note: the package 'click' is installed; httpx then imports its own command line.")
    report = Report(runs)
    with tempfile.TemporaryDirectory() as place:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": place,
            "XDG_STATE_HOME": f"{place}/state",
            "XDG_CONFIG_HOME": f"{place}/config",
            "LC_ALL": "C.UTF-8",
            "ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "100000",
        }
        for name in words or BENCHMARKS:
            BENCHMARKS[name](report, Path(place), env)
    return 0 if report.held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
