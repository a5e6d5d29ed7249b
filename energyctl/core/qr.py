"""QR codes drawn in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from energyctl.core.session import Session


def drawing(text: str) -> str:
    """Return a text as a QR code of half blocks, with its quiet zone; lines end with a line feed."""
    import io

    import segno

    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=out, compact=True)
    return out.getvalue()


def draw(session: Session, text: str) -> None:
    """Draw a QR code on stderr."""
    session.stderr.write(drawing(text))
    session.stderr.flush()


def modules_of(text: str) -> list[list[bool]]:
    """Return the modules of a text's QR code, row by row, true for dark; without a quiet zone."""
    import segno

    return [[bool(one) for one in row] for row in segno.make(text, error="l", micro=False).matrix]


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
