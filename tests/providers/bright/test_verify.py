"""The verifier's rules: a right backend keeps them all, each wrong variant breaks its own and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import httpx
import pytest

from energyctl.core.errors import EnergyctlError, NotFound, Refused, UsageProblem
from energyctl.providers.bright.verify.findings import FAIL, NOT_BUILT, PASS, SKIPPED, Finding, Rule
from energyctl.providers.bright.verify.junit import document
from energyctl.providers.bright.verify.organisation import MOST_ACCOUNTS, Wishes
from energyctl.providers.bright.verify.table import STEPS, names, walk
from energyctl.sandbox.bright.variants import Variants
from tests.conftest import Sandbox
from tests.providers.bright.conftest import KEY, Elsewhere
from tests.providers.bright.verifying import ACCOUNT, ended, of_step, told, verified

#: The one rule that each wrong variant breaks.
BROKEN = {
    "error_shape": "errors_have_the_shape",
    "error_status_differs": "errors_repeat_the_status",
    "error_status_text": "errors_repeat_the_status",
    "html_error": "errors_are_json",
    "not_built_is_404": "not_built_is_501",
    "two_owners": "one_owner_or_company",
    "no_owner": "one_owner_or_company",
    "role_unknown": "role_is_known",
    "search_other_person": "found_accounts_open",
    "duplicate_service_ids": "service_ids_unique",
    "duplicate_measurement_ids": "measurement_ids_unique",
    "service_not_list": "services_listed",
    "missing_product_prices": "products_have_prices",
    "swapped_edges": "invoices_filtered",
    "one_invoice_only": "two_latest_invoices",
    "invoice_pdf_is_html": "invoice_is_pdf",
    "short_dates": "value_dates",
    "unknown_resolution_accepted": "unknown_resolution_is_refused",
    "resolution_ignored": "resolution_honoured",
    "inclusive_end": "end_is_exclusive",
    "wrong_units_negative_production": "measurements_are_positive",
    "positive_production_cost": "production_cost_is_negative",
    "cost_start_missing": "fields_are_there",
    "refresh_needs_person": "refresh_without_person",
    "serial_only": "parallel_reads",
    "slow": "answers_in_time",
}
VARIANTS = [each["name"] for each in Variants(cast("Any", None)).listing()["variants"]]
#: Of the sandbox's persons one with few services, a production among them.
_PRODUCER = 5
_BACK = "http://127.0.0.1:9/callback"


@pytest.fixture
def here(env: dict[str, str], home: Path, sandbox: Sandbox) -> dict[str, str]:
    """The environment of a run against the sandbox inside this process."""
    return {**env, **sandbox.env, "ENERGYCTL_STATE_DIR": str(home / "state")}


@pytest.fixture
def by_oauth(here: dict[str, str], home: Path, sandbox: Sandbox) -> dict[str, str]:
    """The same with a profile that signs in by OAuth, a refresh token being at hand."""
    base = sandbox.facts["urls"]["bright"]
    secret = sandbox.facts["credentials"]["bright"]["client_secret"]
    query = {"response_type": "code", "client_id": "bright", "redirect_uri": _BACK, "approve": "1"}
    back = httpx.get(f"{base}/auth/authorize", params=query).headers["Location"]
    given = {"grant_type": "authorization_code", "code": back.partition("code=")[2], "redirect_uri": _BACK}
    client = {"client_id": "bright", "client_secret": secret}
    (home / "refresh").write_text(
        httpx.post(f"{base}/auth/authorize", json={**given, **client}).json()["refresh_token"]
    )
    (home / "refresh").chmod(0o600)
    (home / "oauth.yaml").write_text(
        f"profiles:\n  work:\n    bright:\n      base_url: {base}\n      auth: oauth\n"
        f"      client_id: bright\n      client_secret: env:KIT_SECRET\n"
        f"      refresh_token: file:{home / 'refresh'}\n      openid_url: {base}\n"
    )
    more = {"ENERGYCTL_CONFIG": str(home / "oauth.yaml"), "ENERGYCTL_PROFILE": "work", "KIT_SECRET": secret}
    return {**here, **more}


def test_a_right_backend_keeps_every_rule(by_oauth: dict[str, str]) -> None:
    run = verified(by_oauth)
    assert ended(run, FAIL) == set(), told(run, ended(run, FAIL))
    assert ended(run, PASS) == {rule.name for step in STEPS if not step.writes for rule in step.rules}
    assert run.failure() is None


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_wrong_variant_breaks_its_own_rule_and_no_other(
    variant: str, here: dict[str, str], by_oauth: dict[str, str], sandbox: Sandbox
) -> None:
    env, steps, timeout_s = here, (), None
    if variant == "refresh_needs_person":
        env = by_oauth
        assert ended(verified(env, "sign-in"), FAIL) == set()  # an access token is at hand from now on
    elif variant == "serial_only":
        steps = ("parallel",)  # each request waits a while at such a server
    elif variant == "slow":
        sandbox.post("/bright/settings", {"slow_s": 0.6})
        timeout_s = 0.2
    sandbox.post("/bright/variant", {"name": variant})
    person = sandbox.facts["credentials"]["bright"]["persons"][_PRODUCER]
    run = verified(env, *steps, timeout_s=timeout_s, wishes=Wishes(ssn=person["ssn"]))
    assert ended(run, FAIL) == {BROKEN[variant]}, told(run, ended(run, FAIL))
    assert isinstance(run.failure(), EnergyctlError)


def test_every_rule_that_a_variant_breaks_exists() -> None:
    assert set(BROKEN) == set(VARIANTS)
    assert set(BROKEN.values()) <= {rule.name for step in STEPS for rule in step.rules}


def test_the_accounts_of_other_persons_pass_too(here: dict[str, str], sandbox: Sandbox) -> None:
    """A company's account with several users, found by e-mail, and a person who sees several accounts."""
    for person in sandbox.facts["credentials"]["bright"]["persons"][3:6]:
        run = verified(here, *names()[3:7], wishes=Wishes(email=person["email"]))
        assert ended(run, FAIL) == set(), told(run, ended(run, FAIL))
        assert of_step(run, "account")["found_accounts_open"] == PASS


