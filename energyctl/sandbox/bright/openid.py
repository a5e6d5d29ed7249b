"""OpenID Connect for users: discovery and the whole code flow behind it (contract 2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web

from energyctl.sandbox.bright.answers import KitError, reply
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.grants import CLIENT_ID, Grant, Grants
from energyctl.sandbox.bright.oauth import fields_of, need, token_reply
from energyctl.sandbox.bright.operations import Call, Operation, Run
from energyctl.sandbox.bright.signin import SignIn

_KEY_ID = "sandbox-1"
_KEY_BITS, _EXPONENT = 2048, 65537
_SCOPES = ("openid", "profile", "email", "phone", "offline_access")
_CLAIMS = {
    "profile": {"name": "name", "given_name": "firstName", "family_name": "lastName", "locale": "language"},
    "email": {"email": "email"},
    "phone": {"phone_number": "phoneNumber"},
}


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class SigningKey:
    """The RSA key of the id tokens, made when the first one is asked for: that takes a while."""

    @cached_property
    def _key(self) -> Any:
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_KEY_BITS)

    def jwks(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key Set."""
        numbers = self._key.public_key().public_numbers()
        shown = {
            name: _base64(value.to_bytes(-(-value.bit_length() // 8)))
            for name, value in (("n", numbers.n), ("e", numbers.e))
        }
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _KEY_ID, **shown}]}

    def signed(self, claims: dict[str, Any]) -> str:
        """Return a JSON Web Token of these claims."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        parts = ({"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}, claims)
        text = ".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{text}.{_base64(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class OpenId:
    """One issuer. There are two, at the host's root and at the Kit's base, because the contract names no place.

    ``host`` is the server's root; ``root`` the path of this issuer below it.
    """

    def __init__(self, root: str, book: Book, grants: Grants, sign_in: SignIn, key: SigningKey) -> None:
        self.host = ""
        self._root = root
        self._book = book
        self._grants = grants
        self._sign_in = sign_in
        self._key = key

    @property
    def issuer(self) -> str:
        """The issuer's address."""
        return self.host + self._root

    def operations(self) -> list[Operation]:
        """Return the issuer's table. Only discovery is in the contract's index."""

        def open_(name: str, method: str, path: str, run: Run) -> Operation:
            return Operation(name, method, path, run, None, is_open=True)

        return [
            open_("openid_configuration", "GET", "/.well-known/openid-configuration", self._discovery),
            open_("openid_authorize", "GET", "/openid/authorize", self._authorize),
            open_("openid_token", "POST", "/openid/token", self._token),
            open_("openid_jwks", "GET", "/openid/jwks", self._jwks),
            open_("openid_userinfo", "GET", "/openid/userinfo", self._userinfo),
        ]

    async def _discovery(self, _call: Call) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/openid/authorize",
            "token_endpoint": f"{self.issuer}/openid/token",
            "userinfo_endpoint": f"{self.issuer}/openid/userinfo",
            "jwks_uri": f"{self.issuer}/openid/jwks",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": list(_SCOPES),
            "claims_supported": ["sub", *(claim for claims in _CLAIMS.values() for claim in claims)],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    async def _authorize(self, call: Call) -> web.Response:
        return self._sign_in.answer(call.request, issuer=self.issuer)

    async def _token(self, call: Call) -> web.Response:
        given = await fields_of(call.request)
        header = call.request.headers.get("Authorization")
        client = _basic(header) if header else (given.get("client_id"), given.get("client_secret"))
        self._grants.need_client(*client)
        need(given, "grant_type")
        if given["grant_type"] == "authorization_code":
            need(given, "code", "redirect_uri")
            grant = self._grants.redeem(given, issuer=self.issuer)
            keeps = "offline_access" in grant.scope.split()
            refresh = self._grants.refresh_token(grant) if keeps else None
        elif given["grant_type"] == "refresh_token":
            need(given, "refresh_token")
            grant, refresh = self._grants.renew(
                given["refresh_token"], given.get("scope"), issuer=self.issuer
            )
        else:
            raise KitError(400, "grant_type is not supported.", name="UnsupportedGrantType")
        answer = self._grants.answer(grant, refresh)
        return token_reply({**answer, "id_token": self._id_token(grant, answer)})

    async def _jwks(self, _call: Call) -> dict[str, Any]:
        return self._key.jwks()

    async def _userinfo(self, call: Call) -> web.Response:
        scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
        grant = self._grants.bearer(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None or grant.issuer != self.issuer:
            raise KitError(401, "The access token is missing, unknown or expired.")
        return reply(self._about(grant))

    def _id_token(self, grant: Grant, answer: dict[str, Any]) -> str:
        issued = int(time.time())
        half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": issued,
            "exp": issued + answer["expires_in"],
            "auth_time": grant.signed_in,
            "at_hash": _base64(half),
            **({"nonce": grant.nonce} if grant.nonce is not None else {}),
            **self._about(grant),
        }
        return self._key.signed(claims)

    def _about(self, grant: Grant) -> dict[str, Any]:
        user = self._book.user(grant.user_id) or {}
        user = {**user, "name": f"{user.get('firstName', '')} {user.get('lastName', '')}".strip()}
        claims: dict[str, Any] = {"sub": grant.user_id}
        for scope in grant.scope.split():
            claims |= {claim: user[name] for claim, name in _CLAIMS.get(scope, {}).items() if user.get(name)}
        if "email" in claims:
            claims["email_verified"] = True
        return claims


def _basic(header: str) -> tuple[str | None, str | None]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return unquote_plus(name), unquote_plus(secret)
