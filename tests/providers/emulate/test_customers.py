"""What support staff see of a customer: facilities, devices, settings, problems, series; and through whose token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.emulate.conftest import configured

ANNA = "C-100001"


@pytest.fixture
def own_key_alone(env: dict[str, str], home: Path, sandbox: Sandbox, keys: dict[str, str]) -> Run:
    """The tool with the Single Customer key and no other."""
    return configured(
        env,
        home,
        {"OWN": keys["single-customer"]},
        api_url=sandbox.facts["urls"]["emulate"],
        retailer_id=42,
        customer_key="env:OWN",
    )


# -- as a support agent reads it -----------------------------------------------------------------------------


def test_the_log_tells_why_the_car_did_not_charge(run: Run, sandbox: Sandbox) -> None:
    done = run("emulate", "devices", "logs", ANNA, "car", "-o", "table")
    assert done.code == 0
    head, first = done.out.splitlines()[:2]
    assert head.split()[:4] == ["time", "level", "kind", "message"]
    assert "did not charge last night" in done.out
    assert "charger was offline" in first
    # Every page came, although a page is 25 entries.
    rows = run("emulate", "devices", "logs", ANNA, "car", "-o", "json").json
    assert len(rows) > 25
    assert len({row["id"] for row in rows}) == len(rows)
    assert any(one["query"] for one in sandbox.requests() if one["path"].endswith("/logs"))


def test_spo_settings_read_as_a_table_under_the_devices_names(run: Run) -> None:
    done = run("emulate", "spo", "show", ANNA, "-o", "table")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == ["Device", "Setting", "Value"]
    assert ["car", "Polestar", "2", "target_soc_percent", "80"] in lines
    assert any("schedule.weekdays.allowed_from" in line for line in done.out.splitlines())
    assert {line[0] for line in lines[1:]} == {"car", "charger", "heat_pump"}
    one = run("emulate", "spo", "show", ANNA, "car", "-o", "json").json
    assert one["schedule"]["weekdays"]["allowed_from"] == "21:00"
    everything = run("emulate", "spo", "show", ANNA, "-o", "json").json
    assert one in everything
    assert run("emulate", "spo", "show", ANNA, "-o", "ids").out.split() == [
        x["device_id"] for x in everything
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("customers", "list", "--limit", "2"),
        ("customers", "show", ANNA),
        ("facilities", "list", "--customer", ANNA),
        ("devices", "list", ANNA),
        ("devices", "show", ANNA, "car"),
        ("spo", "show", ANNA),
    ],
)
def test_every_format_carries_the_providers_data(run: Run, words: tuple[str, ...]) -> None:
    found = run("emulate", *words, "-o", "json").json
    rows = found if isinstance(found, list) else [found]
    lines = [json.loads(line) for line in run("emulate", *words, "-o", "jsonl").out.splitlines()]
    assert lines == rows
    for name in ("table", "tsv", "csv", "yaml"):
        done = run("emulate", *words, "-o", name)
        assert (done.code, done.err) == (0, "")
        assert str(rows[0].get("id") or rows[0]["device_id"]) in done.out or words[0] == "spo"


def test_lists_of_every_envelope_come_whole(run: Run, sandbox: Sandbox) -> None:
    customers = run("emulate", "customers", "list", "-o", "ids").out.split()
    assert customers == [f"C-{100_001 + n}" for n in range(25)]
    facilities = run("emulate", "facilities", "list", "-o", "ids").out.split()
    assert len(set(facilities)) == len(facilities) > 25
    devices = run("emulate", "devices", "list", "-o", "json").json
    assert len({one["id"] for one in devices}) == len(devices)
    assert {one["customer_id"] for one in devices} <= set(customers)
    of_anna = run("emulate", "devices", "list", ANNA, "-o", "json").json
    assert [one["id"] for one in devices if one["customer_id"] == ANNA] == [one["id"] for one in of_anna]
    sandbox.forget_requests()
    assert len(run("emulate", "customers", "list", "--limit", "3", "-o", "json").json) == 3
    assert len(sandbox.requests()) == 1


def test_a_device_is_found_by_any_name_that_no_other_has(run: Run) -> None:
    ids = {one["kind"]: one["id"] for one in run("emulate", "devices", "list", ANNA, "-o", "json").json}
    show = ("emulate", "devices", "show", ANNA)
    for wished in ("car", "CAR", "car Polestar 2", ids["car"], "Polestar"):
        done = run(*show, wished, "-o", "json")
        assert done.code == (3 if wished == "Polestar" else 0), wished
    unknown = run(*show, "boat", "-o", "json")
    assert (unknown.code, unknown.error["code"]) == (3, "not_found")
    assert all(one in unknown.error["hint"] for one in ids.values())
    for kind in ("charger", "heat_pump"):
        assert run("emulate", "devices", "rename", ANNA, ids[kind], "Box").code == 0
    ambiguous = run(*show, "box", "-o", "json")
    assert (ambiguous.code, ambiguous.error["code"]) == (2, "usage")
    assert all(ids[kind] in ambiguous.error["hint"] for kind in ("charger", "heat_pump"))


def test_series_carry_their_unit_and_follow_the_range(run: Run, sandbox: Sandbox) -> None:
    words = ("emulate", "consumption", ANNA, "--day", "2026-03-29", "--tz", "site")
    rows = run(*words, "-o", "json").json
    assert len(rows) == 23  # the clocks go forward
    assert {row["unit"] for row in rows} == {"kWh"}
    assert rows[0]["start"] == "2026-03-29T00:00:00+01:00"
    (asked,) = sandbox.requests()
    assert dict(asked["query"]) == {
        "from": "2026-03-28T23:00:00Z",
        "to": "2026-03-29T22:00:00Z",
        "resolution": "hour",
    }
    assert len(run(*words, "--limit", "2").rows) == 2
    plotted = run(*words, "--plot")
    assert (plotted.code, "(kWh)" in plotted.out) == (0, True)
    saved = run("emulate", "savings", ANNA, "-o", "json").json
    assert {row["unit"] for row in saved} == {"SEK"}
    assert len(saved) in (30, 31)
    refused = run(*words, "--resolution", "minute", "-o", "json")
    assert (refused.code, "resolution" in refused.error["message"]) == (6, True)


# -- through whose token -------------------------------------------------------------------------------------

AS_ANNA = ("--as-customer", ANNA)
OF_ONE = [
    (("customers", "show"), "/v1/customer"),
    (("facilities", "list"), "/v1/customer/facilities"),
    (("devices", "list"), "/v1/customer/devices"),
    (("devices", "show", "car"), "/v1/customer/devices/{car}"),
    (("devices", "logs", "car"), "/v1/customer/devices/{car}/logs"),
    (("devices", "rename", "car", "Bil"), "/v1/customer/devices/{car}"),
    (("spo", "show"), "/v1/customer/spo-settings"),
    (("spo", "show", "car"), "/v1/customer/devices/{car}/spo-settings"),
    (("spo", "set", "car", "enabled:=false"), "/v1/customer/devices/{car}/spo-settings"),
    (("consumption",), "/v1/customer/consumption"),
    (("savings",), "/v1/customer/savings"),
    (("onboarding", "link"), "/v1/customer/onboarding-links"),
    (("devices", "remove", "heat_pump"), "/v1/customer/devices/{heat_pump}"),
    (("customers", "offboard"), "/v1/customer/devices"),
]


def test_as_customer_goes_through_that_customers_api_alone(run: Run, sandbox: Sandbox) -> None:
    devices = run("emulate", "devices", "list", ANNA, "-o", "json").json
    ids = {one["kind"]: one["id"] for one in devices}
    for words, path in OF_ONE:
        sandbox.forget_requests()
        done = run("emulate", *words, *AS_ANNA)
        assert done.code == 0, (words, done.err)
        asked = sandbox.requests()
        assert path.format(**ids) in {one["path"] for one in asked}
        assert {one["path"].split("/")[2] for one in asked} == {"customer"}


def test_the_customers_key_alone_is_enough_for_one_customer(own_key_alone: Run, sandbox: Sandbox) -> None:
    done = own_key_alone("emulate", "devices", "list", ANNA)
    assert (done.code, len(done.rows)) == (0, 3)
    assert "Only the Single Customer key is there" in done.err
    assert [one["path"] for one in sandbox.requests()] == ["/v1/customer/devices"]
    everybody = own_key_alone("emulate", "customers", "list", "-o", "json")
    assert (everybody.code, everybody.out) == (13, "")
    assert len(sandbox.requests()) == 1
    status = own_key_alone("auth", "status", "emulate", "-o", "json")
    assert status.code == 0
    assert [row["is_set"] for row in status.json] == [False, True]
    assert own_key_alone("doctor", "emulate").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("devices", "list", "C-100002", *AS_ANNA), "C-100002 and C-100001"),
        (("customers", "show", "C-100002", *AS_ANNA), "C-100002 and C-100001"),
        (("devices", "show", "C-100002", "car", *AS_ANNA), "that customer alone"),
        (("devices", "rename", "C-100002", "car", "x", *AS_ANNA), "that customer alone"),
        (("customers", "offboard", "C-100002", *AS_ANNA), "that customer alone"),
        (("customers", "list", *AS_ANNA), "--as-customer"),
        (("devices", "show", *AS_ANNA), "Missing argument 'DEVICE'"),
        (("devices", "remove", ANNA, *AS_ANNA), "Missing argument 'DEVICE'"),
        (("devices", "rename", "car", *AS_ANNA), "Missing argument 'NAME'"),
        (("devices", "rename", ANNA, "car", *AS_ANNA), "Missing argument 'NAME'"),
        (("spo", "set", *AS_ANNA), "Missing argument 'DEVICE'"),
        (("devices", "show"), "Missing argument 'CUSTOMER'"),
        (("devices", "list", ""), "empty"),
        (("devices", "list", "--as-customer", ""), "empty"),
        (("devices", "list", ".."), "customerId"),
        (("facilities", "list", ANNA, "--customer", "C-100002"), "C-100001 and C-100002"),
    ],
)
def test_who_is_meant_must_be_clear(run: Run, sandbox: Sandbox, words: tuple[str, ...], said: str) -> None:
    done = run("emulate", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert sandbox.requests() == []


def test_another_retailers_customer_is_unknown(run: Run) -> None:
    done = run("emulate", "customers", "show", "K-900001", "-o", "json")
    assert (done.code, done.error["http_status"], done.error["hint"] != "") == (3, 404, True)


def test_ids_and_names_are_kept_for_completion(run: Run, home: Path) -> None:
    run("emulate", "customers", "list", "--limit", "2")
    run("emulate", "devices", "list", ANNA)
    kept: dict[str, Any] = {
        name: (home / f".local/state/energyctl/completion/emulate-{name}").read_text().splitlines()
        for name in ("customers", "devices")
    }
    assert [line.split("\t")[0] for line in kept["customers"]] == [ANNA, "C-100002"]
    assert len(kept["devices"]) == 3
