"""The three REST providers' partners, each in front of a sandbox that begins anew with the module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.contract.partner import Partner
from tests.sandbox.contract.partners import PARTNERS


@pytest.fixture(scope="module", params=list(PARTNERS))
def partner(request: pytest.FixtureRequest, sandbox: Any) -> Iterator[Partner]:
    sandbox.control("/reset", {})
    found = PARTNERS[request.param](sandbox.facts, sandbox.control)
    yield found
    found.close()
