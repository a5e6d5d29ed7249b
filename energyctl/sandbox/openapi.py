"""What the providers' OpenAPI documents have in common: the step from OpenAPI 3.0's schemas to those of 3.1."""

from __future__ import annotations

from typing import Any


def as_3_1(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0, as the shapes describe themselves, in the words of 3.1 (JSON Schema 2020-12)."""
    if isinstance(schema, list):
        return [as_3_1(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: as_3_1(inner) for name, inner in schema.items() if name != "nullable"}
    if found.get("exclusiveMinimum") is True:
        found["exclusiveMinimum"] = found.pop("minimum")
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found
