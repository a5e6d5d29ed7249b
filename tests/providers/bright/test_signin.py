"""The sign-in to the data layer: a person with a browser once, and renewals without anybody."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.conftest import Done, Run, Sandbox
from tests.providers.bright.browser import LIMIT_S, page_shown, sign_in_at, started, until
from tests.providers.bright.other_kit import Answer, Asked, OtherKit, client_of
from tests.test_terminal import Terminal

PAGE = "/kit/v1/auth/authorize"
RENEWAL = "/kit/v1/auth/refresh_token"
LOGIN = ("auth", "login", "bright", "-o", "json")
SEARCH = ("bright", "accounts", "search", "--ssn", "191212121212", "-o", "ids", "-q")


@pytest.fixture
def secret(sandbox: Sandbox) -> str:
    return str(sandbox.facts["credentials"]["bright"]["client_secret"])


@pytest.fixture
def kept(home: Path) -> Path:
    """Where the refresh token is kept."""
    return home / "refresh-token"


@pytest.fixture
def client(sandbox: Sandbox, env: dict[str, str], home: Path, secret: str, kept: Path) -> Run:
    """Runs against the sandbox's backend, signed in to by OAuth."""
    settings = {"auth": "oauth", "refresh_token": f"file:{kept}", "scope": "openid email"}
    return client_of(sandbox.facts["urls"]["bright"], {**env, "KIT_SECRET": secret}, home, **settings)


@pytest.fixture
def signed_in(client: Run, sandbox: Sandbox) -> Run:
    """The same, with a refresh token and an access token."""
    run = started(client, *LOGIN)
    assert sign_in_at(sandbox, PAGE, page_shown(sandbox, PAGE)).status_code == 200
    done = run.result(LIMIT_S)
    assert done.code == 0, done.err
    sandbox.forget_requests()
    return client


def _forget_access_token(env: dict[str, str]) -> None:
    for file in (Path(env["XDG_STATE_HOME"]) / "energyctl/tokens").glob("bright-*.json"):
        file.unlink()


def test_a_person_signs_in_once(
    client: Run, sandbox: Sandbox, env: dict[str, str], kept: Path, secret: str
) -> None:
    before = client(*SEARCH)
    assert (before.code, before.err) == (
        4,
        f"error: No refresh token is kept in {kept} yet.\n  Sign in: energyctl auth login bright\n",
    )
    run = started(client, *LOGIN, "-v")
    asked = page_shown(sandbox, PAGE)
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid email"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 32
    assert "audience" not in asked
    shown = sign_in_at(sandbox, PAGE, asked)
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert "script" not in shown.text
    code = dict(shown.url.params)["code"]
    done = run.result(LIMIT_S)
    assert done.code == 0, done.err
    assert done.json == {
        "provider": "bright",
        "profile": "work",
        "signed_in": True,
        "token_expires_in_s": 3599,
        "refresh_token_kept": True,
    }
    assert kept.stat().st_mode & 0o777 == 0o600
    assert f"Sign in at:\n{sandbox.facts['urls']['bright']}/auth/authorize?response_type=code" in done.err
    (sent,) = sandbox.requests(method="POST", path=PAGE)
    assert "code_verifier" in sent["json"]
    after = client(*SEARCH, "-v")
    assert (after.code, after.out) == (0, "A-500001\n")
    (file,) = (Path(env["XDG_STATE_HOME"]) / "energyctl/tokens").glob("bright-*.json")
    secrets = (code, secret, kept.read_text().strip(), json.loads(file.read_text())["value"])
    assert not [one for one in secrets if one in done.out + done.err + after.err + shown.text]


