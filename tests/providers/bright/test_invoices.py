"""``bright invoices list|url|download`` in the sandbox; files of an undocumented form are in ``test_invoices_odd``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Run, Sandbox
from tests.providers.bright.conftest import ACCOUNT
from tests.test_terminal import Terminal

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LIST = ("bright", "invoices", "list", *ACCOUNT)
DOWNLOAD = ("bright", "invoices", "download", *ACCOUNT)


def test_invoices_are_listed_newest_first_and_by_time(run: Run, sandbox: Sandbox) -> None:
    everything = run(*LIST, "-o", "json").json
    assert len(everything) >= 14
    assert {one["state"] for one in everything} == {"new", "paid", "overdue"}
    assert dict(sandbox.requests()[0]["query"]) == {}
    first, last = (f"{everything[at]['invoiceDate'][:7]}-01" for at in (5, 2))
    some = run(*LIST, "--from", first, "--to", last, "--tz", "site", "-o", "json").json
    assert some == everything[3:6]
    edges = (datetime.fromisoformat(day).replace(tzinfo=STOCKHOLM).astimezone(UTC) for day in (first, last))
    assert [value for _, value in sandbox.requests()[1]["query"]] == [
        f"{edge:%Y-%m-%dT%H:%M:%S}.000Z" for edge in edges
    ]
    assert [name for name, _ in sandbox.requests()[1]["query"]] == ["fromDate", "toDate"]
    table = run(*LIST, "--limit", "2", "-o", "table").out.splitlines()
    assert len(table) == 3
    assert table[0].split()[:3] == ["invoiceId", "invoiceNumber", "state"]


def test_the_latest_is_saved_as_pdf(run: Run, sandbox: Sandbox, home: Path) -> None:
    latest = run(*LIST, "--limit", "1", "-o", "ids").out.strip()
    done = run(*DOWNLOAD, "--latest", "-o", "json")
    saved = home / f"invoice-{latest}.pdf"
    assert saved.read_bytes().startswith(b"%PDF")
    assert done.json == {
        "invoice_id": latest,
        "path": saved.name,
        "size_bytes": saved.stat().st_size,
        "via": "stream",
        "outcome": "saved",
        "message": None,
    }
    sandbox.forget_requests()
    again = run(*DOWNLOAD, latest, "-o", "json")
    assert (again.code, again.error["code"]) == (2, "file_exists")
    assert sandbox.requests() == []
    assert run(*DOWNLOAD, latest, "--force", "--via", "url").rows[0]["via"] == "url"


def test_where_the_stream_is_not_built_the_url_serves(run: Run, sandbox: Sandbox, home: Path) -> None:
    sandbox.post("/bright/settings", {"not_built": ["get_invoice_stream"]})
    assert run(*DOWNLOAD, "--latest", "--to", "new/here.pdf").code == 2
    done = run(*DOWNLOAD, "--latest", "--to", "here.pdf", "-o", "json")
    assert (done.json["via"], done.json["path"]) == ("url", "here.pdf")
    *_, file = sandbox.requests()
    assert file["path"].startswith("/invoice-files/")
    assert "X-Api-Key" not in file["headers"]
    assert (home / "here.pdf").read_bytes().startswith(b"%PDF")
    strict = run(*DOWNLOAD, "--latest", "--via", "stream", "--to", "-", "-o", "json")
    assert (strict.code, strict.error["code"]) == (10, "not_built")
    unknown = run(*DOWNLOAD, "INV-500001-199001", "-o", "json")
    assert (unknown.code, unknown.error["operation"]) == (3, "get_invoice_url")


def test_all_are_saved_into_a_directory_and_failures_told(run: Run, sandbox: Sandbox, home: Path) -> None:
    ids = run(*LIST, "-o", "ids").out.split()
    sandbox.fault(f"bright:500@GET /kit/v1/accounts/A-500001/invoices/{ids[1]}")
    done = run(*DOWNLOAD, "--all", "--to", "all.d")
    assert (done.code, [row["invoice_id"] for row in done.rows]) == (12, ids)
    assert [row["outcome"] for row in done.rows[:3]] == ["saved", "failed", "saved"]
    assert f"1 of {len(ids)} invoices were not saved" in done.err
    assert len(list((home / "all.d").glob("*.pdf"))) == len(ids) - 1
    sandbox.clear_faults()
    some = run(*DOWNLOAD, "--all", "--to", "some", "--limit", "2")
    assert (some.code, len(list((home / "some").iterdir()))) == (0, 2)


def test_an_address_is_printed_alone(run: Run) -> None:
    words = ("bright", "invoices", "url", *ACCOUNT, "--latest")
    done = run(*words)
    assert urlsplit(done.out.strip()).path.startswith("/invoice-files/A-500001/")
    whole = run(*words, "-o", "json").json
    assert set(whole) == {"url"}
    assert run(*words, "--query", "length(url)").out == f"{len(whole['url'])}\n"
    title, address = run(*words, "-c", "url", "-o", "tsv").out.splitlines()
    assert (title, urlsplit(address).path) == ("url", urlsplit(whole["url"]).path)
    assert run(*words, "-c", "url", "-o", "ids").out.startswith("http")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("url", *ACCOUNT), "its id, or --latest"),
        (("url", *ACCOUNT, "INV-1", "--latest"), "its id, or --latest"),
        (("download", *ACCOUNT), "its id, or --latest"),
        (("download", *ACCOUNT, "--all", "--latest"), "--all takes no"),
        (("download", *ACCOUNT, "--all", "--to", "-"), "--all takes no"),
        (("download", *ACCOUNT, "--latest", "--via", "post"), "stream or url"),
        (("download", "--latest"), "--account ID"),
        (("url", "--email", "a@example.org"), "its id, or --latest"),
        (("download", "INV-1", "--latest", "--email", "a@example.org"), "its id, or --latest"),
        (("list", "--email", "a@example.org", "--since", "foo"), "--since"),
        (("list", *ACCOUNT, "--tz", "Mars/X"), "Mars/X"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    run: Run, sandbox: Sandbox, words: tuple[str, ...], said: str
) -> None:
    done = run("bright", "invoices", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert sandbox.requests() == []


def test_an_unknown_invoice_is_named(run: Run) -> None:
    done = run(*DOWNLOAD, "INV-1", "-o", "json")
    assert (done.code, done.error["operation"]) == (3, "get_invoice_stream")
    assert "There is no invoice INV-1. (InvoiceNotFound, 1004)" in done.error["message"]


def test_no_pdf_is_written_onto_a_terminal(env: dict[str, str], sandbox: Sandbox) -> None:
    terminal = Terminal(*DOWNLOAD, "--latest", "--to", "-", env={**env, **sandbox.env})
    assert terminal.end() == 2
    assert "write a PDF to the terminal" in terminal.text
    assert "%PDF" not in terminal.raw
