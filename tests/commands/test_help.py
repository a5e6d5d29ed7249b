"""``energyctl help``, the man page, and what is said of misspelt words."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import energyctl
from energyctl import __version__
from energyctl.app import HELP, TABLE, root
from energyctl.core import errors
from energyctl.core.commandline import GLOBAL_OPTIONS
from energyctl.core.config import Config
from energyctl.core.reference import man
from energyctl.core.reference.__main__ import PLACE
from energyctl.core.reference.__main__ import main as renew
from energyctl.core.reference.pages import read_page, read_pages
from energyctl.core.reference.topics import TOPICS, topic, variables
from energyctl.core.session import OUTPUT_FORMATS
from energyctl.providers import PROVIDERS, settings_of
from tests.conftest import Run


def test_help_names_the_topics_and_groups(bare: Run) -> None:
    done = bare("help")
    assert (done.code, done.err) == (0, "")
    listed = [line.split()[0] for line in done.out.splitlines() if re.match(r"  \w", line)]
    assert listed == [*TOPICS, *TABLE]
    assert all(name in HELP for name in TOPICS)


@pytest.mark.parametrize("name", TOPICS)
def test_each_topic_is_told_in_text_and_as_data(bare: Run, name: str) -> None:
    told = topic(name)
    text, data = bare("help", name), bare("help", name, "-o", "json")
    assert (text.code, text.err, data.code, data.err) == (0, "", 0, "")
    assert data.json == told.as_data()
    words = " ".join(text.out.split())
    for part in told.parts:
        assert f"{part.title}:" in words
        for term, meaning in part.rows:
            assert term in words
            assert meaning.split()[0] in words


def test_the_exit_codes_are_those_of_the_error_tree() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    codes = {one.exit_code for one in kinds if issubclass(one, errors.EnergyctlError)}
    rows = topic("exit-codes").parts[0].rows
    assert [int(code) for code, _ in rows] == sorted({0, *codes})
    assert all(meaning.endswith(".") for _, meaning in rows)


def test_the_output_topic_knows_every_format_and_its_options_exist() -> None:
    formats, options, *_ = topic("output").parts
    assert [name for name, _ in formats.rows] == OUTPUT_FORMATS
    known = {", ".join((*one.opts, *one.secondary_opts)) for one in GLOBAL_OPTIONS}
    assert len(options.rows) == 8
    assert {name.split(" ")[0].rstrip(",") for name, _ in options.rows} <= {
        word for one in known for word in one.split(", ")
    }


def test_the_config_topic_has_the_keys_that_a_config_file_may_have(tmp_path: Path) -> None:
    file = Config(tmp_path / "config.yaml", "profiles: {work: {zzz: 1}}")
    issue = next(file.issues(dict.fromkeys(PROVIDERS)))
    known = issue.fix.removeprefix("Known here: ").rstrip(".").split(", ")
    parts = {part.title: [name for name, _ in part.rows] for part in topic("config").parts}
    assert sorted(parts["Keys of a profile"]) == sorted(known)
    for name in PROVIDERS:
        settings = settings_of(name)
        assert parts[f"Keys of the section {name} ({settings.title})"] == list(settings.keys)


def test_every_variable_that_the_code_reads_is_told() -> None:
    told = {name for name, _ in variables()}
    package = Path(energyctl.__file__).parent
    read = {
        found
        for file in package.rglob("*.py")
        for found in re.findall(r"[\"'](ENERGYCTL_[A-Z_]+[A-Z])[\"']", file.read_text())
    }
    assert {"ENERGYCTL_CONFIG", "ENERGYCTL_PROFILE", "ENERGYCTL_DEBUG"} <= read
    assert {one for one in read if not one.startswith(("ENERGYCTL_SANDBOX_", "ENERGYCTL_TEST_"))} <= told
    for provider in PROVIDERS:
        for key in settings_of(provider).keys:
            assert f"ENERGYCTL_{provider}_{key}".upper() in told


@pytest.mark.parametrize(
    "words", [["rabot"], ["emulate", "spo", "set"], ["sandbox", "run"], ["help"], ["config", "init"]]
)
def test_the_help_of_a_command_is_what_its_option_prints(bare: Run, words: list[str]) -> None:
    asked, own = bare("help", *words), bare(*words, "--help")
    assert (asked.code, asked.out, asked.err) == (0, own.out, "")
    assert asked.out.startswith(f"Usage: energyctl {' '.join(words)}")


def test_the_help_of_a_command_as_data(bare: Run) -> None:
    page = bare("help", "rabot", "orders", "wait", "-o", "json").json
    assert (page["path"], page["kind"]) == ("rabot orders wait", "command")
    assert page["arguments"][0]["name"] == "CONTRACT_NUMBER"
    assert page["arguments"][0]["required"] is True
    until, timeout = page["options"]
    assert (until["names"], until["metavar"], until["required"]) == (["--until"], "STATE", True)
    assert (timeout["names"], timeout["required"]) == (["--timeout"], False)
    assert page["examples"] == list(read_page(root, ("rabot", "orders", "wait")).examples)
    kind = bare("help", "rabot", "orders", "template", "-o", "json").json["options"][0]
    assert (kind["choices"], kind["default"]) == (["private", "business"], "private")


def test_the_whole_reference(bare: Run) -> None:
    pages = list(read_pages(root))
    text, rows = bare("help", "--all"), bare("help", "--all", "-o", "jsonl", "-c", "path")
    assert (text.code, text.err, rows.code) == (0, "", 0)
    lines = text.out.splitlines()
    words = " ".join(text.out.split())
    for page in pages:
        assert f"Usage: {page.usage}" in words
        assert (page.title.upper() if page.is_group else page.title) in lines
        for one in (*page.arguments, *page.options, *page.global_options):
            assert one.label.split(" ")[0] in text.out
        assert all(f"    {line}" in lines for line in page.examples)
    assert len(rows.out.splitlines()) == len(pages)
    everything = bare("help", "--all", "-o", "json").json
    assert everything == [page.as_data() for page in pages]
    assert len({one["path"] for one in everything}) == len(pages)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["help", "exit-code"], "Did you mean: energyctl help exit-codes"),
        (["help", "rabto"], "Did you mean: energyctl help rabot"),
        (["help", "rabot", "orders", "crate"], "Did you mean: energyctl help rabot orders create"),
        (["help", "rabot", "zzz"], "See: energyctl rabot --help"),
        (["help", "doctor", "rabot"], "See: energyctl --help"),
        (["help", "--all", "time"], "Leave one of them out."),
        (["rabot", "tarifs"], "Did you mean tariffs?"),
        (["rabot", "tariffs", "list", "--limt", "3"], "Did you mean --limit?"),
        (["--ouput", "json", "rabot", "tariffs", "list"], "Did you mean --output?"),
        (["rabot", "--colums=a", "tariffs", "list"], "Did you mean --columns?"),
        (["rabot", "tariffs", "list", "--efective-date"], "Did you mean --effective-date?"),
        (["rabot", "tariffs", "list", "--zzzz"], "No such option '--zzzz'.\n"),
    ],
)
def test_what_is_misspelt_is_told_with_the_nearest(bare: Run, words: list[str], told: str) -> None:
    done = bare(*words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_the_man_page_is_that_of_the_command_tree(tmp_path: Path) -> None:
    assert renew([str(tmp_path / "energyctl.1")]) == 0
    written = (tmp_path / "energyctl.1").read_text()
    assert PLACE.read_text() == written, "renew it: python -m energyctl.core.reference"
    assert written == man.write(read_pages(root), __version__)
    sections = re.findall(r"^\.SH (.+)$", written, re.MULTILINE)
    assert sections == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "GLOBAL OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES",
        "EXAMPLES", "SEE ALSO",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (".SH it's", "\\&.SH it\\(aqs"),
        ("'quoted'", "\\(aqquoted\\(aq"),
        ("a\\b --c ~/d", "a\\eb \\-\\-c \\(ti/d"),
        ("one\ntwo  three", "one two three"),
        ("K=V… „é“", "K=V\\[u2026] \\[u201E]\\[u00E9]\\[u201C]"),
        ("", "\\&"),
    ],
)
def test_what_troff_would_take_for_something_else_is_escaped(text: str, line: str) -> None:
    assert man.escaped(text) == line


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_sets_the_man_page_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", str(PLACE)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    plain = re.sub(".\b", "", done.stdout)
    for page in read_pages(root):
        for line in page.examples[:1]:
            assert line in plain


def test_the_wheel_installs_the_man_page() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared[str(PLACE.relative_to(Path(__file__).parents[2]))] == "share/man/man1/energyctl.1"
