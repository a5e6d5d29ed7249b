"""Orders and the states they pass through in sandbox time (contract 4.3, 4.4 and section 5).

Open 1 h, Processing 1 day, PendingDelivery 2 days, then Delivery. Marks in the e-mail address decide
otherwise: ``+reject`` ends Rejected after Processing (``+reject-duplicate`` names another reason),
``+revoke`` ends Revoked after Processing, ``+cancel`` is Cancelled after 30 days of Delivery. Without a
meter number an order waits in Open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from energyctl.sandbox import berlin
from energyctl.sandbox.rabot.contracts import CONFIRMED, DENIAL_REASONS, Contract
from energyctl.sandbox.rabot.orderform import ADDRESS_FIELDS
from energyctl.sandbox.rabot.tariffs import Tariff

OPEN_S = 3600.0
PROCESSING_S = 86_400.0
PENDING_DELIVERY_S = 2 * 86_400.0
DELIVERY_BEFORE_CANCELLED_S = 30 * 86_400.0
MONTH_S = 30 * 86_400.0
"""Sandbox seconds between one monthly document of an order's contract and the next."""

_DEFAULT_LEAD = timedelta(days=14)
_PROCESSING_INFO = {
    "Open": "Waiting for pre-validation",
    "Processing": "Exported to MaKo provider",
    "Rejected": "Denied",
    "Revoked": "Revoked by the customer",
    "PendingDelivery": "Start of delivery confirmed",
    "Delivery": "In delivery",
    "Cancelled": "Contract ends",
    "Unspecified": "Market communication failed",
}
_DELIVERY_STATES = {
    "Processing": "InChangeProcess",
    "Rejected": "Denied",
    "Revoked": "Revoked",
    "PendingDelivery": "DeliveryPending",
    "Delivery": "Delivery",
    "Cancelled": "CancelledDelivery",
    "Unspecified": "Other",
}
_REJECT = re.compile(r"\+(?:[^@]*\+)?reject(?:-([a-z]+))?(?=[+.@])", re.IGNORECASE)


@dataclass(frozen=True)
class Stage:
    """Where an order is: its state, and the sandbox second at which it entered it."""

    state: str
    since: float
    denial_reason: str | None = None
    delivered_at: float | None = None


