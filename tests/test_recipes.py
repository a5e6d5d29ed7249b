"""The README's commands, run as printed: each ``sh`` block line by line, in a real shell, on a sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import LONGEST_RUN_S, Sandbox
from tests.screens import README
from tests.shell import Shell
from tests.test_examples import _OPENAPI

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: Lines that only a person, a keyring or a sandbox of their own can carry out, each with the test that does.
NOT_RUN = {
    "energyctl auth login rabot": "asks for a secret; tests/commands/test_auth.py",
    "energyctl auth login emporia": "asks for a secret; tests/commands/test_auth.py",
    "energyctl config edit": "opens an editor; tests/core/test_config.py",
    "energyctl bright bankid --then search": "a person signs; tests/providers/bright/test_bankid_screen.py",
    "energyctl sandbox run -- energyctl rabot tariffs list": "a sandbox of its own; .ci/install",
    "energyctl sandbox run -- energyctl emulate spo show C-100001": "a sandbox of its own",
    "energyctl sandbox run -- energyctl emulate devices logs C-100001 car": "a sandbox of its own",
    "energyctl sandbox start --speed 3600": "a sandbox of its own; tests/sandbox/test_sandbox_control.py",
    "energyctl sandbox stop": "a sandbox of its own; tests/sandbox/test_sandbox_control.py",
}
#: Exit codes other than 0 that are right: one of the sandbox's outlets is offline.
ENDS_WITH = {"energyctl emporia outlets list -o ids | energyctl emporia outlets off - --yes -o jsonl": 12}
#: What stands for a name of the reader's own.
NAMES = {"OPERATION": "listThings", "customer_id=C-100001": "partner_id=P-1"}
#: What the sandbox does not have at the path of the file that is imported here.
NOT_THERE = "energyctl emulate call listThings --param partner_id=P-1"


def blocks() -> Iterator[tuple[str, list[str]]]:
    """Yield the title above each block of commands, and its lines without their comments."""
    text = README.read_text(encoding="utf-8")
    for number, block in enumerate(_BLOCK.finditer(text), start=1):
        lines = [re.sub(r"\s{2,}#.*", "", line) for line in block[1].splitlines() if line.strip()]
        if any(line.startswith("energyctl ") for line in lines):
            title = re.findall(r"^#+ (.*)$", text[: block.start()], re.MULTILINE)[-1]
            yield f"{number} {title}", lines


BLOCKS = list(blocks())


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with Shell(tmp_path, LONGEST_RUN_S) as one:
        yield one


def _prepare(shell: Shell, home: Path, env: dict[str, str]) -> None:
    """Make the files of the reader's own."""
    assert shell.run("energyctl rabot orders template > order.yaml", env=env, cwd=home).returncode == 0
    order = yaml.safe_load((home / "order.yaml").read_text())
    order["userAccount"]["emailAddress"] = "another@example.org"
    (home / "orders.jsonl").write_text(json.dumps(order, default=str) + "\n")
    (home / "left.txt").write_text("C-100002\n")
    (home / "openapi.yaml").write_text(_OPENAPI)


@pytest.mark.parametrize(("title", "lines"), BLOCKS, ids=[title for title, _ in BLOCKS])
def test_the_commands_run_as_printed(
    title: str, lines: list[str], shell: Shell, env: dict[str, str], home: Path, sandbox: Sandbox
) -> None:
    reached = {**env, **sandbox.env}
    _prepare(shell, home, reached)
    for printed in lines:
        if printed in NOT_RUN or printed.startswith("python "):
            continue
        line = printed
        for name, own in NAMES.items():
            line = line.replace(name, own)
        if "spec show listThings" in line:
            line = "energyctl emulate spec import openapi.yaml --yes && " + line
        # a profile of one's own is written where none is
        surroundings = env if line.startswith("energyctl config init") else reached
        done = shell.run(line, env=surroundings, cwd=home)
        wanted = 3 if line == NOT_THERE else ENDS_WITH.get(printed, 0)
        assert done.returncode == wanted, (title, line, done.stdout, done.stderr)


def test_what_is_not_run_is_printed() -> None:
    printed = {line for _, lines in BLOCKS for line in lines}
    assert {*NOT_RUN, *ENDS_WITH} <= printed
