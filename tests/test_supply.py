"""What pyproject.toml depends on: each with its reason, and each used."""

from __future__ import annotations

import re
import tomllib

from tests.supply import PYPROJECT, SILENT, dependencies

#: How a package is imported, where that is not its own name.
_IMPORTED = {
    "pyyaml": "yaml",
    "pyjwt": "jwt",
    "grpcio": "grpc",
    "protobuf": "google.protobuf",
    "python-stdnum": "stdnum",
    "fpdf2": "fpdf",
}
#: Read by the standard library, never imported.
_DATA = {"tzdata"}


def test_every_dependency_is_listed_once_with_a_reason() -> None:
    known = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [
        *known["dependencies"],
        *(one for names in known["optional-dependencies"].values() for one in names),
    ]
    found = list(dependencies())
    assert sorted(one.wanted for one in found) == sorted(wanted)
    stubs = {one.name for one in found if one.name.startswith("types-")}
    assert [one.wanted for one in found if not one.reason and one.name not in stubs] == []
    assert set(SILENT) <= {one.name for one in found}


def test_what_is_installed_with_the_tool_is_used_by_it() -> None:
    known = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[^A-Za-z0-9-]", one)[0] for one in known["dependencies"]}
    sources = "\n".join(path.read_text("utf-8") for path in (PYPROJECT.parent / "energyctl").rglob("*.py"))
    unused = [
        name
        for name in wanted - _DATA
        if not re.search(rf"^\s*(from|import) {_IMPORTED.get(name, name)}\b", sources, re.MULTILINE)
    ]
    assert unused == []
