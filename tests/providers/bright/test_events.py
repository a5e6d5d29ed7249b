"""``bright events list|report``."""

from __future__ import annotations

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.bright.conftest import ACCOUNT

REPORT = ("bright", "events", "report")


def test_events_of_one_service_or_all(run: Run) -> None:
    everything = run("bright", "events", "list", *ACCOUNT, "-o", "json").json
    assert len({one["serviceId"] for one in everything}) == 7
    some = run("bright", "events", "list", *ACCOUNT, "--service", "waste", "-o", "json").json
    assert some == [one for one in everything if one["serviceId"] == "SRV-500001-14"]
    assert len(some) == 2


@pytest.mark.parametrize("kind", ["lastSeen", "accountCreated", "accountDeleted"])
def test_an_event_is_reported(run: Run, sandbox: Sandbox, kind: str) -> None:
    done = run(*REPORT, kind, *ACCOUNT, "-o", "json")
    assert (done.code, done.json["outcome"], done.json["answer"]) == (0, "changed", None)
    assert [one["json"] for one in sandbox.requests()] == [{"type": kind, "accountId": "A-500001"}]


def test_every_option_reaches_its_field_and_the_number_stays_hidden(run: Run, sandbox: Sandbox) -> None:
    words = (
        *REPORT,
        "lastSeen",
        *ACCOUNT,
        "--user",
        "7",
        "--email",
        "a@b.se",
        "--username",
        "a",
        "--ssn",
        "-",
    )
    planned = run(*words, "--dry-run", input="19121212-1212")
    assert "191212121212" not in planned.out + planned.err
    assert sandbox.requests() == []
    done = run(*words, "-v", input="19121212-1212")
    assert "191212121212" not in done.out + done.err
    assert sandbox.requests()[0]["json"] == {
        "type": "lastSeen",
        "accountId": "A-500001",
        "userId": "7",
        "email": "a@b.se",
        "username": "a",
        "ssn": "191212121212",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lastseen", *ACCOUNT), "Did you mean lastSeen?"),
        (("moved", *ACCOUNT), "lastSeen, accountCreated, accountDeleted"),
        (("lastSeen",), "--account ID"),
        (("lastSeen", *ACCOUNT, "--email", "nobody"), "not an address"),
        (("lastSeen", *ACCOUNT, "--ssn", "19121212-1213"), "check digit"),
    ],
)
def test_what_cannot_be_reported_is_a_usage_error(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], said: str
) -> None:
    done = run(*REPORT, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert sandbox.requests() == []


def test_a_refused_report_and_a_lost_one(run: Run, sandbox: Sandbox) -> None:
    refused = run(*REPORT, "lastSeen", "--account", "nobody", "-o", "json")
    assert (refused.code, refused.json["outcome"]) == (3, "not_found")
    sandbox.fault("bright:drop-after@POST /kit/v1/events#1")
    lost = run(*REPORT, "lastSeen", *ACCOUNT, "-o", "json")
    assert (lost.code, lost.json["outcome"]) == (9, "unknown")
    assert "ask it before you report it again" in lost.error["hint"]
    assert len([one for one in sandbox.requests() if one["method"] == "POST"]) == 2
