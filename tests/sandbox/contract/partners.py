"""A partner of each provider: what it signs in with, and a right request for every operation of the document.

They are data for the tests and for schemathesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.sandbox.contract.partner import Control, Headers, Partner, Right, bearer
from tests.sandbox.contract.published import Described

RANGE_2025 = ("2025-03-01T00:00:00Z", "2025-03-08T00:00:00Z")


class Rabot(Partner):
    provider = "rabot"

    def __init__(self, facts: Mapping[str, Any], control: Control) -> None:
        super().__init__(facts, control)
        self._token = self.token()
        self._less: dict[str, str] = {}
        contract = {"customerNumber": "1000001", "contractNumber": "400000001"}
        today = datetime.now(UTC).date()
        period = {"from": str(today), "to": str(today + timedelta(days=1))}
        self._order = {
            "tariffKey": "RabotSmart",
            "offerDate": str(today),
            "userAccount": {
                "emailAddress": "a@example.org",
                "firstName": "A",
                "lastName": "B",
                "gender": "Other",
            },
            "contract": {
                "type": "Private",
                "deliveryAddress": _address(),
                "billingAddress": _address(),
                "bankDetails": {"iban": "DE89370400440532013000", "hasAcceptedDirectDebit": True},
                "contractReason": "NewDeliveryLocation",
                "deliveryDetails": {
                    "meterNumber": "1ESY1",
                    "maLoIdentifier": "99987999749",
                    "moveInDate": str(today + timedelta(days=30)),
                    "previousAnnualConsumptionKwh": 3000,
                    "capabilities": {"hasSmartMeter": True},
                },
                "agreements": {"termsAndConditions": True},
                "transactionDateTime": "2026-01-15T09:30:00Z",
            },
        }
        self.rights = {
            "calculateTariff": lambda: Right(
                {"tariffKey": "RabotSmart"}, body={"yearlyConsumptionKwh": 3000, "zipCode": "10115"}
            ),
            "createOrder": lambda: Right(body=self._order),
            "getOrder": self._an_order,
            "linkCustomer": lambda: Right(body={"successUrl": "https://example.org/ok"}),
            "unlinkCustomer": self._a_link,
            "getDocument": self._a_document,
            "createConsumptionPlan": lambda: Right(
                contract,
                body={
                    "amounts": [{"tz": "2026-03-01T00:00:00Z", "kwh": 1.5}],
                    "intervalBeginAt": "2026-03-01T00:00:00Z",
                },
            ),
            "getMetrics": lambda: Right(
                contract,
                {
                    "Period.From": "2025-03-01T00:00:00Z",
                    "Period.To": "2025-03-03T00:00:00Z",
                    "Interval": "Hourly",
                },
            ),
            "getDayAheadWorkingPrice": lambda: Right(contract, period),
            "getContracts": lambda: Right({"customerNumber": "1000001"}),
            "getDocuments": lambda: Right(contract),
            "getCosts": lambda: Right(contract),
        }

    def token(self, *scopes: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.credentials["client_id"],
            "client_secret": self.credentials["client_secret"],
            "scope": " ".join(scopes or self.credentials["scopes"]),
        }
        flow = self.published.raw["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
        return str(self.http.post(flow["tokenUrl"], data=form).json()["access_token"])

    def keys(self) -> dict[str, Headers]:
        return {"oauth2": bearer(self._token)}

    def wrong_keys(self, operation: Described) -> dict[str, tuple[Headers, int]]:
        head, _, signature = self._token.rpartition(".")
        (needed,) = operation.node["security"][0].values()
        lacking = {f"a token without {scope}": (bearer(self._lacking(scope)), 403) for scope in needed}
        return {
            "no token": ({}, 401),
            "a made-up token": (bearer("x.y.z"), 401),
            "another signature": (bearer(f"{head}.{signature[::-1]}"), 401),
            "another scheme": ({"Authorization": f"Basic {self._token}"}, 401),
            **lacking,
        }

    def _lacking(self, scope: str) -> str:
        if scope not in self._less:
            self._less[scope] = self.token(*(each for each in self.credentials["scopes"] if each != scope))
        return self._less[scope]

    def _an_order(self) -> Right:
        operation = self.published.operations["createOrder"]
        number = self.send(operation, self.right(operation)).json()["contractNumber"]
        return Right({"contractNumber": number})

    def _a_link(self) -> Right:
        operation = self.published.operations["linkCustomer"]
        self.send(operation, self.right(operation))
        approved = self.control("/rabot/link/approve-all", {})["approved"]
        return Right({"customerNumber": approved[-1]["customerNumber"]})

    def _a_document(self) -> Right:
        operation = self.published.operations["getDocuments"]
        right = self.right(operation)
        listed = self.send(operation, right).json()["data"]["items"]
        return Right({**right.path, "fileId": listed[0]["fileId"]})


def _address() -> dict[str, Any]:
    return {
        "firstName": "A",
        "lastName": "B",
        "streetName": "Gartenweg",
        "houseNumber": "7",
        "city": "Berlin",
        "postCode": "10115",
        "countryCode": "DE",
    }


@cache
def _key(pem: str) -> Any:
    # Looking through a key's numbers takes a tenth of a second, each time.
    return load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)


class Emulate(Partner):
    provider = "emulate"
    document_at = "openapi_default_url"
    apis: ClassVar = {"retailer_token": "retailer_key", "customer_token": "customer_key"}
    customer = "C-100001"

    def __init__(self, facts: Mapping[str, Any], control: Control) -> None:
        super().__init__(facts, control)
        self._keys = {scheme: bearer(self.token(scheme)) for scheme in self.apis}
        self._wrong: dict[str, dict[str, tuple[Headers, int]]] = {}
        operations = self.published.operations
        listing = operations["listCustomerDevices"]
        found = self.send(listing, Right({"customerId": self.customer})).json()
        pump = next(each["id"] for each in found if each["kind"] == "heat_pump")
        query = dict(zip(("from", "to"), RANGE_2025, strict=True))
        bodies = {
            "CustomDeviceName": {"custom_device_name": "X"},
            "SpoSettingsChange": {
                "mode": "balanced",
                "comfort_min_c": 18,
                "hot_water": {"enabled": True, "min_temperature_c": 45},
                "schedule": {"weekdays": {"allowed_from": "21:00"}},
            },
            "NewOnboardingSession": {"device_kind": "car"},
        }
        for operation in operations.values():
            names = {each.name for each in operation.query if each.required}
            self.rights[operation.id] = lambda operation=operation, names=names: Right(
                {"customerId": self.customer, "deviceId": pump},
                {name: query[name] for name in names},
                bodies[operation.body["$ref"].rpartition("/")[2]] if operation.body else None,
            )
        for name, kind in (("removeDevice", "charger"), ("removeOwnDevice", "car")):
            spare = next(each["id"] for each in found if each["kind"] == kind)
            path = {"customerId": self.customer, "deviceId": spare}
            self.rights[name] = lambda path=path: Right(path)

    def token(self, scheme: str, *, key: str | None = None, **more: Any) -> str:
        claims = {
            "aud": self.credentials["audience"],
            "retailer": self.credentials["retailer_id"],
            "exp": int(datetime.now(UTC).timestamp()) + 3600,
            **({"customer": self.customer} if scheme == "customer_token" else {}),
            **more,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, _key(self.credentials[key or self.apis[scheme]]), "RS256")

    def keys(self) -> dict[str, Headers]:
        return self._keys

    def refuses_unknown_query(self, operation: Described) -> bool:
        return False

    def is_twin(self, operation: Described) -> bool:
        return operation.path.startswith("/v1/customer")

    def wrong_keys(self, operation: Described) -> dict[str, tuple[Headers, int]]:
        (mine,) = operation.node["security"][0]
        if mine not in self._wrong:
            self._wrong[mine] = self._refused(mine)
        return self._wrong[mine]

    def _refused(self, mine: str) -> dict[str, tuple[Headers, int]]:
        (other,) = set(self.apis) - {mine}
        refused = {
            "a made-up token": "x.y.z",
            "another API's key": self.token(mine, key=self.apis[other]),
            "another audience": self.token(mine, aud="https://api.stage.emulate.network/"),
            "no audience": self.token(mine, aud=None),
            "another retailer": self.token(mine, retailer=43),
            "no retailer": self.token(mine, retailer=None),
            "an expired token": self.token(mine, exp=1),
        }
        if mine == "customer_token":
            refused["nobody's token"] = self.token(mine, customer=None)
        return {
            "no token": ({}, 401),
            **{what: (bearer(token), 403) for what, token in refused.items()},
        }


class Bright(Partner):
    provider = "bright"
    account = "A-500001"
    _redirect = "https://bright.example.org/back"

    def __init__(self, facts: Mapping[str, Any], control: Control) -> None:
        super().__init__(facts, control)
        account = {"accountId": self.account}
        places = self.send(self.published.operations["get_locations"], Right(account)).json()
        service = places[0]["services"][0]
        invoices = self.send(self.published.operations["get_invoices"], Right(account)).json()
        roles = self.send(self.published.operations["get_user_roles"], Right(account)).json()
        owner = roles[0]["user"]["id"]
        of_service = {**account, "serviceId": service["id"]}
        of_invoice = {**account, "invoiceId": invoices[0]["invoiceId"]}
        series = {**dict(zip(("fromDate", "toDate"), RANGE_2025, strict=True)), "resolution": "day"}
        begin = {
            "endUserIp": "192.0.2.1",
            "requirement": {"pinCode": True},
            "userVisibleData": "SGVq",
            "userVisibleDataFormat": "simpleMarkdownV1",
        }
        step = {"response_type": "code", "client_id": self.credentials["client_id"], "state": "s"}
        guest = {"role": "guest", "user": {"firstName": "G", "email": "guest@example.org"}}
        self._of_order = ("bankid_collect", "bankid_cancel", "bankid_qr")
        self.rights = {
            **{name: lambda: Right(account) for name in ("get_account", "get_user_roles", "get_locations")},
            **{
                name: lambda: Right(of_service)
                for name in ("get_agreements", "get_products", "get_service_events")
            },
            **{name: lambda: Right(of_invoice) for name in ("get_invoice_url", "get_invoice_stream")},
            "get_invoices": lambda: Right(account),
            "search_accounts": lambda: Right(query={"ssn": "191212121212"}),
            "add_user": lambda: Right(account, body={"userRole": guest, "inviter": {"id": owner}}),
            "update_user": lambda: Right({"userId": owner}, body={"email": "new@example.org"}),
            "report_event": lambda: Right(body={"type": "lastSeen", **account}),
            "get_measurements": lambda: Right({**account, "measurementId": service["measurementId"]}, series),
            "get_cost": lambda: Right({**account, "costId": service["costId"]}, series),
            "bankid_auth": lambda: Right(body=begin),
            "bankid_sign": lambda: Right(body=begin),
            "bankid_collect": lambda: Right(body={"orderRef": self._an_order()}),
            "bankid_cancel": lambda: Right(body={"orderRef": self._an_order()}),
            "bankid_qr": lambda: Right(query={"orderRef": self._an_order()}),
            "authorize": lambda: Right(query=step),
            "openid_authorize": lambda: Right(
                query={**step, "redirect_uri": self._redirect, "scope": "openid offline_access"}
            ),
            "get_token": lambda: Right(body={**self._client(), **self._code("authorize")}),
            "openid_token": lambda: Right(body={**self._client(), **self._code("openid_authorize")}),
            "refresh_token": lambda: Right(
                body={
                    **self._client(),
                    "grant_type": "refresh_token",
                    "refresh_token": self._tokens("get_token")["refresh_token"],
                }
            ),
        }

    def keys(self) -> dict[str, Headers]:
        return {
            "api_key": {self._header: self.credentials["api_key"]},
            "access_token": bearer(self._tokens("openid_token")["access_token"]),
        }

    def headers(self, operation: Described) -> Headers:
        if operation.node["security"] == [{"access_token": []}]:
            return self.keys()["access_token"]
        return {} if operation.is_open else {self._header: self.credentials["api_key"]}

    def refuses_unknown_query(self, operation: Described) -> bool:
        # What belongs to OAuth and OpenID ignores what it does not know (RFC 6749, 3.1 and 3.2).
        return not operation.path.startswith(("/auth/", "/openid/", "/.well-known/"))

    def wrong_keys(self, operation: Described) -> dict[str, tuple[Headers, int]]:
        return {
            "no key": ({}, 401),
            "a made-up key": ({self._header: "made-up"}, 401),
            "a made-up token": (bearer("made-up"), 401),
            "the key as a token": (bearer(self.credentials["api_key"]), 401),
        }

    @property
    def _header(self) -> str:
        return str(self.published.raw["components"]["securitySchemes"]["api_key"]["name"])

    def _client(self) -> dict[str, str]:
        return {name: self.credentials[name] for name in ("client_id", "client_secret")}

    def _an_order(self) -> str:
        operation = self.published.operations["bankid_auth"]
        return str(self.send(operation, self.right(operation)).json()["orderRef"])

    def _code(self, step: str) -> dict[str, str]:
        operation = self.published.operations[step]
        query = {**self.right(operation).query, "redirect_uri": self._redirect, "approve": "1"}
        found = parse_qs(urlsplit(self.send(operation, Right(query=query)).headers["Location"]).query)
        return {"grant_type": "authorization_code", "code": found["code"][0], "redirect_uri": self._redirect}

    def _tokens(self, name: str) -> dict[str, Any]:
        operation = self.published.operations[name]
        return dict(self.send(operation, self.right(operation)).json())


PARTNERS: dict[str, type[Partner]] = {each.provider: each for each in (Rabot, Emulate, Bright)}
