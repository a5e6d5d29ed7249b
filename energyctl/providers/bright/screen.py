"""What a person sees while a BankID order is pending: the animated QR code and the hint below it, on stderr.

The code is drawn in place once a second on a terminal; elsewhere the hints are notices, one after the other.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from energyctl.core.files import write_private
from energyctl.core.qr import BLOCKS, NotDrawable, half_blocks, modules_of
from energyctl.core.streams import carries, window
from energyctl.core.text import fit, harmless
from energyctl.providers.bright.qrimage import NotReadable, image_of, modules_in

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: Modules of quiet zone, the best first; a small window gets less.
_BORDERS = (4, 3, 2, 1)


class Screen:
    """Draws on stderr, and takes away what it has drawn."""

    def __init__(self, session: Session, *, qr: bool) -> None:
        self.session = session
        self.animated = qr and session.stderr.isatty() and session.env.get("TERM") != "dumb"
        self._hint = ""
        self._told: str | None = None
        self._lines = 0
        self._file: Path | None = None
        self._advised = False

    def hint(self, words: str) -> None:
        """Tell what is to be done now, when it is something else than before."""
        self._hint = words
        if not self.animated and words != self._told:
            self.session.notice(words)
        self._told = words

    def draw_text(self, text: str) -> None:
        """Draw a QR code that holds a text, above the hint."""
        try:
            modules = modules_of(text)
        except NotDrawable as problem:
            self._say_once(f"The QR code cannot be drawn: {problem}.")
            self.draw_hint()
            return
        self._draw(modules)

    def draw_image(self, content: bytes) -> None:
        """Draw a QR code that came as an image; one that cannot be read is put into a private file instead."""
        try:
            image = image_of(content)
        except NotReadable as problem:
            self._say_once(f"The QR code that came cannot be used: {problem}.")
            self.draw_hint()
            return
        try:
            modules = modules_in(image)
        except NotReadable as problem:
            self._keep(image, str(problem))
            self.draw_hint()
            return
        self._draw(modules)

    def draw_hint(self) -> None:
        """Draw the hint alone."""
        self._paint([])

    def away(self) -> None:
        """Take away what is drawn, so that something else can be said."""
        if self._lines:
            up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
            self._write(f"\r{up}\x1b[J")
            self._lines = 0

    def close(self) -> None:
        """Take everything away, a file with an image too."""
        self.away()
        if self._file is not None:
            self._file.unlink(missing_ok=True)
            self._file = None

    def _draw(self, modules: list[list[bool]]) -> None:
        if not carries(self.session.stderr, BLOCKS):
            self._say_once("The QR code cannot be drawn: this terminal's character set has no blocks.")
            self.draw_hint()
            return
        columns, rows = self._size()
        color = self.session.color(self.session.stderr)
        for border in _BORDERS:
            side = len(modules) + 2 * border
            if side <= columns and (side + 1) // 2 < rows:
                self._paint(half_blocks(modules, border, color=color))
                return
        side = len(modules) + 2 * _BORDERS[-1]
        self._say_once(
            f"The window is too small for the QR code: it needs {side} columns and {(side + 1) // 2 + 1} lines."
        )
        self.draw_hint()

    def _paint(self, lines: list[str]) -> None:
        if not self.animated:
            return
        shown = [*lines, fit(harmless(self._hint), self._size()[0] - 1)]
        if len(shown) != self._lines:
            self.away()
        up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
        self._lines = len(shown)  # before it is there: whatever interrupts the writing, all is taken away
        self._write(f"\r{up}" + "\n".join(f"{line}\x1b[K" for line in shown))

    def _keep(self, image: bytes, why: str) -> None:
        """Put an image where the person can open it; the file is renewed with each image that comes."""
        try:
            if self._file is None:
                handle, name = tempfile.mkstemp(prefix="energyctl-qr-", suffix=".png")
                os.close(handle)
                self._file = Path(name)
                self._say(f"The QR code came as an image that cannot be drawn ({why}); it is kept in {name}")
            write_private(self._file, image)
        except OSError as error:
            self._say_once(f"The QR code came as an image that cannot be kept: {error.strerror or error}.")

    def _say_once(self, text: str) -> None:
        if not self._advised:
            self._advised = True
            self._say(text)

    def _say(self, text: str) -> None:
        self.away()
        self.session.say(text)

    def _write(self, text: str) -> None:
        self.session.stderr.write(text)
        self.session.stderr.flush()

    def _size(self) -> os.terminal_size:
        return window(self.session.stderr)


def second_by_second(token: str, secret: str) -> Callable[[int], str]:
    """Return what gives the QR code's content in each whole second after the auth answer (contract 5.2)."""
    import hashlib
    import hmac

    def content(second: int) -> str:
        code = hmac.new(secret.encode(), str(second).encode(), hashlib.sha256).hexdigest()
        return f"bankid.{token}.{second}.{code}"

    return content
