"""What every REST provider has: ``endpoints``, ``spec``, ``call`` and ``api``, for Emulate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.commands.rest import factories
from energyctl.providers.emulate.client import EmulateClient

if TYPE_CHECKING:
    from energyctl.core.session import Session


def _connect(session: Session) -> EmulateClient:
    from energyctl.providers.emulate.client import connect

    return connect(session)


endpoints = factories.endpoints_app(_connect, "emulate")
spec = factories.spec_app(_connect, "emulate")
call = factories.call_app(_connect, "emulate")
api = factories.api_app(_connect, "emulate")
