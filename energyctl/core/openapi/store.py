"""Where an imported OpenAPI file is kept, and the small record of what it moves, for each profile and provider."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from energyctl.core.endpoints import path_part, pins_file, read_pins
from energyctl.core.errors import ConfigProblem
from energyctl.core.files import private_directory, read_private, remove_private, write_private
from energyctl.core.openapi import operations_list
from energyctl.core.openapi.document import Document, SpecOperation
from energyctl.core.openapi.matching import PINNED, Match
from energyctl.core.openapi.paging import paging_of

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session


class SpecStore:
    """The imported file of one provider under one profile.

    Both are the lines of one file, which is replaced in one step: whatever fails on the way, the former import stays in
    force as a whole. The record is the first line, so that commands need not understand the document.
    """

    def __init__(self, session: Session, section: Section, base_path: str = "") -> None:
        self.session = session
        self.section = section
        #: The path of the address behind which the provider's paths stand.
        self.base_path = base_path
        self.path = pins_file(session, section)

    def keep(
        self,
        document: Document,
        source: str,
        matches: Sequence[Match],
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Take a document into use.

        :param source: its name in messages: the file's name, without its directories.
        :param values: those of parameters of its paths that are the same in every call.
        :raises ConfigProblem: when it cannot be written; the former one then stays in force.
        """
        content = json.dumps(document.raw).encode()
        record = json.dumps(self._record(document, source, content, matches, values or {})).encode()
        try:
            private_directory(self.session.paths.state_dir)
            private_directory(self.path.parent.parent)
            private_directory(self.path.parent)
            write_private(self.path, record + b"\n" + content + b"\n")
        except OSError as error:
            raise ConfigProblem(
                f"The imported file cannot be kept in {self.path.parent}: {error.strerror or error}.",
                hint="Free space there, or set ENERGYCTL_STATE_DIR to a directory that you may write to.",
                provider=self.section.provider,
            ) from error
        self._offer(document, matches)

    def _record(
        self,
        document: Document,
        source: str,
        content: bytes,
        matches: Sequence[Match],
        values: Mapping[str, str],
    ) -> dict[str, Any]:
        pinned = [one for one in matches if one.how in PINNED and one.target is not None]
        pins, paging = {}, {}
        for one in pinned:
            assert one.target is not None
            pins[one.operation_id] = {
                "method": one.target.method,
                "path": self._path(one.target, values),
                "operationId": one.target.operation_id,
                "names": {ours: list(place) for ours, place in one.names.items()},
            }
            told = paging_of(document, one.target)
            if told is not None:
                paging[one.operation_id] = told
        return {
            "facts": {
                "title": document.title,
                "version": document.version,
                "source": source,
                "sha256": hashlib.sha256(content).hexdigest(),
                "imported_at": self.session.now().isoformat(timespec="seconds"),
                "operations": len(document.operations),
                "counts": dict(Counter(one.how for one in matches)),
            },
            "pins": pins,
            "paging": paging,
            "values": dict(values),
            "operations": len(document.operations),
        }

    def _path(self, target: SpecOperation, values: Mapping[str, str]) -> str:
        path = target.relative_path(self.base_path)
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", path_part(name, value, self.section.provider))
        return path

    def _offer(self, document: Document, matches: Sequence[Match]) -> None:
        """Keep the names of all operations for completion."""
        names = {one.operation_id: one.builtin for one in matches}
        names.update({one.operation_id: one.summary or one.label for one in document.operations})
        operations_list(self.section.provider).write(self.session, names.items())

    def load(self) -> Document | None:
        """Return the document in force; None when none was imported.

        :raises ConfigProblem: when its file is damaged.
        """
        try:
            kept = read_private(self.path, self.session.paths.state_dir)
            content = kept.partition(b"\n")[2].rstrip(b"\n")
            whole = hashlib.sha256(content).hexdigest() == self.facts().get("sha256")
            raw = json.loads(content) if whole else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict):
            provider = self.section.provider
            raise ConfigProblem(
                f"The imported OpenAPI file {self.path} is damaged.",
                hint=f"Import it again: energyctl {provider} spec import FILE; or: energyctl {provider} spec forget",
                provider=provider,
                code="spec_damaged",
            )
        return Document(raw)

    def facts(self) -> dict[str, Any]:
        """Return title, version, source, SHA-256, time of import and counts; empty when nothing was imported."""
        found = read_pins(self.path).get("facts")
        return dict(found) if isinstance(found, dict) else {}

    def pins(self) -> dict[str, Any]:
        """Return what the imported file serves: operation to method, path, operationId and names."""
        return dict(read_pins(self.path).get("pins") or {})

    def values(self) -> dict[str, str]:
        """Return the values of parameters of its paths that are the same in every call."""
        return dict(read_pins(self.path).get("values") or {})

    def forget(self) -> bool:
        """Go back to the tool's own table; tell whether there was anything to forget."""
        there = self.path.exists()
        try:
            remove_private(self.path, self.session.paths.state_dir)
        except OSError as error:
            raise ConfigProblem(
                f"{error.filename} cannot be removed: {error.strerror or error}.",
                hint="Remove it by hand.",
                provider=self.section.provider,
            ) from error
        with suppress(OSError):
            (self.session.paths.state_dir / "completion" / operations_list(self.section.provider)).unlink()
        return there
