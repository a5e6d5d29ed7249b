"""Every example that a command's help prints, run as printed: alone, or in a real shell where it needs one."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from energyctl.app import root
from energyctl.core.reference.pages import read_pages
from tests.conftest import LONGEST_RUN_S, Run, Sandbox
from tests.shell import Shell

#: Examples that only a person, a browser, an editor, a terminal or a machine of the user's own can carry out. That
#: their options exist is checked all the same.
NOT_RUN = {
    "energyctl demo": "starts a sandbox of its own; tests/commands/test_demo.py",
    "energyctl demo --dir energyctl-demo": "starts a sandbox of its own; tests/commands/test_demo.py",
    "energyctl auth login rabot": "asks for a secret on the terminal",
    "pass show rabot-secret | energyctl auth login rabot --stdin": "needs a password store and a keyring",
    "energyctl auth login emulate --secret customer_key --stdin < customer-key.pem": "needs a keyring",
    "energyctl auth logout rabot": "needs a keyring",
    "energyctl auth logout rabot --profile work": "needs a keyring",
    "energyctl config edit": "opens an editor",
    "EDITOR=nano energyctl config edit": "opens an editor",
    "energyctl sandbox start": "leaves a sandbox running; tests/commands/test_sandbox.py",
    "energyctl sandbox start --customers 1000 --speed 3600": "leaves a sandbox running",
    "energyctl sandbox stop": "ends the sandbox of the other examples",
    "energyctl sandbox stop --quiet": "ends the sandbox of the other examples",
    "energyctl sandbox run -- energyctl rabot tariffs list": "starts a sandbox of its own",
    "energyctl sandbox run --fault rabot:503#1 -- energyctl rabot tariffs list": "starts a sandbox of its own",
    "energyctl bright bankid --then search -o ids": "a person holds the BankID app",
    "energyctl emulate keys generate --api single-customer --to customer.pem --bits 4096 -o json": (
        "finding so long a key takes seconds; tests/providers/emulate/test_keys.py"
    ),
}

#: Exit codes other than 0 that are right: one of the sandbox's outlets is offline.
ENDS_WITH = {
    "energyctl emporia outlets list -o ids | energyctl emporia outlets on - --yes -o jsonl": 12,
    "energyctl emporia outlets list -o ids | energyctl emporia outlets off - --yes -o jsonl": 12,
}

_ORDER = "energyctl rabot orders template > order.yaml"
_IMPORTED = 'energyctl {} spec import openapi.yaml --match {}="GET /their/path" --yes'
#: What must have happened in the home directory before a command's examples.
BEFORE: dict[str, tuple[str, ...]] = {
    "rabot orders validate": (_ORDER,),
    "rabot orders create": (_ORDER,),
    "rabot customers unlink": ("energyctl rabot customers link",),
    "rabot spec show": (_IMPORTED.format("rabot", "list_orders"),),
    "emulate spec show": (_IMPORTED.format("emulate", "list_customers"),),
    "bright spec show": (_IMPORTED.format("bright", "search_accounts"),),
    "journal show": ("energyctl emulate devices rename C-100001 car Blitz --yes",),
    "config path": ("energyctl config init",),
    "config validate": ("energyctl config init",),
    "completion": (
        "mkdir -p ~/.local/share/bash-completion/completions ~/.zfunc ~/.config/fish/completions",
    ),
}
#: What takes the place of what each example has left behind, where they are alternatives.
BETWEEN = {"config init": 'rm "$(energyctl config path)"', "invoices download": "rm -r invoices"}
#: Run outside the sandbox's profile: they write or need a config file of the user's own.
_OWN_CONFIG = frozenset({"config init", "config path", "config validate"})
_NEEDS_SHELL = re.compile(r"[|<>$`~]|^\w+=")
_OPENAPI = """\
openapi: 3.1.0
info: {title: Their API, version: "1"}
paths:
  /their/path:
    get: {operationId: listTheirs, responses: {"200": {description: All of them.}}}
  /partners/{partner_id}/things:
    get:
      operationId: listThings
      parameters: [{name: partner_id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: All of them.}}
"""
_AT = "2027-01-01T00:00:00+01:00"
_PLAN = {
    "intervalBeginAt": _AT,
    "intervalEndAt": "2027-01-02T00:00:00+01:00",
    "amounts": [{"tz": _AT, "kwh": 0.5}],
}


@cache
def examples() -> dict[str, list[str]]:
    """Return the examples by command; those of a group only where no command has the same."""
    pages = sorted(read_pages(root), key=lambda page: (page.is_group, page.path))
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for page in pages:
        fresh = [line for line in page.examples if line not in seen]
        seen.update(fresh)
        if fresh:
            found[" ".join(page.path)] = fresh
    return found


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with Shell(tmp_path, LONGEST_RUN_S) as one:
        yield one


def _prepare(name: str, home: Path, shell: Shell, sandbox: Sandbox, env: dict[str, str]) -> None:
    """Make what a command's examples find in the home directory, and at the provider."""
    (home / "openapi.yaml").write_text(_OPENAPI)
    (home / "plan.json").write_text(json.dumps(_PLAN))
    for line in BEFORE.get(name, ()):
        done = shell.run(line, env=env, cwd=home)
        assert done.returncode == 0, (line, done.stderr)
    if name == "rabot orders create":
        order = yaml.safe_load((home / "order.yaml").read_text())
        order["userAccount"]["emailAddress"] = "another@example.org"
        (home / "orders.jsonl").write_text(json.dumps(order, default=str) + "\n")
    if name == "rabot customers unlink":
        sandbox.post("/rabot/link/approve-all", {"customerNumber": "1000001"})


@pytest.mark.parametrize("name", sorted(examples()))
def test_the_examples_run_as_printed(
    name: str, run: Run, shell: Shell, env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    own_config = name in _OWN_CONFIG
    surroundings = env if own_config else {**env, **sandbox.env}
    lines = [line for line in examples()[name] if line not in NOT_RUN]
    if lines:
        _prepare(name, home, shell, sandbox, surroundings)
    for number, line in enumerate(lines):
        if number and name in BETWEEN:
            assert shell.run(BETWEEN[name], env=surroundings, cwd=home).returncode == 0
        given = _OPENAPI if "spec import -" in line else ""
        if own_config or _NEEDS_SHELL.search(line):
            ended = shell.run(line, env=surroundings, cwd=home, given=given)
            code, told = ended.returncode, ended.stderr
        else:
            program, *words = shlex.split(line)
            assert program == "energyctl", line
            code, told = (done := run(*words, input=given)).code, done.err
        assert code == ENDS_WITH.get(line, 0), (line, told)


def test_what_is_not_run_is_there_and_its_options_exist(bare: Run) -> None:
    known = {line for lines in examples().values() for line in lines}
    assert set(NOT_RUN) <= known, "an example that is gone"
    assert set(ENDS_WITH) <= known, "an example that is gone"
    assert {*BEFORE, *BETWEEN} <= set(examples()), "a command that is gone"
    for line in NOT_RUN:
        words = shlex.split(line.rpartition("| ")[2].partition(" <")[0])
        own = words[words.index("energyctl") + 1 :]
        place = own.index("--") if "--" in own else len(own)
        done = bare(*own[:place], "--help", *own[place:])
        assert (done.code, done.out.partition(" ")[0]) == (0, "Usage:"), (line, done.err)
