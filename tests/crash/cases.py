"""Commands that write, to a provider or into a file, as the crash tests run them. What a kill may leave is in sweep."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.conftest import Run, Sandbox

_AT = "2027-01-01T00:00:00+01:00"
_PLAN = {
    "intervalBeginAt": _AT,
    "intervalEndAt": "2027-01-02T00:00:00+01:00",
    "amounts": [{"tz": _AT, "kwh": 0.5}],
}
_OPENAPI = """\
openapi: 3.1.0
info: {title: Their API, version: "1"}
paths:
  /their/path:
    get: {operationId: listTheirs, responses: {"200": {description: All of them.}}}
"""
#: A keyring that keeps its secrets in the home directory.
_RING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

STORE = pathlib.Path(os.environ["HOME"]) / "ring.json"

class Works(KeyringBackend):
    priority = 9
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
KEYRING = {"PYTHON_KEYRING_BACKEND": "rings.Works"}

Words = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A command as it is run, cut off, and run again."""

    words: Words
    #: Method and beginning of the path of what it sends; none for a command that only writes files.
    sends: tuple[str, str] | None = None
    #: A command whose result is the same whether the command above was cut off first or not.
    look: Words | None = None
    #: Whether what was sent is never sent again, even when its end is unknown.
    once: bool = False
    #: Whether it looks first, and sends nothing when all is as asked.
    looks_first: bool = False
    #: How it ends when nothing disturbs it, and how it may end when what it wants is so already.
    ends: frozenset[int] = frozenset({0})
    ends_again: frozenset[int] = frozenset({0})
    #: Whether its writes are in the journal.
    journaled: bool = True
    #: Files, relative to the home directory, that it makes, and which are the same each time.
    makes: tuple[str, ...] = ()
    #: Whether the file that is there already makes it end with exit code 2.
    keeps_files: bool = False
    given: str = ""
    more: dict[str, str] = field(default_factory=dict)
    #: Whether it is run as the client that customers are linked with.
    third_party: bool = False
    before: tuple[Words, ...] = ()
    prepare: Callable[[Path, Run, Sandbox], None] | None = None

    @property
    def name(self) -> str:
        """The command's words without its arguments' values, to recognise it by."""
        return " ".join(self.words)


def _order(home: Path, run: Run, sandbox: Sandbox) -> None:
    template = yaml.safe_load(run("rabot", "orders", "template").out)
    lines = []
    for number in range(3):
        template["userAccount"]["emailAddress"] = f"another{number}@example.org"
        lines.append(json.dumps(template, default=str))
    (home / "order.yaml").write_text(lines[0])
    (home / "orders.jsonl").write_text("\n".join(lines) + "\n")


def _plan(home: Path, run: Run, sandbox: Sandbox) -> None:
    (home / "plan.json").write_text(json.dumps(_PLAN))


def _openapi(home: Path, run: Run, sandbox: Sandbox) -> None:
    (home / "openapi.yaml").write_text(_OPENAPI)


def _ring(home: Path, run: Run, sandbox: Sandbox) -> None:
    (home / "rings.py").write_text(_RING)
    rabot = sandbox.facts["credentials"]["rabot"]
    urls = sandbox.facts["urls"]
    (home / "own.yaml").write_text(
        "profiles:\n  real:\n    rabot:\n"
        f"      api_url: {urls['rabot']}\n      auth_url: {urls['rabot_auth']}\n"
        f"      client_id: {rabot['client_id']}\n      client_secret: keyring\n"
    )
    (home / "secret").write_text(rabot["client_secret"] + "\n")


_OWN = {"ENERGYCTL_CONFIG": "own.yaml", "ENERGYCTL_PROFILE": "real", **KEYRING}
_FRESH_CONFIG = {"ENERGYCTL_CONFIG": "made/config.yaml"}
_KWH = ("-f", "yearlyConsumptionKwh:=3500")
_ACCOUNT = ("--account", "A-500001")
_SETTINGS = "[].[device_name, on, settings.on, settings.charge_rate_amps, settings.reserve_soc_percentage]"
_SERVICE = "/emporiaenergy.partner_api_2.PartnerApi/"
_SOME_OFFLINE = frozenset({0, 12})
_USERS = ("bright", "users", "list", "--account", "A-500001", "-o", "json")
_CUSTOMERS = ("rabot", "customers", "list", "-o", "json")
_NAMES = ("-o", "json", "--query", "[].[id, custom_device_name]")
_DEVICES = ("emulate", "devices", "list", "C-100001", *_NAMES)


def _import(provider: str, operation: str) -> Case:
    return Case(
        (provider, "spec", "import", "openapi.yaml", "--match", f"{operation}=GET /their/path", "--yes"),
        look=(provider, "spec", "show", "-o", "json"),
        prepare=_openapi,
        journaled=False,
    )


