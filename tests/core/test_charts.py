"""That a chart shows what the values say, on any terminal and with any data."""

from __future__ import annotations

import builtins
import math
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import plotext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.charts import Kind, bar_or_line, minmax_line
from energyctl.core.errors import UsageProblem

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = datetime(2026, 3, 27, 23, tzinfo=UTC)  # 2026-03-28 00:00 in Berlin, a day of 24 hours
BLOCKS = "▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"


def series(
    count: int, minutes: float = 15, value: Callable[[int], float | None] = float, start: datetime = MIDNIGHT
) -> list[tuple[datetime, float | None]]:
    return [(start + timedelta(minutes=minutes * index), value(index)) for index in range(count)]


def chart(
    values: list[tuple[datetime, float | None]],
    *,
    width: int = 80,
    height: int = 20,
    zone: tzinfo = BERLIN,
    color: bool = False,
    kind: Kind = "bar",
    unicode: bool = True,
    title: str = "Price",
) -> str:
    return bar_or_line(
        values,
        title=title,
        unit="ct/kWh",
        width=width,
        height=height,
        zone=zone,
        color=color,
        kind=kind,
        unicode=unicode,
    )


def columns(text: str) -> list[int]:
    """Return how many characters are filled in each column of the canvas."""
    rows = [re.split("[│┤|]", line, maxsplit=1)[1] for line in text.splitlines() if re.search("[│┤|]", line)]
    width = max(len(row) for row in rows)
    return [sum(row.ljust(width)[column] in BLOCKS + "#*" for row in rows) for column in range(width)]


def test_a_day_of_prices_as_it_is_printed() -> None:
    text = chart(series(8, 180, lambda index: [10, 5, 0, -5, None, 20, 15, 10][index]), width=42, height=11)
    assert text.splitlines() == [
        "Price (ct/kWh)",
        "20┤                        ████",
        "  │                        ████ ████",
        "  │▄▄▄▖                    ████ ████ ▄▄▄▄",
        "  │███▌▗▄▄▄▖               ████ ████ ████",
        "  │███▌▐███▌               ████ ████ ████",
        " 0┤▀▀▀▘▝▀▀▀▘▝▀▀▀▘▐███▌     ▀▀▀▀ ▀▀▀▀ ▀▀▀▀",
        "  │              ▐███▌",
        "  └┬─────────┬────────┬─────────┬─────────",
        "   00:00   06:00    12:00     18:00",
        "1 of 8 values missing",
    ]


@pytest.mark.parametrize("kind", ["bar", "line"])
@pytest.mark.parametrize(("width", "height"), [(80, 20), (40, 12), (20, 6), (200, 50)])
@pytest.mark.parametrize("count", [1, 2, 96, 10_000])
def test_a_chart_fits_its_terminal(kind: Kind, width: int, height: int, count: int) -> None:
    lines = chart(
        series(count, value=lambda index: 20 + 15 * math.sin(index / 9)),
        width=width,
        height=height,
        kind=kind,
    ).split("\n")
    assert max(len(line) for line in lines) <= width
    assert len(lines) <= height or (width, height) == (20, 6)
    assert lines[0] == "Price (ct/kWh)"
    assert any(set(line) & set(BLOCKS) for line in lines)


def test_the_terminal_of_the_moment_does_not_limit_the_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((30, 10)))
    text = chart(series(96), width=100, height=30)
    assert len(text.split("\n")) == 30
    assert max(len(line) for line in text.split("\n")) == 100


def test_every_value_has_its_place_when_there_is_room() -> None:
    high = chart(series(96, value=lambda index: 10.0 if index == 50 else 1.0))
    assert "mean of" not in high
    assert columns(high).count(max(columns(high))) in (1, 2)


def test_too_many_values_are_averaged_and_it_says_so() -> None:
    text = chart(series(10_000, value=lambda index: 5 + 5 * (index % 2)), width=40, height=12)
    assert "each column is the mean of up to" in text
    assert len(set(columns(text))) == 1


def test_missing_values_are_gaps_and_are_counted() -> None:
    text = chart(series(96, value=lambda index: None if index in (40, 41, 42, 43) else 5.0))
    assert text.endswith("\n4 of 96 values missing")
    filled = columns(text)
    assert [column for column, rows in enumerate(filled) if rows == 0] == [33, 34]


def test_not_a_number_is_missing_too() -> None:
    assert "3 of 4 values missing" in chart(
        series(4, value=lambda index: [math.nan, math.inf, -math.inf, 1.0][index])
    )


