"""``call``: any method, JSON in and out by the proto, writes on the same path as every other write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from energyctl.providers.emporia.client import METHODS
from tests.conftest import Run, Sandbox
from tests.providers.emporia.fleet import HOUSE_BATTERY, LIGHTS, OFFICE, WALLBOX, Fleet, journal

CALL = ("emporia", "call")


def _off(device_id: str) -> str:
    return json.dumps({"outlets": [{"manufacturer_device_id": device_id, "on": False}]})


def test_list_and_templates(bare: Run, run: Run, fleet: Fleet) -> None:
    rows = run(*CALL, "--list", "-o", "json").json
    assert [row["method"] for row in rows] == list(METHODS)
    assert rows[4] == {
        "method": "ListOutlets",
        "request": "ListDevicesRequest",
        "response": "OutletsResponse",
    }
    assert run(*CALL, "--list", "-o", "ids").out.split() == list(METHODS)
    template = run(*CALL, "--template", "updateevchargers").json
    assert template == {"settings": [{"manufacturer_device_id": "", "on": False, "charge_rate_amps": 0}]}
    usage = run(*CALL, "--template", "GetUsageData").json
    assert (usage["scale"], usage["channels"], usage["manufacturer_device_ids"]) == ("Minutes", "MAINS", [""])
    assert "auth_token" not in usage
    assert fleet.calls() == []
    assert bare(*CALL, "--list").code == 0  # needs no profile


def test_enums_and_large_numbers(run: Run, fleet: Fleet) -> None:
    ask: dict[str, Any] = {
        "manufacturer_device_ids": [fleet.id(OFFICE)],
        "start_epoch_seconds": "1760000400",
        "end_epoch_seconds": 1760004000,
        "scale": "Hours",
        "channels": 1,
    }
    done = run(*CALL, "GetUsageData", "-d", json.dumps(ask))
    (usage,) = done.json["device_usages"]
    assert (done.code, usage["scale"], usage["bucket_epoch_seconds"]) == (0, "Hours", [1760000400])
    assert isinstance(usage["channel_usages"][0]["usages"][0], float)
    (sent,) = fleet.calls("GetUsageData")
    assert (sent["scale"], sent["channels"]) == ("Hours", "ALL")


@pytest.mark.parametrize("way", ["text", "file", "stdin", "yaml"])
def test_the_ways_to_give_a_request(run: Run, fleet: Fleet, home: Path, way: str) -> None:
    body = json.dumps({"manufacturer_device_ids": [fleet.id(LIGHTS)]})
    if way == "yaml":
        body = f"manufacturer_device_ids:\n  - {fleet.id(LIGHTS)}\n"
    (home / "ask.json").write_text(body)
    data = {"text": body, "file": "@ask.json", "stdin": "-", "yaml": "@ask.json"}[way]
    done = run(*CALL, "listoutlets", "-d", data, input=body if way == "stdin" else "")
    assert done.json == {"outlets": [{"manufacturer_device_id": fleet.id(LIGHTS), "on": False}]}


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("UpdateOutlts",), "no method 'UpdateOutlts'", "Did you mean UpdateOutlets?"),
        (("Nonsense",), "no method", "call --list"),
        ((), "No METHOD", "call --list"),
        (("GetDevices", "-d", "{"), "not JSON", "field"),
        (("GetDevices", "-d", "[]"), "not an object", "--template"),
        (("GetDevices", "-d", '{"customer_email": []}'), "customer_email", "Did you mean customer_emails?"),
        (
            ("UpdateOutlets", "-d", '{"outlets": [{"manufacturer_id": "X"}]}'),
            "manufacturer_id",
            "Did you mean manufacturer_device_id?",
        ),
        (("GetUsageData", "-d", '{"scale": "Decades"}'), "Decades", "--template"),
        (("GetUsageData", "-d", '{"start_epoch_seconds": -1}'), "start_epoch_seconds", "--template"),
        (
            ("GetUsageData", "-d", '{"start_epoch_seconds": 18446744073709551616}'),
            "start_epoch",
            "--template",
        ),
        (("Authenticate",), "signs in by itself", "auth token emporia"),
        (("GetDevices", "-d", "@nowhere.json"), "nowhere.json", ""),
    ],
)
def test_what_cannot_be_called(
    run: Run, fleet: Fleet, words: tuple[str, ...], message: str, hint: str
) -> None:
    done = run(*CALL, *words, "-o", "json")
    assert (done.code, done.out, done.error["exit_code"]) == (2, "", 2)
    assert message in done.error["message"]
    assert hint in (done.error["hint"] or "")
    assert "Available Fields" not in done.error["message"]
    assert fleet.calls() == []


def test_a_token_in_the_request_is_replaced(run: Run, fleet: Fleet) -> None:
    done = run(
        *CALL, "GetDevices", "-d", '{"auth_token": "forged", "customer_emails": ["nobody@example.com"]}'
    )
    assert (done.code, done.json) == (0, {"devices": []})
    assert fleet.calls() == ["Authenticate", "GetDevices"]


def test_an_update_is_confirmed_and_journaled(real: Run, fleet: Fleet) -> None:
    body = _off(fleet.id(OFFICE))
    refused = real(*CALL, "UpdateOutlets", "-d", body, "-o", "json")
    assert (refused.code, refused.error["code"]) == (2, "confirmation_needed")
    dry = real(*CALL, "UpdateOutlets", "-d", body, "--dry-run")
    assert dry.json["request"]["body"]["outlets"][0]["on"] is False
    assert (fleet.calls("UpdateOutlets"), journal(real)) == ([], [])
    done = real(*CALL, "UpdateOutlets", "-d", body, "--yes")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert done.json["answer"] == {"outlets": [{"manufacturer_device_id": fleet.id(OFFICE), "on": False}]}
    (entry,) = journal(real)
    assert (entry["operation"], entry["outcome"]) == ("UpdateOutlets", "changed")
    assert fleet.now(OFFICE)["on"] is False


def test_an_update_that_names_nobody_is_not_called_a_change(run: Run, fleet: Fleet) -> None:
    done = run(*CALL, "UpdateOutlets", "-d", _off(fleet.id(LIGHTS)), "-o", "json")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert "names no device" in done.error["message"]
    assert not done.error["message"].endswith("..")


def test_an_update_that_leaves_a_device_out_is_not_called_a_change(run: Run, fleet: Fleet) -> None:
    office, lights = fleet.id(OFFICE), fleet.id(LIGHTS)  # the lights are off
    body = {"outlets": [{"manufacturer_device_id": one, "on": False} for one in (office, lights)]}
    done = run(*CALL, "UpdateOutlets", "-d", json.dumps(body), "-o", "json")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert f"does not confirm {lights}:" in done.json["message"]
    assert done.error["hint"] == "List the devices and compare: energyctl emporia outlets list"
    assert done.json["answer"]["outlets"] == [{"manufacturer_device_id": office, "on": False}]
    assert fleet.now(OFFICE)["on"] is False


def test_an_update_of_settings_is_confirmed(run: Run, fleet: Fleet) -> None:
    charger = {"manufacturer_device_id": fleet.id(WALLBOX), "charge_rate_amps": 10}
    done = run(*CALL, "UpdateEVChargers", "-d", json.dumps({"settings": [charger]}))
    assert (done.code, done.json["outcome"]) == (0, "changed")
    battery = {"manufacturer_device_id": fleet.id(HOUSE_BATTERY), "charge_with_excess_solar": {}}
    done = run(*CALL, "UpdateBatteries", "-d", json.dumps({"settings": [battery]}))
    assert (done.code, done.json["outcome"]) == (0, "changed")


def test_what_the_server_refuses(run: Run, fleet: Fleet) -> None:
    body = {"settings": [{"manufacturer_device_id": fleet.id(WALLBOX), "charge_rate_amps": 99}]}
    done = run(*CALL, "UpdateEVChargers", "-d", json.dumps(body), "-o", "json")
    assert (done.code, done.json["outcome"]) == (6, "rejected")
    assert "charge_rate_amps 99 is not within 6 to 40" in done.error["message"]
    assert done.error["grpc_code"] == "INVALID_ARGUMENT"


def test_an_update_whose_answer_is_lost(run: Run, sandbox: Sandbox, fleet: Fleet) -> None:
    sandbox.fault("emporia:drop-after@UpdateOutlets#1")
    done = run(*CALL, "UpdateOutlets", "-d", _off(fleet.id(OFFICE)))
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert len(fleet.calls("UpdateOutlets")) == 1


def test_a_template_names_one_of_the_alternatives(run: Run) -> None:
    (settings,) = run("emporia", "call", "UpdateBatteries", "--template", "-o", "json").json["settings"]
    assert set(settings) == {"manufacturer_device_id", "reserve_soc_percentage", "load_following"}
