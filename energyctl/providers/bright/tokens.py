"""How the data layer is signed in to: an API key, or OAuth whose refresh token works with no person present.

The browser's part of the authorization code flow is in ``signin``; here tokens are exchanged, renewed and kept
(contract sections 2 and 4).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import (
    AuthenticationFailed,
    BadAnswer,
    ConfigProblem,
    EnergyctlError,
    NotPermitted,
    Refused,
)
from energyctl.core.profiles import Section
from energyctl.core.tokens import Token, TokenKey
from energyctl.core.transport import Request, Rest

if TYPE_CHECKING:
    from energyctl.core.endpoints import Endpoints
    from energyctl.core.session import Session

API_KEY, OAUTH, NONE = "api-key", "oauth", "none"
#: Seconds that an access token is kept when the server does not say how long it lives.
UNSAID_LIFETIME_S = 300.0
#: Refusals after which the same parameters are sent in another place.
_TRY_OTHERWISE = (400, 401, 415, 422)


class Tokens:
    """The data layer's credentials of one profile."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section

    @property
    def mode(self) -> str:
        """How the data layer is signed in to: api-key, oauth or none."""
        return str(self.section.setting("auth").value)

    def header(self, token: str) -> tuple[str, str]:
        """Return the header that carries the credential."""
        if self.mode == API_KEY:
            return self.section.text("api_key_header"), token
        return "Authorization", f"Bearer {token}"

    def get(self, rejected: str | None = None) -> str:
        """Return the API key, or an access token: the cached one or one renewed now.

        :raises AuthenticationFailed: when nothing is stored, or the refresh token is not accepted any more.
        """
        if self.mode == API_KEY:
            return self.session.credentials.secret(self.section, "api_key")
        return self.session.tokens.get(self.key(), self.renewed, rejected=rejected)

    def key(self) -> TokenKey:
        """Return the name under which the access token is kept."""
        marks = (
            self.section.setting("base_url").value,
            self.section.setting("client_id").value,
            self.section.setting("scope").value,
            self.section.secret_mark("client_secret"),
        )
        return TokenKey(self.section.profile.name, "bright", " ".join(map(str, marks)))

    # -- OAuth --------------------------------------------------------------------------------------------

    def renewed(self) -> Token:
        """Return a new access token by ``GET /auth/refresh_token`` (4.3): in the body, or in the query."""
        refresh = self.session.credentials.secret(self.section, "refresh_token")
        given = {
            "grant_type": "refresh_token",
            "client_id": self.section.text("client_id"),
            "client_secret": self._client_secret(),
            "refresh_token": refresh,
            **({"scope": str(scope)} if (scope := self.section.setting("scope").value) else {}),
        }
        endpoints = self._endpoints()
        asked_at = time.time()
        server = self._server()
        try:
            body = self._refreshed(server, endpoints, {name: one for name, one in given.items() if one})
        except (AuthenticationFailed, NotPermitted, Refused) as error:
            raise AuthenticationFailed(
                f"The stored refresh token is not accepted: {error.message}",
                hint="Sign in again: energyctl auth login bright",
                provider="bright",
                operation="refresh_token",
                http_status=error.http_status,
                request_id=error.request_id,
            ) from error
        finally:
            server.close()
        self._keep_refresh_token(body, refresh)
        return self._token(body, asked_at)

    def _refreshed(self, server: Rest, endpoints: Endpoints, given: dict[str, str]) -> Any:
        """Send the parameters in the body of the GET, as documented; a server that drops it gets them in the query."""
        request = endpoints.request("refresh_token", body=given, subject="the token renewal")
        try:
            return server.json(request)
        except EnergyctlError as error:
            if error.http_status not in _TRY_OTHERWISE:
                raise
        again = endpoints.request("refresh_token", query=list(given.items()), subject="the token renewal")
        return server.json(again)

    def exchanged(self, code: str, redirect_uri: str, verifier: str | None) -> Token:
        """Return an access token for a code by ``POST /auth/authorize`` (4.2), and keep the refresh token.

        :raises AuthenticationFailed: when the code or the client is not accepted, or no refresh token comes back.
        """
        given = {
            "grant_type": "authorization_code",
            "client_id": self.section.text("client_id"),
            "client_secret": self._client_secret() or "",
            "code": code,
            "redirect_uri": redirect_uri,
            **({"code_verifier": verifier} if verifier else {}),
        }
        endpoints = self._endpoints()
        asked_at = time.time()
        server = self._server()
        try:
            try:
                body = server.json(endpoints.request("get_token", body=given, subject="the code's exchange"))
            except EnergyctlError as error:
                if error.http_status != 415:  # whether the body is JSON or a form is not documented
                    raise
                form = endpoints.request("get_token", subject="the code's exchange")
                form.form = given
                body = server.json(form)
        finally:
            server.close()
        if not self._keep_refresh_token(body, None):
            self.session.notice(
                "The server gave no refresh token: it must be signed in to again when the access token expires."
            )
        token = self._token(body, asked_at)
        self.session.tokens.forget(self.key())
        self.session.tokens.get(self.key(), lambda: token)
        return token

    def _client_secret(self) -> str | None:
        try:
            return self.session.credentials.secret(self.section, "client_secret")
        except AuthenticationFailed:
            return None  # optional in 4.3; where it is needed the server says so

    def _keep_refresh_token(self, body: Any, former: str | None) -> bool:
        """Keep a refresh token that came; it is on disk before the access token is used."""
        found = body.get("refresh_token") if isinstance(body, dict) else None
        if not isinstance(found, str) or not found.strip() or found == former:
            return False
        self.session.redactor.learn(found)
        reference = str(self.section.setting("refresh_token").value)
        if reference == "keyring":
            self.session.credentials.keyring_set(self.section, "refresh_token", found)
        elif reference.startswith("file:"):
            self._write(Path(reference.removeprefix("file:")).expanduser(), found)
        else:
            raise ConfigProblem(
                f"bright.refresh_token is '{reference.split(':', 1)[0]}:…', where a new token cannot be kept.",
                hint="Set bright.refresh_token to keyring or file:PATH.",
                provider="bright",
            )
        return True

    def _write(self, path: Path, token: str) -> None:
        from energyctl.core.files import write_private

        try:
            write_private(path, token.encode() + b"\n")
        except OSError as error:
            raise ConfigProblem(
                f"The refresh token cannot be kept in {path}: {error.strerror or error}.",
                hint="Check bright.refresh_token.",
                provider="bright",
            ) from error

    def _token(self, body: Any, asked_at: float) -> Token:
        value = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise BadAnswer(
                "The token endpoint answered without an access_token.",
                hint="Add -v to see the answer; the paths are listed by: energyctl bright endpoints list",
                provider="bright",
                operation="get_token",
            )
        life = body.get("expires_in")
        try:
            seconds = float(life) if not isinstance(life, bool) else UNSAID_LIFETIME_S
        except (TypeError, ValueError):
            seconds = UNSAID_LIFETIME_S
        return Token(value, asked_at, asked_at + max(0.0, min(seconds, 86400.0 * 365)))

    def _endpoints(self) -> Endpoints:
        from energyctl.core.endpoints import Endpoints
        from energyctl.providers.bright.operations import OPERATIONS

        return Endpoints(self.session, self.section, OPERATIONS)

    def _server(self) -> Rest:
        from energyctl.core.wording import said_in

        return Rest(
            self.session,
            provider="bright",
            title="the Organisation's token endpoint",
            base_url=self.section.url("base_url"),
            read_error=lambda body: (said_in(body), body or None),
        )


