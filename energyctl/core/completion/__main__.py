"""Renews the completion files: ``python -m energyctl.core.completion completions``."""

from __future__ import annotations

import sys
from pathlib import Path

from energyctl.app import root
from energyctl.core.completion import FILE_NAMES, completion_script


def main(arguments: list[str]) -> int:
    """Write the script of each shell into the directory that the one argument names."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("Usage: python -m energyctl.core.completion DIRECTORY\n")
        return 2
    directory = Path(arguments[0])
    directory.mkdir(parents=True, exist_ok=True)
    for shell, name in FILE_NAMES.items():
        path = directory / name.format(root.name)
        path.write_text(completion_script(root, shell), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
