"""Real answers: what a sandbox said to each reading command, kept in ``answers.json`` to be spoiled by the tests.

``python -m tests.hostile.recording`` writes the file anew. Lists are cut short: a few rows are enough to spoil.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import pkgutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from energyctl import providers
from energyctl.core.output import Output
from energyctl.core.rpc import Call, Rpc
from energyctl.core.views import View
from energyctl.providers.emporia.views import usage_view

ANY = View()
FILE = Path(__file__).with_name("answers.json")
_CUSTOMER, _CONTRACT, _ORDER = "1000001", "400000001", "400000001"
_ACCOUNT, _SERVICE = "A-500001", "SRV-500001-11"
_THEIRS, _DEVICE = "C-100001", "car"
_PERSON = "191212121212"
_BRIGHT = ("--account", _ACCOUNT)
_AT = ("--service", _SERVICE)
_MOST_ITEMS = 3
_SINCE = ("--since", "4h")

#: Every command that shows what a provider answered, and one write of each kind of answer.
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("rabot", "tariffs", "list"),
    ("rabot", "quote", "RabotSmart", "--postcode", "10115", "--kwh", "2500"),
    ("rabot", "orders", "list"),
    ("rabot", "orders", "show", _ORDER),
    ("rabot", "customers", "list"),
    ("rabot", "customers", "link", "--yes"),
    ("rabot", "contracts", "list", _CUSTOMER),
    ("rabot", "contracts", "metrics", _CUSTOMER, _CONTRACT, "--since", "7d"),
    ("rabot", "contracts", "costs", _CUSTOMER, _CONTRACT),
    ("rabot", "contracts", "working-prices", _CUSTOMER, _CONTRACT),
    ("rabot", "documents", "list", _CUSTOMER, _CONTRACT),
    ("rabot", "invoices", "list", _CUSTOMER, _CONTRACT),
    ("rabot", "prices"),
    ("rabot", "prices", "--forecast"),
    ("rabot", "api", "GET", "/partner/v1/tariffs"),
    ("emporia", "devices", "list"),
    ("emporia", "usage", "--all", "--resolution", "1h", *_SINCE),
    ("emporia", "usage", "--all", "--resolution", "1h", "--channels", "all", *_SINCE),
    ("emporia", "usage", "--all", "--resolution", "1h", "--sum", "total", *_SINCE),
    ("emporia", "outlets", "list"),
    ("emporia", "outlets", "off", "--all", "--yes"),
    ("emporia", "chargers", "list"),
    ("emporia", "chargers", "set", "--all", "--amps", "10", "--yes"),
    ("emporia", "batteries", "list"),
    ("emporia", "utility-connects", "list"),
    ("emporia", "call", "GetDevices"),
    ("emulate", "customers", "list"),
    ("emulate", "customers", "show", _THEIRS),
    ("emulate", "facilities", "list", _THEIRS),
    ("emulate", "devices", "list", _THEIRS),
    ("emulate", "devices", "show", _THEIRS, _DEVICE),
    ("emulate", "devices", "logs", _THEIRS, _DEVICE),
    ("emulate", "devices", "rename", _THEIRS, _DEVICE, "Blitz", "--yes"),
    ("emulate", "spo", "show", _THEIRS),
    ("emulate", "consumption", _THEIRS, *_SINCE),
    ("emulate", "savings", _THEIRS),
    ("emulate", "onboarding", "link", _THEIRS, "--yes"),
    ("bright", "accounts", "show", _ACCOUNT),
    ("bright", "accounts", "search", "--ssn", _PERSON),
    ("bright", "users", "list", *_BRIGHT),
    ("bright", "locations", "list", *_BRIGHT),
    ("bright", "agreements", "list", *_BRIGHT, *_AT),
    ("bright", "products", "list", *_BRIGHT, *_AT),
    ("bright", "invoices", "list", *_BRIGHT),
    ("bright", "invoices", "url", *_BRIGHT, "--latest"),
    ("bright", "measurements", *_BRIGHT, *_AT, "--resolution", "hour", *_SINCE),
    ("bright", "cost", *_BRIGHT, *_AT, "--since", "7d"),
    ("bright", "events", "list", *_BRIGHT),
    ("bright", "openid", "--check"),
    ("find", _PERSON),
    ("devices", "list"),
    ("orders", "list"),
)


@dataclass
class Exchange:
    """One request and what was answered: JSON as it is, everything else as base64."""

    request: str
    status: int
    kind: str
    body: Any = None
    raw: str | None = None

    @property
    def content(self) -> bytes:
        """The bytes of the answer."""
        if self.raw is not None:
            return base64.b64decode(self.raw)
        return json.dumps(self.body).replace("Infinity", "1e999").encode()  # which readers take for endless


@dataclass
class Recorded:
    """What a command was answered, in the order in which it asked."""

    words: tuple[str, ...]
    exchanges: list[Exchange] = field(default_factory=list)


@cache
def _kept_file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def recorded() -> dict[tuple[str, ...], Recorded]:
    """Return what each command was answered."""
    return {
        tuple(one["words"]): Recorded(tuple(one["words"]), [Exchange(**each) for each in one["exchanges"]])
        for one in _kept_file()["commands"]
    }


@cache
def rows_of(name: str) -> list[Any]:
    """Return what a view has shown; where the commands above do not reach it, a text at every place it shows."""
    view = all_views()[name]
    if found := _kept_file()["rows"].get(name):
        return list(found)
    made: dict[str, Any] = {path: f"a {path}" for path in view.preferred}
    for column in view.columns:
        holder = made
        *path, last = column.path.split(".")
        for part in path:
            holder = holder.setdefault(part, {})
        holder.setdefault(last, f"a {column.title}")
    return [made]


@cache
def all_views() -> dict[str, View]:
    """Return every view of the providers by where it is named, and the columns that commands put together."""
    found = {}
    for info in pkgutil.walk_packages(providers.__path__, "energyctl.providers."):
        if info.name.endswith(".views"):
            module = importlib.import_module(info.name)
            found |= {
                f"{info.name.split('.')[2]} {name}": one
                for name, one in vars(module).items()
                if isinstance(one, View)
            }
    made = ((field, kind) for field in (None, "energy_kwh") for kind in (None, "device", "channel", "total"))
    return found | {f"emporia usage {field} {kind}": usage_view(field, kind) for field, kind in made}


@cache
def moment() -> datetime:
    """Return when it was."""
    return datetime.fromisoformat(_kept_file()["moment"])


def shortened(value: Any) -> Any:
    """Return a JSON value whose lists have lost their ends."""
    if isinstance(value, list):
        return [shortened(one) for one in value[:_MOST_ITEMS]]
    if isinstance(value, Mapping):
        return {name: shortened(one) for name, one in value.items()}
    return value


def _same(known: View, view: View) -> bool:
    """Whether a view is this one, or was put together with the same columns."""
    return known is view or (
        bool(view.columns)
        and [(one.title, one.path) for one in known.columns]
        == [(one.title, one.path) for one in view.columns]
    )


def _kept(exchange: Exchange) -> dict[str, Any]:
    facts = {"request": exchange.request, "status": exchange.status, "kind": exchange.kind}
    return {**facts, "body": exchange.body} if exchange.raw is None else {**facts, "raw": exchange.raw}


def record(env: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Run every command against a sandbox and return what it said."""
    from tests.hostile.harness import StoppedSession, Stream, ended, spoken

    commands = []
    seen: dict[str, list[Any]] = {}
    sent, called, shown, told = httpx.Client.send, Rpc._once, Output.rows, Output.one

    def note(view: View, given: list[Any]) -> None:
        name = next((name for name, known in all_views().items() if _same(known, view)), None)
        if name is not None:
            known = seen.setdefault(name, [])
            known.extend(shortened(given)[: _MOST_ITEMS - len(known)])

    for words in COMMANDS:
        kept: list[Exchange] = []

        def send(client: httpx.Client, request: httpx.Request, *, keep: Any = kept, **more: Any) -> Any:
            response = sent(client, request, **more)
            content = response.read()
            kind = response.headers.get("content-type", "")
            asked = f"{request.method} {request.url.path}"
            if "json" in kind:
                keep.append(Exchange(asked, response.status_code, kind, shortened(json.loads(content))))
            else:
                raw = base64.b64encode(content).decode()
                keep.append(Exchange(asked, response.status_code, kind, raw=raw))
            return spoken(request, response.status_code, kind, content)  # what is read cannot be read again

        def once(rpc: Rpc, call: Call, *, keep: Any = kept) -> Any:
            answer = called(rpc, call)
            raw = base64.b64encode(answer.SerializeToString()).decode()
            keep.append(Exchange(call.method, 200, "", raw=raw))
            return answer

        def rows(out: Output, found: Iterable[Any], view: View = ANY) -> None:
            given = list(found)
            note(view, given)
            shown(out, given, view)

        def one(out: Output, thing: Any, view: View = ANY) -> None:
            note(view, [thing])
            told(out, thing, view)

        session = StoppedSession(now, env=env, stdin=Stream(), stdout=Stream(), stderr=Stream())
        with (
            patch.object(httpx.Client, "send", send),
            patch.object(Rpc, "_once", once),
            patch.object(Output, "rows", rows),
            patch.object(Output, "one", one),
        ):
            code, error = ended(words, session)
        if code not in (0, 12):
            raise SystemExit(f"{words} ended with {code}: {error}")
        commands.append({"words": words, "exchanges": [_kept(one) for one in kept]})
    return {"moment": now.isoformat(), "commands": commands, "rows": dict(sorted(seen.items()))}


def main() -> None:
    """Write the file anew."""
    from energyctl.sandbox import control
    from energyctl.sandbox.control import SandboxOptions

    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        home = Path(place)
        wished = SandboxOptions(customers=3, devices=16, speed=0.0, lives_with=os.getpid())
        facts = control.start(home / "sandbox", wished, wait_s=60)
        stack.callback(control.stop, home / "sandbox")
        env = {**facts["env"], "HOME": place, "ENERGYCTL_STATE_DIR": str(home / "state")}
        found = record(env, datetime.now(UTC).replace(microsecond=0))
    commands = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found.pop("commands"))
    head = json.dumps(found, indent=1, ensure_ascii=False).removesuffix("\n}")
    FILE.write_text(f'{head},\n "commands": [\n{commands}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