@pytest.mark.parametrize(
    ("approve", "changed", "code", "said"),
    [
        ("0", {}, "sign_in_refused", "access_denied"),
        ("1", {"state": "of-somebody-else"}, "state_mismatch", "another 'state'"),
    ],
)
def test_a_refusal_or_somebody_elses_answer_signs_nobody_in(
    client: Run, sandbox: Sandbox, kept: Path, approve: str, changed: dict[str, str], code: str, said: str
) -> None:
    run = started(client, *LOGIN)
    shown = sign_in_at(sandbox, PAGE, {**page_shown(sandbox, PAGE), **changed}, approve)
    assert (shown.status_code, "Not signed in" in shown.text) == (400, True)
    done = run.result(LIMIT_S)
    assert (done.code, done.error["code"]) == (4, code)
    assert said in done.error["message"]
    assert sandbox.requests(method="POST", path=PAGE) == []
    assert not kept.exists()


@pytest.mark.parametrize(
    ("words", "more", "code", "said"),
    [
        (["--no-input"], {}, 2, "--no-input"),
        (["--timeout", "2"], {}, 8, "within 2 s"),
        ([], {"ENERGYCTL_BRIGHT_CLIENT_ID": "stranger"}, 6, "client_id is unknown"),
        ([], {"ENERGYCTL_BRIGHT_REFRESH_TOKEN": "a-given-one"}, 13, "cannot be kept"),
        ([], {"ENERGYCTL_BRIGHT_BASE_URL": "http://127.0.0.1:9"}, 10, "cannot be reached"),
    ],
)
def test_what_stands_in_the_way_is_known_before_anybody_signs_in(
    client: Run, words: list[str], more: dict[str, str], code: int, said: str
) -> None:
    done = client(*LOGIN, *words, more=more)
    assert (done.code, said in done.error["message"]) == (code, True), done.err
    assert "a-given-one" not in done.err


def test_a_port_of_the_profile_is_used_and_one_in_use_is_told(
    client: Run, home: Path, sandbox: Sandbox
) -> None:
    config = home / "kit.yaml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(f"{config.read_text()}      redirect_port: {port}\n      audience: https://kit\n")
        refused = client(*LOGIN)
        assert (refused.code, refused.error["code"]) == (13, "port_taken")
    run = started(client, *LOGIN)
    asked = page_shown(sandbox, PAGE)
    assert asked["redirect_uri"] == f"http://127.0.0.1:{port}/callback"
    assert asked["audience"] == "https://kit"
    sign_in_at(sandbox, PAGE, asked)
    assert run.result(LIMIT_S).code == 0


# -- on a terminal -----------------------------------------------------------------------------------------------


def test_the_address_of_a_browser_elsewhere_can_be_pasted(
    client: Run, sandbox: Sandbox, env: dict[str, str], home: Path, secret: str
) -> None:
    del client
    inside = {**env, "ENERGYCTL_CONFIG": str(home / "kit.yaml"), "KIT_SECRET": secret}
    terminal = Terminal("auth", "login", "bright", env=inside)
    terminal.until("press Enter here")
    asked = page_shown(sandbox, PAGE)
    root = sandbox.facts["urls"]["bright"]
    there = httpx.get(f"{root}/auth/authorize", params={**asked, "approve": "1"}).headers["Location"]
    terminal.type("\n")
    terminal.until("it is not shown")
    terminal.type("https://elsewhere.example/nothing\n")
    terminal.until("still waiting")
    terminal.type("\n")
    until(lambda: terminal._read(0.1) and terminal.text.count("it is not shown") == 2)
    terminal.type(f"{there}\n")
    assert terminal.end() == 0, terminal.text
    assert "code=" not in terminal.text


