"""``doctor`` end to end: a broken config, no keyring, a wrong clock, an expired certificate, scopes, the bundle."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Done, Run, Sandbox, run_with
from tests.partner import SECRET, TOKEN, Partner, Reply
from tests.tls import authority, pem, tls_server, write_certificate

ONLINE = ("doctor", "--online", "-o", "json")
SKEW_S = 600


def _rows(done: Done, provider: str | None = None) -> dict[str, dict[str, Any]]:
    return {row["check"]: row for row in done.json if row["provider"] == provider}


def _configured(env: dict[str, str], home: Path, profile: dict[str, Any], **more: str) -> Run:
    config = home / "checks.yaml"
    config.write_text(yaml.safe_dump({"profiles": {"work": profile}}, sort_keys=False))
    config.chmod(0o600)
    return run_with({**env, "ENERGYCTL_CONFIG": str(config), **more}, home)


def _rabot(partner: Partner, **more: Any) -> dict[str, Any]:
    return {
        "api_url": partner.url,
        "auth_url": partner.url,
        "client_id": "acme",
        "client_secret": "env:PLANTED",
        **more,
    }


# -- a broken config ---------------------------------------------------------------------------------------------


def test_yaml_that_cannot_be_read_leaves_the_machine_to_be_checked(env: dict[str, str], home: Path) -> None:
    config = home / "broken.yaml"
    config.write_text("profiles:\n  work:\n    rabot: {environment: test\n  other: [\n")
    config.chmod(0o622)
    done = run_with({**env, "ENERGYCTL_CONFIG": str(config)}, home)(*ONLINE)
    assert (done.code, done.error["code"]) == (13, "check_failed")
    found = _rows(done)
    assert (found["config"]["status"], "line 4" in found["config"]["message"]) == ("fail", True)
    assert "config edit" in found["config"]["fix"]
    assert (found["config_permissions"]["status"], found["providers"]["status"]) == ("warn", "cannot-know")
    assert {"state_directory", "keyring", "version", "python", "packages"} <= set(found)


def test_a_wrong_section_does_not_hide_the_way_to_it_nor_the_other_providers(
    env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    given = sandbox.facts["credentials"]["emulate"]
    emulate = {"api_url": sandbox.facts["urls"]["emulate"], "retailer_id": 42, "retailer_key": "env:KEY"}
    with Partner() as partner:
        profile = {"rabot": _rabot(partner, client_secrit="zzz-not-a-reference"), "emulate": emulate}
        run = _configured(env, home, profile, KEY=given["retailer_key"], PLANTED=SECRET)
        done = run(*ONLINE)
    rabot, emulate_rows = _rows(done, "rabot"), _rows(done, "emulate")
    assert (done.code, done.error["exit_code"]) == (13, 13)
    assert "line 8: profiles.work.rabot.client_secrit is not a known key" in rabot["config"]["message"]
    assert "client_secret" in rabot["config"]["fix"]
    assert (rabot["reachable"]["status"], rabot["sign-in"]["status"]) == ("pass", "cannot-know")
    assert "/connect/token" not in [path for _, path, _, _ in partner.seen]
    assert {row["status"] for row in emulate_rows.values()} == {"pass"}
    assert "zzz-not-a-reference" not in done.out + done.err


def test_a_wrong_key_of_another_profile_is_only_warned_of(env: dict[str, str], home: Path) -> None:
    config = home / "two.yaml"
    config.write_text(
        "default_profile: a\nprofiles:\n  a: {rabot: {environment: test, client_id: x, client_secret: 'env:S'}}\n"
        "  b: {rabot: {environment: moon}}\n"
    )
    done = run_with({**env, "ENERGYCTL_CONFIG": str(config), "S": SECRET}, home)("doctor", "-o", "json")
    assert done.code == 0
    warned = [row for row in done.json if row["status"] == "warn"]
    assert [(row["check"], "line 4" in row["message"]) for row in warned] == [("config", True)]


# -- keyrings ----------------------------------------------------------------------------------------------------

_SILENT = """
import os, pathlib, threading
from keyring.backend import KeyringBackend

class Silent(KeyringBackend):
    priority = 9
    name = "a keyring that does not answer"
    def get_password(self, service, username):
        with (pathlib.Path(os.environ["HOME"]) / "asked").open("a") as file:
            file.write(username + "\\n")
        threading.Event().wait()
    def set_password(self, service, username, password):
        raise RuntimeError
    def delete_password(self, service, username):
        raise RuntimeError

class Answers(Silent):
    name = "the test's keyring"
    def get_password(self, service, username):
        return "kept-in-the-keyring" if "rabot" in username else None
