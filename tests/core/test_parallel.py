"""Providers asked at the same time: order, notices, failures, and the limit for all together."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from energyctl.core.errors import EnergyctlError, NotFound, PartlyFailed, Unreachable
from energyctl.core.parallel import Asking, settle
from energyctl.core.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    env = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    return Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env=env)


def said(session: Session) -> list[str]:
    stream = session.stderr
    assert isinstance(stream, io.StringIO)
    return stream.getvalue().splitlines()


def test_all_work_at_once_and_are_read_in_their_order(session: Session) -> None:
    second_has_begun = threading.Event()

    def first(_own: Session) -> Iterator[int]:
        assert second_has_begun.wait(30)
        yield 1

    def second(own: Session) -> Iterator[int]:
        second_has_begun.set()
        own.notice("half way")
        yield 2

    asking = Asking(session, {"a": first, "b": second})
    assert list(asking) == [("a", 1), ("b", 2)]
    assert said(session) == ["b: half way"]
    assert asking.failures == {}


def test_the_next_begins_when_the_one_before_waits(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energyctl.core.parallel.NEXT_BEGINS_S", 60.0)
    second_has_begun = threading.Event()

    def first(own: Session) -> Iterator[bool]:
        yield second_has_begun.is_set()
        own.waiting()
        yield second_has_begun.wait(30)

    def second(_own: Session) -> Iterator[bool]:
        second_has_begun.set()
        yield True

    assert list(Asking(session, {"a": first, "b": second})) == [("a", False), ("a", True), ("b", True)]


def test_one_that_fails_hides_nobody(session: Session) -> None:
    def failing(_own: Session) -> Iterator[int]:
        yield 1
        raise Unreachable("It is down.", hint="Wait.")

    asking = Asking(session, {"a": failing, "b": lambda _own: iter([2])})
    assert list(asking) == [("a", 1), ("b", 2)]
    assert {name: error.provider for name, error in asking.failures.items()} == {"a": "a"}
    with pytest.raises(PartlyFailed, match="1 of 2 providers could not be asked: a") as caught:
        settle(session, asking.failures, {"b"}, 2)
    assert caught.value.hint == "The others' rows are whole. It is down."
    assert said(session) == ["a could not be asked: It is down. Wait."]


def test_one_that_fails_after_its_first_rows_was_asked_in_part(session: Session) -> None:
    failures: dict[str, EnergyctlError] = {"a": Unreachable("It went down.")}
    with pytest.raises(PartlyFailed, match="1 of 1 providers could not be asked in full: a") as caught:
        settle(session, failures, {"a"}, 1)
    assert caught.value.hint == "It went down."
    assert said(session) == ["a could not be asked in full: It went down."]


def test_one_that_does_not_end_is_left_behind(session: Session) -> None:
    stop = threading.Event()

    def stuck(_own: Session) -> Iterator[int]:
        yield 1
        stop.wait()

    asking = Asking(session, {"a": stuck, "b": lambda _own: iter([2])}, limit_s=1, ahead=0)
    found = list(asking)
    stop.set()
    assert ("a", 1) in found
    assert asking.failures["a"].code == "timeout"
    assert asking.failures["a"].message == "a did not come to an end within 1 s."


def test_a_bug_is_no_failure_of_a_provider(session: Session) -> None:
    def broken(_own: Session) -> Iterator[int]:
        yield int("x")

    with pytest.raises(ValueError, match="invalid literal"):
        list(Asking(session, {"a": broken}))


def test_when_all_fail_the_first_error_stands(session: Session) -> None:
    failures: dict[str, EnergyctlError] = {"a": NotFound("No a."), "b": Unreachable("No b.")}
    with pytest.raises(NotFound, match="No a"):
        settle(session, failures, (), 2)
    assert said(session) == ["b could not be asked: No b."]
    settle(session, {}, (), 0)


def test_a_long_list_is_not_read_ahead_of_its_reader(session: Session) -> None:
    made: list[int] = []

    def endless(_own: Session) -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    asking = iter(Asking(session, {"a": endless}, ahead=5))
    assert [next(asking) for _ in range(3)] == [("a", 0), ("a", 1), ("a", 2)]
    assert len(made) <= 3 + 5 + 1
