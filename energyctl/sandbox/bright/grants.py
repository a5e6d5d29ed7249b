"""Who may come in: the API key, the OAuth client, and the codes and tokens given out (contract 2 and 4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.settings import SettingsDesk

CLIENT_ID = "bright"
_CODE_LIVES_S = 60


@dataclass(frozen=True)
class Grant:
    """What a user allowed.

    ``issuer``: whose OpenID sign-in it was, None for the data layer's own. ``user_id``: who signed in.
    """

    user_id: str
    scope: str
    issuer: str | None = None
    nonce: str | None = None
    redirect_uri: str | None = None
    challenge: str | None = None
    signed_in: int = 0


@dataclass(frozen=True)
class _Kept:
    grant: Grant
    until: float


class Grants:
    """Codes are good once and for a minute, tokens for the times that the settings say. A reset keeps them."""

    def __init__(self, desk: SettingsDesk) -> None:
        self._desk = desk
        self.api_key = secrets.token_urlsafe(24)
        self.client_secret = secrets.token_urlsafe(24)
        self._codes: dict[str, _Kept] = {}
        self._access: dict[str, _Kept] = {}
        self._refresh: dict[str, _Kept] = {}

    def code(self, grant: Grant) -> str:
        """Give out a code for what a user has allowed just now."""
        return _keep(self._codes, replace(grant, signed_in=int(time.time())), _CODE_LIVES_S)

    def redeem(self, given: Mapping[str, str], *, issuer: str | None) -> Grant:
        """Take a code in exchange for its grant; KitError when it is not good or not theirs."""
        kept = self._codes.pop(given.get("code", ""), None)
        grant = _valid(kept)
        if grant is None or grant.issuer != issuer:
            raise _bad_grant("The code is unknown, used or expired.")
        if given.get("redirect_uri") != grant.redirect_uri:
            raise _bad_grant("redirect_uri is not the one that the code was asked for with.")
        if grant.challenge is not None and _s256(given.get("code_verifier", "")) != grant.challenge:
            raise _bad_grant("code_verifier does not fit the code_challenge.")
        return grant

    def renew(self, token: str, scope: str | None, *, issuer: str | None) -> tuple[Grant, str | None]:
        """Return a refresh token's grant, and the token that takes its place when they rotate.

        ``scope`` may narrow the grant (contract 4.3). KitError when the token is not good.
        """
        grant = _valid(self._refresh.get(token))
        if grant is None or grant.issuer != issuer:
            raise KitError(401, "The refresh token is unknown, used or expired.", name="InvalidGrant")
        if scope is not None and not set(scope.split()) <= set(grant.scope.split()):
            raise KitError(400, "scope asks for more than was granted.", name="InvalidScope")
        successor = None
        if self._desk.now.refresh_rotates:
            del self._refresh[token]
            successor = self.refresh_token(grant)
        return (grant if scope is None else replace(grant, scope=scope)), successor

    def answer(self, grant: Grant, refresh_token: str | None) -> dict[str, Any]:
        """Return a token answer with a new access token."""
        life_s = self._desk.now.token_ttl_s
        shown: dict[str, Any] = {
            "access_token": _keep(self._access, grant, life_s),
            "token_type": "Bearer",
            "expires_in": life_s,
            "scope": grant.scope,
        }
        if refresh_token is not None:
            shown["refresh_token"] = refresh_token
        return shown

    def refresh_token(self, grant: Grant) -> str:
        """Give out a refresh token."""
        return _keep(self._refresh, grant, self._desk.now.refresh_ttl_s)

    def bearer(self, token: str) -> Grant | None:
        """Return what an access token stands for, while it lives."""
        return _valid(self._access.get(token))

    def need_client(self, client_id: str | None, secret: str | None) -> None:
        """Raise a KitError unless id and secret are the client's."""
        right = hmac.compare_digest((secret or "").encode(errors="replace"), self.client_secret.encode())
        if client_id != CLIENT_ID or not right:
            raise KitError(401, "client_id or client_secret is wrong.", name="InvalidClient")


def _bad_grant(message: str) -> KitError:
    return KitError(400, message, name="InvalidGrant")


def _keep(place: dict[str, _Kept], grant: Grant, life_s: float) -> str:
    present = time.time()
    for old in [token for token, kept in place.items() if kept.until <= present]:
        del place[old]
    token = secrets.token_urlsafe(32)
    place[token] = _Kept(grant, present + life_s)
    return token


def _valid(kept: _Kept | None) -> Grant | None:
    return kept.grant if kept is not None and time.time() < kept.until else None


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode(errors="replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