def test_the_accounts_of_a_person_open_whichever_of_them_is_examined(
    here: dict[str, str], sandbox: Sandbox
) -> None:
    persons = sandbox.facts["credentials"]["bright"]["persons"]
    person = next(one for one in persons if len(one["accounts"]) > 1)
    *others, last = person["accounts"]
    run = verified(here, "account", wishes=Wishes(ssn=person["ssn"], account=last))
    assert ended(run, FAIL) == set(), told(run, ended(run, FAIL))
    assert told(run, {"found_accounts_open"}) == f"account: {len(others) + 1} opened"


def test_no_more_accounts_of_a_person_are_opened_than_are_looked_at(
    elsewhere: Elsewhere, env: dict[str, str], home: Path
) -> None:
    found = [f"A-{number}" for number in range(MOST_ACCOUNTS + 5)]
    elsewhere.add("/accounts", found)
    for one in found[:MOST_ACCOUNTS]:
        elsewhere.add(f"/accounts/{one}", {"accountId": one})
    elsewhere.client()
    inside = {**env, "ENERGYCTL_CONFIG": str(home / "kit.yaml"), "PLANTED_KEY": KEY}
    run = verified(inside, "account", wishes=Wishes(email="a@example.org"))
    assert of_step(run, "account")["found_accounts_open"] == PASS, told(run, ended(run, FAIL))
    assert told(run, {"found_accounts_open"}) == f"account: {MOST_ACCOUNTS} of {len(found)} opened"


