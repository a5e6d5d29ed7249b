"""EV chargers: what is sent and what is not, limits, reading back, and waiting for the car."""

from __future__ import annotations

import shlex
import subprocess
import time
from typing import Any

import pytest

from energyctl.core.session import Session
from energyctl.providers.emporia.client import connect
from energyctl.providers.emporia.commands.chargers import KIND
from energyctl.providers.emporia.control import Control
from energyctl.providers.emporia.inventory import Inventory
from tests.conftest import Run, Sandbox, start
from tests.providers.emporia.fleet import CABIN, CARPORT, DRIVEWAY, OFFICE, WALLBOX, Fleet, journal, outcomes

SET = ("emporia", "chargers", "set")


def _sent(fleet: Fleet) -> list[dict[str, Any]]:
    (request,) = fleet.calls("UpdateEVChargers")
    return list(request["settings"])


def test_list_and_show(run: Run, fleet: Fleet) -> None:
    rows = run("emporia", "chargers", "list", "-o", "json").json
    assert [row["settings"]["manufacturer_device_id"] for row in rows] == [
        one["id"] for one in fleet.of("EVCharger")
    ]
    wallbox = run("emporia", "chargers", "show", WALLBOX, "-o", "json").json
    assert wallbox == {
        "car_connected": True,
        "car_charging": False,
        "max_charge_rate_amps": 40,
        "settings": {"manufacturer_device_id": fleet.id(WALLBOX), "on": False, "charge_rate_amps": 30},
        "device_name": WALLBOX,
        "device_connected": True,
    }
    ids = run("emporia", "chargers", "list", "-o", "ids").out.split()
    assert ids == [one["id"] for one in fleet.of("EVCharger")]


@pytest.mark.parametrize(
    ("words", "sent", "undo"),
    [
        (("--amps", "10"), {"charge_rate_amps": 10}, "--amps 30"),
        (("--on",), {"on": True}, "--off"),
        (("--amps", "6", "--on"), {"charge_rate_amps": 6, "on": True}, "--amps 30 --off"),
        (("--amps", "40", "--off"), {"charge_rate_amps": 40, "on": False}, "--amps 30"),
    ],
)
def test_only_what_is_named_is_sent(
    run: Run, fleet: Fleet, words: tuple[str, ...], sent: dict[str, Any], undo: str
) -> None:
    done = run(*SET, WALLBOX, *words, "-o", "json")
    wallbox = fleet.id(WALLBOX)
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert _sent(fleet) == [{"manufacturer_device_id": wallbox, **sent}]
    command = done.err.strip().removeprefix("To put it back: ")
    assert command == done.json["undo"] == f"energyctl emporia chargers set {wallbox} {undo}"
    before = fleet.devices
    assert run(*shlex.split(command)[1:]).code == 0
    assert Fleet(fleet.sandbox).devices == before


@pytest.mark.parametrize(
    ("former", "options"),
    [
        ({"charge_rate_amps": 30, "on": False}, "--amps 30 --off"),
        ({"charge_rate_amps": 30, "on": True}, "--amps 30"),
        ({"charge_rate_amps": None, "on": False}, None),
        ({"charge_rate_amps": 30, "on": None}, None),
    ],
)
def test_no_command_puts_back_only_a_part(former: dict[str, Any], options: str | None) -> None:
    undo = KIND.undo("C1", former, {"charge_rate_amps": 10, "on": True})
    assert undo == (f"chargers set C1 {options}" if options else None)


