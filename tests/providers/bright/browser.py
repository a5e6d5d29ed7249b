"""A person with a browser, played for runs that wait for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.conftest import Done, Run, Sandbox

LIMIT_S = 30.0


def until(found: Callable[[], Any]) -> Any:
    """Return what is found as soon as there is something."""
    end = time.monotonic() + LIMIT_S
    while not (result := found()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return result


def started(run: Run, *words: str, **more: Any) -> Future[Done]:
    """Start a run that waits for somebody; its result is how it ended."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(run, *words, **more)
    pool.shutdown(wait=False)
    return future


def page_shown(sandbox: Sandbox, path: str, number: int = 1) -> dict[str, str]:
    """Wait until a run has looked at the sign-in page, and return the parameters that it sent there."""
    requests = until(
        lambda: found if len(found := sandbox.requests(method="GET", path=path)) >= number else None
    )
    return dict(requests[number - 1]["query"])


def sign_in_at(sandbox: Sandbox, path: str, parameters: dict[str, str], approve: str = "1") -> httpx.Response:
    """Press the button on the page, and follow to where it leads."""
    root = sandbox.facts["urls"]["bright"].removesuffix("/kit/v1")
    query = urlencode({**parameters, "approve": approve})
    return httpx.get(f"{root}{path}?{query}", follow_redirects=True)
