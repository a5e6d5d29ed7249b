"""``energyctl sandbox``: started in the background or around one command, made to misbehave, and gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from energyctl.sandbox.control import process_alive
from tests.conftest import Run, start


@pytest.fixture
def clean(bare: Run) -> Iterator[Run]:
    """The tool without config, whose sandbox is stopped in the end."""
    yield bare
    bare("sandbox", "stop", "-q")


def _energyctl(*words: str) -> str:
    return " ".join([sys.executable, "-m", "energyctl", *words])


def test_a_sandbox_in_the_background_from_start_to_stop(clean: Run, env: dict[str, str]) -> None:
    none = clean("sandbox", "status", "-o", "json")
    assert (none.code, none.error["code"]) == (13, "sandbox_not_running")
    assert clean("sandbox", "stop").err == "No sandbox was running.\n"
    before = clean("-p", "sandbox", "rabot", "tariffs", "list", "-o", "json")
    assert (before.code, before.error["code"]) == (13, "sandbox_not_running")
    assert "sandbox start" in before.error["hint"]

    begun = clean("sandbox", "start", "--customers", "3", "-o", "json")
    assert begun.code == 0
    facts = clean("sandbox", "status", "-o", "json").json
    assert facts["pid"] == begun.json["pid"]
    assert set(facts["urls"]) >= {"rabot", "rabot_auth"}
    assert set(facts["credentials"]["rabot"]) >= {"client_id", "client_secret"}
    assert facts["env"]["ENERGYCTL_PROFILE"] == "sandbox"
    again = clean("sandbox", "start", "-o", "json")
    assert (again.code, again.json["pid"]) == (0, facts["pid"])
    assert "running already" in again.err

    assert clean("-p", "sandbox", "rabot", "tariffs", "list").code == 0
    assert len(clean("-p", "sandbox", "rabot", "customers", "list", "-o", "ids").out.split()) == 3
    answer = httpx.post(
        f"{facts['urls']['rabot_auth']}/connect/token",
        data={
            "grant_type": "client_credentials",
            **{name: facts["credentials"]["rabot"][name] for name in ("client_id", "client_secret")},
        },
    )
    assert answer.status_code == 200
    exported = clean("sandbox", "status", "--export").out
    script = f"{exported}{_energyctl('rabot', 'tariffs', 'list', '-o', 'ids')}"
    done = subprocess.run(["sh", "-ec", script], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("RabotSmart\n")

    unknown = clean("sandbox", "fault", "rabot:no-such", "-o", "json")
    assert (unknown.code, unknown.error["code"]) == (2, "usage")
    clean("sandbox", "fault", "rabot:503")
    assert clean("-p", "sandbox", "rabot", "tariffs", "list").code == 10
    assert clean("sandbox", "fault", "rabot:500", "--clear").code == 0
    assert "500" in clean("-p", "sandbox", "rabot", "tariffs", "list").err
    assert clean("sandbox", "reset").code == 0
    assert clean("-p", "sandbox", "rabot", "tariffs", "list").code == 0

    assert clean("sandbox", "stop").err == "The sandbox is stopped.\n"
    assert not process_alive(facts["pid"])
    assert clean("sandbox", "reset").code == 13
    assert clean("-p", "sandbox", "rabot", "tariffs", "list").code in (10, 13)


@pytest.mark.parametrize(
    "words",
    [
        ["start", "--fault", "nobody:500"],
        ["start", "--customers", "-1"],
        ["start", "--speed", "nan"],
        ["run"],
        ["run", "--fault", "x", "--", "true"],
        ["run", "--", "no-such-command-here"],
    ],
)
def test_what_cannot_be_is_a_usage_error(clean: Run, words: list[str]) -> None:
    done = clean("sandbox", *words)
    assert (done.code, done.out) == (2, "")
    assert 1 < len(done.err.splitlines()) < 4


def test_run_passes_on_exit_code_streams_and_environment(
    bare: Run, env: dict[str, str], tmp_path: Path
) -> None:
    script = "cat; echo told >&2; env | grep ^ENERGYCTL_ | sort; exit 7"
    done = bare("sandbox", "run", "--", "sh", "-c", script, input="given\n", more={"TMPDIR": str(tmp_path)})
    assert (done.code, done.err) == (7, "told\n")
    first, *lines = done.out.splitlines()
    assert first == "given"
    names = {line.partition("=")[0] for line in lines}
    assert names >= {
        "ENERGYCTL_CONFIG",
        "ENERGYCTL_PROFILE",
        "ENERGYCTL_SANDBOX_RABOT_URL",
        "ENERGYCTL_SANDBOX_RABOT_AUTH_URL",
    }
    assert list(tmp_path.glob("energyctl-sandbox-*")) == []


def test_run_hides_the_variables_that_would_lead_to_a_provider(bare: Run) -> None:
    more = {
        "ENERGYCTL_RABOT_API_URL": "http://127.0.0.1:9",
        "ENERGYCTL_RABOT_AUTH_URL": "http://127.0.0.1:9",
        "ENERGYCTL_RABOT_CLIENT_SECRET": "the-real-one",
        "ENERGYCTL_EMPORIA_TARGET": "127.0.0.1:9",
        "ENERGYCTL_DEBUG": "1",
    }
    inner = "energyctl rabot tariffs list -o ids | head -1; env | grep ^ENERGYCTL_"
    done = bare("sandbox", "run", "--", "sh", "-c", inner, more=more)
    assert (done.code, done.err) == (0, "")
    first, *lines = done.out.splitlines()
    assert first == "RabotSmart"
    names = {line.partition("=")[0] for line in lines}
    assert names & set(more) == {"ENERGYCTL_DEBUG"}


def test_the_journey_that_the_readme_promises(bare: Run) -> None:
    inner = (
        "energyctl rabot tariffs list -o ids | head -1 | "
        "xargs -I{} energyctl rabot quote {} --postcode 10115 --kwh 3500 -o json"
    )
    done = bare("sandbox", "run", "--", "sh", "-c", inner)
    assert (done.code, done.err) == (0, "")
    assert isinstance(done.json, dict)


def test_run_without_a_shell_runs_this_very_tool(bare: Run) -> None:
    done = bare(
        "sandbox", "run", "--fault", "rabot:503", "--", "energyctl", "rabot", "tariffs", "list", "-o", "json"
    )
    assert (done.code, done.error["http_status"]) == (10, 503)
    assert bare("sandbox", "run", "--", "sh", "-c", "kill -9 $$").code == 137


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_that_is_stopped_leaves_nothing_behind(
    env: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    process = start(
        *("sandbox", "run", "--", "sh", "-c", "echo $ENERGYCTL_SANDBOX_DIR; exec sleep 60"),
        env={**env, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        process_group=0,
    )
    directory = Path(process.stdout.readline().decode().strip())
    server = json.loads((directory / "sandbox.json").read_text())["pid"]
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode in (130, 143)
    _until(lambda: not process_alive(server))
    assert list(tmp_path.glob("energyctl-*")) == []


def test_run_that_is_killed_takes_its_servers_along(env: dict[str, str], tmp_path: Path) -> None:
    process = start(
        *("sandbox", "run", "--", "sh", "-c", "echo $ENERGYCTL_SANDBOX_DIR; exec sleep 30"),
        env={**env, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        process_group=0,
    )
    directory = Path(process.stdout.readline().decode().strip())
    server = json.loads((directory / "sandbox.json").read_text())["pid"]
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    _until(lambda: not process_alive(server))


def _until(ready: Callable[[], bool], limit_s: float = 60.0) -> None:
    end = time.monotonic() + limit_s
    while not ready():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
