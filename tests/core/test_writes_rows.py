"""What a write tells of itself: the tool's own words first, whatever a provider answers or another account has sent."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import EnergyctlError, Interrupted, OutcomeUnknown, Refused, Unreachable
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.session import Session
from energyctl.core.settings import Field, ProviderSettings
from energyctl.core.writes import RESEND_ALL, Writes

SETTINGS = ProviderSettings(
    name="rabot",
    title="Provider",
    fields=(Field("api_url", "an address", kind="url"), Field("client_id", "an id", names_account=True)),
)
OTHER = {"ENERGYCTL_RABOT_CLIENT_ID": "other"}
ELSEWHERE = {"ENERGYCTL_RABOT_API_URL": "https://elsewhere.example.org"}

Open = Callable[..., Session]


@pytest.fixture
def begin(tmp_path: Path) -> Open:
    """Return a function that makes a session of the same user."""
    config = tmp_path / "config.yaml"
    body = "{api_url: 'https://example.org', client_id: one}"
    config.write_text(f"profiles:\n  p:\n    confirm: never\n    rabot: {body}\n")

    def make(**env: str) -> Session:
        state = {"ENERGYCTL_CONFIG": str(config), "ENERGYCTL_STATE_DIR": str(tmp_path / "state")}
        made = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env={**state, **env})
        made.options.output = "json"
        return made

    return make


def _writes(session: Session, **more: Any) -> Writes:
    return Writes(session, session.profile.section(SETTINGS), **more)


def _write(send: Callable[[], Result], target: str = "t", key: str | None = "k") -> Write:
    return Write(
        operation="order", target=target, effect=f"order {target}", method="POST", url="here",
        body={"id": target}, send=send, key=key,
    )  # fmt: skip


def _rows(session: Session) -> Any:
    return json.loads(session.stdout.getvalue())  # type: ignore[attr-defined]


def _said(session: Session) -> str:
    said: str = session.stderr.getvalue()  # type: ignore[attr-defined]
    return said


def test_a_providers_fields_never_stand_in_for_the_tools(begin: Open) -> None:
    theirs = {
        "outcome": "rejected", "message": "theirs", "journal_id": 99, "target": "x", "operation": "y",
        "kind": "draft", "at": "never", "id": "srv-1", "profile": "P9", "contractNumber": "8",
    }  # fmt: skip
    sent = []

    def send() -> Result:
        sent.append(1)
        return Result(CHANGED, dict(theirs))

    first, second = begin(), begin()
    for session in (first, second):
        _writes(session).run([_write(send)], many=False)
    row, again = _rows(first), _rows(second)
    assert (row["outcome"], row["message"], row["journal_id"], row["target"]) == ("changed", None, 1, "t")
    assert row["contractNumber"] == "8"
    assert row["as_answered"] == {
        name: theirs[name] for name in ("outcome", "message", "journal_id", "target", "operation")
    }
    assert (again["outcome"], again["journal_id"], again["contractNumber"]) == ("already", 1, "8")
    assert again["as_answered"] == {
        name: theirs[name] for name in (*row["as_answered"], "kind", "at")
    }  # also those that the record keeps apart
    assert sent == [1]
    (entry,) = begin().journal.entries()
    assert (entry["id"], entry["profile"], entry["outcome"]) == (1, "p", "changed")
    result = entry["events"][-1]
    assert result["kind"] == "result"
    assert result["as_answered"] == {name: theirs[name] for name in ("outcome", "message", "kind", "at")}


def test_what_another_account_has_sent_is_not_taken_for_ones_own(begin: Open) -> None:
    sent = []

    def send() -> Result:
        sent.append(1)
        return Result(CHANGED, {"contractNumber": "8"})

    _writes(begin()).run([_write(send)], many=False)
    session = begin(**OTHER)
    with pytest.raises(Refused) as refused:
        _writes(session).run([_write(send)], many=False)
    assert (refused.value.code, refused.value.exit_code) == ("sent_with_another_account", 6)
    assert "the account one of profile 'p' (journal 1)" in refused.value.message
    assert (_rows(session)["outcome"], len(sent)) == ("rejected", 1)
    _writes(begin(**OTHER), resend=RESEND_ALL).run([_write(send)], many=False)
    assert len(sent) == 2
    session = begin(**OTHER)
    _writes(session).run([_write(send)], many=False)
    assert (_rows(session)["outcome"], _rows(session)["journal_id"], len(sent)) == ("already", 2, 2)
    session = begin()
    _writes(session).run([_write(send)], many=False)
    assert (_rows(session)["outcome"], _rows(session)["journal_id"], len(sent)) == ("already", 1, 2)


def test_an_unknown_end_is_told_until_one_is_known(begin: Open) -> None:
    def raised(error: EnergyctlError) -> Callable[[], Result]:
        def send() -> Result:
            raise error

        return send

    ends = (raised(OutcomeUnknown("Gone.")), raised(Unreachable("Away.")), lambda: Result(CHANGED))
    for send in ends[:2]:
        with pytest.raises(EnergyctlError):
            _writes(begin()).run([_write(send, key=None)], many=False)
    note = "note: 'order t' was sent before and its end is not known (journal 1)"
    for told in (True, False):
        session = begin()
        _writes(session).run([_write(ends[2], key=None)], many=False)
        assert (note in _said(session)) is told


def test_an_interrupt_between_two_writes_hides_none_that_was_sent(
    begin: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begin()
    intend = session.journal.intend

    def until_the_third(**facts: Any) -> int:
        if facts["target"] == "c":
            raise KeyboardInterrupt
        return intend(**facts)

    monkeypatch.setattr(session.journal, "intend", until_the_third)
    with pytest.raises(Interrupted, match="Interrupted"):
        _writes(session).run([_write(lambda: Result(CHANGED), one, key=one) for one in "abc"], many=True)
    assert [(row["target"], row["outcome"]) for row in _rows(session)] == [("a", "changed"), ("b", "changed")]


@pytest.mark.parametrize("named", [True, False])
def test_a_command_to_paste_reaches_the_profile_that_was_named(begin: Open, named: bool) -> None:
    session = begin()
    session.options.profile = "p" if named else None
    result = Result(CHANGED, undo="energyctl x off 1", next_step="energyctl x name 'the --profile car'")
    _writes(session).run([_write(lambda: result)], many=False)
    more = " --profile p" if named else ""
    assert _said(session).splitlines() == [
        f"To put it back: energyctl x off 1{more}",
        f"Next: energyctl x name 'the --profile car'{more}",
    ]


def test_the_same_write_to_another_system_is_not_held_up(begin: Open) -> None:
    def within(session: Session) -> Iterator[None]:
        with _writes(session)._alone("k"):
            yield

    outer = within(begin())
    next(outer)
    with pytest.raises(Refused, match="Another energyctl is sending this very write"):
        next(within(begin()))
    next(within(begin(**ELSEWHERE)))
    outer.close()
