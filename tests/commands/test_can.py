"""``auth can``: what each command needs is declared, and the answer comes from what is known offline."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from energyctl.app import root
from energyctl.core.endpoints import Operation
from energyctl.core.permissions import ANY_CALL, Verdict, weakest
from energyctl.core.reference.pages import read_pages
from energyctl.providers import PROVIDERS
from energyctl.providers.emporia.client import METHODS
from energyctl.providers.rabot.grants import Grants, judged, lacks
from energyctl.providers.rabot.needs import NEEDS as RABOT
from tests.conftest import Run, Sandbox, run_with

CAN = ("auth", "can")
P, ORDERS, FINANCE = (
    ("api:partner",),
    ("api:partner", "create:orders"),
    ("api:partner", "role:finance-reporting"),
)
SUPPORT, APPLICATION = ("api:partner", "role:customer-support"), ("api:partner", "role:application")


def _configured(env: dict[str, str], home: Path, profile: dict[str, Any], **more: str) -> Run:
    config = home / "can.yaml"
    config.write_text(yaml.safe_dump({"profiles": {"work": profile}}))
    return run_with({**env, "ENERGYCTL_CONFIG": str(config), **more}, home)


# -- what is declared --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_command_says_what_it_needs(provider: str) -> None:
    own = import_module(f"energyctl.providers.{provider}.needs")
    commands = {
        " ".join(page.path[1:])
        for page in read_pages(root)
        if not page.is_group and page.path[:1] == (provider,)
    }
    assert set(own.NEEDS) == commands
    known: dict[str, Operation] | dict[str, Any] = getattr(own, "OPERATIONS", METHODS)
    for command, operations in own.NEEDS.items():
        assert operations == ANY_CALL or set(operations) <= set(known), command
        if operations and operations != ANY_CALL:
            assert own.told_needs(operations), command


def test_every_operation_is_needed_by_some_command() -> None:
    """One that no command needs is reached by ``call`` alone: a new operation must not be forgotten here."""
    for provider, left in (("rabot", set[str]()), ("bright", {"authorize", "get_token", "refresh_token"})):
        own = import_module(f"energyctl.providers.{provider}.needs")
        needed = {one for operations in own.NEEDS.values() for one in operations}
        assert set(own.OPERATIONS) - needed == left


# -- RABOT's scopes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "grants", "answer", "said"),
    [
        ("create_order", {}, "unknown", "not been asked"),
        ("create_order", {P: True}, "unknown", "not been asked"),
        ("create_order", {P: True, ORDERS: True}, "yes", "create:orders"),
        ("create_order", {P: True, ORDERS: False}, "no", "needs create:orders; this client has api:partner."),
        ("create_order", {P: False}, "no", "needs api:partner; this client has no scope"),
        ("list_tariffs", {P: True}, "yes", "api:partner"),
        ("list_tariffs", {}, "unknown", "not been asked"),
        ("list_tariffs", {P: False}, "no", "api:partner"),
        ("get_order", {P: True, ORDERS: False}, "unknown", "Without create:orders"),
        ("list_contracts", {FINANCE: True}, "yes", "role:finance-reporting"),
        ("list_contracts", {FINANCE: False, SUPPORT: True}, "yes", "role:customer-support"),
        ("list_contracts", {P: True, FINANCE: False}, "unknown", "not been asked"),
        (
            "list_contracts",
            {P: True, FINANCE: False, SUPPORT: False, APPLICATION: False},
            "unknown",
            "linked to this client alone",
        ),
        ("get_metrics", {P: False, APPLICATION: False}, "no", "needs api:partner"),
    ],
)
def test_scopes_are_judged(operation: str, grants: Grants, answer: str, said: str) -> None:
    found = judged(operation, grants)
    assert (found.answer, said in found.reason) == (answer, True), found
    assert (found.fix is None) == (answer == "yes")


def test_what_a_client_lacks_is_told_by_scope() -> None:
    assert lacks({P: True, ORDERS: True}, RABOT) == []
    assert lacks({P: True, ORDERS: False}, RABOT) == ["orders create needs create:orders"]
    nothing = lacks({P: False, ORDERS: False}, RABOT)
    assert any(line.startswith("tariffs list, ") and line.endswith("need api:partner") for line in nothing)


def test_the_weakest_answer_counts() -> None:
    yes, maybe, no = Verdict("yes", "a"), Verdict("unknown", "b"), Verdict("no", "c")
    assert weakest([yes, maybe, no, yes]) is no
    assert weakest([yes, maybe]) is maybe
    assert weakest([yes]) is yes


# -- as it is asked ----------------------------------------------------------------------------------------------


def test_nobody_is_asked_in_the_sandbox(run: Run, sandbox: Sandbox) -> None:
    for words, answer in (
        ("rabot tariffs list", "unknown"),
        ("rabot orders template", "yes"),
        ("rabot call", "unknown"),
        ("emporia outlets on", "unknown"),
        ("emulate devices rename", "yes"),
        ("bright cost", "yes"),
        ("bright openid", "yes"),
    ):
        done = run(*CAN, *words.split(), "-o", "json")
        assert (done.code, done.err) == (0, ""), words
        assert set(done.json) == {"provider", "command", "answer", "reason", "needs", "fix"}
        assert done.json["answer"] == answer, (words, done.json)
        assert done.json["reason"]
    assert sandbox.requests() == []
    run("emporia", "devices", "list")
    known = run(*CAN, "emporia", "usage", "-o", "json").json
    assert (known["answer"], known["needs"]) == ("yes", ["GetDevices", "GetUsageData"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rabto", "orders", "create"), "Did you mean rabot?"),
        (("rabot", "orders", "crate"), "Did you mean: rabot orders create"),
        (("rabot", "orders"), "orders create"),
        (("rabot", "zzzzzz"), "energyctl rabot --help"),
        (("rabot",), "Missing argument 'COMMAND...'"),
    ],
)
def test_what_is_no_command(bare: Run, words: tuple[str, ...], said: str) -> None:
    done = bare(*CAN, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_without_credentials_the_answer_is_no(env: dict[str, str], home: Path) -> None:
    run = _configured(
        env,
        home,
        {
            "rabot": {"environment": "test", "client_secret": "env:IT"},
            "emulate": {"environment": "staging", "retailer_id": 42},
            "bright": {"base_url": "http://127.0.0.1:1"},
        },
        IT="a-secret-of-some-length",
    )
    for words, said in (
        ("rabot tariffs list", "client_id"),
        ("emulate customers list", "Neither key"),
        ("bright cost", "keyring"),
        ("emporia usage", "has no section for Emporia"),
    ):
        done = run(*CAN, *words.split(), "-o", "json")
        assert (done.code, done.json["answer"], done.error["exit_code"]) == (4, "no", 4), words
        assert said in done.json["reason"], done.json
        assert done.json["fix"], words
    assert run(*CAN, "rabot", "orders", "validate").code == 0


def test_the_kind_of_emulates_key_decides(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    given = sandbox.facts["credentials"]["emulate"]
    section = {"api_url": sandbox.facts["urls"]["emulate"], "retailer_id": 42, "customer_key": "env:OWN"}
    run = _configured(env, home, {"emulate": section}, OWN=given["customer_key"])
    refused = run(*CAN, "emulate", "customers", "list", "-o", "json")
    assert (refused.code, refused.json["answer"], refused.json["needs"]) == (5, "no", ["retailer_key"])
    assert "retailer_key" in refused.json["fix"]
    one = run(*CAN, "emulate", "devices", "rename", "-o", "json")
    assert (one.code, one.json["answer"]) == (0, "unknown")
    assert (
        "only inferred, not documented: list_customer_devices, get_device, rename_device"
        in one.json["reason"]
    )
    listed = run(*CAN, "emulate", "devices", "list", "-o", "json")
    assert (listed.code, "--customer ID" in listed.json["reason"]) == (0, True)
    both = {"ENERGYCTL_EMULATE_RETAILER_KEY": given["retailer_key"]}
    assert (
        run(*CAN, "emulate", "customers", "list", "-c", "answer", "--no-header", more=both).out == "unknown\n"
    )
    assert run("emulate", "customers", "list", "--limit", "1", more=both).code == 0
    assert run(*CAN, "emulate", "customers", "list", "-c", "answer", "--no-header", more=both).out == "yes\n"
    wrong = run(
        *CAN, "emulate", "customers", "list", more={"ENERGYCTL_EMULATE_RETAILER_KEY": "no key at all"}
    )
    assert (wrong.code, "no key at all" in wrong.out + wrong.err) == (4, False)


def test_a_key_that_the_sandbox_does_not_list_is_none(run: Run, home: Path) -> None:
    assert run("emulate", "keys", "generate", "--api", "retailer", "--to", "k.pem").code == 0
    more = {"ENERGYCTL_EMULATE_RETAILER_KEY": (home / "k.pem").read_text()}
    done = run(*CAN, "emulate", "customers", "list", "-o", "json", more=more)
    assert (done.code, done.json["answer"]) == (5, "no")
    assert "not among those registered in the sandbox" in done.json["reason"]


def test_an_expired_token_of_emulate_is_no_credential(run: Run) -> None:
    token = run("emulate", "token", "mint", "--claim", "exp:=1000", "-o", "json")
    assert token.code == 0, token.err
    value = run("emulate", "token", "mint", "--claim", "exp:=1000").out.strip()
    done = run(*CAN, "emulate", "customers", "list", "-o", "json", more={"ENERGYCTL_EMULATE_TOKEN": value})
    assert (done.code, done.json["answer"]) == (4, "no")
    assert "expired" in done.json["reason"]
    assert value not in done.out + done.err


def test_brights_way_of_signing_in_decides(env: dict[str, str], home: Path) -> None:
    section = {
        "base_url": "http://127.0.0.1:1",
        "auth": "none",
        "endpoints": {"get_cost": "GET /my/{accountId}/{costId}"},
    }
    run = _configured(env, home, {"bright": section})
    none = run(*CAN, "bright", "cost", "-o", "json")
    assert (none.code, none.json["answer"]) == (0, "yes")
    assert "without a credential" in none.json["reason"]
    assert "inferred, not documented: get_locations." in none.json["reason"]
    oauth = run(*CAN, "bright", "cost", "-o", "json", more={"ENERGYCTL_BRIGHT_AUTH": "oauth"})
    assert (oauth.code, oauth.json["answer"]) == (4, "no")
    kept = {"ENERGYCTL_BRIGHT_AUTH": "oauth", "ENERGYCTL_BRIGHT_REFRESH_TOKEN": "a-refresh-token-1234"}
    signed_in = run(*CAN, "bright", "cost", "-o", "json", more=kept)
    assert (signed_in.code, "refresh token" in signed_in.json["reason"]) == (0, True)
