"""``--watch``: a screen on a terminal, news in a pipe, and what ends it or does not."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import RateLimited, Unreachable
from energyctl.core.limits import Budget
from energyctl.core.pacing import budget_interval, pause_after
from energyctl.core.session import Session
from energyctl.core.views import View
from energyctl.core.watching import Known, first_lines
from tests.conftest import LONGEST_RUN_S, Run, Sandbox, run_with, start, until
from tests.test_terminal import ESCAPE, Terminal

CUSTOMERS = ("rabot", "customers", "list", "--watch=1")
HOME = "\x1b[H"


class Watching:
    """A watch in a pipe."""

    def __init__(self, *words: str, env: dict[str, str]) -> None:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = start(*words, env=env, bufsize=0, **pipes)
        self._read = {self.process.stdout: b"", self.process.stderr: b""}

    def _line(self, stream: Any) -> Any:
        """Return the next line of a stream as data, when it comes."""
        while b"\n" not in self._read[stream]:
            assert select.select([stream], [], [], LONGEST_RUN_S)[0], f"nothing came: {self._read}"
            chunk = os.read(stream.fileno(), 65536)
            assert chunk, f"it has ended: {self._read}"
            self._read[stream] += chunk
        line, _, self._read[stream] = self._read[stream].partition(b"\n")
        return json.loads(line)

    def row(self) -> Any:
        """Return the next row."""
        return self._line(self.process.stdout)

    def rows(self, count: int) -> list[Any]:
        """Return the next rows."""
        return [self.row() for _ in range(count)]

    def error(self) -> dict[str, Any]:
        """Return the next error on stderr."""
        found: dict[str, Any] = self._line(self.process.stderr)["error"]
        return found

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait(LONGEST_RUN_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


@pytest.fixture
def inside(env: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """The environment of a run against the sandbox."""
    return {**env, **sandbox.env}


@pytest.fixture
def begin(inside: dict[str, str]) -> Iterator[Any]:
    """Begin to watch in a pipe."""
    begun: list[Watching] = []

    def make(*words: str, more: dict[str, str] | None = None) -> Watching:
        begun.append(Watching(*words, env={**inside, **(more or {})}))
        return begun[-1]

    yield make
    for one in begun:
        one.close()


# -- in a pipe ---------------------------------------------------------------------------------------------------


def test_a_pipe_gets_changed_rows_whole(begin: Any, run: Run, sandbox: Sandbox) -> None:
    before = {one["contractNumber"]: one for one in run("rabot", "orders", "list", "-o", "json").json}
    watching = begin("rabot", "orders", "list", "--watch=1")
    assert watching.rows(len(before)) == list(before.values())
    sandbox.post("/advance", {"seconds": 5 * 86_400})
    changed = watching.row()
    after = {one["contractNumber"]: one for one in run("rabot", "orders", "list", "-o", "json").json}
    moved = [one for number, one in after.items() if one != before[number]]
    assert moved[0]["state"] != before[moved[0]["contractNumber"]]["state"]
    assert [changed, *watching.rows(len(moved) - 1)] == moved
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(LONGEST_RUN_S) == 130
    assert watching.error()["code"] == "interrupted"
    assert watching.process.stdout.read() == b""


def test_a_failed_look_is_told_and_what_is_gone_too(
    begin: Any, inside: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    client = sandbox.facts["credentials"]["rabot"]["other_clients"][0]  # it sees customers by links alone
    more = {f"ENERGYCTL_RABOT_{name.upper()}": client[name] for name in ("client_id", "client_secret")}
    run = run_with({**inside, **more}, home)
    before = run("rabot", "customers", "list", "-o", "json").json
    assert before
    watching = begin(*CUSTOMERS, "-o", "jsonl", more=more)
    assert watching.rows(len(before)) == before
    sandbox.fault("rabot:503@GET /partner/v1/customers")
    error = watching.error()
    assert (error["exit_code"], error["http_status"]) == (10, 503)
    sandbox.clear_faults()
    gone = str(before[0]["customerNumber"])
    assert run("rabot", "customers", "unlink", gone, "--yes").code == 0
    assert watching.row() == {"id": gone, "removed": True}
    watching.process.stdout.close()  # nothing more is written, and yet it ends
    assert watching.process.wait(LONGEST_RUN_S) == 0
    assert b"Traceback" not in watching.process.stderr.read()


def test_a_row_that_the_limit_pushes_out_is_not_gone(begin: Any, run: Run, sandbox: Sandbox) -> None:
    outlet = run("emporia", "outlets", "list", "-o", "ids").out.split()[0]
    assert run("emporia", "outlets", "off", outlet).code == 0
    watching = begin("journal", "list", "--limit", "1", "--watch=1", "-o", "jsonl")
    first = watching.row()["id"]
    assert run("emporia", "outlets", "on", outlet).code == 0
    assert watching.row()["id"] == first + 1
    assert run("emporia", "outlets", "off", outlet).code == 0
    assert watching.row()["id"] == first + 2  # and in between nothing is said to be removed


def test_one_thing_that_stays_as_it_is_is_written_once(begin: Any, sandbox: Sandbox) -> None:
    state = begin("emulate", "customers", "show", "C-100001", "--watch=1", "--query", "id")
    assert state.row() == "C-100001"
    before = len(sandbox.requests(provider="emulate"))
    until(lambda: len(sandbox.requests(provider="emulate")) >= before + 5)
    descriptors = Path(f"/proc/{state.process.pid}/fd")
    if descriptors.exists():
        assert len(list(descriptors.iterdir())) < 12
    state.process.send_signal(signal.SIGTERM)
    assert state.process.wait(LONGEST_RUN_S) == 130
    assert state.process.stdout.read() == b""


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["customers", "list", "--watch", "-o", "table"], 2, "not table"),
        (["customers", "list", "--watch", "--dry-run"], 2, "--dry-run"),
        (["customers", "list", "--watch=0.9"], 2, "0.9"),
        (["customers", "list", "--watch=nan"], 2, "nan"),
        (["customers", "list", "--watch=x"], 2, "'x'"),
        (["customers", "unlink", "1000001", "--watch"], 2, "No such option"),
        (["orders", "show", "499999999", "--watch"], 3, "499999999"),
    ],
)
def test_what_another_look_would_not_mend_ends_it(run: Run, words: list[str], code: int, told: str) -> None:
    done = run("rabot", *words)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_refused_credentials_end_it(run: Run) -> None:
    done = run(*CUSTOMERS, more={"ENERGYCTL_RABOT_CLIENT_SECRET": "wrong"})
    assert (done.code, done.out, done.error["exit_code"]) == (4, "", 4)


def test_standard_input_is_read_once_for_all_looks(begin: Any, sandbox: Sandbox) -> None:
    watching = begin("bright", "users", "list", "--ssn", "-", "--watch=1")
    watching.process.stdin.write(b"191212121212\n")
    watching.process.stdin.close()
    until(lambda: len(sandbox.requests(provider="bright")) >= 6)
    assert watching.process.poll() is None


# -- on a terminal -----------------------------------------------------------------------------------------------


def _resize(terminal: Terminal, lines: int, columns: int) -> None:
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _screen(terminal: Terminal) -> list[str]:
    """Return the lines of the latest screen."""
    return ESCAPE.sub("", terminal.raw.rpartition(HOME)[2]).replace("\r\n", "\n").split("\n")


def test_a_terminal_is_redrawn(inside: dict[str, str], sandbox: Sandbox) -> None:
    terminal = Terminal("rabot", "orders", "list", "--watch=1", env=inside)
    terminal.until("Ctrl-C ends.")
    lines = _screen(terminal)
    assert lines[0].split()[:2] == ["Contract", "State"]
    assert lines[-1].startswith("Last look ")
    assert lines[-1].endswith(", every 1 s, Ctrl-C ends.")
    assert len(lines) <= 40
    sandbox.fault("rabot:503@GET /partner/v1/orders")
    terminal.until(" failed, again in 2 s, Ctrl-C ends.")
    assert _screen(terminal)[:-1] == lines[:-1]
    _resize(terminal, 6, 60)
    until(lambda: terminal._read(0.05) and len(_screen(terminal)) == 6)
    low = _screen(terminal)
    assert max(map(len, low)) <= 60
    assert low[4].startswith("… ")
    _resize(terminal, 40, 100)
    sandbox.clear_faults()
    until(lambda: terminal._read(0.05) and _screen(terminal)[-1].endswith(", every 1 s, Ctrl-C ends."))
    assert len(_screen(terminal)) == 40
    terminal.type("\x03")
    assert terminal.end() == 130
    assert terminal.text.endswith("Interrupted.\n")


def test_a_terminal_that_cannot_be_redrawn_gets_one_look_below_the_other(inside: dict[str, str]) -> None:
    terminal = Terminal("journal", "list", "--watch=1", "-o", "ids", env={**inside, "TERM": "dumb"})
    terminal.until("Ctrl-C ends.\nLast look ")
    terminal.type("\x03")
    assert terminal.end() == 130
    assert "\x1b" not in terminal.raw


# -- the parts ---------------------------------------------------------------------------------------------------


def test_pauses_keep_the_interval_and_grow_after_failures() -> None:
    assert pause_after(10, 3, None, 0) == (7, 10)
    assert pause_after(10, 30, None, 0) == (1, 10)
    trouble = Unreachable("It is down.")
    grown = [pause_after(10, 0, trouble, failures)[0] for failures in (1, 2, 3, 5, 5000)]
    for pause, least in zip(grown, (20, 40, 80, 300, 300), strict=True):
        assert least <= pause <= least * 1.1
    assert 900 <= pause_after(900, 0, trouble, 3)[0] <= 990
    assert pause_after(10, 0, RateLimited("Slower.", retry_after_s=500), 1) == (500, 500)
    assert pause_after(10, 0, RateLimited("Slower.", retry_after_s=1e9), 1)[0] == 86_400


@pytest.mark.parametrize(
    ("calls", "apart"), [(0, (0, 0)), (4, (0, 0)), (5, (720, 720)), (8, (1800, 1800)), (10, (3500, 3600))]
)
def test_looks_come_apart_when_the_call_budget_is_half_used(
    tmp_path: Path, calls: int, apart: tuple[float, float]
) -> None:
    env = {"ENERGYCTL_STATE_DIR": str(tmp_path / "state"), "HOME": str(tmp_path)}
    earlier, session = Session(env=env), Session(env=env)
    for number in range(calls):
        mine = session if number == calls - 1 else earlier
        Budget(mine, provider="p", account="a", limit=10).take()
    found, why = budget_interval(session)
    assert apart[0] <= found <= apart[1]
    assert (f"{10 - calls} of 10 calls to p" in why) is (apart[0] > 0)


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (5, ["a", "b", "c", "d"]),
        (4, ["a", "b", "c", "d"]),
        (3, ["a", "b", "… 2 more lines"]),
        (1, ["… 4 more lines"]),
        (0, []),
    ],
)
def test_a_low_window_shows_the_first_lines(room: int, shown: list[str]) -> None:
    assert first_lines(["a", "b", "c", "d"], room) == shown


def test_news_are_new_and_changed_rows() -> None:
    known, view = Known(), View(id_path="number")

    def look(*rows: dict[str, Any], **end: Any) -> tuple[list[dict[str, Any]], list[str]]:
        return [row for row in rows if known.is_news(row, view)], known.end_look(**{"whole": True, **end})

    one, two, bare = {"number": 1, "s": "a"}, {"number": 2, "s": "a"}, {"s": "no id"}
    assert look(one, two, bare) == ([one, two, bare], [])
    assert look(two, one, bare) == ([], [])
    changed = {**one, "s": "b"}
    assert look(changed, whole=False) == ([changed], [])
    assert look(changed, two, bare) == ([], [])
    assert look(one, bare) == ([one], ["2"])
    assert look(two) == ([two], ["1"])
    assert look(two, bare, {**two, "s": "c"}) == ([bare, {**two, "s": "c"}], [])
    assert look({**two, "s": "c"}, two) == ([], [])
    assert look(one, two, limit=2) == ([one], [])
    assert look(two, {"number": 3}, limit=2) == ([{"number": 3}], [])  # 1 may only have been pushed out
    assert look(two, limit=2) == ([], ["3"])


def test_every_command_that_looks_can_watch(bare: Run) -> None:
    for words in (
        ["devices", "list"],
        ["auth", "status"],
        ["emulate", "devices", "logs"],
        ["config", "show"],
    ):
        assert "--watch [=SECONDS]" in bare(*words, "--help").out, words
