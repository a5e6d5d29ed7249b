"""The six checks behind a 403 (contract 3.5), evaluated one by one on a real token and key.

The provider answers 403 to all of them alike. What can be known from here is: the token itself, whose key signed it,
and what the key book remembers of that key. The audience (3.1) and a customer's name (3.2) are checked besides.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.times import wait_text
from energyctl.providers.emulate.jwts import ReadToken, is_signed_by, read_token
from energyctl.providers.emulate.keybook import ACCEPTED, MADE, REGISTERED, KeyRecord
from energyctl.providers.emulate.operations import RETAILER_API, SINGLE_CUSTOMER_API
from energyctl.providers.emulate.tokens import KEY_FIELDS, Tokens

if TYPE_CHECKING:
    from energyctl.core.session import Session

PASS, FAIL, UNKNOWN = "pass", "fail", "cannot-know"
API_TITLES = {RETAILER_API: "Retailer API", SINGLE_CUSTOMER_API: "Single Customer API"}
#: Differences of the clocks below this do no harm.
BEARABLE_SKEW_S = 5.0
#: Since 1970; more is no time that a calendar has, or is in milliseconds.
_MOST_SECONDS = 1e12


@dataclass(frozen=True)
class Check:
    """One check: pass, fail or cannot-know, what was seen, and the fix."""

    check: str
    status: str
    message: str
    fix: str | None = None


def examine(
    session: Session, tokens: Tokens, text: str, api: str, *, clock_ahead_s: float | None = None
) -> list[Check]:
    """Evaluate the six checks on a token meant for an API, in the contract's order, then audience and customer.

    :param clock_ahead_s: seconds that this machine's clock is ahead of the server's, when known.
    """
    try:
        token = read_token(text)
    except UsageProblem as problem:
        rest = ("rs256", "key_environment", "key_api", "retailer_id", "not_expired", "audience")
        return [
            Check("well_formed", FAIL, problem.message, problem.hint),
            *(Check(name, UNKNOWN, "The token cannot be read.") for name in rest),
        ]
    signer = _Signer(session, tokens, token, api)
    return [
        _well_formed(token),
        _algorithm(token),
        signer.environment(),
        signer.api_of_key(),
        _retailer(tokens, token, signer),
        _expiry(token, clock_ahead_s),
        _audience(tokens, token),
        *([_customer(tokens, token)] if api == SINGLE_CUSTOMER_API else []),
    ]


def _well_formed(token: ReadToken) -> Check:
    if token.dirt:
        return Check(
            "well_formed", FAIL, f"It is a token, but {token.dirt}.", "Store the whole token, and it alone."
        )
    return Check("well_formed", PASS, "Three parts, header and claims are JSON.")


def _algorithm(token: ReadToken) -> Check:
    found = token.header.get("alg")
    if found == "RS256":
        return Check("rs256", PASS, "Signed by RS256.")
    return Check("rs256", FAIL, f"The algorithm is {found!r}.", "Sign with RS256; nothing else is accepted.")


def _retailer(tokens: Tokens, token: ReadToken, signer: _Signer) -> Check:
    name = tokens.claim_names["retailer"]
    value = token.claims.get(name)
    if value is None:
        return Check(
            "retailer_id",
            FAIL,
            f"The token has no claim '{name}' (claims: {', '.join(map(str, token.claims)) or 'none'}).",
            "Put the retailer id in; if Emulate calls the claim otherwise, set emulate.claims: {retailer: NAME}.",
        )
    try:
        wanted: int | None = tokens.retailer_id
    except EnergyctlError:
        wanted = None
    if wanted is not None and str(value) != str(wanted):
        return Check(
            "retailer_id",
            FAIL,
            f"The token says retailer {value}; the profile says {wanted}.",
            "Mint the token with the profile's id, or correct emulate.retailer_id.",
        )
    if not isinstance(value, int) or isinstance(value, bool):
        return Check(
            "retailer_id",
            FAIL,
            f"The token says retailer {json.dumps(value)}; the id that is documented is a bare number.",
            f"Mint it with the number: energyctl emulate token mint, or --claim {name}:=NUMBER.",
        )
    owners = sorted({one.retailer_id for one in signer.here() if one.retailer_id is not None})
    if owners and value not in owners:
        return Check(
            "retailer_id",
            FAIL,
            f"The token says retailer {value}, but the key is that of retailer {', '.join(map(str, owners))}.",
            f"Set emulate.retailer_id to {owners[0]}, or use the key of retailer {value}.",
        )
    if owners:
        return Check("retailer_id", PASS, f"Retailer {value}, whose key this is.")
    return Check(
        "retailer_id",
        UNKNOWN,
        f"The token says retailer {value}; whether that is yours, only Emulate knows.",
        "Compare it with the id that Emulate gave you.",
    )


def _expiry(token: ReadToken, clock_ahead_s: float | None) -> Check:
    ahead = clock_ahead_s or 0.0
    now = time.time() - ahead
    clock = ""
    if clock_ahead_s is not None and abs(clock_ahead_s) > BEARABLE_SKEW_S:
        side = "ahead of" if ahead > 0 else "behind"
        clock = f" This machine's clock is {wait_text(abs(ahead))} {side} the server's."
    mend = "Set this machine's clock (NTP)." if clock else None
    for claim in ("nbf", "iat"):
        begins = token.claims.get(claim)
        if isinstance(begins, bool) or not isinstance(begins, int | float):
            continue
        if not abs(begins) < _MOST_SECONDS:
            return _no_time(claim, begins)
        if begins > now + BEARABLE_SKEW_S:
            return Check(
                "not_expired",
                FAIL,
                f"It only holds from {token.time_of(claim)} on ({claim}), in {wait_text(begins - now)}.{clock}",
                mend or "Mint it with the right time.",
            )
    ends = token.claims.get("exp")
    if ends is None:
        return Check("not_expired", PASS, f"It has no expiry (exp), so it does not expire.{clock}")
    if isinstance(ends, bool) or not isinstance(ends, int | float) or not abs(ends) < _MOST_SECONDS:
        return _no_time("exp", ends)
    if ends <= now:
        fix = mend or "Mint a new one: energyctl emulate token mint"
        return Check(
            "not_expired",
            FAIL,
            f"It expired {wait_text(now - ends)} ago, at {token.time_of('exp')}.{clock}",
            fix,
        )
    return Check("not_expired", PASS, f"It holds for another {wait_text(ends - now)}.{clock}")


def _no_time(claim: str, value: Any) -> Check:
    meaning = {"exp": "Its expiry (exp)"}.get(claim, f"Its time {claim}")
    return Check(
        "not_expired", FAIL, f"{meaning} is {value!r}, not seconds since 1970.", "Mint it with a number."
    )


def _audience(tokens: Tokens, token: ReadToken) -> Check:
    found = token.claims.get("aud")
    documented = str(tokens.section.settings.field("audience").default)
    if tokens.audience in (found if isinstance(found, list) else [found]):
        if tokens.audience == documented:
            return Check("audience", PASS, f"For {documented}.")
        return Check(
            "audience",
            UNKNOWN,
            f"The audience is the profile's '{tokens.audience}'; the documented one is '{documented}'.",
            f"Take emulate.audience ({tokens.section.setting('audience').source}) away.",
        )
    told = "The token has no audience (aud)" if found is None else f"The audience is {json.dumps(found)}"
    return Check(
        "audience", FAIL, f"{told}; the profile says '{tokens.audience}'.", "Mint it with that audience."
    )


def _customer(tokens: Tokens, token: ReadToken) -> Check:
    name = tokens.claim_names["customer"]
    found = token.claims.get(name)
    if isinstance(found, str) and found.strip():
        return Check(
            "customer",
            UNKNOWN,
            f"The token is that of customer {found}; whether there is one, only Emulate knows.",
            "Check the customer's id.",
        )
    told = f"says customer {json.dumps(found)}" if found is not None else f"has no claim '{name}'"
    return Check(
        "customer",
        FAIL,
        f"The token {told}; the Single Customer API wants a customer's id.",
        "Mint it with --customer ID; if Emulate calls the claim otherwise, set emulate.claims: {customer: NAME}.",
    )


class _Signer:
    """Whose key signed a token, and what is known of that key."""

    def __init__(self, session: Session, tokens: Tokens, token: ReadToken, api: str) -> None:
        self.session = session
        self.tokens = tokens
        self.api = api
        self.claims = token.claims
        self.system = tokens.section.identity()
        self.field, self.mark = self._found(token)
        records = tokens.book.of(self.mark) if self.mark else []
        #: Where the key is registered or was let in.
        self.known = [one for one in records if one.how != MADE]
        #: That it was made says nothing of where it is registered: that is done by hand.
        self.made = sorted(
            (one for one in records if one.how == MADE), key=lambda one: one.system != self.system
        )

    def _found(self, token: ReadToken) -> tuple[str | None, str | None]:
        """Return the profile's field whose key signed the token, and the key's fingerprint."""
        if token.header.get("alg") != "RS256":
            return None, None
        from energyctl.providers.emulate.keys import fingerprint

        for api in (self.api, *(one for one in KEY_FIELDS if one != self.api)):
            try:
                key = self.tokens.private_key(api).public_key()
            except EnergyctlError:
                continue
            if is_signed_by(token, key):
                return KEY_FIELDS[api], fingerprint(key)
        return None, None

    def here(self) -> list[KeyRecord]:
        """Return what is known of the key at this very system, whatever a profile calls it."""
        return [
            one
            for one in self.known
            if one.system == self.system
            # the sandbox's portal alone lists the keys of other environments too
            and (one.how != REGISTERED or one.environment == self._label)
        ]

    @property
    def _label(self) -> str:
        return self.tokens.section.label

    def _stranger(self, name: str) -> Check:
        told = "The token was signed with a key that this profile does not have."
        if self.api == RETAILER_API and self.tokens.claim_names["customer"] in self.claims:
            told += " It names a customer, as tokens for the Single Customer API do."
        return Check(
            name,
            UNKNOWN,
            told,
            f"Set emulate.{KEY_FIELDS[self.api]} to that key, or mint the token with the profile's: "
            "energyctl emulate token mint",
        )

    def environment(self) -> Check:
        """Check 3: the key belongs to the environment called."""
        name = "key_environment"
        if self.mark is None:
            return self._stranger(name)
        if here := self.here():
            return Check(name, PASS, f"The key was {_how(here[0])} here.")
        if self.known:
            other = self.known[0]
            there, here_ = other.environment, self._label
            if there == here_:
                there, here_ = other.system, self.system
            return Check(
                name,
                FAIL,
                f"The key was {_how(other)} in {there}; this is {here_}.",
                f"Use the key that was generated in the portal of {self._label}: keys are never shared.",
            )
        if self.tokens.section.is_sandbox:
            return Check(
                name,
                FAIL,
                f"The key {self.mark} is not among those registered in the sandbox.",
                "Use the sandbox's own key: energyctl sandbox status -o json lists it.",
            )
        told = f"Nothing is known of the key {self.mark}."
        if self.made:
            elsewhere = "" if self.made[0].system == self.system else f" in {self.made[0].environment}"
            told = f"The key was {_how(self.made[0])}{elsewhere}; is it registered here?"
        return Check(
            name,
            UNKNOWN,
            told,
            f"See in the portal of {self._label}, API Settings, Key Management, whether its public key is there.",
        )

    def api_of_key(self) -> Check:
        """Check 4: the key was generated for the API called, and not for the other."""
        name, wanted = "key_api", API_TITLES[self.api]
        if self.mark is None:
            return self._stranger(name)
        apis = {one.api for one in self.here() or self.known}
        field = KEY_FIELDS[self.api]
        if self.api in apis:
            return Check(name, PASS, f"The key is one of the {wanted}.")
        if apis:
            other = ", ".join(API_TITLES.get(one, one) for one in sorted(apis))
            return Check(
                name,
                FAIL,
                f"The key was generated for the {other}; this is the {wanted}.",
                f"Set emulate.{field} to the key generated under '{wanted}' in the portal.",
            )
        if self.field not in (None, field):
            return Check(
                name,
                FAIL,
                f"The token for the {wanted} was signed with emulate.{self.field}.",
                f"Sign it with emulate.{field}.",
            )
        told = f"Whether the key was generated for the {wanted}, only the portal tells."
        if self.made:
            meant = API_TITLES.get(self.made[0].api, self.made[0].api)
            told = f"The key was generated for the {meant}; is it registered under '{wanted}'?"
        return Check(
            name,
            UNKNOWN,
            told,
            f"See in the portal under '{wanted}' whether its public key is listed.",
        )


def _how(record: KeyRecord) -> str:
    when = f" on {record.at[:10]}" if record.at else ""
    return {ACCEPTED: f"accepted{when}", "made": f"generated by energyctl{when}"}.get(
        record.how, "registered"
    )


def rows(checks: list[Check]) -> list[dict[str, Any]]:
    """Return checks as rows."""
    return [asdict(one) for one in checks]


def failing(checks: list[Check]) -> list[Check]:
    """Return the checks that fail; when none does and just one cannot be known, that one, since the others pass."""
    failed = [one for one in checks if one.status == FAIL]
    unknown = [one for one in checks if one.status == UNKNOWN]
    return failed or (unknown if len(unknown) == 1 else [])
