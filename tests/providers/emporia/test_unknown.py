"""Writes without a clear answer: told as unknown, looked up with --wait, never sent twice, and always on record."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, start
from tests.providers.emporia.fleet import CARPORT, OFFICE, PUMP, WALLBOX, WINDOW, Fleet, journal, outcomes

SET = ("emporia", "chargers", "set", WALLBOX, "--amps", "10", "-o", "json")


def _until_asked(fleet: Fleet, method: str, times: int = 1) -> None:
    """Return as soon as the server has the call."""
    ends_at = time.monotonic() + 60
    while len(fleet.calls(method)) < times:
        assert time.monotonic() < ends_at, f"{method} was never called"
        time.sleep(0.02)


def _started(env: dict[str, str], *words: str) -> Any:
    return start(*words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_an_answer_that_is_lost_after_the_change(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:drop-after@UpdateEVChargers#1")
    done = run(*SET)
    wallbox = fleet.id(WALLBOX)
    assert (done.code, done.json["outcome"], done.error["code"]) == (9, "unknown", "outcome_unknown")
    assert "it may have happened" in done.error["message"]
    assert done.error["hint"] == f"Look at it: energyctl emporia chargers show {wallbox}"
    assert "undo" not in done.json
    assert fleet.now(WALLBOX)["charge_rate_amps"] == 10
    assert len(fleet.calls("UpdateEVChargers")) == 1
    assert [(one["target"], one["outcome"]) for one in journal(run)] == [(wallbox, "unknown")]


def test_with_wait_it_is_looked_up(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:drop-after@UpdateEVChargers#1")
    done = run(*SET, "--wait")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert done.json["message"] == "Read back: it is as asked."
    assert "No clear answer; looking whether it happened." in done.err
    assert done.json["undo"].endswith("--amps 30")
    assert fleet.calls()[-2:] == ["UpdateEVChargers", "ListEVChargers"]
    assert journal(run)[0]["outcome"] == "changed"


def test_with_wait_what_did_not_happen_stays_unknown(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:drop-before@UpdateEVChargers#1")
    done = run(*SET, "--wait=0")
    assert (done.code, done.json["outcome"], done.error["outcome"]) == (9, "unknown", "unknown")
    assert "it may have happened" in done.error["message"]
    assert fleet.now(WALLBOX)["charge_rate_amps"] == 30
    assert len(fleet.calls("UpdateEVChargers")) == 1


@pytest.mark.parametrize("fault", ["not-json", "503", "500"])
def test_every_unclear_answer_is_unknown(run: Run, sandbox: Sandbox, fleet: Fleet, fault: str) -> None:
    sandbox.fault(f"emporia:{fault}@UpdateOutlets#1")
    done = run("emporia", "outlets", "off", OFFICE, PUMP, "-o", "json")
    assert outcomes(done) == {OFFICE: "unknown", PUMP: "unknown"}
    assert (done.code, done.error["details"]) == (12, {"unknown": 2})
    assert len(fleet.calls("UpdateOutlets")) == 1


@pytest.mark.parametrize("fault", ["empty", "wrong-shape"])
def test_an_answer_that_names_nobody_is_looked_up(
    run: Run, sandbox: Sandbox, fleet: Fleet, fault: str
) -> None:
    sandbox.fault(f"emporia:{fault}@UpdateOutlets#1")
    done = run("emporia", "outlets", "off", OFFICE, "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert fleet.calls()[-3:] == ["UpdateOutlets", "ListOutlets", "GetDevices"]


def test_a_second_look_that_fails_does_not_make_the_write_a_failure(
    run: Run, sandbox: Sandbox, fleet: Fleet
) -> None:
    assert run("emporia", "devices", "list").code == 0
    sandbox.fault("emporia:grpc=PERMISSION_DENIED@GetDevices")
    done = run("emporia", "outlets", "off", OFFICE, WINDOW, "-o", "json")
    assert outcomes(done) == {OFFICE: "changed", WINDOW: "unknown"}
    assert (done.code, done.error["details"]) == (12, {"unknown": 1})
    window = next(row for row in done.json if row["device_name"] == WINDOW)
    assert "a second look failed" in window["message"]
    assert [one["outcome"] for one in journal(run)] == ["changed", "unknown"]


def test_a_budget_that_ends_between_write_and_look(run: Run, fleet: Fleet) -> None:
    spent = {"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "4"}  # Authenticate, GetDevices, ListOutlets, UpdateOutlets
    done = run("emporia", "outlets", "off", OFFICE, WINDOW, "-o", "json", more=spent)
    assert outcomes(done) == {OFFICE: "changed", WINDOW: "unknown"}
    assert fleet.calls()[-1] == "UpdateOutlets"
    assert fleet.now(OFFICE)["on"] is False


def test_reading_back_that_fails_leaves_what_is_known(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    spent = {"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "4"}
    done = run(*SET, "--wait", more=spent)
    assert (done.code, done.json["outcome"], done.error["code"]) == (7, "changed", "budget_used_up")
    assert done.json["message"].startswith("Confirmed; reading back failed: The call budget is used up")
    assert done.error["hint"] == f"Look again: energyctl emporia chargers show {fleet.id(WALLBOX)}"
    assert journal(run)[0]["outcome"] == "changed"
    assert fleet.now(WALLBOX)["charge_rate_amps"] == 10


def test_a_car_that_nobody_could_look_at_is_not_said_to_be_idle(run: Run, fleet: Fleet) -> None:
    garage = fleet.id("Garage", "EVCharger")  # on, without a car
    words = ("emporia", "chargers", "on", garage, "--wait=600", "--until", "charging", "-o", "json")
    done = run(
        *words, more={"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "3"}
    )  # Authenticate, GetDevices, ListEVChargers
    assert (done.code, done.json["outcome"], done.error["code"]) == (7, "already", "budget_used_up")
    assert "looking at its car failed: The call budget is used up" in done.json["message"]
    assert "600 s" not in done.err


def test_a_budget_that_ends_before_the_write(run: Run, fleet: Fleet) -> None:
    done = run(*SET, more={"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "3"})
    assert (done.code, done.json["outcome"], done.error["code"]) == (7, "failed", "budget_used_up")
    assert not fleet.calls("UpdateEVChargers")
    assert journal(run)[0]["outcome"] == "failed"


def test_a_kill_during_the_call_leaves_the_intent(
    run: Run, env: dict[str, str], sandbox: Sandbox, fleet: Fleet
) -> None:
    sandbox.fault("emporia:latency=30@UpdateOutlets")
    process = _started({**env, **sandbox.env}, "emporia", "outlets", "off", OFFICE, PUMP)
    _until_asked(fleet, "UpdateOutlets")
    process.kill()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (-signal.SIGKILL, "")
    assert "Traceback" not in err
    assert {one["target"]: one["outcome"] for one in journal(run)} == {
        fleet.id(OFFICE): "unknown",
        fleet.id(PUMP): "unknown",
    }


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_during_the_call_is_unknown(
    run: Run, env: dict[str, str], sandbox: Sandbox, fleet: Fleet, stop: signal.Signals
) -> None:
    sandbox.fault("emporia:latency=30@UpdateEVChargers")
    process = _started({**env, **sandbox.env}, "emporia", "chargers", "off", CARPORT, "-o", "json")
    _until_asked(fleet, "UpdateEVChargers")
    process.send_signal(stop)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    error = json.loads(err.splitlines()[-1])["error"]
    assert (error["outcome"], error["exit_code"]) == ("unknown", 130)
    assert f"chargers show {fleet.id(CARPORT)}" in error["hint"]
    (entry,) = journal(run)
    assert entry["outcome"] == "unknown"
