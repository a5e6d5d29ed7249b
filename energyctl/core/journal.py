"""The record of every write: an append-only SQLite file in the state directory. A kill leaves the intent on record."""

from __future__ import annotations

import getpass
import hashlib
import json
import shlex
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from energyctl.core.databases import TROUBLES, is_damaged, said_of
from energyctl.core.errors import ConfigProblem, NotFound
from energyctl.core.files import private_directory, private_file

BUSY_LIMIT_S = 30.0
#: Outcomes that no write's result carries: what the record tells when the result is missing.
NOT_SENT = "not_sent"
UNKNOWN = "unknown"
#: The code of the error when it cannot be written or read.
UNUSABLE = "journal_unusable"
#: What is recorded before it is sent, and right before the first byte leaves. All other events come after these.
PLANNED, SENDING = "planned", "sending"
_OUTCOMES = ("changed", "already", "offline", "not_found", "rejected", "failed", UNKNOWN)
_NUMBERS_END = 2**63
#: How many of the newest writes are compared with one that is about to be sent.
_LOOKED_BACK = 2000

#: Operation, target and digest of the request.
Sameness = tuple[str, str, str]
#: Ends of a write that took no effect: an earlier one whose end is not known is none the wiser for them.
_WITHOUT_EFFECT = frozenset({NOT_SENT, "rejected", "failed", "offline"})
#: Where a provider's own fields are kept whose names are taken.
_BESIDE = "as_answered"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS writes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL, user TEXT NOT NULL, profile TEXT NOT NULL, provider TEXT NOT NULL,
    environment TEXT NOT NULL, system TEXT NOT NULL, operation TEXT NOT NULL, target TEXT NOT NULL,
    effect TEXT NOT NULL, digest TEXT NOT NULL, key TEXT, batch TEXT
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    write_id INTEGER NOT NULL REFERENCES writes(id), at TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_of_write ON events(write_id);
CREATE INDEX IF NOT EXISTS writes_by_key ON writes(key) WHERE key IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS writes_stay BEFORE UPDATE ON writes BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS writes_remain BEFORE DELETE ON writes BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""
_WRITE_FIELDS = (
    "at",
    "user",
    "profile",
    "provider",
    "environment",
    "system",
    "operation",
    "target",
    "effect",
    "digest",
    "key",
    "batch",
)


