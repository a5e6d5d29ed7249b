"""Checkers of measurements and cost (contract 8). Their table is in ``readingrules``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

from energyctl.core.times import floor, step
from energyctl.providers.bright.operations import RESOLUTIONS
from energyctl.providers.bright.verify.findings import Broken, Skipped
from energyctl.providers.bright.verify.organisation import Organisation, Service
from energyctl.providers.bright.verify.probe import Heard
from energyctl.providers.bright.verify.series import (
    BUCKETS,
    STOCKHOLM,
    Kind,
    Series,
    ask,
    chosen,
    examined,
    months,
    offered,
    read,
    samples,
    year_of,
    years,
)
from energyctl.providers.bright.verify.shapes import (
    SHORTEST_DATE,
    first_of,
    instant,
    is_number,
    is_text,
    objects,
    shown,
)

_UNITS = ("kWh", "m3", "kg")
_COSTS = ("cost", "total", "totalCost", "amount", "value")
_WITHOUT_VAT = ("costExcludingVat", "costExVat", "costExclVat", "costWithoutVat", "costExcludingVAT")
#: Half an öre for each part, and one for the sum.
_ROUNDING = 0.005
_NO_WORD = "fortnight"


def _broken(series: Series, found: str, expected: str) -> Broken:
    return Broken(f"{series.service.told}: {found}", expected=expected, heard=series.heard)


def answered(org: Organisation, kind: Kind) -> str:
    """Check: the series of each kind of service is answered as an object (contract 8)."""
    return f"{len({one.service for one in samples(org, kind)})} services"


def fields_are_there(org: Organisation, kind: Kind) -> None:
    """Check: startDate, endDate, resolution and values are there, of their types (contract 8.1, 8.2)."""
    for series in samples(org, kind):
        body = series.body
        for name in ("startDate", "endDate"):
            if instant(body.get(name)) is None:
                raise _broken(
                    series,
                    f"{name} is {shown(body.get(name))}",
                    f"a date-time of {SHORTEST_DATE} characters or more",
                )
        if not is_text(body.get("resolution")):
            raise _broken(series, f"resolution is {shown(body.get('resolution'))}", "the resolution")
        values = body.get("values")
        if not isinstance(values, list) or len(objects(values)) != len(values):
            raise _broken(series, f"values is {shown(values)}", "an array of objects")


def value_dates(org: Organisation, kind: Kind) -> None:
    """Check: a value's date is a date-time of 19 characters or more (contract 8)."""
    for series in samples(org, kind):
        for value in series.values:
            if instant(value.get("date")) is None:
                raise _broken(
                    series,
                    f"date is {shown(value.get('date'))}",
                    f"a date-time of {SHORTEST_DATE} characters or more",
                )


def resolution_honoured(org: Organisation, kind: Kind) -> None:
    """Check: values come in the resolution that was asked for (contract 8)."""
    for series in samples(org, kind):
        told = series.body.get("resolution")
        if told != series.resolution:
            raise _broken(series, f"resolution {shown(told)}", f'"{series.resolution}"')
        bucket = BUCKETS[series.resolution]
        starts = [floor(at, bucket, STOCKHOLM) for at in series.instants]
        if len(set(starts)) != len(starts):
            raise _broken(series, f"several values within one {series.resolution}", "one value each")
        gaps = [later - at for at, later in zip(sorted(starts), sorted(starts)[1:], strict=False)]
        if series.resolution == "hour" and gaps and min(gaps) > timedelta(hours=1):
            raise _broken(series, f"values {min(gaps)} apart", "an hour apart")


def edges_are_stockholms(org: Organisation, kind: Kind) -> None:
    """Check: months, days and hours begin where they do in Stockholm, also when the clock changes (contract 8)."""
    for series in examined(org, kind):
        begin = instant(series.body.get("startDate"))
        for at in series.instants:
            edge = floor(at, BUCKETS[series.resolution], STOCKHOLM)
            if at not in (edge, begin):
                raise _broken(
                    series, f"a {series.resolution} begins at {at.isoformat()}", f"at {edge.isoformat()}"
                )


