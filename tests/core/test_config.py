"""The config file: what is accepted, which mistakes are named with line and fix, and which value wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from energyctl.core.config import Config
from energyctl.core.profiles import checked_url, is_loopback
from energyctl.providers import PROVIDERS, settings_of
from tests.conftest import Run, Sandbox, run_with

ALL = {name: settings_of(name) for name in PROVIDERS}
FULL = """\
default_profile: work
profiles:
  work:
    confirm: always              # always | bulk | never: when a write outside the sandbox asks
    timezone: local              # local | utc | site | IANA name
    rabot:
      environment: test          # production | test | sandbox; or api_url + auth_url
      client_id: acme-partner
      client_secret: keyring
    emporia:
      environment: production    # production | sandbox; or target: host:port (+ ca_file)
      email: ops@example.com
      password: keyring
      calls_per_hour: 100
    emulate:
      environment: staging       # production | staging | development | sandbox; or api_url
      retailer_id: 42
      retailer_key: file:~/.config/energyctl/emulate-retailer-staging.pem
      customer_key: keyring
      audience: https://api.emulate.network/
      claims: {retailer: retailer, customer: customer}     # inferred names
      token_ttl: 10m
      endpoints: {}
    bright:
      environment: staging       # a label, or sandbox
      base_url: https://staging.kit.example.org/v1
      auth: api-key              # api-key | oauth | none
      api_key: keyring
      api_key_header: X-Api-Key  # inferred
      client_id: bright
      client_secret: keyring
      endpoints: {}
