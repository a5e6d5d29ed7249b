"""Reading OpenAPI files: what is told of broken ones, and that nothing else ever happens."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.errors import UsageProblem
from energyctl.core.openapi import checks
from energyctl.core.openapi.describing import rows_of
from energyctl.core.openapi.document import Document
from energyctl.core.openapi.matching import match
from energyctl.core.openapi.paging import paging_of
from energyctl.core.openapi.reading import document_of, read_document
from energyctl.core.session import Session
from energyctl.providers.emulate.operations import OPERATIONS
from energyctl.sandbox.emulate import openapi, table
from tests.properties import examples

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"


def parameter(schema: str, more: str = "", version: str = "3.1.0") -> str:
    """A file with one parameter of a schema."""
    return (
        f"openapi: {version}\npaths:\n  /x:\n    get:\n      parameters:\n"
        f"        - {{name: a, in: query, schema: {schema}}}\n{more}"
    )


def schemas(text: str) -> str:
    return f"components: {{schemas: {text}}}\n"


def refused(text: str, source: str = "api.yaml") -> UsageProblem:
    with pytest.raises(UsageProblem) as caught:
        document_of(text, source)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("", "spec_invalid", "empty"),
        ("a: [", "spec_invalid", "line 2, column 1: not YAML"),
        ("a: 1\nb: {c: 2\n", "spec_invalid", "line"),
        ("- 1\n- 2\n", "spec_invalid", "a list"),
        ("just words", "spec_invalid", "a text"),
        ("a: 1\n---\nb: 2\n", "spec_invalid", "second document"),
        ("a: !!python/object:os.system x\n", "spec_invalid", "api.yaml"),
        ("a: !secret x\n", "spec_invalid", "tag"),
        ("a: *nothing\n", "spec_invalid", "nothing"),
        ("a: &a [*a]\n", "spec_invalid", "holds itself"),
        ("{a: b}: 1\n", "spec_invalid", "a name is expected"),
        ("a: 1\nb: 2\na: 3\nb: 4\n", "spec_invalid", "'a' in line 3 (first in line 1), 'b' in line 4"),
        ("a: \x01\n", "spec_invalid", "unprintable"),
        ("swagger: '2.0'\npaths: {}\n", "spec_version", "Swagger 2.0"),
        ("openapi: 3.2.0\npaths: {}\n", "spec_version", "3.2.0"),
        ("openapi: 4\n", "spec_version", "version 4"),
        ("title: x\n", "spec_invalid", "#/openapi"),
        ("openapi: 3.1.0\n", "spec_invalid", "#/paths"),
        ("openapi: 3.1.0\npaths: [1]\n", "spec_invalid", "#/paths: a list"),
        ("openapi: 3.1.0\npaths: {}\n", "spec_invalid", "no operation"),
        ("openapi: 3.1.0\npaths: {x: {}}\n", "spec_invalid", "#/paths/x: a path begins with /"),
        ("openapi: 3.1.0\npaths: {//evil.example/x: {}}\n", "spec_invalid", "not a plain path"),
        ("openapi: 3.1.0\npaths: {/x/../y: {}}\n", "spec_invalid", "not a plain path"),
        ("openapi: 3.1.0\npaths: {/x: {get: 5}}\n", "spec_invalid", "#/paths/~1x/get"),
        ("openapi: 3.1.0\npaths: {/x: {get: {parameters: {}}}}\n", "spec_invalid", "parameters: an object"),
        (
            "openapi: 3.1.0\npaths: {/x: {get: {parameters: [{in: query}]}}}\n",
            "spec_invalid",
            "#/paths/~1x/get/parameters/0/name: is missing",
        ),
        (
            "openapi: 3.1.0\npaths: {/x: {get: {parameters: [{name: a, in: body}]}}}\n",
            "spec_invalid",
            "one of path, query",
        ),
        ("openapi: 3.1.0\npaths: {/x: {post: {requestBody: {}}}}\n", "spec_invalid", "requestBody/content"),
        ("openapi: 3.1.0\npaths: {/x: {get: {responses: [1]}}}\n", "spec_invalid", "get/responses"),
        (parameter("{type: strng}"), "spec_invalid", "schema/type: 'strng'"),
        (parameter("{maxLength: -1}"), "spec_invalid", "at least 0"),
        (parameter("{properties: {b: {required: true}}}"), "spec_invalid", "properties/b/required"),
        (parameter("{items: [1]}"), "spec_invalid", "schema/items"),
        (parameter("5"), "spec_invalid", "schema: a number"),
        (parameter("{$ref: '#/nowhere'}"), "spec_ref_broken", "schema/$ref: '#/nowhere' leads nowhere"),
        (parameter("{$ref: 'other.yaml#/A'}"), "spec_ref_broken", "another file"),
        (parameter("{$ref: 'https://example.org/a'}"), "spec_ref_broken", "another file"),
        (parameter("{$ref: '#A'}"), "spec_ref_broken", "not a JSON pointer"),
        (
            "openapi: 3.1.0\npaths: {/x: {get: {parameters: [{$ref: '#/components/parameters/A'}]}}}\n",
            "spec_ref_broken",
            "#/paths/~1x/get/parameters/0/$ref",
        ),
        (
            parameter(
                "{$ref: '#/components/schemas/A'}",
                schemas("{A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}"),
            ),
            "spec_ref_circular",
            "#/components/schemas/A -> #/components/schemas/B -> #/components/schemas/A",
        ),
        (
            parameter(
                "{$ref: '#/components/schemas/A'}",
                schemas("{A: {allOf: [{$ref: '#/components/schemas/A'}]}}"),
            ),
            "spec_ref_circular",
            "#/components/schemas/A/allOf/0/$ref",
        ),
        (
            (
                "openapi: 3.1.0\npaths: {/x: {get: {parameters: [{$ref: '#/components/parameters/A'}]}}}\n"
                "components: {parameters: {A: {$ref: '#/components/parameters/A'}}}\n"
            ),
            "spec_ref_circular",
            "#/components/parameters/A",
        ),
        ("a: " + "[" * 200 + "]" * 200, "spec_too_large", "100 levels"),
        (
            "b0: &b0 [x]\n" + "".join(f"b{n}: &b{n} [*b{n - 1}]\n" for n in range(1, 150)),
            "spec_too_large",
            "100 levels",
        ),
        (
            "b0: &b0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]\n" for n in range(1, 9)),
            "spec_too_large",
            "aliases",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, code: str, told: str) -> None:
    problem = refused(text)
    assert problem.code == code
    assert told in problem.message


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ('{"openapi": "3.1.0", "openapi": "3.0.0"}', "spec_invalid", "stands twice"),
        ('{"a": {"b": 1,\n "c": [{"d": 1}],\n "b": 2}}', "spec_invalid", "'b' in line 3 (first in line 1)"),
        ('{"a": 1', "spec_invalid", "line 1, column 8"),
        ('{"a": NaN}', "spec_invalid", "NaN"),
        ('{"a": 1e999}', "spec_invalid", "too large"),
        (f'{{"a": {"9" * 5000}}}', "spec_invalid", "digits"),
        ('{"a": "\\ud800"}', "spec_invalid", "half a character"),
        ("[" * 100_000, "spec_too_large", "100 levels"),
        ('{"a":' * 150 + "1" + "}" * 150, "spec_too_large", "100 levels"),
        (json.dumps(list(range(600_000))), "spec_too_large", "500,000"),
        (" " * (5 * 1024 * 1024 + 1), "spec_too_large", "5 MB"),
    ],
)
def test_what_is_wrong_with_json_is_told(text: str, code: str, told: str) -> None:
    problem = refused(text, "api.json")
    assert problem.code == code
    assert told in problem.message


def test_all_problems_of_a_kind_are_told_at_once() -> None:
    paths = {f"/x{n}": {"get": {"parameters": [{"$ref": f"#/gone/{n}"}]}} for n in range(12)}
    problem = refused(json.dumps({"openapi": "3.0.3", "paths": paths}), "api.json")
    assert problem.code == "spec_ref_broken"
    assert "12 problems" in problem.message
    assert "and 2 more" in problem.message
    assert [one["where"] for one in problem.details] == [
        f"#/paths/~1x{n}/get/parameters/0/$ref" for n in range(10)
    ]


def test_yaml_is_read_by_the_types_of_json() -> None:
    text = parameter(
        "{enum: [on, no, 2026-03-29, 07:30, 1_000, 0x1F, .inf, 12, -0.5, 1e3, true, null, '12']}"
    )
    (operation,) = document_of(text, "api.yaml").operations
    assert operation.parameters[0].schema.node["enum"] == [
        *("on", "no", "2026-03-29", "07:30", "1_000", "0x1F", ".inf"),
        *(12, -0.5, 1000.0, True, None, "12"),
    ]


def test_keys_are_text_and_aliases_and_merges_are_written_out() -> None:
    text = (
        "openapi: 3.1\nx-common: &common {description: shared, content: {}}\n"
        "paths:\n  /x:\n    get:\n      responses:\n        200: *common\n"
        "        404: {<<: *common, description: gone}\n"
    )
    (operation,) = document_of(text, "api.yaml").operations
    told = {status: one.description for status, one in operation.responses.items()}
    assert told == {"200": "shared", "404": "gone"}


def test_a_recursion_that_ends_is_legal() -> None:
    tree = "{Node: {type: object, properties: {inner: {$ref: '#/components/schemas/Node'}}}}"
    document = document_of(parameter("{$ref: '#/components/schemas/Node'}", schemas(tree)), "api.yaml")
    (operation,) = document.operations
    names = [row["name"] for row in rows_of(document, operation)]
    assert names[:2] == ["a", "a.inner"]
    deep = {"inner": {"inner": {"inner": 5}}}
    (problem,) = checks.check_parameters(document, operation, {"a": deep})
    assert problem.path == "a.inner.inner.inner"


def test_examples_and_names_that_look_like_references_are_none() -> None:
    schema = "{type: object, example: {$ref: '#/gone'}, properties: {$ref: {type: string}}}"
    document = document_of(parameter(schema), "api.yaml")
    assert [one.path for one in document.operations] == ["/x"]


def test_a_pattern_of_another_dialect_is_left_unchecked() -> None:
    document = document_of(parameter("{type: string, pattern: '^\\p{L}+$'}"), "api.yaml")
    assert checks.check_parameters(document, document.operations[0], {"a": "1"}) == []


def test_control_characters_cannot_move_a_terminal() -> None:
    from energyctl.core.output import error_text

    problem = refused('{"openapi": "3.1.0", "paths": {"\\u001b[2Jx": {}}}', "api.json")
    assert "\x1b" not in error_text(problem, Session(env={}))


def test_files_and_what_is_not_one(tmp_path: Path) -> None:
    session = Session(env={})
    text = parameter("{type: string}")
    place = tmp_path / "api.yaml"
    place.write_text(text)
    assert len(read_document(session, str(place)).operations) == 1
    place.write_bytes(b" " * (6 * 1024 * 1024))
    with pytest.raises(UsageProblem, match="6 MB") as caught:
        read_document(session, str(place))
    assert caught.value.code == "spec_too_large"
    place.write_bytes(b"\xff\xfe")
    for wrong in (place, tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(UsageProblem):
            read_document(session, str(wrong))


# -- whatever a file holds -------------------------------------------------------------------------------------

WHOLE = json.loads(json.dumps(openapi.document(table.operations(), "http://127.0.0.1:1/")))
SMALL = {
    **WHOLE,
    "paths": {
        path: item for path, item in WHOLE["paths"].items() if path.endswith(("optimization", "customers"))
    },
}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(
        [
            {"$ref": "#/components/schemas/SpoSettings"},
            {"$ref": "#/paths"},
            {"$ref": "#"},
            {"$ref": "nowhere"},
            {"allOf": [{"$ref": "#/components/schemas/Customer"}, 5]},
            {"type": "object", "properties": []},
            {"type": []},
            {"enum": 5},
            {"required": [1]},
            {},
        ]
    ),
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """All places of a document: who holds them, and under which key."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    found = [(node, key) for key in keys]
    for key in keys:
        found += places(node[key])
    return found


