"""Each command that writes, killed at one of its places, and the proof that the others send nothing that changes."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from energyctl.core.points import VARIABLE
from tests.conftest import Run, Sandbox
from tests.crash.cases import CASES, ONLY_READS, Case
from tests.crash.sweep import environment, trial
from tests.test_examples import NOT_RUN, examples

_LOCAL = ("file.written", "file.linked")
_REMOTE = ("sending.kept", "answer.received", "result.before", "result.kept", "row.before")


def _place(number: int, case: Case) -> str:
    if not case.journaled:
        return _LOCAL[number % 2 if case.keeps_files else 0]
    return _REMOTE[number % len(_REMOTE)]


#: One case for each way that a write goes: the same words of another provider or kind of device go the same.
_WAYS = {case.words[2 if case.words[0] == "emporia" else 1 : 3]: case for case in CASES}
#: They only remove, or take long and go as invoices do.
_UNTOUCHED = frozenset({"forget", "logout", "documents"})


@pytest.mark.parametrize(
    ("case", "place"),
    [
        pytest.param(case, _place(number, case), id=case.name)
        for number, case in enumerate(_WAYS.values())
        if not _UNTOUCHED & set(case.words)
    ],
)
def test_what_a_kill_leaves(case: Case, place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    trial(case, place, environment(), sandbox, tmp_path)


@pytest.mark.parametrize("name", sorted(ONLY_READS))
def test_what_only_reads_sends_nothing_that_changes(name: str, run: Run, sandbox: Sandbox) -> None:
    lines = [one for one in examples().get(name, []) if one not in NOT_RUN and not set("|<>$`~=") & set(one)]
    for line in lines[:1]:
        words = shlex.split(line)[1:]
        assert run(*words, more={VARIABLE: "request.built"}).code != -9
