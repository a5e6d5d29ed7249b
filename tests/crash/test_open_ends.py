"""The same write again, after one whose end is not known: looked up where that is possible, told in any case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Sandbox
from tests.crash.cases import CASES
from tests.crash.sweep import World, environment


def _world(tmp_path: Path, sandbox: Sandbox, *words: str) -> World:
    case = next(case for case in CASES if case.words[: len(words)] == words)
    return World(case, tmp_path / "own", environment(), sandbox)


def test_one_that_happened_is_not_sent_again(tmp_path: Path, sandbox: Sandbox) -> None:
    world = _world(tmp_path, sandbox, "rabot", "customers", "unlink", "1000001", "--yes")
    assert world.run(*world.case.words, stop_at="answer.received").code == -9
    assert [one["outcome"] for one in world.journal()] == ["unknown"]
    again = world.run(*world.case.words)
    assert (again.code, again.json["outcome"], again.json["journal_id"]) == (0, "changed", 1)
    assert (
        "'end the link to customer 1000001' was sent before and its end is not known (journal 1)" in again.err
    )
    assert len(world.sent()) == 1
    assert [one["outcome"] for one in world.journal()] == ["changed"]
    assert "was sent before" not in world.run(*world.case.words).err


def test_one_that_cannot_be_looked_up_is_told_before_it_is_sent_again(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    world = _world(tmp_path, sandbox, "rabot", "consumption-plan", "submit")
    assert world.run(*world.case.words, stop_at="result.before").code == -9
    again = world.run(*world.case.words, "-o", "json", "--quiet")
    assert (again.code, again.json["journal_id"], len(world.sent())) == (0, 2, 2)
    assert "(journal 1); it may have happened" in again.err
    assert "was sent before" not in world.run(*world.case.words).err


@pytest.mark.parametrize("place", ["intent.kept", "result.kept"])
def test_one_that_was_not_sent_or_whose_end_is_known_is_not_told(
    tmp_path: Path, sandbox: Sandbox, place: str
) -> None:
    world = _world(tmp_path, sandbox, "rabot", "consumption-plan", "submit")
    assert world.run(*world.case.words, stop_at=place).code == -9
    assert "was sent before" not in world.run(*world.case.words).err
