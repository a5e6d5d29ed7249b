"""``energyctl auth`` where no keyring is needed; the keyrings are in core/test_credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Done, Run, Sandbox, run_with
from tests.partner import SECRET, TOKEN, Partner


def _configured(env: dict[str, str], home: Path, section: str) -> Run:
    config = home / "c.yaml"
    config.write_text(f"profiles:\n  work:\n    rabot: {section}\n")
    return run_with({**env, "ENERGYCTL_CONFIG": str(config)}, home)


def test_status_asks_nobody_and_tells_what_is_known(run: Run, sandbox: Sandbox) -> None:
    first = run("auth", "status", "rabot", "-o", "json")
    assert (first.code, first.err) == (0, "")
    (row,) = first.json
    assert (row["is_set"], row["token"], row["environment"]) == (True, "none", "sandbox")
    assert row["source"].startswith("file:")
    assert sandbox.requests() == []
    run("rabot", "tariffs", "list")
    sandbox.forget_requests()
    (second,) = run("auth", "status", "rabot", "-o", "json").json
    assert (second["token"], second["scopes"]) == ("valid", "api:partner")
    assert 3500 < second["token_expires_in_s"] <= 3599
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{environment: test, client_id: a, client_secret: 'env:NOT_SET'}", "NOT_SET"),
        ("{environment: test, client_id: a, client_secret: 'file:nowhere'}", "nowhere"),
        ("{environment: test, client_id: a}", "keyring"),
        ("{environment: test, client_secret: 'command:echo x'}", "client_id"),
    ],
)
def test_status_shows_what_is_missing_and_the_right_way_to_mend_it(
    env: dict[str, str], home: Path, section: str, said: str
) -> None:
    done = _configured(env, home, section)("auth", "status", "-o", "json")
    assert done.code == 4
    (row,) = done.json
    assert said in row["problem"]
    error = done.error
    assert error["code"] == "not_logged_in"
    assert said in f"{error['hint']} {row['problem']}"
    assert error["hint"]


def test_status_without_any_provider_says_how_to_add_one(bare: Run) -> None:
    done = bare("auth", "status", "-o", "json")
    assert (done.code, done.out, done.error["exit_code"]) == (13, "", 13)


def test_a_command_reference_is_shown_without_its_words(env: dict[str, str], home: Path) -> None:
    section = "{environment: test, client_id: a, client_secret: 'command:echo hush-hush'}"
    run = _configured(env, home, section)
    done = run("auth", "status", "-o", "json")
    assert (done.code, done.json[0]["source"]) == (0, "command:echo …")
    refused = run("auth", "login", "rabot", "--stdin", "-o", "json", input="x")
    assert (refused.code, refused.error["code"]) == (2, "usage")
    assert "hush" not in done.out + refused.err


def test_a_token_is_printed_alone_and_only_when_asked_for(env: dict[str, str], home: Path) -> None:
    with Partner() as partner:
        client = partner.client(env, home)
        done = client("auth", "token", "rabot")
        assert (done.code, done.out, done.err) == (0, f"{TOKEN}\n", "")
        client("auth", "token", "rabot", "--scope", "create:orders", "--scope", "api:partner")
        scopes = [body.decode().split("scope=")[1].split("&")[0] for *_, body in partner.seen]
        assert scopes == ["api%3Apartner", "api%3Apartner+create%3Aorders"]


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (["login", "rabot"], SECRET, "--stdin"),
        (["login", "rabot", "--stdin"], "", "empty"),
        (["login", "rabot", "--stdin"], "\n\n", "empty"),
        (["login", "rabot", "--stdin"], b"\xff\xfe\n", "UTF-8"),
        (["login", "rabot", "--stdin", "--no-input"], "", "empty"),
        (["login", "rabott", "--stdin"], SECRET, "Did you mean rabot"),
        (["token", "nobody"], "", "There are"),
        (["logout"], "", "PROVIDER"),
    ],
)
def test_what_login_cannot_do(
    env: dict[str, str], home: Path, words: list[str], given: str | bytes, said: str
) -> None:
    run = _configured(env, home, "{environment: test, client_id: a}")
    done = run("auth", *words, input=given)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert SECRET not in done.err


def test_the_sandbox_needs_no_login(run: Run, sandbox: Sandbox) -> None:
    done = run("auth", "login", "rabot", "--stdin", "-o", "json", input="x")
    assert (done.code, done.out) == (2, "")
    assert "sandbox" in done.error["message"]
    run("rabot", "tariffs", "list")
    assert run("auth", "logout", "rabot").err == "Removed 1 token.\n"
    sandbox.forget_requests()
    run("rabot", "tariffs", "list")
    assert len(sandbox.requests(path="/connect/token")) == 1


def test_logout_takes_every_token_of_the_profile_and_no_other(
    env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    def mine(*words: str, profile: str) -> Done:
        return run("auth", *words, more={"ENERGYCTL_PROFILE": profile})

    scope = ("--scope", "read:prices")
    with Partner() as partner:
        run = partner.client(env, home)
        config = home / "partner.yaml"
        config.write_text(config.read_text() + "  other:" + config.read_text().split("  work:")[1])
        for profile in ("work", "other"):
            assert mine("token", "rabot", profile=profile).code == 0
            assert mine("token", "rabot", *scope, profile=profile).code == 0
        asked = len(partner.seen)
        (former, *_) = (home / ".local/state/energyctl/tokens").glob("rabot-*.json")
        former.with_name("rabot-0123456789abcdef01234567.json").write_text(
            '{"value": "x", "obtained_at": 1, "expires_at": null}'
        )
        assert mine("logout", "rabot", profile="work").err == "Removed 3 tokens.\n"
        assert mine("token", "rabot", *scope, profile="other").code == 0
        assert len(partner.seen) == asked
        assert mine("token", "rabot", *scope, profile="work").code == 0
        assert len(partner.seen) == asked + 1


def test_logout_takes_the_tokens_of_customers(run: Run) -> None:
    assert run("emulate", "customers", "show", "C-100001", "--as-customer", "C-100001").code == 0
    assert run("emulate", "customers", "list").code == 0
    assert run("auth", "logout", "emulate").err == "Removed 2 tokens.\n"


def test_the_json_of_status_is_stable(run: Run) -> None:
    (row,) = run("auth", "status", "rabot", "-o", "json").json
    assert set(row) == {
        "provider",
        "profile",
        "environment",
        "secret",
        "is_set",
        "source",
        "problem",
        "token",
        "token_expires_in_s",
        "scopes",
    }


def test_one_of_several_secrets_that_is_unfit_is_told_with_its_fix(env: dict[str, str], home: Path) -> None:
    config = home / "config.yaml"
    config.write_text(
        "profiles: {w: {emulate: {environment: staging, retailer_id: 42, token: 'env:TOKEN'}}}\n"
    )
    own = {"ENERGYCTL_CONFIG": str(config), "TOKEN": "e30.e30.x", "ENERGYCTL_EMULATE_RETAILER_KEY": "\x1f"}
    done = run_with({**env, **own}, home)("auth", "status", "-o", "json")
    problems = {row["secret"]: row["problem"] for row in done.json}
    assert (done.code, problems["customer_key"], problems["token"]) == (4, None, None)
    assert "control character 0x1f" in problems["retailer_key"]
    assert "Store it again" in done.error["hint"]


@pytest.mark.parametrize("verb", ["status", "login", "logout", "token", "can"])
@pytest.mark.parametrize("name", ["", "rabbot"])
def test_a_provider_that_there_is_not(bare: Run, verb: str, name: str) -> None:
    more = ("x",) if verb == "can" else ()
    done = bare("auth", verb, name, *more, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "usage")
    assert done.error["message"].startswith("There is no provider")
