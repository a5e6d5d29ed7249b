"""How a RABOT token is obtained: OAuth 2.0 client credentials (contract section 2)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import AuthenticationFailed, BadAnswer, EnergyctlError, NotFound, NotPermitted
from energyctl.core.profiles import Section
from energyctl.core.tokens import Token, TokenKey, granted
from energyctl.core.transport import Request, Rest
from energyctl.providers.rabot.answers import error_message
from energyctl.providers.rabot.operations import PARTNER, SCOPE_SETS

if TYPE_CHECKING:
    from energyctl.core.session import Session

LOGIN_SECRET = "client_secret"  # noqa: S105 - the field's name
REFUSED_SCOPE_KEPT_S = 3600.0
#: Kept in the place of a token that was refused; no server gives such a one.
REFUSED = "(scope refused)"


class ScopeRefused(NotPermitted):
    """The client has not been assigned a scope that was asked for."""

    default_code = "scope_refused"


class Tokens:
    """Tokens of one profile's client, by scope set."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section
        self.auth_url = section.url("auth_url").removesuffix("/connect/token")
        self.client_id = section.text("client_id")

    def key(self, scopes: tuple[str, ...]) -> TokenKey:
        """Return the key under which a token for these scopes is kept."""
        mark = self.section.secret_mark(LOGIN_SECRET)
        return TokenKey(
            self.section.profile.name, "rabot", f"{self.auth_url} {self.client_id} {mark}", scopes
        )

    def get(self, scopes: tuple[str, ...], rejected: str | None = None) -> str:
        """Return a token for these scopes.

        :raises ScopeRefused: when the client may not have them; remembered for an hour.
        """
        token = self.session.tokens.get(
            self.key(scopes), lambda: self._fetch_or_remember(scopes), rejected=rejected
        )
        if token == REFUSED:
            raise self._refused(scopes)
        return token

    def _fetch_or_remember(self, scopes: tuple[str, ...]) -> Token:
        try:
            return self.fetch(scopes, self.session.credentials.secret(self.section, LOGIN_SECRET))
        except ScopeRefused:
            now = time.time()
            return Token(REFUSED, now, now + REFUSED_SCOPE_KEPT_S)

    def fetch(self, scopes: tuple[str, ...], secret: str) -> Token:
        """Ask the token server.

        :raises AuthenticationFailed: for a wrong client id or secret.
        :raises ScopeRefused: for a scope that the client does not have.
        """
        server = Rest(
            self.session,
            provider="rabot",
            title="RABOT's token server",
            base_url=self.auth_url,
            read_error=error_message,
        )
        request = Request(
            "get_token",
            "POST",
            "/connect/token",
            form={
                "client_id": self.client_id,
                "client_secret": secret,
                "grant_type": "client_credentials",
                "scope": " ".join(scopes),
            },
            subject="the token request",
        )
        asked_at = time.time()
        try:
            body = server.json(request)
        except EnergyctlError as error:
            raise self._explained(error, scopes) from error
        finally:
            server.close()
        if (token := granted(body, asked_at)) is None:
            raise BadAnswer(
                "RABOT's token server answered without an access_token.",
                hint="Is auth_url the right address?",
                provider="rabot",
                operation="get_token",
            )
        return token

    def _explained(self, error: EnergyctlError, scopes: tuple[str, ...]) -> EnergyctlError:
        said = error.message.lower()
        if isinstance(error, NotFound):  # else it reads as if what was asked for did not exist
            hint = f"Is rabot.auth_url the right address? It is {self.auth_url}."
        elif error.http_status not in (400, 401, 403):
            return error
        elif "invalid_scope" in said or "unauthorized_client" in said:
            return self._refused(scopes, error)
        elif "invalid_client" in said or error.http_status == 401:
            return AuthenticationFailed(
                f"RABOT does not accept the client id '{self.client_id}' with the stored secret.",
                hint="Client credentials differ between production and test. Store the right ones with: "
                "energyctl auth login rabot",
                provider="rabot",
                operation="get_token",
                http_status=error.http_status,
                request_id=error.request_id,
                code="invalid_client",
            )
        else:
            hint = f"Check the client id '{self.client_id}', its secret and its scopes: energyctl auth status"
        return AuthenticationFailed(
            error.message,
            hint=hint,
            provider="rabot",
            operation="get_token",
            http_status=error.http_status,
            request_id=error.request_id,
            details=error.details,
        )

    def _refused(self, scopes: tuple[str, ...], error: EnergyctlError | None = None) -> ScopeRefused:
        wanted = ", ".join(scope for scope in scopes if scope != PARTNER) or PARTNER
        return ScopeRefused(
            f"The RABOT client '{self.client_id}' has not been assigned {wanted}.",
            hint=f"Ask RABOT to assign {wanted} to the client, then run: energyctl auth login rabot",
            provider="rabot",
            operation="get_token",
            http_status=error.http_status if error else None,
            request_id=error.request_id if error else None,
        )


# -- what `energyctl auth` asks of every provider ------------------------------------------------------------


def prove(session: Session, section: Section, _field: str, secret: str) -> dict[str, Any]:
    """Try a secret once and return what is worth telling.

    :raises AuthenticationFailed: when RABOT does not accept it.
    """
    tokens = Tokens(session, section)
    token = tokens.fetch((PARTNER,), secret)
    life = None if token.expires_at is None else round(token.expires_at - token.obtained_at)
    return {"client_id": tokens.client_id, "token_lifetime_s": life}


def access_token(session: Session, section: Section, scopes: list[str]) -> str:
    """Return a token for the smallest scope and those named."""
    return Tokens(session, section).get(tuple(dict.fromkeys((PARTNER, *scopes))))


def cached(session: Session, section: Section, _field: str) -> list[dict[str, Any]]:
    """Return what is known of the cached tokens, without asking anybody."""
    tokens = Tokens(session, section)
    now = time.time()
    found = []
    for scopes in SCOPE_SETS:
        token = session.tokens.peek(tokens.key(scopes))
        if token is None:
            continue
        left = None if token.expires_at is None else round(token.expires_at - now)
        state = "scope refused" if token.value == REFUSED else "valid" if token.usable(now) else "expired"
        found.append({"token": state, "token_expires_in_s": left, "scopes": " ".join(scopes)})
    return found


def forget(session: Session, section: Section) -> int:
    """Remove the cached tokens, of whatever scopes, and return how many there were."""
    return session.tokens.forget_all(section)
