"""``rabot customers list|link|unlink``."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Run, Sandbox, run_with, start
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.strict_server import Answer, Asked, as_json, wrapped

LINK = "/partner/v1/customers/link"


def test_customers_are_listed_with_their_fields(run: Run) -> None:
    done = run("rabot", "customers", "list", "-o", "json")
    assert (done.code, done.err) == (0, "")
    assert len(done.json) == 25
    assert {"customerNumber", "emailAddress", "externalIdentifier", "relations"} <= set(done.json[0])
    picked = run("rabot", "customers", "list", "--limit", "2", "-c", "customerNumber,emailAddress")
    assert [list(row) for row in picked.rows] == [["customerNumber", "emailAddress"]] * 2


def test_a_customer_by_ones_own_id(run: Run, sandbox: Sandbox) -> None:
    wanted = next(
        one for one in run("rabot", "customers", "list", "-o", "json").json if one["externalIdentifier"]
    )
    done = run("rabot", "customers", "list", "--external-id", wanted["externalIdentifier"], "-o", "json")
    assert done.json == [wanted]
    query = dict(sandbox.requests(path="/partner/v1/customers")[-1]["query"])
    assert query["filter.externalId"] == wanted["externalIdentifier"]
    assert run("rabot", "customers", "list", "--external-id", "nobody", "-o", "json").json == []
    assert run("rabot", "customers", "list", "--external-id", "").code == 2


def test_a_link_has_an_address_and_an_end(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "customers", "link", "--external-id", "acme-4711", "-o", "json")
    assert done.code == 0, done.err
    assert set(done.json) == {"authorizationUrl", "valid_until"}
    address = urlsplit(done.json["authorizationUrl"])
    assert {"client_id", "state"} <= set(parse_qs(address.query))
    assert sandbox.requests(path=LINK)[0]["json"] == {"externalCustomerId": "acme-4711"}
    bare = run("rabot", "customers", "link")
    assert bare.rows[0]["authorizationUrl"].startswith("http")
    assert sandbox.requests(path=LINK)[1]["json"] == {}


def test_every_option_of_a_link_reaches_its_field(run: Run, sandbox: Sandbox) -> None:
    options = {
        "--external-id": ("externalCustomerId", "e"),
        "--success-url": ("successUrl", "https://a.example/done"),
        "--failure-url": ("failureUrl", "https://a.example/no"),
        "--sign-up-url": ("signUpUrl", "https://a.example/new"),
        "--number-parameter": ("customerNumberQueryParameterName", "nr"),
        "--auth-as": ("authAs", "rabot-charge"),
    }
    words = [word for option, (_, value) in options.items() for word in (option, value)]
    assert run("rabot", "customers", "link", *words).code == 0
    assert sandbox.requests(path=LINK)[0]["json"] == dict(options.values())


def test_a_qr_code_is_drawn_beside_the_result(run: Run) -> None:
    done = run("rabot", "customers", "link", "--qr", "-o", "json")
    assert done.json["authorizationUrl"]
    drawn = [
        line for line in done.err.splitlines() if set(line) <= set(" \u2580\u2584\u2588\x1b[0123456789;m")
    ]
    assert len(drawn) > 15


def test_waiting_ends_when_the_customer_agrees(sandbox: Sandbox, env: dict[str, str], home: Path) -> None:
    hems = next(
        one
        for one in sandbox.facts["credentials"]["rabot"]["other_clients"]
        if one["client_id"] == "sandbox-hems"
    )
    config = home / "hems.yaml"
    config.write_text(
        "profiles:\n  hems:\n    rabot:\n"
        f"      api_url: {sandbox.facts['urls']['rabot']}\n      auth_url: {sandbox.facts['urls']['rabot_auth']}\n"
        f"      client_id: {hems['client_id']}\n      client_secret: env:HEMS\n"
    )
    more = {**env, "ENERGYCTL_CONFIG": str(config), "HEMS": hems["client_secret"]}
    words = ("rabot", "customers", "link", "--external-id", "acme-1", "--wait=60", "-o", "json")
    with start(*words, env=more, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not sandbox.requests(path=LINK) and process.poll() is None:
            time.sleep(0.02)
        sandbox.post("/rabot/link/approve-all", {"customerNumber": "1000003"})
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    found = json.loads(out)
    assert found["customer"]["customerNumber"] == "1000003"
    assert found["customer"]["externalIdentifier"] == "acme-1"
    assert found["authorizationUrl"] in err.decode()
    run = run_with(more, home)
    assert run("rabot", "contracts", "list", "1000003", "-o", "ids").code == 0
    ended = run("rabot", "customers", "unlink", "1000003", "--yes", "-o", "json")
    assert (ended.code, ended.json["outcome"]) == (0, "changed")
    assert run("rabot", "contracts", "list", "1000003").code == 3


def test_waiting_for_nobody_ends_with_8(run: Run) -> None:
    done = run("rabot", "customers", "link", "--external-id", "acme-2", "--wait=0.2", "-o", "json")
    assert (done.code, done.out) == (8, "")
    assert done.error["code"] == "not_there_yet"
    assert run("rabot", "customers", "link", "--wait=soon").code == 2


def test_unlinking_is_a_write(run: Run, outside: Run, sandbox: Sandbox) -> None:
    dry = run("rabot", "customers", "unlink", "1000001", "--dry-run", "-o", "json")
    assert dry.json["request"]["method"] == "DELETE"
    asked = outside("rabot", "customers", "unlink", "1000001")
    assert (asked.code, asked.out) == (2, "")
    assert "--yes" in asked.err
    assert sandbox.requests(method="DELETE") == []


def test_unlinking_goes_to_the_journal(run: Run, sandbox: Sandbox) -> None:
    assert run("rabot", "customers", "link").code == 0
    sandbox.post("/rabot/link/approve-all", {"customerNumber": "1000005"})
    done = run("rabot", "customers", "unlink", "1000005", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed"), done.err
    (sent,) = sandbox.requests(method="DELETE")
    assert (sent["path"], sent["query"], sent["json"], sent["text"]) == (
        "/partner/v1/customers/1000005/link", [], None, None,
    )  # fmt: skip
    told = run("journal", "list", "-o", "json").json[0]
    assert (told["operation"], told["target"], told["outcome"]) == ("unlink_customer", "1000005", "changed")


def test_unlinking_somebody_unknown(run: Run) -> None:
    done = run("rabot", "customers", "unlink", "42", "-o", "json")
    assert (done.code, done.json["outcome"]) == (3, "not_found")
    many = run("rabot", "customers", "unlink", "-", "-o", "json", input="42\n\n# a note\n43\n")
    assert (many.code, [row["outcome"] for row in many.json]) == (12, ["not_found", "not_found"])


def test_an_unlinking_without_an_answer_is_unknown(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("rabot:drop-after@DELETE /partner/v1/customers")
    done = run("rabot", "customers", "unlink", "1000001", "-o", "json")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert "customers list" in done.error["hint"]
    assert len(sandbox.requests(method="DELETE")) == 1


def test_a_lost_answer_to_an_unlinking_is_looked_up(run: Run, sandbox: Sandbox, home: Path) -> None:
    hems = next(
        one for one in sandbox.facts["credentials"]["rabot"]["other_clients"] if one["kind"] == "third-party"
    )
    as_hems = {
        "ENERGYCTL_RABOT_CLIENT_ID": hems["client_id"],
        "ENERGYCTL_RABOT_CLIENT_SECRET": hems["client_secret"],
    }
    assert run("rabot", "customers", "link", more=as_hems).code == 0
    sandbox.post("/rabot/link/approve-all", {"customerNumber": "1000005"})
    assert "1000005" in run("rabot", "customers", "list", "-o", "ids", more=as_hems).out.split()
    sandbox.fault("rabot:drop-after@DELETE /partner/v1/customers")
    ids = home / "ids.txt"
    ids.write_text("1000005\n")
    done = run("rabot", "customers", "unlink", "--ids-file", ids, "-o", "json", more=as_hems)
    assert (done.code, [row["outcome"] for row in done.json]) == (0, ["changed"])
    assert len(sandbox.requests(method="DELETE")) == 1


def test_unlinking_nobody_is_a_mistake(run: Run) -> None:
    done = run("rabot", "customers", "unlink")
    assert done.code == 2
    assert "--ids-file" in done.err


# -- what the sandbox would never say --------------------------------------------------------------------------

ADDRESS = {"authorizationUrl": "https://auth.example/connect"}


def _customer(number: str, external_id: str | None = None, *relations: str) -> dict[str, Any]:
    """A customer as listed; without relations as an older server shows them."""
    who = {
        "customerNumber": number,
        "emailAddress": f"{number}@example.org",
        "externalIdentifier": external_id,
    }
    return {**who, "relations": list(relations)} if relations else who


def _in_turn(*lists: list[dict[str, Any]]) -> Callable[[Asked], Answer]:
    """Answer the first request with the first list, and so on; the last one stays."""
    left = list(lists)
    return lambda _asked: as_json(wrapped(left.pop(0) if len(left) > 1 else left[0], hasMoreItems=False))


def test_a_dry_run_makes_no_address(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "customers", "link", "--external-id", "4711", "--wait", "--dry-run", "-o", "json")
    assert done.code == 0, done.err
    assert done.json["request"]["body"] == {"externalCustomerId": "4711"}
    assert (done.json["dry_run"], done.json["request"]["method"]) == (True, "POST")
    assert sandbox.requests() == []


@pytest.mark.parametrize("words", [(), ("--wait",), ("--dry-run",)])
def test_an_empty_own_id_makes_no_address(run: Run, sandbox: Sandbox, words: tuple[str, ...]) -> None:
    done = run("rabot", "customers", "link", "--external-id", " ", *words, "-o", "json")
    assert (done.code, done.error["message"]) == (2, "--external-id is empty.")
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    "words",
    [("customers", "unlink", "7000001"), ("call", "unlink_customer", "--param", "customerNumber=7000001")],
)
def test_a_refused_unlinking_with_status_200_is_no_success(serve: Serve, words: tuple[str, ...]) -> None:
    no = {"isSuccess": False, "message": "Customer is not linked."}
    _, run = serve(unlink=no, customers=wrapped([]))
    done = run("rabot", *words, "-o", "json")
    assert (done.code, done.json["outcome"]) == (6, "rejected")
    assert "Customer is not linked." in done.error["message"]


@pytest.mark.parametrize("answer", [(200, "", b""), as_json(wrapped(None))])
def test_an_unlinking_needs_no_body_but_takes_one(serve: Serve, answer: Answer) -> None:
    _, run = serve(unlink=lambda _asked: answer, customers=lambda _asked: as_json({}, 500))
    done = run("rabot", "customers", "unlink", "7000001", "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed"), done.err


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ([_customer("1")], "changed"),
        ([], "changed"),
        ([_customer("99")], "unknown"),
        ([_customer("99", None, "Owner")], "unknown"),  # perhaps it never was more than that
    ],
)
def test_an_unlinking_that_got_no_answer_is_judged_by_the_list(
    serve: Serve, after: list[dict[str, Any]], outcome: str
) -> None:
    server, run = serve(unlink=lambda _asked: as_json({}, 502), customers=wrapped(after))
    done = run("rabot", "customers", "unlink", "99", "-o", "json")
    assert (done.code, done.json["outcome"]) == (9 if outcome == "unknown" else 0, outcome)
    assert ("is not among those that are listed now" in (done.json["message"] or "")) is (
        outcome == "changed"
    )
    assert [one.name for one in server.asked] == ["unlink", "customers"]


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        (("--external-id", "acme-4"), [], [_customer("7", "acme-42", "Linked"), _customer("8", "other")]),
        (("--external-id", "acme-4"), [_customer("7", "acme-4")], [_customer("7", "acme-4")]),
        (("--external-id", "acme-4"), [], [_customer("7", "acme-4", "Owner")]),
        ((), [], [_customer("7", None, "Owner")]),
    ],
)
def test_who_did_not_agree_is_not_taken_for_who_did(
    serve: Serve, words: tuple[str, ...], before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    server, run = serve(link=ADDRESS, customers=_in_turn(before, after))
    done = run("rabot", "customers", "link", *words, "--wait=0.01", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (8, "", "not_there_yet")
    assert [one.name for one in server.asked][:3] == ["customers", "link", "customers"]


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ((), [_customer("7", None, "Owner")], [_customer("7", None, "Owner", "Linked")]),
        (
            ("--external-id", "acme-4"),
            [_customer("6", "acme-4")],
            [_customer("6", "acme-4"), _customer("7", "Acme-4")],
        ),
        (
            ("--external-id", "acme-4"),
            [_customer("7", "acme-4", "Owner")],
            [_customer("7", "acme-4", "Linked")],
        ),
        (("--external-id", "acme-4"), [], [_customer("7", None, "Linked")]),
    ],
)
def test_who_agreed_is_seen(
    serve: Serve, words: tuple[str, ...], before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    _, run = serve(link=ADDRESS, customers=_in_turn(before, after))
    done = run("rabot", "customers", "link", *words, "--wait=0.01", "-o", "json")
    assert done.code == 0, done.err
    assert done.json["customer"] == after[-1]


def test_a_filter_that_the_server_leaves_out_is_kept_here(serve: Serve) -> None:
    _, run = serve(customers=wrapped([_customer(str(n), f"acme-{n}") for n in range(9)]))
    done = run("rabot", "customers", "list", "--external-id", "acme-4", "--limit", "1", "-o", "json")
    assert [one["externalIdentifier"] for one in done.json] == ["acme-4"]
