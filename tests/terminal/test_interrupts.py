"""Ctrl-C, SIGTERM and a hang-up, whatever energyctl is doing: one line, 130, and nothing left as it should not be."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, until
from tests.terminal.tool import CTRL_C, EVERYTHING, Piped, Tty
from tests.terminal.waits import UNLINK, WAITS, Doing, asked

#: Each way of waiting is ended in one way; with ENERGYCTL_TEST_TERMINAL=all in each of them.
ENDS: list[tuple[str, str | int, bool]] = [
    ("read", signal.SIGHUP, False),
    ("write", CTRL_C, True),
    ("secret", signal.SIGHUP, False),
    ("watch", CTRL_C, True),
    ("hold", signal.SIGHUP, True),
    ("bankid", signal.SIGTERM, True),
]
if EVERYTHING:
    ENDS = [
        (what, wish, twice)
        for what in WAITS
        for wish in (CTRL_C, signal.SIGTERM, signal.SIGHUP)
        for twice in (False, True)
    ]


def told_once(terminal: Tty, doing: Doing) -> None:
    """See that the end is told in one line, and on a line of its own."""
    text = terminal.text.replace("^C", "")
    assert text.count("Interrupted") == 1, text
    assert "Interrupted" in text.rstrip().rpartition("\n" if "error: " not in text else "error: ")[2]
    assert re.search(r'(?m)^(error: |\{"error": )', text.replace("\r", "\n")), text
    assert doing.said in text


@pytest.mark.parametrize(("what", "wish", "twice"), ENDS, ids=lambda value: str(value).strip("\x03") or "^C")
def test_it_ends_at_once_and_tidily(begin: Any, what: str, wish: str | int, twice: bool) -> None:
    doing = WAITS[what]
    terminal = begin(doing)
    if twice and isinstance(wish, int):
        terminal.send(wish)
    elif twice:
        terminal.type(CTRL_C)
    assert terminal.ends(wish) == 130
    told_once(terminal, doing)


# -- what is left behind -----------------------------------------------------------------------------------------


def test_a_write_that_was_not_agreed_to_is_not_sent(begin: Any, sandbox: Sandbox) -> None:
    assert begin(WAITS["question"]).ends(signal.SIGHUP) == 130
    assert sandbox.requests(method="DELETE") == []


def test_a_write_interrupted_while_it_is_sent_stays_unknown_in_the_journal(
    begin: Any, inside: dict[str, str], sandbox: Sandbox, run: Run
) -> None:
    terminal = begin(Doing((*UNLINK, "-y", "-o", "json"), WAITS["write"].ready, WAITS["write"].fault))
    terminal.type(CTRL_C)
    assert terminal.ends(CTRL_C) == 130
    assert '"outcome": "unknown"' in terminal.text
    (entry,) = run("journal", "list", "-o", "json").json
    assert entry["outcome"] == "unknown"
    assert len(sandbox.requests(method="DELETE")) == 1


def test_the_rows_of_writes_that_were_done_before_are_there(real: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.fault("rabot:latency=60@DELETE /partner/v1/customers/1000002")
    run = Piped(*UNLINK, "1000002", "1000003", "-y", "-o", "json", env=real)
    until(lambda: len(sandbox.requests(method="DELETE")) == 2)
    run.send(signal.SIGINT)
    rows, error = json.loads(run.rest("stdout")), json.loads(run.rest("stderr").splitlines()[-1])["error"]
    assert run.end() == 130
    assert [(one["target"], one["outcome"]) for one in rows] == [("1000001", "changed")]
    assert (error["outcome"], error["exit_code"]) == ("unknown", 130)
    assert len(sandbox.requests(method="DELETE")) == 2


def test_an_interrupted_look_up_leaves_the_write_unknown(
    inside: dict[str, str], run: Run, sandbox: Sandbox, home: Path
) -> None:
    (home / "order.yaml").write_text(run("rabot", "orders", "template").out)
    sandbox.fault("rabot:drop-after@POST /partner/v1/orders#1", "rabot:latency=60@GET /partner/v1/orders")
    terminal = Tty("rabot", "orders", "create", "-f", "order.yaml", "-y", env=inside)
    asked("/partner/v1/orders")(terminal, sandbox)
    assert terminal.ends(CTRL_C) == 130
    assert "whether it happened is unknown" in terminal.text
    assert "Run the same command again" in terminal.text


def _ended(script: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_a_wish_that_comes_while_an_object_is_freed_is_heard_all_the_same() -> None:
    """What is raised there goes nowhere; and it is no traceback."""
    script = (
        "import os, signal, time\n"
        "from energyctl.core import interrupts\n"
        "class Freed:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "interrupts.listen()\n"
        "try:\n"
        "    Freed()\n"
        "    signal.pause()\n"
        "except KeyboardInterrupt:\n"
        "    print('ended')\n"
    )
    assert _ended(script) == (0, "ended\n", "")


def test_a_wish_that_comes_right_before_a_read_waits_is_heard() -> None:
    """As such a one does, a signal that another thread takes leaves the read waiting."""
    script = (
        "import os, signal, threading\n"
        "from energyctl.core import interrupts\n"
        "def wish():\n"
        "    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)\n"
        "interrupts.listen()\n"
        "reads, writes = os.pipe()\n"
        "try:\n"
        "    with interrupts.attentive():\n"
        "        threading.Timer(0.5, wish).start()\n"
        "        os.read(reads, 1)\n"
        "except KeyboardInterrupt:\n"
        "    print('ended', signal.getitimer(signal.ITIMER_REAL)[0])\n"
    )
    assert _ended(script) == (0, "ended 0.0\n", "")
