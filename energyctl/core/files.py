"""Where the tool keeps its files, and how it writes them: private, whole, never over something else by accident."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from energyctl.core.errors import ConfigProblem, UsageProblem

_LONGEST_NAME = 150
#: Names that Windows keeps for devices.
_DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
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
        return cls(Path(config).expanduser(), Path(state).expanduser())


def private_directory(path: Path) -> Path:
    """Make a directory that only its owner may enter, whatever the umask, and return it.

    :raises ConfigProblem: when it cannot be made, belongs to somebody else, or is a symbolic link.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = path.lstat()
        if stat.S_ISLNK(facts.st_mode):
            raise ConfigProblem(
                f"{path} is a symbolic link; secrets and records are not written through one.",
                hint="Remove the link, or set ENERGYCTL_STATE_DIR to a directory of your own.",
            )
        if stat.S_IMODE(facts.st_mode) & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise ConfigProblem(
            f"The directory {path} cannot be used: {error.strerror or error}.",
            hint="Set ENERGYCTL_STATE_DIR to a directory that you may write to.",
        ) from error
    return path


def _temporary(beside: Path) -> tuple[int, Path]:
    import secrets

    path = beside.with_name(f".{beside.name[:80]}.{secrets.token_hex(6)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags, 0o600), path


def write_private(path: Path, content: bytes) -> None:
    """Replace a file's content in one step, readable only by its owner.

    :raises OSError: when the directory cannot be written to; the former content then stays.
    """
    handle, temporary = _temporary(path)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def save_download(path: Path, chunks: Iterable[bytes], *, force: bool = False) -> int:
    """Save a file whole or not at all and return its size in bytes; never over an existing one without ``force``.

    :raises UsageProblem: when the file exists already or cannot be written.
    """
    if not force and (path.exists() or path.is_symlink()):
        raise _exists(path)
    size = 0
    try:
        handle, temporary = _temporary(path)
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be written: {error.strerror or error}.", hint="Choose another place with --to."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        if force:
            temporary.replace(path)
        else:
            os.link(temporary, path)  # fails when somebody else has made the file meanwhile
            temporary.unlink()
    except FileExistsError as error:
        temporary.unlink(missing_ok=True)
        raise _exists(path) from error
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageProblem(
                f"{path} cannot be written: {error.strerror or error}.", hint="Is the disk full?"
            ) from error
        raise
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
    kept = kept.strip(" .").lstrip("-")
    if not kept or set(kept) <= {"_", "."} or kept.split(".")[0].lower() in _DEVICE_NAMES:
        return fallback
    if len(kept.encode()) > _LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        ending = ending[:10] if dot else ""
        kept = (stem or kept)[: _LONGEST_NAME // 4] + (f".{ending}" if dot else "")
    return kept


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
