"""What a user hands in: ids from anywhere, JSON and YAML, and mistakes that name their source."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import expanded, read_assignment, read_body, read_data, read_ids, read_text
from energyctl.core.session import Session


def _session(given: str = "") -> Session:
    return Session(stdin=io.StringIO(given), stdout=io.StringIO(), stderr=io.StringIO(), env={})


def test_ids_come_from_arguments_standard_input_and_files_each_once(tmp_path: Path) -> None:
    file = tmp_path / "ids"
    file.write_text("\ufeff# a comment\r\nc\r\n\r\n  a  \nd", encoding="utf-8")
    assert read_ids(_session("b\nc\n"), ["a", "-"], str(file)) == ["a", "b", "c", "d"]
    assert read_ids(_session(), []) == []


def test_a_name_that_begins_like_a_comment_can_be_an_argument() -> None:
    assert read_ids(_session("#4 Lamp\n  # a comment\nb\n"), ["#3 Lamp", "-"]) == ["#3 Lamp", "b"]


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_argument_is_no_id(empty: str) -> None:
    with pytest.raises(UsageProblem, match="An argument is empty"):
        read_ids(_session(), ["a", empty])


@pytest.mark.parametrize(
    "line",
    ["tab\there", "esc\x1b[2J", "nul\x00", "form\x0cfeed", "unit\x1fmark", "next\x85line", "line\u2028mark"],
)
def test_what_is_not_one_id_is_named_with_its_line(line: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        read_ids(_session(f"ok\n{line}\n"), ["-"])
    assert "Line 2 of standard input" in refused.value.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1.0, "b": "01069"}', {"a": 1.0, "b": "01069"}),
        ("a: x\nb: '01069'", {"a": "x", "b": "01069"}),
        (
            "when: 2026-03-29\nat: 2026-03-29T02:00:00Z",
            {"when": "2026-03-29", "at": "2026-03-29T02:00:00+00:00"},
        ),
        ("2026-03-29: x\n1: y", {"2026-03-29": "x", "1": "y"}),
        ("- 1\n- null", [1, None]),
        ("\ufeff{}", {}),
        ("", None),
    ],
)
def test_data_is_json_or_yaml(tmp_path: Path, text: str, value: Any) -> None:
    file = tmp_path / "data"
    file.write_text(text, encoding="utf-8")
    assert read_data(_session(), str(file), "--input") == value
    assert read_data(_session(text), "-", "--input") == value


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "a: [",
        "a: 1\n---\nb: 2",
        "!!python/object:os.system x",
        "? [a]\n: b",
        "\x00",
        "a: !!binary aGk=",
        "{a: 1, a: 2}",
    ],
)
def test_data_that_is_neither_names_the_option_and_the_file(text: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        read_data(_session(text), "-", "--input")
    assert "--input -" in refused.value.message


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"M\xe4rz")
    for source, said in (
        (tmp_path / "nowhere", "No such file"),
        (tmp_path, "directory"),
        (tmp_path / "latin", "UTF-8"),
    ):
        with pytest.raises(UsageProblem) as refused:
            read_text(_session(), str(source), "-f")
        assert said in refused.value.message
        assert str(source) in refused.value.message


@pytest.mark.parametrize("text", ["[" * 100_000, '["\\ud800"]', "NaN", "1e999", "[", "9" * 5000])
def test_a_body_that_cannot_be_sent_is_refused(text: str) -> None:
    for read in (lambda: read_body(_session(), text), lambda: read_assignment(f"a:={text}", "--field ")):
        with pytest.raises(UsageProblem):
            read()


def test_a_file_without_end_is_refused() -> None:
    for text in ("[" * 100_000, '["\\ud800"]', "[NaN]", "[1e999]", "- " * 100_000):
        with pytest.raises(UsageProblem, match="--input -"):
            read_data(_session(text), "-", "--input")


def test_a_home_that_nobody_has_is_only_a_name() -> None:
    assert expanded("~nobody-here/x") == Path("~nobody-here/x")
    with pytest.raises(UsageProblem, match="No such file"):
        read_text(_session(), "~nobody-here/x", "--ids-file")
    with pytest.raises(UsageProblem, match="NUL"):
        read_text(_session(), "a\0b", "--ids-file")