def test_a_missing_client_secret_is_asked_for_and_kept_and_the_browser_opened(
    sandbox: Sandbox, env: dict[str, str], home: Path, secret: str, kept: Path
) -> None:
    (home / "rings.py").write_text(_RING)
    ring = {**env, "PYTHONPATH": str(home), "PYTHON_KEYRING_BACKEND": "rings.Ring"}
    settings = {"auth": "oauth", "client_secret": "keyring", "refresh_token": "keyring"}
    client_of(sandbox.facts["urls"]["bright"], ring, home, **settings)
    browser, opened = home / "browser", home / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o700)
    inside = {**ring, "ENERGYCTL_CONFIG": str(home / "kit.yaml"), "BROWSER": str(browser)}
    terminal = Terminal("auth", "login", "bright", env=inside)
    terminal.until("client_secret for Bright Kit")
    terminal.type(f"{secret}\n")
    until(opened.exists)
    httpx.get(f"{opened.read_text()}&approve=1", follow_redirects=True)
    assert terminal.end() == 0, terminal.text
    assert secret not in terminal.raw
    held = json.loads((home / "ring.json").read_text())
    assert set(held) == {"work/bright/client_secret", "work/bright/refresh_token"}
    assert held["work/bright/client_secret"] == secret


_RING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

STORE = pathlib.Path(os.environ["HOME"]) / "ring.json"

class Ring(KeyringBackend):
    priority = 9
    name = "the test's keyring"
    def _all(self):
        return json.loads(STORE.read_text()) if STORE.exists() else {}
    def get_password(self, service, username):
        return self._all().get(username)
    def set_password(self, service, username, password):
        STORE.write_text(json.dumps({**self._all(), username: password}))
    def delete_password(self, service, username):
        STORE.write_text(json.dumps({name: one for name, one in self._all().items() if name != username}))
