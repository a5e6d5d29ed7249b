"""The one path of every write: dry run, confirmation, every outcome, and what a kill at any moment leaves behind."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, start
from tests.partner import Partner, Reply

UNLINK = ("rabot", "customers", "unlink")
LINK = "/partner/v1/customers/1000001/link"


@pytest.fixture
def env(env: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """A run as the client that some of the customers are linked with, so that they can be unlinked."""
    client = sandbox.facts["credentials"]["rabot"]["other_clients"][0]
    assert client["kind"] == "third-party"
    return {
        **env,
        "ENERGYCTL_RABOT_CLIENT_ID": client["client_id"],
        "ENERGYCTL_RABOT_CLIENT_SECRET": client["client_secret"],
    }


def _journal(run: Run, *words: str) -> list[dict[str, Any]]:
    return list(run("journal", "list", "-o", "json", *words).json)


def _deletes(sandbox: Sandbox) -> int:
    return len(sandbox.requests(method="DELETE"))


# -- before sending ----------------------------------------------------------------------------------------------


def test_a_dry_run_shows_the_request_and_sends_nothing(outside: Run, sandbox: Sandbox) -> None:
    done = outside(*UNLINK, "1000001", "--dry-run", "-o", "json")
    assert (done.code, done.err) == (0, "Dry run: nothing is sent.\n")
    (row,) = done.json if isinstance(done.json, list) else [done.json]
    assert (row["dry_run"], row["target"], row["operation"]) == (True, "1000001", "unlink_customer")
    assert row["request"] == {"method": "DELETE", "url": sandbox.facts["urls"]["rabot"] + LINK, "body": None}
    assert sandbox.requests() == []
    assert _journal(outside) == []
    fields = ("-f", "password=hunter22", "-f", "iban=DE89370400440532013000", "-f", "n:=1")
    shown = outside("rabot", "api", "POST", "orders", *fields, "--dry-run", "-o", "json")
    assert (shown.code, shown.json["effect"]) == (0, "POST /partner/v1/orders")
    assert shown.json["request"]["body"] == {"password": "[redacted]", "iban": "DE89…00", "n": 1}
    assert sandbox.requests() == []


def test_the_sandbox_asks_nothing(run: Run) -> None:
    done = run(*UNLINK, "1000001", "-o", "json")
    assert (done.code, done.json["outcome"], done.json["customerNumber"]) == (0, "changed", "1000001")


@pytest.mark.parametrize("words", [["1000001"], ["1000001", "1000004"], ["-"]])
def test_elsewhere_a_write_without_a_terminal_needs_yes(
    outside: Run, sandbox: Sandbox, words: list[str]
) -> None:
    refused = outside(*UNLINK, *words, "-o", "json", input="1000001\n")
    assert (refused.code, refused.out, refused.error["code"]) == (2, "", "confirmation_needed")
    assert "--yes" in refused.error["hint"]
    assert "1000001" in refused.error["message"]
    assert sandbox.requests() == []
    assert _journal(outside) == []
    agreed = outside(*UNLINK, *words, "--yes", "-o", "jsonl", input="1000001\n")
    assert agreed.code == 0


@pytest.mark.parametrize(("mode", "one", "two"), [("bulk", 0, 2), ("never", 0, 0), ("always", 2, 2)])
def test_the_profile_says_when_a_write_asks(
    outside: Run, sandbox: Sandbox, home: Path, mode: str, one: int, two: int
) -> None:
    config = home / "outside.yaml"
    config.write_text(config.read_text().replace("  real:\n", f"  real:\n    confirm: {mode}\n"))
    assert outside(*UNLINK, "1000001").code == one
    assert outside(*UNLINK, "1000004", "1000007").code == two


def test_the_word_sandbox_with_another_machines_address_is_refused(outside: Run, sandbox: Sandbox) -> None:
    more = {
        "ENERGYCTL_RABOT_ENVIRONMENT": "sandbox",
        "ENERGYCTL_RABOT_API_URL": "https://api.rabot-charge.example",
    }
    done = outside(*UNLINK, "1000001", "-o", "json", more=more)
    assert (done.code, done.out, done.error["code"]) == (13, "", "not_a_sandbox")
    assert sandbox.requests() == []


def test_a_query_or_columns_that_cannot_be_are_refused_before_the_write(run: Run, sandbox: Sandbox) -> None:
    for wish in (["--query", "foo["], ["-c", ","], ["-o", "pdf"]):
        assert run(*UNLINK, "1000001", *wish).code == 2
    assert sandbox.requests() == []


def test_a_query_that_does_not_fit_the_rows_hides_no_failure(run: Run, sandbox: Sandbox) -> None:
    wish = ("--query", "[].length(journal_id)")
    done = run(*UNLINK, "1000001", "555", *wish, "-o", "json")
    assert (done.code, _deletes(sandbox)) == (12, 2)
    well = run(*UNLINK, "1000004", "1000007", *wish, "-o", "json")
    assert (well.code, _deletes(sandbox)) == (2, 4)
    assert [one["outcome"] for one in _journal(run)] == ["changed", "changed", "not_found", "changed"]


# -- outcomes ----------------------------------------------------------------------------------------------------


def test_a_write_that_went_well_is_told_and_kept(run: Run, sandbox: Sandbox) -> None:
    row = run(*UNLINK, "1000001", "-o", "json").json
    (kept,) = _journal(run)
    assert (row["outcome"], row["journal_id"]) == ("changed", kept["id"])
    assert (kept["operation"], kept["target"], kept["outcome"], kept["profile"], kept["environment"]) == (
        "unlink_customer",
        "1000001",
        "changed",
        "sandbox",
        "sandbox",
    )
    assert len(kept["digest"]) == 64
    assert kept["at"].endswith("+00:00")
    story = run("journal", "show", str(kept["id"]), "-o", "json").json
    assert [event["kind"] for event in story["events"]] == ["sending", "result"]
    assert story["meaning"] == "It happened."
    assert _deletes(sandbox) == 1


@pytest.mark.parametrize(
    ("fault", "code", "outcome", "sent"),
    [
        ("drop-after", 0, "changed", 1),
        ("drop-before", 9, "unknown", 1),
        ("500", 9, "unknown", 1),
        ("503", 9, "unknown", 1),
        ("truncate", 0, "changed", 1),
        ("429=3", 7, "failed", 1),
        ("expired-token", 4, "failed", 2),
    ],
)
def test_how_a_write_can_end(
    run: Run, sandbox: Sandbox, fault: str, code: int, outcome: str, sent: int
) -> None:
    sandbox.fault(f"rabot:{fault}@DELETE {LINK}")
    done = run(*UNLINK, "1000001", "-o", "json")
    assert (done.code, _deletes(sandbox)) == (code, sent)
    assert done.json["outcome"] == outcome
    assert [one["outcome"] for one in _journal(run)] == [outcome]
    if outcome == "changed":
        assert "looking it up" in done.err
    else:
        assert done.error["outcome"] == outcome
    if outcome == "unknown":
        assert "energyctl" in done.error["hint"]


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(400, 6, "rejected"), (409, 6, "rejected"), (404, 3, "not_found"), (403, 5, "failed")],
)
def test_a_refused_write_is_not_unknown(
    env: dict[str, str], home: Path, status: int, code: int, outcome: str
) -> None:
    with Partner(customers_7_link=Reply({"message": "no"}, status)) as partner:
        client = partner.client(env, home)
        done = client(*UNLINK, "7", "--yes", "-o", "json")
        assert (done.code, done.json["outcome"], done.error["outcome"]) == (code, outcome, outcome)
        assert [one["outcome"] for one in _journal(client)] == [outcome]
        assert [one for one in partner.paths() if one.endswith("/link")] == ["/partner/v1/customers/7/link"]


def test_a_write_without_an_answer_in_time_is_unknown(run: Run, sandbox: Sandbox) -> None:
    run("rabot", "tariffs", "list")
    sandbox.fault(f"rabot:latency=9@DELETE {LINK}")
    done = run(*UNLINK, "1000001", "--timeout", "2", "-o", "json")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert "journal" in done.err or "customers list" in done.err


def test_a_write_that_could_not_be_sent_has_failed(env: dict[str, str], home: Path) -> None:
    with Partner() as partner:
        client = partner.client(env, home)
        client("auth", "token", "rabot")
    done = client(*UNLINK, "7", "--yes", "-o", "json")
    assert (done.code, done.json["outcome"]) == (10, "failed")


def test_of_many_targets_each_has_its_row_and_one_failure_stops_no_other(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:drop-before@DELETE /partner/v1/customers/1000004/link")
    done = run(*UNLINK, "-", "1000007", "-o", "jsonl", input="# mine\n1000001\n\n1000004\n555\n")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [(row["target"], row["outcome"]) for row in rows] == [
        ("1000001", "changed"),
        ("1000004", "unknown"),
        ("555", "not_found"),
        ("1000007", "changed"),
    ]
    assert (done.code, done.error["code"]) == (12, "partly_failed")
    assert done.error["details"] == {"unknown": 1, "not_found": 1}
    assert len({row["batch"] for row in _journal(run)}) == 1


def test_a_limit_or_a_reader_that_leaves_stops_no_write(
    run: Run, env: dict[str, str], sandbox: Sandbox, home: Path
) -> None:
    done = run(*UNLINK, "1000001", "1000004", "1000007", "--limit", "1", "-o", "jsonl")
    assert (done.code, len(done.out.splitlines()), _deletes(sandbox)) == (0, 1, 3)
    command = f"{sys.executable} -m energyctl {' '.join(UNLINK)}"
    script = f"{command} 1000010 1000013 555 -o jsonl | :; exit ${{PIPESTATUS[0]}}"
    gone = subprocess.run(
        ["bash", "-c", script], env={**env, **sandbox.env}, cwd=home, capture_output=True, check=False
    )
    assert _deletes(sandbox) == 6
    assert gone.returncode == 12


# -- when it is cut short ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 130), (signal.SIGINT, 130)]
)
def test_an_end_in_flight_leaves_unknown_on_record(
    run: Run, env: dict[str, str], sandbox: Sandbox, number: signal.Signals, code: int
) -> None:
    sandbox.fault("rabot:latency=20@DELETE /partner/v1/customers")
    process = start(
        *UNLINK,
        "1000001",
        "1000004",
        "-o",
        "json",
        env={**env, **sandbox.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _until(lambda: _deletes(sandbox) == 1)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, b"[]\n" if code == 130 else b"")
    (kept,) = _journal(run)
    assert (kept["target"], kept["outcome"]) == ("1000001", "unknown")
    if code == 130:
        error = json.loads(err.splitlines()[-1])["error"]
        assert (error["code"], error["outcome"], error["exit_code"]) == ("interrupted", "unknown", 130)
    assert _deletes(sandbox) == 1


def test_a_kill_before_sending_leaves_not_sent(run: Run, env: dict[str, str], sandbox: Sandbox) -> None:
    journal = Path(env["XDG_STATE_HOME"]) / "energyctl/journal.sqlite3"
    run(*UNLINK, "1000001")
    lock = sqlite3.connect(journal, isolation_level=None)
    lock.execute(
        "CREATE TRIGGER slow BEFORE INSERT ON events BEGIN SELECT "
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e10) SELECT max(i) FROM n); END"
    )
    lock.close()
    sandbox.forget_requests()
    process = start(*UNLINK, "1000004", env={**env, **sandbox.env}, stdout=subprocess.DEVNULL)
    _until(lambda: _intents(journal) == 2)
    process.kill()
    assert process.wait(60) == -9
    assert [one["outcome"] for one in _journal(run)] == ["not_sent", "changed"]
    assert sandbox.requests(method="DELETE") == []
    story = run("journal", "show", "2", "-o", "json").json
    assert story["events"] == []
    assert "before anything was sent" in story["meaning"]


def _intents(journal: Path) -> int:
    connection = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM writes").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("trouble", ["full disk", "not a directory", "damaged"])
def test_without_a_record_nothing_is_sent(
    run: Run, env: dict[str, str], sandbox: Sandbox, home: Path, trouble: str
) -> None:
    state = Path(env["XDG_STATE_HOME"]) / "energyctl"
    limit: Callable[[], None] | None = None
    if trouble == "full disk":
        limit = _no_space
    elif trouble == "not a directory":
        state.parent.mkdir(parents=True)
        state.write_text("in the way")
    else:
        state.mkdir(parents=True)
        (state / "journal.sqlite3").write_bytes(b"no database at all" * 100)
    process = start(
        *UNLINK,
        "1000001",
        "-o",
        "json",
        env={**env, **sandbox.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limit,
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (13, b"")
    error = json.loads(err.splitlines()[-1])["error"]
    assert error["hint"]
    assert _deletes(sandbox) == 0
    if trouble != "not a directory":
        assert error["code"] == "journal_unusable"
        assert "Nothing was sent" in error["message"]


def _no_space() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _until(ready: Callable[[], bool], limit_s: float = 60.0) -> None:
    end = time.monotonic() + limit_s
    while not ready():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_the_journal_is_private_whatever_the_umask(env: dict[str, str], sandbox: Sandbox) -> None:
    process = start(*UNLINK, "1000001", env={**env, **sandbox.env}, umask=0, stdout=subprocess.DEVNULL)
    assert process.wait(60) == 0
    state = Path(env["XDG_STATE_HOME"]) / "energyctl"
    assert os.stat(state).st_mode & 0o777 == 0o700  # noqa: PTH116
    assert (state / "journal.sqlite3").stat().st_mode & 0o777 == 0o600