def _emporia(noun: str, method: str, *words: str) -> Case:
    return Case(
        ("emporia", noun, *words, "--all", "--yes", "-o", "jsonl"),
        sends=("POST", _SERVICE + method),
        look=("emporia", noun, "list", "-o", "json", "--query", _SETTINGS),
        looks_first=True,
        ends=_SOME_OFFLINE,
        ends_again=_SOME_OFFLINE,
    )


CASES: tuple[Case, ...] = (
    Case(
        ("rabot", "orders", "create", "-f", "order.yaml", "--yes", "-o", "json"),
        sends=("POST", "/partner/v1/orders"),
        once=True,
        prepare=_order,
        ends_again=frozenset({0, 9}),
    ),
    Case(
        ("rabot", "orders", "create", "-f", "orders.jsonl", "--yes", "-o", "jsonl"),
        sends=("POST", "/partner/v1/orders"),
        once=True,
        prepare=_order,
        ends_again=frozenset({0, 12}),
    ),
    Case(
        ("rabot", "customers", "unlink", "1000001", "--yes", "-o", "json"),
        sends=("DELETE", "/partner/v1/customers"),
        look=_CUSTOMERS,
        third_party=True,
        ends_again=frozenset({0, 3}),
    ),
    Case(
        ("rabot", "customers", "unlink", "1000001", "1000004", "1000007", "--yes", "-o", "jsonl"),
        sends=("DELETE", "/partner/v1/customers"),
        look=_CUSTOMERS,
        third_party=True,
        ends_again=frozenset({0, 12}),
    ),
    Case(
        ("rabot", "customers", "link", "--external-id", "acme-4711", "-o", "json"),
        sends=("POST", "/partner/v1/customers"),
        journaled=False,
    ),
    Case(
        ("rabot", "consumption-plan", "submit", "1000001", "400000001", "-f", "plan.json", "--yes"),
        sends=("POST", "/partner/v1/customers/1000001"),
        prepare=_plan,
    ),
    Case(
        ("rabot", "api", "POST", "tariffs/RabotSmart/calculation", "--yes", "-f", "zipCode=10115", *_KWH),
        sends=("POST", "/partner/v1/tariffs"),
    ),
    Case(
        ("rabot", "call", "unlink_customer", "--param", "customerNumber=1000001", "--yes"),
        sends=("DELETE", "/partner/v1/customers"),
        look=_CUSTOMERS,
        third_party=True,
        ends_again=frozenset({0, 3}),
    ),
    Case(
        ("rabot", "documents", "download", "1000001", "400000001", "--all", "--to", "documents"),
        journaled=False,
        makes=("documents",),
        keeps_files=True,
    ),
    Case(
        ("rabot", "invoices", "download", "1000001", "400000001", "--all", "--to", "invoices"),
        journaled=False,
        makes=("invoices",),
        keeps_files=True,
    ),
    _import("rabot", "list_orders"),
    _import("emulate", "list_customers"),
    _import("bright", "search_accounts"),
    *(
        Case(
            (provider, "spec", "forget"),
            before=((provider, "spec", "import", "openapi.yaml", "--match", f"{operation}=GET /their/path"),),
            look=(provider, "endpoints", "list", "-o", "json"),
            prepare=_openapi,
            journaled=False,
        )
        for provider, operation in (
            ("rabot", "list_orders"),
            ("emulate", "list_customers"),
            ("bright", "search_accounts"),
        )
    ),
    _emporia("outlets", "UpdateOutlets", "on"),
    _emporia("outlets", "UpdateOutlets", "off"),
    _emporia("chargers", "UpdateEVChargers", "on"),
    _emporia("chargers", "UpdateEVChargers", "off"),
    _emporia("chargers", "UpdateEVChargers", "set", "--amps", "10"),
    _emporia("batteries", "UpdateBatteries", "set", "--reserve", "20"),
    Case(
        ("emporia", "call", "UpdateOutlets", "-d", "{}", "--yes"),
        sends=("POST", f"{_SERVICE}UpdateOutlets"),
        ends=frozenset({9}),
        ends_again=frozenset({9}),
    ),
    Case(
        ("emulate", "devices", "rename", "C-100001", "car", "Blitz", "--yes"),
        sends=("PATCH", "/v1/retailer/customers"),
        look=_DEVICES,
        looks_first=True,
    ),
    Case(
        ("emulate", "devices", "remove", "C-100001", "car", "--yes"),
        sends=("DELETE", "/v1/retailer/customers"),
        look=_DEVICES,
        looks_first=True,
        ends_again=frozenset({0, 3}),
    ),
    Case(
        ("emulate", "customers", "offboard", "C-100002", "--yes", "-o", "json"),
        sends=("DELETE", "/v1/retailer/customers"),
        look=("emulate", "devices", "list", "C-100002", *_NAMES),
        looks_first=True,
    ),
    Case(
        ("emulate", "spo", "set", "C-100001", "car", "departure_time=06:30", "--yes"),
        sends=("PATCH", "/v1/retailer/customers"),
        look=(
            "emulate",
            "spo",
            "show",
            "C-100001",
            "-o",
            "json",
            "--query",
            "[].[device_id, departure_time]",
        ),
        looks_first=True,
    ),
    Case(
        ("emulate", "onboarding", "link", "C-100001", "--yes", "-o", "json"),
        sends=("POST", "/v1/retailer/customers"),
    ),
    Case(
        ("emulate", "api", "POST", "/v1/retailer/customers/C-100001/onboarding-links", "--yes"),
        sends=("POST", "/v1/retailer/customers"),
    ),
    Case(
        ("emulate", "call", "create_onboarding_link", "--param", "customerId=C-100001", "--yes"),
        sends=("POST", "/v1/retailer/customers"),
    ),
    Case(
        ("emulate", "keys", "generate", "--api", "retailer", "--to", "retailer.pem"),
        journaled=False,
        keeps_files=True,
    ),
    Case(
        ("bright", "users", "add", "--account", "A-500001", "--phone", "+46701234567", "--yes"),
        sends=("POST", "/kit/v1/"),
        look=_USERS,
        looks_first=True,
    ),
    Case(
        ("bright", "users", "update", "2000000001", *_ACCOUNT, "--phone", "+46701234567", "--yes"),
        sends=("PATCH", "/kit/v1/"),
        look=_USERS,
        looks_first=True,
    ),
    Case(
        ("bright", "events", "report", "lastSeen", "--account", "A-500001", "--yes"),
        sends=("POST", "/kit/v1/"),
    ),
    Case(
        ("bright", "invoices", "download", "--account", "A-500001", "--latest", "--to", "invoice.pdf"),
        journaled=False,
        makes=("invoice.pdf",),
        keeps_files=True,
    ),
    Case(
        ("invoices", "download", "--all", "--account", "A-500001", "--to", "invoices"),
        journaled=False,
        makes=("invoices",),
        keeps_files=True,
    ),
    Case(("config", "init"), more=_FRESH_CONFIG, journaled=False, makes=("made",), keeps_files=True),
    Case(
        ("config", "edit"),
        more={**_FRESH_CONFIG, "EDITOR": "sed -i 1s/^#*/##/"},
        before=(("config", "init"),),
        journaled=False,
        makes=("made",),
    ),
    Case(
        ("auth", "login", "rabot", "--stdin"),
        more=_OWN,
        prepare=_ring,
        look=("auth", "status", "rabot", "-o", "json"),
        journaled=False,
    ),
    Case(
        ("auth", "logout", "rabot"),
        more=_OWN,
        prepare=_ring,
        before=(("auth", "login", "rabot", "--stdin"),),
        journaled=False,
    ),
    Case(("doctor", "--bundle", "support.json"), journaled=False, keeps_files=True),
)

