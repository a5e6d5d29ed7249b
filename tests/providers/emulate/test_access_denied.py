"""The six causes of a 403, each provoked at the sandbox and named by the doctor and by an ordinary command."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Done, Run, Sandbox
from tests.providers.emulate.conftest import AUDIENCE, say, token

CHECKS = ["well_formed", "rs256", "key_environment", "key_api", "retailer_id", "not_expired", "audience"]
Keys = dict[str, str]


def _key(sandbox: Sandbox, **which: Any) -> str:
    return str(sandbox.post("/emulate/keys", {"retailer_id": 42, "api": "retailer", **which})["private_key"])


def _staging(sandbox: Sandbox, _keys: Keys) -> dict[str, str]:
    return {"ENERGYCTL_EMULATE_RETAILER_KEY": _key(sandbox, environment="staging")}


#: What is wrong, by the check that must say so: the variables that bring it about.
CAUSES: dict[str, tuple[str, Callable[[Sandbox, Keys], dict[str, str]], str]] = {
    "a token of two parts": (
        "well_formed",
        lambda _, keys: say(token(keys["retailer"]).rpartition(".")[0]),
        "2 parts",
    ),
    "a token cut off": ("well_formed", lambda _, keys: say(token(keys["retailer"])[:-30]), "cut off"),
    "a token behind Bearer": (
        "well_formed",
        lambda _, keys: say(f"Bearer {token(keys['retailer'])}"),
        "Bearer",
    ),
    "HS256": ("rs256", lambda *_: say(token("a shared secret of 32 characters", "HS256")), "HS256"),
    "a key of staging": ("key_environment", _staging, "registered"),
    "the other API's key": (
        "key_api",
        lambda _, keys: {"ENERGYCTL_EMULATE_RETAILER_KEY": keys["single-customer"]},
        "Single Customer API",
    ),
    "another retailer's id": ("retailer_id", lambda *_: {"ENERGYCTL_EMULATE_RETAILER_ID": "43"}, "42"),
    "the id as a text": ("retailer_id", lambda _, keys: say(token(keys["retailer"], retailer="42")), '"42"'),
    "no id": ("retailer_id", lambda _, keys: say(token(keys["retailer"], retailer=None)), "no claim"),
    "an expired token": (
        "not_expired",
        lambda _, keys: say(token(keys["retailer"], exp=int(time.time()) - 90)),
        "expired 1 min",
    ),
    "another audience": ("audience", lambda _, keys: say(token(keys["retailer"], aud="x")), '"x"'),
    "the profile's audience": ("audience", lambda *_: {"ENERGYCTL_EMULATE_AUDIENCE": "mine"}, AUDIENCE),
}


def _checks(done: Done) -> dict[str, dict[str, Any]]:
    return {row["check"]: row for row in done.json}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_cause_is_named_by_the_doctor_and_by_any_command(
    run: Run, sandbox: Sandbox, keys: Keys, cause: str
) -> None:
    guilty, provoke, said = CAUSES[cause]
    more = provoke(sandbox, keys)
    doctor = run("doctor", "emulate", "--online", "-o", "json", more=more)
    found = _checks(doctor)
    assert [name for name in found if name in CHECKS] == CHECKS
    assert [name for name in CHECKS if found[name]["status"] == "fail"] == [guilty]
    assert said in found[guilty]["message"]
    assert found[guilty]["fix"]
    assert found["call"]["status"] == "fail"
    assert (doctor.code, doctor.error["code"]) == (4, "check_failed")
    assert guilty in doctor.error["message"]

    command = run("emulate", "customers", "list", "-o", "json", more=more)
    error = command.error
    assert (command.code, command.out) == (4, "")
    assert error["code"] in ("access_denied", "token_malformed")
    assert said in error["message"]
    assert error["hint"] == found[guilty]["fix"]
    # What is only probable, since all else passes, is a failure for the doctor who has asked.
    told = {row["check"]: row["status"] for row in error["details"]["checks"]}
    assert told[guilty] != "pass"
    assert not any(status == "fail" for name, status in told.items() if name != guilty)
    for secret in more.values():
        assert len(secret) < 20 or secret not in doctor.out + doctor.err + command.err


def test_a_token_in_two_lines_is_not_sent(run: Run, keys: Keys) -> None:
    more = say(token(keys["retailer"]).replace(".", ".\n"))
    doctor = run("doctor", "emulate", "--online", "-o", "json", more=more)
    assert (doctor.code, _checks(doctor)["token"]["status"]) == (4, "fail")
    for done in (doctor, run("emulate", "customers", "list", more=more)):
        assert "emulate.token holds the control character 0x0a" in done.out + done.err
        assert more["ENERGYCTL_EMULATE_TOKEN"] not in done.out + done.err


def test_a_key_that_is_registered_nowhere(run: Run, pem: str) -> None:
    done = run("emulate", "customers", "list", "-o", "json", more={"ENERGYCTL_EMULATE_RETAILER_KEY": pem})
    assert (done.code, done.error["code"]) == (4, "access_denied")
    assert "not among those registered in the sandbox" in done.error["message"]
    assert done.error["http_status"] == 403


def test_the_token_of_somebody_elses_customer(run: Run) -> None:
    done = run("emulate", "devices", "list", "--as-customer", "K-900001", "-o", "json")
    assert (done.code, done.error["code"]) == (4, "access_denied")
    assert "customer K-900001" in done.error["message"]
    doctor = run("doctor", "emulate", "--online", "--as-customer", "K-900001", "-o", "json")
    assert _checks(doctor)["customer"]["status"] == "fail"
    good = run("doctor", "emulate", "--online", "--as-customer", "C-100001", "-o", "json")
    assert good.code == 0
    assert {row["status"] for row in good.json} == {"pass"}
    assert "customer" in _checks(good)


def test_a_customers_token_needs_a_customers_id(run: Run, keys: Keys) -> None:
    more = say(token(keys["single-customer"], customer=7))
    words = ("emulate", "token", "inspect", "--api", "single-customer", "-o", "json")
    (row,) = [row for row in run(*words, more=more).json["checks"] if row["check"] == "customer"]
    assert (row["status"], "customer 7" in row["message"]) == ("fail", True)


def test_a_path_of_the_other_api_says_which_token_it_wants(run: Run) -> None:
    done = run("emulate", "call", "list_own_devices", "-o", "json")
    assert (done.code, done.error["http_status"]) == (5, 403)
    assert "token mint --customer" in done.error["hint"]


def test_what_was_accepted_once_is_remembered(real: Run, keys: Keys, home: Any) -> None:
    """Outside the sandbox nobody lists the keys; a key that has worked is known afterwards."""
    before = _checks(real("doctor", "emulate", "-o", "json"))
    assert [before[name]["status"] for name in CHECKS] == [
        "pass", "pass", "cannot-know", "cannot-know", "cannot-know", "pass", "pass",
    ]  # fmt: skip
    online = real("doctor", "emulate", "--online", "-o", "json")
    assert online.code == 0
    assert {row["status"] for row in online.json} == {"pass"}
    after = _checks(real("doctor", "emulate", "-o", "json"))
    assert [after[name]["status"] for name in CHECKS] == ["pass"] * 7
    assert "accepted on" in after["key_environment"]["message"]
    book = home / ".local/state/energyctl/emulate-keys.jsonl"
    assert book.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in book.read_text()

    wrong = real("emulate", "customers", "list", more={"ENERGYCTL_EMULATE_RETAILER_ID": "43"})
    assert (wrong.code, "retailer 43, but the key is that of retailer 42" in wrong.err) == (4, True)
    elsewhere = {"ENERGYCTL_EMULATE_API_URL": "https://api.stage.emulate.network"}
    moved = _checks(real("doctor", "emulate", "-o", "json", more=elsewhere))
    assert moved["key_environment"]["status"] == "fail"


def test_a_system_is_the_same_by_whatever_name_a_profile_calls_it(real: Run, sandbox: Sandbox) -> None:
    staging = {
        "ENERGYCTL_EMULATE_ENVIRONMENT": "staging",
        "ENERGYCTL_EMULATE_API_URL": sandbox.facts["urls"]["emulate"],
    }
    assert real("emulate", "customers", "list", "--limit", "1", more=staging).code == 0
    for more in (staging, {}):
        done = real("auth", "can", "emulate", "customers", "list", "-o", "json", more=more)
        assert (done.code, done.json["answer"]) == (0, "yes"), done.json


def test_outside_the_sandbox_what_cannot_be_known_is_not_guessed(real: Run, pem: str) -> None:
    done = real("emulate", "customers", "list", "-o", "json", more={"MINE": pem})
    assert (done.code, done.error["code"]) == (5, "not_permitted")
    assert "doctor emulate --online" in done.error["hint"]
    told = {row["check"]: row["status"] for row in done.error["details"]["checks"]}
    assert set(told.values()) == {"pass", "cannot-know"}


@pytest.mark.parametrize(
    ("fault", "code", "check", "status"),
    [("429=600", 0, "call", "cannot-know"), ("500", 10, "network", "fail")],
)
def test_what_is_no_refusal_is_not_taken_for_one(
    run: Run, sandbox: Sandbox, fault: str, code: int, check: str, status: str
) -> None:
    sandbox.fault(f"emulate:{fault}@GET /v1/retailer/example-brp")
    done = run("doctor", "emulate", "--online", "-o", "json")
    assert (done.code, _checks(done)[check]["status"]) == (code, status)
