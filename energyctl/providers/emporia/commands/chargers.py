"""``emporia chargers``: see, switch and set EV chargers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, optional_seconds, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import is_many
from energyctl.providers.emporia.client import connect
from energyctl.providers.emporia.commands.devices import Refresh
from energyctl.providers.emporia.commands.switching import (
    Everything,
    IdsFile,
    Wait,
    chosen,
    device_of,
    devices_of,
    list_states,
    show_state,
)
from energyctl.providers.emporia.inventory import CHARGER
from energyctl.providers.emporia.kinds import DEFAULT_WAIT_S, Kind, Wish
from energyctl.providers.emporia.views import CHARGERS
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.providers.emporia.control import Control

Device = Annotated[str, device_of(CHARGER)]
Devices = Annotated[list[str] | None, devices_of(CHARGER)]

app = noun("See, switch and set EV chargers.")

#: Contract, EVChargerSettings: the smallest charge rate.
LEAST_AMPS = 6


class CarState(StrEnum):
    """What the car does."""

    charging = "charging"
    idle = "idle"


Until = Annotated[
    CarState | None, typer.Option("--until", help="With --wait: until the car charges, or no longer does.")
]


def _settings(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = row.get("settings")
    return found if isinstance(found, Mapping) else {}


def _message(device_id: str, wish: Wish) -> Any:
    message = pb.EVChargerSettings(manufacturer_device_id=device_id)
    if "on" in wish:
        message.on.value = wish["on"]
    if "charge_rate_amps" in wish:
        message.charge_rate_amps.value = wish["charge_rate_amps"]
    return message


def _check(state: Mapping[str, Any], wish: Wish) -> str | None:
    amps, most = wish.get("charge_rate_amps"), state.get("max_charge_rate_amps")
    if amps is not None and isinstance(most, int) and most >= LEAST_AMPS and amps > most:
        return f"--amps {amps} is more than this charger can: {LEAST_AMPS} to {most} A."
    return None


def _undo(device_id: str, former: Mapping[str, Any], wish: Wish) -> str | None:
    if any(former.get(name) is None for name in wish):  # a part of it would look like the whole
        return None
    options = []
    if "charge_rate_amps" in wish and former["charge_rate_amps"] != wish["charge_rate_amps"]:
        options.append(f"--amps {former['charge_rate_amps']}")
    if "on" in wish and former["on"] != wish["on"]:
        options.append("--on" if former["on"] else "--off")
    return f"chargers set {device_id} {' '.join(options)}" if options else None


KIND = Kind(
    noun="charger",
    model=CHARGER,
    list_method="ListEVChargers",
    update_method="UpdateEVChargers",
    field="evchargers",
    settings=_settings,
    message=_message,
    request=lambda messages: pb.UpdateEVChargersRequest(settings=messages),
    check=_check,
    undo=_undo,
)


@app.command("list")
def list_chargers(ctx: typer.Context, refresh: Refresh = False) -> None:
    """List all chargers: on or off, amps, and what the car does.

    Examples:
    energyctl emporia chargers list
    energyctl emporia chargers list -o json --query "[?car_charging].settings.manufacturer_device_id"
    """
    session = session_of(ctx)
    list_states(session, connect(session), KIND, CHARGERS, refresh=refresh)


@app.command("show")
def show_charger(ctx: typer.Context, device: Device) -> None:
    """Show one charger.

    Examples:
    energyctl emporia chargers list -o ids --limit 1 | xargs energyctl emporia chargers show
    energyctl emporia chargers list -o ids --limit 1 | xargs energyctl emporia chargers show -o json
    """
    session = session_of(ctx)
    show_state(session, connect(session), KIND, CHARGERS, device)


@app.command("on")
def turn_on(
    ctx: typer.Context,
    devices: Devices = None,
    everything: Everything = False,
    ids_file: IdsFile = None,
    wait: Wait = None,
    until: Until = None,
) -> None:
    """Turn chargers on, and tell for each what really happened.

    Examples:
    energyctl emporia chargers on --all --dry-run
    energyctl emporia chargers list -o ids --limit 1 | energyctl emporia chargers on - --yes --wait
    """
    _change(ctx, devices, ids_file, wait, until, {"on": True}, "turn on {}", everything=everything)


@app.command("off")
def turn_off(
    ctx: typer.Context,
    devices: Devices = None,
    everything: Everything = False,
    ids_file: IdsFile = None,
    wait: Wait = None,
    until: Until = None,
) -> None:
    """Turn chargers off, and tell for each what really happened.

    Examples:
    energyctl emporia chargers off --all --dry-run
    energyctl emporia chargers list -o ids --limit 1 | energyctl emporia chargers off - --yes --wait
    """
    _change(ctx, devices, ids_file, wait, until, {"on": False}, "turn off {}", everything=everything)


@app.command("set")
def set_chargers(
    ctx: typer.Context,
    devices: Devices = None,
    everything: Everything = False,
    ids_file: IdsFile = None,
    amps: Annotated[
        int | None, typer.Option("--amps", metavar="N", help="Charge rate: 6 to the charger's most.")
    ] = (None),
    on: Annotated[bool | None, typer.Option("--on/--off", help="Also turn it on or off.")] = None,
    wait: Wait = None,
    until: Until = None,
    hold: Annotated[
        str | None,
        typer.Option(
            "--for", metavar="TIME", help="Hold it so long (2h, 45m), then put it back. Stays in front."
        ),
    ] = None,
) -> None:
    """Set the charge rate of chargers. Only what is named is sent.

    With --for the setting is put back at the end, on Ctrl-C and on SIGTERM.

    Examples:
    energyctl emporia chargers set --all --amps 10 --dry-run
    energyctl emporia chargers list -o ids --limit 1 | energyctl emporia chargers set - --amps 16 --yes --wait
    """
    wish: Wish = {}
    if amps is not None:
        if amps < LEAST_AMPS:
            raise UsageProblem(
                f"--amps {amps} is below {LEAST_AMPS}, the least that a charger can do.",
                hint="To stop charging: energyctl emporia chargers off",
            )
        wish["charge_rate_amps"] = amps
    if on is not None:
        wish["on"] = on
    if not wish:
        raise UsageProblem("Nothing to set was named.", hint="Give --amps N, --on or --off.")
    switch = "" if on is None else "turn on" if on else "turn off"
    rate = f"set {{}} to {amps} A{f' and {switch} it' if switch else ''}"
    effect = rate if amps is not None else f"{switch} {{}}"
    _change(ctx, devices, ids_file, wait, until, wish, effect, everything=everything, hold=hold)


def _change(
    ctx: typer.Context,
    devices: list[str] | None,
    ids_file: str | None,
    wait: str | None,
    until: CarState | None,
    wish: Wish,
    effect: str,
    *,
    everything: bool,
    hold: str | None = None,
) -> None:
    session = session_of(ctx)
    hold_s = _held_for(hold)
    seconds = optional_seconds(wait, DEFAULT_WAIT_S)
    if until is not None and seconds is None:
        seconds = DEFAULT_WAIT_S
    condition = None if until is None else _car(until)
    from energyctl.providers.emporia.control import Control

    client = connect(session)
    inventory, ids = chosen(client, KIND, devices, ids_file, everything=everything)
    control = Control(client, KIND, inventory, wait_s=seconds, until=condition, restorable=hold_s is not None)
    many = is_many(devices, ids_file, everything=everything)
    if hold_s is None or session.options.dry_run:
        control.run(ids, wish, effect, many=many)
    else:
        _hold(session, control, ids, wish, effect, hold_s, many=many)


def _car(until: CarState) -> Any:
    charging = until is CarState.charging
    return lambda state: bool(state.get("car_charging")) == charging


def _held_for(hold: str | None) -> float | None:
    if hold is None:
        return None
    from energyctl.core.times import parse_duration

    seconds = parse_duration(hold, field="--for").total_seconds()
    if seconds <= 0:
        raise UsageProblem(f"--for {hold} is no time at all.", hint="Write it as 2h or 45m.")
    return seconds


def _hold(
    session: Session, control: Control, ids: list[str], wish: Wish, effect: str, seconds: float, *, many: bool
) -> None:
    """Carry out a change, hold it, and put every changed charger back, however the waiting ends."""
    from energyctl.providers.emporia.hold import hold_and_restore

    def start() -> list[str]:
        return control.run(ids, wish, effect, many=many)

    hold_and_restore(session, control, start, wish, seconds)
