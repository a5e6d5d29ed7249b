"""The files that the sandbox's providers publish, as a user would have downloaded them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from energyctl.sandbox.rabot.openapi import DOCUMENT_PATH
from tests.conftest import Sandbox


@pytest.fixture
def emulate_file(sandbox: Sandbox, home: Path) -> Path:
    """Emulate's file, YAML: all operations at other paths than the tool's table has."""
    file = home / "emulate.yaml"
    file.write_text(httpx.get(f"{sandbox.facts['urls']['emulate']}/openapi.yaml").text)
    return file


@pytest.fixture
def rabot_file(sandbox: Sandbox, home: Path) -> Path:
    """RABOT's file, JSON: it confirms the tool's table."""
    file = home / "rabot.json"
    file.write_text(httpx.get(f"{sandbox.facts['urls']['rabot']}{DOCUMENT_PATH}").text)
    return file
