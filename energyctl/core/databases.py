"""What SQLite raises of a file that cannot serve, and whether it is the file itself that is damaged."""

from __future__ import annotations

import sqlite3

#: What opening, reading and writing raises; of a damaged file even SQLite's message may not be text.
TROUBLES = (sqlite3.Error, OSError, UnicodeDecodeError)
_DAMAGED = frozenset(
    {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_MISMATCH}
)


def is_damaged(error: Exception) -> bool:
    """Return whether the file is not what it was; otherwise it is busy, or its disk or directory is the trouble."""
    if isinstance(error, UnicodeDecodeError):
        return True
    return (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_OK) & 0xFF in _DAMAGED


def said_of(error: Exception) -> str:
    """Return what an error says, without a full stop."""
    return "it is damaged" if isinstance(error, UnicodeDecodeError) else str(error).rstrip(".")
