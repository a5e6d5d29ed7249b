"""Evaluates ``--query``. Which rows are handed in, and how the result is shown, is decided by ``output``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import UsageProblem

if TYPE_CHECKING:
    from energyctl.core.pseudonyms import Pseudonyms

#: What jmespath raises besides its own errors: for a step of 0, for the floor of infinity, for values that have no
#: order.
_OTHER_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


def queried(expression: str, data: Any, people: Pseudonyms | None) -> Any:
    """Return what a JMESPath expression makes of data.

    With pseudonyms it sees nothing else, so that whatever it joins, counts or measures is no person's. A value that it
    names as it is gets its pseudonym too, and is found.

    :raises UsageProblem: when it cannot be evaluated.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError
    from jmespath.parser import ParsedResult

    try:
        query = jmespath.compile(expression)
        if people is not None:
            data, instead = people.for_query(data)
            query = ParsedResult(expression, _with_literals(query.parsed, instead))
        return query.search(data)
    except (JMESPathError, *_OTHER_ERRORS) as error:
        what = str(error).split("\n", 1)[0]
        raise UsageProblem(
            f"--query '{expression}' cannot be evaluated: {what}",
            hint="See https://jmespath.org for the language.",
        ) from None


def _with_literals(node: Any, instead: Mapping[str | int, str]) -> Any:
    """Return a copy of a parsed query with other values in the place of some."""
    if isinstance(node, list):
        return [_with_literals(one, instead) for one in node]
    if not isinstance(node, dict):
        return node
    value = node.get("value")
    if node.get("type") == "literal" and isinstance(value, str | int) and not isinstance(value, bool):
        return {**node, "value": instead.get(value, value)}
    return {name: _with_literals(one, instead) for name, one in node.items()}
