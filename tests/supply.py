"""What the project depends on: each dependency has a reason in pyproject.toml, and a maintainer.

``python -m tests.supply`` asks the package registry when each was last released, and fails for one that has had no
release for two years and no word here on why it is used all the same. Where no registry answers it says so.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
REGISTRY = "https://pypi.org/pypi/{}/json"
LONGEST_SILENCE = timedelta(days=2 * 365)
#: Why a package without a release for two years is used all the same.
SILENT: dict[str, str] = {}
_LINE = re.compile(r'^\s+"(?P<wanted>(?P<name>[A-Za-z0-9-]+)[^"]*)",(?:\s+# (?P<reason>.+))?$')


@dataclass(frozen=True)
class Dependency:
    """One line of pyproject.toml."""

    name: str
    wanted: str
    reason: str


def dependencies() -> Iterator[Dependency]:
    """Yield the dependencies, those of the extras included, each with the comment beside or above it."""
    text = PYPROJECT.read_text(encoding="utf-8")
    known = tomllib.loads(text)["project"]
    extras = known["optional-dependencies"].values()
    wanted = {one for names in (known["dependencies"], *extras) for one in names}
    above: list[str] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match and match["wanted"] in wanted:
            yield Dependency(match["name"], match["wanted"], match["reason"] or " ".join(above))
        above = [*above, line.strip()[2:]] if line.strip().startswith("# ") else []


def last_release(name: str) -> datetime | None:
    """Return when a package was last released; None when no registry answers."""
    try:
        with urllib.request.urlopen(REGISTRY.format(name), timeout=30) as answer:
            files = [file for release in json.load(answer)["releases"].values() for file in release]
    except (OSError, ValueError, KeyError):
        return None
    return max(datetime.fromisoformat(file["upload_time_iso_8601"]) for file in files)


def main() -> int:
    """Print a line for each dependency; return 1 when one is silent without a reason."""
    found = [one for one in dependencies() if one.name != "energyctl"]
    with ThreadPoolExecutor(8) as pool:
        dates = list(pool.map(lambda one: last_release(one.name), found))
    if not any(dates):
        print("note: no package registry answers, so the dates of the last releases are not checked.")
        return 0
    silent = []
    for one, at in zip(found, dates, strict=True):
        old = at is not None and datetime.now(UTC) - at > LONGEST_SILENCE
        told = SILENT.get(one.name, "SILENT for two years, and no reason is given") if old else one.reason
        print(f"{one.wanted:<28} {at.date() if at else 'not known'}  {told}")
        if old and one.name not in SILENT:
            silent.append(one.name)
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
