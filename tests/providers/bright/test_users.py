"""``bright users list|add|update``: masked for people, read back after writing, undone by one command."""

from __future__ import annotations

import shlex
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.conftest import Run, Sandbox
from tests.partner import Reply
from tests.providers.bright.conftest import ACCOUNT, Elsewhere

OWNER = "2000000001"
PHONE = "+46701740699"
ROLES = "/accounts/A-500001/user-roles"
ADD = ("bright", "users", "add", *ACCOUNT, "--new-email", "guest@example.org")
UPDATE = ("bright", "users", "update", OWNER, *ACCOUNT, "--phone", PHONE)


def _writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [one for one in sandbox.requests() if one["method"] != "GET"]


def test_personal_numbers_are_masked_for_people_and_whole_in_the_data(run: Run) -> None:
    words = ("bright", "users", "list", *ACCOUNT)
    for form in ("table", "tsv", "csv"):
        assert "19121212-****" in run(*words, "-o", form).out
    assert "191212121212" in run(*words, "-o", "csv", "--reveal").out
    data = run(*words, "-o", "json").json
    assert data[0]["user"]["ssn"] == "191212121212"
    assert [one["role"] for one in data].count("owner") == 1
    assert run(*words, "-o", "ids").out.splitlines() == [one["user"]["id"] for one in data]


def test_a_guest_is_added_once_and_read_back(run: Run, sandbox: Sandbox) -> None:
    planned = run(*ADD, "--dry-run", "-o", "json").json
    body = {"userRole": {"role": "guest", "user": {"email": "guest@example.org"}}, "inviter": {"id": OWNER}}
    assert planned["request"]["body"] == body
    assert _writes(sandbox) == []
    added = run(*ADD, "-o", "json").json
    assert (added["outcome"], added["role"]) == ("changed", "guest")
    assert [one["json"] for one in _writes(sandbox)] == [body]
    again = run("bright", "users", "add", *ACCOUNT, "--new-email", "GUEST@example.org", "-o", "json").json
    assert (again["outcome"], again["user_id"]) == ("already", added["user_id"])
    assert len(_writes(sandbox)) == 1
    refused = run("bright", "users", "add", *ACCOUNT, "--role", "owner", "--phone", PHONE, "-o", "json")
    assert (refused.code, refused.json["outcome"]) == (6, "rejected")
    assert refused.error["details"]["name"] == "Conflict"


def test_contact_data_is_updated_and_put_back(run: Run, sandbox: Sandbox) -> None:
    planned = run(*UPDATE, "--dry-run", "-o", "json").json
    assert planned["changes"] == [{"field": "phoneNumber", "before": "+46701740605", "after": PHONE}]
    done = run(*UPDATE, "-o", "json")
    assert (done.code, done.json["outcome"]) == (0, "changed")
    assert _writes(sandbox)[0]["json"] == {"phoneNumber": PHONE}
    assert run(*UPDATE, "-o", "json").json["outcome"] == "already"
    undo = done.err.split("put it back: energyctl ")[1].splitlines()[0]
    assert run(*shlex.split(undo), "-o", "json").json["outcome"] == "changed"
    phones = {
        one["user"]["id"]: one["user"]["phoneNumber"]
        for one in run("bright", "users", "list", *ACCOUNT, "-o", "json").json
    }
    assert phones[OWNER] == "+46701740605"
    unread = run("bright", "users", "update", OWNER, "--new-email", "t@example.org", "-o", "json").json
    assert (unread["outcome"], unread["message"]) == ("changed", "Accepted; --account ID would read it back.")


def test_an_unknown_user_is_not_written_to(run: Run, sandbox: Sandbox) -> None:
    with_account = run("bright", "users", "update", "nobody", *ACCOUNT, "--phone", PHONE, "-o", "json")
    assert (with_account.code, with_account.json["outcome"]) == (3, "not_found")
    assert _writes(sandbox) == []
    without = run("bright", "users", "update", "nobody", "--phone", PHONE, "-o", "json")
    assert (without.code, without.json["outcome"]) == (3, "not_found")


