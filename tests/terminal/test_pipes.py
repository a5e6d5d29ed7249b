"""Readers that have gone, streams that are closed or cannot wait, and runs without any terminal."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, run_with, until
from tests.terminal.tool import EVERYTHING, Piped, Tty
from tests.terminal.waits import UNLINK


def _gone() -> int:
    """Return a pipe that nobody reads."""
    reads, writes = os.pipe()
    os.close(reads)
    return writes


# -- who reads the result has gone -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("rabot", "--help"),
        ("--version",),
        ("rabot", "tariffs", "list", "--watch=1"),
        ("rabot", "tariffs", "list"),
        ("rabot", "tariffs", "list", "-o", "table"),
        ("rabot", "orders", "show", "400000001", "-o", "yaml"),
        ("rabot", "prices", "--day", "today", "--plot"),
        ("journal", "list"),
        ("rabot", "orders", "template"),
    ][: None if EVERYTHING else 3],
    ids=" ".join,
)
def test_a_read_ends_quietly(inside: dict[str, str], words: tuple[str, ...]) -> None:
    run = Piped(*words, env=inside, stdout=_gone())
    told = run.rest("stderr")
    assert run.end() == 0
    assert "rror" not in told
    assert "Traceback" not in told


def test_each_write_of_a_batch_is_carried_out(real: dict[str, str], sandbox: Sandbox) -> None:
    run = Piped(*UNLINK, "1000002", "1000003", "-y", env=real, stdout=_gone())
    told = run.rest("stderr")
    asked = [one["path"].split("/")[4] for one in sandbox.requests(method="DELETE")]
    assert asked == ["1000001", "1000002", "1000003"]
    assert run.end() == 12  # two of them are not linked
    assert "2 of 3" in told


def test_a_held_setting_is_put_back(inside: dict[str, str], run: Run) -> None:
    words = ("emporia", "chargers", "set", "Wallbox", "--amps", "10", "--for", "1s")
    holding = Piped(*words, env=inside, stdout=_gone())
    assert "Put back" in holding.rest("stderr")
    assert holding.end() == 0
    wallbox = run("emporia", "chargers", "show", "Wallbox", "-o", "json").json
    assert wallbox["settings"]["charge_rate_amps"] == 30


# -- who hears what is said besides has gone ---------------------------------------------------------------------


@pytest.mark.parametrize("stderr", ["gone", "full", "closed"] if EVERYTHING else ["gone"])
def test_words_that_get_lost_do_not_stop_a_write(
    real: dict[str, str], sandbox: Sandbox, home: Path, stderr: str
) -> None:
    """With -v there is something to say before the write is sent."""
    words = (*UNLINK, "-y", "-v", "-o", "json")
    if stderr == "closed":
        script = f"{_energyctl()} {' '.join(words)} 2>&-"
        done = subprocess.run(["sh", "-c", script], env=real, cwd=home, capture_output=True, check=False)
        code, out = done.returncode, done.stdout.decode()
    else:
        place = _gone() if stderr == "gone" else os.open("/dev/full", os.O_WRONLY)
        run = Piped(*words, env=real, stderr=place)
        out, code = run.rest("stdout"), run.end()
    assert code == 0
    assert '"outcome": "changed"' in out
    assert len(sandbox.requests(method="DELETE")) == 1


def test_an_error_that_nobody_hears_keeps_its_exit_code(inside: dict[str, str]) -> None:
    run = Piped("rabot", "orders", "show", "999999999", env=inside, stderr=_gone())
    assert run.end() == 3


def _energyctl() -> str:
    import sys

    return f"{sys.executable} -m energyctl"


# -- streams that cannot wait ------------------------------------------------------------------------------------


def test_a_pipe_that_was_made_non_blocking_gets_everything(inside: dict[str, str], run: Run) -> None:
    whole = run("rabot", "orders", "list", "-o", "json").out
    reads, writes = os.pipe()
    fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writes, False)
    slow = Piped("rabot", "orders", "list", "-o", "json", env=inside, stdout=writes)
    until(lambda: "pipe_write" in Path(f"/proc/{slow.pid}/wchan").read_text())
    with os.fdopen(reads, encoding="utf-8") as reader:
        assert reader.read() == whole
    assert slow.end() == 0
    assert len(whole) > 4096


# -- nobody there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (UNLINK, "--yes"),
        (("auth", "login", "rabot"), "--stdin"),
        (("emulate", "keys", "generate", "--api", "retailer", "--passphrase"), "--passphrase=env:NAME"),
        (("rabot", "spec", "import", "spec.yaml"), "--yes"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:3]),
)
@pytest.mark.parametrize(
    "stdin", ["terminal", "closed", "/dev/null", "pipe"] if EVERYTHING else ["terminal", "closed"]
)
def test_nothing_is_asked_where_nobody_can_answer(
    real: dict[str, str], home: Path, sandbox: Sandbox, words: tuple[str, ...], instead: str, stdin: str
) -> None:
    """Not even a terminal on stdin is enough: the question would not be seen."""
    (home / "real.yaml").write_text((home / "real.yaml").read_text().replace("env:MINE", "keyring"))
    (home / "spec.yaml").write_text(_spec(sandbox))
    more: dict[str, Any] = {}
    env = {**real, "ENERGYCTL_RABOT_CLIENT_SECRET": real["MINE"]} if "login" not in words else real
    if stdin == "terminal":
        more["stdin"] = os.openpty()[1]
    elif stdin == "/dev/null":
        more["stdin"] = os.open(os.devnull, os.O_RDONLY)
    run = Piped(*words, env=env, **more)
    if stdin == "closed":
        run.close("stdin")
    told = run.rest("stderr")
    assert run.end() == 2
    assert instead in told
    assert sandbox.requests(method="DELETE") == []


def _spec(sandbox: Sandbox) -> str:
    return (
        "openapi: 3.0.3\ninfo: {title: RABOT, version: '1'}\npaths:\n"
        "  /partner/v1/tariffs:\n    get:\n      operationId: list_tariffs\n"
        "      responses: {'200': {description: ok}}\n"
    )


def test_a_run_with_no_stream_at_all_does_its_work(
    real: dict[str, str], sandbox: Sandbox, home: Path
) -> None:
    script = f"setsid -w {_energyctl()} {' '.join(UNLINK)} -y <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", script], env=real, cwd=home, check=False)
    assert done.returncode == 0
    assert len(sandbox.requests(method="DELETE")) == 1


# -- a terminal for one stream, a pipe for another ---------------------------------------------------------------


def test_no_escapes_in_a_pipe_though_the_rest_is_a_terminal(inside: dict[str, str]) -> None:
    more = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TTY_COMPATIBLE": "1", "TERM": "xterm-256color"}
    master, slave = os.openpty()
    run = Piped(
        "rabot", "tariffs", "list", "-o", "table", env={**inside, **more}, stdin=os.dup(slave), stderr=slave
    )
    assert "\x1b" not in run.rest("stdout")
    assert run.end() == 0
    os.close(master)


def test_a_signal_in_a_pipe_ends_a_watch(inside: dict[str, str]) -> None:
    run = Piped("rabot", "tariffs", "list", "--watch=1", env=inside)
    assert run.line("stdout")
    run.send(signal.SIGHUP)
    assert run.end() == 130


def test_typed_bytes_that_are_no_text_are_no_yes(real: dict[str, str], sandbox: Sandbox) -> None:
    terminal = Tty(*UNLINK, env=real)
    terminal.until("[y/N] ")
    os.write(terminal.master, b"\xff\xfey\n")
    assert terminal.end() == 130
    assert "nothing was sent" in terminal.text
    assert sandbox.requests(method="DELETE") == []


def test_a_line_without_an_end_is_a_line(real: dict[str, str], home: Path) -> None:
    done = run_with(real, home)("rabot", "customers", "unlink", "-", "-y", "-o", "json", input="1000001")
    assert (done.code, done.json[0]["outcome"]) == (0, "changed")
