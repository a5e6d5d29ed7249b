"""Commands that many processes run at once: one token for all, a refresh token used once, one config file made."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from tests.conftest import Done, Run, Sandbox, at_once, run_with
from tests.crowds.crowd import CROWD
from tests.partner import Partner, Reply

TARIFFS = ("rabot", "tariffs", "list", "-o", "json")
_BACK = "http://127.0.0.1:1/back"


def _all_well(done: list[Done]) -> None:
    assert {(one.code, one.err) for one in done} == {(0, "")}


def test_rabot_is_asked_for_one_token(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:latency=0.3@POST /connect/token")
    _all_well(at_once(run, *[TARIFFS] * CROWD))
    assert len(sandbox.requests(path="/connect/token")) == 1


def test_emporia_is_asked_for_one_token_and_never_for_more_than_the_budget(
    run: Run, sandbox: Sandbox
) -> None:
    limit = CROWD - 4
    sandbox.fault("emporia:latency=0.3@Authenticate")
    more = {"ENERGYCTL_EMPORIA_CALLS_PER_HOUR": str(limit)}
    done = at_once(run, *[("emporia", "devices", "list", "--refresh", "-o", "json")] * CROWD, more=more)
    asked = [one["path"].rpartition("/")[2] for one in sandbox.requests(provider="emporia")]
    assert sorted(asked) == ["Authenticate", *["GetDevices"] * (limit - 1)]
    codes = [one.code for one in done]
    assert (codes.count(0), codes.count(7)) == (limit - 1, CROWD - limit + 1), codes


# -- Bright: a refresh token that rotates ----------------------------------------------------------------------


@pytest.fixture
def refreshing(env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """The tool with two profiles that keep their refresh token in the same file."""
    base = sandbox.facts["urls"]["bright"]
    secret = sandbox.facts["credentials"]["bright"]["client_secret"]
    query = {"response_type": "code", "client_id": "bright", "redirect_uri": _BACK, "approve": "1"}
    code = httpx.get(f"{base}/auth/authorize", params=query).headers["Location"].partition("code=")[2]
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK}
    client = {"client_id": "bright", "client_secret": secret}
    answer = httpx.post(f"{base}/auth/authorize", json={**given, **client}).json()
    (home / "refresh").write_text(answer["refresh_token"])
    (home / "refresh").chmod(0o600)
    section = {
        "base_url": base, "auth": "oauth", "client_id": "bright", "client_secret": "env:KIT_SECRET",
        "refresh_token": f"file:{home / 'refresh'}",
    }  # fmt: skip
    (home / "kit.yaml").write_text(
        yaml.safe_dump({"profiles": {"one": {"bright": section}, "two": {"bright": section}}})
    )
    return run_with({**env, "ENERGYCTL_CONFIG": str(home / "kit.yaml"), "KIT_SECRET": secret}, home)


def test_a_rotating_refresh_token_is_used_once_and_kept(
    refreshing: Run, home: Path, sandbox: Sandbox
) -> None:
    path = urlsplit(sandbox.facts["urls"]["bright"]).path + "/auth/refresh_token"
    sandbox.fault(f"bright:latency=0.3@GET {path}")
    search = ("bright", "accounts", "search", "--email", "nobody@example.org", "-q")
    profiles = [(*search, "-p", ("one", "two")[number % 2]) for number in range(CROWD)]
    _all_well(at_once(refreshing, *profiles))
    renewals = sandbox.requests(path=path)
    assert [one["status"] for one in renewals] == [200, 200], "one for each profile, of tokens that were good"
    for file in (home / ".local/state/energyctl/tokens").glob("bright-*.json"):
        file.unlink()
    _all_well([refreshing(*search, "-p", "one")])


# -- tokens that are refused ---------------------------------------------------------------------------------


class _Guarded(Partner):
    """A server that takes one token alone, and counts those that it sees."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status
        self.refused: str | None = None
        self.tokens: set[str] = set()
        self.given = 0
        self._lock = threading.Lock()
        self.add("/connect/token", self._give)
        self.add("/partner/v1/tariffs", self._guard)
        self.add("/v1/retailer/customers", self._guard)

    def _give(self, _: BaseHTTPRequestHandler) -> Reply:
        with self._lock:
            self.given += 1
            return Reply({"access_token": f"token-number-{self.given}", "expires_in": 3600})

    def _guard(self, request: BaseHTTPRequestHandler) -> Reply:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        with self._lock:
            self.tokens.add(token)
            return Reply({"message": "no"}, self.status) if token == self.refused else Reply([])


def _wait_for_another_second() -> None:
    began = int(time.time())
    while int(time.time()) == began:
        time.sleep(0.02)


def test_a_token_that_is_refused_to_all_is_replaced_once(env: dict[str, str], home: Path) -> None:
    with _Guarded(401) as partner:
        run = partner.client(env, home)
        _all_well([run(*TARIFFS)])
        partner.refused = "token-number-1"
        _all_well(at_once(run, *[TARIFFS] * CROWD))
        assert (partner.given, partner.tokens) == (2, {"token-number-1", "token-number-2"})


def test_emulate_signs_one_token_for_all_and_one_when_that_is_refused(
    env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    key = sandbox.facts["credentials"]["emulate"]["retailer_key"]
    with _Guarded(403) as partner:
        section = {"api_url": partner.url, "retailer_id": 42, "retailer_key": "env:THEIR_KEY"}
        (home / "emulate.yaml").write_text(yaml.safe_dump({"profiles": {"work": {"emulate": section}}}))
        run = run_with({**env, "ENERGYCTL_CONFIG": str(home / "emulate.yaml"), "THEIR_KEY": key}, home)
        customers = ("emulate", "customers", "list", "-q")
        _all_well(at_once(run, *[customers] * CROWD))
        (partner.refused,) = partner.tokens
        _wait_for_another_second()  # RS256 makes the same token of the same claims, which count in seconds
        _all_well(at_once(run, *[customers] * CROWD))
        assert len(partner.tokens) == 2


# -- the config file -------------------------------------------------------------------------------------------


def test_one_makes_the_config_file_and_the_others_are_told(bare: Run, env: dict[str, str]) -> None:
    done = at_once(
        bare,
        *[("config", "init", "--set", f"rabot.client_id=c{number}", "-o", "json") for number in range(8)],
    )
    (winner,) = (number for number, one in enumerate(done) if one.code == 0)
    others = [one for number, one in enumerate(done) if number != winner]
    assert {(one.code, one.error["code"]) for one in others} == {(2, "file_exists")}
    place = Path(env["XDG_CONFIG_HOME"]) / "energyctl"
    made = yaml.safe_load((place / "config.yaml").read_text())
    assert made["profiles"]["work"]["rabot"]["client_id"] == f"c{winner}"
    assert [path.name for path in place.iterdir()] == ["config.yaml"]
