"""What the token server is asked for: no more than a command needs, and no more often than needed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox, run_with, until
from tests.providers.rabot.orders_at_hand import an_order, create

TOKEN = "/connect/token"
WHO = ("1000001", "400000001")


def _asked(sandbox: Sandbox) -> list[str]:
    return [one["form"]["scope"] for one in sandbox.requests(path=TOKEN)]


@pytest.fixture
def as_client(sandbox: Sandbox, env: dict[str, str], home: Path) -> Callable[[str], Run]:
    """Return a way to run energyctl as one of the sandbox's other clients."""

    def choose(client_id: str, secret: str | None = None) -> Run:
        others = sandbox.facts["credentials"]["rabot"]["other_clients"]
        chosen = next(one for one in others if one["client_id"] == client_id)
        urls = sandbox.facts["urls"]
        config = home / f"{client_id}.yaml"
        config.write_text(
            f"profiles:\n  it:\n    confirm: never\n    rabot:\n      api_url: {urls['rabot']}\n"
            f"      auth_url: {urls['rabot_auth']}\n      client_id: {client_id}\n      client_secret: env:IT\n"
        )
        more = {"ENERGYCTL_CONFIG": str(config), "IT": secret or chosen["client_secret"]}
        return run_with({**env, **more}, home)

    return choose


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        (("tariffs", "list"), "api:partner"),
        (("quote", "RabotSmart", "--postcode", "10115", "--kwh", "1"), "api:partner"),
        (("orders", "list"), "api:partner"),
        (("customers", "list"), "api:partner"),
        (("customers", "link"), "api:partner"),
        (("prices",), "api:partner"),
        (("api", "GET", "customers"), "api:partner"),
        (("contracts", "list", WHO[0]), "api:partner role:finance-reporting"),
        (("contracts", "metrics", *WHO), "api:partner role:application"),
        (("contracts", "costs", *WHO), "api:partner role:application"),
        (("documents", "list", *WHO), "api:partner role:application"),
        (("api", "GET", f"customers/{WHO[0]}/contracts/{WHO[1]}/documents"), "api:partner role:application"),
    ],
)
def test_a_command_asks_for_what_it_needs(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], scopes: str
) -> None:
    assert run("rabot", *words).code == 0
    assert _asked(sandbox) == [scopes]
    form = sandbox.requests(path=TOKEN)[0]["form"]
    assert set(form) == {"grant_type", "client_id", "client_secret", "scope"}
    assert form["grant_type"] == "client_credentials"


def test_only_creating_orders_asks_to_create_orders(run: Run, sandbox: Sandbox) -> None:
    order = an_order()
    assert create(run, order, "--dry-run").code == 0
    assert _asked(sandbox) == []
    assert create(run, order).code == 0
    assert _asked(sandbox) == ["api:partner create:orders"]


def test_a_token_is_kept_for_the_next_run(run: Run, sandbox: Sandbox, home: Path) -> None:
    for _ in range(2):
        assert run("rabot", "tariffs", "list").code == 0
    assert len(_asked(sandbox)) == 1
    kept = list((home / ".local/state").rglob("rabot-*.json"))
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o077 == 0
    assert kept[0].parent.stat().st_mode & 0o077 == 0


def test_a_partner_without_roles_falls_back_and_remembers_it(
    as_client: Callable[[str], Run], sandbox: Sandbox
) -> None:
    run = as_client("sandbox-hems")
    customer = run("rabot", "customers", "list", "-o", "ids").out.split()[0]
    first = run("rabot", "contracts", "list", customer, "-o", "ids")
    assert first.code == 0, first.err
    assert _asked(sandbox) == [
        "api:partner",
        "api:partner role:finance-reporting",
        "api:partner role:customer-support",
        "api:partner role:application",
    ]
    contract = first.out.split()[0]
    assert run("rabot", "contracts", "metrics", customer, contract, "--since", "3d").code == 0
    assert run("rabot", "contracts", "list", customer).code == 0
    assert run("rabot", "documents", "list", customer, contract).code == 0
    assert len(_asked(sandbox)) == 4


