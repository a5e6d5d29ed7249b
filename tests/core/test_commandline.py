"""Options with values that may be left out, seconds, lazily loaded groups and help pages."""

from __future__ import annotations

import pytest

from energyctl.app import TABLE, root
from energyctl.core.commandline import GLOBAL_OPTIONS, Group, optional_seconds
from energyctl.core.errors import UsageProblem
from energyctl.core.helppage import split_examples
from energyctl.core.session import GlobalOptions
from tests.conftest import Run


@pytest.mark.parametrize(
    ("text", "seconds"), [(None, None), ("", 60.0), ("0", 0.0), ("1.5", 1.5), ("90", 90.0)]
)
def test_an_optional_value_in_seconds(text: str | None, seconds: float | None) -> None:
    assert optional_seconds(text, 60.0) == seconds


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "1e9", "1m", " "])
def test_what_is_no_number_of_seconds(text: str) -> None:
    with pytest.raises(UsageProblem):
        optional_seconds(text, 60.0)


def test_the_global_options_are_those_of_the_public_contract() -> None:
    flags = {flag for option in GLOBAL_OPTIONS for flag in option.opts}
    promised = (
        "-p --profile -o --output -c --columns --query --no-header --limit --sort-by --timeout --max-wait "
        "-y --yes --dry-run -q --quiet -v --verbose --no-color --no-input --redact"
    )
    assert flags == set(promised.split())
    assert {option.name.removeprefix("global_") for option in GLOBAL_OPTIONS} == set(vars(GlobalOptions()))


def _commands(group: Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name in dict.fromkeys((*group.table, *group.commands)):
        command = group.load(name)
        assert command is not None
        found.append((*path, name))
        if isinstance(command, Group):
            found += _commands(command, (*path, name))
    return found


def test_every_command_has_help_with_two_examples_that_begin_with_its_name() -> None:
    paths = _commands(root)
    assert {path[0] for path in paths} == set(TABLE)
    for path in paths:
        command: object = root
        for name in path:
            assert isinstance(command, Group)
            command = command.load(name)
        text, examples = split_examples(getattr(command, "help", "") or "")
        assert text, path
        assert not any(line.startswith(" ") for line in text.splitlines()), (
            path,
            "indented as in the source",
        )
        if isinstance(command, Group):
            continue
        assert len(examples) >= 2, path
        assert any(f"energyctl {' '.join(path)}" in example for example in examples), path


@pytest.mark.parametrize("words", [["--wait"], ["--wait="], ["--wait=5"]])
def test_a_value_may_be_left_out_behind_its_option(bare: Run, words: list[str]) -> None:
    done = bare("rabot", "customers", "link", *words, "-o", "json")
    assert (done.code, done.error["code"]) == (13, "setting_missing")
    apart = bare("rabot", "customers", "link", "--wait", "5")
    assert apart.code == 2


def test_an_option_of_a_group_is_not_one_of_its_commands(bare: Run) -> None:
    assert bare("rabot", "--postcode", "10115", "quote", "x").code == 2
    assert bare("--version", "rabot").out.startswith("energyctl ")
    assert bare("rabot", "--version").code == 2
