"""``--redact`` through the real commands: no personal value in any output, joins still work, ids still work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.session import OUTPUT_FORMATS
from tests.conftest import Done, Run, Sandbox, run_with

CUSTOMERS = ("rabot", "customers", "list")
ORDER = ("rabot", "orders", "show", "400000001")


def _clean(done: Done, *values: str) -> Done:
    for value in values:
        assert value.casefold() not in f"{done.out}\n{done.err}".casefold(), value
    return done


@pytest.fixture
def order(run: Run) -> dict[str, Any]:
    """An order as it is without ``--redact``."""
    return dict(run(*ORDER, "-o", "json").json)


def _personal(order: dict[str, Any]) -> list[str]:
    where = order["deliveryAddress"]
    names = ("emailAddress", "firstName", "lastName", "meterNumber", "meLoIdentifier", "maLoIdentifier")
    return [*(order[name] for name in names), where["streetName"], where["city"], where["postCode"]]


def test_an_order_in_every_format(run: Run, order: dict[str, Any]) -> None:
    hidden = _personal(order)
    for wish in OUTPUT_FORMATS:
        done = _clean(run("--redact", *ORDER, "-o", wish), *hidden)
        assert (done.code, done.err) == (0, ""), wish
        assert "400000001" in done.out
    shown = _clean(run(*ORDER, "-o", "json", "--redact", "-v"), *hidden).json
    assert list(shown) == list(order)
    kept = (
        "customerNumber",
        "contractNumber",
        "tariffName",
        "state",
        "deliveryState",
        "estimatedYearlyConsumption",
    )
    assert {name: shown[name] for name in kept} == {name: order[name] for name in kept}
    assert shown["firstName"] == shown["deliveryAddress"]["firstName"] != order["firstName"]
    assert shown["deliveryAddress"]["countryCode"] == "DE"


def test_pseudonyms_join_lists_of_several_runs(run: Run, order: dict[str, Any], home: Path) -> None:
    number = order["customerNumber"]
    query = f"[?customerNumber=='{number}' && lastName=='{order['lastName']}'].[customerNumber, emailAddress]"
    (found,) = _clean(run(*CUSTOMERS, "--redact", "--query", query, "-o", "json"), order["emailAddress"]).json
    mail = run(*ORDER, "--redact", "-o", "json").json["emailAddress"]
    assert found == [number, mail]
    other = run(*ORDER, "--redact", "-o", "json", more={"ENERGYCTL_STATE_DIR": str(home / "other")})
    assert other.json["emailAddress"] != mail
    names = {row["firstName"] for row in run(*CUSTOMERS, "-o", "json").json}
    redacted = run(*CUSTOMERS, "-o", "jsonl", "--redact")
    assert len({json.loads(line)["firstName"] for line in redacted.out.splitlines()}) == len(names)


def test_emporia_and_emulate(run: Run) -> None:
    device = next(one for one in run("emporia", "devices", "list", "-o", "json").json if one["customers"])
    who = device["customers"][0]
    listing = ("emporia", "devices", "list", "--customer", who["email"], "--redact", "-o", "json")
    done = _clean(run(*listing, "-v"), who["email"], who["first_name"], who["last_name"])
    (shown,) = [one for one in done.json if one["manufacturer_device_id"] == device["manufacturer_device_id"]]
    assert shown["circuit_infos"] == device["circuit_infos"]
    assert shown["timezone"] == device["timezone"]

    person = run("emulate", "customers", "list", "--limit", "1", "-o", "json").json[0]
    done = run("emulate", "customers", "list", "--limit", "1", "--redact", "-o", "json")
    (shown,) = _clean(done, person["name"], person["email"], person["phone"], *person["name"].split()).json
    assert {**shown, "name": "", "email": "", "phone": ""} == {**person, "name": "", "email": "", "phone": ""}


def test_a_write_its_errors_and_its_record(run: Run, home: Path) -> None:
    template = run("rabot", "orders", "template").out
    file = home / "order.yaml"
    file.write_text(template)
    plan = ("rabot", "orders", "create", "-f", str(file), "--redact")
    hidden = ("Erika", "Mustermann", "erika", "Musterstra")
    known = [one for one in hidden if one in template]
    assert known
    _clean(run(*plan, "--dry-run", "-o", "json"), *hidden)
    assert _clean(run(*plan, "--yes", "-o", "json"), *hidden).json["outcome"] == "changed"
    _clean(run("journal", "list", "--redact", "-o", "json"), *hidden)
    _clean(run("journal", "show", "1", "--redact"), *hidden)
    kept = run("journal", "show", "1").out
    assert any(one in kept for one in known)
    refused = run("rabot", "orders", "show", "anna@x.se", "--redact", "-o", "json")
    assert refused.code == 3
    _clean(refused, "anna@x.se")
    for words in (("rabot", "orders", "shwo", "anna@x.se"), ("rabot", "orders", "show", "1", "anna@x.se")):
        assert _clean(run(*words, "--redact"), "anna@x.se").code == 2


def test_the_profile_asks_for_it_and_the_flag_wins(
    env: dict[str, str], home: Path, sandbox: Sandbox, order: dict[str, Any]
) -> None:
    config = home / "redacting.yaml"
    config.write_text("profiles:\n  shy:\n    redact: true\n    rabot: {environment: sandbox}\n")
    more = {**sandbox.env, "ENERGYCTL_CONFIG": str(config), "ENERGYCTL_PROFILE": "shy"}
    shy = run_with({**env, **more}, home)
    _clean(shy(*ORDER, "-o", "json"), *_personal(order))
    assert shy(*ORDER, "-o", "json", "--no-redact").json == order
    assert shy("--redact", *ORDER, "--no-redact", "-o", "json").json == order
    config.write_text("profiles:\n  shy:\n    redact: maybe\n    rabot: {environment: sandbox}\n")
    wrong = shy(*ORDER, "-o", "json")
    assert (wrong.code, wrong.error["code"], wrong.error["hint"]) == (
        13,
        "config_invalid",
        "Use true or false.",
    )


def test_files_are_not_touched_and_that_is_said(run: Run) -> None:
    found = run("rabot", "invoices", "list", "1000001", "400000001", "-o", "ids").out.split()
    download = ("rabot", "invoices", "download", "1000001", "400000001", found[0])
    saved = run(*download, "--redact", "--to", "one.pdf", "-o", "json")
    assert (saved.code, saved.json["path"]) == (0, "one.pdf")
    assert saved.err == "Files are as the provider sent them: --redact does not reach into them.\n"
    assert run(*download, "--to", "two.pdf").err == ""


def test_without_it_nothing_of_it_is_loaded(env: dict[str, str], home: Path) -> None:
    program = (
        "import sys; from energyctl.core.session import Session; from energyctl.core.output import error_text\n"
        "from energyctl.core.errors import NotFound\n"
        "session = Session(); session.say('x'); session.out.rows([{'email': 'a@x.de'}])\n"
        "error_text(NotFound('x'), session)\n"
        "loaded = {'pseudonyms', 'personal'} & {name.rpartition('.')[2] for name in sys.modules}\n"
        "sys.exit(bool(loaded) or 'yaml' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[1]
    surroundings = {**env, "PYTHONPATH": os.pathsep.join([str(root)])}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=surroundings,
        cwd=home,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "email\na@x.de\n"), done.stderr
