"""Single requests at the edges of what a field can hold, each with the answer that it must have."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.contract.partner import Partner

EDGES: dict[str, list[tuple[str, dict[str, str], int]]] = {
    "rabot": [
        ("getDayAheadPrices", {"from": "0291-04-05T00:56:00+03:29"}, 200),
        ("getDayAheadPrices", {"from": "9999-12-31"}, 400),
        ("getDayAheadPrices", {"from": "9999-12-31T23:59:59Z"}, 400),
        ("getDayAheadForecast", {"from": "0001-01-01T00:00:00Z"}, 400),
        ("getMetrics", {"Period.To": ""}, 200),
        ("getTariffs", {"effectiveDate": ""}, 200),
    ],
    "emulate": [
        ("listDeviceProblems", {"page": "9" * 30}, 200),
        ("listDevices", {"cursor": ""}, 400),
        ("listCustomers", {"limit": ""}, 400),
    ],
    "bright": [
        ("get_invoices", {"fromDate": ""}, 400),
        ("get_invoices", {"fromDate": "2024-10-31"}, 400),
        ("get_invoices", {"fromDate": "0900-01-01T00:00:00Z", "toDate": "9999-12-31T23:59:59Z"}, 200),
        ("get_invoices", {"fromDate": "0001-01-01T00:00:00+14:00"}, 400),
        ("get_cost", {"fromDate": "0001-01-01T00:00:00Z", "toDate": "9999-12-31T23:59:59Z"}, 200),
        ("get_cost", {"resolution": "YEAR"}, 400),
        ("get_user_roles", {"perPage": "1001"}, 400),
        ("get_user_roles", {"perPage": "1000", "page": "2147483647"}, 200),
    ],
}


def test_queries(partner: Partner) -> None:
    wrong = []
    for name, query, status in EDGES[partner.provider]:
        operation = partner.published.operations[name]
        right = partner.right(operation)
        answer = partner.send(operation, right, params={**right.query, **query})
        wrong += partner.against(operation, answer)
        if answer.status_code != status:
            wrong.append(f"{name} {query}: {answer.status_code}, not {status}: {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("form", [False, True])
def test_tokens_are_given_for_json_and_for_forms(partner: Partner, form: bool) -> None:
    for operation in partner.published.operations.values():
        if operation.body is None or not operation.takes_a_form_too:
            continue
        right = partner.right(operation)
        as_form: dict[str, Any] = {
            "content": urlencode(right.body).encode(),
            "content_type": "application/x-www-form-urlencoded",
        }
        answer = partner.send(operation, right, **(as_form if form else {}))
        assert (answer.status_code, partner.against(operation, answer)) == (200, []), operation.id
