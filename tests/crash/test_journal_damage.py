"""A journal that is not what it was: what can be read is, the rest is told, and nothing is sent without a record."""

from __future__ import annotations

import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given

from energyctl.core import journal as journal_module
from energyctl.core.errors import ConfigProblem, EnergyctlError, NotFound
from energyctl.core.journal import PLANNED, SENDING, UNUSABLE, Journal, digest_of
from tests.crash.damage import CONTENTS, damages

SYSTEM = "https://api.example"
_KNOWN = {"not_sent", "unknown", "changed", "rejected"}


def _facts(number: int) -> dict[str, Any]:
    return {
        "profile": "work",
        "provider": "rabot",
        "environment": "test",
        "system": SYSTEM,
        "operation": "create_order",
        "target": f"erika{number}@example.org",
        "effect": f"order number {number}",
        "digest": digest_of(number),
        "key": f"key {number}",
    }


@cache
def _whole() -> bytes:
    """Return a journal of some 30 pages, whose writes have ended in every way."""
    with tempfile.TemporaryDirectory() as place:
        journal = Journal(Path(place) / "state/journal.sqlite3")
        for number in range(60):
            written = journal.intend(**_facts(number))
            if number % 4:
                journal.add(written, SENDING, {"method": "POST", "url": f"{SYSTEM}/orders"})
            if number % 4 > 1:
                journal.add(written, "result", {"outcome": "changed", "contractNumber": number})
        assert journal._connection is not None
        journal._connection.close()
        return journal.path.read_bytes()


def _asked(work: Any) -> Any:
    """Return what came; None where the journal says that it cannot be used."""
    problem = None
    try:
        return work()
    except ConfigProblem as told:
        problem = told
    assert (problem.code, bool(problem.hint)) == (UNUSABLE, True)
    return None


@given(damages)
@example(("cut off", 0.0))
@example(("zeroed", 0.0))
def test_whatever_became_of_it_is_told_or_harmless(damage: tuple[str, float]) -> None:
    kind, where = damage
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "state/journal.sqlite3"
        path.parent.mkdir()
        path.write_bytes(CONTENTS[kind](_whole(), where))
        journal = Journal(path)
        try:
            listed = _asked(lambda: list(journal.entries()))
            for row in listed or ():
                assert row["outcome"] in _KNOWN
            _asked(lambda: list(journal.entries(key="key 7", system=SYSTEM)))
            _asked(lambda: list(journal.latest(SYSTEM, [("create_order", "erika7@example.org", "x")])))
            try:
                _asked(lambda: journal.entry(3))
            except NotFound:
                assert kind != "doubled"
            number = _asked(lambda: journal.intend(**_facts(99)))
            if number is not None:
                kept = _asked(lambda: Journal(path).entry(number))
                assert kept is None or (kept["target"], kept["outcome"]) == (_facts(99)["target"], "not_sent")
        finally:
            if journal._connection is not None:
                journal._connection.close()


@given(damages)
def test_what_was_sent_never_reads_as_not_sent(damage: tuple[str, float]) -> None:
    kind, where = damage
    events = [{"kind": SENDING, "data": "{}"}, {"kind": "result", "data": '{"outcome": "changed"}'}]
    with tempfile.TemporaryDirectory() as place:
        journal = Journal(Path(place) / "journal.sqlite3")
        number = journal.intend(**_facts(1))
        connection = journal._connection
        assert connection is not None
        for event in events:
            spoilt = {name: CONTENTS[kind](text.encode(), where) for name, text in event.items()}
            connection.execute(
                "INSERT INTO events (write_id, at, kind, data) VALUES (?, 'x', CAST(? AS TEXT), CAST(? AS TEXT))",
                (number, spoilt["kind"], spoilt["data"]),
            )
        assert journal.entry(number)["outcome"] in {"unknown", "changed"}
        connection.close()


def test_a_write_that_was_only_planned_was_not_sent(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    number = journal.intend(**_facts(1))
    journal.add(number, PLANNED, {"changes": []})
    assert journal.entry(number)["outcome"] == "not_sent"


@pytest.mark.parametrize(
    "data", [None, 7, b"\xff", "[" * 100_000, '{"outcome": ["changed"]}', '{"outcome": "?"}']
)
def test_an_event_of_another_kind_of_data(tmp_path: Path, data: Any) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    number = journal.intend(**_facts(1))
    assert journal._connection is not None
    if data is None:
        journal._connection.execute("DROP TABLE events")
        journal._connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, write_id INTEGER, at TEXT, kind TEXT, data TEXT)"
        )
    journal._connection.execute(
        "INSERT INTO events (write_id, at, kind, data) VALUES (?, 'x', 'result', ?)", (number, data)
    )
    assert journal.entry(number)["outcome"] == "unknown"


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("kind", ["garbage", "directory", "empty"])
def test_odd_files_beside_it(tmp_path: Path, suffix: str, kind: str) -> None:
    path = tmp_path / "state/journal.sqlite3"
    path.parent.mkdir()
    path.write_bytes(_whole())
    beside = path.with_name(path.name + suffix)
    if kind == "directory":
        beside.mkdir()
    else:
        beside.write_bytes(b"\xd9\xd5\x05\xf9 garbage" * 400 if kind == "garbage" else b"")
    journal = Journal(path)
    listed = _asked(lambda: list(journal.entries()))
    assert listed is None or len(listed) == 60
    number = _asked(lambda: journal.intend(**_facts(99)))
    assert number in (None, 61)


def test_one_that_another_process_has_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state/journal.sqlite3"
    path.parent.mkdir()
    path.write_bytes(_whole())
    monkeypatch.setattr(journal_module, "BUSY_LIMIT_S", 0.01)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for work in (lambda: Journal(path).intend(**_facts(99)), lambda: list(Journal(path).entries())):
        with pytest.raises(ConfigProblem, match="locked") as caught:
            work()
        assert (caught.value.code, caught.value.exit_code) == (UNUSABLE, 13)
    holder.execute("ROLLBACK")
    holder.close()
    assert Journal(path).intend(**_facts(99)) == 61


def test_a_damaged_one_can_be_rescued_as_the_hint_says(tmp_path: Path) -> None:
    path = tmp_path / "a place/journal.sqlite3"
    path.parent.mkdir()
    path.write_bytes(CONTENTS["torn"](_whole(), 0.4))
    with pytest.raises(EnergyctlError) as caught:
        list(Journal(path).entries())
    assert f"mv '{path}' '{path}.damaged'" in str(caught.value.hint)
    assert ".recover" in str(caught.value.hint)
