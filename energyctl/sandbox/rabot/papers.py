"""The documents as PDF files: confirmation, monthly prepayment notice and monthly settlement, in German."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from energyctl.sandbox.rabot.accounts import (
    base_price_euro,
    expected_work_price_e4,
    month_total,
)
from energyctl.sandbox.rabot.documents import Document, next_month
from energyctl.sandbox.rabot.prices import E4, VAT

if TYPE_CHECKING:
    from fpdf import FPDF

_KEPT = 256
_DUE_AFTER = timedelta(days=14)
_GREY = (110, 110, 110)
_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
_TITLES = {
    "ContractConfirmation": "Vertragsbestätigung",
    "PrePayment": "Abschlagsrechnung",
    "Settlement": "Monatsabrechnung",
}

Rows = list[tuple[str, str]]


def _euro(value: float) -> str:
    text = f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    return f"{text} EUR"


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _latin(text: str) -> str:
    """Keep what the PDF's built-in fonts can show."""
    return text.encode("latin-1", "replace").decode("latin-1")


class Papers:
    """Draws documents and keeps the latest ones, because their size is asked for before their content."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn: OrderedDict[str, tuple[Document, bytes]] = OrderedDict()

    def pdf(self, document: Document) -> bytes:
        """Return a document's file."""
        kept, content = self._drawn.pop(document.file_id, (None, b""))
        if kept != document:  # since a reset its number may be another contract's
            content = self._draw(document)
        self._drawn[document.file_id] = (document, content)
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return content

    def _draw(self, document: Document) -> bytes:
        from fpdf import FPDF

        contract = document.contract
        day = document.month or contract.signed
        if document.kind == "Settlement":
            day = next_month(day)
        sheet = FPDF()
        sheet.set_title(_latin(document.name))
        sheet.set_creator("energyctl sandbox")
        sheet.set_creation_date(datetime.combine(day, time(8), UTC))
        sheet.set_margins(25, 20, 20)
        sheet.add_page()
        self._head(sheet, document)
        _text(sheet, f"Datum: {day:%d.%m.%Y}", size=10, after=8)
        title = _TITLES[document.kind]
        if document.month:
            title += f" {_MONTHS[document.month.month - 1]} {document.month.year}"
        _text(sheet, title, size=16, bold=True, after=4)
        _table(sheet, self._facts(document))
        rows, total = self._amounts(document)
        if rows:
            sheet.ln(4)
            _table(sheet, rows, total=total)
            sheet.ln(4)
            _text(sheet, self._payment(document), size=10, after=6)
        _text(sheet, "Dieses Dokument stammt aus einer Testumgebung und begründet keine Forderung.", size=8)
        return bytes(sheet.output())

    def _head(self, sheet: FPDF, document: Document) -> None:
        _text(sheet, "Rabot Energy (Sandbox)", size=14, bold=True, after=1)
        sheet.set_text_color(*_GREY)
        _text(sheet, "Musterweg 1, 00000 Musterstadt", size=8, after=12)
        sheet.set_text_color(0, 0, 0)
        to = document.contract.billing_address or document.contract.delivery_address
        name = to.get("businessName") or f"{to.get('firstName') or ''} {to.get('lastName') or ''}".strip()
        street = f"{to['streetName']} {to['houseNumber']}"
        for line in (name, street, f"{to['postCode']} {to['city']}"):
            _text(sheet, line, size=11, after=0)
        sheet.ln(14)

    def _facts(self, document: Document) -> Rows:
        contract = document.contract
        where = contract.delivery_address
        return [
            ("Kundennummer", str(contract.customer_number)),
            ("Vertragsnummer", str(contract.number)),
            ("Tarif", contract.tariff.name),
            (
                "Lieferstelle",
                f"{where['streetName']} {where['houseNumber']}, {where['postCode']} {where['city']}",
            ),
            ("Zählernummer", contract.meter_number or "-"),
            ("Marktlokation", contract.market_location or "-"),
            ("Lieferbeginn", f"{contract.start:%d.%m.%Y}"),
        ]

    def _amounts(self, document: Document) -> tuple[Rows, tuple[str, str]]:
        contract, month = document.contract, document.month
        if month is None:
            return [], ("", "")
        base = base_price_euro(contract)
        if document.kind == "PrePayment":
            kwh = contract.yearly_kwh / 12
            work_e4 = expected_work_price_e4(contract, self._seed, contract.signed)
            energy = round(kwh * work_e4 / E4 / 100, 2)
            label, what = "Voraussichtlicher Verbrauch", "Abschlag"
        else:
            wh, micro_euro = month_total(contract, self._seed, month, next_month(month))
            kwh, energy = wh / 1000, round(micro_euro / 1_000_000, 2)
            work_e4 = round(micro_euro * 1000 / wh) if wh else 0
            label, what = "Gemessener Verbrauch", "Rechnungsbetrag"
        gross = round(energy + base, 2)
        net = round(gross / (1 + VAT), 2)
        rows = [
            (label, f"{_number(kwh, 1)} kWh"),
            ("Arbeitspreis (brutto)", f"{_number(work_e4 / E4, 2)} ct/kWh"),
            ("Arbeitskosten", _euro(energy)),
            ("Grundpreis", _euro(base)),
            ("Nettobetrag", _euro(net)),
            ("Umsatzsteuer 19 %", _euro(round(gross - net, 2))),
        ]
        return rows, (f"{what} (brutto)", _euro(gross))

    def _payment(self, document: Document) -> str:
        month = document.month or document.contract.start
        due = (next_month(month) if document.kind == "Settlement" else month) + _DUE_AFTER
        bank = document.contract.bank_details
        if bank and bank.get("hasAcceptedDirectDebit"):
            tail = str(bank["iban"]).replace(" ", "")[-4:]
            return f"Der Betrag wird am {due:%d.%m.%Y} von dem Konto mit der Endung {tail} eingezogen."
        return f"Bitte überweisen Sie den Betrag bis zum {due:%d.%m.%Y}."


def _text(sheet: FPDF, text: str, *, size: int, bold: bool = False, after: float = 0) -> None:
    sheet.set_font("Helvetica", style="B" if bold else "", size=size)
    sheet.cell(0, size * 0.5, _latin(text), new_x="LMARGIN", new_y="NEXT")
    sheet.ln(after)


def _table(sheet: FPDF, rows: Rows, *, total: tuple[str, str] | None = None) -> None:
    half = sheet.epw / 2
    for label, value in rows:
        sheet.set_font("Helvetica", size=10)
        sheet.cell(half, 6, _latin(label), border="B")
        sheet.cell(half, 6, _latin(value), border="B", align="R", new_x="LMARGIN", new_y="NEXT")
    if total is not None:
        sheet.set_font("Helvetica", style="B", size=11)
        sheet.cell(half, 8, _latin(total[0]))
        sheet.cell(half, 8, _latin(total[1]), align="R", new_x="LMARGIN", new_y="NEXT")
