"""``bright measurements`` and ``bright cost``: series of one service, found by name (contract section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import BadAnswer, UsageProblem
from energyctl.core.timeoptions import (
    ABSENT,
    COMPLETE,
    PARTIAL,
    Day,
    From,
    Plot,
    Since,
    To,
    Zone,
    carries_value,
    chart,
    echo_range,
    oldest_first,
    series_rows,
    widened,
    wished_range,
    wished_zone,
)
from energyctl.core.times import Resolution as Step
from energyctl.core.times import TimeRange, floor, in_zone, parse_wire
from energyctl.core.times import step as next_bucket
from energyctl.core.views import Column, View
from energyctl.core.zones import parse_zone
from energyctl.providers.bright import finding
from energyctl.providers.bright.client import BrightClient, connect
from energyctl.providers.bright.commands.arguments import Account, Email, Service, Ssn, Unchecked
from energyctl.providers.bright.operations import RESOLUTIONS, ZONE

if TYPE_CHECKING:
    from energyctl.core.session import Session

measurements = App()
cost = App()

#: The Kit's resolutions, the step of each, and what is shown when no time is given.
_STEPS: dict[str, tuple[Step, str]] = {
    "year": ("1y", "260w"),
    "month": ("1mo", "52w"),
    "day": ("1d", "30d"),
    "hour": ("1h", "24h"),
    "15min": ("15m", "24h"),
}
#: Buckets of whole local dates: a chart in another zone would name the day before.
_DATES = ("year", "month", "day")
#: Units of a measurement (8.2): each has a column of its own, they are never added up.
UNITS = ("kWh", "m3", "kg")
_EXTRA = ("peakWatt", "cost", "degreeDay")
_COSTS = ("cost", "total", "totalCost", "costTotal", "amount", "value")
_SITE = parse_zone(ZONE)
#: Where a bucket's beginning may stand; for measurements the name is inferred.
_MOMENTS = ("date", "startDate", "start", "from", "timestamp", "time")


@dataclass(frozen=True)
class _Known:
    """The time that the values cover: from the service's beginning to the latest data."""

    start: datetime | None
    end: datetime


@dataclass(frozen=True)
class _Span:
    """The time that is asked for; None when the service's resolution decides."""

    asked: TimeRange | None
    zone: tzinfo
    is_zone_named: bool


Resolution = Annotated[
    str | None,
    typer.Option(
        "--resolution",
        metavar="RES",
        help="year, month, day, hour or 15min [default: day, or what the service offers].",
        autocompletion=lambda: list(RESOLUTIONS),
    ),
]


@measurements.command("measurements")
def show_measurements(
    ctx: typer.Context,
    account: Account = None,
    service: Service = None,
    ssn: Ssn = None,
    email: Email = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    resolution: Resolution = None,
    unchecked: Unchecked = False,
    plot: Plot = False,
) -> None:
    """Show what a service has measured: kWh, m3 or kg in columns of their own, production positive.

    The ids are found by the tool. Buckets are those of Stockholm's clock; one without a value is missing, one that
    has not ended partial. The end is not included.

    Examples:
    energyctl bright measurements --account A-500001 --service SRV-500001-11 --since 7d
    energyctl bright measurements --account A-500001 --service SRV-500001-11 --resolution month -o json
    """
    session = session_of(ctx)
    wished = _checked(resolution)
    span = _spanned(session, since, from_, to, day, tz)
    client = connect(session)
    whose = finding.found_account(client, account, ssn, email, unchecked=unchecked)
    _series(client, "measurement", whose, service, span, wished, plot=plot)


@cost.command("cost")
def show_cost(
    ctx: typer.Context,
    account: Account = None,
    service: Service = None,
    ssn: Ssn = None,
    email: Email = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    resolution: Resolution = None,
    unchecked: Unchecked = False,
    plot: Plot = False,
) -> None:
    """Show what a service costs; an income, from production, is negative. The currency is not documented.

    Examples:
    energyctl bright cost --account A-500001 --service SRV-500001-11 --since 7d
    energyctl bright cost --account A-500001 --service SRV-500001-11 --resolution month -o json
    """
    session = session_of(ctx)
    wished = _checked(resolution)
    span = _spanned(session, since, from_, to, day, tz)
    client = connect(session)
    whose = finding.found_account(client, account, ssn, email, unchecked=unchecked)
    _series(client, "cost", whose, service, span, wished, plot=plot)


