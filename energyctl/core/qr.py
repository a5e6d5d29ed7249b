"""QR codes drawn in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from energyctl.core.session import Session


#: What it is drawn with.
BLOCKS = "█▀▄"
_QUIET = 4


class NotDrawable(ValueError):
    """Says in a person's words why there is no QR code."""


def draw(session: Session, text: str) -> None:
    """Draw a QR code on stderr, or say why it cannot be drawn there."""
    from energyctl.core.streams import carries, window

    stream = session.stderr
    try:
        modules = modules_of(text)
    except NotDrawable as problem:
        session.say(f"The QR code cannot be drawn: {problem}.")
        return
    side = len(modules) + 2 * _QUIET
    if not carries(stream, BLOCKS):
        session.say("The QR code cannot be drawn: this terminal's character set has no blocks.")
    elif stream.isatty() and window(stream).columns < side:
        session.say(f"The window is too small for the QR code: it needs {side} columns.")
    else:
        lines = half_blocks(modules, _QUIET, color=session.color(stream))
        stream.write("".join(f"{line}\n" for line in lines))
        stream.flush()


def modules_of(text: str) -> list[list[bool]]:
    """Return the modules of a text's QR code, row by row, true for dark; without a quiet zone.

    :raises NotDrawable: for a text that no QR code can hold.
    """
    import segno

    try:
        code = segno.make(text, error="l", micro=False)
    except ValueError:  # too long, empty, or half a surrogate pair in it
        raise NotDrawable("no QR code can hold this text") from None
    return [[bool(one) for one in row] for row in code.matrix]


def half_blocks(modules: list[list[bool]], border: int, *, color: bool) -> list[str]:
    """Return modules as lines of half blocks, two rows a line, with a quiet zone of that many modules.

    :param color: whether black and white are asked of the terminal; otherwise its background must be dark.
    """
    width = len(modules[0]) + 2 * border
    side, blank = [False] * border, [[False] * width]
    rows = [*blank * border, *([*side, *row, *side] for row in modules), *blank * border]
    rows += [[True] * width] * (len(rows) % 2)  # below an odd last row: nothing, as the terminal's background
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    lines = (
        "".join(blocks[both] for both in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
    return [f"\x1b[38;5;231;48;5;16m{line}\x1b[0m" if color else line for line in lines]
