"""Orders whose answer never came: looked up, told, and never sent again by themselves."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox, at_once, start, until
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.orders_at_hand import (
    ORDERS,
    an_order,
    create,
    jsonl,
    many_orders,
    numbers_of,
    posted,
)
from tests.providers.rabot.strict_server import wrapped

POST = "@POST /partner/v1/orders"
LIKE_IT = {
    "customerNumber": "7000001",
    "contractNumber": "8000001",
    "emailAddress": "erika@example.org",
    "meterNumber": "1ESY0000000001",
    "tariffName": "rabot.fix",
}


@pytest.mark.parametrize("kind", ["html", "empty", "not-json", "wrong-shape", "truncate"])
def test_an_order_that_arrived_is_found_whatever_the_answer_was(
    run: Run, sandbox: Sandbox, kind: str
) -> None:
    sandbox.fault(f"rabot:{kind}{POST}#1")
    done = create(run, an_order())
    assert (done.code, done.json["outcome"]) == (0, "changed"), done.err
    assert done.json["contractNumber"].isdigit()
    assert len(posted(sandbox)) == 1


def test_the_journal_tells_how_an_order_was_found(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:drop-after{POST}#1")
    done = create(run, an_order())
    assert done.code == 0, done.err
    row = done.json
    assert row["outcome"] == "changed"
    assert [row["contractNumber"]] == numbers_of(run, "erika@")
    assert row["customerNumber"]
    assert "found" in row["message"]
    assert "not sent again" in done.err
    events = run("journal", "show", str(row["journal_id"]), "-o", "json").json["events"]
    assert [event["kind"] for event in events] == ["sending", "no_answer", "looked_up", "result"]
    assert events[2]["contractNumber"] == row["contractNumber"]
    assert create(run, an_order()).json["outcome"] == "already"
    assert len(posted(sandbox)) == 1


@pytest.mark.parametrize("kind", ["500", "502-html", "503=1"])
def test_a_server_in_trouble_gets_an_order_once(run: Run, sandbox: Sandbox, kind: str) -> None:
    sandbox.fault(f"rabot:{kind}{POST}")
    for _ in range(2):
        done = create(run, an_order(), "--max-wait", "5")
        assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert len(posted(sandbox)) == 1


def test_an_order_that_did_not_arrive_stays_unknown_until_it_is_sent_again(
    run: Run, sandbox: Sandbox
) -> None:
    sandbox.fault(f"rabot:drop-before{POST}")
    done = create(run, an_order())
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert (done.error["exit_code"], done.error["outcome"]) == (9, "unknown")
    assert "--resend" in done.error["hint"]
    assert "orders list" in done.error["hint"]
    assert len(posted(sandbox)) == 1
    sandbox.clear_faults()
    sandbox.forget_requests()
    again = create(run, an_order())
    assert (again.code, again.json["outcome"]) == (9, "unknown")
    assert posted(sandbox) == []
    assert sandbox.requests(method="GET", path=ORDERS)
    resent = create(run, an_order(), "--resend")
    assert (resent.code, resent.json["outcome"]) == (0, "changed")
    assert numbers_of(run, "erika@") == [resent.json["contractNumber"]]
    assert create(run, an_order()).json["outcome"] == "already"
    assert len(posted(sandbox)) == 1


def test_an_answer_that_takes_too_long_is_looked_up(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:slow=30{POST}#1")
    done = create(run, an_order(), "--timeout", "3")
    assert done.code == 0, done.err
    assert done.json["outcome"] == "changed"
    assert len(posted(sandbox)) == 1


def test_it_is_found_later_when_it_could_not_be_looked_up_at_once(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:drop-after{POST}#1", "rabot:500@GET /partner/v1/orders")
    done = create(run, an_order())
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    kinds = [one["kind"] for one in run("journal", "show", "1", "-o", "json").json["events"]]
    assert kinds == ["sending", "no_answer", "look_up_failed", "result"]
    sandbox.clear_faults()
    again = create(run, an_order())
    assert (again.code, again.json["outcome"]) == (0, "changed")
    assert [again.json["contractNumber"]] == numbers_of(run, "erika@")
    assert run("journal", "show", "1", "-o", "json").json["outcome"] == "changed"
    assert len(posted(sandbox)) == 1


def test_the_same_order_from_before_is_not_taken_for_the_one_sent_again(run: Run, sandbox: Sandbox) -> None:
    first = create(run, an_order()).json
    sandbox.fault(f"rabot:drop-before{POST}#1")
    done = create(run, an_order(), "--resend=all")
    assert first["contractNumber"] not in done.out
    assert (done.code, done.json["outcome"]) == (9, "unknown")


def test_an_older_order_of_the_same_meter_is_not_taken_for_the_lost_one(
    run: Run, sandbox: Sandbox, home: Path
) -> None:
    earlier = an_order(transactionDateTime="2025-03-01 09:00:00")
    elsewhere = {"XDG_STATE_HOME": str(home / "another-machine")}
    made = run("rabot", "orders", "create", "-f", "-", input=json.dumps(earlier), more=elsewhere)
    assert made.code == 0, made.err
    sandbox.fault(f"rabot:drop-before{POST}#1")
    done = create(run, an_order(transactionDateTime="2026-11-01 09:00:00"))
    assert (done.code, done.json["outcome"]) == (9, "unknown")


@pytest.mark.parametrize("state", ["Rejected", "Cancelled", "Open"])
def test_an_order_that_tells_no_signature_proves_nothing(serve: Serve, state: str) -> None:
    like_it = {**LIKE_IT, "state": state, "actualDateOfDelivery": "2023-01-01", "contractSignedAt": None}
    server, run = serve(create=lambda _asked: (503, "", b""), orders=wrapped({"orders": [like_it]}))
    for _ in range(2):
        done = create(run, an_order())
        assert (done.code, done.json["outcome"]) == (9, "unknown")
        assert (done.json["candidates"], "contractNumber" in done.json) == (["8000001"], False)
        assert "8000001" in done.json["message"]
        assert "energyctl rabot orders show 8000001" in done.error["hint"]
    assert [one.name for one in server.asked].count("create") == 1
    assert run("journal", "list", "-o", "json").json[0]["outcome"] == "unknown"


def test_an_order_signed_in_time_is_taken_before_one_without_a_signature(serve: Serve) -> None:
    signed = {**LIKE_IT, "contractNumber": "8000002", "contractSignedAt": "2026-11-01 09:00:00"}
    orders = wrapped({"orders": [LIKE_IT, signed, LIKE_IT]})
    _, run = serve(create=lambda _asked: (503, "", b""), orders=orders)
    done = create(run, an_order(transactionDateTime="2026-11-01 09:00:00"))
    assert (done.code, done.json["outcome"], done.json["contractNumber"]) == (0, "changed", "8000002")


def test_an_order_signed_long_ago_is_still_found(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:drop-after{POST}#1")
    done = create(run, an_order(transactionDateTime="2025-03-01 09:00:00"))
    assert (done.code, done.json["outcome"]) == (0, "changed")


def test_two_at_once_send_one_order(run: Run, sandbox: Sandbox, home: Path) -> None:
    (home / "order.json").write_text(json.dumps(an_order()))
    sandbox.fault(f"rabot:latency=0.5{POST}")
    words = ("rabot", "orders", "create", "-f", "order.json", "-o", "json")
    pair = at_once(run, words, words)
    assert len(posted(sandbox)) == 1
    # The slower one is refused, or told that it is done already.
    assert sorted(done.code for done in pair) in ([0, 6], [0, 0]), pair


def test_a_kill_while_sending_leaves_the_intent_on_record(
    run: Run, sandbox: Sandbox, env: dict[str, str], home: Path
) -> None:
    (home / "order.json").write_text(json.dumps(an_order()))
    sandbox.fault(f"rabot:slow=30{POST}#1")  # the server works on
    words = ("rabot", "orders", "create", "-f", "order.json")
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(*words, env={**env, **sandbox.env}, cwd=home, **piped) as process:
        while not posted(sandbox) and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        out, _ = process.communicate(timeout=60)
    assert out == b""
    (told,) = run("journal", "list", "-o", "json").json
    assert (told["operation"], told["target"], told["outcome"]) == (
        "create_order",
        "erika@example.org",
        "unknown",
    )
    until(lambda: numbers_of(run, "erika@"))
    again = create(run, an_order())
    assert (again.code, again.json["outcome"]) == (0, "changed")
    assert [again.json["contractNumber"]] == numbers_of(run, "erika@")
    assert len(posted(sandbox)) == 1


def test_a_write_that_a_rate_limit_refused_may_simply_be_tried_again(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:429=7{POST}#1")
    done = create(run, an_order())
    assert (done.code, done.json["outcome"]) == (7, "failed")
    assert done.error["retry_after_s"] == 7
    assert create(run, an_order()).json["outcome"] == "changed"


def test_without_a_connection_nothing_was_sent(run: Run, sandbox: Sandbox, env: dict[str, str]) -> None:
    run("rabot", "tariffs", "list")  # a token is at hand
    config = Path(env["HOME"]) / "closed.yaml"
    facts = sandbox.facts["credentials"]["rabot"]
    config.write_text(
        "profiles:\n  closed:\n    confirm: never\n    rabot:\n      api_url: http://127.0.0.1:1\n"
        f"      auth_url: {sandbox.facts['urls']['rabot_auth']}\n"
        f"      client_id: {facts['client_id']}\n      client_secret: env:TEST_SECRET\n"
    )
    more = {
        "ENERGYCTL_CONFIG": str(config),
        "ENERGYCTL_PROFILE": "closed",
        "TEST_SECRET": facts["client_secret"],
    }
    done = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=json.dumps(an_order()), more=more)
    assert (done.code, done.json["outcome"]) == (10, "failed")
    assert "127.0.0.1:1" in done.error["message"]


def test_resending_a_list_sends_only_what_is_not_there(run: Run, sandbox: Sandbox) -> None:
    orders = many_orders(3)
    sandbox.fault(f"rabot:drop-before{POST}#1")
    first = run("rabot", "orders", "create", "-f", "-", "-o", "json", input=jsonl(orders))
    assert (first.code, [row["outcome"] for row in first.json]) == (12, ["unknown", "changed", "changed"])
    sandbox.forget_requests()
    again = run("rabot", "orders", "create", "-f", "-", "-o", "json", "--resend", input=jsonl(orders))
    assert (again.code, [row["outcome"] for row in again.json]) == (0, ["changed", "already", "already"])
    assert len(posted(sandbox)) == 1
    assert len(numbers_of(run, "buyer")) == 3


def test_resend_takes_no_other_word(run: Run, sandbox: Sandbox) -> None:
    done = create(run, an_order(), "--resend=everything")
    assert done.code == 2
    assert "--resend=all" in done.error["hint"]
    assert posted(sandbox) == []
