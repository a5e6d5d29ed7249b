"""Who calls: the checks on a partner's self-made JWT (contract 3.1, 3.2 and 3.5).

Which check failed is never told, as at the real provider.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import jwt
from jwt.types import Options

from energyctl.sandbox.emulate.keys import Api, KeyBook

AUDIENCE = "https://api.emulate.network/"
RETAILER_CLAIM = "retailer"
CUSTOMER_CLAIM = "customer"

_KEPT = 4096
# The older versions of PyJWT let strange claims and bottomless JSON through as what Python made of them.
_REFUSED = (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError)
# Partners' libraries add iat, sub and jti of their own accord; the provider asks for none of them.
_OPTIONS: Options = {"require": ["aud"], "verify_iat": False, "verify_sub": False, "verify_jti": False}


@dataclass(frozen=True)
class Caller:
    """A verified token's retailer and, at the Single Customer API, its customer."""

    retailer_id: int
    customer_id: str | None = None


class Gate:
    """Verifies tokens, and remembers the last verified ones so that a signature is checked once."""

    def __init__(self, keys: KeyBook, is_customer: Callable[[int, str], bool]) -> None:
        self._keys = keys
        self._is_customer = is_customer
        self._verified: OrderedDict[tuple[Api, str], tuple[Caller, float]] = OrderedDict()

    def caller(self, token: str, api: Api) -> Caller | None:
        """Return who the token speaks for at that API; None when it is refused."""
        known = self._verified.get((api, token))
        if known is None:
            known = self._verify(token, api)
            if known is None:
                return None
            self._verified[api, token] = known
            if len(self._verified) > _KEPT:
                self._verified.popitem(last=False)
        who, ends = known
        return who if time.time() < ends else None

    def _verify(self, token: str, api: Api) -> tuple[Caller, float] | None:
        """Return the caller and the moment at which the token ends."""
        try:
            claimed = jwt.decode(token, options={"verify_signature": False}).get(RETAILER_CLAIM)
            if not isinstance(claimed, int) or isinstance(claimed, bool):
                return None
            for key in self._keys.accepted(claimed, api):
                try:
                    claims = jwt.decode(
                        token,
                        key.public,
                        algorithms=["RS256"],
                        audience=AUDIENCE,
                        options=_OPTIONS,
                    )
                except jwt.InvalidSignatureError:
                    continue
                ends = float(claims.get("exp", "inf"))
                if api == "retailer":
                    return Caller(claimed), ends
                customer = claims.get(CUSTOMER_CLAIM)
                if isinstance(customer, str) and self._is_customer(claimed, customer):
                    return Caller(claimed, customer), ends
        except _REFUSED:
            return None
        return None
