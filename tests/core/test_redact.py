"""The one filter: what it hides, and what it leaves."""

from __future__ import annotations

import pytest

from energyctl.core.redact import HIDDEN, Redactor, is_secret_name


@pytest.mark.parametrize(
    "name",
    ["password", "Passphrase", "client_secret", "clientSecret", "access_token", "refreshToken", "X-Api-Key", "apiKey",
     "Authorization", "Set-Cookie", "private_key", "pin", "sig", "X-Amz-Signature", "credentials"],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["token_type", "expires_in", "tokenEndpoint", "shipping", "opinion", "sign", "name", "compass"]
)
def test_names_of_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {HIDDEN}"),
        ("basic dXNlcjpwYXNz", f"basic {HIDDEN}"),
        ("x eyJhbGciOi.eyJzdWIi.c2ln y", f"x {HIDDEN} y"),
        ("pay DE89370400440532013000 now", "pay DE89…00 now"),
        ("pay DE89 3704 0044 0532 0130 00 now", "pay DE89…00 now"),
        ("http://h/p?page=2&access_token=abc&x=1#f", f"http://h/p?page=2&access_token={HIDDEN}&x=1#f"),
        ("https://h/a.pdf?sp=r&se=2026&sig=a%2Bb%3D", f"https://h/a.pdf?sp=r&se=2026&sig={HIDDEN}"),
        ("https://joe:hush@h/p", f"https://{HIDDEN}@h/p"),
        ("mail ops@example.org about https://h/p", "mail ops@example.org about https://h/p"),
        ("order 400000001 in 10115 Berlin", "order 400000001 in 10115 Berlin"),
        ("MaLo 82065817787, meter 1ESY5116495728", "MaLo 82065817787, meter 1ESY5116495728"),
    ],
)
def test_text(text: str, shown: str) -> None:
    assert Redactor().text(text) == shown


def test_a_secret_that_is_known_is_hidden_wherever_it_stands() -> None:
    redactor = Redactor()
    redactor.learn("s3cret")
    redactor.learn("s3cret-and-more")
    redactor.learn("abc")
    assert redactor.text("a s3cret-and-more b s3cretc abc") == f"a {HIDDEN} b {HIDDEN}c abc"
    assert redactor.data({"a": ["s3cret", 1, None], "s": {"b": "xs3cretx"}}) == {
        "a": [HIDDEN, 1, None],
        "s": {"b": f"x{HIDDEN}x"},
    }


def test_data_is_hidden_by_the_names_of_its_fields() -> None:
    data = {
        "password": "x",
        "token": {"a": 1},
        "apiKey": None,
        "secret": "",
        "list": [{"pin": 1234}],
        "n": 1.5,
    }
    assert Redactor().data(data) == {
        "password": HIDDEN,
        "token": HIDDEN,
        "apiKey": None,
        "secret": "",
        "list": [{"pin": HIDDEN}],
        "n": 1.5,
    }


def test_headers_keep_their_order() -> None:
    headers = [("Accept", "x"), ("authorization", "Bearer abcdef"), ("Via", "Bearer abcdef")]
    assert Redactor().headers(headers) == [
        ("Accept", "x"),
        ("authorization", HIDDEN),
        ("Via", f"Bearer {HIDDEN}"),
    ]
