"""Protobuf messages as plain data: every field present, enums by name, unknown enum numbers as numbers."""

from __future__ import annotations

from typing import Any

_WRAPPERS = "google.protobuf."
_MESSAGE_TYPE, _ENUM_TYPE = 11, 14


def as_dict(message: Any) -> dict[str, Any]:
    """Return a message as a dict with the names of its proto.

    A false or 0 is there; an unset wrapper or message is null; of a oneof only the member that is set is there.
    """
    found: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            found[field.name] = [_value(field, one) for one in value]
        elif field.containing_oneof is not None and not message.HasField(field.name):
            continue
        elif field.type == _MESSAGE_TYPE and not message.HasField(field.name):
            found[field.name] = None
        else:
            found[field.name] = _value(field, value)
    return found


def _value(field: Any, value: Any) -> Any:
    if field.type == _MESSAGE_TYPE:
        if (
            field.message_type.full_name.startswith(_WRAPPERS)
            and "value" in field.message_type.fields_by_name
        ):
            return value.value
        return as_dict(value)
    if field.type == _ENUM_TYPE:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else value
    return value
