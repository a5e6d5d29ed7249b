"""A commented order file to begin from, one for each kind of customer and reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal

from . import schema
from .schema import join

ContractType = Literal["private", "business"]
Reason = Literal["new-delivery-location", "change-of-supplier"]

# name, example value (a list is a group), True when the order is not complete without it
_Entry = tuple[str, Any, bool]
# what stands in the file, and the comment beside it
_Line = tuple[str, str]

_COMMENT_COLUMN = 52
_DAYS_TO_START = 30
_KINDS = {"private": "Private", "business": "Business"}
_REASONS = {"new-delivery-location": "NewDeliveryLocation", "change-of-supplier": "ChangeOfSupplier"}
_TITLES = {
    "new-delivery-location": "moves into a new delivery location",
    "change-of-supplier": "changes supplier at the same delivery location",
}

_MEANS_HERE = {
    "Private": {"contract.type": "Private, not Personal"},
    "NewDeliveryLocation": {
        "contract.deliveryDetails.previousAnnualConsumptionKwh": "expected kWh a year, whole number",
    },
    "ChangeOfSupplier": {
        "contract.deliveryAddress": "with the name of the old contract's holder",
        "contract.deliveryDetails.previousAnnualConsumptionKwh": "kWh a year, as counted until now",
        "contract.deliveryDetails.desiredTransitionDate": "wished start; RABOT cancels the old contract",
        "contract.deliveryDetails.previousSelfCancelledDate": "or: day to which the customer cancelled",
    },
}


def template(contract_type: ContractType, reason: Reason, today: date) -> str:
    """Return a YAML order for one case, with example values that pass ``validate`` (contract rabot.md 4.3).

    Mandatory fields come first; optional ones stand behind "# " and work when that is taken away. Days are
    counted from ``today``: supply starts on the first of a month, one to two months ahead.
    """
    kind, why = _KINDS[contract_type], _REASONS[reason]
    fields = _lines(_entries(kind, why, today), "", {**_MEANS_HERE.get(kind, {}), **_MEANS_HERE[why]})
    lines = [
        f"# A RABOT order: a {contract_type} customer {_TITLES[reason]}.",
        "# Fields behind a # are optional: take the # and one space away to use them.",
        "",
        *(f"{text:<{_COMMENT_COLUMN}}  # {means}" for text, means in fields),
    ]
    return "\n".join(lines) + "\n"


def _entries(kind: str, why: str, today: date) -> list[_Entry]:
    return [
        ("tariffKey", "RabotSmart", True),
        # Optional in the oldest text, part of every newer one: a template had better have it.
        ("offerDate", today.isoformat(), True),
        ("userAccount", _account(kind, today), True),
        (
            "contract",
            [
                ("type", kind, True),
                ("contractReason", why, True),
                ("deliveryAddress", _address(kind), True),
                ("deliveryDetails", _details(why, today), True),
                (
                    "agreements",
                    [
                        (name, True, True)
                        for name in ("termsAndConditions", "privacyPolicy", "revocationPolicy")
                    ],
                    True,
                ),
                ("bankDetails", _bank(kind), False),
                ("billingAddress", _address(kind), False),
                ("externalId", "order-0001", False),
                ("transactionDateTime", f"{today.isoformat()} 09:30:00", False),
            ],
            True,
        ),
        ("campaignCode", "autumn", False),
    ]


def _names(kind: str) -> list[_Entry]:
    if kind == "Business":
        return [("businessName", "Muster GmbH", True)]
    return [("firstName", "Erika", True), ("lastName", "Mustermann", True)]


def _account(kind: str, today: date) -> list[_Entry]:
    contact = "office" if kind == "Business" else "erika.mustermann"
    entries: list[_Entry] = [("emailAddress", f"{contact}@example.org", True), *_names(kind)]
    entries.append(("phoneNumber", "+493023125000", False))
    if kind == "Private":
        entries += [("gender", "Female", False), ("dateOfBirth", f"{today.year - 40}-04-12", False)]
    else:
        entries += [("firstName", "Erika", False), ("lastName", "Mustermann", False)]
    return [*entries, ("password", "", False)]


def _address(kind: str) -> list[_Entry]:
    return [
        *_names(kind),
        ("streetName", "Musterstraße", True),
        ("houseNumber", "5a", True),
        ("postCode", "01067", True),
        ("city", "Dresden", True),
        ("countryCode", "DE", True),
        ("extension", "Hinterhaus", False),
    ]


def _bank(kind: str) -> list[_Entry]:
    return [
        ("accountHolder", "Muster GmbH" if kind == "Business" else "Erika Mustermann", True),
        ("iban", "DE89 3704 0044 0532 0130 00", True),
        ("bic", "COBADEFFXXX", True),
        ("bankName", "Musterbank", True),
        ("hasAcceptedDirectDebit", True, True),
    ]


def _details(why: str, today: date) -> list[_Entry]:
    start = _first_of_a_month(today)
    entries: list[_Entry] = [("meterNumber", "1EMH0012345678", True)]
    if why == "NewDeliveryLocation":
        entries.append(("moveInDate", start, True))
    else:
        entries += [
            ("desiredTransitionDate", start, True),
            ("previousSelfCancelledDate", start, False),
            ("previousSupplierCode", "9979250000006", True),
        ]
    return [
        *entries,
        ("previousAnnualConsumptionKwh", 3500, True),
        ("maLoIdentifier", "12345678905", False),
        ("meLoIdentifier", "DE0001230106700000000000000012345", False),
        (
            "capabilities",
            [
                ("hasElectricVehicle", False, True),
                ("hasSmartMeter", True, True),
                ("hasHeatPump", False, True),
            ],
            False,
        ),
    ]


def _first_of_a_month(today: date) -> str:
    later = today + timedelta(days=_DAYS_TO_START)
    return (later.replace(day=1) + timedelta(days=32)).replace(day=1).isoformat()


def _lines(entries: Iterable[_Entry], path: str, means_here: dict[str, str], margin: str = "") -> list[_Line]:
    lines: list[_Line] = []
    for name, value, mandatory in sorted(entries, key=lambda entry: not entry[2]):
        here = join(path, name)
        field = schema.field_at(here)
        means = means_here.get(here) or (field.means if field else "")
        if isinstance(value, list):
            block = [(f"{margin}{name}:", means), *_lines(value, here, means_here, margin + "  ")]
        else:
            block = [(f"{margin}{name}: {json.dumps(value, ensure_ascii=False)}", means)]
        if not mandatory:
            block = [(f"{margin}# {text.removeprefix(margin)}", note) for text, note in block]
        lines += block
    return lines
