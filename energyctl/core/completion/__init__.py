"""Completion scripts: the command tree written down for bash, zsh and fish, which then answer without Python.

``tree`` reads the commands; ``bash``, ``zsh`` and ``fish`` each write the script of one shell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from energyctl.core.commandline import Group

Shell = Literal["bash", "zsh", "fish"]

#: The shells, each with the name under which it looks for the script of a program.
FILE_NAMES: dict[Shell, str] = {"bash": "{}.bash", "zsh": "_{}", "fish": "{}.fish"}


def completion_script(root: Group, shell: Shell) -> str:
    """Return the completion script for a shell; the same tree gives the same text."""
    from energyctl.core.completion import bash, fish, zsh
    from energyctl.core.completion.tree import read_tree

    write = {"bash": bash.write, "zsh": zsh.write, "fish": fish.write}[shell]
    return write(read_tree(root))
