"""That whatever is sent, the sandbox answers as its documents describe, and never with an error of its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.contract.partner import Partner, Right
from tests.sandbox.contract.published import Described

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**31, 2**63, 10**400, 1e308, 5e-324])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["2026-02-29", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "DE89370400440532013000"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "0",
        "-1",
        "9" * 30,
        "1e9",
        "2026-03-29",
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ]
)


def _places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, and in each object that of a field which is not there yet."""
    yield at
    if isinstance(body, dict):
        yield (*at, "surprise")
        for name, inner in body.items():
            yield from _places(inner, (*at, name))
    elif isinstance(body, list):
        for number, inner in enumerate(body):
            yield from _places(inner, (*at, number))


def _replaced(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    changed = copy.copy(body)
    changed[at[0]] = _replaced(body[at[0]] if len(at) > 1 else None, at[1:], value)
    return changed


def _sent(partner: Partner, operation: Described, right: Right, data: st.DataObject) -> dict[str, Any]:
    """Change one place of a right request."""
    kinds = (
        ["path"] * ("{" in operation.path)
        + ["query"] * bool(operation.query)
        + ["body"] * bool(operation.body)
    )
    if not kinds:
        return {}
    kind = data.draw(st.sampled_from(kinds))
    if kind == "query":
        name = data.draw(st.sampled_from(operation.query)).name
        return {"params": {**right.query, name: data.draw(TEXT)}}
    if kind == "body":
        at = data.draw(st.sampled_from(list(_places(right.body))))
        changed = _replaced(right.body, at, data.draw(JSON))
        return {"content": json.dumps(changed).encode()}
    names = [each.name for each in operation.parameters if each.place == "path"]
    name = data.draw(st.sampled_from(names))
    return {"path": {**right.path, name: data.draw(TEXT.filter(lambda text: text.strip(".") != ""))}}


@given(data=st.data())
def test_one_wrong_thing_is_answered_as_described(partner: Partner, data: st.DataObject) -> None:
    rights = partner.__dict__.setdefault("remembered", {})
    operation = data.draw(st.sampled_from(list(partner.published.operations.values())), label="operation")
    if operation.id not in rights:
        rights[operation.id] = partner.right(operation)
    right = rights[operation.id]
    sent = _sent(partner, operation, right, data)
    changed = Right(sent.pop("path", right.path), right.query, right.body)
    answer = partner.send(operation, changed, **sent)
    assert not partner.against(operation, answer), (operation.label, sent)
