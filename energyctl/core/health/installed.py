"""Which versions are at work, and whether the installed packages are those that the tool declares."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from energyctl import __version__
from energyctl.core.health.findings import CONFIG, FAIL, PASS, UNKNOWN, WARN, Finding

_PROGRAM = "energyctl"
_AGAIN = "Install it again: pipx reinstall energyctl, or pip install --upgrade energyctl"
_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*\(?(?P<clauses>[^;()]*)\)?\s*(?:;(?P<marker>.*))?"
)
_CLAUSE = re.compile(r"\s*(?P<sign>>=|<=|==|!=|~=|>|<)\s*(?P<version>[0-9][0-9a-zA-Z.*+-]*)\s*")


@dataclass(frozen=True)
class Package:
    """A declared package: what is asked for, and what is there."""

    name: str
    wanted: str
    installed: str | None

    @property
    def fits(self) -> bool:
        """Whether it is there, in a version that is asked for."""
        return self.installed is not None and satisfies(self.installed, self.wanted)


def satisfies(version: str, clauses: str) -> bool:
    """Whether a version fulfils clauses such as ``>=0.28,<1``; only the numbers of a release are compared.

    A clause of another form excludes nothing.
    """
    have = _numbers(version)
    for clause in clauses.split(","):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            continue
        text = match["version"]
        want = _numbers(text.removesuffix(".*"))
        width = max(len(have), len(want))
        left, right = _padded(have, width), _padded(want, width)
        same = have[: len(want)] == want if text.endswith(".*") else left == right
        held = {
            ">=": left >= right,
            "<=": left <= right,
            ">": left > right,
            "<": left < right,
            "==": same,
            "!=": not same,
            "~=": left >= right and have[: len(want) - 1] == want[:-1],
        }[match["sign"]]
        if not held:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _padded(numbers: tuple[int, ...], width: int) -> tuple[int, ...]:
    return (*numbers, *(0 for _ in range(width - len(numbers))))


def packages() -> list[Package]:
    """Return the packages that the tool declares; those of an extra only where they are installed.

    :raises PackageNotFoundError: when the tool runs without having been installed.
    """
    found: dict[str, Package] = {}
    for text in metadata.requires(_PROGRAM) or ():
        match = _REQUIREMENT.match(text)
        if match is None or match["name"].lower() == _PROGRAM:
            continue
        marker = match["marker"] or ""
        try:
            installed: str | None = metadata.version(match["name"])
        except metadata.PackageNotFoundError:
            installed = None
        if "extra" in marker and (installed is None or "sandbox" not in marker):
            continue
        found.setdefault(match["name"], Package(match["name"], match["clauses"].strip(), installed))
    return list(found.values())


def version_findings() -> Iterator[Finding]:
    """Yield the versions of the tool and its Python, and what of its packages is missing or out of range."""
    where = f"{platform.system()} {platform.release()} {platform.machine()}"
    python = f"Python {platform.python_version()} ({platform.python_implementation()}) on {where}."
    yield Finding("version", PASS, f"energyctl {__version__}.", kind=CONFIG)
    yield Finding("python", PASS, python, kind=CONFIG)
    try:
        known = packages()
    except metadata.PackageNotFoundError:
        told = "energyctl runs from its source tree: what it declares is not on record."
        yield Finding("packages", UNKNOWN, told, _AGAIN, CONFIG)
        return
    missing = [one.name for one in known if one.installed is None]
    outside = [
        f"{one.name} {one.installed} ({one.wanted})" for one in known if one.installed and not one.fits
    ]
    if missing:
        yield Finding("packages", FAIL, f"Not installed: {', '.join(missing)}.", _AGAIN, CONFIG)
    if outside:
        yield Finding("packages", WARN, f"Outside of what was tried: {', '.join(outside)}.", _AGAIN, CONFIG)
    if not missing and not outside:
        yield Finding("packages", PASS, f"All {len(known)} are there, in the versions declared.", kind=CONFIG)
