"""OpenID: the provider checked, a person signed in, and an id token believed only when all of it holds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from energyctl.core.errors import AuthenticationFailed, Unreachable
from energyctl.providers.bright.idtoken import read_id_token
from energyctl.providers.bright.openid import Provider
from energyctl.providers.bright.openidchecks import findings
from tests.conftest import Done, Run, Sandbox
from tests.providers.bright.browser import LIMIT_S, page_shown, sign_in_at, started, until
from tests.providers.bright.other_kit import Answer, Asked, OtherKit, client_of

OPENID = ("-p", "sandbox", "bright", "openid")
ISSUER, CLIENT, NONCE = "https://id.example.org", "bright", "nonce-of-the-test"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(kid: str | None = "k1", key: rsa.RSAPrivateKey = KEY, **more: Any) -> dict[str, Any]:
    found = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    del found["key_ops"]
    return {**found, **({"kid": kid} if kid else {}), **more}


def _claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {"iss": ISSUER, "sub": "u-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": NONCE}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def _signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", kid: str | None = "k1") -> str:
    return jwt.encode(claims, key, algorithm, headers={"kid": kid} if kid else None)


def _read(
    token: str, keys: list[dict[str, Any]] | None = None, algorithms: tuple[str, ...] = ("RS256",)
) -> Any:
    return read_id_token(
        token,
        keys=[_public()] if keys is None else keys,
        issuer=ISSUER,
        client_id=CLIENT,
        nonce=NONCE,
        algorithms=algorithms,
    )


# -- the id token ------------------------------------------------------------------------------------------------


def test_a_true_id_token_is_believed() -> None:
    ours = _claims(email="a@example.org")
    assert _read(_signed(ours)) == ours
    assert _read(_signed(ours, kid=None))["sub"] == "u-1"
    assert _read(_signed(ours), [_public("k0", OTHER_KEY), _public(), {"kty": "EC", "kid": "k1"}])
    assert _read(_signed(ours, algorithm="PS256"), algorithms=("RS256", "PS256"))
    assert _read(_signed(_claims(aud=[CLIENT])))
    assert _read(_signed(_claims(aud=[CLIENT, "other"], azp=CLIENT)))
    now = int(time.time())
    assert _read(_signed(_claims(iat=now + 30, exp=now - 30)))  # the clocks may differ a little


@pytest.mark.parametrize(
    ("token", "keys", "said"),
    [
        (lambda: _signed(_claims(), OTHER_KEY), None, "signature does not fit"),
        (lambda: _signed(_claims())[:-8] + "AAAAAAAA", None, "signature does not fit"),
        (lambda: _signed(_claims(iss="https://id.example.org/")), None, "issuer"),
        (lambda: _signed(_claims(iss=None)), None, "iss"),
        (lambda: _signed(_claims(aud="other")), None, "another client"),
        (lambda: _signed(_claims(aud=[CLIENT, "other"])), None, "several clients"),
        (lambda: _signed(_claims(aud=[CLIENT], azp="other")), None, "several clients"),
        (lambda: _signed(_claims(exp=int(time.time()) - 120)), None, "expired"),
        (lambda: _signed(_claims(iat=int(time.time()) + 120)), None, "not valid yet"),
        (lambda: _signed(_claims(exp=None)), None, "exp"),
        (lambda: _signed(_claims(sub=None)), None, "sub"),
        (lambda: _signed(_claims(nonce="another")), None, "nonce"),
        (lambda: _signed(_claims(nonce=None)), None, "nonce"),
        (lambda: _signed(_claims(), None, "none"), None, "signed with none"),
        (lambda: _signed(_claims(), "x" * 40, "HS256"), None, "signed with HS256"),
        (lambda: _signed(_claims(), algorithm="RS512"), None, "signed with RS512"),
        (lambda: _signed(_claims(), kid="k9"), None, "no keys for its kid 'k9'"),
        (lambda: _signed(_claims(), kid=None), [_public("a"), _public("b", OTHER_KEY)], "2 keys"),
        (lambda: _signed(_claims()), [_public(use="enc")], "no keys"),
        (lambda: _signed(_claims()), [_public(n="!")], "not to be believed"),
        (lambda: "no.token", None, "not to be believed"),
        (lambda: "a.b.c", None, "not to be believed"),
    ],
)
def test_an_id_token_that_is_not_true_is_not_believed(
    token: Callable[[], str], keys: list[dict[str, Any]] | None, said: str
) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        _read(token(), keys, ("RS256", "HS256", "none"))
    assert said in caught.value.message


# -- the checks --------------------------------------------------------------------------------------------------


def _document(issuer: str = ISSUER, /, **changed: Any) -> dict[str, Any]:
    usual = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize?tenant=a",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email"],
        "code_challenge_methods_supported": ["S256"],
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def _checked(
    document: dict[str, Any], keys: list[dict[str, Any]] | Exception | None = None
) -> dict[str, str]:
    """Return the status of each check that did not pass."""

    def given(_: Provider) -> Any:
        if isinstance(keys, Exception):
            raise keys
        return [_public()] if keys is None else keys

    provider = Provider(f"{ISSUER}/.well-known/openid-configuration", ISSUER, document)
    rows = list(findings(SimpleNamespace(keys=given), provider))  # type: ignore[arg-type]
    assert len({row["check"] for row in rows}) == len(rows)
    assert all((row["fix"] is None) is (row["status"] == "pass") for row in rows if row["check"] != "keys")
    return {row["check"]: row["status"] for row in rows if row["status"] != "pass"}


_WEAK = _public(n="w" * 170)


@pytest.mark.parametrize(
    ("changed", "keys", "found"),
    [
        ({}, None, {}),
        ({"issuer": f"{ISSUER}/"}, None, {}),
        ({"issuer": "https://id.example.org/v2"}, None, {"issuer": "fail"}),
        ({"issuer": None}, None, {"fields": "fail", "issuer": "fail"}),
        ({"token_endpoint": None}, None, {"fields": "fail"}),
        ({"subject_types_supported": []}, None, {"fields": "fail"}),
        ({"token_endpoint": "http://id.example.org/token"}, None, {"https": "fail"}),
        ({"token_endpoint": "http://127.0.0.1:1/token"}, None, {}),
        ({"authorization_endpoint": "/authorize"}, None, {"https": "fail"}),
        ({"authorization_endpoint": "http://["}, None, {"https": "fail"}),
        ({"userinfo_endpoint": 7}, None, {"https": "fail"}),
        ({"response_types_supported": ["id_token"]}, None, {"code flow": "fail"}),
        ({"response_types_supported": "code"}, None, {"code flow": "fail"}),
        ({"id_token_signing_alg_values_supported": ["ES256"]}, None, {"signatures": "fail"}),
        ({"scopes_supported": ["email"]}, None, {"scope openid": "fail"}),
        ({"scopes_supported": ["openid"]}, None, {"scope email": "warn"}),
        ({"scopes_supported": None}, None, {"scope openid": "warn", "scope email": "warn"}),
        ({"token_endpoint_auth_methods_supported": ["client_secret_post"]}, None, {}),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, None, {"client": "fail"}),
        ({"code_challenge_methods_supported": None}, None, {"PKCE": "warn"}),
        ({"code_challenge_methods_supported": ["plain"]}, None, {"PKCE": "warn"}),
        ({}, [], {"keys": "fail"}),
        ({}, [_public(use="enc"), {"kty": "EC"}], {"keys": "fail"}),
        ({}, [_public("a"), _public("a", OTHER_KEY)], {"keys": "fail"}),
        ({}, [_public("a"), _public(None, OTHER_KEY)], {"keys": "fail"}),
        ({}, [_public("a"), _public("b", OTHER_KEY, use="sig")], {}),
        ({}, [_public(None)], {}),
        ({}, [_WEAK], {"keys": "fail"}),
        ({}, Unreachable("gone"), {"keys": "fail"}),
    ],
)
def test_each_fault_of_a_provider_is_found_and_no_other(
    changed: dict[str, Any], keys: Any, found: dict[str, str]
) -> None:
    assert _checked(_document(**changed), keys) == found


def test_the_sandboxs_provider_passes(run: Run, sandbox: Sandbox) -> None:
    done = run(*OPENID, "--check", "-o", "json")
    assert done.code == 0
    assert {row["status"] for row in done.json} == {"pass"}
    base = sandbox.facts["urls"]["bright"]
    assert done.json[0]["message"] == f"The document lies at {base}/.well-known/openid-configuration."
    named = run(*OPENID, "--check", "-o", "json", more={"ENERGYCTL_BRIGHT_OPENID_URL": f"{base}/nowhere"})
    assert (named.code, named.error["code"]) == (3, "not_found")
    assert f"{base}/nowhere/.well-known" in named.error["message"]


def test_the_document_may_lie_at_the_hosts_root(env: dict[str, str], home: Path) -> None:
    """Where the base path has none, or is not built; whose issuer is the host then."""
    for status in (404, 501):
        with OtherKit({}) as kit:
            kit.operations = _provider(kit.url, lambda nonce: nonce)
            kit.operations["GET /kit/.well-known/openid-configuration"] = lambda _, told=status: (told, {})
            done = client_of(f"{kit.url}/kit", env, home)("bright", "openid", "--check", "-o", "json")
            found = next(row for row in done.json if row["check"] == "issuer")
            assert (done.code, found["message"]) == (0, f"The issuer is {kit.url}, where the document lies.")


# -- signing in --------------------------------------------------------------------------------------------------


def test_a_person_signs_in(run: Run, sandbox: Sandbox) -> None:
    ended = started(run, *OPENID, "-o", "json", "-v")
    asked = page_shown(sandbox, "/kit/v1/openid/authorize")
    assert asked["scope"] == "openid email profile"
    nils = sandbox.facts["credentials"]["bright"]["persons"][1]
    shown = sign_in_at(sandbox, "/kit/v1/openid/authorize", {**asked, "login_hint": nils["email"]})
    done = ended.result(LIMIT_S)
    assert done.code == 0, done.err
    assert done.json["iss"] == sandbox.facts["urls"]["bright"]
    assert (done.json["email"], done.json["name"], done.json["nonce"]) == (
        nils["email"],
        nils["name"],
        asked["nonce"],
    )
    (sent,) = sandbox.requests(method="POST", path="/kit/v1/openid/token")
    assert set(sent["form"]) == {"grant_type", "code", "redirect_uri", "code_verifier"}
    secrets = (dict(shown.url.params)["code"], sandbox.facts["credentials"]["bright"]["client_secret"])
    assert not [one for one in secrets if one in done.out + done.err]
    assert "eyJ" not in done.out + done.err


def _provider(url: str, token: Callable[[str], str], **changed: Any) -> dict[str, Callable[[Asked], Answer]]:
    """Return the operations of an issuer; ``token`` makes the id token for the nonce that was sent."""
    nonce: list[str] = []

    def page(asked: Asked) -> Answer:
        nonce[:] = [asked.query["nonce"]]
        return 200, b"sign in here"

    def exchange(_: Asked) -> Answer:
        return 200, {"id_token": token(nonce[0]), "access_token": "token-of-the-kit"}

    return {
        "GET /.well-known/openid-configuration": lambda _: (200, _document(url, **changed)),
        "GET /keys": lambda _: (200, {"keys": [_public()]}),
        "GET /authorize": page,
        "POST /token": exchange,
        "GET /userinfo": lambda _: (200, {"sub": "u-1", "email": "a@example.org"}),
    }


def _signed_in(kit: OtherKit, env: dict[str, str], home: Path, *words: str) -> Done:
    run = client_of(kit.url, env, home)
    ended = started(run, "bright", "openid", "-o", "json", *words)
    until(lambda: kit.asked("GET /authorize") or ended.done())
    for shown in kit.asked("GET /authorize"):
        httpx.get(shown.query["redirect_uri"], params={"code": "c-1", "state": shown.query["state"]})
    return ended.result(LIMIT_S)


def test_another_provider_is_asked_as_its_document_says(env: dict[str, str], home: Path) -> None:
    """The secret in the form, the page's own parameters kept, and the e-mail address from userinfo."""
    with OtherKit({}) as kit:
        kit.operations = _provider(
            kit.url,
            lambda nonce: _signed(_claims(iss=kit.url, nonce=nonce)),
            token_endpoint_auth_methods_supported=["client_secret_post"],
            code_challenge_methods_supported=None,
        )
        done = _signed_in(kit, env, home, "--scope", "openid phone")
        (page,), (exchange,) = kit.asked("GET /authorize"), kit.asked("POST /token")
    assert done.code == 0, done.err
    assert (done.json["sub"], done.json["email"]) == ("u-1", "a@example.org")
    assert (page.query["tenant"], page.query["scope"]) == ("a", "openid phone")
    assert (exchange.body["client_id"], exchange.body["client_secret"]) == ("bright", "s3cret-of-the-kit")
    assert "PKCE: code_challenge_methods_supported is not there." in done.err
    assert "s3cret" not in done.out + done.err


