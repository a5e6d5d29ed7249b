from __future__ import annotations

import copy
from datetime import date
from typing import Any, Literal

import pytest

from energyctl.providers.rabot.orderfile import OrderDocument, Problem, read_orders, template, validate
from energyctl.providers.rabot.orderfile.forms import malo_check_digit

TODAY = date(2026, 8, 1)
IBAN = "DE89370400440532013000"
BANK = {
    "accountHolder": "Erika",
    "iban": IBAN,
    "bic": "COBADEFFXXX",
    "bankName": "Musterbank",
    "hasAcceptedDirectDebit": True,
}
REMOVE = object()
DETAILS = "contract.deliveryDetails"
DELIVERY = "contract.deliveryAddress"


def good(
    kind: Literal["private", "business"] = "private",
    reason: Literal["new-delivery-location", "change-of-supplier"] = "change-of-supplier",
) -> dict[str, Any]:
    return copy.deepcopy(read_orders(template(kind, reason, TODAY), "t.yaml")[0].data)


def changed(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for path, value in changes.items():
        *groups, name = path.split(".")
        part = data
        for group in groups:
            part = part[group]
        if value is REMOVE:
            del part[name]
        else:
            part[name] = value
    return data


def problems_of(data: dict[str, Any]) -> list[Problem]:
    return validate(OrderDocument(0, data), today=TODAY)


def check(changes: dict[str, Any], data: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(found.severity, found.path) for found in problems_of(changed(data or good(), changes))]


def only(changes: dict[str, Any], data: dict[str, Any] | None = None) -> Problem:
    (found,) = problems_of(changed(data or good(), changes))
    return found


MANDATORY = [
    "tariffKey",
    "userAccount",
    "userAccount.emailAddress",
    "userAccount.firstName",
    "userAccount.lastName",
    "contract",
    "contract.contractReason",
    "contract.deliveryDetails",
    "contract.deliveryAddress",
    *(
        f"{DELIVERY}.{name}"
        for name in ("firstName", "lastName", "streetName", "houseNumber", "postCode", "city")
    ),
    f"{DELIVERY}.countryCode",
    f"{DETAILS}.meterNumber",
    f"{DETAILS}.desiredTransitionDate",
    f"{DETAILS}.previousAnnualConsumptionKwh",
    "contract.agreements",
    "contract.agreements.termsAndConditions",
    "contract.agreements.privacyPolicy",
    "contract.agreements.revocationPolicy",
]


@pytest.mark.parametrize("path", MANDATORY)
@pytest.mark.parametrize("value", [REMOVE, None])
def test_a_mandatory_field_is_missed_exactly_once(path: str, value: Any) -> None:
    found = only({path: value})
    assert (found.severity, found.path) == ("error", path)
    assert "missing" in found.message or "empty" in found.message
    assert found.fix


def test_type_is_mandatory_and_without_it_names_are_not_judged() -> None:
    assert check({"contract.type": REMOVE, "userAccount.firstName": REMOVE}) == [("error", "contract.type")]


@pytest.mark.parametrize("path", ["tariffKey", "userAccount.firstName", f"{DELIVERY}.city"])
def test_blank_text_counts_as_missing(path: str) -> None:
    assert check({path: "  "}) == [("error", path)]


def test_business_needs_the_business_name_only() -> None:
    assert problems_of(good("business")) == []
    missing = {"userAccount.businessName": REMOVE, f"{DELIVERY}.businessName": None}
    assert check(missing, good("business")) == [
        ("error", "userAccount.businessName"),
        ("error", f"{DELIVERY}.businessName"),
    ]


def test_everything_is_told_at_once_and_in_file_order() -> None:
    text = "contract:\n  type: Personal\n  deliveryAddress:\n    postCode: 1067\n"
    text += "userAccount:\n  emailAddress: x\n"
    (order,) = read_orders(text, "o.yaml")
    found = validate(order, today=TODAY)
    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)
    paths = {problem.path: problem.line for problem in found}
    assert paths["contract.type"] == 2
    assert paths[f"{DELIVERY}.postCode"] == 4
    assert paths[f"{DELIVERY}.city"] == 3
    assert paths["userAccount.emailAddress"] == 6
    assert {"tariffKey", "contract.contractReason", "contract.agreements", DETAILS} <= set(paths)