def test_what_is_not_built_does_not_fail_and_what_hangs_on_it_is_skipped(
    here: dict[str, str], sandbox: Sandbox
) -> None:
    unbuilt = ["bankid_auth", "get_agreements", "get_invoices", "get_measurements", "get_invoice_stream"]
    sandbox.post("/bright/settings", {"not_built": unbuilt})
    run = verified(here)
    assert run.failure() is None, told(run, ended(run, FAIL))
    missing = {(one.step, one.rule.name) for one in run.findings if one.status == NOT_BUILT}
    assert missing == {
        ("identity", "bankid_auth"),
        ("agreements", "agreements_answered"),
        ("invoices", "invoices_listed"),
        ("measurements", "answered"),
    }
    assert set(of_step(run, "invoice-file").values()) == {SKIPPED}
    assert set(of_step(run, "cost").values()) == {PASS}
    sandbox.post("/bright/settings", {"not_built": ["get_locations"]})
    run = verified(here, "locations", "cost")
    assert of_step(run, "locations").pop("locations_listed") == NOT_BUILT
    assert set(of_step(run, "cost").values()) == {SKIPPED}
    assert "get_locations" in told(run, {"answered"})
    assert run.failure() is None


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("html", "an HTML page"),
        ("truncate", "cut off"),
        ("drop-before", "closed without answering"),
        ("empty", "an empty body"),
        ("not-json", "instead of JSON"),
        ("wrong-shape", "startDate is null"),
        ("500", "status 500"),
        ("429", "status 429"),
    ],
)
def test_a_request_that_dies_fails_one_rule_with_what_came(
    kind: str, words: str, here: dict[str, str], sandbox: Sandbox
) -> None:
    sandbox.fault(f"bright:{kind}@GET /kit/v1/accounts/{ACCOUNT}/cost#1")
    run = verified(here, "cost")
    assert len(ended(run, FAIL)) == 1, told(run, ended(run, FAIL))
    assert words in told(run, ended(run, FAIL))
    assert all(one.step == "cost" for one in run.findings)


def test_an_account_that_does_not_exist_is_not_taken_for_parts_not_built(here: dict[str, str]) -> None:
    run = verified(here, "account", "users", wishes=Wishes(account="A-1"))
    assert ended(run, FAIL) == {"account_opens", "users_listed"}
    assert "There is no account A-1" in told(run, {"account_opens"})


def test_a_person_without_accounts_is_no_success(here: dict[str, str]) -> None:
    run = verified(here, wishes=Wishes(email="nobody@example.org"))
    assert isinstance(run.failure(), NotFound)
    assert ended(run, FAIL) == set()


def test_the_failure_names_what_fails(here: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.post("/bright/variant", {"name": "no_owner"})
    failure = verified(here, "users").failure()
    assert isinstance(failure, Refused)
    assert failure.message == "1 of 6 rule fails: one_owner_or_company (users)."


def test_steps_bring_those_before_them_and_writes_only_when_allowed() -> None:
    assert [one.name for one in walk(["users"], writes=False)] == [
        "sign-in", "search", "account", "users", "errors", "time",
    ]  # fmt: skip
    assert not any(one.writes for one in walk([], writes=False))
    assert sum(one.writes for one in walk([], writes=True)) == 3
    assert [one.name for one in walk(["identity"], writes=False)] == ["identity", "time"]
    with pytest.raises(UsageProblem, match="not a step"):
        walk(["measurement"], writes=False)
    with pytest.raises(UsageProblem, match="changes something"):
        walk(["add-guest"], writes=False)


def test_every_rule_says_what_holds_where_it_stands_and_how_to_mend_it() -> None:
    rules = [(step.name, rule) for step in STEPS for rule in step.rules]
    assert len({(step, rule.name) for step, rule in rules}) == len(rules)
    for step, rule in rules:
        assert rule.title, step
        assert rule.fix.endswith("."), rule.name
        assert rule.contract, rule.name
        doc = getattr(rule.check, "func", rule.check).__doc__
        assert "contract" in doc or "index" in doc, rule.name


def test_junit_is_whole_whatever_a_server_says() -> None:
    rule = Rule("odd", lambda _org: None, None, "1", "Nothing is odd", "Mend it.")
    nasty = 'a <b> & "c" ]]> \x1b[31m \x00 \ud800'
    rows = [
        Finding("users", rule, FAIL, "GET /x?a=1&b=2", "an <x>", nasty, "Mend it.", 12),
        Finding("users", rule, SKIPPED, None, "", nasty, None, 0),
        Finding("cost", rule, PASS, None, "", None, None, 5),
        Finding("cost", rule, NOT_BUILT, None, "", "status 501", None, 5),
    ]
    root = ET.fromstring(document(rows))
    assert [(one.get("name"), one.get("tests"), one.get("failures"), one.get("skipped")) for one in root] == [
        ("users", "2", "1", "1"),
        ("cost", "2", "0", "1"),
    ]
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "1", "2")
    failure = root.find(".//failure")
    assert failure is not None
    assert 'a <b> & "c" ]]>' in str(failure.get("message"))
    assert "request: GET /x?a=1&b=2" in str(failure.text)
