"""Fixtures of the Emporia tests."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from energyctl.core.session import Session
from tests.conftest import Run, Sandbox, run_with
from tests.providers.emporia.fleet import Fleet, write_profile


@pytest.fixture
def fleet(sandbox: Sandbox) -> Fleet:
    """The sandbox's devices."""
    return Fleet(sandbox)


@pytest.fixture
def session(env: dict[str, str], home: Path, sandbox: Sandbox) -> Session:
    """A run within the test's own process, for what needs no process of its own."""
    state = str(home / "state")
    return Session(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        env={**env, **sandbox.env, "ENERGYCTL_STATE_DIR": state},
    )


@pytest.fixture
def real_env(env: dict[str, str], home: Path, sandbox: Sandbox) -> dict[str, str]:
    """The environment of a run that takes the sandbox's server for the real one."""
    password = sandbox.facts["credentials"]["emporia"]["password"]
    return {
        **env,
        "ENERGYCTL_CONFIG": str(write_profile(home, sandbox)),
        "TEST_PASSWORD": password,
    }


@pytest.fixture
def real(real_env: dict[str, str], home: Path) -> Run:
    """Run energyctl against the sandbox's server by its explicit address."""
    return run_with(real_env, home)
