"""The record itself: append-only, private, safe for many writers, and honest about what it does not know."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import ConfigProblem, NotFound
from energyctl.core.journal import Journal, digest_of

FACTS: dict[str, Any] = {
    "profile": "p",
    "provider": "rabot",
    "environment": "test",
    "system": "https://x",
    "operation": "o",
    "target": "t",
    "effect": "e",
    "digest": "d",
}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal without entries."""
    return Journal(tmp_path / "state/journal.sqlite3")


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([], "not_sent"),
        (["sending"], "unknown"),
        (["sending", "no_answer", "looked_up"], "unknown"),
        (["sending", ("result", {"outcome": "changed", "number": 7})], "changed"),
        (["sending", ("result", {"outcome": "unknown"}), ("result", {"outcome": "changed"})], "changed"),
        (["sending", ("result", {})], "unknown"),
        (["sending", ("result", {"outcome": "changed", "kind": "draft", "at": 7})], "changed"),
    ],
)
def test_the_outcome_is_what_the_events_tell(journal: Journal, events: list[Any], outcome: str) -> None:
    number = journal.intend(**FACTS)
    for event in events:
        kind, data = event if isinstance(event, tuple) else (event, None)
        journal.add(number, kind, data)
    assert journal.entry(number)["outcome"] == outcome
    assert [entry["outcome"] for entry in journal.entries()] == [outcome]


@pytest.mark.parametrize("table", ["writes", "events"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = 'x'", "DELETE FROM {}"])
def test_nothing_is_altered_or_removed(journal: Journal, table: str, change: str) -> None:
    journal.add(journal.intend(**FACTS), "sending", {})
    before = journal.entry(1)
    connection = sqlite3.connect(journal.path)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute(change.format(table))
    connection.close()
    assert journal.entry(1) == before


def test_entries_are_found_by_key_and_system(journal: Journal) -> None:
    for key, system in (("a", "s"), ("a", "other"), (None, "s"), ("a", "s")):
        journal.intend(**{**FACTS, "key": key, "system": system})
    assert [entry["id"] for entry in journal.entries(key="a", system="s")] == [4, 1]
    assert [entry["id"] for entry in journal.entries(key="a")] == [4, 2, 1]
    assert len(list(journal.entries())) == 4


def test_many_processes_write_at_once(journal: Journal) -> None:
    script = (
        "import sys, pathlib; from energyctl.core.journal import Journal\n"
        f"journal = Journal(pathlib.Path({str(journal.path)!r}))\n"
        f"[journal.add(journal.intend(**{FACTS!r}), 'sending') for _ in range(10)]"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(6)]
    assert [process.wait(60) for process in processes] == [0] * 6
    entries = list(journal.entries())
    assert [entry["id"] for entry in entries] == list(range(60, 0, -1))
    assert {entry["outcome"] for entry in entries} == {"unknown"}


def test_a_journal_through_a_link_is_refused(journal: Journal, tmp_path: Path) -> None:
    journal.path.parent.mkdir()
    (tmp_path / "elsewhere").write_text("")
    journal.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigProblem):
        journal.intend(**FACTS)
    assert (tmp_path / "elsewhere").read_text() == ""


def test_an_entry_that_is_not_there(journal: Journal) -> None:
    with pytest.raises(NotFound):
        journal.entry(1)
    assert list(journal.entries()) == []
    assert not journal.path.exists()


def test_a_damaged_event_spoils_no_other(journal: Journal) -> None:
    number = journal.intend(**FACTS)
    journal.add(number, "sending")
    connection = sqlite3.connect(journal.path)
    connection.execute("INSERT INTO events (write_id, at, kind, data) VALUES (1, 'x', 'note', '{')")
    connection.commit()
    connection.close()
    entry = journal.entry(number)
    assert entry["outcome"] == "unknown"
    assert entry["events"][1]["damaged"] == "{"


def test_a_digest_does_not_depend_on_the_order_of_fields() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of(json.loads('{"b": [2], "a": 1}'))
    assert digest_of({"a": 1}) != digest_of({"a": "1"})
    assert len(digest_of("\ud800")) == 64
