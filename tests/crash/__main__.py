"""``python -m tests.crash [WORD...]``: cut every command that writes off at every place that it comes to.

With words only the commands that hold them all. Prints a line for each command and each broken place, and the counts.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests import zygote
from tests.conftest import Sandbox
from tests.crash.cases import CASES
from tests.crash.sweep import environment, trials


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run the sweep; the exit code is 1 when something broke."""
    wanted = sys.argv[1:]
    tried, broken = Counter[str](), 0
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        sandbox = Sandbox.start(place / "sandbox", customers=25, seed=7)
        try:
            for number, case in enumerate(CASES):
                if not all(word in case.words for word in wanted):
                    continue
                home = place / f"case{number}"
                home.mkdir()
                count = 0
                for one in trials(case, environment(), sandbox, home):
                    count += 1
                    tried[one.place] += 1
                    if one.problem is not None:
                        broken += 1
                        _say(f"BROKEN  {case.name} at {one.place} ({one.number}): {one.problem}")
                _say(f"{count:4}  {case.name}")
        finally:
            sandbox.stop()
            zygote.stop()
    _say("\n".join(f"{count:5}  {name}" for name, count in sorted(tried.items())))
    _say(f"{tried.total()} tried, {tried.total() - broken} held, {broken} broken")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
