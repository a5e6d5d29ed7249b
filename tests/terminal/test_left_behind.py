"""What an interrupted run leaves behind, a stopped one meanwhile, and one whose terminal or reader has gone."""

from __future__ import annotations

import os
import re
import signal
import socket
import termios
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, start, until
from tests.terminal.tool import CTRL_BACKSLASH, CTRL_C, CTRL_Z, Piped, Tty, of_session, state
from tests.terminal.waits import WAITS


def test_the_port_of_a_sign_in_is_free_again(begin: Any) -> None:
    terminal = begin(WAITS["browser"])
    terminal.until("callback")
    found = re.search(r"redirect_uri=http%3A%2F%2F127.0.0.1%3A(\d+)%2F", terminal.text)
    assert found is not None
    assert terminal.ends(signal.SIGTERM) == 130
    socket.create_server(("127.0.0.1", int(found[1]))).close()


def test_a_download_leaves_no_part_of_a_file(
    inside: dict[str, str], run: Run, sandbox: Sandbox, home: Path
) -> None:
    who = ("1000001", "400000001")
    file_id = run("rabot", "documents", "list", *who, "--limit", "1", "-o", "ids").out.strip()
    path = f"/partner/v1/customers/1000001/contracts/400000001/documents/{file_id}"
    sandbox.fault(f"rabot:slow=60@GET {path}")
    before = set(home.iterdir())
    terminal = Tty("rabot", "documents", "download", *who, file_id, "--to", "one.pdf", env=inside)
    until(lambda: terminal._read(0.01) and sandbox.requests(path=path))
    assert terminal.ends(CTRL_C) == 130
    assert set(home.iterdir()) == before


def test_a_terminal_that_goes_away_puts_a_held_setting_back(begin: Any, sandbox: Sandbox, run: Run) -> None:
    terminal = begin(WAITS["hold"])
    os.close(terminal.master)
    assert terminal._code(60) == 130
    wallbox = run("emporia", "chargers", "show", "Wallbox", "-o", "json").json
    assert wallbox["settings"]["charge_rate_amps"] == 30


@pytest.mark.parametrize("what", ["question", "secret", "watch", "bankid"])
def test_a_terminal_that_goes_away_ends_it(begin: Any, sandbox: Sandbox, what: str) -> None:
    terminal = begin(WAITS[what])
    os.close(terminal.master)
    assert terminal._code(60) == 130
    assert sandbox.requests(method="DELETE") == []
    assert of_session(terminal.pid) == []


def test_what_the_caller_ignores_stays_ignored(inside: dict[str, str], sandbox: Sandbox) -> None:
    """As ``nohup`` does it."""
    sandbox.fault("rabot:latency=60@GET /partner/v1/tariffs#1")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start("rabot", "tariffs", "list", env=inside, stdout=-1, stderr=-1)
    finally:
        signal.signal(signal.SIGHUP, before)
    until(lambda: sandbox.requests(path="/partner/v1/tariffs"))
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"error: Interrupted.\n")


def test_a_reader_that_has_stopped_is_not_waited_for(inside: dict[str, str], sandbox: Sandbox) -> None:
    """The pipe is full, so that nothing more can be written."""
    run = Piped("rabot", "orders", "list", "-o", "json", env=inside, stdout=_full_pipe()[1])
    until(lambda: sandbox.requests(path="/partner/v1/orders") and state(run.pid) == "S" and _writes(run.pid))
    run.send(signal.SIGINT)
    assert run.line("stderr").startswith('{"error": {"code": "interrupted"')
    assert run.end() == 130


def _full_pipe() -> tuple[int, int]:
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    try:
        while True:
            os.write(writes, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writes, True)
    return reads, writes


def _writes(pid: int) -> bool:
    return "pipe_write" in Path(f"/proc/{pid}/wchan").read_text()


# -- quit, stop and go on ----------------------------------------------------------------------------------------


def test_a_quit_at_a_hidden_question_shows_what_is_typed_again(begin: Any) -> None:
    assert begin(WAITS["secret"]).ends(CTRL_BACKSLASH) == -signal.SIGQUIT


@pytest.mark.parametrize("what", ["read", "watch"])
def test_a_stop_in_between_changes_nothing(begin: Any, sandbox: Sandbox, what: str) -> None:
    terminal = begin(WAITS[what])
    terminal.send(signal.SIGSTOP)
    until(lambda: state(terminal.pid) == "T")
    terminal.send(signal.SIGCONT)
    assert terminal.ends(CTRL_C) == 130


#: As a shell with job control does it: the command has the terminal, and its stop is seen.
SHELL = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if not child:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-m", "energyctl", *sys.argv[1:]])
_, status = os.waitpid(child, os.WUNTRACED)
os.tcsetpgrp(0, os.getpgrp())
print("stopped", os.WSTOPSIG(status), flush=True)
sys.stdin.readline()
os.tcsetpgrp(0, child)
os.kill(child, signal.SIGCONT)
_, status = os.waitpid(child, 0)
raise SystemExit(os.waitstatus_to_exitcode(status))
"""


def test_a_stop_at_a_hidden_question_shows_what_is_typed_until_it_goes_on(
    real: dict[str, str], home: Path
) -> None:
    config = home / "real.yaml"
    config.write_text(config.read_text().replace("env:MINE", "keyring"))
    shell = Tty("auth", "login", "rabot", env=real, program=("-c", SHELL))
    shell.until("client_secret for")
    shell.type("half-" + CTRL_Z)
    shell.until(f"stopped {signal.SIGTSTP.value}")
    assert termios.tcgetattr(shell.master)[3] & termios.ECHO
    shell.type("\n")
    until(lambda: shell._read(0.01) and shell.text.count("client_secret for") == 2)
    shell.type("typed-secret\nrm -r home\n")
    assert shell.end() == 4
    assert "typed-secret" not in shell.raw
    assert "rm -r" not in shell.raw