def test_repeated_fields_are_errors() -> None:
    text = template("private", "change-of-supplier", TODAY) + "tariffKey: other\n"
    (found,) = validate(read_orders(text, "o.yaml")[0], today=TODAY)
    assert (found.path, found.severity, found.line) == ("tariffKey", "error", text.count("\n"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{DETAILS}.previousAnnualConsumption", "write previousAnnualConsumptionKwh"),
        (f"{DETAILS}.previousAnnualConsumptionkwh", "write previousAnnualConsumptionKwh"),
        (f"{DELIVERY}.zipCode", "write postCode"),
        (f"{DELIVERY}.post_code", "write postCode"),
        ("contract.zipCode", f"{DELIVERY}.postCode"),
        ("postCode", "contract.billingAddress.postCode"),
        ("email", "userAccount.emailAddress"),
        ("userAccount.emailAdress", "did you mean emailAddress?"),
        ("contract.bankDetail", "write bankDetails"),
        ("meterNummber", f"did you mean {DETAILS}.meterNumber?"),
        ("contract.<<", "merge keys"),
        ("colour", "remove it; known here: tariffKey"),
    ],
)
def test_unknown_fields_get_the_nearest_one_suggested(path: str, said: str) -> None:
    found = only({path: "hunter2"})
    assert (found.path, found.severity, found.value) == (path, "error", None)
    assert said in found.fix


@pytest.mark.parametrize(
    "path",
    [
        "userAccount.customerNumber",
        *(f"contract.{n}" for n in ("state", "number", "deliveryState", "validFromDate", "validToDate")),
    ],
)
def test_what_the_provider_sets_cannot_be_sent(path: str) -> None:
    found = only({path: "1"})
    assert (found.severity, found.fix) == ("error", "remove it")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("tariffKey", 5, "text"),
        ("tariffKey", True, "text"),
        ("tariffKey", ["a"], "text"),
        ("userAccount", "x", "group"),
        ("contract.deliveryAddress", [], "group"),
        ("contract.agreements.privacyPolicy", "true", "true or false"),
        ("contract.agreements.privacyPolicy", 1, "true or false"),
        (f"{DETAILS}.previousAnnualConsumptionKwh", "3500", "whole number"),
        (f"{DETAILS}.previousAnnualConsumptionKwh", 3500.5, "whole number"),
        (f"{DETAILS}.previousAnnualConsumptionKwh", True, "whole number"),
        (f"{DETAILS}.previousAnnualConsumptionKwh", 2**31, "larger"),
        (f"{DETAILS}.previousAnnualConsumptionKwh", 0, "more than 0"),
        (f"{DETAILS}.previousAnnualConsumptionKwh", -5, "more than 0"),
        (f"{DELIVERY}.city", "Berlin\nMitte", "line break"),
        (f"{DELIVERY}.city", "\ud800", "unprintable"),
        ("contract.agreements.privacyPolicy", False, "false"),
    ],
)
def test_wrong_types_and_values(path: str, value: Any, message: str) -> None:
    found = only({path: value})
    assert (found.severity, found.path) == ("error", path)
    assert message in found.message


@pytest.mark.parametrize(
    ("path", "value", "fix"),
    [
        ("contract.type", "Personal", "write Private (the provider's own sample"),
        ("contract.type", "private", "write Private"),
        ("contract.contractReason", "changeofsupplier", "write ChangeOfSupplier"),
        ("userAccount.gender", "Diverse", "write Male or Female or Other"),
        ("userAccount.gender", "female", "write Female"),
    ],
)
def test_enumerations_are_exact(path: str, value: str, fix: str) -> None:
    found = only({path: value})
    assert (found.severity, found.value) == ("error", value)
    assert found.fix.startswith(fix)


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("31.12.2026", "write 2026-12-31"),
        ("1.9.2026", "write 2026-09-01"),
        ("2026-09-01T00:00:00Z", "write 2026-09-01"),
        ("2026-02-30", "yyyy-mm-dd"),
        ("20260901", "yyyy-mm-dd"),
        ("2026-9-1", "yyyy-mm-dd"),
        ("", "yyyy-mm-dd"),
    ],
)
def test_dates_must_exist_and_be_written_the_one_way(value: str, fix: str) -> None:
    found = only({f"{DETAILS}.desiredTransitionDate": value})
    assert found.severity == "error"
    assert fix in found.fix


