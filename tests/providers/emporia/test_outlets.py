"""Outlets: every way to name them, every outcome with its exit code, and that only what must be sent is sent."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.emporia.fleet import (
    LIGHTS,
    OFFICE,
    PANEL,
    PUMP,
    WALLBOX,
    WINDOW,
    Fleet,
    journal,
    outcomes,
)

OFF, ON = ("emporia", "outlets", "off"), ("emporia", "outlets", "on")


def test_list_and_show(run: Run, fleet: Fleet) -> None:
    rows = run("emporia", "outlets", "list", "-o", "json").json
    shown = {row["manufacturer_device_id"]: (row["on"], row["device_connected"]) for row in rows}
    assert shown == {one["id"]: (one["on"], one["connected"]) for one in fleet.of("Outlet")}
    lights = run("emporia", "outlets", "show", LIGHTS, "-o", "json").json
    assert lights == {
        "manufacturer_device_id": fleet.id(LIGHTS),
        "on": False,
        "device_name": LIGHTS,
        "device_connected": True,
    }
    nothing = run("emporia", "outlets", "show", WALLBOX, "-o", "json")
    assert (nothing.code, nothing.out, nothing.error["message"]) == (
        3,
        "",
        f"Emporia has no outlet '{WALLBOX}'.",
    )


def test_one_outlet_is_switched_and_the_command_back_works(run: Run, fleet: Fleet) -> None:
    done = run(*OFF, OFFICE, "-o", "json")
    office = fleet.id(OFFICE)
    assert done.code == 0
    assert done.json == {
        "target": office,
        "operation": "UpdateOutlets",
        "outcome": "changed",
        "device_name": OFFICE,
        "undo": f"energyctl emporia outlets on {office}",
        "message": None,
        "journal_id": 1,
    }
    assert fleet.now(OFFICE)["on"] is False
    (sent,) = fleet.calls("UpdateOutlets")
    assert sent["outlets"] == [{"manufacturer_device_id": office}]  # false is what proto3 does not write
    assert done.err == f"To put it back: energyctl emporia outlets on {office}\n"
    back = run(*shlex.split(done.err.partition(": energyctl ")[2]))
    assert (back.code, fleet.now(OFFICE)["on"]) == (0, True)


@pytest.mark.parametrize(
    ("words", "outcome", "code", "error"),
    [
        ((*ON, OFFICE), "already", 0, None),
        ((*ON, WINDOW), "offline", 6, "offline"),
        ((*OFF, WINDOW), "offline", 6, "offline"),
        ((*OFF, "P2FFFFFFFFFF"), "not_found", 3, "not_found"),
        ((*OFF, WALLBOX), "rejected", 2, "usage"),
        ((*OFF, PANEL), "rejected", 2, "usage"),
    ],
)
def test_what_need_not_or_cannot_be_switched(
    run: Run, fleet: Fleet, words: tuple[str, ...], outcome: str, code: int, error: str | None
) -> None:
    before = [one["on"] for one in fleet.of("Outlet")]
    done = run(*words, "-o", "json")
    assert (done.code, done.json["outcome"]) == (code, outcome)
    assert "undo" not in done.json
    if error:
        assert (done.error["code"], done.error["outcome"]) == (error, outcome)
        assert done.error["hint"]
    assert [one["on"] for one in Fleet(fleet.sandbox).of("Outlet")] == before
    sent = outcome == "offline" and words[2] == "off"
    assert len(fleet.calls("UpdateOutlets")) == sent
    assert len(journal(run)) == sent


def test_all_outlets(run: Run, fleet: Fleet) -> None:
    first = run(*OFF, "--all", "-o", "json")
    wanted = {one["id"]: "changed" for one in fleet.of("Outlet")}
    wanted |= {fleet.id(LIGHTS): "already", fleet.id(WINDOW): "offline"}
    assert {row["target"]: row["outcome"] for row in first.json} == wanted
    assert (first.code, first.error["details"]) == (12, {"offline": 1})
    (sent,) = fleet.calls("UpdateOutlets")
    assert len(sent["outlets"]) == 7  # the lights were off before
    again = run(*OFF, "--all", "-o", "json")
    assert set(outcomes(again).values()) == {"already", "offline"}
    assert again.code == 12
    entries = journal(run)
    assert len(entries) == 7 + 1
    assert len({one["batch"] for one in entries[:7]}) == 1
    assert {one["target"]: one["outcome"] for one in entries[:7]} == {
        key: value for key, value in wanted.items() if value != "already"
    }


def test_a_bad_id_does_not_stop_the_others(run: Run, fleet: Fleet, home: Path) -> None:
    (home / "ids.txt").write_text(f"# mine\n{fleet.id(OFFICE)}\n\nNOPE\n{WALLBOX}\n  {PUMP}  \n{OFFICE}\n")
    done = run(*OFF, "--ids-file", "ids.txt", LIGHTS, "-o", "json")
    assert outcomes(done) == {
        LIGHTS: "already",
        OFFICE: "changed",
        "NOPE": "not_found",
        WALLBOX: "rejected",
        PUMP: "changed",
    }
    assert (done.code, done.error["details"]) == (12, {"not_found": 1, "rejected": 1})
    assert len(done.json) == 5  # an outlet named twice is switched once
    (sent,) = fleet.calls("UpdateOutlets")
    assert {one["manufacturer_device_id"] for one in sent["outlets"]} == {fleet.id(OFFICE), fleet.id(PUMP)}


def test_ids_from_a_pipe_and_calls_said_beforehand(run: Run, fleet: Fleet) -> None:
    ids = run("emporia", "outlets", "list", "-o", "ids", "--query", "[?device_connected]").out
    done = run(*OFF, "-", "-o", "jsonl", input=ids)
    assert (done.code, len(done.out.splitlines())) == (0, 7)
    assert done.err.splitlines()[0] == "7 outlets: 2 calls, and 2 more when some do not confirm the change."
    assert "To put it back" not in done.err  # too many to be read; the rows have them
    assert done.out.count('"undo": "energyctl emporia outlets on P') == 6
    one = run(*ON, "-", "-o", "json", input=f"{fleet.id(OFFICE)}\n")
    assert (one.code, [row["outcome"] for row in one.json]) == (0, ["changed"])
    none = run(*ON, "-", "-o", "json", input="")
    assert (none.code, none.out, none.err) == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "No outlets were named"),
        (("--all", OFFICE), "contradict"),
        (("--ids-file", "nowhere"), "nowhere"),
    ],
)
def test_no_outlets_named(run: Run, fleet: Fleet, words: tuple[str, ...], said: str) -> None:
    done = run(*OFF, *words, "-o", "json")
    assert (done.code, done.out) == (2, "")
    assert said in done.error["message"]
    assert not fleet.calls("UpdateOutlets")


def test_outside_the_sandbox_a_yes_is_needed(real: Run, fleet: Fleet) -> None:
    refused = real(*OFF, OFFICE, "-o", "json")
    assert (refused.code, refused.out, refused.error["code"]) == (2, "", "confirmation_needed")
    assert f"turn off outlet {fleet.id(OFFICE)} (Office)" in refused.error["message"]
    assert "--yes" in refused.error["hint"]
    assert (fleet.calls("UpdateOutlets"), journal(real)) == ([], [])
    assert real(*ON, OFFICE, "-o", "json").json["outcome"] == "already"  # nothing to ask for
    done = real(*OFF, OFFICE, "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    (entry,) = journal(real)
    assert (entry["profile"], entry["environment"], entry["operation"]) == ("real", "custom", "UpdateOutlets")
    assert entry["system"] == fleet.sandbox.facts["urls"]["emporia_target"]


def test_a_dry_run_shows_the_change_and_what_would_not_be_sent(real: Run, fleet: Fleet) -> None:
    done = real(*OFF, OFFICE, LIGHTS, "NOPE", "--dry-run", "-o", "json")
    assert (done.code, done.err) == (0, "Dry run: nothing is sent.\n")
    office, lights, nope = done.json
    assert office["effect"] == f"turn off outlet {fleet.id(OFFICE)} (Office)"
    assert office["changes"] == [{"field": "on", "before": True, "after": False}]
    assert office["request"]["body"] == {"manufacturer_device_id": fleet.id(OFFICE), "on": False}
    assert "outcome" not in office
    assert (lights["outcome"], lights["request"], lights["changes"]) == ("already", None, [])
    assert (nope["outcome"], nope["request"]) == ("not_found", None)
    assert (fleet.calls("UpdateOutlets"), journal(real)) == ([], [])
    table = real(*OFF, OFFICE, "--dry-run", "-o", "table")
    assert "on true -> false" in table.out


def test_with_a_profile_named_the_command_back_names_it_too(
    real: Run, fleet: Fleet, sandbox: Sandbox
) -> None:
    done = real("--profile", "real", *OFF, OFFICE, "--yes")
    command = done.err.strip().partition("To put it back: ")[2]
    assert command == f"energyctl emporia outlets on {fleet.id(OFFICE)} --profile real"
    assert real(*shlex.split(command)[1:], "-y").code == 0
    assert fleet.now(OFFICE)["on"] is True


def test_an_outlet_that_lost_its_connection_since_it_was_listed(run: Run, fleet: Fleet) -> None:
    assert run("emporia", "devices", "list").code == 0
    fleet.set(OFFICE, connected=False)
    done = run(*OFF, OFFICE, "-o", "json")
    assert (done.code, done.json["outcome"], done.error["code"]) == (6, "offline", "offline")
    assert fleet.now(OFFICE)["on"] is True


def test_an_outlet_that_is_back_since_it_was_listed(run: Run, fleet: Fleet) -> None:
    assert run("emporia", "devices", "list").code == 0
    fleet.set(WINDOW, connected=True)
    done = run(*ON, WINDOW, "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "already")
    assert fleet.calls().count("GetDevices") == 2
    assert run(*ON, WINDOW, OFFICE).code == 0
    assert fleet.calls().count("GetDevices") == 2  # nothing to doubt


def test_an_outlet_that_was_renamed_since_it_was_listed(run: Run, fleet: Fleet, home: Path) -> None:
    assert run("emporia", "devices", "list").code == 0
    (kept,) = (home / ".local/state/energyctl/cache").glob("emporia-devices-*.json")
    kept.write_text(kept.read_text().replace(f'"{OFFICE}"', '"Former name"'))
    done = run(*OFF, OFFICE, "-o", "json")
    assert (done.code, done.json["outcome"], done.json["target"]) == (0, "changed", fleet.id(OFFICE))


def test_the_pipeline_of_the_manual(env: dict[str, str], home: Path) -> None:
    energyctl = f"{shlex.quote(sys.executable)} -m energyctl"
    switch = f"{energyctl} emporia outlets list -o ids | {energyctl} emporia outlets off - --yes -o jsonl"
    script = f"{switch} > one; echo $?; {switch} > two; echo $?"
    done = subprocess.run(
        [sys.executable, "-m", "energyctl", "sandbox", "run", "--", "sh", "-c", script],
        env={**env, "PYTHONPATH": str(Path.cwd())},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["12", "12"]
    first, second = ((home / name).read_text() for name in ("one", "two"))
    assert [first.count(f'"outcome": "{one}"') for one in ("changed", "already", "offline")] == [6, 1, 1]
    assert [second.count(f'"outcome": "{one}"') for one in ("changed", "already", "offline")] == [0, 7, 1]
