"""``energyctl config``: make, edit, show and check the config file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.config import Config, Issue, config_bytes
from energyctl.core.credentials import for_children
from energyctl.core.errors import ConfigProblem, EnergyctlError, Interrupted, UsageProblem
from energyctl.core.files import create_private, private_directory, write_private
from energyctl.core.leftovers import is_taken
from energyctl.core.profiles import Section
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.core.settings import ProviderSettings

_DIGITS = re.compile(r"[0-9]{1,18}")
app = noun("Make, edit and check the config file.")

_ISSUES = View(
    columns=(
        Column("Line", "line", right=True),
        Column("Key", "key"),
        Column("Problem", "message"),
        Column("Fix", "fix"),
    ),
    id_path="key",
    plural="problems",
)
_SETTINGS = View(
    columns=(Column("Key", "key"), Column("Value", "value"), Column("Source", "source", detail=True)),
    id_path="key",
    plural="settings",
)
_SETTINGS_WITH_SOURCES = View(
    columns=(Column("Key", "key"), Column("Value", "value"), Column("Source", "source")),
    id_path="key",
    plural="settings",
)


@app.command("init")
def make_config(
    ctx: typer.Context,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PROVIDER.KEY=VALUE", help="Such as rabot.environment=test; may be repeated."
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="PROFILE", help="Name of the profile.")] = "work",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Make a config file: the commented example, or a profile with what --set says.

    Examples:
    energyctl config init
    energyctl config init --set rabot.environment=test --set rabot.client_id=acme-partner
    """
    session = session_of(ctx)
    path = session.paths.config_file
    if not force and is_taken(path):
        raise _exists(path)
    text = _example() if not settings else _made(settings, name)
    issue = next(Config(path, text).issues(_all_settings()), None)
    if issue:
        raise UsageProblem(f"--set {issue.key} {issue.message}", hint=issue.fix)
    try:
        _write(path, text, force=force)
    except FileExistsError:
        raise _exists(path) from None
    session.notice(f"Made {path}. Next: energyctl config edit, then energyctl auth login PROVIDER.")


@app.command("edit")
def edit_config(ctx: typer.Context) -> None:
    """Open the config file in your editor ($VISUAL or $EDITOR); it is replaced only when it is right.

    Examples:
    energyctl config edit
    EDITOR=nano energyctl config edit
    """
    import shlex
    import tempfile

    from energyctl.core.asking import ask
    from energyctl.core.interrupts import run_in_front

    session = session_of(ctx)
    path = session.paths.config_file
    editor = session.env.get("VISUAL") or session.env.get("EDITOR") or "vi"
    held = _held(path)
    former = _example() if held is None else held.decode("utf-8", "replace")
    with tempfile.TemporaryDirectory(prefix="energyctl-") as place:
        draft = Path(place) / "config.yaml"
        draft.write_text(former, encoding="utf-8")
        while True:
            try:
                code = run_in_front([*shlex.split(editor), str(draft)], for_children(session.env))
            except (OSError, ValueError) as error:
                raise UsageProblem(
                    f"The editor '{editor}' cannot be run: {error}.", hint="Set EDITOR."
                ) from error
            if code != 0:
                raise Interrupted(f"The editor ended with exit code {code}; nothing was changed.")
            text = draft.read_text(encoding="utf-8", errors="replace")
            problem = _first_problem(path, text)
            if problem is None:
                break
            session.say(f"error: {problem}")
            if not session.can_ask:
                raise ConfigProblem(f"{problem} Nothing was changed.", hint="Mend it and try again.")
            if ask(session, "Edit again? [Y/n] ", at_end="n").lower() in ("n", "no"):
                raise Interrupted("Nothing was changed.")
    if text == former and held is not None:
        session.notice("Nothing was changed.")
        return
    if _held(path) != held:
        raise _changed_meanwhile(path, text)
    try:
        _write(path, text, force=held is not None)
    except FileExistsError:
        raise _changed_meanwhile(path, text) from None
    session.notice(f"Saved {path}.")


@app.command("show")
def show_config(
    ctx: typer.Context,
    sources: Annotated[bool, typer.Option("--sources", help="Say where each value comes from.")] = False,
) -> None:
    """Show the settings in force; of secrets only where they are.

    Examples:
    energyctl config show
    energyctl config show --sources
    """
    session = session_of(ctx)
    session.out.rows(_settings_in_force(session), _SETTINGS_WITH_SOURCES if sources else _SETTINGS)


@app.command("path")
def print_path(ctx: typer.Context) -> None:
    """Print where the config file is, or would be.

    Examples:
    energyctl config path
    ls -l "$(energyctl config path)"
    """
    session = session_of(ctx)
    session.out.text(str(session.paths.config_file))


@app.command("validate")
def validate_config(ctx: typer.Context) -> None:
    """Check the whole config file: every profile, every key, all problems at once.

    Examples:
    energyctl config validate
    energyctl config validate -o json
    """
    session = session_of(ctx)
    path = session.paths.config_file
    if not path.exists():
        raise ConfigProblem(f"There is no config file at {path}.", hint="Make it with: energyctl config init")
    found = list(session.config.issues(_all_settings()))
    session.out.rows((vars(issue) for issue in found), _ISSUES)
    if found:
        raise ConfigProblem(
            f"{path}: {len(found)} problem{'s' if len(found) != 1 else ''}.",
            hint="Mend it with: energyctl config edit",
            code="config_invalid",
        )
    session.notice(f"{path} is right.")


