"""Runs of energyctl without the price of a new interpreter: a process that has imported all forks one for each run.

A run made so is a process of its own, with its own pipes, environment, working directory, time zone, arguments and
exit status, and goes through ``energyctl/__main__.py`` from its first line to its last. What it is not: a start. The
interpreter, the standard library and energyctl's modules are there already, so it cannot show what a start costs, in
which order modules are imported, a forgotten import, or what the interpreter itself does with its variables and with
another locale. Such runs (``can_serve`` tells them by their environment, ``fresh=True`` in a test) are real starts,
and with ``ENERGYCTL_TEST_REAL_PROCESSES=1`` in the environment of pytest all are.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

#: Whether every run is a real start.
REAL_PROCESSES = os.environ.get("ENERGYCTL_TEST_REAL_PROCESSES", "") not in ("", "0")

#: What the interpreter, the C library or a compiled module reads once, at its start.
_READ_AT_START = ("PYTHON", "LD_", "GRPC_", "OPENSSL_", "MALLOC_", "GLIBC_", "TYPER_", "_TYPER_")
_READ_LATER = ("PYTHON_KEYRING_BACKEND",)
_LOCALE = "C.UTF-8"

#: What commands import besides energyctl's own modules.
_LIBRARIES = (
    "certifi",
    "concurrent.futures.thread",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.serialization",
    "csv",
    "encodings.idna",
    "filelock",
    "google.protobuf.json_format",
    "grpc",
    "h11",
    "httpcore",
    "httpx",
    "jmespath",
    "jsonschema",
    "jwt",
    "keyring",
    "keyring.backends.fail",
    "platformdirs.unix",
    "rich.cells",
    "rich.console",
    "rich.progress",
    "rich.table",
    "sqlite3",
    "stdnum.iban",
    "stringprep",
    "typer",
    "unicodedata",
    "yaml",
    "zoneinfo",
)
_NOT_IMPORTED = ("energyctl.sandbox.", "energyctl.__main__", "energyctl.providers.emporia.wire.regenerate")


class ZygoteFailed(Exception):
    """The process that makes the runs has died or does not answer."""


def can_serve(env: Mapping[str, str]) -> bool:
    """Return whether a forked run in this environment does the same as a real start."""
    if REAL_PROCESSES or not hasattr(os, "pidfd_open"):
        return False
    locales = {value for name, value in env.items() if name == "LANG" or name.startswith("LC_")}
    return (
        env.get("LC_ALL") == _LOCALE
        and locales == {_LOCALE}
        and not any(name.startswith(_READ_AT_START) and name not in _READ_LATER for name in env)
    )


# -- the side of the tests ---------------------------------------------------------------------------------


class Forked:
    """A run that the zygote has made. ``news`` tells its process id at once, and its exit code in the end."""

    def __init__(self, zygote: Zygote, words: Sequence[str], news: io.FileIO) -> None:
        self._zygote = zygote
        self._words = list(words)
        self._news = news
        self._heard = b""

    @property
    def pid(self) -> int:
        """The process of the run, which the zygote tells as soon as it is there."""
        while b"\n" not in self._heard:
            piece = self._news.read(64)
            if not piece:
                raise ZygoteFailed(f"tests/zygote.py made no run of {self._words}: {self._zygote.stop()}")
            self._heard += piece
        return int(self._heard.partition(b"\n")[0])

    def hear(self, limit_s: float) -> int:
        """Wait for the end and return the exit code.

        :raises subprocess.TimeoutExpired: when the run took longer; it has been killed then.
        :raises ZygoteFailed: when no run was made, or its end cannot be known.
        """
        end = time.monotonic() + limit_s
        with self._news, selectors.DefaultSelector() as selector:
            selector.register(self._news, selectors.EVENT_READ)
            while selector.select(max(0.0, end - time.monotonic())):
                piece = self._news.read(64)
                if not piece:
                    break
                self._heard += piece
            else:
                if self._heard:  # otherwise it is the zygote that hangs
                    self._kill()
                    raise subprocess.TimeoutExpired(self._words, limit_s)
        code = self._heard.partition(b"\n")[2]
        if code:
            return int(code)
        self._kill()
        raise ZygoteFailed(f"tests/zygote.py lost the run of {self._words}; it said: {self._zygote.stop()}")

    def _kill(self) -> None:
        pid = self._heard.partition(b"\n")[0]
        if pid:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


class Zygote:
    """The process that makes the runs, as the tests see it. It ends with the process that started it."""

    def __init__(self) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_READ_AT_START)}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                # gRPC's own log is off, as energyctl has it before the import.
                env={**kept, "LC_ALL": _LOCALE, "GRPC_VERBOSITY": "NONE"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
            )

    def fork(
        self,
        words: Sequence[str],
        streams: Sequence[int],
        *,
        env: Mapping[str, str],
        cwd: str,
        in_terminal: bool = False,
    ) -> Forked:
        """Begin a run with the three streams; ``in_terminal`` makes the first its controlling terminal."""
        asked = {"words": list(words), "env": dict(env), "cwd": cwd, "in_terminal": in_terminal}
        news, told = os.pipe()
        with io.FileIO(os.memfd_create("request"), "r+") as request, io.FileIO(told, "w"):
            request.write(json.dumps(asked).encode())
            request.seek(0)
            with suppress(OSError):  # it has died, which the news will say by their end
                socket.send_fds(self._socket, [b"run"], [request.fileno(), *streams, told])
        return Forked(self, words, io.FileIO(news, "r"))

    def stop(self) -> str:
        """End the process and return what it wrote to stderr."""
        self._socket.close()  # it sees that, and ends
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._complaints.closed:
            return ""
        with self._complaints as file:
            file.seek(0)
            return file.read().decode(errors="replace").strip()


def _pipe(stack: ExitStack) -> tuple[io.FileIO, io.FileIO]:
    """Return the end to read from and the end to write to."""
    reads, writes = os.pipe()
    return stack.enter_context(io.FileIO(reads, "r")), stack.enter_context(io.FileIO(writes, "w"))


def _talk(feed: io.FileIO, given: bytes, heard: dict[io.FileIO, bytes], end: float) -> bool:
    """Write to one pipe and read the others to their end, until a moment. Return whether all have ended."""
    os.set_blocking(feed.fileno(), False)
    rest = memoryview(given)
    with selectors.DefaultSelector() as selector:
        for one in heard:
            selector.register(one, selectors.EVENT_READ)
        selector.register(feed, selectors.EVENT_WRITE)
        while selector.get_map():
            ready = selector.select(max(0.0, end - time.monotonic()))
            if not ready and time.monotonic() >= end:
                return False
            for key, _ in ready:
                if key.fileobj is feed:
                    try:
                        rest = rest[os.write(key.fd, rest[: select.PIPE_BUF]) :] if rest else rest
                    except BrokenPipeError:  # the run does not want to know
                        rest = rest[:0]
                    if not rest:
                        selector.unregister(feed)
                        feed.close()
                    continue
                piece = os.read(key.fd, 1 << 16)
                heard[key.fileobj] += piece
                if not piece:
                    selector.unregister(key.fileobj)
    return True


_lock = threading.Lock()
_running: list[Zygote] = []


@contextmanager
def _zygote() -> Iterator[Zygote]:
    """Lend the one zygote of this process, which is started when first needed and replaced when it failed."""
    with _lock:
        if not _running:
            _running.append(Zygote())
        zygote = _running[0]
    try:
        yield zygote
    except ZygoteFailed:
        with _lock:
            if zygote in _running:
                _running.remove(zygote)
        zygote.stop()
        raise


def run(
    words: Sequence[str], *, env: Mapping[str, str], cwd: str, given: bytes, limit_s: float
) -> tuple[int, bytes, bytes]:
    """Run energyctl and return exit code, stdout and stderr, as ``subprocess`` would; raises as ``Forked.hear``."""
    end = time.monotonic() + limit_s
    with _zygote() as zygote, ExitStack() as stack:
        stdin, feed = _pipe(stack)
        out, stdout = _pipe(stack)
        err, stderr = _pipe(stack)
        forked = zygote.fork(words, [one.fileno() for one in (stdin, stdout, stderr)], env=env, cwd=cwd)
        for one in (stdin, stdout, stderr):
            one.close()
        heard = {out: b"", err: b""}
        in_time = _talk(feed, given, heard, end)
        try:
            code = forked.hear(end - time.monotonic() if in_time else 0.0)
        except subprocess.TimeoutExpired as late:
            late.output, late.stderr = heard[out], heard[err]
            raise
        return code, heard[out], heard[err]


def begin(
    words: Sequence[str],
    streams: Sequence[int],
    *,
    env: Mapping[str, str],
    cwd: str,
    in_terminal: bool = False,
) -> Forked:
    """Begin energyctl with these three streams; ``in_terminal`` makes the first one the terminal of its own session."""
    with _zygote() as zygote:
        return zygote.fork(words, streams, env=env, cwd=cwd, in_terminal=in_terminal)


def begin_in_terminal(words: Sequence[str], *, env: Mapping[str, str], cwd: str, terminal: int) -> Forked:
    """Begin energyctl in a session of its own that has this terminal."""
    return begin(words, [terminal] * 3, env=env, cwd=cwd, in_terminal=True)


def stop() -> None:
    """End the zygote of this process."""
    with _lock:
        while _running:
            _running.pop().stop()


# -- the side of the runs ----------------------------------------------------------------------------------


def _import_all() -> None:
    import energyctl

    own = (one.name for one in pkgutil.walk_packages(energyctl.__path__, "energyctl."))
    wanted = [*_LIBRARIES, *(name for name in own if not f"{name}.".startswith(_NOT_IMPORTED))]
    for name in wanted:
        with suppress(Exception):  # the run that needs it imports it again, and has the error
            importlib.import_module(name)


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork a process for each request, and tell of its end; return the request in that process, None at the end."""
    runs: dict[int, tuple[int, io.FileIO]] = {}  # by the descriptor that tells of the end
    with control, select.epoll() as waiting:
        waiting.register(control, select.EPOLLIN)
        while True:
            for ready, _ in waiting.poll():
                if ready != control.fileno():
                    waiting.unregister(ready)
                    os.close(ready)
                    pid, news = runs.pop(ready)
                    _, status = os.waitpid(pid, 0)
                    with news, suppress(BrokenPipeError):
                        news.write(b"%d" % os.waitstatus_to_exitcode(status))
                    continue
                message, fds, _, _ = socket.recv_fds(control, 16, 5)
                if not message:
                    for pid, _ in runs.values():
                        os.kill(pid, signal.SIGKILL)
                    return None
                request, *streams, told = fds
                pid = os.fork()
                if not pid:
                    return _new_run(request, streams)
                for fd in (request, *streams):
                    os.close(fd)
                news = io.FileIO(told, "w")
                with suppress(BrokenPipeError):
                    news.write(b"%d\n" % pid)
                end = os.pidfd_open(pid)
                runs[end] = (pid, news)
                waiting.register(end, select.EPOLLIN)


