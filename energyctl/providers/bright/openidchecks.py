"""What an OpenID provider's document and keys must be like, check by check; they are read in ``openid``.

OpenID Connect Discovery 1.0, sections 3 and 4.3, and what Bright needs of it (contract 2).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from energyctl.core.errors import ConfigProblem, EnergyctlError
from energyctl.providers.bright.idtoken import signing_keys
from energyctl.providers.bright.openid import BASIC, OpenId, Provider, request_to

PASS, WARN, FAIL = "pass", "warn", "fail"
#: RSA keys below this are too weak to sign with (NIST SP 800-131A).
LEAST_KEY_BITS = 2048
_REQUIRED = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
)
_ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


@dataclass(frozen=True)
class Finding:
    """One check of the provider: pass, warn or fail, what was seen, and the fix."""

    check: str
    status: str
    message: str
    fix: str | None = None


def findings(openid: OpenId, provider: Provider) -> Iterator[dict[str, Any]]:
    """Yield a row for each check of a provider: check, status (pass, warn or fail), message and fix."""
    yield asdict(Finding("discovery", PASS, f"The document lies at {provider.address}."))
    for check in _CHECKS:
        yield asdict(check(provider))
    yield asdict(_key_set(openid, provider))


def _required(provider: Provider) -> Finding:
    missing = [name for name in _REQUIRED if not provider.document.get(name)]
    if missing:
        return Finding(
            "fields", FAIL, f"Missing: {', '.join(missing)}.", "Add them; Discovery requires them."
        )
    return Finding("fields", PASS, "All required fields are there.")


def _issuer(provider: Provider) -> Finding:
    issuer = provider.text("issuer")
    if issuer.rstrip("/") == provider.place:
        return Finding("issuer", PASS, f"The issuer is {issuer}, where the document lies.")
    return Finding(
        "issuer",
        FAIL,
        f"The issuer is {issuer or 'not named'}, but the document was read below {provider.place}.",
        "Make both the same, or set bright.openid_url to the issuer.",
    )


def _https(provider: Provider) -> Finding:
    wrong = []
    for name in _ENDPOINTS:
        address = provider.document.get(name)
        if address is None:
            continue
        try:
            request_to(address if isinstance(address, str) else "", name, name)
        except ConfigProblem:
            wrong.append(name)
    if wrong:
        return Finding(
            "https", FAIL, f"Not an https address: {', '.join(wrong)}.", "Serve everything by https."
        )
    return Finding("https", PASS, "All addresses are https, or on this machine.")


def _offers(
    check: str, name: str, wanted: str, lacking: str, *, otherwise: str = FAIL
) -> Callable[[Provider], Finding]:
    """Return a check that a list of the document holds a value. A list that need not be there is only warned of."""

    def checked(provider: Provider) -> Finding:
        offered = provider.texts(name)
        if offered is not None and wanted in offered:
            return Finding(check, PASS, f"{name} has {wanted}.")
        said = f"{name} is not there." if offered is None else f"{name} lacks {wanted}: {', '.join(offered)}."
        fault = WARN if offered is None and name not in _REQUIRED else otherwise
        return Finding(check, fault, said, lacking)

    return checked


def _client_sign_in(provider: Provider) -> Finding:
    methods = provider.texts("token_endpoint_auth_methods_supported")
    if methods is None or {BASIC, "client_secret_post"}.intersection(methods):
        return Finding("client", PASS, "The client can sign in with its secret.")
    return Finding(
        "client",
        FAIL,
        f"The token endpoint takes no client secret: {', '.join(methods)}.",
        "Allow client_secret_basic or client_secret_post; Bright is given a secret.",
    )


def _key_set(openid: OpenId, provider: Provider) -> Finding:
    try:
        keys = openid.keys(provider)
    except EnergyctlError as error:
        return Finding("keys", FAIL, error.message, error.hint)
    usable = signing_keys(keys)
    names = [key.get("kid") for key in usable]
    if not usable:
        return Finding(
            "keys", FAIL, "The key set has no RSA key for signatures.", "Publish the public key there."
        )
    if any(_bits(key) < LEAST_KEY_BITS for key in usable):
        return Finding(
            "keys",
            FAIL,
            f"A key has less than {LEAST_KEY_BITS} bits.",
            "Replace it; it is too weak to sign with.",
        )
    if len(usable) > 1 and (None in names or len(set(map(str, names))) < len(names)):
        return Finding("keys", FAIL, "Several keys cannot be told apart.", "Give each a kid of its own.")
    return Finding("keys", PASS, f"The key set has {len(usable)} RSA key{'s' if len(usable) > 1 else ''}.")


def _bits(key: Mapping[str, Any]) -> int:
    """Return the length of an RSA key's modulus; 0 when it cannot be read."""
    try:
        number = str(key.get("n"))
        raw = base64.b64decode(number + "=" * (-len(number) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return 0
    return int.from_bytes(raw).bit_length()


_CHECKS: tuple[Callable[[Provider], Finding], ...] = (
    _required,
    _issuer,
    _https,
    _offers("code flow", "response_types_supported", "code", "Offer response_type=code; Bright uses it."),
    _offers("signatures", "id_token_signing_alg_values_supported", "RS256", "Sign id tokens with RS256."),
    _offers("scope openid", "scopes_supported", "openid", "Name it; without it there is no id token."),
    _offers(
        "scope email",
        "scopes_supported",
        "email",
        "Offer it: accounts are searched by e-mail address after an OpenID sign-in.",
        otherwise=WARN,
    ),
    _client_sign_in,
    _offers(
        "PKCE",
        "code_challenge_methods_supported",
        "S256",
        "Offer PKCE with S256; codes are then of no use to others.",
        otherwise=WARN,
    ),
)
