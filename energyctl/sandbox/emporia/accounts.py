"""The partner's login and the tokens it was given."""

from __future__ import annotations

import hmac
import secrets
import time

_KEPT = 10_000


class Account:
    """One partner account, with a random password for each start. Tokens live ``token_ttl_s`` seconds."""

    email = "partner@sandbox.example.com"

    def __init__(self, token_ttl_s: int) -> None:
        self.password = secrets.token_urlsafe(18)
        self._ttl_s = token_ttl_s
        self._ends: dict[str, float] = {}

    def login(self, email: str, password: str) -> str | None:
        """Return a new token; None when e-mail address or password is wrong."""
        known = email.strip().lower() == self.email
        if not hmac.compare_digest(password.encode(errors="replace"), self.password.encode()) or not known:
            return None
        now = time.monotonic()
        if len(self._ends) >= _KEPT:
            self._ends = {token: end for token, end in self._ends.items() if end > now}
        token = secrets.token_urlsafe(32)
        self._ends[token] = now + self._ttl_s
        return token

    def refusal(self, token: str) -> str | None:
        """Say what is wrong with a token; None when nothing is."""
        if not token:
            return "The auth token is missing."
        end = self._ends.get(token)
        if end is None:
            return "The auth token is invalid."
        return "The auth token has expired." if time.monotonic() >= end else None

    def expire_all(self) -> int:
        """Let every token given so far expire now; return how many were still valid."""
        now = time.monotonic()
        valid = sum(end > now for end in self._ends.values())
        self._ends = dict.fromkeys(self._ends, now)
        return valid
