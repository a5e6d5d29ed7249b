"""The groups across providers: the same rows for all, the provider's own with ``--raw``, and what a failure leaves."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from energyctl.commands.schema import declared
from tests.conftest import Run, Sandbox, start


@pytest.fixture
def dead() -> Iterator[dict[str, str]]:
    """Addresses of providers at which nothing listens, kept from others while they are used."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        yield {"ENERGYCTL_EMULATE_API_URL": address, "ENERGYCTL_RABOT_API_URL": address}


def test_devices_of_all_providers_are_one_list(run: Run) -> None:
    rows = run("devices", "list", "-o", "json").json
    fields = [field.name for field in declared()["devices list"].rows[0].fields]
    assert all(list(row) == fields for row in rows)
    emporia = run("emporia", "devices", "list", "-o", "json").json
    emulate = run("emulate", "devices", "list", "-o", "json").json
    assert [(row["provider"], row["id"]) for row in rows] == [
        *(("emporia", one["manufacturer_device_id"]) for one in emporia),
        *(("emulate", one["id"]) for one in emulate),
    ]
    assert [row["connected"] for row in rows] == [
        *(one["device_connected"] for one in emporia),
        *(one["connected"] for one in emulate),
    ]
    assert run("devices", "list", "--raw", "-o", "json").json == emporia + emulate
    (named,) = run("devices", "list", "--limit", "1", "-p", "sandbox", "-o", "json").json
    assert named["command"] == f"{rows[0]['command']} --profile sandbox"
    car = next(row for row in rows if row["kind"] == "car")
    assert run(*car["command"].split()[1:], "-o", "json").json["id"] == car["id"]


def test_usage_has_the_rows_of_the_provider_and_its_name(run: Run) -> None:
    device = run("emporia", "devices", "list", "-o", "json", "--limit", "1").json[0]
    when = ["--day", "yesterday", "--tz", "site", "--resolution", "1d"]
    words = [device["manufacturer_device_id"], *when, "--unit", "kWh"]
    own = run("emporia", "usage", *words, "-o", "json").json
    rows = run("usage", *words, "-o", "json").json
    assert rows == [{"provider": "emporia", **one} for one in own]
    (raw,) = run("usage", *words, "--raw", "-o", "json").json
    assert raw["manufacturer_device_id"] == device["manufacturer_device_id"]
    assert len(raw["channel_usages"]) == len(own)
    first, *others = (field.name for field in declared()["usage"].rows[0].fields)
    assert (first, others) == ("provider", [one.name for one in declared()["emporia usage"].rows[0].fields])
    unknown = run("usage", "nothing-of-that-name", "-o", "json")
    assert (unknown.code, unknown.out, unknown.error["provider"]) == (3, "", "emporia")


def test_orders_are_listed(run: Run) -> None:
    own = run("rabot", "orders", "list", "-o", "json").json
    rows = run("orders", "list", "-o", "json").json
    assert [(row["id"], row["state"]) for row in rows] == [
        (one["contractNumber"], one["state"]) for one in own
    ]
    assert run("orders", "list", "--raw", "-o", "json").json == own
    customer = own[0]["customerNumber"]
    of_one = run("orders", "list", "--customer", customer, "-o", "json").json
    assert {row["customer"] for row in of_one} == {customer}


def test_invoices_of_an_account_and_a_customer(run: Run, home: Path) -> None:
    order = run("rabot", "orders", "list", "-o", "json", "--limit", "1").json[0]
    customer, contract = order["customerNumber"], order["contractNumber"]
    of_account, of_customer = ["--account", "A-500001"], ["--customer", customer, "--contract", contract]
    bright = run("bright", "invoices", "list", *of_account, "-o", "json").json
    rabot = run("rabot", "invoices", "list", customer, contract, "-o", "json").json
    both = run("invoices", "list", *of_account, *of_customer, "-o", "json").json
    assert [row["id"] for row in both] == [
        *(one["fileId"] for one in rabot),
        *(one["invoiceId"] for one in bright),
    ]
    assert both[-1]["amount"] == bright[-1]["amount"]
    assert run("invoices", "list", *of_account, *of_customer, "--raw", "-o", "json").json == rabot + bright
    whole = run("invoices", "list", "--customer", customer, "-o", "json").json
    assert [row["id"] for row in both if row["provider"] == "rabot"] == [
        row["id"] for row in whole if row["contract"] == contract
    ]

    for number, of in ((bright[0]["invoiceId"], of_account), (rabot[0]["fileId"], of_customer)):
        done = run("invoices", "download", number, *of, "--to", "saved", "-o", "json")
        assert (done.code, [row["outcome"] for row in done.json]) == (0, ["saved"]), done.err
        assert (home / done.json[0]["path"]).read_bytes().startswith(b"%PDF")
        assert run("invoices", "download", number, *of, "--to", "saved").code == 2  # it is not replaced
        assert run("invoices", "download", number, *of, "--to", "saved", "--force").code == 0
        assert run("invoices", "download", "no-such", *of, "--to", "saved").code == 3
    again = run("invoices", "download", "--all", *of_customer, "--to", "saved", "-o", "json")
    assert again.code == 12
    assert [row["outcome"] for row in again.json].count("failed") == 1
    assert again.error["message"] == f"1 of {len(rabot)} invoices were not saved."


def test_a_dead_provider_leaves_the_others_rows(run: Run, dead: dict[str, str]) -> None:
    done = run("devices", "list", "-o", "json", more=dead)
    assert done.code == 12
    assert {row["provider"] for row in done.json} == {"emporia"}
    assert "emulate could not be asked: Emulate cannot be reached" in done.err
    assert done.error["message"] == "1 of 2 providers could not be asked: emulate."
    alone = run("orders", "list", "-o", "json", more=dead)
    assert (alone.code, alone.out, alone.error["code"]) == (10, "", "network")


def test_rows_come_while_another_provider_stalls(
    run: Run, sandbox: Sandbox, env: dict[str, str], home: Path
) -> None:
    sandbox.fault("emulate:latency=600")
    surroundings = {**env, **sandbox.env}
    words = ("devices", "list", "-o", "jsonl")
    with start(*words, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert json.loads(process.stdout.readline())["provider"] == "emporia"
            assert process.poll() is None
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["invoices", "list"], "rabot: --customer NUMBER [--contract NUMBER]; bright: --account ID."),
        (
            ["invoices", "list", "--contract", "1", "--account", "2"],
            "It is not said whose invoices are meant.",
        ),
        (["invoices", "download", "--account", "A-500001"], "Say which invoice: its id, or --all."),
        (["orders", "list", "--provider", "bright"], "They come from: rabot."),
        (["usage", "--provider", "rabot", "--all"], "They come from: emporia."),
        (["devices", "list", "--provider", "emporio"], "Did you mean emporia?"),
        (["usage"], "No devices were named."),
    ],
)
def test_what_makes_no_sense(run: Run, words: list[str], told: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_table_shows_the_dates_of_an_invoice(run: Run) -> None:
    done = run("invoices", "list", "--account", "A-500001", "--limit", "1", "-o", "table")
    (row,) = run("invoices", "list", "--account", "A-500001", "--limit", "1", "-o", "json").json
    assert "T" in row["dated"]
    start, end = (one[:10] for one in row["period"].split("/"))
    assert f"{start}/{end}" in done.out
    assert row["dated"][:10] in done.out
    assert row["dated"] not in done.out
