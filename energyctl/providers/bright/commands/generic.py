"""What every REST provider has: ``endpoints``, ``spec``, ``call`` and ``api``, for Bright Kit."""

from __future__ import annotations

from energyctl.commands.rest import factories
from energyctl.providers.bright.client import connect

endpoints = factories.endpoints_app(connect, "bright")
spec = factories.spec_app(connect, "bright", operation="search_accounts")
_PATH, _QUERY = "/accounts", "ssn=191212121212"
call = factories.call_app(connect, "bright", operation="openid_configuration", path=_PATH, query=_QUERY)
api = factories.api_app(connect, "bright", path=_PATH, query=_QUERY)
