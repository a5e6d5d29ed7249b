"""What a token says, read without believing it, and whether a key has signed it (contract 3.1)."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from energyctl.core.errors import UsageProblem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_LONGEST_TOKEN = 20_000
#: Of an RSA key of 2048 bits, the shortest that RS256 takes.
_SHORTEST_SIGNATURE = 256


@dataclass(frozen=True)
class ReadToken:
    """What a token says, read without believing it."""

    compact: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signature: bytes
    #: What had to be taken away to read it, such as ``Bearer `` in front, or what is missing at its end.
    dirt: str | None

    def time_of(self, claim: str) -> str | None:
        """Return a claim that is a time, as RFC 3339 in UTC."""
        found = claimed_time(self.claims.get(claim))
        return found.isoformat(timespec="seconds").replace("+00:00", "Z") if found is not None else None


def claimed_time(value: Any) -> datetime | None:
    """Return the time that a claim's value means, seconds since 1970; None when it is no time that a calendar has."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def read_token(text: str) -> ReadToken:
    """Return what a token says.

    :raises UsageProblem: when it is no JWT, saying what it is instead.
    """
    token, dirt = _bare(text)
    if not token:
        raise _no_token("it is empty")
    if "PRIVATE KEY" in text:
        raise _no_token("it is a private key")
    if len(token) > _LONGEST_TOKEN:
        raise _no_token(f"it has {len(token):,} characters")
    parts = token.split(".")
    if len(parts) != 3:
        raise _no_token(
            f"it has {len(parts)} part{'s' if len(parts) != 1 else ''} instead of 3, parted by dots"
        )
    header = _json_part(parts[0], "header")
    claims = _json_part(parts[1], "claims")
    try:
        signature = _decoded(parts[2])
    except ValueError:
        signature = b""
    if header.get("alg") == "RS256" and len(signature) < _SHORTEST_SIGNATURE:
        dirt = dirt or "its signature is damaged or cut off"
    return ReadToken(token, header, claims, signature, dirt)


def _bare(text: str) -> tuple[str, str | None]:
    """Return the token alone, and what had to be taken away for that."""
    dirt = None
    token = text.strip()
    if token.lower().startswith("authorization:"):
        token, dirt = (
            token.split(":", 1)[1].strip(),
            "the header's name 'Authorization:' stands in front of it",
        )
    if token[:7].lower() == "bearer ":
        token, dirt = token[7:].strip(), "the word 'Bearer' stands in front of it"
    if token[:1] in "\"'" and token[-1:] == token[:1] and len(token) > 1:
        token, dirt = token[1:-1], "it is in quotes"
    if any(char.isspace() for char in token):
        token, dirt = "".join(token.split()), "there are line breaks or spaces in it"
    return token, dirt


def is_signed_by(token: ReadToken, key: RSAPublicKey) -> bool:
    """Whether the signature is that of a key, by RS256; nothing else is looked at."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    signed = token.compact.rpartition(".")[0].encode()
    try:
        key.verify(token.signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return token.header.get("alg") == "RS256"


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _json_part(part: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(part), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise _no_token(f"its {name} is not base64url of JSON") from None
    if not isinstance(value, dict):
        raise _no_token(f"its {name} is not a JSON object")
    return value


def _no_token(what: str) -> UsageProblem:
    return UsageProblem(
        f"This is not a token (JWT): {what}.",
        hint="Copy the whole token: three parts of letters, digits, - and _, parted by two dots.",
        provider="emulate",
        code="token_malformed",
    )
