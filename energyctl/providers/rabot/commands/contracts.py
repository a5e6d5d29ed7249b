"""``rabot contracts``: contracts, their metrics, costs and working prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import Refused
from energyctl.core.timeoptions import (
    Day,
    From,
    Plot,
    Since,
    To,
    Zone,
    chart,
    echo_range,
    oldest_first,
    series_rows,
    widened,
    wished_range,
    wished_zone,
)
from energyctl.core.times import (
    CalendarLength,
    Days,
    Months,
    Resolution,
    TimeRange,
    Years,
    parse_zone,
    rfc3339,
    start_of_day,
)
from energyctl.providers.rabot import operations
from energyctl.providers.rabot.client import RabotClient, connect
from energyctl.providers.rabot.views import (
    CONTRACT_NUMBERS,
    CONTRACTS,
    COSTS,
    CUSTOMER_NUMBERS,
    METRICS,
    WORKING_PRICES,
    unit_name,
)

app = noun("Contracts, their metrics, costs and working prices.")

Customer = Annotated[
    str,
    typer.Argument(metavar="CUSTOMER", help="Customer number.", autocompletion=CUSTOMER_NUMBERS.feed),
]
Contract = Annotated[
    str,
    typer.Argument(metavar="CONTRACT", help="Contract number.", autocompletion=CONTRACT_NUMBERS.feed),
]


class Interval(StrEnum):
    """The length of a bucket of metrics."""

    quarter_hourly = "QuarterHourly"
    hourly = "Hourly"
    daily = "Daily"
    weekly = "Weekly"
    monthly = "Monthly"
    yearly = "Yearly"


class Metric(StrEnum):
    """What is measured."""

    consumption = "Consumption"
    saving = "Saving"
    total_cost = "TotalCost"
    working_price = "WorkingPrice"
    co2_saving = "Co2Saving"


class ValueType(StrEnum):
    """Where the values come from."""

    actual = "Actual"
    forecast = "Forecast"
    dynamic = "Dynamic"
    combined = "Combined"


#: Contract section 4.10: the longest period of a request, what an older text allowed, the bucket, a default range.
_LIMITS: dict[Interval, tuple[CalendarLength, CalendarLength, Resolution, str]] = {
    Interval.quarter_hourly: (Days(3), Days(1), "15m", "24h"),
    Interval.hourly: (Days(5), Days(3), "1h", "24h"),
    Interval.daily: (Months(2), Months(2), "1d", "30d"),
    Interval.weekly: (Years(1), Years(1), "1w", "12w"),
    Interval.monthly: (Years(15), Years(15), "1mo", "52w"),
    Interval.yearly: (Years(50), Years(50), "1y", "260w"),
}
_UNITS = {Metric.consumption: "kWh"}


@app.command("list")
def list_contracts(ctx: typer.Context, customer: Customer) -> None:
    """List a customer's confirmed contracts.

    Examples:
    energyctl rabot customers list -o ids --limit 1 | xargs energyctl rabot contracts list
    energyctl rabot customers list -o ids --limit 1 | xargs energyctl rabot contracts list -o json
    """
    session = session_of(ctx)
    rows = connect(session).contracts(customer, session.row_limit)
    session.out.rows(
        CONTRACT_NUMBERS.fed_by(
            session,
            rows,
            lambda row: (row.get("contractNumber"), f"of customer {customer}"),
            selected=True,
        ),
        CONTRACTS,
    )


@app.command("metrics")
def show_metrics(
    ctx: typer.Context,
    customer: Customer,
    contract: Contract,
    metric: Annotated[Metric, typer.Option("--metric", help="What is measured.", case_sensitive=False)] = (
        Metric.consumption
    ),
    interval: Annotated[
        Interval, typer.Option("--interval", help="Length of a row.", case_sensitive=False)
    ] = (Interval.daily),
    value_type: Annotated[
        ValueType, typer.Option("--value-type", help="Measured or forecast.", case_sensitive=False)
    ] = ValueType.actual,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    plot: Plot = False,
) -> None:
    """Show consumption, cost, prices or savings of a contract over time.

    A range longer than the provider allows at once is asked for in parts and joined. Buckets are those of Berlin's
    clock; a bucket without a value is shown as missing.

    Examples:
    energyctl rabot contracts metrics 1000001 400000001 --interval Daily --since 7d
    energyctl rabot contracts metrics 1000001 400000001 --metric TotalCost --interval Monthly -o json
    """
    session = session_of(ctx)
    longest, older, resolution, default = _LIMITS[interval]
    site = parse_zone(operations.ZONE)
    zone = wished_zone(session, tz, operations.ZONE)
    asked = wished_range(
        session, since=since, from_=from_, to=to, day=day, zone=zone, default=default, quiet=True
    )
    span = widened(asked, resolution, site)
    echo_range(session, span)
    client = connect(session)
    unit: dict[str, Any] = {"unit": _UNITS.get(metric)}
    fixed = [("Interval", interval.value), ("MetricType", metric.value), ("ValueType", value_type.value)]

    def records() -> Iterator[Mapping[str, Any]]:
        for part in TimeRange(span.start, span.end, site).split(longest, align=resolution):
            for answer in _asked(client, customer, contract, part, fixed, older, resolution):
                unit["unit"] = _unit(answer, unit["unit"])
                unit["metric_type"] = answer.get("metricType") or metric.value
                yield from oldest_first(answer.get("records"), "moment", site)

    rows = series_rows(
        records(),
        span=span,
        resolution=resolution,
        site=site,
        moment="moment",
        value="value",
        now=session.now(),
        extra=unit,
    )
    if not plot:
        session.out.rows(rows, METRICS)
        return
    drawn = list(rows)
    chart(
        session,
        drawn,
        value="value",
        title=f"{metric.value} of contract {contract}",
        unit=str(unit["unit"] or ""),
        zone=zone,
        kind="line" if metric is Metric.working_price else "bar",
    )


def _asked(
    client: RabotClient,
    customer: str,
    contract: str,
    part: TimeRange,
    fixed: list[tuple[str, str]],
    older: CalendarLength,
    resolution: Resolution,
) -> Iterator[dict[str, Any]]:
    """Ask for a part; when the server keeps to the older, shorter limit, ask for smaller ones."""
    try:
        yield client.metrics(customer, contract, [*_period(part), *fixed])
    except Refused as refusal:
        smaller = part.split(older, align=resolution)
        if refusal.http_status != 400 or len(smaller) == 1:
            raise
        for one in smaller:
            yield client.metrics(customer, contract, [*_period(one), *fixed])


def _period(part: TimeRange) -> list[tuple[str, str]]:
    """Write a period in Berlin's time with its offset: right for servers that read the offset and those that do not."""
    site = parse_zone(operations.ZONE)
    return [("Period.From", rfc3339(part.start, site)), ("Period.To", rfc3339(part.end, site))]


