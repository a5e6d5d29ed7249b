"""``emporia batteries``: see and set home batteries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

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
from energyctl.providers.emporia.inventory import BATTERY
from energyctl.providers.emporia.kinds import DEFAULT_WAIT_S, Kind, Wish
from energyctl.providers.emporia.views import BATTERIES, dispatch_mode
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb

Device = Annotated[str, device_of(BATTERY)]
Devices = Annotated[list[str] | None, devices_of(BATTERY)]

app = noun("See and set home batteries.")


class Mode(StrEnum):
    """How a battery is dispatched."""

    load_following = "load-following"
    excess_solar = "excess-solar"
    charge_to = "charge-to"
    discharge_to = "discharge-to"
    idle = "idle"


#: Mode to the settings' field, and the names of its power and level fields (contract, BatterySettings).
_FIELDS: dict[Mode, tuple[str, str | None, str | None]] = {
    Mode.load_following: ("load_following", "power_kwatts", None),
    Mode.excess_solar: ("charge_with_excess_solar", "charge_power_kwatts", None),
    Mode.charge_to: ("charge_to_state_of_charge", "charge_power_kwatts", "soc_percentage"),
    Mode.discharge_to: ("discharge_to_state_of_charge", "discharge_power_kwatts", "soc_percentage"),
    Mode.idle: ("idle", None, None),
}
_RESERVE = "reserve_soc_percentage"


def _settings(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = row.get("settings")
    return found if isinstance(found, Mapping) else {}


def _message(device_id: str, wish: Wish) -> Any:
    message = pb.BatterySettings(manufacturer_device_id=device_id)
    for name, value in wish.items():
        if name == _RESERVE:
            message.reserve_soc_percentage.value = value
            continue
        mode = getattr(message, name)
        mode.SetInParent()
        for field, number in value.items():
            getattr(mode, field).value = number
    return message


def _mode_of(settings: Mapping[str, Any]) -> tuple[Mode, Mapping[str, Any]] | None:
    for mode, (field, _power, _level) in _FIELDS.items():
        body = settings.get(field)
        if isinstance(body, Mapping):
            return mode, body
    return None


def _check(state: Mapping[str, Any], wish: Wish) -> str | None:
    """Check power against the inverter, and the level against the reserve that will be in force."""
    most = state.get("inverter_max_power_kwatts")
    reserve = wish.get(_RESERVE, _settings(state).get(_RESERVE))
    for mode, (field, power, level) in _FIELDS.items():
        body = wish.get(field)
        if not isinstance(body, Mapping):
            continue
        wanted = body.get(power or "")
        if wanted is not None and isinstance(most, int | float) and most > 0 and wanted > most:
            return f"--power {wanted:g} is more than its inverter can: {most:g} kW."
        target = body.get(level or "")
        if target is not None and isinstance(reserve, int | float) and target < reserve:
            return f"--soc {target:g} lies below its reserve of {reserve:g} %; no mode goes below it ({mode.value})."
    return None


def _told(settings: Mapping[str, Any], wish: Wish) -> Mapping[str, Any]:
    told = {_RESERVE: settings.get(_RESERVE)} if _RESERVE in wish else {}
    return {**told, "mode": dispatch_mode(settings)} if any(name != _RESERVE for name in wish) else told


def _undo(device_id: str, former: Mapping[str, Any], wish: Wish) -> str | None:
    """Return the words that put all of it back; None where a former value is not told, or cannot be set."""
    reserve, mode, power, soc = None, None, None, None
    if _RESERVE in wish:
        reserve = former.get(_RESERVE)
        if reserve is None:
            return None
    if any(name != _RESERVE for name in wish):
        found = _mode_of(former)
        if found is None:
            return None
        mode, body = found
        field, power_field, level_field = _FIELDS[mode]
        # what the same mode was given, and a level that the mode cannot do without
        needed = {*wish.get(field, {}), *([level_field] if level_field else [])}
        if any(body.get(name) is None for name in needed):
            return None
        power, soc = body.get(power_field or ""), body.get(level_field or "")
    try:
        _wish(reserve, mode, power, soc)
    except UsageProblem:  # a power of 0, say, which may be told and is not taken
        return None
    options = {"--reserve": reserve, "--mode": mode, "--power": power, "--soc": soc}
    named = (
        f"{option} {value if isinstance(value, str) else _exact(value)}"
        for option, value in options.items()
        if value is not None
    )
    return f"batteries set {device_id} {' '.join(named)}"


def _exact(value: float) -> str:
    """Return a number without loss, a whole one without its point."""
    return repr(value).removesuffix(".0")


KIND = Kind(
    noun="battery",
    model=BATTERY,
    list_method="ListBatteries",
    update_method="UpdateBatteries",
    field="batteries",
    settings=_settings,
    message=_message,
    request=lambda messages: pb.UpdateBatteriesRequest(settings=messages),
    check=_check,
    undo=_undo,
    plural="batteries",
    told=_told,
)


@app.command("list")
def list_batteries(ctx: typer.Context, refresh: Refresh = False) -> None:
    """List all batteries: charge, reserve and mode.

    Examples:
    energyctl emporia batteries list
    energyctl emporia batteries list -o json
    """
    session = session_of(ctx)
    list_states(session, connect(session), KIND, BATTERIES, refresh=refresh)


@app.command("show")
def show_battery(ctx: typer.Context, device: Device) -> None:
    """Show one battery.

    Examples:
    energyctl emporia batteries list -o ids --limit 1 | xargs energyctl emporia batteries show
    energyctl emporia batteries list -o ids --limit 1 | xargs energyctl emporia batteries show -o json
    """
    session = session_of(ctx)
    show_state(session, connect(session), KIND, BATTERIES, device)


@app.command("set")
def set_batteries(
    ctx: typer.Context,
    devices: Devices = None,
    everything: Everything = False,
    ids_file: IdsFile = None,
    reserve: Annotated[
        float | None,
        typer.Option("--reserve", metavar="PCT", help="Charge that no mode goes below: 1 to 100."),
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option("--mode", help="How it is dispatched.", case_sensitive=False)
    ] = None,
    power: Annotated[
        float | None, typer.Option("--power", metavar="KW", help="Power of the mode, within the inverter's.")
    ] = None,
    soc: Annotated[
        float | None, typer.Option("--soc", metavar="PCT", help="Level to charge or discharge to: 1 to 100.")
    ] = None,
    wait: Wait = None,
) -> None:
    """Set reserve and mode of batteries. Only what is named is sent.

    Examples:
    energyctl emporia batteries set --all --reserve 20 --dry-run
    energyctl emporia batteries list -o ids --limit 1 | energyctl emporia batteries set - --mode idle --yes --wait
    """
    session = session_of(ctx)
    wish = _wish(reserve, mode, power, soc)
    from energyctl.providers.emporia.control import Control

    seconds = optional_seconds(wait, DEFAULT_WAIT_S)
    client = connect(session)
    inventory, ids = chosen(client, KIND, devices, ids_file, everything=everything)
    control = Control(client, KIND, inventory, wait_s=seconds)
    percent = "" if reserve is None else _exact(reserve)
    if mode is None:
        effect = f"set the reserve of {{}} to {percent} %"
    else:
        effect = f"set {{}} to {mode.value}{f' with a reserve of {percent} %' if percent else ''}"
    control.run(ids, wish, effect, many=is_many(devices, ids_file, everything=everything))


def _wish(reserve: float | None, mode: Mode | None, power: float | None, soc: float | None) -> Wish:
    if mode is None and (power is not None or soc is not None):
        raise UsageProblem("--power and --soc belong to a mode.", hint="Name it with --mode.")
    if reserve is not None and soc is not None and soc < reserve:
        raise UsageProblem(
            f"--soc {soc:g} lies below --reserve {reserve:g}.", hint="No mode goes below the reserve."
        )
    wish: Wish = {}
    if reserve is not None:
        wish[_RESERVE] = _percent(reserve, "--reserve")
    if mode is not None:
        wish[_FIELDS[mode][0]] = _mode_body(mode, power, soc)
    if not wish:
        raise UsageProblem("Nothing to set was named.", hint="Give --reserve PCT or --mode MODE.")
    return wish


def _mode_body(mode: Mode, power: float | None, soc: float | None) -> dict[str, float]:
    _field, power_field, level_field = _FIELDS[mode]
    body: dict[str, float] = {}
    if power is not None:
        if power_field is None:
            raise UsageProblem(f"--power means nothing in the mode {mode.value}.", hint="Leave it out.")
        if not (math.isfinite(power) and power > 0):
            raise UsageProblem(
                f"--power {power:g} is not a positive power.", hint="Give it in kW, such as 3.5."
            )
        body[power_field] = power
    if soc is not None:
        if level_field is None:
            raise UsageProblem(f"--soc means nothing in the mode {mode.value}.", hint="Leave it out.")
        body[level_field] = _percent(soc, "--soc")
    elif level_field is not None:
        raise UsageProblem(f"The mode {mode.value} needs a level.", hint="Give it with --soc PCT.")
    return body


def _percent(value: float, option: str) -> float:
    if not 1 <= value <= 100:
        raise UsageProblem(f"{option} {value:g} is not between 1 and 100.", hint="Give it in percent.")
    return value
