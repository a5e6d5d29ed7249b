"""Any words behind any command: the tool says what is wrong with them, and never that it is wrong itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import _click

from energyctl.app import root
from energyctl.core.commandline import Group
from energyctl.core.text import harmless
from tests.conftest import Done, run_with
from tests.hostile_inputs.mutations import TEXTS
from tests.properties import few

#: Commands that start servers, open an editor or a browser, ask a person, or end what others need.
LEFT_OUT = {
    ("demo",), ("sandbox", "start"), ("sandbox", "run"), ("sandbox", "stop"), ("sandbox", "reset"), ("config", "edit"),
    ("bright", "bankid"), ("bright", "openid"), ("emulate", "keys", "generate"), ("auth", "login"),
}  # fmt: skip
#: Every end that the public contract names, but for 1, which is a mistake of the tool's own.
ENDS = (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
CONFIG = """\
profiles:
  w:
    timezone: Europe/Berlin
    rabot: {api_url: 'http://127.0.0.1:9', auth_url: 'http://127.0.0.1:9', client_id: a, client_secret: 'env:SECRET'}
    emporia: {target: '127.0.0.1:9', email: a@example.org, password: 'env:SECRET'}
    emulate: {api_url: 'http://127.0.0.1:9', retailer_id: 42, token: 'env:TOKEN'}
    bright: {environment: mine, base_url: 'http://127.0.0.1:9', auth: none}
