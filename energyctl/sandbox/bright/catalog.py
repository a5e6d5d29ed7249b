"""The seeded accounts: who may see them, their locations and the services there.

Nothing is stored: all of it follows from an account's position and the seed. What a service measures is in
``meter``, what it costs in ``tariff``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from energyctl.sandbox.bright import people
from energyctl.sandbox.bright.meter import Meter
from energyctl.sandbox.bright.people import People, Person
from energyctl.sandbox.bright.stockholm import RESOLUTIONS
from energyctl.sandbox.dice import dice

FIRST_ACCOUNT = 500_001
TRADE, GRID = "consumption_trade", "consumption_grid"
PRODUCTION, WASTE = "production_trade", "waste"
"""The last two are names of the sandbox's own: the contract's list of types is unknown."""

_ACCOUNT_ID = re.compile(r"A-(\d{6,9})")
_BLOCK, _COMPANY, _SECOND_HOME = 10, 4, 9
_GUEST_EVERY, _PRODUCER_EVERY, _WASTE_EVERY, _TWO_PLACES_EVERY = 3, 5, 2, 4
_FIRST_START, _STARTS_OVER_DAYS = date(2021, 2, 1), 850
_SUN_AFTER_DAYS = (100, 300)
_FINEST = {
    TRADE: ("15min", "hour"),
    GRID: ("hour", "month"),
    PRODUCTION: ("hour", "hour"),
    WASTE: ("month", "month"),
}


@dataclass(frozen=True)
class Service:
    """One service at a location. Its last day is the one before ``end``."""

    name: str
    type: str
    start: date
    end: date | None
    meter: Meter

    @property
    def service_id(self) -> str:
        """The id for agreements, products and events."""
        return f"SRV-{self.name}"

    @property
    def measurement_id(self) -> str:
        """The id for measurements."""
        return f"MEA-{self.name}"

    @property
    def cost_id(self) -> str:
        """The id for costs; that of waste holds a colon, as the contract's sample does."""
        return f"COST-{self.name}:waste" if self.type == WASTE else f"COST-{self.name}"

    @property
    def measured_by(self) -> str:
        """The finest resolution of its measurements."""
        return _FINEST[self.type][0]

    @property
    def charged_by(self) -> str:
        """The finest resolution of its costs."""
        return _FINEST[self.type][1]


@dataclass(frozen=True, eq=False)
class Location:
    """A place that is supplied."""

    location_id: str
    name: str
    address: dict[str, Any]
    services: tuple[Service, ...]


@dataclass(frozen=True, eq=False)
class Account:
    """One customer account; ``company`` is the name of the company it belongs to, if it does."""

    at: int
    account_id: str
    company: str | None
    owner: Person
    guests: tuple[Person, ...]
    address: dict[str, Any]
    since: date


def finer(resolution: str, than: str) -> bool:
    """Say whether one resolution is finer than another."""
    return RESOLUTIONS.index(resolution) > RESOLUTIONS.index(than)


def account_id(at: int) -> str:
    """Return the id of the account at a position."""
    return f"A-{FIRST_ACCOUNT + at}"


