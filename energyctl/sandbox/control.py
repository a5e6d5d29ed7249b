"""Starting, finding, steering and stopping a sandbox from another process.

Standard library only and quick to import: the servers themselves live in ``server``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.sandbox.directory import FACTS_FILE, LOG_FILE, prepare, read_facts

if TYPE_CHECKING:
    import subprocess

_POLL_S = 0.02
_STOP_S = 10.0
_KILLED_S = 2.0
_OK = 200
_LOG_TAIL_LINES = 15
ALREADY_RUNNING = 75
"""The server's exit code when another one holds the directory."""

_started: dict[int, subprocess.Popen[bytes]] = {}


class SandboxFailed(Exception):
    """The sandbox did not start, died, or refused a control request.

    ``log_tail`` holds its last log lines, if any.
    """

    def __init__(self, message: str, *, log_tail: str = "") -> None:
        super().__init__(f"{message}\n{log_tail}" if log_tail else message)
        self.message = message
        self.log_tail = log_tail


@dataclass(frozen=True)
class SandboxOptions:
    """How a sandbox is to be.

    ``speed``: sandbox seconds that pass in the order states per real second. ``lives_with``: the process
    whose end ends the sandbox too. ``faults``: specs as in ``faults.parse_fault``.
    """

    customers: int = 25
    devices: int = 24
    seed: int = 7
    speed: float = 60.0
    faults: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"
    token_ttl_s: int = 3599
    lives_with: int | None = None

    def arguments(self) -> list[str]:
        """Return the server's command-line arguments for these options."""
        given = [
            f"--customers={self.customers}",
            f"--devices={self.devices}",
            f"--seed={self.seed}",
            f"--speed={self.speed}",
            f"--host={self.host}",
            f"--token-ttl-s={self.token_ttl_s}",
            *(f"--fault={spec}" for spec in self.faults),
        ]
        if self.lives_with is not None:
            given.append(f"--lives-with={self.lives_with}")
        return given

    def check(self) -> None:
        """Raise ValueError for values that no server could work with."""
        import ipaddress

        if self.customers < 0:
            raise ValueError("The number of customers cannot be negative.")
        if self.devices < 0:
            raise ValueError("The number of devices cannot be negative.")
        if not 0 <= self.speed < float("inf"):
            raise ValueError("The speed must be a number of 0 or more.")
        if self.token_ttl_s < 1:
            raise ValueError("A token must live for at least 1 second.")
        try:
            local = ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            local = False
        if not local:
            raise ValueError(f"The sandbox only listens on a loopback address, not on {self.host!r}.")
        if self.faults:
            from energyctl.sandbox.faults import parse_fault

            for spec in self.faults:
                parse_fault(spec)


def start(directory: Path, options: SandboxOptions, *, wait_s: float = 15) -> dict[str, Any]:
    """Start a sandbox in the background and return its facts; one that runs there already is left as it is.

    In the latter case the facts carry ``already_running: True``. ValueError: unusable options or directory.
    SandboxFailed: the server died or was not ready within ``wait_s`` seconds.
    """
    import subprocess

    options.check()
    place = prepare(directory)
    if running := facts(place):
        return {**running, "already_running": True}
    command = [sys.executable, "-m", "energyctl.sandbox.server", f"--directory={place}", *options.arguments()]
    log_path = place / LOG_FILE
    handle = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    log_start = log_path.stat().st_size
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            start_new_session=True,
            env=_environment(),
        )
    finally:
        os.close(handle)
    _started[process.pid] = process
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        if found := _ready(place, process.pid):
            return found
        if process.poll() is not None:
            _started.pop(process.pid, None)
            # Another start in the same directory may have been quicker; then its sandbox is the answer.
            if process.returncode == ALREADY_RUNNING and (running := _wait_for_facts(place, end)):
                return {**running, "already_running": True}
            raise SandboxFailed(
                f"The sandbox ended at once (exit code {process.returncode}); its log is {log_path}.",
                log_tail=_tail(log_path, log_start),
            )
        time.sleep(_POLL_S)
    process.kill()
    process.wait()
    _started.pop(process.pid, None)
    (place / FACTS_FILE).unlink(missing_ok=True)
    raise SandboxFailed(
        f"The sandbox was not ready within {wait_s:g} s; its log is {log_path}.",
        log_tail=_tail(log_path, log_start),
    )


