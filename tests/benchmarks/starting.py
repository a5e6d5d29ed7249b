"""How soon the tool is there: ``--version``, the help of the root, and one completion of ids in a shell."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.measuring import BARE, TOOL, Report, output, sandbox
from tests.core.completion_shells import BASH_DRIVER

#: A command line of one command, as small as Typer makes it.
HELLO = '''
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    """Greet somebody."""
    print(f"Hello {name}")


app()
'''


def starting(report: Report, home: Path, env: Mapping[str, str]) -> None:
    """The start alone, and the first thing that anybody looks at."""
    report.compare("--version", [TOOL, "--version"], "python -c pass", BARE, 2.5, env=env)
    script = home / "hello.py"
    script.write_text(HELLO)
    hello = [sys.executable, str(script), "--help"]
    report.compare("--help", [TOOL, "--help"], "a Typer hello-world's", hello, 1.3, env=env)


def completion(report: Report, home: Path, env: Mapping[str, str]) -> None:
    """One completion of device ids, in a bash that is started for it alone."""
    script = home / "energyctl.bash"
    script.write_text(output([TOOL, "completion", "bash"], env))
    with sandbox(home / "completion") as facts:
        reached = {**env, **facts["env"]}
        ids = output([TOOL, "emporia", "devices", "list", "-o", "ids"], reached).split()
        line = "energyctl emporia devices show "
        words = ["bash", "--norc", "-c", BASH_DRIVER, "bash", str(script), line]
        assert set(ids) <= set(output(words, reached).split()), "the ids must be offered"
        report.compare("one completion of ids", words, "python -c pass", BARE, 6, env=reached)
