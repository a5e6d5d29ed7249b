"""Login, inventory, and what updates do to outlets, chargers and batteries."""

from __future__ import annotations

import ssl
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox import control
from tests.sandbox.emporia_partner import DEADLINE_S, Device, Partner


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def as_at_the_beginning(sandbox: Any) -> None:
    sandbox.control("/reset")


def test_the_facts_name_all_that_a_client_needs(sandbox: Any) -> None:
    facts = sandbox.facts
    authority, password = sandbox.directory / "ca.pem", sandbox.directory / "emporia-password"
    assert facts["ca_file"] == facts["env"]["ENERGYCTL_SANDBOX_CA_FILE"] == str(authority)
    assert facts["env"]["ENERGYCTL_SANDBOX_EMPORIA_TARGET"] == facts["urls"]["emporia_target"]
    assert password.read_text().strip() == facts["credentials"]["emporia"]["password"]
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert f"file:{password}" in Path(facts["config_file"]).read_text()


def test_the_certificate_holds_for_localhost_and_the_address(sandbox: Any) -> None:
    port = int(sandbox.facts["urls"]["emporia_target"].rpartition(":")[2])
    context = ssl.create_default_context(cafile=sandbox.facts["ca_file"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["h2"])
    import socket

    for name in ("localhost", "127.0.0.1"):
        with (
            socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as plain,
            context.wrap_socket(plain, server_hostname=name) as wrapped,
        ):
            assert wrapped.selected_alpn_protocol() == "h2"


def test_a_client_that_trusts_other_authorities_gets_nowhere(sandbox: Any) -> None:
    with grpc.secure_channel(
        sandbox.facts["urls"]["emporia_target"], grpc.ssl_channel_credentials()
    ) as channel:
        call = channel.unary_unary("/emporiaenergy.partner_api_2.PartnerApi/Authenticate")
        with pytest.raises(grpc.RpcError) as caught:
            call(b"", timeout=DEADLINE_S)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(("email", "password"), [("", None), ("somebody@example.com", None), (None, "wrong")])
def test_a_wrong_login_is_refused(
    sandbox: Any, partner: Partner, email: str | None, password: str | None
) -> None:
    right = sandbox.facts["credentials"]["emporia"]
    request = pb.AuthenticationRequest(
        partner_email=right["email"] if email is None else email,
        password=right["password"] if password is None else password,
    )
    with pytest.raises(grpc.RpcError) as caught:
        partner.stub.Authenticate(request, timeout=DEADLINE_S)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


METHODS = [method.name for method in pb.DESCRIPTOR.services_by_name["PartnerApi"].methods]


def test_there_are_ten_methods() -> None:
    assert len(METHODS) == 10


@pytest.mark.parametrize("method", METHODS[1:])
def test_every_method_checks_the_token(partner: Partner, method: str) -> None:
    kind = pb.DESCRIPTOR.services_by_name["PartnerApi"].methods_by_name[method].input_type.name
    for token, word in (("", "missing"), ("nonsense", "invalid")):
        with pytest.raises(grpc.RpcError) as caught:
            getattr(partner.stub, method)(getattr(pb, kind)(auth_token=token), timeout=DEADLINE_S)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert word in caught.value.details()


def test_tokens_end_when_told_and_a_new_login_helps(sandbox: Any, partner: Partner) -> None:
    assert partner.devices()
    assert sandbox.control("/emporia/tokens/expire")["expired"] >= 1
    status, text = partner.refused("GetDevices", pb.DeviceInventoryRequest())
    assert (status, text) == ("UNAUTHENTICATED", "The auth token has expired.")
    partner.login()
    assert partner.devices()


def test_tokens_live_as_long_as_the_option_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from energyctl.sandbox.emporia import accounts

    clock = [1000.0]
    monkeypatch.setattr(accounts.time, "monotonic", lambda: clock[0])
    account = accounts.Account(token_ttl_s=60)
    token = account.login(account.email.upper(), account.password)
    assert token is not None
    clock[0] += 59.9
    assert account.refusal(token) is None
    clock[0] += 0.1
    assert account.refusal(token) == "The auth token has expired."


def test_the_fleet_has_every_kind_online_and_offline_and_the_awkward_cases(partner: Partner) -> None:
    devices = partner.devices()
    assert len(devices) == len({device.manufacturer_device_id for device in devices}) == 24
    models = Counter(Device.DeviceModel.Name(device.model) for device in devices)
    assert set(models) == {"Vue1", "Vue2", "Vue3", "UtilityConnect", "Outlet", "EVCharger", "Battery"}
    offline = {Device.DeviceModel.Name(each.model) for each in devices if not each.device_connected}
    assert {"Vue2", "UtilityConnect", "Outlet", "EVCharger", "Battery"} <= offline < set(models)
    zones = {device.timezone for device in devices}
    assert zones == {
        "America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC",
    }  # fmt: skip
    assert Counter(device.device_name for device in devices)["Garage"] == 3
    assert {len(device.customers) for device in devices} == {1, 2, 3}
    assert any(not customer.email for device in devices for customer in device.customers)
    assert any(device.solar for device in devices)


def test_circuits_are_numbered_and_typed_as_the_contract_says(partner: Partner) -> None:
    circuit = Device.CircuitInfo
    for device in partner.devices():
        numbers = [each.channel_number for each in device.circuit_infos]
        expected = {Device.Vue1: 11, Device.Vue2: 19, Device.Vue3: 19}.get(device.model, 1)
        assert numbers == list(range(1, expected + 1))
        if expected > 1:
            assert {each.type for each in device.circuit_infos[:3]} == {circuit.Vue_200A_Main}
            assert {each.type for each in device.circuit_infos[3:]} == {circuit.Vue_50A_Expansion}
    solar = [each for each in partner.named("Main panel").circuit_infos if each.sub_type == "Solar"]
    assert [each.energy_direction for each in solar] == [circuit.Generation]


def test_devices_of_customers_are_found_by_email_in_any_capitals(partner: Partner) -> None:
    panel = partner.named("Main panel")
    email = panel.customers[0].email
    found = partner.devices(email.upper(), "nobody@example.com")
    assert {device.device_name for device in found} >= {"Main panel", "Cabin meter"}
    assert all(email in [each.email for each in device.customers] for device in found)
    assert len(found) == sum(
        email in [each.email for each in device.customers] for device in partner.devices()
    )
    assert partner.devices("nobody@example.com") == []
    assert partner.devices("") == []


@pytest.mark.parametrize("method", ["ListUtilityConnects", "ListOutlets", "ListEVChargers", "ListBatteries"])
def test_lists_name_only_known_devices_of_their_kind(partner: Partner, method: str) -> None:
    everything = [device.manufacturer_device_id for device in partner.devices()]
    model = {
        "ListUtilityConnects": "UtilityConnect",
        "ListOutlets": "Outlet",
        "ListEVChargers": "EVCharger",
    }.get(method, "Battery")
    found = partner.listed(method, "nonsense", "", *everything, *everything)
    ids = [getattr(each, "settings", each).manufacturer_device_id for each in found]
    assert ids == partner.ids(model, connected=None)
    assert partner.listed(method) == []


def test_a_utility_connect_has_a_radio_address(partner: Partner) -> None:
    found = partner.listed("ListUtilityConnects", *partner.ids("UtilityConnect", connected=None))
    assert all(len(bytes.fromhex(each.zigbee_mac)) == 8 for each in found)
    assert len({each.zigbee_mac for each in found}) == len(found)


def test_only_outlets_that_change_are_in_the_answer(partner: Partner) -> None:
    ids = partner.ids("Outlet")
    (offline,) = partner.ids("Outlet", connected=False)
    before = {each.manufacturer_device_id: each.on for each in partner.listed("ListOutlets", *ids)}
    assert set(before.values()) == {True, False}
    asked = [(each, False) for each in [*ids, offline, "nonsense", *partner.ids("Battery")]]
    changed = partner.outlets(*asked)
    assert {each.manufacturer_device_id for each in changed} == {each for each, on in before.items() if on}
    assert not any(each.on for each in changed)
    assert partner.outlets(*asked) == []
    assert not any(each.on for each in partner.listed("ListOutlets", *ids))
    assert partner.listed("ListOutlets", offline)[0].on
    assert partner.outlets() == []


def test_the_same_outlet_named_twice_is_in_the_answer_once_as_it_ended(partner: Partner) -> None:
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    (changed,) = partner.outlets((outlet, False), (outlet, True))
    assert changed.on


def test_a_charger_changes_only_what_is_set(partner: Partner) -> None:
    charger = partner.named("Driveway charger").manufacturer_device_id
    (before,) = partner.listed("ListEVChargers", charger)
    assert before.settings.on.value
    assert before.car_charging
    (changed,) = partner.set_charger(charger, charge_rate_amps=10)
    assert (changed.settings.on.value, changed.settings.charge_rate_amps.value) == (True, 10)
    assert partner.set_charger(charger, charge_rate_amps=10) == []
    (off,) = partner.set_charger(charger, on=False)
    assert off.settings.HasField("on")
    assert (off.settings.on.value, off.settings.charge_rate_amps.value, off.car_charging) == (
        False,
        10,
        False,
    )


def test_charging_begins_a_while_after_switching_on(sandbox: Any, partner: Partner) -> None:
    charger = partner.named("Wallbox").manufacturer_device_id
    (on,) = partner.set_charger(charger, on=True)
    assert (on.car_connected, on.car_charging) == (True, False)
    sandbox.control("/advance", {"seconds": 130})
    assert partner.listed("ListEVChargers", charger)[0].car_charging
    sandbox.control(f"/emporia/devices/{charger}", {"car_connected": False})
    (gone,) = partner.listed("ListEVChargers", charger)
    assert (gone.car_connected, gone.car_charging, gone.settings.on.value) == (False, False, True)


def test_a_charger_refuses_what_it_cannot_do_and_then_nothing_happens(partner: Partner) -> None:
    charger = partner.named("Driveway charger").manufacturer_device_id
    (before,) = partner.listed("ListEVChargers", charger)
    most = before.max_charge_rate_amps
    assert most in {32, 40, 48}
    for amps in (0, 5, most + 1):
        status, text = partner.refused(
            "UpdateEVChargers", partner.charger_request(charger, charge_rate_amps=amps)
        )
        assert status == "INVALID_ARGUMENT"
        assert f"charge_rate_amps {amps} is not within 6 to {most}" in text
    status, text = partner.refused("UpdateEVChargers", partner.charger_request(charger))
    assert (status, "at least one of" in text) == ("INVALID_ARGUMENT", True)
    both = partner.charger_request(charger, on=False)
    both.settings.append(partner.charger_request(charger, charge_rate_amps=5).settings[0])
    assert partner.refused("UpdateEVChargers", both)[0] == "INVALID_ARGUMENT"
    assert partner.listed("ListEVChargers", charger) == [before]
    assert partner.set_charger(charger, charge_rate_amps=6)
    assert partner.set_charger(charger, charge_rate_amps=most)


def test_disconnected_and_unknown_devices_do_not_change(partner: Partner) -> None:
    (charger,) = partner.ids("EVCharger", connected=False)
    (battery,) = partner.ids("Battery", connected=False)
    assert partner.set_charger(charger, on=False) == []
    assert partner.listed("ListEVChargers", charger)[0].settings.on.value
    assert partner.set_battery(battery, reserve=50) == []
    assert partner.set_charger("nonsense", on=False) == []
    assert partner.set_battery("nonsense", reserve=50) == []


def test_a_device_that_comes_back_changes_again(sandbox: Any, partner: Partner) -> None:
    outlet = partner.named("Dehumidifier").manufacturer_device_id
    described = sandbox.control(f"/emporia/devices/{outlet}", {"connected": False})
    assert described["device"]["connected"] is False
    assert not partner.named("Dehumidifier").device_connected
    assert partner.outlets((outlet, False)) == []
    sandbox.control(f"/emporia/devices/{outlet}", {"connected": True})
    assert len(partner.outlets((outlet, False))) == 1


def test_the_control_server_refuses_what_it_cannot_do(sandbox: Any, partner: Partner) -> None:
    outlet = partner.ids("Outlet")[0]
    for path, body, words in (
        ("/emporia/devices/nonsense", {"connected": True}, "There is no device nonsense"),
        (f"/emporia/devices/{outlet}", {"car_connected": True}, "is no charger"),
        (f"/emporia/devices/{outlet}", {"conected": True}, "Unknown field 'conected'"),
        (f"/emporia/devices/{outlet}", {"connected": "no"}, "true or false"),
        ("/emporia/tokens/expire", {"now": True}, "no fields"),
    ):
        with pytest.raises(control.SandboxFailed, match=words):
            sandbox.control(path, body)


def test_reset_puts_everything_back(sandbox: Any, partner: Partner) -> None:
    before = sandbox.control("/emporia/devices", None, method="GET")["devices"]
    assert len(before) == 24
    outlet, charger = partner.ids("Outlet")[0], partner.ids("EVCharger")[0]
    partner.outlets((outlet, False))
    partner.set_charger(charger, on=False)
    partner.set_battery(partner.ids("Battery")[0], idle={})
    sandbox.control(f"/emporia/devices/{outlet}", {"connected": False})
    assert sandbox.control("/emporia/devices", None, method="GET")["devices"] != before
    sandbox.control("/reset")
    assert sandbox.control("/emporia/devices", None, method="GET")["devices"] == before
