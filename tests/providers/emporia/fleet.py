"""The sandbox's first devices by name, its calls by method, and its servers as a profile outside the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.conftest import Done, Run, Sandbox

#: Names that are unambiguous among the first 24 devices.
PANEL, BERLIN_PANEL, KOLKATA_PANEL, LODGE = "Main panel", "Zählerschrank", "Ground floor", "Lodge"
WALLBOX, CARPORT, DRIVEWAY, CABIN = "Wallbox", "Carport", "Driveway charger", "Cabin charger"
OFFICE, PUMP, LIGHTS, WINDOW = "Office", "Pool pump", "Christmas lights", "Window AC"
HOUSE_BATTERY, SHED_BATTERY, CABIN_BATTERY = "House battery", "Battery shed", "Cabin battery"


class Fleet:
    """What the sandbox knows of its devices, asked behind the tool's back."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.devices = self._devices()

    def _devices(self) -> list[dict[str, Any]]:
        return list(self.sandbox.get("/emporia/devices")["devices"])

    def id(self, name: str, model: str | None = None) -> str:
        """Return the id of the only device of a name."""
        (found,) = [one for one in self.devices if one["name"] == name and model in (None, one["model"])]
        return str(found["id"])

    def now(self, name: str, model: str | None = None) -> dict[str, Any]:
        """Return a device as it is at this moment."""
        wanted = self.id(name, model)
        return next(one for one in self._devices() if one["id"] == wanted)

    def of(self, model: str) -> list[dict[str, Any]]:
        """Return the devices of a model, as they were when the test began."""
        return [one for one in self.devices if one["model"] == model]

    def set(self, name: str, model: str | None = None, **state: bool) -> None:
        """Change a device behind the tool's back: ``connected``, ``on``, ``car_connected``."""
        self.sandbox.post(f"/emporia/devices/{self.id(name, model)}", state)

    def calls(self, method: str | None = None) -> list[Any]:
        """Return the methods that were called, or the requests of one method."""
        made = self.sandbox.requests(provider="emporia")
        if method is not None:
            return [one["json"] for one in made if one["path"].endswith(f"/{method}")]
        return [one["path"].rpartition("/")[2] for one in made]


def write_profile(home: Path, sandbox: Sandbox, **keys: str) -> Path:
    """Write a config whose profile names the sandbox's server by its address, and return its path."""
    facts = sandbox.facts
    body = {
        "target": facts["urls"]["emporia_target"],
        "ca_file": facts["ca_file"],
        "email": facts["credentials"]["emporia"]["email"],
        "password": "env:TEST_PASSWORD",
        **keys,
    }
    lines = "".join(f'      {key}: "{value}"\n' for key, value in body.items() if value)
    path = home / "real.yaml"
    path.write_text(f"profiles:\n  real:\n    emporia:\n{lines}")
    return path


def outcomes(done: Done) -> dict[str, str]:
    """Return the outcome of each target of a batch in JSON."""
    return {row["device_name"] or row["target"]: row["outcome"] for row in done.json}


def journal(run: Run) -> list[dict[str, Any]]:
    """Return what the journal holds, the oldest first."""
    return list(reversed(run("journal", "list", "-o", "json").json))
