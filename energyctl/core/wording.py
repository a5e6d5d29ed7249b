"""What HTTP and network failures are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LONGEST_MESSAGE = 300


#: What libraries say of a connection that fails, and what to call it.
_SIGNS = (
    ("name or service not known", "the host name is not known"),
    ("nodename nor servname", "the host name is not known"),
    ("temporary failure in name resolution", "the host name cannot be looked up"),
    ("connection refused", "nothing listens there (connection refused)"),
    ("hostname mismatch", "its certificate is for another name"),
    ("ip address mismatch", "its certificate is for another name"),
    ("hostname verification check failed", "its certificate is for another name"),
    ("certificate has expired", "its certificate has expired"),
    ("self-signed", "its certificate is signed by an unknown authority"),
    ("self signed", "its certificate is signed by an unknown authority"),
    ("unable to get local issuer", "its certificate is signed by an unknown authority"),
    ("network is unreachable", "there is no network"),
    ("disconnected without sending", "it closed without answering"),
    ("peer closed connection", "the answer was cut off"),
)


def known_reason(text: str) -> str | None:
    """Say in a few words why a connection failed, by a library's words for it; None when they are not known."""
    lowered = text.lower()
    return next((words for sign, words in _SIGNS if sign in lowered), None)


def network_reason(error: BaseException) -> str:
    """Say in a few words why a connection failed."""
    text = str(error).strip()
    return known_reason(text) or short(text).rstrip(".") or type(error).__name__


def short(text: str) -> str:
    """Return a text on one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


#: Fields in which servers say what is wrong, the most telling first.
_TELLING = (
    "message",
    "detail",
    "description",
    "error_description",
    "error",
    "errors",
    "title",
    "type",
    "code",
)


def said_in(body: Any, depth: int = 0) -> str | None:
    """Return what an error body of unknown form says in words; None when it says nothing."""
    if isinstance(body, str):
        return body.strip() or None
    if depth > 4:
        return None
    if isinstance(body, list):
        return "; ".join(text for one in body[:5] if (text := said_in(one, depth + 1))) or None
    if isinstance(body, Mapping):
        return next((text for name in _TELLING if (text := said_in(body.get(name), depth + 1))), None)
    return None


_VERBS = {
    401: "did not accept the credentials for",
    403: "does not permit",
    404: "does not know",
    429: "limits the rate of",
}


def refusal_verb(title: str, status: int) -> str:
    """Return how a provider's answer of this status begins in a message: "RABOT Energy does not know"."""
    by_hundred = {3: "redirected", 5: "failed at"}.get(status // 100, "refused")
    return f"{title} {_VERBS.get(status, by_hundred)}"


def refusal_hint(status: int, retry_after: float | None, location: str | None) -> str:
    """Return what to do about an answer of this status."""
    if 300 <= status < 400:
        return f"It points to {_place(location)}; credentials are not sent there. Check the address."
    if status == 429:
        when = f"in {retry_after:.0f} s" if retry_after is not None else "later"
        return f"Try again {when}, or let the tool wait with --max-wait SECONDS."
    if status == 501:
        return "The provider has not built this operation."
    if status >= 500:
        when = f" in {retry_after:.0f} s" if retry_after is not None else " in a few minutes"
        return f"The fault is on the provider's side; try again{when}."
    return {
        401: "Check the stored credentials: energyctl auth status, then energyctl auth login.",
        403: "The credentials are right but may not do this: check their scopes with the provider.",
        404: "Check the number or id, and the environment of the profile.",
    }.get(status, "Mend what the message names and try again; -v shows the request.")


def _place(location: str | None) -> str:
    """Return where a redirect leads, without the query: it repeats ours, and may tell of persons."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(location or "")
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    except ValueError:  # not an address
        return "no address"
    return short(host + parts.path) or "nowhere"


def retry_after_s(text: str | None) -> float | None:
    """Read ``Retry-After``: seconds or an HTTP date."""
    if not text:
        return None
    try:
        return max(0.0, min(float(text), 1e9))
    except ValueError:
        pass
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
