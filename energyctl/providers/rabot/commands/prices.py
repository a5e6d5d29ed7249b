"""``rabot prices``: day-ahead prices and their forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import MAXYEAR, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.timeoptions import (
    From,
    Plot,
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
    Resolution,
    TimeRange,
    floor,
    parse_instant,
    parse_wire,
    parse_zone,
    rfc3339,
    start_of_day,
    step,
    zone_label,
)
from energyctl.providers.rabot.client import RabotClient, connect
from energyctl.providers.rabot.operations import ZONE
from energyctl.providers.rabot.views import PRICES, unit_name

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()

#: Contract section 4.15: the longest period of one request.
LONGEST = timedelta(hours=48)
#: Contract section 4.16: how far the forecast goes, from tomorrow on.
FORECAST_DAYS = timedelta(days=8)
_QUARTER, _HOUR = timedelta(minutes=15), timedelta(hours=1)


class Granularity(StrEnum):
    """The length of a price's validity."""

    hourly = "Hourly"
    quarter_hourly = "QuarterHourly"


@app.command("prices")
def show_prices(
    ctx: typer.Context,
    from_: From = None,
    to: To = None,
    day: Annotated[str | None, typer.Option("--day", metavar="DATE", help="One local day.")] = None,
    granularity: Annotated[
        Granularity | None,
        typer.Option(
            "--granularity", help="Step of the prices [default: the provider's].", case_sensitive=False
        ),
    ] = None,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="The forecast of the next eight days.")
    ] = False,
    tz: Zone = None,
    plot: Plot = False,
) -> None:
    """Show day-ahead prices: of the next 48 hours, or of the time named.

    Unit, gross or net, and zone are said for every answer.

    Examples:
    energyctl rabot prices
    energyctl rabot prices --day today --granularity Hourly --plot
    energyctl rabot prices --forecast -o csv
    """
    session = session_of(ctx)
    zone = wished_zone(session, tz, ZONE)
    client = connect(session)
    extra = [("granularity", granularity.value)] if granularity else []
    parts: list[TimeRange | None] = [None]
    whole = to is not None or day is not None
    if not whole and (from_ is not None or forecast):
        parts = [*_onward(session, from_, zone, forecast=forecast).split(LONGEST)]
    elif whole:
        span = wished_range(session, since=None, from_=from_, to=to, day=day, zone=zone, default=None)
        parts = [*span.split(LONGEST)]
    said: dict[str, str] = {}
    rows = _rows(client, parts, extra, zone, forecast=forecast, whole=whole, said=said)
    first = next(rows, None)
    kind = said.get("kind", "?")
    basis = {"Net": "net, without VAT", "Gross": "gross, with VAT"}.get(kind, kind)
    session.notice(
        f"{'Forecast' if forecast else 'Day-ahead prices'} in {said.get('unit', '?')}, {basis}, "
        f"times in {zone_label(zone)}."
    )
    all_rows = _chained(first, rows)
    if not plot:
        session.out.rows(all_rows, PRICES)
        return
    chart(
        session,
        list(all_rows),
        value="price",
        title=f"{'Forecast' if forecast else 'Day-ahead prices'}, {basis}",
        unit=said.get("unit", ""),
        zone=zone,
    )


def _onward(session: Session, text: str | None, zone: tzinfo, *, forecast: bool) -> TimeRange:
    """Return the range from a time on: the provider's 48 hours, or until the end of what it knows if that is later.

    :param text: where it begins; None for where the forecast does.
    """
    site = parse_zone(ZONE)
    if forecast:
        begins = parse_instant("tomorrow", site, session.now(), field="--from")
        ends = start_of_day(begins.date() + FORECAST_DAYS, site)
    else:
        begins = session.now()
        ends = parse_instant("tomorrow", zone, begins, field="--from")
    start = begins if text is None else parse_instant(text, zone, session.now(), field="--from")
    span = TimeRange(start, max(ends, start + LONGEST), zone)
    echo_range(session, span)
    return span


def _chained(first: dict[str, Any] | None, rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if first is not None:
        yield first
        yield from rest


def _rows(
    client: RabotClient,
    parts: list[TimeRange | None],
    extra: list[tuple[str, str]],
    zone: tzinfo,
    *,
    forecast: bool,
    whole: bool,
    said: dict[str, str],
) -> Iterator[dict[str, Any]]:
    """Yield a row for each price: when it begins and ends, then the provider's fields, unit and kind.

    :param whole: whether the parts are to be covered to their ends, so that what is not published shows as missing.
    """
    site = parse_zone(ZONE)
    reached: datetime | None = None
    length: timedelta | None = None
    for part in parts:
        period = [("from", rfc3339(part.start, site)), ("to", rfc3339(part.end, site))] if part else []
        answer = client.prices([*period, *extra], forecast=forecast)
        said.update(
            unit=unit_name(answer.get("pricesUnit")) or "ct/kWh", kind=str(answer.get("pricesKind") or "?")
        )
        records = oldest_first(answer.get("prices"), "at", site)
        times = _times(records, site)
        length = _shortest_gap(times) or length
        resolution: Resolution = "1h" if (length or _guessed(times, part, extra)) >= _HOUR else "15m"
        asked = widened(part, resolution, site) if part else None
        if asked and whole:
            start, end = asked.start, asked.end
        elif times:
            start, end = (
                floor(min(times), resolution, site),
                max(step(one, resolution, site) for one in times),
            )
        else:
            continue
        if asked:  # a server may give more, such as all of the days
            start, end = max(start, asked.start), min(end, asked.end)
        start = max(start, reached or start)
        if end <= start:
            continue
        reached = end
        yield from series_rows(
            iter(records),
            span=TimeRange(start, end, zone),
            resolution=resolution,
            site=site,
            moment="at",
            value="price",
            now=end,  # a price holds for all of its time: none is partial
            extra=dict(said),
        )


def _times(records: Sequence[Mapping[str, Any]], site: tzinfo) -> list[datetime]:
    """Return when the prices begin; one of the calendar's last year is left out, since it may have no end."""
    found: list[datetime] = []
    for one in records:
        at = parse_wire(one.get("at"), site, previous=found[-1] if found else None)
        if at is not None and at.year < MAXYEAR:
            found.append(at)
    return found


def _shortest_gap(times: list[datetime]) -> timedelta | None:
    """Return the shortest distance between two prices; None of too few."""
    return min((after - before for before, after in pairwise(sorted(times)) if after > before), default=None)


def _guessed(times: list[datetime], part: TimeRange | None, asked: Sequence[tuple[str, str]]) -> timedelta:
    """Return how long a lonely price holds: as asked for, else an hour where quarters would have been several."""
    if asked:
        return _HOUR if dict(asked).get("granularity") == Granularity.hourly else _QUARTER
    lonely = len(times) == 1 and times[0].minute == 0
    return _HOUR if lonely and part is not None and part.length > _QUARTER else _QUARTER
