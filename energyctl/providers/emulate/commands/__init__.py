"""The ``emulate`` group: a table of nouns and verbs, each in a module of its own."""

from __future__ import annotations

from energyctl.core.commandline import Entry, lazy_group

_HERE = "energyctl.providers.emulate.commands"

group = lazy_group(
    "emulate",
    """Emulate: spot price optimization (SPO) of cars, chargers and heat pumps.

    Why did this customer's car not charge? Look at devices list, spo show and devices logs. Most paths are only
    inferred, see endpoints list; the provider's OpenAPI file corrects them: spec import FILE.

    Examples:
    energyctl emulate devices list C-100001
    energyctl emulate spo show C-100001
    energyctl emulate customers list --limit 5
    """,
    {
        "customers": Entry(f"{_HERE}.customers", "See customers, and offboard those who leave."),
        "facilities": Entry(f"{_HERE}.facilities", "The places with a meter."),
        "devices": Entry(f"{_HERE}.devices", "See, rename and remove devices, and their problem logs."),
        "spo": Entry(f"{_HERE}.spo", "See and set spot price optimization."),
        "consumption": Entry(f"{_HERE}.reports", "A customer's consumption.", "consumption"),
        "savings": Entry(f"{_HERE}.reports", "What the optimization has saved a customer.", "savings"),
        "onboarding": Entry(f"{_HERE}.onboarding", "Let a customer sign in to a new device."),
        "token": Entry(f"{_HERE}.token", "Mint and inspect tokens."),
        "keys": Entry(f"{_HERE}.keys", "Make key pairs."),
        "endpoints": Entry(f"{_HERE}.generic", "Which method and path each operation has.", "endpoints"),
        "spec": Entry(f"{_HERE}.generic", "Take paths from the provider's OpenAPI file.", "spec"),
        "call": Entry(f"{_HERE}.generic", "Run any operation, checked against the OpenAPI file.", "call"),
        "api": Entry(f"{_HERE}.generic", "Any call with the profile's token.", "api"),
    },
)
