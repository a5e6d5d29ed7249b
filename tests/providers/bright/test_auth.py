"""The data layer's sign-in by API key or none, and renewals by odd servers; the browser is in ``test_signin``."""

from __future__ import annotations

import io
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import AuthenticationFailed
from energyctl.core.session import Session
from energyctl.providers.bright.settings import SETTINGS
from energyctl.providers.bright.tokens import login_secrets, prove
from tests.conftest import Run, Sandbox
from tests.partner import Reply
from tests.providers.bright.conftest import KEY, Elsewhere
from tests.providers.bright.other_kit import client_of

SEARCH = ("bright", "accounts", "search", "--email", "a@example.org", "-o", "json")


def _session(env: dict[str, str], home: Path, url: str, **settings: str) -> Session:
    """Return a run within the test's own process."""
    client_of(url, env, home, **settings)
    inside = {**env, "ENERGYCTL_CONFIG": str(home / "kit.yaml"), "ENERGYCTL_STATE_DIR": str(home / "state")}
    return Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env=inside)


def test_a_key_is_tried_once_before_it_is_kept(sandbox: Sandbox, env: dict[str, str], home: Path) -> None:
    session = _session(env, home, sandbox.facts["urls"]["bright"])
    section = session.profile.section(SETTINGS)
    key = sandbox.facts["credentials"]["bright"]["api_key"]
    assert prove(session, section, "api_key", key) == {"proven": True}
    with pytest.raises(AuthenticationFailed, match="header X-Api-Key"):
        prove(session, section, "api_key", "a-wrong-key")
    sandbox.post("/bright/settings", {"not_built": ["search_accounts"]})
    assert prove(session, section, "api_key", "a-wrong-key") == {"proven": False}
    assert [one["method"] for one in sandbox.requests()] == ["GET"] * len(sandbox.requests())


@pytest.mark.parametrize(("mode", "secrets"), [("api-key", ("api_key",)), ("none", ())])
def test_each_way_of_signing_in_has_its_secrets(
    env: dict[str, str], home: Path, mode: str, secrets: tuple[str, ...]
) -> None:
    session = _session(env, home, "https://kit.example.org/v1", auth=mode)
    assert login_secrets(session.profile.section(SETTINGS)) == secrets


def test_the_sandbox_brings_its_key(run: Run, sandbox: Sandbox) -> None:
    (row,) = run("auth", "status", "bright", "-o", "json").json
    assert (row["secret"], row["is_set"], row["environment"]) == ("api_key", True, "sandbox")
    assert sandbox.requests() == []
    assert run("auth", "token", "bright").out.strip() == sandbox.facts["credentials"]["bright"]["api_key"]


