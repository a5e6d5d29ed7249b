"""How the data layer is signed in to: an API key, or OAuth whose refresh token works with no person present.

The browser's part of the authorization code flow is in ``signin``, where the refresh token is kept in
``refreshtoken``; here tokens are exchanged and renewed (contract sections 2 and 4).
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import (
    AuthenticationFailed,
    BadAnswer,
    EnergyctlError,
    NotFound,
    NotPermitted,
    Refused,
    UsageProblem,
)
from energyctl.core.profiles import Section
from energyctl.core.tokens import Token, TokenKey, granted
from energyctl.core.transport import Request, Rest
from energyctl.providers.bright.refreshtoken import RefreshToken
from energyctl.providers.bright.settings import as_header

if TYPE_CHECKING:
    from energyctl.core.endpoints import Endpoints
    from energyctl.core.session import Session

API_KEY, OAUTH, NONE = "api-key", "oauth", "none"
#: Refusals after which the same parameters are sent in another place or form: how they are to be sent is not
#: documented, and some proxies refuse a GET with a body.
_TRY_OTHERWISE = frozenset({400, 401, 403, 405, 411, 413, 415, 422})
#: Of these the ones that are about the place or the form alone.
_UNREAD = frozenset({405, 411, 413, 415})
#: Answers to a search that say nothing of the credential: the path, or the question, was refused.
NOT_THERE = frozenset({404, 405, 501})
SAYS_NOTHING = NOT_THERE | {400, 422}
#: What a server says that has read the parameters; sending them again would only spread them.
_WAS_READ = re.compile(r"invalid.?(grant|client)", re.IGNORECASE)


class Tokens:
    """The data layer's credentials of one profile."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section
        self.refresh_token = RefreshToken(session, section)

    @property
    def mode(self) -> str:
        """How the data layer is signed in to: api-key, oauth or none."""
        return str(self.section.setting("auth").value)

    def header(self, token: str) -> tuple[str, str]:
        """Return the header that carries the credential."""
        if self.mode == API_KEY:
            return as_header(self.section.text("api_key_header"), token)
        return as_header("Authorization", f"Bearer {token}")

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
            self.section.setting("audience").value,
            self.section.secret_mark("client_secret"),
            self.refresh_token.mark,
        )
        return TokenKey(self.section.profile.name, "bright", " ".join(map(str, marks)))

    # -- OAuth --------------------------------------------------------------------------------------------

    def renewed(self) -> Token:
        """Return a new access token by ``GET /auth/refresh_token`` (4.3): in the body, or in the query.

        Nobody need be present. A refresh token that comes back takes the former one's place before anything else.

        :raises AuthenticationFailed: when none is stored, or the stored one is not accepted any more.
        """
        with self.refresh_token.alone():
            return self._renewed(self.refresh_token.stored())

    def _renewed(self, refresh: str) -> Token:
        given = {
            "grant_type": "refresh_token",
            "client_id": self.section.text("client_id"),
            "client_secret": self._client_secret(),
            "refresh_token": refresh,
            **({"scope": str(scope)} if (scope := self.section.setting("scope").value) else {}),
        }
        endpoints = self.endpoints()
        asked_at = time.time()
        server = self.server()
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
        except NotFound as error:
            raise AuthenticationFailed(
                f"The access token cannot be renewed: {error.message}",
                hint="Check bright.base_url, or correct the path in the profile: "
                'bright.endpoints: {refresh_token: "GET /path"}',
                provider="bright",
                operation="refresh_token",
                http_status=error.http_status,
                request_id=error.request_id,
            ) from error
        finally:
            server.close()
        self.refresh_token.keep(body, refresh)
        return self._granted(body, asked_at)

    def _refreshed(self, server: Rest, endpoints: Endpoints, given: dict[str, str]) -> Any:
        """Send the parameters in the body of the GET, as documented; a server that drops it gets them in the query."""
        request = endpoints.request("refresh_token", body=given, subject="the token renewal")
        try:
            return server.json(request)
        except EnergyctlError as error:
            if not _may_be_unread(error):
                raise
            first = error
        again = endpoints.request("refresh_token", query=list(given.items()), subject="the token renewal")
        try:
            return server.json(again)
        except (AuthenticationFailed, NotPermitted, Refused, NotFound) as second:
            raise _of_both(first, second, "in the query") from None

    def exchanged(self, code: str, redirect_uri: str, verifier: str | None, secret: str) -> Token:
        """Return an access token for a code by ``POST /auth/authorize`` (4.2), and keep the refresh token.

        :param verifier: of PKCE; None when the server does not know it.
        :raises AuthenticationFailed: when the code or the client is not accepted.
        """
        given = {
            "grant_type": "authorization_code",
            "client_id": self.section.text("client_id"),
            "client_secret": secret,
            "code": code,
            "redirect_uri": redirect_uri,
            **({"code_verifier": verifier} if verifier else {}),
        }
        asked_at = time.time()
        server = self.server()
        try:
            body = self._exchange(server, self.endpoints(), given)
        except (NotPermitted, Refused, AuthenticationFailed) as error:
            raise AuthenticationFailed(
                f"The code or the client is not accepted: {error.message}",
                hint="Check bright.client_id and the secret: energyctl auth login bright --secret client_secret",
                provider="bright",
                operation="get_token",
                http_status=error.http_status,
                request_id=error.request_id,
                details=error.details,
            ) from error
        finally:
            server.close()
        kept = self.refresh_token.keep(body, None)
        token = self._granted(body, asked_at)
        if not kept:
            self.refresh_token.remove()  # the former one is perhaps another person's
            self.session.say(
                "The server gave no refresh token: it must be signed in to again when the access token expires."
            )
        self.session.tokens.forget(self.key())
        self.session.tokens.get(self.key(), lambda: token)
        return token

    def _exchange(self, server: Rest, endpoints: Endpoints, given: dict[str, str]) -> Any:
        """Send the parameters as JSON; whether a form is wanted instead is not documented (4.2)."""
        request = endpoints.request("get_token", body=given, subject="the code's exchange")
        request.reads = True  # a token request may be repeated: a code that was taken is refused, no more
        try:
            return server.json(request)
        except EnergyctlError as error:
            if not _may_be_unread(error):
                raise
            first = error
        form = endpoints.request("get_token", subject="the code's exchange")
        form.form, form.reads = given, True
        try:
            return server.json(form)
        except (AuthenticationFailed, NotPermitted, Refused, NotFound) as second:
            raise _of_both(first, second, "as a form") from None

    def _client_secret(self) -> str | None:
        try:
            return self.session.credentials.secret(self.section, "client_secret")
        except AuthenticationFailed:
            return None  # optional in 4.3; where it is needed the server says so

    def _granted(self, body: Any, asked_at: float) -> Token:
        if (token := granted(body, asked_at)) is None:
            raise BadAnswer(
                "The token endpoint answered without an access_token.",
                hint="Add -v to see the answer; the paths are listed by: energyctl bright endpoints list",
                provider="bright",
                operation="get_token",
            )
        return token

    def endpoints(self) -> Endpoints:
        """Return the endpoints in force."""
        from energyctl.core.endpoints import Endpoints
        from energyctl.providers.bright.operations import OPERATIONS

        return Endpoints(self.session, self.section, OPERATIONS)

    def server(self) -> Rest:
        """Return the backend as the sign-in speaks to it: without a credential in the header."""
        from energyctl.core.wording import said_in

        return Rest(
            self.session,
            provider="bright",
            title="The Organisation's sign-in server",
            base_url=self.section.url("base_url"),
            read_error=lambda body: (said_in(body), body or None),
        )


