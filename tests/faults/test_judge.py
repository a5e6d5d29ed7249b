"""The judge sees what is wrong: a right run of a write whose answer was lost, and what must not be of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import Done
from tests.faults.commands import commands
from tests.faults.judge import complaints
from tests.faults.relays.names import Seen
from tests.faults.runner import AT_WRITE, Cell, Observed, Usual

_COMMAND = next(one for one in commands() if one.title == "rabot orders create")
_CELL = Cell(_COMMAND, "rabot", "reset-after", AT_WRITE)
_USUAL = Usual(Done(0, "", ""), {}, 1000)
_ERROR = {
    "code": "outcome_unknown",
    "exit_code": 9,
    "message": "No answer came; it may have happened.",
    "hint": "Look it up.",
    "provider": "rabot",
    "operation": "create_order",
    "http_status": None,
    "request_id": None,
    "retry_after_s": None,
    "outcome": "unknown",
    "details": None,
}
_SENT = Seen("POST /partner/v1/orders", True, b"{}", {}, True, "reset-after")
_SECRET = "planted-secret-1234567890"


def _ended(status: int = 9, before: str = "", **changed: Any) -> Done:
    error = {name: value for name, value in {**_ERROR, **changed}.items() if value != "left out"}
    row = {"target": "erika@example.org", "outcome": error.get("outcome")}
    return Done(status, json.dumps(row), f"{before}{json.dumps({'error': error})}\n")


_RIGHT = Observed(
    _ended(), [_SENT], {}, [("erika@example.org", "unknown")], [], 1000, secrets=frozenset({_SECRET})
)


_FAILED = _ended(10, code="network", exit_code=10, outcome="failed")


def test_a_right_run_is_right() -> None:
    assert complaints(_CELL, _RIGHT, _USUAL) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda run: replace(run, hung=True), "did not end"),
        (lambda run: replace(run, seen=[_SENT, _SENT]), "sent 2 times"),
        (
            lambda run: replace(run, done=_ended(10, code="network", exit_code=10, outcome="failed")),
            "may have happened",
        ),
        (lambda run: replace(run, done=_ended(1, code="unexpected", exit_code=1)), "exit code 1"),
        (lambda run: replace(run, done=_ended(9, exit_code=10)), "the error says exit code 10"),
        (lambda run: replace(run, done=_ended(9, hint=None)), "no hint"),
        (lambda run: replace(run, done=_ended(9, details="left out")), "has the keys"),
        (lambda run: replace(run, done=_ended(9, message=f"It was {_SECRET}.")), "a secret on stderr"),
        (
            lambda run: replace(run, done=_ended(9, before="Traceback (most recent call last)\n")),
            "a traceback",
        ),
        (lambda run: replace(run, done=_ended(9, before="<html>\n")), "HTML"),
        (lambda run: replace(run, done=_ended(9, before="\x1b[2J\n")), "a control character"),
        (lambda run: replace(run, done=_ended(9, before="of 191212121212\n")), "a personal number"),
        (lambda run: replace(run, done=Done(9, "{} {}", run.done.err)), "not one JSON document"),
        (lambda run: replace(run, done=Done(9, run.done.out, "error: no\n")), "not one error line"),
        (lambda run: replace(run, journal=[]), "not in the journal"),
        (lambda run: replace(run, journal=[("erika@example.org", None)]), "no outcome"),
        (lambda run: replace(run, journal=[("erika@example.org", "changed")]), "does not know the outcomes"),
        (lambda run: replace(run, files={"half.pdf": "00"}), "half.pdf is not whole"),
        (lambda run: replace(run, elsewhere=[{"Authorization": f"Bearer {_SECRET}"}]), "to another host"),
    ],
)
def test_what_is_wrong_is_complained_of(wrong: Callable[[Observed], Observed], said: str) -> None:
    found = complaints(_CELL, wrong(_RIGHT), _USUAL)
    assert any(said in one for one in found), found


def test_memory_is_looked_at_where_an_answer_is_large() -> None:
    cell = replace(_CELL, fault="gzip-bomb")
    run = replace(_RIGHT, seen=[replace(_SENT, fault="gzip-bomb")], peak_kb=1000 + 300 * 1024)
    assert any("MB of memory" in one for one in complaints(cell, run, _USUAL))


def test_what_was_refused_is_not_told_as_unknown() -> None:
    cell = replace(_CELL, fault="429")
    run = replace(_RIGHT, seen=[replace(_SENT, fault="429", forwarded=False)])
    assert any("cannot have happened" in one for one in complaints(cell, run, _USUAL))
