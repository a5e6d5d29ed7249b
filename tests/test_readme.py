"""The README's promises: its screens are what the tool prints, and its files and commands exist."""

from __future__ import annotations

import re
import subprocess

import pytest

from energyctl.sandbox.registry import PROVIDERS
from tests.conftest import Run
from tests.screens import README, commands, cut, form, printed

TEXT = README.read_text(encoding="utf-8")
SCREENS = commands(TEXT)


def test_every_provider_has_a_screen() -> None:
    shown = " ".join(line for line, _ in SCREENS)
    assert all(f"energyctl {provider} " in shown for provider in PROVIDERS)


@pytest.mark.parametrize(("line", "screen"), SCREENS, ids=[line for line, _ in SCREENS])
def test_a_screen_is_what_its_command_prints(run: Run, line: str, screen: list[str]) -> None:
    def ran(words: list[str]) -> subprocess.CompletedProcess[str]:
        done = run(*words)
        return subprocess.CompletedProcess(words, done.code, done.out, done.err)

    # What follows the first line depends on the day and the hour.
    assert form(screen[0]) == form(cut(printed(line, ran))[0])


def test_the_two_commands_of_the_quick_start_are_there() -> None:
    assert ".venv/bin/energyctl demo" in TEXT
    assert ".venv/bin/pip install '.[dev]' && .venv/bin/pytest" in TEXT


def test_relative_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (README.parent / link).exists(), link
