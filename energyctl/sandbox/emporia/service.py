"""The ten methods of the Partner API over the running fleet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc
from google.protobuf.message import Message

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox.emporia.accounts import Account
from energyctl.sandbox.emporia.calls import Method, Refusal
from energyctl.sandbox.emporia.fleet import Device, Fleet
from energyctl.sandbox.emporia.homes import Kind
from energyctl.sandbox.emporia.inventory import Inventory
from energyctl.sandbox.emporia.settings import (
    battery_change,
    battery_settings,
    check_battery,
    check_charger,
)
from energyctl.sandbox.emporia.states import States
from energyctl.sandbox.emporia.usage import Usage

LOGIN = "Authenticate"
_DESCRIPTION = pb.DESCRIPTOR.services_by_name["PartnerApi"]
SERVICE: str = _DESCRIPTION.full_name


class PartnerApi:
    """Checks the token of every call but the login, then does what it asks.

    Ids that are unknown, or of a device of another kind, are left out of the answers, as are devices that did not
    change from those of updates. An update with one impossible value is refused as a whole.
    """

    def __init__(self, account: Account, fleet: Fleet, states: States) -> None:
        self._account = account
        self._fleet = fleet
        self._states = states
        self._inventory = Inventory(fleet, states)
        self._usage = Usage(fleet, states)

    def methods(self) -> dict[str, Method]:
        """Return the table of methods, as the .proto has them."""
        answers: dict[str, Callable[[Any], Awaitable[Message]]] = {
            "GetDevices": self._inventory.answer,
            "GetUsageData": self._usage.answer,
            "ListUtilityConnects": self._utility_connects,
            "ListOutlets": self._outlets,
            "UpdateOutlets": self._update_outlets,
            "ListEVChargers": self._chargers,
            "UpdateEVChargers": self._update_chargers,
            "ListBatteries": self._batteries,
            "UpdateBatteries": self._update_batteries,
        }
        guarded = {LOGIN: self._login, **{name: self._guarded(answer) for name, answer in answers.items()}}
        return {
            method.name: Method(getattr(pb, method.input_type.name), guarded[method.name])
            for method in _DESCRIPTION.methods
        }

    def _guarded(self, answer: Callable[[Any], Awaitable[Message]]) -> Callable[[Any], Awaitable[Message]]:
        async def call(request: Any) -> Message:
            refusal = self._account.refusal(request.auth_token)
            if refusal is not None:
                raise Refusal(grpc.StatusCode.UNAUTHENTICATED, refusal)
            return await answer(request)

        return call

    async def _login(self, request: pb.AuthenticationRequest) -> Message:
        token = self._account.login(request.partner_email, request.password)
        if token is None:
            raise Refusal(grpc.StatusCode.UNAUTHENTICATED, "The email or the password is wrong.")
        return pb.AuthenticationResponse(auth_token=token)

    async def _utility_connects(self, request: pb.ListDevicesRequest) -> Message:
        found = self._of_kind(request.manufacturer_device_ids, "UtilityConnect")
        return pb.UtilityConnectsResponse(
            utility_connects=[
                pb.UtilityConnect(manufacturer_device_id=device.id, zigbee_mac=device.zigbee_mac)
                for device in found
            ]
        )

    async def _outlets(self, request: pb.ListDevicesRequest) -> Message:
        return self._outlets_shown(self._of_kind(request.manufacturer_device_ids, "Outlet"))

    async def _update_outlets(self, request: pb.UpdateOutletsRequest) -> Message:
        changed = [
            device
            for settings in request.outlets
            if (device := self._reachable(settings.manufacturer_device_id, "Outlet")) is not None
            and self._states.switch(device, settings.on)
        ]
        return self._outlets_shown(_once(changed))

    def _outlets_shown(self, devices: Iterable[Device]) -> Message:
        return pb.OutletsResponse(
            outlets=[
                pb.OutletSettings(manufacturer_device_id=device.id, on=self._states.outlet(device))
                for device in devices
            ]
        )

    async def _chargers(self, request: pb.ListDevicesRequest) -> Message:
        return self._chargers_shown(self._of_kind(request.manufacturer_device_ids, "EVCharger"))

    async def _update_chargers(self, request: pb.UpdateEVChargersRequest) -> Message:
        for settings in request.settings:
            check_charger(settings, self._find(settings.manufacturer_device_id, "EVCharger"))
        changed = [
            device
            for settings in request.settings
            if (device := self._reachable(settings.manufacturer_device_id, "EVCharger")) is not None
            and self._states.set_charger(
                device,
                on=settings.on.value if settings.HasField("on") else None,
                amps=settings.charge_rate_amps.value if settings.HasField("charge_rate_amps") else None,
            )
        ]
        return self._chargers_shown(_once(changed))

    def _chargers_shown(self, devices: Iterable[Device]) -> Message:
        response = pb.EVChargersResponse()
        for device in devices:
            state = self._states.charger(device)
            shown = response.evchargers.add(
                car_connected=state.car_connected,
                car_charging=self._states.charging(device),
                max_charge_rate_amps=device.max_amps,
            )
            shown.settings.manufacturer_device_id = device.id
            shown.settings.on.value = state.on
            shown.settings.charge_rate_amps.value = state.amps
        return response

    async def _batteries(self, request: pb.ListDevicesRequest) -> Message:
        return self._batteries_shown(self._of_kind(request.manufacturer_device_ids, "Battery"))

    async def _update_batteries(self, request: pb.UpdateBatteriesRequest) -> Message:
        for settings in request.settings:
            check_battery(settings)
        changed = [
            device
            for settings in request.settings
            if (device := self._reachable(settings.manufacturer_device_id, "Battery")) is not None
            and self._states.change_battery(device, battery_change(settings, self._states.elapsed()))
        ]
        return self._batteries_shown(_once(changed))

    def _batteries_shown(self, devices: Iterable[Device]) -> Message:
        response = pb.BatteriesResponse()
        for device in devices:
            state = self._states.battery(device)
            shown = response.batteries.add(
                capacity_kwhs=device.capacity_kwh,
                inverter_max_power_kwatts=device.inverter_kw,
                settings=battery_settings(device, state),
            )
            if self._states.connected(device):
                shown.soc_percentage.value = round(state.shown_soc, 1)
        return response

    def _find(self, device_id: str, kind: Kind) -> Device | None:
        device = self._fleet.find(device_id)
        return device if device is not None and device.kind == kind else None

    def _reachable(self, device_id: str, kind: Kind) -> Device | None:
        device = self._find(device_id, kind)
        return device if device is not None and self._states.connected(device) else None

    def _of_kind(self, device_ids: Iterable[str], kind: Kind) -> list[Device]:
        found = (self._find(device_id, kind) for device_id in dict.fromkeys(device_ids))
        return [device for device in found if device is not None]


def _once(devices: list[Device]) -> list[Device]:
    return list({device.position: device for device in devices}.values())