def _may_be_unread(error: EnergyctlError) -> bool:
    """Whether a refusal may only mean that the parameters were not found where they were sent."""
    said = f"{error.message} {json.dumps(error.details, default=str)}"
    return error.http_status in _TRY_OTHERWISE and _WAS_READ.search(said) is None


def _of_both(first: EnergyctlError, second: EnergyctlError, otherwise: str) -> EnergyctlError:
    """Return what is told of two refusals of the same parameters: both, where either may be the telling one.

    :param otherwise: how they were sent the second time.
    """
    from energyctl.providers.bright.codeflow import refuses_pkce

    if first.http_status in _UNREAD or refuses_pkce(second):
        return second
    if second.message != first.message:
        first.message = f"{first.message.rstrip('.')}; sent {otherwise}: {second.message}"
    return first


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


def sign_out(session: Session, section: Section) -> bool:
    """Remove what a sign-in has left besides the keyring; return whether there was anything."""
    return signs_in(section) and RefreshToken(session, section).remove_file()


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
    endpoints = tokens.endpoints()
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
        if error.http_status not in SAYS_NOTHING:
            raise
        return {"proven": False}
    finally:
        server.close()
    return {"proven": True}


def access_token(session: Session, section: Section, scopes: list[str]) -> str:
    """Return the credential that data layer calls carry.

    :raises UsageProblem: when they carry none.
    """
    if section.setting("auth").value == NONE:
        raise UsageProblem(
            "The Organisation's backend is called without a credential.",
            hint="bright.auth is none; set it to api-key or oauth.",
        )
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
    """Remove the cached access tokens and return how many there were."""
    return session.tokens.forget_all(section)