def test_a_write_whose_answer_is_lost_is_looked_up_and_not_repeated(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("bright:drop-after@PATCH /kit/v1/users#1", "bright:drop-after@POST /kit/v1/accounts#1")
    for words in (UPDATE, ADD):
        done = run(*words, "-o", "json")
        assert (done.code, done.json["outcome"]) == (0, "changed"), done.err
        assert "looking it up" in done.err
    assert len(_writes(sandbox)) == 2
    sandbox.fault("bright:drop-before@PATCH /kit/v1/users#1", "bright:500@POST /kit/v1/accounts#1")
    for words in (
        ("bright", "users", "update", OWNER, *ACCOUNT, "--phone", "+46701740698"),
        ("bright", "users", "add", *ACCOUNT, "--username", "somebody"),
    ):
        done = run(*words, "-o", "json")
        assert (done.code, done.json["outcome"]) == (9, "unknown")
        assert "users list --account A-500001" in done.error["hint"]
    assert len(_writes(sandbox)) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", *ACCOUNT), "--new-email"),
        (("add", "--phone", PHONE), "--account ID"),
        (("add", *ACCOUNT, "--phone", "0701740699"), "E.164"),
        (("add", *ACCOUNT, "--phone", "+46\u0667012345\u00b2"), "E.164"),
        (("update", OWNER, "--phone", "+0701740699"), "E.164"),
        (("add", *ACCOUNT, "--new-email", "nobody"), "not an address"),
        (("add", *ACCOUNT, "--username", " "), "--username is empty"),
        (("add", *ACCOUNT, "--username", "a", "--role", "guests"), "owner, guest, company"),
        (("update", OWNER), "--phone or --new-email"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], said: str
) -> None:
    done = run("bright", "users", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert sandbox.requests() == []


def test_a_backend_that_accepts_and_does_nothing_is_not_believed(elsewhere: Elsewhere) -> None:
    owner = {"role": "owner", "user": {"id": 7, "email": "Owner@Example.org", "phoneNumber": "+46700000000"}}

    def roles(request: BaseHTTPRequestHandler) -> Reply:
        return Reply([owner]) if request.command == "GET" else Reply({"ok": True}, 201)

    elsewhere.add(ROLES, roles)
    elsewhere.add("/users/7", {"ok": True})
    run = elsewhere.client()
    for words in (("update", "7", *ACCOUNT, "--phone", PHONE), ("add", *ACCOUNT, "--phone", PHONE)):
        asked = run("bright", "users", *words)
        assert (asked.code, "--yes" in asked.err) == (2, True)
        done = run("bright", "users", *words, "--yes", "-o", "json")
        assert (done.code, done.json["outcome"]) == (9, "unknown")
        assert "Accepted, but" in done.error["message"]
    assert [path for path, *_ in elsewhere.asked("PATCH")] == ["/users/7"]
    assert elsewhere.asked("POST")[0][3]["inviter"] == {"id": "7"}
    same = (
        "bright",
        "users",
        "update",
        "7",
        *ACCOUNT,
        "--new-email",
        "owner@example.org",
        "--yes",
        "-o",
        "json",
    )
    assert run(*same).json["outcome"] == "already"


def test_an_account_without_owner_needs_the_inviter_named(elsewhere: Elsewhere) -> None:
    elsewhere.add(ROLES, [{"role": "guest", "user": {"id": "8"}}])
    run = elsewhere.client()
    done = run(*ADD, "--dry-run")
    assert (done.code, "--inviter ID" in done.err) == (2, True)
    named = run(*ADD, "--inviter", "8", "--dry-run", "-o", "json").json
    assert named["request"]["body"]["inviter"] == {"id": "8"}


def test_a_user_in_another_role_is_not_the_one_that_is_wished(elsewhere: Elsewhere) -> None:
    owner = {"role": "owner", "user": {"id": "7", "email": "owner@example.org"}}
    guest = {"role": "guest", "user": {"id": "8", "email": "guest@example.org"}}
    listed = [owner, guest]

    heeded: list[dict[str, Any]] = []

    def roles(request: BaseHTTPRequestHandler) -> Reply:
        if request.command == "GET":
            return Reply(listed)
        listed.extend(heeded)
        return Reply({"ok": True}, 201)

    elsewhere.add(ROLES, roles)
    run = elsewhere.client()
    words = (*ADD, "--role", "company", "-o", "json")
    planned = run(*words, "--dry-run").json
    assert planned["changes"] == [{"field": "role", "before": "guest", "after": "company"}]
    done = run(*words, "--yes")
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert "does not show it as company" in done.error["message"]
    assert [body["userRole"]["role"] for *_, body in elsewhere.asked("POST")] == ["company"]
    heeded.append({**guest, "role": "company"})
    done = run(*words, "--yes")
    assert (done.code, done.json["outcome"], done.json["role"]) == (0, "changed", "company")
    done = run(
        "bright",
        "users",
        "add",
        *ACCOUNT,
        "--new-email",
        "owner@example.org",
        "--role",
        "owner",
        "-o",
        "json",
        "--yes",
    )
    assert (done.json["outcome"], done.json["role"]) == ("already", "owner")


def test_what_a_user_does_not_have_is_no_text(elsewhere: Elsewhere) -> None:
    elsewhere.add(ROLES, [{"role": "owner", "user": {"id": 7, "username": None, "phoneNumber": True}}])
    run = elsewhere.client()
    for words in (("--username", "None"), ("--username", "none"), ("--username", "true")):
        planned = run(
            "bright", "users", "add", *ACCOUNT, *words, "--role", "owner", "--dry-run", "-o", "json"
        ).json
        assert "outcome" not in planned, planned
