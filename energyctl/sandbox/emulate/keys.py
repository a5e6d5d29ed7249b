"""The key book: which public keys are registered for which retailer, API and environment (contract 3.4).

Private keys are given away when they are made and not kept here.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

Api = Literal["retailer", "single-customer"]

APIS: tuple[Api, ...] = ("retailer", "single-customer")
HERE = "sandbox"
"""The environment this server is; keys of the others are known and refused."""

ENVIRONMENTS = (HERE, "development", "staging", "production")
_BITS = 2048


def make_private_key() -> rsa.RSAPrivateKey:
    """Make an RSA key of 2048 bits; takes a tenth of a second and leaves other threads alone."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def pem(key: rsa.RSAPrivateKey, *, pkcs1: bool = False) -> str:
    """Return a private key as PEM: ``PRIVATE KEY`` (PKCS#8) or ``RSA PRIVATE KEY`` (PKCS#1)."""
    form = serialization.PrivateFormat.TraditionalOpenSSL if pkcs1 else serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode().strip()


def fingerprint(key: rsa.RSAPublicKey) -> str:
    """Return ``SHA256:`` and the unpadded base64 of the digest of the key's DER SubjectPublicKeyInfo."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"SHA256:{base64.b64encode(hashlib.sha256(der).digest()).decode().rstrip('=')}"


@dataclass(frozen=True)
class Key:
    """One registered public key."""

    retailer_id: int
    api: Api
    environment: str
    name: str
    generated_at: datetime
    public: rsa.RSAPublicKey

    def listed(self) -> dict[str, Any]:
        """Return the key as the portal's list of existing keys shows it."""
        return {
            "api": self.api,
            "environment": self.environment,
            "retailer_id": self.retailer_id,
            "name": self.name,
            "fingerprint": fingerprint(self.public),
            "generated_at": self.generated_at.isoformat(timespec="seconds"),
        }


class KeyBook:
    """All registered keys, oldest first."""

    def __init__(self) -> None:
        self._keys: list[Key] = []

    def register(
        self, private: rsa.RSAPrivateKey, retailer_id: int, api: Api, environment: str = HERE, name: str = ""
    ) -> Key:
        """Register the public half of a key; without a name it is called after its API and its number."""
        chosen = name or f"{api}-{environment}-{len(self._keys) + 1}"
        key = Key(retailer_id, api, environment, chosen, datetime.now(UTC), private.public_key())
        self._keys.append(key)
        return key

    def accepted(self, retailer_id: int, api: Api) -> list[Key]:
        """Return the keys that may sign for that retailer at that API of this environment."""
        return [
            key
            for key in self._keys
            if (key.retailer_id, key.api, key.environment) == (retailer_id, api, HERE)
        ]

    def listing(self) -> list[dict[str, Any]]:
        """Return all keys as the portal lists them."""
        return [key.listed() for key in self._keys]
