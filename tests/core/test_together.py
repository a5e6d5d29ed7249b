"""Writes of which one call carries many: journaled one by one, whatever ends the call."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import (
    EnergyctlError,
    Interrupted,
    NotThereYet,
    OutcomeUnknown,
    PartlyFailed,
    RateLimited,
    Refused,
    UsageProblem,
)
from energyctl.core.outcomes import ALREADY, CHANGED, OFFLINE, Change, Result, Write
from energyctl.core.profiles import Section
from energyctl.core.session import Session
from energyctl.core.settings import Field, ProviderSettings
from energyctl.core.together import SendAll, TogetherWrites

SETTINGS = ProviderSettings(
    name="rabot", title="Provider", fields=(Field("api_url", "an address", kind="url"),)
)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    config = tmp_path / "config.yaml"
    config.write_text("profiles:\n  p:\n    confirm: never\n    rabot: {api_url: 'https://example.org'}\n")
    made = Session(
        stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(),
        env={"ENERGYCTL_CONFIG": str(config), "ENERGYCTL_STATE_DIR": str(tmp_path / "state")},
    )  # fmt: skip
    made.options.output = "json"
    return made


def _never() -> Result:
    raise AssertionError("one call sends them all")


def _write(target: str, settled: Result | None = None) -> Write:
    return Write(
        operation="switch", target=target, effect=f"switch {target}", method="gRPC", url="here",
        body={"id": target}, send=_never, changes=[Change("on", True, False)], settled=settled,
    )  # fmt: skip


Go = Callable[..., Any]


@pytest.fixture
def go(session: Session) -> Go:
    def run(writes: list[Write], send_all: SendAll, *, many: bool = True, **settings: Any) -> Any:
        together = TogetherWrites(session, Section(session.profile, SETTINGS), **settings)
        together.run_together(writes, send_all, many=many)
        return json.loads(session.stdout.getvalue())  # type: ignore[attr-defined]

    return run


def _entries(session: Session) -> list[dict[str, Any]]:
    return list(reversed(list(session.journal.entries())))


def _all(outcome: str) -> SendAll:
    return lambda pending: {write.target: Result(outcome) for write in pending}


def test_one_call_carries_what_is_pending(session: Session, go: Go) -> None:
    sent: list[list[str]] = []

    def send_all(pending: list[Write]) -> dict[str, Result]:
        sent.append([write.target for write in pending])
        # The intents are on record before anything is sent.
        assert [one["outcome"] for one in _entries(session)] == ["unknown", "unknown"]
        return {write.target: Result(CHANGED) for write in pending}

    rows = go([_write("a"), _write("b", Result(ALREADY)), _write("c")], send_all)
    assert sent == [["a", "c"]]
    assert [(row["target"], row["outcome"], row["journal_id"]) for row in rows] == [
        ("a", "changed", 1),
        ("b", "already", None),
        ("c", "changed", 2),
    ]
    entries = _entries(session)
    assert [one["outcome"] for one in entries] == ["changed", "changed"]
    assert entries[0]["batch"] == entries[1]["batch"] is not None
    assert [event["kind"] for event in entries[0]["events"]] == ["planned", "sending", "result"]


def test_nothing_pending_sends_nothing(session: Session, go: Go) -> None:
    assert go([_write("a", Result(ALREADY))], _all(CHANGED), many=False)["outcome"] == "already"
    assert _entries(session) == []


def test_no_targets_at_all(go: Go) -> None:
    assert go([], _all(CHANGED)) == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (OutcomeUnknown("no answer"), "unknown"),
        (Refused("no"), "rejected"),
        (RateLimited("later"), "failed"),
    ],
)
def test_a_call_that_fails_ends_every_write(
    session: Session, go: Go, error: EnergyctlError, outcome: str
) -> None:
    def send_all(_pending: list[Write]) -> dict[str, Result]:
        raise error

    with pytest.raises(EnergyctlError) as caught:
        go([_write("a"), _write("b")], send_all)
    assert caught.value.exit_code == (7 if isinstance(error, RateLimited) else 12)
    rows = json.loads(session.stdout.getvalue())  # type: ignore[attr-defined]
    assert [row["outcome"] for row in rows] == [outcome] * 2
    assert [one["outcome"] for one in _entries(session)] == [outcome] * 2


def test_a_target_that_the_answer_forgets_is_unknown(session: Session, go: Go) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        go([_write("a")], lambda _pending: {}, many=False)
    assert "said nothing of it." in caught.value.message
    assert not caught.value.message.endswith("..")
    assert _entries(session)[0]["outcome"] == "unknown"


def test_an_interrupt_leaves_the_intents_and_says_so(session: Session, go: Go) -> None:
    def send_all(_pending: list[Write]) -> dict[str, Result]:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        go([_write("a"), _write("b")], send_all)
    assert (caught.value.exit_code, caught.value.outcome) == (130, "unknown")
    assert [one["outcome"] for one in _entries(session)] == ["unknown", "unknown"]


def test_some_fail(go: Go, session: Session) -> None:
    outcomes = {"a": CHANGED, "b": OFFLINE, "c": "unknown"}
    with pytest.raises(PartlyFailed) as caught:
        go([_write(one) for one in outcomes], lambda _: {one: Result(end) for one, end in outcomes.items()})
    assert caught.value.details == {"offline": 1, "unknown": 1}
    assert caught.value.message == "2 of 3 failed: 1 offline, 1 unknown."


def test_a_good_outcome_with_an_error_is_told_by_the_exit_code(go: Go) -> None:
    late = NotThereYet("not yet")
    with pytest.raises(NotThereYet):
        go([_write("a", Result(ALREADY, error=late))], _all(CHANGED), many=False)
    assert late.outcome == "already"


def test_the_second_look_sees_all_ends_and_may_alter_them(session: Session, go: Go) -> None:
    seen: dict[str, str] = {}

    def look_again(results: dict[str, Result]) -> None:
        seen.update({one: result.outcome for one, result in results.items()})
        results["b"] = Result(ALREADY, message="looked at")

    rows = go([_write("a"), _write("b", Result(ALREADY))], _all(CHANGED), look_again=look_again)
    assert seen == {"a": "changed", "b": "already"}
    assert rows[1]["message"] == "looked at"


def test_an_end_is_on_record_before_the_second_look_and_again_after_it(session: Session, go: Go) -> None:
    def look_again(results: dict[str, Result]) -> None:
        assert [one["outcome"] for one in _entries(session)] == ["changed", "changed"]
        results["b"] = Result("unknown", message="not so any more")

    with pytest.raises(PartlyFailed):
        go([_write("a"), _write("b")], _all(CHANGED), look_again=look_again)
    a, b = _entries(session)
    assert [event["kind"] for event in a["events"]] == ["planned", "sending", "result"]
    assert [event["kind"] for event in b["events"]] == ["planned", "sending", "result", "result"]
    assert (b["outcome"], b["result"]["message"]) == ("unknown", "not so any more")


@pytest.mark.parametrize(
    ("many", "first", "outcome"),
    [
        (True, CHANGED, None),
        (False, CHANGED, None),
        (True, "unknown", "unknown"),
        (False, "unknown", "unknown"),
    ],
)
def test_an_interrupt_of_the_second_look_keeps_what_is_confirmed(
    session: Session, go: Go, many: bool, first: str, outcome: str | None
) -> None:
    def look_again(_results: dict[str, Result]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        go([_write("a")], _all(first), many=many, look_again=look_again)
    told = json.loads(session.stdout.getvalue())  # type: ignore[attr-defined]
    assert (told[0] if many else told)["outcome"] == first
    assert (caught.value.exit_code, caught.value.outcome) == (130, outcome)
    assert ("unknown" in caught.value.message) == (outcome is not None)
    assert _entries(session)[0]["outcome"] == first


def test_carrying_out_asks_and_reports_nothing(session: Session) -> None:
    together = TogetherWrites(session, Section(session.profile, SETTINGS))
    ends = together.carry_out([_write("a"), _write("b", Result(OFFLINE))], _all(CHANGED))
    assert {one: end.outcome for one, end in ends.items()} == {"a": "changed", "b": "offline"}
    assert session.stdout.getvalue() == ""  # type: ignore[attr-defined]
    assert [one["target"] for one in _entries(session)] == ["a"]


def test_without_a_yes_nothing_is_sent(session: Session, go: Go) -> None:
    path = session.paths.config_file
    path.write_text(path.read_text().replace("confirm: never", "confirm: always"))
    with pytest.raises(UsageProblem) as caught:
        go([_write("a"), _write("b"), _write("c", Result(ALREADY))], _all(CHANGED))
    assert caught.value.code == "confirmation_needed"
    assert "2 writes (switch), the first: switch a" in caught.value.message
    assert _entries(session) == []


def test_a_dry_run_sends_and_records_nothing(session: Session, go: Go) -> None:
    session.options.dry_run = True
    pending, settled = go([_write("a"), _write("b", Result(ALREADY, message="so before"))], _all(CHANGED))
    assert pending["request"] == {"method": "gRPC", "url": "here", "body": {"id": "a"}}
    assert pending["changes"] == [{"field": "on", "before": True, "after": False}]
    assert (settled["outcome"], settled["message"], settled["request"]) == ("already", "so before", None)
    assert _entries(session) == []
