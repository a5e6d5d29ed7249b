"""What every test stands on: a home of its own, a real sandbox, and the tool run as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxOptions


@dataclass(frozen=True)
class Done:
    """How a run of energyctl ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of tsv on stdout."""
        head, *lines = self.out.splitlines()
        return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]

    @property
    def error(self) -> dict[str, Any]:
        """The error object of the last line of stderr."""
        return json.loads(self.err.splitlines()[-1])["error"]


class Sandbox:
    """A running sandbox, and the means to make it misbehave and to see what it was asked."""

    def __init__(self, directory: Path, facts: dict[str, Any]) -> None:
        self.directory = directory
        self.facts = facts

    @property
    def env(self) -> dict[str, str]:
        """What a client needs to reach it."""
        return dict(self.facts["env"])

    def fault(self, *specs: str) -> None:
        """Add faults."""
        control.control(self.directory, "/faults", {"add": list(specs)})

    def clear_faults(self) -> None:
        """Take all faults away."""
        control.control(self.directory, "/faults", {"clear": True})

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        control.control(self.directory, "/requests", method="DELETE")

    def requests(self, **wanted: str) -> list[dict[str, Any]]:
        """Return the requests that were made, as the server saw them."""
        found = control.control(self.directory, "/requests", method="GET")["requests"]
        return [one for one in found if all(one.get(name) == value for name, value in wanted.items())]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the control server."""
        return control.control(self.directory, path, body)

    def reset(self) -> None:
        """Put the data back to its beginning."""
        control.control(self.directory, "/reset", {})
        self.facts = control.facts(self.directory) or self.facts


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    directory = tmp_path_factory.mktemp("sandbox")
    options = SandboxOptions(customers=25, seed=7, speed=0.0, lives_with=os.getpid())
    yield Sandbox(directory, control.start(directory, options))
    control.stop(directory)


@pytest.fixture
def sandbox(_running: Sandbox) -> Iterator[Sandbox]:
    """A sandbox without faults, with seeded data, and no requests on record. Its clock stands still."""
    _running.clear_faults()
    _running.reset()
    _running.forget_requests()
    yield _running
    _running.clear_faults()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory that nothing else uses."""
    place = tmp_path / "home"
    place.mkdir()
    return place


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """The environment of a run outside the sandbox: nothing of the real user's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "ENERGYCTL_BACKOFF_S": "0",
        "ENERGYCTL_DEBUG": "",
        "TZ": "Europe/Berlin",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }


def start(*words: str | Path, env: Mapping[str, str], cwd: Path | None = None, **settings: Any) -> Any:
    """Start energyctl as a process and return it."""
    return subprocess.Popen(
        [sys.executable, "-m", "energyctl", *map(str, words)],
        env=dict(env),
        cwd=cwd or env["HOME"],
        **settings,
    )


def run_with(env: Mapping[str, str], cwd: Path) -> Run:
    """Return a function that runs energyctl in an environment."""

    def run(*words: str | Path, input: str | bytes = "", more: Mapping[str, str] | None = None) -> Done:  # noqa: A002
        process = start(
            *words,
            env={**env, **(more or {})},
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        raw = input.encode() if isinstance(input, str) else input
        out, err = process.communicate(raw, timeout=60)
        done = Done(process.returncode, out.decode(), err.decode())
        assert "Traceback" not in done.err, done.err
        return done

    return run


@pytest.fixture
def bare(env: dict[str, str], home: Path) -> Run:
    """Run energyctl without any config or sandbox."""
    return run_with(env, home)


@pytest.fixture
def run(env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """Run energyctl against the sandbox, stdin and stdout being pipes."""
    return run_with({**env, **sandbox.env}, home)


@pytest.fixture
def outside(env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """Run energyctl against the same servers by explicit addresses, so that it takes them for the real thing."""
    credentials = sandbox.facts["credentials"]["rabot"]
    urls = sandbox.facts["urls"]
    config = home / "outside.yaml"
    config.write_text(
        "profiles:\n  real:\n    rabot:\n"
        f"      api_url: {urls['rabot']}\n      auth_url: {urls['rabot_auth']}\n"
        f"      client_id: {credentials['client_id']}\n      client_secret: env:TEST_SECRET\n"
    )
    more = {"ENERGYCTL_CONFIG": str(config), "TEST_SECRET": credentials["client_secret"]}
    return run_with({**env, **more}, home)
