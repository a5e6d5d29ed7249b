"""One retailer's customers, facilities and devices, and what people changed about them.

Nothing seeded is stored: each thing is drawn anew from its own dice when it is asked for. Only changes are kept, so
that a hundred thousand customers cost no more than ten.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.dice import dice
from energyctl.sandbox.emulate import devices, people, spo
from energyctl.sandbox.emulate.devices import Device
from energyctl.sandbox.emulate.people import Customer, Facility
from energyctl.sandbox.emulate.stockholm import wire

_BLOCK = 10  # customers in a block; the last one has a second facility
_KEPT = 4096


class Book:
    """``count`` customers of one retailer, whose ids are the prefix and a number from ``first`` on."""

    def __init__(
        self, retailer_id: int, clock: SandboxClock, *, prefix: str, first: int, count: int, seed: int
    ) -> None:
        self.retailer_id = retailer_id
        self.count = count
        self.facility_count = count + count // _BLOCK
        self.seed = seed
        self._clock = clock
        self._prefix = prefix
        self._first = first
        self.customer_at = lru_cache(maxsize=_KEPT)(self._customer_at)
        self.facilities_of = lru_cache(maxsize=_KEPT)(self._facilities_of)
        self.seeded_devices_of = lru_cache(maxsize=_KEPT)(self._devices_of)
        self.reset()

    def reset(self) -> None:
        """Forget every change."""
        self.begun = datetime.fromtimestamp(time.time(), UTC)
        self._names: dict[str, str] = {}
        self._removed: set[str] = set()
        self._settings: dict[str, tuple[dict[str, Any], datetime]] = {}
        self.webhooks: dict[str, dict[str, Any]] = {}

    def now(self) -> datetime:
        """Return the present moment: the wall clock's, moved on by what was skipped."""
        return datetime.fromtimestamp(time.time() + self._clock.advanced_s, UTC)

    def find(self, customer_id: str) -> int | None:
        """Return the position of a customer id; None when it is not one of this retailer's."""
        digits = customer_id.removeprefix(self._prefix)
        if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(self._first + self.count))):
            return None
        at = int(digits) - self._first
        return at if 0 <= at < self.count and customer_id == self._id(at) else None

    def facility_at(self, number: int) -> Facility:
        """Return the facility at a position in the list of all."""
        block, inside = divmod(number, _BLOCK + 1)
        return self.facilities_of(block * _BLOCK + min(inside, _BLOCK - 1))[inside // _BLOCK]

    def devices_of(self, at: int) -> list[Device]:
        """Return a customer's devices that nobody removed."""
        return [device for device in self.seeded_devices_of(at) if device.id not in self._removed]

    def devices_from(self, at: int, slot: int) -> Iterator[tuple[int, Device]]:
        """Run through the devices of all customers from a place on, each with its customer's position."""
        for position in range(at, self.count):
            for device in self.devices_of(position):
                if position > at or device.slot >= slot:
                    yield position, device

    def device(self, at: int, device_id: str) -> Device | None:
        """Return one device of a customer; None when there is none or it was removed."""
        return next((device for device in self.devices_of(at) if device.id == device_id.lower()), None)

    def shown(self, device: Device) -> dict[str, Any]:
        """Return a device as the API shows it."""
        return device.shown(self._names.get(device.id), self.begun, self.now())

    def rename(self, device: Device, name: str) -> None:
        """Give a device a name of the customer's choice."""
        self._names[device.id] = name

    def remove(self, device: Device) -> None:
        """Take a device out of every list."""
        self._removed.add(device.id)
        self._names.pop(device.id, None)
        self._settings.pop(device.id, None)

    def settings(self, device: Device) -> dict[str, Any]:
        """Return a device's settings of the spot price optimization, as the API shows them."""
        chosen, changed = self._settings.get(device.id) or (self._default(device), device.onboarded_at)
        return {
            "device_id": device.id,
            "customer_id": device.customer_id,
            "device_kind": device.kind,
            **chosen,
            "updated_at": wire(changed),
        }

    def change_settings(self, device: Device, change: dict[str, Any]) -> None:
        """Change the named settings and no others; spo.Unfit when they make no sense together."""
        before = self._settings[device.id][0] if device.id in self._settings else self._default(device)
        after = spo.merged(before, change)
        spo.check_sense(device.kind, change, after)
        self._settings[device.id] = (after, self.now())

    def _default(self, device: Device) -> dict[str, Any]:
        first = device.customer_id == self._id(0)
        return spo.default(dice("spo", self.seed, self.retailer_id, device.id), device.kind, first=first)

    def _id(self, at: int) -> str:
        return f"{self._prefix}{self._first + at}"

    def _customer_at(self, at: int) -> Customer:
        return people.customer(dice("customer", self.seed, self.retailer_id, at), at, self._id(at))

    def _facilities_of(self, at: int) -> tuple[Facility, ...]:
        names = ("Hemma", "Fritidshus") if at % _BLOCK == _BLOCK - 1 else ("Hemma",)
        return tuple(
            people.facility(dice("facility", self.seed, self.retailer_id, at, name), self._id(at), name)
            for name in names
        )

    def _devices_of(self, at: int) -> tuple[Device, ...]:
        return devices.devices(
            dice("devices", self.seed, self.retailer_id, at),
            at,
            place=(self._id(at), self.facilities_of(at)[0].id),
            joined=self.customer_at(at).created_at,
        )
