"""The check of a body that a command of the tool's own is about to send, by the imported OpenAPI file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from energyctl.commands.rest import Client, store_of
from energyctl.commands.rest.call import refused
from energyctl.core.endpoints import SPEC


def check_named_fields(client: Client, operation_id: str, body: Mapping[str, Any]) -> None:
    """Check names, types and allowed values of a change that sends only what was named.

    Nothing is checked when the operation's endpoint does not come from an imported file.

    :raises UsageProblem: with all problems at once.
    """
    endpoint = client.endpoints.of(operation_id)
    if endpoint.source != SPEC:
        return
    from energyctl.core.openapi import checks
    from energyctl.core.openapi.describing import fields_of
    from energyctl.core.openapi.findings import unknown_field

    store = store_of(client.session, client)
    document = store.load()
    pin = store.pins().get(operation_id, {})
    target = document.operation(str(pin.get("operationId"))) if document is not None else None
    if document is None or target is None:
        return
    problems = {
        one.path: one
        for one in checks.check_body(document, target, dict(body), partial=endpoint.method == "PATCH")
    }
    wanted = target.request_body
    if wanted is not None and wanted.schema is not None:
        known = [one.name for one in fields_of(document, wanted.schema) if one.name]
        for path in _paths(body):
            if known and path not in known and path.partition(".")[0] not in problems:
                problems.setdefault(path, unknown_field("", path, known))
    if problems:
        raise refused(client, target, list(problems.values()))


def _paths(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the dotted paths of the fields that a change names, as far as objects go."""
    for name, value in body.items():
        yield str(name)
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _paths(value))
