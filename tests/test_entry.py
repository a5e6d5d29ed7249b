"""The way in and out: versions, help, usage errors, pipes, signals, and errors in both their forms."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from energyctl import __version__
from tests.conftest import Run, Sandbox, run_with, start

ERROR_KEYS = {
    "code",
    "exit_code",
    "message",
    "hint",
    "provider",
    "operation",
    "http_status",
    "request_id",
    "retry_after_s",
    "outcome",
    "details",
}


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["-o", "json", "--version"], ["--version", "-q"]])
def test_version_is_printed(bare: Run, words: list[str]) -> None:
    done = bare(*words)
    assert (done.code, done.out, done.err) == (0, f"energyctl {__version__}\n", "")


@pytest.mark.parametrize(
    "words", [[], ["rabot"], ["rabot", "tariffs"], ["auth"], ["-o", "json"], ["rabot", "--help"], ["--help"]]
)
def test_a_name_without_a_verb_prints_its_help(bare: Run, words: list[str]) -> None:
    done = bare(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: energyctl")


def test_help_of_a_command_shows_its_examples_and_the_global_options(bare: Run) -> None:
    done = bare("rabot", "quote", "--help")
    assert done.code == 0
    assert "--postcode" in done.out
    assert "--max-wait" in done.out
    assert "energyctl rabot quote RabotSmart --postcode 10115" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rabbot"], "Did you mean rabot"),
        (["rabot", "tarifs", "list"], "Did you mean tariffs"),
        (["rabot", "tariffs", "lst"], "Did you mean list"),
        (["rabot", "tariffs", "list", "--ouput", "json"], "--output"),
        (["rabot", "quote"], "TARIFF_KEY"),
        (["rabot", "tariffs", "list", "surplus"], "surplus"),
        (["rabot", "tariffs", "list", "-o", "xml"], "'xml' is not one of"),
        (["rabot", "tariffs", "list", "--limit", "0"], "--limit"),
        (["rabot", "tariffs", "list", "--limit", "many"], "many"),
        (["rabot", "tariffs", "list", "--timeout", "-1"], "--timeout"),
        (["rabot", "tariffs", "list", "--timeout", "0"], "--timeout"),
        (["rabot", "tariffs", "list", "--timeout", "nan"], "--timeout"),
        (["rabot", "tariffs", "list", "--timeout", "inf"], "--timeout"),
        (["rabot", "tariffs", "list", "--max-wait", "nan"], "--max-wait"),
        (["auth", "login", "rabott"], "Did you mean rabot"),
        (["--profile"], "--profile"),
    ],
)
def test_a_usage_error_is_two_lines_and_exit_code_2(bare: Run, words: list[str], said: str) -> None:
    done = bare(*words)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.startswith("error: ")
    assert said in done.err
    assert second.startswith("  ")


@pytest.mark.parametrize(
    "words",
    [
        ["-o", "json", "rabot", "tarifs"],
        ["rabot", "tariffs", "list", "--bogus", "-o", "jsonl"],
        ["rabot", "--output=json", "quote"],
        ["rabot", "tariffs", "list", "-ojson", "--limit", "x"],
        ["nothing", "--output", "json"],
    ],
)
def test_a_usage_error_is_json_when_json_was_wished_wherever_the_option_stands(
    bare: Run, words: list[str]
) -> None:
    done = bare(*words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert set(done.error) == ERROR_KEYS
    assert (done.error["code"], done.error["exit_code"]) == ("usage", 2)
    assert done.error["hint"]


def test_what_follows_two_dashes_is_no_option(bare: Run) -> None:
    done = bare("sandbox", "run", "--bogus", "--", "sh", "-o", "json")
    assert done.code == 2
    assert done.err.startswith("error: ")
    shown = bare("rabot", "orders", "show", "--", "-o", "json")
    assert shown.code == 2
    assert shown.err.startswith("error: ")


def test_an_error_of_the_provider_has_the_same_keys(run: Run, sandbox: Sandbox) -> None:
    done = run("rabot", "orders", "show", "999999999", "-o", "json")
    assert (done.code, done.out) == (3, "")
    error = done.error
    assert set(error) == ERROR_KEYS
    assert (error["code"], error["exit_code"], error["http_status"]) == ("not_found", 3, 404)
    assert (error["provider"], error["operation"]) == ("rabot", "get_order")
    assert "999999999" in error["message"]
    plain = run("rabot", "orders", "show", "999999999", "-o", "yaml")
    assert plain.code == 3
    assert [line[:7] for line in plain.err.splitlines()] == ["error: ", "  Check"]


# -- pipes -------------------------------------------------------------------------------------------------


def _shell(script: str, run_env: dict[str, str], home: Path) -> subprocess.CompletedProcess[str]:
    script = script.replace("energyctl ", f"{sys.executable} -m energyctl ")
    return subprocess.run(
        ["bash", "-c", script], env=run_env, cwd=home, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_reader_that_leaves_ends_the_run_quietly(env: dict[str, str], sandbox: Sandbox, home: Path) -> None:
    script = "energyctl rabot orders list -o jsonl | head -n 1; echo ${PIPESTATUS[0]}"
    done = _shell(script, {**env, **sandbox.env}, home)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stdout.startswith('{"customerNumber"')
    for wish in ("table", "json", "yaml", "csv"):
        gone = _shell(
            f"energyctl rabot orders list -o {wish} | :; echo ${{PIPESTATUS[0]}}",
            {**env, **sandbox.env},
            home,
        )
        assert (gone.stdout, gone.stderr) == ("0\n", ""), wish


def test_a_full_disk_is_told(env: dict[str, str], sandbox: Sandbox, home: Path) -> None:
    done = _shell("energyctl rabot tariffs list -o json > /dev/full", {**env, **sandbox.env}, home)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-"])
def test_a_closed_stream_is_no_bug(env: dict[str, str], sandbox: Sandbox, home: Path, closed: str) -> None:
    done = _shell(f"energyctl rabot tariffs list -o ids {closed}", {**env, **sandbox.env}, home)
    assert (done.returncode, done.stderr) == (0, "")
    asked = _shell(f"energyctl rabot orders validate -f - {closed} </dev/null", {**env, **sandbox.env}, home)
    assert asked.returncode == 2
    assert "Unexpected" not in asked.stderr


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_any_text_goes_through_any_locale(run: Run, locale: str) -> None:
    more = {"LC_ALL": locale, "LANG": locale, "PYTHONCOERCECLOCALE": "0"}
    done = run("rabot", "orders", "list", "--limit", "3", "-o", "json", more=more)
    assert (done.code, done.err) == (0, "")
    assert any(not name.isascii() for name in done.json[1]["firstName"] + done.json[0]["businessName"])


# -- signals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_read_with_130(env: dict[str, str], sandbox: Sandbox, number: signal.Signals) -> None:
    sandbox.fault("rabot:latency=20")
    process = start(
        *("rabot", "tariffs", "list", "-o", "json"),
        env={**env, **sandbox.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _until(lambda: bool(sandbox.requests(path="/partner/v1/tariffs")))
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b'"code": "interrupted"' in err
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    "module",
    [
        "energyctl.core.errors",
        "energyctl.core.session",
        "energyctl.app",
        "typer",
        "energyctl.commands.journal",
        "energyctl.core.journal",
    ],
)
def test_an_early_ctrl_c_is_never_a_traceback(env: dict[str, str], home: Path, module: str) -> None:
    (home / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class CtrlC:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, CtrlC())\n"
    )
    done = run_with({**env, "PYTHONPATH": str(home)}, home)("journal", "list")
    assert (done.code, done.out) == (130, "")
    assert done.err in ("", "error: Interrupted.\n")


def _until(ready: object, limit_s: float = 60.0) -> None:
    assert callable(ready)
    end = time.monotonic() + limit_s
    while not ready():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
