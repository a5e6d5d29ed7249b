"""Access tokens kept between runs: private files, refreshed a minute early, once across processes."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import ConfigProblem, Unreachable
from energyctl.core.files import private_directory, read_private, remove_private, write_private

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session

EARLY_S = 60.0
LOCK_LIMIT_S = 60.0
#: Seconds that a token is kept when the server does not say how long it lives, and the most when it does.
UNSAID_LIFETIME_S, LONGEST_LIFETIME_S = 300.0, 365 * 86400.0


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


def granted(body: Any, asked_at: float) -> Token | None:
    """Return the token of an OAuth 2.0 token endpoint's answer (RFC 6749, 5.1); None where it holds none.

    :param asked_at: when it was asked for; its life is counted from then.
    """
    value = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        return None
    life = body.get("expires_in")
    try:
        seconds = float(life) if not isinstance(life, bool) else UNSAID_LIFETIME_S
    except (TypeError, ValueError, OverflowError):
        seconds = UNSAID_LIFETIME_S
    return Token(value, asked_at, asked_at + max(0.0, min(seconds, LONGEST_LIFETIME_S)))


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
        return self._refresh(key, path, fetch, rejected)

    def _refresh(self, key: TokenKey, path: Path, fetch: Callable[[], Token], rejected: str | None) -> str:
        place = path.with_suffix(".lock")
        try:
            lock = held(place)
        except OSError as error:
            self.session.notice(f"Tokens are not kept: {place} cannot be locked: {error.strerror or error}.")
            return self._fetch(fetch).value
        with lock:
            cached = self._read(path)
            if cached and cached.value != rejected and cached.usable(time.time()):
                self.session.redactor.learn(cached.value)
                return cached.value
            token = self._fetch(fetch)
            try:
                write_private(path, json.dumps({**token.__dict__, "profile": key.profile}).encode())
            except OSError as error:
                self.session.notice(f"The token is not kept: {error.strerror or error}.")
            return token.value

    def _fetch(self, fetch: Callable[[], Token]) -> Token:
        token = fetch()
        self.session.redactor.learn(token.value)
        return token

    def peek(self, key: TokenKey) -> Token | None:
        """Return the cached token as it is, without asking anybody."""
        return self._read(self.directory / key.file_name)

    def forget(self, key: TokenKey, *, only: str | None = None) -> bool:
        """Remove a cached token; return whether there was one.

        :param only: the one that shall not be used again; another, which a process has got meanwhile, stays.
        """
        path = self.directory / key.file_name
        kept = self._read(path) if only is not None else None
        if kept is not None and kept.value != only:
            return False
        return self._remove(path)

    def forget_all(self, section: Section) -> int:
        """Remove every token of a profile at a provider, for whatever scopes or customer; return how many there were.

        A file that does not say whose it is goes too: at worst its token is asked for once more.
        """
        found = sorted(self.directory.glob(f"{section.provider}-*.json"))
        return sum(self._remove(path) for path in found if self._owner(path) in (None, section.profile.name))

    def _remove(self, path: Path) -> bool:
        with suppress(OSError):  # one that does not lie in a directory of the user's own is not used either
            return remove_private(path, self.session.paths.state_dir)
        return False

    def _owner(self, path: Path) -> str | None:
        """Return the profile whose token a file holds; None when it does not say."""
        try:
            owner = json.loads(read_private(path, self.session.paths.state_dir))["profile"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return owner if isinstance(owner, str) else None

    def _read(self, path: Path) -> Token | None:
        try:
            return _token_of(json.loads(read_private(path, self.session.paths.state_dir)))
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None


def held(path: Path) -> AbstractContextManager[Any]:
    """Take the lock of that file and return it, to be given back; the lock of a process that has ended is free.

    :raises Unreachable: when another process has held it for a minute.
    :raises OSError: when it cannot be locked.
    """
    import filelock

    lock = filelock.FileLock(path, timeout=LOCK_LIMIT_S, mode=0o600)
    try:
        return lock.acquire()
    except filelock.Timeout:
        raise Unreachable(
            f"Another energyctl has been asking for a token for {LOCK_LIMIT_S:g} s.",
            hint="Try again; if it stays so, end the other process.",
            code="token_lock",
        ) from None


def _token_of(raw: Any) -> Token:
    """Return the token that a file holds; whatever is not one raises."""
    value, expires = raw["value"], raw["expires_at"]
    obtained_at, expires_at = float(raw["obtained_at"]), None if expires is None else float(expires)
    is_sendable = isinstance(value, str) and value != "" and value.isascii() and value.isprintable()
    if not is_sendable or not all(math.isfinite(one) for one in (obtained_at, expires_at or 0.0)):
        raise ValueError("the file is damaged")
    return Token(value, obtained_at, expires_at)