@dataclass
class Order:
    """One order as it was sent, with what the sandbox knows beyond it.

    ``base`` is the stage its way continues from.
    """

    body: dict[str, Any]
    tariff: Tariff
    customer_number: int
    contract_number: int
    client_id: str
    signed_at: datetime
    base: Stage
    held: bool = False
    _steps: dict[str, tuple[float, str, str | None]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        email = self.email.lower()
        after_processing: tuple[str, str | None] = ("PendingDelivery", None)
        if reject := _REJECT.search(email):
            wanted = (reject[1] or "").lower()
            reason = next((name for name in DENIAL_REASONS if name.lower() == wanted), "InsufficientSolvency")
            after_processing = ("Rejected", reason)
        elif re.search(r"\+revoke(?=[+.@-])", email):
            after_processing = ("Revoked", None)
        self._steps = {
            "Processing": (PROCESSING_S, *after_processing),
            "PendingDelivery": (PENDING_DELIVERY_S, "Delivery", None),
        }
        if self.details.get("meterNumber"):
            self._steps["Open"] = (OPEN_S, "Processing", None)
        if re.search(r"\+cancel(?=[+.@-])", email):
            self._steps["Delivery"] = (DELIVERY_BEFORE_CANCELLED_S, "Cancelled", None)

    @property
    def email(self) -> str:
        """The account's address."""
        return str(self.body["userAccount"]["emailAddress"])

    @property
    def details(self) -> dict[str, Any]:
        """The order's delivery details."""
        found: dict[str, Any] = self.body["contract"]["deliveryDetails"]
        return found

    def stage(self, elapsed: float) -> Stage:
        """Where the order is at a sandbox second."""
        stage = self.base
        while not self.held and (step := self._steps.get(stage.state)) is not None:
            after, state, reason = step
            since = stage.since + after
            if since > elapsed:
                break
            stage = Stage(state, since, reason, since if state == "Delivery" else stage.delivered_at)
        return stage

    def put(self, state: str, elapsed: float, denial_reason: str | None, *, held: bool) -> None:
        """Put the order into a state from now on; unless it is held there, it goes on from it as usual."""
        delivered = self.stage(elapsed).delivered_at
        if state == "Delivery":
            delivered = elapsed
        elif state != "Cancelled":
            delivered = None
        reason = denial_reason or ("Other" if state == "Rejected" else None)
        self.base, self.held = Stage(state, elapsed, reason, delivered), held

    def start(self) -> date:
        """Return the day on which delivery begins: the one asked for, else two weeks after the signature."""
        wanted = (self.details.get(name) for name in _start_fields(self.body["contract"]["contractReason"]))
        return next(
            (day for day in wanted if day), self.signed_at.astimezone(berlin.BERLIN).date() + _DEFAULT_LEAD
        )

    def end(self, stage: Stage) -> date | None:
        """Return the first day without delivery, once the contract is cancelled."""
        return self.start() + timedelta(days=365) if stage.state == "Cancelled" else None

    def shown(self, elapsed: float) -> dict[str, Any]:
        """Return the order as the API shows it."""
        stage = self.stage(elapsed)
        confirmed = stage.state in CONFIRMED
        end = self.end(stage)
        account, details = self.body["userAccount"], self.details
        signed = berlin.wire(self.signed_at)
        return {
            "customerNumber": str(self.customer_number),
            "emailAddress": self.email,
            "firstName": account.get("firstName"),
            "lastName": account.get("lastName"),
            "businessName": account.get("businessName"),
            "tariffName": self.tariff.name,
            "contractNumber": str(self.contract_number),
            "meterNumber": details.get("meterNumber"),
            "meLoIdentifier": details.get("meLoIdentifier"),
            "maLoIdentifier": details.get("maLoIdentifier"),
            "deliveryAddress": whole_address(self.body["contract"]["deliveryAddress"]),
            "state": stage.state,
            "denialReason": stage.denial_reason,
            "actualDateOfDelivery": self.start().isoformat() if confirmed else None,
            "endDateOfDelivery": end.isoformat() if end else None,
            "contractSignatureDate": signed,
            "contractSignedAt": signed,
            "estimatedYearlyConsumption": details["previousAnnualConsumptionKwh"],
            "previousYearConsumption": details["previousAnnualConsumptionKwh"],
            "processingInfo": self._info(stage),
            "deliveryState": self._delivery_state(stage, end),
        }

    def contract(self, elapsed: float) -> Contract | None:
        """Return the contract that came of the order; None until it is confirmed."""
        stage = self.stage(elapsed)
        if stage.state not in CONFIRMED:
            return None
        given, details = self.body["contract"], self.details
        able = details.get("capabilities") or {}
        supplier = details.get("previousSupplierCode")
        billing = given.get("billingAddress")
        return Contract(
            number=self.contract_number,
            customer_number=self.customer_number,
            state=stage.state,
            tariff=self.tariff,
            delivery_address=whole_address(given["deliveryAddress"]),
            billing_address=whole_address(billing) if billing else None,
            bank_details=given.get("bankDetails"),
            meter_number=details.get("meterNumber"),
            market_location=details.get("maLoIdentifier"),
            metering_location=details.get("meLoIdentifier"),
            signed=self.signed_at.astimezone(berlin.BERLIN).date(),
            start=self.start(),
            end=self.end(stage),
            yearly_kwh=details["previousAnnualConsumptionKwh"],
            smart_meter=bool(able.get("hasSmartMeter")),
            electric_vehicle=bool(able.get("hasElectricVehicle")),
            heat_pump=bool(able.get("hasHeatPump")),
            campaign=self.body.get("campaignCode"),
            previous_supplier=(supplier, f"Lieferant {supplier}") if supplier else None,
        )

    def months_delivered(self, elapsed: float) -> int:
        """How many monthly notices delivery has brought by now.

        One at once, then one every 30 sandbox days.
        """
        stage = self.stage(elapsed)
        if stage.delivered_at is None:
            return 0
        until = stage.since if stage.state == "Cancelled" else elapsed
        return 1 + int((until - stage.delivered_at) // MONTH_S)

    def _info(self, stage: Stage) -> str:
        if stage.state == "Open" and not self.details.get("meterNumber"):
            return "Meter number missing"
        return _PROCESSING_INFO[stage.state]

    def _delivery_state(self, stage: Stage, end: date | None) -> dict[str, Any] | None:
        name = _DELIVERY_STATES.get(stage.state)
        if name is None:
            return None
        return {
            "startDate": self.start().isoformat(),
            "endDate": end.isoformat() if end else None,
            "state": name,
            "message": None,
            "denialReason": stage.denial_reason,
            "cancellationReason": "Other" if stage.state == "Cancelled" else None,
        }


def _start_fields(reason: str) -> tuple[str, ...]:
    if reason == "NewDeliveryLocation":
        return ("moveInDate",)
    return ("previousSelfCancelledDate", "desiredTransitionDate")


def whole_address(given: dict[str, Any]) -> dict[str, Any]:
    """Return an address with all of the contract's fields, absent ones null."""
    return {name: given.get(name) for name in ADDRESS_FIELDS}


def signature_time(body: dict[str, Any]) -> datetime:
    """When the customer signed: as the order says, else now."""
    given = body["contract"].get("transactionDateTime")
    return given if isinstance(given, datetime) else datetime.now(UTC).replace(microsecond=0)
