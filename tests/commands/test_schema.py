"""``energyctl schema``: what is declared is frozen, complete, and true of what the commands really print."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from energyctl.app import root
from energyctl.commands.schema import declared
from energyctl.core.reference.pages import read_pages
from energyctl.core.rowschema import Source, computed, error_row
from tests.conftest import Done, Run, Sandbox

FROZEN = Path(__file__).with_name("schemas.txt")
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_an_instant(value: Any) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def frozen_lines() -> Iterator[str]:
    """Yield a line for each command and kind of row: the fields with their types."""
    for words, printed in sorted({**declared(), "errors": computed(error_row())}.items()):
        for rows in printed.rows:
            more = ", …" if rows.is_open else ""
            yield f"{words} ({rows.name}): {_members(rows.as_schema())}{more}"


def _members(schema: dict[str, Any]) -> str:
    return ", ".join(
        f"{name}{'' if name in schema['required'] else '?'} {_type(one)}"
        for name, one in schema["properties"].items()
    )


def _type(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "any")
    text = kinds if isinstance(kinds, str) else "|".join(kinds)
    if "enum" in schema:
        return f"{text} of {'/'.join(map(str, schema['enum']))}"
    if "format" in schema:
        text = text.replace("string", "time")
    if "properties" in schema:
        return f"{text} {{{_members(schema)}}}"
    if "items" in schema:
        inner = schema["items"]
        return f"{text} [{_members(inner) if 'properties' in inner else inner['type']}]"
    return text


def test_the_declared_rows_are_frozen() -> None:
    """A field that went, or changed its type, breaks scripts; a new one is added to the file on purpose."""
    told = "when it is meant: python -m tests.commands.test_schema"
    assert FROZEN.read_text().splitlines() == list(frozen_lines()), told


def test_every_command_says_what_it_prints() -> None:
    commands = {" ".join(page.path) for page in read_pages(root) if not page.is_group}
    assert set(declared()) == commands


@pytest.mark.parametrize("words", sorted(declared()))
def test_each_schema_is_a_schema(words: str) -> None:
    printed = declared()[words]
    schema = printed.as_schema(f"energyctl {words}")
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == f"energyctl {words}"
    assert (printed.source is Source.COMPUTED) == bool(printed.rows)
    assert printed.rows or schema["description"]


def test_a_schema_is_printed(bare: Run) -> None:
    usage = bare("schema", "emporia", "usage")
    assert (usage.code, usage.err) == (0, "")
    assert usage.json == declared()["emporia usage"].as_schema("energyctl emporia usage")
    assert bare("schema", "emporia", "usage", "-o", "json").json == usage.json
    assert bare("schema", "errors", "--query", "title").json == "energyctl errors"
    tariffs = bare("schema", "rabot", "tariffs", "list").json
    assert set(tariffs) == {"$schema", "title", "description"}
    assert "as it came" in tariffs["description"]


def test_without_a_command_all_are_listed(bare: Run) -> None:
    rows = bare("schema", "-o", "json").json
    assert {row["command"]: row["prints"] for row in rows} == {
        words: one.source.value for words, one in declared().items()
    }
    assert _problems("schema", rows) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["docter"], "Did you mean: doctor"),
        (["rabot", "orders"], "rabot orders create"),
        (["rabot", "orders", "crate"], "Did you mean: rabot orders create"),
    ],
)
def test_what_is_no_command(bare: Run, words: list[str], told: str) -> None:
    done = bare("schema", *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def _problems(words: str, output: Any) -> list[str]:
    """Validate what a command printed with -o json against its schema, row by row."""
    rows = output if isinstance(output, list) else [output]
    assert rows, words
    validator = Draft202012Validator(declared()[words].as_schema(words), format_checker=_FORMATS)
    return [f"{words}: {one.json_path}: {one.message}" for row in rows for one in validator.iter_errors(row)]


#: Command, further words, and the exit code; in an order in which the later ones find what the former ones did.
REAL: dict[str, tuple[tuple[str, str, int], ...]] = {
    "rabot": (
        ("find", "400000001 --in rabot", 0),
        ("find", "--lookups", 0),
        ("orders list", "--limit 3", 0),
        ("invoices list", "--account A-500001 --customer 1000001 --contract 400000001", 0),
        ("invoices download", "--all --customer 1000001 --contract 400000001 --to all-invoices", 0),
        ("rabot customers link", "--external-id acme-1", 0),
        ("rabot customers unlink", "1000003 --dry-run", 0),
        ("rabot customers unlink", "1000003 1000099999 --yes", 12),
        ("rabot contracts metrics", "1000001 400000001 --since 3d", 0),
        ("rabot contracts working-prices", "1000001 400000001", 0),
        ("rabot prices", "", 0),
        ("rabot prices", "--forecast --limit 20", 0),
        ("rabot documents download", "1000001 400000001 --all --to papers", 0),
        ("rabot documents download", "1000001 400000001 --all --to papers", 12),
        ("rabot invoices download", "1000001 400000001 --all --to invoices", 0),
        ("rabot orders validate", "-f wrong.yaml", 2),
        ("rabot orders create", "-f order.yaml --dry-run", 0),
        ("rabot orders create", "-f order.yaml --yes", 0),
        ("rabot orders create", "-f order.yaml --yes", 0),
        ("rabot consumption-plan submit", "1000001 400000001 -f plan.json --dry-run", 0),
        ("rabot consumption-plan submit", "1000001 400000001 -f plan.json --yes", 0),
        ("rabot endpoints list", "", 0),
        ("rabot spec import", "api.yaml --dry-run", 0),
        ("rabot spec import", "api.yaml --match list_orders=listTheirs --yes", 0),
        ("rabot spec show", "", 0),
        ("rabot spec show", "listTheirs", 0),
        ("rabot endpoints list", "", 0),
    ),
    "emporia": (
        ("emporia usage", "--all --since 3h", 0),
        ("emporia usage", "--all --since 3h --unit kWh --channels all", 0),
        ("devices list", "", 0),
        ("usage", "--all --since 3h", 0),
        ("usage", "--all --since 3h --unit kW", 0),
        ("emporia usage", "--all --since 1d --sum device", 0),
        ("emporia usage", "--all --since 1d --sum channel --unit W", 0),
        ("emporia usage", "--all --since 1d --sum total", 0),
        ("emporia outlets off", "--all --dry-run", 0),
        ("emporia outlets off", "--all --yes", 12),
        ("emporia outlets on", "--all --yes", 12),
        ("emporia chargers set", "--all --amps 10 --yes", 12),
        ("emporia batteries set", "--all --reserve 25 --dry-run", 0),
        ("limits", "", 0),
    ),
    "emulate": (
        ("emulate devices rename", "C-100001 car Blitz --dry-run", 0),
        ("emulate devices rename", "C-100001 car Blitz --yes", 0),
        ("emulate devices rename", "C-100001 Blitz Blitz --yes", 0),
        ("emulate spo set", "C-100001 Blitz target_soc_percent:=77 --yes", 0),
        ("emulate onboarding link", "C-100001 --yes", 0),
        ("emulate devices remove", "C-100001 Blitz --yes", 0),
        ("emulate customers offboard", "C-100002 --dry-run", 0),
        ("emulate customers offboard", "C-100002 C-100002 C-100003 --yes", 0),
        ("emulate token mint", "", 0),
        ("emulate token inspect", "", 0),
        ("emulate keys generate", "--api retailer --to new.pem", 0),
        ("emulate endpoints list", "", 0),
        ("doctor", "", 0),
        ("auth status", "", 0),
        ("auth can", "emulate devices rename", 0),
        ("config show", "--sources", 0),
        ("sandbox status", "", 0),
        ("journal list", "", 0),
        ("journal show", "1", 0),
        ("help", "time", 0),
        ("help", "rabot orders", 0),
        ("help", "", 0),
    ),
    "bright": (
        ("bright measurements", "--account A-500001 --service SRV-500001-11 --since 7d", 0),
        ("bright cost", "--account A-500001 --service SRV-500001-11 --since 7d", 0),
        ("bright invoices download", "--account A-500001 --latest --to invoice.pdf", 0),
        ("bright users add", "--account A-500001 --new-email guest@example.org --dry-run", 0),
        ("bright users add", "--account A-500001 --new-email guest@example.org --yes", 0),
        ("bright events report", "lastSeen --account A-500001 --yes", 0),
        ("bright openid", "--check", 0),
        ("bright verify", "--account A-500001 --step measurements", 0),
        ("bright endpoints list", "", 0),
    ),
}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"check": None}, "None is not of type 'string'"),
        ({"status": "fine"}, "is not one of"),
        ({"more": 1}, "'more' was unexpected"),
    ],
)
def test_what_is_not_as_declared_is_found(row: dict[str, Any], told: str) -> None:
    right = {"provider": None, "check": "config", "status": "pass", "message": "Well.", "fix": None}
    assert _problems("doctor", right) == []
    assert told in "".join(_problems("doctor", {**right, **row}))
    del right["fix"]
    assert "'fix' is a required property" in "".join(_problems("doctor", right))


def test_a_time_without_an_offset_is_found() -> None:
    right = dict.fromkeys(("account_id", "service_id", "resolution"), "x") | {"status": "complete"}
    ends = {"start": "2026-01-01T00:00:00+01:00", "end": "2026-01-02T00:00:00+01:00"}
    assert _problems("bright cost", {**right, **ends}) == []
    assert _problems("bright cost", {**right, **ends, "end": "2026-01-02T00:00:00"}) != []


@pytest.fixture
def files(run: Run, home: Path) -> None:
    order = run("rabot", "orders", "template").out
    (home / "order.yaml").write_text(order)
    (home / "wrong.yaml").write_text(order.replace("tariffKey:", "tarifKey:"))
    at = "2027-01-01T00:00:00+01:00"
    (home / "api.yaml").write_text(
        "{openapi: 3.1.0, info: {title: Their API, version: '1'}, paths: {/their/path: {get: {operationId: listTheirs, "
        "parameters: [{name: size, in: query, schema: {type: integer}}], responses: {'200': {description: All.}}}}}}"
    )
    plan = {
        "intervalBeginAt": at,
        "intervalEndAt": "2027-01-02T00:00:00+01:00",
        "amounts": [{"tz": at, "kwh": 1}],
    }
    (home / "plan.json").write_text(json.dumps(plan))


@pytest.mark.parametrize("group", REAL)
@pytest.mark.usefixtures("files")
def test_what_is_really_printed_is_as_declared(group: str, run: Run, sandbox: Sandbox) -> None:
    problems: list[str] = []
    for words, more, code in REAL[group]:
        if words == "rabot customers unlink":
            sandbox.post("/rabot/link/approve-all", {"customerNumber": "1000003"})
        done: Done = run(*words.split(), *shlex.split(more), "-o", "json")
        assert done.code == code, (words, more, done.err)
        problems += _problems(words, done.json)
    assert problems == []


def test_an_error_is_as_declared(bare: Run, run: Run) -> None:
    validator = Draft202012Validator(computed(error_row()).as_schema("errors"))
    for done in (
        bare("rabot", "tariffs", "list", "-o", "json"),
        bare("zzz", "-o", "jsonl"),
        run("rabot", "orders", "show", "99", "-o", "json"),
        run("emporia", "devices", "show", "99", "-o", "json"),
    ):
        assert done.code != 0
        assert list(validator.iter_errors(json.loads(done.err.splitlines()[-1]))) == []


if __name__ == "__main__":
    FROZEN.write_text("".join(f"{line}\n" for line in frozen_lines()))
