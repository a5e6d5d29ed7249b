"""``emporia usage``: energy and power over time, and how sure each number is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import is_many
from energyctl.core.timeoptions import (
    Day,
    From,
    Plot,
    Since,
    To,
    Zone,
    chart,
    refuse_too_many,
    wished_range,
    wished_zone,
)
from energyctl.core.times import TimeRange, parse_zone, rfc3339, start_of_day, zone_label
from energyctl.core.usageoptions import Channels, InUnit, Length, Resolution, WhichChannels
from energyctl.providers.emporia.client import EmporiaClient, connect, counted
from energyctl.providers.emporia.commands.switching import IdsFile, named
from energyctl.providers.emporia.inventory import OFFERED, Inventory, check_chosen, chosen_ids
from energyctl.providers.emporia.usage import (
    UNIT_FIELDS,
    Bucket,
    Group,
    Part,
    Question,
    Sum,
    answered,
    parts,
    rows,
    series,
)
from energyctl.providers.emporia.views import usage_view

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()

#: Lengths that each device cuts in its own zone.
_CALENDAR = ("1d", "1w", "1mo", "1y")
#: With ``--tz site`` a time is wrong that is wrong both where clocks are first and where they are last.
_ENDS_OF_THE_WORLD = (timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))


class SumBy(StrEnum):
    """What is added up over the whole range."""

    device = "device"
    channel = "channel"
    total = "total"


@app.command("usage")
def show_usage(
    ctx: typer.Context,
    devices: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DEVICE...]",
            help="Ids or names; - reads standard input.",
            autocompletion=OFFERED[None].feed,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All devices.")] = False,
    ids_file: IdsFile = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    resolution: Resolution = Length.hour,
    channels: WhichChannels = Channels.mains,
    unit: InUnit = None,
    sum_by: Annotated[
        SumBy | None,
        typer.Option("--sum", help="Add up over the range; sums by device and total count mains once."),
    ] = None,
    include_partial: Annotated[
        bool, typer.Option("--include-partial", help="Also what is younger than 30 minutes, marked partial.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask for the device list again.")] = False,
    plot: Plot = False,
) -> None:
    """Show energy per bucket and the average power it means; missing buckets are shown as missing.

    With --tz site days are those of each device's own zone. Without a time: the last 24 hours.

    Examples:
    energyctl emporia usage --all --since 6h
    energyctl emporia usage --all --day yesterday --tz site --resolution 15m -o jsonl --limit 10
    energyctl emporia usage --all --since 7d --resolution 1d --sum device --unit kWh
    """
    session = session_of(ctx)
    question = Question(resolution.value, channels is Channels.all, session.now(), include_partial)
    client, inventory, pieces = planned(
        session,
        devices,
        question,
        everything=everything,
        ids_file=ids_file,
        refresh=refresh,
        since=since,
        from_=from_,
        to=to,
        day=day,
        tz=tz,
    )
    if plot:
        _plot(session, client, inventory, pieces, question, unit, tz)
        return
    if sum_by is not None:
        summed = _sums(client, inventory, pieces, question, sum_by)
        found: Iterator[dict[str, Any]] = (one.row(sum_by.value, unit) for one in summed)
    else:
        found = bucket_rows(client, inventory, pieces, question, unit)
    session.out.rows(found, usage_view(UNIT_FIELDS[unit] if unit else None, sum_by.value if sum_by else None))


def planned(
    session: Session,
    devices: list[str] | None,
    question: Question,
    *,
    everything: bool,
    ids_file: str | None,
    refresh: bool,
    since: str | None,
    from_: str | None,
    to: str | None,
    day: str | None,
    tz: str | None,
) -> tuple[EmporiaClient, Inventory, list[Part]]:
    """Return what is to be asked for the devices and the time that the user named; no usage is asked for yet.

    :raises UsageProblem: when no device was named, or the time makes no sense.
    :raises NotFound: for a device that Emporia does not list.
    """
    client = connect(session)
    given = named(session, devices, ids_file)
    nobody = not given and is_many(devices, ids_file)  # an empty list is no mistake
    if not nobody:
        check_chosen(given, everything=everything, what="devices")
    _check_time(session, question, since=since, from_=from_, to=to, day=day, tz=tz)
    inventory = Inventory([], 0.0) if nobody else Inventory.having(client, given, refresh=refresh)
    ids = chosen_ids(inventory, given, everything=everything and not nobody, model=None)
    for one in ids:
        inventory.device(one)  # says at once which id is unknown, before any call is spent
    groups = _groups(session, inventory, ids, question, since=since, from_=from_, to=to, day=day, tz=tz)
    pieces = parts(groups, ids, all_channels=question.all_channels)
    counted(len(pieces), session, f"Usage of {len(ids)} devices")
    if ids and not pieces:
        session.notice("Nothing has settled in that time yet; --include-partial shows what there is.")
    return client, inventory, pieces


def _check_time(
    session: Session,
    question: Question,
    *,
    since: str | None,
    from_: str | None,
    to: str | None,
    day: str | None,
    tz: str | None,
) -> None:
    """Refuse a time that no device's zone makes good, before any call is spent.

    :raises UsageProblem: when it makes no sense.
    """
    per_site = _wished(session, tz).lower() == "site"
    zones = _ENDS_OF_THE_WORLD if per_site else (wished_zone(session, tz, None),)
    for zone in zones:
        try:
            span = wished_range(
                session, since=since, from_=from_, to=to, day=day, zone=zone, default="24h", quiet=True
            )
            refuse_too_many(span, question.resolution)
        except UsageProblem:
            if zone is zones[-1]:
                raise
        else:
            return


def _wished(session: Session, tz: str | None) -> str:
    return tz or str(session.profile.timezone.value)


def _groups(
    session: Session,
    inventory: Inventory,
    ids: list[str],
    question: Question,
    *,
    since: str | None,
    from_: str | None,
    to: str | None,
    day: str | None,
    tz: str | None,
) -> list[Group]:
    """Gather devices that share their buckets: those of one zone, where days or ``--tz site`` follow the zone."""
    by_zone: dict[str, list[str]] = {}
    for one in ids:
        by_zone.setdefault(inventory.zone(one), []).append(one)
    per_site = _wished(session, tz).lower() == "site"
    calendar = question.resolution in _CALENDAR
    shared: dict[tuple[Any, ...], Group] = {}
    widened: list[str] = []
    shortened: list[str] = []
    first = True
    for site_name, members in by_zone.items():
        site = _site(site_name)
        zone = wished_zone(session, tz, site_name) if not per_site else site
        span = wished_range(
            session,
            since=since,
            from_=from_,
            to=to,
            day=day,
            zone=zone,
            default="24h",
            quiet=not (first or per_site),
        )
        first = False
        refuse_too_many(span, question.resolution)
        buckets = question.buckets(span, site if calendar else zone, zone)
        if day or from_:
            widened += _widened(span, buckets, question)
        if day or to:
            shortened += _shortened(span, buckets, question)
        key = (
            zone_label(zone),
            site_name if calendar else None,
            tuple((one.start, one.end) for one in buckets),
        )
        shared.setdefault(key, Group([], buckets, site, zone)).ids.extend(members)
    for told in (widened, shortened):
        if told:
            more = len(set(told)) - 1
            session.notice(told[0] + (f" So it is in {more} more zones." if more else ""))
    return list(shared.values())


def _widened(span: TimeRange, buckets: list[Bucket], question: Question) -> list[str]:
    """Tell it when whole buckets reach beyond a range, as days do in a zone that is not the one asked for."""
    if not buckets or (
        buckets[0].start >= span.start.timestamp() and buckets[-1].end <= span.end.timestamp()
    ):
        return []
    if question.resolution == "1w":  # only the answer tells on which day they begin
        return ["Buckets of 1w do not fit the range; they reach beyond it."]
    first, last = buckets[0].start_text, buckets[-1].end_text
    return [f"Buckets of {question.resolution} do not fit the range; they are from {first} to {last}."]


def _shortened(span: TimeRange, buckets: list[Bucket], question: Question) -> list[str]:
    """Tell it when the end of a range that was named has not settled yet."""
    if not buckets or buckets[-1].end >= span.end.timestamp() or question.include_partial:
        return []
    last = buckets[-1].end_text
    return [f"What has not settled yet is left out: it ends at {last}; --include-partial shows more."]


def _site(name: str) -> tzinfo:
    try:
        return parse_zone(name)
    except UsageProblem:  # a zone that this machine does not know
        return parse_zone("utc")


def bucket_rows(
    client: EmporiaClient, inventory: Inventory, pieces: list[Part], question: Question, unit: str | None
) -> Iterator[dict[str, Any]]:
    """Yield a row for each device, channel and bucket, asking for the usage piece by piece."""
    for piece in pieces:
        for device_id, usage, buckets in answered(client, piece, question):
            expected = inventory.channels(device_id, all_channels=question.all_channels)
            yield from rows(
                device_id,
                inventory.name(device_id),
                inventory.circuits(device_id),
                series(usage, buckets, expected),
                buckets,
                unit,
            )


def _sums(
    client: EmporiaClient, inventory: Inventory, pieces: list[Part], question: Question, by: SumBy
) -> list[Sum]:
    sums: dict[Any, Sum] = {}
    members: set[str] = set()
    for piece in pieces:
        for device_id, usage, buckets in answered(client, piece, question):
            expected = inventory.channels(device_id, all_channels=question.all_channels)
            for channel, values in series(usage, buckets, expected):
                if by is not SumBy.channel and not inventory.counts_in_sums(device_id, channel):
                    continue
                key = {SumBy.device: device_id, SumBy.channel: (device_id, channel), SumBy.total: None}[by]
                one = sums.get(key)
                if one is None:
                    circuit = inventory.circuits(device_id).get(channel)
                    one = sums[key] = Sum(device_id, inventory.name(device_id), channel, circuit)
                one.add(device_id, channel, values, buckets)
            members.add(device_id)
    for one in sums.values():
        one.devices = len(members)
    return list(sums.values())


def _places(buckets: list[Bucket], question: Question, site: tzinfo, zone: tzinfo) -> list[float]:
    """Return where buckets lie in a chart, in epoch seconds: days and longer of all zones where their date does."""
    if question.resolution not in _CALENDAR:
        return [one.start for one in buckets]
    days = (datetime.fromtimestamp(one.start, site).date() for one in buckets)
    return [start_of_day(day, zone).timestamp() for day in days]


def _plot(
    session: Session,
    client: EmporiaClient,
    inventory: Inventory,
    pieces: list[Part],
    question: Question,
    unit: str | None,
    tz: str | None,
) -> None:
    """Draw the sum of all devices, bucket by bucket; average power when no unit is named."""
    from energyctl.providers.emporia.usage import converted

    chosen = unit or "W"
    shown = {one: group.shown for piece in pieces for one, group in piece.groups.items()}
    devices = sorted(shown)
    zone = shown[devices[0]] if devices else wished_zone(session, tz, "UTC")
    values: dict[float, float | None] = {}
    for piece in pieces:
        for device_id, usage, buckets in answered(client, piece, question):
            expected = inventory.channels(device_id, all_channels=question.all_channels)
            places = _places(buckets, question, piece.groups[device_id].site, zone)
            for channel, found in series(usage, buckets, expected):
                if not inventory.counts_in_sums(device_id, channel):
                    continue
                for at, bucket, value in zip(places, buckets, found, strict=True):
                    values.setdefault(at, None)
                    if value is not None:
                        values[at] = (values[at] or 0.0) + converted(value, bucket.hours, chosen)
    points = [
        {"start": rfc3339(datetime.fromtimestamp(at, UTC), zone), "value": value}
        for at, value in sorted(values.items())
    ]
    title = (inventory.name(devices[0]) or devices[0]) if len(devices) == 1 else f"{len(devices)} devices"
    chart(session, points, value="value", title=title, unit=chosen, zone=zone)
