"""`python -m tests.faults`: run the matrix, or a part of it, and print what held."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.faults.commands import commands
from tests.faults.runner import Cell, cells
from tests.faults.table import Verdict, lines
from tests.faults.workers import try_all


def _tasks(wanted: argparse.Namespace) -> Iterator[list[Cell]]:
    for command in commands():
        some = [
            cell
            for cell in cells(command)
            if (not wanted.provider or cell.server.removesuffix("_auth") == wanted.provider)
            and (not wanted.command or any(one in command.title for one in wanted.command))
            and (not wanted.fault or cell.fault == wanted.fault)
        ]
        if some:
            yield some


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--provider", help="only faults of this provider's servers")
    parser.add_argument(
        "--command", action="append", help="only commands whose words contain this; repeatable"
    )
    parser.add_argument("--fault", help="only this fault")
    parser.add_argument("--jobs", type=int, default=2, help="processes, each with a sandbox of its own")
    wanted = parser.parse_args()
    started = time.monotonic()
    # those that wait longest first, so that no process waits for another in the end
    tasks = sorted(_tasks(wanted), key=len, reverse=True)
    found: list[Verdict] = []
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted.jobs, mp_context=spawned) as pool:
        for number, done in enumerate(as_completed([pool.submit(try_all, some) for some in tasks]), 1):
            found += done.result()
            told = [f"{one.cell.title}: {what}\n" for one in done.result() for what in one.complaints]
            sys.stderr.write("\r" + "".join(told) + f"{number}/{len(tasks)} commands, {len(found)} cells ")
            sys.stderr.flush()
    order = {command: place for place, command in enumerate(commands())}
    found.sort(key=lambda one: order[one.cell.command])
    sys.stderr.write("\n")
    print(*lines(found), f"{time.monotonic() - started:.0f} s with {wanted.jobs} processes", sep="\n")
    return int(any(one.complaints for one in found))


if __name__ == "__main__":
    sys.exit(main())
