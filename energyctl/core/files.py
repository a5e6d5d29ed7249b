"""Where the tool keeps its files, and how it writes them: private, whole, never over something else by accident."""

from __future__ import annotations

import errno
import itertools
import os
import stat
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from energyctl.core.errors import ConfigProblem, UsageProblem
from energyctl.core.inputs import expanded
from energyctl.core.leftovers import HOLDS, beside, is_taken
from energyctl.core.points import reached

_LONGEST_NAME = 150
_PRIVATE, _BY_UMASK = 0o600, 0o666
#: How file systems say that they have no hard links.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK})
#: Names that Windows keeps for devices.
_DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)


@dataclass(frozen=True)
class Paths:
    """The config file and the state directory of this user."""

    config_file: Path
    state_dir: Path

    @classmethod
    def find(cls, env: Mapping[str, str]) -> Paths:
        """Find them: ``ENERGYCTL_CONFIG`` and ``ENERGYCTL_STATE_DIR`` first, then the user's usual directories."""
        config, state = env.get("ENERGYCTL_CONFIG"), env.get("ENERGYCTL_STATE_DIR")
        if not (config and state):
            import platformdirs

            config = config or str(
                platformdirs.user_config_path("energyctl", appauthor=False) / "config.yaml"
            )
            state = state or str(platformdirs.user_state_path("energyctl", appauthor=False))
        return cls(expanded(config), expanded(state))


