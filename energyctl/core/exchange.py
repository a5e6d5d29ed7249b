"""One answer on its way in: how long it may take, how large it may become. What it means is in ``transport``."""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING

from energyctl import __version__
from energyctl.core.decompression import ACCEPTED, plain
from energyctl.core.trust import trusted

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 64 * 1024 * 1024


class TooLargeError(Exception):
    """The answer exceeds the limit."""


class TooSlowError(Exception):
    """The body did not come to its end in time."""


class GarbledError(Exception):
    """The body cannot be decompressed."""


def http_client(base_url: str, timeout_s: float) -> httpx.Client:
    """Make a client for one host.

    :raises ConfigProblem: when the authorities to trust cannot be read.
    """
    import httpx

    from energyctl.core.profiles import is_loopback

    parts = httpx.URL(base_url)
    return httpx.Client(
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
        follow_redirects=False,  # a token never follows a redirect to another place
        trust_env=not is_loopback(parts.host),
        # plain http is to this machine alone; no TLS context is loaded for it
        verify=trusted() if parts.scheme == "https" else False,
        headers={"User-Agent": f"energyctl/{__version__}", "Accept-Encoding": ACCEPTED},
    )


def read_body(answer: httpx.Response, ends_at: float) -> bytes:
    """Read a body to its end, and give it up as soon as it is too large or too slow.

    :param ends_at: when it must be there, in the time of ``time.monotonic``.
    :raises TooLargeError: above ``LARGEST_ANSWER``, once decompressed.
    :raises TooSlowError: when it is not there in time.
    :raises GarbledError: when it cannot be decompressed.
    """
    parts: list[bytes] = []
    size = 0
    trouble: Exception | None = None
    try:
        for piece in plain(answer.iter_raw(), answer.headers.get("content-encoding", "")):
            size += len(piece)
            if size > LARGEST_ANSWER:
                trouble = TooLargeError()
            elif time.monotonic() > ends_at:
                trouble = TooSlowError()
            if trouble is not None:
                break
            parts.append(piece)
    except zlib.error:
        trouble = GarbledError()
    if trouble is not None:
        parts.clear()  # an error is kept for its row in a batch, and would keep this with it
        raise trouble
    return b"".join(parts)