def end_is_exclusive(org: Organisation, kind: Kind) -> None:
    """Check: no value lies at or after toDate, nor before fromDate's own period (contract 8)."""
    for series in examined(org, kind):
        first = floor(series.start, BUCKETS[series.resolution], STOCKHOLM)
        for at in series.instants:
            if at >= series.end:
                raise _broken(
                    series, f"a value at {at.isoformat()}", f"none from {series.end.isoformat()} on"
                )
            if at < first:
                raise _broken(series, f"a value at {at.isoformat()}", f"none before {first.isoformat()}")


def months_join_to_the_year(org: Organisation, kind: Kind) -> str:
    """Check: asked month by month, the values are those of the whole year, none twice (contract 8)."""
    whole = next((one for one in years(org, kind) if one.resolution == "month" and one.values), None)
    if whole is None:
        raise Skipped("no service has values by months")
    joined = []
    for start, end in months(whole.start, whole.end):
        joined += read(org, kind, whole.service, start, end, "month").instants
    if joined != whole.instants:
        raise _broken(
            whole, f"{len(joined)} months one by one, {len(whole.instants)} together", "the same months"
        )
    return f"{len(joined)} months"


def finer_is_refused(org: Organisation, kind: Kind) -> None:
    """Check: a finer resolution than a service offers is refused, or has no values (contract 7.1, 8)."""
    limited = [
        one
        for one in chosen(org, kind)
        if one.text(kind.offers) in RESOLUTIONS and not offered(one, kind, "15min")
    ]
    if not limited:
        raise Skipped("every service offers the finest resolution")
    for service in limited:
        finer = RESOLUTIONS[RESOLUTIONS.index(service.text(kind.offers) or "") + 1]
        start, _ = year_of(org, service)
        heard = ask(org, kind, service, start, step(start, "1mo", STOCKHOLM), finer)
        _refused(
            org, heard, f"{service.told}: {finer}, offering {service.text(kind.offers)}", may_be_empty=True
        )


def unknown_resolution_is_refused(org: Organisation, kind: Kind) -> None:
    """Check: a resolution that is none of the five words is refused (contract 8)."""
    service = chosen(org, kind)[0]
    heard = ask(org, kind, service, *year_of(org, service), _NO_WORD)
    _refused(org, heard, f'resolution "{_NO_WORD}"', may_be_empty=False)


def _refused(org: Organisation, heard: Heard, what: str, *, may_be_empty: bool) -> None:
    if heard.status is not None and 400 <= heard.status < 500:
        return
    found = org.json_of(heard)
    values = found.get("values") if isinstance(found, Mapping) else found
    if not may_be_empty or values:
        raise Broken(f"{what}: status {heard.status}", expected="an error of 4xx", heard=heard)


def future_is_empty(org: Organisation, kind: Kind) -> None:
    """Check: the future has no values (contract 8: the end is the latest day with data)."""
    start = floor(org.session.now() + timedelta(days=40), "1mo", STOCKHOLM)
    service = _open(org, kind)
    heard = ask(org, kind, service, start, step(start, "1mo", STOCKHOLM), "month")
    if heard.status is not None and 400 <= heard.status < 500:
        return
    found = org.json_of(heard)
    values = found.get("values") if isinstance(found, Mapping) else None
    if values:
        raise Broken(
            f"{service.told}: {len(values)} values from {start:%Y-%m-%d} on",
            expected="no values",
            heard=heard,
        )


def current_month_ends_with_data(org: Organisation, kind: Kind) -> str:
    """Check: the endDate of the current month is the latest day with data, not in the future (contract 8)."""
    now = org.session.now()
    start = floor(now, "1mo", STOCKHOLM)
    service = _open(org, kind)
    series = read(org, kind, service, start, step(start, "1mo", STOCKHOLM), "month")
    end = instant(series.body.get("endDate"))
    if end is None or end > now + timedelta(days=1):
        raise _broken(series, f"endDate {shown(series.body.get('endDate'))}", "the latest day with data")
    return f"until {end.isoformat()}"


