"""Settings of chargers and batteries: what an update may ask for, how it is applied, and how settings are shown."""

from __future__ import annotations

import math
from collections.abc import Callable

import grpc

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox.emporia.batteries import FULL, BatteryState, Mode, ModeKind
from energyctl.sandbox.emporia.calls import Refusal
from energyctl.sandbox.emporia.fleet import Device

LEAST_AMPS = 6
_LEAST_PERCENT = 1.0
_POWER_FIELD: dict[ModeKind, str] = {
    "load_following": "power_kwatts",
    "charge_with_excess_solar": "charge_power_kwatts",
    "charge_to_state_of_charge": "charge_power_kwatts",
    "discharge_to_state_of_charge": "discharge_power_kwatts",
}
_WITH_TARGET: frozenset[ModeKind] = frozenset({"charge_to_state_of_charge", "discharge_to_state_of_charge"})
_KINDS: tuple[ModeKind, ...] = (*_POWER_FIELD, "idle")


def _refuse(device_id: str, what: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"{device_id or 'a device without an id'}: {what}")


def check_charger(settings: pb.EVChargerSettings, device: Device | None) -> None:
    """Refuse settings that change nothing or are out of range. ``device`` is None when the id is not a charger's."""
    device_id = settings.manufacturer_device_id
    if not settings.HasField("on") and not settings.HasField("charge_rate_amps"):
        raise _refuse(device_id, "at least one of on and charge_rate_amps must be set.")
    if not settings.HasField("charge_rate_amps"):
        return
    amps, most = settings.charge_rate_amps.value, device.max_amps if device is not None else None
    if amps < LEAST_AMPS or (most is not None and amps > most):
        upper = f"{most} (max_charge_rate_amps)" if most is not None else "max_charge_rate_amps"
        raise _refuse(device_id, f"charge_rate_amps {amps} is not within {LEAST_AMPS} to {upper}.")


def check_battery(settings: pb.BatterySettings) -> None:
    """Refuse settings that change nothing, levels outside 1 to 100 percent, and powers that are no power."""
    device_id, kind = settings.manufacturer_device_id, _kind(settings)
    if kind is None and not settings.HasField("reserve_soc_percentage"):
        raise _refuse(device_id, "reserve_soc_percentage or a dispatch_mode must be set.")
    levels = {}
    if settings.HasField("reserve_soc_percentage"):
        levels["reserve_soc_percentage"] = settings.reserve_soc_percentage.value
    if kind is not None:
        power, target = _given(settings, kind)
        if target is not None:
            levels[f"{kind}.soc_percentage"] = target
        if power is not None and not (math.isfinite(power) and power >= 0):
            raise _refuse(device_id, f"{kind}.{_POWER_FIELD[kind]} {power:g} must not be negative.")
    for name, level in levels.items():
        if not _LEAST_PERCENT <= level <= FULL:
            raise _refuse(device_id, f"{name} {level:g} is not within 1 to 100.")


def battery_change(settings: pb.BatterySettings, elapsed_s: float) -> Callable[[BatteryState], bool]:
    """Return what applies the settings to a battery and says whether anything changed; what is not set stays."""

    def change(state: BatteryState) -> bool:
        reserve, mode = state.reserve, state.mode
        if settings.HasField("reserve_soc_percentage"):
            reserve = settings.reserve_soc_percentage.value
        kind = _kind(settings)
        if kind is not None:
            power, target = _given(settings, kind)
            known = mode if mode.kind == kind else _fresh(kind, state, reserve)
            mode = Mode(
                kind,
                known.power_kw if power is None else power,
                known.target if target is None else target,
            )
        if (reserve, mode) == (state.reserve, state.mode):
            return False
        state.settle(elapsed_s)
        state.reserve, state.mode = reserve, mode
        return True

    return change


def battery_settings(device: Device, state: BatteryState) -> pb.BatterySettings:
    """Return the settings as the provider shows them, every value set."""
    shown = pb.BatterySettings(manufacturer_device_id=device.id)
    shown.reserve_soc_percentage.value = state.reserve
    kind = state.mode.kind
    part = getattr(shown, kind)
    part.SetInParent()
    if kind in _POWER_FIELD:
        getattr(part, _POWER_FIELD[kind]).value = state.mode.power_kw
    if kind in _WITH_TARGET:
        part.soc_percentage.value = state.mode.target
    return shown


def _kind(settings: pb.BatterySettings) -> ModeKind | None:
    chosen = settings.WhichOneof("dispatch_mode")
    return next((kind for kind in _KINDS if kind == chosen), None)


def _given(settings: pb.BatterySettings, kind: ModeKind) -> tuple[float | None, float | None]:
    """Return the power in kW and the level in percent that are set in a mode."""
    part = getattr(settings, kind)
    name = _POWER_FIELD.get(kind)
    power = getattr(part, name).value if name is not None and part.HasField(name) else None
    target = part.soc_percentage.value if kind in _WITH_TARGET and part.HasField("soc_percentage") else None
    return power, target


def _fresh(kind: ModeKind, state: BatteryState, reserve: float) -> Mode:
    """Return a mode with what holds when nothing is said: all the inverter can do, to full or to the reserve."""
    if kind == "idle":
        return Mode(kind)
    target = {"charge_to_state_of_charge": FULL, "discharge_to_state_of_charge": reserve}.get(kind, 0.0)
    return Mode(kind, state.inverter_kw, target)
