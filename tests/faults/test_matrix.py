"""The matrix covers the whole tree; and a sample of it, another each day. All of it: `python -m tests.faults`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.conftest import Done, Sandbox
from tests.faults.commands import NEEDS_PERSON, commands, leaves, named_in_tables, offline_reason
from tests.faults.faults import GRPC, HTTP, OTHER_ENDS, known_to_the_relays
from tests.faults.judge import verdict
from tests.faults.runner import JSON, Bench, Cell, Usual, cells
from tests.faults.table import BROKEN, Verdict, lines

_TODAY = datetime.now(UTC).toordinal()
_NOTHING = Usual(Done(0, "", ""), {}, 0)


@pytest.fixture(scope="module")
def bench(_running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    _running.reset()
    with Bench(_running, tmp_path_factory.mktemp("bench")) as one:
        yield one


def _quick(some: Iterator[Cell]) -> list[Cell]:
    """Return the cells that neither wait, nor send much, nor need a certificate made."""
    return [cell for cell in some if not (cell.what.slow or cell.what.large or cell.what.everywhere)]


def _sample() -> list[Cell]:
    """Return a cell of every fifth command, each with another fault; the next day others."""
    found = []
    for place, command in enumerate(commands()):
        if (place + _TODAY) % 5:
            continue
        some = _quick(cells(command))
        found.append(some[(place * 7 + _TODAY // 5) % len(some)])
    return found


def _judged(bench: Bench, cell: Cell) -> Verdict:
    writes_files = "download" in cell.command.name
    return verdict(bench, cell, usual=None if writes_files else _NOTHING)


def test_every_command_of_the_tree_is_tried_or_has_a_reason() -> None:
    tree = {" ".join(page.path) for page in leaves()}
    tried = {command.name for command in commands()}
    assert tree == tried | {name for name in tree if offline_reason(name)}
    groups = {" ".join(page.path[:count]) for page in leaves() for count in range(1, len(page.path))}
    assert named_in_tables() <= tree | groups, "a command that is gone"
    assert tried >= NEEDS_PERSON


def test_every_fault_has_its_ends_and_every_other_end_its_cells() -> None:
    assert known_to_the_relays() == (set(HTTP), set(GRPC))
    every = [(command, cell.what) for command in commands() for cell in cells(command)]
    assert [one for one in OTHER_ENDS if not any(one.is_of(*pair) for pair in every)] == []


def test_reads_and_writes_of_each_kind_of_server_hold(bench: Bench) -> None:
    wanted = {
        ("rabot orders create", "rabot", "reset-after", "write"),
        ("emporia outlets off", "emporia", "reset-after", "write"),
        ("emporia devices list (cold)", "emporia", "empty-message", "dead"),
        ("emulate devices rename", "emulate", "429", "write"),
        ("bright locations list", "bright", "invalid-json", "dead"),
        ("rabot tariffs list", "rabot", "redirect", "dead"),
        ("rabot orders wait", "rabot", "nulls", "dead"),
        ("find", "emulate", "503", "dead"),
    }
    some = [
        cell
        for command in commands()
        for cell in cells(command)
        if (command.title, cell.server, cell.fault, cell.mode) in wanted and cell.form == JSON
    ]
    assert len(some) == len(wanted)
    found = [_judged(bench, cell) for cell in some]
    assert [one for one in found if one.sign == BROKEN] == [], "\n".join(lines(found))


@pytest.mark.thorough
def test_a_sample_holds(bench: Bench) -> None:
    found = [_judged(bench, cell) for cell in _sample()]
    assert [one for one in found if one.sign == BROKEN] == [], "\n".join(lines(found))
