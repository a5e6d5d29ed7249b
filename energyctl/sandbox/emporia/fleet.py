"""The seeded fleet: devices, homes, customers and circuits by position.

Nothing is stored; each is drawn when it is asked for. What changes while
the sandbox runs is not here but in ``states``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox.dice import dice
from energyctl.sandbox.emporia.homes import APPLIANCES, EXPANSIONS, MONITORS, PLANS, Fitting, Kind, Plan
from energyctl.sandbox.emporia.loads import Load, key

Info = pb.DeviceInventoryResponse.Device

_SLOTS = tuple((home, slot) for home, plan in enumerate(PLANS) for slot in range(len(plan.fittings)))
_PER_BLOCK = len(_SLOTS)
_ID_PREFIX: dict[str, Kind] = {
    "A1": "Vue1", "A2": "Vue2", "A3": "Vue3", "UC": "UtilityConnect",
    "P2": "Outlet", "E1": "EVCharger", "B1": "Battery",
}  # fmt: skip
_PREFIX_OF = {kind: prefix for prefix, kind in _ID_PREFIX.items()}
_ID_SPACE = 2**40
_ID_FACTOR = 0x9E3779B97F
_ID_LENGTH = 12
FIRMWARE = {
    "Vue1": "Vue1-1563991824", "Vue2": "Vue2-1676577843", "Vue3": "Vue3-1733428971", "UtilityConnect": "UC-2.4.1",
    "Outlet": "Plug-1639597422", "EVCharger": "EVSE-1712254112", "Battery": "Inv-3.11.0",
}  # fmt: skip
_MAIN, _EXPANSION, _SINGLE = (
    Info.CircuitInfo.Vue_200A_Main,
    Info.CircuitInfo.Vue_50A_Expansion,
    Info.CircuitInfo.Main,
)
_LARGE_W = 2000
_MAINS = 3
_OFFLINE_LATER = 0.04
_SPELT: dict[int, str] = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
_MAIL_HOSTS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True)
class Customer:
    """One person. ``email`` is empty when the partner may not see it."""

    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True)
class Circuit:
    """One measured circuit: what it feeds itself, or the position of the device that it feeds.

    ``legs`` are the mains channels that carry it, in equal parts.
    """

    number: int
    type: Info.CircuitInfo.CircuitType
    direction: Info.CircuitInfo.EnergyDirection
    sub_type: str
    name: str
    load: Load | None = None
    feeds: int | None = None
    legs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Device:
    """One device as it was installed."""

    position: int
    id: str
    kind: Kind
    home: int
    plan: Plan
    fitting: Fitting
    offline: bool
    seed: int

    @property
    def zone(self) -> str:
        """Name of the zone its days are cut in: UTC when the user never chose one."""
        return self.plan.place.zone if self.plan.zone_chosen else "UTC"

    @cached_property
    def load(self) -> Load:
        """Return what it measures at its one channel, at its nominal power; monitors have circuits instead."""
        profile = {"UtilityConnect": "household", "EVCharger": "car", "Battery": "battery"}.get(
            self.kind, self.fitting.load
        )
        own = key(self.seed, "load", self.id)
        sizes = {"UtilityConnect": 1500 + own % 1500, "EVCharger": 0.0, "Battery": 1000 * self.inverter_kw}
        return Load(profile, float(sizes.get(self.kind, self.fitting.watts)), own)

    @cached_property
    def max_amps(self) -> int:
        """Return what a charger and its circuit allow at most."""
        return dice(self.seed, "amps", self.home).choice((32, 40, 48))

    @cached_property
    def first_amps(self) -> int:
        """Return the rate a charger is set to at first: about 7 kW."""
        return min(self.max_amps, 30)

    @cached_property
    def capacity_kwh(self) -> float:
        """Return what a battery holds."""
        return dice(self.seed, "battery", self.home).choice((13.5, 16.0, 27.0))

    @cached_property
    def inverter_kw(self) -> float:
        """Return what a battery's inverter can do."""
        return {13.5: 5.0, 16.0: 7.6, 27.0: 10.0}[self.capacity_kwh]

    @property
    def zigbee_mac(self) -> str:
        """Return the address of a UtilityConnect's radio."""
        return f"0013A2{dice(self.seed, 'mac', self.id).getrandbits(40):010X}"


