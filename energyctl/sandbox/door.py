"""One HTTP port of a provider: every request through it is logged and may meet a fault on its way.

What a request means is the provider's business; the fault's grammar is in ``faults``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from energyctl.sandbox.faults import KINDS, Fault, Faults
from energyctl.sandbox.requestlog import RequestLog

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ErrorAnswer = Callable[[web.Request, int, str], web.Response]

_log = logging.getLogger(__name__)
_LARGEST_REQUEST = 2 * 1024 * 1024
_DRIPS = 20
_GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1><hr>edge</body></html>\n"
)
_OTHER_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head>"
    "<body><h1>We will be back shortly</h1></body></html>\n"
)
_INSTEAD = {
    "not-json": ("OK, thank you", "text/plain"),
    "html": (_OTHER_PAGE, "text/html"),
    "wrong-shape": ('{"result": {"kind": "unexpected", "entries": {"0": null}}}', "application/json"),
    "empty": ("", "application/json"),
}
_MESSAGES = {
    "429": (429, "Too many requests."),
    "500": (500, "An unexpected error occurred."),
    "503": (503, "The service is temporarily unavailable."),
    "expired-token": (401, "The access token has expired."),
}


class Door:
    """A listening port on loopback in front of an aiohttp application's routes.

    ``api_prefix`` marks the paths that a fault without a filter may hit; ``error`` words an error answer as
    this provider does.
    """

    def __init__(
        self, provider: str, *, api_prefix: str, faults: Faults, log: RequestLog, error: ErrorAnswer
    ) -> None:
        self._provider = provider
        self._api_prefix = api_prefix
        self._faults = faults
        self._log = log
        self._error = error
        self.app = web.Application(middlewares=[self._middleware()], client_max_size=_LARGEST_REQUEST)
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, host: str) -> None:
        """Listen on a port the system chooses; ``url`` says which."""
        self._runner, self.url = await listen(self.app, host)

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _middleware(self) -> Any:
        @web.middleware
        async def through(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                raw = await request.read()
            except web.HTTPRequestEntityTooLarge:
                return self._error(request, 413, "The request body is too large.")
            entry = self._log.add(self._provider, request, raw)
            api = request.path.startswith(self._api_prefix)
            strike = self._faults.take(self._provider, request.method, request.path, api=api)
            if strike.delay_s:
                resets = self._faults.resets
                await asyncio.sleep(strike.delay_s)
                if resets != self._faults.resets:
                    return _hang_up(request)
            fault = strike.fault
            if fault is None:
                answer = await self._work(request, handler)
                entry["status"] = answer.status
                return answer
            entry["fault"] = fault.kind
            if not KINDS[fault.kind].works_first:
                return self._instead(request, fault, entry)
            return await self._afterwards(request, fault, await self._work(request, handler), entry)

        return through

    async def _work(self, request: web.Request, handler: Handler) -> web.Response:
        try:
            answer = await handler(request)
        except web.HTTPException as problem:
            worded = self._error(request, problem.status, problem.reason)
            if "Allow" in problem.headers:
                worded.headers["Allow"] = problem.headers["Allow"]
            return worded
        except Exception:  # noqa: BLE001 - whatever goes wrong inside is the provider's 500
            _log.exception("%s %s failed", request.method, request.path)
            return self._error(request, 500, "An unexpected error occurred.")
        if not isinstance(answer, web.Response):
            raise TypeError("A handler must return a whole response, so that a fault can change it.")
        return answer

    def _instead(self, request: web.Request, fault: Fault, entry: dict[str, Any]) -> web.StreamResponse:
        """Answer without doing the work."""
        if fault.kind == "drop-before":
            return _hang_up(request)
        if fault.kind == "502-html":
            answer = web.Response(status=502, text=_GATEWAY_PAGE, content_type="text/html")
        elif fault.kind == "redirect":
            answer = web.Response(status=302, headers={"Location": fault.url or "/"})
        else:
            status, message = _MESSAGES[fault.kind]
            answer = self._error(request, status, message)
            if fault.kind in {"429", "503"} and fault.seconds is not None:
                answer.headers["Retry-After"] = f"{fault.seconds:g}"
        entry["status"] = answer.status
        return answer

    async def _afterwards(
        self, request: web.Request, fault: Fault, answer: web.Response, entry: dict[str, Any]
    ) -> web.StreamResponse:
        """Spoil the answer of work that was done."""
        if fault.kind == "drop-after":
            return _hang_up(request)
        if fault.kind in {"truncate", "slow"}:
            entry["status"] = answer.status
            if fault.kind == "truncate":
                return await _truncated(request, answer)
            return await _dripped(request, answer, fault.seconds or 0.0)
        entry["status"] = 200
        text, content_type = _INSTEAD[fault.kind]
        return web.Response(text=text, content_type=content_type)


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection; the answer returned here has nowhere to go."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _begun(answer: web.Response, length: int) -> web.StreamResponse:
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    stream = web.StreamResponse(status=answer.status, headers=headers)
    stream.content_length = length
    return stream


def _bytes(answer: web.Response) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else b""


async def _truncated(request: web.Request, answer: web.Response) -> web.StreamResponse:
    body = _bytes(answer)
    stream = _begun(answer, max(len(body), 2))
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return stream


async def _dripped(request: web.Request, answer: web.Response, seconds: float) -> web.StreamResponse:
    body = _bytes(answer)
    stream = _begun(answer, len(body))
    await stream.prepare(request)
    size = max(1, -(-len(body) // _DRIPS))
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    for piece in pieces:
        await asyncio.sleep(seconds / len(pieces))
        await stream.write(piece)
    return stream


async def listen(app: web.Application, host: str) -> tuple[web.AppRunner, str]:
    """Serve an application on a free port of a loopback address; return its runner and its URL."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    port = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    return runner, f"http://{shown}:{port}"
