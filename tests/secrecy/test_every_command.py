"""Every command, with secrets of every kind and servers that repeat them: none shows in any output or file.

What a server says with an answer of status 2xx is data and is not looked at here; ``auth token`` and ``emulate token
mint`` print a token, as they are asked to.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa

from energyctl.app import root
from energyctl.core.reference.pages import read_pages
from tests.conftest import Run, run_with
from tests.providers.emulate.conftest import private_pem
from tests.secrecy.echo import ACCESS_TOKEN, GRPC_TOKEN, NEXT_REFRESH_TOKEN, Echo, GrpcEcho, forms
from tests.test_examples import _OPENAPI, _PLAN

#: By hand, each command meets each kind of refusal in both ways; otherwise they take turns.
ROUNDS = 10 if os.environ.get("ENERGYCTL_TEST_SECRETS") == "all" else 1

CLIENT_SECRET = 'planted"client\\secret/+=1234567890'
PASSWORD = "planted passwörd/+=&?'1234567890"
API_KEY = "planted/api+key=1234567890\\abc"
KIT_SECRET = "planted-kit-secret/+=1234567890"
REFRESH_TOKEN = "planted/refresh+token=1234567890"
PASSPHRASE = "planted pass phrase 1234567890"
TYPED = "typed-client-secret/+=1234567890"

WAYS = ("-v", "-o", "json"), ("-o", "table")

#: Commands that are not run, and why.
NOT_RUN = {
    "sandbox start": "has secrets of its own, made up for each start",
    "sandbox stop": "knows no secret",
    "sandbox run": "has secrets of its own, made up for each start",
    "sandbox reset": "knows no secret",
    "sandbox fault": "knows no secret",
    "demo": "runs the others in a sandbox of its own",
    "emulate keys generate": "finding a key takes seconds; tests/providers/emulate/test_keys.py looks for it",
}
#: Words for commands whose first example needs a shell, a person or another server.
WORDS = {
    "rabot orders show": "rabot orders show 400000001",
    "rabot orders wait": "rabot orders wait 400000001 --until Open",
    "rabot contracts list": "rabot contracts list 1000001",
    "emporia devices show": "emporia devices show ABC123",
    "emporia outlets show": "emporia outlets show ABC123",
    "emporia chargers show": "emporia chargers show ABC123",
    "emporia batteries show": "emporia batteries show ABC123",
    "emporia call": "emporia call GetDevices",
    "emulate token inspect": "emulate token inspect --verify-with retailer.pem -",
    "bright bankid": "bright bankid --no-input",
    "auth login": "auth login rabot --stdin -p ring",
    "doctor": "doctor --online",
    "completion": "completion bash",
}
#: What prints a token because it is asked to: the token, and nothing else.
PRINTS_TOKEN = ("auth token", "emulate token mint")
_NEEDS_SHELL = re.compile(r"[|<>$`~]|^\w+=")
_WRITES = ("--dry-run",)


@cache
def commands() -> dict[str, list[str]]:
    """Return the words of every command that is run."""
    found = {}
    for page in read_pages(root):
        name = " ".join(page.path)
        if page.is_group or name in NOT_RUN:
            continue
        line = WORDS.get(name) or next(
            (one.removeprefix("energyctl ") for one in page.examples if not _NEEDS_SHELL.search(one)), ""
        )
        words = shlex.split(line)
        found[name] = ["--yes" if word in _WRITES and "import" not in words else word for word in words]
    return found


def test_every_command_is_run_or_left_out_for_a_reason() -> None:
    known = {" ".join(page.path) for page in read_pages(root) if not page.is_group}
    assert set(NOT_RUN) <= known
    assert set(WORDS) <= known
    assert {
        name for name, words in commands().items() if " ".join(words[: len(name.split())]) != name
    } == set()
    assert set(commands()) | set(NOT_RUN) == known


@dataclass
class Place:
    """A home with secrets in all the places that a profile can name, and servers that repeat them."""

    home: Path
    run: Run
    echo: Echo
    rpc: GrpcEcho
    secrets: dict[str, str]

    def leaks(self, text: str, *, but: tuple[str, ...] = ()) -> list[str]:
        """Return which secrets a text holds, and in which form."""
        return [
            f"{name} {form}"
            for name, secret in self.known().items()
            if name not in but
            for form, shown in forms(secret).items()
            if shown in text
        ]

    def known(self) -> dict[str, str]:
        """Return all secrets, those that the client has signed since included."""
        signed = {f"signed token {number}": one for number, one in enumerate(self.echo.signed)}
        # their beginning is the same in all of a kind and tells nothing
        return {**self.secrets, **{name: one.rpartition(".")[2] for name, one in signed.items()}}


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    """The partner's two keys, one of them behind a passphrase."""
    made = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
    return {"retailer key": private_pem(made[0], PASSPHRASE.encode()), "customer key": private_pem(made[1])}


