"""Customers and supply contracts as plain data, and how the API shows them (contract 4.6 and 4.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from energyctl.sandbox.rabot.prices import place
from energyctl.sandbox.rabot.tariffs import Tariff

CONTRACT_STATES = (
    "Open",
    "Processing",
    "Rejected",
    "Revoked",
    "PendingDelivery",
    "Delivery",
    "Cancelled",
    "Unspecified",
)
DENIAL_REASONS = (
    "Dunning",
    "InsufficientSolvency",
    "ContractCommitment",
    "Duplicate",
    "UnsuccessfulSupplierChange",
    "Other",
)
CONFIRMED = frozenset({"PendingDelivery", "Delivery", "Cancelled"})
"""States in which a contract is visible: its confirmation is sent and its start is set."""


@dataclass(frozen=True)
class Customer:
    """One customer. ``external_id`` is the partner's own number for them."""

    number: int
    email: str
    first_name: str | None
    last_name: str | None
    business_name: str | None
    external_id: str | None

    def shown(self, relations: list[str], external_id: str | None) -> dict[str, Any]:
        """Return the customer as one client sees them."""
        return {
            "customerNumber": str(self.number),
            "emailAddress": self.email,
            "externalIdentifier": external_id if external_id is not None else self.external_id,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "businessName": self.business_name,
            "relations": relations,
        }


@dataclass(frozen=True)
class Contract:
    """One supply contract. ``start`` and ``end`` bound the delivery; ``end`` is the first day without it."""

    number: int
    customer_number: int
    state: str
    tariff: Tariff
    delivery_address: dict[str, Any]
    billing_address: dict[str, Any] | None
    bank_details: dict[str, Any] | None
    meter_number: str | None
    market_location: str | None
    metering_location: str | None
    signed: date
    start: date
    end: date | None
    yearly_kwh: int
    smart_meter: bool
    electric_vehicle: bool
    heat_pump: bool
    campaign: str | None
    previous_supplier: tuple[str, str] | None
    name: str | None = None

    @property
    def postcode(self) -> str:
        """Where the energy is delivered."""
        return str(self.delivery_address["postCode"])

    def shown(self) -> dict[str, Any]:
        """Return the contract as the contracts list shows it."""
        there = place(self.postcode)
        supplier_code, supplier_name = self.previous_supplier or (None, None)
        return {
            "contractNumber": str(self.number),
            "name": self.name,
            "deliveryAddress": self.delivery_address,
            "billingAddress": self.billing_address,
            "bankDetail": self.bank_details,
            "contractState": self.state,
            "meterNumber": self.meter_number,
            "meLoIdentifier": self.metering_location,
            "maLoIdentifier": self.market_location,
            "tariffName": self.tariff.name,
            "actualDateOfDelivery": self.start.isoformat(),
            "endDateOfDelivery": self.end.isoformat() if self.end else None,
            "cancellationPeriod": self.tariff.notice_weeks,
            "cancellationPeriodUnit": "Week",
            "durationPeriod": self.tariff.duration_months,
            "durationPeriodUnit": "Month",
            "renewalPeriod": 1,
            "renewalPeriodUnit": "Month",
            "expectedAnnualConsumptionInKwhPerYear": self.yearly_kwh,
            "accountingMethod": "IMSy (TAF7)" if self.smart_meter else None,
            "distributionSystemOperatorCode": there.operator_code,
            "distributionSystemOperatorName": there.operator_name,
            "previousSupplierCode": supplier_code,
            "previousSupplierName": supplier_name,
            "paragraph14AInfo": {
                "isModule1InUse": self.electric_vehicle or self.heat_pump,
                "isModule2InUse": False,
                "isModule3InUse": self.smart_meter and self.electric_vehicle,
            },
        }
