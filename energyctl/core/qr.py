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
