"""``energyctl find``: every kind of term, what a dead provider does to the others, and who is told what."""

from __future__ import annotations

import json
import shlex
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyctl.commands.find import Answers
from energyctl.core.searching import Hit
from tests.conftest import Run, Sandbox
from tests.providers.emulate.odd_server import OddServer

PERSON = "191212121212"
ALL = ["rabot", "emporia", "emulate", "bright"]


@pytest.fixture
def dead_emulate() -> Iterator[dict[str, str]]:
    """An address at which nothing listens, kept from others while it is used."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield {"ENERGYCTL_EMULATE_API_URL": f"http://127.0.0.1:{taken.getsockname()[1]}"}


def _first(run: Run, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = run(*words, "-o", "json", "--limit", "1").json[0]
    return found


def _keys(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(row["provider"], row["kind"], row["id"]) for row in rows]


def test_an_order_is_found_by_all_that_is_known_of_it(run: Run) -> None:
    order = _first(run, "rabot", "orders", "list")
    number, customer = order["contractNumber"], order["customerNumber"]
    found = run("find", number, "-o", "json").json
    assert found == [
        {
            "provider": "rabot",
            "kind": "order",
            "id": number,
            "name": found[0]["name"],
            "match": {"contractNumber": number},
            "exact": True,
            "command": f"energyctl rabot orders show {number}",
        }
    ]
    assert order["lastName"] in found[0]["name"]
    assert _keys(run("find", customer, "-o", "json").json) == [("rabot", "customer", customer)]
    for field in ("maLoIdentifier", "meterNumber", "meLoIdentifier"):
        rows = run("find", order[field], "-o", "json").json
        assert (_keys(rows), rows[0]["match"]) == ([("rabot", "order", number)], {field: order[field]})
    by_mail = run("find", order["emailAddress"].upper(), "-o", "json").json
    assert _keys(by_mail) == [("rabot", "customer", customer)]
    by_name = run("find", order["firstName"], order["lastName"], "--in", "rabot", "-o", "json").json
    assert by_name[0]["exact"]
    assert by_name[0]["match"]["lastName"] == order["lastName"]


def test_a_customer_is_found_by_the_partners_own_id(run: Run) -> None:
    customers = run("rabot", "customers", "list", "-o", "json").json
    own = next(one for one in customers if one["externalIdentifier"])
    rows = run("find", own["externalIdentifier"], "-o", "json").json
    assert _keys(rows) == [("rabot", "customer", own["customerNumber"])]


def test_devices_people_and_meters_are_found(run: Run) -> None:
    monitor = _first(run, "emporia", "devices", "list")
    customer = _first(run, "emulate", "customers", "list")
    device = _first(run, "emulate", "devices", "list")
    facility = _first(run, "emulate", "facilities", "list")
    for term, provider, kind, own in (
        (monitor["manufacturer_device_id"].lower(), "emporia", "device", monitor["manufacturer_device_id"]),
        (monitor["customers"][0]["email"], "emporia", "device", monitor["manufacturer_device_id"]),
        (customer["id"], "emulate", "customer", customer["id"]),
        (customer["email"], "emulate", "customer", customer["id"]),
        (customer["phone"].replace("+46", "0"), "emulate", "customer", customer["id"]),
        (device["id"], "emulate", "device", device["id"]),
        (facility["meter_id"], "emulate", "facility", facility["id"]),
        ("A-500001", "bright", "account", "A-500001"),
    ):
        done = run("find", term, "-o", "json")
        assert done.code == 0, (term, done.err)
        assert (provider, kind, own) in _keys(done.json), term
    assert done.json[0]["command"] == "energyctl bright accounts show A-500001"
    (row,) = run("find", "A-500001", "--profile", "sandbox", "-o", "json").json
    assert row["command"] == "energyctl bright accounts show A-500001 --profile sandbox"
    assert run(*shlex.split(row["command"])[1:]).code == 0


def test_whole_matches_come_first(run: Run) -> None:
    names = [one["name"] for one in run("emulate", "customers", "list", "-o", "json").json]
    first = names[0].split()[0]
    rows = run("find", first[:1], "-o", "json").json
    assert {row["exact"] for row in rows} == {False}
    rows = run("find", names[-1], "--in", "emulate", "-o", "json").json
    assert [row["exact"] for row in rows] == sorted((row["exact"] for row in rows), reverse=True)
    assert rows[0]["name"] == names[-1]


def test_a_personal_number_goes_only_to_who_can_look_it_up(run: Run, sandbox: Sandbox) -> None:
    done = run("find", "-", "-v", "-o", "json", input=f"{PERSON[:8]}-{PERSON[8:]}\n")
    assert done.code == 0, done.err
    assert done.json[0]["match"] == {"ssn": "19121212-****"}
    assert PERSON not in done.out + done.err
    assert f"{PERSON[:8]}-{PERSON[8:]}" not in done.out + done.err
    assert {one["provider"] for one in sandbox.requests()} == {"bright"}
    for name in ("rabot", "emporia", "emulate"):
        assert f"{name}: no lookup by personal number." in done.err


def test_a_dead_provider_hides_nobody(run: Run, dead_emulate: dict[str, str]) -> None:
    mail = _first(run, "rabot", "customers", "list")["emailAddress"]
    done = run("find", mail, "-o", "json", more=dead_emulate)
    assert done.code == 12
    assert [row["provider"] for row in done.json] == ["rabot"]
    assert "emulate could not be asked: Emulate cannot be reached at" in done.err
    error = done.error
    assert error["message"] == "1 of 4 providers could not be asked: emulate."
    assert [(one["provider"], one["code"]) for one in error["details"]["failed"]] == [("emulate", "network")]


def test_nothing_found_is_not_said_for_a_provider_that_did_not_answer(
    run: Run, dead_emulate: dict[str, str]
) -> None:
    done = run("find", "nobody@example.org", more=dead_emulate)
    assert done.code == 12
    assert "Nothing was found for 'nobody@example.org' by those that answered." in done.err
    assert "emulate could not be asked" in done.err


def test_one_that_stalls_is_left_behind_when_the_time_is_over(run: Run, sandbox: Sandbox) -> None:
    """It would go on for ten minutes, which no test lives to see; its retries have no time of their own."""
    sandbox.fault("rabot:latency=600")
    done = run("find", "C-100001", "--timeout", "5", "-o", "json")
    assert (done.code, _keys(done.json)) == (12, [("emulate", "customer", "C-100001")])
    assert "rabot could not be asked: rabot did not come to an end within 5 s." in done.err


def test_when_all_fail_the_first_error_stands(
    run: Run, dead_emulate: dict[str, str], sandbox: Sandbox
) -> None:
    done = run("find", "C-100001", "--in", "emulate", "-o", "json", more=dead_emulate)
    assert (done.code, done.out, done.error["provider"]) == (10, "", "emulate")
    sandbox.fault("bright:500", "rabot:500")
    both = run("find", "anna@example.org", "--in", "bright", "--in", "rabot", "-o", "json")
    assert (both.code, both.out, both.error["provider"]) == (10, "", "rabot")
    assert "bright could not be asked" in both.err


def test_who_is_not_logged_in_is_said(run: Run, home: Path) -> None:
    config = home / "two.yaml"
    config.write_text(
        "profiles:\n  two:\n    emulate: {environment: sandbox}\n"
        "    rabot: {environment: test, client_id: acme, client_secret: env:NOT_THERE}\n"
    )
    more = {"ENERGYCTL_CONFIG": str(config), "ENERGYCTL_PROFILE": "two"}
    done = run("find", "C-100001", "-o", "json", more=more)
    assert (done.code, _keys(done.json)) == (12, [("emulate", "customer", "C-100001")])
    assert "rabot could not be asked: rabot.client_secret refers to the variable NOT_THERE" in done.err


def test_a_customers_token_finds_that_customer_alone(run: Run, sandbox: Sandbox) -> None:
    token = run("emulate", "token", "mint", "--customer", "C-100001").out.strip()
    words = ("--in", "emulate", "-o", "json")
    more = {"ENERGYCTL_EMULATE_TOKEN": token}
    assert run("find", "C-100002", *words, more=more).json == []
    assert sandbox.requests() == []
    found = run("find", "c-100001", *words, more=more).json
    assert (_keys(found), found[0]["match"]) == ([("emulate", "customer", "C-100001")], {"id": "C-100001"})


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"id": 7, "external_id": "X-1"}, [("X-1", {"external_id": "X-1"})]),
        ({"customerId": "x-1", "name": "Anna"}, [("x-1", {"customerId": "x-1"})]),
        ({"name": "Anna"}, [("X-1", {"id": "X-1"})]),
        ({"id": "X-2"}, []),
    ],
)
def test_a_customer_found_by_id_has_that_id(run: Run, answer: Any, found: list[Any]) -> None:
    base = "GET /v1/retailer"
    answers = {f"{base}/customers/X-1": answer, f"{base}/devices": [], f"{base}/facilities": []}
    with OddServer(answers) as server:
        more = {"ENERGYCTL_EMULATE_API_URL": server.url}
        done = run("find", "X-1", "--in", "emulate", "-o", "json", more=more)
    assert done.code == (0 if found else 3), done.err
    assert [(one["id"], one["match"]) for one in json.loads(done.out or "[]")] == found


def test_a_lookup_that_fails_leaves_the_others_of_its_provider(run: Run, sandbox: Sandbox) -> None:
    order = _first(run, "rabot", "orders", "list")
    sandbox.fault("rabot:wrong-shape@GET /partner/v1/customers")
    done = run("find", order["emailAddress"], "--in", "rabot", "-o", "json")
    assert (done.code, {row["kind"] for row in done.json}) == (12, {"order"})
    assert ("rabot", "order", order["contractNumber"]) in _keys(done.json)
    assert "rabot could not be asked in full: customers by e-mail address or name: " in done.err


def test_nothing_found_tells_where_it_was_looked_for(run: Run) -> None:
    done = run("find", "nobody@example.org", "-o", "json")
    assert (done.code, done.json) == (3, [])
    details = done.error["details"]
    assert details["taken_for"] == ["e-mail address"]
    assert list(details["searched"]) == ALL
    assert details["searched"]["bright"] == ["accounts by e-mail address"]
    table = run("find", "82065817788", "-o", "table")
    assert (table.code, table.out) == (3, "")
    assert "As a market location (MaLo) its check digit is wrong." in table.err
    assert "bright: no lookup by market location (MaLo)." in table.err


def test_what_nobody_can_look_up(run: Run, sandbox: Sandbox) -> None:
    done = run("find", "+49 30 1234567", "--in", "rabot", "--in", "bright", "-o", "json")
    assert (done.code, done.error["code"]) == (3, "no_lookup")
    assert "rabot: no lookup by phone number." in done.err
    iban = run("find", "DE89 3704 0044 0532 0130 00")
    assert iban.code == 2
    assert sandbox.requests() == []


def test_long_lists_are_looked_through_so_far_and_no_further(run: Run) -> None:
    mails = [one["email"] for one in run("emulate", "customers", "list", "-o", "json").json]
    words = ["find", mails[5], "--in", "emulate"]
    done = run(*words, "--look-through", "5")
    assert done.code == 3
    assert (
        "emulate: only the first 5 customers were looked through; --look-through N goes further." in done.err
    )
    assert run(*words, "--look-through", "6").code == 0


def test_the_call_budget_is_spared(run: Run, sandbox: Sandbox) -> None:
    for term in ("first@example.org", "second@example.org"):
        run("find", term, "--in", "emporia")
    lists = [one for one in sandbox.requests(provider="emporia") if "GetDevices" in json.dumps(one)]
    assert len(lists) == 1
    run("find", "third@example.org", "--in", "emporia", "--refresh")
    lists = [one for one in sandbox.requests(provider="emporia") if "GetDevices" in json.dumps(one)]
    assert len(lists) == 2


def test_pseudonyms_reach_the_computed_rows(run: Run) -> None:
    order = _first(run, "rabot", "orders", "list")
    done = run("find", order["emailAddress"], "--redact", "-o", "json")
    assert done.code == 0
    for secret in (order["emailAddress"], order["firstName"], order["lastName"]):
        assert secret not in done.out + done.err
    assert done.json[0]["id"] == order["customerNumber"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["find"], 2, "No term was given."),
        (["find", "  "], 2, "The term is empty."),
        (["find", "x", "--in", "rabbot"], 2, "Did you mean rabot?"),
        (["find", "x", "--lookups"], 2, "--lookups takes no term."),
        (["find", "x", "--timeout", "0"], 2, "--timeout"),
    ],
)
def test_what_cannot_be_asked(run: Run, words: list[str], code: int, told: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_a_profile_without_providers(bare: Run) -> None:
    done = bare("find", "x")
    assert (done.code, done.out) == (13, "")
    assert "sets up no provider" in done.err
    named = bare("find", "x", "-o", "json", more={"ENERGYCTL_RABOT_ENVIRONMENT": "test"})
    assert (named.code, named.error["provider"], named.error["code"]) == (13, "rabot", "setting_missing")


def test_what_is_found_twice_is_one_row_with_both_reasons() -> None:
    answers = Answers()
    for match, exact in (({"name": "Anna Berg"}, False), ({"email": "anna@example.org"}, True)):
        command = ("x", "show", "it's")
        answers.add("x", Hit("customer", "1", "Anna Berg", match, command, exact))
    answers.add("x", Hit("device", "1", None, {"id": "1"}, ("x",), exact=False))
    first, second = answers.sorted_rows()
    assert first["match"] == {"name": "Anna Berg", "email": "anna@example.org"}
    assert (first["exact"], first["command"]) == (True, """energyctl x show 'it'"'"'s'""")
    assert second["kind"] == "device"
