"""What energyctl may be doing when somebody wants it to end, and how to know that it is doing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.conftest import Sandbox, until
from tests.terminal.tool import Tty

UNLINK = ("rabot", "customers", "unlink", "1000001")
Ready = Callable[[Tty, Sandbox], None]


def _shown(text: str) -> Ready:
    return lambda terminal, _: terminal.until(text)


def asked(path: str = "", method: str = "GET") -> Ready:
    """Wait until the sandbox has such a request, reading what the run says meanwhile."""

    def ready(terminal: Tty, sandbox: Sandbox) -> None:
        until(
            lambda: (
                terminal._read(0.01)
                and any(one["path"].startswith(path) for one in sandbox.requests(method=method))
            )
        )

    return ready


@dataclass(frozen=True)
class Doing:
    """A command that goes on until it is interrupted.

    ``said`` is what must be told besides "Interrupted"; ``outside`` makes the servers no sandbox, so that writes ask.
    """

    words: tuple[str, ...]
    ready: Ready
    fault: str | None = None
    said: str = ""
    outside: bool = False


WAITS: Mapping[str, Doing] = {
    "read": Doing(("rabot", "tariffs", "list"), asked("/partner/v1/tariffs"), "rabot:latency=60"),
    "stream": Doing(("rabot", "orders", "list", "-o", "jsonl"), asked("/partner/v1/orders"), "rabot:slow=60"),
    "grpc": Doing(
        ("emporia", "devices", "list"), asked("/emporiaenergy", "POST"), "emporia:latency=60@GetDevices"
    ),
    "several": Doing(
        ("find", "1000001", "--timeout", "60"), asked("/partner/v1/orders/1000001"), "rabot:latency=60"
    ),
    "write": Doing(
        (*UNLINK, "-y"),
        asked("", "DELETE"),
        "rabot:latency=60@DELETE /partner",
        said="whether it happened is unknown (journal 1)",
    ),
    "pause": Doing(("rabot", "tariffs", "list"), _shown("asks to wait"), "rabot:429=50"),
    "wait": Doing(
        ("rabot", "orders", "wait", "400000002", "--until", "Cancelled"), asked("/partner/v1/orders/4")
    ),
    "question": Doing(UNLINK, _shown("[y/N] "), outside=True),
    "secret": Doing(("auth", "login", "rabot"), _shown("client_secret for RABOT"), outside=True),
    "input": Doing(("rabot", "orders", "validate", "-f", "-"), _shown("Ctrl-D")),
    "watch": Doing(("rabot", "tariffs", "list", "--watch=5"), _shown("Ctrl-C ends.")),
    "hold": Doing(
        ("emporia", "chargers", "set", "Wallbox", "--amps", "10", "--for", "2h"),
        _shown("Holding for"),
        said="the former settings are back",
    ),
    "bankid": Doing(
        ("-p", "sandbox", "bright", "bankid"),
        _shown("scan the QR code"),
        said="the BankID order was cancelled",
    ),
    "browser": Doing(("-p", "sandbox", "bright", "openid"), _shown("Sign in at:")),
}