def _series(
    client: BrightClient,
    kind: str,
    account: str,
    wished: str | None,
    span: _Span,
    resolution: str | None,
    *,
    plot: bool,
) -> None:
    session = client.session
    service = finding.found_service(client, account, wished, f"{kind}Id")
    chosen = _resolution(service, f"{kind}Resolution", resolution)
    step, default = _STEPS[chosen]
    asked = span.asked or wished_range(
        session, since=None, from_=None, to=None, day=None, zone=span.zone, default=default, quiet=True
    )
    whole = _while_served(session, service, widened(asked, step, _SITE), step)
    echo_range(session, whole)
    ask = client.measurements if kind == "measurement" else client.cost
    answer = ask(account, str(service.data[f"{kind}Id"]), whole.start, whole.end, chosen)
    records = [one for one in answer["values"] if isinstance(one, Mapping)]
    moment = _moment_field(records, "get_measurements" if kind == "measurement" else "get_cost")
    records = oldest_first(records, moment, _SITE)
    told = answer.get("resolution")
    if told in RESOLUTIONS and told != chosen:
        session.notice(f"The Organisation answered by {told}, not by {chosen}.")
        chosen, step = told, _STEPS[told][0]
        whole = widened(whole, step, _SITE)
    value = _value_field(kind, records)
    known = _known(session, service, answer)
    rows = series_rows(
        iter(records),
        span=whole,
        resolution=step,
        site=_SITE,
        moment=moment,
        value=value,
        now=known.end,
        extra={"account_id": account, "service_id": service.id, "resolution": chosen},
    )
    rows = _judged(rows, known, session.now(), (*UNITS, "peakWatt") if kind == "measurement" else (value,))
    if not plot:
        session.out.rows(rows, _view(kind, records, value))
        return
    undrawn = [name for name in UNITS if name != value and any(one.get(name) is not None for one in records)]
    if kind == "measurement" and undrawn:
        session.notice(f"Only {value} is drawn; the rows without --plot have {' and '.join(undrawn)} too.")
    zone = span.zone if span.is_zone_named or chosen not in _DATES else _SITE
    title = f"{kind.capitalize()} of {service.title}"
    unit = "" if value == kind else value  # the currency is not documented
    chart(session, list(rows), value=value, title=title, unit=unit, zone=zone)


def _resolution(service: finding.Service, field: str, wished: str | None) -> str:
    """Return the resolution to ask for: never finer than the service offers (7.1).

    :raises UsageProblem: naming what is offered.
    """
    offered = service.data.get(field)
    finest = RESOLUTIONS.index(offered) if offered in RESOLUTIONS else len(RESOLUTIONS) - 1
    if wished is None:
        return RESOLUTIONS[min(finest, RESOLUTIONS.index("day"))]
    if RESOLUTIONS.index(wished) > finest:
        raise UsageProblem(
            f"Service {service.id} offers nothing finer than {offered}; --resolution is {wished}.",
            hint=f"Use {' or '.join(RESOLUTIONS[: finest + 1])}.",
            provider="bright",
        )
    return wished


def _spanned(
    session: Session, since: str | None, from_: str | None, to: str | None, day: str | None, tz: str | None
) -> _Span:
    """Return the time that is asked for, before anybody is asked.

    :raises UsageProblem: for what is no time or zone.
    """
    zone = wished_zone(session, tz, ZONE)
    asked = None
    if any(one is not None for one in (since, from_, to, day)):
        asked = wished_range(
            session, since=since, from_=from_, to=to, day=day, zone=zone, default=None, quiet=True
        )
    return _Span(asked, zone, tz is not None)


def _checked(resolution: str | None) -> str | None:
    """Return a resolution that is one of the contract's words, before anybody is asked.

    :raises UsageProblem: for any other.
    """
    if resolution is not None and resolution not in RESOLUTIONS:
        raise UsageProblem(
            f"--resolution '{resolution}' is not a resolution.", hint=f"Use one of {', '.join(RESOLUTIONS)}."
        )
    return resolution


