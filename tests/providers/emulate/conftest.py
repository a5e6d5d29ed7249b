"""Keys, tokens and servers for Emulate's tests."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from energyctl.core.session import Session
from energyctl.providers.emulate.client import EmulateClient, connect
from tests.conftest import Run, Sandbox, run_with
from tests.providers.emulate.odd_server import OddServer

AUDIENCE = "https://api.emulate.network/"

Odd = Callable[..., tuple[OddServer, Run]]
OddClient = Callable[..., tuple[OddServer, EmulateClient]]


def private_pem(key: Any, passphrase: bytes | None = None, *, pkcs1: bool = False) -> str:
    """Return a private key as PEM."""
    form = serialization.PrivateFormat.TraditionalOpenSSL if pkcs1 else serialization.PrivateFormat.PKCS8
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, form, lock).decode())


def token(key: Any, algorithm: str = "RS256", **claims: Any) -> str:
    """Sign a token of retailer 42; a claim given as None is left out."""
    said = {"aud": AUDIENCE, "retailer": 42, **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, algorithm)


def say(text: str) -> dict[str, str]:
    """Return the variable that hands the tool a token from elsewhere."""
    return {"ENERGYCTL_EMULATE_TOKEN": text}


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    """A key that is registered nowhere."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def pem(rsa_key: rsa.RSAPrivateKey) -> str:
    """The same key as PEM."""
    return private_pem(rsa_key)


@pytest.fixture
def keys(sandbox: Sandbox) -> dict[str, str]:
    """The sandbox's keys of retailer 42, by API."""
    given = sandbox.facts["credentials"]["emulate"]
    return {"retailer": given["retailer_key"], "single-customer": given["customer_key"]}


def configured(env: dict[str, str], home: Path, more: dict[str, str] | None = None, **section: Any) -> Run:
    """Return the tool with a profile that has this emulate section."""
    config = home / "emulate.yaml"
    config.write_text(yaml.safe_dump({"profiles": {"work": {"emulate": section}}}))
    return run_with({**env, "ENERGYCTL_CONFIG": str(config), **(more or {})}, home)


@pytest.fixture
def real(env: dict[str, str], home: Path, sandbox: Sandbox, keys: dict[str, str]) -> Run:
    """Run the tool against the sandbox's server by its address, so that it takes it for the real thing."""
    return configured(
        env,
        home,
        {"MINE": keys["retailer"], "OWN": keys["single-customer"]},
        api_url=sandbox.facts["urls"]["emulate"],
        retailer_id=42,
        retailer_key="env:MINE",
        customer_key="env:OWN",
    )


@pytest.fixture
def odd(env: dict[str, str], home: Path, pem: str) -> Iterator[Odd]:
    """Start an odd server with the given answers, and return it with the tool under a profile for it."""
    with ExitStack() as stack:

        def start(answers: dict[str, Any], **section: Any) -> tuple[OddServer, Run]:
            server = stack.enter_context(OddServer(answers))
            said = {"api_url": server.url, "retailer_id": 42, "retailer_key": "env:MINE", **section}
            return server, configured(env, home, {"MINE": pem}, **said)

        yield start


@pytest.fixture
def odd_client(home: Path, pem: str) -> Iterator[OddClient]:
    """Start an odd server, and return it with a client for it in this process."""
    with ExitStack() as stack:

        def start(answers: dict[str, Any]) -> tuple[OddServer, EmulateClient]:
            server = stack.enter_context(OddServer(answers))
            config = home / "client.yaml"
            said = {"api_url": server.url, "retailer_id": 42, "retailer_key": "env:MINE"}
            config.write_text(yaml.safe_dump({"profiles": {"work": {"emulate": said}}}))
            session = Session(
                stdin=io.StringIO(),
                stdout=io.StringIO(),
                stderr=io.StringIO(),
                env={
                    "ENERGYCTL_CONFIG": str(config),
                    "ENERGYCTL_STATE_DIR": str(home / "state"),
                    "MINE": pem,
                },
            )
            client = connect(session)
            stack.callback(client.rest.close)
            return server, client

        yield start


@pytest.fixture
def ring(env: dict[str, str], home: Path) -> dict[str, str]:
    """An environment with a keyring of the test's own."""
    (home / "rings.py").write_text(_RING)
    return {**env, "PYTHON_KEYRING_BACKEND": "rings.Works"}  # found in the working directory


_RING = """
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
        rest = self._all()
        del rest[f"{service} {username}"]
        STORE.write_text(json.dumps(rest))
"""