def exercise(document: Document) -> None:
    """Do all that the tool ever does with a document."""
    for operation in document.operations:
        list(rows_of(document, operation))
        paging_of(document, operation)
        checks.check_parameters(document, operation, {"customer_id": "x", "limit": "5", "other": "1"})
        checks.check_body(document, operation, {"mode": "x", "schedule": {"weekdays": []}, "other": 1})
    match(OPERATIONS, document, chosen={}, left_out=set())


def read_or_refused(text: str, source: str) -> Document | None:
    """The document; None when it was refused in the way that files are. Any other exception is a mistake."""
    found: list[Document] = []
    with suppress(UsageProblem):
        found.append(document_of(text, source))
    if not found:
        assert refused(text, source).code.startswith("spec_")
    return found[0] if found else None


@examples(40)
@given(st.data())
def test_whatever_is_changed_gives_a_document_or_a_problem(data: st.DataObject) -> None:
    raw = copy.deepcopy(SMALL)
    everywhere = places(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = everywhere[data.draw(st.integers(0, len(everywhere) - 1))]
        if isinstance(holder, dict) and data.draw(st.booleans()):
            holder.pop(key, None)
        elif not isinstance(holder, list) or key < len(holder):
            holder[key] = data.draw(JUNK)
    document = read_or_refused(json.dumps(raw), "api.json")
    if document is not None:
        exercise(document)


@examples(40)
@given(st.data())
def test_whatever_is_cut_out_of_the_text_gives_a_document_or_a_problem(data: st.DataObject) -> None:
    text = TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))]
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 200)))
    filling = data.draw(
        st.sampled_from(["", "\t", "{", "]", "*a", "&a ", "!x ", "\0", "- ", ": ", '"', "\n"])
    )
    read_or_refused(text[:begin] + filling + text[end:], data.draw(st.sampled_from(["api.json", "api.yaml"])))


TEXTS = {"json": json.dumps(SMALL, indent=1), "yaml": yaml.safe_dump(SMALL)}


def test_the_whole_file_is_read_the_same_from_both_languages() -> None:
    first = document_of(json.dumps(WHOLE), "api.json")
    second = document_of(yaml.safe_dump(WHOLE), "api.yaml")
    assert first.raw == second.raw
    exercise(first)