"""
SECRET = "hush-hush-4711"


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the tree with its words."""
    ctx = _click.Context(group)
    for name in group.list_commands(ctx):
        command = group.load(name) if isinstance(group, Group) else group.get_command(ctx, name)
        if isinstance(command, Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = {words: one for words, one in commands(root) if words not in LEFT_OUT}


def options(command: Any) -> list[str]:
    """All names of a command's options."""
    named = {
        opt for one in command.get_params(_click.Context(command)) for opt in (*one.opts, *one.secondary_opts)
    }
    return sorted(one for one in named if one.startswith("-"))


OPTIONS = {words: options(one) for words, one in COMMANDS.items()}
#: As the system hands them over: no NUL, and not too long for one argument.
ARGUMENTS = TEXTS.map(lambda text: text.replace("\0", "").encode("utf-8", "replace").decode()[:2000])
WORDS = ARGUMENTS | st.sampled_from(
    ["C-100001", "1", "1,2", "a=b", "a:=[", "@nowhere", "-", "2026-03-29", "GET", "/x", "list"]
)
UNWANTED = ("--help", "--watch", "--wait", "-w", "--to", "--junit", "--out")


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    words = draw(st.sampled_from(sorted(COMMANDS)))
    known = [one for one in OPTIONS[words] if one not in UNWANTED]
    more: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        more += draw(
            st.lists(WORDS, min_size=1, max_size=2)
            | st.tuples(st.sampled_from(known), WORDS).map(list)
            | st.tuples(st.sampled_from(known), WORDS).map(lambda one: ["=".join(one)])
            | st.sampled_from(known).map(lambda one: [one])
        )
    return [*words, *more]


def fits(done: Done) -> None:
    assert done.code in ENDS, (done.code, done.err)
    assert "Unexpected failure" not in done.err
    assert SECRET not in done.out + done.err
    for line in done.err.split("\n"):
        assert harmless(line) == line
    if done.code in (2, 13):
        assert done.err.strip()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("words")
    (found / "config.yaml").write_text(CONFIG)
    return found


def runner(place: Path, **more: str) -> Any:
    import os

    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "ENERGYCTL_CONFIG": str(place / "config.yaml"),
        "ENERGYCTL_STATE_DIR": str(place / "state"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "ENERGYCTL_BACKOFF_S": "0",
        "SECRET": SECRET,
        "TOKEN": "e30.e30.x",
        "TZ": "Europe/Berlin",
        "LC_ALL": "C.UTF-8",
        "EDITOR": "false",
        **more,
    }
    return run_with(env, place)


@few
@given(line=lines(), given_text=TEXTS)
def test_any_words_behind_any_command(place: Path, line: list[str], given_text: str) -> None:
    fits(runner(place)(*line, "--no-input", input=given_text.encode("utf-8", "replace")))


VARIABLES = st.sampled_from(
    [
        "ENERGYCTL_PROFILE", "ENERGYCTL_CONFIG", "ENERGYCTL_STATE_DIR", "ENERGYCTL_SANDBOX_DIR", "ENERGYCTL_BACKOFF_S",
        "ENERGYCTL_POLL_S", "ENERGYCTL_DEBUG", "ENERGYCTL_RABOT_ENVIRONMENT", "ENERGYCTL_RABOT_API_URL",
        "ENERGYCTL_RABOT_CLIENT_ID", "ENERGYCTL_RABOT_CLIENT_SECRET", "ENERGYCTL_EMULATE_RETAILER_ID",
        "ENERGYCTL_EMULATE_CLAIMS", "ENERGYCTL_EMULATE_ENDPOINTS", "ENERGYCTL_EMULATE_TOKEN",
        "ENERGYCTL_EMULATE_TOKEN_TTL", "ENERGYCTL_EMULATE_RETAILER_KEY", "ENERGYCTL_BRIGHT_AUTH",
        "ENERGYCTL_BRIGHT_BASE_URL", "ENERGYCTL_BRIGHT_API_KEY", "ENERGYCTL_BRIGHT_API_KEY_HEADER",
        "ENERGYCTL_BRIGHT_ENDPOINTS", "ENERGYCTL_EMPORIA_TARGET", "ENERGYCTL_EMPORIA_CALLS_PER_HOUR",
        "ENERGYCTL_EMPORIA_CA_FILE", "ENERGYCTL_EMPORIA_EMAIL", "ENERGYCTL_EMPORIA_PASSWORD",
        "TZ", "COLUMNS", "TERM", "NO_COLOR", "HOME",
        "XDG_STATE_HOME", "SECRET", "TOKEN",
    ]
)  # fmt: skip
VALUES = ARGUMENTS | st.sampled_from(
    [
        "[" * 3000, "{" * 3000, '{"a": 1}', "nan", "-1", "/dev/zero", "/dev/null", "a\nb", "\udcff", "magic", "sandbox",
        "file:/dev/zero",
    ]
)  # fmt: skip
READS = st.sampled_from(
    [
        ("rabot", "tariffs", "list"), ("emulate", "customers", "list"), ("emulate", "token", "mint"),
        ("emporia", "devices", "list"), ("bright", "api", "GET", "/x"), ("bright", "endpoints", "list"),
        ("config", "show", "--sources"), ("auth", "status"), ("limits",), ("journal", "list"), ("doctor",),
        ("find", "C-1"),
    ]
)  # fmt: skip


@few
@given(line=READS, variables=st.dictionaries(VARIABLES, VALUES, min_size=1, max_size=3))
def test_any_value_of_any_variable(place: Path, line: tuple[str, ...], variables: dict[str, str]) -> None:
    done = runner(place, **variables)(*line, "-o", "json", "--timeout", "2")
    fits(done)
    if done.out and done.code == 0:
        json.loads(done.out)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e300", "3e6"])
def test_no_command_takes_seconds_that_nobody_can_wait(text: str) -> None:
    asked = [
        (words, param)
        for words, command in commands(root)
        for param in command.get_params(_click.Context(command))
        if "SECONDS" in str(param.metavar) and not str(param.metavar).startswith("[=")
    ]
    assert len({param.name for _, param in asked}) > 2
    for _, param in asked:
        with pytest.raises(_click.exceptions.BadParameter):
            param.type.convert(text, param, None)


def test_an_argument_that_is_no_utf_8_is_named(place: Path) -> None:
    done = runner(place)("rabot", "tariffs", "list", "\udcff", "-o", "json")
    assert (done.code, done.out) == (2, "")
    assert "Argument 4" in done.error["message"]
