"""Bodies, changes and lists of ids from arguments, files and standard input: taken whole, or refused by name."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.commands.rest.call import _given
from energyctl.core import inputs
from energyctl.core.errors import EnergyctlError
from energyctl.core.inputs import expanded, read_assignment, read_body, read_data, read_ids, read_text
from energyctl.providers.emporia.client import METHODS
from energyctl.providers.emporia.commands.call import _message, _skeleton
from tests.hostile_inputs.mutations import JSON, PIECES, TEXTS, YAML_VALUES, as_bytes, bomb, changed, spliced
from tests.hostile_inputs.promise import HOME, new_session, soon, taken_or_refused
from tests.properties import few

FILE = HOME / "data.yaml"
BODY = {"mode": "charge", "schedule": {"weekdays": [{"from": "07:00", "soc": 80}]}, "on": True, "at": None}


def read(content: bytes | str) -> Any:
    """What a file of this content holds, or the error."""
    FILE.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    found = taken_or_refused(lambda: read_data(new_session(), str(FILE), "--data"), exits=(2,))
    if isinstance(found, EnergyctlError):
        assert str(FILE) in found.message
    else:
        assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


@few
@given(JSON)
def test_json_is_taken_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    if any(word in text for word in ("NaN", "Infinity", "\\ud")) or len(text) > 300:
        read(text)
    else:
        assert read(text) == value


@few
@given(changed(BODY, YAML_VALUES))
def test_yaml_becomes_what_json_can_carry(data: Any) -> None:
    read(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


@few
@given(spliced(yaml.safe_dump(BODY)) | spliced(json.dumps(BODY)) | st.lists(PIECES, max_size=8).map("".join))
def test_whatever_is_cut_or_put_in(text: str) -> None:
    read(text)
    taken_or_refused(lambda: read_body(new_session(), text), exits=(2,), given=text)


@few
@given(as_bytes(yaml.safe_dump(BODY)))
def test_whatever_the_bytes_are(content: bytes) -> None:
    read(content)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        "- " * 100_000,
        bomb() + "all: *a39",
        bomb(merge=True) + "all: *a39",
        "a: 0x" + "f" * 100_000,
        "[" + "9" * 100_000 + "]",
        "a: " + "1:" * 50_000 + "1",
        "? " * 50_000,
    ],
    ids=lambda text: f"{text[:8]!r} {len(text)}",
)
def test_what_would_take_for_ever_is_refused_soon(text: str) -> None:
    with soon():
        assert isinstance(read(text), EnergyctlError)
        assert isinstance(
            taken_or_refused(lambda: read_body(new_session(), text), exits=(2,)), EnergyctlError
        )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-01: 1", {"2026-01-01": 1}),
        ("1: a\nnull: b\nfalse: c\n1.5: d", {"1": "a", "null": "b", "false": "c", "1.5": "d"}),
        ("a: 2026-03-29", {"a": "2026-03-29"}),
        ("a: &x {b: 1}\nc: {<<: *x}", {"a": {"b": 1}, "c": {"b": 1}}),
    ],
)
def test_what_only_yaml_has_is_written_as_json_does(text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text", ["!!binary aGk=", "a: !!set {x}", "{a: 1, a: 2}", "a: .nan", "a: [*a]", '["\\ud800"]']
)
def test_what_json_cannot_carry_is_refused(text: str) -> None:
    assert isinstance(read(text), EnergyctlError)


REQUESTS = [request for request, _ in METHODS.values()]


@few
@given(st.data())
def test_messages_of_the_wire(data: st.DataObject) -> None:
    request = data.draw(st.sampled_from(REQUESTS))
    body = data.draw(changed(_skeleton(request.DESCRIPTOR), JSON) | JSON)
    found = taken_or_refused(lambda: _message(new_session(), request, json.dumps(body)), exits=(2,))
    assert isinstance(found, request | EnergyctlError)


def test_a_name_without_end_makes_no_message_without_end() -> None:
    found = taken_or_refused(
        lambda: _message(new_session(), REQUESTS[0], json.dumps({"x" * 10_000: 1})), exits=(2,)
    )
    assert isinstance(found, EnergyctlError)


# -- ids ---------------------------------------------------------------------------------------------------------


@few
@given(
    as_bytes("a-1\r\n# note\n\n b \nd;e")
    | st.lists(TEXTS, max_size=6).map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))
)
def test_ids_are_one_a_line_and_the_same_from_everywhere(content: bytes) -> None:
    FILE.write_bytes(content)
    found = taken_or_refused(lambda: read_ids(new_session(), [], str(FILE)), exits=(2,))
    if isinstance(found, EnergyctlError):
        assert str(FILE) in found.message
        return
    text = content.decode("utf-8-sig")
    assert found == read_ids(new_session(given=text), ["-"])
    assert len(set(found)) == len(found)
    for one in found:
        assert one == one.strip()
        assert one.isprintable()
        assert one in text
    if "-" not in found:  # which stands for standard input among the arguments
        assert read_ids(new_session(), found) == found


@pytest.mark.parametrize(
    "mark", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\0", "\ufeff"]
)
def test_one_id_never_becomes_two(mark: str) -> None:
    found = taken_or_refused(lambda: read_ids(new_session(given=f"ok\nde{mark}vice\n"), ["-"]), exits=(2,))
    assert "Line 2 of standard input" in found.message


def test_very_many_ids_are_read_soon() -> None:
    FILE.write_text("".join(f"id-{number}\r\n" for number in range(200_000)))
    with soon():
        assert len(read_ids(new_session(), [], str(FILE))) == 200_000


# -- what is no plain file -----------------------------------------------------------------------------------------


def test_other_things_in_the_place_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(inputs, "LARGEST_INPUT", 1024 * 1024)
    (tmp_path / "link").symlink_to(tmp_path / "link")
    (tmp_path / "large").write_bytes(b"a" * (1024 * 1024 + 1))
    for name, said in (
        ("/dev/zero", "more than 1 MB"),
        (str(tmp_path / "large"), "more than 1 MB"),
        (str(tmp_path / "link"), "links"),
        (str(tmp_path), "directory"),
        ("~nobody-here/x", "No such file"),
        ("a\0b", "NUL"),
        ("x" * 300, "too long"),
    ):
        found = taken_or_refused(lambda name=name: read_text(new_session(), name, "--data"), exits=(2,))
        assert said in found.message
    endless = new_session(given="a" * (1024 * 1024 + 1))
    assert "more than 1 MB" in taken_or_refused(lambda: read_text(endless, "-", "--data"), exits=(2,)).message
    assert expanded("~nobody-here/x") == Path("~nobody-here/x")
    assert read_text(new_session(), "/dev/null", "--data") == ""


def test_a_pipe_is_read_to_its_end() -> None:
    reads, writes = os.pipe()
    os.write(writes, b"a\nb")
    os.close(writes)
    assert read_ids(new_session(), [], f"/dev/fd/{reads}") == ["a", "b"]
    os.close(reads)


def test_bytes_that_were_kept_as_half_characters_are_named() -> None:
    session = new_session()
    session.stdin = io.StringIO(b"ok \xff".decode("utf-8", "surrogateescape"))
    found = taken_or_refused(lambda: read_text(session, "-", "--data"), exits=(2,))
    assert "not UTF-8 (byte 3)" in found.message


# -- arguments that assign -------------------------------------------------------------------------------------------


@few
@given(
    st.lists(TEXTS, min_size=1, max_size=3).map("=".join)
    | st.tuples(TEXTS, JSON).map(lambda one: f"{one[0]}:={json.dumps(one[1])}")
)
def test_assignments(text: str) -> None:
    for read_one in (lambda: read_assignment(text, "--field "), lambda: _given([text, text])):
        taken_or_refused(read_one, exits=(2,), given=text)


def test_an_assignment_without_end_is_refused() -> None:
    for value in ("[" * 100_000, "9" * 100_000, "NaN", "1e999"):
        text = f"a:={value}"
        found = taken_or_refused(lambda text=text: read_assignment(text, ""), exits=(2,), given=text)
        assert isinstance(found, EnergyctlError)
