"""What changes while the sandbox runs: connections, outlets, chargers with their cars, and what devices measured since.

Two clocks: ``now`` is the wall's plus what a test skipped, and dates measurements; the sandbox's own clock, which may
run faster, moves charging and state of charge on.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.dice import dice
from energyctl.sandbox.emporia.batteries import BatteryState
from energyctl.sandbox.emporia.fleet import Device, Fleet
from energyctl.sandbox.emporia.loads import Load

CHARGING_STARTS_S = 120.0
"""Sandbox seconds from the moment a charger is on with a car until the car charges."""

_DAY_S = 86_400
_MINUTE_S = 60
_STANDBY_W = 4.0


@dataclass
class ChargerState:
    """A charger and the car at it. ``charges_from``: when on the sandbox's clock charging begins; None: it does not."""

    on: bool
    amps: int
    car_connected: bool
    charges_from: float | None = None


@dataclass
class Measured:
    """What a device's channel has measured: each load from its moment on. The first one counts from the beginning."""

    since: list[float] = field(default_factory=list)
    loads: list[Load | None] = field(default_factory=list)

    def change(self, moment: float, load: Load | None) -> None:
        """Measure another load from now on."""
        self.since.append(moment)
        self.loads.append(load)

    def between(self, begin: int, end: int) -> list[tuple[int, int, Load | None]]:
        """Return the loads measured in [begin, end), cut at whole minutes."""
        edges = [math.floor(moment / _MINUTE_S) * _MINUTE_S for moment in self.since[1:]]
        first = bisect_right(edges, begin)
        found, at = [], begin
        for index in range(first, len(self.loads)):
            until = min(end, edges[index]) if index < len(edges) else end
            if until > at:
                found.append((at, until, self.loads[index]))
            at = max(at, until)
        return found


class States:
    """The running fleet. A device gets a state of its own when it is first looked at."""

    def __init__(self, fleet: Fleet, clock: SandboxClock) -> None:
        self._fleet = fleet
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Go back to the fleet as it was installed."""
        self._begun = time.time()
        self._offline: dict[int, float | None] = {}
        self._outlets: dict[int, bool] = {}
        self._chargers: dict[int, ChargerState] = {}
        self._batteries: dict[int, BatteryState] = {}
        self._measured: dict[int, Measured] = {}

    def now(self) -> float:
        """Return the epoch second it is for measurements."""
        return time.time() + self._clock.advanced_s

    def elapsed(self) -> float:
        """Return the sandbox's own clock, in seconds since its start."""
        return self._clock.elapsed()

    def offline_since(self, device: Device) -> float | None:
        """Return when the device lost its connection; None when it has one."""
        if device.position in self._offline:
            return self._offline[device.position]
        if not device.offline:
            return None
        thrown = dice(device.seed, "offline since", device.id)
        return self._begun // _DAY_S * _DAY_S - thrown.randrange(_DAY_S, 12 * _DAY_S, _MINUTE_S)

    def connected(self, device: Device) -> bool:
        """Say whether the device is connected to the cloud."""
        return self.offline_since(device) is None

    def connect(self, device: Device, connected: bool) -> None:
        """Connect or disconnect a device; once connected again it hands in all it measured meanwhile."""
        if connected != self.connected(device):
            self._offline[device.position] = None if connected else self.now()

    def outlet(self, device: Device) -> bool:
        """Say whether an outlet is on."""
        return self._outlets.get(device.position, device.fitting.on)

    def switch(self, device: Device, on: bool) -> bool:
        """Switch an outlet; False when it was so already."""
        if self.outlet(device) == on:
            return False
        history = self.measured(device)
        self._outlets[device.position] = on
        history.change(self.now(), device.load if on else None)
        return True

    def charger(self, device: Device) -> ChargerState:
        """Return the state of a charger, not to be altered."""
        found = self._chargers.get(device.position)
        if found is None:
            fitting = device.fitting
            charging = fitting.on and fitting.car
            found = ChargerState(fitting.on, device.first_amps, fitting.car, 0.0 if charging else None)
            self._chargers[device.position] = found
        return found

    def charging(self, device: Device) -> bool:
        """Say whether a car is charging."""
        begins = self.charger(device).charges_from
        return begins is not None and self.elapsed() >= begins

    def set_charger(
        self, device: Device, *, on: bool | None = None, amps: int | None = None, car: bool | None = None
    ) -> bool:
        """Change what is given; False when all of it was so already."""
        old = self.charger(device)
        history = self.measured(device)
        new = replace(
            old,
            on=old.on if on is None else on,
            amps=old.amps if amps is None else amps,
            car_connected=old.car_connected if car is None else car,
        )
        if new == old:
            return False
        if not (new.on and new.car_connected):
            new.charges_from = None
        elif old.charges_from is None:
            new.charges_from = self.elapsed() + CHARGING_STARTS_S
        self._chargers[device.position] = new
        history.change(self.now(), _drawn(device, new))
        return True

    def battery(self, device: Device) -> BatteryState:
        """Return the state of a battery as of now."""
        found = self._batteries.get(device.position)
        if found is None:
            found = BatteryState.seeded(device, self._begun)
            self._batteries[device.position] = found
        found.move(self.elapsed())
        return found

    def change_battery(self, device: Device, change: Callable[[BatteryState], bool]) -> bool:
        """Apply a change to a battery; False when it changed nothing."""
        history, state = self.measured(device), self.battery(device)
        if not change(state):
            return False
        history.change(self.now(), None if state.mode.kind == "idle" else device.load)
        return True

    def measured(self, device: Device) -> Measured:
        """Return what the one channel of a device that is no monitor has measured."""
        found = self._measured.get(device.position)
        if found is None:
            found = Measured()
            found.change(0.0, self._first_load(device))
            self._measured[device.position] = found
        return found

    def _first_load(self, device: Device) -> Load | None:
        if device.kind == "Outlet":
            return device.load if device.fitting.on else None
        if device.kind == "EVCharger":
            # A car that is away now was there on earlier evenings.
            return _drawn(device, replace(self.charger(device), car_connected=True))
        return device.load


def _drawn(device: Device, state: ChargerState) -> Load:
    """Return what a charger draws: its evening sessions at the rate set, or standby."""
    if state.on and state.car_connected:
        return replace(device.load, watts=float(state.amps * device.plan.place.volts))
    return Load("base", _STANDBY_W, device.load.key)
