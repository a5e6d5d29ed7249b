"""That the published documents say of requests what the contracts say: written down here by hand, and nothing else.

``!`` required, ``?`` may be null, ``-`` read-only; names in brackets are of the items of an array.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.contract.partner import Partner
from tests.sandbox.contract.published import Published

_ADDRESS = {
    "title": "string?",
    "firstName": "string?",
    "lastName": "string?",
    "businessName": "string?",
    "gender": "Male|Female|Other?",
    "extension": "string?",
    "streetName": "string!",
    "houseNumber": "string!",
    "city": "string!",
    "postCode": "string!",
    "countryCode": "string!",
}
_CLIENT = {"client_id": "string!", "client_secret": "string!"}
_USER = {
    "firstName": "string",
    "lastName": "string",
    "email": "string",
    "phoneNumber": "string",
    "language": "string",
    "username": "string",
    "ssn": "string",
    "orgNumber": "string",
}
_ANY = "any"
_BEGIN = {
    "endUserIp": "string!",
    "personalNumber": "string",
    "requirement": "object",
    "requirement.personalNumber": "string",
    "requirement.pinCode": "boolean",
    "requirement.cardReader": "class1|class2",
    "requirement.mrtd": "boolean",
    "requirement.certificatePolicies": "array",
    "userVisibleData": "string",
    "userNonVisibleData": "string",
    "userVisibleDataFormat": "string",
    "returnUrl": "string",
    "returnRisk": _ANY,
    "app": "object",
    "web": "object",
}
_REF = {"orderRef": "uuid!"}


def _under(name: str, fields: dict[str, str]) -> dict[str, str]:
    return {f"{name}.{inner}": kind for inner, kind in fields.items()}


BODIES: dict[str, dict[str, dict[str, str]]] = {
    "rabot": {
        # 4.2; consumption and postcode are the minimum.
        "calculateTariff": {
            "yearlyConsumptionKwh": "double!",
            "zipCode": "string!",
            "hasSmartMeter": "boolean",
            "hasElectricVehicle": "boolean",
            "campaignCode": "string?",
        },
        # 4.3; what is mandatory comes from the order page.
        "createOrder": {
            "tariffKey": "string!",
            "offerDate": "date",
            "userAccount": "object!",
            **_under(
                "userAccount",
                {
                    "emailAddress": "string!",
                    "phoneNumber": "string?",
                    "password": "string?",
                    "firstName": "string?",
                    "lastName": "string?",
                    "businessName": "string?",
                    "gender": "Male|Female|Other?",
                    "dateOfBirth": "date?",
                    "customerNumber": "string?-",
                },
            ),
            "contract": "object!",
            "contract.externalId": "string?",
            "contract.type": "Private|Business!",
            "contract.deliveryAddress": "object!",
            **_under("contract.deliveryAddress", _ADDRESS),
            "contract.billingAddress": "object?",
            **_under("contract.billingAddress", _ADDRESS),
            "contract.bankDetails": "object?",
            "contract.bankDetails.accountHolder": "string?",
            "contract.bankDetails.iban": "string!",
            "contract.bankDetails.bic": "string?",
            "contract.bankDetails.bankName": "string?",
            "contract.bankDetails.hasAcceptedDirectDebit": "boolean",
            "contract.contractReason": "NewDeliveryLocation|ChangeOfSupplier!",
            "contract.deliveryDetails": "object!",
            **_under(
                "contract.deliveryDetails",
                {
                    "meterNumber": "string?",
                    "maLoIdentifier": "string?",
                    "meLoIdentifier": "string?",
                    "desiredTransitionDate": "date?",
                    "moveInDate": "date?",
                    "previousSelfCancelledDate": "date?",
                    "previousSupplierCode": "string?",
                    "previousAnnualConsumptionKwh": "int32!",
                    "capabilities": "object",
                    "capabilities.hasElectricVehicle": "boolean",
                    "capabilities.hasSmartMeter": "boolean",
                    "capabilities.hasHeatPump": "boolean",
                },
            ),
            "contract.agreements": "object",
            "contract.agreements.termsAndConditions": "boolean",
            "contract.agreements.privacyPolicy": "boolean",
            "contract.agreements.revocationPolicy": "boolean",
            "contract.transactionDateTime": "date-time?",
            **_under(
                "contract",
                dict.fromkeys(
                    ("state", "number", "deliveryState", "validFromDate", "validToDate"), "string?-"
                ),
            ),
            "campaignCode": "string?",
        },
        # 4.7
        "linkCustomer": {
            "successUrl": "uri?",
            "failureUrl": "uri?",
            "customerNumberQueryParameterName": "string",
            "externalCustomerId": "string?",
            "signUpUrl": "uri?",
            "authAs": "string?",
        },
        # 4.14
        "createConsumptionPlan": {
            "amounts": "array!",
            "amounts[].tz": "date-time!",
            "amounts[].kwh": "double!",
            "intervalBeginAt": "date-time",
            "intervalEndAt": "date-time",
        },
    },
    "emulate": {
        # 6.2; of the others nothing is known.
        "updateCustomDeviceName": {"custom_device_name": "string!"},
        "updateOwnCustomDeviceName": {"custom_device_name": "string!"},
    },
    "bright": {
        # 4.2 and 4.3
        "get_token": {"grant_type": "string!", **_CLIENT, "code": "string!", "redirect_uri": "string"},
        "refresh_token": {
            "grant_type": "string!",
            "client_id": "string!",
            "client_secret": "string",
            "refresh_token": "string!",
            "scope": "string",
        },
        # 5.2
        "bankid_auth": _BEGIN,
        "bankid_sign": {**_BEGIN, "userVisibleData": "string!"},
        "bankid_collect": _REF,
        "bankid_cancel": _REF,
        # 6.4, 6.5 and 8.3
        "add_user": {
            "userRole": "object!",
            "userRole.role": "owner|guest|company!",
            "userRole.user": "object!",
            **_under("userRole.user", _USER),
            "inviter": "object!",
            "inviter.id": "string!",
        },
        "update_user": {"email": "string", "phoneNumber": "string"},
        "report_event": {
            "type": "lastSeen|accountCreated|accountDeleted!",
            "accountId": "string!",
            "userId": "string",
            "email": "string",
            "username": "string",
            "ssn": "string",
        },
    },
}

_PAGING = {"offset": "int32", "limit": "int32"}
_PRICES = {"from": "date-time", "to": "date-time", "granularity": "Hourly|QuarterHourly"}
_SERIES = {"fromDate": "date-time!", "toDate": "date-time!", "resolution": "year|month|day|hour|15min!"}

QUERIES: dict[str, dict[str, dict[str, str]]] = {
    "rabot": {
        "getTariffs": {"effectiveDate": "date"},
        "getOrders": {**_PAGING, "filter.customerNumber": "string"},
        "getCustomers": {**_PAGING, "filter.externalId": "string"},
        "getContracts": _PAGING,
        "getDocuments": {"documentType": "All|PrePayment|Settlement|ContractConfirmation"},
        "getMetrics": {
            "Period.From": "date-time",
            "Period.To": "date-time",
            "Interval": "QuarterHourly|Hourly|Daily|Weekly|Monthly|Yearly",
            "MetricType": "Consumption|Saving|TotalCost|WorkingPrice|Co2Saving",
            "ValueType": "Actual|Forecast|Dynamic|Combined",
        },
        "getDayAheadPrices": _PRICES,
        "getDayAheadForecast": _PRICES,
        "getDayAheadWorkingPrice": {"from": "date!", "to": "date!"},
    },
    "emulate": {},
    "bright": {
        "authorize": {
            "audience": "string",
            "scope": "string",
            "response_type": "string!",
            "client_id": "string!",
            "state": "string",
            "redirect_uri": "string",
            "connection": "string",
        },
        "bankid_qr": {"orderRef": "uuid!"},
        "get_user_roles": {"page": "int32", "perPage": "int32"},
        "get_invoices": {"fromDate": "date-time", "toDate": "date-time"},
        "get_measurements": _SERIES,
        "get_cost": _SERIES,
    },
}

SCOPES = {"createOrder": ["api:partner", "create:orders"]}


def _kind(published: Published, schema: Any) -> str:
    schema = published.resolved(schema)
    inner = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    null = "?" if inner else ""
    schema = published.resolved(inner[0]) if inner else schema
    words = "|".join(schema["enum"]) if "enum" in schema else ""
    if isinstance(schema.get("const"), str):
        return f"string{null}"
    read_only = "-" if schema.get("readOnly") else ""
    return f"{words or schema.get('format') or schema.get('type', _ANY)}{null}{read_only}"


def _fields(published: Published, schema: Any, path: str = "") -> Iterator[tuple[str, str]]:
    schema = published.resolved(schema)
    for each in schema.get("anyOf", ()):
        yield from _fields(published, each, path)
    if "items" in schema:
        yield from _fields(published, schema["items"], f"{path.rstrip('.')}[].")
    for name, inner in schema.get("properties", {}).items():
        must = "!" if name in schema.get("required", ()) else ""
        yield f"{path}{name}", f"{_kind(published, inner)}{must}"
        yield from _fields(published, inner, f"{path}{name}.")


@pytest.fixture
def provider(partner: Partner) -> str:
    return partner.provider


def test_bodies_are_those_of_the_contract(partner: Partner, provider: str) -> None:
    operations = partner.published.operations
    found = {name: dict(_fields(partner.published, operations[name].body)) for name in BODIES[provider]}
    assert found == BODIES[provider]
    silent = {"openid_token"} if provider == "bright" else set()
    if provider != "emulate":
        assert {each.id for each in operations.values() if each.body is not None} == {
            *BODIES[provider],
            *silent,
        }


def test_query_parameters_are_those_of_the_contract(partner: Partner, provider: str) -> None:
    found = {
        name: {
            each.name: f"{_kind(partner.published, each.schema)}{'!' if each.required else ''}"
            for each in partner.published.operations[name].query
        }
        for name in QUERIES[provider]
    }
    assert found == QUERIES[provider]


def test_scopes_are_those_of_the_contract(partner: Partner, provider: str) -> None:
    if provider == "rabot":
        for operation in partner.published.operations.values():
            assert operation.node["security"] == [{"oauth2": SCOPES.get(operation.id, ["api:partner"])}]


def test_what_is_not_the_contracts_own_word_says_so(partner: Partner, provider: str) -> None:
    told = {
        "rabot": set(partner.published.operations),
        "emulate": {"exampleBrp", "listOwnFacilities"},
        "bright": {"get_token", "refresh_token", "get_cost", "openid_configuration"},
    }[provider]
    found = {each.id for each in partner.published.operations.values() if "x-standing" not in each.node}
    assert found == told
