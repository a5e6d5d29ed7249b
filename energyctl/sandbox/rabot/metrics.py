"""``GET …/metrics``: a contract's consumption, cost, saving and prices over time (contract 4.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot.accounts import Quarter, day_account
from energyctl.sandbox.rabot.answers import refuse
from energyctl.sandbox.rabot.contracts import Contract
from energyctl.sandbox.rabot.dayahead import known_until
from energyctl.sandbox.rabot.prices import E4
from energyctl.sandbox.shapes import Choice, Moment, Shape

INTERVALS = ("QuarterHourly", "Hourly", "Daily", "Weekly", "Monthly", "Yearly")
QUERY: dict[str, Shape] = {
    "Period.From": Moment(),
    "Period.To": Moment(),
    "Interval": Choice(words=INTERVALS),
    "MetricType": Choice(words=("Consumption", "Saving", "TotalCost", "WorkingPrice", "Co2Saving")),
    "ValueType": Choice(words=("Actual", "Forecast", "Dynamic", "Combined")),
}


@dataclass(frozen=True)
class Metric:
    """How one metric is read off a quarter hour.

    Its whole number, how many of them make a unit, the unit's name.
    """

    read: Callable[[Quarter], int]
    per_unit: int
    unit: str
    summed: bool = True


_METRICS = {
    "Consumption": Metric(lambda quarter: quarter.wh, 1000, "in kWh"),
    "TotalCost": Metric(lambda quarter: quarter.cost_micro_euro, 1_000_000, "in Euro"),
    "Saving": Metric(lambda quarter: quarter.saving_micro_euro, 1_000_000, "in Euro"),
    "Co2Saving": Metric(lambda quarter: quarter.co2_saving_g, 1000, "in kg"),
    "WorkingPrice": Metric(lambda quarter: quarter.price_e4, E4, "in Cent/kWh", summed=False),
}
_DURATIONS = {
    "QuarterHourly": "00:15:00",
    "Hourly": "01:00:00",
    "Daily": "1.00:00:00",
    "Weekly": "7.00:00:00",
}
_LONGEST = {
    "QuarterHourly": ("3 days", 0, 3),
    "Hourly": ("5 days", 0, 5),
    "Daily": ("2 months", 2, 0),
    "Weekly": ("1 year", 12, 0),
    "Monthly": ("15 years", 180, 0),
    "Yearly": ("50 years", 600, 0),
}
_LAST_YEAR = 9999


@dataclass
class _Record:
    moment: datetime
    values: list[int]
    actual: bool = True


def _later(moment: datetime, months: int, days: int) -> datetime:
    """Return the wall-clock moment so many months and days later.

    The 31st becomes a shorter month's last day.
    """
    count = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(count, 12)
    if year >= _LAST_YEAR:
        return moment.replace(year=_LAST_YEAR)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last)) + timedelta(days=days)


def _check_period(start: datetime, end: datetime, interval: str) -> None:
    if end <= start:
        raise refuse(400, "Period.To must be after Period.From.", "Period.To")
    words, months, days = _LONGEST[interval]
    wall_start = start.astimezone(berlin.BERLIN).replace(tzinfo=None)
    if end.astimezone(berlin.BERLIN).replace(tzinfo=None) > _later(wall_start, months, days):
        raise refuse(400, f"The period for the interval {interval} is limited to {words}.", "Period.To")


def _group(moment: datetime, interval: str) -> datetime:
    """Return the start of the interval a quarter hour belongs to, as UTC."""
    if interval == "QuarterHourly":
        return moment
    if interval == "Hourly":
        return moment.replace(minute=0)
    day = moment.astimezone(berlin.BERLIN).date()
    if interval == "Weekly":
        day -= timedelta(days=day.weekday())
    elif interval == "Monthly":
        day = day.replace(day=1)
    elif interval == "Yearly":
        day = day.replace(month=1, day=1)
    return berlin.midnight(day)


def _quarters(contract: Contract, seed: int, start: datetime, end: datetime) -> Iterator[Quarter]:
    """Yield the quarter hours of an account from start to before end."""
    day = max(start.astimezone(berlin.BERLIN).date(), contract.start)
    while berlin.midnight(day) < end and (contract.end is None or day < contract.end):
        for quarter in day_account(contract, seed, day):
            if start <= quarter.start < end:
                yield quarter
        day += timedelta(days=1)


def _bounds(
    metric: str, value_type: str, start: datetime, end: datetime
) -> tuple[datetime, datetime, datetime]:
    """Return the part of a period that has values of a kind, and the moment from which values are forecasts.

    Meters are read up to the last midnight; prices are certain as far as the market has published them, and
    so far consumption is forecast.
    """
    known = known_until(berlin.now())
    certain = known if metric == "WorkingPrice" else berlin.midnight(berlin.today())
    if value_type == "Actual":
        return start, min(end, certain), certain
    if value_type == "Forecast":
        return max(start, certain), min(end, known), certain
    return start, min(end, known), certain


def metrics(contract: Contract, seed: int, query: dict[str, Any]) -> dict[str, Any]:
    """Return the ``data`` of a metrics answer; a 400 refusal when the period is too long for its interval."""
    kind, interval = query.get("MetricType", "Consumption"), query.get("Interval", "Daily")
    value_type = query.get("ValueType", "Actual")
    metric = _METRICS[kind]
    start, end = query.get("Period.From"), query.get("Period.To")
    records: dict[datetime, _Record] = {}
    period: tuple[datetime, datetime] | None = None
    if start is not None and end is not None:
        _check_period(start, end, interval)
        first, after, certain = _bounds(kind, value_type, start, end)
        for quarter in _quarters(contract, seed, first, after):
            moment = _group(quarter.start, interval)
            record = records.setdefault(moment, _Record(moment, []))
            record.values.append(metric.read(quarter))
            record.actual = record.actual and quarter.start < certain
            period = (period[0] if period else quarter.start, quarter.start + berlin.QUARTER)
    shown = [_shown(record, metric) for record in records.values()]
    total = (
        sum(sum(record.values) for record in records.values()) / metric.per_unit if metric.summed else None
    )
    return {
        "valueUnitInfo": metric.unit,
        "consideredDataPeriod": (
            {"from": berlin.wire(period[0]), "to": berlin.wire(period[1])} if period else None
        ),
        "metricType": kind,
        "valueType": value_type,
        "interval": interval,
        "intervalDuration": _DURATIONS.get(interval),
        "averageValuePerInterval": round(fmean(each["value"] for each in shown), 6) if shown else None,
        "totalValue": total if shown else None,
        "numberOfEntries": len(shown),
        "records": shown,
    }


def _shown(record: _Record, metric: Metric) -> dict[str, Any]:
    value = sum(record.values) if metric.summed else round(fmean(record.values))
    return {
        "moment": berlin.wire(record.moment),
        "value": value / metric.per_unit,
        "valueRelevanceType": "Actual" if record.actual else "Forecast",
        "valueState": "Final" if record.actual else "Provisional",
    }
