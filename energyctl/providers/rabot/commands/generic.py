"""What every REST provider has besides ``api``: ``endpoints``, ``spec`` and ``call``, for RABOT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.commands.rest.call import call_app
from energyctl.commands.rest.endpoints import endpoints_app
from energyctl.commands.rest.spec import spec_app

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.providers.rabot.client import RabotClient


def _connect(session: Session) -> RabotClient:
    from energyctl.providers.rabot.client import connect_later

    return connect_later(session)


endpoints = endpoints_app(_connect, "rabot")
spec = spec_app(_connect, "rabot", operation="list_orders")
call = call_app(_connect, "rabot", operation="list_tariffs", path="/partner/v1/orders")
