"""The file for support: what the examination found, with settings, versions and the last writes, and no secret."""

from __future__ import annotations

import json
import os
import platform
import stat
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl import __version__
from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.files import save_download
from energyctl.core.health.findings import Finding
from energyctl.core.health.installed import packages
from energyctl.core.health.setup import Setup
from energyctl.core.leftovers import is_taken
from energyctl.core.personal import ID, PERSONAL, classified
from energyctl.core.profiles import Section
from energyctl.core.redact import HIDDEN, is_secret_name
from energyctl.core.reference.topics import VARIABLES
from energyctl.core.times import rfc3339
from energyctl.providers import PROVIDERS, settings_of

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.core.settings import Field

FORM = 1
MOST_WRITES = 20
_REFERENCES = ("env:", "file:")
_PREFIX = "ENERGYCTL_"
_OTHER = "Name another file: --bundle FILE"
_COMMAND = "command:"
_SHOWN_ENDINGS = ("_URL", "_TARGET", "_FILE", "_DIR")


def check_place(path: Path) -> None:
    """Refuse a file that is there already or cannot be made, before minutes are spent on its content.

    :raises UsageProblem: naming it.
    """
    if is_taken(path):
        raise UsageProblem(
            f"The file {path} exists already; it was not touched.", hint=_OTHER, code="file_exists"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageProblem(f"{path} cannot be written: there is no such directory to write to.", hint=_OTHER)


def write_bundle(session: Session, path: Path, setup: Setup, found: list[Finding]) -> None:
    """Write the file, readable only by its owner, and say so.

    :raises UsageProblem: when it cannot be written or is there by now.
    """
    whole = {
        "energyctl_bundle": FORM,
        "made_at": rfc3339(session.now().replace(microsecond=0)),
        "versions": _versions(),
        "checks": [one.as_row() for one in found],
        "config": _config(session, setup),
        "journal": list(_journal(session)),
        "environment": list(_environment(session)),
        "files": list(_files(session)),
    }
    hidden = dict.fromkeys(_commands(setup), "…")
    if len(home := (session.env.get("HOME") or "").rstrip(os.sep)) > 1:
        hidden[home] = "~"  # it often holds a name
    shown = _without(session.shown.data(whole), hidden)
    text = json.dumps(shown, ensure_ascii=False, indent=2, default=str)
    try:
        save_download(path, [f"{text}\n".encode("utf-8", "replace")], private=True)
    except UsageProblem as problem:
        problem.hint = _OTHER
        raise
    session.notice(f"Wrote {path}, readable only by you. Look through it before you hand it on.")


def _versions() -> dict[str, Any]:
    try:
        known = packages()
    except metadata.PackageNotFoundError:
        known = []
    return {
        "energyctl": __version__,
        "python": sys.version,
        "platform": platform.platform(),
        "packages": [{"name": one.name, "wanted": one.wanted, "installed": one.installed} for one in known],
    }


def _config(session: Session, setup: Setup) -> dict[str, Any]:
    """Return the settings in force; of secrets where they are, of ids only that they are set."""
    told: dict[str, Any] = {
        "file": str(session.paths.config_file),
        "problems": [one.message for one in setup.problems],
        "issues": [{"line": one.line, "about": one.key, "message": one.message} for one in setup.issues],
        "settings": [],
    }
    profile = setup.profile
    if profile is None:
        return told
    told["profile"] = {"name": profile.name, "source": profile.source}
    for name in PROVIDERS:
        prefix = f"{_PREFIX}{name}_".upper()
        if name not in profile.body and not any(one.startswith(prefix) for one in session.env):
            continue
        try:
            section = Section(profile, settings_of(name))
            told["settings"] += list(_settings(section))
        except EnergyctlError as error:
            told["problems"].append(error.message)
    return told


def _settings(section: Section) -> Iterator[dict[str, Any]]:
    """Yield the settings in force; of an id or a person only that it is set."""
    environment = section.environment
    name = section.provider
    yield {"setting": f"{name}.environment", "value": environment.value, "source": environment.source}
    for field in section.settings.fields:
        setting = section.setting(field.name)
        if setting.value is None:
            continue
        value = _reference(str(setting.value)) if field.kind == "secret" else setting.value
        shown = {"is_set": True} if _is_private(field) else {"value": value}
        yield {"setting": f"{name}.{field.name}", **shown, "source": setting.source}


def _reference(text: str) -> str:
    """Return where a secret is: never what a command is given, nor a secret that stands in the file itself."""
    if text.startswith(_COMMAND):
        return f"{_COMMAND}…"
    return text if text in ("keyring", "sandbox") or text.startswith(_REFERENCES) else HIDDEN


def _is_private(field: Field) -> bool:
    kind = classified(field.name)
    return field.kind != "secret" and (kind in PERSONAL or kind == ID)


def _journal(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the last writes; the user's name at this machine is only shown where persons are."""
    personal = session.pseudonyms is None
    try:
        for entry in islice(session.journal.entries(), MOST_WRITES):
            yield entry if personal else {**entry, "user": HIDDEN}
    except EnergyctlError as error:
        yield {"problem": error.message}


def _environment(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the tool's variables; the value of one that is not known to be harmless is hidden."""
    plain = {name for name, _ in VARIABLES}
    for provider in PROVIDERS:
        plain.add(f"{_PREFIX}{provider}_ENVIRONMENT".upper())
        plain |= {
            f"{_PREFIX}{provider}_{field.name}".upper()
            for field in settings_of(provider).fields
            if field.kind != "secret" and not _is_private(field)
        }
    for name in sorted(session.env):
        if not name.startswith(_PREFIX):
            continue
        of_sandbox = name.startswith(f"{_PREFIX}SANDBOX_") and name.endswith(_SHOWN_ENDINGS)
        shown = (name in plain or of_sandbox) and not is_secret_name(name)
        yield {"variable": name, "value": session.env[name] if shown else HIDDEN}


def _files(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the lists for completion and the caches: how old they are, how big, and their mode."""
    root = session.paths.state_dir
    now = session.now().timestamp()
    for directory in ("completion", "cache"):
        for path in sorted((root / directory).glob("*")):
            try:
                facts = path.lstat()
            except OSError:
                continue
            yield {
                "file": str(path.relative_to(root)),
                "age_s": round(now - facts.st_mtime),
                "size_bytes": facts.st_size,
                "mode": f"{stat.S_IMODE(facts.st_mode):04o}",
            }


def _commands(setup: Setup) -> Iterator[str]:
    """Yield the commands that give secrets: an error quotes them, and some hold what they should not."""
    for name in PROVIDERS:
        body = setup.profile.body.get(name) if setup.profile is not None else None
        for value in body.values() if isinstance(body, Mapping) else ():
            command = value.removeprefix(_COMMAND).strip() if isinstance(value, str) else ""
            if command != value and " " in command:  # a program's name alone tells nothing
                yield command


def _without(data: Any, hidden: Mapping[str, str]) -> Any:
    """Return data with some texts replaced wherever they stand."""
    if isinstance(data, dict):
        return {key: _without(value, hidden) for key, value in data.items()}
    if isinstance(data, list):
        return [_without(value, hidden) for value in data]
    if isinstance(data, str):
        for text, instead in hidden.items():
            data = data.replace(text, instead)
    return data
