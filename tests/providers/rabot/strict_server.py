"""A partner API in miniature, written from the contract alone: it notes every request that is not as documented.

What it answers is the test's business: a function for each operation. It shares nothing with the sandbox.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

CLIENT, SECRET, TOKEN = "partner-7", "s3cret-of-partner-7", "token-of-partner-7"
SCOPES = {
    "api:partner",
    "create:orders",
    "role:finance-reporting",
    "role:customer-support",
    "role:application",
}
Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _date(value: Any) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and bool(date.fromisoformat(value))


def _moment(value: Any) -> bool:
    return bool(re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value)) and bool(datetime.fromisoformat(value))


def _day_or_moment(value: Any) -> bool:
    return _date(value) if len(value) == 10 else _moment(value)


def _digits(value: Any) -> bool:
    return isinstance(value, str) and value.isdigit()


def _of(*words: str) -> Check:
    return lambda value: value in words


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


_OTEXT = _or_null(_text)
_ADDRESS = {
    **dict.fromkeys(("title", "firstName", "lastName", "businessName", "extension"), _OTEXT),
    **dict.fromkeys(("streetName", "houseNumber", "city", "postCode", "countryCode"), _text),
    "gender": _or_null(_of("Male", "Female", "Other")),
}
_DETAILS: dict[str, Any] = {
    **dict.fromkeys(("meterNumber", "maLoIdentifier", "meLoIdentifier", "previousSupplierCode"), _OTEXT),
    **dict.fromkeys(("desiredTransitionDate", "moveInDate", "previousSelfCancelledDate"), _or_null(_date)),
    "previousAnnualConsumptionKwh": _whole,
    "capabilities": dict.fromkeys(("hasElectricVehicle", "hasSmartMeter", "hasHeatPump"), _flag),
}
_ORDER: dict[str, Any] = {
    "tariffKey": _text,
    "offerDate": _date,
    "campaignCode": _OTEXT,
    "userAccount": {
        "emailAddress": _text,
        **dict.fromkeys(("phoneNumber", "password", "firstName", "lastName", "businessName"), _OTEXT),
        "gender": _or_null(_of("Male", "Female", "Other")),
        "dateOfBirth": _or_null(_date),
    },
    "contract": {
        "externalId": _OTEXT,
        "type": _of("Private", "Business"),
        "deliveryAddress": _ADDRESS,
        "billingAddress": _ADDRESS,
        "bankDetails": {
            "iban": _text,
            **dict.fromkeys(("accountHolder", "bic", "bankName"), _OTEXT),
            "hasAcceptedDirectDebit": _flag,
        },
        "contractReason": _of("NewDeliveryLocation", "ChangeOfSupplier"),
        "deliveryDetails": _DETAILS,
        "agreements": dict.fromkeys(("termsAndConditions", "privacyPolicy", "revocationPolicy"), _flag),
        "transactionDateTime": _or_null(_moment),
    },
}
_QUOTE = {
    "yearlyConsumptionKwh": _number,
    "zipCode": lambda value: bool(re.fullmatch("[0-9]{5}", value)),
    "hasSmartMeter": _flag,
    "hasElectricVehicle": _flag,
    "campaignCode": _OTEXT,
}
_LINK = dict.fromkeys(
    (
        "successUrl",
        "failureUrl",
        "customerNumberQueryParameterName",
        "externalCustomerId",
        "signUpUrl",
        "authAs",
    ),
    _OTEXT,
)
_PLAN = {
    "amounts": lambda value: all(set(one) == {"tz", "kwh"} and _number(one["kwh"]) for one in value),
    "intervalBeginAt": _moment,
    "intervalEndAt": _moment,
}
_PAGING = {"offset": _digits, "limit": _digits}
_PRICES = {"from": _day_or_moment, "to": _day_or_moment, "granularity": _of("Hourly", "QuarterHourly")}
_METRICS = {
    "Period.From": _day_or_moment,
    "Period.To": _day_or_moment,
    "Interval": _of("QuarterHourly", "Hourly", "Daily", "Weekly", "Monthly", "Yearly"),
    "MetricType": _of("Consumption", "Saving", "TotalCost", "WorkingPrice", "Co2Saving"),
    "ValueType": _of("Actual", "Forecast", "Dynamic", "Combined"),
}
_TYPES = _of("All", "PrePayment", "Settlement", "ContractConfirmation")
_ONE = "/customers/([^/]+)/contracts/([^/]+)"

#: name: method, path, query, body (None: none allowed)
OPERATIONS: dict[str, tuple[str, str, dict[str, Check], Any]] = {
    "tariffs": ("GET", "/tariffs", {"effectiveDate": _date}, None),
    "quote": ("POST", "/tariffs/([^/]+)/calculation", {}, _QUOTE),
    "create": ("POST", "/orders", {}, _ORDER),
    "orders": ("GET", "/orders", {**_PAGING, "filter.customerNumber": _digits}, None),
    "order": ("GET", "/orders/([^/]+)", {}, None),
    "customers": ("GET", "/customers", {**_PAGING, "filter.externalId": _text}, None),
    "link": ("POST", "/customers/link", {}, _LINK),
    "unlink": ("DELETE", "/customers/([^/]+)/link", {}, None),
    "contracts": ("GET", "/customers/([^/]+)/contracts", _PAGING, None),
    "metrics": ("GET", f"{_ONE}/metrics", _METRICS, None),
    "costs": ("GET", f"{_ONE}/costs", {}, None),
    "documents": ("GET", f"{_ONE}/documents", {"documentType": _TYPES}, None),
    "document": ("GET", f"{_ONE}/documents/([^/]+)", {}, None),
    "plan": ("POST", f"{_ONE}/consumption/plans", {}, _PLAN),
    "prices": ("GET", "/day-ahead-prices/limited", _PRICES, None),
    "forecast": ("GET", "/day-ahead-prices/forecast", _PRICES, None),
    "working": ("GET", f"{_ONE}/dayaheadworkingprice", {"from": _day_or_moment, "to": _day_or_moment}, None),
}


def shaped(value: Any, shape: Any, path: str = "") -> list[str]:
    """Return what in a body is not as documented."""
    if not isinstance(shape, Mapping):
        return [] if shape(value) else [f"{path} = {value!r}"]
    if not isinstance(value, Mapping):
        return [f"{path} is no object"]
    found = [f"{path}.{name} is not documented" for name in value if name not in shape]
    for name in value:
        if name in shape:
            found += shaped(value[name], shape[name], f"{path}.{name}")
    return found


class Asked:
    """One request, for whoever answers it."""

    def __init__(self, name: str, parts: tuple[str, ...], query: dict[str, str], body: Any) -> None:
        self.name, self.parts, self.query, self.body = name, parts, query, body


Answer = tuple[int, str, bytes]


def as_json(value: Any, status: int = 200) -> Answer:
    """Return JSON to answer with."""
    return status, "application/json; charset=utf-8", json.dumps(value).encode()


def wrapped(data: Any, **more: Any) -> dict[str, Any]:
    """Return data in the envelope."""
    return {"data": data, "isSuccess": True, "message": None, "error": None, **more}


class StrictServer:
    """Answers each operation with what was given for it; ``violations`` is what no documented client sends."""

    def __init__(self, **answers: Callable[[Asked], Answer] | Any) -> None:
        self.answers = answers
        self.violations: list[str] = []
        self.asked: list[Asked] = []
        self.scopes: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length) if length else b""
                try:
                    status, kind, content = outer.handle(self.command, self.path, self.headers, raw)
                except Exception as error:  # noqa: BLE001 - a request that breaks the checks is a finding too
                    outer.violations.append(f"{self.command} {self.path}: {error!r}")
                    status, kind, content = 500, "", b""
                self.send_response(status)
                if kind:
                    self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = _serve  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Stay silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def queries(self, name: str) -> list[dict[str, str]]:
        """Return the queries of an operation's requests."""
        return [one.query for one in self.asked if one.name == name]

    def handle(self, method: str, target: str, headers: Any, raw: bytes) -> Answer:
        """Check a request and answer it."""
        address = urlsplit(target)
        if address.path == "/connect/token":
            return self._token(method, headers, raw)
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            self.violations.append(f"{method} {target}: Authorization {headers.get('Authorization')!r}")
        for name, (wanted, path, query, shape) in OPERATIONS.items():
            match = re.fullmatch(f"/partner/v1{path}", address.path)
            if match and method == wanted:
                return self._known(name, match.groups(), address.query, headers, raw, query, shape)
        self.violations.append(f"{method} {target} is not documented")
        return 404, "", b""

    def _known(
        self,
        name: str,
        parts: tuple[str, ...],
        query_text: str,
        headers: Any,
        raw: bytes,
        known: dict[str, Check],
        shape: Any,
    ) -> Answer:
        pairs = parse_qsl(query_text, keep_blank_values=True)
        query = dict(pairs)
        wrong = [f"query {key} twice" for key in query if sum(one == key for one, _ in pairs) > 1]
        wrong += [f"query {key}={value}" for key, value in pairs if key not in known or not known[key](value)]
        body = None
        if shape is None:
            wrong += ["a body"] if raw or headers.get("Content-Type") else []
        else:
            body = json.loads(raw)
            wrong += [] if headers.get("Content-Type") == "application/json" else ["the content type"]
            wrong += shaped(body, shape)
        wrong += [] if headers.get("Accept") else ["no Accept"]
        wrong += [name for name in ("Cookie", "X-Api-Key", "Idempotency-Key") if headers.get(name)]
        self.violations += [f"{name}: {one}" for one in wrong]
        asked = Asked(name, parts, query, body)
        self.asked.append(asked)
        answer = self.answers[name]
        return answer(asked) if callable(answer) else as_json(answer)

    def _token(self, method: str, headers: Any, raw: bytes) -> Answer:
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        fixed = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials"}
        scope = form.pop("scope", "")
        if (
            method != "POST"
            or headers.get("Content-Type") != "application/x-www-form-urlencoded"
            or form != fixed
        ):
            self.violations.append(f"token request {method} {headers.get('Content-Type')} {sorted(form)}")
        if not set(scope.split(" ")) <= SCOPES or "api:partner" not in scope.split(" "):
            self.violations.append(f"scope {scope!r}")
        self.scopes.append(scope)
        if "token" in self.answers:
            answer: Answer = self.answers["token"](Asked("token", (), {}, scope))
            return answer
        return as_json({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3599})
