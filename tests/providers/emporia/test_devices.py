"""The inventory: filters, every field, the hour's cache, names that stand for ids, and utility connects."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from energyctl.app import root
from energyctl.core.completion import Shell
from energyctl.core.errors import NotFound, UsageProblem
from energyctl.providers.emporia.inventory import Inventory
from tests.conftest import Run, Sandbox
from tests.core.completion_shells import KINDS, Place
from tests.providers.emporia.fleet import BERLIN_PANEL, LODGE, OFFICE, PANEL, WINDOW, Fleet

LIST = ("emporia", "devices", "list")


def _cache(env: dict[str, str]) -> Path:
    (found,) = (Path(env["XDG_STATE_HOME"]) / "energyctl/cache").glob("emporia-devices-*.json")
    return found


def _aged(env: dict[str, str], seconds: float) -> None:
    """Let the kept list be older than it is."""
    kept = json.loads(_cache(env).read_text())
    _cache(env).write_text(json.dumps({**kept, "at": time.time() - seconds}))


def test_every_field_is_there(run: Run, fleet: Fleet) -> None:
    rows = run(*LIST, "-o", "json").json
    assert [row["manufacturer_device_id"] for row in rows] == [one["id"] for one in fleet.devices]
    wanted = {
        "manufacturer_device_id", "model", "firmware", "solar", "latitude", "longitude", "device_name", "timezone",
        "channel_names", "device_connected", "customers", "circuit_infos",
    }  # fmt: skip
    assert all(set(row) == wanted for row in rows)
    window = next(row for row in rows if row["device_name"] == WINDOW)
    assert (window["solar"], window["device_connected"], window["model"]) == (False, False, "Outlet")
    assert window["circuit_infos"][0] == {
        "channel_number": 1,
        "type": "Main",
        "energy_direction": "Consumption",
        "sub_type": "",
        "name": WINDOW,
    }
    office = next(row for row in rows if row["device_name"] == OFFICE)
    assert office["customers"][0]["email"] == ""


def test_filters(run: Run, fleet: Fleet) -> None:
    def names(*words: str) -> set[str]:
        return {row["device_name"] for row in run(*LIST, "-o", "json", *words).json}

    outlets = {one["name"] for one in fleet.of("Outlet")}
    assert names("--model", "outlet") == outlets
    assert names("--disconnected") == {one["name"] for one in fleet.devices if not one["connected"]}
    assert names("--connected", "--model", "Outlet") == outlets - {WINDOW}
    everything = run(*LIST, "-o", "json").json
    person = next(one["customers"] for one in everything if one["device_name"] == BERLIN_PANEL)[1]["email"]
    assert names("--customer", person.upper()) == {BERLIN_PANEL, "Wallbox", "Garage"}
    assert names("--customer", "nobody@example.com") == set()
    empty = run(*LIST, "--customer", "")
    assert (empty.code, {row["device_name"] for row in empty.rows}) == (0, {"Smart meter", "Carport", OFFICE})
    assert fleet.calls() == ["Authenticate", "GetDevices"]  # the rest came from the kept list


def test_the_list_is_kept_for_an_hour(run: Run, env: dict[str, str], fleet: Fleet, sandbox: Sandbox) -> None:
    first = run(*LIST, "-o", "json")
    second = run(*LIST, "-o", "json")
    assert (second.out, second.err) == (first.out, "")
    assert fleet.calls() == ["Authenticate", "GetDevices"]
    _aged(env, 2 * 3600 / 5)
    third = run(*LIST, "-o", "json")
    assert third.out == first.out
    again = "energyctl emporia devices list --refresh asks again"  # of what has no --refresh of its own, too
    assert re.fullmatch(rf"Devices as listed 24 min( \d s)? ago; {again}\.\n", third.err)
    sandbox.forget_requests()
    refreshed = run(*LIST, "-o", "json", "--refresh")
    assert (refreshed.err, fleet.calls()) == ("", ["GetDevices"])
    _aged(env, 3601)
    assert run(*LIST, "-o", "json").err == ""
    assert fleet.calls() == ["GetDevices", "GetDevices"]


def test_the_kept_list_is_private_and_another_account_has_another(
    run: Run, real: Run, env: dict[str, str], sandbox: Sandbox
) -> None:
    assert run(*LIST).code == 0
    file = _cache(env)
    modes = [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert real(*LIST, "-o", "ids").code == 0
    assert len(list(file.parent.glob("emporia-devices-*.json"))) == 2


@pytest.mark.parametrize("content", ["", "{", '{"at": "x", "data": []}', '{"at": 9e99, "data": []}', "[]"])
def test_a_kept_list_that_is_damaged_is_asked_for_anew(
    run: Run, env: dict[str, str], fleet: Fleet, content: str
) -> None:
    assert run(*LIST, "-o", "ids").code == 0
    _cache(env).write_text(content)
    done = run(*LIST, "-o", "ids")
    assert (done.code, done.err, len(done.out.split())) == (0, "", 24)
    assert fleet.calls().count("GetDevices") == 2


def test_a_list_that_cannot_be_kept_is_no_failure(run: Run, env: dict[str, str]) -> None:
    assert run(*LIST).code == 0
    file = _cache(env)
    file.unlink()
    file.mkdir()
    done = run(*LIST, "-o", "ids")
    assert (done.code, done.err, len(done.out.split())) == (0, "", 24)


def test_show(run: Run, fleet: Fleet) -> None:
    by_name = run("emporia", "devices", "show", LODGE.upper(), "-o", "json")
    by_id = run("emporia", "devices", "show", fleet.id(LODGE), "-o", "json")
    assert (by_name.code, by_name.json) == (0, by_id.json)
    assert by_id.json["timezone"] == "Australia/Lord_Howe"
    table = run("emporia", "devices", "show", PANEL, "-o", "table").out
    assert len(table.splitlines()) < 20
    assert "4 Solar, 5 Driveway charger, 6 House battery" in " ".join(table.split())
    circuits = run("emporia", "devices", "show", PANEL, "--circuits", "-o", "json")
    assert [row["channel_number"] for row in circuits.json] == list(range(1, 20))
    assert run("emporia", "devices", "show", PANEL, "--circuits", "-o", "ids").out.split()[0] == "1"


def test_a_device_that_is_not_there(run: Run, fleet: Fleet) -> None:
    done = run("emporia", "devices", "show", "Gargae", "-o", "json")
    assert (done.code, done.out) == (3, "")
    assert done.error["hint"] == "Did you mean Garage?"
    misspelt = fleet.id(PANEL)[:-1] + "X"
    assert fleet.id(PANEL) in run("emporia", "devices", "show", misspelt).err


def test_an_ambiguous_name(run: Run, fleet: Fleet) -> None:
    done = run("emporia", "devices", "show", "Garage")
    assert (done.code, done.out) == (2, "")
    for one in fleet.devices:
        if one["name"] == "Garage":
            assert one["id"] in done.err
    # Among the chargers there is one of that name.
    charger = run("emporia", "chargers", "show", "garage", "-o", "json")
    assert charger.json["settings"]["manufacturer_device_id"] == fleet.id("Garage", "EVCharger")
    assert run("emporia", "outlets", "off", "Garage").code == 2
    assert "UpdateOutlets" not in fleet.calls()


def _inventory(*devices: tuple[str, str, str]) -> Inventory:
    return Inventory(
        [
            {"manufacturer_device_id": one, "device_name": name, "model": model}
            for one, name, model in devices
        ],
        0.0,
    )


def test_names_and_ids_in_the_inventory() -> None:
    inventory = _inventory(
        ("A1", "Garage", "Vue2"), ("P1", "garage", "Outlet"), ("P2", "A1", "Outlet"), ("P3", "", "Outlet")
    )
    assert inventory.resolve("A1") == "A1"  # an id comes before a name
    assert inventory.resolve("GARAGE", "Outlet") == "P1"
    assert inventory.resolve("garage", "Vue2") == "A1"
    assert inventory.resolve("nobody") == "nobody"
    with pytest.raises(UsageProblem, match=r"2 devices: A1 \(Vue2\), P1 \(Outlet\)"):
        inventory.resolve("garage")
    with pytest.raises(UsageProblem):
        inventory.resolve("Garage", "EVCharger")
    with pytest.raises(NotFound) as caught:
        inventory.device("garag")
    assert caught.value.hint == "Did you mean garage, Garage?"
    assert inventory.resolve("") == "P3"
    assert inventory.zone("A1") == "UTC"
    assert inventory.connected("nobody") is None


def test_channels_that_usage_is_expected_for() -> None:
    def circuits(*numbers: int) -> list[dict[str, Any]]:
        return [{"channel_number": number, "name": f"c{number}"} for number in numbers]

    inventory = Inventory(
        [
            {"manufacturer_device_id": "V", "model": "Vue3", "circuit_infos": circuits(5, 1, 2, 3)},
            {"manufacturer_device_id": "O", "model": "Outlet", "circuit_infos": []},
            {"manufacturer_device_id": "N", "model": 8, "circuit_infos": circuits(1, 2)},
        ],
        0.0,
    )
    assert inventory.channels("V", all_channels=False) == [1, 2, 3]
    assert inventory.channels("V", all_channels=True) == [1, 2, 3, 5]
    assert inventory.channels("O", all_channels=True) == [1]
    assert inventory.channels("N", all_channels=False) == [1, 2]  # of a model that is not known yet


def test_utility_connects(run: Run, fleet: Fleet) -> None:
    done = run("emporia", "utility-connects", "list", "-o", "json")
    assert {row["manufacturer_device_id"] for row in done.json} == {
        one["id"] for one in fleet.of("UtilityConnect")
    }
    meter, cabin = done.json
    assert (meter["device_name"], meter["device_connected"], cabin["device_connected"]) == (
        "Smart meter",
        True,
        False,
    )
    assert len(meter["zigbee_mac"]) == 16


@pytest.mark.parametrize("name", get_args(Shell))
def test_tab_offers_the_devices_that_were_listed(
    run: Run, env: dict[str, str], fleet: Fleet, tmp_path: Path, name: Shell
) -> None:
    assert run(*LIST).code == 0
    known = {one["id"]: one for one in fleet.devices}
    shell = KINDS[name](Place(tmp_path / "user", root, {"XDG_STATE_HOME": env["XDG_STATE_HOME"]}))
    for words, model in (
        ("devices show", None),
        ("usage", None),
        ("outlets off", "Outlet"),
        ("outlets show", "Outlet"),
        ("chargers set", "EVCharger"),
        ("batteries set", "Battery"),
    ):
        offered = shell.offers(f"energyctl emporia {words} ")
        assert offered.keys() == {key for key, one in known.items() if model in (None, one["model"])}, words
        told = {key: f"{known[key]['name']} ({known[key]['model']})" for key in offered}
        if name == "fish" or (name == "zsh" and model == "Battery"):  # zsh gathers ids of equal descriptions
            assert offered == told
    shell.close()


def test_what_tab_offers_is_the_list_fetched_last(run: Run, env: dict[str, str], fleet: Fleet) -> None:
    offered = Path(env["XDG_STATE_HOME"]) / "energyctl/completion/emporia-outlets"
    assert run(*LIST).code == 0
    ids = [line.partition("\t")[0] for line in offered.read_text().splitlines()]
    assert ids == [one["id"] for one in fleet.of("Outlet")]
    assert offered.stat().st_mode & 0o777 == 0o600
    offered.write_text("old\t\n")
    assert run(*LIST).code == 0  # from the kept list
    assert offered.read_text() == "old\t\n"
    assert run(*LIST, "--refresh").code == 0
    assert len(offered.read_text().splitlines()) == len(ids)