# -- what `energyctl auth` asks of every provider ------------------------------------------------------------

LOGIN_SECRET = "api_key"  # noqa: S105 - the field's name


def login_secrets(section: Section) -> tuple[str, ...]:
    """Return the secrets that the profile's way of signing in needs."""
    mode = str(section.setting("auth").value)
    return {API_KEY: ("api_key",), OAUTH: ("refresh_token", "client_secret")}.get(mode, ())


def signs_in(section: Section) -> bool:
    """Whether `auth login` opens a browser instead of asking for a secret."""
    return str(section.setting("auth").value) == OAUTH


def sign_in(session: Session, section: Section) -> dict[str, Any]:
    """Sign in by the authorization code flow and return what is worth telling."""
    from energyctl.providers.bright import signin

    return signin.sign_in(session, section)


def prove(session: Session, section: Section, field: str, secret: str) -> dict[str, Any]:
    """Try an API key once, by searching for an account that nobody has.

    :raises AuthenticationFailed: when the Organisation's backend does not accept it.
    """
    if field != "api_key":
        return {"client_id": section.setting("client_id").value, "proven": False}
    tokens = Tokens(session, section)
    server = Rest(
        session,
        provider="bright",
        title="the Organisation's backend",
        base_url=section.url("base_url"),
        authorize=lambda _request, _rejected: secret,
        header=tokens.header,
    )
    endpoints = tokens._endpoints()  # noqa: SLF001 - the same module
    request: Request = endpoints.request(
        "search_accounts", query=[("email", "nobody@example.invalid")], subject="the test call"
    )
    try:
        server.call(request)
    except (AuthenticationFailed, NotPermitted) as error:
        raise AuthenticationFailed(
            f"The Organisation's backend does not accept the API key in the header {tokens.header('')[0]}.",
            hint="Check the key, the environment, and bright.api_key_header.",
            provider="bright",
            http_status=error.http_status,
            request_id=error.request_id,
        ) from error
    except EnergyctlError as error:
        if error.http_status not in (404, 501):  # past the door: nobody found, or not built
            raise
        return {"proven": error.http_status == 501}
    finally:
        server.close()
    return {"proven": True}


def access_token(session: Session, section: Section, scopes: list[str]) -> str:
    """Return the credential that data layer calls carry."""
    del scopes  # an Organisation's scopes belong to the sign-in, not to a call
    return Tokens(session, section).get()


def cached(session: Session, section: Section, field: str) -> list[dict[str, Any]]:
    """Return what is known of the cached access token, without asking anybody."""
    kept = session.tokens.peek(Tokens(session, section).key()) if field == "refresh_token" else None
    if kept is None or kept.expires_at is None:
        return []
    now = time.time()
    state = "valid" if kept.usable(now) else "expired"
    return [
        {
            "token": state,
            "token_expires_in_s": round(kept.expires_at - now),
            "scopes": section.setting("scope").value,
        }
    ]


def forget(session: Session, section: Section) -> int:
    """Remove the cached access token and return how many there were."""
    return int(session.tokens.forget(Tokens(session, section).key()))
