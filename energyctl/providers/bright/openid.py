"""OpenID Connect at an Organisation: its discovery document found, and signed in with (contract 2).

What the document must say is in ``openidchecks``, what an id token says and whether it is true in ``idtoken``, the
browser's way there and back in ``codeflow``.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit, urlunsplit

from energyctl.core.errors import (
    AuthenticationFailed,
    BadAnswer,
    EnergyctlError,
    NotFound,
    NotPermitted,
    Refused,
)
from energyctl.core.profiles import Section, checked_url
from energyctl.core.transport import Pairs, Request, Rest
from energyctl.core.wording import said_in
from energyctl.providers.bright.codeflow import Landing, authorized, check_person
from energyctl.providers.bright.idtoken import read_id_token
from energyctl.providers.bright.operations import OPERATIONS

if TYPE_CHECKING:
    from energyctl.core.session import Session

WELL_KNOWN = "/.well-known/openid-configuration"
#: Asked for when the user names no scopes; those beside openid only where the provider has them.
USUAL_SCOPES = ("openid", "email", "profile")
_NOT_THERE = frozenset({404, 405, 410, 501})
#: How a client signs in when the document does not say (Discovery, section 3).
BASIC = "client_secret_basic"


@dataclass(frozen=True)
class Provider:
    """An OpenID provider: where its document was read, the address that must be its issuer, and the document."""

    address: str
    place: str
    document: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field that is a text; empty when it is not there."""
        value = self.document.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str] | None:
        """Return a field that is a list of texts; None when it is not there."""
        value = self.document.get(name)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else None


