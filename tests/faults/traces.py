"""What a run leaves behind: files, the journal, tokens, and the most memory it had. Whether it may is not here."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

from tests import zygote

_GLANCE_S = 0.01
_SECRET = ("secret", "password", "key", "token")


class Scale:
    """Watches how much memory the run of the moment has, as the kernel counts it."""

    def __init__(self) -> None:
        self.peak_kb = 0

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_GLANCE_S):
            self.peak_kb = max((self.peak_kb, *map(_high_water_kb, _runs_now())))


def _runs_now() -> Iterator[int]:
    """Yield the process ids of the runs that the zygote has made and that have not ended."""
    for one in zygote._running:
        pid = one._process.pid
        with suppress(OSError):
            yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def _high_water_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def state_of(home: Path) -> Path:
    """Return the state directory below a home."""
    return home / "state" / "energyctl"


def files_of(place: Path) -> dict[str, str]:
    """Return each file below a directory with a digest of what it holds."""
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def journal_of(home: Path) -> list[tuple[str, str | None]]:
    """Return the target of each write on record and its last outcome there."""
    path = state_of(home) / "journal.sqlite3"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as record:
        return record.execute(
            "SELECT target, (SELECT json_extract(data, '$.outcome') FROM events "
            "WHERE write_id = writes.id AND kind = 'result' ORDER BY id DESC LIMIT 1) FROM writes"
        ).fetchall()


def tokens_of(home: Path) -> Iterator[str]:
    """Yield the tokens that are kept."""
    for path in (state_of(home) / "tokens").glob("*.json"):
        yield from texts_in(json.loads(path.read_text()), least=20)


def texts_in(data: Any, *, least: int = 16) -> Iterator[str]:
    """Yield what could be a secret: each long line of a text whose name says so."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if isinstance(value, str):
                if any(part in name for part in _SECRET):
                    lines = value.splitlines()
                    yield from (line for line in lines if len(line) >= least and "-----" not in line)
            else:
                yield from texts_in(value, least=least)
    elif isinstance(data, list):
        for one in data:
            yield from texts_in(one, least=least)
