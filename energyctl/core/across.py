"""What the groups across providers hand to a provider's module ``across``, and what it hands back.

Such a module has any of the functions ``devices``, ``usage``, ``orders``, ``invoices`` and ``saved_invoices``; each
takes a session and its question and yields ``Seen``. A provider that lacks one has no such rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from energyctl.core.times import Resolution


@dataclass(frozen=True)
class Seen:
    """One row: as energyctl computes it, the same for all providers, and as the provider sent it."""

    row: Mapping[str, Any]
    data: Any


@dataclass(frozen=True)
class DeviceQuestion:
    """Which devices are listed."""

    #: At most so many; None for all.
    limit: int | None
    refresh: bool


@dataclass(frozen=True)
class UsageQuestion:
    """Whose usage is asked for, over which time, in buckets of which length; the texts are those of the options."""

    devices: list[str] | None
    everything: bool
    ids_file: str | None
    since: str | None
    from_: str | None
    to: str | None
    day: str | None
    tz: str | None
    resolution: Resolution
    #: All circuits of a monitor instead of its mains.
    all_channels: bool
    #: ``Wh``, ``kWh``, ``W`` or ``kW``; None for Wh and W beside each other.
    unit: str | None
    include_partial: bool
    refresh: bool
    now: datetime
    #: Whether the provider's own objects are wanted, of which each makes many rows, and not the rows.
    raw: bool


@dataclass(frozen=True)
class OrderQuestion:
    """Which orders are listed."""

    limit: int | None
    customer: str | None


@dataclass(frozen=True)
class InvoiceQuestion:
    """Whose invoices are meant: a provider has its own way of saying so."""

    account: str | None
    customer: str | None
    contract: str | None
    limit: int | None = None


@dataclass(frozen=True)
class SaveQuestion:
    """Which invoices are saved, and where."""

    of: InvoiceQuestion
    #: The id of the one; None for all.
    invoice: str | None
    directory: Path
    #: Whether an existing file is replaced.
    force: bool