#: Commands that change nothing but what the tool keeps for itself: tokens, caches, lists for completion, call counts.
ONLY_READS = frozenset(
    """
    rabot tariffs list, rabot quote, rabot orders template, rabot orders validate, rabot orders list,
    rabot orders show, rabot orders wait, rabot customers list, rabot contracts list, rabot contracts metrics,
    rabot contracts costs, rabot contracts working-prices, rabot documents list, rabot invoices list, rabot prices,
    rabot endpoints list, rabot spec show,
    emporia devices list, emporia devices show, emporia usage, emporia outlets list, emporia outlets show,
    emporia chargers list, emporia chargers show, emporia batteries list, emporia batteries show,
    emporia utility-connects list,
    emulate customers list, emulate customers show, emulate facilities list, emulate devices list,
    emulate devices show, emulate devices logs, emulate spo show, emulate consumption, emulate savings,
    emulate token mint, emulate token inspect, emulate endpoints list, emulate spec show,
    bright accounts search, bright accounts show, bright users list, bright locations list, bright agreements list,
    bright products list, bright invoices list, bright invoices url, bright measurements, bright cost,
    bright events list, bright openid, bright endpoints list, bright spec show,
    devices list, usage, invoices list, orders list,
    auth status, auth token, auth can, config show, config path, config validate, find, journal list, journal show,
    limits, sandbox status, completion, help, schema
    """.replace("\n", " ")
    .strip()
    .split(", ")
)
ONLY_READS = frozenset(" ".join(name.split()) for name in ONLY_READS)
#: Commands that write and are not cut off here, and why.
NOT_CUT = {
    "bright bankid": "its order is made anew each time, and a cancelled one ends by itself",
    "bright verify": "its writes are those of users, its report is a file like every other",
    "bright call": "the way of emulate call",
    "bright api": "the way of rabot api",
    "demo": "starts a sandbox of its own",
    "sandbox start": "tests/sandbox/test_sandbox_control.py",
    "sandbox stop": "tests/sandbox/test_sandbox_control.py",
    "sandbox run": "tests/sandbox/test_sandbox_control.py",
    "sandbox reset": "tells a running sandbox to begin anew",
    "sandbox fault": "tells a running sandbox to misbehave",
}
