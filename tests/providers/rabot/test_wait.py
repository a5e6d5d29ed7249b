"""``rabot orders wait``: the end that was asked for, the end that cannot come, and the end of patience."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox, start
from tests.partner import Partner, Reply
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.orders_at_hand import an_order, create
from tests.providers.rabot.strict_server import wrapped

HOUR, DAY = 3600, 86_400
GOOD_WAY = ["Open", "Processing", "PendingDelivery", "Delivery"]


def _made(run: Run, email: str = "erika@example.org") -> str:
    return str(create(run, an_order(email)).json["contractNumber"])


def _wait(run: Run, number: str, until: str, *more: str) -> tuple[int, dict[str, object], str]:
    done = run("rabot", "orders", "wait", number, "--until", until, "-o", "json", *more)
    return done.code, done.json if done.out else {}, done.err


@pytest.mark.parametrize("until", ["Open", "open", "OPEN"])
def test_a_state_that_is_reached_ends_the_wait_at_once(run: Run, sandbox: Sandbox, until: str) -> None:
    number = _made(run)
    sandbox.forget_requests()
    code, order, _ = _wait(run, number, until)
    assert (code, order["state"], order["contractNumber"]) == (0, "Open", number)
    assert len(sandbox.requests(method="GET")) == 1


def test_an_order_that_is_further_on_has_been_there(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    sandbox.post("/advance", {"seconds": HOUR + 4 * DAY})
    for until in ("pending-delivery", "Processing", "Delivery"):
        code, order, _ = _wait(run, number, until)
        assert (code, order["state"]) == (0, "Delivery")


def test_the_wait_follows_the_order_through_its_states(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    sandbox.post("/advance", {"speed": 3 * DAY})
    code, order, err = _wait(run, number, "Delivery", "--timeout", "60")
    assert code == 0
    assert order["state"] == "Delivery"
    states = [line.split(": ")[1] for line in err.splitlines()]
    assert states == [one for one in GOOD_WAY if one in states]
    assert states[-1] == "Delivery"
    assert _wait(run, number, "Delivery", "-q")[2] == ""


@pytest.mark.parametrize(
    ("email", "state", "why"),
    [("a+reject-duplicate@example.org", "Rejected", "Duplicate"), ("a+revoke@example.org", "Revoked", "")],
)
def test_a_dead_end_is_said_at_once(run: Run, sandbox: Sandbox, email: str, state: str, why: str) -> None:
    number = _made(run, email)
    sandbox.post("/advance", {"seconds": HOUR + DAY})
    code, order, err = _wait(run, number, "Delivery")
    assert (code, order["state"]) == (6, state)
    error = json.loads(err.splitlines()[-1])["error"]
    assert error["code"] == "state_unreachable"
    assert state in error["message"]
    assert why in error["message"]
    assert _wait(run, number, state)[0] == 0


def test_what_is_behind_an_order_does_not_come_back(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    sandbox.post("/advance", {"seconds": HOUR + 4 * DAY})
    assert _wait(run, number, "Rejected")[0] == 6


def test_an_order_that_is_not_there_yet(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    code, order, err = _wait(run, number, "Delivery", "--timeout", "0.5")
    assert (code, order["state"]) == (8, "Open")
    error = json.loads(err.splitlines()[-1])["error"]
    assert error["details"] == {"state": "Open", "until": "Delivery"}
    assert "--timeout" in error["hint"]
    assert _wait(run, number, "Delivery", "--timeout", "0")[0] == 8


def test_an_unspecified_state_is_waited_on(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    sandbox.post(f"/rabot/orders/{number}/state", {"state": "Unspecified", "hold": True})
    assert _wait(run, number, "Delivery", "--timeout", "0.2")[0] == 8


@pytest.mark.parametrize(
    ("until", "advice"),
    [("Delivered", "Delivery"), ("pendingdelivry", "PendingDelivery"), ("xyz", "Revoked")],
)
def test_an_unknown_state_gets_a_suggestion(run: Run, sandbox: Sandbox, until: str, advice: str) -> None:
    done = run("rabot", "orders", "wait", "700000001", "--until", until)
    assert (done.code, done.out) == (2, "")
    assert advice in done.err.splitlines()[1]
    assert sandbox.requests() == []


def test_an_unknown_order_ends_the_wait(run: Run) -> None:
    assert run("rabot", "orders", "wait", "999", "--until", "Delivery").code == 3


def test_trouble_on_the_way_is_waited_through(
    run: Run, sandbox: Sandbox, env: dict[str, str], home: Path
) -> None:
    number = _made(run)
    sandbox.forget_requests()
    with start(
        *("rabot", "orders", "wait", number, "--until", "Delivery", "--timeout", "60"),
        env={**env, **sandbox.env},
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not sandbox.requests(method="GET") and process.poll() is None:
            time.sleep(0.02)
        sandbox.fault("rabot:503@GET /partner/v1/orders#4")  # one look with all its repetitions
        sandbox.post("/advance", {"seconds": HOUR + 4 * DAY})
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"Delivery" in out
    assert b"503" in err


def test_trouble_that_stays_is_told_when_patience_ends(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    sandbox.fault("rabot:503@GET /partner/v1/orders")
    assert _wait(run, number, "Open", "--timeout", "20")[0] == 10  # it was never seen


def test_an_interrupt_ends_the_wait_quietly(
    run: Run, sandbox: Sandbox, env: dict[str, str], home: Path
) -> None:
    number = _made(run)
    sandbox.forget_requests()
    with start(
        *("rabot", "orders", "wait", number, "--until", "Delivery"),
        env={**env, **sandbox.env},
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not sandbox.requests(method="GET") and process.poll() is None:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_no_answer_is_waited_for_longer_than_the_whole_wait(run: Run, sandbox: Sandbox) -> None:
    number = _made(run)
    sandbox.fault("rabot:latency=60@GET")
    done = run("rabot", "orders", "wait", number, "--until", "Open", "--timeout", "0.1", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (10, "", "timeout")
    assert "within 1 s" in done.error["message"]


@pytest.mark.parametrize(
    ("state", "until", "code"),
    [
        ("Open", "Unspecified", 8),
        ("Delivery", "Unspecified", 8),
        ("Cancelled", "Unspecified", 6),
        ("Cancelled", "PendingDelivery", 0),
        ("Cancelled", "Processing", 0),
        ("Cancelled", "Delivery", 6),
        ("Processing", "Rejected", 8),
        ("Rejected", "Delivery", 6),
        ("Rejected", "Processing", 6),
        ("Revoked", "Open", 6),
        ("Denied", "Delivery", 8),
    ],
)
def test_a_wait_ends_as_the_documented_transitions_say(
    serve: Serve, state: str, until: str, code: int
) -> None:
    _, run = serve(order=wrapped({"order": {"contractNumber": "1", "state": state}}))
    done = run("rabot", "orders", "wait", "1", "--until", until, "--timeout", "0", "-o", "json")
    assert (done.code, done.json["state"]) == (code, state)
    if code == 6:
        assert done.error["code"] == "state_unreachable"
        assert ("no longer" in done.error["message"]) == (state != "Rejected")  # it is recoverable


def test_too_many_calls_are_waited_out(env: dict[str, str], home: Path) -> None:
    asked: list[float] = []

    def answer(_handler: object) -> Reply:
        asked.append(time.monotonic())
        if len(asked) == 2:
            return Reply({"message": "slow down"}, 429, {"Retry-After": "2"})
        state = "Processing" if len(asked) == 1 else "Delivery"
        return Reply(wrapped({"order": {"contractNumber": "1", "state": state}}))

    with Partner() as partner:
        partner.add("/partner/v1/orders/1", answer)
        done = partner.client(env, home)("rabot", "orders", "wait", "1", "--until", "Delivery", "-o", "json")
    assert (done.code, done.json["state"], len(asked)) == (0, "Delivery", 3), done.err
    assert "slow down" in done.err
    assert asked[2] - asked[1] >= 2
