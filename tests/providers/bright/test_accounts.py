"""``bright accounts search|show``, and who is meant by --ssn and --email elsewhere."""

from __future__ import annotations

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.bright.conftest import ACCOUNT, Elsewhere
from tests.test_terminal import Terminal

SSN = "191212121212"
EMAIL = "tolvan.tolvansson.1@kund.example.org"
SEARCH = "/kit/v1/accounts"


def test_a_person_is_found_by_number_or_address(run: Run, sandbox: Sandbox) -> None:
    for words in (("--ssn", "19121212-1212"), ("--ssn", "121212+1212"), ("--email", EMAIL.upper())):
        assert run("bright", "accounts", "search", *words, "-o", "json").json == [
            {"accountId": "A-500001"}
        ], words
    piped = run("bright", "accounts", "search", "--ssn", "-", "-o", "ids", input=f"{SSN}\n")
    assert (piped.code, piped.out, piped.err) == (0, "A-500001\n", "")
    assert [one["query"] for one in sandbox.requests(path=SEARCH)] == [
        [["ssn", SSN]],
        [["ssn", SSN]],
        [["email", EMAIL.upper()]],
        [["ssn", SSN]],
    ]


def test_nobody_is_an_empty_list(run: Run) -> None:
    for words in (("--ssn", "191212121213", "--unchecked"), ("--email", "nobody@example.org")):
        done = run("bright", "accounts", "search", *words, "-o", "json")
        assert (done.code, done.out, done.err) == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--ssn or by --email"),
        (("--ssn", SSN, "--email", EMAIL), "--ssn or by --email"),
        (("--ssn", "191212121213"), "check digit"),
        (("--ssn", "nobody"), "not a personal number"),
        (("--email", "nobody"), "not an address"),
        (("--email", "@"), "not an address"),
    ],
)
def test_what_names_nobody_is_a_usage_error(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], said: str
) -> None:
    done = run("bright", "accounts", "search", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert sandbox.requests() == []


def test_a_number_shows_whole_only_when_it_is_wished(run: Run, sandbox: Sandbox) -> None:
    hidden = run("bright", "accounts", "search", "--ssn", "1212121212", "-v")
    assert "taken as 20121212-****" in hidden.err
    assert "201212121212" not in hidden.err
    shown = run("bright", "accounts", "search", "--ssn", "1212121212", "-v", "--reveal")
    assert "taken as 201212121212" in shown.err
    assert "ssn=201212121212" in shown.err
    sandbox.fault("bright:503@GET /kit/v1/accounts")
    refused = run("bright", "users", "list", "--ssn", SSN, "-o", "json")
    assert refused.code == 10
    assert SSN not in refused.err


def test_an_account_is_shown_and_an_unknown_one_is_not_found(run: Run) -> None:
    shown = run("bright", "accounts", "show", "A-500001", "-o", "json")
    assert (shown.json["accountId"], shown.json["name"]) == ("A-500001", "Tolvan Tolvansson")
    assert "Tolvan Tolvansson" in run("bright", "accounts", "show", "A-500001", "-o", "table").out
    unknown = run("bright", "accounts", "show", "A-1", "-o", "json")
    assert (unknown.code, unknown.out) == (3, "")
    assert "There is no account A-1. (AccountNotFound, 1004)" in unknown.error["message"]
    assert unknown.error["details"]["uid"]
    assert set(unknown.error["details"]) == {"name", "message", "status", "error", "key", "uid"}
    assert run("bright", "accounts", "show", "..").code == 2


def test_a_person_with_one_account_needs_no_account_id(run: Run, sandbox: Sandbox) -> None:
    persons = sandbox.facts["credentials"]["bright"]["persons"]
    several = next(one for one in persons if len(one["accounts"]) > 1)
    by_id = run("bright", "users", "list", *ACCOUNT, "-o", "json")
    for words in (("--ssn", SSN), ("--email", EMAIL), ("--ssn", "-")):
        assert run("bright", "users", "list", *words, "-o", "json", input=SSN).json == by_id.json, words
    done = run("bright", "invoices", "list", "--ssn", several["ssn"])
    assert (done.code, done.out) == (2, "")
    assert all(account in done.err for account in several["accounts"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--account ID"),
        ((*ACCOUNT, "--ssn", SSN), 2, "Both an account and a person"),
        (("--ssn", "191212121213"), 2, "--unchecked"),
        (("--ssn", "191212121213", "--unchecked"), 3, "no account"),
        (("--email", "nobody@example.org"), 3, "no account"),
    ],
)
def test_whose_account_is_meant_must_be_clear(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    done = run("bright", "locations", "list", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        (["A-1", 2], ["A-1", "2"]),
        ({"accountIds": ["A-1", "A-2"]}, ["A-1", "A-2"]),
        ({"accounts": [{"id": "A-1"}]}, ["A-1"]),
        ({"data": [{"account_id": 7}], "total": 1}, ["7"]),
        (None, []),
        ([], []),
    ],
)
def test_a_search_may_answer_in_any_form(elsewhere: Elsewhere, answer: object, ids: list[str]) -> None:
    elsewhere.add("/accounts", answer)
    done = elsewhere.client()("bright", "accounts", "search", "--email", EMAIL, "-o", "ids")
    assert (done.code, done.out.splitlines()) == (0, ids), done.err


def test_a_person_looks_at_a_terminal(env: dict[str, str], sandbox: Sandbox) -> None:
    terminal = Terminal("bright", "users", "list", *ACCOUNT, env={**env, **sandbox.env}, columns=160)
    assert terminal.end() == 0
    assert "19121212-****" in terminal.text
    assert "Personal number" in terminal.text
    assert SSN not in terminal.text
