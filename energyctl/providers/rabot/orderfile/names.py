"""Which documented field did the writer mean? Suggestions for names the contract does not know."""

from __future__ import annotations

from . import schema
from .schema import Field


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _places() -> dict[str, list[str]]:
    """Return where each name that can be sent stands, keyed by its plain spelling."""
    places: dict[str, list[str]] = {}
    for path, field in schema.walk():
        if not field.read_only:
            places.setdefault(_plain(path.rpartition(".")[2]), []).append(path)
    return places


def suggestion(name: str, inside: Field) -> str:
    """Return what to do about an unknown ``name`` found ``inside`` an object (contract rabot.md 4.3)."""
    from difflib import get_close_matches

    if name == "<<":
        return "merge keys are not read here; write the fields out"
    siblings = {_plain(sibling): sibling for sibling, field in inside.fields.items() if not field.read_only}
    wanted = _plain(schema.OTHER_NAMES.get(_plain(name), name))
    if wanted in siblings:
        return f"write {siblings[wanted]}"
    elsewhere = _places()
    if wanted in elsewhere:
        return "it belongs at " + " or ".join(elsewhere[wanted])
    if near := get_close_matches(wanted, siblings, n=1):
        return f"did you mean {siblings[near[0]]}?"
    if near := get_close_matches(wanted, elsewhere, n=1, cutoff=0.8):
        return "did you mean " + " or ".join(elsewhere[near[0]]) + "?"
    return "remove it; known here: " + ", ".join(siblings.values())