@pytest.fixture
def place(env: dict[str, str], home: Path, keys: dict[str, str]) -> Iterator[Place]:
    secrets = {
        "client secret": CLIENT_SECRET, "password": PASSWORD, "API key": API_KEY, "typed secret": TYPED,
        "client secret of the kit": KIT_SECRET, "refresh token": REFRESH_TOKEN, "passphrase": PASSPHRASE, **keys,
        "access token": ACCESS_TOKEN, "next refresh token": NEXT_REFRESH_TOKEN, "gRPC token": GRPC_TOKEN,
    }  # fmt: skip
    planted = {
        "password": PASSWORD,
        "retailer.pem": keys["retailer key"],
        "refresh": REFRESH_TOKEN,
        "api-key": API_KEY,
    }
    for name, secret in planted.items():
        (home / name).write_text(f"{secret}\n")
        (home / name).chmod(0o600)
    spying = (
        f'tr "\\0" "\\n" </proc/$$/environ >>{home}/environments; '
        f'tr "\\0" " " </proc/$PPID/cmdline >>{home}/command-lines'
    )
    (home / "give").write_text(f"#!/bin/sh\n{spying}\ncat $1\n")
    (home / "edit").write_text(f"#!/bin/sh\n{spying}\n")
    for name in ("give", "edit"):
        (home / name).chmod(0o700)
    (home / "openapi.yaml").write_text(_OPENAPI)
    (home / "plan.json").write_text(json.dumps(_PLAN))
    echo = Echo(secrets.values())
    with echo, GrpcEcho(secrets.values()) as rpc:
        config = _profiles(echo.url, rpc.target, home)
        (home / "config.yaml").write_text(yaml.safe_dump(config))
        more = {
            "ENERGYCTL_CONFIG": str(home / "config.yaml"), "PLANTED_SECRET": CLIENT_SECRET,
            "EDITOR": str(home / "edit"),
            "PLANTED_KEY": keys["customer key"].replace("\n", "\\n"), "ENERGYCTL_BRIGHT_CLIENT_SECRET": KIT_SECRET,
            "PLANTED_PHRASE": PASSPHRASE, "ENERGYCTL_DEBUG": "1",
        }  # fmt: skip
        run = run_with({**env, **more}, home)
        (home / "order.yaml").write_text(run("rabot", "orders", "template").out)
        yield Place(home, run, echo, rpc, secrets)


def _profiles(url: str, target: str, home: Path) -> dict[str, Any]:
    rabot = {"api_url": url, "auth_url": url, "client_id": "acme", "client_secret": "env:PLANTED_SECRET"}
    bright = {"base_url": f"{url}/kit", "auth": "api-key", "api_key": f"command:{home}/give {home}/api-key"}
    oauth = {"auth": "oauth", "client_id": "bright", "refresh_token": f"file:{home}/refresh"}
    work = {
        "rabot": rabot,
        "emporia": {
            "target": target, "email": "ops@example.org", "password": f"file:{home}/password",
            "calls_per_hour": 100_000,
        },
        "emulate": {
            "api_url": url, "retailer_id": 42, "retailer_key": f"file:{home}/retailer.pem",
            "retailer_key_passphrase": "env:PLANTED_PHRASE", "customer_key": "env:PLANTED_KEY",
        },
        "bright": bright,
    }  # fmt: skip
    other = {"bright": {"base_url": f"{url}/kit", **oauth}}
    return {
        "default_profile": "work",
        "profiles": {"work": work, "oauth": other, "ring": {"rabot": {**rabot, "client_secret": "keyring"}}},
    }


