"""The data layer's operations on what an account is supplied with (contract 7 and 8)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from energyctl.sandbox.bright import readings, tariff
from energyctl.sandbox.bright.accounts import Accounts
from energyctl.sandbox.bright.answers import KitError
from energyctl.sandbox.bright.catalog import TRADE, Catalog, Service
from energyctl.sandbox.bright.invoices import Invoice, Invoices, shown
from energyctl.sandbox.bright.operations import (
    PAGING,
    Call,
    Instant,
    Operation,
    Resolution,
    range_of,
    resolution_of,
)
from energyctl.sandbox.bright.papers import pdf
from energyctl.sandbox.bright.stockholm import STOCKHOLM, day_of, local, midnight, now
from energyctl.sandbox.shapes import Text

FILES = "/invoice-files/{accountId}/{invoiceId}"
_FILE_LIVES_S = 300
_OPEN_END = datetime(2099, 12, 31, tzinfo=STOCKHOLM)
_NOTICE = timedelta(days=14)


class Supplies:
    """Locations, agreements, products, events, invoices, measurements and costs.

    ``host`` gives the root of this server, where an invoice's short-lived address points to.
    """

    def __init__(self, catalog: Catalog, accounts: Accounts, seed: int, host: Callable[[], str]) -> None:
        self._catalog = catalog
        self._accounts = accounts
        self._seed = seed
        self._host = host
        self._invoices = Invoices(catalog, seed)
        self._key = secrets.token_bytes(32)

    def operations(self) -> list[Operation]:
        """Return the table's part."""
        account = "/accounts/{accountId}"
        one = f"{account}/invoices/{{invoiceId}}"
        dates = {"fromDate": Instant(), "toDate": Instant()}
        series = {name: Instant(required=True) for name in dates} | {"resolution": Resolution(required=True)}
        return [
            Operation("get_locations", "GET", f"{account}/locations", self._locations, PAGING, paged=True),
            Operation("get_agreements", "GET", f"{account}/agreements/{{serviceId}}", self._agreements),
            Operation("get_products", "GET", f"{account}/products/{{serviceId}}", self._products),
            Operation("get_service_events", "GET", f"{account}/events/{{serviceId}}", self._events),
            Operation("get_invoices", "GET", f"{account}/invoices", self._list_invoices, dates),
            Operation("get_invoice_url", "GET", f"{one}/url", self._invoice_url),
            Operation("get_invoice_stream", "GET", f"{one}/stream", self._invoice_stream),
            Operation(
                "get_measurements",
                "GET",
                f"{account}/measurements/{{measurementId}}",
                self._measurements,
                series,
            ),
            Operation("get_cost", "GET", f"{account}/cost/{{costId}}", self._cost, series),
        ]

    def file_operation(self) -> Operation:
        """Return what serves an invoice at its short-lived address, which is no part of the Kit."""
        query = {"expires": Text(required=True), "signature": Text(required=True)}
        return Operation("invoice_file", "GET", FILES, self._file, query, is_open=True)

    def measured(self, call: Call) -> Service:
        """Return the service whose measurements a call asks for."""
        return self._service(call, "measurementId", lambda service: service.measurement_id)

    def charged(self, call: Call) -> Service:
        """Return the service whose costs a call asks for."""
        return self._service(call, "costId", lambda service: service.cost_id)

    def _service(self, call: Call, name: str, id_of: Callable[[Service], str]) -> Service:
        account, wanted = self._accounts.account(call), call.path[name]
        for service in self._catalog.services(account):
            if id_of(service) == wanted:
                return service
        raise KitError(404, f"Account {account.account_id} has no {name} {wanted}.", name="ServiceNotFound")

    def _named(self, call: Call) -> Service:
        return self._service(call, "serviceId", lambda service: service.service_id)

    async def _locations(self, call: Call) -> list[dict[str, Any]]:
        account = self._accounts.account(call)
        return [
            {
                "id": location.location_id,
                "name": location.name,
                "address": location.address,
                "priceArea": "SE3",
                "services": [_service_shown(service) for service in location.services],
            }
            for location in self._catalog.locations(account.at)
        ]

    async def _agreements(self, call: Call) -> list[dict[str, Any]]:
        service = self._named(call)
        return [
            {
                "id": f"AGR-{service.name}",
                "serviceId": service.service_id,
                "name": tariff.PRODUCT_NAMES[service.type],
                "status": _status(service),
                "startDate": local(midnight(service.start)),
                "endDate": _end(service),
                "noticeMonths": 1,
            }
        ]

    async def _products(self, call: Call) -> list[dict[str, Any]]:
        service = self._named(call)
        return [
            {
                "id": f"PRD-{service.name}",
                "serviceId": service.service_id,
                "name": tariff.PRODUCT_NAMES[service.type],
                "prices": [
                    {
                        "value": price.value_micro / tariff.MICRO,
                        "type": price.type,
                        "note": f"{service.name}-{price.name}",
                        "name": price.name,
                        "validFrom": local(midnight(service.start)),
                        "validTo": _end(service) or local(_OPEN_END),
                    }
                    for price in tariff.prices(service)
                ],
            }
        ]

    async def _events(self, call: Call) -> list[dict[str, Any]]:
        service = self._named(call)
        events = [(service.start, "started", "Leveransen har börjat.")]
        if service.end is not None:
            events.append((service.end, "ended", "Leveransen har upphört."))
        else:
            events.append((day_of(now()) + _NOTICE, "maintenance", "Planerat underhåll klockan 9 till 10."))
        return [
            {
                "id": f"EVT-{service.name}-{number}",
                "serviceId": service.service_id,
                "type": kind,
                "date": local(midnight(day)),
                "message": message,
            }
            for number, (day, kind, message) in enumerate(events, 1)
        ]

    async def _list_invoices(self, call: Call) -> list[dict[str, Any]]:
        account = self._accounts.account(call)
        found = self._invoices.of(account, call.query.get("fromDate"), call.query.get("toDate"))
        return [shown(invoice) for invoice in found]

    def _invoice(self, call: Call) -> Invoice:
        found = self._invoices.find(self._accounts.account(call), call.path["invoiceId"])
        if found is None:
            raise KitError(404, f"There is no invoice {call.path['invoiceId']}.", name="InvoiceNotFound")
        return found

    async def _invoice_url(self, call: Call) -> dict[str, str]:
        invoice = self._invoice(call)
        path = FILES.format(accountId=invoice.account.account_id, invoiceId=invoice.invoice_id)
        expires = str(int(time.time()) + _FILE_LIVES_S)
        return {"url": f"{self._host()}{path}?expires={expires}&signature={self._signature(path, expires)}"}

    async def _invoice_stream(self, call: Call) -> web.Response:
        return _pdf_answer(self._invoice(call))

    async def _file(self, call: Call) -> web.Response:
        expires, signature = call.query["expires"], call.query["signature"]
        expected = self._signature(call.request.path, expires)
        if not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
            raise KitError(403, "The address was altered.")
        if int(expires) < time.time():
            raise KitError(410, "The address has expired; ask for the invoice's url again.")
        return _pdf_answer(self._invoice(call))

    def _signature(self, path: str, expires: str) -> str:
        return hmac.new(self._key, f"{path}?{expires}".encode(), hashlib.sha256).hexdigest()

    async def _measurements(self, call: Call) -> dict[str, Any]:
        return readings.measurements(self.measured(call), *range_of(call), resolution_of(call))

    async def _cost(self, call: Call) -> dict[str, Any]:
        return readings.costs(self.charged(call), *range_of(call), resolution_of(call), self._seed)


def _pdf_answer(invoice: Invoice) -> web.Response:
    name = f'inline; filename="{invoice.invoice_id}.pdf"'
    return web.Response(
        body=pdf(invoice), content_type="application/pdf", headers={"Content-Disposition": name}
    )


def _end(service: Service) -> str | None:
    return local(midnight(service.end)) if service.end is not None else None


def _status(service: Service) -> str:
    return "inactive" if service.end is not None and service.end <= day_of(now()) else "active"


def _service_shown(service: Service) -> dict[str, Any]:
    return {
        "id": service.service_id,
        "type": service.type,
        "status": _status(service),
        "measurementResolution": service.measured_by,
        "measurementId": service.measurement_id,
        "costResolution": service.charged_by,
        "costId": service.cost_id,
        "properties": {
            "showSpotPrice": service.type == TRADE,
            "showCost": True,
            "realtimeMeasurements": False,
        },
        "startDate": local(midnight(service.start)),
        "endDate": _end(service),
    }
