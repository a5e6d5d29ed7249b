"""``doctor`` on every provider, with nothing set, with a broken config, and when nobody answers."""

from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Done, Run, Sandbox, run_with
from tests.providers.emulate.odd_server import OddServer, Reply

DOCTOR = ("doctor", "-o", "json")


def _profile(env: dict[str, str], home: Path, text: str, **more: str) -> Run:
    config = home / "d.yaml"
    config.write_text(text)
    return run_with({**env, "ENERGYCTL_CONFIG": str(config), **more}, home)


@pytest.fixture
def pem(sandbox: Sandbox) -> str:
    """A key that can sign."""
    return str(sandbox.facts["credentials"]["emulate"]["retailer_key"])


def _row(done: Done, check: str) -> dict[str, Any]:
    return next(row for row in done.json if row["check"] == check)


def test_all_is_well_in_the_sandbox(run: Run, sandbox: Sandbox) -> None:
    offline = run(*DOCTOR)
    assert (offline.code, offline.err) == (0, "")
    assert sandbox.requests() == []
    assert {tuple(row) for row in offline.json} == {("provider", "check", "status", "message", "fix")}
    assert {row["provider"] for row in offline.json} == {None, "rabot", "emporia", "emulate", "bright"}
    assert {row["status"] for row in offline.json} == {"pass"}
    online = run(*DOCTOR, "--online")
    assert online.code == 0, online.err
    asked = {one["provider"] for one in sandbox.requests()}
    assert {"rabot", "emporia", "emulate"} <= asked
    assert "pass" in run("doctor", "emulate", "-o", "table").out


def test_a_broken_config_is_the_first_thing_found(env: dict[str, str], home: Path) -> None:
    for text, said in (
        ("profiles: [", "line 2"),
        ("profiles:\n  p:\n    emulate:\n      retailr_id: 1\n", "retailer_id"),
        ("profiles:\n  a: {}\n  b: {}\n", "--profile"),
        ("profiles:\n  p:\n    emulate: {environment: moon}\n", "staging"),
    ):
        done = _profile(env, home, text)(*DOCTOR)
        assert (done.code, done.error["code"]) == (13, "check_failed"), text
        row = next(row for row in done.json if row["status"] == "fail")
        assert row["check"] == "config"
        assert said in f"{row['message']} {row['fix']}", row


@pytest.mark.parametrize("other", ["europe", "work.eu", "work.rabot"])
def test_what_is_wrong_in_another_profile_is_a_warning(
    env: dict[str, str], home: Path, sandbox: Sandbox, other: str
) -> None:
    rabot = sandbox.facts["credentials"]["rabot"]
    text = yaml.safe_dump(
        {
            "default_profile": "work",
            "profiles": {
                "work": {
                    "rabot": {
                        "environment": "test",
                        "client_id": rabot["client_id"],
                        "client_secret": "env:MINE",
                    }
                },
                other: {"rabot": {"clent_id": "x"}, "timezon": "utc"},
            },
        }
    )
    done = _profile(env, home, text, MINE=rabot["client_secret"])(*DOCTOR)
    assert done.code == 0, done.err
    warned = [row["message"] for row in done.json if row["status"] == "warn"]
    assert [any(name in one for one in warned) for name in ("clent_id", "timezon")] == [True, True]
    assert {row["status"] for row in done.json} == {"pass", "warn"}
    assert _profile(env, home, text)(*DOCTOR, "--profile", other).code == 13


def test_nothing_set_up_says_how_to_begin(bare: Run) -> None:
    done = bare(*DOCTOR)
    assert done.code in (4, 13)
    assert "config edit" in f"{done.error['hint']}"
    assert bare("doctor", "emulat").code == 2
    assert "Did you mean emulate" in bare("doctor", "emulat").err
    assert bare("doctor", "--as-customer", "C-1").code == 2


def test_a_missing_secret_is_told_with_the_way_to_store_it(env: dict[str, str], home: Path) -> None:
    run = _profile(
        env,
        home,
        "profiles: {p: {rabot: {environment: test, client_id: a, client_secret: 'env:NOT_SET'}, "
        "emulate: {environment: staging, retailer_id: 42, retailer_key: 'env:ALSO_NOT'}}}",
    )
    done = run(*DOCTOR)
    assert done.code == 4
    assert "NOT_SET" in _row(done, "client_secret")["message"]
    assert "ALSO_NOT" in _row(done, "retailer_key")["message"]
    assert "rabot client_secret" in done.error["message"]


def test_a_provider_that_cannot_be_reached_is_not_a_wrong_credential(
    env: dict[str, str], home: Path, pem: str
) -> None:
    config = yaml.safe_dump(
        {
            "profiles": {
                "p": {
                    "emulate": {"api_url": "http://127.0.0.1:1", "retailer_id": 42, "retailer_key": "env:K"},
                    "rabot": {
                        "api_url": "http://127.0.0.1:1",
                        "auth_url": "http://127.0.0.1:1",
                        "client_id": "a",
                        "client_secret": "env:S",
                    },
                }
            }
        }
    )
    run = _profile(env, home, config, K=pem, S="a-secret-of-some-length")
    for provider in ("emulate", "rabot"):
        done = run("doctor", provider, "--online", "-o", "json")
        assert done.code == 10, done.err
        assert "127.0.0.1:1" in _row(done, "network")["message"]
        assert "a-secret-of-some-length" not in done.out + done.err
    assert run("doctor", "emulate", "-o", "json").code == 0


@pytest.mark.parametrize("ahead_s", [0, 3600])
def test_the_servers_clock_is_compared(env: dict[str, str], home: Path, pem: str, ahead_s: int) -> None:
    """A server whose clock is behind refuses the token as one from the future; only its Date header tells why."""

    def answer(_: Any) -> Reply:
        return Reply(None, 403 if ahead_s else 200, {"Date": formatdate(time.time() - ahead_s, usegmt=True)})

    with OddServer({"GET /v1/retailer/example-brp": answer}) as server:
        section = {"api_url": server.url, "retailer_id": 42, "retailer_key": "env:K"}
        config = yaml.safe_dump({"profiles": {"p": {"emulate": section}}})
        done = _profile(env, home, config, K=pem)("doctor", "emulate", "--online", "-o", "json")
    clock, expiry = _row(done, "clock"), _row(done, "not_expired")
    if not ahead_s:
        assert (done.code, clock["status"], expiry["status"]) == (0, "pass", "pass")
        return
    assert (done.code, clock["status"], expiry["status"]) == (4, "fail", "fail")
    assert "ahead of the server's" in clock["message"]
    assert "NTP" in expiry["fix"]