class Catalog:
    """``count`` accounts, and as many people, drawn from ``seed``.

    Of each ten accounts the fifth belongs to a company and the tenth is the second one of the ninth's owner.
    """

    def __init__(self, count: int, seed: int) -> None:
        self.count = min(count, people.MOST)
        self.people = People(seed)
        self._seed = seed
        self.account_at = lru_cache(maxsize=1024)(self._account_at)
        self.locations = lru_cache(maxsize=1024)(self._locations)

    def account(self, given: str) -> Account | None:
        """Return the account of that id."""
        found = _ACCOUNT_ID.fullmatch(given)
        at = int(found[1]) - FIRST_ACCOUNT if found else -1
        if not 0 <= at < self.count or given != account_id(at):
            return None
        return self.account_at(at)

    def accounts_of(self, at: int) -> list[str]:
        """Return the ids of the accounts that the person at a position may see, own ones first."""
        near = [number for number in (at, at + 1, at - 1) if 0 <= number < self.count]
        owned = [number for number in near if self._owner(number) == at]
        shared = [number for number in near if at in self._guests(number)]
        return [account_id(number) for number in dict.fromkeys([*owned, *shared])]

    def services(self, account: Account) -> list[Service]:
        """Return all services of an account."""
        return [service for location in self.locations(account.at) for service in location.services]

    def _owner(self, at: int) -> int | None:
        """Return the position of the person who owns an account; None when a company does."""
        if at % _BLOCK == _COMPANY:
            return None
        return at - 1 if at % _BLOCK == _SECOND_HOME else at

    def _guests(self, at: int) -> tuple[int, ...]:
        own = (at,) if at % _BLOCK in {_COMPANY, _SECOND_HOME} else ()
        neighbour = (at + 1,) if at % _GUEST_EVERY == 0 and at + 1 < self.count else ()
        return (*own, *neighbour)

    def _account_at(self, at: int) -> Account:
        owner = self._owner(at)
        who = self.people.at(at if owner is None else owner)
        thrown = dice("bright-account", self._seed, at)
        return Account(
            at=at,
            account_id=account_id(at),
            company=people.business(thrown, who.last_name) if owner is None else None,
            owner=who,
            guests=tuple(self.people.at(guest) for guest in self._guests(at)),
            address=people.address(thrown),
            since=_FIRST_START + timedelta(days=thrown.randrange(_STARTS_OVER_DAYS) if at else 30),
        )

    def _locations(self, at: int) -> tuple[Location, ...]:
        account = self.account_at(at)
        thrown = dice("bright-locations", self._seed, at)
        places = [self._home(account, thrown)]
        if at % _TWO_PLACES_EVERY == 0:
            places.append(self._cottage(account, thrown))
        return tuple(places)

    def _home(self, account: Account, thrown: Any) -> Location:
        at, since = account.at, account.since
        kind = "home" if account.company is None else "company"
        yearly_kwh = thrown.randrange(4000, 22000, 250) * (1 if account.company is None else 4)
        power = self._meter(at, "1e", kind, yearly_kwh * 1000)
        number = f"{FIRST_ACCOUNT + at}-1"
        services = [
            Service(f"{number}1", TRADE, since, None, power),
            Service(f"{number}2", GRID, since, None, power),
        ]
        if at % _PRODUCER_EVERY == 0:
            sun = self._meter(at, "1p", "sun", yearly_kwh * 300)
            begin = since + timedelta(days=thrown.randint(*_SUN_AFTER_DAYS))
            services.append(Service(f"{number}3", PRODUCTION, begin, None, sun))
        if at % _WASTE_EVERY == 0:
            bin_ = self._meter(at, "1w", "waste", thrown.randrange(180, 420, 10) * 1000)
            services.append(Service(f"{number}4", WASTE, since, None, bin_))
        return Location(f"LOC-{number}", account.company or "Hemma", account.address, tuple(services))

    def _cottage(self, account: Account, thrown: Any) -> Location:
        at, since = account.at, account.since
        power = self._meter(at, "2e", "home", thrown.randrange(1500, 5000, 250) * 1000)
        number = f"{FIRST_ACCOUNT + at}-2"
        # The first contract ended and another one took its place, on the same meter.
        changed = date(since.year + 1, 9, 1)
        services = (
            Service(f"{number}1", TRADE, since, changed, power),
            Service(f"{number}2", TRADE, changed, None, power),
            Service(f"{number}3", GRID, since, None, power),
        )
        return Location(f"LOC-{number}", "Sommarstugan", people.address(thrown), services)

    def _meter(self, at: int, name: str, kind: str, yearly: int) -> Meter:
        return Meter(f"{self._seed}-{FIRST_ACCOUNT + at}-{name}", kind, yearly)
