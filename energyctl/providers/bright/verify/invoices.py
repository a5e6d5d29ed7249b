"""Rules of invoices and their files (contract 3 and 7.3). Field names are not documented and looked for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from energyctl.core.jsonbody import NotJson
from energyctl.core.profiles import is_loopback
from energyctl.core.transport import Request
from energyctl.providers.bright.client import instant as written
from energyctl.providers.bright.invoicefile import NAMES, address_in
from energyctl.providers.bright.verify.findings import Broken, Rule, Skipped, Step
from energyctl.providers.bright.verify.organisation import Organisation
from energyctl.providers.bright.verify.probe import Heard, Probe
from energyctl.providers.bright.verify.shapes import first_of, instant, objects, shown

_IDS = ("invoiceId", "id", "invoiceNumber", "number")
_STATES = ("new", "paid", "overdue")
_STATE_FIELDS = ("state", "status", "invoiceState", "invoiceStatus")
_DATES = ("invoiceDate", "date", "issueDate", "issuedDate", "invoicedDate", "createdDate", "created")
_LIST, _URL, _STREAM = "get_invoices", "get_invoice_url", "get_invoice_stream"
_PDF = b"%PDF"
_YEARS_BACK = 3
_EPOCH = datetime(1990, 1, 1, tzinfo=UTC)


def _between(org: Organisation, start: datetime, end: datetime) -> list[Mapping[str, Any]]:
    query = [("fromDate", written(start)), ("toDate", written(end))]
    return objects(org.rows(_LIST, "invoices", {"accountId": org.account}, query))


def _today(org: Organisation) -> datetime:
    return org.session.now().replace(hour=0, minute=0, second=0, microsecond=0)


def _recent(org: Organisation) -> list[Mapping[str, Any]]:
    today = _today(org)
    return _between(org, today - timedelta(days=366 * _YEARS_BACK), today + timedelta(days=1))


def _ids(invoices: list[Mapping[str, Any]]) -> list[str]:
    """Return the invoices' ids; what they say as a whole when the id's name is not known."""
    return [str(first_of(one, _IDS) or shown(one)) for one in invoices]


def invoices_listed(org: Organisation) -> str:
    """Check: Get account invoices answers a list (contract 7.3)."""
    return f"{len(_recent(org))} invoices in {_YEARS_BACK} years"


def two_latest_invoices(org: Organisation) -> None:
    """Check: at least the two latest invoices come (contract 3, 7.3)."""
    count = len(_recent(org))
    if count < 2:
        raise Broken(f"{count}", expected="2 or more invoices", heard=org.last)


def invoices_filtered(org: Organisation) -> None:
    """Check: both fromDate and toDate choose: long ago and in the future there are none (contract 3, 7.3)."""
    today = _today(org)
    spans = (
        (_EPOCH, _EPOCH + timedelta(days=30)),
        (today + timedelta(days=730), today + timedelta(days=760)),
    )
    for start, end in spans:
        found = _between(org, start, end)
        if found:
            raise Broken(
                f"{len(found)} invoices between {start:%Y-%m-%d} and {end:%Y-%m-%d}",
                expected="none then",
                heard=org.last,
            )


def invoice_range_is_half_open(org: Organisation) -> str | None:
    """Check: two ranges that meet have no invoice in common, and none is lost between them (contract 7.3, 8)."""
    recent = _recent(org)
    dates = sorted({at for one in recent if (at := instant(first_of(one, _DATES))) is not None})
    today = _today(org)
    edge = dates[-1] if dates else today - timedelta(days=90)
    before = _ids(_between(org, today - timedelta(days=366 * _YEARS_BACK), edge))
    after = _ids(_between(org, edge, today + timedelta(days=1)))
    if both := set(before) & set(after):
        raise Broken(
            f"{', '.join(sorted(both)[:3])} before and after {written(edge)}",
            expected="toDate is exclusive",
            heard=org.last,
        )
    if lost := set(_ids(recent)) - set(before) - set(after):
        raise Broken(
            f"{', '.join(sorted(lost)[:3])} neither before nor after {written(edge)}",
            expected="no invoice is lost",
            heard=org.last,
        )
    return None if dates else "met at an arbitrary day: the invoices' date is under an unknown name"


def invoice_states(org: Organisation) -> str:
    """Check: an invoice is new, paid or overdue (contract 3; the spelling is not documented)."""
    values = [first_of(one, _STATE_FIELDS) for one in _recent(org)]
    if not values or None in values:
        raise Skipped("the state stands under a name that the contract does not tell")
    odd = sorted({shown(one) for one in values if str(one).lower() not in _STATES})
    if odd:
        raise Skipped(
            f"{', '.join(odd)}: the contract speaks of new, paid and overdue; its spelling is unknown"
        )
    return ", ".join(sorted({str(one) for one in values}))


def _newest(org: Organisation) -> dict[str, str]:
    for one in _recent(org):
        found = first_of(one, _IDS)
        if found is not None:
            return {"accountId": org.account, "invoiceId": str(found)}
    raise Skipped("no invoice with an id of a known name", operation=_LIST)


def _address(org: Organisation) -> str:
    """Return the address of the newest invoice's file."""
    heard = org.hear(_URL, _newest(org))
    found = org.json_of(heard)
    address = address_in(found, org.section.url("base_url"))
    if address is None:  # one that is no web address is told too
        address = first_of(found, NAMES) if isinstance(found, Mapping) else found
    if not isinstance(address, str) or "://" not in address:
        raise Skipped("the address stands under a name that the contract does not tell", heard=heard)
    try:
        _ = urlsplit(address).port
    except ValueError as problem:
        raise Broken(
            f"an address that is none: {problem}", expected="a web address", heard=heard, operation=_URL
        ) from None
    return address


