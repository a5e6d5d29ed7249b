"""``auth`` for Emporia: the password is tried once and kept in a keyring, the token is cached and can be forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox, run_with
from tests.providers.emporia.fleet import Fleet, write_profile

LIST = ("emporia", "outlets", "list", "-o", "ids")
LOGIN = ("auth", "login", "emporia", "--stdin", "-o", "json")

_KEYRING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

STORE = pathlib.Path(os.environ["HOME"]) / "ring.json"

class Works(KeyringBackend):
    priority = 9
    name = "the test's keyring"
    def _all(self):
        return json.loads(STORE.read_text()) if STORE.exists() else {}
    def get_password(self, service, username):
        return self._all().get(f"{service} {username}")
    def set_password(self, service, username, password):
        STORE.write_text(json.dumps({**self._all(), f"{service} {username}": password}))
    def delete_password(self, service, username):
        STORE.write_text(json.dumps({key: one for key, one in self._all().items() if key != f"{service} {username}"}))
"""


@pytest.fixture
def with_keyring(env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """Run energyctl with a keyring of the test's own and a profile that uses it."""
    (home / "rings.py").write_text(_KEYRING)
    config = str(write_profile(home, sandbox, password="keyring"))
    ring = {"PYTHONPATH": str(home), "PYTHON_KEYRING_BACKEND": "rings.Works", "ENERGYCTL_CONFIG": config}
    return run_with({**env, **ring}, home)


def _password(sandbox: Sandbox) -> str:
    return str(sandbox.facts["credentials"]["emporia"]["password"])


def test_login_use_status_and_logout(with_keyring: Run, home: Path, sandbox: Sandbox, fleet: Fleet) -> None:
    password = _password(sandbox)
    before = with_keyring(*LIST, "-o", "json")
    assert (before.code, before.error["code"]) == (4, "not_logged_in")
    assert "auth login emporia" in before.error["hint"]
    login = with_keyring(*LOGIN, input=f"{password}\n")
    assert login.code == 0
    assert login.json == {
        "provider": "emporia",
        "profile": "real",
        "stored_in": "the test's keyring",
        "email": "partner@sandbox.example.com",
        "token_lifetime_s": None,
    }
    assert fleet.calls() == ["Authenticate"]
    assert password not in login.out + login.err
    assert json.loads((home / "ring.json").read_text()) == {"energyctl real/emporia/password": password}
    assert with_keyring(*LIST).code == 0
    asked = len(fleet.calls())
    (status,) = with_keyring("auth", "status", "-o", "json").json
    assert (status["provider"], status["is_set"], status["problem"]) == ("emporia", True, None)
    assert status["token"].startswith("obtained ")
    assert "not documented" in status["token"]
    assert len(fleet.calls()) == asked
    out = with_keyring("auth", "logout", "emporia")
    assert (out.code, out.err) == (0, "Removed the stored secret and 1 token.\n")
    assert json.loads((home / "ring.json").read_text()) == {}
    assert list((home / ".local/state/energyctl/cache").iterdir()) == []
    assert with_keyring(*LIST).code == 4
    assert with_keyring("auth", "status").code == 4


def test_a_wrong_password_is_not_stored(with_keyring: Run, home: Path, fleet: Fleet) -> None:
    done = with_keyring(*LOGIN, input="not-the-password\n")
    assert (done.code, done.out, done.error["code"]) == (4, "", "invalid_credentials")
    assert done.error["message"] == "Emporia does not accept the password of partner@sandbox.example.com."
    assert "not-the-password" not in done.err
    assert not (home / "ring.json").exists()
    assert fleet.calls() == ["Authenticate"]  # tried once


def test_a_server_that_is_away_is_not_a_wrong_password(
    with_keyring: Run, home: Path, sandbox: Sandbox
) -> None:
    sandbox.fault("emporia:503@Authenticate")
    done = with_keyring(*LOGIN, input=_password(sandbox))
    assert (done.code, done.error["code"]) == (10, "unavailable")
    assert not (home / "ring.json").exists()


def test_an_answer_without_a_token(with_keyring: Run, home: Path, sandbox: Sandbox) -> None:
    sandbox.fault("emporia:empty@Authenticate")
    done = with_keyring(*LOGIN, input=_password(sandbox))
    assert (done.code, "without a token" in done.error["message"]) == (11, True)
    assert not (home / "ring.json").exists()


def test_a_stored_password_that_became_wrong(real: Run, home: Path, fleet: Fleet) -> None:
    done = real(*LIST, "-o", "json", more={"TEST_PASSWORD": "an-old-password"})
    assert (done.code, done.error["code"]) == (4, "invalid_credentials")
    assert "auth login emporia" in done.error["hint"]
    assert "an-old-password" not in done.err
    assert fleet.calls() == ["Authenticate"]


def test_the_token_is_printed_only_when_asked_for(real: Run, fleet: Fleet, env: dict[str, str]) -> None:
    token = real("auth", "token", "emporia")
    assert (token.code, len(token.out.strip()) > 20, token.err) == (0, True, "")
    assert real("auth", "token", "emporia").out == token.out  # the cached one
    assert fleet.calls() == ["Authenticate"]
    scoped = real("auth", "token", "emporia", "--scope", "x", "-o", "json")
    assert (scoped.code, scoped.out) == (2, "")
    (file,) = (Path(env["XDG_STATE_HOME"]) / "energyctl/tokens").glob("*.json")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_another_account_never_gets_this_ones_token(real: Run, fleet: Fleet) -> None:
    assert real(*LIST).code == 0
    done = real(*LIST, "-o", "json", more={"ENERGYCTL_EMPORIA_EMAIL": "other@example.com"})
    assert (done.code, done.error["code"]) == (4, "invalid_credentials")
    assert fleet.calls()[-1] == "Authenticate"
