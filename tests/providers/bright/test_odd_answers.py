"""What a backend may answer instead of what was asked for: errors of any shape, 501, pages of HTML, redirects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Run, Sandbox
from tests.partner import Partner, Reply
from tests.providers.bright.conftest import ACCOUNT, KEY, Elsewhere

SHOW = ("bright", "accounts", "show", "A-500001", "-o", "json")
KIT = {
    "name": "GenericError",
    "message": "Meter is being exchanged.",
    "status": 400,
    "error": True,
    "key": "1056",
    "uid": "0c6d",
}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (KIT, "Meter is being exchanged. (GenericError, 1056)"),
        ({"message": "no"}, "no"),
        ({**KIT, "name": None, "key": 1056}, "Meter is being exchanged. (1056)"),
        ({"errorCode": "invalidParameters", "details": "x"}, "status 400"),
        ({"errors": [{"detail": "first"}, {"detail": "second"}]}, "first; second"),
        ({"message": "\x1b[31mred"}, "red"),
        (b"<html>Secret page</html>", "status 400"),
        (b"", "status 400"),
        ([], "status 400"),
    ],
)
def test_an_error_of_any_shape_is_two_useful_lines(elsewhere: Elsewhere, answer: Any, said: str) -> None:
    elsewhere.add("/accounts/A-500001", answer, 400)
    done = elsewhere.client()(*SHOW[:-2], "-q")
    assert (done.code, done.out) == (6, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 2
    assert "Secret page" not in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 6), (401, 4), (403, 5), (404, 3), (409, 6), (429, 7), (500, 10), (501, 10), (503, 10)],
)
def test_each_status_has_its_exit_code_and_the_kits_details(
    elsewhere: Elsewhere, status: int, code: int
) -> None:
    body = {**KIT, "status": status}
    elsewhere.add("/accounts/A-500001", body, status)
    done = elsewhere.client()(*SHOW)
    assert (done.code, done.error["http_status"]) == (code, status)
    assert done.error["details"] == body
    assert "Meter is being exchanged" in done.error["message"]


def test_what_is_not_built_is_told_so(run: Run, sandbox: Sandbox, elsewhere: Elsewhere) -> None:
    sandbox.post("/bright/settings", {"not_built": ["get_agreements"]})
    done = run("bright", "agreements", "list", *ACCOUNT, "-o", "json")
    assert (done.code, done.error["code"]) == (10, "not_built")
    assert done.error["message"].startswith("The Organisation has not built get_agreements (status 501): ")
    assert "may leave parts of the Kit out" in done.error["hint"]
    assert len(sandbox.requests(path="/kit/v1/accounts/A-500001/agreements/SRV-500001-11")) == 1
    elsewhere.add("/accounts/A-500001", {**KIT, "status": 501}, 501)
    outside = elsewhere.client()(*SHOW)
    assert "has not built get_account" in outside.error["message"]
    assert "only inferred" in outside.error["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "an HTML page"),
        (b"", "an empty body"),
        (b'{"accountId": ', "broken or cut off"),
        (b'{"accountId": NaN}', "JSON"),
        ([{"accountId": 1}, {"accountId": 2}], "with a list where an object was expected"),
        ("A-500001", "with a bare value where an object was expected"),
    ],
)
def test_what_is_no_account_is_not_understood(elsewhere: Elsewhere, body: Any, said: str) -> None:
    elsewhere.add("/accounts/A-500001", body)
    done = elsewhere.client()(*SHOW)
    assert (done.code, done.out) == (11, "")
    assert said in done.error["message"]
    assert done.error["hint"]


def test_a_list_that_cannot_be_told_apart_is_told(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/user-roles", {"owners": [{"id": 1}], "guests": [{"id": 2}]})
    done = elsewhere.client()("bright", "users", "list", *ACCOUNT, "-o", "json")
    assert (done.code, done.error["operation"]) == (11, "get_user_roles")
    assert "owners, guests" in done.error["message"]


def test_a_redirect_is_not_followed_with_the_key(elsewhere: Elsewhere) -> None:
    with Partner() as other:
        other.add("/in", Reply({"accountId": "A-500001"}))
        elsewhere.add("/accounts/A-500001", {}, 302, Location=f"{other.url}/in")
        done = elsewhere.client()(*SHOW)
        assert other.seen == []
    assert (done.code, done.out) == (11, "")
    assert other.url in done.error["hint"]
    assert KEY not in done.err


def test_a_read_is_tried_again_and_a_rate_limit_told(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("bright:503@GET /kit/v1/accounts#2")
    assert run(*SHOW).json["accountId"] == "A-500001"
    assert len(sandbox.requests()) == 3
    sandbox.fault("bright:429=30@GET /kit/v1/accounts#1")
    limited = run(*SHOW)
    assert (limited.code, limited.error["retry_after_s"]) == (7, 30.0)


def test_control_signs_of_a_server_are_harmless_on_every_way_out(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001", {"accountId": "A\x1b[31m", "name": "x\ty\nz"})
    run = elsewhere.client()
    for form in ("table", "tsv", "csv", "json", "yaml", "ids"):
        done = run(*SHOW[:-1], form)
        assert done.code == 0, form
        assert "\x1b" not in done.out, form
