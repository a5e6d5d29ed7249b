"""The data layer's OAuth: authorize, code for token, refresh (contract 4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from energyctl.sandbox.bodies import NotJson, parsed, text_of
from energyctl.sandbox.bright.answers import KitError, reply
from energyctl.sandbox.bright.grants import Grants
from energyctl.sandbox.bright.operations import Call, Operation
from energyctl.sandbox.bright.settings import SettingsDesk
from energyctl.sandbox.bright.signin import SignIn

_FORM = "application/x-www-form-urlencoded"


async def fields_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a body, be it JSON or a form; none for an empty body."""
    try:
        text = await text_of(request)
        if not text.strip():
            return {}
        # Read here, since aiohttp reads no form in a GET, and one of these is a GET with a body (contract 4.3).
        is_form = request.content_type == _FORM
        given: Any = dict(parse_qsl(text, keep_blank_values=True)) if is_form else parsed(text)
    except NotJson as problem:
        raise KitError(400, f"The request body is neither JSON nor a form: {problem}.") from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise KitError(400, "The request body must be an object of strings.")
    return given


def need(given: dict[str, str], *names: str) -> None:
    """Raise a KitError for the required fields that are missing or empty."""
    if missing := [name for name in names if not given.get(name)]:
        raise KitError(400, f"{' and '.join(missing)} must be given.")


def granted_by(given: dict[str, str], grant_type: str) -> None:
    """Raise a KitError unless this is the grant type."""
    if given["grant_type"] != grant_type:
        raise KitError(400, f"grant_type must be {grant_type}.", name="UnsupportedGrantType")


def token_reply(answer: dict[str, Any]) -> web.Response:
    """Answer with tokens, which nobody on the way may keep."""
    response = reply(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


class OAuth:
    """The three operations."""

    def __init__(self, grants: Grants, sign_in: SignIn, desk: SettingsDesk) -> None:
        self._grants = grants
        self._sign_in = sign_in
        self._desk = desk

    def operations(self) -> list[Operation]:
        """Return the table's part."""
        path, again = "/auth/authorize", "/auth/refresh_token"
        return [
            Operation("authorize", "GET", path, self._authorize, None, is_open=True),
            Operation("get_token", "POST", path, self._token, None, is_open=True),
            Operation("refresh_token", "GET", again, self._refresh, None, is_open=True),
        ]

    async def _authorize(self, call: Call) -> web.Response:
        return self._sign_in.answer(call.request, issuer=None)

    async def _token(self, call: Call) -> web.Response:
        given = await fields_of(call.request)
        need(given, "grant_type", "client_id", "client_secret", "code")
        granted_by(given, "authorization_code")
        self._grants.need_client(given["client_id"], given["client_secret"])
        grant = self._grants.redeem(given, issuer=None)
        return token_reply(self._grants.answer(grant, self._grants.refresh_token(grant)))

    async def _refresh(self, call: Call) -> web.Response:
        given = dict(call.request.query)
        if not self._desk.now.query_only_refresh:
            given |= await fields_of(call.request)
        need(given, "grant_type", "client_id", "refresh_token")
        granted_by(given, "refresh_token")
        # The secret is optional here (contract 4.3); one that is given must be there and right.
        need({"client_secret": "none", **given}, "client_secret")
        self._grants.need_client(given["client_id"], given.get("client_secret", self._grants.client_secret))
        grant, successor = self._grants.renew(given["refresh_token"], given.get("scope"), issuer=None)
        return token_reply(self._grants.answer(grant, successor))
