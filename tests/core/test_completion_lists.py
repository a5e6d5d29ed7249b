"""Lists that the tool keeps for completion: how they are written, and what real shells make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, get_args

import pytest
import typer
from typer.main import get_command

from energyctl.core.cache import CompletionList
from energyctl.core.commandline import App, Group
from energyctl.core.completion import Shell
from energyctl.core.files import Paths
from tests.core.completion_shells import KINDS, AnyShell, Bash, Place

THINGS = CompletionList("some-things")
HOSTILE = (
    r"""He's "so" [x] {a,b} `touch HACKED` $(touch HACKED) $HOME c:\d %F{red} ; & | < > * ? ~ # ! é \' \\"""
)
IDS = [
    "A1:2",
    "A1:3",
    "b c",
    "d'e",
    'f"g',
    "$(touch HACKED)",
    "`touch HACKED`",
    "i\\j",
    "k[l]",
    "~m",
    "n&o;p",
    "é",
]
TAME = ["A1:2", "A1:3", "X7", "é"]


def _tree() -> Group:
    app = App(help="Things.")

    @app.callback()
    def _group() -> None:
        """Things."""

    @app.command("use")
    def _use(
        things: Annotated[list[str], typer.Argument(metavar="THING...", autocompletion=THINGS.feed)],
        other: Annotated[str, typer.Option("--other", "-t", autocompletion=THINGS.feed)] = "",
    ) -> None: ...

    group = get_command(app)
    assert isinstance(group, Group)
    group.name = "energyctl"
    return group


def _session(state: Path) -> Any:
    return SimpleNamespace(paths=Paths(state / "config.yaml", state), options=SimpleNamespace(limit=None))


def _write(state: Path, *candidates: tuple[str, str]) -> None:
    THINGS.write(_session(state), candidates)


Started = Callable[..., AnyShell]


@pytest.fixture(params=get_args(Shell))
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    """Start each shell in turn in a home of its own, with the completion of a small tree and some variables."""
    started: list[AnyShell] = []

    def make(**more: str) -> AnyShell:
        started.append(KINDS[request.param](Place(tmp_path / "user", _tree(), more)))
        return started[-1]

    yield make
    for one in started:
        one.close()


def test_a_list_is_private_and_one_line_a_candidate(tmp_path: Path) -> None:
    state = tmp_path / "state"
    _write(state, ("a", "one\ntwo\tthree\x1b[31m"), ("b", "x" * 500), ("c", ""))
    file = state / "completion/some-things"
    lines = file.read_text().splitlines()
    assert lines[0] == "a\tone\\ntwo\\tthree\\x1b[31m"
    assert lines[1:] == [f"b\t{'x' * 99}…", "c\t"]
    assert [path.stat().st_mode & 0o777 for path in (file, file.parent, state)] == [0o600, 0o700, 0o700]
    _write(state, ("d", "the latest"))
    assert file.read_text() == "d\tthe latest\n"
    assert [path.name for path in file.parent.iterdir()] == ["some-things"]


def test_a_value_that_is_no_plain_argument_is_left_out(tmp_path: Path) -> None:
    _write(
        tmp_path, *((one, "") for one in ("--yes", "-", "", " ", "a\nb", "a\tb", "a\x1bb", "\u202ea", "good"))
    )
    assert (tmp_path / "completion/some-things").read_text() == "good\t\n"


def test_a_list_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "completion").write_text("in the way")
    _write(tmp_path, ("a", ""))
    (tmp_path / "completion").unlink()
    (tmp_path / "completion").symlink_to(tmp_path / "elsewhere")
    _write(tmp_path, ("a", ""))
    assert not (tmp_path / "elsewhere").exists()


def test_a_list_is_fed_while_rows_pass(tmp_path: Path) -> None:
    file = tmp_path / "completion/some-things"

    def passed(*rows: Any, selected: bool = False) -> Iterator[Any]:
        def candidate(row: Any) -> tuple[Any, Any]:
            return row.get("id"), row.get("name")

        return THINGS.fed_by(_session(tmp_path), rows, candidate, selected=selected)

    rows = [{"id": "a", "name": "A"}, "no object", {"name": "no id"}, {"id": 2}, {"id": "c"}]
    some = passed(*rows)
    assert [next(some) for _ in range(4)] == rows[:4]
    assert not file.exists()
    some.close()
    assert file.read_text() == "a\tA\n2\t\n"
    assert list(passed()) == []
    assert file.read_text() == "a\tA\n2\t\n"
    some = passed({"id": "d", "name": "D"}, {"id": "e"})
    next(some)
    some.close()
    assert file.read_text() == "d\tD\na\tA\n2\t\n", "an end that comes early loses nothing"
    list(passed({"id": "e", "name": "E"}, {"id": "a", "name": "A new"}, selected=True))
    assert file.read_text() == "e\tE\na\tA new\nd\tD\n2\t\n"
    list(passed({"id": "f", "name": "F"}))
    assert file.read_text() == "f\tF\n", "all rows take the place of those before"


