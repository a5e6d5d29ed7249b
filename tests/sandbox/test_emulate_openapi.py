"""That the OpenAPI document speaks the truth about the other set of paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from energyctl.sandbox.emulate.schema import Checker
from tests.sandbox.emulate_partner import FIRST, RANGE, Partner


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    found = Partner(sandbox.facts)
    yield found
    found.close()


@pytest.fixture(scope="module")
def document(partner: Partner) -> Any:
    return yaml.safe_load(partner.anybody.get(partner.credentials["openapi_url"]).text)


def _asked(partner: Partner, path: str, method: str) -> dict[str, Any]:
    """Return path and body of a call that a documented operation must take."""
    webhook = {"url": "https://hooks.example.org/x", "events": ["device.problem"]}
    filled = path.format(
        customer_id=FIRST,
        asset_id=partner.devices()["heat_pump"]["id"],
        webhook_id=partner.retailer.post("/v2/retailer/webhooks", json=webhook).json()["id"],
    )
    bodies: dict[str, dict[str, Any]] = {
        "custom-name": {"custom_device_name": "X"},
        "optimization": {"comfort_min_c": 18},
        "webhooks": webhook,
    }
    body = bodies.get(filled.rpartition("/")[2]) if method in {"PATCH", "PUT", "POST"} else None
    return {"url": filled, "json": body}


def _undocumented(checker: Checker, schema: Any, value: Any) -> list[str]:
    """Return the fields of an answer that its schema does not know."""
    schema = checker.resolved(schema)
    if isinstance(value, list):
        return [name for each in value for name in _undocumented(checker, schema["items"], each)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    return [
        found
        for name, inner in value.items()
        for found in ([name] if name not in known else _undocumented(checker, known[name], inner))
    ]


def test_every_documented_operation_answers_as_the_document_says(
    sandbox: Any, partner: Partner, document: Any
) -> None:
    checker = Checker(document["components"]["schemas"])
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            sandbox.control("/reset")
            own = operation["security"] == [{"customer_token": []}]
            assert own == path.startswith("/v2/self")
            client = partner.own if own else partner.retailer
            names = {each["name"] for each in operation["parameters"]}
            query: dict[str, Any] = {"start": RANGE["from"], "end": RANGE["to"]} if "start" in names else {}
            call = _asked(partner, path, method.upper())
            assert partner.anybody.request(method, call["url"], params=query).status_code == 401
            if "limit" in names:
                query = {"limit": 200}  # so that there is no next part; the first parts are walked elsewhere
            answer = client.request(method, params=query, **call)
            (status, described), *_ = operation["responses"].items()
            assert answer.status_code == int(status), (path, answer.text)
            if "content" in described:
                schema = described["content"]["application/json"]["schema"]
                assert checker.problems(schema, answer.json()) == [], path
                assert _undocumented(checker, schema, answer.json()) == [], path
            else:
                assert answer.content == b""


OTHER_PATHS = {
    "exampleBrp": "GET /v1/retailer/example-brp",
    "listCustomers": "GET /v2/retailer/end-customers",
    "getCustomer": "GET /v2/retailer/end-customers/{customer_id}",
    "listFacilities": "GET /v2/retailer/sites",
    "listCustomerFacilities": "GET /v2/retailer/end-customers/{customer_id}/sites",
    "listDevices": "GET /v2/retailer/assets",
    "listCustomerDevices": "GET /v2/retailer/end-customers/{customer_id}/assets",
    "getDevice": "GET /v2/retailer/end-customers/{customer_id}/assets/{asset_id}",
    "removeDevice": "DELETE /v2/retailer/end-customers/{customer_id}/assets/{asset_id}",
    "updateCustomDeviceName": "PATCH /v2/retailer/end-customers/{customer_id}/assets/{asset_id}/custom-name",
    "listDeviceProblems": "GET /v2/retailer/end-customers/{customer_id}/assets/{asset_id}/problem-log",
    "listSpoSettings": "GET /v2/retailer/end-customers/{customer_id}/optimization",
    "getSpoSettings": "GET /v2/retailer/end-customers/{customer_id}/assets/{asset_id}/optimization",
    "updateSpoSettings": "PUT /v2/retailer/end-customers/{customer_id}/assets/{asset_id}/optimization",
    "createOnboardingSession": "POST /v2/retailer/end-customers/{customer_id}/onboarding-sessions",
    "getConsumptionReport": "GET /v2/retailer/end-customers/{customer_id}/reports/consumption",
    "getSavingsReport": "GET /v2/retailer/end-customers/{customer_id}/reports/savings",
    "listWebhooks": "GET /v2/retailer/webhooks",
    "createWebhook": "POST /v2/retailer/webhooks",
    "removeWebhook": "DELETE /v2/retailer/webhooks/{webhook_id}",
    "getOwnCustomer": "GET /v2/self",
    "listOwnFacilities": "GET /v2/self/sites",
    "listOwnDevices": "GET /v2/self/assets",
    "getOwnDevice": "GET /v2/self/assets/{asset_id}",
    "removeOwnDevice": "DELETE /v2/self/assets/{asset_id}",
    "updateOwnCustomDeviceName": "PATCH /v2/self/assets/{asset_id}/custom-name",
    "listOwnDeviceProblems": "GET /v2/self/assets/{asset_id}/problem-log",
    "listOwnSpoSettings": "GET /v2/self/optimization",
    "getOwnSpoSettings": "GET /v2/self/assets/{asset_id}/optimization",
    "updateOwnSpoSettings": "PUT /v2/self/assets/{asset_id}/optimization",
    "createOwnOnboardingSession": "POST /v2/self/onboarding-sessions",
    "getOwnConsumptionReport": "GET /v2/self/reports/consumption",
    "getOwnSavingsReport": "GET /v2/self/reports/savings",
}


def test_the_document_says_what_there_is(partner: Partner, document: Any) -> None:
    described = {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert described == OTHER_PATHS
    assert (document["openapi"], document["info"]) == ("3.1.0", {"title": "Retailer API", "version": "1.0.0"})
    assert document["servers"] == [{"url": partner.url}]
    assert document == partner.anybody.get("/openapi.json").json()
    tags = {each["name"] for each in document["tags"]}
    assert len(tags) == 9
    text = partner.anybody.get(partner.credentials["openapi_url"]).text
    assert "&id" not in text
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= set(document["components"]["schemas"])
    for methods in document["paths"].values():
        for operation in methods.values():
            assert set(operation.get("tags", [])) <= tags
            assert operation["summary"]
    change = document["components"]["schemas"]["SpoSettingsChange"]["properties"]
    assert change["target_soc_percent"] == {"type": "integer", "minimum": 20, "maximum": 100}
    assert change["mode"]["enum"] == ["max_savings", "balanced", "max_comfort"]


def test_the_other_paths_take_their_own_parameter_names(partner: Partner) -> None:
    path = f"/v2/retailer/end-customers/{FIRST}/reports/consumption"
    refused = partner.retailer.get(path, params=RANGE)
    assert [each["field"] for each in refused.json()["error"]["details"]] == ["start", "end"]
    other = partner.retailer.get(
        path, params={"start": RANGE["from"], "end": RANGE["to"], "resolution": "hour"}
    )
    default = partner.own.get("/v1/customer/consumption", params={**RANGE, "resolution": "hour"})
    assert other.json() == default.json()
    assert len(default.json()["values"]) == 47
