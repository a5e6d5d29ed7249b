"""That the sandbox refuses what its published documents forbid, in every place, and says so right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.contract.partner import Partner, Right
from tests.sandbox.contract.published import Described, broken_bodies, broken_values

Sent = tuple[str, int, httpx.Response]


#: By the standards that the contract builds on: who asks comes before what is asked (RFC 6749, 5.2), and what is wrong
#: is told to the address that is to be gone back to (4.1.2.1).
OTHER_STATUS = {("openid_token", "no body"): 401, ("openid_authorize", "response_type missing"): 302}


def _wrong(partner: Partner, operation: Described, sent: Iterator[Sent]) -> list[str]:
    """What is wrong with refusals: another status than wanted, or one that the document describes otherwise."""
    found = []
    for what, usual, answer in sent:
        status = OTHER_STATUS.get((operation.id, what), usual)
        if answer.status_code != status:
            found.append(f"{operation.id}: {what}: {answer.status_code}, not {status}: {answer.text[:200]}")
        else:
            found += [f"{what}: {each}" for each in partner.against(operation, answer)]
    return found


def _keys(partner: Partner, operation: Described) -> Iterator[Sent]:
    right = partner.right(operation)
    for what, (headers, status) in partner.wrong_keys(operation).items():
        yield what, status, partner.send(operation, right, headers=headers)


def _queries(partner: Partner, operation: Described) -> Iterator[Sent]:
    right = partner.right(operation)
    if partner.refuses_unknown_query(operation):
        yield "surprise", 400, partner.send(operation, right, params={**right.query, "surprise": "1"})
    for parameter in operation.query:
        name = parameter.name
        if parameter.required:
            rest = {key: value for key, value in right.query.items() if key != name}
            yield f"{name} missing", 400, partner.send(operation, right, params=rest)
        for each in broken_values(partner.published, parameter.schema):
            # In a query everything is text, and an empty text is none at all.
            if (
                isinstance(each.value, str | int | float)
                and not isinstance(each.value, bool)
                and each.value != ""
            ):
                changed = {**right.query, name: str(each.value)}
                if not _reads_as_right(parameter.schema, str(each.value)):
                    yield f"{name} {each.what}", 400, partner.send(operation, right, params=changed)


def _reads_as_right(schema: Any, text: str) -> bool:
    """Whether a text is right for a schema of texts, which a number written down may be."""
    return schema.get("type") == "string" and not {"enum", "pattern", "format"} & schema.keys() and text != ""


def _bodies(partner: Partner, operation: Described) -> Iterator[Sent]:
    if operation.body is None:
        return
    right = partner.right(operation)
    if operation.node["requestBody"]["required"]:
        yield "no body", 400, partner.send(operation, right, content=b"")
    for what, content in (
        ("not JSON", b"{"),
        ("not a number of JSON", b'{"a": NaN}'),
        ("not UTF-8", b'"\xff"'),
        ("nested too deep", b"[" * 50_000),
        ("a text", b'"x"'),
        ("an array", b"[]"),
        ("null itself", b"null"),
    ):
        yield what, 400, partner.send(operation, right, content=content)
    charset = "application/json; charset=nothing"
    yield "no charset", 400, partner.send(operation, right, content=b"{}", content_type=charset)
    if "415" in operation.node["responses"]:
        yield "plain text", 415, partner.send(operation, right, content=b"{}", content_type="text/plain")
    for each in broken_bodies(partner.published, operation.body, right.body):
        yield each.what, 400, partner.send(operation, Right(right.path, right.query, each.value))


def _methods(partner: Partner, operation: Described) -> Iterator[Sent]:
    url = partner.published.base + operation.path.format(**partner.right(operation).path)
    known = {each.method for each in partner.published.operations.values() if each.path == operation.path}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        if method not in known:
            yield method, 405, partner.line(method, url, partner.headers(operation))


@pytest.mark.parametrize("broken", [_keys, _queries, _bodies])
def test_what_the_document_forbids_is_refused(partner: Partner, broken: Any) -> None:
    wrong = []
    for operation in partner.published.operations.values():
        if not (operation.is_open if broken is _keys else partner.is_twin(operation)):
            wrong += _wrong(partner, operation, broken(partner, operation))
    assert not wrong, "\n".join(wrong)


def test_other_methods_are_refused_with_those_allowed(partner: Partner) -> None:
    for operation in partner.published.operations.values():
        for method, status, answer in _methods(partner, operation):
            assert answer.status_code == status, (method, operation.label)
            assert operation.method in answer.headers["Allow"].split(","), operation.label


def test_what_is_not_there_is_not_found(partner: Partner) -> None:
    wrong = []
    for operation in partner.published.operations.values():
        right = partner.right(operation)
        for name in right.path if "404" in operation.node["responses"] else ():
            if f"{{{name}}}" not in operation.path:
                continue
            value = "00000000-0000-4000-8000-000000000000" if name == "deviceId" else "nobody"
            other = Right({**right.path, name: value}, right.query, right.body)
            wrong += _wrong(partner, operation, iter([(name, 404, partner.send(operation, other))]))
    assert not wrong, "\n".join(wrong)