def test_zero_is_drawn_and_missing_is_not() -> None:
    zero = chart(series(4, value=lambda index: [5.0, 0.0, None, 5.0][index]), width=42)
    filled = columns(zero)
    assert filled[12] == 1
    assert filled[25] == 0


def test_a_hole_in_the_times_stays_empty() -> None:
    values = [point for index, point in enumerate(series(24, 60, lambda _: 5.0)) if not 8 <= index < 16]
    filled = columns(chart(values))
    third = len(filled) // 3
    assert not any(filled[third + 2 : 2 * third - 2])
    assert "missing" not in chart(values)


def test_negative_values_hang_below_zero() -> None:
    text = chart(series(4, 360, lambda index: [10.0, -10.0, 10.0, -10.0][index]), height=13)
    lines = text.splitlines()
    zero = next(index for index, line in enumerate(lines) if line.strip().startswith("0┤"))
    assert "█" in lines[zero - 1][5:15]
    assert "█" not in lines[zero + 1][5:15]
    assert "█" not in lines[zero - 1][25:35]
    assert "█" in lines[zero + 1][25:35]


def test_a_line_is_broken_where_values_are_missing() -> None:
    whole = columns(chart(series(48, 30, lambda index: index % 7), kind="line"))
    broken = columns(
        chart(series(48, 30, lambda index: None if 20 <= index < 28 else index % 7), kind="line")
    )
    assert 0 not in whole[1:-1]
    assert broken.count(0) >= 10


def test_a_line_of_means_is_broken_too() -> None:
    broken = columns(chart(series(2000, value=lambda i: None if 800 <= i < 1200 else 5.0), kind="line"))
    assert broken.count(0) >= 14


def test_a_line_of_few_values_joins_them() -> None:
    assert 0 not in columns(chart(series(3, 60, lambda index: index * 10.0), kind="line"))[20:60]


@pytest.mark.parametrize(
    ("count", "minutes", "present", "absent"),
    [
        (96, 15, ["00:00", "06:00", "12:00"], ["03-28"]),
        (192, 15, ["00:00", "12:00"], ["03-28"]),
        (7, 24 * 60, ["03-28", "04-02"], [":"]),
        (90, 24 * 60, ["03-30", "04-13"], [":"]),
        (400, 24 * 60, ["2026-04", "2026-07"], [":"]),
        (30, 365 * 24 * 60, ["2030", "2050"], [":", "-0"]),
        (4, 1, ["00:00", "00:03"], []),
    ],
)
def test_the_time_axis(count: int, minutes: int, present: list[str], absent: list[str]) -> None:
    axis = chart(series(count, minutes)).splitlines()
    labels = next(line for index, line in enumerate(axis) if axis[index - 1].strip().startswith("└"))
    assert all(text in labels for text in present)
    assert not any(text in labels for text in absent)


@pytest.mark.parametrize(
    ("start", "count", "labels", "hours"),
    [
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 23, ["00:00", "04:00", "06:00", "08:00"], [3, 2, 2]),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), 25, ["00:00", "03:00", "06:00", "09:00"], [4, 3, 3]),
    ],
)
def test_the_clock_on_the_axis_follows_a_clock_change(
    start: datetime, count: int, labels: list[str], hours: list[int]
) -> None:
    axis, texts = chart(series(count, 60, start=start)).splitlines()[-2:]
    assert texts.split()[:4] == labels
    ticks = [match.start() for match in re.finditer("┬", axis)][:4]
    distances = [later - earlier for earlier, later in pairwise(ticks)]
    assert distances == pytest.approx([length * 77 / count for length in hours], abs=1)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe"])
def test_half_hour_zones_have_full_hours_on_the_axis(zone: str) -> None:
    axis = chart(series(96), zone=ZoneInfo(zone)).splitlines()[-1]
    assert all(label.endswith(":00") for label in axis.split())


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_without_unicode_there_is_only_ascii(kind: Kind) -> None:
    text = chart(
        series(96, value=lambda index: None if index == 3 else index - 40),
        unicode=False,
        kind=kind,
        title="Größe €",
    )
    assert text.isascii()
    assert text.startswith("Gr??e EUR (ct/kWh)")
    assert ("#" if kind == "bar" else "*") in text


def test_colour_only_when_asked_for() -> None:
    values = series(96, value=lambda index: index - 40)
    plain, coloured = chart(values), chart(values, color=True)
    assert "\x1b" not in plain
    assert "\x1b[38;5;" in coloured
    bare = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert bare == plain.splitlines()


def test_control_characters_of_a_title_do_no_harm() -> None:
    text = chart(series(4), title="\x1b]0;owned\x07\nPrice")
    assert text.splitlines()[0] == " ]0;owned  Price (ct/kWh)"