"""


@pytest.mark.parametrize(
    ("backend", "said"), [("keyring.backends.fail.Keyring", "no keyring"), ("rings.Silent", "3 seconds")]
)
def test_a_machine_without_a_keyring_that_answers(
    env: dict[str, str], home: Path, backend: str, said: str
) -> None:
    (home / "rings.py").write_text(_SILENT)
    profile = {
        "rabot": {"environment": "test", "client_id": "x"},
        "bright": {"base_url": "http://127.0.0.1:1"},
    }
    done = _configured(env, home, profile, PYTHON_KEYRING_BACKEND=backend)("doctor", "-o", "json")
    found = _rows(done)["keyring"]
    assert (done.code, found["status"]) == (4, "fail")
    assert said in found["message"]
    assert "rabot.client_secret, bright.api_key should be there" in found["message"]
    assert all(way in found["fix"] for way in ("env:NAME", "file:PATH", "command:"))
    assert _rows(done, "rabot")["client_secret"]["status"] == "fail"
    asked = home / "asked"
    assert not asked.exists() or len(asked.read_text().splitlines()) == 1


def test_a_keyring_that_answers_is_named(env: dict[str, str], home: Path) -> None:
    (home / "rings.py").write_text(_SILENT)
    profile = {"rabot": {"environment": "test", "client_id": "x"}}
    done = _configured(env, home, profile, PYTHON_KEYRING_BACKEND="rings.Answers")("doctor", "-o", "json")
    assert (done.code, _rows(done)["keyring"]["message"]) == (0, "the test's keyring answers.")
    assert "from keyring" in _rows(done, "rabot")["client_secret"]["message"]


# -- the network -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ahead_s", "side"), [(SKEW_S, "ahead of"), (-SKEW_S, "behind")])
def test_a_clock_that_is_off_by_ten_minutes(
    env: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch, ahead_s: int, side: str
) -> None:
    import time

    with Partner(tariffs=Reply([])) as partner:
        monkeypatch.setattr(
            partner.server.RequestHandlerClass,
            "date_time_string",
            lambda *_: formatdate(time.time() - ahead_s, usegmt=True),
        )
        done = _configured(env, home, {"rabot": _rabot(partner)}, PLANTED=SECRET)(*ONLINE)
    clock = _rows(done, "rabot")["clock"]
    assert (done.code, clock["status"]) == (4, "fail")
    assert re.search(rf"(9 min 5\d s|10 min( \d+ s)?) {side} the server's", clock["message"])
    assert "NTP" in done.error["hint"]
    assert SECRET not in done.out + done.err
    assert TOKEN not in done.out + done.err


def test_an_expired_certificate_is_named_and_nothing_is_sent_past_it(env: dict[str, str], home: Path) -> None:
    signer = authority()
    file = write_certificate(home / "server.pem", signer, ends_in_days=-3)
    (home / "ca.pem").write_text(pem(signer[1]))
    with tls_server(file) as port:
        section = {
            "target": f"127.0.0.1:{port}",
            "ca_file": str(home / "ca.pem"),
            "email": "ops@example.com",
            "password": "env:PLANTED",
        }
        done = _configured(env, home, {"emporia": section}, PLANTED=SECRET)(*ONLINE)
    found = _rows(done, "emporia")
    assert (done.code, found["tls"]["status"], found["network"]["status"]) == (10, "fail", "pass")
    assert "it expired 3 d ago" in found["tls"]["message"]
    assert found["sign-in"]["status"] == "cannot-know"
    assert found["budget"]["message"].startswith("100 of 100 calls")


def test_a_server_that_never_answers_is_not_waited_for_longer_than_the_timeout(
    env: dict[str, str], home: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Partner(tariffs=Reply([])) as partner:
        bright = {"base_url": f"http://127.0.0.1:{listener.getsockname()[1]}", "auth": "none"}
        profile = {"bright": bright, "rabot": _rabot(partner)}
        done = _configured(env, home, profile, PLANTED=SECRET)(*ONLINE, "--timeout", "5")
    assert done.code == 10
    silent, well = _rows(done, "bright"), _rows(done, "rabot")
    assert (silent["network"]["status"], silent["reachable"]["status"]) == ("pass", "fail")
    assert (well["sign-in"]["status"], well["read"]["status"]) == ("pass", "pass")


def test_a_host_that_nobody_knows(env: dict[str, str], home: Path) -> None:
    section = {"base_url": "https://nowhere.invalid/v1", "auth": "none"}
    run = _configured(env, home, {"bright": section})
    direct = run(*ONLINE)
    assert (direct.code, _rows(direct, "bright")["dns"]["status"]) == (10, "fail")
    proxied = run(*ONLINE, more={"HTTPS_PROXY": "http://user:proxy-password@127.0.0.1:1"})
    found = _rows(proxied, "bright")
    assert (proxied.code, found["network"]["status"], found["reachable"]["status"]) == (
        10,
        "cannot-know",
        "fail",
    )
    assert "through the proxy 127.0.0.1:1" in found["network"]["message"]
    assert "proxy-password" not in proxied.out + proxied.err


def test_a_missing_address_is_told_offline_too(env: dict[str, str], home: Path) -> None:
    profile = {"emulate": {"retailer_id": 42, "token": "env:T"}, "rabot": {"environment": "sandbox"}}
    run = _configured(env, home, profile, T="not-a-token")
    for words in (("doctor", "-o", "json"), ONLINE):
        done = run(*words)
        assert done.code == 13
        assert "names neither an environment nor an address" in _rows(done, "emulate")["config"]["message"]
        assert "sandbox start" in _rows(done, "rabot")["config"]["fix"]


def test_a_budget_that_is_nearly_used_up_is_warned_of(run: Run) -> None:
    few = {"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "3"}
    assert _rows(run("doctor", "emporia", "-o", "json", more=few), "emporia")["budget"]["status"] == "pass"
    asked = run("doctor", "emporia", "--online", "-o", "json", more=few)
    assert (asked.code, _rows(asked, "emporia")["read"]["status"]) == (0, "pass")
    again = run("doctor", "emporia", "--online", "-o", "json", more=few)
    assert (again.code, _rows(again, "emporia")["read"]["status"]) == (0, "cannot-know")
    used = _rows(run("doctor", "emporia", "-o", "json", more=few), "emporia")["budget"]
    assert (used["status"], used["fix"]) == ("warn", "See: energyctl limits")
    assert "0 of 3 calls an hour are left. The next one frees in" in used["message"]


# -- scopes ------------------------------------------------------------------------------------------------------


def test_scopes_are_compared_with_what_the_commands_need(
    env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    urls = sandbox.facts["urls"]
    others = sandbox.facts["credentials"]["rabot"]["other_clients"]
    hems = next(one for one in others if one["client_id"] == "sandbox-hems")
    section = {
        "api_url": urls["rabot"],
        "auth_url": urls["rabot_auth"],
        "client_id": "sandbox-hems",
        "client_secret": "env:IT",
    }
    run = _configured(env, home, {"rabot": section}, IT=hems["client_secret"])
    before = run("auth", "can", "rabot", "orders", "create", "-o", "json")
    assert (before.code, before.json["answer"]) == (0, "unknown")
    assert "scopes" not in _rows(run("doctor", "-o", "json"), "rabot")
    online = run(*ONLINE)
    sandbox.forget_requests()
    offline = run("doctor", "-o", "json")
    for done in (online, offline):
        scopes = _rows(done, "rabot")["scopes"]
        assert (done.code, scopes["status"]) == (0, "warn"), done.err
        assert "orders create needs create:orders; this client has api:partner." in scopes["message"]
    after = run("auth", "can", "rabot", "orders", "create", "-o", "json")
    assert (after.code, after.json["answer"], after.error["exit_code"]) == (5, "no", 5)
    assert "create:orders" in after.json["fix"]
    linked = run("auth", "can", "rabot", "contracts", "list", "-o", "json")
    assert (linked.code, linked.json["answer"]) == (0, "unknown")
    assert "linked to this client" in linked.json["reason"]
    assert run("auth", "can", "rabot", "tariffs", "list", "-c", "answer", "--no-header").out == "yes\n"
    assert sandbox.requests() == []


# -- the bundle --------------------------------------------------------------------------------------------------

_LITERAL, _VARIABLE, _HIDDEN = "literal-secret-0815", "variable-secret-4711", "unknown-variable-1234"


@pytest.fixture
def bundled(env: dict[str, str], home: Path, sandbox: Sandbox) -> Callable[..., tuple[Done, str]]:
    """Run doctor with --bundle where secrets stand in many places, right and wrong; return the file's text."""
    given = sandbox.facts["credentials"]
    profile = {
        "rabot": {"environment": "test", "client_id": "acme-4242", "client_secret": _LITERAL},
        "emporia": {
            "target": sandbox.facts["urls"]["emporia_target"],
            "ca_file": sandbox.facts["ca_file"],
            "email": given["emporia"]["email"],
            "password": "command:echo " + given["emporia"]["password"],
        },
        "bright": {"base_url": "https://user-less.example", "api_key": "env:ENERGYCTL_ODD"},
    }
    more = {
        "ENERGYCTL_EMULATE_RETAILER_KEY": _VARIABLE,
        "ENERGYCTL_EMULATE_RETAILER_ID": "424242",
        "ENERGYCTL_EMULATE_API_URL": sandbox.facts["urls"]["emulate"],
        "ENERGYCTL_ODD": _HIDDEN,
        "OTHER": "not-the-tools-affair",
    }
    run = _configured(env, home, profile, **more)
    first = run("emporia", "outlets", "off", "--all", "--yes", more={"ENERGYCTL_RABOT_CLIENT_SECRET": "x"})
    assert first.code in (0, 12), first.err

    def write(name: str, *words: str) -> tuple[Done, str]:
        done = run("doctor", "--bundle", name, "-o", "json", *words)
        return done, (home / name).read_text()

    return write