def stop(directory: Path) -> bool:
    """End the sandbox of that directory and wait until it is gone; False when none was running.

    SandboxFailed when its process cannot be ended.
    """
    running = facts(directory)
    if running is None:
        return False
    pid = int(running["pid"])
    _signal(pid, signal.SIGTERM)
    if not _gone(pid, _STOP_S):
        _signal(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        if not _gone(pid, _KILLED_S):
            raise SandboxFailed(f"The sandbox's process {pid} does not end.")
    left = read_facts(directory)
    if left is not None and left.get("pid") == pid:
        (directory / FACTS_FILE).unlink(missing_ok=True)
    return True


def facts(directory: Path) -> dict[str, Any] | None:
    """Return the facts of the sandbox running in that directory, or None.

    The process is asked, with the sandbox's own token, whether it is the one the file speaks of: a process
    id alone may belong to somebody else by now.
    """
    found = read_facts(directory.expanduser().absolute())
    if found is None or not _alive(int(found["pid"])):
        return None
    try:
        status, answer = _ask(found, "GET", "/health", None, timeout_s=3.0)
    except (OSError, ValueError, KeyError):
        return None
    return found if status == _OK and answer.get("pid") == found["pid"] else None


def control(
    directory: Path, path: str, body: dict[str, Any] | None = None, *, method: str = "POST"
) -> dict[str, Any]:
    """Send one request to the control server and return its JSON answer.

    SandboxFailed says why it cannot be done.
    """
    running = facts(directory)
    if running is None:
        raise SandboxFailed(f"No sandbox is running in {directory}.")
    try:
        status, answer = _ask(
            running, method, path, body if body is not None or method != "POST" else {}, timeout_s=30.0
        )
    except (OSError, ValueError) as problem:
        raise SandboxFailed(f"The sandbox did not answer: {problem}") from problem
    if status != _OK:
        raise SandboxFailed(str(answer.get("error", f"The sandbox answered {status} to {path}.")))
    return answer


def _ask(
    found: dict[str, Any], method: str, path: str, body: dict[str, Any] | None, *, timeout_s: float
) -> tuple[int, dict[str, Any]]:
    import http.client
    from urllib.parse import urlsplit

    url = urlsplit(found["urls"]["control"])
    connection = http.client.HTTPConnection(url.hostname or "127.0.0.1", url.port, timeout=timeout_s)
    headers = {"Authorization": f"Bearer {found['credentials']['control']['token']}"}
    payload = None
    if body is not None:
        payload = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, path, body=payload, headers=headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        return response.status, dict(answer)
    except (http.client.HTTPException, TypeError) as problem:
        raise ValueError(f"not a sandbox's answer ({problem!r})") from problem
    finally:
        connection.close()


def _environment() -> dict[str, str]:
    """Return our own environment with the package's place on the path.

    The child then imports the same code.
    """
    root = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, known] if known else [root])}


def _ready(directory: Path, pid: int) -> dict[str, Any] | None:
    found = read_facts(directory)
    return found if found is not None and found.get("pid") == pid else None


def _wait_for_facts(directory: Path, end: float) -> dict[str, Any] | None:
    while time.monotonic() < end:
        if found := facts(directory):
            return found
        time.sleep(_POLL_S)
    return None


def _gone(pid: int, wait_s: float) -> bool:
    end = time.monotonic() + wait_s
    while _alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_S)
    return True


def _alive(pid: int) -> bool:
    child = _started.get(pid)
    if child is not None:
        if child.poll() is None:
            return True
        del _started[pid]
        return False
    return process_alive(pid)


def process_alive(pid: int) -> bool:
    """Say whether a process of that id is running, be it ours or not.

    One that only waits to be reaped is not.
    """
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        # The state follows the name, which is in parentheses and may hold any character.
        if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return False
    except (OSError, IndexError, UnicodeDecodeError):
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _alive_on_windows(pid: int) -> bool:
    import ctypes

    synchronize, timeout = 0x00100000, 0x00000102
    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timeout)
    finally:
        kernel.CloseHandle(handle)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _tail(log: Path, start: int) -> str:
    try:
        text = log.read_bytes()[start:].decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_LOG_TAIL_LINES:])