def test_a_long_title_keeps_its_unit() -> None:
    assert (
        chart(series(4), width=20, title="A title that is too long").splitlines()[0] == "A title th… (ct/kWh)"
    )


def test_one_chart_leaves_nothing_to_the_next() -> None:
    alone = chart(series(96))
    chart(series(7, 1440, lambda index: -index), color=True, kind="line", title="Other")
    assert chart(series(96)) == alone
    assert not set(plotext.figure.build().string(colorless=True)) & set(BLOCKS)


@pytest.mark.parametrize("kind", ["bar", "line"])
@pytest.mark.parametrize(
    "values",
    [
        [],
        series(3, value=lambda _: None),
        series(3, value=lambda _: math.nan),
    ],
)
def test_nothing_to_draw(values: list[tuple[datetime, float | None]], kind: Kind) -> None:
    assert "no values to draw" in chart(values, kind=kind)
    assert minmax_line(values, unit="Wh", zone=BERLIN) == "no values"


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0, 1e-30, 1e99, -1e99, 5e-324])
@pytest.mark.parametrize("kind", ["bar", "line"])
def test_constant_values(value: float, kind: Kind) -> None:
    filled = columns(chart(series(48, 30, lambda _: value), kind=kind))
    assert len(set(filled[1:-1])) == 1
    assert filled[5] > 0


def test_a_machine_where_plotext_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> object:
        if name == "plotext":
            raise ImportError("its C++ part was not built")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageProblem, match="charts cannot be drawn") as problem:
        chart(series(4))
    assert "plotext" in str(problem.value.hint)


odd_values = st.none() | st.floats() | st.integers(-(10**6), 10**6).map(float)
odd_instants = st.datetimes(timezones=st.none() | st.just(UTC) | st.just(BERLIN)) | st.integers(0, 50).map(
    lambda minute: MIDNIGHT + timedelta(minutes=minute)
)


@given(
    st.lists(st.tuples(odd_instants, odd_values), max_size=40),
    st.integers(-5, 120),
    st.integers(-5, 40),
    st.sampled_from(["bar", "line"]),
    st.booleans(),
    st.text(max_size=30),
)
def test_odd_data_never_raises(
    values: list[tuple[datetime, float | None]],
    width: int,
    height: int,
    kind: Kind,
    unicode: bool,
    title: str,
) -> None:
    text = chart(values, width=width, height=height, kind=kind, unicode=unicode, title=title)
    assert all(len(line) <= max(width, 20) for line in text.split("\n"))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert minmax_line(values, unit="Wh", zone=BERLIN)


def test_drawing_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    chart(series(5, value=lambda _: 1e16), kind="line")
    chart(series(1), color=True)
    assert capfd.readouterr() == ("", "")


# The summary in one line


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            series(96, value=lambda index: {13: 4.1, 76: 38.2}.get(index, 17.9)),
            "lowest 4.1 ct/kWh at 03:15, highest 38.2 at 19:00, mean 18.0",
        ),
        (
            series(192, value=lambda index: {13: 4.1, 172: 38.2}.get(index, 17.9)),
            "lowest 4.1 ct/kWh at 2026-03-28 03:15, highest 38.2 at 2026-03-29 20:00, mean 17.9",
        ),
        (
            [
                (datetime(2026, 3, day, 23 if day < 29 else 22, tzinfo=UTC), day * 0.01)
                for day in range(27, 31)
            ],
            "lowest 0.270 ct/kWh on 2026-03-28, highest 0.300 on 2026-03-31, mean 0.285",
        ),
        (
            series(3, value=lambda index: [-250.0, None, 1750.0][index]),
            "lowest -250 ct/kWh at 00:00, highest 1750 at 00:30, mean 750",
        ),
        (series(4, value=lambda _: 5.0), "all 4 values are 5 ct/kWh"),
        (series(1, value=lambda _: 5.25), "one value: 5.25 ct/kWh"),
        (
            series(2, value=lambda index: [1e12, 3e12][index]),
            "lowest 1e+12 ct/kWh at 00:00, highest 3e+12 at 00:15, mean 2e+12",
        ),
    ],
)
def test_the_summary(values: list[tuple[datetime, float | None]], line: str) -> None:
    assert minmax_line(values, unit="ct/kWh", zone=BERLIN) == line


def test_the_summary_tells_a_repeated_hour_apart() -> None:
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    values = series(25, 60, lambda index: {2: 1.0, 3: 9.0}.get(index, 5.0), start)
    assert (
        minmax_line(values, unit="", zone=BERLIN)
        == "lowest 1 at 02:00 +02:00, highest 9 at 02:00 +01:00, mean 5.00"
    )
