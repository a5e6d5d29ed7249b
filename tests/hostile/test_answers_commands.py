"""Spoiled answers through whole commands: from the wire to stdout, stderr and the exit code."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.session import OUTPUT_FORMATS
from energyctl.providers.emporia.client import METHODS
from tests.hostile.oracle import acting
from tests.hostile.recording import COMMANDS, Exchange, recorded
from tests.hostile.replay import Replay
from tests.hostile.strategies import simple, spoiled, spoiled_message

#: 1 is a bug, and 13 what only a config file can do. 4 and 5 are said of tokens, 9 of writes.
_CODES = {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
_STATUSES = (200, 204, 302, 400, 401, 403, 404, 405, 409, 418, 429, 500, 501, 503)


def _is_sign_in(one: Exchange) -> bool:
    return one.request in ("POST /connect/token", "Authenticate")


#: A command, and pairs of an answer and of what takes its place.
Run = tuple[tuple[str, ...], list[tuple[Exchange, Exchange]]]


@st.composite
def spoiled_exchanges(draw: st.DrawFn, exchange: Exchange) -> Exchange:
    """Draw another answer in the place of one: its value spoiled, or no such value at all."""
    if exchange.raw is not None:
        if exchange.request not in METHODS:
            return dataclasses.replace(exchange, raw=base64.b64encode(draw(st.binary(max_size=50))).decode())
        message = METHODS[exchange.request][1].FromString(exchange.content)
        raw = draw(spoiled_message(message)).SerializeToString()
        return dataclasses.replace(exchange, raw=base64.b64encode(raw).decode())
    how = draw(st.integers(0, 9))
    if how == 0:
        return dataclasses.replace(exchange, body=draw(simple), status=draw(st.sampled_from(_STATUSES)))
    if how == 1:
        named = st.sampled_from(
            ("message", "detail", "title", "error", "errors", "error_description", "code", "data")
        )
        body = draw(
            st.dictionaries(named, simple | st.lists(st.dictionaries(named, simple, max_size=2), max_size=2))
        )
        return dataclasses.replace(exchange, body=body, status=draw(st.sampled_from(_STATUSES)))
    if how == 2:
        cut = exchange.content[: draw(st.integers(0, len(exchange.content)))]
        return dataclasses.replace(exchange, raw=base64.b64encode(cut).decode())
    return dataclasses.replace(exchange, body=draw(spoiled(exchange.body)))


@st.composite
def runs(draw: st.DrawFn, commands: Sequence[tuple[str, ...]] = COMMANDS) -> Run:
    """Draw a command and the answers that take the place of others."""
    words = draw(st.sampled_from([one for one in commands if recorded()[one].exchanges]))
    known = [one for one in recorded()[words].exchanges if not _is_sign_in(one)]
    chosen = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique_by=id))
    return words, [(one, draw(spoiled_exchanges(one))) for one in chosen]


@given(runs(), st.sampled_from(OUTPUT_FORMATS), st.booleans(), st.booleans())
def test_no_answer_is_a_bug(run: Run, wish: str, verbose: bool, redact: bool) -> None:
    check(run, wish, verbose, redact)


def check(run: Run, wish: str, verbose: bool, redact: bool) -> None:
    """Run a command with these answers and check all that it says."""
    words, instead = run
    more = (*(("-v",) if verbose else ()), *(("--redact",) if redact else ()))
    ended = Replay(words, instead).run(words, "-o", wish, "--no-color", *more, terminal=wish == "table")
    assert ended.code in _CODES, ended.err
    assert not acting(ended.out, but="\n\t" if wish == "tsv" else "\n")
    assert not acting(ended.err)
    if wish in ("json", "jsonl") and ended.error is not None:
        assert json.loads(ended.err.splitlines()[-1])["error"]["exit_code"] == ended.code
    if wish == "json" and ended.code == 0 and words[2:3] != ("url",):
        json.loads(ended.out)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_recorded_answers_are_understood(words: tuple[str, ...]) -> None:
    ended = Replay(words).run(words, "-o", "json")
    assert ended.code == (6 if "openid" in words else 0), ended.err
    assert json.loads(ended.out) or "utility-connects" in words
