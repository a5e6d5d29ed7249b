"""Renews the manual page: ``python -m energyctl.core.reference [FILE]``."""

from __future__ import annotations

import sys
from pathlib import Path

from energyctl import __version__
from energyctl.app import root
from energyctl.core.reference import man
from energyctl.core.reference.pages import read_pages

PLACE = Path(__file__).with_name("energyctl.1")


def main(arguments: list[str]) -> int:
    """Write the manual page where it is kept, or to the file that the one argument names."""
    if len(arguments) > 1 or any(one.startswith("-") for one in arguments):
        sys.stderr.write("Usage: python -m energyctl.core.reference [FILE]\n")
        return 2
    place = Path(arguments[0]) if arguments else PLACE
    place.write_text(man.write(read_pages(root), __version__), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