def _while_served(session: Session, service: finding.Service, span: TimeRange, step: Step) -> TimeRange:
    """Return the part of the range in which the service exists: there are no buckets besides (8.2).

    A range that lies wholly before or after it stays as it is.
    """
    begins = parse_wire(service.data.get("startDate"), _SITE)
    ends = parse_wire(service.data.get("endDate"), _SITE)
    first, last = span.start, span.end
    if begins is not None and begins > first:
        session.notice(f"The service begins on {in_zone(begins, span.zone):%Y-%m-%d}.")
        first = max(first, floor(begins, step, _SITE))
    if ends is not None and ends < last:
        session.notice(f"The service ended at {in_zone(ends, span.zone):%Y-%m-%d %H:%M}.")
        bucket = floor(ends, step, _SITE)
        last = min(last, bucket if bucket == ends else next_bucket(bucket, step, _SITE))
    return TimeRange(first, last, span.zone) if first < last else span


def _known(session: Session, service: finding.Service, answer: Mapping[str, Any]) -> _Known:
    """Return the time that the values cover, by the service and by the answer's own startDate and endDate (8)."""
    begun = [parse_wire(one.get("startDate"), _SITE) for one in (service.data, answer)]
    ended = [parse_wire(one.get("endDate"), _SITE) for one in (service.data, answer)]
    return _Known(
        max((one for one in begun if one is not None), default=None),
        min([session.now(), *(one for one in ended if one is not None)]),
    )


def _judged(
    rows: Iterator[dict[str, Any]], known: _Known, now: datetime, fields: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """Yield rows whose status heeds every unit, that the service began within a bucket, and what is yet to come."""
    for row in rows:
        start, end = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])
        if row["status"] == ABSENT and any(carries_value(row.get(name)) for name in fields):
            row["status"] = PARTIAL if start <= known.end < end else COMPLETE
        begins_within = known.start is not None and start < known.start < end
        if row["status"] == COMPLETE and (begins_within or end > now):
            row["status"] = PARTIAL
        yield row


def _moment_field(records: list[Mapping[str, Any]], operation: str) -> str:
    """Return the field in which the records' buckets begin.

    :raises BadAnswer: when there are records and none says when it is.
    """
    dated = (name for name in _MOMENTS if any(parse_wire(one.get(name), _SITE) for one in records))
    found = next(dated, None)
    if found is None and records:
        raise BadAnswer(
            f"None of the {len(records)} values says when it is (fields: {', '.join(map(str, records[0]))}).",
            hint="The contract wants values[].date as a date-time (8). Add -v to see the answer.",
            provider="bright",
            operation=operation,
        )
    return found or _MOMENTS[0]


def _value_field(kind: str, records: list[Mapping[str, Any]]) -> str:
    """Return the field that carries the value: the first usual name that any record has, else its first number.

    A usual name without any value is not replaced by another number: its values are missing.
    """
    names = UNITS if kind == "measurement" else _COSTS
    filled = [name for name in names if any(carries_value(one.get(name)) for one in records)]
    usual = [*filled, *(name for name in names if any(name in one for one in records))]
    if usual:
        return usual[0]
    numbers = (
        str(name)
        for one in records
        for name, found in one.items()
        if isinstance(found, int | float) and not isinstance(found, bool) and name not in _EXTRA
    )
    return next(numbers, names[0])


def _view(kind: str, records: list[Mapping[str, Any]], value: str) -> View:
    present = [name for name in (*UNITS, *_EXTRA, *_COSTS) if any(name in one for one in records)]
    shown = list(dict.fromkeys([value, *present]))
    further = sorted({str(name) for one in records for name in one} - {*_MOMENTS, "parts", *shown})
    return View(
        columns=(
            Column("Start", "start"),
            Column("End", "end", detail=True),
            Column("Status", "status"),
            *(Column(name, name, right=True) for name in [*shown, *further]),
            *((Column("Parts", "parts", detail=True),) if any("parts" in one for one in records) else ()),
            Column("Service", "service_id", detail=True),
        ),
        id_path="start",
        plural=f"{kind}s" if kind == "measurement" else "costs",
    )
