"""Usage rows from GetUsageData: which buckets are expected, what came, and how sure each number is.

Energy in watt-hours per bucket (contract, "Meaning"); average power is energy divided by the bucket's real hours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer
from energyctl.core.times import (
    CalendarLength,
    Days,
    Months,
    Resolution,
    TimeRange,
    Years,
    floor,
    rfc3339,
    start_of_day,
    step,
)
from energyctl.providers.emporia.inventory import MAINS
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb

if TYPE_CHECKING:
    from energyctl.providers.emporia.client import EmporiaClient

#: Contract, "Limits": bars younger than this may be partial.
SETTLED_AFTER = timedelta(minutes=30)
#: What an answer may weigh; a fleet's day is asked for in as few calls as this allows.
WISHED_ANSWER = 48 * 1024 * 1024
_BYTES_A_VALUE, _BYTES_A_BUCKET, _BYTES_A_DEVICE = 8, 5, 80
#: Channels that a monitor may have besides its mains.
_MOST_CHANNELS = 19

COMPLETE, PARTIAL, ABSENT = "complete", "partial", "missing"

SCALES: dict[Resolution, int] = {
    "1m": pb.Minutes,
    "15m": pb.FifteenMinutes,
    "1h": pb.Hours,
    "1d": pb.Days,
    "1w": pb.Weeks,
    "1mo": pb.Months,
    "1y": pb.Years,
}
#: Buckets whose edges lie at whole multiples of seconds since the epoch; longer ones follow the device's calendar.
_SECONDS: dict[Resolution, int] = {"1m": 60, "15m": 900, "1h": 3600}
_WEEK_MARGIN_S = 6 * 86_400
_LENGTHS: dict[Resolution, CalendarLength] = {"1d": Days(1), "1w": Days(7), "1mo": Months(1), "1y": Years(1)}


@dataclass(frozen=True)
class Bucket:
    """One expected bucket: epoch seconds of its edges, their texts, its hours, and whether it has settled."""

    start: int
    end: int
    start_text: str
    end_text: str
    hours: float
    settled: bool


@dataclass(frozen=True)
class Question:
    """What is asked: the resolution, which channels, the present moment, and whether young bars are wanted."""

    resolution: Resolution
    all_channels: bool
    now: datetime
    include_partial: bool

    def buckets(self, span: TimeRange, site: tzinfo, shown: tzinfo) -> list[Bucket]:
        """Return the buckets of a range, as a device in the zone ``site`` cuts them.

        Days and longer begin at the device's midnight, perhaps before the range. Buckets that have not settled yet
        are left out unless they are wanted; those that lie wholly ahead never come.
        """
        return self._wanted(self._edges(span, site), shown)

    def as_cut(self, usage: Any, group: Group) -> list[Bucket]:
        """Return the buckets of a device that cuts them elsewhere than expected, else those of the group.

        On which day a week begins is not documented, so whatever stamps come are right. An end is the next stamp,
        or one length later in the device's calendar.
        """
        if self.resolution in _SECONDS or usage is None or not group.buckets:
            return group.buckets
        first, ahead = group.buckets[0], group.buckets[-1].end
        stamps = [
            at for at in usage.bucket_epoch_seconds if first.start - (first.end - first.start) < at < ahead
        ]
        if not stamps or not {bucket.start for bucket in group.buckets}.isdisjoint(stamps):
            return group.buckets
        length = _LENGTHS[self.resolution]
        last_day = datetime.fromtimestamp(stamps[-1], group.site).date()
        ends = [*stamps[1:], int(start_of_day(length.after(last_day), group.site).timestamp())]
        edges = ((start, end) for start, end in zip(stamps, ends, strict=True) if start < end)
        return self._wanted(edges, group.shown)

    def _wanted(self, edges: Iterable[tuple[int, int]], shown: tzinfo) -> list[Bucket]:
        settled_at = int((self.now - SETTLED_AFTER).timestamp())
        found = []
        for start, end in edges:
            settled = end <= settled_at
            if settled or (self.include_partial and start < self.now.timestamp()):
                first, last = (rfc3339(datetime.fromtimestamp(at, UTC), shown) for at in (start, end))
                found.append(Bucket(start, end, first, last, (end - start) / 3600, settled))
        return found

    def _edges(self, span: TimeRange, site: tzinfo) -> Iterator[tuple[int, int]]:
        last = span.end.timestamp()
        seconds = _SECONDS.get(self.resolution)
        if seconds is not None:
            start = int(span.start.timestamp()) // seconds * seconds
            while start < last:
                yield start, start + seconds
                start += seconds
            return
        here = floor(span.start, self.resolution, site)
        while here.timestamp() < last:
            following = step(here, self.resolution, site)
            yield int(here.timestamp()), int(following.timestamp())
            here = following


@dataclass(frozen=True)
class Group:
    """Devices that share their buckets."""

    ids: list[str]
    buckets: list[Bucket]
    #: The zone in which the devices cut days and longer, and the one in which times are shown.
    site: tzinfo = UTC
    shown: tzinfo = UTC


@dataclass(frozen=True)
class Part:
    """What one call asks for: devices, each with its own buckets, and the time that covers them all."""

    groups: dict[str, Group]

    @property
    def start(self) -> int:
        """The earliest bucket's start in epoch seconds."""
        return min(group.buckets[0].start for group in self.groups.values())

    @property
    def end(self) -> int:
        """The latest bucket's end in epoch seconds."""
        return max(group.buckets[-1].end for group in self.groups.values())


