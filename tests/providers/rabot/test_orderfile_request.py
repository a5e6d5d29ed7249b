from __future__ import annotations

import copy
import re
from datetime import date
from typing import Any, get_args

import pytest

from energyctl.providers.rabot.orderfile import (
    OrderDocument,
    as_request,
    describe,
    fingerprint,
    matches,
    read_orders,
    template,
    validate,
)
from energyctl.providers.rabot.orderfile import schema as order_schema
from energyctl.providers.rabot.orderfile.template import ContractType, Reason

TODAY = date(2026, 8, 1)
KINDS = get_args(ContractType)
REASONS = get_args(Reason)
IBAN = "DE89 3704 0044 0532 0130 00"


def request(**changes: Any) -> dict[str, Any]:
    (order,) = read_orders(template("private", "change-of-supplier", TODAY), "t.yaml")
    return {**as_request(order), **changes}


def full(kind: ContractType, reason: Reason, today: date = TODAY) -> str:
    """The template with every optional field in use, but for the one that excludes another."""
    lines = template(kind, reason, today).replace('password: ""', 'password: "Hunter2hunter2"').splitlines()
    names = {path.rpartition(".")[2] for path, _ in order_schema.walk()}
    used = []
    for line in lines:
        while (found := re.match(r"( *)# ( *(?:# )?(\w+):.*)", line)) and found[3] in names:
            line = found[1] + found[2]  # noqa: PLW2901
        if "previousSelfCancelledDate" not in line:
            used.append(line)
    return "\n".join(used)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1)])
def test_templates_are_valid_as_they_are(kind: ContractType, reason: Reason, today: date) -> None:
    (order,) = read_orders(template(kind, reason, today), "template.yaml")
    assert validate(order, today=today) == []
    assert as_request(order)["contract"]["type"].lower() == kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reason", REASONS)
def test_templates_are_valid_with_all_optional_fields(kind: ContractType, reason: Reason) -> None:
    (order,) = read_orders(full(kind, reason), "template.yaml")
    found = validate(order, today=TODAY)
    assert [(problem.severity, problem.path) for problem in found] == [("warning", "userAccount.password")]
    assert order.data["contract"]["billingAddress"]["extension"]
    assert order.data["contract"]["bankDetails"]["iban"] == IBAN


def test_templates_explain_every_field_and_only_show_what_fits_the_case() -> None:
    for kind in KINDS:
        for reason in REASONS:
            text = template(kind, reason, TODAY)
            assert all(line.count("# ") and not line.endswith("# ") for line in text.splitlines()[3:])
            assert ("moveInDate" in text) == (reason == "new-delivery-location")
            assert ("previousSupplierCode" in text) == (reason == "change-of-supplier")
            assert ("businessName" in text) == (kind == "business")
            assert ("dateOfBirth" in text) == (kind == "private")


def test_as_request_sends_documented_fields_only_and_adds_nothing() -> None:
    data = {
        "colour": "red",
        "tariffKey": 5,
        "offerDate": None,
        "campaignCode": None,
        "userAccount": {"customerNumber": "1", "emailAddress": "a@b.de", "phoneNumber": None},
        "contract": {
            "state": "Open",
            "billingAddress": None,
            "deliveryAddress": None,
            "bankDetails": {"iban": " de89 3704\u00a00044 0532 0130 00", "bic": "COBADEFF"},
            "deliveryDetails": {"previousAnnualConsumptionKwh": True, "capabilities": {"hasHeatPump": False}},
            "agreements": {"privacyPolicy": "true"},
        },
    }
    before = copy.deepcopy(data)
    assert as_request(OrderDocument(0, data)) == {
        "campaignCode": None,
        "userAccount": {"emailAddress": "a@b.de", "phoneNumber": None},
        "contract": {
            "billingAddress": None,
            "bankDetails": {"iban": "DE89370400440532013000", "bic": "COBADEFF"},
            "deliveryDetails": {"capabilities": {"hasHeatPump": False}},
            "agreements": {},
        },
    }
    assert data == before


