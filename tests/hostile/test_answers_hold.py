"""``chargers set --for`` where the service leaves settings out: what could not be put back is not changed."""

from __future__ import annotations

import json
import tempfile

import pytest

from energyctl.core.rpc import Call
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.hostile.harness import execute
from tests.hostile.recording import moment
from tests.hostile.replay import surroundings

ID = "EV-1"


@pytest.mark.parametrize(
    ("told", "outcome", "code", "sent"), [(None, "rejected", 6, 0), (16, "changed", 0, 2)]
)
def test_a_setting_that_is_not_told_is_not_changed_for_a_while(
    told: int | None, outcome: str, code: int, sent: int
) -> None:
    charger = pb.EVCharger(max_charge_rate_amps=40)
    charger.settings.manufacturer_device_id = ID
    charger.settings.on.value = True
    if told is not None:
        charger.settings.charge_rate_amps.value = told
    device = pb.DeviceInventoryResponse.Device
    known = device(manufacturer_device_id=ID, model=device.EVCharger, device_connected=True)
    updates: list[bytes] = []

    def serve(call: Call) -> bytes:
        if call.method == "Authenticate":
            return pb.AuthenticationResponse(auth_token="token").SerializeToString()
        if call.method == "GetDevices":
            return pb.DeviceInventoryResponse(devices=[known]).SerializeToString()
        if call.method == "UpdateEVChargers":
            updates.append(call.message.SerializeToString())
            charger.settings.charge_rate_amps.CopyFrom(call.message.settings[0].charge_rate_amps)
        return pb.EVChargersResponse(evchargers=[charger]).SerializeToString()

    with tempfile.TemporaryDirectory() as state:
        ended = execute(
            ("emporia", "chargers", "set", ID, "--amps", "10", "--for", "1s", "--yes", "-o", "json"),
            env={**surroundings(), "ENERGYCTL_STATE_DIR": state},
            moment=moment(),
            server=lambda _: (500, "", b""),
            service=serve,
        )
    assert (ended.code, json.loads(ended.out)["outcome"], len(updates)) == (code, outcome, sent), ended.err
    assert ("so it could not be put back" in ended.err, "Put back: EV-1." in ended.err) == (
        not sent,
        sent > 0,
    )
