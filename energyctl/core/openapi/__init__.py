"""OpenAPI files: read, checked, matched with a provider's own table of operations, and kept for later runs."""

from __future__ import annotations

from energyctl.core.cache import CompletionList


def operations_list(provider: str) -> CompletionList:
    """Return the list of a provider's operations that completion offers."""
    return CompletionList(f"{provider}-operations")
