"""``rabot tariffs`` and ``rabot quote``."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.core.commandline import App, noun, session_of
from energyctl.core.errors import NotFound, UsageProblem
from energyctl.providers.rabot.client import connect
from energyctl.providers.rabot.views import QUOTE, TARIFF_KEYS, TARIFFS

tariffs = noun("The tariffs that you may sell.")
quote = App()


@tariffs.command("list")
def list_tariffs(
    ctx: typer.Context,
    effective_date: Annotated[
        str | None, typer.Option("--effective-date", metavar="DATE", help="Tariffs in force on this day.")
    ] = None,
) -> None:
    """List the tariffs that this client may sell.

    The key is what quotes and orders need.

    Examples:
    energyctl rabot tariffs list
    energyctl rabot tariffs list -o ids
    energyctl rabot tariffs list --effective-date 2027-01-01 -o json
    """
    session = session_of(ctx)
    day = _a_date(effective_date, "--effective-date") if effective_date is not None else None
    rows = connect(session).tariffs(day)
    session.out.rows(
        TARIFF_KEYS.fed_by(session, rows, lambda row: (row.get("tariffKey"), row.get("tariffName"))), TARIFFS
    )


@quote.command("quote")
def quote_price(
    ctx: typer.Context,
    tariff_key: Annotated[
        str,
        typer.Argument(
            metavar="TARIFF_KEY",
            help="From: energyctl rabot tariffs list",
            autocompletion=TARIFF_KEYS.feed,
        ),
    ],
    postcode: Annotated[
        str, typer.Option("--postcode", metavar="12345", help="German postcode of the delivery.")
    ],
    kwh: Annotated[float, typer.Option("--kwh", metavar="KWH", help="Consumption of a year in kWh.")],
    smart_meter: Annotated[
        bool | None, typer.Option("--smart-meter/--no-smart-meter", help="A smart meter is installed.")
    ] = None,
    ev: Annotated[bool | None, typer.Option("--ev/--no-ev", help="There is an electric vehicle.")] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", metavar="CODE", help="Campaign code.")] = None,
) -> None:
    """Say what a tariff costs: per month, per kWh, and on which terms.

    All prices are gross, with 19 % VAT. -o json gives the provider's whole calculation.

    Examples:
    energyctl rabot quote RabotSmart --postcode 10115 --kwh 3500
    energyctl rabot quote RabotSmart --postcode 10115 --kwh 3500 --smart-meter --ev -o json
    """
    session = session_of(ctx)
    if not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
        raise UsageProblem(
            f"--postcode '{postcode}' is not a German postcode.", hint="Give its five digits, such as 10115."
        )
    if not 0 < kwh < 1e9:
        raise UsageProblem(
            f"--kwh '{kwh:g}' is not a year's consumption.", hint="Give the kWh of a year, such as 3500."
        )
    body: dict[str, object] = {
        "yearlyConsumptionKwh": int(kwh) if kwh.is_integer() else kwh,
        "zipCode": postcode,
    }
    chosen = {"hasSmartMeter": smart_meter, "hasElectricVehicle": ev, "campaignCode": campaign}
    body.update({name: value for name, value in chosen.items() if value is not None})
    try:
        price = connect(session).calculate(tariff_key, body)
    except NotFound as error:
        error.message = f"RABOT Energy does not know the tariff '{tariff_key}' (status {error.http_status})."
        error.hint = "See the keys with: energyctl rabot tariffs list"
        raise
    session.out.one(price, QUOTE)


def _a_date(text: str, field: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageProblem(f"{field} '{text}' is not a date.", hint="Write it as 2026-12-31.") from None
