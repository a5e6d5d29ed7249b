"""The body of ``POST /orders``: its shape and the rules between its fields (contract 4.3)."""

from __future__ import annotations

import re
from typing import Any

from energyctl.sandbox.rabot.people import iban_is_right
from energyctl.sandbox.shapes import Choice, Day, Flag, Moment, Number, Problem, Record, Text

_GENDERS = ("Male", "Female", "Other")
_OPTIONAL_TEXT = Text(nullable=True)
_MAIL = r"[^@\s\x00-\x1f\x7f-\x9f]+"  # engines differ in which control characters are white space
_EMAIL = rf"{_MAIL}@{_MAIL}\.[^@\s.\x00-\x1f\x7f-\x9f]+"

ADDRESS_FIELDS = {
    "title": _OPTIONAL_TEXT,
    "firstName": _OPTIONAL_TEXT,
    "lastName": _OPTIONAL_TEXT,
    "businessName": _OPTIONAL_TEXT,
    "gender": Choice(nullable=True, words=_GENDERS),
    "extension": _OPTIONAL_TEXT,
    "streetName": Text(required=True),
    "houseNumber": Text(required=True),
    "city": Text(required=True),
    "postCode": Text(required=True),
    "countryCode": Text(required=True, pattern=r"[A-Z]{2}", rule="a country code of two capital letters"),
}

ORDER = Record(
    fields={
        "tariffKey": Text(required=True),
        "offerDate": Day(),
        "userAccount": Record(
            required=True,
            fields={
                "emailAddress": Text(required=True, pattern=_EMAIL, rule="an e-mail address"),
                "phoneNumber": _OPTIONAL_TEXT,
                "password": _OPTIONAL_TEXT,
                "firstName": _OPTIONAL_TEXT,
                "lastName": _OPTIONAL_TEXT,
                "businessName": _OPTIONAL_TEXT,
                "gender": Choice(nullable=True, words=_GENDERS),
                "dateOfBirth": Day(nullable=True),
                "customerNumber": Text(read_only=True, nullable=True),
            },
        ),
        "contract": Record(
            required=True,
            fields={
                "externalId": _OPTIONAL_TEXT,
                "type": Choice(required=True, words=("Private", "Business")),
                "deliveryAddress": Record(required=True, fields=ADDRESS_FIELDS),
                "billingAddress": Record(nullable=True, fields=ADDRESS_FIELDS),
                "bankDetails": Record(
                    nullable=True,
                    fields={
                        "accountHolder": _OPTIONAL_TEXT,
                        "iban": Text(required=True),
                        "bic": _OPTIONAL_TEXT,
                        "bankName": _OPTIONAL_TEXT,
                        "hasAcceptedDirectDebit": Flag(),
                    },
                ),
                "contractReason": Choice(required=True, words=("NewDeliveryLocation", "ChangeOfSupplier")),
                "deliveryDetails": Record(
                    required=True,
                    fields={
                        "meterNumber": _OPTIONAL_TEXT,
                        "maLoIdentifier": Text(
                            nullable=True, pattern=r"[0-9]{11}", rule="a number of 11 digits"
                        ),
                        "meLoIdentifier": Text(
                            nullable=True, pattern=r"[A-Z]{2}[A-Za-z0-9]{31}", rule="33 letters and digits"
                        ),
                        "desiredTransitionDate": Day(nullable=True),
                        "moveInDate": Day(nullable=True),
                        "previousSelfCancelledDate": Day(nullable=True),
                        "previousSupplierCode": Text(
                            nullable=True, pattern=r"[0-9]{13}", rule="a BDEW code of 13 digits"
                        ),
                        "previousAnnualConsumptionKwh": Number(required=True, whole=True, above=0),
                        "capabilities": Record(
                            fields={
                                "hasElectricVehicle": Flag(),
                                "hasSmartMeter": Flag(),
                                "hasHeatPump": Flag(),
                            },
                        ),
                    },
                ),
                "agreements": Record(
                    fields={"termsAndConditions": Flag(), "privacyPolicy": Flag(), "revocationPolicy": Flag()}
                ),
                "transactionDateTime": Moment(nullable=True),
                "state": Text(read_only=True, nullable=True),
                "number": Text(read_only=True, nullable=True),
                "deliveryState": Text(read_only=True, nullable=True),
                "validFromDate": Text(read_only=True, nullable=True),
                "validToDate": Text(read_only=True, nullable=True),
            },
        ),
        "campaignCode": _OPTIONAL_TEXT,
    }
)


def check_order(body: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Check shape and rules of an order; return it in canonical names with everything that is wrong."""
    order, problems = ORDER.check_body(body)
    known = {problem.path for problem in problems}
    for problem in _rules(order):
        if problem.path not in known:
            problems.append(problem)
    return order, problems


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _rules(order: dict[str, Any]) -> list[Problem]:
    account, contract = order.get("userAccount") or {}, order.get("contract") or {}
    problems = []
    if kind := contract.get("type"):
        business = kind == "Business"
        if "userAccount" in order:
            problems += _names(account, "userAccount", "", business=business)
        for field, words in (
            ("deliveryAddress", " in the delivery address"),
            ("billingAddress", " in the billing address"),
        ):
            if contract.get(field):
                problems += _names(contract[field], f"contract.{field}", words, business=business)
    for field in ("deliveryAddress", "billingAddress"):
        problems += _postcode(contract.get(field) or {}, f"contract.{field}.postCode")
    if "deliveryDetails" in contract:
        problems += _delivery(contract["deliveryDetails"] or {}, contract.get("contractReason"))
    iban = (contract.get("bankDetails") or {}).get("iban")
    if iban and not iban_is_right(iban):
        problems.append(Problem("The IBAN is not valid.", "contract.bankDetails.iban"))
    return problems


def _names(who: dict[str, Any], path: str, where: str, *, business: bool) -> list[Problem]:
    wanted: tuple[tuple[str, str], ...]
    if business:
        wanted = (("businessName", f"Business name is required for business customers{where}."),)
    else:
        wanted = (
            ("firstName", f"First name is required for non-business customers{where}."),
            ("lastName", f"Last name is required for non-business customers{where}."),
        )
    return [Problem(message, f"{path}.{field}") for field, message in wanted if _blank(who.get(field))]


def _postcode(address: dict[str, Any], path: str) -> list[Problem]:
    code = address.get("postCode")
    if not code or address.get("countryCode") != "DE" or (re.fullmatch(r"[0-9]{5}", code)):
        return []
    return [Problem(f"{path} must be a postcode of 5 digits without spaces.", path)]


def _delivery(details: dict[str, Any], reason: str | None) -> list[Problem]:
    path = "contract.deliveryDetails"
    problems = []
    if _blank(details.get("meterNumber")) and _blank(details.get("maLoIdentifier")):
        problems.append(
            Problem("Either the meter number or the MaLo identifier is required.", f"{path}.meterNumber")
        )
    if reason == "NewDeliveryLocation" and _blank(details.get("moveInDate")):
        problems.append(
            Problem("The move-in date is required for a new delivery location.", f"{path}.moveInDate")
        )
    if reason == "ChangeOfSupplier" and not (
        details.get("previousSelfCancelledDate") or details.get("desiredTransitionDate")
    ):
        problems.append(
            Problem(
                "A change of supplier needs previousSelfCancelledDate or desiredTransitionDate.",
                f"{path}.desiredTransitionDate",
            )
        )
    return problems