class OpenId:
    """Calls to an OpenID provider. It is public: no credential of the data layer is sent to it."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section

    def check_ready(self) -> None:
        """Make sure that a sign-in can be begun, before the provider is asked.

        :raises UsageProblem: with ``--no-input``: a person must sign in.
        :raises ConfigProblem: when the profile has no client_id.
        """
        check_person(self.session)
        self.section.text("client_id")

    def found(self) -> Provider:
        """Return the provider whose document lies below ``openid_url``, the backend's base path or its host.

        :raises NotFound: when there is no document.
        :raises BadAnswer: when it is not a JSON object.
        """
        places = self._places()
        for place, path in places:
            request = Request("openid_configuration", "GET", path, subject="the discovery")
            try:
                document = self._json(place, request)
            except EnergyctlError as error:
                if error.http_status not in _NOT_THERE:
                    raise
                continue
            if not isinstance(document, Mapping):
                raise BadAnswer(
                    f"The discovery document at {place}{path} is not a JSON object.",
                    hint="Add -v to see what came.",
                    provider="bright",
                    operation="openid_configuration",
                )
            return Provider(f"{place}{path}", f"{place}{path}".removesuffix(WELL_KNOWN), document)
        looked = " and ".join(f"{place}{path}" for place, path in places)
        raise NotFound(
            f"There is no OpenID discovery document at {looked}.",
            hint="Serve it there, or set bright.openid_url to the address before /.well-known.",
            provider="bright",
            operation="openid_configuration",
            http_status=404,
        )

    def _places(self) -> list[tuple[str, str]]:
        if self.section.setting("openid_url").value:
            return [(self.section.url("openid_url").removesuffix(WELL_KNOWN).rstrip("/"), WELL_KNOWN)]
        from energyctl.core.endpoints import Endpoints

        base = self.section.url("base_url")
        path = Endpoints(self.session, self.section, OPERATIONS).request("openid_configuration").path
        parts = urlsplit(base)
        places = [(base, path), (f"{parts.scheme}://{parts.netloc}", WELL_KNOWN)]
        return list(dict.fromkeys(places))

    def keys(self, provider: Provider) -> list[Mapping[str, Any]]:
        """Return the provider's public keys.

        :raises BadAnswer: when its address does not answer with a key set.
        """
        request, place = request_to(provider.text("jwks_uri"), "openid_jwks", "the key set")
        answer = self._json(place, request)
        keys = answer.get("keys") if isinstance(answer, Mapping) else None
        if not isinstance(keys, list):
            raise BadAnswer(
                f"{provider.text('jwks_uri')} answered without the list 'keys'.",
                hint="It must be a JSON Web Key Set (RFC 7517).",
                provider="bright",
                operation="openid_jwks",
            )
        return [one for one in keys if isinstance(one, Mapping)]

    # -- signing in ---------------------------------------------------------------------------------------

    def sign_in(self, provider: Provider, scopes: str | None) -> dict[str, Any]:
        """Sign a person in with a browser and return the claims about that person, checked.

        :raises AuthenticationFailed: when somebody refuses, or the id token is not true.
        """
        client_id = self.section.text("client_id")
        secret = self.session.credentials.secret(self.section, "client_secret")
        nonce = secrets.token_urlsafe(24)
        parameters = [("response_type", "code"), ("client_id", client_id)]
        parameters += [("scope", scopes or _usual_scopes(provider)), ("nonce", nonce)]
        own, place = request_to(
            provider.text("authorization_endpoint"), "openid_authorize", "the sign-in page"
        )
        server = self._server(place)

        def page(query: Pairs) -> Request:
            return Request(own.operation, "GET", own.path, query=[*own.query, *query], subject=own.subject)

        try:
            landing = authorized(
                self.session, server, page, parameters, port=self.section.setting("redirect_port").value
            )
        finally:
            server.close()
        answer = self._exchanged(provider, landing, client_id, secret)
        claims = read_id_token(
            answer["id_token"],
            keys=self.keys(provider),
            issuer=provider.text("issuer"),
            client_id=client_id,
            nonce=nonce,
            algorithms=provider.texts("id_token_signing_alg_values_supported") or [],
        )
        return self._completed(provider, claims, answer.get("access_token"))

    def _exchanged(
        self, provider: Provider, landing: Landing, client_id: str, secret: str
    ) -> Mapping[str, Any]:
        """Return the token endpoint's answer, which has an id token."""
        request, place = request_to(provider.text("token_endpoint"), "openid_token", "the code's exchange")
        form = {
            "grant_type": "authorization_code",
            "code": landing.code,
            "redirect_uri": landing.redirect_uri,
            **({"code_verifier": landing.verifier} if landing.verifier else {}),
        }
        methods = provider.texts("token_endpoint_auth_methods_supported") or [BASIC]
        if BASIC in methods:
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
            request.headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        else:
            form |= {"client_id": client_id, "client_secret": secret}
        request.method, request.form, request.reads = "POST", form, True
        try:
            answer = self._json(place, request)
        except (AuthenticationFailed, NotPermitted, Refused) as error:
            raise AuthenticationFailed(
                f"The token endpoint does not accept the code or the client: {error.message}",
                hint="Check bright.client_id and its secret, and that the redirect_uri is registered.",
                provider="bright",
                operation="openid_token",
                http_status=error.http_status,
                details=error.details,
            ) from error
        token = answer.get("id_token") if isinstance(answer, Mapping) else None
        if not isinstance(token, str) or not token:
            raise BadAnswer(
                "The token endpoint answered without an id_token.",
                hint="It must give one when the scope has openid.",
                provider="bright",
                operation="openid_token",
            )
        self.session.redactor.learn(token)
        return dict(answer)

    def _completed(self, provider: Provider, claims: dict[str, Any], token: Any) -> dict[str, Any]:
        """Add what only the userinfo endpoint tells; it must speak of the same person (OpenID Connect 5.3.2)."""
        address = provider.text("userinfo_endpoint")
        if "email" in claims or not address or not isinstance(token, str) or not token:
            return claims
        self.session.redactor.learn(token)
        request, place = request_to(address, "openid_userinfo", "the person's claims")
        request.headers = {"Authorization": f"Bearer {token}"}
        more = self._json(place, request)
        if not isinstance(more, Mapping) or more.get("sub") != claims.get("sub"):
            raise AuthenticationFailed(
                "The userinfo endpoint speaks of another person than the id token (sub differs).",
                hint="The provider must answer both with the same sub.",
                provider="bright",
                operation="openid_userinfo",
                code="id_token_invalid",
            )
        return {**more, **claims}

    def _json(self, place: str, request: Request) -> Any:
        server = self._server(place)
        try:
            return server.json(request)
        finally:
            server.close()

    def _server(self, place: str) -> Rest:
        return Rest(
            self.session,
            provider="bright",
            title="The OpenID provider",
            base_url=place,
            read_error=lambda body: (said_in(body), body or None),
        )


def _usual_scopes(provider: Provider) -> str:
    offered = provider.texts("scopes_supported")
    return " ".join(one for one in USUAL_SCOPES if one == "openid" or offered is None or one in offered)


def request_to(address: str, operation: str, subject: str) -> tuple[Request, str]:
    """Return the request for an address that a document names, and the server that it goes to.

    :raises ConfigProblem: when it is no address, or plain http to another machine.
    """
    try:
        parts = urlsplit(address)
        bare = urlunsplit(parts._replace(query="", fragment=""))
    except ValueError:
        parts, bare = urlsplit(""), address
    checked_url(bare, f"The address of {subject}")
    place = f"{parts.scheme}://{parts.netloc}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    return Request(
        operation, "GET", path, query=parse_qsl(parts.query, keep_blank_values=True), subject=subject
    ), place
