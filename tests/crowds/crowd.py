"""Many processes that do one thing in the same moment: forked by a small program, which prints what each returned.

Each is a process of its own that has opened nothing yet. The program is started by ``at_the_same_time``; the tests'
own process, which has threads, cannot fork.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock  # noqa: F401 - imported once, not by each of the processes

from energyctl.core.cache import Cache, CompletionList
from energyctl.core.errors import EnergyctlError, RateLimited
from energyctl.core.journal import Journal
from energyctl.core.limits import Budget
from energyctl.core.pseudonyms import kept_key
from energyctl.core.session import Session
from energyctl.core.tokens import Token, TokenKey

#: How many processes: few for CI, more by hand.
CROWD = int(os.environ.get("ENERGYCTL_TEST_CROWD", "20"))
KEY = TokenKey("work", "p", "https://auth.example id")
#: At the end of each one's budget all meet once more.
ACCOUNTS = [f"ops{number}@example.org" for number in range(8)]
ACCOUNT = ACCOUNTS[0]
FACTS: dict[str, Any] = {
    "profile": "work", "provider": "p", "environment": "test", "system": "https://x", "operation": "o",
    "target": "t", "effect": "e", "digest": "d",
}  # fmt: skip
_ROUNDS = 5
_ROOT = Path(__file__).resolve().parents[2]


def session_in(place: Path) -> Session:
    """Return a session whose state is kept there, and which says nothing."""
    streams = {name: io.StringIO() for name in ("stdin", "stdout", "stderr")}
    env = {"ENERGYCTL_STATE_DIR": str(place), "ENERGYCTL_CONFIG": str(place / "none.yaml")}
    return Session(**streams, env=env)


def at_the_same_time(task: str, place: Path, count: int = CROWD, *words: str) -> list[Any]:
    """Let so many processes carry out a task and return what each of them returned."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crowds.crowd", task, str(place), str(count), *words],
        cwd=_ROOT,
        capture_output=True,
        check=True,
        timeout=120,
    )
    found: list[Any] = json.loads(done.stdout)
    assert len(found) == count
    return found


# -- what a process does -------------------------------------------------------------------------------------


def take_calls(place: Path, _number: int, limit: str) -> list[int]:
    """Take calls of some accounts' budgets, and return how many of each before it was used up."""
    taken = []
    for account in ACCOUNTS:
        budget = Budget(session_in(place), provider="p", account=account, limit=int(limit))
        taken.append(0)
        for _ in range(_ROUNDS):
            try:
                budget.take()
            except RateLimited:
                break
            taken[-1] += 1
    return taken


def record_writes(place: Path, number: int) -> list[int]:
    """Record writes with their results and return their numbers."""
    journal, numbers = Journal(place / "journal.sqlite3"), []
    for turn in range(_ROUNDS):
        numbers.append(journal.intend(**{**FACTS, "target": f"{number}-{turn}"}))
        journal.add(numbers[-1], "sending", {})
        journal.add(numbers[-1], "result", {"outcome": "changed", "of": number})
    return numbers


def use_cache(place: Path, number: int) -> list[str]:
    """Replace a list and read it, and return what was not right."""
    session = session_in(place)
    cache = Cache(session, provider="p", name="devices", account=ACCOUNT)
    offered, wrong = CompletionList("devices"), []
    for turn in range(_ROUNDS):
        cache.write([number] * 5000)
        found = cache.read(60)
        if found is None or len(found[0]) != 5000 or len(set(found[0])) != 1:
            wrong.append(f"cache {turn}: {found}")
        offered.write(session, ((f"{number}", "x" * 50) for _ in range(200)))
        lines = (place / "completion/devices").read_text().splitlines()
        if len(lines) != 200 or len(set(lines)) != 1:
            wrong.append(f"list {turn}: {lines[:3]}")
    return wrong


def get_token(place: Path, number: int, rejected: str = "") -> str:
    """Return the token; whoever fetches one writes that down."""

    def fetch() -> Token:
        with (place / "fetched").open("a") as file:
            file.write(f"{number}\n")
        return Token(f"fresh-{number}", _now(), None)

    return session_in(place).tokens.get(KEY, fetch, rejected=rejected or None)


def make_key(place: Path, _number: int) -> str:
    """Return the key of the pseudonyms."""
    return kept_key(place).hex()


def make_config(place: Path, number: int) -> bool:
    """Make the config file, and return whether it was this process that did."""
    from energyctl.commands.config import _write

    try:
        _write(place / "config.yaml", f"# {number}\n" * 100, force=False)
    except FileExistsError:
        return False
    return True


def _now() -> float:
    import time

    return time.time()


_TASKS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (take_calls, record_writes, use_cache, get_token, make_key, make_config)
}


def _main(task: str, place: str, count: str, *words: str) -> None:
    if task == make_config.__name__:
        import energyctl.commands.config  # noqa: F401 - as filelock
    gate, opened = os.pipe()
    answers = []
    for number in range(int(count)):
        answer, told = os.pipe()
        if not os.fork():
            os.close(opened)
            os.read(gate, 1)  # until the gate is opened for all
            try:
                result = _TASKS[task](Path(place), number, *words)
            except EnergyctlError as error:
                result = {"error": error.message}
            os.write(told, json.dumps(result).encode())
            os._exit(0)
        os.close(told)
        answers.append(answer)
    os.close(opened)
    found = []
    for answer in answers:
        with io.FileIO(answer) as file:
            found.append(json.loads(file.read()))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:])
