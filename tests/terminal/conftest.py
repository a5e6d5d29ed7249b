"""What the tests of terminals and signals stand on: the environments of ``test_terminal``, and something that waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Sandbox
from tests.terminal.tool import Tty
from tests.terminal.waits import Doing
from tests.test_terminal import inside, real

__all__ = ["inside", "real"]


@pytest.fixture
def begin(inside: dict[str, str], real: dict[str, str], home: Path, sandbox: Sandbox) -> Any:
    """Begin something that waits."""

    def begun(doing: Doing) -> Tty:
        if "login" in doing.words:
            config = home / "real.yaml"
            config.write_text(config.read_text().replace("env:MINE", "keyring"))
        if doing.fault:
            sandbox.fault(doing.fault)
        terminal = Tty(*doing.words, env=real if doing.outside else inside)
        doing.ready(terminal, sandbox)
        return terminal

    return begun
