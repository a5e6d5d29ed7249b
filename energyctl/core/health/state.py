"""The state directory and what lies in it: modes, space, journal, cached tokens. Nothing is made or changed."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from energyctl.core.databases import TROUBLES, said_of
from energyctl.core.health.findings import CONFIG, FAIL, PASS, WARN, Finding
from energyctl.core.health.kept import kept_findings

if TYPE_CHECKING:
    from energyctl.core.session import Session

_ANOTHER = "set ENERGYCTL_STATE_DIR to a directory of your own"
_MB = 1024 * 1024
#: Below the first a warning, below the second the journal may not be written any more.
_LITTLE_SPACE, _NO_SPACE = 50 * _MB, 1 * _MB
_MOST_FILES = 20_000
_MOST_NAMED = 3


def state_findings(session: Session) -> Iterator[Finding]:
    """Yield what there is to say of the state directory."""
    directory = session.paths.state_dir
    found = _directory(directory)
    yield found
    if found.status == FAIL:
        return
    yield from _space(directory)
    if directory.is_dir():
        yield _modes(directory)
        yield _journal(directory / "journal.sqlite3", session.timeout_s)
        yield _tokens(directory / "tokens")
        yield from kept_findings(directory)


def _found(check: str, status: str, message: str, fix: str | None = None) -> Finding:
    return Finding(check, status, message, fix, CONFIG)


def _directory(directory: Path) -> Finding:
    check = "state_directory"
    try:
        facts = directory.lstat()
    except FileNotFoundError:
        return _to_be_made(directory)
    except OSError as error:
        return _found(check, FAIL, f"{directory} cannot be looked at: {error.strerror}.", f"Or {_ANOTHER}.")
    unfit = _unfit(directory, facts)
    if unfit is not None:
        return unfit
    mode = stat.S_IMODE(facts.st_mode)
    if os.name == "posix" and mode & 0o077:
        told = f"Others may enter {directory} (mode {mode:04o}), where tokens are kept."
        return _found(check, WARN, told, f"Run: chmod 700 {directory}")
    return _found(check, PASS, f"{directory} is yours alone (mode {mode:04o}).")


def _unfit(directory: Path, facts: os.stat_result) -> Finding | None:
    """Say why a directory cannot serve; None when it can."""
    fix = f"Move it away; or {_ANOTHER}."
    if stat.S_ISLNK(facts.st_mode):
        told = f"{directory} is a symbolic link; secrets and records are not written through one."
        fix = f"Remove the link: rm {directory}; or {_ANOTHER}."
    elif not stat.S_ISDIR(facts.st_mode):
        told = f"{directory} is not a directory."
    elif not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        told = f"{directory} cannot be written to."
        fix = f"Run: chmod u+rwx {directory}; or {_ANOTHER}."
    elif os.name == "posix" and facts.st_uid != os.getuid():
        told = f"{directory} belongs to another user (uid {facts.st_uid})."
    else:
        return None
    return _found("state_directory", FAIL, told, fix)


def _to_be_made(directory: Path) -> Finding:
    above = next((one for one in directory.parents if one.exists()), Path("/"))
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        told = f"{directory} is not there and cannot be made: {above} cannot be written to."
        return _found("state_directory", FAIL, told, f"{_ANOTHER[:1].upper()}{_ANOTHER[1:]}.")
    return _found("state_directory", PASS, f"{directory} is not there yet; the first write makes it.")


def _space(directory: Path) -> Iterator[Finding]:
    import shutil

    above = next((one for one in (directory, *directory.parents) if one.exists()), Path("/"))
    try:
        free = shutil.disk_usage(above).free
    except OSError:
        return
    told = f"{free / _MB:,.0f} MB are free at {above}."
    if free >= _LITTLE_SPACE:
        yield _found("state_space", PASS, told)
        return
    status = FAIL if free < _NO_SPACE else WARN
    fix = "Free some space: without it no write can be recorded, and none is sent."
    yield _found("state_space", status, told, fix)


def _modes(directory: Path) -> Finding:
    """Say whether others could read what is kept, should they come into the directory, and what is not really in it."""
    check = "state_permissions"
    if os.name != "posix":
        return _found(check, PASS, "Modes are not used on this system.")
    wide: list[str] = []
    foreign: list[str] = []
    looked_at = 0
    for path in _below(directory):
        looked_at += 1
        try:
            facts = path.lstat()
        except OSError:
            continue
        if stat.S_ISLNK(facts.st_mode) or facts.st_uid != os.geteuid():
            foreign.append(str(path.relative_to(directory)))
        elif stat.S_IMODE(facts.st_mode) & 0o077:
            wide.append(f"{path.relative_to(directory)} ({stat.S_IMODE(facts.st_mode):04o})")
    if foreign:
        told = f"Not used, being a symbolic link or another user's: {_listed(foreign)}."
        return _found(check, WARN, told, f"Move it away: mv {directory / foreign[0]} {directory}.former")
    if not wide:
        return _found(check, PASS, f"{looked_at} files and directories are yours alone.")
    told = f"The mode lets others in, were the directory open: {_listed(wide)}."
    is_open = bool(stat.S_IMODE(directory.lstat().st_mode) & 0o077)
    return _found(check, FAIL if is_open else WARN, told, f"Run: chmod -R go-rwx {directory}")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


def _below(directory: Path) -> Iterator[Path]:
    """Yield what lies below, but for the sandbox's own directory: its secrets are made up."""
    seen = 0
    for place, directories, files in os.walk(directory):
        if Path(place) == directory and "sandbox" in directories:
            directories.remove("sandbox")
        for name in (*directories, *files):
            seen += 1
            if seen > _MOST_FILES:
                return
            yield Path(place) / name


