"""Outside the sandbox: what is only inferred is said, writes ask, and no secret is ever shown."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox, start
from tests.test_terminal import Terminal

OFFBOARD = ("emulate", "customers", "offboard")


def test_an_inferred_endpoint_is_said_once_and_a_documented_one_never(real: Run) -> None:
    done = real("emulate", "devices", "logs", "C-100001", "car")  # two operations, two pages
    notes = [line for line in done.err.splitlines() if line.startswith("note:")]
    assert (done.code, len(notes)) == (0, 2)
    assert all("is inferred, not documented by Emulate" in note for note in notes)
    assert real("emulate", "devices", "list", "C-100001", "-q").err == ""
    assert real("emulate", "facilities", "list", "--as-customer", "C-100001").err == ""
    assert real("emulate", "api", "GET", "/v1/retailer/example-brp").err == ""


@pytest.mark.parametrize(
    "words",
    [
        ("devices", "rename", "C-100001", "car", "x"),
        ("devices", "remove", "C-100001", "car"),
        ("spo", "set", "C-100001", "car", "enabled:=false"),
        ("onboarding", "link", "C-100001"),
        ("api", "PATCH", "/v1/retailer/customers/C-100001", "-f", "a=b"),
    ],
)
def test_every_write_needs_yes_without_a_terminal(
    real: Run, sandbox: Sandbox, words: tuple[str, ...]
) -> None:
    done = real("emulate", *words, "-q", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "confirmation_needed")
    assert {one["method"] for one in sandbox.requests()} <= {"GET"}


def _environment(env: dict[str, str], home: Path, sandbox: Sandbox, keys: dict[str, str]) -> dict[str, str]:
    config = home / "t.yaml"
    config.write_text(
        f"profiles:\n  work:\n    emulate: {{api_url: '{sandbox.facts['urls']['emulate']}', retailer_id: 42, "
        "retailer_key: 'env:MINE'}\n"
    )
    return {**env, "ENERGYCTL_CONFIG": str(config), "MINE": keys["retailer"]}


@pytest.mark.parametrize(
    ("ids", "typed", "code", "removed"),
    [
        (("C-100001",), "C-100001\n", 0, 3),
        (("C-100001",), "y\n", 130, 0),
        # One of the three has left already: the number is that of those who would be offboarded.
        (("C-100001", "C-100002", "C-999999"), "2\n", 12, 4),
        (("C-100001", "C-100002"), "C-100001\n", 130, 0),
    ],
)
def test_offboarding_wants_the_id_or_the_number_typed(
    env: dict[str, str],
    home: Path,
    sandbox: Sandbox,
    keys: dict[str, str],
    ids: tuple[str, ...],
    typed: str,
    code: int,
    removed: int,
) -> None:
    terminal = Terminal(*OFFBOARD, *ids, env=_environment(env, home, sandbox, keys))
    terminal.until(" to go on: ")
    assert "Polestar" in terminal.text
    assert "Emulate, custom:" in terminal.text
    terminal.type(typed)
    assert terminal.end() == code, terminal.text
    assert len(sandbox.requests(method="DELETE")) == removed


# -- secrets -----------------------------------------------------------------------------------------------------


def test_no_key_and_no_token_is_shown_or_recorded(
    real: Run, sandbox: Sandbox, home: Path, keys: dict[str, str]
) -> None:
    shown = ""
    for words in (
        ("devices", "rename", "C-100001", "car", "x", "--yes"),
        ("spo", "set", "C-100001", "car", "mode=turbo", "--yes"),
        ("customers", "list", "--limit", "1"),
        ("customers", "show", "--as-customer", "C-100001"),
        ("customers", "show", "--as-customer", "K-900001"),
        ("api", "GET", "/v1/retailer/customers/nobody"),
    ):
        done = real("emulate", *words, "-v", "-o", "json")
        assert "Authorization: [redacted]" in done.err or "authorization: [redacted]" in done.err
        shown += done.out + done.err
    shown += real("doctor", "emulate", "--online", "-v").err
    shown += real("journal", "list", "-o", "json").out
    with sqlite3.connect(home / ".local/state/energyctl/journal.sqlite3") as journal:
        shown += "\n".join(journal.iterdump())
    journal.close()
    assert not re.search(r"eyJ[\w-]{5,}\.", shown)
    for key in keys.values():
        assert not any(line in shown for line in key.splitlines() if "KEY" not in line)
    kept = [file for file in home.rglob("*") if file.is_file() and "tokens" not in file.parts]
    assert not any(re.search(rb"eyJ[\w-]{5,}\.[\w-]+\.[\w-]+", file.read_bytes()) for file in kept)
    for file in (home / ".local/state/energyctl/tokens").glob("*.json"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_no_secret_is_among_the_arguments_of_a_process(
    env: dict[str, str], sandbox: Sandbox, keys: dict[str, str]
) -> None:
    """The tool starts nothing that would carry one: only what the user typed is in the list of processes."""
    sandbox.fault("emulate:latency=20@GET /v1/retailer/customers")
    with start("emulate", "customers", "list", env={**env, **sandbox.env}) as process:
        try:
            while not sandbox.requests(path="/v1/retailer/customers"):
                assert process.poll() is None
            line = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        finally:
            process.kill()
    assert line.split("\0")[1:-1] == ["-m", "energyctl", "emulate", "customers", "list"]
    assert children == []