"""


@pytest.fixture
def configured(env: dict[str, str], home: Path) -> tuple[Run, Path]:
    """The tool with a config file, and where that is."""
    file = home / "mine.yaml"
    return run_with({**env, "ENERGYCTL_CONFIG": str(file)}, home), file


def _issues(text: str) -> list[tuple[int | None, str, str, str]]:
    found = Config(Path("c.yaml"), text).issues(ALL)
    return [(one.line, one.key, one.message, one.fix) for one in found]


def test_the_full_file_of_the_public_contract_is_right(configured: tuple[Run, Path]) -> None:
    run, file = configured
    file.write_text(FULL)
    done = run("config", "validate")
    assert (done.code, done.out) == (0, "line\tkey\tmessage\tfix\n")
    assert run("config", "show").code == 0


def test_the_example_file_is_right_with_all_its_comments_taken_away() -> None:
    text = (Path(__file__).parents[2] / "config.example.yaml").read_text()
    assert _issues(text) == []
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("# The sections")]
    start = next(number for number, line in enumerate(lines) if line.strip() == "# emporia:")
    uncommented = [line.replace("    # ", "    ", 1) for line in lines[start:]]
    assert _issues("\n".join([*lines[:start], *uncommented])) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        (
            "client_id: acme",
            "client_idd: acme",
            8,
            "profiles.work.rabot.client_idd",
            "Did you mean 'client_id'?",
        ),
        ("  work:\n    confirm", "  work:\n    confrm", 4, "profiles.work.confrm", "Did you mean 'confirm'?"),
        ("    bright:", "    brigt:", 24, "profiles.work.brigt", "Did you mean 'bright'?"),
        ("profiles:", "profile:", 2, "profile", "Did you mean 'profiles'?"),
        (
            "environment: test ",
            "environment: tset ",
            7,
            "profiles.work.rabot.environment",
            "production, test, sandbox",
        ),
        ("confirm: always ", "confirm: sometimes ", 4, "profiles.work.confirm", "always, bulk, never"),
        ("auth: api-key", "auth: magic", 27, "profiles.work.bright.auth", "api-key, oauth, none"),
        ("calls_per_hour: 100", "calls_per_hour: many", 14, "profiles.work.emporia.calls_per_hour", "digits"),
        ("client_id: acme-partner", "client_id: yes", 8, "profiles.work.rabot.client_id", "quotes"),
        ("client_id: acme-partner", "client_id: 2026-01-01", 8, "profiles.work.rabot.client_id", "quotes"),
        (
            "endpoints: {}\n    bright",
            "endpoints: x\n    bright",
            23,
            "profiles.work.emulate.endpoints",
            "name: value",
        ),
        ("base_url: https", "base_url: ftp", 26, "profiles.work.bright.base_url", "https://host"),
        ("base_url: https", "base_url: http", 26, "profiles.work.bright.base_url", "Use https"),
        (
            "default_profile: work",
            "default_profile: wrok",
            1,
            "default_profile",
            "Profiles in this file: work",
        ),
        ("timezone: local", "timezone: [a]", 5, "profiles.work.timezone", "local or utc"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_fix(
    old: str, new: str, line: int, key: str, said: str
) -> None:
    assert FULL.count(old) == 1
    found = _issues(FULL.replace(old, new))
    assert (line, key) in [(issue[0], issue[1]) for issue in found], found
    assert any(said in issue[3] for issue in found if issue[1] == key), found


@pytest.mark.parametrize(
    "value", ["hunter22", "'12345678'", "123456789", "[hunter22]", "{a: hunter22}", "true"]
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(configured: tuple[Run, Path], value: str) -> None:
    run, file = configured
    file.write_text(
        FULL.replace("client_id: acme-partner\n      client_secret: keyring", f"client_secret: {value}")
    )
    for words in (
        ["rabot", "tariffs", "list"],
        ["config", "validate"],
        ["config", "show"],
        ["auth", "status"],
    ):
        done = run(*words)
        assert done.code == 13, words
        shown = done.out + done.err
        assert "hunter22" not in shown
        assert "12345678" not in shown
        assert "env:NAME" in shown
    assert "line 8" in run("rabot", "tariffs", "list").err


def test_an_unknown_key_stops_a_command_with_line_and_nearest_key(configured: tuple[Run, Path]) -> None:
    run, file = configured
    file.write_text("profiles:\n  work:\n    rabot:\n      enviroment: test\n")
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.error["code"]) == (13, "config_invalid")
    assert f"{file} line 4" in done.error["message"]
    assert done.error["hint"] == "Did you mean 'environment'?"


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "- list\n",
        "x",
        "\ta: 1",
        "a: 1\n---\nb: 2",
        "!!python/object:os.system x",
        "a: \x00",
        "&a [*a",
    ],
)
def test_what_is_no_config_says_so_without_a_traceback(configured: tuple[Run, Path], text: str) -> None:
    run, file = configured
    file.write_text(text)
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (13, "", "config_not_yaml")
    assert str(file) in done.error["message"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read(configured: tuple[Run, Path], content: bytes | None) -> None:
    run, file = configured
    file.mkdir() if content is None else file.write_bytes(content)
    done = run("rabot", "tariffs", "list", "-o", "json")
    assert (done.code, done.error["exit_code"]) == (13, 13)


def test_an_empty_or_bare_file_is_an_empty_config(configured: tuple[Run, Path]) -> None:
    run, file = configured
    for text in ("", "# nothing\n", "profiles:\n", "profiles:\n  work:\n"):
        file.write_text(text)
        done = run("rabot", "tariffs", "list", "-o", "json")
        assert (done.code, done.error["code"]) == (13, "setting_missing")
        assert "energyctl config edit" in done.error["hint"]


# -- profiles ----------------------------------------------------------------------------------------------------


def test_which_profile_is_in_force(configured: tuple[Run, Path]) -> None:
    run, file = configured
    file.write_text("default_profile: b\nprofiles:\n  a: {confirm: bulk}\n  b: {confirm: never}\n  1: {}\n")
    query = ("config", "show", "--sources", "--query", "[?key=='profile'].[value,source][]", "-o", "json")
    assert run(*query).json == ["b", "default_profile"]
    assert run(*query, more={"ENERGYCTL_PROFILE": "a"}).json == ["a", "ENERGYCTL_PROFILE"]
    assert run(*query, "-p", "b", more={"ENERGYCTL_PROFILE": "a"}).json == ["b", "--profile"]
    missing = run(*query, "-p", "bb")
    assert (missing.code, missing.error["code"], missing.error["hint"]) == (
        13,
        "profile_missing",
        "Did you mean 'b'?",
    )
    file.write_text(file.read_text().replace("default_profile: b", "default_profile: 1"))
    assert run("config", "validate").code == 0
    file.write_text("profiles:\n  a: {}\n  b: {}\n")
    none = run(*query)
    assert (none.code, none.error["code"]) == (13, "profile_missing")
    assert "a, b" in none.error["hint"]
    file.write_text("profiles:\n  a: {}\n")
    assert run(*query).json == ["a", "the only profile"]


def test_flag_before_environment_before_profile_before_default(configured: tuple[Run, Path]) -> None:
    run, file = configured
    file.write_text("profiles:\n  w:\n    rabot: {environment: test, client_id: mine}\n")

    def shown(**more: str) -> dict[str, tuple[str, str]]:
        rows = run("config", "show", "--sources", "-o", "json", more=more).json
        return {row["key"]: (row["value"], row["source"]) for row in rows}

    first = shown()
    assert first["rabot.client_id"] == ("mine", "profile")
    assert first["rabot.api_url"] == ("https://test-api.rabot-charge.de", "environment test")
    assert first["rabot.client_secret"] == ("keyring", "default")
    assert first["confirm"] == ("always", "default")
    second = shown(
        ENERGYCTL_RABOT_CLIENT_ID="other",
        ENERGYCTL_RABOT_ENVIRONMENT="production",
        ENERGYCTL_RABOT_CLIENT_SECRET="never-shown",
    )
    assert second["rabot.client_id"] == ("other", "env:ENERGYCTL_RABOT_CLIENT_ID")
    assert second["rabot.environment"] == ("production", "env:ENERGYCTL_RABOT_ENVIRONMENT")
    assert second["rabot.api_url"][0] == "https://api.rabot-charge.de"
    assert second["rabot.client_secret"] == ("env:ENERGYCTL_RABOT_CLIENT_SECRET",) * 2
    assert "never-shown" not in str(second)
    bad = run("config", "show", more={"ENERGYCTL_RABOT_ENVIRONMENT": "moon"})
    assert (bad.code, "production, test, sandbox" in bad.err) == (13, True)


def test_an_address_never_shows_its_password(configured: tuple[Run, Path]) -> None:
    run, file = configured
    file.write_text("profiles:\n  w:\n    rabot: {environment: test}\n")
    done = run("config", "show", more={"ENERGYCTL_RABOT_API_URL": "https://joe:hush-hush@host"})
    assert "hush" not in done.out + done.err


def test_an_empty_config_variable_is_as_none(bare: Run) -> None:
    done = bare("rabot", "tariffs", "list", "-o", "json", more={"ENERGYCTL_CONFIG": ""})
    assert (done.code, done.error["code"]) == (13, "setting_missing")
    named = bare("rabot", "tariffs", "list", "-o", "json", more={"ENERGYCTL_CONFIG": "nowhere.yaml"})
    assert (named.code, named.error["code"]) == (13, "config_missing")


def test_the_sandbox_profile_needs_no_file(env: dict[str, str], home: Path, sandbox: Sandbox) -> None:
    run = run_with({**env, "ENERGYCTL_SANDBOX_DIR": str(sandbox.directory)}, home)
    assert run("-p", "sandbox", "rabot", "tariffs", "list").code == 0
    gone = run(
        "-p", "sandbox", "rabot", "tariffs", "list", "-o", "json", more={"ENERGYCTL_SANDBOX_DIR": "nowhere"}
    )
    assert (gone.code, gone.error["code"]) == (13, "sandbox_not_running")


# -- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
        ("localhost.example.org", False), ("127.0.0.1.example.org", False), ("10.0.0.1", False),
        ("0.0.0.0", False), ("2130706433", False), ("", False),
    ],
)  # fmt: skip
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_an_address_loses_its_last_slash() -> None:
    assert checked_url("https://h.example/base/", "f") == "https://h.example/base"
    assert checked_url("http://[::1]:8080", "f") == "http://[::1]:8080"
