"""What ``-v`` shows of HTTP: each request and answer on stderr, redacted."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from energyctl.core.redact import Redactor
    from energyctl.core.session import Session

_LONGEST_TRACE = 4000
_FORM = re.compile(rb"[\w.%-]{1,64}+=[^&\s]*+(?:&[\w.%-]{1,64}+=[^&\s]*+)*\s*")


def trace_request(session: Session, outgoing: httpx.Request) -> None:
    """Show a request that is about to be sent."""
    redact = session.shown
    lines = [f"> {outgoing.method} {redact.text(str(outgoing.url))}"]
    lines += [f"> {name}: {value}" for name, value in redact.headers(outgoing.headers.items())]
    if outgoing.content:
        lines.append(f"> {_body(outgoing.content, outgoing.headers.get('content-type', ''), redact)}")
    session.say("\n".join(lines))


def trace_answer(session: Session, answer: httpx.Response, content: bytes, seconds: float) -> None:
    """Show an answer with its body."""
    redact = session.shown
    reason = redact.text(answer.reason_phrase)
    lines = [f"< {answer.status_code} {reason} ({seconds * 1000:.0f} ms, {len(content)} bytes)"]
    lines += [f"< {name}: {value}" for name, value in redact.headers(answer.headers.items())]
    if content:
        lines.append(f"< {_body(content, answer.headers.get('content-type', ''), redact)}")
    session.say("\n".join(lines))


def _body(content: bytes, content_type: str, redact: Redactor) -> str:
    """Return a body as it is shown. What it looks like counts too: secrets are told by the names of their fields."""
    if "json" in content_type or content.lstrip()[:1] in (b"{", b"["):
        try:
            text = json.dumps(redact.data(json.loads(content)), ensure_ascii=False)
        except (ValueError, RecursionError):
            text = redact.text(content.decode("utf-8", "replace"))
    elif "form-urlencoded" in content_type or _FORM.fullmatch(content):
        from urllib.parse import parse_qsl

        pairs = parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)
        text = "&".join(f"{name}={redact.field(name, value)}" for name, value in pairs)
    elif "text" in content_type or "html" in content_type or "xml" in content_type:
        text = redact.text(content.decode("utf-8", "replace"))
    else:
        return f"({len(content)} bytes of {content_type or 'unnamed content'})"
    return text if len(text) <= _LONGEST_TRACE else f"{text[:_LONGEST_TRACE]}… ({len(text)} characters)"
