"""A customer left: every device goes, once, with a row and a record, also after an interruption."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.points import VARIABLE
from tests.conftest import Run, Sandbox
from tests.providers.emulate.conftest import Odd
from tests.providers.emulate.odd_server import Asked, Reply

OFFBOARD = ("emulate", "customers", "offboard")
CUSTOMERS = [f"C-{100_001 + number}" for number in range(25)]


def _removed(sandbox: Sandbox) -> list[str]:
    return [
        one["path"].rsplit("/", 1)[1] for one in sandbox.requests(method="DELETE") if one["status"] == 204
    ]


def test_killed_halfway_and_run_again(run: Run, sandbox: Sandbox, home: Path) -> None:
    there = set(run("emulate", "devices", "list", "-o", "ids").out.split())
    (home / "ids").write_text("\n".join(CUSTOMERS))
    half = len(there) // 2
    stop = {VARIABLE: f"answer.received#{half}"}
    cut = run(*OFFBOARD, "--ids-file", "ids", "-o", "jsonl", "-q", more=stop)
    assert (cut.code, len(_removed(sandbox))) == (-signal.SIGKILL, half)

    again = run(*OFFBOARD, "-", "-o", "json", input="\n".join(CUSTOMERS))
    assert again.code == 0, again.err
    assert [row["target"] for row in again.json] == CUSTOMERS
    assert {row["outcome"] for row in again.json} == {"changed", "already"}
    assert {row["devices_left"] for row in again.json} == {0}
    assert run("emulate", "devices", "list", "-o", "ids").out == ""
    assert set(Counter(_removed(sandbox)).values()) == {1}
    assert set(_removed(sandbox)) == there
    open_ones = [row for row in run("journal", "list", "-o", "json").json if row["outcome"] == "unknown"]
    # What the kill left open stays on record as such: the customer's write, and perhaps one device's.
    assert [row["operation"] for row in open_ones if row["operation"] == "offboard_customer"]
    assert len(open_ones) <= 2

    third = run(*OFFBOARD, *CUSTOMERS, "-o", "json")
    assert {row["outcome"] for row in third.json} == {"already"}


def test_rows_of_one_and_of_several(run: Run, sandbox: Sandbox) -> None:
    alone = run(*OFFBOARD, "C-100001", "-o", "json")
    assert (alone.code, alone.json["outcome"], alone.json["devices_removed"]) == (0, "changed", 3)
    assert len(alone.json["removed"]) == 3
    several = run(*OFFBOARD, "C-100001", "C-999999", "C-100003", "C-100001")
    assert (several.code, [row["outcome"] for row in several.rows]) == (
        12,
        ["already", "not_found", "changed"],
    )
    unknown = run(*OFFBOARD, "C-999999", "-o", "json")
    assert (unknown.code, unknown.json["outcome"]) == (3, "not_found")
    assert run(*OFFBOARD).code == 2
    nothing = run(*OFFBOARD, "-", "-o", "json", input="# none\n\n")
    assert (nothing.code, nothing.out) == (0, "[]\n")
    bad = run(*OFFBOARD, "-", input="C-1\tC-2\n")
    assert (bad.code, "one id" in bad.err) == (2, True)


def test_a_dry_run_shows_the_devices_and_one_wrong_id_spoils_nothing(run: Run, sandbox: Sandbox) -> None:
    done = run(*OFFBOARD, "C-100001", "C-999999", "--dry-run", "-o", "json")
    assert done.code == 0
    assert [len(row["changes"]) for row in done.json] == [3, 0]
    assert done.json[1]["outcome"] == "not_found"
    assert sandbox.requests(method="DELETE") == []


def test_without_a_terminal_the_real_thing_needs_yes(real: Run, sandbox: Sandbox) -> None:
    done = real(*OFFBOARD, "C-100001", "C-100003", "C-999999", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "confirmation_needed")
    assert "--yes" in done.error["hint"]
    assert sandbox.requests(method="DELETE") == []
    agreed = real(*OFFBOARD, "C-100001", "C-100003", "C-999999", "--yes", "-o", "json")
    assert (agreed.code, [row["outcome"] for row in agreed.json]) == (12, ["changed", "changed", "not_found"])


# -- at an odd server ------------------------------------------------------------------------------------------

BASE = "/v1/retailer/customers/C-1/devices"


class _Home:
    """A customer's devices at an odd server, with an oddity at each removal."""

    def __init__(self, *ids: str, odd: Any = None) -> None:
        self.devices = list(ids)
        self.odd = odd

    def answers(self) -> dict[str, Any]:
        return {
            f"GET {BASE}": lambda _: [{"id": one} for one in self.devices],
            **{f"DELETE {BASE}/{one}": self._remove for one in self.devices},
        }

    def _remove(self, asked: Asked) -> Any:
        device = asked.path.rsplit("/", 1)[1]
        reply, takes_effect = self.odd(device) if self.odd else (Reply(None, 204), True)
        if takes_effect:
            self.devices.remove(device)
        return reply


