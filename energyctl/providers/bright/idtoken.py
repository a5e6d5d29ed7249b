"""The id token of an OpenID sign-in, believed only when its signature and claims hold (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from energyctl.core.errors import AuthenticationFailed

#: Signatures that anybody can check and only the provider can make; "none" and those with a shared key are not.
_SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
#: How much the clocks may differ.
SKEW_S = 60.0
_REQUIRED = ["iss", "sub", "aud", "exp", "iat"]


def signing_keys(keys: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the RSA keys of a key set that may sign."""
    return [
        key
        for key in keys
        if key.get("kty") == "RSA" and key.get("use", "sig") == "sig" and key.get("n") and key.get("e")
    ]


def read_id_token(
    token: str,
    *,
    keys: Sequence[Mapping[str, Any]],
    issuer: str,
    client_id: str,
    nonce: str,
    algorithms: Sequence[str],
) -> dict[str, Any]:
    """Return the claims of an id token after checking signature, issuer, audience, times and nonce.

    :param keys: the provider's key set; the token's ``kid`` chooses.
    :param algorithms: those that the provider names in its document.
    :raises AuthenticationFailed: saying which of them does not hold.
    """
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        allowed = [one for one in algorithms if one in _SIGNATURES]
        if header.get("alg") not in allowed:
            raise _untrue(
                f"it is signed with {header.get('alg')}, not with {' or '.join(allowed) or 'RS256'}"
            )
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(header, keys),
            algorithms=allowed,
            audience=client_id,
            issuer=issuer,
            leeway=SKEW_S,
            options={"require": _REQUIRED},
        )
    except (jwt.PyJWTError, ValueError) as error:  # ValueError: a published key that is no key
        raise _untrue(_reason(error)) from None
    audience = claims["aud"]
    party = claims.get("azp", client_id if isinstance(audience, str) or len(audience) == 1 else None)
    if party != client_id:
        raise _untrue("it was made for several clients and azp does not name this one")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _untrue("its nonce is not the one that was sent")
    return claims


def _key(header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> Any:
    from jwt.algorithms import RSAAlgorithm

    usable, wanted = signing_keys(keys), header.get("kid")
    fitting = [key for key in usable if key.get("kid") == wanted] if wanted is not None else usable
    if len(fitting) != 1:
        raise _untrue(f"the key set has {len(fitting) or 'no'} keys for its kid '{wanted}'")
    return RSAAlgorithm.from_jwk(json.dumps(dict(fitting[0])))


def _reason(error: Exception) -> str:
    import jwt

    for kind, words in (
        (jwt.ExpiredSignatureError, "it has expired; do the clocks agree?"),
        (jwt.ImmatureSignatureError, "it is not valid yet; do the clocks agree?"),
        (jwt.InvalidIssuerError, "its issuer is not that of the discovery document"),
        (jwt.InvalidAudienceError, "it is made for another client"),
        (jwt.InvalidSignatureError, "its signature does not fit the published key"),
    ):
        if isinstance(error, kind):
            return words
    return str(error).rstrip(".")


def _untrue(why: str) -> AuthenticationFailed:
    return AuthenticationFailed(
        f"The id token is not to be believed: {why}.",
        hint="This is the provider's to mend; energyctl bright openid --check looks at the rest.",
        provider="bright",
        operation="openid_token",
        code="id_token_invalid",
    )
