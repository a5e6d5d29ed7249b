"""RSA keys of a partner: read with every misfit named, made, and told apart by their fingerprint (contract 3.4)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import ConfigProblem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

#: RS256 with less is refused by current libraries.
LEAST_BITS = 2048
DEFAULT_BITS = 3072
MOST_BITS = 8192
#: Of a text that holds a key, with room for a certificate beside it.
_LONGEST_PEM = 64 * 1024


def read_private_key(text: str, passphrase: str | None, name: str) -> RSAPrivateKey:
    """Return the private key of a PEM text, PKCS#1 or PKCS#8.

    :param name: what the key is called in errors, such as ``emulate.retailer_key``.
    :raises ConfigProblem: for a public key, a key of another kind, a wrong or missing passphrase, or no key at all.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = unfolded(text)
    _refuse_other_forms(pem, name)
    try:
        key = load_pem_private_key(pem.encode(), passphrase.encode() if passphrase else None)
    except TypeError:
        if passphrase:  # a passphrase for a key that has none does no harm
            return read_private_key(text, None, name)
        raise _unfit(
            f"{name} is encrypted and no passphrase is set.",
            f"Set {name}_passphrase to a reference (keyring, env:NAME, file:PATH, command:COMMAND).",
            "key_encrypted",
        ) from None
    except (ValueError, UnsupportedAlgorithm) as error:
        if "ENCRYPTED" in pem:
            raise _unfit(
                f"{name}: the passphrase does not open the key.",
                f"Check {name}_passphrase.",
                "passphrase_wrong",
            ) from None
        raise _unfit(
            f"{name} holds a damaged private key: {_first_line(error)}.",
            "Store the PEM text whole, with its first and last line.",
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise _unfit(
            f"{name} is {_kind_of(key)}; Emulate takes RSA keys alone (RS256).",
            "Make one with: energyctl emulate keys generate --api retailer",
            "key_not_rsa",
        )
    if key.key_size < LEAST_BITS:
        raise _unfit(
            f"{name} has {key.key_size} bits; RS256 needs {LEAST_BITS} or more.",
            "Make one with: energyctl emulate keys generate --api retailer",
            "key_too_short",
        )
    return key


def read_any_key(text: str, passphrase: str | None, name: str) -> RSAPublicKey:
    """Return the public half of a private or public key in PEM form.

    :raises ConfigProblem: as ``read_private_key``.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    pem = unfolded(text)
    if "PUBLIC KEY-----" not in pem:
        return read_private_key(text, passphrase, name).public_key()
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unfit(f"{name} holds a damaged public key: {_first_line(error)}.", "Store it whole.") from None
    if not isinstance(key, RSAPublicKey):
        raise _unfit(f"{name} is {_kind_of(key)}; Emulate takes RSA keys alone (RS256).", "Give the RSA key.")
    return key


def unfolded(text: str) -> str:
    r"""Return a PEM text as lines; a variable often carries them as ``\n``. What is far longer than a key is none."""
    if len(text) > _LONGEST_PEM:
        return ""
    pem = text.strip()
    return pem.replace("\\n", "\n") + "\n" if "\n" not in pem else pem + "\n"


def _refuse_other_forms(pem: str, name: str) -> None:
    if "PRIVATE KEY-----" not in pem:
        if "PUBLIC KEY-----" in pem:
            raise _unfit(
                f"{name} is a public key; signing a token takes the private one.",
                "Give the file that begins with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY. The portal shows a "
                "private key once; when it is lost, generate a new one.",
                "key_is_public",
            )
        what = "a certificate" if "BEGIN CERTIFICATE" in pem else "no key in PEM form"
        raise _unfit(f"{name} is {what}.", "Store the PEM text, from -----BEGIN to -----END.", "key_missing")
    if "BEGIN OPENSSH PRIVATE KEY" in pem:
        raise _unfit(
            f"{name} is a key in OpenSSH's own form.",
            "Turn a copy of it into PEM: ssh-keygen -p -m PEM -f COPY",
            "key_openssh",
        )


def _kind_of(key: Any) -> str:
    names = {
        "EllipticCurve": "an EC key",
        "EC": "an EC key",
        "Ed25519": "an Ed25519 key",
        "Ed448": "an Ed448 key",
    }
    kind = type(key).__name__
    found = next((words for start, words in names.items() if kind.startswith(start)), None)
    if found == "an EC key":
        return f"an EC key ({key.curve.name})"
    return found or f"a {kind.removesuffix('PrivateKey').removesuffix('PublicKey')} key"


def _first_line(error: BaseException) -> str:
    return str(error).split("\n", 1)[0].split(". (", 1)[0].rstrip(".")[:120] or type(error).__name__


def _unfit(message: str, hint: str, code: str = "key_invalid") -> ConfigProblem:
    return ConfigProblem(message, hint=hint, code=code, provider="emulate")


def fingerprint(key: RSAPublicKey) -> str:
    """Return ``SHA256:`` and the unpadded base64 of the digest of the public key's DER form."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "SHA256:" + b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def generate(bits: int, passphrase: str | None) -> tuple[bytes, bytes, str]:
    """Make a key pair and return the private key (PKCS#8), the public key, both PEM, and the fingerprint."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        KeySerializationEncryption,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    lock: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    )
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        fingerprint(key.public_key()),
    )
