"""SPO settings as a user writes them: ``key=value key:=json`` or a file, compared with what is in force.

The settings' names and types are not public (contract section 8): whatever is named is sent, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from energyctl.core.errors import UsageProblem
from energyctl.core.outcomes import Change
from energyctl.core.views import MISSING, dig_or_missing


def nested(assignments: Sequence[tuple[str, Any]], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the assignments as an object; ``a.b`` is field b of a. Later ones win.

    :raises UsageProblem: when one name is a value and an object at the same time.
    """
    body: dict[str, Any] = json.loads(json.dumps(base or {}))
    for name, value in assignments:
        here = body
        *way, last = name.split(".")
        if not all((*way, last)):
            raise UsageProblem(f"'{name}' is not a setting's name.", hint="Write a.b for field b of a.")
        for part in way:
            following = here.setdefault(part, {})
            if not isinstance(following, dict):
                raise UsageProblem(f"'{part}' of '{name}' already has a value.", hint="Name it once.")
            here = following
        here[last] = value
    return body


def leaves(body: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of an object with their dotted paths."""
    for name, value in body.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def changes(current: Mapping[str, Any], wished: Mapping[str, Any]) -> list[Change]:
    """Return what the wished settings would change, leaf by leaf."""
    found = []
    for path, value in leaves(wished):
        before = dig_or_missing(current, path)
        if before is MISSING or before != value or type(before) is not type(value):
            found.append(Change(path, None if before is MISSING else before, value))
    return found


def unmet(current: Mapping[str, Any], wished: Mapping[str, Any]) -> list[Change]:
    """Return the wished settings that are not in force.

    A number that the provider writes as a text is, and a null that it does not write at all.
    """
    return [one for one in changes(current, wished) if not _is_same(one.before, one.after)]


def _is_same(one: Any, other: Any) -> bool:
    return (one is None and other is None) or _is_same_number(one, other)


def _is_same_number(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    try:
        return float(one) == float(other)
    except (TypeError, ValueError, OverflowError):
        return False


def side_effects(
    before: Mapping[str, Any], after: Mapping[str, Any], wished: Mapping[str, Any]
) -> list[Change]:
    """Return what nobody asked for: settings that are gone, and others of a named object that have another value.

    A server may replace a whole object by the one field of it that was sent.
    """
    named = {path for path, _ in leaves(wished)}
    found = []
    for path, value in leaves(before):
        if path in named or any(path.startswith(f"{one}.") for one in named):
            continue
        now = dig_or_missing(after, path)
        beside = path.partition(".")[0] in wished
        if now is MISSING or (beside and now != value):
            found.append(Change(path, value, now))
    return found


def check_kinds(current: Mapping[str, Any], texts: Sequence[tuple[str, Any]]) -> None:
    """Refuse a bare text for a setting that is a number or a switch now.

    :raises UsageProblem: saying how to write it.
    """
    for name, value in texts:
        before = dig_or_missing(current, name)
        if not isinstance(value, str) or not isinstance(before, bool | int | float):
            continue
        kind = "true or false" if isinstance(before, bool) else "a number"
        raise UsageProblem(
            f"{name} is {kind} now ({json.dumps(before)}); {name}={value} would send a text.",
            hint=f"Write {name}:={value.lower() if isinstance(before, bool) else value}"
            f", or {name}:='\"{value}\"' if it is to be a text.",
            provider="emulate",
        )


def strangers(current: Mapping[str, Any], wished: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Return names that the current settings do not have, each with the nearest that they have."""
    known = [path for path, _ in leaves(current)]
    found = []
    for path, _ in leaves(wished):
        if dig_or_missing(current, path) is MISSING:
            near = get_close_matches(path, known, n=1, cutoff=0.75)
            found.append((path, near[0] if near else None))
    return found