def _new_run(request: int, streams: list[int]) -> dict[str, Any]:
    """Take the streams of a run and return what is asked of it."""
    for fd, stream in enumerate(streams):
        os.dup2(stream, fd)
    with io.FileIO(request) as file:
        asked: dict[str, Any] = json.loads(file.read())
    return asked


def _become(words: list[str], env: dict[str, str], cwd: str, *, in_terminal: bool) -> None:
    """Be what ``python -m energyctl WORDS`` in this environment and directory would be."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    if in_terminal:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    sys.path.insert(0, cwd)
    sys.argv = ["energyctl", *words]
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            open(fd, mode, closefd=False),  # noqa: SIM115 - as the interpreter opens them
            encoding=old.encoding,
            errors=old.errors,
            newline="\n",
            line_buffering=fd == 2 or os.isatty(fd),
        )
        for fd, mode, old in ((0, "rb", sys.stdin), (1, "wb", sys.stdout), (2, "wb", sys.stderr))
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    runpy.run_module("energyctl", run_name="__main__", alter_sys=True)


def _main() -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C at pytest's terminal is for the runs; we end after them
    del sys.path[0]  # tests/, which no run sees
    _import_all()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, (
        "an import has started a thread, which a fork would lose"
    )
    gc.collect()
    gc.freeze()  # what is here stays as it is, so that the forked processes go on sharing its memory
    request = _serve(socket.socket(fileno=int(sys.argv[1])))
    if request is not None:
        _become(**request)


if __name__ == "__main__":
    _main()