@pytest.mark.parametrize(
    ("path", "value", "severity"),
    [
        (f"{DETAILS}.desiredTransitionDate", "2026-07-31", "warning"),
        (f"{DETAILS}.desiredTransitionDate", "2029-08-01", "warning"),
        (f"{DETAILS}.desiredTransitionDate", "2206-09-01", "error"),
        (f"{DETAILS}.desiredTransitionDate", "0206-09-01", "error"),
        ("userAccount.dateOfBirth", "2026-08-01", "error"),
        ("userAccount.dateOfBirth", "1880-01-01", "error"),
        ("userAccount.dateOfBirth", "2008-08-02", "warning"),
        ("userAccount.dateOfBirth", "2008-08-01", None),
        ("offerDate", "2026-08-03", "warning"),
        ("offerDate", "2025-07-01", "warning"),
        ("offerDate", REMOVE, None),
        ("offerDate", None, "warning"),
        ("contract.transactionDateTime", "2026-07-01 10:00:00", None),
        ("contract.transactionDateTime", "2026-07-01T10:00:00Z", None),
        ("contract.transactionDateTime", "2026-07-01T10:00:00.123+02:00", None),
        ("contract.transactionDateTime", "2026-09-01 10:00:00", "warning"),
        ("contract.transactionDateTime", "2026-07-01", "error"),
        ("contract.transactionDateTime", "2026-07-01 25:00:00", "error"),
    ],
)
def test_days_are_compared_with_today(path: str, value: Any, severity: str | None) -> None:
    assert check({path: value}) == ([(severity, path)] if severity else [])


@pytest.mark.parametrize(
    "email", ["a@b.de", "erika.m+x@mail.example.org", "jörg@müller.example", "a@xn--mller-kva.de"]
)
def test_email_addresses(email: str) -> None:
    assert check({"userAccount.emailAddress": email}) == []


@pytest.mark.parametrize(
    "email",
    [
        "a",
        "a@b",
        "a@@b.de",
        "a b@c.de",
        "a@b..de",
        ".a@b.de",
        "a.@b.de",
        "A <a@b.de>",
        "a@b.de,c@d.de",
        "a@-b.de",
        "a@" + "b" * 260 + ".de",
    ],
)
def test_what_is_no_email_address(email: str) -> None:
    assert check({"userAccount.emailAddress": email}) == [("error", "userAccount.emailAddress")]


@pytest.mark.parametrize(
    ("phone", "fine"), [("+4930123456", True), ("030123456", False), ("+49 30 123", False)]
)
def test_phone_numbers_are_only_warned_about(phone: str, fine: bool) -> None:
    assert check({"userAccount.phoneNumber": phone}) == (
        [] if fine else [("warning", "userAccount.phoneNumber")]
    )


@pytest.mark.parametrize("code", ["1067", "D-01067", "010670", "0106a", "٠١٠٦٧"])
def test_german_postcodes(code: str) -> None:
    found = only({f"{DELIVERY}.postCode": code})
    assert (found.severity, found.path) == ("error", f"{DELIVERY}.postCode")
    assert ('"01067"' in found.fix) == (code == "1067")


def test_postcodes_of_other_countries_are_not_judged() -> None:
    billing = {**good()["contract"]["deliveryAddress"], "countryCode": "AT", "postCode": "1010"}
    assert check({"contract.billingAddress": billing}) == []
    assert check({f"{DELIVERY}.countryCode": "AT", f"{DELIVERY}.postCode": "1010"}) == [
        ("warning", f"{DELIVERY}.countryCode")
    ]


@pytest.mark.parametrize("code", ["de", "DEU", "Deutschland", "Ñ1", "D"])
def test_country_codes(code: str) -> None:
    found = only({f"{DELIVERY}.countryCode": code})
    assert found.severity == "error"


def test_billing_address_is_complete_when_given() -> None:
    assert {path for _, path in check({"contract.billingAddress": {"city": "Berlin"}})} == {
        f"contract.billingAddress.{name}"
        for name in ("firstName", "lastName", "streetName", "houseNumber", "postCode", "countryCode")
    }


