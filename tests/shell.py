"""A real shell in which ``energyctl`` is on the PATH, without the price of an interpreter's start for each run.

The ``energyctl`` found there hands its arguments, environment, directory and streams to the tests' process over a
socket, which has the zygote make the run, and ends with the run's exit code. Pipes, redirections and xargs are real.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests import zygote

_SOCKET = "TEST_SHELL_SOCKET"
_STREAMS = 3
_HANDS_OVER = f"""#!{sys.executable} -ISE
import json, os, socket, sys
env = dict(os.environ)
place = env.pop("{_SOCKET}")
with socket.socket(socket.AF_UNIX) as line:
    line.connect(place)
    socket.send_fds(line, [b"+"], [0, 1, 2])
    line.sendall(json.dumps({{"words": sys.argv[1:], "env": env, "cwd": os.getcwd()}}).encode())
    line.shutdown(socket.SHUT_WR)
    said = line.recv(16)
os._exit(int(said or b"99") & 255)
"""
_STARTS = f"""#!/bin/sh
exec {sys.executable} -m energyctl "$@"
"""


class Shell:
    """Runs command lines in bash, as they would be typed. Use it as a context manager."""

    def __init__(self, directory: Path, limit_s: float) -> None:
        self._limit_s = limit_s
        self._place = directory / "shell.sock"
        self._bin = directory / "bin"
        self._bin.mkdir()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._place))
        self._listening.listen(16)
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._serving.join(self._limit_s)
        self._listening.close()

    def run(
        self, line: str, *, env: Mapping[str, str], cwd: Path, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a line with every part of a pipe having to succeed.

        :raises subprocess.TimeoutExpired: when it took too long.
        """
        program = self._bin / "energyctl"
        program.write_text(_HANDS_OVER if zygote.can_serve(env) else _STARTS)
        program.chmod(0o755)
        surroundings = {
            **env,
            "PATH": f"{self._bin}{os.pathsep}{env['PATH']}",
            _SOCKET: str(self._place),
        }
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail\n{line}"],
            env=surroundings,
            cwd=cwd,
            input=given,
            capture_output=True,
            text=True,
            timeout=self._limit_s,
            check=False,
        )

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:  # it was closed
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, suppress(BrokenPipeError):
            _, streams, _, _ = socket.recv_fds(line, 1, _STREAMS)
            asked = b"".join(iter(lambda: line.recv(1 << 16), b""))
            line.sendall(b"%d" % self._run(json.loads(asked), streams))

    def _run(self, asked: dict[str, object], streams: list[int]) -> int:
        with zygote._zygote() as maker:
            words, env, cwd = asked["words"], asked["env"], asked["cwd"]
            assert isinstance(words, list)
            assert isinstance(env, dict)
            forked = maker.fork(words, streams, env=env, cwd=str(cwd))
            for one in streams:
                os.close(one)
            return forked.hear(self._limit_s)
