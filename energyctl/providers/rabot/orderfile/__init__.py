"""Order files for RABOT: read, check, describe and recognise the body of ``POST /orders``.

Pure functions over text and dicts. No HTTP, no printing, no files: the caller reads, sends and shows.
"""

from __future__ import annotations

from .check import validate
from .describe import describe
from .document import OrderDocument
from .findings import Problem
from .reading import read_orders
from .request import as_request, fingerprint, matches
from .template import template

__all__ = [
    "OrderDocument",
    "Problem",
    "as_request",
    "describe",
    "fingerprint",
    "matches",
    "read_orders",
    "template",
    "validate",
]
