"""What is known of the partner's keys: where and for what each was made, or was accepted.

The provider registers keys per environment and per API and never says why it refuses one (contract 3.4, 3.5). So the
tool remembers what it saw: a key that it made, and a key that once worked. Only fingerprints are kept, no key.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from energyctl.core.errors import ConfigProblem
from energyctl.core.files import private_directory, private_file, read_private
from energyctl.core.profiles import Section, sandbox_facts

if TYPE_CHECKING:
    from energyctl.core.session import Session

MADE, ACCEPTED, REGISTERED = "made", "accepted", "registered"


@dataclass(frozen=True)
class KeyRecord:
    """One fact about a key: at which system, for which API and retailer it was made, accepted or registered."""

    fingerprint: str
    system: str
    environment: str
    api: str
    retailer_id: int | None
    how: str
    at: str


class KeyBook:
    """The records of this user, and in the sandbox those of its portal."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section
        self.path = session.paths.state_dir / "emulate-keys.jsonl"

    def of(self, fingerprint: str) -> list[KeyRecord]:
        """Return what is known of a key."""
        return [one for one in self.all() if one.fingerprint == fingerprint]

    def all(self) -> list[KeyRecord]:
        """Return every record, the portal's first."""
        return [*self.registered(), *self._read(self.path, self.section.label)]

    def registered(self) -> list[KeyRecord]:
        """Return the keys that the sandbox's portal lists; elsewhere the portal can only be looked at by a person."""
        if not self.section.is_sandbox:
            return []
        given = sandbox_facts(self.session).get("credentials", {}).get("emulate", {})
        return self._read(Path(str(given.get("keys_file", ""))), "sandbox")

    def remember(self, fingerprint: str, *, api: str, retailer_id: int | None, how: str) -> None:
        """Keep a fact about a key; one that cannot be kept is no reason to fail."""
        system = self.section.identity()
        for one in self._read(self.path, self.section.label):
            if (one.fingerprint, one.system, one.api, one.retailer_id, one.how) == (
                fingerprint,
                system,
                api,
                retailer_id,
                how,
            ):
                return
        at = self.session.now().isoformat(timespec="seconds")
        record = KeyRecord(fingerprint, system, self.section.label, api, retailer_id, how, at)
        try:
            private_directory(self.path.parent)
            with private_file(self.path, "keys_unusable").open("ab+") as file:
                file.write(_after_a_torn_line(file) + json.dumps(asdict(record)).encode() + b"\n")
        except (OSError, ConfigProblem):
            return

    def _read(self, path: Path, environment: str) -> list[KeyRecord]:
        try:
            own = path == self.path
            raw_lines = read_private(path, path.parent) if own else path.read_bytes()
            lines = raw_lines.decode(errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                raw: Any = json.loads(line)
                found.append(
                    KeyRecord(
                        str(raw["fingerprint"]),
                        str(raw.get("system") or self.section.identity()),
                        str(raw.get("environment") or environment),
                        str(raw["api"]),
                        raw["retailer_id"] if isinstance(raw.get("retailer_id"), int) else None,
                        str(raw.get("how") or REGISTERED),
                        str(raw.get("at") or raw.get("generated_at") or ""),
                    )
                )
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue
        return found


def _after_a_torn_line(file: BinaryIO) -> bytes:
    """Return the end of line that the last record lacks when its writer was cut off."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 1, 0))
    return b"\n" if file.read(1) not in (b"", b"\n") else b""
