"""``bright measurements`` and ``bright cost``: series of one service, found by name (contract section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.timeoptions import (
    Day,
    From,
    Plot,
    Since,
    To,
    Zone,
    chart,
    echo_range,
    series_rows,
    widened,
    wished_range,
    wished_zone,
)
from energyctl.core.times import Resolution as Step
from energyctl.core.times import TimeRange, floor, parse_wire
from energyctl.core.views import Column, View
from energyctl.core.zones import parse_zone
from energyctl.providers.bright import finding
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.arguments import Account, Email, Service, Ssn
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
#: Units of a measurement (8.2): each has a column of its own, they are never added up.
UNITS = ("kWh", "m3", "kg")
_EXTRA = ("peakWatt", "cost", "degreeDay")
_COSTS = ("cost", "total", "costTotal", "value")

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
    plot: Plot = False,
) -> None:
    """Show what a service has measured: kWh, m3 or kg in columns of their own, production positive.

    The ids are found by the tool. Buckets are those of Stockholm's clock; one without a value is missing, one that
    has not ended partial. The end is not included.

    Examples:
    energyctl bright measurements --account A-500001 --service SRV-500001-11 --since 7d
    energyctl bright measurements --account A-500001 --service SRV-500001-11 --resolution month -o json
    """
    span = (since, from_, to, day, tz)
    person = (account, ssn, email)
    _series(session_of(ctx), "measurement", person, service, span, resolution, plot=plot)


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
    plot: Plot = False,
) -> None:
    """Show what a service costs; an income, from production, is negative. The currency is not documented.

    Examples:
    energyctl bright cost --account A-500001 --service SRV-500001-11 --since 7d
    energyctl bright cost --account A-500001 --service SRV-500001-11 --resolution month -o json
    """
    span = (since, from_, to, day, tz)
    person = (account, ssn, email)
    _series(session_of(ctx), "cost", person, service, span, resolution, plot=plot)


def _series(
    session: Session,
    kind: str,
    person: tuple[str | None, str | None, str | None],
    wished: str | None,
    span: tuple[str | None, str | None, str | None, str | None, str | None],
    resolution: str | None,
    *,
    plot: bool,
) -> None:
    since, from_, to, day, tz = span
    if resolution is not None and resolution not in RESOLUTIONS:
        raise UsageProblem(
            f"--resolution '{resolution}' is not a resolution.", hint=f"Use one of {', '.join(RESOLUTIONS)}."
        )
    client = connect(session)
    account = finding.found_account(client, *person)
    service = finding.found_service(client, account, wished, f"{kind}Id")
    chosen = _resolution(service, f"{kind}Resolution", resolution)
    step, default = _STEPS[chosen]
    site = parse_zone(ZONE)
    zone = wished_zone(session, tz, ZONE)
    asked = wished_range(
        session, since=since, from_=from_, to=to, day=day, zone=zone, default=default, quiet=True
    )
    whole = _from_the_start(session, service, widened(asked, step, site), step)
    echo_range(session, whole)
    series_id = str(service.data[f"{kind}Id"])
    ask = client.measurements if kind == "measurement" else client.cost
    answer = ask(account, series_id, whole.start, whole.end, chosen)
    records = [one for one in answer["values"] if isinstance(one, Mapping)]
    value = _value_field(kind, records)
    rows = series_rows(
        iter(records),
        span=whole,
        resolution=step,
        site=site,
        moment="date",
        value=value,
        now=_known_until(session, answer),
        extra={"account_id": account, "service_id": service.id, "resolution": chosen},
    )
    title = f"{kind.capitalize()} of {service.title}"
    if not plot:
        session.out.rows(rows, _view(kind, records, value))
        return
    unit = value if kind == "measurement" else "cost, currency not documented"
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
            hint=f"Use {', '.join(RESOLUTIONS[: finest + 1])}.",
            provider="bright",
        )
    return wished


def _from_the_start(session: Session, service: finding.Service, span: TimeRange, step: Step) -> TimeRange:
    """Return the range from where the service begins: there are no buckets before (8.2)."""
    begins = parse_wire(service.data.get("startDate"), parse_zone(ZONE))
    if begins is None or begins <= span.start or begins >= span.end:
        return span
    first = floor(begins, step, parse_zone(ZONE))
    if first <= span.start:
        return span
    session.notice(f"The service begins on {begins.astimezone(span.zone):%Y-%m-%d}.")
    return TimeRange(first, span.end, span.zone)


def _known_until(session: Session, answer: Mapping[str, Any]) -> datetime:
    """Return the instant up to which values can be whole: now, or the answer's endDate when that is earlier."""
    now = session.now()
    ends = parse_wire(answer.get("endDate"), parse_zone(ZONE))
    return min(now, ends) if ends is not None else now


def _value_field(kind: str, records: list[Mapping[str, Any]]) -> str:
    """Return the field that carries the value: the first unit that any record has."""
    names = UNITS if kind == "measurement" else _COSTS
    return next((name for name in names if any(one.get(name) is not None for one in records)), names[0])


def _view(kind: str, records: list[Mapping[str, Any]], value: str) -> View:
    present = [name for name in (*UNITS, *_EXTRA, *_COSTS) if any(name in one for one in records)]
    shown = list(dict.fromkeys([value, *present]))
    further = sorted({str(name) for one in records for name in one} - {"date", "parts", *shown})
    return View(
        columns=(
            Column("Start", "start"),
            Column("End", "end"),
            Column("Status", "status"),
            *(Column(name, name, right=True) for name in [*shown, *further]),
            *((Column("Parts", "parts", detail=True),) if any("parts" in one for one in records) else ()),
            Column("Service", "service_id", detail=True),
        ),
        id_path="start",
        plural=f"{kind}s" if kind == "measurement" else "costs",
    )
