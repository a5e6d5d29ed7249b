"""The question before a write: what a server has named is one line of it, whatever is in the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from energyctl.core.confirming import confirm
from energyctl.core.errors import Interrupted
from energyctl.core.outcomes import Change, Result, Write
from energyctl.core.session import Session
from energyctl.providers import settings_of
from tests.hostile.harness import Stream

NAME = "Garage\n  Tariff: cheap\r\nGo on? [y/N] y\x1b[2J"


def _write() -> Write:
    return Write(
        operation="op",
        target="1",
        effect=f"switch {NAME} off",
        method="POST",
        url="https://api.example.org/x",
        body=None,
        send=lambda: Result("changed"),
        story=[("Device", NAME)],
        changes=[Change("name", NAME, None)],
    )


@pytest.mark.parametrize(("count", "lines"), [(1, 4), (2, 8)])
def test_what_a_server_calls_it_adds_no_line(tmp_path: Path, count: int, lines: int) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("profiles: {a: {rabot: {api_url: 'https://api.example.org', client_id: x}}}\n")
    session = Session(
        stdin=Stream(terminal=True),
        stdout=Stream(),
        stderr=Stream(terminal=True),
        env={
            "HOME": str(tmp_path),
            "ENERGYCTL_CONFIG": str(config),
            "ENERGYCTL_STATE_DIR": str(tmp_path / "state"),
        },
    )
    with pytest.raises(Interrupted, match="Not confirmed"):
        confirm(session, session.profile.section(settings_of("rabot")), [_write()] * count, None)
    said = session.stderr.getvalue()  # type: ignore[attr-defined]
    shown = said.split("\n")
    assert len(shown) == lines, said
    assert (
        sum("Garage\\n  Tariff: cheap\\r\\nGo on? [y/N] y\\x1b[2J" in line for line in shown)
        == len(shown) - 1
    )
