"""The table of providers. A new one is a folder here, a line in this table and a sandbox file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from energyctl.core.settings import ProviderSettings


class Place(NamedTuple):
    """Where a provider's parts live. Without ``commands`` only its profile section is known yet."""

    title: str
    help: str
    commands: str | None


PROVIDERS: dict[str, Place] = {
    "rabot": Place(
        "RABOT Energy",
        "German dynamic tariffs: quotes, orders, contracts.",
        "energyctl.providers.rabot.commands",
    ),
    "emporia": Place(
        "Emporia",
        "Energy monitors, outlets, EV chargers and batteries.",
        "energyctl.providers.emporia.commands",
    ),
    "emulate": Place(
        "Emulate",
        "Spot price optimization of cars, chargers and heat pumps.",
        "energyctl.providers.emulate.commands",
    ),
    "bright": Place(
        "Bright Kit",
        "An energy company's own backend as Bright's app calls it.",
        "energyctl.providers.bright.commands",
    ),
}


def settings_of(name: str) -> ProviderSettings:
    """Return what a provider's profile section may hold."""
    from importlib import import_module

    settings: ProviderSettings = import_module(f"energyctl.providers.{name}.settings").SETTINGS
    return settings