def _journal(path: Path, limit_s: float) -> Finding:
    """Read all of the journal's pages, as SQLite's quick check does, for at most ``limit_s`` seconds."""
    check = "journal"
    if path.is_symlink():
        return _damaged(path, "it is a symbolic link")
    if not path.exists():
        return _found(check, PASS, "Nothing has been written yet.")
    try:
        said, count = _read_through(path, limit_s)
    except sqlite3.OperationalError as error:
        busy = {"interrupted": f"It could not be read through in {limit_s:g} s.", "locked": "It is in use."}
        for sign, told in busy.items():
            if sign in str(error):
                return _found(check, WARN, told, "Try again in a moment, or with --timeout SECONDS.")
        said, count = str(error), 0
    except TROUBLES as error:
        said, count = said_of(error), 0
    if said != "ok":
        return _damaged(path, " ".join(said.split()))
    return _found(check, PASS, f"Whole, with {count} write{'s' if count != 1 else ''}.")


def _read_through(path: Path, limit_s: float) -> tuple[str, int]:
    """Return what the quick check says, and the number of writes."""
    ends = time.monotonic() + limit_s
    address = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=min(limit_s, 5.0))) as connection:
        connection.set_progress_handler(lambda: int(time.monotonic() > ends), 10_000)
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM writes").fetchone()
    return str(said), int(count)


def _damaged(path: Path, what: str) -> Finding:
    told = f"The journal {path} cannot be used: {what.rstrip('.')}. No write is sent without it."
    return _found("journal", FAIL, told, f"Keep a copy and move it away: mv {path} {path}.damaged")


def _tokens(directory: Path) -> Finding:
    check = "token_cache"
    if not directory.is_dir():
        return _found(check, PASS, "No token is kept.")
    bad, count = [], 0
    for path in sorted(directory.glob("*.json")):
        count += 1
        try:
            kept = json.loads(path.read_bytes())
            readable = isinstance(kept, dict) and {"value", "obtained_at", "expires_at"} <= set(kept)
        except (OSError, ValueError):
            readable = False
        if not readable:
            bad.append(path)
    if bad:
        named = ", ".join(one.name for one in bad[:_MOST_NAMED])
        told = f"{len(bad)} of {count} kept tokens cannot be read and will be asked for anew: {named}."
        return _found(check, WARN, told, f"Run: rm {bad[0]}")
    return _found(check, PASS, f"{count} token{'s are' if count != 1 else ' is'} kept.")