def _open(org: Organisation, kind: Kind) -> Service:
    for service in chosen(org, kind):
        begun, ended = (instant(service.data.get(name)) for name in ("startDate", "endDate"))
        now = org.session.now()
        if offered(service, kind, "month") and (ended or now) >= now and (begun or now) <= now:
            return service
    raise Skipped("no service with months is open")


def start_is_the_services(org: Organisation, kind: Kind) -> None:
    """Check: when the service begins after fromDate, startDate is the service's own (contract 8.2)."""
    looked = 0
    for service in chosen(org, kind):
        begun = instant(service.data.get("startDate"))
        is_recent = begun is None or begun >= org.session.now() - timedelta(days=2)
        if begun is None or is_recent or not offered(service, kind, "month"):
            continue
        start = end = floor(begun - timedelta(days=40), "1mo", STOCKHOLM)
        while end <= begun:
            end = step(end, "1mo", STOCKHOLM)
        series = read(org, kind, service, start, end, "month")
        told = instant(series.body.get("startDate"))
        if told is None or told.astimezone(STOCKHOLM).date() != begun.astimezone(STOCKHOLM).date():
            raise _broken(series, f"startDate {shown(told and told.isoformat())}", f"{begun.isoformat()}")
        looked += 1
    if not looked:
        raise Skipped("no service tells its startDate")


def units_are_known(org: Organisation, kind: Kind) -> str:
    """Check: measurements are numbers of kWh, m3 or kg, or an object peakWatt (contract 8.2)."""
    seen: dict[str, None] = {}
    for series in examined(org, kind):
        for value in series.values:
            for name in _UNITS:
                if value.get(name) is not None:
                    if not is_number(value[name]):
                        raise _broken(series, f"{name} is {shown(value[name])}", "a number")
                    seen[name] = None
            peak = value.get("peakWatt")
            if peak is not None:
                if not isinstance(peak, Mapping):
                    raise _broken(series, f"peakWatt is {shown(peak)}", "an object")
                seen["peakWatt"] = None
    if not seen:
        raise Skipped("no value has kWh, m3, kg or peakWatt")
    return ", ".join(seen)


def measurements_are_positive(org: Organisation, kind: Kind) -> None:
    """Check: measurements are not negative, those of production neither (contract 7.1, 8.2)."""
    for series in examined(org, kind):
        for value in series.values:
            for name in _UNITS:
                if is_number(value.get(name)) and value[name] < 0:
                    raise _broken(series, f"{shown(value[name])} {name} at {value.get('date')}", "0 or more")


def production_cost_is_negative(org: Organisation, kind: Kind) -> None:
    """Check: the cost of production is an income: negative, or 0 (contract 8.1)."""
    looked = 0
    for series in examined(org, kind):
        if "produc" not in (series.service.text("type") or "").lower():
            continue
        for value in series.values:
            cost = first_of(value, _COSTS)
            if not is_number(cost):
                raise Skipped("the cost stands under a name that the contract does not tell")
            if cost > 0:
                raise _broken(series, f"{shown(cost)} at {value.get('date')}", "0 or less")
            looked += 1
    if not looked:
        raise Skipped("no service is called a production")


def parts_sum_to_the_cost(org: Organisation, kind: Kind) -> str:
    """Check: the parts of a month's cost sum to it, with or without VAT, but for rounding (contract 8.1)."""
    looked = 0
    for series in years(org, kind):
        for value in series.values:
            parts = [first_of(part, _COSTS) for part in objects(value.get("parts"))]
            totals = [
                one for one in (first_of(value, _COSTS), first_of(value, _WITHOUT_VAT)) if is_number(one)
            ]
            if not parts or not totals or not all(map(is_number, parts)):
                continue
            together = math.fsum(parts)
            if all(abs(together - total) > _ROUNDING * (len(parts) + 1) for total in totals):
                raise _broken(
                    series,
                    f"parts of {together:.4f} at {value.get('date')}",
                    f"{shown(totals[0])} as the total",
                )
            looked += 1
    if not looked:
        raise Skipped("no cost has parts with amounts of a known name")
    return f"{looked} sums"