def test_describe_tells_the_whole_order() -> None:
    (order,) = read_orders(full("private", "change-of-supplier"), "t.yaml")
    rows = describe(as_request(order))
    assert dict(rows) == {
        "Customer": "Erika Mustermann <erika.mustermann@example.org>, private",
        "Born": "1986-04-12",
        "Phone": "+493023125000",
        "Password": "set",
        "Supply to": "Musterstraße 5a, Hinterhaus, 01067 Dresden",
        "Bill to": "Erika Mustermann, Musterstraße 5a, Hinterhaus, 01067 Dresden",
        "Why": "change of supplier; RABOT cancels the old contract, start wished 2026-09-01",
        "Meter": "1EMH0012345678, MaLo 12345678905, MeLo DE0001230106700000000000000012345",
        "At the site": "smart meter",
        "Yearly consumption": "3500 kWh",
        "Previous supplier": "9979250000006",
        "Tariff": "RabotSmart",
        "Campaign": "autumn",
        "Offer of": "2026-08-01",
        "Payment": "SEPA direct debit DE89…00, account of Erika Mustermann",
        "Consents": "terms and conditions, privacy policy, revocation policy",
        "Signed": "2026-08-01 09:30:00",
        "Your number": "order-0001",
    }
    assert "Hunter2" not in str(rows)
    assert "0532" not in str(rows)


def test_describe_names_what_is_lacking() -> None:
    rows = dict(describe({}))
    assert rows["Payment"] == "by invoice"
    assert rows["Consents"] == "NOT GIVEN: terms and conditions, privacy policy, revocation policy"
    assert rows["Customer"] == "(no name) (no e-mail address)"
    assert rows["Supply to"] == "(no delivery address)"
    assert rows["Tariff"] == "(none)"


@pytest.mark.parametrize(
    ("reason", "details", "said"),
    [
        ("NewDeliveryLocation", {"moveInDate": "2026-09-01"}, "new delivery location; moving in 2026-09-01"),
        (
            "ChangeOfSupplier",
            {"previousSelfCancelledDate": "2026-09-01"},
            "has cancelled the old contract to 2026-09-01",
        ),
        ("ChangeOfSupplier", {}, "no start given"),
        (None, {}, "(no reason given)"),
    ],
)
def test_describe_says_why(reason: Any, details: dict[str, Any], said: str) -> None:
    assert said in dict(describe({"contract": {"contractReason": reason, "deliveryDetails": details}}))["Why"]


def test_fingerprint_ignores_what_changes_between_two_sendings() -> None:
    first = request()
    second = copy.deepcopy(first)
    second["offerDate"] = "2026-08-02"
    second["campaignCode"] = None
    second["contract"]["transactionDateTime"] = "2026-08-02 10:00:00"
    second["userAccount"]["password"] = "x"
    second = dict(reversed(second.items()))
    assert fingerprint(first) == fingerprint(second)
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(first))
    assert second["userAccount"]["password"] == "x"


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("contract", "externalId", "2"),
        ("userAccount", "emailAddress", "b@example.org"),
        ("contract", "type", "Business"),
    ],
)
def test_fingerprint_tells_other_orders_apart(group: str, name: str, value: str) -> None:
    other = copy.deepcopy(request())
    other[group][name] = value
    assert fingerprint(other) != fingerprint(request())


def found(**changes: Any) -> dict[str, Any]:
    order = {
        "emailAddress": "Erika.Mustermann@Example.org ",
        "meterNumber": " 1EMH0012345678",
        "maLoIdentifier": None,
        "deliveryAddress": {"streetName": "MUSTERSTRASSE", "houseNumber": "5A", "postCode": "01067"},
    }
    return {**order, **changes}


@pytest.mark.parametrize(
    ("order", "same"),
    [
        (found(), True),
        (found(deliveryAddress=None), True),
        (found(meterNumber=None), True),
        (found(meterNumber=["x"]), True),
        (found(meterNumber="other"), False),
        (found(maLoIdentifier="41373559241"), True),
        (found(emailAddress="b@example.org"), False),
        (found(emailAddress=None), False),
        (found(meterNumber=None, deliveryAddress=None), False),
        (
            found(
                meterNumber="",
                deliveryAddress={"streetName": "Musterstraße", "houseNumber": "6", "postCode": "01067"},
            ),
            False,
        ),
        (found(meterNumber=None, deliveryAddress=[]), False),
        ({}, False),
        (None, False),
        ("x", False),
    ],
)
def test_matches(order: Any, same: bool) -> None:
    assert matches(request(), order) is same


def test_matches_by_market_location_and_sees_its_contradiction() -> None:
    sent = request()
    sent["contract"]["deliveryDetails"]["maLoIdentifier"] = "41373559241"
    assert matches(sent, found(meterNumber=None, deliveryAddress=None, maLoIdentifier="41373559241 "))
    assert not matches(sent, found(maLoIdentifier="12345678905"))


def test_an_order_without_an_email_address_matches_nothing() -> None:
    assert not matches({}, {})
