"""``energyctl config``: a file made, edited only when it is right, found, and checked whole."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import Run


@pytest.fixture
def file(env: dict[str, str]) -> Path:
    """Where the config file of a run is."""
    return Path(env["XDG_CONFIG_HOME"]) / "energyctl/config.yaml"


def _editor(home: Path, script: str) -> dict[str, str]:
    editor = home / "my editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    return {"EDITOR": f"'{editor}' --wait"}


def test_init_makes_the_commented_example_privately(bare: Run, file: Path) -> None:
    done = bare("config", "init")
    assert (done.code, done.out) == (0, "")
    assert file.read_text().startswith("# energyctl: every key")
    assert file.stat().st_mode & 0o777 == 0o600
    assert bare("config", "validate").code == 0
    assert bare("config", "path").out == f"{file}\n"
    again = bare("config", "init", "-o", "json")
    assert (again.code, again.error["code"]) == (2, "file_exists")
    assert bare("config", "init", "--force", "--set", "rabot.environment=test").code == 0
    assert "every key is explained" in file.read_text()


def test_init_with_settings_makes_a_profile_of_that_name(bare: Run, file: Path) -> None:
    settings = (
        "rabot.environment=test",
        "rabot.client_id=acme=x",
        "emporia.calls_per_hour=7",
        "confirm=bulk",
    )
    done = bare("config", "init", "--name", "mine", *(word for one in settings for word in ("--set", one)))
    assert done.code == 0
    assert yaml.safe_load(file.read_text()) == {
        "default_profile": "mine",
        "profiles": {
            "mine": {
                "rabot": {"environment": "test", "client_id": "acme=x"},
                "emporia": {"calls_per_hour": 7},
                "confirm": "bulk",
            }
        },
    }


@pytest.mark.parametrize(
    "setting",
    ["rabot.client_secret=hunter22", "rabot.colour=red", "rabbot.x=1", "rabot", "x=1", "rabot.environment=moon",
     "rabot.api_url=http://example.org", "emporia.calls_per_hour=x"],
)  # fmt: skip
def test_init_makes_nothing_of_a_setting_that_is_wrong(bare: Run, file: Path, setting: str) -> None:
    done = bare("config", "init", "--set", setting, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (2, "", "usage")
    assert "hunter22" not in done.err
    assert not file.exists()


def test_init_in_a_place_that_cannot_be_written(bare: Run, home: Path) -> None:
    (home / "plain").write_text("")
    done = bare("config", "init", "-o", "json", more={"ENERGYCTL_CONFIG": str(home / "plain/x/config.yaml")})
    assert (done.code, done.error["exit_code"]) == (13, 13)


def test_edit_replaces_the_file_only_when_it_is_right(bare: Run, home: Path, file: Path) -> None:
    bare("config", "init", "--set", "rabot.environment=test")
    former = file.read_text()
    wrong = bare("config", "edit", "-o", "json", more=_editor(home, 'printf "profils: {}\\n" > "$2"'))
    assert (wrong.code, wrong.error["exit_code"], file.read_text()) == (13, 13, former)
    assert "Did you mean 'profiles'?" in wrong.err
    broken = bare("config", "edit", "-o", "json", more=_editor(home, 'printf "a: [" > "$2"'))
    assert (broken.code, file.read_text()) == (13, former)
    right = bare("config", "edit", more=_editor(home, 'sed -i s/test/production/ "$2"'))
    assert (right.code, right.err) == (0, f"Saved {file}.\n")
    assert "production" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert bare("config", "edit", more=_editor(home, ":")).err == "Nothing was changed.\n"


@pytest.mark.parametrize("former", ["profiles:\n  work: {}\n", None])
def test_edit_keeps_what_another_process_wrote_meanwhile(
    bare: Run, home: Path, file: Path, former: str | None
) -> None:
    file.parent.mkdir(parents=True)
    if former is not None:
        file.write_text(former)
    theirs, mine = "profiles:\n  theirs: {}\n", "profiles:\n  mine: {}\n"
    (home / "theirs").write_text(theirs)
    (home / "mine").write_text(mine)
    script = f"cp '{home}/theirs' '{file}'; cp '{home}/mine' \"$2\""
    more = {**_editor(home, script), "TMPDIR": str(home)}
    done = bare("config", "edit", "-o", "json", more=more)
    assert (done.code, done.out, done.error["code"]) == (13, "", "config_changed")
    assert file.read_text() == theirs
    (draft,) = home.glob("energyctl-draft-*/config.yaml")
    assert str(draft) in done.error["hint"]
    assert draft.read_text() == mine
    assert (draft.stat().st_mode | draft.parent.stat().st_mode) & 0o077 == 0


def test_edit_when_the_editor_fails_or_is_missing(bare: Run, home: Path, file: Path) -> None:
    failed = bare("config", "edit", "-o", "json", more=_editor(home, "exit 3"))
    assert (failed.code, file.exists()) == (130, False)
    missing = bare("config", "edit", "-o", "json", more={"EDITOR": "no-such-editor-here"})
    assert (missing.code, missing.error["code"], file.exists()) == (2, "usage", False)


def test_edit_mends_a_file_that_is_broken(bare: Run, home: Path, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a: [ \xff")
    done = bare("config", "edit", more=_editor(home, 'printf "profiles: {}\\n" > "$2"'))
    assert (done.code, file.read_text()) == (0, "profiles: {}\n")


def test_edit_keeps_a_symbolic_link(bare: Run, home: Path, file: Path) -> None:
    kept = home / "dotfiles.yaml"
    kept.write_text("profiles: {}\n")
    file.parent.mkdir(parents=True)
    file.symlink_to(kept)
    done = bare("config", "edit", more=_editor(home, 'printf "profiles:\\n  w: {}\\n" > "$2"'))
    assert done.code == 0
    assert file.is_symlink()
    assert kept.read_text() == "profiles:\n  w: {}\n"


@pytest.mark.parametrize("words", [("init", "--force"), ("edit",)])
def test_a_link_that_leads_to_itself_is_told(
    bare: Run, home: Path, file: Path, words: tuple[str, ...]
) -> None:
    file.parent.mkdir(parents=True)
    file.symlink_to(file)
    done = bare("config", *words, "-o", "json", more=_editor(home, "true"))
    assert (done.code, done.error["exit_code"]) == (13, 13)
    assert "cannot be written: Symlink loop" in done.error["message"]
    assert file.is_symlink()


def test_validate_tells_every_problem_at_once(bare: Run, file: Path) -> None:
    missing = bare("config", "validate", "-o", "json")
    assert (missing.code, "config init" in missing.error["hint"]) == (13, True)
    file.parent.mkdir(parents=True)
    file.write_text(
        "default_profile: x\nprofiles:\n  a:\n    confrm: no\n  b:\n    rabot: {client_secret: hunter22, k: 1}\n"
    )
    done = bare("config", "validate", "-o", "json")
    assert (done.code, done.error["code"]) == (13, "config_invalid")
    assert [(row["line"], row["key"]) for row in done.json] == [
        (1, "default_profile"),
        (4, "profiles.a.confrm"),
        (6, "profiles.b.rabot.k"),
        (6, "profiles.b.rabot.client_secret"),
    ]
    assert "4 problems" in done.error["message"]
    assert "hunter22" not in done.out + done.err


def test_path_and_init_need_no_readable_config(bare: Run, home: Path) -> None:
    more = {"ENERGYCTL_CONFIG": str(home / "new.yaml")}
    assert bare("config", "path", more=more).out == f"{home / 'new.yaml'}\n"
    assert bare("config", "init", more=more).code == 0
    assert (home / "new.yaml").exists()
