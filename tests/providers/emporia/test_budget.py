"""The call budget: never more than so many calls an hour, whoever of the user's processes makes them."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import Run, at_once
from tests.providers.emporia.fleet import OFFICE, PUMP, Fleet

REFRESH = ("emporia", "devices", "list", "--refresh", "-o", "ids")


def _most(calls: int) -> dict[str, str]:
    return {"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": str(calls)}


def test_exactly_so_many_calls_pass(run: Run, fleet: Fleet) -> None:
    codes = [run(*REFRESH, more=_most(5)).code for _ in range(4)]
    assert codes == [0, 0, 0, 0]  # Authenticate counts too
    over = run(*REFRESH, "-o", "json", more=_most(5))
    assert (over.code, over.out) == (7, "")
    assert len(fleet.calls()) == 5
    error = over.error
    assert (error["code"], error["provider"], error["exit_code"]) == ("budget_used_up", "emporia", 7)
    assert 3000 < error["retry_after_s"] <= 3600
    assert "5 calls an hour" in error["message"]
    assert re.search(r"free in (1 h|5\d min( \d+ s)?); wait for it with --max-wait 3\d{3}\b", error["hint"])
    told = run(*REFRESH, more=_most(5))
    assert (told.code, len(told.err.splitlines())) == (7, 2)
    assert len(fleet.calls()) == 5
    assert run(*REFRESH, more=_most(6)).code == 0


def test_limits(run: Run, fleet: Fleet) -> None:
    (fresh,) = run("limits", "-o", "json").json
    target = fleet.sandbox.facts["urls"]["emporia_target"]
    assert fresh == {
        "provider": "emporia",
        "account": f"partner@sandbox.example.com at {target}",
        "calls_per_hour": 100,
        "used": 0,
        "left": 100,
        "next_frees_in_s": None,
        "next_frees_at": None,
    }
    assert run(*REFRESH).code == 0
    (row,) = run("limits", "-o", "json").json
    assert (row["used"], row["left"], 3000 < row["next_frees_in_s"] <= 3600) == (2, 98, True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", row["next_frees_at"])
    table = run("limits", "-o", "table", more=_most(1)).out
    assert "Calls an hour" in table
    (over,) = run("limits", "-o", "json", more=_most(1)).json
    assert (over["used"], over["left"]) == (2, 0)
    assert len(fleet.calls()) == 2  # looking costs nothing


def test_limits_without_a_provider_that_counts(bare: Run) -> None:
    done = bare("limits", "-o", "json")
    assert (done.code, done.json) == (0, [])


def test_limits_of_a_provider_that_only_the_environment_sets_up(bare: Run, fleet: Fleet) -> None:
    facts = fleet.sandbox.facts
    target, account = facts["urls"]["emporia_target"], facts["credentials"]["emporia"]
    more = {
        "ENERGYCTL_EMPORIA_TARGET": target,
        "ENERGYCTL_EMPORIA_CA_FILE": facts["ca_file"],
        "ENERGYCTL_EMPORIA_EMAIL": account["email"],
        "ENERGYCTL_EMPORIA_PASSWORD": account["password"],
    }
    assert bare(*REFRESH, more=more).code == 0
    (row,) = bare("limits", "-o", "json", more=more).json
    assert (row["account"], row["used"]) == (f"{account['email']} at {target}", 2)


def test_a_budget_that_is_no_number(run: Run, fleet: Fleet) -> None:
    done = run(*REFRESH, "-o", "json", more={"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "many"})
    assert (done.code, fleet.calls()) == (13, [])


@pytest.mark.parametrize(
    "words",
    [
        ("outlets", "on"),
        ("chargers", "off", "X", "--all"),
        ("outlets", "on", "--ids-file", "/nonexistent"),
        ("usage",),
        ("usage", "X", "--all"),
        ("usage", "--all", "--since", "garbage"),
        ("usage", "--all", "--from", "2026-01-02", "--day", "2026-01-01"),
        ("usage", "--all", "--from", "2026-01-02", "--to", "2026-01-01", "--tz", "site"),
        ("usage", "--all", "--since", "20000d", "--resolution", "1m"),
    ],
)
def test_what_was_typed_wrongly_costs_no_call(run: Run, fleet: Fleet, words: tuple[str, ...]) -> None:
    done = run("emporia", *words, "-o", "json")
    assert (done.code, done.out, fleet.calls()) == (2, "", [])


def test_reading_back_is_counted_beforehand(run: Run, fleet: Fleet) -> None:
    done = run("emporia", "outlets", "off", OFFICE, PUMP, "--wait", "-o", "ids")
    assert done.err.splitlines()[0] == (
        "2 outlets: 2 calls, as many as it takes to read back, and 2 more when some do not confirm the change."
    )


def test_two_shells_ask_thirty_times_and_twenty_pass(run: Run, fleet: Fleet) -> None:
    done = [
        one for _ in range(15) for one in at_once(run, *[("-o", "json", *REFRESH[:-2])] * 2, more=_most(20))
    ]
    codes = [one.code for one in done]
    assert len(fleet.calls()) == 20
    passed = fleet.calls().count("GetDevices")
    assert (codes.count(0), codes.count(7)) == (passed, 30 - passed)
    assert passed >= 18  # the others signed in
    for one in done:
        if one.code:
            assert (one.out, one.error["code"]) == ("", "budget_used_up")
        else:
            assert len(one.json) == 24


def test_ten_processes_at_once_lose_no_count(env: dict[str, str]) -> None:
    script = (
        "import io, sys\n"
        "from energyctl.core.limits import Budget\n"
        "from energyctl.core.session import Session\n"
        "from energyctl.core.errors import RateLimited\n"
        "budget = Budget(Session(), provider='p', account='a', limit=100)\n"
        "sys.stdin.readline()\n"
        "passed = 0\n"
        "for _ in range(15):\n"
        "    try:\n        budget.take()\n        passed += 1\n"
        "    except RateLimited:\n        pass\n"
        "print(passed)\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    here = {**env, "PYTHONPATH": "."}
    processes: list[Any] = [
        subprocess.Popen([sys.executable, "-c", script], env=here, **pipes) for _ in range(10)
    ]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=60) for process in processes]
    assert [err for _, err in ends if err] == []
    assert sum(int(out) for out, _ in ends) == 100