def _held(path: Path) -> bytes | None:
    """Return what the config file holds; None when there is none."""
    try:
        return config_bytes(path) if path.exists() else None
    except OSError as error:
        raise ConfigProblem(
            f"The config file {path} cannot be read: {error.strerror or error}.",
            hint="Check that it is a file, and its permissions.",
        ) from error


def _changed_meanwhile(path: Path, text: str) -> ConfigProblem:
    """Keep a draft, and return the error that says where."""
    import tempfile

    draft = Path(tempfile.mkdtemp(prefix="energyctl-draft-")) / "config.yaml"
    write_private(draft, text.encode())
    return ConfigProblem(
        f"{path} was changed meanwhile, and not by your editor; it was left as it is now.",
        hint=f"Your draft is kept in {draft}; bring the two together with: energyctl config edit",
        code="config_changed",
    )


def _all_settings() -> dict[str, ProviderSettings | None]:
    from energyctl.providers import PROVIDERS, settings_of

    return {name: settings_of(name) for name in PROVIDERS}


def _first_problem(path: Path, text: str) -> str | None:
    try:
        issue = next(Config(path, text).issues(_all_settings()), None)
    except ConfigProblem as problem:
        return problem.message
    return None if issue is None else _told(issue)


def _told(issue: Issue) -> str:
    line = f"line {issue.line}: " if issue.line else ""
    return f"{line}{issue.key} {issue.message} {issue.fix}"


def _settings_in_force(session: Session) -> Iterator[dict[str, Any]]:
    from energyctl.providers import PROVIDERS, settings_of

    profile = session.profile
    path = session.paths.config_file
    yield {"key": "config_file", "value": str(path), "source": "found" if path.exists() else "not there"}
    yield {"key": "profile", "value": profile.name, "source": profile.source}
    yield {
        "key": "confirm",
        "value": profile.confirm,
        "source": "profile" if profile.body.get("confirm") else "default",
    }
    yield {"key": "timezone", "value": profile.timezone.value, "source": profile.timezone.source}
    yield {
        "key": "redact",
        "value": bool(profile.body.get("redact")),
        "source": "profile" if profile.body.get("redact") is not None else "default",
    }
    for name in PROVIDERS:
        prefix = f"ENERGYCTL_{name}_".upper()
        if name not in profile.body and not any(variable.startswith(prefix) for variable in session.env):
            continue
        section: Section = profile.section(settings_of(name))
        environment = section.environment
        yield {"key": f"{name}.environment", "value": environment.value, "source": environment.source}
        for field in section.settings.fields:
            setting = section.setting(field.name)
            if setting.value is not None:
                value = session.redactor.data(setting.value)
                yield {"key": f"{name}.{field.name}", "value": value, "source": setting.source}


def _example() -> str:
    here = Path(__file__).resolve().parent.parent
    for place in (here / "config.example.yaml", here.parent / "config.example.yaml"):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise EnergyctlError(
        "The example config is missing from this installation.", hint="Install energyctl again."
    )


def _made(settings: list[str], name: str) -> str:
    import yaml

    profile: dict[str, Any] = {}
    known = _all_settings()
    for one in settings:
        key, mark, value = one.partition("=")
        provider, dot, field = key.partition(".")
        if not mark or not (dot or key in ("confirm", "timezone", "redact")):
            raise UsageProblem(f"--set '{one}' is not a setting.", hint="Write it as PROVIDER.KEY=VALUE.")
        if not dot:
            profile[key] = value == "true" if key == "redact" and value in ("true", "false") else value
            continue
        declared = known.get(provider)
        kind = (
            next((each.kind for each in declared.fields if each.name == field), "text")
            if declared
            else "text"
        )
        section = profile.setdefault(provider, {})
        section[field] = int(value) if kind == "integer" and _DIGITS.fullmatch(value) else value
    made = {"default_profile": name, "profiles": {name: profile}}
    text: str = yaml.safe_dump(made, sort_keys=False, allow_unicode=True)
    return f"# energyctl; every key is explained in config.example.yaml and shown by: energyctl config show\n{text}"


def _exists(path: Path) -> UsageProblem:
    return UsageProblem(
        f"{path} exists already; it was not touched.",
        hint="Change it with: energyctl config edit, or replace it with --force.",
        code="file_exists",
    )


def _write(path: Path, text: str, *, force: bool = True) -> None:
    """Write the config file.

    :raises FileExistsError: without ``force``, when there is one by now: another process was quicker.
    """
    try:
        if not path.parent.exists():
            private_directory(path.parent)
        if force:
            write_private(path.resolve(), text.encode())  # a link to a file kept elsewhere stays a link
        else:
            create_private(path.resolve(), text.encode())
    except FileExistsError:
        raise
    except (OSError, RuntimeError) as error:  # the latter: links that lead to each other
        raise ConfigProblem(
            f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.",
            hint="Set ENERGYCTL_CONFIG to another place.",
        ) from error
