"""Tokens and keys of any kind: pasted, kept from an earlier run, or in the place of a key."""

from __future__ import annotations

import base64
import json
import time
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import jwt
import pytest
import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from hypothesis import assume, given
from hypothesis import strategies as st

from energyctl.core.errors import EnergyctlError
from energyctl.core.tokens import Token, TokenKey
from energyctl.providers.emulate import keys
from energyctl.providers.emulate import tokens as emulate_tokens
from energyctl.providers.emulate.commands.token import inspect_token
from energyctl.providers.emulate.keys import read_any_key, read_private_key
from energyctl.providers.emulate.settings import SETTINGS
from energyctl.providers.rabot import tokens as rabot_tokens
from energyctl.providers.rabot.settings import SETTINGS as RABOT_SETTINGS
from tests.hostile_inputs.mutations import JSON, TEXTS, as_bytes, changed, spliced
from tests.hostile_inputs.promise import HOME, REFUSED, new_session, soon, taken_or_refused
from tests.properties import few
from tests.providers.emulate.conftest import AUDIENCE, private_pem

PASSPHRASE = "open-sesame-1234"
CLAIMS = {"aud": AUDIENCE, "retailer": 42, "customer": "C-1", "iat": 1, "nbf": 1, "exp": 4_000_000_000}
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "k"}


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def pem(*, encrypted: bool = False) -> str:
    return private_pem(key(), PASSPHRASE.encode() if encrypted else None)


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the same key once: that takes longer than all the rest."""
    monkeypatch.setattr(keys, "read_private_key", cache(read_private_key))


def public_pem(of: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(of.public_key().public_bytes(serialization.Encoding.PEM, form).decode())


def emulate_env(**more: str) -> dict[str, str]:
    (HOME / "config.yaml").write_text(
        "profiles: {w: {emulate: {environment: staging, retailer_id: 42}, rabot: {environment: test}}}"
    )
    return {"ENERGYCTL_EMULATE_RETAILER_KEY": pem(), **more}


# -- a token as an argument ----------------------------------------------------------------------------------------


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def inspect(text: str, output: str = "json") -> None:
    """Inspect a token as the command does, in a format."""
    session = new_session(emulate_env())
    session.options.output = output
    ctx = cast("typer.Context", SimpleNamespace(obj=session))
    found = taken_or_refused(lambda: inspect_token(ctx, text), exits=(2, 4), session=session, given=text)
    shown = cast("Any", session._stdout).getvalue()
    if isinstance(found, EnergyctlError) and found.exit_code == 2:
        assert shown == ""
        assert found.code == "token_malformed"
    elif output == "json":
        assert json.loads(shown)["checks"]


TIMES = st.sampled_from(
    [
        10**400, -(10**400), 10**18, 1e300, -1e300, 0, -1, 253402300800, -62135596801, 1e12, 1e12 - 1, True, "1", None,
        [1],
    ]
)  # fmt: skip
OUTPUTS = st.sampled_from(["json", "table", "yaml", "tsv", "jsonl", "csv"])


@few
@given(changed(HEADER, JSON, 2), changed(CLAIMS, JSON | TIMES), st.booleans(), OUTPUTS)
def test_whatever_a_token_says(header: Any, claims: Any, signed: bool, output: str) -> None:
    if signed and isinstance(claims, dict):
        try:
            text = jwt.encode(claims, key(), "RS256")
        except (TypeError, ValueError):  # what jwt itself does not sign
            assume(False)
    else:
        text = f"{part(header)}.{part(claims)}.{'A' * 342}"
    inspect(text, output)


@few
@given(st.sampled_from(sorted({"iat", "nbf", "exp"})), TIMES | st.integers() | st.floats())
def test_whatever_a_time_is(name: str, value: Any) -> None:
    inspect(f"{part(HEADER)}.{part({**CLAIMS, name: value})}.{'A' * 342}")


@few
@given(st.data())
def test_whatever_is_cut_or_put_in(data: st.DataObject) -> None:
    inspect(data.draw(spliced(jwt.encode(CLAIMS, key(), "RS256"))))


@pytest.mark.parametrize(
    "text",
    [
        "." * 19_000,
        "a." * 9_000,
        f"{part(HEADER)}.{part(b'[' * 10_000)}.x",
        f"{part(HEADER)}.{part(b'9' * 5_000)}.x",
        f"{part(HEADER)}." + part(b'{"exp": ' + b"9" * 4_000 + b"}") + ".x",
        f"{part(HEADER)}." + part(b'{"exp": 1e999}') + ".x",
        f"{part(HEADER)}." + part(b'{"exp": NaN}') + ".x",
        f"{part(HEADER)}.{part(b'{' + bytes(range(256)) + b'}')}.x",
        f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
        f"{part({'alg': chr(27) + '[2J'})}.{part({'retailer': chr(27)})}.x",
        "Bearer Bearer Authorization: x.y.z",
        "\ud800.\ud800.\ud800",
        "-----BEGIN PRIVATE KEY-----.a.b",
    ],
    ids=range(13),
)
def test_tokens_that_are_none(text: str) -> None:
    with soon():
        inspect(text)


# -- a token that was kept -----------------------------------------------------------------------------------------

KEPT = {"value": "kept-token", "obtained_at": 1_700_000_000.0, "expires_at": 4_000_000_000.0}
KEY = TokenKey("w", "emulate", "x")


def read_kept(content: bytes) -> Token | None:
    """Use a file of a kept token wherever one is used; return the token."""
    session = new_session(
        emulate_env(ENERGYCTL_RABOT_CLIENT_ID="me", ENERGYCTL_RABOT_CLIENT_SECRET="s3cret-one")
    )
    section = session.profile.section(SETTINGS)
    rabot = session.profile.section(RABOT_SETTINGS)
    directory = session.tokens.directory
    session.tokens.get(KEY, lambda: Token("made", time.time(), None))  # so that the directory is there
    for place in [
        *directory.glob("*.json"),
        directory / emulate_tokens.Tokens(session, section).key(None).file_name,
    ]:
        place.write_bytes(content)
        place.chmod(0o600)
    kept = session.tokens.peek(KEY)
    assert kept is None or (
        kept.value.isascii() and kept.value.isprintable() and kept.usable(0.0) in (True, False)
    )
    got = session.tokens.get(KEY, lambda: Token("fresh", time.time(), time.time() + 600))
    assert got == "fresh" or (kept is not None and got == kept.value)
    for field in ("retailer_key", "client_secret"):
        module, of = (emulate_tokens, section) if field == "retailer_key" else (rabot_tokens, rabot)
        for row in module.cached(session, of, field):
            session.out.one(row)
    return kept


@few
@given(changed(KEPT, JSON | TIMES, 2))
def test_whatever_is_kept(value: Any) -> None:
    read_kept(json.dumps(value).encode())


@few
@given(as_bytes(json.dumps(KEPT)))
def test_whatever_the_bytes_are(content: bytes) -> None:
    read_kept(content)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"value": "x", "obtained_at": 1, "expires_at": ' + b"9" * 400 + b"}",
        b'{"value": "x", "obtained_at": NaN, "expires_at": null}',
        b'{"value": "x", "obtained_at": 1, "expires_at": Infinity}',
        b'{"value": "a\\nb", "obtained_at": 1, "expires_at": null}',
        b'{"value": "\\ud800", "obtained_at": 1, "expires_at": null}',
        b'{"value": null, "obtained_at": 1, "expires_at": null}',
        b'{"value": "", "obtained_at": 1, "expires_at": null}',
    ],
    ids=range(8),
)
def test_a_kept_token_that_cannot_be_sent_is_none(content: bytes) -> None:
    assert read_kept(content) is None


# -- keys ------------------------------------------------------------------------------------------------------------


def use_key(text: str, passphrase: str | None) -> list[Any]:
    return [
        taken_or_refused(lambda read=read: read(text, passphrase, "--key k.pem"), exits=REFUSED)
        for read in (read_private_key, read_any_key)
    ]


PASSPHRASES = st.none() | st.just(PASSPHRASE) | TEXTS


@few
@given(st.data(), st.booleans(), PASSPHRASES)
def test_whatever_is_cut_out_of_a_key(data: st.DataObject, encrypted: bool, passphrase: str | None) -> None:
    use_key(data.draw(spliced(pem(encrypted=encrypted)) | spliced(public_pem(key()))), passphrase)


@few
@given(st.data(), PASSPHRASES)
def test_whatever_is_in_a_key(data: st.DataObject, passphrase: str | None) -> None:
    head, *lines, end = data.draw(st.sampled_from([pem(), public_pem(key())])).strip().splitlines()
    raw = bytearray(base64.b64decode("".join(lines)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, min(len(raw) - 1, 60)))] = data.draw(st.integers(0, 255))
    use_key("\n".join([head, base64.b64encode(raw).decode(), end]), passphrase)


def test_keys_of_other_kinds_are_named() -> None:
    curve = ec.generate_private_key(ec.SECP256K1())
    others = [
        curve,
        ed448.Ed448PrivateKey.generate(),
        x25519.X25519PrivateKey.generate(),
        dsa.generate_private_key(1024),
    ]
    for one in others:
        for text in (private_pem(one), public_pem(one)):
            for found in use_key(text, None):
                assert found.code in ("key_not_rsa", "key_is_public", "key_invalid")


@pytest.mark.parametrize(
    "label", ["PRIVATE KEY", "PUBLIC KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY"]
)
@pytest.mark.parametrize("body", ["", "AAAA", "A" * 60_000, "A" * 1_000_000, "\0", "é", "MAA="])
def test_what_only_looks_like_a_key(label: str, body: str) -> None:
    with soon():
        for found in use_key(f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n", PASSPHRASE):
            assert isinstance(found, EnergyctlError)


def test_a_public_key_on_an_unknown_curve_is_refused() -> None:
    raw = bytes.fromhex(
        "3016300e06072a8648ce3d020106032a0304030400040102"
    )  # ecPublicKey on the curve 1.2.3.4
    text = f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(raw).decode()}\n-----END PUBLIC KEY-----\n"
    assert use_key(text, None)[1].code == "key_invalid"