def test_switching_does_not_touch_the_rate(run: Run, fleet: Fleet) -> None:
    assert run("emporia", "chargers", "on", WALLBOX).code == 0
    assert _sent(fleet) == [{"manufacturer_device_id": fleet.id(WALLBOX), "on": True}]
    again = run("emporia", "chargers", "on", WALLBOX, "-o", "json")
    assert (again.code, again.json["outcome"]) == (0, "already")
    off = run("emporia", "chargers", "off", WALLBOX, "-o", "json")
    assert off.json["undo"] == f"energyctl emporia chargers set {fleet.id(WALLBOX)} --on"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--amps", "5"), "below 6"),
        (("--amps", "-3"), "below 6"),
        (("--amps", "10.5"), "10.5"),
        ((), "Nothing to set"),
        (("--amps", "10", "--for", "0s"), "no time at all"),
        (("--amps", "10", "--for", "soon"), "not a duration"),
    ],
)
def test_what_no_charger_can_do(run: Run, fleet: Fleet, words: tuple[str, ...], said: str) -> None:
    done = run(*SET, WALLBOX, *words, "-o", "json")
    assert (done.code, done.out, done.error["exit_code"]) == (2, "", 2)
    assert said in done.error["message"]
    assert fleet.calls() == []


def test_more_than_a_charger_can_is_rejected_and_the_others_are_set(run: Run, fleet: Fleet) -> None:
    done = run(*SET, "--all", "--amps", "40", "-o", "json")
    assert outcomes(done) == {
        DRIVEWAY: "changed",
        "Garage": "rejected",  # 32 A at most
        WALLBOX: "changed",
        CARPORT: "changed",
        CABIN: "offline",
    }
    assert (done.code, done.error["details"]) == (12, {"rejected": 1, "offline": 1})
    assert fleet.id("Garage", "EVCharger") not in str(fleet.calls("UpdateEVChargers"))
    alone = run(*SET, fleet.id("Garage", "EVCharger"), "--amps", "33", "-o", "json")
    assert (alone.code, alone.error["outcome"]) == (2, "rejected")
    assert "6 to 32 A" in alone.error["message"]


def test_an_offline_charger_does_not_spoil_the_update_of_the_others(run: Run, fleet: Fleet) -> None:
    words = ("emporia", "chargers", "off", DRIVEWAY, CABIN, "-o", "json")
    done = run(*words)
    assert outcomes(done) == {DRIVEWAY: "changed", CABIN: "offline"}
    assert [one["manufacturer_device_id"] for one in _sent(fleet)] == [fleet.id(DRIVEWAY)]
    fleet.set(CABIN, connected=True)
    again = run(*words)
    assert (again.code, outcomes(again)) == (0, {DRIVEWAY: "already", CABIN: "changed"})


def test_who_is_offline_is_asked_anew_before_several_are_updated(run: Run, fleet: Fleet) -> None:
    assert run("emporia", "devices", "list").code == 0
    fleet.set(CARPORT, connected=False)
    done = run(*SET, WALLBOX, CARPORT, "--amps", "10", "-o", "json")
    assert outcomes(done) == {WALLBOX: "changed", CARPORT: "offline"}
    assert [one["manufacturer_device_id"] for one in _sent(fleet)] == [fleet.id(WALLBOX)]


def test_the_last_calls_of_the_budget_are_for_the_change(run: Run, fleet: Fleet) -> None:
    assert run("emporia", "devices", "list").code == 0
    used = len(fleet.calls())
    spent = {"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": str(used + 2)}
    done = run(*SET, WALLBOX, CARPORT, "--amps", "10", "-o", "json", more=spent)
    assert (done.code, outcomes(done)) == (0, {WALLBOX: "changed", CARPORT: "changed"}), done.err
    assert fleet.calls()[used:] == ["ListEVChargers", "UpdateEVChargers"]


def test_an_outlet_is_no_charger(run: Run, fleet: Fleet) -> None:
    done = run(*SET, OFFICE, "--amps", "10", "-o", "json")
    assert (done.code, done.json["outcome"]) == (2, "rejected")
    assert "model Outlet, not EVCharger" in done.error["message"]
    assert not fleet.calls("UpdateEVChargers")


def test_the_dry_run_says_from_and_to(run: Run, fleet: Fleet) -> None:
    done = run(*SET, WALLBOX, "--amps", "10", "--dry-run", "-o", "table")
    assert done.code == 0
    assert "charge_rate_amps 30 -> 10" in done.out
    assert f"set charger {fleet.id(WALLBOX)} (Wallbox) to 10 A" in " ".join(done.out.split())
    too_much = run(*SET, WALLBOX, "--amps", "41", "--dry-run", "-o", "json")
    assert (too_much.json["outcome"], too_much.json["request"]) == ("rejected", None)
    held = run(*SET, WALLBOX, "--amps", "10", "--for", "2h", "--dry-run", "-o", "json")
    assert (held.code, held.json["changes"][0]["after"]) == (0, 10)
    assert not fleet.calls("UpdateEVChargers")