def test_the_bundle_holds_what_support_needs_and_no_secret(
    bundled: Callable[..., tuple[Done, str]], home: Path, sandbox: Sandbox
) -> None:
    done, text = bundled("one.json")
    assert (done.code, (home / "one.json").stat().st_mode & 0o777) == (13, 0o600)
    assert "Wrote one.json" in done.err
    told = json.loads(text)
    assert told["checks"] == json.loads(done.out.replace(str(home), "~"))
    assert 0 < len(told["journal"]) <= 20
    assert {one["operation"] for one in told["journal"]} == {"UpdateOutlets"}
    assert {one["file"].split("/")[0] for one in told["files"]} == {"cache", "completion"}
    assert {one["name"] for one in told["versions"]["packages"]} >= {"httpx", "typer"}
    variables = {one["variable"]: one["value"] for one in told["environment"]}
    assert variables["ENERGYCTL_EMULATE_API_URL"] == sandbox.facts["urls"]["emulate"]
    assert {variables[name] for name in ("ENERGYCTL_ODD", "ENERGYCTL_EMULATE_RETAILER_KEY")} == {"[redacted]"}
    settings = {one["setting"]: one for one in told["config"]["settings"]}
    assert settings["rabot.environment"]["value"] == "test"
    assert settings["rabot.client_id"] == {"setting": "rabot.client_id", "is_set": True, "source": "profile"}
    assert settings["emporia.password"]["value"] == "command:…"
    assert settings["bright.api_key"]["value"] == "env:ENERGYCTL_ODD"
    assert "client_secret" in told["config"]["issues"][0]["about"]
    kept = [json.loads(path.read_text())["value"] for path in home.rglob("tokens/*.json")]
    assert kept
    password = sandbox.facts["credentials"]["emporia"]["password"]
    for secret in (_LITERAL, _VARIABLE, _HIDDEN, password, *kept):
        assert secret not in text + done.out + done.err
    for private in ("acme-4242", "424242", "not-the-tools-affair", str(home)):
        assert private not in text


