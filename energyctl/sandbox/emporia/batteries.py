"""A battery's settings and how its state of charge moves by them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from energyctl.sandbox.dice import dice
from energyctl.sandbox.emporia.fleet import Device

ModeKind = Literal[
    "load_following",
    "charge_with_excess_solar",
    "charge_to_state_of_charge",
    "discharge_to_state_of_charge",
    "idle",
]
FULL = 100.0
_STEP_S = 300.0
_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
_SETTLED_S = 7 * _DAY_S
_NOON_H, _HALF_DAY_H = 12.6, 6.0
_SUN_KW, _ROOMS_KW, _EVENING_KW = 4.2, 0.45, 1.7
_EVENING_H = (17.0, 22.5)


@dataclass(frozen=True)
class Mode:
    """A dispatch mode. ``power_kw`` is its limit; ``target`` the level of the two modes that have one, in percent."""

    kind: ModeKind
    power_kw: float = 0.0
    target: float = 0.0


@dataclass
class BatteryState:
    """One battery. ``soc`` holds at ``moved_s`` of the sandbox's clock, always a whole number of steps."""

    capacity_kwh: float
    inverter_kw: float
    solar: bool
    begun: float
    reserve: float
    mode: Mode
    soc: float
    moved_s: float = 0.0
    shown_soc: float = 0.0

    @classmethod
    def seeded(cls, device: Device, begun: float) -> BatteryState:
        """Return a battery as it is at first. ``begun``: the epoch second at which the sandbox's clock was 0."""
        thrown = dice(device.seed, "state of charge", device.id)
        zone = ZoneInfo(device.plan.place.zone)
        offset = datetime.fromtimestamp(begun, zone).utcoffset()
        local = begun + (offset.total_seconds() if offset is not None else 0.0)
        soc = float(thrown.randrange(45, 80))
        return cls(
            device.capacity_kwh,
            device.inverter_kw,
            device.plan.solar,
            local,
            float(thrown.choice((10, 20, 25))),
            Mode("load_following", device.inverter_kw),
            soc,
            shown_soc=soc,
        )

    def move(self, elapsed_s: float) -> None:
        """Move the state of charge on to a moment of the sandbox's clock; looking oftener gives no other result."""
        # Every day is like the other: after a few of them the level no longer depends on where it began.
        idle_days = max(0.0, (elapsed_s - self.moved_s - _SETTLED_S) // _DAY_S)
        self.moved_s += idle_days * _DAY_S
        while elapsed_s - self.moved_s >= _STEP_S:
            self.soc = self._after(_STEP_S)
            self.moved_s += _STEP_S
        self.shown_soc = self._after(elapsed_s - self.moved_s)

    def settle(self, elapsed_s: float) -> None:
        """Take the present state of charge as where other settings begin."""
        self.move(elapsed_s)
        self.soc, self.moved_s = self.shown_soc, elapsed_s

    def _after(self, seconds: float) -> float:
        hours = seconds / _HOUR_S
        low, high = self._bounds()
        soc = self.soc + self._power_kw() * hours / self.capacity_kwh * FULL
        # A level beyond the bounds of a mode stays where it is.
        return min(max(soc, min(low, self.soc)), max(high, self.soc))

    def _bounds(self) -> tuple[float, float]:
        if self.mode.kind == "charge_to_state_of_charge":
            return self.reserve, self.mode.target
        if self.mode.kind == "discharge_to_state_of_charge":
            return max(self.reserve, self.mode.target), FULL
        return self.reserve, FULL

    def _power_kw(self) -> float:
        """Return what goes into the battery, negative what comes out."""
        kind, limit = self.mode.kind, min(self.mode.power_kw, self.inverter_kw)
        if kind == "charge_to_state_of_charge":
            return limit
        if kind == "discharge_to_state_of_charge":
            return -limit
        if kind == "charge_with_excess_solar":
            return min(max(self._surplus_kw(), 0.0), limit)
        return max(-limit, min(self._surplus_kw(), limit)) if kind == "load_following" else 0.0

    def _surplus_kw(self) -> float:
        """Return what the site's panels give beyond what it uses; negative when it uses more."""
        hour = (self.begun + self.moved_s) % _DAY_S / _HOUR_S
        from_noon = abs(hour - _NOON_H)
        sun = (
            math.cos(from_noon / _HALF_DAY_H * math.pi / 2) if self.solar and from_noon < _HALF_DAY_H else 0.0
        )
        evening = _EVENING_H[0] <= hour < _EVENING_H[1]
        return _SUN_KW * sun - _ROOMS_KW - (_EVENING_KW if evening else 0.0)
