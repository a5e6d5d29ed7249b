"""The Kit's operations on BankID, and the pretended app in which a person decides (contract 5)."""

from __future__ import annotations

import base64
import binascii
import io
import ipaddress
import json
from html import escape
from typing import Any

from aiohttp import web

from energyctl.sandbox.bright.answers import KitError, page
from energyctl.sandbox.bright.bankid import BankId, Order, qr_content
from energyctl.sandbox.bright.book import Book
from energyctl.sandbox.bright.operations import Anything, Call, Open, Operation
from energyctl.sandbox.bright.people import FIRST_SSN
from energyctl.sandbox.bright.settings import SettingsDesk
from energyctl.sandbox.shapes import Choice, Flag, Many, Record, Text, Uuid

APP = "/bankid-app/{orderRef}"
_PIXELS_PER_MODULE = 6
_PEOPLE_SHOWN = 10
_NUMBER = Text(pattern=r"\d{12}", rule="a personal number of 12 digits")
_BEGIN = {
    "endUserIp": Text(required=True),
    "personalNumber": _NUMBER,
    "requirement": Record(
        fields={
            "personalNumber": _NUMBER,
            "pinCode": Flag(),
            "cardReader": Choice(words=("class1", "class2")),
            "mrtd": Flag(),
            "certificatePolicies": Many(item=Text()),
        }
    ),
    "userVisibleData": Text(),
    "userNonVisibleData": Text(),
    "userVisibleDataFormat": Text(pattern="simpleMarkdownV1", rule="simpleMarkdownV1"),
    "returnUrl": Text(),
    "returnRisk": Anything(),
    "app": Open(),
    "web": Open(),
}
_REF = Uuid(required=True)


class Relay:
    """auth, sign, collect, cancel and the QR image. None of them needs a key; one that comes is not looked at."""

    def __init__(self, bankid: BankId, book: Book, desk: SettingsDesk) -> None:
        self._bankid = bankid
        self._book = book
        self._desk = desk

    def operations(self) -> list[Operation]:
        """Return the table's part."""
        sign = {**_BEGIN, "userVisibleData": Text(required=True)}
        ref = Record(fields={"orderRef": _REF})
        return [
            Operation(
                "bankid_auth", "POST", "/bankid/auth", self._auth, body=Record(fields=_BEGIN), is_open=True
            ),
            Operation(
                "bankid_sign", "POST", "/bankid/sign", self._sign, body=Record(fields=sign), is_open=True
            ),
            Operation("bankid_collect", "POST", "/bankid/collect", self._collect, body=ref, is_open=True),
            Operation("bankid_cancel", "POST", "/bankid/cancel", self._cancel, body=ref, is_open=True),
            Operation("bankid_qr", "GET", "/bankid/qr", self._qr, {"orderRef": _REF}, is_open=True),
        ]

    def app_operations(self) -> list[Operation]:
        """Return the pretended app's pages, which are no part of the Kit."""
        return [
            Operation("app_page", "GET", APP, self._page, None, is_open=True),
            Operation("app_decide", "POST", APP, self._decide, None, is_open=True),
        ]

    async def _auth(self, call: Call) -> dict[str, Any]:
        return self._begin("auth", call)

    async def _sign(self, call: Call) -> dict[str, Any]:
        return self._begin("sign", call)

    def _begin(self, kind: str, call: Call) -> dict[str, Any]:
        body = call.body
        try:
            ipaddress.ip_address(body["endUserIp"])
        except ValueError:
            raise KitError(400, "Invalid endUserIp") from None
        for name in ("userVisibleData", "userNonVisibleData"):
            _need_base64(name, body.get(name, ""))
        number = body.get("requirement", {}).get("personalNumber") or body.get("personalNumber")
        order = self._bankid.begin(kind, body["endUserIp"], number)
        answer = {"orderRef": order.ref, "autoStartToken": order.auto_start_token}
        if self._desk.now.qr == "secret":
            answer |= {"qrStartToken": order.qr_token, "qrStartSecret": order.qr_secret}
        return answer

    async def _collect(self, call: Call) -> dict[str, Any]:
        return self._bankid.collected(self._bankid.find(call.body["orderRef"]))

    async def _cancel(self, call: Call) -> dict[str, Any]:
        self._bankid.cancel(call.body["orderRef"])
        return {}

    async def _qr(self, call: Call) -> web.Response:
        import segno

        order = self._bankid.find(call.query["orderRef"])
        drawn = io.BytesIO()
        content = qr_content(order.qr_token, order.qr_secret, int(self._bankid.age_s(order)))
        segno.make(content, micro=False).save(drawn, kind="png", scale=_PIXELS_PER_MODULE)
        text = base64.b64encode(drawn.getvalue()).decode()
        accepted = call.request.headers.get("Accept", "")
        if "text/plain" in accepted and "application/json" not in accepted:
            return web.Response(text=text, content_type="text/plain")
        return web.Response(text=json.dumps(text), content_type="application/json")

    def _of_page(self, call: Call) -> Order:
        try:
            return self._bankid.find(call.path["orderRef"])
        except KitError:
            raise KitError(404, "There is no such order, or it is too old.") from None

    async def _page(self, call: Call) -> web.Response:
        order = self._of_page(call)
        if order.status != "pending":
            return _ended(order)
        self._bankid.open(order)
        people = (
            self._book.catalog.people.at(at) for at in range(min(_PEOPLE_SHOWN, self._book.catalog.count))
        )
        listed = "".join(
            f'<option value="{each.ssn}">{escape(f"{each.first_name} {each.last_name}")}</option>'
            for each in people
        )
        number = order.personal_number or FIRST_SSN
        fixed = " readonly" if order.personal_number else ""
        what = "sign in" if order.kind == "auth" else "sign"
        content = (
            f'<p>Exempelkraft asks you to {what}.</p><form method="post">'
            f'<label>Personal number<input name="ssn" list="people" value="{escape(number)}"{fixed}></label>'
            f'<datalist id="people">{listed}</datalist>'
            '<button name="decision" value="approve">Approve</button>'
            '<button name="decision" value="decline">Decline</button></form>'
        )
        return page("BankID (pretended)", content)

    async def _decide(self, call: Call) -> web.Response:
        order = self._of_page(call)
        form = {key: value for key, value in (await call.request.post()).items() if isinstance(value, str)}
        given = {**form, **call.request.query}
        if given.get("decision") not in {"approve", "decline"}:
            raise KitError(400, "decision must be approve or decline.")
        self._bankid.decide(order, given["decision"], ssn=given.get("ssn") or None)
        return _ended(order)


def _ended(order: Order) -> web.Response:
    return page("BankID (pretended)", f"<p>The order is {escape(order.status)}. You can close this page.</p>")


def _need_base64(name: str, text: str) -> None:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KitError(400, f"Invalid {name}") from None
