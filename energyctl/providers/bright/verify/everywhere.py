"""Rules that span the steps: the shape of errors, what is not built, requests in parallel, time (contract 0 and 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from energyctl.core.jsonbody import NotJson
from energyctl.providers.bright.client import instant as written
from energyctl.providers.bright.verify.findings import Broken, Rule, Skipped, Step, Verdict
from energyctl.providers.bright.verify.organisation import Organisation
from energyctl.providers.bright.verify.probe import Heard
from energyctl.providers.bright.verify.series import COST, MEASUREMENTS, chosen, month_of, read
from energyctl.providers.bright.verify.shapes import is_number, is_text, shown

_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
#: What is no part of the Kit, and BankID's relay, whose errors the contract does not map to the Kit's shape.
_OWN_ERRORS = ("bankid_", "invoice_file", "openid_")
_MOST_TOGETHER, _MOST_SERVICES = 40, 10


def _made_up(kind: str) -> str:
    return f"energyctl-verify-{kind}"


def errors_are_provoked(org: Organisation) -> str:
    """Check: an unknown account, a missing parameter and an unknown path are refused (contract 1, 8)."""
    unknown = org.hear("get_account", {"accountId": _made_up("no-account")})
    heard = [unknown, org.raw(f"/{_made_up('no-path')}"), *_without_resolution(org)]
    for one in heard:
        if one.ok:
            raise Broken(f"status {one.status}", expected="an error of 4xx", heard=one)
    answered = [one for one in heard if one.refused]
    if not answered:
        for one in heard:
            org.said(one)
    return f"{len(answered)} errors looked at"


def _without_resolution(org: Organisation) -> Iterator[Heard]:
    """Ask for a cost without the resolution, all three parameters being required (8)."""
    for kind in (COST, MEASUREMENTS):
        try:
            service = chosen(org, kind)[0]
            start, end = month_of(org, service)
        except Verdict:
            continue
        values = {"accountId": org.account, kind.path_id: service.text(kind.path_id) or ""}
        heard = org.hear(kind.operation, values, [("toDate", written(end)), ("fromDate", written(start))])
        if heard.status != 501:
            yield heard
            return


def _errors(org: Organisation) -> list[Heard]:
    found = [
        one
        for one in org.probe.heard
        if one.refused and (one.status == 501 or not one.request.operation.startswith(_OWN_ERRORS))
    ]
    if not found:
        raise Skipped("no error was answered")
    return found


def _bodies(org: Organisation) -> Iterator[tuple[Heard, Mapping[str, Any]]]:
    for heard in _errors(org):
        yield heard, heard.json()


def errors_are_json(org: Organisation) -> str:
    """Check: Every 4xx and 5xx is a JSON object, never a page (contract 1)."""
    found = _errors(org)
    for heard in found:
        try:
            body = heard.json()
        except NotJson as problem:
            raise Broken(
                f"status {heard.status} with {problem}", expected="a JSON object", heard=heard
            ) from None
        if not isinstance(body, Mapping):
            raise Broken(f"status {heard.status} with {shown(body)}", expected="a JSON object", heard=heard)
    return f"{len(found)} errors"


def errors_have_the_shape(org: Organisation) -> None:
    """Check: an error has name, message, error true, key and uid (contract 1)."""
    for heard, body in _bodies(org):
        held = (
            ("name", isinstance(body.get("name"), str) and _NAME.fullmatch(body["name"]), "as GenericError"),
            ("message", is_text(body.get("message")), "a text"),
            ("error", body.get("error") is True, "true"),
            ("key", is_text(body.get("key")), 'a text as "1056"'),
            ("uid", is_text(body.get("uid")), "a text"),
        )
        for name, holds, expected in held:
            if not holds:
                told = shown(body[name]) if name in body else "missing"
                raise Broken(f"{name} is {told}", expected=f"{name}: {expected}", heard=heard)


def errors_repeat_the_status(org: Organisation) -> None:
    """Check: an error's status is a number, the HTTP status (contract 1)."""
    for heard, body in _bodies(org):
        if not is_number(body.get("status")) or body["status"] != heard.status:
            raise Broken(f"status {shown(body.get('status'))}", expected=f"{heard.status}", heard=heard)


def not_built_is_501(org: Organisation) -> None:
    """Check: an operation that is not built answers 501, never 404 or 405 (contract 0, 1)."""
    if org.not_there:
        names = sorted({one.request.operation for one in org.not_there})
        raise Broken(
            f"{', '.join(names)}: {org.not_there[0].told}",
            expected="501 where account and ids are right",
            heard=org.not_there[0],
        )


def json_is_labelled(org: Organisation) -> None:
    """Check: what is JSON has the content type application/json (contract 0)."""
    for heard in org.probe.heard:
        if heard.status is None or not heard.content.strip() or heard.request.operation == "invoice_file":
            continue
        try:
            body = heard.json()
        except NotJson:
            continue
        kind = heard.headers.get("content-type", "").partition(";")[0].strip().lower()
        if isinstance(body, Mapping | list) and kind != "application/json" and not kind.endswith("+json"):
            raise Broken(kind or "no content type", expected="application/json", heard=heard)