def _unit(answer: Mapping[str, Any], former: Any) -> Any:
    """Read "in kWh" as kWh."""
    told = answer.get("valueUnitInfo")
    return told.removeprefix("in ").strip() if isinstance(told, str) and told.strip() else former


@app.command("costs")
def show_costs(ctx: typer.Context, customer: Customer, contract: Contract) -> None:
    """Show the cost components of a contract with a dynamic tariff.

    -o json gives the provider's answer as it came; other formats a row for each component.

    Examples:
    energyctl rabot contracts costs 1000001 400000001
    energyctl rabot contracts costs 1000001 400000001 -o json
    """
    session = session_of(ctx)
    periods = connect(session).costs(customer, contract)
    if session.out.format in ("json", "jsonl", "yaml"):
        session.out.rows(periods, COSTS)
        return
    session.out.rows(_components(periods), COSTS)


def _components(periods: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each component; one inside an object or a list has that one's name before its own."""
    for period in periods:
        for name, value in period.items():
            if name != "validFrom":
                for component, amount, unit in _amounts(name, value):
                    yield {
                        "validFrom": period.get("validFrom"),
                        "component": component,
                        "value": amount,
                        "unit": unit,
                    }


def _amounts(name: str, value: Any) -> Iterator[tuple[str, Any, str | None]]:
    if isinstance(value, Mapping) and "value" in value:
        yield name, value.get("value"), unit_name(value.get("unit")) or value.get("unitText")
    elif isinstance(value, Mapping | list):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for inner, one in parts:
            yield from _amounts(f"{name}.{inner}", one)
    else:
        yield name, value, None


@app.command("working-prices")
def show_working_prices(
    ctx: typer.Context,
    customer: Customer,
    contract: Contract,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    plot: Plot = False,
) -> None:
    """Show what a kWh costs in each quarter of an hour, VAT included, from yesterday to tomorrow.

    Whole days of Berlin's calendar. Without a time: today.

    Examples:
    energyctl rabot contracts working-prices 1000001 400000001
    energyctl rabot contracts working-prices 1000001 400000001 --day yesterday --plot
    """
    session = session_of(ctx)
    site = parse_zone(operations.ZONE)
    zone = wished_zone(session, tz, operations.ZONE)
    if from_ is None and to is None and day is None:
        day = "today"
    span = wished_range(session, since=None, from_=from_, to=to, day=day, zone=site, default=None)
    first = span.start.date()
    after = (
        span.end.date()
        if span.end == start_of_day(span.end.date(), site)
        else span.end.date() + timedelta(days=1)
    )
    answer = connect(session).working_prices(
        customer, contract, [("from", first.isoformat()), ("to", after.isoformat())]
    )
    told = answer.get("unit")
    unit = told if isinstance(told, str) and told.strip() else "ct/kWh"
    rows = series_rows(
        iter(oldest_first(answer.get("priceData"), "timestamp", site)),
        span=TimeRange(start_of_day(first, site), start_of_day(after, site), zone),
        resolution="15m",
        site=site,
        moment="timestamp",
        value="workingPrice",
        now=session.now() + timedelta(days=365),  # prices are fixed ahead: none is partial
        extra={"unit": unit, "currency": answer.get("currency")},
    )
    session.notice(f"Working prices of contract {contract}, VAT included.")
    if not plot:
        session.out.rows(rows, WORKING_PRICES)
        return
    flat = [{**row, "total": _total(row)} for row in rows]
    chart(
        session,
        flat,
        value="total",
        title=f"Working price of {contract}",
        unit=unit,
        zone=zone,
        kind="line",
    )


def _total(row: Mapping[str, Any]) -> Any:
    price = row.get("workingPrice")
    return price.get("total") if isinstance(price, Mapping) else price
