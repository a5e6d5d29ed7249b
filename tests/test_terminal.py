"""On a real terminal: tables, questions, progress, colours, and windows too narrow for anything."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import zygote
from tests.conftest import Sandbox

ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)")
LIMIT_S = 60.0
#: What the interpreter is to run.
ENERGYCTL = ("-m", "energyctl")
UNLINK = ("rabot", "customers", "unlink", "1000001")


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A pseudo-terminal with energyctl in it."""

    def __init__(
        self,
        *words: str,
        env: Mapping[str, str],
        columns: int = 100,
        lines: int = 40,
        program: Sequence[str] = ENERGYCTL,
    ) -> None:
        self.master, slave = pty.openpty()
        self.resize(columns, lines)
        kept = {name: value for name, value in env.items() if name != "COLUMNS"}
        surroundings = {"TERM": "xterm-256color", **kept}
        if zygote.can_serve(surroundings) and program == ENERGYCTL:
            forked = zygote.begin_in_terminal(words, env=surroundings, cwd=env["HOME"], terminal=slave)
            self._run, self._code = forked, forked.hear
        else:
            self._run = process = subprocess.Popen(
                [sys.executable, *program, *words],
                env=surroundings,
                cwd=env["HOME"],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                preexec_fn=_take_terminal,  # noqa: PLW1509 - before it only a line or two is run
            )
            self._code = process.wait
        os.close(slave)
        self.raw = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        #: How the terminal was left.
        self.modes: list[Any] = []

    @property
    def pid(self) -> int:
        """The process id of energyctl."""
        return self._run.pid

    def resize(self, columns: int, lines: int = 40) -> None:
        """Give the window another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    @property
    def text(self) -> str:
        """What a person sees, without colours."""
        return ESCAPE.sub("", self.raw).replace("\r\n", "\n")

    def _read(self, wait_s: float) -> bool:
        if not select.select([self.master], [], [], wait_s)[0]:
            return True
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # the other side is closed
            return False
        self.raw += self._decoder.decode(chunk)
        return bool(chunk)

    def until(self, text: str, limit_s: float = LIMIT_S) -> None:
        """Wait until something is shown."""
        end = time.monotonic() + limit_s
        while text not in self.text:
            assert time.monotonic() < end, f"{text!r} never came: {self.text!r}"
            assert self._read(0.2), f"{text!r} never came: {self.text!r}"

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self.master, text.encode())

    def end(self, limit_s: float = LIMIT_S) -> int:
        """Wait for the end and return the exit code."""
        end = time.monotonic() + limit_s
        while self._read(0.1):
            assert time.monotonic() < end, self.text
        code = self._code(LIMIT_S)
        self.modes = termios.tcgetattr(self.master)
        os.close(self.master)
        assert "Traceback" not in self.raw
        return code


@pytest.fixture
def inside(env: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """The environment of a run against the sandbox."""
    return {**env, **sandbox.env}


@pytest.fixture
def real(env: dict[str, str], sandbox: Sandbox, home: Path) -> dict[str, str]:
    """The environment of a run against the same servers under their addresses, so that writes ask."""
    client = sandbox.facts["credentials"]["rabot"]["other_clients"][0]
    urls = sandbox.facts["urls"]
    config = home / "real.yaml"
    config.write_text(
        f"profiles:\n  work:\n    rabot:\n      api_url: {urls['rabot']}\n      auth_url: {urls['rabot_auth']}\n"
        f"      client_id: {client['client_id']}\n      client_secret: env:MINE\n"
    )
    return {**env, "ENERGYCTL_CONFIG": str(config), "MINE": client["client_secret"]}


# -- tables ------------------------------------------------------------------------------------------------------


def test_a_terminal_gets_a_table_with_colour(inside: dict[str, str]) -> None:
    terminal = Terminal("rabot", "tariffs", "list", env=inside)
    assert terminal.end() == 0
    assert "\x1b[1m" in terminal.raw
    assert terminal.text.splitlines()[0].split() == ["Key", "Tariff", "Provider"]


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ([], {"NO_COLOR": "1"}),
        (["--no-color"], {}),
        ([], {"TERM": "dumb"}),
        (["-o", "json"], {}),
        (["-o", "tsv"], {}),
    ],
)
def test_no_colour_where_none_is_wanted(
    inside: dict[str, str], words: list[str], more: dict[str, str]
) -> None:
    terminal = Terminal("rabot", "tariffs", "list", *words, env={**inside, **more})
    assert terminal.end() == 0
    assert "\x1b" not in terminal.raw
    assert "RabotSmart" in terminal.text


@pytest.mark.parametrize(
    "words",
    [
        ("tariffs", "list", "--limit", "1"),
        ("orders", "show", "400000001"),
        ("orders", "list", "--limit", "1"),
    ],
)
def test_a_narrow_window_folds_and_loses_nothing(inside: dict[str, str], words: tuple[str, ...]) -> None:
    shown = []
    for columns in (400, 40, 20, 1):
        terminal = Terminal("rabot", *words, env=inside, columns=columns)
        assert terminal.end() == 0
        assert columns == 1 or max(len(line) for line in terminal.text.splitlines()) <= columns
        shown.append(Counter(terminal.text) - Counter(" \n" * 10**6))
    assert shown[0] == shown[1] == shown[2]


def test_help_and_errors_fit_a_narrow_window(inside: dict[str, str]) -> None:
    terminal = Terminal("rabot", "quote", "--help", env=inside, columns=20)
    assert terminal.end() == 0
    wrong = Terminal("rabot", "tarifs", env=inside, columns=20)
    assert wrong.end() == 2
    assert "Did you mean tariffs" in wrong.text.replace("\n", "")


# -- questions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "sent"),
    [
        ("y\n", 0, 1),
        ("Yes\n", 0, 1),
        ("n\n", 130, 0),
        ("\n", 130, 0),
        ("yess\n", 130, 0),
        ("\x04", 130, 0),
        ("\x03", 130, 0),
    ],
)
def test_a_write_asks_and_only_a_yes_sends_it(
    real: dict[str, str], sandbox: Sandbox, answer: str, code: int, sent: int
) -> None:
    terminal = Terminal(*UNLINK, env=real)
    terminal.until("[y/N] ")
    question = terminal.text
    assert "RABOT Energy" in question
    assert "end the link to customer 1000001" in question
    assert sandbox.requests(method="DELETE") == []
    terminal.type(answer)
    assert terminal.end() == code
    assert len(sandbox.requests(method="DELETE")) == sent
    if not sent:
        assert "nothing was sent" in terminal.text or "Interrupted" in terminal.text


def test_a_question_about_several_names_each(real: dict[str, str], sandbox: Sandbox) -> None:
    terminal = Terminal(*UNLINK, *(f"10000{number:02}" for number in range(2, 8)), env=real)
    terminal.until("[y/N] ")
    assert "- end the link to customer 1000001" in terminal.text
    assert "- end the link to customer 1000005" in terminal.text
    assert "and 2 more" in terminal.text
    assert "7 writes" in terminal.text
    terminal.type("n\n")
    assert terminal.end() == 130
    assert sandbox.requests(method="DELETE") == []


def test_yes_and_no_input_ask_nothing(real: dict[str, str], sandbox: Sandbox) -> None:
    refused = Terminal(*UNLINK, "--no-input", env=real)
    assert refused.end() == 2
    assert "--yes" in refused.text
    agreed = Terminal(*UNLINK, "-y", env=real)
    assert agreed.end() == 0
    assert "changed" in agreed.text
    assert len(sandbox.requests(method="DELETE")) == 1


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("wrong-typed-secret\n", 4, "does not accept"),
        ("\n", 2, "empty"),
        ("\x04", 130, ""),
        ("\x03", 130, ""),
    ],
)
def test_login_asks_for_the_secret_without_showing_it(
    real: dict[str, str], home: Path, typed: str, code: int, said: str
) -> None:
    config = home / "real.yaml"
    config.write_text(config.read_text().replace("env:MINE", "keyring"))
    terminal = Terminal("auth", "login", "rabot", env=real)
    terminal.until("client_secret for RABOT Energy")
    terminal.type(typed)
    assert terminal.end() == code
    assert said in terminal.text
    assert "wrong-typed-secret" not in terminal.raw
    assert "Unexpected" not in terminal.text


# -- progress and interruption -----------------------------------------------------------------------------------


def test_ctrl_c_in_a_read_ends_it(inside: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.fault("rabot:latency=20")
    terminal = Terminal("rabot", "tariffs", "list", env=inside)
    end = time.monotonic() + LIMIT_S
    while not sandbox.requests(path="/partner/v1/tariffs"):
        assert time.monotonic() < end
        time.sleep(0.02)
    terminal.type("\x03")
    assert terminal.end() == 130
    assert "Interrupted" in terminal.text


def test_long_work_shows_progress_and_takes_it_away(inside: dict[str, str], sandbox: Sandbox) -> None:
    for more, drawn in (({}, True), ({"TERM": "dumb"}, False)):
        sandbox.fault("rabot:latency=0.3@DELETE /partner/v1/customers")
        terminal = Terminal(*UNLINK, "1000002", env={**inside, **more})
        assert terminal.end() == 12
        assert ("\r\x1b[K0/2  1000001" in terminal.raw) is drawn
        assert ("\x1b[K" in terminal.raw) is drawn
        assert "not_found" in terminal.text
    quiet = Terminal(*UNLINK, "1000002", "-q", env=inside)
    assert quiet.end() == 12
    assert "0/2" not in quiet.raw


def test_a_rate_limit_is_waited_for_before_a_terminal(inside: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.fault("rabot:429=1#1")
    terminal = Terminal("rabot", "tariffs", "list", env=inside)
    assert terminal.end() == 0
    assert "asks to wait; trying again in 1 s" in terminal.text


def test_input_from_a_terminal_says_how_to_end_it(inside: dict[str, str]) -> None:
    terminal = Terminal("rabot", "orders", "validate", "-f", "-", env=inside)
    terminal.until("Ctrl-D")
    terminal.type("a: 1\n\x04")
    assert terminal.end() == 2
    refused = Terminal("rabot", "orders", "validate", "-f", "-", "--no-input", env=inside)
    assert refused.end() == 2
    assert "terminal" in refused.text
