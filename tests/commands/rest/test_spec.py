"""``spec``: an OpenAPI file is shown, asked about, taken into use, looked at and forgotten."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import Run, Sandbox
from tests.test_terminal import Terminal


def import_it(run: Run, file: Path, *words: str) -> None:
    done = run("emulate", "spec", "import", file, *words)
    assert done.code == 0, done.err


def test_an_import_moves_the_commands(run: Run, sandbox: Sandbox, emulate_file: Path) -> None:
    before = run("emulate", "customers", "list", "-o", "json").json
    done = run("emulate", "spec", "import", emulate_file)
    assert done.code == 0, done.err
    rows = {row["operation"]: row for row in done.rows}
    assert {row["how"] for row in rows.values()} == {"confirmed", "moved"}
    assert rows["list_devices"]["spec"] == "GET /v2/retailer/assets"
    assert "30 operations come from it now (1 confirmed, 29 moved)" in done.err
    sandbox.forget_requests()
    sandbox.post("/emulate/paths", {"serve": "other"})
    try:
        assert run("emulate", "customers", "list", "-o", "json").json == before
    finally:
        sandbox.post("/emulate/paths", {"serve": "both"})
    sent = [one for one in sandbox.requests() if one["path"].startswith("/v2/retailer/end-customers")]
    assert sent[0]["query"] == [["limit", "200"], ["offset", "0"]]
    listed = {row["operation"]: row for row in run("emulate", "endpoints", "list").rows}
    assert listed["list_devices"] == {
        "operation": "list_devices",
        "method": "GET",
        "path": "/v2/retailer/assets",
        "source": "spec",
        "summary": "Devices of all customers",
        "builtin": "GET /v1/retailer/devices",
    }
    assert listed["test_route"]["builtin"] == ""
    done = run("emulate", "spec", "forget")
    assert (done.code, done.out) == (0, "")
    assert "own table" in done.err
    assert run("emulate", "endpoints", "list").rows[1]["source"] == "inferred"


def test_a_dry_run_and_what_is_left_out(run: Run, emulate_file: Path) -> None:
    words = ("--without", "list_devices", "--match", "get_device=listWebhooks")
    done = run("emulate", "spec", "import", emulate_file, "--dry-run", *words, "-o", "json")
    rows = {row["operation"]: row for row in done.json}
    assert (rows["list_devices"]["how"], rows["list_devices"]["spec"]) == ("left_out", None)
    assert (rows["get_device"]["how"], rows["get_device"]["spec_operation_id"]) == ("chosen", "listWebhooks")
    assert rows["get_consumption"]["parameters"]["from"] == "query start"
    assert "nothing was kept" in done.err
    assert run("emulate", "spec", "show").code == 3
    import_it(run, emulate_file, *words)
    paths = {
        row["operation"]: (row["source"], row["path"]) for row in run("emulate", "endpoints", "list").rows
    }
    assert paths["list_devices"] == ("inferred", "/v1/retailer/devices")
    assert paths["get_device"] == ("spec", "/v2/retailer/webhooks")


def test_what_is_open_is_told(run: Run, home: Path) -> None:
    ok = {"responses": {"200": {"description": "ok"}}}
    paths = {path: {"get": ok} for path in ("/v5/devices", "/v6/devices", "/acme/{tenant}/customers")}
    file = home / "small.json"
    file.write_text(
        json.dumps({"openapi": "3.0.3", "info": {"title": "Small", "version": "1"}, "paths": paths})
    )
    done = run("emulate", "spec", "import", file)
    assert done.code == 0, done.err
    assert 'ambiguous: list_devices could be "GET /v5/devices" or "GET /v6/devices"' in done.err
    assert "--match list_devices='GET /v5/devices'" in done.err
    assert "list_customers wants tenant there" in done.err
    assert re.search(r"absent: .*remove_device", done.err)
    assert "Still only inferred: " in done.err
    missing = run("emulate", "customers", "list")
    assert missing.code == 13
    assert "tenant" in missing.err
    done = run("emulate", "spec", "import", file, "--set", "tenant=a/b")
    assert done.code == 0, done.err
    assert run("emulate", "endpoints", "list").rows[1]["path"] == "/acme/a%2Fb/customers"
    planned = run("emulate", "call", "GET /acme/{tenant}/customers", "-v", "-o", "json")
    assert (planned.code, planned.error["code"]) == (3, "not_found")
    assert "/acme/a%2Fb/customers" in planned.err


def test_outside_the_sandbox_it_asks(outside: Run, rabot_file: Path) -> None:
    refused = outside("rabot", "spec", "import", rabot_file, "-o", "json")
    assert refused.code == 2
    assert refused.error["code"] == "confirmation_needed"
    assert {row["how"] for row in refused.json} == {"confirmed"}
    assert outside("rabot", "spec", "show").code == 3
    done = outside("rabot", "spec", "import", "-", "--yes", input=rabot_file.read_bytes())
    assert done.code == 0, done.err
    assert "from standard input" in outside("rabot", "spec", "show").err
    assert outside("rabot", "tariffs", "list", "-o", "ids").out


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 130)])
def test_a_person_is_asked(
    env: dict[str, str], outside: Run, home: Path, rabot_file: Path, answer: str, code: int
) -> None:
    surroundings = {**env, "ENERGYCTL_CONFIG": str(home / "outside.yaml"), "TEST_SECRET": "unused"}
    terminal = Terminal("rabot", "spec", "import", str(rabot_file), env=surroundings, columns=200)
    terminal.until("RABOT Energy, custom: Use these 17 endpoints? [y/N]")
    terminal.type(f"{answer}\n")
    assert terminal.end() == code
    shown = outside("rabot", "spec", "show")
    assert shown.code == (0 if answer == "y" else 3)


def test_the_profile_has_the_last_word(run: Run, emulate_file: Path) -> None:
    own = {"ENERGYCTL_EMULATE_ENDPOINTS": '{"list_devices": "GET /v1/retailer/devices"}'}
    done = run("emulate", "spec", "import", emulate_file, more=own)
    assert "The profile's endpoints keep: list_devices" in done.err
    rows = {row["operation"]: row["source"] for row in run("emulate", "endpoints", "list", more=own).rows}
    assert (rows["list_devices"], rows["list_customers"]) == ("profile", "spec")


def test_show(run: Run, emulate_file: Path) -> None:
    missing = run("emulate", "spec", "show", "-o", "json")
    assert (missing.code, missing.error["code"]) == (3, "spec_missing")
    import_it(run, emulate_file)
    done = run("emulate", "spec", "show", "-o", "json")
    assert "Retailer API 1.0.0, from emulate.yaml, imported 20" in done.err
    rows = {row["operation_id"]: row for row in done.json}
    assert rows["listDevices"] == {
        "operation_id": "listDevices",
        "method": "GET",
        "path": "/v2/retailer/assets",
        "tags": ["devices"],
        "used_for": "list_devices",
        "summary": "List all customers' devices",
    }
    assert rows["listWebhooks"]["used_for"] is None
    for name in ("updateSpoSettings", "set_spo_settings"):
        fields = {(row["in"], row["name"]): row for row in run("emulate", "spec", "show", name).rows}
        assert fields["path", "asset_id"]["type"] == "string (uuid)"
        assert fields["body", "target_soc_percent"]["allowed"] == "at least 20; at most 100"
        assert ("200", "updated_at") in fields
    wrong = run("emulate", "spec", "show", "updateSpoSetings", "-o", "json")
    assert (wrong.code, wrong.error["hint"]) == (3, "Did you mean updateSpoSettings?")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("import", "missing.yaml"), "usage"),
        (("import", "old.yaml"), "spec_version"),
        (("import", "good.yaml", "--match", "list_devices"), "usage"),
        (("import", "good.yaml", "--match", "list_devics=x"), "spec_match_unknown"),
        (("import", "good.yaml", "--without", "x"), "spec_match_unknown"),
        (("import", "good.yaml", "--set", "tenant=x"), "spec_value_unknown"),
    ],
)
def test_what_cannot_be_imported(run: Run, home: Path, words: tuple[str, ...], code: str) -> None:
    (home / "old.yaml").write_text("swagger: '2.0'\npaths: {}\n")
    (home / "good.yaml").write_text(yaml.safe_dump({"openapi": "3.1.0", "paths": {"/x": {"get": {}}}}))
    done = run("emulate", "spec", *words, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", code)


def test_the_tables_need_no_address_and_load_nothing_heavy(
    bare: Run, env: dict[str, str], home: Path
) -> None:
    done = bare("rabot", "endpoints", "list", "-o", "json")
    assert done.code == 0, done.err
    assert {(row["source"], row["builtin"]) for row in done.json} == {("documented", None)}
    file = home / "small.yaml"
    file.write_text(yaml.safe_dump({"openapi": "3.1.0", "paths": {"/partner/v1/tariffs": {"get": {}}}}))
    assert bare("rabot", "spec", "import", file, "--yes").code == 0
    assert bare("rabot", "endpoints", "list").rows[0]["source"] == "spec"
    script = (
        "import sys; from energyctl.__main__ import _run; code = _run(['rabot', 'endpoints', 'list', '-q']); "
        "heavy = {'jsonschema', 'yaml', 'httpx', 'energyctl.core.openapi.document'} & set(sys.modules); "
        "sys.exit(f'{code} {heavy}')"
    )
    made = subprocess.run(
        [sys.executable, "-c", script],
        env={**env, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.stderr.strip() == "0 set()"
