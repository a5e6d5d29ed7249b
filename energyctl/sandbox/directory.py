"""The sandbox's directory on disk.

What its files are called and how they are written so that only their owner reads them.

Standard library only, because the command line uses it too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FACTS_FILE = "sandbox.json"
LOG_FILE = "sandbox.log"
LOCK_FILE = "sandbox.lock"
CONFIG_FILE = "config.yaml"

_OURS = frozenset({FACTS_FILE, LOG_FILE, LOCK_FILE, CONFIG_FILE})
_OTHERS = 0o077


def prepare(directory: Path) -> Path:
    """Create the directory as 0700, or tighten an empty one or a sandbox's; return it absolute.

    Raises ValueError when it is a file, or when it is somebody's ordinary directory that others may read:
    changing its mode would be a surprise.
    """
    path = directory.expanduser().absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        names = {entry.name for entry in path.iterdir()}
        if names and not names & _OURS:
            raise ValueError(
                f"{path} holds other files and can be read by other users; choose a new or empty directory."
            )
        path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Write text to path in one step, readable by its owner only.

    A reader sees the old or the new text, never half.
    """
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_facts(directory: Path) -> dict[str, Any] | None:
    """Return what the facts file says, or None when there is none or it is not one.

    Says nothing about liveness.
    """
    try:
        found = json.loads((directory / FACTS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "pid" in found else None
