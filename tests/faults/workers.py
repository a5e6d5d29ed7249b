"""A process that tries cells: it has a sandbox, relays and a zygote of its own, and ends them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from tests import zygote
from tests.conftest import Sandbox
from tests.faults.commands import ENDS_WITH
from tests.faults.judge import verdict
from tests.faults.runner import Bench, Cell
from tests.faults.table import Verdict

_ends = ExitStack()


@cache
def _bench() -> Bench:
    place = Path(_ends.enter_context(tempfile.TemporaryDirectory()))
    sandbox = Sandbox.start(place / "sandbox", customers=25, seed=7)
    _ends.callback(sandbox.stop)
    _ends.callback(zygote.stop)
    Finalize(None, _ends.close, exitpriority=10)  # such a process has no atexit, and waits for all threads
    return _ends.enter_context(Bench(sandbox, place))


def try_all(some: list[Cell]) -> list[Verdict]:
    """Try the cells of a command one after the other; none of one that does not run even so."""
    done = _bench().usual(some[0].command).done
    if done.code != ENDS_WITH.get(some[0].command.name, 0):
        return [Verdict(some[0], (f"without a fault: {done.code} {done.err.strip()[-300:]}",))]
    return [verdict(_bench(), cell) for cell in some]
