"""Windows of any size and terminals of any kind: what is shown fits, folds where it can, and loses nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from energyctl.core.text import display_width
from tests.conftest import Run, Sandbox, run_with, until
from tests.terminal.tool import CTRL_C, EVERYTHING, Tty

BANKID = ("-p", "sandbox", "bright", "bankid")


def _widest(text: str) -> int:
    return max(map(display_width, text.splitlines()), default=0)


# -- tables ------------------------------------------------------------------------------------------------------


def test_at_eighty_columns_ids_are_whole(inside: dict[str, str], run: Run) -> None:
    """In a table or in records: they are copied."""
    for words in (("emulate", "devices", "list", "C-100001"), ("emporia", "devices", "list", "--limit", "3")):
        ids = run(*words, "-o", "ids").out.split()
        for columns in (80, 40):
            terminal = Tty(*words, env=inside, columns=columns)
            assert terminal.end() == 0
            assert all(one in terminal.text for one in ids)
            assert _widest(terminal.text) <= columns


def test_progress_does_not_stay_above_a_table(inside: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.fault("rabot:latency=0.7@GET /partner/v1/orders")
    terminal = Tty("rabot", "orders", "list", "--limit", "2", env=inside)
    assert terminal.end() == 0
    shown = terminal.raw.rpartition("\x1b[K")[2]
    assert "rows …" not in shown
    assert "400000001" in shown


# -- what else is drawn ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [1, 20, 500] if EVERYTHING else [20])
@pytest.mark.parametrize(
    ("words", "fits_from"),
    [
        (("rabot", "orders", "show", "400000001"), 2),
        (("emporia", "devices", "list", "--limit", "2"), 2),
        (("rabot", "prices", "--day", "today", "--plot"), 20),
        (("rabot", "orders", "show", "499999999"), 500),
    ],
    ids=lambda value: value if isinstance(value, int) else " ".join(value[1:3]),
)
def test_it_fits_the_window(
    inside: dict[str, str], words: tuple[str, ...], fits_from: int, columns: int
) -> None:
    terminal = Tty(*words, "-q", env=inside, columns=columns)
    assert terminal.end() == (3 if "499999999" in words else 0)
    assert columns < fits_from or _widest(terminal.text) <= columns


def test_help_folds_in_a_narrow_window_and_loses_nothing(bare: Run) -> None:
    wide, narrow = (
        bare("rabot", "quote", "--help", more={"COLUMNS": columns}).out for columns in ("80", "24")
    )
    assert Counter("".join(wide.split())) == Counter("".join(narrow.split()))
    before_examples = (
        narrow.partition("Examples:")[0].partition("Arguments:")[2].replace("Global options", "")
    )
    assert _widest(before_examples) <= 24


@pytest.mark.parametrize(
    "more",
    [
        {"TERM": "dumb", "FORCE_COLOR": "1"},
        {"TERM": "dumb"},
        {"TERM": "unknown", "NO_COLOR": "1"},
        {"TERM": "", "NO_COLOR": "1"},
    ][: None if EVERYTHING else 1],
    ids=str,
)
def test_a_dumb_terminal_gets_no_escapes_and_its_own_width(
    inside: dict[str, str], more: dict[str, str]
) -> None:
    terminal = Tty("emporia", "devices", "list", "--limit", "2", env={**inside, **more}, columns=50)
    assert terminal.end() == 0
    assert "\x1b" not in terminal.raw
    assert _widest(terminal.text) <= 50


def test_the_window_counts_and_not_what_a_variable_says(inside: dict[str, str]) -> None:
    for words in (
        ("rabot", "orders", "list", "--limit", "2"),
        ("rabot", "prices", "--day", "today", "--plot"),
    ):
        terminal = Tty(*words, "-q", env={**inside, "COLUMNS": "300", "LINES": "2"}, columns=60)
        assert terminal.end() == 0
        assert _widest(terminal.text) <= 60


ASCII = {
    "LC_ALL": "C",
    "LANG": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("rabot", "prices", "--day", "today", "--plot"), 0),
        (("-p", "sandbox", "bright", "bankid"), 130),
        (("rabot", "customers", "list", "--limit", "3"), 0),
        (("emulate", "onboarding", "link", "C-100001", "--qr", "-y"), 0),
        (("rabot", "tariffs", "list", "--watch=5"), 130),
    ][: None if EVERYTHING else 2],
    ids=lambda value: value if isinstance(value, int) else " ".join(value[-4:]),
)
def test_a_terminal_without_unicode_gets_what_it_can_show(
    inside: dict[str, str], words: tuple[str, ...], code: int
) -> None:
    terminal = Tty(*words, env={**inside, **ASCII})
    if code == 130:
        terminal.until("Ctrl-C ends." if "rabot" in words else "Start the BankID app")
        terminal.type(CTRL_C)
    assert terminal.end() == code
    assert terminal.raw.isascii()
    assert "\\u2" not in terminal.raw  # a block, a line or an ellipsis as an escape


# -- a size that changes -----------------------------------------------------------------------------------------


def test_the_bankid_code_follows_the_window(inside: dict[str, str], sandbox: Sandbox) -> None:
    """Each second a new code is drawn; in a window that is too small, the hint alone."""
    terminal = Tty(*BANKID, "--no-color", env=inside, columns=100, lines=50)
    terminal.until("scan the QR code")
    terminal.resize(20, 10)
    terminal.until("too small for the QR code")
    begun = len(terminal.raw)
    until(lambda: terminal._read(0.05) and terminal.raw[begun:].count("\x1b[K") > 1)
    assert "█" not in terminal.raw[begun:]
    terminal.resize(100, 50)
    until(lambda: terminal._read(0.05) and "█" in terminal.raw[begun:])
    assert terminal.ends(CTRL_C) == 130


def test_progress_follows_the_window(inside: dict[str, str], sandbox: Sandbox) -> None:
    terminal = Tty("emporia", "chargers", "set", "Wallbox", "--amps", "10", "--for", "2h", env=inside)
    terminal.until("Holding: ")
    terminal.resize(8)
    until(lambda: terminal._read(0.05) and "\r\x1b[KHoldin…" in terminal.raw)
    assert terminal.ends(CTRL_C) == 130


# -- other character sets ----------------------------------------------------------------------------------------


def test_every_kind_of_locale_is_the_same_to_a_pipe(
    env: dict[str, str], sandbox: Sandbox, home: Path
) -> None:
    run = run_with({**env, **sandbox.env}, home)
    words = ("rabot", "customers", "list", "-o", "table")
    usual = run(*words).out
    assert not usual.isascii()
    assert run(*words, more=ASCII).out == usual