"""


# -- renewals ----------------------------------------------------------------------------------------------------


def test_nobody_is_needed_to_renew(signed_in: Run, sandbox: Sandbox, env: dict[str, str], kept: Path) -> None:
    """A token that rotates is replaced on disk; a server that drops the body of a GET gets the query."""
    for query_only, requests in ((False, 1), (True, 2)):
        sandbox.post("/bright/settings", {"query_only_refresh": query_only})
        sandbox.forget_requests()
        former = kept.read_text()
        _forget_access_token(env)
        done = signed_in(*SEARCH, "--no-input")
        assert (done.code, done.out) == (0, "A-500001\n"), done.err
        asked = sandbox.requests(path=RENEWAL)
        assert len(asked) == requests
        assert asked[0]["query"] == []
        assert asked[0]["json"]["grant_type"] == "refresh_token"
        assert bool(asked[-1]["query"]) is query_only
        assert kept.read_text() != former
        assert kept.stat().st_mode & 0o777 == 0o600


def test_a_token_that_stays_is_kept(
    signed_in: Run, sandbox: Sandbox, env: dict[str, str], kept: Path
) -> None:
    sandbox.post("/bright/settings", {"refresh_rotates": False})
    former = kept.read_text()
    _forget_access_token(env)
    assert signed_in(*SEARCH).code == 0
    assert kept.read_text() == former


def test_two_at_once_renew_once(signed_in: Run, sandbox: Sandbox, env: dict[str, str]) -> None:
    """With rotation a second renewal with the same token would fail, and sign everybody out."""
    _forget_access_token(env)
    sandbox.fault("bright:latency=0.3@GET /kit/v1/auth/refresh_token")
    runs = [started(signed_in, *SEARCH) for _ in range(3)]
    assert [run.result(LIMIT_S).code for run in runs] == [0, 0, 0]
    assert len(sandbox.requests(path=RENEWAL)) == 1


def test_a_refused_token_is_renewed_and_the_call_repeated(signed_in: Run, sandbox: Sandbox) -> None:
    sandbox.fault("bright:expired-token@GET /kit/v1/accounts#1")
    assert signed_in(*SEARCH).code == 0
    assert len(sandbox.requests(path=RENEWAL)) == 1


def test_a_dead_refresh_token_says_to_sign_in_again_and_is_not_spread(
    signed_in: Run, sandbox: Sandbox, env: dict[str, str], kept: Path
) -> None:
    kept.write_text("long-gone-token\n")
    _forget_access_token(env)
    done = signed_in(*SEARCH, "-o", "json", "-v")
    assert (done.code, done.error["hint"]) == (4, "Sign in again: energyctl auth login bright")
    assert "used or expired" in done.error["message"]
    assert [one["query"] for one in sandbox.requests(path=RENEWAL)] == [[]]
    assert "long-gone-token" not in done.err


def test_a_rotated_token_of_a_variable_is_warned_of(signed_in: Run, env: dict[str, str], kept: Path) -> None:
    _forget_access_token(env)
    done = signed_in(*SEARCH, more={"ENERGYCTL_BRIGHT_REFRESH_TOKEN": kept.read_text().strip()})
    assert (done.code, done.out) == (0, "A-500001\n")
    assert "warning: the server has replaced the refresh token" in done.err


def test_the_doctor_asks_with_the_token_in_force(
    signed_in: Run, sandbox: Sandbox, env: dict[str, str]
) -> None:
    _forget_access_token(env)
    well = signed_in("doctor", "bright", "--online", "-o", "json")
    assert (well.code, well.json[-1]["check"], well.json[-1]["status"]) == (0, "sign-in", "pass")
    assert len(sandbox.requests(path=RENEWAL)) == 1
    sandbox.fault("bright:expired-token@GET /kit/v1/accounts")
    ill = signed_in("doctor", "bright", "--online", "-o", "json")
    assert (ill.code, ill.json[-1]["status"]) == (4, "fail")


# -- other servers -----------------------------------------------------------------------------------------------

_GRANTED = (200, {"access_token": "token-of-the-kit", "refresh_token": "refresh-of-the-kit"})
_NO_PKCE = {"name": "ValidationError", "message": '"code_challenge" is not allowed', "status": 400}
_NO_VERIFIER = {"name": "ValidationError", "message": '"code_verifier" is not allowed', "status": 400}


def _without_challenge(asked: Asked) -> Answer:
    return (400, _NO_PKCE) if "code_challenge" in asked.query else (200, b"sign in here")


def _without_verifier(asked: Asked) -> Answer:
    return (400, _NO_VERIFIER) if "code_verifier" in asked.body else _GRANTED


def _form_only(asked: Asked) -> Answer:
    return _GRANTED if "urlencoded" in asked.content_type else (415, {"message": "a form, please"})


def _signed_in_at(kit: OtherKit, run: Run, pages: int = 1, **back: str) -> Done:
    """Come back with a code from the page that was shown last."""
    ended = started(run, *LOGIN)
    until(lambda: len(kit.asked("GET /auth/authorize")) >= pages or ended.done())
    shown = kit.asked("GET /auth/authorize")[-1].query
    came = {"code": "code-of-the-kit", "state": shown["state"], **back}
    until(lambda: ended.done() or httpx.get(shown["redirect_uri"], params=came))
    return ended.result(LIMIT_S)


@pytest.mark.parametrize(
    ("page", "token", "pages", "exchanges", "said"),
    [
        (lambda _: (200, b"in"), lambda _: _GRANTED, 1, ["application/json"], ""),
        (_without_challenge, lambda _: _GRANTED, 2, ["application/json"], "does not take PKCE"),
        (lambda _: (302, b""), _form_only, 1, ["application/json", "application/x-www-form-urlencoded"], ""),
        (lambda _: (403, b"robots"), _without_verifier, 1, None, "exchanged without"),
    ],
)
def test_servers_differ_and_are_signed_in_to_all_the_same(
    env: dict[str, str],
    home: Path,
    page: Callable[[Asked], Answer],
    token: Callable[[Asked], Answer],
    pages: int,
    exchanges: list[str] | None,
    said: str,
) -> None:
    with OtherKit({"GET /auth/authorize": page, "POST /auth/authorize": token}) as kit:
        run = client_of(kit.url, env, home, auth="oauth", refresh_token=f"file:{home / 'kept'}")
        done = _signed_in_at(kit, run, pages)
        asked = kit.asked("POST /auth/authorize")
    assert done.code == 0, done.err
    assert said in done.err
    assert (home / "kept").read_text() == "refresh-of-the-kit\n"
    assert exchanges is None or [one.content_type for one in asked] == exchanges
    assert asked[-1].body["code"] == "code-of-the-kit"
    assert asked[-1].body["redirect_uri"].endswith("/callback")
    assert ("code_verifier" in asked[-1].body) is (said == "")


def test_a_form_only_server_without_pkce_is_signed_in_to(env: dict[str, str], home: Path) -> None:
    def token(asked: Asked) -> Answer:
        return _form_only(asked) if "urlencoded" not in asked.content_type else _without_verifier(asked)

    with OtherKit({"GET /auth/authorize": lambda _: (200, b"in"), "POST /auth/authorize": token}) as kit:
        run = client_of(kit.url, env, home, auth="oauth", refresh_token=f"file:{home / 'kept'}")
        done = _signed_in_at(kit, run)
    assert (done.code, "exchanged without" in done.err) == (0, True), done.err
    assert (home / "kept").read_text() == "refresh-of-the-kit\n"


@pytest.mark.parametrize("place", ["file", "keyring"])
def test_a_sign_in_without_a_refresh_token_leaves_no_former_one(
    env: dict[str, str], home: Path, place: str
) -> None:
    """With that of a former sign-in the calls would go on as another person."""
    kept, ring = home / "kept", home / "ring.json"
    kept.write_text("refresh-of-somebody-else\n")
    kept.chmod(0o600)
    ring.write_text(json.dumps({"work/bright/refresh_token": "refresh-of-somebody-else"}))
    (home / "rings.py").write_text(_RING)
    inside = {**env, "PYTHONPATH": str(home), "PYTHON_KEYRING_BACKEND": "rings.Ring"}
    answer = {"access_token": "token-of-the-kit", "expires_in": 3600}
    with OtherKit(
        {"GET /auth/authorize": lambda _: (200, b"in"), "POST /auth/authorize": lambda _: (200, answer)}
    ) as kit:
        reference = f"file:{kept}" if place == "file" else "keyring"
        run = client_of(kit.url, inside, home, auth="oauth", refresh_token=reference)
        done = _signed_in_at(kit, run)
    assert (done.code, done.json["refresh_token_kept"]) == (0, False), done.err
    assert "The server gave no refresh token" in done.err
    assert (kept.exists(), json.loads(ring.read_text()) == {}) == (place == "keyring", place == "keyring")


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((401, {"message": "invalid_client"}), 4, "invalid_client"),
        ((200, {"token": "unknown"}), 11, "without an access_token"),
        ((200, b"<html>hello</html>"), 11, "HTML page"),
        ((503, {}), 10, "failed at the code's exchange"),
    ],
)
def test_an_exchange_that_fails_is_told(
    env: dict[str, str], home: Path, answer: Answer, code: int, said: str
) -> None:
    with OtherKit(
        {"GET /auth/authorize": lambda _: (200, b"in"), "POST /auth/authorize": lambda _: answer}
    ) as kit:
        run = client_of(kit.url, env, home, auth="oauth", refresh_token=f"file:{home / 'kept'}")
        done = _signed_in_at(kit, run)
    assert (done.code, said in done.error["message"]) == (code, True), done.err
    assert "code-of-the-kit" not in done.out + done.err
    assert "s3cret" not in done.out + done.err


def test_signing_out_takes_the_refresh_token_with_it(signed_in: Run, kept: Path) -> None:
    assert kept.exists()
    done = signed_in("auth", "logout", "bright")
    assert (done.code, done.out) == (0, "")
    assert "Removed the stored secret and 1 token." in done.err
    assert not kept.exists()
    assert signed_in(*SEARCH).code == 4
