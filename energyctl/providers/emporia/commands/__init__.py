"""The ``emporia`` group: a table of nouns and verbs, each in a module of its own."""

from __future__ import annotations

from energyctl.core.commandline import Entry, lazy_group

_HERE = "energyctl.providers.emporia.commands"

group = lazy_group(
    "emporia",
    """Emporia: energy monitors, outlets, EV chargers and batteries.

    A device is named by its id, or by its name when that is unambiguous. One call may name any number of devices;
    the calls of an hour are counted (energyctl limits).

    Examples:
    energyctl emporia devices list
    energyctl emporia usage --all --resolution 1h --since 24h --sum device
    energyctl emporia chargers list
    """,
    {
        "devices": Entry(f"{_HERE}.devices", "The partner's devices and their circuits."),
        "usage": Entry(f"{_HERE}.usage", "Energy and power over time, and how sure each number is."),
        "outlets": Entry(f"{_HERE}.outlets", "See and switch outlets."),
        "chargers": Entry(f"{_HERE}.chargers", "See, switch and set EV chargers."),
        "batteries": Entry(f"{_HERE}.batteries", "See and set home batteries."),
        "utility-connects": Entry(f"{_HERE}.utility", "See utility connects."),
        "call": Entry(f"{_HERE}.call", "Any method of the service, JSON in and out."),
    },
)
