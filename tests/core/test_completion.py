"""Real shells complete with the scripts: bash and zsh in a terminal, as somebody who presses Tab would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

import pytest
import typer
from typer.main import get_command

from energyctl.app import root
from energyctl.core.commandline import App, Group
from energyctl.core.completion import FILE_NAMES, Shell, completion_script
from tests.core.completion_shells import KINDS, AnyShell, Bash, Place

COMMITTED = Path(__file__).resolve().parents[2] / "completions"
FORMATS = {"table", "tsv", "json", "jsonl", "csv", "yaml", "ids"}


@pytest.fixture(scope="module", params=get_args(Shell))
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyShell]:
    """Each shell in turn, with the completion of the real tool."""
    started = KINDS[request.param](Place(tmp_path_factory.mktemp("home") / "user", root))
    yield started
    started.close()


GROUPS = {"auth", "config", "journal", "sandbox", "demo", "completion", "rabot"}
SOME_GLOBALS = {"--profile", "--output", "--yes", "--dry-run", "--help"}


@pytest.mark.parametrize(
    ("line", "there", "not_there"),
    [
        ("energyctl ", GROUPS, {"list", "--output"}),
        ("energyctl -o json ", GROUPS, {"json"}),
        ("energyctl --profile rabot ", GROUPS, {"tariffs"}),
        ("energyctl --yes rabot ", {"tariffs", "quote", "orders", "customers", "contracts"}, {"auth"}),
        ("energyctl rabot orders ", {"template", "validate", "create", "list", "show", "wait"}, {"tariffs"}),
        ("energyctl auth log", {"login", "logout"}, {"status", "token"}),
        ("energyctl --", {"--version", *SOME_GLOBALS}, {"--postcode", "rabot"}),
        ("energyctl rabot --", SOME_GLOBALS, {"--version"}),
        ("energyctl rabot quote --", {"--postcode", "--kwh", "--ev", "--no-ev", *SOME_GLOBALS}, {"--until"}),
        ("energyctl rabot quote RabotSmart --kwh 3500 --p", {"--postcode", "--profile"}, {"--kwh", "--ev"}),
        ("energyctl rabot orders list -ojson --cust", {"--customer"}, {"json"}),
        ("energyctl rabot orders show 4711 ", SOME_GLOBALS, {"4711"}),
        ("energyctl rabot orders wait --timeout 9 --", {"--until", "--max-wait"}, {"9"}),
        ("energyctl -o ", FORMATS, GROUPS),
        ("energyctl rabot tariffs list --output ", FORMATS, {"--help"}),
        ("energyctl rabot tariffs list --output=", FORMATS, {"--help"}),
        ("energyctl rabot tariffs list --output=j", {"json", "jsonl"}, {"csv"}),
        ("energyctl rabot orders list -qo j", {"json", "jsonl"}, {"csv"}),
        ("energyctl rabot orders template --type ", {"private", "business"}, FORMATS),
        ("energyctl completion ", {"bash", "zsh", "fish"}, FORMATS),
        ("energyctl completion -q ", {"bash", "zsh", "fish"}, FORMATS),
        # An optional value stands behind an equals sign only; what follows is another word.
        ("energyctl rabot customers link --wait --qu", {"--query", "--quiet"}, set()),
        ("energyctl sandbox run -- energyctl rabot or", {"orders"}, {"energyctl"}),
        ("energyctl sandbox run energyctl rabot orders list --cust", {"--customer"}, {"--customers"}),
        ("energyctl sandbox run --seed 3 meter", {"meterread"}, {"rabot"}),
    ],
)
def test_offers(shell: AnyShell, line: str, there: set[str], not_there: set[str]) -> None:
    offered = shell.offers(line).keys()
    assert there <= offered
    assert not not_there & offered


@pytest.mark.parametrize(
    "line",
    [
        "energyctl --profile ",
        "energyctl rabot quote --kwh=",
        "energyctl rabot api GET /",
        "energyctl rabot nosuch ",
        "energyctl rabot orders show -- --",
    ],
)
def test_offers_nothing_where_it_knows_nothing(shell: AnyShell, line: str) -> None:
    assert shell.offers(line) == {}
    assert shell.after_tab(line) == line


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("energyctl rabot cust", "energyctl rabot customers"),
        ("energyctl rabot tariffs list --output=ya", "energyctl rabot tariffs list --output=yaml"),
        ("energyctl -oya", "energyctl -oyaml"),
        ("energyctl rabot orders validate -f ~/order.", "energyctl rabot orders validate -f ~/order.yaml"),
        (
            "energyctl rabot orders validate --file=~/order.",
            "energyctl rabot orders validate --file=~/order.yaml",
        ),
        ("energyctl demo --dir ~/or", "energyctl demo --dir ~/orders/"),
        ("energyctl sandbox run -- meter", "energyctl sandbox run -- meterread"),
        ("energyctl sandbox run -- meterread ~/order.", "energyctl sandbox run -- meterread ~/order.yaml"),
    ],
)
def test_tab_completes_the_line(shell: AnyShell, line: str, completed: str) -> None:
    assert shell.after_tab(line).rstrip() == completed


def test_tab_after_an_equals_sign_in_quotes(tmp_path: Path) -> None:
    bash = Bash(Place(tmp_path / "user", root))
    assert bash.after_tab('energyctl --output="ya').rstrip() == 'energyctl --output="yaml"'
    bash.close()


def _paths(group: Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name in group.table:
        group.load(name)
    for name, command in group.commands.items():
        if isinstance(command, Group):
            yield from _paths(command, (*path, name))


def test_every_group_offers_the_commands_of_its_help(tmp_path: Path) -> None:
    place = Place(tmp_path / "user", root)
    bash = Bash(place)
    for path in _paths(root):
        line = " ".join(("energyctl", *path, ""))
        group = root
        for name in path:
            group = group.commands[name]
        visible = [name for name, command in group.commands.items() if not command.hidden]
        assert set(bash.offers(line)) == set(visible), line
    bash.close()


NASTY = r"""He's "so" [x] (y) {a,b} `touch HACKED` $(touch HACKED) $HOME c:\d %d %F{red} ; & | < > * ? ~ # ! é \' \\"""
WORDS = ["a b", "c:d", "e'f", "$HOME", "g`h", r"i\j", "k[l]"]


