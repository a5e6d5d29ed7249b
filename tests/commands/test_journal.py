"""``energyctl journal``: listing, filtering and telling the story of writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.partner import Partner, Reply


@pytest.fixture
def written(env: dict[str, str], home: Path) -> Run:
    """The tool after three writes: one changed, one rejected, one not found."""
    with Partner(customers_1_link=Reply({}), customers_2_link=Reply({"message": "no"}, 409)) as partner:
        client = partner.client(env, home)
        client("rabot", "customers", "unlink", "1", "2", "3", "--yes")
    return client


def test_writes_are_listed_newest_first(written: Run) -> None:
    done = written("journal", "list", "-o", "json")
    assert (done.code, done.err) == (0, "")
    assert [(row["id"], row["target"], row["outcome"]) for row in done.json] == [
        (3, "3", "not_found"),
        (2, "2", "rejected"),
        (1, "1", "changed"),
    ]
    assert written("journal", "list", "-o", "ids").out == "3\n2\n1\n"
    assert written("journal", "list", "--limit", "1", "-o", "ids").out == "3\n"
    assert written("journal", "list", "--outcome", "rejected", "-o", "ids").out == "2\n"
    assert written("journal", "list", "--provider", "rabot", "-o", "ids").out == "3\n2\n1\n"
    assert written("journal", "list", "--provider", "bright", "-o", "json").out == "[]\n"
    assert set(done.json[0]) >= {
        "id",
        "at",
        "user",
        "profile",
        "provider",
        "environment",
        "operation",
        "target",
        "effect",
        "digest",
        "outcome",
        "message",
    }


def test_a_filter_that_no_outcome_has_is_a_mistake(written: Run) -> None:
    done = written("journal", "list", "--outcome", "chnged", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "usage")
    assert "changed" in done.error["hint"] + done.error["message"]


def test_a_story_is_told_for_people_and_programs(written: Run) -> None:
    told = written("journal", "show", "2", "-o", "table").out
    for words in ("rejected", "The provider refused it", "sending", "end the link to customer 2"):
        assert words in told
    story = written("journal", "show", "2", "-o", "json").json
    assert [event["kind"] for event in story["events"]] == ["sending", "result"]
    assert story["events"][0]["method"] == "DELETE"
    assert story["profile"] == "work"


def test_a_write_that_is_not_there(written: Run) -> None:
    done = written("journal", "show", "99", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (3, "", "not_found")
    assert written("journal", "show", "x").code == 2
    assert written("journal", "show", "99999999999999999999").code == 3


def test_without_any_write_the_list_is_empty_and_makes_no_file(bare: Run, env: dict[str, str]) -> None:
    done = bare("journal", "list", "-o", "json")
    assert (done.code, done.out) == (0, "[]\n")
    assert bare("journal", "list", "-o", "table").err == "No writes.\n"
    assert bare("journal", "show", "1").code == 3
    assert not (Path(env["XDG_STATE_HOME"]) / "energyctl/journal.sqlite3").exists()


def test_a_damaged_journal_says_what_to_do(bare: Run, env: dict[str, str]) -> None:
    file = Path(env["XDG_STATE_HOME"]) / "energyctl/journal.sqlite3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not a database" * 400)
    for words in (["list"], ["show", "1"]):
        done = bare("journal", *words, "-o", "json")
        assert (done.code, done.out, done.error["code"]) == (13, "", "journal_unusable")
        assert "move the damaged file away" in done.error["hint"]
    assert file.read_bytes().startswith(b"not a database")


def test_rows_of_the_journal_are_one_object_a_line(written: Run) -> None:
    lines = written("journal", "list", "-o", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [3, 2, 1]
