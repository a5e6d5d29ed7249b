"""``energyctl usage``: what devices used over time, whoever's they are."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.commands.across.gathering import Provider, Raw, Refresh, asked_modules, gather
from energyctl.core.across import UsageQuestion
from energyctl.core.commandline import App, session_of
from energyctl.core.timeoptions import Day, From, Since, To, Zone
from energyctl.core.usageoptions import VALUES, Channels, InUnit, Length, Resolution, Unit, WhichChannels
from energyctl.core.views import Column, View

app = App()


_FIELDS = {
    Unit.wh: ("energy_wh",),
    Unit.kwh: ("energy_kwh",),
    Unit.w: ("power_w",),
    Unit.kw: ("power_kw",),
    None: ("energy_wh", "power_w"),
}


def _view(unit: Unit | None) -> View:
    return View(
        columns=(
            Column("Provider", "provider"),
            Column("Device", "device_id"),
            Column("Name", "device_name"),
            Column("Channel", "channel", right=True),
            Column("Circuit", "circuit"),
            Column("Start", "start"),
            Column("End", "end", detail=True),
            *(VALUES[name] for name in _FIELDS[unit]),
            Column("Status", "status"),
        ),
        id_path="device_id",
        plural="values",
    )


@app.command("usage")
def show_usage(
    ctx: typer.Context,
    devices: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DEVICE...]", help="Ids or names; - reads standard input."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All devices.")] = False,
    ids_file: Annotated[
        str | None, typer.Option("--ids-file", metavar="FILE", help="Ids or names, one a line.")
    ] = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    resolution: Resolution = Length.hour,
    channels: WhichChannels = Channels.mains,
    unit: InUnit = None,
    include_partial: Annotated[
        bool, typer.Option("--include-partial", help="Also what may still change, marked partial.")
    ] = False,
    refresh: Refresh = False,
    providers: Provider = None,
    raw: Raw = False,
) -> None:
    """Show energy per bucket and the average power it means, of every provider whose devices have a series.

    Without a time: the last 24 hours. What is a customer's and not a device's is elsewhere: emulate consumption,
    rabot contracts metrics, bright measurements. Sums and charts: emporia usage --sum, --plot.

    Examples:
    energyctl usage --all --since 6h
    energyctl usage --all --day yesterday --tz site --unit kWh -o jsonl --limit 10
    """
    session = session_of(ctx)
    question = UsageQuestion(
        devices=devices,
        everything=everything,
        ids_file=ids_file,
        since=since,
        from_=from_,
        to=to,
        day=day,
        tz=tz,
        resolution=resolution.value,
        all_channels=channels is Channels.all,
        unit=unit.value if unit else None,
        include_partial=include_partial,
        refresh=refresh,
        now=session.now(),
        raw=raw,
    )
    gather(session, asked_modules(session, providers, "usage"), "usage", question, _view(unit), raw=raw)
