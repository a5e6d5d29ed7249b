"""Runs a command while a fault is in force, and notes all that can be seen of it. Whether that is right is not here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from tests import zygote
from tests.conftest import Done, Sandbox
from tests.faults.commands import (
    BRIGHT,
    EMPORIA,
    EMULATE,
    GROUPS,
    LINKED,
    NEEDS_PERSON,
    RABOT,
    RABOT_AUTH,
    Command,
)
from tests.faults.faults import Fault, faults_of
from tests.faults.relays.grpc import GrpcRelay
from tests.faults.relays.http import HttpRelay
from tests.faults.relays.names import TLS_FAULTS, Seen
from tests.faults.relays.tls import tls_endpoint
from tests.faults.traces import Scale, files_of, journal_of, state_of, texts_in, tokens_of

#: The time-outs of runs that a fault lets wait: short where reads are tried again, and nothing need succeed.
TIMEOUT_DEAD_S, TIMEOUT_WRITE_S, TIMEOUT_S = 0.3, 2.0, 30.0
#: A run that takes longer hangs: all attempts of all its requests wait for less.
LONGEST_S = 30.0

#: Faults whose error is looked at as text too; others differ from them in words alone. What is wrong in an answer
#: is, for it may come to be shown.
_ALSO_IN_TEXT = ("503", "status-UNAVAILABLE")

DEAD, AT_WRITE = "dead", "write"
JSON, TEXT = "json", "text"

_ADDRESS = {
    RABOT: "ENERGYCTL_RABOT_API_URL",
    RABOT_AUTH: "ENERGYCTL_RABOT_AUTH_URL",
    EMULATE: "ENERGYCTL_EMULATE_API_URL",
    BRIGHT: "ENERGYCTL_BRIGHT_BASE_URL",
    EMPORIA: "ENERGYCTL_EMPORIA_TARGET",
}
#: Ends of paths to which a POST changes nothing.
_READING_POSTS = (
    "/connect/token",
    "/calculation",
    "/customers/link",
    "/bankid/auth",
    "/bankid/collect",
    "/bankid/cancel",
)


@dataclass(frozen=True)
class Cell:
    """A command, and the fault that one of its servers has."""

    command: Command
    server: str
    fault: str
    #: At every request, or only where something is written.
    mode: str = DEAD
    form: str = JSON

    @property
    def what(self) -> Fault:
        """The fault and how it may end."""
        return faults_of(self.server)[self.fault]

    @property
    def title(self) -> str:
        """How to name it in a complaint."""
        at = " at the write" if self.mode == AT_WRITE else ""
        return f"{self.command.title} / {self.server} {self.fault}{at} -o {self.form}"


@dataclass
class Usual:
    """How a command runs when nothing is wrong."""

    done: Done
    files: Mapping[str, str]
    peak_kb: int


@dataclass
class Observed:
    """What could be seen of a run."""

    done: Done
    seen: list[Seen]
    #: New files in the working directory, each with a digest.
    files: Mapping[str, str]
    #: Each write of the journal with the outcome on record.
    journal: list[tuple[str, str | None]]
    elsewhere: list[Mapping[str, str]]
    peak_kb: int
    hung: bool = False
    #: What must not be shown: secrets, and the tokens kept by now.
    secrets: frozenset[str] = field(default_factory=frozenset)


def cells(command: Command) -> Iterator[Cell]:
    """Yield all cells of a command."""
    for server in command.asks:
        for fault in faults_of(server).values():
            for mode in (DEAD, AT_WRITE) if command.writes and not fault.everywhere else (DEAD,):
                yield Cell(command, server, fault.name, mode)
                if (fault.in_answer and not fault.large) or fault.name in _ALSO_IN_TEXT:
                    yield Cell(command, server, fault.name, mode, TEXT)


class Bench:
    """A sandbox with a relay before each of its servers, and runs of the tool that goes through them."""

    def __init__(self, sandbox: Sandbox, place: Path) -> None:
        self.sandbox = sandbox
        self._place = place
        self._ends = ExitStack()
        self._usual: dict[Command, Usual] = {}
        self._tls: dict[tuple[str, str], Any] = {}
        urls = sandbox.facts["urls"]
        self._upstream = {
            RABOT: urls["rabot"],
            RABOT_AUTH: urls["rabot_auth"],
            EMULATE: urls["emulate"],
            BRIGHT: urls["bright"],
            EMPORIA: urls["emporia_target"],
        }
        self.relays: dict[str, HttpRelay | GrpcRelay] = {
            name: GrpcRelay(address, Path(sandbox.facts["ca_file"]).read_bytes())
            if name == EMPORIA
            else HttpRelay(address, reads=lambda _method, path: path.endswith(_READING_POSTS))
            for name, address in self._upstream.items()
        }
        self._planted = frozenset(texts_in(sandbox.facts["credentials"]))

    def __enter__(self) -> Self:
        for relay in self.relays.values():
            self._ends.enter_context(relay)
        config = self._place / "config.yaml"
        config.write_text(self._config())
        self._env = {
            "PATH": os.environ["PATH"],
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "ENERGYCTL_BACKOFF_S": "0",
            "ENERGYCTL_DEBUG": "",
            "TZ": "Europe/Berlin",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "200",
            "ENERGYCTL_CONFIG": str(config),
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _config(self) -> str:
        """Return a profile that takes the relays for the real thing; JSON is YAML, too."""
        given, place = self.sandbox.facts["credentials"], self.sandbox.facts["directory"]
        urls = {name: relay.url for name, relay in self.relays.items() if isinstance(relay, HttpRelay)}
        emporia = self.relays[EMPORIA]
        profile = {
            RABOT: {
                "api_url": urls[RABOT],
                "auth_url": urls[RABOT_AUTH],
                "client_id": given["rabot"]["client_id"],
                "client_secret": f"file:{place}/rabot-client-secret",
            },
            EMPORIA: {
                "target": emporia.target,
                "ca_file": str(emporia.ca_file),
                "email": given["emporia"]["email"],
                "password": f"file:{place}/emporia-password",
                "calls_per_hour": 100_000,
            },
            EMULATE: {
                "api_url": urls[EMULATE],
                "retailer_id": given["emulate"]["retailer_id"],
                "retailer_key": f"file:{place}/emulate-retailer-key.pem",
                "customer_key": f"file:{place}/emulate-customer-key.pem",
            },
            BRIGHT: {
                "base_url": urls[BRIGHT],
                "auth": "api-key",
                "api_key": f"file:{place}/bright-api-key",
            },
        }
        return json.dumps({"profiles": {"real": profile}})

    # -- runs ------------------------------------------------------------------------------------------------

    def usual(self, command: Command) -> Usual:
        """Return how a command runs when nothing is wrong."""
        if command not in self._usual:
            home = self._begin(command)
            if command.name in NEEDS_PERSON:
                done, peak = Done(0, "", ""), 0
            else:
                done, peak = self._run(command.words, home, {}, weighed=True)
            self._usual[command] = Usual(done, files_of(home / "work"), peak)
        return self._usual[command]

    def observe(self, cell: Cell) -> Observed:
        """Run a command while the fault is in force."""
        home = self._begin(cell.command)
        more = self._strike(cell)
        fault = cell.what
        others_answer = cell.mode == AT_WRITE or cell.command.name in GROUPS
        timeout = TIMEOUT_S if not fault.slow else TIMEOUT_WRITE_S if others_answer else TIMEOUT_DEAD_S
        words = ["--timeout", f"{timeout:g}", "--max-wait", "0", *cell.command.words, *_form(cell)]
        hung, peak = False, 0
        try:
            done, peak = self._run(words, home, more, weighed=fault.large)
        except subprocess.TimeoutExpired as late:
            done, hung = Done(-9, (late.output or b"").decode(), (late.stderr or b"").decode()), True
        for relay in self.relays.values():
            relay.set(None)
        return Observed(
            done,
            self._take(),
            files_of(home / "work"),
            journal_of(home),
            [headers for relay in self.relays.values() for headers in getattr(relay, "elsewhere", ())],
            peak,
            hung,
            self._planted | frozenset(tokens_of(home)),
        )

    @cached_property
    def _tokens(self) -> Path:
        """A directory with a token for every server and scope."""
        home = self._home("tokens")
        self._run(["doctor", "--online"], home, {})
        return state_of(home) / "tokens"

    def _home(self, name: str) -> Path:
        """Make a home directory with nothing in it."""
        home = self._place / name
        shutil.rmtree(home, ignore_errors=True)
        (home / "work").mkdir(parents=True)
        state_of(home).mkdir(parents=True, mode=0o700)
        return home

    def _begin(self, command: Command) -> Path:
        """Put all back to where it was before, and return a home as the command should find it."""
        home = self._home("home")
        if not command.cold:
            shutil.copytree(self._tokens, state_of(home) / "tokens")
        for name, text in command.files.items():
            (home / "work" / name).write_text(text)
        if command.writes:
            self.sandbox.reset()
        if command.title in LINKED:
            self._run(["rabot", "customers", "link"], home, {})
            self.sandbox.post("/rabot/link/approve-all", {"customerNumber": LINKED[command.title]})
        self._take()
        for relay in self.relays.values():
            if isinstance(relay, HttpRelay):
                relay.elsewhere.clear()
        return home

    def _strike(self, cell: Cell) -> dict[str, str]:
        """Put the fault in force and return what it changes in the environment."""
        relay = self.relays[cell.server]
        if cell.fault == "refused":
            return {_ADDRESS[cell.server]: relay.refused}
        if cell.fault in TLS_FAULTS:
            return self._behind_tls(cell.server, cell.fault)
        relay.set(cell.fault, only_writes=cell.mode == AT_WRITE)
        return {}

    def _behind_tls(self, server: str, kind: str) -> dict[str, str]:
        if (server, kind) not in self._tls:
            behind = self._upstream[server]
            self._tls[server, kind] = self._ends.enter_context(tls_endpoint(kind, behind))
        place = self._tls[server, kind]
        if server == EMPORIA:
            return {_ADDRESS[server]: place.target, "ENERGYCTL_EMPORIA_CA_FILE": str(place.ca_file)}
        return {_ADDRESS[server]: place.url, "SSL_CERT_FILE": str(place.ca_file)}

    def _run(
        self, words: list[str], home: Path, more: Mapping[str, str], *, weighed: bool = False
    ) -> tuple[Done, int]:
        """Run the tool; return how it ended and the most memory it had, in KB."""
        env = {
            **self._env,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            **more,
        }
        with Scale() if weighed else nullcontext(Scale()) as scale:
            code, out, err = zygote.run(words, env=env, cwd=str(home / "work"), given=b"", limit_s=LONGEST_S)
        return Done(code, out.decode(errors="replace"), err.decode(errors="replace")), scale.peak_kb

    def _take(self) -> list[Seen]:
        return [one for relay in self.relays.values() for one in relay.take()]


def _form(cell: Cell) -> list[str]:
    if cell.form == JSON:
        return ["-o", "json"]
    # as people see it, or as a pipe does
    in_json = cell.command.name.endswith((" api", " call"))
    return ["-o", "table"] if not in_json and zlib.crc32(cell.title.encode()) % 2 else []
