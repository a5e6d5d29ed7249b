"""BankID on a terminal: the code that moves in place, and what takes its place where it cannot be drawn."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from energyctl.core.session import Session
from energyctl.providers.bright.screen import Screen
from tests.conftest import Sandbox
from tests.providers.bright.browser import until
from tests.providers.bright.other_kit import Answer, Asked, OtherKit, client_of
from tests.providers.bright.phone import BANKID, USER, collects, decide, opened, orders
from tests.test_terminal import Terminal

_BLOCKS = re.compile("[█▀▄ ]{43,60}")


@pytest.fixture
def inside(env: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    return {**env, **sandbox.env, "ENERGYCTL_POLL_S": "0.1"}


def _drawings(terminal: Terminal) -> list[str]:
    """Return the codes that were drawn, one after the other; each begins with two rows of quiet zone."""
    found: list[str] = []
    lines = _BLOCKS.findall(terminal.text)
    for before, line in zip(["", *lines], lines, strict=False):
        if set(line) == {"█"} and set(before) != {"█"}:
            found.append("")
        found[-1] += f"{line}\n"
    return found


def _two_codes(terminal: Terminal) -> bool:
    terminal._read(0.1)
    return len({one for one in _drawings(terminal) if one.count("\n") > 21}) > 1


def test_the_code_moves_on_a_terminal_until_the_person_approves(
    inside: dict[str, str], sandbox: Sandbox
) -> None:
    terminal = Terminal(*BANKID, env=inside)
    terminal.until("scan the QR code")
    until(lambda: _two_codes(terminal))
    ref = opened(sandbox)
    decide(sandbox, ref, "pending", hint="userSign")
    terminal.until("enter the security code there.")
    decide(sandbox, ref, "approve")
    assert terminal.end() == 0
    last = terminal.raw.rsplit("\x1b[J", 1)[1]
    assert "█" not in last
    assert "19121212-****" in last


def test_a_code_that_comes_as_an_image_is_drawn_and_renewed(inside: dict[str, str], sandbox: Sandbox) -> None:
    """When nobody has scanned in time there is a new order; Ctrl-C ends the last at the server."""
    sandbox.post("/bright/settings", {"qr": "image"})
    terminal = Terminal(*BANKID, "--no-color", env=inside, columns=60)
    terminal.until("scan the QR code")
    assert len(_drawings(terminal)[0].splitlines()[0]) == 49
    first = opened(sandbox)
    decide(sandbox, first, "decline", hint="startFailed")
    terminal.until("here is a new code")
    until(lambda: terminal._read(0.1) and "█" in terminal.text.rsplit("here is a new code", 1)[1])
    assert orders(sandbox) != [first]
    terminal.type("\x03")
    assert terminal.end() == 130
    assert "the BankID order was cancelled" in terminal.text
    assert orders(sandbox) == []
    assert "\x1b[38" not in terminal.raw


@pytest.mark.parametrize(
    ("columns", "words", "more", "said"),
    [
        (42, [], {}, "too small for the QR code: it needs 43 columns"),
        (100, [], {"TERM": "dumb"}, "Start the BankID app.\n"),
        (100, ["--no-qr"], {}, "Start the BankID app.\n"),
    ],
)
def test_where_no_code_can_or_shall_be_drawn_the_hints_do(
    inside: dict[str, str],
    sandbox: Sandbox,
    columns: int,
    words: list[str],
    more: dict[str, str],
    said: str,
) -> None:
    sandbox.post("/bright/settings", {"bankid_approves_after_s": 0.5})
    terminal = Terminal(*BANKID, *words, env={**inside, **more}, columns=columns)
    assert terminal.end() == 0
    assert "█" not in terminal.raw
    assert said in terminal.text


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(env: dict[str, str]) -> Iterator[tuple[Screen, _Tty]]:
    stderr = _Tty()
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=stderr, env={**env, "TERM": "xterm"})
    made = Screen(session, qr=True)
    made.hint("Hint")
    yield made, stderr
    made.close()


def test_an_image_that_cannot_be_drawn_is_kept_privately_until_the_end(
    screen: tuple[Screen, _Tty],
) -> None:
    made, stderr = screen
    for picture in (b"\xff\xd8\xff first", b"\xff\xd8\xff second"):
        made.draw_image(base64.b64encode(picture))
    (place,) = re.findall(r"kept in (\S+)", stderr.getvalue())
    assert Path(place).read_bytes() == b"\xff\xd8\xff second"
    assert Path(place).stat().st_mode & 0o777 == 0o600
    made.close()
    assert not Path(place).exists()
    made.draw_image(b"no image at all")
    made.draw_image(b"no image at all")
    assert stderr.getvalue().count("cannot be used") == 1


def test_a_backend_without_any_code_says_so_once(env: dict[str, str], home: Path) -> None:
    """On a terminal, where the code would be drawn; the order goes on."""
    calls = 0

    def collect(_: Asked) -> Answer:
        nonlocal calls
        calls += 1
        if calls < 5:
            return 200, {"status": "pending", "hintCode": "noClient"}
        return 200, {"status": "complete", "completionData": {"user": USER}}

    with OtherKit({**collects((200, {})), "POST /bankid/collect": collect}) as kit:
        client_of(kit.url, env, home, auth="none")
        more = {"ENERGYCTL_CONFIG": str(home / "kit.yaml"), "ENERGYCTL_POLL_S": "0.02"}
        terminal = Terminal("bright", "bankid", "--open", env={**env, **more})
        assert terminal.end() == 0
        assert len(kit.asked("GET /bankid/qr")) == 1
    assert terminal.text.count("gives no QR code") == 1
    assert "no autoStartToken" in terminal.text
