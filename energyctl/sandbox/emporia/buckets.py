"""Cutting time into buckets, and buckets into stretches of one local day.

Minutes, quarters of an hour and hours are cut on the UTC clock; days and longer at midnight of the device's zone,
so that a day of a clock change has 23, 25 or, on Lord Howe Island, 23.5 and 24.5 hours.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from energyctl.sandbox.emporia.loads import DAY_MINUTES, Day, Load

MINUTE = 60
STEPS_S = {"Minutes": 60, "FifteenMinutes": 900, "Hours": 3600}
_SUNDAY = 6


@dataclass(frozen=True)
class Cut:
    """Buckets in a row, in epoch seconds: bucket i is from ``edges[i]`` to ``edges[i + 1]``.

    ``step_s`` is their length where all have the same.
    """

    edges: list[int]
    step_s: int | None

    @property
    def starts(self) -> list[int]:
        """Where each bucket begins."""
        return self.edges[:-1]


@dataclass(frozen=True)
class Run:
    """``count`` whole buckets within one day, from bucket ``first`` and local minute ``minute`` on."""

    day: Day
    first: int
    count: int
    minute: int
    step: int
    weight: float


@dataclass(frozen=True)
class Piece:
    """The part of one bucket that lies within a day, from one local minute to another."""

    day: Day
    bucket: int
    begin: int
    end: int
    weight: float


@dataclass(frozen=True)
class Stretches:
    """How buckets lie in local days. One list serves all loads of all devices with the same zone."""

    buckets: int
    runs: list[Run]
    pieces: list[Piece]

    def energy(self, load: Load) -> list[float]:
        """Watt-hours of a load in each bucket."""
        values = [0.0] * self.buckets
        for run in self.runs:
            table, watts = load.on(run.day)
            factor, step = watts * run.weight, run.step
            begun = table[run.minute : run.minute + run.count * step + 1 : step]
            values[run.first : run.first + run.count] = [
                factor * (after - before) for before, after in pairwise(begun)
            ]
        for piece in self.pieces:
            table, watts = load.on(piece.day)
            values[piece.bucket] += watts * piece.weight * (table[piece.end] - table[piece.begin])
        return values


def cut(resolution: str, start: int, end: int, zone: ZoneInfo) -> Cut:
    """Return the buckets that have a part in [start, end), the first of which may begin before it."""
    step = STEPS_S.get(resolution)
    if end <= start:
        return Cut([], step)
    if step is not None:
        first, last = start // step, -(-end // step)
        return Cut([index * step for index in range(first, last + 1)], step)
    day = _opening(resolution, datetime.fromtimestamp(start, zone).date())
    edges = [midnight(day, zone)]
    while edges[-1] < end:
        day = _following(resolution, day)
        edges.append(midnight(day, zone))
    return Cut(edges, None)


def count(resolution: str, start: int, end: int) -> int:
    """Return about how many buckets [start, end) has, without cutting it."""
    return -(-(end - start) // STEPS_S.get(resolution, 86_400))


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return the epoch second at which a local day begins."""
    return int(datetime.combine(day, time(), zone).timestamp())


def _opening(resolution: str, day: date) -> date:
    """Return the first day of the day, week, month or year that holds this day. Weeks begin on Sunday."""
    if resolution == "Weeks":
        return day - timedelta(days=(day.weekday() - _SUNDAY) % 7)
    if resolution == "Months":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if resolution == "Years" else day


def _following(resolution: str, day: date) -> date:
    if resolution == "Months":
        return (day + timedelta(days=32)).replace(day=1)
    if resolution == "Years":
        return day.replace(year=day.year + 1)
    return day + timedelta(days=7 if resolution == "Weeks" else 1)


def stretches(cut: Cut, zone: ZoneInfo, parts: list[tuple[int, int, float]]) -> Stretches:
    """Lay buckets over local days.

    ``parts`` says which time counts: from, to and with which weight, in epoch seconds on the minute, in order.
    """
    runs: list[Run] = []
    pieces: list[Piece] = []
    if cut.edges:
        for begin, end, weight in parts:
            for since, until, minute, day in _local(max(begin, cut.edges[0]), min(end, cut.edges[-1]), zone):
                _lay(cut, since, until, minute, day, weight, runs, pieces)
    return Stretches(len(cut.starts), runs, pieces)


def _lay(
    cut: Cut,
    since: int,
    until: int,
    minute: int,
    day: Day,
    weight: float,
    runs: list[Run],
    pieces: list[Piece],
) -> None:
    """Add what lies between two moments of one day with one offset; ``minute`` is local and belongs to the first."""
    offset = minute - since // MINUTE

    def cover(begin: int, end: int) -> None:
        while begin < end:
            bucket = bisect_right(cut.edges, begin) - 1
            edge = min(end, cut.edges[bucket + 1])
            pieces.append(Piece(day, bucket, begin // MINUTE + offset, edge // MINUTE + offset, weight))
            begin = edge

    step = cut.step_s
    if step is None:
        cover(since, until)
        return
    first, last = -(-since // step) * step, until // step * step
    if first >= last:
        cover(since, until)
        return
    cover(since, first)
    bucket = (first - cut.edges[0]) // step
    runs.append(Run(day, bucket, (last - first) // step, first // MINUTE + offset, step // MINUTE, weight))
    cover(last, until)


def _local(begin: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int, Day]]:
    """Yield stretches of one local day and one offset: from, to, the local minute at from, and the day."""
    while begin < end:
        shown = datetime.fromtimestamp(begin, zone)
        offset = shown.utcoffset()
        minute = shown.hour * MINUTE + shown.minute
        until = min(end, begin + (DAY_MINUTES - minute) * MINUTE)
        if _offset(until - MINUTE, zone) != offset:
            until = _change(begin, until, zone)
        yield begin, until, minute, Day(shown.toordinal(), shown.month, shown.weekday() >= 5)
        begin = until


def _offset(moment: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, zone).utcoffset()


def _change(begin: int, until: int, zone: ZoneInfo) -> int:
    """Return the first minute after begin, and before until, at which the offset is another."""
    low, high = begin // MINUTE, until // MINUTE
    before = _offset(begin, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle * MINUTE, zone) == before:
            low = middle
        else:
            high = middle
    return high * MINUTE
