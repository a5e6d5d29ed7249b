"""Strategies: values that are of no right type, texts with what trips parsers, and a valid thing with a few changes."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from hypothesis import strategies as st

#: What a terminal acts on, what ends a text early, what is no character at all, what looks like another thing.
ODD_TEXTS = st.sampled_from(
    [
        "", " ", "\x1b[2J", "\x1b]0;x\x07", "\0", "a\0b", "\r\n", "\t", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff",
        "\ud800", "../..", "~nobody-here/x", "~", "/", "-", "--", "-1", "$(id)", "%s", "{0}", "{", "*", "&a", "!x",
        "<<", "null", "NaN", "1e999", "0x" + "f" * 500, "9" * 400, "1:" * 200 + "1", "²", "\uff11\uff12", "x" * 5000,
        "2026-03-29", "2026-99-99", "file:", "file:\0", "file:/", "file:~nobody-here", "env:", "env:\0", "command:",
        "command:'", "keyring", "https://", "https://[", "http://h:99999", "https://a@b", "//x", "GET /a/{b}", "GET",
    ]
)  # fmt: skip
TEXTS = ODD_TEXTS | st.text(max_size=12)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 2**63, 10**30, -(10**30), 1e308])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
#: And what only YAML has.
YAML_VALUES = st.recursive(
    SCALARS
    | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
    | st.datetimes()
    | st.binary(max_size=4)
    | st.sets(st.integers(), max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS | NUMBERS | st.dates() | st.none() | st.booleans(), inner, max_size=3)
    ),
    max_leaves=6,
)
#: What means something to a reader of YAML or JSON, to be put anywhere in a text.
PIECES = st.sampled_from(
    [
        "{", "}", "[", "]", ":", ": ", ",", "- ", "\n", "  ", "'", '"', "#", "&a ", "*a", "!x ", "!!binary x", "---\n",
        "!!python/object/apply:os.system [id]", "!!int ''", "!!timestamp x", "!!bool x", "!!float ''", "!!set {a}",
        "%TAG ! tag:x,2002:\n", "...\n", "|", ">", "? ", "@", "`", "\t", "\r", "\0", "\x1b", "\x85", "\ufeff", "\u2028",
        "<<: *a", "<<: [*a, *a]", "&a [*a]", "&a {<<: *a}", "\\", '"\\ud800"', '"\\0"', "NaN", ".inf", "1e999",
        "0x" + "f" * 5000, "9" * 5000, "1:" * 400 + "1", "2026-99-99", "2026-01-01 00:00:00 +99:99", "[" * 200,
        "{a: " * 200, "- " * 200, "null", "~", "yes", "=",
    ]
)  # fmt: skip


def places(node: Any) -> list[tuple[Any, Any]]:
    """All places of a structure: who holds them, and under which key."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    found = [(node, key) for key in keys]
    for key in keys:
        found += places(node[key])
    return found


@st.composite
def changed(draw: Any, whole: Any, junk: st.SearchStrategy[Any], most: int = 4) -> Any:
    """A structure of which a few parts are gone, of another type, or under another name."""
    made = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, most))):
        everywhere = places(made)
        if not everywhere:
            return copy.deepcopy(draw(junk))
        holder, key = everywhere[draw(st.integers(0, len(everywhere) - 1))]
        how = draw(st.sampled_from(["gone", "other", "renamed", "copied"]))
        if how == "gone":
            holder.pop(key)
        elif how == "other" or isinstance(holder, list):
            holder[key] = copy.deepcopy(draw(junk))  # a sampled one is shared, and could end up within itself
        elif how == "renamed":
            holder[draw(TEXTS)] = holder.pop(key)
        else:
            holder[draw(st.sampled_from(list(holder)))] = copy.deepcopy(holder[key])
    return made


@st.composite
def spliced(draw: Any, text: str, most: int = 3) -> str:
    """A text of which pieces are cut out, doubled, or replaced by something that means something."""
    for _ in range(draw(st.integers(1, most))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(len(text), begin + 60)))
        filling = draw(PIECES | st.just("") | st.just(text[begin:end] * 2) | st.text(max_size=5))
        text = text[:begin] + filling + text[end:]
    return text


@st.composite
def as_bytes(draw: Any, text: str) -> bytes:
    """The bytes of a text in an encoding that may be another, with a few of them wrong."""
    code = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"]))
    raw = bytearray(text.encode(code, "replace"))
    for _ in range(draw(st.integers(0, 3))):
        if raw:
            raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw)


def bomb(name: str = "a", *, merge: bool = False, levels: int = 40) -> str:
    """A few lines of YAML that stand for 2 to the power of so many values."""
    lines = [f"{name}0: &{name}0 {{k: 1}}" if merge else f"{name}0: &{name}0 [x, x]"]
    for level in range(1, levels):
        before = f"*{name}{level - 1}"
        both = f"{{<<: [{before}, {before}], k{level}: 1}}" if merge else f"[{before}, {before}]"
        lines.append(f"{name}{level}: &{name}{level} {both}")
    return "\n".join(lines) + "\n"
