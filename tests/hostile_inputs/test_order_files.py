"""Order files of any kind, from the bytes to the checked request."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.inputs import read_text
from energyctl.providers.rabot.orderfile import as_request, describe, fingerprint, read_orders, validate
from energyctl.providers.rabot.orderfile.template import template
from tests.hostile_inputs.mutations import JSON, YAML_VALUES, as_bytes, bomb, changed, spliced
from tests.hostile_inputs.promise import HOME, SECRET, new_session, soon, taken_or_refused
from tests.properties import few

TODAY = date(2026, 8, 1)
ENDINGS = ("order.yaml", "order.json", "orders.jsonl", "order")
#: The whole template, its optional fields included.
TEXT = re.sub(r"(?m)^( *)# (?=( *# )? *\w+:)", r"\1", template("private", "change-of-supplier", TODAY))
ORDER: dict[str, Any] = yaml.safe_load(TEXT)


SECRET_FIELDS = ("password", "Password", "passwort", "pasword")


def use(content: bytes | str, name: str) -> Any:
    """Read and check a file; return its orders, or the error."""
    file = HOME / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    session = new_session()
    found = taken_or_refused(
        lambda: read_orders(read_text(session, str(file), "--file"), str(file)), exits=(2,)
    )
    if isinstance(found, EnergyctlError):
        assert str(file) in found.message
        return found
    assert found
    for order in found[:20]:
        for problem in validate(order, today=TODAY):
            told = UsageProblem(f"{problem.path} {problem.message} {problem.value}", hint=problem.fix)
            taken_or_refused(lambda told=told: (_ for _ in ()).throw(told))
        body = as_request(order)
        assert json.loads(json.dumps(body, allow_nan=False)) == body
        fingerprint(body)
        describe(body)
    return found


def test_the_template_is_read_whole() -> None:
    (order,) = use(TEXT, "order.yaml")
    told = [one.path for one in validate(order, today=TODAY) if one.severity == "error"]
    assert told == [
        "contract.deliveryDetails.previousSelfCancelledDate"
    ]  # which the template says is instead of


@pytest.mark.parametrize("name", SECRET_FIELDS)
@pytest.mark.parametrize("value", [SECRET, [SECRET], {SECRET: SECRET}, f"{SECRET}\n", {"a": [SECRET]}])
def test_a_password_is_never_repeated(name: str, value: Any) -> None:
    order = {**ORDER, "userAccount": {**ORDER["userAccount"], name: value}}
    (found,) = read_orders(json.dumps(order), "order.json")
    told = " ".join(f"{one.path} {one.value} {one.message} {one.fix}" for one in validate(found, today=TODAY))
    assert SECRET not in told
    assert SECRET not in str(describe(as_request(found)))


@few
@given(changed(ORDER, YAML_VALUES), st.sampled_from(ENDINGS))
def test_whatever_a_value_is_in_yaml(data: Any, name: str) -> None:
    use(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), name)


@few
@given(changed(ORDER, JSON), st.sampled_from(ENDINGS), st.booleans())
def test_whatever_a_value_is_in_json(data: Any, name: str, many: bool) -> None:
    text = json.dumps(data)
    use(f"{text}\n\n{text}" if many else text, name)


@few
@given(spliced(TEXT) | spliced(json.dumps(ORDER)), st.sampled_from(ENDINGS))
def test_whatever_is_cut_or_put_in(text: str, name: str) -> None:
    use(text, name)


@few
@given(as_bytes(TEXT) | as_bytes(json.dumps(ORDER)), st.sampled_from(ENDINGS))
def test_whatever_the_bytes_are(content: bytes, name: str) -> None:
    use(content, name)


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize(
    "text",
    [
        bomb() + "tariffKey: *a39",
        "- " * 100_000,
        "[" * 100_000,
        '{"a":' * 100_000,
        "{a: " * 50_000,
        "? " * 50_000,
        '{"tariffKey": ' + "9" * 100_000 + "}",
        "tariffKey: " + "1:" * 50_000,
        '{"' + "x" * 100_000 + '": 1}',
        "tariffKey: " + "x" * 100_000,
        "\ufeff" * 5,
    ],
    ids=lambda text: f"{text[:8]!r} {len(text)}" if len(text) > 15 else text,
)
def test_what_would_take_for_ever_is_refused_soon(text: str, name: str) -> None:
    with soon():
        use(text, name)


def test_many_orders_are_read_soon() -> None:
    with soon():
        assert len(use("\n".join([json.dumps(ORDER)] * 500), "orders.jsonl")) == 500
