"""How an Emulate token is made: the partner signs it itself, RS256, with the key of the API (contract section 3)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.config import shown
from energyctl.core.errors import (
    AuthenticationFailed,
    ConfigProblem,
    EnergyctlError,
    NotFound,
    NotPermitted,
    UsageProblem,
)
from energyctl.core.profiles import Section
from energyctl.core.times import parse_duration
from energyctl.core.tokens import Token, TokenKey
from energyctl.providers.emulate.jwts import claimed_time, read_token
from energyctl.providers.emulate.keybook import ACCEPTED, KeyBook
from energyctl.providers.emulate.operations import OPERATIONS, RETAILER_API, SINGLE_CUSTOMER_API

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from energyctl.core.session import Session

LOGIN_SECRETS = ("retailer_key", "customer_key", "token")
LOGIN_SECRET = LOGIN_SECRETS[0]
#: Either key alone is enough for the commands of its API, and a token minted elsewhere for all.
ONE_IS_ENOUGH = True
KEY_FIELDS = {RETAILER_API: "retailer_key", SINGLE_CUSTOMER_API: "customer_key"}
DEFAULT_CLAIMS = {"retailer": "retailer", "customer": "customer"}
#: A server whose clock is a little behind must not take the token for one from the future.
ISSUED_EARLIER_S = 60
LEAST_TTL_S, MOST_TTL_S = 10.0, 10 * 365 * 86400.0
#: Claims that the tool sets itself.
_OWN_CLAIMS = ("aud", "iat", "exp")
_TIMES = ("exp", "iat", "nbf")


@dataclass(frozen=True)
class Minted:
    """A token that was just signed."""

    value: str
    claims: Mapping[str, Any]
    fingerprint: str


class Tokens:
    """Tokens of one profile: for the Retailer API, or for one customer by the Single Customer API."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section
        self.book = KeyBook(session, section)
        #: The key that signed in this run and was not accepted yet, by API.
        self.signed_with: dict[str, str] = {}
        #: The tokens that were signed in this run for its calls: none of them can be stale.
        self.fresh: set[str] = set()

    # -- what a token says ------------------------------------------------------------------------------

    @property
    def given(self) -> bool:
        """Whether the profile brings a token that was minted elsewhere."""
        return self.section.setting("token").value is not None

    def given_customer(self) -> str | None:
        """Return the customer whose token the profile brings; None when it brings none, or the retailer's."""
        if not self.given:
            return None
        try:
            found = read_token(self.session.credentials.secret(self.section, "token")).claims
        except EnergyctlError:  # told when the token is used
            return None
        named = found.get(self.claim_names["customer"])
        return named if isinstance(named, str) and named else None

    @property
    def audience(self) -> str:
        """The token's audience (3.1): the same text for every environment."""
        return self.section.text("audience")

    @property
    def retailer_id(self) -> int:
        """The retailer id that Emulate gave the partner.

        :raises ConfigProblem: when the profile has none.
        """
        return int(self.section.text("retailer_id"))

    @property
    def claim_names(self) -> dict[str, str]:
        """Names of the claims with the retailer's and the customer's id; only inferred (3.2)."""
        wished = self.section.setting("claims").value
        wished = wished if isinstance(wished, Mapping) else {}
        for name, value in wished.items():
            if (
                name not in DEFAULT_CLAIMS
                or not isinstance(value, str)
                or not value.strip()
                or value in _OWN_CLAIMS
            ):
                raise ConfigProblem(
                    f"emulate.claims: '{shown(name)}: {shown(value)}' is not a claim's name.",
                    hint="Write claims: {retailer: NAME, customer: NAME}.",
                    provider="emulate",
                )
        return {**DEFAULT_CLAIMS, **{str(name): str(value) for name, value in wished.items()}}

    def ttl_s(self, text: str | None = None) -> float:
        """Return the life of a token in seconds.

        :raises UsageProblem: when ``--ttl`` is not a duration; ConfigProblem when the profile's is none.
        """
        wished = text if text is not None else str(self.section.setting("token_ttl").value)
        try:
            seconds = parse_duration(
                wished, field="--ttl" if text is not None else "token_ttl"
            ).total_seconds()
        except UsageProblem as problem:
            if text is not None:
                raise
            raise ConfigProblem(
                f"emulate.token_ttl: {problem.message}", hint=problem.hint, provider="emulate"
            ) from None
        if not LEAST_TTL_S <= seconds <= MOST_TTL_S:
            kind = UsageProblem if text is not None else ConfigProblem
            name = "--ttl" if text is not None else "emulate.token_ttl"
            raise kind(
                f"{name} is '{wished}'; a token lives from 10 seconds to 10 years.",
                hint="Such as 10m or 12h.",
            )
        return seconds

    def private_key(self, api: str, secret: str | None = None) -> RSAPrivateKey:
        """Return the key that signs for an API.

        :raises AuthenticationFailed: when none is stored.
        :raises ConfigProblem: when it is not an RSA private key that opens.
        """
        from energyctl.providers.emulate.keys import read_private_key

        field = KEY_FIELDS[api]
        text = self.session.credentials.secret(self.section, field) if secret is None else secret
        return read_private_key(text, self.passphrase(field), f"emulate.{field}")

    def passphrase(self, field: str) -> str | None:
        """Return the passphrase of a key, when the profile has one."""
        name = f"{field}_passphrase"
        if self.section.setting(name).value is None:
            return None
        return self.session.credentials.secret(self.section, name)

    def mint(
        self,
        customer: str | None,
        *,
        ttl: str | None = None,
        extra: Mapping[str, Any] | None = None,
        secret: str | None = None,
    ) -> Minted:
        """Sign a token: for one customer by the Single Customer API, or for the Retailer API when None.

        :param extra: further claims; they win over the tool's own.
        :raises UsageProblem: when one of them has a value that no token can carry.
        """
        import jwt

        from energyctl.providers.emulate.keys import fingerprint

        api = api_of(customer)
        names = self.claim_names
        now = int(time.time())
        claims: dict[str, Any] = {
            "aud": self.audience,
            names["retailer"]: self.retailer_id,
            **({names["customer"]: customer} if customer is not None else {}),
            "iat": now - ISSUED_EARLIER_S,
            "exp": now + int(self.ttl_s(ttl)),
            **(extra or {}),
        }
        _check_kinds(claims, extra or {})
        key = self.private_key(api, secret)
        mark = fingerprint(key.public_key())
        self.signed_with[api] = mark
        return Minted(jwt.encode(claims, key, algorithm="RS256"), claims, mark)

    # -- kept between runs --------------------------------------------------------------------------------

    def key(self, customer: str | None) -> TokenKey:
        """Return the name under which a token is kept; another key, id or audience has another."""
        api = api_of(customer)
        marks = (
            self.section.setting("api_url").value,
            self.section.setting("retailer_id").value,
            self.section.secret_mark(KEY_FIELDS[api]),
            self.audience,
            sorted(self.claim_names.items()),
            self.section.setting("token_ttl").value,
            api,
            customer,
        )
        return TokenKey(self.section.profile.name, "emulate", " ".join(map(str, marks)))

    def get(self, customer: str | None, rejected: str | None = None) -> str:
        """Return a token: the profile's own, the cached one, or one signed now.

        :raises AuthenticationFailed: when there is no key to sign with.
        """
        if self.given:
            return self.session.credentials.secret(self.section, "token")

        def sign() -> Token:
            now = time.time()
            minted = self.mint(customer)
            self.fresh.add(minted.value)
            return Token(minted.value, now, float(minted.claims["exp"]))

        return self.session.tokens.get(self.key(customer), sign, rejected=rejected)

    def has_key(self, api: str) -> bool:
        """Whether a key for an API can be found; one that is there and unusable counts."""
        if self.given:
            return True
        if (
            api == RETAILER_API
            and (kept := self.session.tokens.peek(self.key(None)))
            and kept.usable(time.time())
        ):
            return True
        try:
            self.session.credentials.secret(self.section, KEY_FIELDS[api])
        except AuthenticationFailed:
            return False
        except ConfigProblem as problem:
            return problem.code != "keyring_unusable"
        return True

    def accepted(self, customer: str | None, *, from_cache: bool = False) -> None:
        """Remember that the key which signed in this run was accepted.

        :param from_cache: whether the token may be one that an earlier run has signed with the same key.
        """
        api = api_of(customer)
        mark = self.signed_with.pop(api, None)
        if mark is None and from_cache and not self.given:
            from energyctl.providers.emulate.keys import fingerprint

            mark = fingerprint(self.private_key(api).public_key())
        if mark:
            self.book.remember(mark, api=api, retailer_id=self.retailer_id, how=ACCEPTED)


