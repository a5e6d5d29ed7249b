"""GetDevices: the partner's devices with their customers and circuits."""

from __future__ import annotations

import asyncio

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox.emporia.fleet import FIRMWARE, Device, Fleet
from energyctl.sandbox.emporia.states import States

_TURN = 500
_SPREAD = 0.2


class Inventory:
    """Answers inventory requests."""

    def __init__(self, fleet: Fleet, states: States) -> None:
        self._fleet = fleet
        self._states = states

    async def answer(self, request: pb.DeviceInventoryRequest) -> pb.DeviceInventoryResponse:
        """Answer a request; without e-mail addresses all devices are meant, and unknown addresses have none."""
        emails = list(request.customer_emails)
        fleet = self._fleet
        devices = fleet.of_customers(emails) if emails else [fleet.at(each) for each in range(fleet.count)]
        response = pb.DeviceInventoryResponse()
        for number, device in enumerate(devices):
            self._show(device, response.devices.add())
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)
        return response

    def _show(self, device: Device, shown: pb.DeviceInventoryResponse.Device) -> None:
        place, home = device.plan.place, device.home
        circuits = self._fleet.circuits(device.position)
        shown.manufacturer_device_id = device.id
        shown.model = getattr(pb.DeviceInventoryResponse.Device, device.kind)
        shown.firmware = FIRMWARE[device.kind]
        shown.solar = device.plan.solar
        shown.latitude = round(place.latitude + (home * 37 % 100 / 100 - 0.5) * _SPREAD, 4)
        shown.longitude = round(place.longitude + (home * 61 % 100 / 100 - 0.5) * _SPREAD, 4)
        shown.device_name = device.fitting.name
        shown.timezone = device.zone
        shown.device_connected = self._states.connected(device)
        shown.channel_names.extend(circuit.name for circuit in circuits)
        for customer in self._fleet.customers_of(home):
            shown.customers.add(
                first_name=customer.first_name, last_name=customer.last_name, email=customer.email
            )
        for circuit in circuits:
            shown.circuit_infos.add(
                channel_number=circuit.number,
                type=circuit.type,
                energy_direction=circuit.direction,
                sub_type=circuit.sub_type,
                name=circuit.name,
            )
