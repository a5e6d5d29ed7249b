"""The tariffs on offer (contract 4.1).

What they are called, when they can be signed, and what they cost on top of the energy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

PROVIDER_NAME = "Rabot Energy"


@dataclass(frozen=True)
class Tariff:
    """One tariff. Fees are gross; ``markup_ct`` is what a fixed price adds to the average exchange price."""

    key: str
    name: str
    display_name: str
    dynamic: bool
    valid_from: date
    valid_until: date | None
    base_service_fee_euro: float
    variable_service_fee_ct: float
    markup_ct: float
    share_percent: float | None
    duration_months: int
    notice_weeks: int
    features: tuple[str, ...]

    def on_offer(self, day: date) -> bool:
        """Say whether the tariff can be signed on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def listed(self) -> dict[str, Any]:
        """Return the tariff as the list shows it."""
        return {"tariffName": self.name, "tariffKey": self.key, "providerName": PROVIDER_NAME}


TARIFFS = (
    Tariff(
        key="RabotSmart",
        name="rabot.smart",
        display_name="rabot.smart private",
        dynamic=True,
        valid_from=date(2023, 1, 1),
        valid_until=None,
        base_service_fee_euro=4.99,
        variable_service_fee_ct=0.0,
        markup_ct=0.0,
        share_percent=None,
        duration_months=1,
        notice_weeks=4,
        features=(
            "Stündlicher Börsenpreis",
            "100 % Ökostrom",
            "Monatlich kündbar",
        ),
    ),
    Tariff(
        key="RabotSmart24",
        name="rabot.smart 24",
        display_name="rabot.smart 24 private",
        dynamic=True,
        valid_from=date(2025, 1, 1),
        valid_until=None,
        base_service_fee_euro=3.99,
        variable_service_fee_ct=0.35,
        markup_ct=0.0,
        share_percent=None,
        duration_months=24,
        notice_weeks=4,
        features=(
            "Viertelstündlicher Börsenpreis",
            "100 % Ökostrom",
            "24 Monate Laufzeit",
        ),
    ),
    Tariff(
        key="RabotFlexpower",
        name="rabot.flexpower",
        display_name="rabot.flexpower private",
        dynamic=True,
        valid_from=date(2024, 6, 1),
        valid_until=None,
        base_service_fee_euro=5.49,
        variable_service_fee_ct=0.6,
        markup_ct=0.0,
        share_percent=20.0,
        duration_months=12,
        notice_weeks=6,
        features=(
            "Börsenpreis mit Ersparnisanteil",
            "Steuerung von Wallbox und Wärmepumpe",
        ),
    ),
    Tariff(
        key="DEMO_Fix24",
        name="rabot.fix",
        display_name="rabot.fix 24 private",
        dynamic=False,
        valid_from=date(2024, 1, 1),
        valid_until=None,
        base_service_fee_euro=7.9,
        variable_service_fee_ct=0.0,
        markup_ct=4.1,
        share_percent=None,
        duration_months=24,
        notice_weeks=4,
        features=(
            "Fester Arbeitspreis",
            "24 Monate Preisgarantie",
        ),
    ),
    Tariff(
        key="RabotHome2024",
        name="rabot.home",
        display_name="rabot.home private",
        dynamic=True,
        valid_from=date(2023, 6, 1),
        valid_until=date(2025, 6, 30),
        base_service_fee_euro=4.49,
        variable_service_fee_ct=0.2,
        markup_ct=0.0,
        share_percent=20.0,
        duration_months=1,
        notice_weeks=4,
        features=("Stündlicher Börsenpreis",),
    ),
    Tariff(
        key="DEMO_Fix12_2030",
        name="rabot.fix 12",
        display_name="rabot.fix 12 private",
        dynamic=False,
        valid_from=date(2030, 1, 1),
        valid_until=None,
        base_service_fee_euro=8.9,
        variable_service_fee_ct=0.0,
        markup_ct=4.6,
        share_percent=None,
        duration_months=12,
        notice_weeks=4,
        features=(
            "Fester Arbeitspreis",
            "12 Monate Preisgarantie",
        ),
    ),
)

CAMPAIGNS: dict[str, float] = {"rabot.home.2024": 1.0, "sandbox.launch": 2.0}
"""Euro per month off the base service fee, by campaign code. An unknown code changes nothing."""


def on_offer(day: date) -> list[Tariff]:
    """Return the tariffs that can be signed on a day."""
    return [tariff for tariff in TARIFFS if tariff.on_offer(day)]


def find(key: str) -> Tariff | None:
    """Return the tariff of that key, on offer or not."""
    return next((tariff for tariff in TARIFFS if tariff.key == key), None)