def test_every_change_is_in_the_journal(run: Run, fleet: Fleet) -> None:
    assert run(*SET, WALLBOX, CARPORT, "--amps", "16").code == 0
    entries = journal(run)
    assert [(one["target"], one["outcome"]) for one in entries] == [
        (fleet.id(WALLBOX), "changed"),
        (fleet.id(CARPORT), "changed"),
    ]
    shown = run("journal", "show", str(entries[0]["id"]), "-o", "json").json
    planned = next(event for event in shown["events"] if event["kind"] == "planned")
    assert planned["changes"] == [{"field": "charge_rate_amps", "before": 30, "after": 16}]
    assert [event["kind"] for event in shown["events"]] == ["planned", "sending", "result"]


def test_wait_reads_back(run: Run, fleet: Fleet) -> None:
    done = run(*SET, WALLBOX, "--amps", "10", "--wait", "-o", "json")
    assert (done.code, done.json["message"]) == (0, "Read back: it is as asked.")
    assert fleet.calls()[-3:] == ["ListEVChargers", "UpdateEVChargers", "ListEVChargers"]


def test_wait_until_the_car_is_as_asked(run: Run, fleet: Fleet) -> None:
    idle = run("emporia", "chargers", "off", CARPORT, "--wait", "--until", "idle", "-o", "json")
    assert (idle.code, idle.json["outcome"]) == (0, "changed")
    # The sandbox's clock stands still, so a car that was idle does not begin to charge.
    done = run("emporia", "chargers", "on", WALLBOX, "--wait=0", "--until", "charging", "-o", "json")
    assert (done.code, done.json["outcome"], done.error["code"]) == (8, "changed", "not_there_yet")
    assert done.json["undo"].endswith("--off")
    assert "car" in done.json["message"]
    assert journal(run)[-1]["outcome"] == "changed"


def test_until_counts_for_what_was_so_before(run: Run, fleet: Fleet) -> None:
    charging = run("emporia", "chargers", "on", DRIVEWAY, "--wait=0", "--until", "charging", "-o", "json")
    assert (charging.code, charging.json["outcome"]) == (0, "already")
    garage = fleet.id("Garage", "EVCharger")  # on, without a car
    done = run("emporia", "chargers", "on", garage, DRIVEWAY, "--wait=0", "--until", "charging", "-o", "json")
    assert [row["outcome"] for row in done.json] == ["already", "already"]
    assert (done.code, done.error["details"]) == (12, {"not_there_yet": 1})
    assert not fleet.calls("UpdateEVChargers")


def test_until_sees_the_car_that_is_plugged_out(env: dict[str, str], sandbox: Sandbox, fleet: Fleet) -> None:
    words = ("emporia", "chargers", "on", DRIVEWAY, "--wait=60", "--until", "idle", "-o", "json")
    process = start(
        *words, env={**env, **sandbox.env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    ends_at = time.monotonic() + 60
    while len(fleet.calls("ListEVChargers")) < 2 and time.monotonic() < ends_at:
        time.sleep(0.02)
    fleet.set(DRIVEWAY, car_connected=False)
    out, _err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert '"outcome": "already"' in out


def test_a_charger_whose_settings_are_not_listed_is_not_written_to(
    session: Session, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(session)
    session.options.output = "json"
    control = Control(client, KIND, Inventory.load(client))
    monkeypatch.setattr(client, "listed", lambda *_: [])
    (write,) = control.plan([fleet.id(WALLBOX)], {"charge_rate_amps": 99}, "set {} to 99 A")
    client.rpc.close()
    assert write.settled is not None
    assert write.settled.outcome == "rejected"
    assert "cannot be checked" in str(write.settled.message)