def private_directory(path: Path) -> Path:
    """Make a directory that only its owner may enter, whatever the umask, and return it.

    What is missing above it is made the same way.

    :raises ConfigProblem: when it cannot be made, belongs to somebody else, or is a symbolic link.
    """
    try:
        _make(path)
        facts = path.lstat()
        if stat.S_ISLNK(facts.st_mode):
            raise ConfigProblem(
                f"{path} is a symbolic link; secrets and records are not written through one.",
                hint="Remove the link, or set ENERGYCTL_STATE_DIR to a directory of your own.",
            )
        if not stat.S_ISDIR(facts.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not _is_mine(facts):
            raise ConfigProblem(
                f"{path} belongs to another user (uid {facts.st_uid}), who could read what is kept there.",
                hint="Set ENERGYCTL_STATE_DIR to a directory of your own.",
            )
        if facts.st_mode & 0o777 != 0o700:
            path.chmod(0o700)
    except OSError as error:
        raise ConfigProblem(
            f"The directory {path} cannot be used: {error.strerror or error}.",
            hint="Set ENERGYCTL_STATE_DIR to a directory that you may write to.",
        ) from error
    return path


def _make(path: Path) -> None:
    try:
        path.mkdir(mode=0o700)
    except FileNotFoundError:
        _make(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        return
    path.chmod(0o700)


def _is_mine(facts: os.stat_result) -> bool:
    return os.name != "posix" or facts.st_uid == os.geteuid()


def private_file(path: Path, code: str) -> Path:
    """Make an empty file that only its owner may read, unless it is there, and return it.

    A file that is there is not opened: with that, another connection of this process to a database would lose its
    locks. A hard link is the file itself and no way around: nobody else can make one in a private directory.

    :raises ConfigProblem: with ``code``, when it is a symbolic link, another thing than a file, or somebody else's.
    :raises OSError: when it cannot be made.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode) or not _is_mine(facts):
        what = "is a symbolic link" if stat.S_ISLNK(facts.st_mode) else "is not a file of your own"
        raise ConfigProblem(
            f"{path} {what}; records are not written through it.",
            hint=f"Move it away: mv {path} {path}.former",
            code=code,
        )
    if facts.st_mode & 0o777 != _PRIVATE:
        path.chmod(_PRIVATE)
    return path


def read_private(path: Path, state_dir: Path) -> bytes:
    """Return the content of a file that the tool keeps below the state directory.

    :raises OSError: when it is not there, or when it or a directory on the way to it is a symbolic link or somebody
        else's: what stands there is not what was kept.
    """
    _check_way(path, state_dir)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or not _is_mine(facts):
            raise PermissionError(errno.EPERM, "Not a file of your own", str(path))
        return file.read()


def remove_private(path: Path, state_dir: Path) -> bool:
    """Remove a file that the tool keeps below the state directory; return whether there was one.

    :raises OSError: when it cannot be removed, or a directory on the way to it is not the user's own.
    """
    try:
        _check_way(path, state_dir)
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _check_way(path: Path, state_dir: Path) -> None:
    for place in path.parents:
        facts = place.lstat()
        if not stat.S_ISDIR(facts.st_mode) or not _is_mine(facts):
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory of your own", str(place))
        if place == state_dir:
            return


def _make_private(file: BinaryIO) -> None:
    """Give a new file the mode that it was made with: a umask may have taken too much of it."""
    if hasattr(os, "fchmod"):
        os.fchmod(file.fileno(), _PRIVATE)


def _write(file: BinaryIO, chunks: Iterable[bytes]) -> int:
    """Write a file to disk and return its size in bytes."""
    size = 0
    for chunk in chunks:
        file.write(chunk)
        size += len(chunk)
    file.flush()
    os.fsync(file.fileno())
    if not HOLDS:
        file.close()
    reached("file.written")
    return size


def write_private(path: Path, content: bytes) -> None:
    """Replace a file's content in one step, readable only by its owner.

    :raises OSError: when the directory cannot be written to; the former content then stays.
    """
    with beside(path) as (file, temporary):
        _make_private(file)
        _write(file, (content,))
        temporary.replace(path)
        reached("file.replaced")


def create_private(path: Path, content: bytes) -> None:
    """Make a file, whole or not at all, readable only by its owner; of several processes one makes it.

    :raises FileExistsError: when there is one already, or another process was quicker.
    :raises OSError: when the directory cannot be written to.
    """
    with beside(path) as (file, temporary):
        _make_private(file)
        _write(file, (content,))
        _put(temporary, path)


def _put(temporary: Path, path: Path) -> None:
    """Give a file its name, unless there is one of that name."""
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # The name is taken from now on, by an empty file for a moment.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
        temporary.replace(path)
    else:
        reached("file.linked")
        temporary.unlink()


def save_download(path: Path, chunks: Iterable[bytes], *, force: bool = False, private: bool = False) -> int:
    """Save a file whole or not at all and return its size in bytes; never over an existing one without ``force``.

    :param private: whether only its owner may read it; otherwise the umask decides, as for any file of the user's.
    :raises UsageProblem: when the file exists already or cannot be written.
    """
    if not force and is_taken(path):
        raise _exists(path)
    hint = "Choose another place with --to."
    try:
        with beside(path, _PRIVATE if private else _BY_UMASK) as (file, temporary):
            hint = "Is the disk full?"
            if private:
                _make_private(file)
            size = _write(file, chunks)
            if force:
                temporary.replace(path)
            else:
                _put(temporary, path)  # fails when somebody else has made the file meanwhile
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written: {error.strerror or error}.", hint=hint) from error
    return size


def _exists(path: Path) -> UsageProblem:
    return UsageProblem(
        f"The file {path} exists already; it was not touched.",
        hint="Choose another place with --to, or replace it with --force.",
        code="file_exists",
    )


def safe_file_name(wished: str, *, fallback: str) -> str:
    """Return a plain file name that stays in its directory, whatever a server wished for."""
    text = unicodedata.normalize("NFC", wished).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char if char.isalnum() or char in " ._-()+,=@" else "_" for char in text)
    kept = kept.rstrip(" .").lstrip(" .-")
    if not kept or set(kept) <= {"_", "."} or kept.split(".")[0].rstrip().lower() in _DEVICE_NAMES:
        return fallback
    if len(kept.encode()) > _LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = (stem if dot else kept)[: _LONGEST_NAME // 4].rstrip(" .") + (f".{ending[:10]}" if dot else "")
    return kept.rstrip(" .")


def told_apart(name: str, taken: set[str]) -> str:
    """Return a file name that is not taken yet, not in other capitals either, and take it."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    numbered = (f"{stem}-{number}{dot}{ending}" for number in itertools.count(2))
    found = next(one for one in itertools.chain((name,), numbered) if one.casefold() not in taken)
    taken.add(found.casefold())
    return found


def make_directory(path: Path) -> None:
    """Make the directory that ``--to`` names, with those above it.

    :raises UsageProblem: when it cannot be one.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(
            f"--to {path} is not a directory that can be used: {error.strerror or error}.",
            hint="Choose another.",
        ) from error