def digest_of(request: Any) -> str:
    """Return the SHA-256 of a request's canonical JSON."""
    text = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Journal:
    """Writes and what became of them. An entry is never altered or removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def _open(self, *, create: bool) -> sqlite3.Connection | None:
        if self._connection is not None:
            return self._connection
        if not create and not self.path.exists():
            return None
        private_directory(self.path.parent)
        private_file(self.path, UNUSABLE)
        connection = sqlite3.connect(self.path, timeout=BUSY_LIMIT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # A damaged letter hides no other row.
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        try:
            connection.execute("PRAGMA synchronous = FULL")
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events_remain'").fetchone()
            if known is None:
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    # -- writing ---------------------------------------------------------------------------------------

    def intend(self, **facts: Any) -> int:
        """Record that a write is about to be sent and return its number.

        :raises ConfigProblem: when the record cannot be written; the write must then not be sent.
        """
        facts = {"at": _now(), "user": _user(), **facts}
        names = ", ".join(_WRITE_FIELDS)
        marks = ", ".join("?" for _ in _WRITE_FIELDS)
        values = [_storable(facts.get(name)) for name in _WRITE_FIELDS]
        try:
            connection = self._open(create=True)
            assert connection is not None
            cursor = connection.execute(f"INSERT INTO writes ({names}) VALUES ({marks})", values)  # noqa: S608 - constants
        except TROUBLES as error:
            raise self._unusable(error, "Nothing was sent") from error
        return int(cursor.lastrowid or 0)

    def add(self, write_id: int, kind: str, data: dict[str, Any] | None = None) -> None:
        """Record what happened to a write: ``sending``, ``looked_up``, ``result`` and so on.

        :raises ConfigProblem: when the record cannot be written.
        """
        text = _storable(json.dumps(data or {}, ensure_ascii=False, default=str))
        try:
            connection = self._open(create=True)
            assert connection is not None
            connection.execute(
                "INSERT INTO events (write_id, at, kind, data) VALUES (?, ?, ?, ?)",
                (write_id, _now(), kind, text),
            )
        except TROUBLES as error:
            lost = (
                "Nothing was sent" if kind == SENDING else f"Write {write_id} is recorded without its {kind}"
            )
            raise self._unusable(error, lost) from error

    # -- reading ------------------------------------------------------------------------------------------

    def entries(self, *, key: str | None = None, system: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the writes, newest first, each with the outcome that the record tells.

        :raises ConfigProblem: when the file is damaged or locked.
        """
        wheres, values = ["1 = 1"], []
        if key is not None:
            wheres.append("key = ?")
            values.append(key)
        if system is not None:
            wheres.append("system = ?")
            values.append(system)
        try:
            connection = self._open(create=False)
            if connection is None:
                return
            found = connection.execute(
                f"SELECT * FROM writes WHERE {' AND '.join(wheres)} ORDER BY id DESC",  # noqa: S608 - constants
                values,
            )
            for row in found:
                yield self._told(connection, dict(row))
        except TROUBLES as error:
            raise self._unusable(error, "It cannot be read") from error

    def latest(self, system: str, wanted: Collection[Sameness]) -> Iterator[dict[str, Any]]:
        """Yield the last of the writes that are the same as each of these, and that may have had an effect.

        Very old ones are not looked for.

        :raises ConfigProblem: when the file is damaged or locked.
        """
        try:
            connection = self._open(create=False)
            if connection is None:
                return
            found = connection.execute(
                "SELECT * FROM writes WHERE system = ? AND id > (SELECT max(id) FROM writes) - ? ORDER BY id",
                (system, _LOOKED_BACK),
            )
            former: dict[Sameness, list[dict[str, Any]]] = {}
            for one in found:
                former.setdefault((one["operation"], one["target"], one["digest"]), []).append(dict(one))
            for same in wanted:
                told = (self._told(connection, one) for one in reversed(former.get(same, ())))
                if (
                    last := next((one for one in told if one["outcome"] not in _WITHOUT_EFFECT), None)
                ) is not None:
                    yield last
        except TROUBLES as error:
            raise self._unusable(error, "It cannot be read") from error

    def _told(self, connection: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
        events = [
            beside({"at": event["at"], "kind": event["kind"]}, _object(event["data"]))
            for event in connection.execute(
                "SELECT * FROM events WHERE write_id = ? ORDER BY id", (row["id"],)
            )
        ]
        outcome, result = NOT_SENT, {}
        for event in events:
            if event["kind"] == "result":
                outcome = event.get("outcome", UNKNOWN)
                outcome = outcome if outcome in _OUTCOMES else UNKNOWN
                result = {
                    name: value for name, value in event.items() if name not in ("at", "kind", "outcome")
                }
            elif outcome == NOT_SENT and event["kind"] != PLANNED:  # also one that cannot be read any more
                outcome = UNKNOWN
        return {**row, "outcome": outcome, "result": result, "events": events}

    def entry(self, number: int) -> dict[str, Any]:
        """Return one write with its events.

        :raises NotFound: when there is no such write.
        """
        try:
            connection = self._open(create=False)
            row = (
                connection.execute("SELECT * FROM writes WHERE id = ?", (number,)).fetchone()
                if connection and number < _NUMBERS_END
                else None
            )
            if connection is not None and row is not None:
                return self._told(connection, dict(row))
        except TROUBLES as error:
            raise self._unusable(error, "It cannot be read") from error
        raise NotFound(
            f"The journal has no write {number}.", hint="See the numbers with: energyctl journal list"
        )

    def _unusable(self, error: Exception, consequence: str) -> ConfigProblem:
        what = said_of(error)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return ConfigProblem(
                f"The journal {self.path} cannot be used: another process has locked it for {BUSY_LIMIT_S:g} s. "
                f"{consequence}.",
                hint="Try again; if it stays so, end the other energyctl.",
                code=UNUSABLE,
            )
        hint = "Free the disk or mend the permissions, or set ENERGYCTL_STATE_DIR to another directory."
        if is_damaged(error):
            file, away = shlex.quote(str(self.path)), shlex.quote(f"{self.path}.damaged")
            hint = (
                f"Keep a copy and move the damaged file away: mv {file} {away}; to rescue what it holds: "
                f"sqlite3 {away} .recover | sqlite3 {file}"
            )
        return ConfigProblem(
            f"The journal {self.path} cannot be used: {what}. {consequence}.",
            hint=hint,
            code=UNUSABLE,
        )


def beside(own: dict[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tool's own fields, then a provider's; those whose names are taken stand in an object of their own."""
    taken = {name: value for name, value in facts.items() if name in own}
    rest = {name: value for name, value in facts.items() if name not in own}
    if taken and isinstance(kept := facts.get(_BESIDE), Mapping):  # put there when it went on record
        taken = {**kept, **taken}
    return {**own, **rest, **({_BESIDE: taken} if taken else {})}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def _object(text: Any) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {"damaged": text}
    return data if isinstance(data, dict) else {"damaged": text}


def _storable(value: Any) -> Any:
    """Return a value that SQLite takes: half of a surrogate pair, which is no text, as JSON writes it."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
