"""A disk that is full, a record that fails halfway, a directory that is not the user's: nothing unrecorded is sent."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Sandbox, start
from tests.crash.cases import CASES
from tests.crash.sweep import World, environment

#: Of Linux: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, and PR_CAPBSET_DROP.
_PASSES_OVER_MODES, _DROP_FROM_BOUNDING_SET = (1, 2), 24


def _world(home: Path, sandbox: Sandbox, *words: str) -> World:
    case = next(case for case in CASES if case.words[: len(words)] == words)
    return World(case, home / "own", environment(), sandbox)


def _journal_file(world: World) -> Path:
    return world.home / ".local/state/energyctl/journal.sqlite3"


def _before_any(world: World) -> None:
    """Make the journal, so that it can be made to refuse."""
    world.run("rabot", "api", "POST", "tariffs/RabotSmart/calculation", "--yes", "-f", "zipCode=1")
    world.sandbox.forget_requests()
    assert _journal_file(world).exists()


@pytest.mark.parametrize("when", ["", "WHEN NEW.kind = 'result'"])
def test_a_result_that_cannot_be_recorded_is_told_and_not_sent_again(
    tmp_path: Path, sandbox: Sandbox, when: str
) -> None:
    world = _world(tmp_path, sandbox, "rabot", "orders", "create", "-f", "order.yaml")
    _before_any(world)
    connection = sqlite3.connect(_journal_file(world), isolation_level=None)
    connection.execute(
        f"CREATE TRIGGER full BEFORE INSERT ON events {when} BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    done = world.run(*world.case.words)
    connection.execute("DROP TRIGGER full")
    connection.close()
    if not when:  # not even that it is being sent
        assert (done.code, done.out, len(world.sent())) == (13, "", 0)
        assert "Nothing was sent" in done.error["message"]
        assert world.run(*world.case.words).json["outcome"] == "changed"
        return
    assert (done.code, done.json["outcome"], len(world.sent())) == (0, "changed", 1)
    assert "is recorded without its result" in done.err
    again = world.run(*world.case.words)
    assert (again.code, len(world.sent())) == (0, 1)
    assert again.json["contractNumber"] == done.json["contractNumber"]


def test_a_record_that_fails_in_the_middle_of_a_batch(tmp_path: Path, sandbox: Sandbox) -> None:
    world = _world(tmp_path, sandbox, "rabot", "customers", "unlink", "1000001", "1000004")
    _before_any(world)
    connection = sqlite3.connect(_journal_file(world), isolation_level=None)
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON writes WHEN NEW.target = '1000004' BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    connection.close()
    done = world.run(*world.case.words[:-2], "-o", "json")
    assert done.code == 13
    assert [(row["target"], row["outcome"]) for row in done.json] == [
        ("1000001", "changed"),
        ("1000004", "failed"),
    ]
    assert "Nothing was sent" in done.json[1]["message"]
    assert "1 target was not tried" in done.err
    assert [one["path"].split("/")[-2] for one in world.sent()] == ["1000001"]


def _ended(world: World, *words: str, **settings: Any) -> tuple[int, bytes, bytes]:
    process = start(
        *words,
        env=world.env,
        cwd=world.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **settings,
    )
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize("room", [4096, 36_864, 45_056])
def test_a_disk_with_little_room(tmp_path: Path, sandbox: Sandbox, room: int) -> None:
    world = _world(tmp_path, sandbox, "rabot", "customers", "unlink", "1000001", "--yes")
    code, out, err = _ended(
        world, *world.case.words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    )
    sent = len(world.sent())
    if code == 13:
        error = json.loads(err.splitlines()[-1])["error"]
        assert (sent, out, error["code"]) == (0, b"", "journal_unusable")
        assert "Nothing was sent" in error["message"]
    else:
        assert (code, sent, json.loads(out)["outcome"]) == (0, 1, "changed")
        (told,) = world.journal()
        assert told["outcome"] == "changed" or b"is recorded without its" in err
    assert world.leftovers() == []


_ON_A_SMALL_DISK = """
mount -t tmpfs -o size="$1",mode=700 none "$2" || exit 99
state="$2" python="$3" && shift 3
"$python" -m energyctl "$@"
echo $? > ended
mount -o remount,size=10m "$state"
"$python" -m energyctl journal list -o json > journal
"""
_APART = ("unshare", "--user", "--map-root-user", "--mount")


def _can_mount() -> bool:
    try:
        return subprocess.run((*_APART, "true"), capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not _can_mount(), reason="this machine lets nobody mount a disk of his own")
@pytest.mark.parametrize("room", ["4k", "28k", "40k", "44k", "100k"])
def test_a_disk_that_is_full(tmp_path: Path, sandbox: Sandbox, room: str) -> None:
    world = _world(tmp_path, sandbox, "rabot", "customers", "unlink", "1000001", "--yes")
    state = world.home / ".local/state/energyctl"
    state.mkdir(parents=True)
    words = (*_APART, "sh", "-c", _ON_A_SMALL_DISK, "sh", room, state, sys.executable, *world.case.words)
    done = subprocess.run(
        words, env=world.env, cwd=world.home, capture_output=True, timeout=120, check=True, text=True
    )
    code, sent = int((world.home / "ended").read_text()), len(world.sent())
    journal = [one["outcome"] for one in json.loads((world.home / "journal").read_text())]
    if code == 13:
        assert (sent, done.stdout) == (0, "")
        assert "database or disk is full. Nothing was sent" in json.loads(done.stderr)["error"]["message"]
        assert journal in ([], ["not_sent"])
    elif "is recorded without its result" in done.stderr:
        assert (code, sent, json.loads(done.stdout)["outcome"], journal) == (0, 1, "changed", ["unknown"])
    else:
        assert (code, sent, json.loads(done.stdout)["outcome"], journal) == (0, 1, "changed", ["changed"])


def _as_anybody() -> None:
    """Take from root what lets it pass over the modes of files."""
    if os.geteuid() == 0:
        for capability in _PASSES_OVER_MODES:
            ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def test_a_directory_that_cannot_be_written_to(tmp_path: Path, sandbox: Sandbox) -> None:
    world = _world(tmp_path, sandbox, "rabot", "customers", "unlink", "1000001", "--yes")
    state = world.home / ".local/state"
    state.mkdir(parents=True)
    state.chmod(0o555)
    code, out, err = _ended(world, *world.case.words, preexec_fn=_as_anybody)
    assert (code, out, len(world.sent())) == (13, b"", 0), err
    assert json.loads(err.splitlines()[-1])["error"]["hint"]
    code, out, err = _ended(world, "rabot", "tariffs", "list", preexec_fn=_as_anybody)
    assert (code, b"Tokens are not kept" in err) == (0, True), err
    assert out


def test_files_that_their_owner_may_not_read_are_his_again(tmp_path: Path, sandbox: Sandbox) -> None:
    world = _world(tmp_path, sandbox, "rabot", "customers", "unlink", "1000001", "--yes")
    _before_any(world)
    for path in (world.home / ".local/state").rglob("*"):
        if path.is_file():
            path.chmod(0)
    code, out, err = _ended(world, *world.case.words, preexec_fn=_as_anybody)
    assert (code, json.loads(out)["outcome"], len(world.sent())) == (0, "changed", 1), err
