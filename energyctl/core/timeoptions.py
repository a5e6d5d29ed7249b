"""The time options that all series commands share, and the rows that a series becomes."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.errors import UsageProblem
from energyctl.core.times import Resolution, TimeRange, floor, parse_wire, resolve_range, rfc3339, step
from energyctl.core.zones import parse_zone, zone_label

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: A little more than two years of minutes.
MOST_BUCKETS = 1_100_000
_CLOCK_LENGTHS = {"1m": timedelta(minutes=1), "15m": timedelta(minutes=15), "1h": timedelta(hours=1)}
COMPLETE, PARTIAL, ABSENT = "complete", "partial", "missing"

Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="From so long ago until now: 24h, 7d.")
]
From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="Start: date, date-time, today, yesterday.")
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End, not included [default: now].")]
Day = Annotated[
    str | None, typer.Option("--day", metavar="DATE", help="One local day: 2026-03-29, today, yesterday.")
]
Zone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help="utc, local, site or an IANA name.")]
Plot = Annotated[bool, typer.Option("--plot", help="Draw a chart instead of rows.")]


def wished_zone(session: Session, tz: str | None, site: str | None) -> tzinfo:
    """Return the zone that times are read and shown in: ``--tz``, else the profile's ``timezone``."""
    return parse_zone(tz or str(session.profile.timezone.value), site=site)


def wished_range(
    session: Session,
    *,
    since: str | None,
    from_: str | None,
    to: str | None,
    day: str | None,
    zone: tzinfo,
    default: str | None,
    quiet: bool = False,
) -> TimeRange:
    """Return the range asked for and echo it on a terminal's stderr."""
    span = resolve_range(
        since=since, from_=from_, to=to, day=day, zone=zone, now=session.now(), default=default
    )
    if not quiet:
        echo_range(session, span)
    return span


def echo_range(session: Session, span: TimeRange) -> None:
    """Say on a terminal's stderr which time is meant."""
    if session.can_ask or session.shows_progress:
        session.notice(span.describe())


def refuse_too_many(span: TimeRange, resolution: Resolution) -> None:
    """Refuse a range of more buckets than can be worked with at once, before they are made.

    :raises UsageProblem: for more than two years of minutes or the like.
    """
    length = _CLOCK_LENGTHS.get(resolution)
    if length is None or span.length <= length * MOST_BUCKETS:
        return
    raise UsageProblem(
        f"{span.describe()} has {span.length // length:,} buckets of {resolution}; at most {MOST_BUCKETS:,} are "
        "looked at in one run.",
        hint="Choose a shorter range or a coarser --resolution.",
    )


def widened(span: TimeRange, resolution: Resolution, zone: tzinfo) -> TimeRange:
    """Return the range with both ends moved to the edge of a bucket, so that every bucket in it is whole."""
    last = floor(span.end, resolution, zone)
    return TimeRange(
        floor(span.start, resolution, zone),
        last if last == span.end else step(last, resolution, zone),
        span.zone,
    )


def oldest_first(records: Any, moment: str, site: tzinfo) -> list[Mapping[str, Any]]:
    """Return the records of a series in the order of time; nobody promises that they come in it.

    Those without a time are left out where something has to be moved.

    :param moment: the record's field with its time.
    :param site: the zone of times without offset; in the hour that its clock repeats they stay as they came.
    """
    found = [one for one in records if isinstance(one, Mapping)] if isinstance(records, list) else []
    said = [str(one.get(moment)) for one in found]
    if all(map(operator.le, said, said[1:])):
        return found
    dated = [(at, one) for one in found if (at := parse_wire(one.get(moment), site)) is not None]
    ordered = [one for _, one in dated]
    for way in (ordered, ordered[::-1]):
        if _goes_forward(way, moment, site):
            return way
    return [one for _, one in sorted(dated, key=operator.itemgetter(0))]


def _goes_forward(records: list[Mapping[str, Any]], moment: str, site: tzinfo) -> bool:
    previous: datetime | None = None
    for one in records:
        at = parse_wire(one.get(moment), site, previous=previous)
        if at is None or (previous is not None and at < previous):
            return False
        previous = at
    return True


def series_rows(
    records: Iterator[Mapping[str, Any]],
    *,
    span: TimeRange,
    resolution: Resolution,
    site: tzinfo,
    moment: str,
    value: str,
    now: datetime,
    extra: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """Yield a row for each bucket: start, end, status, then the provider's own fields as they came.

    A bucket without a record, or with a null or anything else that is no number, is ``missing``; one that has not
    ended yet is ``partial``. The records come oldest first. Those out of step with the buckets keep their own times.
    Each record appears once; those outside the range do not.

    :param site: the zone in which the provider cuts its buckets and writes times without offset.
    :param moment: the record's field with the start of its bucket.
    :param value: the record's field with its value.
    """
    expected = floor(span.start, resolution, site)
    previous: datetime | None = None
    seen: set[datetime] = set()
    for record in records:
        at = parse_wire(record.get(moment), site, previous=previous)
        if at is None or at in seen:
            continue
        seen.add(at)
        previous = at
        if not span.start <= at < span.end:
            continue
        if at == floor(at, resolution, site):
            while expected < at:
                yield _row(
                    expected, step(expected, resolution, site), span.zone, ABSENT, extra, {value: None}
                )
                expected = step(expected, resolution, site)
        end = step(at, resolution, site)
        measured = carries_value(record.get(value))
        status = ABSENT if not measured else PARTIAL if end > now and at <= now else COMPLETE
        yield _row(at, end, span.zone, status, extra, record)
        expected = max(expected, end)
    while expected < span.end:
        yield _row(expected, step(expected, resolution, site), span.zone, ABSENT, extra, {value: None})
        expected = step(expected, resolution, site)


def carries_value(value: Any) -> bool:
    """Whether a bucket's value is a number, a text of one, or an object that holds one."""
    if isinstance(value, Mapping):
        return any(map(carries_value, value.values()))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False
    except OverflowError:  # a whole number, and a very large one
        return True


def _row(
    start: datetime,
    end: datetime,
    zone: tzinfo,
    status: str,
    extra: Mapping[str, Any],
    record: Mapping[str, Any],
) -> dict[str, Any]:
    return {"start": rfc3339(start, zone), "end": rfc3339(end, zone), "status": status, **extra, **record}


def chart(
    session: Session,
    rows: list[dict[str, Any]],
    *,
    value: str,
    title: str,
    unit: str,
    zone: tzinfo,
    kind: str = "bar",
) -> None:
    """Draw rows as a chart on stdout, as wide as the terminal."""
    from energyctl.core.charts import FRAME, bar_or_line, minmax_line
    from energyctl.core.streams import carries, window
    from energyctl.core.tables import folded

    size = window(session.stdout)
    width = min(size.columns, 120) if session.stdout_is_terminal else 80
    points = [(datetime.fromisoformat(row["start"]), _number(row.get(value))) for row in rows]
    text = bar_or_line(
        points,
        title=f"{title} ({zone_label(zone)})",
        unit=unit,
        width=width,
        height=max(10, min(size.lines - 4, 20)),
        zone=zone,
        color=session.color(session.stdout),
        kind="line" if kind == "line" else "bar",
        unicode=carries(session.stdout, FRAME),
    )
    session.out.text(text)
    line = minmax_line(points, unit=unit, zone=zone)
    session.out.text(folded(line, width) if session.stdout_is_terminal else line)


def _number(value: Any) -> float | None:
    if isinstance(value, Mapping) or not carries_value(value):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
