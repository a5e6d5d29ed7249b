"""How a write on one device ends, in words, with the error whose exit code tells it when it stands alone."""

from __future__ import annotations

import shlex
from copy import copy
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import (
    EnergyctlError,
    NotFound,
    NotThereYet,
    OutcomeUnknown,
    Refused,
    UsageProblem,
)
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import NOT_FOUND, OFFLINE, REJECTED, Result

if TYPE_CHECKING:
    from energyctl.providers.emporia.inventory import Inventory
    from energyctl.providers.emporia.kinds import Kind


class Ends:
    """The ends that writes on devices of a kind can have."""

    def __init__(self, kind: Kind, inventory: Inventory) -> None:
        self.kind = kind
        self.inventory = inventory

    def _show(self, device_id: str) -> str:
        return f"energyctl emporia {self.kind.command} show {shlex.quote(device_id)}"

    def _not_found(self, device_id: str) -> Result:
        text = f"Emporia lists no device '{device_id}'."
        hint = "See: energyctl emporia devices list --refresh"
        return Result(
            NOT_FOUND, self._named(device_id), text, error=NotFound(text, hint=hint, provider="emporia")
        )

    def _withheld(self, device_id: str, why: str) -> Result:
        text = f"{why}; nothing was sent."
        error = Refused(
            f"{device_id}: {text}",
            hint=f"Look again: {self._show(device_id)}",
            provider="emporia",
            operation=self.kind.list_method,
        )
        return Result(REJECTED, self._named(device_id), text, error=error)

    def _rejected(self, device_id: str, problem: str) -> Result:
        error = UsageProblem(
            f"{device_id}: {problem}",
            hint=f"Nothing was sent to it. See: energyctl emporia {self.kind.command} list",
            provider="emporia",
        )
        return Result(REJECTED, self._named(device_id), problem, error=error)

    def _named(self, device_id: str) -> dict[str, Any]:
        return {"device_name": self.inventory.name(device_id)}

    def _offline(self, device_id: str, more: str = "") -> Result:
        text = f"It is not connected to the cloud.{more}"
        error = Refused(
            f"{device_id} is not connected to the cloud; nothing changed.",
            hint="Try again when it is back: energyctl emporia devices list --disconnected --refresh",
            code="offline",
            provider="emporia",
            operation=self.kind.update_method,
        )
        return Result(OFFLINE, self._named(device_id), text, error=error)

    def _unknown(self, device_id: str, text: str, error: EnergyctlError | None = None) -> Result:
        told = OutcomeUnknown(
            f"{device_id}: {text}",
            hint=f"Look at it: {self._show(device_id)}",
            provider="emporia",
            operation=self.kind.update_method,
            grpc_code=error.grpc_code if error else None,
        )
        return Result(UNKNOWN, self._named(device_id), text, error=told)

    def _not_yet(self, device_id: str, text: str, failure: EnergyctlError | None = None) -> EnergyctlError:
        """Return the error of what was not seen in time, or why nothing could be seen."""
        hint = f"Look again: {self._show(device_id)}"
        if failure is None:
            return NotThereYet(
                f"{device_id}: {text}", hint=hint, provider="emporia", operation=self.kind.list_method
            )
        found = copy(failure)
        found.message, found.hint = f"{device_id}: {text}", hint
        return found
