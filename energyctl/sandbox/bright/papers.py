"""An invoice as a PDF file, in Swedish."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from energyctl.sandbox.bright.invoices import Invoice
from energyctl.sandbox.bright.stockholm import STOCKHOLM
from energyctl.sandbox.bright.tariff import PRODUCT_NAMES

if TYPE_CHECKING:
    from fpdf import FPDF

_GREY = (110, 110, 110)
_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip


def _kronor(value: float) -> str:
    return f"{value:,.2f} kr".replace(",", " ").replace(".", ",")


@lru_cache(maxsize=128)
def pdf(invoice: Invoice) -> bytes:
    """Return the invoice's file."""
    from fpdf import FPDF

    sheet = FPDF()
    sheet.set_title(f"Faktura {invoice.ocr[:-1]}")
    sheet.set_creator("energyctl sandbox")
    sheet.set_creation_date(invoice.issued)
    sheet.set_margins(25, 20, 20)
    sheet.add_page()
    _text(sheet, "Exempelkraft (Sandbox)", size=14, bold=True, after=1)
    sheet.set_text_color(*_GREY)
    _text(sheet, "Exempelgatan 1, 000 00 Exempelstad", size=8, after=12)
    sheet.set_text_color(0, 0, 0)
    to = invoice.account
    name = to.company or f"{to.owner.first_name} {to.owner.last_name}"
    for line in (name, str(to.address["street"]), f"{to.address['postalCode']} {to.address['city']}"):
        _text(sheet, line, size=11)
    sheet.ln(14)
    month = f"{_MONTHS[invoice.month.month - 1]} {invoice.month.year}"
    _text(sheet, f"Faktura {month}", size=16, bold=True, after=4)
    _row(sheet, "Kundnummer", to.account_id)
    _row(sheet, "OCR-nummer", invoice.ocr)
    _row(sheet, "Fakturadatum", f"{invoice.issued.astimezone(STOCKHOLM):%Y-%m-%d}")
    _row(sheet, "Förfallodatum", f"{invoice.due.astimezone(STOCKHOLM):%Y-%m-%d}")
    sheet.ln(4)
    for entry in invoice.lines:
        _row(sheet, PRODUCT_NAMES[entry.service.type], _kronor(entry.amount_sek))
    _row(sheet, "Varav moms", _kronor(invoice.vat_sek))
    _row(sheet, "Att betala", _kronor(invoice.total_sek), bold=True)
    sheet.ln(6)
    _text(sheet, "Detta dokument kommer från en testmiljö. Betala inte.", size=8)
    return bytes(sheet.output())


def _text(sheet: FPDF, text: str, *, size: int, bold: bool = False, after: float = 0) -> None:
    sheet.set_font("Helvetica", style="B" if bold else "", size=size)
    sheet.cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(after)


def _row(sheet: FPDF, label: str, value: str, *, bold: bool = False) -> None:
    half = sheet.epw / 2
    sheet.set_font("Helvetica", style="B" if bold else "", size=11 if bold else 10)
    sheet.cell(half, 6, label, border="B")
    sheet.cell(half, 6, value, border="B", align="R", new_x="LMARGIN", new_y="NEXT")
