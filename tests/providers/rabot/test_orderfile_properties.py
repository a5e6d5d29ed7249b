from __future__ import annotations

import contextlib
import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import UsageProblem
from energyctl.providers.rabot.orderfile import (
    OrderDocument,
    as_request,
    describe,
    fingerprint,
    matches,
    read_orders,
    validate,
)
from energyctl.providers.rabot.orderfile import schema as order_schema
from energyctl.providers.rabot.orderfile.schema import Field

TODAY = date(2026, 8, 1)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
names = st.sampled_from(sorted({path.rpartition(".")[2] for path, _ in order_schema.walk()})) | st.text(
    max_size=8
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def near(field: Field) -> st.SearchStrategy[Any]:
    """Data of the order's own shape in which anything may be wrong."""
    if field.kind == "object":
        inner = {name: near(part) for name, part in field.fields.items()}
        return st.fixed_dictionaries({}, optional=inner) | anything
    texts = st.sampled_from(
        [
            "2026-09-01",
            "0000-00-00",
            "DE89370400440532013000",
            "41373559241",
            "a@b.de",
            "DE",
            "Private",
            "+4930123456",
        ]
    )
    return texts | st.sampled_from([*field.choices, "", True, None]) | scalars


orders = st.fixed_dictionaries(
    {}, optional={name: near(part) for name, part in order_schema.ORDER.fields.items()}
)


@given(orders | st.dictionaries(names, anything, max_size=5))
def test_any_data_can_be_checked_and_what_is_sent_is_json(data: dict[str, Any]) -> None:
    order = OrderDocument(0, data)
    for problem in validate(order, today=TODAY):
        assert problem.path
        assert problem.message
        assert problem.fix
    body = as_request(order)
    assert json.loads(json.dumps(body)) == body
    assert fingerprint(body) == fingerprint(json.loads(json.dumps(body)))
    assert all(label and value for label, value in describe(body))
    matches(body, data)


@given(orders, anything)
def test_the_rest_takes_any_data_too(data: dict[str, Any], answer: Any) -> None:
    describe(data)
    fingerprint(data)
    assert matches(data, answer) in (True, False)


@given(st.text(alphabet="0123456789abcdefABCDEF !?", min_size=6, max_size=30).map(lambda text: "§" + text))
def test_secrets_never_come_back(secret: str) -> None:
    data = {
        "userAccount": {"password": secret, "Pasword": secret},
        "contract": {"bankDetails": {"iban": secret}},
    }
    said = "".join(
        f"{problem.value}|{problem.message}|{problem.fix}"
        for problem in validate(OrderDocument(0, data), today=TODAY)
    )
    assert secret not in said
    assert secret not in str(describe(data))


pieces = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "- ",
        "\n",
        "  ",
        "'",
        '"',
        "#",
        "&a ",
        "*a",
        "!x ",
        "---\n",
        "...",
        "|",
        ">",
        "?",
        "%",
        "@",
        "\t",
        "\r",
        "tariffKey",
        "contract: ",
        "null",
        "1",
        "\ufeff",
        "\0",
        "\ud800",
        "<<: ",
        "\\",
        "NaN",
    ]
)


@given(
    st.text(max_size=60) | st.lists(pieces, max_size=14).map("".join),
    st.sampled_from(["-", "o.json", "o.yaml"]),
)
def test_any_text_is_orders_or_a_usage_problem(text: str, source: str) -> None:
    with contextlib.suppress(UsageProblem):
        for order in read_orders(text, source):
            validate(order, today=TODAY)
            assert order.label
            assert order.where("contract.type").startswith("line ")


@given(st.lists(orders, min_size=1, max_size=3))
def test_an_array_and_json_lines_read_the_same_and_lines_are_right(many: list[dict[str, Any]]) -> None:
    # NaN is no JSON, and has its own test.
    many = json.loads(json.dumps(many), parse_constant=lambda _: None)
    text = json.dumps(many, indent=1)
    array = read_orders(text, "o.json")
    lines = read_orders("\n".join(map(json.dumps, many)), "o.jsonl")
    assert [order.data for order in array] == [order.data for order in lines]
    assert [order.line for order in lines] == list(range(1, len(many) + 1))
    for order in array:
        for name in order.data:
            line = text.splitlines()[(order.line_of(name) or 0) - 1]
            assert line.startswith(f'  "{name}":')


def test_thousands_of_orders_are_read_and_checked_without_looking_at_lines() -> None:
    order = {"tariffKey": "a", "contract": {"deliveryAddress": {"postCode": "01067"}}}
    text = "\n".join([json.dumps(order)] * 3000)
    read = read_orders(text, "orders.jsonl")
    assert len(read) == 3000
    assert read[-1].where() == "line 3000"
    assert all("_lines" not in vars(one) or one.index == 2999 for one in read)