def _check_kinds(claims: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
    """Refuse times that are none, and an issuer that is no text, which the JWT standard rules out."""
    for name in _TIMES:
        if name in extra and claimed_time(extra[name]) is None:
            raise UsageProblem(
                f"--claim {name} is {json.dumps(extra[name])}, which is no time.",
                hint=f"Write {name}:=SECONDS, counted since 1970; for the expiry alone --ttl is enough.",
                provider="emulate",
            )
    if isinstance(claims.get("iss", ""), str):
        return
    if "iss" in extra:
        raise UsageProblem(
            f"--claim iss is {json.dumps(extra['iss'])}, which is no text.",
            hint=f"Write iss={shown(extra['iss'])}.",
            provider="emulate",
        )
    raise ConfigProblem(
        "emulate.claims: 'iss' can only carry a text, and the retailer's id is a number.",
        hint="Write claims: {retailer: NAME} with another name.",
        provider="emulate",
    )


def api_of(customer: str | None) -> str:
    """Return the API that a token is for: with a customer the Single Customer API."""
    return RETAILER_API if customer is None else SINGLE_CUSTOMER_API


# -- what `energyctl auth` asks of every provider ------------------------------------------------------------


def prove(session: Session, section: Section, field: str, secret: str) -> dict[str, Any]:
    """Check a key, and for the Retailer API try it once on the documented test route (6.1).

    :raises ConfigProblem: when it is no RSA private key.
    :raises AuthenticationFailed: when Emulate refuses a token signed with it.
    """
    from energyctl.core.transport import Request, Rest
    from energyctl.providers.emulate.keys import fingerprint

    if field == "token":
        found = read_token(secret)
        return {"algorithm": found.header.get("alg"), "expires_at": found.time_of("exp"), "proven": False}
    tokens = Tokens(session, section)
    api = next(name for name, one in KEY_FIELDS.items() if one == field)
    key = tokens.private_key(api, secret)
    facts: dict[str, Any] = {"api": api, "bits": key.key_size, "fingerprint": fingerprint(key.public_key())}
    if api == SINGLE_CUSTOMER_API:
        session.notice(
            "A Single Customer key is only proven by a customer's token: use it with --as-customer ID."
        )
        return {**facts, "proven": False}
    minted = tokens.mint(None, secret=secret)
    session.redactor.learn(minted.value)
    route = OPERATIONS["test_route"]
    server = Rest(
        session,
        provider="emulate",
        title=section.settings.title,
        base_url=section.url("api_url"),
        authorize=lambda _request, _rejected: minted.value,
    )
    try:
        server.call(Request(route.id, route.method, route.path, subject="the test call"))
    except (NotPermitted, AuthenticationFailed) as error:
        raise AuthenticationFailed(
            "Emulate does not accept a token signed with this key (403 says no more than that).",
            hint="Was the key generated in the portal of this environment, for the Retailer API, by this retailer id? "
            "Nothing was stored.",
            provider="emulate",
            operation=error.operation,
            http_status=error.http_status,
            code="access_denied",
        ) from error
    except NotFound:  # the route is only there for a while
        session.notice("The test route is not there: whether the key is accepted, the first command shows.")
        return {**facts, "proven": False}
    finally:
        server.close()
    tokens.accepted(None)
    return {**facts, "proven": True}


def access_token(session: Session, section: Section, scopes: list[str]) -> str:
    """Return a Retailer API token.

    :raises UsageProblem: Emulate's tokens have no scopes.
    """
    if scopes:
        raise UsageProblem(
            "Emulate's tokens have no scopes.",
            hint="A token for one customer alone: energyctl emulate token mint --customer ID",
        )
    return Tokens(session, section).get(None)


def cached(session: Session, section: Section, field: str) -> list[dict[str, Any]]:
    """Return what is known of the cached token of a key, without asking anybody."""
    tokens = Tokens(session, section)
    kept = session.tokens.peek(tokens.key(None)) if field == LOGIN_SECRET else None
    if kept is None or kept.expires_at is None:
        return []
    now = time.time()
    state = "valid" if kept.usable(now) else "expired"
    return [{"token": state, "token_expires_in_s": round(kept.expires_at - now), "scopes": None}]


def forget(session: Session, section: Section) -> int:
    """Remove the cached tokens, those for one customer too, and return how many there were."""
    return session.tokens.forget_all(section)
