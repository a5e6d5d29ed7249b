"""``token mint`` and ``token inspect``: what a token says, in what forms it may come, and how that ends."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import UsageProblem
from energyctl.providers.emulate.jwts import is_signed_by, read_token
from tests.conftest import Run, Sandbox
from tests.properties import examples
from tests.providers.emulate.conftest import AUDIENCE, say, token

INSPECT = ("emulate", "token", "inspect")
MINT = ("emulate", "token", "mint")


# -- mint ----------------------------------------------------------------------------------------------------


def test_a_minted_token_is_printed_alone_and_holds_what_the_contract_wants(run: Run, keys: Any) -> None:
    before = time.time()
    done = run(*MINT, "--ttl", "5m")
    assert (done.code, done.err, len(done.out.splitlines())) == (0, "", 1)
    text = done.out.strip()
    assert jwt.get_unverified_header(text) == {"alg": "RS256", "typ": "JWT"}
    public = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).prepare_key(keys["retailer"])
    claims = jwt.decode(text, public.public_key(), ["RS256"], audience=AUDIENCE)
    assert set(claims) == {"aud", "retailer", "iat", "exp"}
    assert (claims["aud"], claims["retailer"]) == (AUDIENCE, 42)
    assert before + 299 <= claims["exp"] <= time.time() + 300
    assert claims["iat"] < before  # a server whose clock is behind must not think that it is from the future


def test_mint_for_one_customer_with_claims_of_ones_own(run: Run) -> None:
    done = run(*MINT, "--customer", "C-100003", "--claim", "note=x", "--claim", "n:=1", "-o", "json")
    assert set(done.json) == {"token", "api", "key_fingerprint", "claims", "expires_at"}
    assert done.json["api"] == "single-customer"
    assert (
        done.json["claims"].items() >= {"customer": "C-100003", "note": "x", "n": 1, "retailer": 42}.items()
    )
    assert done.json["key_fingerprint"].startswith("SHA256:")
    ends = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(done.json["claims"]["exp"]))
    assert done.json["expires_at"].startswith(ends)
    own = run("emulate", "customers", "show", "C-100003", more=say(done.json["token"]))
    assert (own.code, own.rows[0]["id"]) == (0, "C-100003")


def test_claim_names_and_audience_are_the_profiles(run: Run) -> None:
    more = {
        "ENERGYCTL_EMULATE_CLAIMS": '{"retailer": "sub", "customer": "cust_id"}',
        "ENERGYCTL_EMULATE_AUDIENCE": "x:y",
        "ENERGYCTL_EMULATE_TOKEN_TTL": "2h",
    }
    claims = run(*MINT, "--customer", "C-1", "-o", "json", more=more).json["claims"]
    assert {name: claims[name] for name in ("aud", "sub", "cust_id")} == {
        "aud": "x:y",
        "sub": 42,
        "cust_id": "C-1",
    }
    assert claims["exp"] - claims["iat"] == 7200 + 60


@pytest.mark.parametrize(
    ("words", "more", "code", "said"),
    [
        (("--ttl", "5"), {}, 2, "--ttl"),
        (("--ttl", "1s"), {}, 2, "10 seconds"),
        (("--ttl", "soon"), {}, 2, "--ttl"),
        (("--claim", "foo"), {}, 2, "name:=JSON"),
        (("--claim", "n:=x"), {}, 2, "not JSON"),
        (("--customer", ""), {}, 2, "empty"),
        (("--claim", "exp:=99999999999999"), {}, 2, "exp"),
        (("--claim", "exp:=true"), {}, 2, "exp"),
        (("--claim", 'exp:="soon"'), {}, 2, "exp"),
        (("--claim", "nbf:=null"), {}, 2, "nbf"),
        (("--claim", "iat:=[1]"), {}, 2, "iat"),
        (("--claim", "iss:=5"), {}, 2, "iss"),
        ((), {"ENERGYCTL_EMULATE_CLAIMS": '{"retailer": "iss"}'}, 13, "emulate.claims"),
        ((), {"ENERGYCTL_EMULATE_TOKEN_TTL": "5"}, 13, "emulate.token_ttl"),
        ((), {"ENERGYCTL_EMULATE_TOKEN_TTL": "1s"}, 13, "emulate.token_ttl"),
        ((), {"ENERGYCTL_EMULATE_CLAIMS": '{"retailr": "x"}'}, 13, "emulate.claims"),
        ((), {"ENERGYCTL_EMULATE_CLAIMS": '{"retailer": "exp"}'}, 13, "emulate.claims"),
        ((), {"ENERGYCTL_EMULATE_CLAIMS": '{"retailer": 7}'}, 13, "emulate.claims"),
        ((), {"ENERGYCTL_EMULATE_CLAIMS": "retailer"}, 13, "not a JSON object"),
        ((), {"ENERGYCTL_EMULATE_RETAILER_ID": "forty-two"}, 13, "whole number"),
    ],
)
def test_what_mint_refuses(
    run: Run, words: tuple[str, ...], more: dict[str, str], code: int, said: str
) -> None:
    done = run(*MINT, *words, more=more)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


# -- inspect -------------------------------------------------------------------------------------------------


def test_inspect_says_everything_and_changes_nothing(run: Run, sandbox: Sandbox) -> None:
    done = run(*INSPECT, "-o", "json")
    assert done.code == 0
    assert list(done.json) == ["api", "header", "claims", "times", "signature", "checks"]
    assert done.json["signature"] == "right, by emulate.retailer_key"
    assert "(in 9 min" in done.json["times"]["expires"] or "(in 10 min" in done.json["times"]["expires"]
    assert [set(row) for row in done.json["checks"]] == [{"check", "status", "message", "fix"}] * 7
    assert {row["status"] for row in done.json["checks"]} == {"pass"}
    assert sandbox.requests() == []
    table = run(*INSPECT, "-o", "table").out
    assert "claims.retailer  42" in table
    assert "not_expired" in table


def _forms(text: str) -> dict[str, tuple[str, str]]:
    head, claims, signature = text.split(".")
    return {
        "Bearer": (f"Bearer {text}", "'Bearer'"),
        "header": (f"Authorization: Bearer {text}\n", "'Bearer'"),
        "quotes": (f'"{text}"', "quotes"),
        "lines": (f"{head}.\n{claims}.\r\n{signature}\n", "line breaks"),
        "cut off": (text[:-9], "cut off"),
        "no signature": (f"{head}.{claims}.", "cut off"),
        "odd signature": (f"{head}.{claims}.x!y", "cut off"),
    }


@pytest.mark.parametrize(
    "form", ["Bearer", "header", "quotes", "lines", "cut off", "no signature", "odd signature"]
)
def test_a_token_that_was_pasted_badly_is_read_all_the_same(run: Run, keys: Any, form: str) -> None:
    text, said = _forms(token(keys["retailer"]))[form]
    done = run(*INSPECT, "-", "-o", "json", input=text)
    assert (done.code, done.error["code"]) == (4, "token_unfit")
    assert done.json["claims"]["retailer"] == 42
    assert said in done.json["checks"][0]["message"]
    assert done.json["checks"][0]["status"] == "fail"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("abc", "1 part "),
        ("a.b", "2 parts"),
        ("a.b.c", "its header"),
        ("e30.W10.x", "its claims is not a JSON object"),
        ("e30.eyJ9.x", "its claims"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "a private key"),
        ("x" * 30_000, "30,000 characters"),
    ],
)
def test_what_is_no_token(text: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said) as caught:
        read_token(text)
    assert caught.value.code == "token_malformed"
    assert "MIIE" not in str(caught.value)


def test_no_token_on_the_command_line(run: Run) -> None:
    for given_text in ("", "a.b"):
        done = run(*INSPECT, given_text)
        assert (done.code, done.out) == (2, "")
        assert "not a token" in done.err


@examples(60)
@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.from_regex(r"[\w-]{0,20}(\.[\w-]{0,20}){0,3}"))
def test_any_text_is_a_token_or_said_to_be_none(text: str) -> None:
    said = None
    try:
        found = read_token(text)
    except UsageProblem as problem:
        said = (problem.message, problem.hint)
    if said is None:
        assert found.compact.count(".") == 2
    else:
        assert all(said)


@examples(40)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=4,
    )
)
def test_any_claims_can_be_read(value: Any) -> None:
    text = jwt.encode({"exp": 1, "x": value}, "k" * 32, "HS256")
    found = read_token(text)
    assert json.dumps(found.claims["x"]) == json.dumps(value)
    assert found.time_of("exp") == "1970-01-01T00:00:01Z"
    assert found.time_of("x") is None or isinstance(value, int | float)


def test_signatures(rsa_key: Any, keys: Any) -> None:
    good = read_token(token(rsa_key))
    assert is_signed_by(good, rsa_key.public_key())
    assert not is_signed_by(read_token(token(keys["retailer"])), rsa_key.public_key())
    assert not is_signed_by(read_token(token(rsa_key, "RS512")), rsa_key.public_key())
    head, claims, _ = good.compact.split(".")
    assert not is_signed_by(read_token(f"{head}.{claims}."), rsa_key.public_key())


def test_a_key_given_verifies(run: Run, home: Any, pem: str, rsa_key: Any) -> None:
    (home / "k.pem").write_text(pem)
    stranger = token(rsa_key)
    right = run(*INSPECT, "-", "--key", "k.pem", "-o", "json", input=stranger)
    assert (right.json["signature"], right.code) == ("right, by k.pem", 0)
    assert {row["check"] for row in right.json["checks"] if row["status"] == "cannot-know"} == {
        "key_environment",
        "key_api",
        "retailer_id",
    }
    mine = run(*MINT).out
    wrong = run(*INSPECT, "-", "--key", "k.pem", "-o", "json", input=mine)
    assert (wrong.code, wrong.json["signature"]) == (4, "wrong: not that of k.pem")
    assert "its signature is wrong" in wrong.error["message"]
    other = run(*INSPECT, "-", "-o", "json", input=stranger)
    assert other.code == 0, other.err  # a key that the profile lacks may be registered all the same
    assert other.json["signature"] == (
        "not verified: it is of none of the profile's keys (emulate.retailer_key, emulate.customer_key)"
    )
    (home / "bad.pem").write_text("nothing")
    bad = run(*INSPECT, "-", "--key", "bad.pem", input=mine)
    assert (bad.code, "--key bad.pem" in bad.err) == (2, True)
    assert run(*INSPECT, "-", "--key", "nowhere.pem", input=mine).code == 2
    assert run(*INSPECT, "-", "--api", "brp", input=mine).code == 2


@pytest.mark.parametrize(
    ("claims", "check", "said"),
    [
        ({"exp": 12}, "not_expired", "It expired"),
        ({"exp": "never"}, "not_expired", "'never'"),
        ({"exp": True}, "not_expired", "True"),
        ({"nbf": 4e9}, "not_expired", "only holds from"),
        ({"iat": 4e9}, "not_expired", "only holds from"),
        ({"retailer": True}, "retailer_id", "True"),
        ({"aud": ["a", "b"]}, "audience", '["a", "b"]'),
        ({"aud": None}, "audience", "no audience"),
    ],
)
def test_claims_that_would_be_refused(
    run: Run, keys: Any, claims: dict[str, Any], check: str, said: str
) -> None:
    text = _signed(keys["retailer"], claims)
    done = run(*INSPECT, "-", "-o", "json", input=text)
    assert done.code == 4
    (failed,) = [row for row in done.json["checks"] if row["status"] == "fail"]
    assert (failed["check"], said in failed["message"]) == (check, True)


def _signed(key: str, claims: dict[str, Any]) -> str:
    """Sign any claims; the library itself refuses some."""
    kept = {"aud": AUDIENCE, "retailer": 42, **claims}
    said = json.dumps({name: value for name, value in kept.items() if value is not None}).encode()
    return jwt.api_jws.PyJWS().encode(said, key, "RS256")