def parts(groups: Sequence[Group], ids: Sequence[str], *, all_channels: bool) -> list[Part]:
    """Cut a question so that each answer stays within what one call may bring, in as few calls as that allows."""
    by_id = {one: group for group in groups for one in group.ids if group.buckets}
    known = [one for one in ids if one in by_id]
    if not known:
        return []
    a_bucket = (_MOST_CHANNELS if all_channels else len(MAINS)) * _BYTES_A_VALUE + _BYTES_A_BUCKET
    most_buckets = max((WISHED_ANSWER - _BYTES_A_DEVICE) // a_bucket, 1)
    longest = max(len(by_id[one].buckets) for one in known)
    if longest > most_buckets:
        return [
            Part({one: replace(by_id[one], buckets=by_id[one].buckets[at : at + most_buckets])})
            for one in known
            for at in range(0, len(by_id[one].buckets), most_buckets)
        ]
    size = max(WISHED_ANSWER // (longest * a_bucket + _BYTES_A_DEVICE), 1)
    return [Part({one: by_id[one] for one in known[at : at + size]}) for at in range(0, len(known), size)]


def answered(
    client: EmporiaClient, part: Part, question: Question
) -> Iterator[tuple[str, Any, list[Bucket]]]:
    """Ask for a part and yield (device id, its usage or None, its buckets).

    An answer that is too large all the same is asked for in halves.
    """
    ids = list(part.groups)
    # Weeks that the provider begins on another day reach beyond those expected; they are asked for whole.
    margin = _WEEK_MARGIN_S if question.resolution == "1w" else 0
    start, end = part.start - margin, part.end + margin
    channels = pb.DeviceUsageRequest.ALL if question.all_channels else pb.DeviceUsageRequest.MAINS
    try:
        answer = client.usage(ids, start, end, SCALES[question.resolution], channels)
    except BadAnswer as error:
        half = len(ids) // 2
        if error.code != "answer_too_large" or half == 0:
            raise
        for some in (ids[:half], ids[half:]):
            yield from answered(client, Part({one: part.groups[one] for one in some}), question)
        return
    by_id: dict[str, Any] = {}
    for one in answer.device_usages:
        former = by_id.get(one.manufacturer_device_id)
        by_id[one.manufacturer_device_id] = one if former is None else _joined(former, one)
    for device_id, group in part.groups.items():
        usage = by_id.get(device_id)
        yield device_id, usage, question.as_cut(usage, group)


def _joined(first: Any, second: Any) -> Any:
    """Return the usage of a device that came in two pieces, of time or of channels, as one in the order of time.

    What neither piece tells is no number.
    """
    told: dict[int, dict[int, float]] = {}
    for piece in (first, second):
        starts = piece.bucket_epoch_seconds
        for one in piece.channel_usages:
            found = told.setdefault(one.channel, {})
            if len(one.usages) == len(starts):
                came = zip(starts, one.usages, strict=True)
                found.update((start, value) for start, value in came if math.isfinite(value))
    starts = sorted({*first.bucket_epoch_seconds, *second.bucket_epoch_seconds})
    joined = pb.DeviceUsageResponse.DeviceUsage(
        manufacturer_device_id=first.manufacturer_device_id, scale=first.scale, bucket_epoch_seconds=starts
    )
    for channel, values in sorted(told.items()):
        joined.channel_usages.add(channel=channel, usages=[values.get(start, math.nan) for start in starts])
    return joined


def series(
    usage: Any, buckets: Sequence[Bucket], expected_channels: Sequence[int]
) -> Iterator[tuple[int, list[float | None]]]:
    """Yield each channel's values, one for each expected bucket; None where nothing came.

    Buckets that were not expected are left out; a channel whose values do not match its buckets has none.
    """
    starts = [bucket.start for bucket in buckets]
    came = list(usage.bucket_epoch_seconds) if usage is not None else []
    channels: dict[int, Sequence[float]] = {}
    if usage is not None:
        for one in usage.channel_usages:
            channels[one.channel] = one.usages if len(one.usages) == len(came) else ()
    straight = came == starts
    place = {} if straight else {start: index for index, start in enumerate(came)}
    for channel in sorted({*channels, *expected_channels}):
        values = channels.get(channel, ())
        if not len(values):
            yield channel, [None] * len(starts)
        elif straight:
            yield channel, [value if math.isfinite(value) else None for value in values]
        else:
            found = (values[place[start]] if start in place else None for start in starts)
            yield channel, [one if one is not None and math.isfinite(one) else None for one in found]


def rows(
    device_id: str,
    name: str | None,
    circuits: dict[int, str],
    channels: Iterator[tuple[int, list[float | None]]],
    buckets: Sequence[Bucket],
    unit: str | None,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each channel and bucket."""
    for channel, values in channels:
        circuit = circuits.get(channel)
        for bucket, value in zip(buckets, values, strict=True):
            row: dict[str, Any] = {
                "device_id": device_id,
                "device_name": name,
                "channel": channel,
                "circuit": circuit,
                "start": bucket.start_text,
                "end": bucket.end_text,
            }
            if unit is None:
                row["energy_wh"] = value
                row["power_w"] = None if value is None else value / bucket.hours
            else:
                row[UNIT_FIELDS[unit]] = None if value is None else converted(value, bucket.hours, unit)
            row["status"] = ABSENT if value is None else COMPLETE if bucket.settled else PARTIAL
            yield row


UNIT_FIELDS = {"Wh": "energy_wh", "kWh": "energy_kwh", "W": "power_w", "kW": "power_kw"}


def converted(energy_wh: float, hours: float, unit: str) -> float:
    """Return an energy in a unit of energy, or the average power that it means over so many hours."""
    if unit == "Wh":
        return energy_wh
    if unit == "kWh":
        return energy_wh / 1000
    power_w = energy_wh / hours
    return power_w if unit == "W" else power_w / 1000


@dataclass
class Sum:
    """A running sum over buckets: energy, hours, and how many of the expected values came."""

    device_id: str | None = None
    device_name: str | None = None
    channel: int | None = None
    circuit: str | None = None
    first: Bucket | None = None
    last: Bucket | None = None
    energy_wh: float = 0.0
    expected: int = 0
    observed: int = 0
    unsettled: int = 0
    devices: int = 0
    #: Energy and hours of the values that came, for each channel of each device: their gaps and spans differ.
    came: dict[tuple[str, int], tuple[float, float]] = field(default_factory=dict)

    def add(
        self, device_id: str, channel: int, values: Sequence[float | None], buckets: Sequence[Bucket]
    ) -> None:
        """Add the values of a channel; its buckets lie one behind the other."""
        energy_wh, hours = self.came.get((device_id, channel), (0.0, 0.0))
        for bucket, value in zip(buckets, values, strict=True):
            self.expected += 1
            if value is not None:
                energy_wh += value
                hours += bucket.hours
                self.energy_wh += value
                self.observed += 1
                self.unsettled += not bucket.settled
        self.came[device_id, channel] = energy_wh, hours
        if buckets:
            if self.first is None or buckets[0].start < self.first.start:
                self.first = buckets[0]
            if self.last is None or buckets[-1].end > self.last.end:
                self.last = buckets[-1]

    def power_w(self) -> float:
        """Return the mean power: of each channel over the hours that its values came for, and these added up."""
        return sum(energy_wh / hours for energy_wh, hours in self.came.values() if hours)

    def row(self, kind: str, unit: str | None) -> dict[str, Any]:
        """Return the row of this sum; ``complete`` only when every expected value came and has settled."""
        row: dict[str, Any]
        if kind != "total":
            row = {"device_id": self.device_id, "device_name": self.device_name}
        else:
            row = {"devices": self.devices}
        if kind == "channel":
            row |= {"channel": self.channel, "circuit": self.circuit}
        row |= {
            "start": self.first.start_text if self.first else None,
            "end": self.last.end_text if self.last else None,
        }
        none = self.observed == 0
        for one in ("Wh", "W") if unit is None else (unit,):
            amount = self.energy_wh if one.endswith("Wh") else self.power_w()
            row[UNIT_FIELDS[one]] = None if none else amount / (1000 if one.startswith("k") else 1)
        whole = self.observed == self.expected and not self.unsettled
        row["status"] = ABSENT if none else COMPLETE if whole else PARTIAL
        row |= {"expected_values": self.expected, "observed_values": self.observed}
        return row
