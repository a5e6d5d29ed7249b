"""``emulate consumption`` and ``emulate savings``: series of one customer, with the provider's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import BadAnswer, UsageProblem
from energyctl.core.listing import told_besides
from energyctl.core.timeoptions import Day, From, Plot, Since, To, Zone, chart, wished_range, wished_zone
from energyctl.core.times import rfc3339
from energyctl.providers.emulate.client import connect
from energyctl.providers.emulate.commands.arguments import AsCustomer, Customer, needed_customer
from energyctl.providers.emulate.operations import RESOLUTIONS
from energyctl.providers.emulate.views import SERIES

if TYPE_CHECKING:
    from datetime import tzinfo

    from energyctl.core.session import Session

consumption = App()
savings = App()

#: The zone in which a site's days are meant with ``--tz site``; the provider is Swedish, its zone is not documented.
SITE = "Europe/Stockholm"
#: What a report was asked for, which is not a fact about each of its values.
_RANGE = ("from", "to", "start", "end")
#: Parts of the names that a report's number has, the surest first.
_MEANT = {
    "consumption": (("consum", "usage"), ("kwh", "_wh"), ("energy",), ("value",)),
    "savings": (("saving", "saved"), ("value",)),
}
_MOMENTS = ("start", "from", "time", "timestamp", "date", "at", "period_start", "begin")

Resolution = Annotated[
    str,
    typer.Option(
        "--resolution",
        metavar="RES",
        help="hour, day or month, or another that the provider knows.",
        autocompletion=lambda: list(RESOLUTIONS),
    ),
]


@consumption.command("consumption")
def show_consumption(
    ctx: typer.Context,
    customer: Customer = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    resolution: Resolution = "hour",
    plot: Plot = False,
    as_customer: AsCustomer = None,
) -> None:
    """Show a customer's consumption, by default of the last 24 hours.

    Examples:
    energyctl emulate consumption C-100001 --day yesterday
    energyctl emulate consumption C-100001 --since 30d --resolution day --plot
    """
    whose = needed_customer(customer, as_customer)
    span = (since, from_, to, day, tz)
    _report(session_of(ctx), "consumption", whose, as_customer, span, resolution, plot=plot)


@savings.command("savings")
def show_savings(
    ctx: typer.Context,
    customer: Customer = None,
    since: Since = None,
    from_: From = None,
    to: To = None,
    day: Day = None,
    tz: Zone = None,
    resolution: Resolution = "day",
    plot: Plot = False,
    as_customer: AsCustomer = None,
) -> None:
    """Show what the optimization has saved a customer, by default in the last 30 days.

    Examples:
    energyctl emulate savings C-100001
    energyctl emulate savings C-100001 --since 30d --resolution day -o json
    """
    if all(one is None for one in (since, from_, to, day)):
        since = "30d"
    whose = needed_customer(customer, as_customer)
    span = (since, from_, to, day, tz)
    _report(session_of(ctx), "savings", whose, as_customer, span, resolution, plot=plot)


def _report(
    session: Session,
    kind: str,
    customer: str,
    as_customer: str | None,
    span: tuple[str | None, str | None, str | None, str | None, str | None],
    resolution: str,
    *,
    plot: bool,
) -> None:
    since, from_, to, day, tz = span
    zone = wished_zone(session, tz, SITE)
    asked = wished_range(session, since=since, from_=from_, to=to, day=day, zone=zone, default="24h")
    client = connect(session, customer=customer, as_customer=as_customer)
    query = [
        ("from", _in_a_query(asked.start)),
        ("to", _in_a_query(asked.end)),
        ("resolution", resolution),
    ]
    told: dict[str, Any] = {}
    first: list[Any] = []

    def look(body: Any) -> None:
        if not first:
            first.append(body)
            told.update(told_besides(client.unwrapped(body)))

    values = client.report(kind, customer, query, None if plot else session.row_limit, look)
    try:
        head = list(islice(values, 1))
    except BadAnswer:
        if plot or not first:
            raise
        session.out.one(client.unwrapped(first[0]))
        return
    rows = chain(head, values)
    if plot:
        _draw(session, list(rows), kind, customer, unit=told.get("unit"), zone=zone)
        return
    session.out.rows((_with(told, row) for row in rows), SERIES)


def _in_a_query(moment: datetime) -> str:
    """Return a moment without the plus sign of an offset, which some servers take for a blank."""
    return rfc3339(moment, UTC).replace("+00:00", "Z")


def _with(told: Mapping[str, Any], row: Any) -> Any:
    """Return a value with what the answer says of all of them, such as their unit."""
    if not isinstance(row, Mapping):
        return row
    return {**row, **{name: value for name, value in told.items() if name not in (*row, *_RANGE)}}


def _draw(session: Session, rows: list[Any], kind: str, customer: str, *, unit: Any, zone: tzinfo) -> None:
    """Draw the values as a chart.

    :raises UsageProblem: when they cannot be, such as those of several units on one axis.
    """
    moment, value = _found_fields(rows, kind)
    drawn = [{**row, "start": _instant(row[moment]).isoformat()} for row in rows]
    units = {row.get("unit", unit) for row in drawn if isinstance(row.get("unit", unit), str)}
    if len(units) > 1:
        raise UsageProblem(
            f"The rows have several units: {', '.join(sorted(units)[:8])}.",
            hint="Leave --plot out.",
            provider="emulate",
        )
    told = next(iter(units), "")
    title = f"{kind.capitalize()} of {customer}" if told else f"{kind.capitalize()} of {customer}: {value}"
    chart(session, drawn, value=value, title=title, unit=told, zone=zone)


def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _found_fields(rows: list[Any], kind: str) -> tuple[str, str]:
    """Return the fields with the time and with the number to draw, which may be null in some rows.

    :raises UsageProblem: when the rows have none, or several numbers of which none is known to be meant.
    """
    maps = [row for row in rows if isinstance(row, Mapping)]
    moment = next((name for name in _MOMENTS if any(name in row for row in maps)), None)
    names = dict.fromkeys(name for row in maps for name in row if name not in (*_MOMENTS, *_RANGE))
    numbers = [str(name) for name in names if any(_is_number(row.get(name)) for row in maps)]
    try:
        for row in rows:
            _instant(row[moment])
    except (KeyError, TypeError, ValueError):
        numbers = []
    if not numbers:
        raise UsageProblem(
            "The rows have no time and number that could be drawn."
            if rows
            else f"There is no {kind} to draw.",
            hint="Leave --plot out.",
            provider="emulate",
        )
    for words in _MEANT[kind]:
        fitting = [name for name in numbers if any(word in name.casefold() for word in words)]
        numbers = fitting or numbers
    if len(numbers) > 1:
        raise UsageProblem(
            f"Which of the rows' numbers is the {kind} is not known: {', '.join(numbers[:8])}.",
            hint="Leave --plot out.",
            provider="emulate",
        )
    return str(moment), numbers[0]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
