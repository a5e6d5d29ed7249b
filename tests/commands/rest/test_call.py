"""``call`` and ``api``: any operation, checked by the file where there is one, and written like every write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox

CUSTOMER = "C-100001"
HOOK = {"url": "https://example.org/hook", "events": ["device.problem"]}


def test_without_a_file_the_built_in_operations_run(run: Run, sandbox: Sandbox) -> None:
    done = run("emulate", "call", "get_customer", "--param", f"customerId={CUSTOMER}")
    assert done.json["id"] == CUSTOMER
    for name in ("list_customers", "get /v1/retailer/customers"):
        done = run("emulate", "call", name, "--param", "limit=2", "--param", "offset=1")
        assert len(done.json["items"]) == 2
    assert sandbox.requests(path="/v1/retailer/customers")[0]["query"] == [["limit", "2"], ["offset", "1"]]
    price = run(
        *("rabot", "call", "calculate_price", "--param", "tariffKey=RabotSmart"),
        *("-d", '{"zipCode": "10115", "yearlyConsumptionKwh": 3500}'),
    )
    assert price.json["data"]["priceComponents"]
    assert run("journal", "list", "-o", "json").json == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("get_device",), "parameters_wrong", "customerId is missing, deviceId is missing"),
        (("get_customer", "--param", "customerId=1", "--param", "customerId=2"), "parameters_wrong", "twice"),
        (("get_customer", "--param", "customerId=.."), "usage", "'..' cannot be the customerId"),
        (("get_custmer",), "operation_unknown", "get_custmer"),
        (("list_customers", "--param", "limit"), "usage", "--param 'limit'"),
        (("list_customers", "-d", "{}"), "usage", "no body"),
        (("create_onboarding_link", "-d", "{"), "usage", "not JSON"),
        (("create_onboarding_link", "-d", '{"a": NaN}'), "usage", "not JSON"),
        (("create_onboarding_link", "-d", "@missing.json"), "usage", "missing.json"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_sent(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], code: str, told: str
) -> None:
    done = run("emulate", "call", *words, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", code)
    assert told in done.error["message"]
    assert sandbox.requests() == []


def test_with_a_file_everything_is_checked_at_once(run: Run, sandbox: Sandbox, emulate_file: Path) -> None:
    assert run("emulate", "spec", "import", emulate_file).code == 0
    sandbox.forget_requests()
    body = json.dumps({"mode": "balnced", "target_soc_percent": 140, "enabld": True})
    words = ("--param", "asset_id=7", "--param", "custmer_id=1", "-d", body)
    for name in ("updateSpoSettings", "set_spo_settings"):
        done = run("emulate", "call", name, *words, "-o", "json")
        assert (done.code, done.out, done.error["code"]) == (2, "", "request_invalid")
        assert "6 problems" in done.error["message"]
        assert {one["path"]: one["fix"] for one in done.error["details"]} == {
            "custmer_id": "Did you mean customer_id?",
            "customer_id": "Give it: --param customer_id=VALUE",
            "asset_id": "Give a UUID such as 123e4567-e89b-12d3-a456-426614174000.",
            "mode": "Did you mean balanced?",
            "target_soc_percent": "Give at most 100.",
            "enabld": "Did you mean enabled?",
        }
    unknown = run("emulate", "call", "listWebhook", "-o", "json")
    assert "listWebhooks" in unknown.error["hint"]
    assert sandbox.requests() == []


def test_an_operation_that_only_the_file_knows(
    run: Run, sandbox: Sandbox, emulate_file: Path, home: Path
) -> None:
    assert run("emulate", "spec", "import", emulate_file).code == 0
    sandbox.forget_requests()
    planned = run("emulate", "call", "createWebhook", "-d", json.dumps(HOOK), "--dry-run").json
    assert (planned["request"]["method"], planned["request"]["body"]) == ("POST", HOOK)
    assert planned["request"]["url"].endswith("/v2/retailer/webhooks")
    assert sandbox.requests() == []
    (home / "hook.yaml").write_text(json.dumps(HOOK))
    made = run("emulate", "call", "POST /v2/retailer/webhooks", "-d", "@hook.yaml")
    assert (made.code, made.json["outcome"], made.json["http_status"]) == (0, "changed", 201)
    hook = made.json["answer"]["id"]
    assert [one["id"] for one in run("emulate", "call", "listWebhooks").json["webhooks"]] == [hook]
    (told,) = run("journal", "list", "-o", "json").json
    assert (told["operation"], told["outcome"]) == ("POST /v2/retailer/webhooks", "changed")
    gone = run("emulate", "call", "removeWebhook", "--param", f"webhook_id={hook}")
    assert gone.json["outcome"] == "changed"
    again = run("emulate", "call", "removeWebhook", "--param", f"webhook_id={hook}")
    assert (again.code, again.json["outcome"]) == (3, "not_found")


def test_the_scopes_of_a_moved_operation_stay(run: Run, sandbox: Sandbox, rabot_file: Path) -> None:
    assert run("rabot", "spec", "import", rabot_file, "--yes").code == 0
    sandbox.forget_requests()
    listed = run("rabot", "call", "GET /partner/v1/orders", "--param", "limit=1")
    assert listed.code == 0, listed.err
    number = ("--param", "customerNumber=1000001", "--param", "contractNumber=400000001")
    done = run("rabot", "call", "get_costs", *number)
    assert done.code == 0, done.err
    asked = [one["form"]["scope"] for one in sandbox.requests(path="/connect/token")]
    assert asked == ["api:partner", "api:partner role:application"]


def test_any_call_of_emulate(run: Run, sandbox: Sandbox) -> None:
    done = run("emulate", "api", "GET", "/v1/retailer/customers?offset=1", "-f", "limit=1")
    assert [one["id"] for one in done.json["items"]] == ["C-100002"]
    done = run(
        "emulate", "api", "POST", "/v2/retailer/webhooks", "-f", f"url={HOOK['url']}", "-f", "events:=[]"
    )
    assert (done.code, done.json["outcome"]) == (6, "rejected")
    sandbox.forget_requests()
    for words in (("GET", "https://evil.example/x"), ("FETCH", "/x"), ("GET", "/x", "--input", "-")):
        assert run("emulate", "api", *words).code == 2
    assert sandbox.requests() == []


def test_the_query_of_a_write_belongs_to_its_target(run: Run, outside: Run, sandbox: Sandbox) -> None:
    words = ("rabot", "api", "DELETE", "customers?customer=1000001&access_token=planted-1")
    asked = outside(*words, "-o", "json")
    place = "/partner/v1/customers?customer=1000001&access_token=[redacted]"
    assert f"DELETE {place}" in asked.error["message"]
    planned = run(*words, "--dry-run", "-o", "json").json
    assert (planned["target"], planned["effect"]) == (place, f"DELETE {place}")
    assert run(*words, "-o", "json").json["target"] == place
    (told,) = run("journal", "list", "-o", "json").json
    assert (told["target"], told["effect"]) == (place, f"DELETE {place}")
    names = [name for name, _ in sandbox.requests(method="DELETE")[0]["query"]]
    assert names == ["customer", "access_token"], "the query is sent whole"


def test_writes_with_different_queries_are_not_the_same(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("emulate:500@POST /v1/things")
    for number in ("1", "2", "1"):
        done = run("emulate", "api", "POST", f"/v1/things?device={number}", "-o", "json")
        assert (done.code, done.json["target"]) == (9, f"/v1/things?device={number}")
        noted = done.err.startswith(f"note: 'POST /v1/things?device={number}' was sent before")
        assert noted == (len(sandbox.requests(method="POST", path="/v1/things")) == 3), done.err
