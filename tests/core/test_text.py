"""Text from elsewhere: harmless to a terminal, measured as a terminal does, cut with a sign."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.text import display_width, fit, harmless, json_harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Straße 東京", "plain Straße 東京"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("a\u200cb\u200d", "a\\u200cb\\u200d"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\U0001f468\u200d\U0001f469 \U0001f468\u200d", "\U0001f468\u200d\U0001f469 \U0001f468\\u200d"),
    ],
)
def test_what_could_act_is_shown_as_what_it_is(text: str, shown: str) -> None:
    assert harmless(text) == shown
    if not set(text) & set("\t\n\r\x1b\ud800"):  # which json escapes in its own way
        document = json.dumps(text, ensure_ascii=False)
        assert harmless(json_harmless(document)) == json_harmless(document)


@given(st.text(alphabet=st.characters()))
def test_nothing_that_acts_is_left(text: str) -> None:
    shown = harmless(text)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert harmless(shown) == shown


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_a_json_document_keeps_its_value(value: object) -> None:
    document = json_harmless(json.dumps(value, ensure_ascii=False))
    assert json.loads(document) == value
    assert len(document.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("東京", 4), ("e\u0301", 1), ("\uff21", 2), ("ä", 1)]
)
def test_width_is_counted_in_columns(text: str, width: int) -> None:
    assert display_width(text) == width


@given(st.text(alphabet="aä東\u0301"), st.integers(min_value=1, max_value=12))
def test_a_text_fits(text: str, width: int) -> None:
    shown = fit(text, width)
    assert display_width(shown) <= width
    assert shown == text or shown.endswith("…")
