"""What people see of RABOT's resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from energyctl.core.cache import CompletionList
from energyctl.core.views import Column, View, plain

if TYPE_CHECKING:
    from energyctl.core.session import Session

#: What completion offers, fed by the commands that list them.
CUSTOMER_NUMBERS = CompletionList("rabot-customers")
CONTRACT_NUMBERS = CompletionList("rabot-contracts")
ORDER_NUMBERS = CompletionList("rabot-orders")
TARIFF_KEYS = CompletionList("rabot-tariffs")
FILE_IDS = CompletionList("rabot-documents")

_UNITS = {"Euro": "€", "Cent": "ct", "Kwh": "kWh", "Kw": "kW", "Percent": "%", "None": ""}


def unit_name(unit: Any) -> str:
    """Return ``{"main": "Cent", "per": "Kwh"}`` as ``ct/kWh``; an unknown unit as it came."""
    if not isinstance(unit, Mapping):
        return ""
    main, per = unit.get("main"), unit.get("per")
    text = _UNITS.get(str(main), str(main).lower() if main else "")
    if per and per != "None":
        text += f"/{_UNITS.get(str(per), str(per).lower())}"
    return text


def amount(value: Any) -> str:
    """Return a UnitValue for people: ``57.25 €/month``, ``32.97 ct/kWh``, ``12 months``."""
    if not isinstance(value, Mapping):
        return plain(value)
    number = value.get("value")
    unit = unit_name(value.get("unit")) or plain(value.get("unitText"))
    if isinstance(number, float):
        number_text = f"{number:,.2f}"
    elif number is None:
        return "not given"
    else:
        number_text = plain(number)
        if unit in ("month", "year", "day", "hour", "minute") and number != 1:
            unit += "s"
    return f"{number_text} {unit}".strip()


def address(value: Any) -> str:
    """Return an address on one line."""
    if not isinstance(value, Mapping):
        return plain(value)
    street = " ".join(
        plain(value.get(name)) for name in ("streetName", "houseNumber", "extension") if value.get(name)
    )
    place = " ".join(plain(value.get(name)) for name in ("postCode", "city") if value.get(name))
    return ", ".join(part for part in (street, place) if part)


def person(row: Mapping[str, Any]) -> str | None:
    """Return the name of who an order or customer is: of the person, and of the business where there is one."""
    own = " ".join(plain(row.get(name)) for name in ("firstName", "lastName") if row.get(name))
    return ", ".join(part for part in (own, plain(row.get("businessName"))) if part) or None


def offered_orders(session: Session, orders: Iterable[Any], *, selected: bool) -> Iterator[Any]:
    """Yield orders and keep their numbers for completion; ``selected``: they are those of one customer."""

    def candidate(order: Mapping[str, Any]) -> tuple[Any, str]:
        return order.get("contractNumber"), ", ".join(
            filter(None, (person(order), plain(order.get("state"))))
        )

    return ORDER_NUMBERS.fed_by(session, orders, candidate, selected=selected)


def _amount(title: str, name: str) -> Column:
    return Column(title, f"priceComponents.{name}.value", show_path=f"priceComponents.{name}", show=amount)


TARIFFS = View(
    columns=(
        Column("Key", "tariffKey"),
        Column("Tariff", "tariffName"),
        Column("Provider", "providerName"),
    ),
    id_path="tariffKey",
    plural="tariffs",
)

QUOTE = View(
    columns=(
        Column("Tariff", "name"),
        Column("Called", "displayName"),
        _amount("You pay about", "pricePerMonth"),
        _amount("Price per kWh", "unitPrice"),
        _amount("Base price", "basePricePerMonth"),
        _amount("Consumption", "estimatedConsumption"),
        _amount("Work price, estimated", "estimatedWorkPrice"),
        _amount("Work price, expected", "expectedWorkPrice"),
        _amount("Work price, effective", "effectiveWorkPrice"),
        _amount("Service fee, fixed", "baseServiceFee"),
        _amount("Service fee, per use", "variableServiceFee"),
        Column("Runs for", "durationPeriod.value", show_path="durationPeriod", show=amount),
        Column("Notice", "noticePeriod.value", show_path="noticePeriod", show=amount),
        Column("Features", "features"),
        _amount("RABOT's share", "rabotShare.rabotShare"),
        _amount("RABOT's share, percent", "rabotShare.rabotSharePercentage"),
        _amount("Without RABOT's share", "rabotShare.totalPriceWithoutRabotShare"),
        _amount("Compared with", "comparisonTariff.totalPrice"),
        _amount("  its price per kWh", "comparisonTariff.workingPrice"),
        _amount("  its base price", "comparisonTariff.basePrice"),
        Column("Saves in a year", "yearlySavingsDetails.price", show=lambda value: f"{value:,.2f} €"),
        Column("Saves CO2 in a year", "yearlySavingsDetails.co2", show=lambda value: f"{value:,} kg"),
    ),
    id_path="name",
)

ORDERS = View(
    columns=(
        Column("Contract", "contractNumber"),
        Column("State", "state"),
        Column("Customer", "customerNumber"),
        Column("E-mail", "emailAddress"),
        Column("Tariff", "tariffName"),
        Column("Meter", "meterNumber"),
        Column("MaLo", "maLoIdentifier", detail=True),
        Column(
            "Supply to", "deliveryAddress.postCode", show_path="deliveryAddress", show=address, detail=True
        ),
        Column("Starts", "actualDateOfDelivery"),
        Column("Ends", "endDateOfDelivery", detail=True),
        Column("Signed", "contractSignedAt", detail=True),
        Column("Denied for", "denialReason"),
    ),
    id_path="contractNumber",
    plural="orders",
)

CREATED = View(
    columns=(
        Column("Order", "target"),
        Column("Outcome", "outcome"),
        Column("Customer", "customerNumber"),
        Column("Contract", "contractNumber"),
        Column("Message", "message"),
        Column("Journal", "journal_id", right=True),
    ),
    id_path="contractNumber",
    plural="orders",
    hidden=frozenset({"operation"}),
)

PROBLEMS = View(
    columns=(
        Column("Order", "order"),
        Column("Line", "line", right=True),
        Column("Field", "path"),
        Column("Severity", "severity"),
        Column("Problem", "message"),
        Column("Fix", "fix"),
    ),
    id_path="path",
    plural="problems",
)

CUSTOMERS = View(
    columns=(
        Column("Customer", "customerNumber"),
        Column("E-mail", "emailAddress"),
        Column("First name", "firstName"),
        Column("Last name", "lastName"),
        Column("Business", "businessName"),
        Column("External id", "externalIdentifier"),
        Column("Relations", "relations"),
    ),
    id_path="customerNumber",
    plural="customers",
)

LINK = View(
    columns=(
        Column("Address", "authorizationUrl"),
        Column("Valid until", "valid_until"),
        Column("Customer", "customer.customerNumber"),
    ),
    id_path="authorizationUrl",
)

CONTRACTS = View(
    columns=(
        Column("Contract", "contractNumber"),
        Column("State", "contractState"),
        Column("Tariff", "tariffName"),
        Column("Supply to", "deliveryAddress.postCode", show_path="deliveryAddress", show=address),
        Column("Meter", "meterNumber"),
        Column("MaLo", "maLoIdentifier", detail=True),
        Column("Starts", "actualDateOfDelivery"),
        Column("Ends", "endDateOfDelivery"),
        Column("kWh a year", "expectedAnnualConsumptionInKwhPerYear", right=True),
    ),
    id_path="contractNumber",
    plural="contracts",
)

METRICS = View(
    columns=(
        Column("Start", "start"),
        Column("End", "end", detail=True),
        Column("Value", "value", right=True),
        Column("Unit", "unit"),
        Column("Status", "status"),
        Column("Kind", "valueRelevanceType"),
    ),
    id_path="start",
    plural="values",
)

COSTS = View(
    columns=(
        Column("Valid from", "validFrom"),
        Column("Component", "component"),
        Column("Value", "value", right=True),
        Column("Unit", "unit"),
    ),
    id_path="component",
    plural="cost components",
)

WORKING_PRICES = View(
    columns=(
        Column("Start", "start"),
        Column("End", "end", detail=True),
        Column("Total", "workingPrice.total", right=True),
        Column("VAT", "workingPrice.vat", right=True),
        Column("Energy", "components.energyPrice.total", right=True),
        Column("Grid", "components.gridFees.total", right=True),
        Column("Levies and taxes", "components.leviesAndTaxes.total", right=True),
        Column("Procurement", "components.procurementCosts.total", right=True),
        Column("Unit", "unit"),
        Column("Status", "status"),
    ),
    id_path="start",
    plural="working prices",
)

DOCUMENTS = View(
    columns=(
        Column("File", "fileId"),
        Column("Type", "documentType"),
        Column("Name", "name"),
        Column("Months", "info.TargetMonths"),
        Column("Bytes", "sizeInBytes", right=True),
        Column("Downloaded", "lastDownloadedAt"),
    ),
    id_path="fileId",
    plural="documents",
)

DOWNLOADS = View(
    columns=(
        Column("File", "fileId"),
        Column("Saved as", "path"),
        Column("Bytes", "size_bytes", right=True),
        Column("Outcome", "outcome"),
        Column("Message", "message"),
    ),
    id_path="path",
    plural="documents",
)

PRICES = View(
    columns=(
        Column("Start", "start"),
        Column("End", "end", detail=True),
        Column("Price", "price", right=True),
        Column("Unit", "unit"),
        Column("Kind", "kind"),
        Column("Status", "status"),
    ),
    id_path="start",
    plural="prices",
)
