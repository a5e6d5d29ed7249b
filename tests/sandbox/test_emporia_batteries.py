"""What updates do to batteries, and how their state of charge moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.sandbox.emporia_partner import Partner


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def as_at_the_beginning(sandbox: Any) -> None:
    sandbox.control("/reset")


def test_a_battery_that_is_offline_has_no_state_of_charge(partner: Partner) -> None:
    online, offline = (partner.ids("Battery", connected=each) for each in (True, False))
    assert all(each.HasField("soc_percentage") for each in partner.listed("ListBatteries", *online))
    (away,) = partner.listed("ListBatteries", *offline)
    assert not away.HasField("soc_percentage")
    assert away.settings.WhichOneof("dispatch_mode") == "load_following"


def test_a_battery_changes_only_what_is_set(partner: Partner) -> None:
    battery = partner.ids("Battery")[0]
    (before,) = partner.listed("ListBatteries", battery)
    (reserved,) = partner.set_battery(battery, reserve=35)
    assert reserved.settings.reserve_soc_percentage.value == 35
    assert reserved.settings.load_following == before.settings.load_following
    (charging,) = partner.set_battery(battery, charge_to_state_of_charge={"soc_percentage": 90})
    assert charging.settings.reserve_soc_percentage.value == 35
    mode = charging.settings.charge_to_state_of_charge
    assert (mode.soc_percentage.value, mode.charge_power_kwatts.value) == (
        90,
        before.inverter_max_power_kwatts,
    )
    (slower,) = partner.set_battery(battery, charge_to_state_of_charge={"charge_power_kwatts": 2})
    mode = slower.settings.charge_to_state_of_charge
    assert (mode.soc_percentage.value, mode.charge_power_kwatts.value) == (90, 2)
    assert partner.set_battery(battery, charge_to_state_of_charge={}) == []
    (idle,) = partner.set_battery(battery, idle={})
    assert idle.settings.WhichOneof("dispatch_mode") == "idle"
    assert partner.set_battery(battery, idle={}) == []


def test_a_battery_refuses_what_makes_no_sense(partner: Partner) -> None:
    battery = partner.ids("Battery")[0]
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "must be set"),
        ({"reserve": 0}, "reserve_soc_percentage 0 is not within 1 to 100"),
        ({"reserve": 100.5}, "100.5 is not within 1 to 100"),
        ({"reserve": float("nan")}, "nan is not within 1 to 100"),
        (
            {"charge_to_state_of_charge": {"soc_percentage": 101}},
            "charge_to_state_of_charge.soc_percentage 101",
        ),
        ({"load_following": {"power_kwatts": -1}}, "load_following.power_kwatts -1 must not be negative"),
        ({"discharge_to_state_of_charge": {"discharge_power_kwatts": float("inf")}}, "must not be negative"),
    ]
    for what, words in cases:
        status, text = partner.refused("UpdateBatteries", partner.battery_request(battery, **what))
        assert (status, words in text) == ("INVALID_ARGUMENT", True), (what, text)


def test_state_of_charge_follows_the_mode_and_keeps_to_its_bounds(sandbox: Any, partner: Partner) -> None:
    battery = partner.ids("Battery")[0]

    def after(seconds: float) -> float:
        sandbox.control("/advance", {"seconds": seconds})
        return float(partner.listed("ListBatteries", battery)[0].soc_percentage.value)

    (first,) = partner.listed("ListBatteries", battery)
    level, capacity = first.soc_percentage.value, first.capacity_kwhs
    partner.set_battery(battery, idle={})
    assert after(7200) == level
    partner.set_battery(battery, charge_to_state_of_charge={"soc_percentage": 95, "charge_power_kwatts": 1})
    assert after(3600) == pytest.approx(level + 100 / capacity, abs=0.11)
    assert after(86_400) == 95
    partner.set_battery(battery, reserve=30, discharge_to_state_of_charge={"soc_percentage": 10})
    assert after(86_400) == 30
    partner.set_battery(battery, charge_with_excess_solar={})
    assert after(86_400) > 30


def test_a_client_that_writes_whole_settings_back_gets_what_it_expects(partner: Partner) -> None:
    charger, battery = partner.ids("EVCharger")[0], partner.ids("Battery")[0]
    (shown,) = partner.listed("ListEVChargers", charger)
    original = pb.EVChargerSettings()
    original.CopyFrom(shown.settings)
    shown.settings.on.value, shown.settings.charge_rate_amps.value = False, 10
    request = pb.UpdateEVChargersRequest(settings=[shown.settings])
    assert len(partner.call("UpdateEVChargers", request).evchargers) == 1
    shown.settings.charge_rate_amps.value = 100
    refused = partner.refused("UpdateEVChargers", pb.UpdateEVChargersRequest(settings=[shown.settings]))
    assert refused[0] == "INVALID_ARGUMENT"
    (back,) = partner.call("UpdateEVChargers", pb.UpdateEVChargersRequest(settings=[original])).evchargers
    assert back.settings == original
    (stored,) = partner.listed("ListBatteries", battery)
    first = pb.BatterySettings()
    first.CopyFrom(stored.settings)
    stored.settings.charge_to_state_of_charge.soc_percentage.value = 90.0
    stored.settings.charge_to_state_of_charge.charge_power_kwatts.value = 3
    request = pb.UpdateBatteriesRequest(settings=[stored.settings])
    assert len(partner.call("UpdateBatteries", request).batteries) == 1
    (again,) = partner.call("UpdateBatteries", pb.UpdateBatteriesRequest(settings=[first])).batteries
    assert again.settings == first
