"""The factories by one name, for the ``commands/generic.py`` of a provider."""

from __future__ import annotations

from energyctl.commands.rest.api import api_app
from energyctl.commands.rest.call import call_app
from energyctl.commands.rest.endpoints import endpoints_app
from energyctl.commands.rest.spec import spec_app

__all__ = ["api_app", "call_app", "endpoints_app", "spec_app"]
