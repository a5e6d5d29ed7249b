"""What every REST provider has: ``endpoints``, ``spec``, ``call`` and ``api``, for Emulate."""

from __future__ import annotations

from energyctl.commands.rest import Acting, factories
from energyctl.core.session import Session
from energyctl.providers.emulate.client import EmulateClient, connect
from energyctl.providers.emulate.commands.arguments import AsCustomer


def _connect(session: Session) -> EmulateClient:
    return connect(session)


def _connect_as(session: Session, customer: str) -> EmulateClient:
    return connect(session, as_customer=customer)


_ACTING = Acting(AsCustomer, _connect_as)
_PATH = "/v1/retailer/customers"

endpoints = factories.endpoints_app(_connect, "emulate")
spec = factories.spec_app(_connect, "emulate", operation="list_customers")
call = factories.call_app(_connect, "emulate", operation="list_customers", path=_PATH, acting=_ACTING)
api = factories.api_app(_connect, "emulate", path=_PATH, acting=_ACTING)