@pytest.mark.parametrize(
    ("odd_answer", "takes_effect", "outcome", "code", "said"),
    [
        (Reply(drops=True), True, "changed", 0, "none is listed any more"),
        (Reply(drops=True), False, "unknown", 9, "may have happened"),
        (Reply({"message": "down"}, 500), True, "changed", 0, "none is listed any more"),
        (Reply({"message": "down"}, 500), False, "unknown", 9, "down"),
        (Reply(None, 204), False, "rejected", 6, "still listed"),
        (Reply(None, 202), False, "unknown", 9, "Accepted for later"),
        (Reply({"message": "in use"}, 409), False, "rejected", 6, "in use"),
        (Reply(b"<html>", 200, {"Content-Type": "text/html"}), True, "changed", 0, "none is listed"),
    ],
)
def test_what_became_of_a_removal_is_looked_up(
    odd: Odd, odd_answer: Reply, takes_effect: bool, outcome: str, code: int, said: str
) -> None:
    there = _Home(
        "a", "b", odd=lambda one: (odd_answer, takes_effect) if one == "a" else (Reply(None, 204), True)
    )
    server, run = odd(there.answers())
    done = run(*OFFBOARD, "C-1", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (code, outcome)
    assert said in done.json["message"]
    assert done.json["removed"] == (["a", "b"] if takes_effect else ["b"])
    assert done.json["left"] == ([] if takes_effect else ["a"])
    assert Counter(server.asks("DELETE")) == {f"DELETE {BASE}/a": 1, f"DELETE {BASE}/b": 1}


def test_a_refused_token_or_a_rate_limit_stops_the_rest(odd: Odd) -> None:
    for status, code in ((403, 5), (429, 7)):
        there = _Home("a", "b", odd=lambda _one, status=status: (Reply(None, status), False))
        server, run = odd(there.answers())
        done = run(*OFFBOARD, "C-1", "C-2", "C-3", "--yes", "-o", "json")
        assert (done.code, len(done.json)) == (code, 1), done.err
        assert "2 targets were not tried" in done.err
        assert {one.rsplit("/", 1)[1] for one in server.asks("DELETE")} == {"a"}


def test_a_stop_does_not_hide_what_was_removed_before_it(odd: Odd) -> None:
    there = _Home("a", "b", "c", odd=lambda one: (Reply(None, 429 if one == "c" else 204), one != "c"))
    _, run = odd(there.answers())
    done = run(*OFFBOARD, "C-1", "C-2", "--yes", "-o", "json")
    (row,) = done.json
    assert (done.code, row["outcome"], "limits the rate" in row["message"]) == (7, "failed", True)
    assert (row["devices_removed"], row["removed"]) == (2, ["a", "b"])
    assert (row["devices_left"], row["left"]) == (1, ["c"])
    assert "1 target was not tried" in done.err
    kept = {one["target"]: one["outcome"] for one in run("journal", "list", "-o", "json").json}
    assert kept == {"C-1": "failed", "a": "changed", "b": "changed", "c": "failed"}


def test_a_journal_that_breaks_in_the_middle_does_not_hide_it_either(odd: Odd, home: Path) -> None:
    def breaks(one: str) -> tuple[Reply, bool]:
        if one == "b":
            (home / ".local/state/energyctl/journal.sqlite3").write_bytes(b"no database " * 1000)
        return Reply(None, 204), True

    server, run = odd(_Home("a", "b", "c", odd=breaks).answers())
    done = run(*OFFBOARD, "C-1", "--yes", "-o", "json")
    assert (done.code, done.error["code"], done.json["outcome"]) == (13, "journal_unusable", "failed")
    assert (done.json["removed"], done.json["left"]) == (["a", "b"], ["c"])
    assert len(server.asks("DELETE")) == 2


def test_a_refused_list_afterwards_hides_nothing_and_stops_the_rest(odd: Odd) -> None:
    there = _Home("a")
    answers = there.answers()
    lists = iter([[{"id": "a"}], []])
    answers[f"GET {BASE}"] = lambda _: next(lists, Reply(None, 403))
    _, run = odd(answers)
    done = run(*OFFBOARD, "C-1", "C-2", "--yes", "-o", "json")
    (row,) = done.json
    assert (done.code, row["outcome"], row["removed"], row["left"]) == (5, "changed", ["a"], None)
    assert "listing what is left failed" in row["message"]
    assert "1 target was not tried" in done.err


def test_a_list_that_fails_afterwards_hides_nothing(odd: Odd) -> None:
    there = _Home("a")
    answers = there.answers()
    answers[f"GET {BASE}"] = lambda _: [{"id": one} for one in there.devices] or Reply(None, 500)
    _, run = odd(answers)
    done = run(*OFFBOARD, "C-1", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"], done.json["removed"]) == (0, "changed", ["a"])
    assert done.json["left"] is None
    assert "listing what is left failed" in done.json["message"]


@pytest.mark.parametrize("status", [500, 403])
def test_a_removal_without_an_end_stays_so_when_no_list_follows(odd: Odd, status: int) -> None:
    answers = _Home("a", odd=lambda _one: (Reply(drops=True), True)).answers()
    lists = iter([[{"id": "a"}]])
    answers[f"GET {BASE}"] = lambda _: next(lists, Reply(None, status))
    _, run = odd(answers)
    done = run(*OFFBOARD, "C-1", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (9 if status == 500 else 5, "unknown")
    assert done.error["outcome"] == "unknown"


def test_a_removal_without_an_end_stays_so_when_the_rest_is_stopped(odd: Odd) -> None:
    there = _Home("a", "b", odd=lambda one: (Reply(None, 429) if one == "b" else Reply(drops=True), False))
    _, run = odd(there.answers())
    done = run(*OFFBOARD, "C-1", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"], done.json["left"]) == (7, "unknown", ["a", "b"])


def test_a_device_without_an_id_is_not_overlooked(odd: Odd) -> None:
    _, run = odd({f"GET {BASE}": [{"serial": "x"}]})
    done = run(*OFFBOARD, "C-1", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"], done.json["left"]) == (11, "failed", ["?"])
    assert "no id that could be recognised" in done.json["message"]