@pytest.mark.parametrize(
    ("changed", "token", "more", "code", "said"),
    [
        ({}, lambda url, _: _signed(_claims(iss=url)), {}, "id_token_invalid", "nonce"),
        (
            {},
            lambda url, nonce: _signed(_claims(iss=url, nonce=nonce), OTHER_KEY),
            {},
            "id_token_invalid",
            "signature",
        ),
        (
            {},
            lambda url, nonce: _signed(_claims(iss=url, nonce=nonce)),
            {"GET /userinfo": lambda _: (200, {"sub": "u-2", "email": "b@example.org"})},
            "id_token_invalid",
            "another person",
        ),
        ({}, lambda *_: "", {}, "bad_answer", "without an id_token"),
        (
            {},
            lambda *_: "",
            {"POST /token": lambda _: (401, {"error": "invalid_client"})},
            "authentication_failed",
            "invalid_client",
        ),
        ({"issuer": "https://id.example.org"}, lambda *_: "", {}, "check_failed", "issuer"),
    ],
)
def test_a_sign_in_that_does_not_hold_is_refused(
    env: dict[str, str],
    home: Path,
    changed: dict[str, Any],
    token: Callable[[str, str], str],
    more: dict[str, Any],
    code: str,
    said: str,
) -> None:
    with OtherKit({}) as kit:
        kit.operations = {**_provider(kit.url, lambda nonce: token(kit.url, nonce), **changed), **more}
        done = _signed_in(kit, env, home)
    assert (done.error["code"], said in done.error["message"]) == (code, True), done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("answer", "code"), [((200, ["no", "object"]), 11), ((200, b"<html></html>"), 11), ((404, {}), 3)]
)
def test_a_document_that_is_none(env: dict[str, str], home: Path, answer: Answer, code: int) -> None:
    with OtherKit({"GET /.well-known/openid-configuration": lambda _: answer}) as kit:
        done = client_of(kit.url, env, home)("bright", "openid", "--check", "-o", "json")
    assert done.code == code, done.err


