"""``rabot documents`` and ``rabot invoices``: whole files or none, where they belong, under safe names."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Sandbox, start
from tests.providers.rabot.conftest import Serve
from tests.providers.rabot.strict_server import wrapped

PDF = b"%PDF-1.7\nnot really\n%%EOF\n"


@pytest.fixture
def who() -> tuple[str, str]:
    """A customer and the contract with the fewest documents, as the seed makes them."""
    return "1000016", "400000017"


def _list(run: Run, noun: str, who: tuple[str, str], *more: str) -> list[dict[str, Any]]:
    done = run("rabot", noun, "list", *who, *more, "-o", "json")
    assert done.code == 0, done.err
    return done.json


def test_the_filter_is_asked_of_the_provider(run: Run, sandbox: Sandbox, who: tuple[str, str]) -> None:
    every = _list(run, "documents", who)
    assert {"fileId", "documentType", "name", "extension", "sizeInBytes"} <= set(every[0])
    settled = _list(run, "documents", who, "--type", "settlement")
    assert settled == [one for one in every if one["documentType"] == "Settlement"]
    queries = [one["query"] for one in sandbox.requests() if one["path"].endswith("/documents")]
    assert queries == [[], [["documentType", "Settlement"]]]


def test_invoices_are_prepayments_and_settlements(run: Run, who: tuple[str, str]) -> None:
    invoices = _list(run, "invoices", who)
    assert {one["documentType"] for one in invoices} <= {"PrePayment", "Settlement"}
    every = _list(run, "documents", who)
    assert len(invoices) == sum(one["documentType"] != "ContractConfirmation" for one in every)
    confirmation = next(one for one in every if one["documentType"] == "ContractConfirmation")
    done = run("rabot", "invoices", "download", *who, confirmation["fileId"])
    assert done.code == 3


def test_all_are_saved_whole(run: Run, home: Path, who: tuple[str, str]) -> None:
    invoices = _list(run, "invoices", who)
    done = run("rabot", "invoices", "download", *who, "--all", "--to", "bills/2026", "-o", "json")
    assert done.code == 0, done.err
    assert [row["outcome"] for row in done.json] == ["saved"] * len(invoices)
    for row, one in zip(done.json, invoices, strict=True):
        content = (home / row["path"]).read_bytes()
        assert content.startswith(b"%PDF-")
        assert len(content) == row["size_bytes"] == one["sizeInBytes"]
    assert len(list((home / "bills/2026").iterdir())) == len(invoices)


def test_an_existing_file_is_not_touched_without_force(run: Run, home: Path, who: tuple[str, str]) -> None:
    file_id = _list(run, "documents", who)[0]["fileId"]
    (home / "mine.pdf").write_bytes(b"mine")
    words = ("rabot", "documents", "download", *who, file_id, "--to", "mine.pdf")
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert "mine.pdf" in done.err
    assert "--force" in done.err
    assert (home / "mine.pdf").read_bytes() == b"mine"
    assert run(*words, "--force").code == 0
    assert (home / "mine.pdf").read_bytes().startswith(b"%PDF-")


def test_all_again_says_which_exist(run: Run, home: Path, sandbox: Sandbox, who: tuple[str, str]) -> None:
    words = ("rabot", "documents", "download", *who, "--all", "--to", "out", "-o", "json")
    first = run(*words)
    (home / first.json[0]["path"]).unlink()
    sandbox.forget_requests()
    again = run(*words)
    assert again.code == 12
    assert [row["outcome"] for row in again.json] == ["saved", *["failed"] * (len(first.json) - 1)]
    fetched = [one for one in sandbox.requests() if "/documents/" in one["path"]]
    assert len(fetched) == 1
    assert run(*words, "--force").code == 0


def test_to_stdout_comes_the_file_and_nothing_else(
    run: Run, who: tuple[str, str], home: Path, env: dict[str, str], sandbox: Sandbox
) -> None:
    words = ("rabot", "documents", "download", *who, _list(run, "documents", who)[0]["fileId"], "--to")
    assert run(*words, "here.pdf").code == 0
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(*words, "-", env={**env, **sandbox.env}, cwd=home, **piped) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out == (home / "here.pdf").read_bytes()


@pytest.mark.parametrize("words", [(), ("--all", "ID"), ("--all", "--to", "-")])
def test_one_or_all_must_be_said_before_anything_is_asked(
    run: Run, sandbox: Sandbox, who: tuple[str, str], words: tuple[str, ...]
) -> None:
    before = len(sandbox.requests())
    done = run("rabot", "documents", "download", *who, *words)
    assert (done.code, done.out) == (2, "")
    assert len(sandbox.requests()) == before


@pytest.mark.parametrize(
    ("fault", "code"), [("truncate", 10), ("html", 11), ("empty", 11), ("not-json", 11), ("wrong-shape", 11)]
)
def test_what_is_no_whole_file_leaves_none(
    run: Run, sandbox: Sandbox, home: Path, who: tuple[str, str], fault: str, code: int
) -> None:
    file_id = _list(run, "documents", who)[0]["fileId"]
    sandbox.fault(f"rabot:{fault}@GET /partner/v1/customers/{who[0]}/contracts/{who[1]}/documents/")
    done = run("rabot", "documents", "download", *who, file_id, "--to", "out")
    assert (done.code, done.out) == (code, ""), done.err
    assert len(done.err.splitlines()) == 2
    assert list((home / "out").iterdir()) == []
    to_stdout = run("rabot", "documents", "download", *who, file_id, "--to", "-")
    assert (to_stdout.code, to_stdout.out) == (code, "")


def test_one_that_fails_does_not_stop_the_others(
    run: Run, sandbox: Sandbox, home: Path, who: tuple[str, str]
) -> None:
    bad = _list(run, "documents", who)[1]["fileId"]
    sandbox.fault(f"rabot:html@GET /partner/v1/customers/{who[0]}/contracts/{who[1]}/documents/{bad}")
    done = run("rabot", "documents", "download", *who, "--all", "--to", "out", "-o", "json")
    assert done.code == 12
    assert [row["fileId"] for row in done.json if row["outcome"] == "failed"] == [bad]
    assert len(list((home / "out").iterdir())) == len(done.json) - 1


@pytest.mark.parametrize("to", ["out.d/", "out"])
def test_a_directory_is_made_where_one_is_named(run: Run, home: Path, who: tuple[str, str], to: str) -> None:
    file_id = _list(run, "documents", who)[0]["fileId"]
    assert run("rabot", "documents", "download", *who, file_id, "--to", to).code == 0
    assert len(list((home / to).iterdir())) == 1


# -- names that a server might send ----------------------------------------------------------------------------

NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\boot.ini",
    "con.pdf",
    "a\x1b[31m\x07\nb.pdf",
    "x" * 300 + ".pdf",
    "",
    "...",
    "-rf.pdf",
    ".bashrc",
    "same.pdf",
    "same.pdf",
    "SAME.pdf",
    None,
    {"odd": 1},
]


def test_whatever_the_server_calls_it_the_file_stays_in_its_directory(serve: Serve, home: Path) -> None:
    items = [
        {"fileId": f"{n:08}-0000-4000-8000-000000000000", "documentType": "PrePayment", "name": name}
        for n, name in enumerate(NAMES)
    ]
    pdf = (200, "application/octet-stream", PDF)
    _, run = serve(documents=wrapped({"items": items}), document=lambda _asked: pdf)
    before = {path for path in home.rglob("*") if ".local" not in path.parts}
    done = run("rabot", "documents", "download", "1", "2", "--all", "--to", "deep/er", "-o", "json")
    assert done.code == 0, done.err
    saved = sorted(path.name for path in (home / "deep/er").iterdir())
    assert len(saved) == len(NAMES)
    assert len({name.lower() for name in saved}) == len(NAMES)
    for name in saved:
        assert name.isprintable()
        assert len(name.encode()) < 200
        assert not name.startswith((".", "-"))
        assert name.lower().split(".")[0] != "con"
    after = {path for path in home.rglob("*") if ".local" not in path.parts}
    assert {path.parent for path in after - before if path.is_file()} == {home / "deep/er"}
    table = run("rabot", "documents", "list", "1", "2", "-o", "table")
    assert "\x1b" not in table.out
    assert "\x07" not in table.out


# -- all of them ---------------------------------------------------------------------------------------------

ONE = {"fileId": "0d0c0b0a-0000-4000-8000-000000000001", "documentType": "PrePayment", "name": "May.pdf"}


@pytest.mark.parametrize(
    "words",
    [
        ("rabot", "invoices", "download", "1", "2"),
        ("rabot", "documents", "download", "1", "2"),
        ("invoices", "download", "--customer", "1", "--contract", "2"),
    ],
)
def test_all_of_a_list_that_is_cut_short_are_not_all(
    serve: Serve, home: Path, words: tuple[str, ...]
) -> None:
    cut = wrapped({"items": [ONE]}, count=1, hasMoreItems=True)
    _, run = serve(documents=cut, document=lambda _asked: (200, "application/pdf", PDF))
    done = run(*words, "--all", "--to", "out", "-o", "json")
    assert (done.code, [row["outcome"] for row in done.json]) == (12, ["saved"])
    assert done.error["code"] == "partly_failed"
    assert "more documents than it lists" in done.err
    assert [path.name for path in (home / "out").iterdir()] == ["May.pdf"]


@pytest.mark.parametrize(("cut", "where"), [(True, " among those that RABOT Energy lists"), (False, "")])
def test_what_a_list_that_is_cut_short_lacks_may_be_there(serve: Serve, *, cut: bool, where: str) -> None:
    _, run = serve(documents=wrapped({"items": [ONE]}, hasMoreItems=cut))
    done = run("rabot", "documents", "download", "1", "2", "another", "-o", "json")
    assert (done.code, done.error["message"]) == (3, f"Contract 2 has no such document{where}: another.")


def test_a_list_that_is_cut_short_says_so(serve: Serve) -> None:
    _, run = serve(
        documents=wrapped({"items": [ONE]}, hasMoreItems=True),
        tariffs=wrapped([{"tariffKey": "k"}], hasMoreItems=True),
        costs=wrapped([{"validFrom": "2026-01-01"}], hasMoreItems=True),
    )
    for words in (("documents", "list", "1", "2"), ("contracts", "costs", "1", "2"), ("tariffs", "list")):
        done = run("rabot", *words, "-q", "-o", "json")
        assert (done.code, len(done.json)) == (0, 1)
        assert "more of the list" in done.err


@pytest.mark.parametrize("to", ["inv.2026", "inv.2026/"])
def test_all_are_saved_in_a_directory_also_when_there_is_one(serve: Serve, home: Path, to: str) -> None:
    pdf = (200, "application/pdf", PDF)
    _, run = serve(documents=wrapped({"items": [ONE]}), document=lambda _asked: pdf)
    for _ in range(2):
        assert run("rabot", "documents", "download", "1", "2", "--all", "--to", to, "--force").code == 0
    assert [path.name for path in (home / "inv.2026").iterdir()] == ["May.pdf"]
    assert run("rabot", "documents", "download", "1", "2", ONE["fileId"], "--to", "one.pdf").code == 0
    assert (home / "one.pdf").read_bytes() == PDF
