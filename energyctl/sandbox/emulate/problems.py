"""The log of problems of a device: what the optimization planned, what went wrong, in a support agent's words.

Days are drawn each from its own dice; the last night of the first customer's car and charger is a story of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from energyctl.sandbox.dice import dice
from energyctl.sandbox.emulate.book import Book
from energyctl.sandbox.emulate.devices import Device, Kind
from energyctl.sandbox.emulate.stockholm import STOCKHOLM, at, wire

_DAYS = 30
_STORY_TOLD = (7, 30)
"""The local time from which on the night that ended today is the last one."""

Line = tuple[int, int, str, str, str, dict[str, Any] | None]
"""Hour, minute, level, kind, message, details."""

_TROUBLE: dict[Kind, tuple[tuple[str, str, str], ...]] = {
    "car": (
        ("warning", "not_plugged_in", "The car was not plugged in during the planned hours, so nothing was charged."),
        ("error", "vendor_sign_in_expired", "The maker refused our sign-in: the customer must sign in again."),
        ("warning", "away_from_home", "The car is not at home, so the plan for tonight is on hold."),
        ("warning", "maker_unavailable", "The maker's service did not answer for 20 minutes; we tried again later."),
    ),
    "charger": (
        ("error", "charger_offline", "The charger stopped answering; it was heard of again 40 minutes later."),
        ("warning", "load_balancing", "The main fuse was close to its limit, so charging was cut to 6 A for an hour."),
        ("warning", "authorization_needed", "The charger waits for an RFID tag before it starts."),
    ),
    "heat_pump": (
        ("warning", "comfort_limit", "The house reached the lowest temperature set, so it was heated at a high price."),
        ("warning", "manual_override", "Somebody set the temperature at the heat pump; the plan paused for 4 hours."),
        ("error", "gateway_offline", "The heat pump's gateway did not answer for an hour."),
    ),
}  # fmt: skip
_PLANS: dict[Kind, str] = {
    "car": "Plan made: charge between {start:02d}:00 and {end:02d}:00, the cheapest hours before departure.",
    "charger": "Plan made: allow charging between {start:02d}:00 and {end:02d}:00, the cheapest hours of the night.",
    "heat_pump": "Plan made: heat more between {start:02d}:00 and {end:02d}:00, when the price is lowest.",
}

_EVENING: dict[Kind, tuple[Line, ...]] = {
    "car": (
        (17, 48, "info", "plan_made",
         "Plan made: charge from 01:00 to 05:00, the four cheapest hours before departure at 07:00, from 31 % to 80 %.",
         {"planned_from": "01:00", "planned_to": "05:00", "soc_percent": 31, "target_soc_percent": 80}),
        (21, 32, "info", "plugged_in", "The car was plugged in at home with 31 %.", {"soc_percent": 31}),
    ),
    "charger": (
        (17, 48, "info", "plan_made", "Plan made: allow charging from 01:00 to 05:00.",
         {"planned_from": "01:00", "planned_to": "05:00"}),
        (21, 32, "info", "cable_connected", "A cable was connected; charging waits for the cheap hours.", None),
    ),
}  # fmt: skip
_MORNING: dict[Kind, tuple[Line, ...]] = {
    "car": (
        (1, 0, "info", "charging_started", "Charging began as planned.", {"soc_percent": 31}),
        (1, 14, "error", "charging_interrupted",
         "Charging stopped at 01:14 with 33 %, because the charger went offline.",
         {"cause": "charger_offline", "soc_percent": 33}),
        (1, 30, "warning", "retry_failed",
         "Charging could not be started again: the charger is offline. Attempt 3 of 3.", {"attempts": 3}),
        (5, 0, "warning", "plan_not_met",
         "The planned hours ended with 1.2 of 27 kWh charged.", {"charged_kwh": 1.2, "planned_kwh": 27.0}),
        (7, 0, "error", "target_not_reached",
         "The car did not charge last night: it has 33 %, not 80 %, as the charger was offline from 01:14 to 06:52.",
         {"cause": "charger_offline", "soc_percent": 33, "target_soc_percent": 80}),
    ),
    "charger": (
        (1, 0, "info", "charging_started", "Charging began as planned at 16 A.", {"current_amps": 16}),
        (1, 14, "error", "charger_offline", "The charger stopped answering at 01:14, during planned charging.", None),
        (6, 52, "info", "charger_online", "The charger answers again; it was offline for 5 hours and 38 minutes.",
         {"offline_minutes": 338}),
    ),
}  # fmt: skip


def log_of(book: Book, device: Device) -> list[dict[str, Any]]:
    """Return a device's log of the last 30 days, newest first."""
    now = book.now()
    today = now.astimezone(STOCKHOLM).date()
    told = today if now >= at(today, *_STORY_TOLD) else today - timedelta(days=1)
    first = device.customer_id == book.customer_at(0).id
    entries: list[tuple[datetime, dict[str, Any]]] = []
    for back in range(_DAYS):
        day = today - timedelta(days=back)
        # The story's two days hold nothing else, so that nothing contradicts it.
        if first and device.kind in _EVENING and day >= told - timedelta(days=1):
            lines = [*_MORNING[device.kind]] if day == told else []
            lines += _EVENING[device.kind] if day == told - timedelta(days=1) else ()
        else:
            lines = list(_ordinary(dice("log", book.seed, device.id, day), device.kind))
        for number, (hour, minute, level, kind, message, details) in enumerate(lines):
            moment = at(day, hour, minute)
            entries.append(
                (moment, _entry(f"{day:%Y%m%d}-{number}", device, moment, level, kind, message, details))
            )
    if device.offline_h is not None:
        seen = device.last_seen(book.begun, now)
        entries = [entry for entry in entries if entry[0] < seen]
        message = "The device stopped answering and has not been heard of since."
        entries.append((seen, _entry("offline", device, seen, "error", "device_offline", message, None)))
    entries.sort(key=lambda entry: (entry[0], entry[1]["id"]), reverse=True)
    return [entry for moment, entry in entries if moment <= now]


def _ordinary(thrown: random.Random, kind: Kind) -> Iterator[Line]:
    start = thrown.randrange(0, 4)
    end = start + thrown.randrange(2, 5)
    planned = {"planned_from": f"{start:02d}:00", "planned_to": f"{end:02d}:00"}
    if thrown.random() < 0.3:
        level, name, message = thrown.choice(_TROUBLE[kind])
        yield end, thrown.randrange(60), level, name, message, None
    yield (
        17,
        thrown.randrange(30, 60),
        "info",
        "plan_made",
        _PLANS[kind].format(start=start, end=end),
        planned,
    )


def _entry(
    number: str,
    device: Device,
    moment: datetime,
    level: str,
    kind: str,
    message: str,
    details: dict[str, Any] | None,
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": f"{device.id[:8]}-{number}",
        "time": wire(moment),
        "level": level,
        "kind": kind,
        "message": message,
    }
    return shown if details is None else {**shown, "details": details}
