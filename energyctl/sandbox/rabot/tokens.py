"""``POST /connect/token``: client credentials in a form or as HTTP Basic (contract section 2)."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from aiohttp import web

from energyctl.sandbox.rabot.clients import Client, Clients

_UNAUTHORIZED = 401


def _failure(status: int, code: str) -> web.Response:
    answer = web.json_response({"error": code}, status=status)
    if status == _UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="token"'
    return answer


def _from_basic(header: str) -> tuple[str, str] | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(name), unquote_plus(secret)) if colon else None


class TokenEndpoint:
    """Gives tokens to clients; its errors have the standard OAuth form."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self.issuer = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one token request."""
        if request.content_type != "application/x-www-form-urlencoded":
            return _failure(400, "invalid_request")
        form = await request.post()
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
        client = self._client(request, fields)
        if client is None:
            return _failure(_UNAUTHORIZED, "invalid_client")
        grant = fields.get("grant_type")
        if grant != "client_credentials":
            return _failure(400, "unsupported_grant_type" if grant else "invalid_request")
        scopes = list(dict.fromkeys(fields.get("scope", "").split())) or list(client.scopes)
        if not set(scopes) <= set(client.scopes):
            return _failure(400, "invalid_scope")
        answer = {
            "access_token": self._clients.issue(client, scopes, self.issuer),
            "token_type": "Bearer",
            "expires_in": self._clients.token_ttl_s,
        }
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    def _client(self, request: web.Request, fields: dict[str, str]) -> Client | None:
        header = request.headers.get("Authorization")
        given = (
            _from_basic(header) if header else (fields.get("client_id", ""), fields.get("client_secret", ""))
        )
        return self._clients.authenticate(*given) if given else None


def token_error(_request: web.Request, status: int, message: str) -> web.Response:
    """Word an error of the auth host that has no OAuth code of its own."""
    return web.json_response({"error": "server_error", "error_description": message}, status=status)