@pytest.mark.parametrize(
    ("variables", "state"),
    [
        ({}, ".local/state/energyctl"),
        ({}, "Library/Application Support/energyctl"),
        ({"XDG_STATE_HOME": "{home}/x d g"}, "x d g/energyctl"),
        ({"ENERGYCTL_STATE_DIR": "{home}/my state", "XDG_STATE_HOME": "{home}/xdg"}, "my state"),
        ({"ENERGYCTL_STATE_DIR": "~/my state"}, "my state"),
    ],
)
def test_a_list_is_found_where_the_tool_keeps_it(
    start: Started, tmp_path: Path, variables: dict[str, str], state: str
) -> None:
    home = tmp_path / "user"
    shell = start(**{name: value.format(home=home) for name, value in variables.items()})
    assert shell.offers("energyctl use ") == {}
    for lost in (".local/state/energyctl", "xdg/energyctl"):
        if variables:
            _write(home / lost, ("wrong", "Another's"))
    _write(home / state, ("right", "The one"))
    assert shell.offers("energyctl use ").keys() == {"right"}


def test_tab_offers_values_of_a_list(start: Started, tmp_path: Path) -> None:
    _write(tmp_path / "state", *((one, f"The {one}") for one in TAME))
    shell = start(ENERGYCTL_STATE_DIR=str(tmp_path / "state"))
    every = {one: "" if isinstance(shell, Bash) else f"The {one}" for one in TAME}
    assert shell.offers("energyctl use ") == every
    assert shell.offers("energyctl use X7 ") == every
    assert shell.offers("energyctl use --other ") == every
    assert shell.offers("energyctl use --other=") == every
    rest = {"2", "3"} if isinstance(shell, Bash) else {"A1:2", "A1:3"}  # to readline a colon begins a word
    assert shell.offers("energyctl use A1:").keys() == rest
    assert shell.offers("energyctl use nosuch") == {}
    assert shell.after_tab("energyctl use X").rstrip() == "energyctl use X7"
    assert shell.after_tab("energyctl use --other=X").rstrip() == "energyctl use --other=X7"
    assert shell.after_tab("energyctl use -tX").rstrip() == "energyctl use -tX7"


def test_nothing_in_a_list_is_executed(start: Started, tmp_path: Path) -> None:
    described = {one: f"{number} {HOSTILE}" for number, one in enumerate(IDS)}
    _write(tmp_path / "state", *described.items())
    shell = start(ENERGYCTL_STATE_DIR=str(tmp_path / "state"))
    offered = shell.offers("energyctl use ")
    assert offered == (dict.fromkeys(IDS, "") if isinstance(shell, Bash) else described)
    assert not [*tmp_path.rglob("HACKED"), *Path().glob("HACKED")]


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("$", r"\$\(touch\ HACKED\)"),
        ("'$", "'$(touch HACKED)'"),
        ('"$', r'"\$(touch HACKED)"'),
        ("'d", r"'d'\''e'"),
        ('"f', r'"f\"g"'),
        ('"i', r'"i\\j"'),
        ('"q', '"q'),  # an exclamation mark would recall history
        ("q", r"q\!\!"),
    ],
)
def test_bash_quotes_what_it_completes(tmp_path: Path, typed: str, completed: str) -> None:
    _write(tmp_path / "state", *((one, "") for one in (*IDS, "q!!") if "`" not in one))
    bash = Bash(Place(tmp_path / "user", _tree(), {"ENERGYCTL_STATE_DIR": str(tmp_path / "state")}))
    after = bash.after_tab(f"energyctl use {typed}").rstrip()
    bash.close()
    assert after == f"energyctl use {completed}"


def test_a_long_list_is_searched(start: Started, tmp_path: Path) -> None:
    _write(tmp_path / "state", *((f"P{number:05}", f"Plug {number}: é") for number in range(10_000)))
    shell = start(ENERGYCTL_STATE_DIR=str(tmp_path / "state"))
    shell.offers("energyctl use nosuch")
    assert len(shell.offers("energyctl use P0123")) == 10
