"""Keys: each misfit is named exactly, and new ones are made private and never over something else."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from energyctl.core.errors import ConfigProblem
from energyctl.providers.emulate.keys import fingerprint, read_any_key, read_private_key
from tests.conftest import Run, Sandbox
from tests.providers.emulate.conftest import configured, private_pem, token

NAME = "emulate.retailer_key"
PASSPHRASE = "open-sesame-1234"


def _public(key: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(key.public_key().public_bytes(serialization.Encoding.PEM, form).decode())


def _openssh(key: Any) -> str:
    form, lock = serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, form, lock).decode())


@pytest.fixture(scope="module")
def forms(rsa_key: rsa.RSAPrivateKey) -> dict[str, str]:
    """PEM texts, right and wrong ones."""
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pkcs8 = private_pem(rsa_key)
    lines = pkcs8.splitlines()
    return {
        "pkcs8": pkcs8,
        "pkcs1": private_pem(rsa_key, pkcs1=True),
        "one line": pkcs8.strip().replace("\n", "\\n"),
        "crlf": pkcs8.replace("\n", "\r\n"),
        "encrypted pkcs8": private_pem(rsa_key, PASSPHRASE.encode()),
        "encrypted pkcs1": private_pem(rsa_key, PASSPHRASE.encode(), pkcs1=True),
        "public": _public(rsa_key),
        "ec": private_pem(ec.generate_private_key(ec.SECP256R1())),
        "ed25519": private_pem(ed25519.Ed25519PrivateKey.generate()),
        "openssh": _openssh(rsa_key),
        "short": private_pem(short),
        "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "text": "not a key",
        "cut off": "\n".join(lines[:-5]),
        "scrambled": "\n".join([lines[0], *reversed(lines[1:-1]), lines[-1]]),
    }


@pytest.mark.parametrize("form", ["pkcs8", "pkcs1", "one line", "crlf", "encrypted pkcs8", "encrypted pkcs1"])
def test_every_usual_form_is_read(forms: dict[str, str], rsa_key: Any, form: str) -> None:
    # A passphrase for a key that has none does no harm.
    key = read_private_key(forms[form], PASSPHRASE, NAME)
    assert key.private_numbers() == rsa_key.private_numbers()
    assert read_any_key(forms[form], PASSPHRASE, NAME).public_numbers() == key.public_key().public_numbers()


@pytest.mark.parametrize(
    ("form", "passphrase", "code", "said"),
    [
        ("public", None, "key_is_public", "is a public key"),
        ("ec", None, "key_not_rsa", "an EC key (secp256r1)"),
        ("ed25519", None, "key_not_rsa", "an Ed25519 key"),
        ("openssh", None, "key_openssh", "OpenSSH"),
        ("short", None, "key_too_short", "1024 bits"),
        ("certificate", None, "key_missing", "a certificate"),
        ("text", None, "key_missing", "no key in PEM form"),
        ("cut off", None, "key_invalid", "damaged"),
        ("scrambled", None, "key_invalid", "damaged"),
        ("encrypted pkcs8", None, "key_encrypted", "no passphrase is set"),
        ("encrypted pkcs1", None, "key_encrypted", "no passphrase is set"),
        ("encrypted pkcs8", "wrong", "passphrase_wrong", "does not open"),
        ("encrypted pkcs1", "wrong", "passphrase_wrong", "does not open"),
    ],
)
def test_each_misfit_is_named(
    forms: dict[str, str], form: str, passphrase: str | None, code: str, said: str
) -> None:
    with pytest.raises(ConfigProblem) as caught:
        read_private_key(forms[form], passphrase, NAME)
    assert (caught.value.code, said in caught.value.message) == (code, True)
    assert NAME in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.hint
    told = f"{caught.value.message} {caught.value.hint}"
    assert not any(line in told for line in forms[form].splitlines() if len(line) > 40 and "KEY" not in line)


def test_a_public_key_of_another_kind_or_damaged() -> None:
    for text, said in (
        (_public(ec.generate_private_key(ec.SECP256R1())), "an EC key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "damaged public key"),
    ):
        with pytest.raises(ConfigProblem, match=said):
            read_any_key(text, None, "--key")


def test_the_fingerprint_is_the_one_that_the_portal_shows(rsa_key: Any, sandbox: Sandbox, keys: Any) -> None:
    listed = {one["api"]: one["fingerprint"] for one in sandbox.facts["credentials"]["emulate"]["keys"]}
    for api, text in keys.items():
        assert fingerprint(read_private_key(text, None, NAME).public_key()) == listed[api]
    assert len(base64.b64decode(fingerprint(rsa_key.public_key()).removeprefix("SHA256:") + "=")) == 32


# -- in a command --------------------------------------------------------------------------------------------


def test_a_key_readable_by_others_and_a_passphrase_by_reference(
    env: dict[str, str], home: Path, forms: dict[str, str]
) -> None:
    file = home / "key.pem"
    file.write_text(forms["encrypted pkcs8"])
    file.chmod(0o644)
    section = {"environment": "staging", "retailer_id": 42, "retailer_key": "file:key.pem"}
    mint = ("emulate", "token", "mint", "-o", "json")
    exposed = configured(env, home, **section)(*mint)
    assert (exposed.code, exposed.error["code"]) == (13, "secret_exposed")
    assert "chmod 600" in exposed.error["hint"]
    file.chmod(0o600)
    locked = configured(env, home, **section)(*mint)
    assert (locked.code, locked.error["code"]) == (13, "key_encrypted")
    assert "retailer_key_passphrase" in locked.error["hint"]
    run = configured(env, home, {"P": PASSPHRASE}, **section, retailer_key_passphrase="env:P")
    assert run(*mint).code == 0
    wrong = run(*mint, more={"P": "wrong-passphrase"})
    assert (wrong.code, wrong.error["code"]) == (13, "passphrase_wrong")
    assert "wrong-passphrase" not in wrong.err


def test_without_a_retailer_id_or_a_key(env: dict[str, str], home: Path, pem: str) -> None:
    run = configured(env, home, {"MINE": pem}, environment="staging", retailer_key="env:MINE")
    done = run("emulate", "customers", "list", "-o", "json")
    assert (done.code, done.error["code"]) == (13, "setting_missing")
    assert "retailer_id" in done.error["message"]
    none = configured(env, home, environment="staging", retailer_id=42, retailer_key="env:NOT_THERE")
    done = none("emulate", "customers", "list", "-o", "json")
    assert (done.code, "NOT_THERE" in done.error["message"]) == (13, True)
    text = configured(env, home, environment="staging", retailer_id="forty-two")
    done = text("emulate", "customers", "list", "-o", "json")
    assert (done.code, "retailer_id" in done.error["message"]) == (13, True)


# -- keys generate -------------------------------------------------------------------------------------------

GENERATE = ("emulate", "keys", "generate", "--api", "retailer")


def test_a_new_pair_is_private_and_serves(real: Run, home: Path) -> None:
    done = real(*GENERATE, "--to", "mine.pem", "-o", "json")
    assert done.code == 0
    assert list(done.json) == [
        "api", "environment", "bits", "key_fingerprint", "private_key_file", "public_key_file", "public_key",
    ]  # fmt: skip
    private, public = home / "mine.pem", home / "mine.pub.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    key = read_private_key(private.read_text(), None, NAME)
    assert (key.key_size, fingerprint(key.public_key())) == (3072, done.json["key_fingerprint"])
    assert public.read_text() == done.json["public_key"]
    assert read_any_key(public.read_text(), None, "x").public_numbers() == key.public_key().public_numbers()
    assert "PRIVATE" not in done.out + done.err
    for word in ("Key Management", "'Retailer API'", "mine.pub.pem", f"emulate.retailer_key: file:{private}"):
        assert word in done.err
    again = real(*GENERATE, "--to", "mine.pem", "-o", "json")
    assert (again.code, again.error["code"]) == (2, "file_exists")
    assert read_private_key(private.read_text(), None, NAME).key_size == 3072

    other = real("emulate", "token", "inspect", "-o", "json", more={"OWN": private.read_text(), "MINE": ""})
    assert other.code == 13


def test_a_key_that_was_only_made_is_not_known_to_be_registered(real: Run, home: Path) -> None:
    assert real(*GENERATE, "--to", "mine.pem").code == 0
    mine = {"MINE": (home / "mine.pem").read_text()}
    checks = {row["check"]: row for row in real("doctor", "emulate", "-o", "json", more=mine).json}
    for name in ("key_environment", "key_api", "retailer_id"):
        assert checks[name]["status"] == "cannot-know"
    assert "generated by energyctl on 20" in checks["key_environment"]["message"]
    assert "is it registered here?" in checks["key_environment"]["message"]
    assert "Key Management" in checks["key_environment"]["fix"]
    assert "generated for the Retailer API; is it registered" in checks["key_api"]["message"]
    can = real("auth", "can", "emulate", "customers", "list", "-o", "json", more=mine)
    assert (can.code, can.json["answer"]) == (0, "unknown")
    refused = real("emulate", "customers", "list", "-o", "json", more=mine)
    assert (refused.code, "is it registered here?" in refused.error["hint"]) == (5, True)
    for other in (
        {"ENERGYCTL_EMULATE_RETAILER_ID": "43"},
        {"ENERGYCTL_EMULATE_API_URL": "https://api.stage.emulate.network"},
    ):
        rows = real("doctor", "emulate", "-o", "json", more={**mine, **other}).json
        statuses = {row["check"]: row["status"] for row in rows}
        assert (statuses["key_environment"], statuses["retailer_id"]) == ("cannot-know", "cannot-know")


def test_a_pair_with_a_passphrase_needs_no_profile(bare: Run, home: Path) -> None:
    done = bare(*GENERATE, "--passphrase=env:P", "--bits", "3080", more={"P": PASSPHRASE})
    assert done.code == 0
    assert PASSPHRASE not in done.out + done.err
    text = (home / "emulate-retailer-key.pem").read_text()
    assert "ENCRYPTED" in text
    assert read_private_key(text, PASSPHRASE, NAME).key_size == 3080


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bits", "2048"), "3072 to 8192"),
        (("--bits", "3073"), "3072 to 8192"),
        (("--passphrase=env:EMPTY",), "EMPTY"),
        (("--passphrase=",), "Nobody can be asked"),
        (("--passphrase=secret",), "not a reference"),
        (("--to", "/no/such/place/k.pem"), "cannot be written"),
        (("--to", "taken.pem"), "exists already"),
    ],
)
def test_what_generate_refuses(bare: Run, home: Path, words: tuple[str, ...], said: str) -> None:
    (home / "taken.pub.pem").write_text("mine")
    done = bare(*GENERATE, *words)
    assert done.code in (2, 13)
    assert (done.out, said in done.err) == ("", True)
    assert [one.name for one in home.glob("*.pem")] == ["taken.pub.pem"]


def test_generate_needs_to_know_the_api(bare: Run) -> None:
    assert bare("emulate", "keys", "generate").code == 2
    assert "retailer, single-customer" in bare("emulate", "keys", "generate", "--api", "brp").err


# -- auth ----------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(ring: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """The tool with a keyring, against the sandbox's server by its address."""
    return configured(ring, home, api_url=sandbox.facts["urls"]["emulate"], retailer_id=42)


