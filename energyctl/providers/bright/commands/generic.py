"""What every REST provider has: ``endpoints``, ``spec``, ``call`` and ``api``, for Bright Kit."""

from __future__ import annotations

from energyctl.commands.rest import factories
from energyctl.providers.bright.client import connect

endpoints = factories.endpoints_app(connect, "bright")
spec = factories.spec_app(connect, "bright", operation="search_accounts")
call = factories.call_app(connect, "bright", operation="openid_configuration", path="/accounts")
api = factories.api_app(connect, "bright", path="/accounts")
