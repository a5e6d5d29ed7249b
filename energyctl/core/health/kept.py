"""What else is kept in the state directory: caches, call counts, imported files, the pseudonyms' key.

Nothing is changed. The journal and the tokens are looked at in ``state``.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from energyctl.core.databases import TROUBLES, is_damaged
from energyctl.core.health.findings import CONFIG, PASS, WARN, Finding

_KEY_BYTES = 32
_CHECK = "kept_files"
_MOST_FILES = 5000


def kept_findings(directory: Path) -> Iterator[Finding]:
    """Yield what is damaged, each with the command that mends it; one finding when all is whole."""
    count, whole = 0, True
    for pattern, look, fix in _LOOKS:
        for path in sorted(directory.glob(pattern))[:_MOST_FILES]:
            count += 1
            if path.is_symlink():
                continue  # is told with the modes
            trouble = _trouble(path, look)
            if trouble is not None:
                whole = False
                told = f"{path.relative_to(directory)} {trouble}"
                yield Finding(_CHECK, WARN, told, fix(path), CONFIG)
    if whole:
        told = "is whole" if count == 1 else "are whole"
        yield Finding(
            _CHECK, PASS, f"{count} other kept file{'' if count == 1 else 's'} {told}.", None, CONFIG
        )


def _trouble(path: Path, look: Callable[[Path], str | None]) -> str | None:
    try:
        return look(path)
    except IsADirectoryError:
        return "is a directory, where a file is kept."
    except OSError as error:
        return f"cannot be read: {error.strerror or error}."
    except (ValueError, RecursionError):
        return "is damaged."


def _cache(path: Path) -> str | None:
    kept = json.loads(path.read_bytes())
    whole = isinstance(kept, dict) and {"at", "data"} <= set(kept)
    return None if whole else "is damaged; it is made anew."


def _import(path: Path) -> str | None:
    first, _, rest = path.read_bytes().partition(b"\n")
    facts = json.loads(first)["facts"] if first.startswith(b"{") else {}
    whole = isinstance(facts, dict) and facts.get("sha256") == hashlib.sha256(rest.rstrip(b"\n")).hexdigest()
    return None if whole else "is damaged; its operations may not be in force."


def _lines(path: Path) -> str | None:
    bad = 0
    for line in path.read_bytes().splitlines():
        try:
            bad += not isinstance(json.loads(line), dict)
        except (ValueError, RecursionError):
            bad += 1
    return f"has {bad} damaged line{'s' if bad > 1 else ''}; the others are used." if bad else None


def _words(path: Path) -> str | None:
    path.read_bytes().decode()
    return None


def _counts(path: Path) -> str | None:
    if path.is_dir():
        raise IsADirectoryError
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1.0)
        ) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except TROUBLES as error:
        return "is damaged; counting begins anew with the next call." if is_damaged(error) else None
    return None if said == "ok" else "is damaged; counting begins anew with the next call."


def _key(path: Path) -> str | None:
    whole = len(path.read_bytes()) == _KEY_BYTES
    return None if whole else "is damaged; with a new one pseudonyms begin anew."


def _facts(path: Path) -> str | None:
    return None if isinstance(json.loads(path.read_bytes()), dict) else "is damaged."


def _removed(path: Path) -> str:
    return f"Run: rm -r {shlex.quote(str(path))}"


def _imported(path: Path) -> str:
    provider = path.stem
    return f"Import it again: energyctl {provider} spec import FILE; or: energyctl {provider} spec forget"


def _restarted(_path: Path) -> str:
    return "Run: energyctl sandbox stop, then energyctl sandbox start"


_LOOKS: tuple[tuple[str, Callable[[Path], str | None], Callable[[Path], str]], ...] = (
    ("cache/*.json", _cache, _removed),
    ("completion/[!.]*", _words, _removed),
    ("specs/*/*.jsonl", _import, _imported),
    ("*.jsonl", _lines, _removed),
    ("limits.sqlite3", _counts, _removed),
    ("pseudonyms.key", _key, _removed),
    ("keyring-backend", _words, _removed),
    ("sandbox/sandbox.json", _facts, _restarted),
)
