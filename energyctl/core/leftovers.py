"""The file that is written beside another before it takes its place, and what a sudden end has left of one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
#: An open file cannot be renamed on Windows, and there are no locks of this kind.
HOLDS = sys.platform != "win32"


@contextmanager
def beside(path: Path, mode: int = 0o600) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a file beside another, to be written and then renamed; it is removed when that fails.

    Its name depends on the other's alone, so that what a sudden end has left is found and removed. When another process
    is writing the same file at the moment, it gets a name of its own.

    :param mode: as the umask leaves it.
    :raises OSError: when the directory cannot be written to.
    """
    handle, temporary = _made(path, mode)
    with os.fdopen(handle, "wb") as file:
        try:
            yield file, temporary
        except BaseException:
            if not HOLDS:
                with suppress(OSError):
                    file.close()
            temporary.unlink(missing_ok=True)  # while it is locked: later the name may be somebody else's
            raise


def _made(path: Path, mode: int) -> tuple[int, Path]:
    temporary = _usual(path)
    while remove_leftover(path):
        try:
            handle = os.open(temporary, _FLAGS, mode)
        except FileExistsError:  # somebody has made it just now
            continue
        with suppress(OSError):  # a file system without locks: nobody will take it for a leftover
            _lock(handle)
        if os.fstat(handle).st_nlink:
            return handle, temporary
        os.close(handle)  # somebody has taken it for a leftover before it was locked
    import secrets

    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.part")
    return os.open(temporary, _FLAGS, mode), temporary


def remove_leftover(path: Path) -> bool:
    """Remove the file beside another that no process holds any more; return whether there is none now."""
    if not HOLDS:
        return False
    temporary = _usual(path)
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    except OSError:  # a link, a directory, or somebody else's
        return False
    try:
        _lock(handle, wait=False)
        # Whoever held it before has renamed it meanwhile when another is found under its name.
        if os.path.samestat(os.fstat(handle), temporary.lstat()):
            temporary.unlink()
    except FileNotFoundError:
        return True
    except OSError:  # held by another process
        return False
    else:
        return True
    finally:
        os.close(handle)


def is_taken(path: Path) -> bool:
    """Return whether there is something of that name already; what a sudden end has left beside it is removed."""
    remove_leftover(path)
    return path.exists() or path.is_symlink()


def _usual(path: Path) -> Path:
    return path.with_name(f".{path.name[:80]}.part")


def _lock(handle: int, *, wait: bool = True) -> None:
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
