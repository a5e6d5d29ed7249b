"""The browser's step of both code flows: a page to sign in on, and the redirect with the code (contract 4.1)."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from energyctl.sandbox.bright.answers import KitError, page
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.grants import CLIENT_ID, Grant, Grants

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SHOWN = 10


class SignIn:
    """Shows the page and acts on it. ``?approve=1`` is the button pressed, so that no browser is needed.

    ``login_hint`` (an e-mail address) says who signs in; without it the first person does.
    """

    def __init__(self, book: Book, grants: Grants) -> None:
        self._book = book
        self._grants = grants

    def answer(self, request: web.Request, *, issuer: str | None) -> web.Response:
        """Answer GET authorize; ``issuer`` None: the data layer's own, which knows no nonce."""
        query = dict(request.query)
        redirect_uri = _checked(query, needs_redirect=issuer is not None)
        if query.get("response_type") != "code":
            return _back(redirect_uri, query, {"error": "unsupported_response_type"})
        challenge = query.get("code_challenge")
        if challenge is not None and query.get("code_challenge_method") != "S256":
            return _back(redirect_uri, query, {"error": "invalid_request"})
        scope = query.get("scope", "")
        if issuer is not None and "openid" not in scope.split():
            return _back(redirect_uri, query, {"error": "invalid_scope"})
        if "approve" not in query:
            return self._form(query)
        if query["approve"] != "1":
            return _back(redirect_uri, query, {"error": "access_denied"})
        user = self._user(query.get("login_hint"))
        nonce = query.get("nonce")
        grant = Grant(str(user["id"]), scope, issuer, nonce, redirect_uri, challenge)
        return _back(redirect_uri, query, {"code": self._grants.code(grant)})

    def _user(self, email: str | None) -> dict[str, Any]:
        if email is None and self._book.catalog.count:
            return self._book.person(self._book.catalog.people.at(0))
        found = self._book.by_email(email) if email is not None else None
        if found is None:
            raise KitError(400, "login_hint is nobody's e-mail address here.")
        return found

    def _form(self, query: dict[str, str]) -> web.Response:
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in query.items()
            if name != "login_hint"
        )
        people = (self._book.catalog.people.at(at) for at in range(min(_SHOWN, self._book.catalog.count)))
        listed = "".join(f'<option value="{escape(each.email)}">' for each in people)
        first = query.get("login_hint") or self._user(None)["email"]
        content = (
            f"<p>{escape(query['client_id'])} asks to see your energy account.</p><form>{hidden}"
            f'<label>E-mail address<input name="login_hint" list="people" value="{escape(first)}"></label>'
            f'<datalist id="people">{listed}</datalist>'
            '<button name="approve" value="1">Approve</button><button name="approve" value="0">Decline</button>'
            "</form>"
        )
        return page("Sign in", content)


def _checked(query: dict[str, str], *, needs_redirect: bool) -> str | None:
    """Return where to go back to; what is wrong here must not be told to that address."""
    if query.get("client_id") != CLIENT_ID:
        raise KitError(400, "client_id is unknown.", name="InvalidClient")
    address = query.get("redirect_uri")
    if address is None and not needs_redirect:
        return None
    try:
        parts = urlsplit(address or "")
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    except ValueError:
        local, parts = False, urlsplit("")
    if parts.fragment or not (local or (parts.scheme == "https" and parts.netloc)):
        raise KitError(400, "redirect_uri must be an https address, or http on loopback.")
    return address


def _back(address: str | None, query: dict[str, str], told: dict[str, str]) -> web.Response:
    if address is None:
        if "error" in told:
            raise KitError(400, f"The authorization failed: {told['error']}.")
        return page("Signed in", f"<p>The code is <code>{escape(told['code'])}</code>.</p>")
    if "state" in query:
        told = {**told, "state": query["state"]}
    parts = urlsplit(address)
    joined = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told.items()])
    return web.Response(status=302, headers={"Location": urlunsplit(parts._replace(query=joined))})