@pytest.mark.parametrize(
    "iban", [IBAN, "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "AT611904300234573201"]
)
def test_right_ibans(iban: str) -> None:
    assert check({"contract.bankDetails": {**BANK, "iban": iban}}) == []


@pytest.mark.parametrize(
    "iban",
    [
        "DE88370400440532013000",
        "DE8937040044053201300",
        "ZZ89370400440532013000",
        "hunter2",
        "DE89-3704-0044-0532-0130-00",
        "DE٨9370400440532013000",
    ],
)
def test_wrong_ibans_are_told_masked(iban: str) -> None:
    found = only({"contract.bankDetails": {**BANK, "iban": iban}})
    assert (found.severity, found.path) == ("error", "contract.bankDetails.iban")
    assert iban not in f"{found.value}{found.message}{found.fix}"
    assert found.value == ("…" if iban == "hunter2" else f"{iban[:4]}…{iban[-2:]}")


def test_an_iban_in_the_wrong_bank_field_is_masked_too() -> None:
    found = only({"contract.bankDetails": {**BANK, "bic": "DE89 3704 0044 0532 0130 00"}})
    assert found.value == "DE89…00"


@pytest.mark.parametrize(
    ("bic", "fix"),
    [("cobadeff xxx", "write COBADEFFXXX"), ("COBADEFFXX", "8 or 11"), ("COBAQQFF", "8 or 11")],
)
def test_wrong_bics(bic: str, fix: str) -> None:
    found = only({"contract.bankDetails": {**BANK, "bic": bic}})
    assert (found.severity, found.path) == ("error", "contract.bankDetails.bic")
    assert fix in found.fix


def test_direct_debit_needs_iban_and_mandate_and_wants_the_rest() -> None:
    assert check({"contract.bankDetails": {}}) == [
        ("error", "contract.bankDetails.iban"),
        ("warning", "contract.bankDetails.accountHolder"),
        ("warning", "contract.bankDetails.bic"),
        ("warning", "contract.bankDetails.bankName"),
        ("error", "contract.bankDetails.hasAcceptedDirectDebit"),
    ]
    refused = {**BANK, "hasAcceptedDirectDebit": False}
    assert check({"contract.bankDetails": refused}) == [
        ("error", "contract.bankDetails.hasAcceptedDirectDebit")
    ]
    assert check({"contract.bankDetails": None}) == []


@pytest.mark.parametrize("number", ["41373559241", "12345678905"])
def test_market_location_check_digit(number: str) -> None:
    assert malo_check_digit(number[:10]) == int(number[10])
    assert check({f"{DETAILS}.maLoIdentifier": number}) == []


def test_the_contracts_own_market_location_is_only_warned_about() -> None:
    # Its check digit is wrong by the rule, so the rule cannot be a reason to refuse.
    assert check({f"{DETAILS}.maLoIdentifier": "99987999749"}) == [("warning", f"{DETAILS}.maLoIdentifier")]


@pytest.mark.parametrize(
    ("path", "value", "severity"),
    [
        ("maLoIdentifier", "9998799974", "error"),
        ("maLoIdentifier", "DE0001230106700000000000000012345", "error"),
        ("meLoIdentifier", "DE00012301067", "error"),
        ("meLoIdentifier", "41373559241", "error"),
        ("meLoIdentifier", "DE0001230106700000000000000012345", None),
        ("meterNumber", "DE0001230106700000000000000012345", "warning"),
        ("previousSupplierCode", "99792500006", "error"),
        ("previousSupplierCode", None, "warning"),
        ("previousSupplierCode", REMOVE, "warning"),
        ("previousAnnualConsumptionKwh", 3, "warning"),
        ("previousAnnualConsumptionKwh", 3_500_000, "warning"),
        ("moveInDate", "2026-09-01", "warning"),
        ("previousSelfCancelledDate", "2026-09-01", "error"),
    ],
)
def test_metering_point(path: str, value: Any, severity: str | None) -> None:
    path = f"{DETAILS}.{path}"
    assert check({path: value}) == ([(severity, path)] if severity else [])


def test_market_location_alone_is_enough_but_slower() -> None:
    only_malo = {f"{DETAILS}.maLoIdentifier": "41373559241", f"{DETAILS}.meterNumber": REMOVE}
    assert check(only_malo) == [("warning", f"{DETAILS}.meterNumber")]


def test_customer_who_cancelled_himself() -> None:
    cancelled = {
        f"{DETAILS}.previousSelfCancelledDate": "2026-09-01",
        f"{DETAILS}.desiredTransitionDate": None,
    }
    assert check(cancelled) == []


def test_new_delivery_location() -> None:
    new = good("private", "new-delivery-location")
    assert check(
        {f"{DETAILS}.moveInDate": REMOVE, f"{DETAILS}.desiredTransitionDate": "2026-09-01"}, new
    ) == [
        ("error", f"{DETAILS}.moveInDate"),
        ("warning", f"{DETAILS}.desiredTransitionDate"),
    ]


@pytest.mark.parametrize("password", ["hunter2", ["hunter2"], 5, " hunter2 ", "hun\nter2"])
def test_a_password_is_warned_about_and_never_shown(password: Any) -> None:
    found = problems_of(changed(good(), {"userAccount.password": password}))
    assert ("warning", "userAccount.password") in [(problem.severity, problem.path) for problem in found]
    assert "hun" not in "".join(f"{problem.value}{problem.message}{problem.fix}" for problem in found)
    assert all(problem.value is None for problem in found)


def test_spaces_around_text_and_empty_text_are_warned_about() -> None:
    assert check({"campaignCode": " x", "contract.externalId": ""}) == [
        ("warning", "campaignCode"),
        ("warning", "contract.externalId"),
    ]


def test_nulls_where_the_contract_knows_none() -> None:
    assert check({f"{DETAILS}.capabilities": None}) == [("warning", f"{DETAILS}.capabilities")]
    assert check({f"{DETAILS}.meLoIdentifier": None}) == []


def test_a_long_value_is_shown_shortened() -> None:
    assert only({"contract.type": "x" * 500}).value == "x" * 80 + "…"
