"""Starting, finding and stopping a sandbox from another process."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxFailed, SandboxOptions


def _until(condition: Any, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_importing_control_brings_neither_servers_nor_http_clients() -> None:
    heavy = ("aiohttp", "yaml", "httpx", "asyncio", "fpdf")
    code = f"import sys, energyctl.sandbox.control; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_facts_secrets_and_profile_say_where_everything_is(sandbox: Any) -> None:
    facts, directory = sandbox.facts, sandbox.directory
    assert set(facts) == {
        "id", "pid", "started_at", "directory", "config_file", "ca_file", "urls", "credentials", "env",
    }  # fmt: skip
    assert set(facts["urls"]) == {"rabot", "rabot_auth", "emporia_target", "emulate", "bright", "control"}
    assert len(set(facts["urls"].values())) == 6
    for name, url in facts["urls"].items():
        assert url.startswith("127.0.0.1:" if name.endswith("_target") else "http://127.0.0.1:"), name
    assert facts["env"] == {
        "ENERGYCTL_CONFIG": str(directory / "config.yaml"),
        "ENERGYCTL_PROFILE": "sandbox",
        "ENERGYCTL_SANDBOX_DIR": str(directory),
        "ENERGYCTL_SANDBOX_RABOT_URL": facts["urls"]["rabot"],
        "ENERGYCTL_SANDBOX_RABOT_AUTH_URL": facts["urls"]["rabot_auth"],
        "ENERGYCTL_SANDBOX_CONTROL_URL": facts["urls"]["control"],
        "ENERGYCTL_SANDBOX_EMPORIA_TARGET": facts["urls"]["emporia_target"],
        "ENERGYCTL_SANDBOX_CA_FILE": facts["ca_file"],
        "ENERGYCTL_SANDBOX_EMULATE_URL": facts["urls"]["emulate"],
        "ENERGYCTL_SANDBOX_BRIGHT_URL": facts["urls"]["bright"],
    }
    rabot = facts["credentials"]["rabot"]
    config = yaml.safe_load((directory / "config.yaml").read_text())
    secret_file = directory / "rabot-client-secret"
    assert config == {
        "default_profile": "sandbox",
        "profiles": {
            "sandbox": {
                "rabot": {
                    "environment": "sandbox",
                    "client_id": rabot["client_id"],
                    "client_secret": f"file:{secret_file}",
                },
                "emporia": {
                    "environment": "sandbox",
                    "email": facts["credentials"]["emporia"]["email"],
                    "password": f"file:{directory / 'emporia-password'}",
                },
                "emulate": {
                    "environment": "sandbox",
                    "retailer_id": 42,
                    "retailer_key": f"file:{directory / 'emulate-retailer-key.pem'}",
                    "customer_key": f"file:{directory / 'emulate-customer-key.pem'}",
                },
                "bright": {
                    "environment": "sandbox",
                    "auth": "api-key",
                    "api_key": f"file:{directory / 'bright-api-key'}",
                    "client_id": "bright",
                    "client_secret": f"file:{directory / 'bright-client-secret'}",
                },
            }
        },
    }
    assert secret_file.read_text().strip() == rabot["client_secret"]
    assert facts["credentials"]["control"]["token"] not in (directory / "config.yaml").read_text()
    emulate = facts["credentials"]["emulate"]
    for name in ("retailer", "customer"):
        assert (directory / f"emulate-{name}-key.pem").read_text().strip() == emulate[f"{name}_key"]
    assert emulate["keys_file"] == str(directory / "emulate-keys.jsonl")
    listed = (directory / "emulate-keys.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in listed[:2]] == emulate[
        "keys"
    ]  # then those that other tests have made
    bright = facts["credentials"]["bright"]
    assert (directory / "bright-api-key").read_text().strip() == bright["api_key"]
    assert (directory / "bright-client-secret").read_text().strip() == bright["client_secret"]
    secrets = (
        "rabot-client-secret", "emporia-password", "emulate-retailer-key.pem", "emulate-customer-key.pem",
        "bright-api-key", "bright-client-secret", "emulate-keys.jsonl",
    )  # fmt: skip
    for name in ("sandbox.json", "config.yaml", "sandbox.log", *secrets):
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_life_of_a_sandbox(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "place"
    assert control.facts(directory) is None
    assert control.stop(directory) is False
    facts = control.start(directory, SandboxOptions(customers=3))
    assert "already_running" not in facts
    assert control.facts(directory) == facts
    again = control.start(directory, SandboxOptions(customers=9))
    assert again == {**facts, "already_running": True}
    fresh = control.control(directory, "/reset")
    assert fresh["id"] != facts["id"]
    assert {**fresh, "id": None} == {**facts, "id": None}
    assert control.facts(directory) == fresh
    assert control.stop(directory) is True
    assert control.facts(directory) is None
    assert not (directory / "sandbox.json").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(facts["urls"]["rabot"])
    with pytest.raises(SandboxFailed, match="No sandbox is running"):
        control.control(directory, "/reset")


def test_a_killed_sandbox_is_not_taken_for_a_running_one_and_a_new_one_starts(tmp_path: Path) -> None:
    facts = control.start(tmp_path, SandboxOptions(customers=1))
    os.kill(facts["pid"], signal.SIGKILL)
    assert _until(lambda: control.facts(tmp_path) is None)
    assert (tmp_path / "sandbox.json").exists()
    new = control.start(tmp_path, SandboxOptions(customers=1))
    assert new["pid"] != facts["pid"]
    assert "already_running" not in new
    assert control.stop(tmp_path)


def test_a_pid_that_belongs_to_somebody_else_is_not_believed(tmp_path: Path, sandbox: Any) -> None:
    """The file speaks of a living process and a living control server, but not of one and the same."""
    forged = {**sandbox.facts, "pid": os.getpid()}
    (tmp_path / "sandbox.json").write_text(json.dumps(forged))
    assert control.facts(tmp_path) is None
    assert control.stop(tmp_path) is False


def test_two_starts_at_once_make_one_sandbox(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: control.start(tmp_path, SandboxOptions(customers=1)), range(2))
    try:
        assert first["pid"] == second["pid"]
        assert sorted("already_running" in each for each in (first, second)) == [False, True]
    finally:
        control.stop(tmp_path)


def test_the_sandbox_ends_with_the_process_it_lives_with(tmp_path: Path) -> None:
    companion = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    control.start(tmp_path, SandboxOptions(customers=1, lives_with=companion.pid))
    companion.communicate(b"\n")
    assert _until(lambda: control.facts(tmp_path) is None)
    assert _until(lambda: not (tmp_path / "sandbox.json").exists())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-m", "energyctl.sandbox.server", f"--directory={tmp_path}"])
    assert _until(lambda: control.facts(tmp_path) is not None)
    process.send_signal(number)
    assert process.wait(60) == 0
    assert not (tmp_path / "sandbox.json").exists()


def test_a_hundred_thousand_customers_stay_small(tmp_path: Path) -> None:
    facts = control.start(tmp_path, SandboxOptions(customers=100_000))
    try:
        pages = Path(f"/proc/{facts['pid']}/statm")
        if pages.exists():
            assert int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") < 120 * 2**20
    finally:
        control.stop(tmp_path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"customers": -1}, "cannot be negative"),
        ({"host": "0.0.0.0"}, "loopback"),
        ({"host": "example.org"}, "loopback"),
        ({"speed": float("nan")}, "speed"),
        ({"token_ttl_s": 0}, "at least 1 second"),
        ({"faults": ["rabot:explode"]}, "kinds are latency, 429"),
    ],
)
def test_unusable_options_are_refused_before_anything_starts(
    tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        control.start(tmp_path / "x", SandboxOptions(**options))
    assert not (tmp_path / "x").exists()


def test_somebodys_open_directory_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "shared"
    place.mkdir(mode=0o755)
    place.chmod(0o755)
    (place / "letter.txt").write_text("dear all")
    with pytest.raises(ValueError, match="holds other files"):
        control.start(place, SandboxOptions())
    assert stat.S_IMODE(place.stat().st_mode) == 0o755


def test_a_server_that_dies_shows_the_end_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(SandboxFailed) as caught:
        control.start(tmp_path, SandboxOptions())
    assert "ended at once" in caught.value.message
    assert "IsADirectoryError" in caught.value.log_tail
    assert not (tmp_path / "sandbox.json").exists()


def test_the_control_server_wants_its_token(sandbox: Any) -> None:
    url = sandbox.facts["urls"]["control"]
    assert httpx.get(f"{url}/health").status_code == 401
    assert httpx.get(f"{url}/requests", headers={"Authorization": "Bearer wrong"}).status_code == 401
    token = sandbox.facts["credentials"]["control"]["token"]
    answer = httpx.get(f"{url}/health", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"status": "ok", "id": sandbox.facts["id"], "pid": sandbox.facts["pid"]}


def test_bad_control_requests_are_explained(sandbox: Any) -> None:
    for path, body, words in (
        ("/faults", {"add": "rabot:500"}, "must be a list"),
        ("/faults", {"ad": []}, "Unknown field 'ad'"),
        ("/advance", {"seconds": -5}, "only moves on"),
        ("/nowhere", {}, "Not Found"),
        ("/rabot/orders/1/state", {"state": "Done"}, "must be one of Open"),
        ("/rabot/orders/1/state", {"state": "Open"}, "no unfinished order"),
    ):
        with pytest.raises(SandboxFailed, match=words):
            sandbox.control(path, body)
