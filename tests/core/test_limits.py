"""The budget's store: windows that slide, clocks that are set back, waiting, and stores that cannot be used."""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from energyctl.core import limits
from energyctl.core.errors import ConfigProblem, RateLimited
from energyctl.core.limits import Budget
from energyctl.core.session import Session


class Clock:
    """The wall's clock as a test sets it; sleeping moves it on."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    monkeypatch.setattr(limits, "sleep", clock.sleep)
    return clock


Make = Callable[..., Budget]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def budget(limit: int = 3, account: str = "a@example.org", max_wait: float | None = None) -> Budget:
        session = Session(
            stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(),
            env={"ENERGYCTL_STATE_DIR": str(tmp_path / "state"), "ENERGYCTL_CONFIG": "/nowhere"},
        )  # fmt: skip
        session.options.max_wait = max_wait
        return Budget(session, provider="p", account=account, limit=limit)

    return budget


def test_the_window_slides(make: Make, clock: Clock) -> None:
    budget = make()
    for _ in range(3):
        budget.take()
        clock.now += 600
    with pytest.raises(RateLimited) as caught:
        budget.take()
    assert (caught.value.retry_after_s, caught.value.exit_code) == (1800, 7)
    assert "30 min" in str(caught.value.hint)
    clock.now += 1801
    budget.take()
    with pytest.raises(RateLimited) as caught:
        budget.take()
    assert caught.value.retry_after_s == pytest.approx(599)


def test_used_and_left(make: Make, clock: Clock) -> None:
    budget = make()
    assert (budget.used().used, budget.used().left, budget.used().frees_in_s) == (0, 3, None)
    budget.take()
    clock.now += 100
    budget.take()
    used = budget.used()
    assert (used.account, used.limit, used.used, used.left, used.frees_in_s) == (
        "a@example.org",
        3,
        2,
        1,
        3500,
    )
    lowered = make(limit=1).used()
    assert (lowered.used, lowered.left, lowered.frees_in_s) == (2, 0, 3600)
    clock.now += 3601
    assert budget.used().used == 0


def test_accounts_do_not_share(make: Make, clock: Clock) -> None:
    for _ in range(3):
        make().take()
    make(account="b@example.org").take()
    with pytest.raises(RateLimited):
        make().take()


def test_a_wait_within_the_limit(make: Make, clock: Clock) -> None:
    budget = make(limit=1, max_wait=3700)
    budget.take()
    clock.now += 3000
    budget.take()
    assert sum(clock.slept) == pytest.approx(600, abs=1)
    assert "going on in 600 s" in budget.session.stderr.getvalue()  # type: ignore[attr-defined]
    impatient = make(limit=1, max_wait=3000)
    with pytest.raises(RateLimited):
        impatient.take()
    assert len(clock.slept) == 1


def test_several_waits_count_together(make: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = make(limit=1, max_wait=100)
    pauses = iter([60.0, 60.0, None])
    monkeypatch.setattr(budget, "_try", lambda: next(pauses))
    with pytest.raises(RateLimited):
        budget.take()
    assert sum(clock.slept) == pytest.approx(60, abs=1)


def test_a_clock_that_was_set_back_blocks_nobody_for_long(make: Make, clock: Clock) -> None:
    budget = make()
    for _ in range(3):
        budget.take()
    clock.now -= 86_400
    assert budget.used().used == 0
    for _ in range(3):
        budget.take()
    with pytest.raises(RateLimited) as caught:
        budget.take()
    assert float(caught.value.retry_after_s or 0) <= 3600


def test_clocks_that_differ_a_little_are_no_reason_to_forget(make: Make, clock: Clock) -> None:
    for _ in range(3):
        make().take()
    clock.now -= 2
    with pytest.raises(RateLimited):
        make().take()


def test_really_waiting(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WINDOW_S", 0.3)
    budget = make(limit=2, max_wait=5)
    begun = time.monotonic()
    for _ in range(5):
        budget.take()
    assert time.monotonic() - begun > 0.55


def test_the_store_is_private(make: Make, tmp_path: Path) -> None:
    make().take()
    store = tmp_path / "state/limits.sqlite3"
    assert [path.stat().st_mode & 0o777 for path in (store, store.parent)] == [0o600, 0o700]
    rows = sqlite3.connect(store).execute("SELECT count(*) FROM calls").fetchone()
    assert rows == (1,)


@pytest.mark.parametrize("damage", ["garbage", "cut off", "table"])
@pytest.mark.parametrize("ask", [Budget.take, Budget.used])
def test_damaged_counts_are_put_away(
    make: Make, tmp_path: Path, damage: str, ask: Callable[[Budget], Any]
) -> None:
    store = tmp_path / "state/limits.sqlite3"
    budget = make()
    budget.take()
    if damage == "table":
        connection = sqlite3.connect(store)
        connection.executescript("DROP TABLE calls; CREATE TABLE calls (other TEXT)")
        connection.close()
    else:
        store.write_bytes(b"no database at all" * 100 if damage == "garbage" else store.read_bytes()[:4096])
    ask(budget)
    assert store.with_name("limits.sqlite3.damaged").exists()
    told = cast("io.StringIO", budget.session._stderr).getvalue()
    assert told.count("counting begins anew") == 1
    budget.take()
    assert budget.used().used == (2 if ask is Budget.take else 1)


def test_a_store_that_cannot_be_used(make: Make, tmp_path: Path) -> None:
    store = tmp_path / "state/limits.sqlite3"
    store.parent.mkdir(mode=0o700)
    store.mkdir()
    for ask in (make().take, make().used):
        with pytest.raises(ConfigProblem) as caught:
            ask()
        assert (caught.value.exit_code, caught.value.code) == (13, "limits_unusable")