def test_the_rows_of_a_failed_check_are_the_result(env: dict[str, str], home: Path) -> None:
    with OtherKit({}) as kit:
        kit.operations = _provider(kit.url, lambda nonce: nonce, response_types_supported=["token"])
        done = client_of(kit.url, env, home)("bright", "openid", "--check", "-o", "json")
        assert kit.asked("GET /authorize") == []
    assert [row["check"] for row in done.json if row["status"] == "fail"] == ["code flow"]
    assert (done.code, done.error["hint"]) == (6, "Offer response_type=code; Bright uses it.")


@pytest.mark.parametrize(
    ("words", "client_id", "code", "said"),
    [(("--no-input",), "bright", 2, "--no-input"), ((), "''", 13, "needs 'client_id'")],
)
def test_what_a_sign_in_lacks_is_said_before_anything_is_asked(
    env: dict[str, str], home: Path, words: tuple[str, ...], client_id: str, code: int, said: str
) -> None:
    with OtherKit({}) as kit:
        run = client_of(kit.url, env, home, auth="none", client_id=client_id)
        done = run("bright", "openid", *words)
        checked = run("bright", "openid", "--check", *words)
        asked = len(kit.seen)
    assert (done.code, said in done.err) == (code, True), done.err
    assert (checked.code, asked) == (3, 1)
