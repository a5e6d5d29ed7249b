"""An order in a person's words, for the screen that asks whether to send it."""

from __future__ import annotations

from typing import Any

from .findings import masked_iban

_AGREEMENTS = (
    ("termsAndConditions", "terms and conditions"),
    ("privacyPolicy", "privacy policy"),
    ("revocationPolicy", "revocation policy"),
)
_CAPABILITIES = (
    ("hasSmartMeter", "smart meter"),
    ("hasElectricVehicle", "electric vehicle"),
    ("hasHeatPump", "heat pump"),
)


def describe(order_request: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (label, value) rows that tell what the order does; energy in kWh, only what is given.

    Fields follow contract rabot.md 4.3. The IBAN is masked and the password only said to be set. Never
    raises: parts that are missing are named as missing where a person must know, else left out.
    """
    account = _group(order_request, "userAccount")
    contract = _group(order_request, "contract")
    details = _group(contract, "deliveryDetails")
    delivery = _group(contract, "deliveryAddress")
    rows = [
        ("Customer", _customer(account, _text(contract, "type"))),
        ("Born", _text(account, "dateOfBirth")),
        ("Phone", _text(account, "phoneNumber")),
        ("Password", "set" if account.get("password") else ""),
        ("Supply to", _address(delivery, _name(account)) or "(no delivery address)"),
        ("Bill to", _address(_group(contract, "billingAddress"), "")),
        ("Why", _why(contract, details)),
        ("Meter", _meter(details)),
        ("At the site", _listed(_group(details, "capabilities"), _CAPABILITIES)),
        ("Yearly consumption", _consumption(details)),
        ("Previous supplier", _text(details, "previousSupplierCode")),
        ("Tariff", _text(order_request, "tariffKey") or "(none)"),
        ("Campaign", _text(order_request, "campaignCode")),
        ("Offer of", _text(order_request, "offerDate")),
        ("Payment", _payment(contract)),
        ("Consents", _consents(_group(contract, "agreements"))),
        ("Signed", _text(contract, "transactionDateTime")),
        ("Your number", _text(contract, "externalId")),
    ]
    return [(label, value) for label, value in rows if value]


def _group(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _together(*parts: str, by: str = " ") -> str:
    return by.join(part for part in parts if part)


def _name(data: dict[str, Any]) -> str:
    person = _together(_text(data, "title"), _text(data, "firstName"), _text(data, "lastName"))
    return _together(_text(data, "businessName"), person, by=", ")


def _customer(account: dict[str, Any], kind: str) -> str:
    email = _text(account, "emailAddress")
    who = _together(_name(account) or "(no name)", f"<{email}>" if email else "(no e-mail address)")
    return _together(who, kind.lower(), by=", ")


def _address(address: dict[str, Any], known_name: str) -> str:
    street = _together(_text(address, "streetName"), _text(address, "houseNumber"))
    town = _together(_text(address, "postCode"), _text(address, "city"))
    country = _text(address, "countryCode")
    name = _name(address)
    return _together(
        "" if name == known_name else name,
        street,
        _text(address, "extension"),
        town,
        "" if country == "DE" else country,
        by=", ",
    )


def _why(contract: dict[str, Any], details: dict[str, Any]) -> str:
    reason = _text(contract, "contractReason")
    if reason == "NewDeliveryLocation":
        day = _text(details, "moveInDate")
        return "new delivery location; " + (f"moving in {day}" if day else "no day of moving in")
    if reason != "ChangeOfSupplier":
        return reason or "(no reason given)"
    cancelled, wished = _text(details, "previousSelfCancelledDate"), _text(details, "desiredTransitionDate")
    if cancelled:
        return f"change of supplier; the customer has cancelled the old contract to {cancelled}"
    start = f"start wished {wished}" if wished else "no start given"
    return f"change of supplier; RABOT cancels the old contract, {start}"


def _meter(details: dict[str, Any]) -> str:
    malo, melo = _text(details, "maLoIdentifier"), _text(details, "meLoIdentifier")
    parts = [_text(details, "meterNumber"), malo and f"MaLo {malo}", melo and f"MeLo {melo}"]
    return _together(*parts, by=", ") or "(no meter number, no MaLo)"


def _consumption(details: dict[str, Any]) -> str:
    kwh = details.get("previousAnnualConsumptionKwh")
    return f"{kwh} kWh" if isinstance(kwh, int) and not isinstance(kwh, bool) else "(not given)"


def _payment(contract: dict[str, Any]) -> str:
    bank = _group(contract, "bankDetails")
    if not bank:
        return "by invoice"
    iban = _text(bank, "iban")
    paid = f"SEPA direct debit {masked_iban(iban) if iban else '(no IBAN)'}"
    holder = _text(bank, "accountHolder")
    mandate = "" if bank.get("hasAcceptedDirectDebit") is True else "mandate not accepted"
    return _together(paid, holder and f"account of {holder}", mandate, by=", ")


def _listed(flags: dict[str, Any], words: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(word for name, word in words if flags.get(name) is True)


def _consents(agreements: dict[str, Any]) -> str:
    given = _listed(agreements, _AGREEMENTS)
    lacking = ", ".join(word for name, word in _AGREEMENTS if agreements.get(name) is not True)
    return _together(given, f"NOT GIVEN: {lacking}" if lacking else "", by="; ")
