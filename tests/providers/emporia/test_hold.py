"""``chargers set --for``: whatever ends the wait, the former setting is back, or it is said loudly."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, start
from tests.providers.emporia.fleet import CABIN, CARPORT, DRIVEWAY, WALLBOX, Fleet, journal, outcomes

SET = ("emporia", "chargers", "set")


@pytest.fixture
def held(env: dict[str, str], sandbox: Sandbox, fleet: Fleet) -> Iterator[Any]:
    """Return a function that starts a command and comes back when the server had so many updates."""
    running: list[Any] = []

    def begin(*words: str, updates: int = 1) -> Any:
        process = start(
            *words, env={**env, **sandbox.env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        ends_at = time.monotonic() + 60
        while len(fleet.calls("UpdateEVChargers")) < updates:
            assert time.monotonic() < ends_at, "the update was never sent"
            time.sleep(0.02)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def _amps(fleet: Fleet, *names: str) -> list[int]:
    return [fleet.now(name)["charge_rate_amps"] for name in names]


def _said(process: Any, text: str) -> None:
    """Read stderr up to a line."""
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"{text!r} was never said")


def test_the_setting_is_back_at_the_end(run: Run, fleet: Fleet) -> None:
    done = run(*SET, WALLBOX, CARPORT, "--amps", "10", "--for", "1s", "-o", "json")
    assert (done.code, outcomes(done)) == (0, {WALLBOX: "changed", CARPORT: "changed"})
    assert "Holding for 1 s" in done.err
    assert done.err.splitlines()[-1] == f"Put back: {fleet.id(WALLBOX)}, {fleet.id(CARPORT)}."
    there, back = fleet.calls("UpdateEVChargers")
    assert [one["charge_rate_amps"] for one in there["settings"] + back["settings"]] == [10, 10, 30, 30]
    assert _amps(fleet, WALLBOX, CARPORT) == [30, 30]
    assert [(one["effect"].split()[0], one["outcome"]) for one in journal(run)] == [
        ("set", "changed"), ("set", "changed"), ("put", "changed"), ("put", "changed"),
    ]  # fmt: skip


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_brings_the_setting_back(held: Any, fleet: Fleet, stop: signal.Signals) -> None:
    process = held(*SET, WALLBOX, "--amps", "10", "--on", "--for", "2h", "-o", "json")
    _said(process, "Holding for 2 h")
    assert (fleet.now(WALLBOX)["charge_rate_amps"], fleet.now(WALLBOX)["on"]) == (10, True)
    process.send_signal(stop)
    process.send_signal(stop)  # somebody who cannot wait does not break it
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"Put back: {fleet.id(WALLBOX)}." in err
    assert (
        json.loads(err.splitlines()[-1])["error"]["message"] == "Interrupted; the former settings are back."
    )
    assert (fleet.now(WALLBOX)["charge_rate_amps"], fleet.now(WALLBOX)["on"]) == (30, False)


def test_an_interrupt_during_the_change_itself(held: Any, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:slow=30@UpdateEVChargers#1")  # it takes effect at once and is answered late
    process = held(*SET, WALLBOX, "--amps", "10", "--for", "2h", "-o", "json")
    ends_at = time.monotonic() + 60
    while _amps(fleet, WALLBOX) == [30] and time.monotonic() < ends_at:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"Put back: {fleet.id(WALLBOX)}." in err
    assert _amps(fleet, WALLBOX) == [30]


def test_an_interrupt_while_reading_back(held: Any, fleet: Fleet) -> None:
    words = (*SET, WALLBOX, "--amps", "10", "--for", "2h", "--wait=60", "--until", "charging", "-o", "json")
    process = held(*words)
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"Put back: {fleet.id(WALLBOX)}." in err
    assert _amps(fleet, WALLBOX) == [30]


def test_an_interrupt_while_reading_back_tells_what_was_confirmed(held: Any, run: Run, fleet: Fleet) -> None:
    looks = len(fleet.calls("ListEVChargers"))
    process = held(*SET, WALLBOX, "--amps", "10", "--wait=60", "--until", "charging", "-o", "json")
    ends_at = time.monotonic() + 60
    while len(fleet.calls("ListEVChargers")) < looks + 2:
        assert time.monotonic() < ends_at, "nobody read back"
        time.sleep(0.02)
    assert [one["outcome"] for one in journal(run)] == ["changed"]  # on record before the waiting
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    error = json.loads(err.splitlines()[-1])["error"]
    assert (process.returncode, error["outcome"]) == (130, None)
    assert "what was confirmed before is on record" in error["message"]
    told = json.loads(out)
    assert (told["outcome"], told["undo"].endswith("--amps 30")) == ("changed", True)
    assert [one["outcome"] for one in journal(run)] == ["changed"]


def test_an_interrupt_while_waiting_for_the_car_of_another(held: Any, run: Run, fleet: Fleet) -> None:
    garage = fleet.id("Garage", "EVCharger")  # without a car, so it is waited for
    assert run(*SET, garage, "--amps", "10").code == 0
    looks = len(fleet.calls("ListEVChargers"))
    words = (garage, DRIVEWAY, "--amps", "10", "--until", "charging", "--wait=60", "--for", "2h")
    process = held(*SET, *words, "-o", "json", updates=2)
    ends_at = time.monotonic() + 60
    while len(fleet.calls("ListEVChargers")) < looks + 3:  # the plan, Driveway's car, and the garage's
        assert time.monotonic() < ends_at, "nobody waited for the car"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"Put back: {fleet.id(DRIVEWAY)}." in err
    assert _amps(fleet, DRIVEWAY) == [30]


def test_a_restore_that_fails_is_said_loudly(held: Any, run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    process = held(*SET, WALLBOX, "--amps", "10", "--on", "--for", "2h", "-o", "json")
    _said(process, "Holding for 2 h")
    sandbox.fault("emporia:503@UpdateEVChargers#1")
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=60)
    wallbox = fleet.id(WALLBOX)
    command = f"energyctl emporia chargers set {wallbox} --amps 30 --off"
    assert f"NOT PUT BACK: {wallbox}. Do it with: {command}\n" in err
    error = json.loads(err.splitlines()[-1])["error"]
    assert (process.returncode, error["code"], error["exit_code"]) == (9, "not_restored", 9)
    assert error["hint"] == f"Run: {command}"
    assert [one["outcome"] for one in journal(run)] == ["changed", "unknown"]
    assert _amps(fleet, WALLBOX) == [10]
    assert run(*shlex.split(command)[1:]).code == 0
    assert (fleet.now(WALLBOX)["charge_rate_amps"], fleet.now(WALLBOX)["on"]) == (30, False)


def test_a_charger_that_went_offline_is_not_said_to_be_back(held: Any, fleet: Fleet) -> None:
    process = held(*SET, WALLBOX, CARPORT, "--amps", "10", "--for", "2h", "-o", "json")
    _said(process, "Holding for 2 h")
    fleet.set(CARPORT, connected=False)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 9
    assert f"NOT PUT BACK: {fleet.id(CARPORT)}." in err
    assert f"NOT PUT BACK: {fleet.id(WALLBOX)}." not in err
    assert "1 of 2 chargers were not put back" in err
    assert _amps(fleet, WALLBOX, CARPORT) == [30, 10]


def test_an_unknown_change_is_put_back_too(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:drop-after@UpdateEVChargers#1")
    done = run(*SET, WALLBOX, "--amps", "10", "--for", "1s", "-o", "json")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert f"Put back: {fleet.id(WALLBOX)}." in done.err
    assert _amps(fleet, WALLBOX) == [30]


def test_only_what_changed_is_put_back(run: Run, fleet: Fleet) -> None:
    assert run(*SET, DRIVEWAY, "--amps", "10").code == 0
    done = run(*SET, DRIVEWAY, WALLBOX, CABIN, "--amps", "10", "--for", "1s", "-o", "json")
    assert outcomes(done) == {DRIVEWAY: "already", WALLBOX: "changed", CABIN: "offline"}
    assert done.code == 12
    assert f"Put back: {fleet.id(WALLBOX)}." in done.err
    assert _amps(fleet, DRIVEWAY, WALLBOX) == [10, 30]


def test_what_was_so_before_is_not_held(run: Run, fleet: Fleet) -> None:
    done = run(*SET, WALLBOX, "--amps", "30", "--for", "2h", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "already")
    assert done.err == "Nothing was changed, so there is nothing to hold and to put back.\n"
    refused = run(*SET, CABIN, "--amps", "10", "--for", "2h", "-o", "json")
    assert (refused.code, refused.json["outcome"]) == (6, "offline")
    assert not fleet.calls("UpdateEVChargers")


@pytest.mark.parametrize(
    ("left", "looks"), [(1, []), (2, ["ListEVChargers"]), (3, ["GetDevices", "ListEVChargers"])]
)
def test_the_last_calls_of_the_budget_put_back(run: Run, fleet: Fleet, left: int, looks: list[str]) -> None:
    calls = 4 + left  # Authenticate, GetDevices, ListEVChargers, UpdateEVChargers
    words = (*SET, WALLBOX, CARPORT, "--amps", "10", "--for", "1s")
    done = run(*words, more={"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": str(calls)})
    assert (done.code, _amps(fleet, WALLBOX, CARPORT)) == (0, [30, 30]), done.err
    assert fleet.calls()[4:] == [*looks, "UpdateEVChargers"]


def test_a_look_leaves_the_calls_that_put_the_others_back(run: Run, fleet: Fleet) -> None:
    assert run(*SET, CARPORT, "--amps", "20").code == 0
    used = len(fleet.calls())
    spent = {
        "ENERGYCTL_EMPORIA_CALLS_PER_HOUR": str(used + 3 + 2)
    }  # GetDevices, ListEVChargers, UpdateEVChargers
    done = run(*SET, WALLBOX, CARPORT, "--amps", "10", "--for", "1s", more=spent)
    assert (done.code, _amps(fleet, WALLBOX, CARPORT)) == (0, [30, 20]), done.err
