"""State that many processes share: no budget exceeded, no write missing, no list torn, one token, no lock for good."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from energyctl.core import journal as journals
from energyctl.core import limits, tokens
from energyctl.core.errors import ConfigProblem, EnergyctlError, RateLimited, Unreachable
from energyctl.core.journal import Journal
from energyctl.core.limits import Budget
from energyctl.core.tokens import Token
from tests.crowds.crowd import ACCOUNT, ACCOUNTS, CROWD, FACTS, KEY, at_the_same_time, session_in


def test_a_budget_is_used_up_to_the_last_call_and_no_further(tmp_path: Path) -> None:
    limit = CROWD // 2
    taken = at_the_same_time("take_calls", tmp_path / "state", CROWD, str(limit))
    assert [sum(own) for own in zip(*taken, strict=True)] == [limit] * len(ACCOUNTS), taken
    for account in ACCOUNTS:
        budget = Budget(session_in(tmp_path / "state"), provider="p", account=account, limit=limit)
        assert (budget.used().used, budget.used().left) == (limit, 0)
        with pytest.raises(RateLimited):
            budget.take()


def test_every_write_is_on_record_under_a_number_of_its_own(tmp_path: Path) -> None:
    numbers = at_the_same_time("record_writes", tmp_path / "state")
    entries = {entry["id"]: entry for entry in Journal(tmp_path / "state/journal.sqlite3").entries()}
    assert sorted(one for each in numbers for one in each) == sorted(entries)
    for process, own in enumerate(numbers):
        for turn, number in enumerate(own):
            entry = entries[number]
            assert (entry["target"], entry["outcome"]) == (f"{process}-{turn}", "changed")
            assert [event["kind"] for event in entry["events"]] == ["sending", "result"]
            assert entry["result"] == {"of": process}


def test_a_list_is_never_torn(tmp_path: Path) -> None:
    assert at_the_same_time("use_cache", tmp_path / "state") == [[]] * CROWD
    left = sorted(path.name for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert len(left) == 2, left  # the cache and the list, and nothing half written beside them


def test_a_token_is_fetched_once_and_a_refused_one_replaced_once(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (first,) = set(at_the_same_time("get_token", state))
    (second,) = set(at_the_same_time("get_token", state, CROWD, first))
    assert [f"fresh-{number}" for number in (state / "fetched").read_text().split()] == [first, second]


def test_one_key_of_pseudonyms_is_made(tmp_path: Path) -> None:
    (key,) = set(at_the_same_time("make_key", tmp_path / "state"))
    assert bytes.fromhex(key) == (tmp_path / "state/pseudonyms.key").read_bytes()


def test_one_config_file_is_made(tmp_path: Path) -> None:
    made = at_the_same_time("make_config", tmp_path)
    assert made.count(True) == 1, made
    assert (tmp_path / "config.yaml").read_text() == f"# {made.index(True)}\n" * 100
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


# -- locks of others -----------------------------------------------------------------------------------------

_HOLDER = """
import fcntl, os, sqlite3, sys
state, lock = sys.argv[1:]
handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(handle, fcntl.LOCK_EX)
open_ones = []
for name, change in (
    ("limits", "INSERT INTO calls SELECT 'p other', at FROM calls, (VALUES (1), (2))"),
    ("journal", "INSERT INTO events (write_id, at, kind, data) VALUES (1, 'x', 'torn', '{}')"),
):
    one = sqlite3.connect(f"{state}/{name}.sqlite3", isolation_level=None)
    one.execute("PRAGMA cache_spill = 1")
    one.execute("BEGIN EXCLUSIVE")
    one.execute(change)
    open_ones.append(one)
os.write(1, b".")
os.read(0, 1)
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory in which a call, a write and a token are kept."""
    place = tmp_path / "state"
    session = session_in(place)
    Budget(session, provider="p", account=ACCOUNT, limit=5).take()
    number = session.journal.intend(**FACTS)
    session.journal.add(number, "sending")
    session.tokens.get(KEY, lambda: Token("kept", 0.0, 1.0))
    return place


@pytest.fixture
def holder(state: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds every lock there is, in the midst of changes."""
    lock = state / "tokens" / KEY.file_name
    command = [sys.executable, "-c", _HOLDER, str(state), str(lock.with_suffix(".lock"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"."
        yield process
        process.kill()


Try = Callable[[], Any]


def _tries(state: Path) -> list[tuple[Try, type[EnergyctlError], str]]:
    """Return what needs each lock, and how it ends when that is not to be had."""
    session = session_in(state)
    budget = Budget(session, provider="p", account=ACCOUNT, limit=5)
    fresh = Token("fresh", 0.0, None)
    return [
        (budget.take, ConfigProblem, "limits_unusable"),
        (budget.used, ConfigProblem, "limits_unusable"),
        (lambda: session.journal.intend(**FACTS), ConfigProblem, "journal_unusable"),
        (lambda: list(session.journal.entries()), ConfigProblem, "journal_unusable"),
        (lambda: session.tokens.get(KEY, lambda: fresh), Unreachable, "token_lock"),
    ]


def test_a_lock_that_hangs_is_told_in_time_and_one_of_a_dead_process_is_free(
    state: Path, holder: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((limits, "BUSY_LIMIT_S"), (journals, "BUSY_LIMIT_S"), (tokens, "LOCK_LIMIT_S")):
        monkeypatch.setattr(module, name, 0.05)
    for attempt, kind, code in _tries(state):
        with pytest.raises(kind) as caught:
            attempt()
        assert caught.value.code == code
        assert "nother" in caught.value.message
        assert "end the other" in str(caught.value.hint)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    monkeypatch.undo()
    for attempt, _, _ in _tries(state):
        attempt()
    assert session_in(state).tokens.get(KEY, lambda: Token("other", 0.0, None)) == "fresh"
    events = [entry["events"] for entry in session_in(state).journal.entries()]
    assert "torn" not in str(events), "what the dead process had not finished never was"
    with sqlite3.connect(state / "limits.sqlite3") as store:
        assert store.execute("SELECT count(*) FROM calls WHERE account = 'p other'").fetchone() == (0,)
    store.close()
