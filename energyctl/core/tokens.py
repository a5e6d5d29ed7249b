"""Access tokens kept between runs: private files, refreshed a minute early, once across processes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import ConfigProblem, Unreachable
from energyctl.core.files import private_directory, write_private

if TYPE_CHECKING:
    from energyctl.core.session import Session

EARLY_S = 60.0
LOCK_LIMIT_S = 60.0


@dataclass(frozen=True)
class TokenKey:
    """Whose token it is and what it may do. Two keys that differ never share a token."""

    profile: str
    provider: str
    #: The system and the client, such as ``https://auth.example/ client-id``.
    identity: str
    scopes: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """The name of its file: readable in front, unique behind."""
        raw = json.dumps([self.profile, self.provider, self.identity, sorted(self.scopes)])
        return f"{self.provider}-{hashlib.sha256(raw.encode()).hexdigest()[:24]}.json"


@dataclass(frozen=True)
class Token:
    """An access token and the local times (epoch seconds) between which it serves."""

    value: str
    obtained_at: float
    expires_at: float | None

    def usable(self, now: float) -> bool:
        """Whether it will still serve in a minute (or in half its life, when that is shorter)."""
        if self.expires_at is None:
            return True
        early = min(EARLY_S, max(self.expires_at - self.obtained_at, 0.0) / 2)
        return self.obtained_at - EARLY_S <= now < self.expires_at - early


class TokenCache:
    """Tokens on disk, one file a key, in a directory of mode 0700."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.directory = session.paths.state_dir / "tokens"

    def get(self, key: TokenKey, fetch: Callable[[], Token], *, rejected: str | None = None) -> str:
        """Return a token: the cached one, or a new one that ``fetch`` brings.

        :param rejected: a token that the provider has just refused; the cached one is used only when it is another.
        """
        path = self.directory / key.file_name
        cached = self._read(path)
        if cached and cached.value != rejected and cached.usable(time.time()):
            self.session.redactor.learn(cached.value)
            return cached.value
        try:
            private_directory(self.session.paths.state_dir)
            private_directory(self.directory)
        except ConfigProblem as problem:
            self.session.notice(f"Tokens are not kept: {problem.message}")
            return self._fetch(fetch).value
        return self._refresh(path, fetch, rejected)

    def _refresh(self, path: Path, fetch: Callable[[], Token], rejected: str | None) -> str:
        import filelock

        lock = filelock.FileLock(path.with_suffix(".lock"), timeout=LOCK_LIMIT_S, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise Unreachable(
                "Another energyctl has been asking for a token for a minute.",
                hint="Try again; if it stays so, end the other process.",
                code="token_lock",
            ) from None
        except OSError:
            return self._fetch(fetch).value
        try:
            cached = self._read(path)
            if cached and cached.value != rejected and cached.usable(time.time()):
                self.session.redactor.learn(cached.value)
                return cached.value
            token = self._fetch(fetch)
            try:
                write_private(path, json.dumps(token.__dict__).encode())
            except OSError as error:
                self.session.notice(f"The token is not kept: {error.strerror or error}.")
            return token.value
        finally:
            lock.release()

    def _fetch(self, fetch: Callable[[], Token]) -> Token:
        token = fetch()
        self.session.redactor.learn(token.value)
        return token

    def peek(self, key: TokenKey) -> Token | None:
        """Return the cached token as it is, without asking anybody."""
        return self._read(self.directory / key.file_name)

    def forget(self, key: TokenKey) -> bool:
        """Remove a cached token; return whether there was one."""
        path = self.directory / key.file_name
        found = path.exists()
        path.unlink(missing_ok=True)
        return found

    def _read(self, path: Path) -> Token | None:
        try:
            raw: Any = json.loads(path.read_bytes())
            expires = raw["expires_at"]
            return Token(
                str(raw["value"]), float(raw["obtained_at"]), None if expires is None else float(expires)
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
