"""Access tokens between runs: private, shared, renewed early and once, and asked for with the smallest scopes."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.tokens import Token, TokenKey
from tests.conftest import Run, Sandbox, start
from tests.partner import SECRET, TOKEN, Partner, Reply

TARIFFS = ("rabot", "tariffs", "list", "-o", "json")


def _token_requests(sandbox: Sandbox) -> list[dict[str, Any]]:
    return sandbox.requests(path="/connect/token")


def _files(env: dict[str, str]) -> list[Path]:
    return sorted((Path(env["XDG_STATE_HOME"]) / "energyctl/tokens").glob("*.json"))


def test_a_token_is_asked_for_once_and_kept_privately(
    run: Run, env: dict[str, str], sandbox: Sandbox
) -> None:
    for _ in range(3):
        assert run(*TARIFFS).code == 0
    assert len(_token_requests(sandbox)) == 1
    (file,) = _files(env)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.parent.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_token_files_are_private_whatever_the_umask(
    env: dict[str, str], sandbox: Sandbox, umask: int
) -> None:
    process = start(*TARIFFS, env={**env, **sandbox.env}, umask=umask, stdout=subprocess.DEVNULL)
    assert process.wait(60) == 0
    (file,) = _files(env)
    modes = [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert all(path.stat().st_mode & 0o077 == 0 for path in file.parent.iterdir())


def test_a_directory_that_others_could_enter_is_closed_to_them(
    run: Run, env: dict[str, str], sandbox: Sandbox
) -> None:
    state = Path(env["XDG_STATE_HOME"]) / "energyctl"
    (state / "tokens").mkdir(parents=True)
    (state / "tokens").chmod(0o755)
    assert run(*TARIFFS).code == 0
    assert (state / "tokens").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("life", [0, 1, 59, None, "soon", -5, "nan", 10**400], ids=lambda life: str(life)[:5])
def test_a_token_of_any_announced_life_serves(env: dict[str, str], home: Path, life: Any) -> None:
    with Partner(tariffs=Reply([])) as partner:
        partner.add("/connect/token", Reply({"access_token": TOKEN, "expires_in": life}))
        assert partner.client(env, home)(*TARIFFS).code == 0


def test_a_token_near_its_end_is_renewed_before_it_ends(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply([])) as partner:
        client = partner.client(env, home)
        client(*TARIFFS)
        (file,) = _files(env)
        kept = json.loads(file.read_text())
        for left, asked in ((70, 1), (50, 2)):
            now = time.time()
            file.write_text(json.dumps({**kept, "obtained_at": now - 3000, "expires_at": now + left}))
            assert client(*TARIFFS).code == 0
            assert len(partner.seen) - len(partner.paths()) == asked


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"value": "x"}', "\x00\xff", '{"value":"x","obtained_at":"n","expires_at":1}']
)
def test_a_damaged_cache_is_no_obstacle(
    run: Run, env: dict[str, str], sandbox: Sandbox, content: str
) -> None:
    run(*TARIFFS)
    (file,) = _files(env)
    file.write_text(content, encoding="latin-1")
    done = run(*TARIFFS)
    assert (done.code, done.err) == (0, "")
    assert json.loads(file.read_text())["value"]
    assert len(_token_requests(sandbox)) == 2


def test_without_a_place_for_tokens_everything_still_works(
    run: Run, env: dict[str, str], sandbox: Sandbox
) -> None:
    state = Path(env["XDG_STATE_HOME"]) / "energyctl"
    state.mkdir(parents=True)
    (state / "tokens").write_text("in the way")
    done = run(*TARIFFS)
    assert done.code == 0
    assert "Tokens are not kept" in done.err
    assert len(done.json) == 4


def test_each_command_asks_for_the_smallest_scopes(run: Run, sandbox: Sandbox) -> None:
    run(*TARIFFS)
    run("rabot", "orders", "list", "--limit", "1")
    run("rabot", "customers", "list", "--limit", "1")
    assert [one["form"]["scope"] for one in _token_requests(sandbox)] == ["api:partner"]
    order = run("rabot", "orders", "template").out
    run("rabot", "orders", "create", "-f", "-", "--dry-run", input=order)
    assert len(_token_requests(sandbox)) == 1
    run("rabot", "api", "POST", "orders", "-f", "a=b")
    assert _token_requests(sandbox)[1]["form"]["scope"].split() == ["api:partner", "create:orders"]
    run("rabot", "contracts", "list", "1000001")
    assert _token_requests(sandbox)[2]["form"]["scope"].split() == ["api:partner", "role:finance-reporting"]


def test_two_clients_never_share_a_token(run: Run, sandbox: Sandbox) -> None:
    run(*TARIFFS)
    other = sandbox.facts["credentials"]["rabot"]["other_clients"][0]
    more = {
        "ENERGYCTL_RABOT_CLIENT_ID": other["client_id"],
        "ENERGYCTL_RABOT_CLIENT_SECRET": other["client_secret"],
    }
    assert run(*TARIFFS, more=more).code == 0
    assert [one["form"]["client_id"] for one in _token_requests(sandbox)] == [
        "sandbox-whitelabel",
        other["client_id"],
    ]
    one = TokenKey("p", "rabot", "x", ("a", "b"))
    assert one.file_name == TokenKey("p", "rabot", "x", ("b", "a")).file_name
    others = [
        TokenKey("q", "rabot", "x", ("a", "b")),
        TokenKey("p", "rabot", "y", ("a", "b")),
        TokenKey("p", "rabot", "x", ("a",)),
    ]
    assert one.file_name not in {other.file_name for other in others}


def test_a_wrong_secret_is_exit_code_4(run: Run, sandbox: Sandbox) -> None:
    done = run(*TARIFFS, more={"ENERGYCTL_RABOT_CLIENT_SECRET": "wrong-planted-secret"})
    assert (done.code, done.out, done.error["code"]) == (4, "", "invalid_client")
    assert "auth login rabot" in done.error["hint"]
    assert "wrong-planted-secret" not in done.err
    assert len(_token_requests(sandbox)) == 1
    assert sandbox.requests(path="/partner/v1/tariffs") == []


@pytest.mark.parametrize(("client", "scope"), [(0, "create:orders"), (1, "role:application")])
def test_a_missing_scope_is_exit_code_5(run: Run, sandbox: Sandbox, client: int, scope: str) -> None:
    other = sandbox.facts["credentials"]["rabot"]["other_clients"][client]
    more = {
        "ENERGYCTL_RABOT_CLIENT_ID": other["client_id"],
        "ENERGYCTL_RABOT_CLIENT_SECRET": other["client_secret"],
    }
    done = run("auth", "token", "rabot", "--scope", scope, "-o", "json", more=more)
    assert (done.code, done.out, done.error["code"]) == (5, "", "scope_refused")
    assert scope in done.error["message"]
    assert done.error["hint"]
    asked = len(_token_requests(sandbox))
    again = run("auth", "token", "rabot", "--scope", scope, more=more)
    assert (again.code, len(_token_requests(sandbox))) == (5, asked)


def test_a_write_without_its_scope_is_exit_code_5_and_not_sent(run: Run, sandbox: Sandbox) -> None:
    hems = sandbox.facts["credentials"]["rabot"]["other_clients"][0]
    more = {
        "ENERGYCTL_RABOT_CLIENT_ID": hems["client_id"],
        "ENERGYCTL_RABOT_CLIENT_SECRET": hems["client_secret"],
    }
    order = run("rabot", "orders", "template").out
    done = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=order, more=more)
    assert (done.code, done.error["code"]) == (5, "scope_refused")
    assert sandbox.requests(path="/partner/v1/orders") == []
    assert run("journal", "list", "-o", "json").json[0]["outcome"] == "failed"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Reply({"no": "token"}), 11),
        (Reply(b"<html>"), 11),
        (Reply({"access_token": "  "}), 11),
        (Reply({"error": "invalid_client", "error_description": f"{SECRET} is wrong"}, 401), 4),
        (Reply({"error": "invalid_request", "error_description": f"what is {SECRET}?"}, 400), 4),
        (Reply({"error": "oops"}, 500), 10),
    ],
)
def test_a_token_server_that_answers_badly(env: dict[str, str], home: Path, answer: Reply, code: int) -> None:
    with Partner() as partner:
        partner.add("/connect/token", answer)
        done = partner.client(env, home)(*TARIFFS, "-v")
        assert (done.code, done.out) == (code, "")
        assert SECRET not in done.err


def test_a_clock_that_was_set_back_does_not_make_a_token_last() -> None:
    token = Token("x", obtained_at=1000.0, expires_at=4600.0)
    assert token.usable(1000.0)
    assert token.usable(4539.0)
    assert not token.usable(4541.0)
    assert not token.usable(900.0)
    assert Token("x", 0.0, None).usable(1e12)
    assert Token("x", 0.0, 10.0).usable(4.0)
    assert not Token("x", 0.0, 10.0).usable(6.0)


def test_a_token_of_another_secret_is_not_used(run: Run) -> None:
    assert run("rabot", "tariffs", "list").code == 0
    wrong = {"ENERGYCTL_RABOT_CLIENT_SECRET": "not-the-secret"}
    assert run("rabot", "tariffs", "list", more=wrong).code == 4
    assert run("rabot", "tariffs", "list").code == 0
    assert run("emporia", "devices", "list").code == 0
    wrong = {"ENERGYCTL_EMPORIA_PASSWORD": "not-the-password"}
    assert run("emporia", "devices", "list", "--refresh", more=wrong).code == 4
