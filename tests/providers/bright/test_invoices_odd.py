"""Invoices of a backend that is not the sandbox: other fields, other forms of the file, and addresses elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.partner import Partner, Reply
from tests.providers.bright.conftest import ACCOUNT, KEY, Elsewhere

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
TEXT = base64.b64encode(PDF).decode()
ONE = "/accounts/A-500001/invoices/7"
DOWNLOAD = ("bright", "invoices", "download", *ACCOUNT)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/octet-stream"),
        (TEXT.encode(), "text/plain"),
        (f"data:application/pdf;base64,{TEXT}".encode(), "text/plain"),
        (TEXT, "application/json"),
        ({"name": "invoice.pdf", "content": TEXT}, "application/json"),
        ({"invoice": {"id": 7, "files": [{"pdf": TEXT}]}}, "application/json"),
    ],
    ids=["bytes", "base64", "data address", "JSON text", "JSON object", "deep in JSON"],
)
def test_a_pdf_is_found_in_every_form(elsewhere: Elsewhere, home: Path, content: Any, kind: str) -> None:
    elsewhere.add(f"{ONE}/stream", content, **{"Content-Type": kind})
    done = elsewhere.client()(*DOWNLOAD, "7", "--to", "seven.pdf")
    assert done.code == 0, done.err
    assert (home / "seven.pdf").read_bytes() == PDF


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "text/html", "came text/html instead of a PDF"),
        ({"id": 7, "file": None}, "application/json", "came application/json instead of a PDF"),
        (b"", "application/pdf", "came application/pdf instead of a PDF"),
        (base64.b64encode(b"GIF89a"), "text/plain", "came text/plain instead of a PDF"),
    ],
)
@pytest.mark.parametrize("way", ["stream", "url"])
def test_what_is_no_pdf_is_not_saved(
    elsewhere: Elsewhere, home: Path, way: str, content: Any, kind: str, said: str
) -> None:
    elsewhere.add(f"{ONE}/stream", content, **{"Content-Type": kind})
    elsewhere.add("/file", content, root=True, **{"Content-Type": kind})
    elsewhere.add(f"{ONE}/url", {"url": f"{elsewhere.host}/file"})
    done = elsewhere.client()(*DOWNLOAD, "7", "--via", way, "--to", "seven.pdf", "-o", "json")
    assert (done.code, done.out) == (11, "")
    assert said in done.error["message"]
    assert f"--via {'url' if way == 'stream' else 'stream'}" in done.error["hint"]
    assert not (home / "seven.pdf").exists()


@pytest.mark.parametrize(
    "answer",
    [
        lambda url: {"url": url},
        lambda url: {"self": "https://kit.example.org/7", "href": url},
        lambda url: {"data": {"invoice": {"downloadUrl": url}}},
        lambda url: url,
        lambda url: url.encode(),
    ],
    ids=["url", "href beside another", "deep", "JSON text", "text"],
)
def test_an_address_on_another_host_gets_no_credential(
    elsewhere: Elsewhere, answer: Callable[[str], Any]
) -> None:
    with Partner() as files:
        signed = "/files/N%E4r%207.pdf?sig=a%2Bb/c&name=%E4%20b+c&x=&whole&sig=2"
        files.add("/files/N%E4r%207.pdf", Reply(PDF, headers={"Content-Type": "application/pdf"}))
        elsewhere.add(f"{ONE}/url", answer(f"{files.url}{signed}"))
        done = elsewhere.client()(*DOWNLOAD, "7", "--via", "url", "--to", "-", "-v")
        ((method, target, headers, _),) = files.seen
    assert (done.code, done.out.encode()) == (0, PDF), done.err
    assert (method, target) == ("GET", signed), "a signature counts for the address as it was given"
    assert KEY not in str(headers)
    assert KEY not in done.err
    assert [headers["x-api-key"] for _, _, headers, _ in elsewhere.asked()] == [KEY]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"url": "http://files.example.org/7.pdf"}, "files.example.org, is not used"),
        ({"url": "https://user:pass@files.example.org/7.pdf"}, "files.example.org, is not used"),
        ({"url": "file:///etc/passwd"}, "names no address"),
        ({"id": 7}, "names no address"),
        ({"id": "seven/7"}, "names no address"),
        ({"url": "not/an address"}, "names no address"),
        (base64.b64encode(PDF + b"\xff" * 9).decode(), "names no address"),
        ([], "names no address"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(elsewhere: Elsewhere, answer: Any, said: str) -> None:
    elsewhere.add(f"{ONE}/url", answer)
    done = elsewhere.client()(*DOWNLOAD, "7", "--via", "url")
    assert (done.code, done.out) == (11, "")
    assert said in done.err
    assert "user:pass" not in done.err


@pytest.mark.parametrize(
    ("listed", "latest"),
    [
        (
            [
                {"id": 5, "date": "2026-01-01"},
                {"id": 7, "date": "2026-03-01"},
                {"id": 6, "date": "2026-02-01"},
            ],
            "7",
        ),
        ({"invoices": [{"number": "7", "dueDate": "2026-02-01T00:00:00Z"}, {"number": "6"}]}, "7"),
    ],
)
def test_the_latest_is_told_by_its_date(elsewhere: Elsewhere, listed: Any, latest: str) -> None:
    elsewhere.add("/accounts/A-500001/invoices", listed)
    elsewhere.add(f"{ONE}/stream", PDF)
    done = elsewhere.client()(*DOWNLOAD, "--latest", "-o", "json")
    assert done.json["invoice_id"] == latest


def test_no_date_or_no_invoice_leaves_no_latest(elsewhere: Elsewhere) -> None:
    elsewhere.add("/accounts/A-500001/invoices", [{"id": 5}])
    run = elsewhere.client()
    done = run(*DOWNLOAD, "--latest")
    assert (done.code, "no date" in done.err) == (2, True)
    elsewhere.add("/accounts/A-500001/invoices", [])
    done = run(*DOWNLOAD, "--latest")
    assert (done.code, "has no invoice" in done.err) == (3, True)
    everything = run(*DOWNLOAD, "--all", "--to", "all", "-o", "json")
    assert (everything.code, everything.json) == (0, [])


@pytest.mark.parametrize(
    ("status", "code", "operation"), [(404, 3, "get_invoice_stream"), (501, 10, "get_invoice_url")]
)
def test_an_unknown_invoice_is_not_found_although_addresses_are_not_built(
    elsewhere: Elsewhere, status: int, code: int, operation: str
) -> None:
    elsewhere.add(f"{ONE}/stream", {"name": "E", "message": "no", "status": status}, status)
    elsewhere.add(f"{ONE}/url", {"name": "NotBuilt", "message": "not built", "status": 501}, 501)
    run = elsewhere.client()
    done = run(*DOWNLOAD, "7", "-o", "json")
    assert (done.code, done.error["operation"]) == (code, operation)
    assert run("invoices", "download", "7", *ACCOUNT).code == code


@pytest.mark.parametrize(
    ("listed", "which"),
    [
        ([{"ref": "X", "invoiceDate": "2026-10-01"}], "The latest"),
        ([{"ref": "X", "invoiceDate": "2026-10-01"}, {"id": "7", "invoiceDate": "2026-01-01"}], "The latest"),
        ([{"id": None, "invoiceDate": None}, {"state": "paid"}], "Every"),
    ],
    ids=["alone", "with an older one", "nothing is told"],
)
def test_a_latest_invoice_without_an_id_is_told(elsewhere: Elsewhere, listed: Any, which: str) -> None:
    elsewhere.add("/accounts/A-500001/invoices", listed)
    elsewhere.add(f"{ONE}/stream", PDF)
    done = elsewhere.client()(*DOWNLOAD, "--latest", "-o", "json")
    assert (done.code, done.out) == (11, "")
    assert f"{which} invoice came without an id" in done.error["message"]


@pytest.mark.parametrize(
    "answer", [{"url": "/files/7.pdf"}, {"data": 1, "href": "../../../files/7.pdf"}, "/files/7.pdf"]
)
def test_an_address_may_be_relative_to_the_backends(elsewhere: Elsewhere, answer: Any) -> None:
    elsewhere.add(f"{ONE}/url", answer)
    elsewhere.add("/files/7.pdf", PDF, root=True)
    elsewhere.add("/accounts/A-500001", {"accountId": "A-500001"})
    elsewhere.add("/accounts/A-500001/invoices", [{"id": "7"}])
    run = elsewhere.client()
    assert run("bright", "invoices", "url", "7", *ACCOUNT).out == f"{elsewhere.host}/files/7.pdf\n"
    done = run(*DOWNLOAD, "7", "--via", "url", "--to", "-")
    assert (done.code, done.out.encode()) == (0, PDF), done.err
    assert "x-api-key" not in elsewhere.asked()[-1][2]
    rows = run("bright", "verify", *ACCOUNT, "--step", "invoice-file", "-o", "json").json
    ended = {row["rule"]: row["status"] for row in rows}
    assert ended["invoice_url_needs_no_credential"] == "pass", rows


@pytest.mark.parametrize("address", ["https://[bad/7.pdf", "https://files.example.org:x/7.pdf"])
def test_an_address_that_is_none_breaks_its_rule(elsewhere: Elsewhere, address: str) -> None:
    elsewhere.add("/accounts/A-500001", {"accountId": "A-500001"})
    elsewhere.add("/accounts/A-500001/invoices", [{"id": "7"}])
    elsewhere.add(f"{ONE}/url", {"url": address})
    done = elsewhere.client()("bright", "verify", *ACCOUNT, "--step", "invoice-file", "-o", "json")
    ended = {row["rule"]: row["status"] for row in done.json}
    assert (done.code, ended["invoice_url_answered"]) == (6, "fail"), done.err
