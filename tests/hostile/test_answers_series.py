"""Spoiled values over time: a bad bucket is a missing row or an error, never 0 and never a traceback."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.timeoptions import carries_value
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.hostile.harness import Ended
from tests.hostile.oracle import acting
from tests.hostile.recording import COMMANDS, Exchange, recorded
from tests.hostile.replay import Replay
from tests.hostile.strategies import spoiled, spoiled_message
from tests.properties import few

#: The part of a path, and the field of the answer with its records, of each command that prints a row for a bucket.
_SERIES = {
    ("rabot", "contracts", "metrics"): ("/metrics", "value"),
    ("rabot", "contracts", "working-prices"): ("/dayaheadworkingprice", "workingPrice"),
    ("rabot", "prices"): ("/day-ahead-prices", "price"),
    ("bright", "measurements"): ("/measurements/", "kWh"),
    ("bright", "cost"): ("/cost/", "cost"),
}
_REPORTS = [words for words in COMMANDS if words[:2] in (("emulate", "consumption"), ("emulate", "savings"))]
_BUCKETS = [words for words in COMMANDS if any(words[: len(one)] == one for one in _SERIES)]
_USAGE = [words for words in COMMANDS if words[:2] == ("emporia", "usage")]
#: 6 where the answer itself says that it is a refusal.
_ENDS = (0, 6, 11)


def _facts(words: tuple[str, ...]) -> tuple[Exchange, str]:
    """Return what the command was answered, and the field of a row with its value."""
    part, value = next(fact for start, fact in _SERIES.items() if words[: len(start)] == start)
    return next(one for one in recorded()[words].exchanges if part in one.request), value


def _ran(words: tuple[str, ...], former: Exchange, body: Any, *options: str) -> Ended:
    ended = Replay(words, [(former, dataclasses.replace(former, body=body))]).run(words, *options)
    assert ended.code in _ENDS, ended.err
    return ended


def _numbers(value: Any) -> Iterator[float]:
    """Yield every number in a JSON value."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers(one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@st.composite
def bodies(draw: st.DrawFn) -> tuple[tuple[str, ...], Exchange, Any]:
    """Draw a command, its answer, and what takes that one's place."""
    words = draw(st.sampled_from(_BUCKETS))
    former, _ = _facts(words)
    return words, former, draw(spoiled(former.body))


@few
@given(bodies())
def test_a_bad_bucket_is_missing(case: tuple[tuple[str, ...], Exchange, Any]) -> None:
    words, former, body = case
    ended = _ran(words, former, body, "-o", "json")
    if ended.code == 0:
        _, value = _facts(words)
        for row in json.loads(ended.out):
            assert row["status"] in ("complete", "partial", "missing")
            told = [one for name, one in row.items() if name not in ("start", "end", "status")]
            assert row["status"] == "missing" or any(map(carries_value, told))
            assert row.get(value) is False or row.get(value) != 0 or 0 in _numbers(body)


@few
@given(bodies())
def test_a_chart_of_bad_buckets_is_drawn(case: tuple[tuple[str, ...], Exchange, Any]) -> None:
    words, former, body = case
    ended = _ran(words, former, body, "--plot", "--no-color")
    assert not acting(ended.out)
    assert not acting(ended.err)


@pytest.mark.parametrize("words", _BUCKETS, ids=" ".join)
@pytest.mark.parametrize("value", [None, "n/a", "", True, [], {}, [1], {"total": None}])
def test_what_is_no_number_is_missing(words: tuple[str, ...], value: Any) -> None:
    former, field = _facts(words)
    body = json.loads(former.content)
    records = next(_lists_with(body, field))
    whole = json.loads(_ran(words, former, body, "-o", "json").out)
    assert any(row["status"] != "missing" for row in whole)
    for one in records:
        one[field] = value
    rows = json.loads(_ran(words, former, body, "-o", "json").out)
    assert len(rows) >= len(records)
    assert {row["status"] for row in rows} == {"missing"}
    assert not [row for row in rows if row.get(field) == 0 and row.get(field) is not value]


def _lists_with(data: Any, field: str) -> Iterator[list[Any]]:
    """Yield the lists of objects that have a field."""
    if isinstance(data, list):
        if data and isinstance(data[0], dict) and field in data[0]:
            yield data
    elif isinstance(data, dict):
        for one in data.values():
            yield from _lists_with(one, field)


@pytest.mark.parametrize(
    ("value", "carries"),
    [
        (0, True), (-1.5, True), ("1.5", True), (10**400, True), ({"total": 1, "vat": None}, True),
        (None, False), (False, False), ("", False), ("NaN", False), (math.inf, False), ({}, False), ([3], False),
    ],
)  # fmt: skip
def test_a_value_is_a_number_or_holds_one(value: Any, carries: bool) -> None:
    assert carries_value(value) is carries


@few
@given(st.sampled_from(_REPORTS), st.data())
def test_a_report_is_shown_as_it_came(words: tuple[str, ...], data: st.DataObject) -> None:
    former = recorded()[words].exchanges[0]
    body = data.draw(spoiled(former.body))
    ended = _ran(words, former, body, "-o", "json")
    if ended.code == 0:
        came = {repr(one) for one in _numbers(body)}
        assert {repr(one) for one in _numbers(json.loads(ended.out))} <= came
    drawn = Replay(words, [(former, dataclasses.replace(former, body=body))]).run(
        words, "--plot", "--no-color"
    )
    assert drawn.code in (*_ENDS, 2), drawn.err
    assert not acting(drawn.out)


@few
@given(st.sampled_from(_USAGE), st.data())
def test_usage_never_invents_a_value(words: tuple[str, ...], data: st.DataObject) -> None:
    (former,) = [one for one in recorded()[words].exchanges if one.request == "GetUsageData"]
    message = data.draw(spoiled_message(pb.DeviceUsageResponse.FromString(former.content)))
    raw = base64.b64encode(message.SerializeToString()).decode()
    ended = Replay(words, [(former, dataclasses.replace(former, raw=raw))]).run(words, "-o", "json")
    assert ended.code in _ENDS, ended.err
    if ended.code != 0:
        return
    came = {
        value for device in message.device_usages for one in device.channel_usages for value in one.usages
    }
    for row in json.loads(ended.out):
        assert (row["energy_wh"] is None) == (row["status"] == "missing")
        if "--sum" not in words and row["energy_wh"] is not None:
            assert row["energy_wh"] in came
