"""What the sandbox's server and a provider's own servers agree on.

With it a further provider is one more package.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.faults import Faults
from energyctl.sandbox.requestlog import RequestLog


@dataclass(frozen=True)
class Shared:
    """What all providers of one sandbox have in common."""

    directory: Path
    host: str
    customers: int
    devices: int
    seed: int
    token_ttl_s: int
    faults: Faults
    log: RequestLog
    clock: SandboxClock


class ControlError(Exception):
    """A control request that cannot be done; the status and text are its answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


ControlCall = Callable[[Mapping[str, str], dict[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class ControlRoute:
    """One control operation of a provider: called with the path's parts and the JSON body, it returns JSON.

    Raise ControlError for what cannot be done.
    """

    method: str
    path: str
    call: ControlCall


class Provider(Protocol):
    """One provider's servers. ``start`` comes first; the other methods describe what then runs."""

    name: str

    async def start(self) -> None:
        """Open the provider's ports on loopback."""

    async def stop(self) -> None:
        """Close them."""

    def urls(self) -> dict[str, str]:
        """Host roots by name, as they appear under ``urls`` in the facts."""

    def credentials(self) -> dict[str, Any]:
        """Test credentials, as they appear under ``credentials.<name>`` in the facts."""

    def env(self) -> dict[str, str]:
        """Environment variables that any other client needs to reach the provider."""

    def profile(self, directory: Path) -> dict[str, Any]:
        """Return the provider's section of the configuration profile.

        Secrets only as references to ``secret_files``.
        """

    def secret_files(self) -> dict[str, str]:
        """Contents of the secret files in the sandbox's directory, by file name."""

    def reset(self) -> None:
        """Go back to the seeded data. Ports, clients, secrets and issued tokens stay."""

    def control_routes(self) -> Sequence[ControlRoute]:
        """Return the provider's own control operations, with paths below ``/<name>/``."""
