"""What outlets, chargers and batteries have in common, and where they differ. Cheap to import; no control here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: Seconds that ``--wait`` waits when it stands bare.
DEFAULT_WAIT_S = 60.0

Wish = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What outlets, chargers and batteries have in common, and where they differ."""

    noun: str
    model: str
    list_method: str
    update_method: str
    #: Field of the answers that holds the devices.
    field: str
    #: Returns the settings within a listed device.
    settings: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    #: Makes the settings message of one device from what is wished.
    message: Callable[[str, Wish], Any]
    #: Makes the Update request from settings messages.
    request: Callable[[list[Any]], Any]
    #: Says what is wrong with a wish for a device, or None.
    check: Callable[[Mapping[str, Any], Wish], str | None]
    #: Returns the words behind ``energyctl emporia`` that bring back former settings.
    undo: Callable[[str, Mapping[str, Any], Wish], str | None]
    #: Whether an update that names a disconnected device fails, and would fail for the others too.
    offline_fails: bool = True
    #: The command's noun, where it is not the plain plural.
    plural: str = ""
    #: Returns (field, value) of settings or a wish for people, where its fields as they are would say little.
    told: Callable[[Mapping[str, Any], Wish], Mapping[str, Any]] = lambda settings, wish: {
        name: settings.get(name) for name in wish
    }

    @property
    def command(self) -> str:
        """The noun of the kind's commands."""
        return self.plural or f"{self.noun}s"

    def device_id(self, row: Mapping[str, Any]) -> str:
        """Return the id of a listed device."""
        return str(self.settings(row).get("manufacturer_device_id") or "")


def as_wished(settings: Mapping[str, Any], wish: Wish) -> bool:
    """Whether every wished field has its value; of a nested one only the fields that are named count."""
    for name, value in wish.items():
        here = settings.get(name)
        if isinstance(value, Mapping):
            if not isinstance(here, Mapping) or not as_wished(here, dict(value)):
                return False
        elif here != value:
            return False
    return True
