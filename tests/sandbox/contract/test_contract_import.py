"""That the tool takes the documents which the sandbox publishes, and finds all of its operations where it has them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from energyctl.core.openapi.matching import CONFIRMED, match
from energyctl.core.openapi.reading import document_of
from energyctl.providers.bright.operations import OPERATIONS as BRIGHT
from energyctl.providers.emulate.operations import OPERATIONS as EMULATE
from energyctl.providers.rabot.operations import OPERATIONS as RABOT
from tests.sandbox.contract.partner import Partner

TABLES: dict[str, Any] = {"rabot": RABOT, "emulate": EMULATE, "bright": BRIGHT}


def test_every_operation_of_the_tool_is_confirmed(partner: Partner) -> None:
    text = partner.http.get(partner.credentials[partner.document_at]).text
    document = document_of(text, "published")
    base_path = urlsplit(partner.published.base).path
    found = match(TABLES[partner.provider], document, chosen={}, left_out=set(), base_path=base_path)
    assert {(one.operation_id, one.how) for one in found} == {
        (name, CONFIRMED) for name in TABLES[partner.provider]
    }
