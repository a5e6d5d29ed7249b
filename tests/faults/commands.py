"""Which words stand for each command of the tree, whom it asks and whether it writes. What goes wrong is in ``faults``.

Words default to the command's first example that can be typed as it stands; so a new command is tried at once.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from energyctl.app import root
from energyctl.core.reference.pages import Page, read_pages
from energyctl.providers import PROVIDERS
from tests.providers.rabot.orders_at_hand import an_order, jsonl, many_orders

#: Commands that ask no provider, with what they do instead. A name stands for all that begins with it.
OFFLINE = {
    "rabot orders template": "prints a file",
    "rabot orders validate": "reads a file",
    "rabot endpoints": "prints a table of its own",
    "emulate endpoints": "prints a table of its own",
    "bright endpoints": "prints a table of its own",
    "rabot spec": "reads and keeps a file",
    "emulate spec": "reads and keeps a file",
    "bright spec": "reads and keeps a file",
    "emulate token": "signs and reads tokens by itself",
    "emulate keys": "makes a key by itself",
    "auth login": "needs a keyring; the call by which it tries a secret is that of `auth token`",
    "auth status": "tells what is kept, without asking",
    "auth logout": "needs a keyring",
    "auth can": "tells by the kept token's scopes",
    "config": "reads and writes the config file",
    "journal": "reads the journal",
    "limits": "reads the call budget's record",
    "sandbox": "steers a sandbox over its own control server",
    "demo": "starts a sandbox of its own",
    "completion": "prints a script",
    "help": "prints help",
    "schema": "prints schemas",
}

RABOT, RABOT_AUTH, EMPORIA, EMULATE, BRIGHT = "rabot", "rabot_auth", "emporia", "emulate", "bright"
#: Commands that ask several providers, and go on when one of them fails.
GROUPS = frozenset({"devices list", "invoices list", "invoices download", "find", "doctor"})
#: Whom the commands ask that belong to no provider: by name, or by title where a way of it asks others.
ACROSS: dict[str, tuple[str, ...]] = {
    "devices list": (EMPORIA, EMULATE),
    "usage": (EMPORIA,),
    "invoices list": (BRIGHT, RABOT),
    "invoices download": (BRIGHT, RABOT),
    "orders list": (RABOT,),
    "find": (RABOT, EMULATE, EMPORIA),
    "find (an account)": (BRIGHT,),
    "doctor": (RABOT, EMULATE, BRIGHT, EMPORIA),
    "auth token": (RABOT_AUTH,),
}

_CONTRACT = "1000001 400000001"
_ACCOUNT = "--account A-500001"
_SERVICE = f"{_ACCOUNT} --service SRV-500001-11"
_OUTLETS = ("P2156082CB98", "P28E3E69B194")
_CAR = "609a3eca-517f-4188-93e0-dc7fc07b439b"
_DAY = "2027-01-01T00:00:00+01:00"
_PLAN = {
    "intervalBeginAt": _DAY,
    "intervalEndAt": "2027-01-02T00:00:00+01:00",
    "amounts": [{"tz": _DAY, "kwh": 0.5}],
}
_UPDATE = json.dumps({"outlets": [{"manufacturer_device_id": _OUTLETS[0], "on": False}]})

#: Words of the commands whose first example is not what is to be tried: it needs a shell, or sends nothing.
_WORDS: dict[str, str] = {
    "rabot orders create": "-f order.json --yes",
    "rabot orders show": "400000001",
    "rabot orders wait": "400000001 --until Open --timeout 5",
    "rabot customers unlink": "1000001 --yes",
    "rabot contracts list": "1000001",
    "rabot consumption-plan submit": f"{_CONTRACT} -f plan.json --yes",
    "emporia devices show": _OUTLETS[0],
    "emporia outlets show": _OUTLETS[0],
    "emporia outlets on": "P2B397FC8517 --yes",
    "emporia outlets off": f"{_OUTLETS[0]} --yes",
    "emporia chargers show": "E1D8F18F589A",
    "emporia chargers on": "E1CAAD5D2492 --yes",
    "emporia chargers off": "E1D8F18F589A --yes",
    "emporia chargers set": "E1D8F18F589A --amps 16 --yes",
    "emporia batteries show": "B17729091219",
    "emporia batteries set": "B17729091219 --reserve 35 --yes",
    "emporia call": "GetDevices -d {}",
    "emulate customers offboard": "C-100002 --yes",
    "emulate devices rename": "C-100001 car Blitz --yes",
    "emulate devices remove": "C-100001 car --yes",
    "emulate spo set": "C-100001 car target_soc_percent:=65 --yes",
    "emulate onboarding link": "C-100001 --yes",
    "bright users add": f"{_ACCOUNT} --phone +46701234567 --yes",
    "bright users update": f"2000000001 {_ACCOUNT} --phone +46701234567 --yes",
    "bright events report": f"lastSeen {_ACCOUNT} --yes",
    "bright bankid": "--no-input",
    "bright verify": _ACCOUNT,
    "invoices list": f"{_ACCOUNT} --customer 1000001 --contract 400000001",
    "invoices download": f"--all {_ACCOUNT} --customer 1000001 --contract 400000001 --to invoices",
    "doctor": "--online",
    "find": "400000001",
}
#: Commands that send more than one way, by what sets the other way apart. A line that begins with "cold" has no token
#: kept, so that the token is asked for first.
_MORE: dict[str, dict[str, str]] = {
    "rabot orders create": {"two orders": "-f orders.jsonl --yes"},
    "rabot prices": {"forecast": "--forecast"},
    "rabot api": {"writes": "DELETE customers/1000001/link --yes"},
    "rabot tariffs list": {"cold": ""},
    "emporia outlets off": {
        "two outlets": f"{' '.join(_OUTLETS)} --yes",
        "waits": f"{_OUTLETS[0]} --yes --wait=1",
    },
    "emporia devices list": {"cold": ""},
    "emporia call": {"writes": f"UpdateOutlets -d '{_UPDATE}' --yes"},
    "emulate customers offboard": {"two customers": "C-100002 C-100003 --yes"},
    "emulate devices list": {"of one customer": "--as-customer C-100001"},
    "emulate api": {
        "writes": f"PATCH /v1/retailer/customers/C-100001/devices/{_CAR} -f custom_device_name=Anna --yes"
    },
    "bright invoices download": {"to stdout": f"{_ACCOUNT} --latest --to -"},
    "bright api": {"writes": "POST /events -f type=lastSeen -f accountId=A-500001 --yes"},
    "find": {"an account": "A-500001", "by name": "marie"},
}
#: Commands that change something at a provider.
WRITING = frozenset(
    {
        "rabot orders create",
        "rabot customers unlink",
        "rabot consumption-plan submit",
        "emporia outlets on",
        "emporia outlets off",
        "emporia chargers on",
        "emporia chargers off",
        "emporia chargers set",
        "emporia batteries set",
        "emulate customers offboard",
        "emulate devices rename",
        "emulate devices remove",
        "emulate spo set",
        "emulate onboarding link",
        "bright users add",
        "bright users update",
        "bright events report",
    }
)
#: Ways that change something, of commands that otherwise read.
_WRITING_WAYS = "writes"
#: What lies in the working directory of each command that reads a file.
_FILES: dict[str, Mapping[str, str]] = {
    "rabot orders create": {
        "order.json": json.dumps(an_order()),
        "orders.jsonl": jsonl(many_orders(2)),
    },
    "rabot consumption-plan submit": {"plan.json": json.dumps(_PLAN)},
}
#: Commands that only a person can bring to a good end; so only what goes wrong is tried.
NEEDS_PERSON = frozenset({"bright bankid"})
#: How commands end that meet no fault, but a relay: the OpenID document names the server behind it as its issuer.
ENDS_WITH = {"bright openid": 6}
#: Customers whose link must stand before, by the command's title.
LINKED: dict[str, str] = {"rabot customers unlink": "1000001", "rabot api (writes)": "1000001"}

_NEEDS_SHELL = re.compile(r"[|<>$`]|^\w+=")


@dataclass(frozen=True)
class Command:
    """A command with its arguments."""

    #: Its words in the tree.
    name: str
    #: What sets it apart from the command's other ways; empty for the first.
    way: str
    arguments: tuple[str, ...]
    #: The relays of the servers that it asks.
    asks: tuple[str, ...]
    writes: bool
    files: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def words(self) -> list[str]:
        """All words after ``energyctl``."""
        return [*self.name.split(), *self.arguments]

    @property
    def title(self) -> str:
        """How it is called in the table."""
        return f"{self.name} ({self.way})" if self.way else self.name

    @property
    def prints_bare(self) -> bool:
        """Whether what it prints is a token or a file, whatever form is asked for."""
        return self.name == "auth token" or self.way == "to stdout"

    @property
    def cold(self) -> bool:
        """Whether no token is kept when it starts."""
        return self.way == "cold" or self.name == "auth token"


def leaves() -> list[Page]:
    """Return the pages of all commands of the tree."""
    return [page for page in read_pages(root) if not page.is_group]


def offline_reason(name: str) -> str | None:
    """Return why a command asks no provider, None for one that does."""
    words = name.split()
    prefixes = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((OFFLINE[one] for one in prefixes if one in OFFLINE), None)


def _example(page: Page) -> str | None:
    """Return the arguments of the first example that can be typed as it stands."""
    start = f"energyctl {' '.join(page.path)}"
    for line in page.examples:
        if line.startswith(start) and not _NEEDS_SHELL.search(line) and "--dry-run" not in line:
            return line.removeprefix(start)
    return None


def _asks(name: str, way: str) -> tuple[str, ...]:
    if name in ACROSS:
        return ACROSS.get(f"{name} ({way})", ACROSS[name])
    provider = name.partition(" ")[0]
    return (RABOT_AUTH,) if way == "cold" and provider == RABOT else (provider,)


@cache
def commands() -> tuple[Command, ...]:
    """Return every command that asks a provider, in each of its ways.

    :raises LookupError: for a command of the tree that has no words, or whose provider is not known.
    """
    found = []
    for page in leaves():
        name = " ".join(page.path)
        if offline_reason(name) is not None:
            continue
        first = _WORDS.get(name, _example(page))
        if first is None or (name not in ACROSS and name.split()[0] not in PROVIDERS):
            raise LookupError(f"tests/faults/commands.py does not tell how to run 'energyctl {name}'")
        for way, arguments in {"": first, **_MORE.get(name, {})}.items():
            found.append(
                Command(
                    name,
                    way,
                    tuple(shlex.split(arguments)),
                    _asks(name, way),
                    name in WRITING or way == _WRITING_WAYS,
                    _FILES.get(name, {}),
                )
            )
    return tuple(found)


def named_in_tables() -> set[str]:
    """Return every command that a table here names, so that one that has gone is seen."""
    by_title = {title.partition(" (")[0] for title in (*ACROSS, *LINKED)}
    return {*OFFLINE, *by_title, *GROUPS, *ENDS_WITH, *_WORDS, *_MORE, *WRITING, *_FILES, *NEEDS_PERSON}