def _parts() -> dict[str, list[str]]:
    """Return the commands of each provider, and the others, those of Bright by both ways of signing in."""
    parts: dict[str, list[str]] = {}
    for name in commands():
        first = name.split()[0]
        parts.setdefault(first if first in ("rabot", "emporia", "emulate", "bright") else "other", []).append(
            name
        )
    oauth = [name for name in parts["bright"] if "endpoints" not in name]
    return {**parts, "bright by OAuth": oauth if ROUNDS > 1 else oauth[::3]}


@pytest.mark.parametrize("part", ["rabot", "emporia", "emulate", "bright", "bright by OAuth", "other"])
def test_no_secret_shows(place: Place, part: str) -> None:
    profile = ("-p", "oauth") if part == "bright by OAuth" else ()
    given = {"auth login": TYPED, "emulate token inspect": "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln"}
    told = []
    for turn in range(ROUNDS):
        for number, name in enumerate(_parts()[part]):
            for way in WAYS if ROUNDS > 1 else WAYS[number % 2 :][:1]:
                place.echo.signs_in = place.rpc.signs_in = (len(told) + turn) % 5 != 0
                done = place.run(*commands()[name], *profile, *way, input=given.get(name, ""))
                printed = ("access token", "signed token") if name in PRINTS_TOKEN else ()
                but = tuple(one for one in place.known() if one.startswith(printed)) if printed else ()
                as_is = done.code == 0 and name.endswith((" api", " call"))  # the answer as it came: data
                shown = [] if as_is else place.leaks(done.out, but=but)
                told.append((name, way, done.code, shown, place.leaks(done.err)))
    assert {code for _, _, code, _, _ in told} - {0, 2}, "nothing was asked of anybody"
    assert 1 not in {code for _, _, code, _, _ in told}, [one for one in told if one[2] == 1]
    leaks = [one for one in told if one[3] or one[4]]
    assert not leaks, "\n".join(map(str, leaks))
    place.run("doctor", "--bundle", "support.json")
    place.run("journal", "list", "-o", "json")
    assert _in_files(place) == []


def test_no_secret_is_on_a_command_line_nor_handed_to_other_programs(place: Place) -> None:
    assert place.run("bright", "accounts", "show", "A-500001", fresh=True).code
    assert place.run("config", "edit", fresh=True).code == 0
    lines, environments = place.home / "command-lines", place.home / "environments"
    assert lines.read_text().count("energyctl") >= 2, lines.read_text()
    assert environments.read_text().count("PLANTED_SECRET=") == 2, (
        "what is the user's own is left to the program"
    )
    assert "ENERGYCTL_CONFIG=" in environments.read_text()
    assert "ENERGYCTL_BRIGHT_CLIENT_SECRET" not in environments.read_text()
    assert _in_files(place) == []


def _in_files(place: Place) -> list[str]:
    """Return which files hold secrets that they should not hold."""
    planted = {"password", "retailer.pem", "refresh", "api-key"}
    kept = set((place.home / ".local/state/energyctl/tokens").glob("*.json"))
    found = []
    for path in place.home.rglob("*"):
        if not path.is_file() or path in kept or (path.parent == place.home and path.name in planted):
            continue
        # an environment holds what its owner has put there, but nothing that is for energyctl alone
        only = {"client secret of the kit", *("API key", "password", "refresh token")}
        leaks = place.leaks(path.read_bytes().decode("utf-8", "replace"))
        if path.name == "environments":
            leaks = [one for one in leaks if any(one.startswith(name) for name in only)]
        found += [f"{path.relative_to(place.home)}: {one}" for one in leaks]
    return found
