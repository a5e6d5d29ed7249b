"""The Emporia provider of the sandbox: its port, its account, and what the control server can do to the fleet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from energyctl.sandbox.emporia.accounts import Account
from energyctl.sandbox.emporia.calls import CallPort
from energyctl.sandbox.emporia.certificates import make_certificates
from energyctl.sandbox.emporia.fleet import Device, Fleet
from energyctl.sandbox.emporia.service import LOGIN, SERVICE, PartnerApi
from energyctl.sandbox.emporia.states import States
from energyctl.sandbox.provider import ControlError, ControlRoute, Shared

_PASSWORD_FILE = "emporia-password"  # noqa: S105 - a file's name
_CA_FILE = "ca.pem"


class EmporiaSandbox:
    """The Partner API on a TLS port of loopback."""

    name = "emporia"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._account = Account(shared.token_ttl_s)
        self._fleet = Fleet(shared.devices, shared.seed)
        self._states = States(self._fleet, shared.clock)
        api = PartnerApi(self._account, self._fleet, self._states)
        self._port = CallPort(
            self.name, SERVICE, api.methods(), login=LOGIN, faults=shared.faults, log=shared.log
        )
        self._certificates = make_certificates(shared.host)

    async def start(self) -> None:
        """Open the port."""
        await self._port.start(self._shared.host, self._certificates)

    async def stop(self) -> None:
        """Close it."""
        await self._port.stop()

    def urls(self) -> dict[str, str]:
        """Return the target: no URL, but what gRPC clients take."""
        return {"emporia_target": self._target}

    def credentials(self) -> dict[str, Any]:
        """Return the partner's login."""
        return {"email": self._account.email, "password": self._account.password}

    def env(self) -> dict[str, str]:
        """Return target and certificate authority, for any client."""
        return {
            "ENERGYCTL_SANDBOX_EMPORIA_TARGET": self._target,
            "ENERGYCTL_SANDBOX_CA_FILE": str(self._shared.directory / _CA_FILE),
        }

    def profile(self, directory: Path) -> dict[str, Any]:
        """Return the profile's section."""
        return {
            "environment": "sandbox",
            "email": self._account.email,
            "password": f"file:{directory / _PASSWORD_FILE}",
        }

    def secret_files(self) -> dict[str, str]:
        """Return the password, and the authority's certificate, which is no secret but belongs to the same place."""
        return {
            _PASSWORD_FILE: self._account.password,
            _CA_FILE: self._certificates.authority.decode().strip(),
        }

    def reset(self) -> None:
        """Go back to the fleet as it was installed."""
        self._states.reset()

    def control_routes(self) -> Sequence[ControlRoute]:
        """Return what steers connections, cars, and the life of tokens."""
        return [
            ControlRoute("GET", "/emporia/devices", self._list),
            ControlRoute("GET", "/emporia/devices/{id}", self._show),
            ControlRoute("POST", "/emporia/devices/{id}", self._change),
            ControlRoute("POST", "/emporia/tokens/expire", self._expire),
        ]

    @property
    def _target(self) -> str:
        host = self._shared.host
        return f"[{host}]:{self._port.port}" if ":" in host else f"{host}:{self._port.port}"

    async def _list(self, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {"devices": [self._described(self._fleet.at(each)) for each in range(self._fleet.count)]}

    async def _show(self, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {"device": self._described(self._device(path))}

    async def _change(self, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        device = self._device(path)
        known = {"connected", "on", "car_connected"}
        if unknown := sorted(set(body) - known):
            raise ControlError(400, f"Unknown field {unknown[0]!r}; known here: {', '.join(sorted(known))}.")
        if not all(isinstance(value, bool) for value in body.values()):
            raise ControlError(400, "Every value is true or false.")
        if "on" in body and device.kind not in {"Outlet", "EVCharger"}:
            raise ControlError(400, f"{device.id} is no outlet and no charger, so nothing can switch it.")
        if "car_connected" in body and device.kind != "EVCharger":
            raise ControlError(400, f"{device.id} is no charger, so no car can be connected to it.")
        if "connected" in body:
            self._states.connect(device, body["connected"])
        if device.kind == "Outlet" and "on" in body:
            self._states.switch(device, body["on"])
        if device.kind == "EVCharger":
            self._states.set_charger(device, on=body.get("on"), car=body.get("car_connected"))
        return {"device": self._described(device)}

    async def _expire(self, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if body:
            raise ControlError(400, "There are no fields here.")
        return {"expired": self._account.expire_all()}

    def _device(self, path: Mapping[str, str]) -> Device:
        device = self._fleet.find(path["id"])
        if device is None:
            raise ControlError(404, f"There is no device {path['id']}.")
        return device

    def _described(self, device: Device) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": device.id,
            "model": device.kind,
            "name": device.fitting.name,
            "timezone": device.zone,
            "connected": self._states.connected(device),
        }
        if device.kind == "Outlet":
            shown["on"] = self._states.outlet(device)
        if device.kind == "EVCharger":
            state = self._states.charger(device)
            shown |= {
                "on": state.on,
                "charge_rate_amps": state.amps,
                "max_charge_rate_amps": device.max_amps,
                "car_connected": state.car_connected,
                "car_charging": self._states.charging(device),
            }
        if device.kind == "Battery":
            battery = self._states.battery(device)
            shown |= {
                "mode": battery.mode.kind,
                "reserve": battery.reserve,
                "soc": round(battery.shown_soc, 1),
            }
        return shown