def test_a_token_from_elsewhere_can_be_stored(
    ring: dict[str, str], home: Path, sandbox: Sandbox, keys: Any
) -> None:
    run = configured(ring, home, api_url=sandbox.facts["urls"]["emulate"], token="keyring")
    login = ("auth", "login", "emulate", "--secret", "token", "--stdin", "-o", "json")
    refused = run(*login, input="a.b")
    assert (refused.code, refused.error["code"]) == (2, "token_malformed")
    text = token(keys["single-customer"], customer="C-100002")
    done = run(*login, input=text)
    assert (done.code, done.json["proven"], done.json["algorithm"]) == (0, False, "RS256")
    assert text not in done.out + done.err
    # It is a customer's, so that commands go through that customer's API, and no further.
    assert run("emulate", "customers", "show", "C-100002").code == 0
    assert run("emulate", "facilities", "list", "C-100002").rows[0]["customer_id"] == "C-100002"
    assert run("emulate", "facilities", "list").code == 2
    assert run("emulate", "customers", "show", "C-100001").code == 2
    assert run("emulate", "customers", "list").code == 2
    assert {one["path"].split("/")[2] for one in sandbox.requests()} == {"customer"}


def test_login_status_token_and_logout(
    stored: Run, home: Path, keys: dict[str, str], sandbox: Sandbox
) -> None:
    before = stored("emulate", "customers", "list", "-o", "json")
    assert (before.code, before.error["code"]) == (4, "not_logged_in")
    login = stored("auth", "login", "emulate", "--stdin", "-o", "json", input=keys["retailer"])
    assert (login.code, login.json["proven"], login.json["api"]) == (0, True, "retailer")
    assert [one["path"] for one in sandbox.requests()] == ["/v1/retailer/example-brp"]
    own = stored(
        "auth",
        "login",
        "emulate",
        "--secret",
        "customer_key",
        "--stdin",
        "-o",
        "json",
        input=keys["single-customer"],
    )
    assert (own.code, own.json["proven"], own.json["api"]) == (0, False, "single-customer")
    # The key comes back from the keyring with all of its lines.
    assert stored("emulate", "customers", "show", "C-100001").code == 0
    assert stored("emulate", "customers", "show", "--as-customer", "C-100001").code == 0
    status = stored("auth", "status", "emulate", "-o", "json")
    assert [(row["secret"], row["is_set"], row["token"]) for row in status.json] == [
        ("retailer_key", True, "valid"),
        ("customer_key", True, "none"),
    ]
    printed = stored("auth", "token", "emulate")
    assert (printed.code, printed.out.count("."), printed.out.count("\n")) == (0, 2, 1)
    assert stored("auth", "token", "emulate", "--scope", "x").code == 2
    out = stored("auth", "logout", "emulate")
    assert (out.code, out.err) == (0, "Removed the stored secret and 2 tokens.\n")
    assert (home / "ring.json").read_text() == "{}"
    assert stored("auth", "status", "emulate").code == 4
    shown = "".join(one.out + one.err for one in (before, login, own, status, out))
    assert "PRIVATE KEY" not in shown
    assert printed.out.strip() not in shown


@pytest.mark.parametrize(
    ("words", "form", "code", "said"),
    [
        ((), "pkcs8", 4, "does not accept"),
        ((), "public", 13, "is a public key"),
        ((), "ec", 13, "an EC key"),
        ((), "text", 13, "no key in PEM form"),
        (("--secret", "customer_key"), "short", 13, "1024 bits"),
        (("--secret", "token"), "text", 2, "Set emulate.token: keyring"),
        (("--secret", "password"), "text", 2, "There are: retailer_key, customer_key"),
    ],
)
def test_what_does_not_fit_is_not_stored(
    stored: Run, home: Path, forms: dict[str, str], words: tuple[str, ...], form: str, code: int, said: str
) -> None:
    done = stored("auth", "login", "emulate", "--stdin", *words, input=forms[form])
    assert (done.code, done.out, said in done.err) == (code, "", True)
    assert not (home / "ring.json").exists()
