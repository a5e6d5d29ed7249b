"""``rabot api``: any call, printed as it came; what is not a GET is a write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run, Sandbox, start
from tests.partner import Partner, Reply

BODY = ("-f", "zipCode=10115", "-f", "yearlyConsumptionKwh:=3500")
QUOTE = "tariffs/RabotSmart/calculation"


@pytest.mark.parametrize("path", ["tariffs", "/tariffs", "/partner/v1/tariffs"])
def test_a_get_prints_the_envelope(run: Run, sandbox: Sandbox, path: str) -> None:
    done = run("rabot", "api", "GET", path)
    assert (done.code, done.err) == (0, "")
    assert done.json["isSuccess"] is True
    assert set(done.json) == {"isSuccess", "data", "message", "error", "count", "hasMoreItems"}
    (sent,) = sandbox.requests(method="GET")
    assert (sent["path"], sent["query"]) == ("/partner/v1/tariffs", [])
    assert run("journal", "list", "-o", "json").json == []


def test_fields_of_a_get_are_its_query(run: Run, sandbox: Sandbox) -> None:
    done = run(
        "rabot", "api", "get", "orders?offset=1", "-f", "limit=2", "--query", "data.orders[].contractNumber"
    )
    assert done.code == 0, done.err
    assert len(done.json) == 2
    assert sandbox.requests(method="GET")[0]["query"] == [["offset", "1"], ["limit", "2"]]
    table = run("rabot", "api", "GET", "tariffs", "--query", "data", "-o", "tsv")
    assert "RabotSmart" in table.out


def test_a_post_is_a_write(run: Run, outside: Run, sandbox: Sandbox) -> None:
    refused = outside("rabot", "api", "POST", QUOTE, *BODY, "-o", "json")
    assert (refused.code, refused.out) == (2, "")
    assert "--yes" in refused.error["hint"]
    assert sandbox.requests(method="POST", path=f"/partner/v1/{QUOTE}") == []
    done = outside("rabot", "api", "POST", QUOTE, *BODY, "--yes")
    assert done.code == 0, done.err
    assert done.json["answer"]["data"]["priceComponents"]
    (sent,) = sandbox.requests(method="POST", path=f"/partner/v1/{QUOTE}")
    assert sent["json"] == {"zipCode": "10115", "yearlyConsumptionKwh": 3500}
    told = outside("journal", "list", "-o", "json").json[0]
    assert (told["target"], told["outcome"]) == (f"/partner/v1/{QUOTE}", "changed")


def test_a_dry_run_sends_nothing(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "api", "DELETE", "customers/1/link", "--dry-run")
    assert done.json["request"]["method"] == "DELETE"
    assert sandbox.requests() == []


def test_a_body_from_a_file_or_standard_input(run: Run, sandbox: Sandbox, home: Path) -> None:
    (home / "body.yaml").write_text("zipCode: '10115'\n")
    more = ("-f", "yearlyConsumptionKwh:=1000")
    assert run("rabot", "api", "POST", QUOTE, "--input", "body.yaml", *more).code == 0
    text = json.dumps({"zipCode": "10115", "yearlyConsumptionKwh": 1000})
    assert run("rabot", "api", "POST", QUOTE, "--input", "-", input=text).code == 0
    first, second = sandbox.requests(path=f"/partner/v1/{QUOTE}")
    assert first["json"] == second["json"]


@pytest.mark.parametrize(
    "words",
    [
        ("GET", "http://127.0.0.1:1/x"),
        ("GET", "https://evil.example/partner/v1/tariffs"),
        ("GET", "//evil.example/x"),
        ("DELETE", "customers/1000001#x", "--yes"),
        ("GET", "tariffs?name=a#b"),
        ("FETCH", "tariffs"),
        ("GET", "tariffs", "--input", "-"),
        ("GET", "tariffs", "-f", "nothing"),
        ("POST", QUOTE, "-f", "a:={"),
        ("POST", QUOTE, "-f", "a:=NaN"),
        ("POST", QUOTE, "--input", "missing.json"),
    ],
)
def test_what_must_not_be_sent_is_refused(run: Run, sandbox: Sandbox, words: tuple[str, ...]) -> None:
    done = run("rabot", "api", *words)
    assert (done.code, done.out) == (2, "")
    assert sandbox.requests() == []


def test_an_error_keeps_what_the_provider_said(run: Run) -> None:
    told = run("rabot", "api", "GET", "orders/42")
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("error: "), "two lines, as everywhere where no form is asked for"
    done = run("rabot", "api", "GET", "orders/42", "-o", "json")
    assert "42" in done.error["message"]
    assert done.error["details"]


def test_a_file_comes_out_as_its_bytes(run: Run, sandbox: Sandbox, env: dict[str, str], home: Path) -> None:
    documents = "customers/1000001/contracts/400000001/documents"
    listed = run("rabot", "api", "GET", documents).json["data"]
    items = listed["items"] if isinstance(listed, dict) else listed[0]["items"]
    words = ("rabot", "api", "GET", f"{documents}/{items[0]['fileId']}")
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(*words, env={**env, **sandbox.env}, cwd=home, **piped) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"%PDF-")
    assert len(out) == items[0]["sizeInBytes"]


def test_json_in_other_signs_than_utf_8_is_no_file(env: dict[str, str], home: Path) -> None:
    body = '{"street": "Müllerstraße"}'.encode("latin-1")
    with Partner(x=Reply(body, headers={"Content-Type": "application/json; charset=iso-8859-1"})) as partner:
        done = partner.client(env, home)("rabot", "api", "GET", "x", "--query", "street", "-o", "json")
    assert (done.code, done.json) == (0, "Müllerstraße")


def test_a_refused_write_is_told(run: Run) -> None:
    done = run("rabot", "api", "POST", QUOTE, "-f", "zipCode=ABC", "-f", "yearlyConsumptionKwh:=1")
    assert (done.code, done.json["outcome"]) == (6, "rejected")


def test_a_write_whose_answer_never_came_is_unknown(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault(f"rabot:drop-after@POST /partner/v1/{QUOTE}")
    done = run("rabot", "api", "POST", QUOTE, *BODY)
    assert (done.code, done.json["outcome"]) == (9, "unknown")
    assert len(sandbox.requests(path=f"/partner/v1/{QUOTE}")) == 1
