"""A command cut off at one of its places, what that left, and the same command again. Which commands is in cases."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from energyctl.core.points import VARIABLE
from tests.conftest import Done, Run, Sandbox, run_with
from tests.crash.cases import Case, Words

_KILLED = -9
#: Places of a command that are tried: downloads of many files come to the same ones again and again.
MOST = 60
#: Outcomes that say that it happened, or that it did not.
_HAPPENED, _NEVER = "changed", frozenset({"not_sent"})


@dataclass(frozen=True)
class Trial:
    """A command that was cut off: where, and what is wrong with what it left; None when all is well."""

    case: Case
    number: int
    place: str
    problem: str | None


class World:
    """A home directory, and a sandbox that begins anew."""

    def __init__(self, case: Case, home: Path, env: Mapping[str, str], sandbox: Sandbox) -> None:
        home.mkdir()
        sandbox.reset()
        self.case = case
        self.home = home
        self.sandbox = sandbox
        place = {"HOME": home, "XDG_CONFIG_HOME": home / ".config", "XDG_STATE_HOME": home / ".local/state"}
        own = {**env, **{name: str(path) for name, path in place.items()}}
        self.env = {**own, **sandbox.env, **_client(case, sandbox), **case.more}
        self._run: Run = run_with(self.env, home)
        if case.prepare is not None:
            case.prepare(home, self._run, sandbox)
        for words in case.before:
            done = self.run(*words)
            assert done.code == 0, (words, done)
        sandbox.forget_requests()

    def run(self, *words: str, stop_at: str = "") -> Done:
        """Run a command, cut off at a place."""
        secret = self.home / "secret"
        given = secret.read_text() if secret.exists() else self.case.given
        return self._run(*words, input=given, more={VARIABLE: stop_at} if stop_at else None)

    def sent(self) -> list[dict[str, Any]]:
        """Return the writes that the server has seen."""
        if self.case.sends is None:
            return []
        method, path = self.case.sends
        return [one for one in self.sandbox.requests(method=method) if one["path"].startswith(path)]

    def journal(self) -> list[dict[str, Any]]:
        """Return what the record tells, the oldest first; of a write that consists of others only these."""
        done = self.run("journal", "list", "-o", "json")
        assert done.code == 0, done.err
        return [one for one in reversed(done.json) if one["operation"] != "offboard_customer"]

    def leftovers(self) -> list[str]:
        """Return the names of files that were to be renamed; in the state directory each waits for its next writing."""
        found = [path.relative_to(self.home) for path in self.home.rglob("*.part")]
        return [str(path) for path in found if path.parts[0] != ".local"]


def _client(case: Case, sandbox: Sandbox) -> dict[str, str]:
    if not case.third_party:
        return {}
    client = sandbox.facts["credentials"]["rabot"]["other_clients"][0]
    assert client["kind"] == "third-party"
    return {
        "ENERGYCTL_RABOT_CLIENT_ID": client["client_id"],
        "ENERGYCTL_RABOT_CLIENT_SECRET": client["client_secret"],
    }


def trials(case: Case, env: Mapping[str, str], sandbox: Sandbox, place: Path) -> Iterator[Trial]:
    """Cut a command off at each of the places that it comes to, one after the other."""
    undisturbed = World(case, place / "undisturbed", env, sandbox)
    done = undisturbed.run(*case.words)
    assert done.code in case.ends, done
    seen = _look(undisturbed, case.look)
    files = _files(undisturbed)
    for number in range(1, MOST + 1):
        world = World(case, place / str(number), env, sandbox)
        cut = world.run(*case.words, stop_at=str(number))
        if cut.code != _KILLED:
            return
        stopped = cut.err.splitlines()[-1].removeprefix("stopped at ")
        try:
            _check_cut(world, cut)
            _check_again(world, seen, files)
        except AssertionError as problem:
            yield Trial(case, number, stopped, str(problem) or repr(problem))
        else:
            yield Trial(case, number, stopped, None)


def trial(case: Case, stop_at: str, env: Mapping[str, str], sandbox: Sandbox, place: Path) -> None:
    """Cut a command off at one place and look at what that leaves."""
    world = World(case, place / "cut", env, sandbox)
    cut = world.run(*case.words, stop_at=stop_at)
    assert cut.code == _KILLED, f"it never came to {stop_at}: {cut}"
    _check_cut(world, cut)
    _check_again(world, None, None)


def _look(world: World, words: Words | None) -> Any:
    if words is None:
        return None
    done = world.run(*words)
    assert done.code == 0, done
    return done.json


def _files(world: World) -> dict[str, int]:
    """Return the files that the command makes, with their sizes."""
    found = {}
    for name in world.case.makes:
        top = world.home / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top] if top.exists() else []:
            if path.is_file() and not path.name.endswith(".part"):
                found[str(path.relative_to(world.home))] = path.stat().st_size
    return found


def _check_cut(world: World, cut: Done) -> None:
    """Check what is there right after the end: whole rows, a record that tells the truth, a write sent once."""
    case = world.case
    assert cut.out == "" or cut.out.endswith("\n"), f"half a line: {cut.out[-80:]!r}"
    if "jsonl" in case.words:
        for line in cut.out.splitlines():
            json.loads(line)
    requests = len(world.sent())
    if not case.journaled:
        return
    journal = world.journal()
    outcomes = [one["outcome"] for one in journal]
    if not requests:
        assert _HAPPENED not in outcomes, f"told as changed, and nothing was sent: {outcomes}"
    else:
        assert journal, "sent without a record"
    at_least = sum(outcome == "changed" for outcome in outcomes)
    together = len({one["batch"] for one in journal}) == 1 and case.words[0] == "emporia"
    at_most = sum(outcome not in _NEVER for outcome in outcomes)
    assert requests <= (1 if together else at_most), f"{requests} requests, and the record tells {outcomes}"
    if not together:
        assert at_least <= requests, f"{requests} requests, and the record tells {outcomes}"
    if together and requests:
        assert not _NEVER & set(outcomes), f"sent, and the record tells {outcomes}"


def _check_again(world: World, seen: Any, files: dict[str, int] | None) -> None:
    """Check the same command run again: nothing is in its way, nothing is sent twice, all is as if undisturbed."""
    case = world.case
    first = [_effect(one) for one in world.sent()]
    open_ends = [one for one in (world.journal() if case.journaled else ()) if one["outcome"] == "unknown"]
    again = world.run(*case.words)
    there = bool(case.keeps_files and again.code in (2, 12))
    assert there or again.code in case.ends | case.ends_again, f"again: {again.code} {again.err}"
    both = [_effect(one) for one in world.sent()]
    if case.once:
        whole = [body for done, body in both if done]
        assert len(whole) == len(set(whole)), "sent twice"
    elif case.looks_first and any(done for done, _ in first) and not _is_batch(case):
        assert both == first, "it was so already, and was sent again"
    assert len(both) <= len(first) + _most(case), f"sent {len(both)} times"
    if open_ends and case.sends and not case.looks_first:
        told, number = again.err + again.out, open_ends[0]["id"]
        said = (f"journal {number}", f'"journal_id": {number}')
        assert any(one in told for one in said), f"nothing is said of {number}: {told}"
    assert world.leftovers() == [], "left over"
    if files is not None:
        assert _files(world) == files, "other files than without the kill"
    unsent = case.once and open_ends and not any(done for done, _ in first)
    if seen is not None and not unsent:
        assert _look(world, case.look) == seen, "not as without the kill"


def _effect(request: dict[str, Any]) -> tuple[bool, str]:
    """Return whether a request took effect, as far as the server knows, and what it said."""
    done = request["status"] in (None, "OK") or str(request["status"]).startswith("2")
    return done, f"{request['method']} {request['path']} {json.dumps(request['json'], sort_keys=True)}"


def _is_batch(case: Case) -> bool:
    return "--all" in case.words or "offboard" in case.words


def _most(case: Case) -> int:
    """Return how many requests a run of the command needs at most."""
    return 3 if {"1000007", "orders.jsonl", "offboard"} & set(case.words) else 1


def environment() -> dict[str, str]:
    """Return the environment of a run by hand."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "ENERGYCTL_BACKOFF_S": "0",
        "ENERGYCTL_DEBUG": "",
        "TZ": "Europe/Berlin",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }
