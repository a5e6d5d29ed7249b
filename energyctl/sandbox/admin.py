"""The control server: health, faults, reset, the clock, the request log, and what each provider adds.

Every call needs the control token. It is no part of any provider's contract.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from energyctl.sandbox.door import Handler, listen
from energyctl.sandbox.provider import ControlError, ControlRoute, Provider, Shared


class ControlServer:
    """``identity`` gives id and pid for ``GET /health``.

    ``reset`` resets everything and returns the new id.
    """

    def __init__(
        self,
        shared: Shared,
        providers: list[Provider],
        *,
        identity: Callable[[], dict[str, Any]],
        reset: Callable[[], dict[str, Any]],
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self.url = ""
        self._shared = shared
        self._identity = identity
        self._reset = reset
        self._runner: web.AppRunner | None = None
        self._app = web.Application(middlewares=[self._guard()])
        own = [
            ControlRoute("GET", "/health", self._health),
            ControlRoute("GET", "/faults", self._list_faults),
            ControlRoute("POST", "/faults", self._change_faults),
            ControlRoute("POST", "/reset", self._do_reset),
            ControlRoute("GET", "/clock", self._clock),
            ControlRoute("POST", "/advance", self._advance),
            ControlRoute("GET", "/requests", self._requests),
            ControlRoute("DELETE", "/requests", self._forget_requests),
        ]
        for route in [*own, *(route for provider in providers for route in provider.control_routes())]:
            self._app.router.add_route(route.method, route.path, _served(route))

    async def start(self) -> None:
        """Listen on a free port."""
        self._runner, self.url = await listen(self._app, self._shared.host)

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _guard(self) -> Any:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            expected = f"Bearer {self.token}".encode()
            if not hmac.compare_digest(
                request.headers.get("Authorization", "").encode(errors="replace"), expected
            ):
                return _refusal(401, "The control token is missing or wrong.")
            try:
                return await handler(request)
            except web.HTTPException as problem:
                return _refusal(problem.status, problem.reason)
            except ControlError as problem:
                return _refusal(problem.status, problem.message)

        return guarded

    async def _health(self, _path: Any, _body: dict[str, Any]) -> dict[str, Any]:
        return {"status": "ok", **self._identity()}

    async def _list_faults(self, _path: Any, _body: dict[str, Any]) -> dict[str, Any]:
        return {"faults": self._shared.faults.listing()}

    async def _change_faults(self, _path: Any, body: dict[str, Any]) -> dict[str, Any]:
        _only(body, "add", "clear")
        specs = body.get("add", [])
        if not isinstance(specs, list) or not all(isinstance(spec, str) for spec in specs):
            raise ControlError(400, '"add" must be a list of fault specs.')
        before = self._shared.faults.snapshot()
        if body.get("clear"):
            self._shared.faults.clear()
        try:
            self._shared.faults.add(specs)
        except ValueError as problem:
            self._shared.faults.restore(before)
            raise ControlError(400, str(problem)) from problem
        return {"faults": self._shared.faults.listing()}

    async def _do_reset(self, _path: Any, body: dict[str, Any]) -> dict[str, Any]:
        _only(body)
        return self._reset()

    async def _clock(self, _path: Any, _body: dict[str, Any]) -> dict[str, Any]:
        clock = self._shared.clock
        return {"elapsed_s": clock.elapsed(), "advanced_s": clock.advanced_s, "speed": clock.speed}

    async def _advance(self, path: Any, body: dict[str, Any]) -> dict[str, Any]:
        _only(body, "seconds", "speed")
        clock = self._shared.clock
        try:
            if "speed" in body:
                clock.set_speed(float(body["speed"]))
            clock.advance(float(body.get("seconds", 0)))
        except (TypeError, ValueError) as problem:
            raise ControlError(400, str(problem)) from problem
        return await self._clock(path, {})

    async def _requests(self, _path: Any, _body: dict[str, Any]) -> dict[str, Any]:
        return {"requests": self._shared.log.listing()}

    async def _forget_requests(self, _path: Any, _body: dict[str, Any]) -> dict[str, Any]:
        self._shared.log.clear()
        return {"requests": []}


def _only(body: dict[str, Any], *known: str) -> None:
    if unknown := sorted(set(body) - set(known)):
        allowed = ", ".join(known) or "none"
        raise ControlError(400, f"Unknown field {unknown[0]!r}; known here: {allowed}.")


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)


def _served(route: ControlRoute) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        text = await request.text()
        try:
            body = json.loads(text) if text else {}
        except ValueError:
            raise ControlError(400, "The body is not JSON.") from None
        if not isinstance(body, dict):
            raise ControlError(400, "The body must be a JSON object.")
        return web.json_response(await route.call(request.match_info, body))

    return handler
