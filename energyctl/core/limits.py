"""The user's own call budget: so many calls in any hour, counted across all processes in a small locked store."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from energyctl.core.databases import TROUBLES, is_damaged, said_of
from energyctl.core.errors import ConfigProblem, RateLimited
from energyctl.core.files import private_directory, private_file
from energyctl.core.interrupts import sleep
from energyctl.core.points import reached

if TYPE_CHECKING:
    from energyctl.core.session import Session

_T = TypeVar("_T")

WINDOW_S = 3600.0
BUSY_LIMIT_S = 30.0
#: A call counted so far ahead of now stems from a clock that was set back since.
_AHEAD_S = 5.0


@dataclass(frozen=True)
class Used:
    """How much of a budget is used: calls in the last hour, calls left, seconds until the next one frees."""

    account: str
    limit: int
    used: int
    left: int
    frees_in_s: float | None


class Budget:
    """At most ``limit`` calls an hour for one account, whoever of the user's processes makes them.

    A call counts from the moment it is allowed, whether it succeeds or not.
    """

    def __init__(self, session: Session, *, provider: str, account: str, limit: int) -> None:
        self.session = session
        self.provider = provider
        self.account = account
        self.key = f"{provider} {account}"
        self.limit = limit

    def take(self) -> None:
        """Count one call; over budget wait up to ``--max-wait``.

        :raises RateLimited: when that would take longer, with the time.
        """
        waited = 0.0
        while True:
            pause = self._try()
            if pause is None:
                self.session.counted.append(self)
                self.session.clear_progress()
                return
            if pause > self.session.max_wait_s - waited:
                from energyctl.core.times import wait_text

                raise RateLimited(
                    f"The call budget is used up: {self.limit} calls an hour for {self.key}.",
                    hint=f"The next call is free in {wait_text(pause)}; wait for it with --max-wait {pause + 1:.0f}, "
                    "or see energyctl limits.",
                    code="budget_used_up",
                    provider=self.provider,
                    retry_after_s=round(pause, 1),
                )
            self.session.notice(f"The call budget is used up; going on in {pause:.0f} s.")
            sleep(pause + 0.05)
            waited += pause

    def used(self) -> Used:
        """Return how much is used, without counting."""
        return self._mended(self._used)

    def _used(self) -> Used:
        now = time.time()
        connection = self._open()
        try:
            rows = [
                at
                for (at,) in connection.execute(
                    "SELECT at FROM calls WHERE account = ? AND at > ? AND at <= ? ORDER BY at",
                    (self.key, now - WINDOW_S, now + _AHEAD_S),
                )
            ]
        except TROUBLES as error:
            raise _unusable(error) from error
        finally:
            connection.close()
        frees = rows[max(len(rows) - self.limit, 0)] + WINDOW_S - now if rows else None
        return Used(self.account, self.limit, len(rows), max(self.limit - len(rows), 0), frees)

    def _mended(self, work: Callable[[], _T]) -> _T:
        """Return what ``work`` returns; damaged counts are put away first.

        They are those of an hour, and the provider has limits of its own.
        """
        try:
            return work()
        except ConfigProblem as problem:
            if not isinstance(problem.__cause__, Exception) or not is_damaged(problem.__cause__):
                raise
        path = self.session.paths.state_dir / "limits.sqlite3"
        try:
            path.replace(path.with_name("limits.sqlite3.damaged"))
        except OSError as error:
            raise _unusable(error) from error
        self.session.notice(
            f"The counted calls were damaged; counting begins anew. They are in {path}.damaged."
        )
        return work()

    def _try(self) -> float | None:
        """Count a call and return None, or the seconds until one is free."""
        return self._mended(self._count)

    def _count(self) -> float | None:
        connection = self._open()
        try:
            connection.execute("BEGIN IMMEDIATE")
            now = time.time()
            # A clock that was set back leaves calls in the future; they must not block for longer than an hour.
            connection.execute("DELETE FROM calls WHERE at <= ? OR at > ?", (now - WINDOW_S, now + _AHEAD_S))
            rows = connection.execute(
                "SELECT at FROM calls WHERE account = ? ORDER BY at DESC LIMIT ?", (self.key, self.limit)
            ).fetchall()
            if len(rows) >= self.limit:
                connection.execute("COMMIT")
                return float(max(rows[-1][0] + WINDOW_S - now, 0.05))
            connection.execute("INSERT INTO calls (account, at) VALUES (?, ?)", (self.key, now))
            reached("limits.counting")
            connection.execute("COMMIT")
            reached("limits.counted")
        except TROUBLES as error:
            raise _unusable(error) from error
        finally:
            connection.close()
        return None

    def _open(self) -> sqlite3.Connection:
        path = private_directory(self.session.paths.state_dir) / "limits.sqlite3"
        try:
            private_file(path, "limits_unusable")
            connection = sqlite3.connect(path, timeout=BUSY_LIMIT_S, isolation_level=None)
            # Without an index, of which damage is not seen: there are the calls of an hour.
            connection.execute("CREATE TABLE IF NOT EXISTS calls (account TEXT NOT NULL, at REAL NOT NULL)")
        except TROUBLES as error:
            raise _unusable(error) from error
        return connection


def _unusable(error: Exception) -> ConfigProblem:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return ConfigProblem(
            f"The call budget cannot be counted: another process has locked it for {BUSY_LIMIT_S:g} s.",
            hint="Try again; if it stays so, end the other energyctl.",
            code="limits_unusable",
        )
    return ConfigProblem(
        f"The call budget cannot be counted: {said_of(error)}.",
        hint="Mend the state directory, or set ENERGYCTL_STATE_DIR to another one.",
        code="limits_unusable",
    )