def _strange_tree() -> Group:
    app = App(help="Strange.")

    @app.callback()
    def _group() -> None:
        """Strange."""

    @app.command("one", help=NASTY)
    def _one(
        word: Annotated[
            str, typer.Option("--word", metavar="A'B:[c]$x", help=NASTY, autocompletion=lambda: WORDS)
        ] = "",
        kind: Annotated[Literal["u:v", "w x"], typer.Option("--kind", "-k", help="Kind.")] = "u:v",
        unit: Annotated[str, typer.Option("--unit", metavar="Wh|kWh|NAME", help="Unit.")] = "Wh",
        secret: Annotated[str, typer.Option("--secret", hidden=True)] = "",
        place: Annotated[str, typer.Argument(metavar="we:ird[", autocompletion=lambda: ["p q", "r:s"])] = "",
    ) -> None: ...

    @app.command("hidden", hidden=True)
    def _hidden() -> None: ...

    @app.command("two")
    def _two() -> None:
        """Second.

        With more to say, and an example.

        Examples:
        energyctl two
        """

    group = get_command(app)
    assert isinstance(group, Group)
    group.name = "energyctl"
    return group


@pytest.fixture(scope="module", params=get_args(Shell))
def strange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyShell]:
    """Each shell in turn, with the completion of a tree full of signs that mean something to shells."""
    started = KINDS[request.param](Place(tmp_path_factory.mktemp("home") / "user", _strange_tree()))
    yield started
    started.close()


def test_helps_and_words_survive_whatever_is_in_them(strange: AnyShell) -> None:
    commands = strange.offers("energyctl ")
    assert set(commands) == {"one", "two"}
    options = strange.offers("energyctl one --w")
    assert set(options) == {"--word"}
    if not isinstance(strange, Bash):
        assert commands == {"one": NASTY, "two": "Second"}
        assert options == {"--word": NASTY}
    assert set(strange.offers("energyctl one --word ")) == set(WORDS)
    assert set(strange.offers("energyctl one ")) == {"p q", "r:s"}
    assert set(strange.offers("energyctl one --kind=")) == {"u:v", "w x"}
    assert strange.after_tab("energyctl one --kind=u:").rstrip() == "energyctl one --kind=u:v"
    assert strange.after_tab("energyctl one --word c:").rstrip() == "energyctl one --word c:d"


def test_what_is_hidden_is_not_offered(strange: AnyShell) -> None:
    assert "hidden" not in strange.offers("energyctl ")
    assert "--secret" not in strange.offers("energyctl one --sec")


def test_words_in_a_metavar_are_offered(strange: AnyShell) -> None:
    assert set(strange.offers("energyctl one --unit ")) == {"Wh", "kWh"}


@pytest.mark.parametrize("name", get_args(Shell))
def test_the_committed_file_is_what_the_command_tree_gives(name: Shell) -> None:
    path = COMMITTED / FILE_NAMES[name].format("energyctl")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != completion_script(root, name):
        pytest.fail(f"{path} is out of date. Renew it: python -m energyctl.core.completion completions")


def test_the_renewing_command_writes_what_the_tool_prints(tmp_path: Path) -> None:
    python = [sys.executable, "-m"]
    done = subprocess.run(
        [*python, "energyctl.core.completion", str(tmp_path)], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name in get_args(Shell):
        printed = subprocess.run(
            [*python, "energyctl", "completion", name],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "1"},
        )
        assert (printed.returncode, printed.stderr) == (0, b"")
        assert printed.stdout == (tmp_path / FILE_NAMES[name].format("energyctl")).read_bytes()


def test_the_renewing_command_wants_a_directory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "energyctl.core.completion"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Usage: python -m energyctl.core.completion DIRECTORY\n"


def test_another_shell_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "energyctl", "completion", "tcsh"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in done.stderr
