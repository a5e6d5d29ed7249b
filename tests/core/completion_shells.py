"""Shells with energyctl's completion, for tests: what they offer, and what stands on the line after Tab."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from energyctl.core.commandline import Group
from energyctl.core.completion import FILE_NAMES, Shell, completion_script

PATIENCE_S = 60.0

BASH_DRIVER = r"""
source "$1"
compopt() { :; }
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=() rest=$2
# The line is split as readline does: at blanks, and at = : and @, which are words themselves.
while [[ $rest =~ ^([[:space:]]*)([=:@]+|[^[:space:]=:@]+)(.*)$ ]]; do
    COMP_WORDS+=("${BASH_REMATCH[2]}") rest=${BASH_REMATCH[3]}
done
[[ $COMP_LINE == *[[:space:]] ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_energyctl
printf '%s\n' "${COMPREPLY[@]}"
"""

_BASH_RC = r"""
source "$SCRIPT"
bind 'set bell-style none'
answer() { printf '%s\0' "$READLINE_LINE" >&"$ANSWERS"; READLINE_LINE=; }
bind -x '"\C-t": answer'
"""

_ZSH_RC = r"""
fpath=(${SCRIPT:h} $fpath)
autoload -U compinit
compinit -u -D
answer() { print -rn -- "$BUFFER"$'\0' >&$ANSWERS; BUFFER= }
zle -N answer
bindkey '^T' answer
# Tell of each word that is added, and how it is shown.
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a found shown
    if (( $@[(I)-d] )); then
        shown=${@[$[${@[(i)-d]}+1]]}
        if [[ $shown == \(* ]]; then eval "shown=$shown"; else shown=( "${(@P)shown}" ); fi
    fi
    builtin compadd -A found -D shown "$@"
    local -i at
    for (( at = 1; at <= $#found; at++ )); do
        print -r -- "$found[at]"$'\t'"$shown[at]" >&$ANSWERS
    done
    builtin compadd "$@"
}
"""


class Terminal:
    """A shell in a terminal of its own. Control-T makes it tell what stands on its command line, and clear it."""

    def __init__(self, command: list[str], variables: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 500, 200, 0, 0))
        self._answers, answers = os.pipe()
        self._screen = b""
        try:
            self._shell = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                pass_fds=(answers,),
                start_new_session=True,
                env={**variables, "ANSWERS": str(answers)},
            )
        finally:
            os.close(slave)
            os.close(answers)

    def type(self, keys: str) -> tuple[list[str], str]:
        """Type, and return what the shell told meanwhile, and what its command line holds then."""
        os.write(self._master, f"{keys}\x14".encode())
        told = b""
        end = time.monotonic() + PATIENCE_S
        while not told.endswith(b"\0"):
            ready, _, _ = select.select([self._master, self._answers], [], [], max(0, end - time.monotonic()))
            if self._master in ready:
                self._screen += os.read(self._master, 65536)
            if self._answers in ready:
                told += os.read(self._answers, 65536)
            if not ready:
                pytest.fail(f"The shell does not answer. Its screen: {self._screen[-2000:]!r}")
        lines = told[:-1].decode().split("\n")
        return lines[:-1], lines[-1]

    def close(self) -> None:
        """End the shell."""
        self._shell.kill()
        self._shell.wait()
        os.close(self._master)
        os.close(self._answers)


class Place:
    """A home directory with a few files, one command in PATH, the completion scripts of a tree, and more variables."""

    def __init__(self, home: Path, tree: Group, more: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._more = more or {}
        self.program = home / "bin" / "meterread"
        self.program.parent.mkdir(parents=True)
        self.program.write_text("#!/bin/sh\n")
        self.program.chmod(0o755)
        (home / "order.yaml").write_text("")
        (home / "orders").mkdir()
        (home / "bashrc").write_text(_BASH_RC)
        (home / ".zshrc").write_text(_ZSH_RC)
        self._scripts = home / "scripts"
        self._scripts.mkdir()
        for shell in FILE_NAMES:
            self.script(shell).write_text(completion_script(tree, shell), encoding="utf-8")

    def script(self, shell: Shell) -> Path:
        return self._scripts / FILE_NAMES[shell].format("energyctl")

    def variables(self, shell: Shell) -> dict[str, str]:
        """Return an environment in which neither energyctl nor Python can be found."""
        return {
            "PATH": str(self.program.parent),
            "HOME": str(self.home),
            "ZDOTDIR": str(self.home),
            "SCRIPT": str(self.script(shell)),
            "LC_ALL": "C.UTF-8",
            "TERM": "vt100",
            **self._more,
        }

    def run(self, shell: Shell, *command: str) -> list[str]:
        """Run a shell, and return its output's lines."""
        program, *arguments = command
        done = subprocess.run(
            [_installed(program), *arguments],
            env=self.variables(shell),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
        )
        assert done.stderr == ""
        return [line for line in done.stdout.split("\n") if line]


class Bash:
    """Offers come from the completion function, the line after Tab from a terminal."""

    def __init__(self, place: Place) -> None:
        self._place = place
        command = [_installed("bash"), "--rcfile", str(place.home / "bashrc"), "-i"]
        self._terminal = Terminal(command, place.variables("bash"))
        self.close = self._terminal.close

    def offers(self, line: str) -> dict[str, str]:
        script = str(self._place.script("bash"))
        found = self._place.run("bash", "bash", "--norc", "-c", BASH_DRIVER, "bash", script, line)
        return dict.fromkeys((shlex.split(word)[0] for word in found), "")

    def after_tab(self, line: str) -> str:
        return self._terminal.type(line + "\t")[1]


class Zsh:
    """Offers and line come from a terminal."""

    def __init__(self, place: Place) -> None:
        self._terminal = Terminal([_installed("zsh"), "-d", "-i"], place.variables("zsh"))
        self.close = self._terminal.close

    def offers(self, line: str) -> dict[str, str]:
        told = (answer.partition("\t") for answer in self._terminal.type(line + "\t")[0])
        return {shlex.split(word)[0]: shown.partition(" -- ")[2] for word, _, shown in told}

    def after_tab(self, line: str) -> str:
        return self._terminal.type(line + "\t")[1]


class Fish:
    """Offers come from ``complete -C``."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def close(self) -> None:
        pass

    def offers(self, line: str) -> dict[str, str]:
        told = (word.partition("\t") for word in self._ask(line))
        return {word.partition("=")[2] or word: text for word, _, text in told}

    def after_tab(self, line: str) -> str:
        words = [answer.partition("\t")[0] for answer in self._ask(line)]
        return f"{line.rpartition(' ')[0]} {words[0]}" if len(words) == 1 else line

    def _ask(self, line: str) -> list[str]:
        script = str(self._place.script("fish"))
        return self._place.run(
            "fish", "fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line
        )


AnyShell = Bash | Zsh | Fish
KINDS: dict[Shell, type[AnyShell]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def _installed(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed, so its completion cannot be tried")
    return path