def test_the_header_of_the_key_is_configurable_and_its_value_hidden(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts", [])
    done = elsewhere.client(api_key_header="Ocp-Subscription")(*SEARCH, "-v")
    assert done.code == 0, done.err
    ((_, _, headers, _),) = elsewhere.asked()
    assert headers["ocp-subscription"] == KEY
    assert "authorization" not in headers
    assert KEY not in done.err


def test_a_wrong_key_is_a_matter_of_credentials(sandbox: Sandbox, env: dict[str, str], home: Path) -> None:
    more = {**env, "WRONG": "a-wrong-key-1234567890"}
    run = client_of(sandbox.facts["urls"]["bright"], more, home, api_key="env:WRONG")
    done = run(*SEARCH)
    assert (done.code, done.error["http_status"]) == (4, 401)
    assert "bright.api_key_header is X-Api-Key" in done.error["hint"]
    assert done.error["details"]["uid"]


@pytest.mark.parametrize(
    ("settings", "key", "said"),
    [
        ({"api_key_header": "'X Api Key'"}, KEY, "not a header's name"),
        ({"api_key_header": "'X-Api-Key:'"}, KEY, "not a header's name"),
        ({}, "nyckel-å-1234567890", "signs that HTTP cannot carry"),
        ({}, "first\nsecond", "control character 0x0a"),
    ],
)
def test_what_no_header_can_carry_is_not_sent(
    elsewhere: Elsewhere, settings: dict[str, str], key: str, said: str
) -> None:
    done = elsewhere.client(**settings)(*SEARCH, more={"PLANTED_KEY": key})
    assert (done.code, done.out, elsewhere.asked()) == (13, "", [])
    assert said in done.error["message"]
    assert key not in done.err


def test_without_sign_in_no_credential_is_sent(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts", [{"accountId": "A"}])
    run = elsewhere.client(auth="none")
    assert run(*SEARCH).json == [{"accountId": "A"}]
    ((_, _, headers, _),) = elsewhere.asked()
    assert not {"x-api-key", "authorization"} & set(headers)
    assert run("auth", "status", "bright", "-o", "json").json == []
    token = run("auth", "token", "bright")
    assert (token.code, "bright.auth is none" in token.err) == (2, True)
    elsewhere.add("/accounts", {"message": "who are you"}, 401)
    refused = run(*SEARCH)
    assert (refused.code, "bright.auth is none" in refused.error["hint"]) == (4, True)


@pytest.mark.parametrize(
    ("status", "ended", "fix"),
    [
        (200, "pass", ""),
        (400, "cannot-know", "bright.parameters"),
        (404, "cannot-know", "bright.endpoints"),
        (405, "cannot-know", "bright.endpoints"),
        (422, "cannot-know", "bright.parameters"),
        (501, "cannot-know", "bright.endpoints"),
        (403, "fail", ""),
    ],
)
def test_the_doctor_takes_no_answer_to_the_question_for_one_to_the_credential(
    elsewhere: Elsewhere, status: int, ended: str, fix: str
) -> None:
    elsewhere.add("/accounts", [] if status == 200 else {"message": "no"}, status)
    done = elsewhere.client()("doctor", "bright", "--online", "-o", "json")
    (row,) = [one for one in done.json if one["check"] == "sign-in"]
    assert (done.code, row["status"]) == (4 if ended == "fail" else 0, ended), row
    assert fix in (row["fix"] or "")


def test_the_doctor_fails_a_sign_in_whose_token_endpoint_is_not_there(
    elsewhere: Elsewhere, home: Path
) -> None:
    elsewhere.add("/accounts", [])
    done = _oauth(elsewhere, home)[0]("doctor", "bright", "--online", "-o", "json")
    (row,) = [one for one in done.json if one["check"] == "sign-in"]
    assert (row["status"], "token renewal" in row["message"]) == ("fail", True)


# -- tokens of servers that differ; the contract leaves their answer open (4.3) ------------------------------------


def _oauth(elsewhere: Elsewhere, home: Path, **settings: str) -> tuple[Run, Path]:
    kept = home / "refresh"
    kept.write_text("refresh-token-1234567890\n")
    kept.chmod(0o600)
    return elsewhere.client(auth="oauth", refresh_token=f"file:{kept}", **settings), kept


@pytest.mark.parametrize(
    "more", [{}, {"expires_in": "3600"}, {"expires_in": "soon"}, {"expires_in": None}, {"expires_in": -5}]
)
def test_a_token_of_any_lifetime_serves(elsewhere: Elsewhere, home: Path, more: dict[str, Any]) -> None:
    elsewhere.add("/auth/refresh_token", {"access_token": "access-token-1234567890", **more})
    elsewhere.add("/accounts", [])
    run, kept = _oauth(elsewhere, home, scope="'a b'")
    done = run(*SEARCH)
    assert (done.code, done.json) == (0, []), done.err
    (_, query, _, body), (_, _, headers, _) = elsewhere.asked()
    assert query == {}
    assert body == {
        "grant_type": "refresh_token",
        "client_id": "bright",
        "client_secret": "s3cret-of-the-kit",
        "refresh_token": "refresh-token-1234567890",
        "scope": "a b",
    }
    assert headers["authorization"] == "Bearer access-token-1234567890"
    assert kept.read_text() == "refresh-token-1234567890\n"


@pytest.mark.parametrize(
    "answer", [{}, [], {"access_token": ""}, {"access_token": 7}, {"access_token": "a\nb"}]
)
def test_an_answer_without_a_token_is_told(elsewhere: Elsewhere, home: Path, answer: Any) -> None:
    elsewhere.add("/auth/refresh_token", answer)
    done = _oauth(elsewhere, home)[0](*SEARCH)
    assert (done.code, done.out) == (11, "")
    assert "without an access_token" in done.error["message"]


@pytest.mark.parametrize(
    ("status", "ends", "said"),
    [
        (404, (4, "authentication_failed"), "The access token cannot be renewed: "),
        (
            501,
            (10, "not_built"),
            "The Organisation's sign-in server failed at the token renewal (status 501)",
        ),
        (403, (4, "authentication_failed"), "The stored refresh token is not accepted: "),
    ],
)
def test_a_failed_renewal_is_not_told_as_one_of_the_operation(
    elsewhere: Elsewhere, home: Path, status: int, ends: tuple[int, str], said: str
) -> None:
    elsewhere.add("/auth/refresh_token", {"message": "nothing here"}, status)
    done = _oauth(elsewhere, home)[0]("bright", "locations", "list", "--account", "A-500001", "-o", "json")
    assert ((done.code, done.error["code"]), done.error["http_status"]) == (ends, status)
    assert (done.error["operation"], done.error["message"].startswith(said)) == ("refresh_token", True)
    assert "nothing here" in done.error["message"]
    assert "get_locations" not in f"{done.error['message']} {done.error['hint']}"


def test_a_body_that_is_dropped_is_followed_by_the_query_and_the_new_token_kept(
    elsewhere: Elsewhere, home: Path
) -> None:
    def renewed(request: BaseHTTPRequestHandler) -> Reply:
        if "refresh_token=" not in request.path:
            return Reply({"message": "refresh_token must be given."}, 400)
        return Reply({"access_token": "access-token-1234567890", "refresh_token": "the-next-one-1234567890"})

    elsewhere.add("/auth/refresh_token", renewed)
    elsewhere.add("/accounts", [])
    run, kept = _oauth(elsewhere, home)
    done = run(*SEARCH, "-v")
    assert done.code == 0, done.err
    assert [bool(query) for _, query, _, _ in elsewhere.asked()] == [False, True, True]
    assert kept.read_text() == "the-next-one-1234567890\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    for secret in (
        "refresh-token-1234567890",
        "the-next-one-1234567890",
        "access-token-1234567890",
        "s3cret-of",
    ):
        assert secret not in done.err


@pytest.mark.parametrize(
    ("settings", "variables"),
    [
        ({"refresh_token": "env:OTHER"}, {"OTHER": "refresh-token-of-another"}),
        ({"audience": "https://kit"}, {}),
        ({"refresh_token": "env:ONE"}, {"ONE": "refresh-token-of-another"}),
    ],
    ids=["another place", "another audience", "another value of a variable"],
)
def test_another_refresh_token_or_audience_gets_an_access_token_of_its_own(
    elsewhere: Elsewhere, settings: dict[str, str], variables: dict[str, str]
) -> None:
    def renewed(request: BaseHTTPRequestHandler) -> Reply:
        del request
        return Reply({"access_token": f"access-token-{len(elsewhere.asked()):020}"})

    elsewhere.add("/auth/refresh_token", renewed)
    elsewhere.add("/accounts", [])
    former = {"auth": "oauth", "refresh_token": "env:ONE"}
    more = {"ONE": "refresh-token-1234567890"}
    for given, around in ((former, more), ({**former, **settings}, {**more, **variables})):
        done = elsewhere.client(**given)(*SEARCH, more=around)
        assert done.code == 0, done.err
    used = [headers["authorization"] for _, _, headers, body in elsewhere.asked() if not body]
    assert len(set(used)) == len(used) == 2


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            (401, "The refresh token was revoked"),
            (400, "grant_type must be in the body"),
            ["was revoked", "sent in the query", "must be in the body"],
        ),
        ((401, "The refresh token was revoked"), (404, "No such page"), ["was revoked", "No such page"]),
        ((401, "The refresh token was revoked"), (401, "The refresh token was revoked"), ["was revoked"]),
        (
            (400, "refresh_token is missing"),
            (401, "The refresh token was revoked"),
            ["is missing", "was revoked"],
        ),
        ((405, "No body in a GET"), (401, "The refresh token was revoked"), ["was revoked"]),
    ],
)
def test_the_refusal_that_tells_why_is_not_hidden_by_the_other(
    elsewhere: Elsewhere, home: Path, first: tuple[int, str], second: tuple[int, str], told: list[str]
) -> None:
    def renewed(request: BaseHTTPRequestHandler) -> Reply:
        status, said = second if "refresh_token=" in request.path else first
        return Reply({"name": "Refused", "message": said}, status)

    elsewhere.add("/auth/refresh_token", renewed)
    done = _oauth(elsewhere, home)[0](*SEARCH)
    assert (done.code, done.error["hint"]) == (4, "Sign in again: energyctl auth login bright")
    message = done.error["message"]
    assert all(one in message for one in told), message
    assert ("No body" in message, message.count("was revoked")) == (False, 1)
