"""The generated messages: their numbers on the wire, and that they belong to the .proto."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.providers.emporia.wire import regenerate

PROTO = Path(regenerate.__file__).parents[4] / "protos" / "partner_api2.proto"

FIELDS = {
    "AuthenticationRequest": "partner_email 1 string, password 2 string",
    "AuthenticationResponse": "auth_token 1 string",
    "DeviceInventoryRequest": "auth_token 1 string, customer_emails 2 string*",
    "DeviceInventoryResponse": "devices 1 Device*",
    "DeviceInventoryResponse.Device": "manufacturer_device_id 1 string, model 2 DeviceModel, firmware 3 string, "
    "solar 4 bool, latitude 5 double, longitude 6 double, device_name 7 string, timezone 8 string, "
    "channel_names 9 string*, device_connected 10 bool, customers 12 CustomerInfo*, circuit_infos 13 CircuitInfo*",
    "DeviceInventoryResponse.Device.CircuitInfo": "channel_number 1 uint32, type 2 CircuitType, "
    "energy_direction 3 EnergyDirection, sub_type 4 string, name 5 string",
    "DeviceInventoryResponse.Device.CustomerInfo": "first_name 1 string, last_name 2 string, email 3 string",
    "DeviceUsageRequest": "auth_token 1 string, start_epoch_seconds 2 uint64, end_epoch_seconds 3 uint64, "
    "scale 4 DataResolution, channels 5 UsageChannel, manufacturer_device_ids 6 string*",
    "DeviceUsageResponse": "device_usages 1 DeviceUsage*",
    "DeviceUsageResponse.DeviceUsage": "manufacturer_device_id 1 string, scale 2 DataResolution, "
    "bucket_epoch_seconds 3 uint64*, channel_usages 4 ChannelUsageData*",
    "DeviceUsageResponse.DeviceUsage.ChannelUsageData": "channel 1 uint32, usages 2 double*",
    "ListDevicesRequest": "auth_token 1 string, manufacturer_device_ids 2 string*",
    "UtilityConnectsResponse": "utility_connects 1 UtilityConnect*",
    "UtilityConnect": "manufacturer_device_id 1 string, zigbee_mac 12 string",
    "OutletsResponse": "outlets 1 OutletSettings*",
    "OutletSettings": "manufacturer_device_id 1 string, on 2 bool",
    "UpdateOutletsRequest": "auth_token 1 string, outlets 2 OutletSettings*",
    "EVChargersResponse": "evchargers 1 EVCharger*",
    "EVCharger": "car_connected 1 bool, car_charging 2 bool, max_charge_rate_amps 3 uint32, "
    "settings 10 EVChargerSettings",
    "EVChargerSettings": "manufacturer_device_id 1 string, on 2 BoolValue, charge_rate_amps 3 UInt32Value",
    "UpdateEVChargersRequest": "auth_token 1 string, settings 2 EVChargerSettings*",
    "BatteriesResponse": "batteries 1 Battery*",
    "Battery": "capacity_kwhs 1 double, inverter_max_power_kwatts 2 double, soc_percentage 3 DoubleValue, "
    "settings 10 BatterySettings",
    "BatterySettings": "manufacturer_device_id 1 string, reserve_soc_percentage 2 DoubleValue, "
    "load_following 10 LoadFollowing, charge_with_excess_solar 11 ChargeWithExcessSolar, "
    "charge_to_state_of_charge 12 ChargeToStateOfCharge, "
    "discharge_to_state_of_charge 13 DischargeToStateOfCharge, idle 14 Idle",
    "BatterySettings.LoadFollowing": "power_kwatts 1 DoubleValue",
    "BatterySettings.ChargeWithExcessSolar": "charge_power_kwatts 1 DoubleValue",
    "BatterySettings.ChargeToStateOfCharge": "soc_percentage 1 DoubleValue, charge_power_kwatts 2 DoubleValue",
    "BatterySettings.DischargeToStateOfCharge": "soc_percentage 1 DoubleValue, "
    "discharge_power_kwatts 2 DoubleValue",
    "BatterySettings.Idle": "",
    "UpdateBatteriesRequest": "auth_token 1 string, settings 2 BatterySettings*",
}
ENUMS = {
    "DataResolution": "Minutes 0, FifteenMinutes 1, Hours 2, Days 3, Weeks 4, Months 5, Years 6",
    "UsageChannel": "MAINS 0, ALL 1",
    "DeviceModel": "UNKNOWN 0, Vue2 1, UtilityConnect 2, Outlet 3, EVCharger 4, Battery 5, Vue1 6, Vue3 7",
    "CircuitType": "UNKNOWN_TYPE 0, Vue_200A_Main 1, Vue_50A_Expansion 2, Main 3, Battery 4",
    "EnergyDirection": "UNKNOWN_DIRECTION 0, Consumption 1, Generation 2, Bidirectional 3",
}
METHODS = (
    "Authenticate AuthenticationRequest AuthenticationResponse, GetDevices DeviceInventoryRequest "
    "DeviceInventoryResponse, GetUsageData DeviceUsageRequest DeviceUsageResponse, ListUtilityConnects "
    "ListDevicesRequest UtilityConnectsResponse, ListOutlets ListDevicesRequest OutletsResponse, UpdateOutlets "
    "UpdateOutletsRequest OutletsResponse, ListEVChargers ListDevicesRequest EVChargersResponse, UpdateEVChargers "
    "UpdateEVChargersRequest EVChargersResponse, ListBatteries ListDevicesRequest BatteriesResponse, "
    "UpdateBatteries UpdateBatteriesRequest BatteriesResponse"
)
_TYPES = {
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_UINT64: "uint64",
}


def written(field: FieldDescriptor) -> str:
    if field.message_type is not None:
        kind = field.message_type.name
    elif field.enum_type is not None:
        kind = field.enum_type.name
    else:
        kind = _TYPES[field.type]
    return f"{field.name} {field.number} {kind}{'*' if field.is_repeated else ''}"


def messages(within: Descriptor | None = None) -> list[Descriptor]:
    inner = pb.DESCRIPTOR.message_types_by_name.values() if within is None else within.nested_types
    return [found for each in inner for found in (each, *messages(each))]


def test_every_field_has_its_number_and_type() -> None:
    package = pb.DESCRIPTOR.package
    assert package == "emporiaenergy.partner_api_2"
    found = {
        each.full_name.removeprefix(f"{package}."): ", ".join(
            written(field) for field in sorted(each.fields, key=lambda field: field.number)
        )
        for each in messages()
    }
    assert found == FIELDS


def test_every_enum_value_has_its_number() -> None:
    enums = [
        *pb.DESCRIPTOR.enum_types_by_name.values(),
        *(enum for each in messages() for enum in each.enum_types),
    ]
    assert {
        enum.name: ", ".join(f"{value.name} {value.number}" for value in enum.values) for enum in enums
    } == ENUMS


def test_the_service_has_ten_unary_methods() -> None:
    service = pb.DESCRIPTOR.services_by_name["PartnerApi"]
    found = [f"{each.name} {each.input_type.name} {each.output_type.name}" for each in service.methods]
    assert ", ".join(found) == METHODS
    assert not any(each.client_streaming or each.server_streaming for each in service.methods)


def test_the_modes_exclude_each_other_and_an_old_field_is_marked() -> None:
    settings = pb.BatterySettings()
    settings.idle.SetInParent()
    settings.load_following.power_kwatts.value = 2
    assert settings.WhichOneof("dispatch_mode") == "load_following"
    assert (
        pb.DeviceInventoryResponse.Device.DESCRIPTOR.fields_by_name["channel_names"].GetOptions().deprecated
    )


def test_what_is_not_known_yet_survives_reading_and_writing() -> None:
    raw = bytes((0x0A, 0x02)) + b"A2" + bytes((0x10, 0x63)) + bytes((0x9A, 0x06, 0x01)) + b"x"
    device = pb.DeviceInventoryResponse.Device.FromString(raw)
    assert (device.manufacturer_device_id, device.model) == ("A2", 99)
    assert device.SerializeToString() == raw


def test_the_code_belongs_to_the_proto(capsys: pytest.CaptureFixture[str]) -> None:
    assert regenerate.main(["--check"]) == 0
    assert "agree" in capsys.readouterr().out


def test_a_changed_proto_and_changed_code_are_noticed(tmp_path: Path) -> None:
    altered = tmp_path / "partner_api2.proto"
    altered.write_text(PROTO.read_text().replace("bool on = 2;", "bool on = 3;"))
    assert [Path(line.split(" is ")[0]) for line in regenerate.differences(altered)] == [altered]
    place = tmp_path / "wire"
    place.mkdir()
    for file in Path(regenerate.__file__).parent.glob("*"):
        if file.is_file():
            (place / file.name).write_bytes(file.read_bytes())
    assert regenerate.differences(PROTO, place) == []
    (place / "partner_api2_pb2.py").write_text("# altered\n")
    (place / "partner_api2_pb2.pyi").unlink()
    assert len(regenerate.differences(PROTO, place)) == 2


def test_the_messages_need_no_grpc_and_the_package_needs_neither() -> None:
    program = (
        "import sys\n"
        "import energyctl.providers.emporia.wire\n"
        "assert 'google.protobuf' not in sys.modules\n"
        "from energyctl.providers.emporia.wire import partner_api2_pb2\n"
        "assert 'grpc' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
