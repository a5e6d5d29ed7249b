"""Secrets by reference: variables, private files, commands, and keyrings that work, hang, refuse or are not there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Done, Run, run_with
from tests.partner import SECRET, Partner, Reply

TARIFFS = ("rabot", "tariffs", "list", "-o", "json")
OTHER_WAYS = ("env:NAME", "file:PATH", "command:")


def _client(partner: Partner, env: dict[str, str], home: Path, reference: str) -> Run:
    partner.client(env, home)
    config = home / "partner.yaml"
    config.write_text(config.read_text().replace("env:PLANTED", json.dumps(reference)))
    return run_with({**env, "ENERGYCTL_CONFIG": str(config)}, home)


def _try(env: dict[str, str], home: Path, reference: str, **more: str) -> tuple[Done, Partner]:
    with Partner(tariffs=Reply([])) as partner:
        return _client(partner, env, home, reference)(*TARIFFS, more=more), partner


def _sent_secret(partner: Partner) -> str:
    return partner.seen[0][3].decode().split("client_secret=")[1].split("&")[0]


@pytest.mark.parametrize(
    "reference", ["env:MINE", "file:secret.txt", "file:~/secret.txt", "command:cat secret.txt"]
)
def test_a_reference_leads_to_the_secret(env: dict[str, str], home: Path, reference: str) -> None:
    (home / "secret.txt").write_text(f"{SECRET}\n")
    (home / "secret.txt").chmod(0o600)
    done, partner = _try(env, home, reference, MINE=SECRET)
    assert (done.code, done.err) == (0, "")
    assert _sent_secret(partner) == SECRET


def test_a_variable_of_the_field_comes_before_the_profile(env: dict[str, str], home: Path) -> None:
    done, partner = _try(env, home, "keyring", ENERGYCTL_RABOT_CLIENT_SECRET=SECRET)
    assert done.code == 0
    assert _sent_secret(partner) == SECRET


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(env: dict[str, str], home: Path, mode: int) -> None:
    (home / "secret.txt").write_text(SECRET)
    (home / "secret.txt").chmod(mode)
    done, partner = _try(env, home, "file:secret.txt")
    assert (done.code, done.out, done.error["code"]) == (13, "", "secret_exposed")
    assert "chmod 600 secret.txt" in done.error["hint"]
    assert SECRET not in done.err
    assert partner.seen == []


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:NOWHERE", "NOWHERE"),
        ("file:nowhere.txt", "nowhere.txt"),
        ("file:.", "cannot be read"),
        ("command:no-such-program-here x", "cannot be run"),
        ("command:false", "exit code 1"),
        ("command:'", "cannot be run"),
        ("command:", "cannot be run"),
    ],
)
def test_a_reference_that_leads_nowhere(env: dict[str, str], home: Path, reference: str, said: str) -> None:
    home.chmod(0o700)
    done, partner = _try(env, home, reference)
    assert (done.code, done.out, done.error["exit_code"]) == (13, "", 13)
    assert said in done.error["message"]
    assert "rabot.client_secret" in done.error["message"]
    assert done.error["hint"]
    assert partner.seen == []


# -- the keyring -------------------------------------------------------------------------------------------------

_BACKENDS = """
import json, os, pathlib, time
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
        rest = self._all()
        del rest[f"{service} {username}"]
        STORE.write_text(json.dumps(rest))

class Hangs(Works):
    def get_password(self, service, username):
        time.sleep(60)

class Forgets(Works):
    def set_password(self, service, username, password):
        pass

class Breaks(Works):
    def get_password(self, service, username):
        raise RuntimeError("The collection is locked.")
    def set_password(self, service, username, password):
        self.get_password(service, username)
"""


@pytest.fixture
def ring(env: dict[str, str], home: Path) -> dict[str, str]:
    """Keyrings of the test's own: Works, Hangs, Forgets, Breaks."""
    (home / "rings.py").write_text(_BACKENDS)
    return {**env, "PYTHONPATH": str(home), "PYTHON_KEYRING_BACKEND": "rings.Works"}


def test_login_use_status_and_logout(ring: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply([])) as partner:
        client = _client(partner, ring, home, "keyring")
        before = client(*TARIFFS)
        assert (before.code, before.error["code"]) == (4, "not_logged_in")
        assert "auth login rabot" in before.error["hint"]
        login = client("auth", "login", "rabot", "--stdin", "-o", "json", input=f"{SECRET}\n")
        assert (login.code, login.json["stored_in"]) == (0, "the test's keyring")
        assert SECRET not in login.out + login.err
        assert json.loads((home / "ring.json").read_text()) == {"energyctl work/rabot/client_secret": SECRET}
        assert client(*TARIFFS).code == 0
        asked = len(partner.seen)
        status = client("auth", "status", "-o", "json")
        assert (status.code, status.json[0]["is_set"], status.json[0]["token"]) == (0, True, "valid")
        assert len(partner.seen) == asked
        out = client("auth", "logout", "rabot")
        assert (out.code, out.err) == (0, "Removed the stored secret and 1 token.\n")
        assert json.loads((home / "ring.json").read_text()) == {}
        assert client("auth", "status").code == 4
        assert client("auth", "logout", "rabot").err == "Nothing was stored.\n"


