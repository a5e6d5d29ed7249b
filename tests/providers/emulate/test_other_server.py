"""A server with other paths: nothing works by default; corrected by the profile or by its OpenAPI file, all does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.emulate.conftest import Odd
from tests.providers.emulate.odd_server import OddServer
from tests.providers.emulate.partner_v3 import CORRECTIONS, DEVICE_ID, SPEC, answers

COMMANDS = [
    ("customers", "show", "X1"),
    ("devices", "list", "X1"),
    ("devices", "show", "X1", "garage"),
    ("spo", "show", "X1", DEVICE_ID),
]


def _all_work(server: OddServer, run: Run) -> None:
    for words in COMMANDS:
        done = run("emulate", *words, "-o", "json")
        assert done.code == 0, (words, done.err)
        assert done.err == ""
    assert [one["customer_id"] for one in run("emulate", "customers", "list", "-o", "json").json] == [
        f"X{number}" for number in range(1, 6)
    ]
    changed = run("emulate", "spo", "set", "X1", "garage", "limit_kw:=3.5", "--yes", "-o", "json")
    assert (changed.code, changed.json["outcome"]) == (0, "changed")
    assert [one.body for one in server.asked if one.method == "PATCH"] == [{"limit_kw": 3.5}]
    gone = run("emulate", "customers", "offboard", "X1", "--yes", "-o", "json")
    assert (gone.code, gone.json["removed"]) == (0, [DEVICE_ID])
    assert all(one.path.startswith("/api/partner/v3/") for one in server.asked)


def test_nothing_works_by_default_and_the_error_says_how_to_correct_it(odd: Odd) -> None:
    _, run = odd(answers())
    for words in (*COMMANDS, ("customers", "list")):
        done = run("emulate", *words, "-o", "json")
        assert (done.code, done.error["http_status"]) == (3, 404)
        assert f"The path of {done.error['operation']} (GET /v1/retailer/" in done.error["message"]
        assert f"emulate.endpoints: {{{done.error['operation']}:" in done.error["hint"]
        assert "energyctl emulate spec import FILE" in done.error["hint"]


def test_the_profiles_corrections(odd: Odd) -> None:
    pinned = {"style": "page", "page": "page_no", "limit": "rows", "size": 2}
    server, run = odd(answers(), endpoints=CORRECTIONS, paging={"list_customers": pinned})
    rows = {row["operation"]: row for row in run("emulate", "endpoints", "list", "-o", "json").json}
    assert {name for name, row in rows.items() if row["source"] == "profile"} == set(CORRECTIONS)
    assert rows["get_customer"]["method"] == "GET"  # a path alone keeps the method
    assert rows["get_customer"]["builtin"] == "GET /v1/retailer/customers/{customerId}"
    _all_work(server, run)


def test_the_servers_own_openapi_file(odd: Odd, home: Path) -> None:
    server, run = odd(answers())
    (home / "spec.yaml").write_text(SPEC)
    dry = run("emulate", "spec", "import", "spec.yaml", "--dry-run", "-o", "json")
    assert dry.code == 0
    assert run("emulate", "customers", "show", "X1").code == 3
    refused = run("emulate", "spec", "import", "spec.yaml", "-o", "json")
    assert (refused.code, refused.error["code"]) == (2, "confirmation_needed")
    done = run("emulate", "spec", "import", "spec.yaml", "--yes", "-o", "json")
    assert done.code == 0, done.err
    found = {row["operation"]: row["spec"] for row in done.json if row["spec"]}
    assert set(CORRECTIONS) <= set(found)
    server.asked.clear()

    for words, said in (
        (("goal=fast",), "green"),
        (("limit_kw:=40",), "11"),
        (("limit_kv:=4",), "limit_kw"),
        (("active:=1",), "active"),
    ):
        wrong = run("emulate", "spo", "set", "X1", DEVICE_ID, *words, "--yes", "-o", "json")
        assert (wrong.code, said in f"{wrong.error['message']} {wrong.error['hint']}") == (2, True), wrong.err
    assert server.asks("PATCH") == []

    forecast = ("emulate", "call", "get_zone_forecast", "--param")
    assert run(*forecast, "zone=SE3", "--param", "hours=5").json == {"zone": "SE3", "hours": "5"}
    assert run(*forecast, "zone=DE1").code == 2
    _all_work(server, run)

    (home / "bad.yaml").write_text(
        SPEC.replace("#/components/parameters/client", "#/components/parameters/nobody")
    )
    broken = run("emulate", "spec", "import", "bad.yaml", "--yes")
    assert broken.code == 2
    assert run("emulate", "customers", "show", "X1").code == 0  # the former one stays in force
    assert run("emulate", "spec", "forget").code == 0
    assert run("emulate", "customers", "show", "X1").code == 3


@pytest.mark.parametrize(
    ("endpoints", "said"),
    [
        ({"list_devces": "GET /x"}, "Did you mean list_devices?"),
        ({"nothing_like_it": "GET /x"}, "endpoints list"),
        ({"list_devices": "GET x"}, "not a method and a path"),
        ({"list_devices": "FETCH /x"}, "not a method"),
        ({"list_devices": "GET /x/{id}"}, "{id} is not a parameter"),
        ({"list_devices": "GET /a b /c"}, "not a method and a path"),
        ({"list_devices": ""}, "not a method and a path"),
        ({"get_customer": "GET https://elsewhere.example/{customerId}"}, "not a method and a path"),
    ],
)
def test_a_correction_that_is_wrong_is_named(odd: Odd, endpoints: dict[str, Any], said: str) -> None:
    server, run = odd({}, endpoints=endpoints)
    done = run("emulate", "endpoints", "list", "-o", "json")
    assert (done.code, done.out) == (13, "")
    assert said in f"{done.error['message']} {done.error['hint']}"
    assert server.asked == []


def test_the_sandbox_describes_itself_on_other_paths(run: Run, sandbox: Any, home: Path) -> None:
    sandbox.post("/emulate/paths", {"serve": "other"})
    before = run("emulate", "devices", "list", "C-100001")
    assert before.code == 3
    import httpx

    (home / "own.yaml").write_text(httpx.get(sandbox.facts["credentials"]["emulate"]["openapi_url"]).text)
    imported = run("emulate", "spec", "import", "own.yaml", "--yes", "-o", "json")
    assert {row["how"] for row in imported.json} <= {"moved", "confirmed"}
    assert len(run("emulate", "devices", "list", "C-100001").rows) == 3
    assert len(run("emulate", "customers", "list", "-o", "ids").out.split()) == 25
    assert run("emulate", "savings", "C-100001").code == 0
    assert run("emulate", "devices", "show", "car", "--as-customer", "C-100001").code == 0
    log = run("emulate", "devices", "logs", "C-100001", "car", "-o", "json").json
    assert len({one["id"] for one in log}) == len(log) > 25
    renamed = run("emulate", "devices", "rename", "C-100001", "car", "Bil", "-o", "json")
    assert (renamed.code, renamed.json["outcome"]) == (0, "changed")
    assert run("emulate", "call", "listWebhooks").json == {"webhooks": []}
    assert {one["path"].split("/")[1] for one in sandbox.requests() if one["status"] == 200} <= {
        "v2",
        "openapi.yaml",
    }
