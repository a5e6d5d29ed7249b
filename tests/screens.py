"""The README's screens: each ``console`` block is what its command prints on a sandbox, so that it cannot lie.

``python -m tests.screens`` runs them and writes what they print; ``test_readme`` runs them and compares the forms.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxOptions

README = Path(__file__).resolve().parents[1] / "README.md"
#: A block with one command and what it prints; a last line of its own, "…", stands for what was left out.
BLOCK = re.compile(r"^```console\n\$ (energyctl [^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST_LINES = 16
LEFT_OUT = "…"


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Return the blocks of a README: the command and the lines under it."""
    return [(match[1], match[2].splitlines()) for match in BLOCK.finditer(text)]


def cut(lines: list[str]) -> list[str]:
    """Return a screen's lines without their right margin, and without those that are too many."""
    shown = [line.rstrip() for line in lines]
    return shown if len(shown) <= MOST_LINES else [*shown[: MOST_LINES - 1], LEFT_OUT]


def form(line: str) -> str:
    """Return what stays of a line from day to day: its words, without numbers and the width of its columns."""
    words = re.sub(r"[0-9A-F]*[0-9][0-9A-Fa-f:.,-]*", "0", line)
    return " ".join(re.sub(r"[^\w\s]", " ", words).split())


def printed(line: str, run: Callable[[list[str]], subprocess.CompletedProcess[str]]) -> list[str]:
    """Return what a command prints, result and notices as on a terminal."""
    import shlex

    words = shlex.split(line)[1:]
    plain = [] if {"-o", "--plot"} & set(words) else ["-o", "table"]
    done = run([*words, *plain])
    if done.returncode != 0:
        raise SystemExit(f"{line}\nended with exit code {done.returncode}\n{done.stderr}")
    return [*done.stderr.splitlines(), *done.stdout.splitlines()]


def renew() -> None:
    """Write every screen anew."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        facts = control.start(home / "sandbox", SandboxOptions(lives_with=os.getpid()))
        env = {
            **os.environ,
            **facts["env"],
            "HOME": place,
            "ENERGYCTL_STATE_DIR": str(home / "state"),
            "TZ": "Europe/Berlin",
        }

        def run(words: list[str]) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "energyctl", *words]
            return subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, check=False)

        try:
            for line, _ in commands(text):
                screen = "\n".join(cut(printed(line, run)))
                text = BLOCK.sub(
                    lambda match, line=line, screen=screen: (
                        f"```console\n$ {line}\n{screen}\n```" if match[1] == line else match[0]
                    ),
                    text,
                )
        finally:
            control.stop(home / "sandbox")
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
