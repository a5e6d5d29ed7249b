"""What the rules of measurements and cost ask for, and how the values' instants are read. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from energyctl.core.times import Resolution, floor, start_of_day, step
from energyctl.providers.bright.client import instant as written
from energyctl.providers.bright.operations import RESOLUTIONS, ZONE
from energyctl.providers.bright.verify.findings import Broken, Skipped
from energyctl.providers.bright.verify.organisation import Organisation, Service
from energyctl.providers.bright.verify.probe import Heard
from energyctl.providers.bright.verify.shapes import instant, kind_of, objects

STOCKHOLM = ZoneInfo(ZONE)
#: The Kit's resolutions as core's times name them.
BUCKETS: Mapping[str, Resolution] = {"year": "1y", "month": "1mo", "day": "1d", "hour": "1h", "15min": "15m"}
#: So many services are examined, one of each kind.
_MOST = 8


@dataclass(frozen=True)
class Kind:
    """Measurements or cost: the operation, and where a service names its id and smallest resolution."""

    operation: str
    path_id: str
    offers: str


MEASUREMENTS = Kind("get_measurements", "measurementId", "measurementResolution")
COST = Kind("get_cost", "costId", "costResolution")


@dataclass(frozen=True)
class Series:
    """An answer, and what was asked for."""

    service: Service
    start: datetime
    end: datetime
    resolution: str
    heard: Heard
    body: Mapping[str, Any] = field(hash=False)

    @property
    def values(self) -> list[Mapping[str, Any]]:
        """The values that are objects."""
        return objects(self.body.get("values"))

    @property
    def instants(self) -> list[datetime]:
        """The instants of the values; dates without an offset are read in the zone that fits the range.

        :raises Skipped: when one cannot be read.
        """
        texts = [one.get("date") for one in self.values]
        for zone in (UTC, STOCKHOLM):
            found = [instant(one, zone) for one in texts]
            known = [one for one in found if one is not None]
            if len(known) < len(texts):
                raise Skipped("a value has no date that can be read", heard=self.heard)
            if all(one == floor(one, BUCKETS[self.resolution], STOCKHOLM) for one in known):
                return known
        return [at for one in texts if (at := instant(one)) is not None]


def offered(service: Service, kind: Kind, resolution: str) -> bool:
    """Whether a service has a resolution: its smallest, or a coarser one."""
    finest = service.text(kind.offers)
    if finest not in RESOLUTIONS:
        return resolution in ("year", "month")
    return RESOLUTIONS.index(resolution) <= RESOLUTIONS.index(finest)


def chosen(org: Organisation, kind: Kind) -> list[Service]:
    """Return services to examine, one of each kind; each id is asked for as the service that has it first.

    :raises Skipped: when no service has an id.
    """
    owners: dict[str, Service] = {}
    for service in org.listed:
        if service.account == org.account and (name := service.text(kind.path_id)):
            owners.setdefault(name, service)
    kinds: dict[tuple[Any, ...], Service] = {}
    for service in owners.values():
        sort = (service.text("type"), service.text(kind.offers), service.text("endDate") is None)
        kinds.setdefault(sort, service)
    if not kinds:
        raise Skipped(f"no service has a {kind.path_id}", operation="get_locations")
    return list(kinds.values())[:_MOST]


def ask(
    org: Organisation, kind: Kind, service: Service, start: datetime, end: datetime, resolution: str
) -> Heard:
    """Return what is answered for a range, whatever it is."""
    query = [("toDate", written(end)), ("fromDate", written(start)), ("resolution", resolution)]
    values = {"accountId": org.account, kind.path_id: service.text(kind.path_id) or ""}
    return org.hear(kind.operation, values, query)


def read(
    org: Organisation, kind: Kind, service: Service, start: datetime, end: datetime, resolution: str
) -> Series:
    """Return the series of a range; what is no answer is a verdict."""
    heard = ask(org, kind, service, start, end, resolution)
    known = org.is_known
    org.last = heard
    body = org.json_of(heard, known=known)
    if not isinstance(body, Mapping):
        raise Broken(
            f"{service.told}: {kind_of(body)}", expected="an object", heard=heard, operation=kind.operation
        )
    return Series(service, start, end, resolution, heard, body)


def samples(org: Organisation, kind: Kind) -> list[Series]:
    """Return little of each chosen service: its last month, and the days on which the clock changed by hours."""
    return [
        *(_by_months(org, kind, one, *month_of(org, one)) for one in chosen(org, kind)),
        *changing_days(org, kind),
    ]


def years(org: Organisation, kind: Kind) -> list[Series]:
    """Return a year by months for each chosen service; by years where it has no months."""
    return [_by_months(org, kind, one, *year_of(org, one)) for one in chosen(org, kind)]


def _by_months(org: Organisation, kind: Kind, service: Service, start: datetime, end: datetime) -> Series:
    return read(org, kind, service, start, end, "month" if offered(service, kind, "month") else "year")


def changing_days(org: Organisation, kind: Kind) -> list[Series]:
    """Return the two last days on which the clock changed, by hours, for services that have them."""
    found = []
    for service in chosen(org, kind):
        if offered(service, kind, "hour"):
            start, end = year_of(org, service)
            found += [read(org, kind, service, *day, "hour") for day in _changes(start, end)]
    return found


def examined(org: Organisation, kind: Kind) -> list[Series]:
    """Return everything that is looked at: a year, and the days on which the clock changed."""
    return [*years(org, kind), *changing_days(org, kind)]


def year_of(org: Organisation, service: Service) -> tuple[datetime, datetime]:
    """Return the last twelve whole months in which a service was supplied; fewer when it is younger."""
    end = floor(org.session.now(), "1mo", STOCKHOLM)
    last = instant(service.data.get("endDate"))
    if last is not None and last < end:
        end = floor(last, "1mo", STOCKHOLM)
    begun = instant(service.data.get("startDate"))
    first = floor(begun, "1mo", STOCKHOLM) if begun is not None else None
    day = end.astimezone(STOCKHOLM).date()
    start = start_of_day(date(day.year - 1, day.month, 1), STOCKHOLM)
    if first is not None and first > start:
        start = first
    return start, end if end > start else step(start, "1mo", STOCKHOLM)


def month_of(org: Organisation, service: Service) -> tuple[datetime, datetime]:
    """Return the last whole month in which a service was supplied."""
    return months(*year_of(org, service))[-1]


def months(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the Stockholm months of a range."""
    edges = [start]
    while edges[-1] < end:
        edges.append(step(edges[-1], "1mo", STOCKHOLM))
    return list(pairwise(edges))


@lru_cache
def _changes(start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the days of 23 and 25 hours in a range."""
    found, day = [], start
    while day < end:
        following = step(day, "1d", STOCKHOLM)
        if (following - day).total_seconds() != 86_400:
            found.append((day, following))
        day = following
    return tuple(found[-2:])