def parallel_reads(org: Organisation) -> str:
    """Check: all requests of an account at once are answered as one by one (contract 0, D/costs-and-measurements)."""
    alone = _of_one_account(org)
    if len(alone) < 2:
        raise Skipped("fewer than two operations answer")
    with ThreadPoolExecutor(org.wishes.parallel) as pool:
        together = list(pool.map(lambda heard: org.probe.ask(heard.request), alone))
    for former, now in zip(alone, together, strict=True):
        if now.timed_out:
            org.said(now)
        if now.status != former.status:
            raise Broken(now.told, expected=f"status {former.status}, as alone", heard=now)
        if _content(now) != _content(former):
            raise Broken("another answer than alone", expected="the same answer", heard=now)
    return f"{len(together)} requests, {org.wishes.parallel} at a time"


def _content(heard: Heard) -> Any:
    try:
        return heard.json()
    except NotJson as problem:
        return str(problem)


def _of_one_account(org: Organisation) -> list[Heard]:
    """Return the answers, one by one, to what Bright asks after a login."""
    account = {"accountId": org.account}
    heard = [org.hear(name, account) for name in ("get_account", "get_user_roles", "get_locations")]
    now = org.session.now().replace(hour=0, minute=0, second=0, microsecond=0)
    span = [("fromDate", written(now - timedelta(days=366))), ("toDate", written(now))]
    heard.append(org.hear("get_invoices", account, span))
    for kind in (MEASUREMENTS, COST):
        try:
            services = chosen(org, kind)
        except Verdict:
            continue
        for service in services:
            try:
                heard.append(read(org, kind, service, *month_of(org, service), "month").heard)
            except Verdict:
                continue
    try:
        ids = [service.text("id") or "" for service in org.services[:_MOST_SERVICES]]
    except Verdict:
        ids = []
    for one in ids:
        heard += [
            org.hear(name, {**account, "serviceId": one}) for name in ("get_agreements", "get_products")
        ]
    return [one for one in heard if one.ok][:_MOST_TOGETHER]


def answers_in_time(org: Organisation) -> str:
    """Check: Every answer comes within --timeout (contract 2)."""
    sent = [one for one in org.probe.heard if one.sent]
    late = [one for one in sent if one.timed_out]
    if late:
        raise Broken(
            f"{len(late)} of {len(sent)} requests had no answer, the first {late[0].label}",
            expected=f"an answer within {org.session.timeout_s:g} s",
            heard=late[0],
        )
    if not sent:
        raise Skipped("nothing was asked")
    slowest = max(sent, key=lambda one: one.seconds)
    return f"the slowest of {len(sent)} took {slowest.seconds:.2f} s: {slowest.label}"


STEPS = (
    Step(
        "errors",
        "Errors everywhere",
        (
            Rule(
                "errors_are_provoked",
                errors_are_provoked,
                None,
                "1, 8",
                "An unknown account, path or resolution left out is refused",
                "Answer 4xx for what does not exist or lacks a required parameter.",
            ),
            Rule(
                "errors_are_json",
                errors_are_json,
                None,
                "1",
                "Errors are JSON objects",
                "Let gateways and frameworks answer errors in the Kit's shape too.",
            ),
            Rule(
                "errors_have_the_shape",
                errors_have_the_shape,
                None,
                "1",
                "Errors have name, message, error, key and uid",
                "Send all fields with every 4xx and 5xx.",
                needs=("errors_are_json",),
            ),
            Rule(
                "errors_repeat_the_status",
                errors_repeat_the_status,
                None,
                "1",
                "An error's status is the HTTP status, as a number",
                "Repeat the HTTP status in status.",
                needs=("errors_are_json",),
            ),
            Rule(
                "not_built_is_501",
                not_built_is_501,
                None,
                "0, 1",
                "What is not built answers 501",
                "Answer 501 where nothing is built; if it is built elsewhere, correct bright.endpoints.",
            ),
            Rule(
                "json_is_labelled",
                json_is_labelled,
                None,
                "0",
                "JSON has the content type application/json",
                "Set Content-Type: application/json.",
            ),
        ),
        after=("account",),
        leads=False,
    ),
    Step(
        "parallel",
        "All at once, as after a login",
        (
            Rule(
                "parallel_reads",
                parallel_reads,
                None,
                "0",
                "Requests in parallel are answered as one by one",
                "Serve requests at the same time, without a rate limit for Bright.",
            ),
        ),
        after=("locations",),
        leads=False,
    ),
    Step(
        "time",
        "Time",
        (
            Rule(
                "answers_in_time",
                answers_in_time,
                None,
                "2",
                "Every answer comes in time",
                "Keep one instance running; see which request is slow.",
            ),
        ),
        leads=False,
    ),
)