def test_a_command_that_fails_is_not_quoted_in_the_bundle(env: dict[str, str], home: Path) -> None:
    """The message quotes it, for whoever has written it; a file for others does not."""
    secret = "command:no-such-program --password hunter2-hunter2"
    profile = {"rabot": {"environment": "test", "client_id": "x", "client_secret": secret}}
    done = _configured(env, home, profile)("doctor", "--bundle", "b.json", "-o", "json")
    assert (done.code, "no-such-program" in done.out) == (4, True)
    assert "hunter2" not in (home / "b.json").read_text()


@pytest.mark.parametrize("value", ["*hunter2hunter2", "!hunter2hunter2 x", "&a *hunter2hunter2"])
def test_a_secret_that_yaml_stumbles_over_is_not_repeated(
    env: dict[str, str], home: Path, value: str
) -> None:
    config = home / "odd.yaml"
    config.write_text(f"profiles:\n  work:\n    rabot:\n      client_secret: {value}\n")
    run = run_with({**env, "ENERGYCTL_CONFIG": str(config)}, home)
    done = run("doctor", "--bundle", "b.json", "-o", "json")
    assert (done.code, "line 4" in _rows(done)["config"]["message"]) == (13, True)
    assert "hunter2" not in done.out + done.err + (home / "b.json").read_text()


def test_a_redacted_bundle_holds_nothing_personal(
    bundled: Callable[..., tuple[Done, str]], sandbox: Sandbox
) -> None:
    email = sandbox.facts["credentials"]["emporia"]["email"]
    _, plain = bundled("plain.json", "--online")
    _, text = bundled("redacted.json", "--online", "--redact")
    assert email in plain
    assert email not in text
    assert "@redacted.example" in text
    assert {one["user"] for one in json.loads(text)["journal"]} == {"[redacted]"}
    assert "Set, from" in text


def test_a_bundle_is_never_written_over_a_file(bare: Run, home: Path, sandbox: Sandbox) -> None:
    (home / "mine.json").write_text("precious")
    done = bare(*ONLINE, "--bundle", "mine.json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "file_exists")
    assert (home / "mine.json").read_text() == "precious"
    nowhere = bare("doctor", "--bundle", "no/such/place.json", "-o", "json")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "--bundle" in nowhere.error["hint"]
    assert sandbox.requests() == []
