"""YAML from outside: the place of what is wrong, and what is never built because it would be too much."""

from __future__ import annotations

from typing import Any

import pytest

from energyctl.core.yamltext import YamlProblem, load_yaml

MOST = 1000


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "stands in line 1 already"),
        ("w: {confirm: bulk,\n  confirm: never}", 2, "stands in line 1 already"),
        ("a: &x 1\nb: *y\n", 2, "alias"),
        ("a: &x [1,\n *x]", 2, "stands in what it names"),
        ("a: !!python/object/apply:os.system [id]", 1, "tag"),
        ("a: !hush-hush x", 1, "tag"),
        ("a: *hush-hush", 1, "alias"),
        ("a: !!timestamp x", None, "not of the form"),
        ("a: !!int ''", None, "not of the form"),
        ("a: 2026-99-99", None, "not of the form"),
        ("a: 1\n---\nb: 1", 2, "second document"),
        ("a: [", 2, "expected"),
        ("a: \x00", None, "unprintable"),
        ("\n" + "- " * 102, 2, "deeper than 100"),
        ("[" * 100_000, 1, "deeper than 100"),
        ("a: 0x" + "f" * 5000, 1, "5,002 characters"),
        ("a: " + "1:" * 5000 + "1", 1, "10,001 characters"),
        ("a: [" + "x, " * MOST + "]", 1, "more than 1,000 values"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
            9,
            "aliases",
        ),
        (
            "a0: &a0 {k: 1}\n"
            + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40)),
            8,
            "al",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int | None, said: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        load_yaml(text, most_values=MOST)
    assert said in caught.value.what
    assert caught.value.line == line
    assert "hush" not in caught.value.what


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: &m {x: 1}\nb: {<<: *m, y: 2}\n", {"a": {"x": 1}, "b": {"x": 1, "y": 2}}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("? {a: 1}\n: [x]", "unhashable"),
        ("a: '" + "9" * 5000 + "'", {"a": "9" * 5000}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("a: !!str 1\nb: 2", {"a": "1", "b": 2}),
    ],
)
def test_what_is_right_is_taken(text: str, value: Any) -> None:
    if value == "unhashable":
        with pytest.raises(YamlProblem):
            load_yaml(text, most_values=MOST)
    else:
        assert load_yaml(text, most_values=MOST)[0] == value


def test_where_names_stand() -> None:
    _, outline = load_yaml("a:\n  b: 1\nc: &x\n  d: 1\ne: *x\n", most_values=MOST)
    assert {name: one.line for name, one in outline.inner.items()} == {"a": 1, "c": 3, "e": 5}
    assert outline.inner["a"].inner["b"].line == 2
    assert outline.inner["e"].inner["d"].line == 4
