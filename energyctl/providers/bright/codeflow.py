"""The authorization code flow with PKCE, from the sign-in page to the code. Who gives a token for it is elsewhere.

RFC 6749 section 4.1, RFC 7636 and RFC 8252; the parameters are those of contract 4.1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from energyctl.core.errors import (
    AuthenticationFailed,
    EnergyctlError,
    Interrupted,
    NotThereYet,
    Unreachable,
    UsageProblem,
)
from energyctl.core.transport import Pairs, Request, Rest
from energyctl.core.wording import short
from energyctl.providers.bright.loopback import Late, Listener, open_in_browser, pasted_query

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: How long a person has to sign in, when ``--timeout`` does not say.
SIGN_IN_WITHIN_S = 300.0
_PKCE = re.compile(r"code.?challenge|code.?verifier|\bpkce\b", re.IGNORECASE)
#: Answers that the browser would get as well. Others may come only because no browser asks.
_TELLING = frozenset({400, 404, 405, 410, 501})


@dataclass(frozen=True)
class Landing:
    """What a browser came back with, and what belongs to the code when it is exchanged."""

    code: str
    redirect_uri: str
    #: The PKCE verifier; None when the server does not want PKCE.
    verifier: str | None


@dataclass(frozen=True)
class _Trip:
    """One way to the sign-in page and back."""

    title: str
    state: str
    verifier: str | None

    def code_in(self, query: Mapping[str, str]) -> str:
        """Return the code that came back.

        :raises AuthenticationFailed: when the page refused, or the answer belongs to another sign-in.
        """
        if not hmac.compare_digest(query.get("state", "").encode(), self.state.encode()):
            raise AuthenticationFailed(
                "The browser came back with another 'state' than it was sent with; its answer was not used.",
                hint="Sign in again. If it stays so, the server does not hand 'state' back unaltered.",
                provider="bright",
                operation="authorize",
                code="state_mismatch",
            )
        if query.get("error"):
            said = short(query.get("error_description") or query["error"]).rstrip(".")
            kind = "" if said == query["error"] else f" ({short(query['error'])})"
            raise AuthenticationFailed(
                f"{self.title} refused the sign-in: {said}{kind}.",
                hint="Sign in again and agree, or mend what the message names.",
                provider="bright",
                operation="authorize",
                code="sign_in_refused",
                details={name: query[name] for name in ("error", "error_description") if name in query},
            )
        if not query.get("code", "").strip():
            raise AuthenticationFailed(
                f"{self.title} sent the browser back without a code.",
                hint="The server must add code and state to the redirect_uri.",
                provider="bright",
                operation="authorize",
            )
        return query["code"]


def authorized(
    session: Session,
    server: Rest,
    page: Callable[[Pairs], Request],
    parameters: Sequence[tuple[str, str]],
    *,
    port: int | None,
) -> Landing:
    """Send a person to a sign-in page and return the code that the browser comes back with.

    PKCE is asked for; a server that refuses its parameters is asked again without. The page's address stands on
    stderr; a browser is opened where a person sits before one.

    :param page: returns the page's request with further query parameters.
    :param port: of the address to come back to; None for any free one.
    :raises AuthenticationFailed: when the person or the server refuses.
    :raises NotThereYet: when nobody has signed in within five minutes, or ``--timeout``.
    :raises UsageProblem: with ``--no-input``: a person must sign in.
    """
    check_person(session)
    with Listener(port) as listener:
        try:
            return _trip(session, server, page, parameters, listener, pkce=True)
        except EnergyctlError as error:
            if not refuses_pkce(error):
                raise
            session.say(f"{server.title} does not take PKCE ({short(error.message)}); asking again without.")
        return _trip(session, server, page, parameters, listener, pkce=False)


def check_person(session: Session) -> None:
    """Make sure that a person may be waited for.

    :raises UsageProblem: with ``--no-input``.
    """
    if session.options.no_input:
        raise UsageProblem(
            "A person must sign in with a browser, and --no-input forbids to wait for one.",
            hint="Run it without --no-input.",
            code="nobody_to_ask",
        )


def refuses_pkce(error: EnergyctlError) -> bool:
    """Whether a refusal names the parameters of PKCE."""
    if error.http_status not in (400, 422) and error.code != "sign_in_refused":
        return False
    return _PKCE.search(f"{error.message} {json.dumps(error.details, default=str)}") is not None


def _trip(
    session: Session,
    server: Rest,
    page: Callable[[Pairs], Request],
    parameters: Sequence[tuple[str, str]],
    listener: Listener,
    *,
    pkce: bool,
) -> Landing:
    verifier = secrets.token_urlsafe(64) if pkce else None
    trip = _Trip(server.title, secrets.token_urlsafe(32), verifier)
    query = [*parameters, ("state", trip.state), ("redirect_uri", listener.redirect_uri)]
    if verifier is not None:
        session.redactor.learn(verifier)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        query += [("code_challenge", challenge), ("code_challenge_method", "S256")]
    request = page(query)
    request.accept = "text/html, */*;q=0.5"
    _look_at(server, request)
    address = server.url(request)
    session.say(f"Sign in at:\n{address}")
    if open_in_browser(session, address):
        session.notice("It was opened in the browser.")
    code = _back(session, trip, listener)
    session.redactor.learn(code)
    return Landing(code, listener.redirect_uri, verifier)


def _look_at(server: Rest, request: Request) -> None:
    """Ask for the page once before a person is sent there, so that a wrong address or client is told at once."""
    try:
        server.call(request)
    except EnergyctlError as error:
        lost = isinstance(error, Unreachable) and error.http_status is None
        if lost or error.http_status in _TELLING:
            raise


def _back(session: Session, trip: _Trip, listener: Listener) -> str:
    """Wait for the browser, or for a person who pastes the address that it was sent to."""
    limit_s = SIGN_IN_WITHIN_S if session.options.timeout is None else session.options.timeout
    until = time.monotonic() + limit_s
    keyboard = session.stdin if session.can_ask else None
    if keyboard is not None:
        session.notice("If the browser is on another machine: press Enter here, and paste where it was sent.")
    while True:
        try:
            code = listener.wait(until, trip.code_in, keyboard)
        except Late:
            raise NotThereYet(
                f"Nobody has signed in within {limit_s:g} s.",
                hint="Start again, or allow more time with --timeout SECONDS.",
                provider="bright",
                operation="authorize",
            ) from None
        if code is not None:
            return code
        query = pasted_query(_pasted(session))
        if query is not None:
            return trip.code_in(query)
        session.say("That is no address with a code; still waiting for the browser.")


def _pasted(session: Session) -> str:
    """Return what is pasted after Enter, without showing it: the address carries the code."""
    from energyctl.core.asking import ask_hidden

    line = session.stdin.readline()
    if not line:
        raise Interrupted("Nothing more can be typed; nobody has signed in.")
    if line.strip():
        return line
    address = ask_hidden(session, "Address in the browser's address bar (it is not shown): ")
    if address is None:
        raise Interrupted("No address was given; nobody has signed in.")
    return address
