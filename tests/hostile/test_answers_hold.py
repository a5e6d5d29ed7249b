"""``chargers set --for`` where the service leaves settings out: what could not be put back is not changed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from typing import Any

import pytest

from energyctl.core.errors import RateLimited
from energyctl.core.rpc import Call
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.hostile.harness import Ended, execute
from tests.hostile.recording import moment
from tests.hostile.replay import surroundings

ID = "EV-1"


def _held(
    charger: Any, look: Callable[[int], pb.EVChargersResponse], *, deaf: bool = False
) -> tuple[Ended, list[int]]:
    """Hold a charger at 10 A for a second; return how it ended and the amps of each update.

    :param look: says what a List answers after so many updates.
    :param deaf: whether updates have no effect, and answers name no device.
    """
    device = pb.DeviceInventoryResponse.Device
    known = device(manufacturer_device_id=ID, model=device.EVCharger, device_connected=True)
    updates: list[int] = []

    def serve(call: Call) -> bytes:
        if call.method == "Authenticate":
            return pb.AuthenticationResponse(auth_token="token").SerializeToString()
        if call.method == "GetDevices":
            return pb.DeviceInventoryResponse(devices=[known]).SerializeToString()
        if call.method == "UpdateEVChargers":
            amps = call.message.settings[0].charge_rate_amps
            updates.append(amps.value)
            if deaf:
                return b""
            charger.settings.charge_rate_amps.CopyFrom(amps)
            return pb.EVChargersResponse(evchargers=[charger]).SerializeToString()
        return look(len(updates)).SerializeToString()

    with tempfile.TemporaryDirectory() as state:
        ended = execute(
            ("emporia", "chargers", "set", ID, "--amps", "10", "--for", "1s", "--yes", "-o", "json"),
            env={**surroundings(), "ENERGYCTL_STATE_DIR": state},
            moment=moment(),
            server=lambda _: (500, "", b""),
            service=serve,
        )
    return ended, updates


def _charger(amps: int | None) -> Any:
    charger = pb.EVCharger(max_charge_rate_amps=40)
    charger.settings.manufacturer_device_id = ID
    charger.settings.on.value = True
    if amps is not None:
        charger.settings.charge_rate_amps.value = amps
    return charger


def test_what_never_changed_is_not_looked_at_again_when_it_is_back() -> None:
    charger, looks = _charger(16), list[int]()

    def look(updates: int) -> pb.EVChargersResponse:
        looks.append(updates)
        return pb.EVChargersResponse(evchargers=[charger])

    ended, updates = _held(charger, look, deaf=True)
    assert (ended.code, updates) == (9, [10]), ended.err
    assert looks == [0, 1, 1]  # the plan, the second look, and the one before putting back
    assert "Put back: EV-1." in ended.err


@pytest.mark.parametrize("spoiled", ["the field", "the row", "the call"])
def test_what_was_known_is_put_back_though_it_is_no_longer_told(spoiled: str) -> None:
    charger = _charger(16)

    def look(updates: int) -> pb.EVChargersResponse:
        if not updates:
            return pb.EVChargersResponse(evchargers=[charger])
        if spoiled == "the call":
            raise RateLimited("No more calls.")
        return pb.EVChargersResponse(evchargers=[_charger(None)] if spoiled == "the field" else [])

    ended, updates = _held(charger, look)
    assert (ended.code, updates) == (0, [10, 16]), ended.err
    assert ended.err.splitlines()[-1] == "Put back: EV-1."


@pytest.mark.parametrize(
    ("told", "outcome", "code", "sent"), [(None, "rejected", 6, 0), (16, "changed", 0, 2)]
)
def test_a_setting_that_is_not_told_is_not_changed_for_a_while(
    told: int | None, outcome: str, code: int, sent: int
) -> None:
    charger = _charger(told)
    ended, updates = _held(charger, lambda _: pb.EVChargersResponse(evchargers=[charger]))
    assert (ended.code, json.loads(ended.out)["outcome"], len(updates)) == (code, outcome, sent), ended.err
    assert ("so it could not be put back" in ended.err, "Put back: EV-1." in ended.err) == (
        not sent,
        sent > 0,
    )