def test_data_of_somebody_who_is_not_linked(as_client: Callable[[str], Run]) -> None:
    run = as_client("sandbox-affiliate")
    customer = run("rabot", "customers", "list", "-o", "ids").out.split()[0]
    contract = run("rabot", "contracts", "list", customer, "-o", "ids").out.split()[0]
    done = run("rabot", "contracts", "metrics", customer, contract, "-o", "json")
    assert (done.code, done.out) == (5, "")
    assert "role:application" in done.error["hint"]
    assert "customers link" in done.error["hint"]


def test_a_client_that_may_not_create_orders(as_client: Callable[[str], Run], sandbox: Sandbox) -> None:
    run = as_client("sandbox-hems")
    for _ in range(2):
        done = create(run, an_order())
        assert done.code == 5
        assert "create:orders" in done.error["message"]
        assert "energyctl auth login rabot" in done.error["hint"]
    assert len(_asked(sandbox)) == 1
    assert sandbox.requests(method="POST", path="/partner/v1/orders") == []


def test_reading_orders_asks_for_more_only_when_refused(run: Run, sandbox: Sandbox) -> None:
    sandbox.post("/rabot/settings", {"orders_need_create_scope": True})
    assert run("rabot", "orders", "list", "--limit", "1").code == 0
    assert _asked(sandbox) == ["api:partner", "api:partner create:orders"]


def test_a_refused_scope_set_is_not_tried_again_in_the_same_run(run: Run, sandbox: Sandbox) -> None:
    number = create(run, an_order()).json["contractNumber"]
    sandbox.post("/rabot/settings", {"orders_need_create_scope": True})

    def looks() -> list[int]:
        asked = sandbox.requests(method="GET", path=f"/partner/v1/orders/{number}")
        return [one["status"] for one in asked]

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, "rabot", "orders", "wait", number, "--until", "Delivery")
        until(lambda: len(looks()) >= 3 or waiting.done())
        sandbox.post("/advance", {"seconds": 60 * 86_400})
        assert waiting.result().code == 0
    refused, *answered = looks()
    assert (refused, set(answered)) == (403, {200})
    assert len(answered) >= 2


def test_an_expired_token_is_renewed_once(run: Run, sandbox: Sandbox) -> None:
    assert run("rabot", "tariffs", "list").code == 0
    sandbox.fault("rabot:expired-token@GET /partner/v1/tariffs#1")
    assert run("rabot", "tariffs", "list").code == 0
    assert len(_asked(sandbox)) == 2
    sandbox.fault("rabot:expired-token@GET /partner/v1/tariffs")
    done = run("rabot", "tariffs", "list")
    assert (done.code, done.out) == (4, "")
    assert len(_asked(sandbox)) == 3
    assert len(done.err.splitlines()) == 2


def test_a_wrong_secret(as_client: Callable[..., Run], sandbox: Sandbox) -> None:
    run = as_client("sandbox-hems", "wrong-secret-1")
    done = run("rabot", "tariffs", "list", "-v")
    assert (done.code, done.out) == (4, "")
    assert "energyctl auth login rabot" in done.err
    assert "wrong-secret-1" not in done.err
    assert len(_asked(sandbox)) == 1


@pytest.mark.parametrize("fault", ["500", "502-html", "drop-before", "html", "empty"])
def test_a_token_server_in_trouble(run: Run, sandbox: Sandbox, fault: str) -> None:
    sandbox.fault(f"rabot:{fault}@POST /connect/token")
    done = run("rabot", "tariffs", "list")
    assert (done.code, done.out) == (11 if fault in ("html", "empty") else 10, "")
    assert len(done.err.splitlines()) == 2
    assert "token" in done.err
