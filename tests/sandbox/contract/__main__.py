"""Runs schemathesis against the sandbox's REST providers, each by the OpenAPI document that it publishes.

``python -m tests.sandbox.contract [PROVIDER ...] [--examples N]``. It lives in an environment of its own, since it
brings click; where that cannot be had, nothing is run and nothing fails.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import platformdirs

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxOptions
from tests.sandbox.contract.exceptions import EXEMPT
from tests.sandbox.contract.partner import Partner
from tests.sandbox.contract.partners import PARTNERS
from tests.sandbox.contract.published import Described

REQUIREMENT = "schemathesis>=4,<5"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "ignored_auth",
    "unsupported_method",
    "allow_header_conformance",
)
_INSTALL_S, _RUN_S = 300, 1800
_SECRET = "ENERGYCTL_CONTRACT_"


def environment() -> Path | None:
    """The executable of schemathesis, installed when it is not yet there; None when it cannot be."""
    name = re.sub(r"\W+", "-", f"{REQUIREMENT}-{sys.version_info.major}.{sys.version_info.minor}")
    place = Path(platformdirs.user_cache_dir("energyctl-contract")) / name
    executable = place / "bin" / "schemathesis"
    if executable.exists():
        return executable
    venv.create(place, clear=True)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "install"]
    options = ["--quiet", "--no-compile", "--disable-pip-version-check", "--retries=1"]
    try:
        subprocess.run(
            [*pip, *options, REQUIREMENT], capture_output=True, text=True, timeout=_INSTALL_S, check=True
        )
    except subprocess.TimeoutExpired:
        print(f"pip did not end within {_INSTALL_S} s.", file=sys.stderr)
        return None
    except subprocess.CalledProcessError as failed:
        print(failed.stderr.strip()[-500:], file=sys.stderr)
        return None
    return executable


def _written(value: Any) -> str:
    """A value in TOML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_written(key)} = {_written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _operations(partner: Partner) -> Iterator[dict[str, Any]]:
    """What is said of single operations: paths that lead somewhere, and the exemptions."""
    for operation in partner.published.operations.values():
        said: dict[str, Any] = {}
        exempt = [
            each for each in EXEMPT if (each.provider, each.operation) == (partner.provider, operation.id)
        ]
        if exempt:
            said["checks"] = {each.check: {"enabled": False} for each in exempt}
        path = _path(partner, operation)
        if path:
            said["parameters"] = {f"path.{name}": value for name, value in path.items()}
        if said:
            yield {"include-operation-id": operation.id, **said}


def _path(partner: Partner, operation: Described) -> dict[str, str]:
    names = {each.name for each in operation.parameters if each.place == "path"}
    if not names:
        return {}
    return {name: value for name, value in partner.right(operation).path.items() if name in names}


def configured(partner: Partner, file: Path) -> dict[str, str]:
    """Write schemathesis's configuration; return the environment that holds its secrets."""
    secrets: dict[str, str] = {}
    schemes: dict[str, dict[str, str]] = {}
    for scheme, headers in partner.keys().items():
        name = f"{_SECRET}{scheme.upper()}"
        ((header, value),) = headers.items()
        kind = "bearer" if header == "Authorization" else "api_key"
        secrets[name] = value.removeprefix("Bearer ")
        schemes[scheme] = {kind: f"${{{name}}}"}
    checks = {"enabled": False, **{name: {"enabled": True} for name in CHECKS}}
    lines = [f"auth.openapi = {_written(schemes)}", f"checks = {_written(checks)}"]
    for operation in _operations(partner):
        lines.append("[[operations]]")
        lines += [f"{name} = {_written(value)}" for name, value in operation.items()]
    file.write_text("\n".join(lines) + "\n")
    return secrets


def run(executable: Path, partner: Partner, place: Path, examples: int) -> int:
    """Let schemathesis loose on one provider; return its exit code."""
    file = place / f"{partner.provider}.toml"
    secrets = configured(partner, file)
    began = time.monotonic()
    done = subprocess.run(
        [
            executable,
            "--config-file",
            file,
            "run",
            partner.credentials[partner.document_at],
            "--phases=coverage,fuzzing",
            f"--max-examples={examples}",
            "--seed=1",
            "--continue-on-failure",
            "--no-color",
            "--max-redirects=0",
            "--warnings=off",
        ],
        env={**os.environ, **secrets, "HYPOTHESIS_STORAGE_DIRECTORY": str(place)},
        cwd=place,
        capture_output=True,
        text=True,
        timeout=_RUN_S,
        check=False,
    )
    said = done.stdout + done.stderr
    for secret in secrets.values():
        said = said.replace(secret, "***")
    found = re.search(r"Test cases:\s+(.+)", said)
    counts = found[1].strip() if found else "no test cases"
    print(
        f"{partner.provider}: exit {done.returncode}, {counts}, {time.monotonic() - began:.0f} s", flush=True
    )
    if done.returncode:
        print(said)
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.contract", description=__doc__)
    parser.add_argument("providers", nargs="*", choices=[*PARTNERS, []], metavar="PROVIDER")
    parser.add_argument("--examples", type=int, default=100, metavar="N", help="tries for each operation")
    chosen = parser.parse_args()
    executable = environment()
    if executable is None:
        print(f"skipped: {REQUIREMENT} cannot be installed here, as the package registry is out of reach.")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        directory = place / "sandbox"
        facts = control.start(directory, SandboxOptions(customers=40, speed=0.0, lives_with=os.getpid()))
        try:
            partners = [
                PARTNERS[provider](facts, lambda path, body: control.control(directory, path, body))
                for provider in chosen.providers or PARTNERS
            ]
            # Each waits for a process of its own.
            with ThreadPoolExecutor() as pool:
                codes = list(
                    pool.map(lambda partner: run(executable, partner, place, chosen.examples), partners)
                )
        finally:
            control.stop(directory)
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
