"""A plain gRPC client of the sandbox's Partner API, over TLS with the sandbox's authority."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import grpc

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.providers.emporia.wire.partner_api2_pb2_grpc import PartnerApiStub

Device = pb.DeviceInventoryResponse.Device
DEADLINE_S = 60


class Partner:
    """One logged-in partner. ``call`` puts the token in."""

    def __init__(self, facts: dict[str, Any]) -> None:
        authority = Path(facts["ca_file"]).read_bytes()
        self.channel = grpc.secure_channel(
            facts["urls"]["emporia_target"],
            grpc.ssl_channel_credentials(authority),
            options=[("grpc.max_receive_message_length", -1)],
        )
        self.stub = PartnerApiStub(self.channel)
        self._login = facts["credentials"]["emporia"]
        self.token = ""
        self.login()

    def login(self) -> str:
        request = pb.AuthenticationRequest(
            partner_email=self._login["email"], password=self._login["password"]
        )
        self.token = self.stub.Authenticate(request, timeout=DEADLINE_S).auth_token
        return self.token

    def call(self, method: str, request: Any) -> Any:
        request.auth_token = self.token
        return getattr(self.stub, method)(request, timeout=DEADLINE_S)

    def refused(self, method: str, request: Any) -> tuple[str, str]:
        """Return status and text of a call that must fail."""
        try:
            answer = self.call(method, request)
        except grpc.RpcError as error:
            return error.code().name, error.details()
        raise AssertionError(f"{method} was answered: {answer}")

    def devices(self, *emails: str) -> list[Any]:
        return list(self.call("GetDevices", pb.DeviceInventoryRequest(customer_emails=emails)).devices)

    def ids(self, model: str, *, connected: bool | None = True) -> list[str]:
        return [
            device.manufacturer_device_id
            for device in self.devices()
            if Device.DeviceModel.Name(device.model) == model
            and (connected is None or device.device_connected == connected)
        ]

    def named(self, name: str) -> Any:
        return next(device for device in self.devices() if device.device_name == name)

    def listed(self, method: str, *ids: str) -> list[Any]:
        answer = self.call(method, pb.ListDevicesRequest(manufacturer_device_ids=ids))
        return list(getattr(answer, answer.DESCRIPTOR.fields[0].name))

    def outlets(self, *pairs: tuple[str, bool]) -> list[Any]:
        settings = [pb.OutletSettings(manufacturer_device_id=each, on=on) for each, on in pairs]
        return list(self.call("UpdateOutlets", pb.UpdateOutletsRequest(outlets=settings)).outlets)

    def charger_request(self, device_id: str, **fields: Any) -> pb.UpdateEVChargersRequest:
        settings = pb.EVChargerSettings(manufacturer_device_id=device_id)
        for name, value in fields.items():
            getattr(settings, name).value = value
        return pb.UpdateEVChargersRequest(settings=[settings])

    def set_charger(self, device_id: str, **fields: Any) -> list[Any]:
        return list(self.call("UpdateEVChargers", self.charger_request(device_id, **fields)).evchargers)

    def battery_request(
        self, device_id: str, reserve: float | None = None, **modes: dict[str, float]
    ) -> pb.UpdateBatteriesRequest:
        settings = pb.BatterySettings(manufacturer_device_id=device_id)
        if reserve is not None:
            settings.reserve_soc_percentage.value = reserve
        for kind, fields in modes.items():
            getattr(settings, kind).SetInParent()
            for name, value in fields.items():
                getattr(getattr(settings, kind), name).value = value
        return pb.UpdateBatteriesRequest(settings=[settings])

    def set_battery(self, device_id: str, **what: Any) -> list[Any]:
        return list(self.call("UpdateBatteries", self.battery_request(device_id, **what)).batteries)

    def usage(
        self, ids: Iterable[str], start: datetime, end: datetime, scale: str, *, everything: bool = True
    ) -> list[Any]:
        request = pb.DeviceUsageRequest(
            start_epoch_seconds=int(start.timestamp()),
            end_epoch_seconds=int(end.timestamp()),
            scale=pb.DataResolution.Value(scale),
            channels=pb.DeviceUsageRequest.ALL if everything else pb.DeviceUsageRequest.MAINS,
            manufacturer_device_ids=ids,
        )
        return list(self.call("GetUsageData", request).device_usages)

    def close(self) -> None:
        self.channel.close()


def local_day(zone: str, day: str) -> tuple[datetime, datetime]:
    """Return the moments at which a local day begins and ends."""
    begins = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    ends = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    return begins.astimezone(UTC), ends.astimezone(UTC)
