"""TLS before a server that speaks none, with a certificate that is right or wrong in one way, and with resets."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests import tls
from tests.faults.relays.names import TLS_FAULTS

_RESETS = struct.pack("ii", 1, 0)
_PIECE_BYTES = 64 * 1024

#: Takes a piece of what the server behind says; returns what the client gets for it.
Change = Callable[[bytes], bytes]


def unchanged(piece: bytes) -> bytes:
    """Pass everything on."""
    return piece


class Front:
    """Speaks TLS with clients and passes what they say on to a server behind, in the clear.

    :param certificate: of this server, with its key.
    :param behind: host and port.
    :param change: makes what each connection's answers go through.
    """

    def __init__(
        self, certificate: Path, behind: tuple[str, int], *, change: Callable[[], Change] = lambda: unchanged
    ) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._behind = behind
        self._change = change
        self._clients: dict[int, asyncio.StreamWriter] = {}
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _loop, _facts: None)  # clients break off as they like
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(
            asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=self._context, backlog=64)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def reset(self, port: int) -> None:
        """Reset a client's connection: the one that is passed on from this local port."""
        self._do(self._reset(port))

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _reset(self, port: int) -> None:
        client = self._clients.get(port)
        if client is not None:
            line = client.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
            client.transport.abort()

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass_on(self, heard: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            answers, server = await asyncio.open_connection(*self._behind)
        except OSError:
            client.transport.abort()
            return
        port = server.get_extra_info("sockname")[1]
        self._clients[port] = client
        try:
            ways = [_flow(heard, server, unchanged), _flow(answers, client, self._change())]
            tasks = [asyncio.ensure_future(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            del self._clients[port]
            for writer in (server, client):
                writer.close()
            for writer in (server, client):
                with suppress(OSError):
                    await writer.wait_closed()


async def _flow(source: asyncio.StreamReader, sink: asyncio.StreamWriter, change: Change) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE_BYTES):
            sink.write(change(piece))
            await sink.drain()


@contextmanager
def nobody() -> Iterator[str]:
    """Keep a port on which nobody listens; yield host and port."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{kept.getsockname()[1]}"


# -- certificates ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Endpoint:
    """Where a server with a certificate listens, and the authority that its client trusts."""

    url: str
    target: str
    ca_file: Path


@contextmanager
def tls_endpoint(kind: str, upstream: str) -> Iterator[Endpoint]:
    """Put TLS before a server that speaks none, with a certificate that has one of ``TLS_FAULTS``; or is ``right``.

    :param upstream: a URL, or host:port.
    """
    if kind not in (*TLS_FAULTS, "right"):
        raise ValueError(f"{kind!r} is none of the certificates")
    parts = urlsplit(upstream if "://" in upstream else f"//{upstream}")
    with ExitStack() as ends:
        place = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        trusted, other = tls.authority(), tls.authority()
        certificate = tls.write_certificate(
            place / "server.pem",
            other if kind == "unknown-authority" else trusted,
            ends_in_days=-1 if kind == "expired" else 1,
            host="other.example" if kind == "wrong-name" else "127.0.0.1",
        )
        ca_file = place / "authority.pem"
        ca_file.write_text(tls.pem(trusted[1]))
        front = ends.enter_context(Front(certificate, (parts.hostname or "", parts.port or 80)))
        target = f"127.0.0.1:{front.port}"
        yield Endpoint(f"https://{target}{parts.path}", target, ca_file)