def invoice_url_answered(org: Organisation) -> None:
    """Check: Get account invoice url answers with an address (contract 7.3)."""
    _address(org)


def invoice_url_is_safe(org: Organisation) -> None:
    """Check: the address is https (contract 7.3)."""
    address = _address(org)
    if not _is_safe(address):
        raise Broken(
            f"an address of {urlsplit(address).scheme or 'no scheme'}", expected="https", heard=org.last
        )


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def invoice_url_needs_no_credential(org: Organisation) -> None:
    """Check: the address can be opened without the data layer's credential (contract 7.3)."""
    heard = _file(org)
    if heard.timed_out:
        org.said(heard)
    if not heard.ok:
        raise Broken(heard.told, expected="status 200 without a credential", heard=org.last)


def _file(org: Organisation) -> Heard:
    parts = urlsplit(_address(org))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    asking = Probe(
        org.session, provider="bright", title="The file", base_url=f"{parts.scheme}://{parts.netloc}"
    )
    asking.heard = org.probe.heard
    try:
        return asking.ask(Request("invoice_file", "GET", path, accept="application/pdf, */*;q=0.1"))
    finally:
        asking.close()


def invoice_stream_answered(org: Organisation) -> None:
    """Check: Get account invoice stream answers (contract 7.3)."""
    org.said(_streamed(org))


def _streamed(org: Organisation) -> Heard:
    return org.hear(_STREAM, _newest(org), accept="application/pdf, application/octet-stream, */*;q=0.1")


def invoice_is_pdf(org: Organisation) -> str:
    """Check: the file behind url or stream is a PDF (contract 7.3)."""
    seen = []
    if (heard := _streamed(org)).ok:
        seen.append(("stream", heard))
    if org.hear(_URL, _newest(org)).ok and _is_safe(_address(org)) and (heard := _file(org)).ok:
        seen.append(("url", heard))
    if not seen:
        raise Skipped("neither url nor stream gives a file")
    for name, heard in seen:
        if not is_pdf(heard):
            kind = heard.headers.get("content-type", "unknown").partition(";")[0]
            raise Broken(
                f"{name}: {len(heard.content)} bytes of {kind}",
                expected="a file that begins with %PDF",
                heard=None if name == "url" else heard,
            )
    return " and ".join(name for name, _ in seen)


def is_pdf(heard: Heard) -> bool:
    """Whether an answer is a PDF: its bytes, or base64 of them, bare or in JSON."""
    content = heard.content
    if content.lstrip()[:4] == _PDF:
        return True
    try:
        found = heard.json()
    except NotJson:
        found = content[:100].decode("ascii", "replace")
    texts = [found, *found.values()] if isinstance(found, Mapping) else [found]
    return any(isinstance(one, str) and _decoded(one).startswith(_PDF) for one in texts)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip()[:8], validate=True)
    except (binascii.Error, ValueError):
        return b""


STEPS = (
    Step(
        "invoices",
        "Get account invoices",
        (
            Rule(
                "invoices_listed",
                invoices_listed,
                _LIST,
                "7.3",
                "The invoices of all services come as a list",
                "Answer an array of invoices.",
            ),
            Rule(
                "two_latest_invoices",
                two_latest_invoices,
                _LIST,
                "3, 7.3",
                "At least the two latest invoices come",
                "Return the two latest; verify with a customer who has two.",
            ),
            Rule(
                "invoices_filtered",
                invoices_filtered,
                _LIST,
                "3, 7.3",
                "fromDate and toDate choose the invoices",
                "Honour both: Bright's jobs poll with them.",
            ),
            Rule(
                "invoice_range_is_half_open",
                invoice_range_is_half_open,
                _LIST,
                "7.3, 8",
                "fromDate belongs to the range, toDate does not",
                "Compare with fromDate <= date < toDate.",
                needs=("invoices_filtered",),
            ),
            Rule(
                "invoice_states",
                invoice_states,
                _LIST,
                "3",
                "An invoice is new, paid or overdue",
                "Agree on the spelling with Bright.",
            ),
        ),
        after=("account",),
    ),
)
FILES = Step(
    "invoice-file",
    "Get account invoice url or stream",
    (
        Rule(
            "invoice_url_answered",
            invoice_url_answered,
            _URL,
            "7.3",
            "The url operation answers with an address",
            "Answer the address of the file, or 501.",
        ),
        Rule(
            "invoice_url_is_safe",
            invoice_url_is_safe,
            _URL,
            "7.3",
            "The invoice's address is https",
            "Serve invoices by https alone.",
            needs=("invoice_url_answered",),
        ),
        Rule(
            "invoice_url_needs_no_credential",
            invoice_url_needs_no_credential,
            _URL,
            "7.3",
            "The invoice's address opens without the data layer's credential",
            "Hand out a short-lived address that carries its own permission.",
            needs=("invoice_url_answered", "invoice_url_is_safe"),
        ),
        Rule(
            "invoice_stream_answered",
            invoice_stream_answered,
            _STREAM,
            "7.3",
            "The stream operation answers with the file",
            "Answer the PDF, or 501.",
        ),
        Rule(
            "invoice_is_pdf",
            invoice_is_pdf,
            None,
            "7.3",
            "An invoice is a PDF file",
            "Send the PDF itself, not a page about it.",
        ),
    ),
    after=("invoices",),
    leads=False,
)
