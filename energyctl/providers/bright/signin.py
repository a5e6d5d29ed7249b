"""The sign-in to an Organisation's data layer by a person with a browser (contract 4.1 and 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from energyctl.core.errors import AuthenticationFailed, EnergyctlError, Interrupted, UsageProblem
from energyctl.core.profiles import Section
from energyctl.core.transport import Pairs, Request
from energyctl.providers.bright.codeflow import authorized, refuses_pkce
from energyctl.providers.bright.tokens import Tokens

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: The optional parameters of contract 4.1 that a profile can set.
_OPTIONAL = ("scope", "audience")


def sign_in(session: Session, section: Section) -> dict[str, Any]:
    """Sign in with a browser, keep the refresh token, and return what is worth telling.

    A missing client secret is asked for where a person can be asked, and kept when the server has accepted it.

    :raises AuthenticationFailed: when the person, the page or the token endpoint refuses.
    :raises ConfigProblem: when the refresh token could not be kept; that is known before anybody signs in.
    :raises NotThereYet: when nobody signs in in time.
    """
    tokens = Tokens(session, section)
    tokens.refresh_token.check_place()
    secret, asked = _client_secret(session, section)
    server, endpoints = tokens.server(), tokens.endpoints()

    def page(query: Pairs) -> Request:
        return endpoints.request("authorize", query=query, subject="the sign-in page")

    parameters = [("response_type", "code"), ("client_id", section.text("client_id"))]
    parameters += [(name, str(value)) for name in _OPTIONAL if (value := section.setting(name).value)]
    port = section.setting("redirect_port").value
    try:
        landing = authorized(session, server, page, parameters, port=port)
    finally:
        server.close()
    try:
        token = tokens.exchanged(landing.code, landing.redirect_uri, landing.verifier, secret)
    except EnergyctlError as error:
        if landing.verifier is None or not refuses_pkce(error):
            raise
        session.say("The token endpoint does not take PKCE; the code is exchanged without.")
        token = tokens.exchanged(landing.code, landing.redirect_uri, None, secret)
    if asked:
        session.credentials.keyring_set(section, "client_secret", secret)
    life_s = None if token.expires_at is None else round(token.expires_at - token.obtained_at)
    return {
        "signed_in": True,
        "token_expires_in_s": life_s,
        "refresh_token_kept": tokens.refresh_token.is_stored(),
    }


def _client_secret(session: Session, section: Section) -> tuple[str, bool]:
    """Return the client's secret and whether it was asked for just now."""
    try:
        return session.credentials.secret(section, "client_secret"), False
    except AuthenticationFailed as error:
        if not session.can_ask:
            error.hint = "Store it: ... | energyctl auth login bright --secret client_secret --stdin"
            raise
    from energyctl.core.asking import ask_hidden

    secret = ask_hidden(
        session,
        f"client_secret for {section.settings.title}, {section.label} (profile {section.profile.name}): ",
    )
    if secret is None:
        raise Interrupted("No secret was given; nothing was stored.")
    if not secret:
        raise UsageProblem("The secret is empty; nothing was stored.", hint="Try again.")
    session.redactor.learn(secret)
    return secret, True
