"""Messages as data: every field is there, also what is false or 0, and enum numbers that are not known yet."""

from __future__ import annotations

import json

from energyctl.core.messages import as_dict
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb

Device = pb.DeviceInventoryResponse.Device


def test_an_empty_message_has_every_field() -> None:
    assert as_dict(Device()) == {
        "manufacturer_device_id": "",
        "model": "UNKNOWN",
        "firmware": "",
        "solar": False,
        "latitude": 0.0,
        "longitude": 0.0,
        "device_name": "",
        "timezone": "",
        "channel_names": [],
        "device_connected": False,
        "customers": [],
        "circuit_infos": [],
    }


def test_enums_by_name_and_unknown_ones_by_number() -> None:
    device = Device(model=Device.Vue3)
    device.circuit_infos.add(type=Device.CircuitInfo.Battery, energy_direction=3)
    shown = as_dict(device)
    assert (shown["model"], shown["circuit_infos"][0]["type"]) == ("Vue3", "Battery")
    assert shown["circuit_infos"][0]["energy_direction"] == "Bidirectional"
    later = Device.FromString(b"\x10\x63")  # field 2, the model: 99
    assert as_dict(later)["model"] == 99
    negative = Device()
    negative.model = -1
    assert as_dict(negative)["model"] == -1


def test_wrappers_are_null_when_not_set_and_0_when_0() -> None:
    settings = pb.EVChargerSettings(manufacturer_device_id="E1")
    assert as_dict(settings) == {"manufacturer_device_id": "E1", "on": None, "charge_rate_amps": None}
    settings.on.value = False
    settings.charge_rate_amps.value = 0
    assert as_dict(settings) == {"manufacturer_device_id": "E1", "on": False, "charge_rate_amps": 0}


def test_a_message_that_is_not_set_is_null() -> None:
    assert as_dict(pb.EVCharger())["settings"] is None
    assert as_dict(pb.Battery())["soc_percentage"] is None
    assert as_dict(pb.EVCharger(settings={}))["settings"]["manufacturer_device_id"] == ""


def test_of_a_oneof_the_member_that_is_set_is_there() -> None:
    assert as_dict(pb.BatterySettings()) == {"manufacturer_device_id": "", "reserve_soc_percentage": None}
    idle = pb.BatterySettings(idle={})
    assert as_dict(idle)["idle"] == {}
    charging = pb.BatterySettings(charge_to_state_of_charge={"soc_percentage": {"value": 80.0}})
    assert as_dict(charging)["charge_to_state_of_charge"] == {
        "soc_percentage": 80.0,
        "charge_power_kwatts": None,
    }
    assert "load_following" not in as_dict(charging)


def test_large_numbers_and_text_survive_json() -> None:
    usage = pb.DeviceUsageRequest(
        start_epoch_seconds=2**64 - 1, manufacturer_device_ids=["Zählerschrank \x1b[31m"]
    )
    shown = json.loads(json.dumps(as_dict(usage)))
    assert shown["start_epoch_seconds"] == 2**64 - 1
    assert shown["manufacturer_device_ids"] == ["Zählerschrank \x1b[31m"]


def test_repeated_numbers_are_a_list() -> None:
    answer = pb.DeviceUsageResponse()
    usage = answer.device_usages.add(manufacturer_device_id="A", scale=pb.Hours, bucket_epoch_seconds=[1, 2])
    usage.channel_usages.add(channel=1, usages=[0.0, -1.5])
    assert as_dict(answer) == {
        "device_usages": [
            {
                "manufacturer_device_id": "A",
                "scale": "Hours",
                "bucket_epoch_seconds": [1, 2],
                "channel_usages": [{"channel": 1, "usages": [0.0, -1.5]}],
            }
        ]
    }