class Fleet:
    """``count`` devices drawn from ``seed``; positions run from 0."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self._seed = seed
        self._shift = dice(seed, "device ids").randrange(_ID_SPACE)
        self._unshift = pow(_ID_FACTOR, -1, _ID_SPACE)
        self.at = lru_cache(maxsize=16_384)(self._at)
        self.customers_of = lru_cache(maxsize=16_384)(self._customers_of)
        self.circuits = lru_cache(maxsize=4096)(self._circuits)

    def find(self, device_id: str) -> Device | None:
        """Return the device of that id; None when there is none."""
        kind, digits = _ID_PREFIX.get(device_id[:2]), device_id[2:]
        if kind is None or len(device_id) != _ID_LENGTH or digits.strip("0123456789ABCDEF"):
            return None
        position = (int(digits, 16) - self._shift) * self._unshift % _ID_SPACE
        if position >= self.count:
            return None
        device = self.at(position)
        return device if device.kind == kind else None

    def of_customers(self, emails: list[str]) -> list[Device]:
        """Return the devices of these customers, in the fleet's order."""
        wanted = {email.strip().lower() for email in emails} - {""}
        homes = {home for email in wanted for home in self._homes_of.get(email, ())}
        return [device for device in map(self.at, range(self.count)) if device.home in homes]

    @cached_property
    def _homes_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for home in range(-(-self.count // _PER_BLOCK) * len(PLANS)):
            for customer in self.customers_of(home):
                found.setdefault(customer.email.lower(), []).append(home)
        return found

    def _at(self, position: int) -> Device:
        block, inside = divmod(position, _PER_BLOCK)
        at, slot = _SLOTS[inside]
        plan = PLANS[at]
        fitting = plan.fittings[slot]
        number = (position * _ID_FACTOR + self._shift) % _ID_SPACE
        # One device of each repetition at least, another kind each time.
        away = inside == block % _PER_BLOCK or dice(self._seed, "offline", position).random() < _OFFLINE_LATER
        return Device(
            position=position,
            id=f"{_PREFIX_OF[fitting.kind]}{number:010X}",
            kind=fitting.kind,
            home=block * len(PLANS) + at,
            plan=plan,
            fitting=fitting,
            offline=away if block else fitting.offline,
            seed=self._seed,
        )

    def _customers_of(self, home: int) -> tuple[Customer, ...]:
        plan = PLANS[home % len(PLANS)]
        if plan.owner is not None:
            return self.customers_of(home - home % len(PLANS) + plan.owner)
        thrown = dice(self._seed, "customers", home)
        last = thrown.choice(plan.place.last_names)
        firsts = thrown.sample(plan.place.first_names, plan.people)
        host = thrown.choice(_MAIL_HOSTS)
        return tuple(
            Customer(first, last, f"{_plain(first)}.{_plain(last)}{home}@{host}" if plan.mail else "")
            for first in firsts
        )

    def _circuits(self, position: int) -> tuple[Circuit, ...]:
        device = self.at(position)
        if device.kind in MONITORS:
            return self._panel(device)
        battery = device.kind == "Battery"
        return (
            Circuit(
                1,
                Info.CircuitInfo.Battery if battery else _SINGLE,
                Info.CircuitInfo.Bidirectional
                if battery or device.kind == "UtilityConnect"
                else Info.CircuitInfo.Consumption,
                "Battery" if battery else "",
                device.fitting.name,
            ),
        )

    def _panel(self, device: Device) -> tuple[Circuit, ...]:
        """Return a monitor's mains and expansion circuits; the mains carry the circuits and what is not measured."""
        legs = tuple(range(1, device.plan.place.legs + 1))
        two_way = Info.CircuitInfo.Bidirectional if device.plan.solar else Info.CircuitInfo.Consumption
        mains = tuple(
            Circuit(
                number,
                _MAIN,
                two_way,
                "Main",
                f"Mains {'ABC'[number - 1]}",
                Load("base", 55.0, key(self._seed, "rest", device.id, number)) if number in legs else None,
            )
            for number in range(1, _MAINS + 1)
        )
        return mains + tuple(self._branches(device, legs))

    def _branches(self, device: Device, legs: tuple[int, ...]) -> list[Circuit]:
        found: list[Circuit] = []
        solar = 4200.0 + key(self._seed, "roof", device.home) % 3000
        consuming = Info.CircuitInfo.Consumption

        def add(sub_type: str, name: str, load: Load | None, watts: float, feeds: int | None = None) -> None:
            number = _MAINS + 1 + len(found)
            direction = {"Solar": Info.CircuitInfo.Generation, "Battery": Info.CircuitInfo.Bidirectional}
            carried = legs if watts >= _LARGE_W else (legs[number % len(legs)],)
            found.append(
                Circuit(
                    number,
                    _EXPANSION,
                    direction.get(sub_type, consuming),
                    sub_type,
                    name,
                    load,
                    feeds,
                    carried,
                )
            )

        if device.plan.solar:
            south = device.plan.place.latitude < 0
            add("Solar", "Solar", Load("solar", solar, key(self._seed, "sky", device.home), south), solar)
        for position in self._beside(device):
            other = self.at(position)
            if other.kind == "EVCharger":
                add("EVCharger", other.fitting.name, None, _LARGE_W, position)
            elif other.kind == "Battery":
                add("Battery", other.fitting.name, None, _LARGE_W, position)
        space = EXPANSIONS[device.kind]
        thrown = dice(self._seed, "appliances", device.id)
        for appliance in APPLIANCES[: space - len(found) - (1 if space > len(APPLIANCES) else 0)]:
            watts = appliance.watts * thrown.uniform(0.75, 1.25)
            load = Load(appliance.profile, watts, key(self._seed, "circuit", device.id, appliance.name))
            add(appliance.sub_type, appliance.name, load, appliance.watts)
        while len(found) < space:
            add("", "", None, 0.0)
        return found

    def _beside(self, device: Device) -> list[int]:
        """Return the positions of the same home's other devices."""
        first = device.position - _SLOTS[device.position % _PER_BLOCK][1]
        positions = range(first, min(first + len(device.plan.fittings), self.count))
        return [position for position in positions if position != device.position]


def _plain(name: str) -> str:
    """Return a name as it may stand in an e-mail address."""
    letters = name.lower().translate(_SPELT)
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
