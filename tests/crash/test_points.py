"""A run that is killed in the middle: some places of some commands. ``python -m tests.crash`` tries them all."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from energyctl.app import root
from energyctl.core.points import VARIABLE
from energyctl.core.reference.pages import read_pages
from tests.conftest import Run, Sandbox
from tests.crash.cases import CASES, NOT_CUT, ONLY_READS, Case
from tests.crash.sweep import environment, trial


def _case(*beginning: str) -> Case:
    return next(case for case in CASES if case.words[: len(beginning)] == beginning)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("rabot", "orders", "create", "-f", "orders.jsonl"), "answer.received#2"),
        (("rabot", "spec", "import"), "file.written"),
        (("config", "init"), "file.linked"),
    ],
)
def test_what_a_kill_leaves(words: tuple[str, ...], place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    case = _case(*words)
    trial(case, place, environment(), sandbox, tmp_path)


def test_a_batch_that_is_killed_prints_whole_rows(run: Run, tmp_path: Path, sandbox: Sandbox) -> None:
    words = ("emulate", "devices", "remove", "C-100001", "car", "--yes", "-o", "jsonl")
    ids = run("emulate", "devices", "list", "C-100001", "-o", "ids").out.split()
    cut = run(*words[:4], *ids, *words[5:], more={VARIABLE: "row.before#2"})
    assert cut.code == -9
    (row,) = cut.out.splitlines(keepends=True)
    assert row.endswith("\n")
    assert json.loads(row)["target"] == ids[0]
    told = [one["outcome"] for one in run("journal", "list", "-o", "json").json]
    assert told == ["changed", "changed"]


def test_every_command_is_known_to_write_or_not() -> None:
    commands = {" ".join(page.path) for page in read_pages(root) if not page.is_group}
    names = {
        name
        for case in CASES
        for name in commands
        if shlex.split(name) == list(case.words[: len(name.split())])
    }
    # doctor writes only with --bundle
    assert names | ONLY_READS | set(NOT_CUT) == commands
    assert not names & (ONLY_READS | set(NOT_CUT))
    assert not ONLY_READS & set(NOT_CUT)
