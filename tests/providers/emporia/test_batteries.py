"""Batteries: reserve and mode, what does not go together, and that only what is named is sent."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from energyctl.core.errors import UsageProblem
from energyctl.core.views import plain
from energyctl.providers.emporia.commands.batteries import KIND, Mode, _wish
from energyctl.providers.emporia.kinds import as_wished
from energyctl.providers.emporia.views import dispatch_mode
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.conftest import Run
from tests.providers.emporia.fleet import (
    CABIN_BATTERY,
    HOUSE_BATTERY,
    SHED_BATTERY,
    WALLBOX,
    Fleet,
    journal,
    outcomes,
)

SET = ("emporia", "batteries", "set")


def test_list_and_show(run: Run, fleet: Fleet) -> None:
    rows = run("emporia", "batteries", "list", "-o", "json").json
    assert {row["device_name"] for row in rows} == {HOUSE_BATTERY, SHED_BATTERY, CABIN_BATTERY}
    cabin = next(row for row in rows if row["device_name"] == CABIN_BATTERY)
    assert (cabin["soc_percentage"], cabin["device_connected"]) == (None, False)
    house = run("emporia", "batteries", "show", HOUSE_BATTERY, "-o", "json").json
    assert house["settings"] == {
        "manufacturer_device_id": fleet.id(HOUSE_BATTERY),
        "reserve_soc_percentage": 20.0,
        "load_following": {"power_kwatts": 7.6},
    }
    table = run("emporia", "batteries", "list", "-o", "table").out
    assert "load-following, 7.6 kW" in table


@pytest.mark.parametrize(
    ("words", "sent", "undo"),
    [
        (("--reserve", "35"), {"reserve_soc_percentage": 35.0}, "--reserve 20"),
        (("--mode", "idle"), {"idle": {}}, "--mode load-following --power 7.6"),
        (
            ("--mode", "charge-to", "--soc", "80", "--power", "3.5"),
            {"charge_to_state_of_charge": {"soc_percentage": 80.0, "charge_power_kwatts": 3.5}},
            "--mode load-following --power 7.6",
        ),
        (
            ("--mode", "Discharge-To", "--soc", "30"),
            {"discharge_to_state_of_charge": {"soc_percentage": 30.0}},
            "--mode load-following --power 7.6",
        ),
        (
            ("--mode", "excess-solar", "--power", "7.6", "--reserve", "1"),
            {"reserve_soc_percentage": 1.0, "charge_with_excess_solar": {"charge_power_kwatts": 7.6}},
            "--reserve 20 --mode load-following --power 7.6",
        ),
        (
            ("--mode", "load-following", "--power", "2"),
            {"load_following": {"power_kwatts": 2.0}},
            "--mode load-following --power 7.6",
        ),
    ],
)
def test_only_what_is_named_is_sent(
    run: Run, fleet: Fleet, words: tuple[str, ...], sent: dict[str, Any], undo: str
) -> None:
    house = fleet.id(HOUSE_BATTERY)
    done = run(*SET, HOUSE_BATTERY, *words, "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    ((settings,),) = (request["settings"] for request in fleet.calls("UpdateBatteries"))
    assert settings == {"manufacturer_device_id": house, **sent}
    assert done.json["undo"] == f"energyctl emporia batteries set {house} {undo}"
    assert run(*shlex.split(done.json["undo"])[1:]).code == 0
    assert Fleet(fleet.sandbox).devices == fleet.devices


@pytest.mark.parametrize(
    ("reserve", "mode", "power", "soc", "said"),
    [
        (None, None, None, None, "Nothing to set"),
        (0.5, None, None, None, "between 1 and 100"),
        (101, None, None, None, "between 1 and 100"),
        (float("nan"), None, None, None, "between 1 and 100"),
        (None, None, 3, None, "belong to a mode"),
        (None, None, None, 50, "belong to a mode"),
        (None, Mode.charge_to, None, None, "needs a level"),
        (None, Mode.discharge_to, 1, None, "needs a level"),
        (None, Mode.charge_to, None, 0, "between 1 and 100"),
        (None, Mode.idle, 1, None, "means nothing"),
        (None, Mode.load_following, None, 50, "means nothing"),
        (None, Mode.load_following, 0, None, "not a positive power"),
        (None, Mode.excess_solar, -2, None, "not a positive power"),
        (None, Mode.load_following, float("inf"), None, "not a positive power"),
        (40, Mode.charge_to, None, 30, "below --reserve"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    reserve: float | None, mode: Mode | None, power: float | None, soc: float | None, said: str
) -> None:
    with pytest.raises(UsageProblem, match=said):
        _wish(reserve, mode, power, soc)


@pytest.mark.parametrize("words", [("--reserve", "0.5"), ("--mode", "sleep"), ("--reserve", "much")])
def test_a_usage_error_costs_no_call(run: Run, fleet: Fleet, words: tuple[str, ...]) -> None:
    done = run(*SET, HOUSE_BATTERY, *words, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "usage")
    assert words[1] in done.error["message"]
    assert fleet.calls() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--mode", "load-following", "--power", "7.7"), "more than its inverter can: 7.6 kW"),
        (("--mode", "discharge-to", "--soc", "19"), "below its reserve of 20 %"),
    ],
)
def test_what_this_battery_cannot_do(run: Run, fleet: Fleet, words: tuple[str, ...], said: str) -> None:
    done = run(*SET, HOUSE_BATTERY, *words, "-o", "json")
    assert (done.code, done.json["outcome"]) == (2, "rejected")
    assert said in done.error["message"]
    assert not fleet.calls("UpdateBatteries")


def test_a_new_reserve_is_what_a_level_is_held_against(run: Run, fleet: Fleet) -> None:
    words = ("--mode", "discharge-to", "--soc", "15", "--reserve", "10")
    assert run(*SET, HOUSE_BATTERY, *words).code == 0
    house = fleet.now(HOUSE_BATTERY)
    assert (house["mode"], house["reserve"]) == ("discharge_to_state_of_charge", 10)


def test_all_batteries(run: Run, fleet: Fleet) -> None:
    done = run(*SET, "--all", WALLBOX, "--reserve", "20", "-o", "json")
    assert done.code == 2
    done = run(*SET, "--all", "--reserve", "20", "-o", "json")
    assert outcomes(done) == {HOUSE_BATTERY: "already", SHED_BATTERY: "changed", CABIN_BATTERY: "offline"}
    assert (done.code, done.error["details"]) == (12, {"offline": 1})
    again = run(*SET, SHED_BATTERY, HOUSE_BATTERY, "--reserve", "20", "--wait", "-o", "json")
    assert (again.code, set(outcomes(again).values())) == (0, {"already"})
    assert [(one["target"], one["outcome"]) for one in journal(run)] == [
        (fleet.id(SHED_BATTERY), "changed"),
    ]


def test_the_dry_run_says_from_and_to(run: Run, fleet: Fleet) -> None:
    done = run(*SET, HOUSE_BATTERY, "--reserve", "35", "--mode", "idle", "--dry-run", "-o", "json")
    battery = f"battery {fleet.id(HOUSE_BATTERY)} ({HOUSE_BATTERY})"
    assert done.json["effect"] == f"set {battery} to idle with a reserve of 35 %"
    reserve, mode = done.json["changes"]
    assert reserve == {"field": "reserve_soc_percentage", "before": 20.0, "after": 35.0}
    assert mode == {"field": "mode", "before": "load-following, 7.6 kW", "after": "idle"}
    assert done.json["request"]["body"]["idle"] == {}
    same = run(*SET, HOUSE_BATTERY, "--mode", "load-following", "--power", "2", "--dry-run", "-o", "table")
    assert "mode load-following, 7.6 kW -> load-following, 2 kW" in same.out
    assert not fleet.calls("UpdateBatteries")


def test_wait_reads_back(run: Run, fleet: Fleet) -> None:
    done = run(*SET, HOUSE_BATTERY, "--mode", "idle", "--wait", "-o", "json")
    assert (done.code, done.json["message"]) == (0, "Read back: it is as asked.")
    assert fleet.now(HOUSE_BATTERY)["mode"] == "idle"


def test_a_mode_in_words() -> None:
    assert dispatch_mode({"idle": {}}) == "idle"
    assert dispatch_mode(
        {"charge_to_state_of_charge": {"soc_percentage": 80.0, "charge_power_kwatts": 3.5}}
    ) == ("charge-to 80 %, 3.5 kW")
    assert dispatch_mode(
        {"discharge_to_state_of_charge": {"soc_percentage": 12.5, "discharge_power_kwatts": None}}
    ) == ("discharge-to 12.5 %")
    assert dispatch_mode({}) == dispatch_mode(None) == plain(None) == ""


def test_the_message_of_a_mode_without_values_still_names_the_mode() -> None:
    message = KIND.message("B1", {"load_following": {}})
    assert message.WhichOneof("dispatch_mode") == "load_following"
    assert not message.HasField("reserve_soc_percentage")
    assert pb.BatterySettings.FromString(message.SerializeToString()) == message


@pytest.mark.parametrize(
    ("former", "wish", "options"),
    [
        (
            {
                "reserve_soc_percentage": 33.3333333,
                "charge_to_state_of_charge": {"soc_percentage": 80.0, "charge_power_kwatts": 3.14159265},
            },
            {"reserve_soc_percentage": 20.0, "idle": {}},
            "--reserve 33.3333333 --mode charge-to --power 3.14159265 --soc 80",
        ),
        (
            {"reserve_soc_percentage": None, "idle": {}},
            {"reserve_soc_percentage": 20.0, "load_following": {}},
            None,
        ),
        ({"charge_to_state_of_charge": {"soc_percentage": None}}, {"idle": {}}, None),
        ({"load_following": {"power_kwatts": None}}, {"load_following": {"power_kwatts": 2.0}}, None),
        ({"load_following": {"power_kwatts": None}}, {"idle": {}}, "--mode load-following"),
        ({}, {"idle": {}}, None),
        # what batteries set would refuse
        ({"load_following": {"power_kwatts": 0.0}}, {"idle": {}}, None),
        ({"reserve_soc_percentage": float("nan")}, {"reserve_soc_percentage": 20.0}, None),
    ],
)
def test_the_command_back_is_exact_and_whole_or_none(
    former: dict[str, Any], wish: dict[str, Any], options: str | None
) -> None:
    assert KIND.undo("B1", former, wish) == (f"batteries set B1 {options}" if options else None)


def test_when_settings_are_as_wished() -> None:
    settings = {"reserve_soc_percentage": 20.0, "load_following": {"power_kwatts": 7.6}}
    assert as_wished(settings, {"reserve_soc_percentage": 20})
    assert as_wished(settings, {"load_following": {}})
    assert as_wished(settings, {"load_following": {"power_kwatts": 7.6}})
    assert not as_wished(settings, {"load_following": {"power_kwatts": 7.5}})
    assert not as_wished(settings, {"idle": {}})
    assert not as_wished({}, {"on": False})