@pytest.mark.parametrize("backend", ["rings.Works", "rings.Breaks", "keyring.backends.fail.Keyring"])
def test_logout_clears_the_keyring_wherever_the_secret_comes_from_now(
    ring: dict[str, str], home: Path, backend: str
) -> None:
    stored = home / "ring.json"
    stored.write_text(
        json.dumps({f"energyctl {name}/rabot/client_secret": "x" for name in ("work", "other")})
    )
    with Partner(tariffs=Reply([])) as partner:
        client = _client(partner, ring, home, "env:MINE")
        done = client("auth", "logout", "rabot", more={"MINE": SECRET, "PYTHON_KEYRING_BACKEND": backend})
        assert (done.code, done.out) == (0, "")
        if backend == "rings.Works":
            assert done.err == "Removed the stored secret.\n"
            assert json.loads(stored.read_text()) == {"energyctl other/rabot/client_secret": "x"}
        else:
            assert done.err == "Nothing was stored.\n"


def test_logout_clears_the_keyring_of_another_way_to_sign_in(ring: dict[str, str], home: Path) -> None:
    config = home / "config.yaml"
    config.write_text("profiles: {w: {bright: {base_url: 'http://127.0.0.1:9', auth: none}}}\n")
    (home / "ring.json").write_text(json.dumps({"energyctl w/bright/api_key": "x"}))
    done = run_with({**ring, "ENERGYCTL_CONFIG": str(config)}, home)("auth", "logout", "bright")
    assert (done.code, done.err) == (0, "Removed the stored secret.\n")
    assert (home / "ring.json").read_text() == "{}"


def test_a_wrong_secret_is_not_stored(ring: dict[str, str], home: Path) -> None:
    with Partner() as partner:
        partner.add("/connect/token", Reply({"error": "invalid_client"}, 401))
        done = _client(partner, ring, home, "keyring")(
            "auth", "login", "rabot", "--stdin", "-o", "json", input=SECRET
        )
        assert (done.code, done.out, done.error["code"]) == (4, "", "invalid_client")
        assert not (home / "ring.json").exists()


def test_a_keyring_that_hangs_is_left_after_three_seconds(ring: dict[str, str], home: Path) -> None:
    before = time.monotonic()
    done, partner = _try({**ring, "PYTHON_KEYRING_BACKEND": "rings.Hangs"}, home, "keyring")
    assert time.monotonic() - before > 2.9
    assert (done.code, done.error["code"]) == (13, "keyring_unusable")
    assert "3 seconds" in done.error["message"]
    assert all(way in done.error["hint"] for way in OTHER_WAYS)
    assert partner.seen == []


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("rings.Breaks", "The collection is locked"),
        ("keyring.backends.fail.Keyring", "no keyring"),
        ("keyring.backends.null.Keyring", "no keyring"),
        ("no.such.Module", "cannot be used"),
    ],
)
def test_without_a_usable_keyring_the_other_ways_are_named(
    ring: dict[str, str], home: Path, backend: str, said: str
) -> None:
    with Partner(tariffs=Reply([])) as partner:
        client = _client(partner, {**ring, "PYTHON_KEYRING_BACKEND": backend}, home, "keyring")
        for words in (TARIFFS, ("auth", "login", "rabot", "--stdin", "-o", "json")):
            done = client(*words, input=SECRET)
            assert (done.code, done.out, done.error["code"]) == (13, "", "keyring_unusable")
            assert said in done.error["message"]
            assert all(way in done.error["hint"] for way in OTHER_WAYS)
        assert [
            file for file in home.rglob("*") if file.is_file() and SECRET in file.read_text("latin-1")
        ] == []


def test_a_keyring_that_keeps_nothing_is_noticed(ring: dict[str, str], home: Path) -> None:
    with Partner() as partner:
        client = _client(partner, {**ring, "PYTHON_KEYRING_BACKEND": "rings.Forgets"}, home, "keyring")
        done = client("auth", "login", "rabot", "--stdin", "-o", "json", input=SECRET)
        assert (done.code, done.error["code"]) == (13, "keyring_unusable")


@pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="gnome-keyring and dbus are not installed",
)
def test_the_real_secret_service(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply([])) as partner:
        _client(partner, env, home, "keyring")
        script = (
            "set -e; printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
            f"e='{sys.executable} -m energyctl -o json'; printf '{SECRET}\\n' | $e auth login rabot --stdin; "
            "$e rabot tariffs list; $e auth status; $e auth logout rabot; $e auth status || echo $?"
        )
        kept = {name: value for name, value in env.items() if name != "PYTHON_KEYRING_BACKEND"}
        # On a busy machine three seconds are not enough for a daemon that has only just been started.
        (home / "sitecustomize.py").write_text(
            "from energyctl.core import credentials\ncredentials.KEYRING_LIMIT_S = 60.0\n"
        )
        more = {"ENERGYCTL_CONFIG": str(home / "partner.yaml"), "XDG_RUNTIME_DIR": str(home)}
        done = subprocess.run(
            ["dbus-run-session", "--", "bash", "-c", script],
            env={**kept, **more, "PYTHONPATH": str(home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        assert '"stored_in"' in done.stdout
        assert '"is_set": true' in done.stdout
        assert done.stdout.rstrip().endswith("4")
        assert _sent_secret(partner) == SECRET
        kept_files = [file for file in home.rglob("*") if file.is_file()]
        assert not [file for file in kept_files if SECRET.encode() in file.read_bytes()]
