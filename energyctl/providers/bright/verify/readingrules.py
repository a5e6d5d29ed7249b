"""The rules of measurements and cost as data: both series have most of them in common (contract 8)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from energyctl.providers.bright.verify import readings
from energyctl.providers.bright.verify.findings import Check, Rule, Step
from energyctl.providers.bright.verify.series import COST, MEASUREMENTS, Kind

_Row = tuple[Callable[..., str | None], str, str, str, tuple[str, ...]]
#: Checker (the rule has its name), section, title, fix, and what must hold before.
_COMMON: tuple[_Row, ...] = (
    (
        readings.fields_are_there,
        "8",
        "startDate, endDate, resolution and values are there",
        "Send all four, also when values is empty.",
        (),
    ),
    (
        readings.value_dates,
        "8",
        "A value's date is a date-time of 19 characters or more",
        "Write dates as 2024-10-31T23:00:00.000Z.",
        ("fields_are_there",),
    ),
    (
        readings.resolution_honoured,
        "8",
        "Values come in the resolution that was asked for",
        "Aggregate to the resolution of the query.",
        ("value_dates",),
    ),
    (
        readings.edges_are_stockholms,
        "8",
        "Months, days and hours begin as in Stockholm, also when the clock changes",
        "Cut periods by Swedish local time.",
        ("resolution_honoured",),
    ),
    (
        readings.end_is_exclusive,
        "8",
        "toDate is exclusive",
        "Leave out the value that begins at toDate.",
        ("resolution_honoured",),
    ),
    (
        readings.months_join_to_the_year,
        "8",
        "The months one by one are those of the whole year",
        "Treat every range as half-open.",
        ("end_is_exclusive",),
    ),
    (
        readings.finer_is_refused,
        "7.1, 8",
        "A finer resolution than offered is refused",
        "Answer 400, or name the finer resolution in Get locations.",
        (),
    ),
    (
        readings.unknown_resolution_is_refused,
        "8",
        "A resolution that is none of the five words is refused",
        "Answer 400 for an unknown resolution.",
        (),
    ),
    (
        readings.future_is_empty,
        "8",
        "The future has no values",
        "End with the latest day that has data.",
        (),
    ),
    (
        readings.current_month_ends_with_data,
        "8",
        "The current month's endDate is not in the future",
        "Set endDate to the latest day that has data.",
        ("fields_are_there",),
    ),
)


def _rules(kind: Kind, more: tuple[_Row, ...]) -> tuple[Rule, ...]:
    def of(check: Callable[..., str | None]) -> Check:
        return partial(check, kind=kind)

    noun = "Measurements" if kind is MEASUREMENTS else "Costs"
    first = Rule(
        "answered",
        of(readings.answered),
        kind.operation,
        "8",
        f"{noun} are answered for each kind of service",
        "Answer an object with startDate, endDate, resolution and values.",
    )
    return (
        first,
        *(
            Rule(check.__name__, of(check), kind.operation, section, title, fix, needs)
            for check, section, title, fix, needs in (*_COMMON, *more)
        ),
    )


MEASUREMENT_STEP = Step(
    "measurements",
    "Get measurements for service",
    _rules(
        MEASUREMENTS,
        (
            (
                readings.start_is_the_services,
                "8.2",
                "startDate is the service's own when that is later than fromDate",
                "Answer service.startDate when the supply begins later.",
                ("resolution_honoured",),
            ),
            (
                readings.units_are_known,
                "8.2",
                "Measurements are kWh, m3, kg or peakWatt",
                "Use the contract's units, as numbers.",
                ("resolution_honoured",),
            ),
            (
                readings.measurements_are_positive,
                "7.1, 8.2",
                "Measurements are not negative, of production neither",
                "Mark production by the service's type, not by the sign.",
                ("resolution_honoured",),
            ),
        ),
    ),
    after=("locations",),
)
COST_STEP = Step(
    "cost",
    "Get cost for a service",
    _rules(
        COST,
        (
            (
                readings.production_cost_is_negative,
                "8.1",
                "The cost of production is negative, being an income",
                "Send what the customer earns with a minus sign.",
                ("resolution_honoured",),
            ),
            (
                readings.parts_sum_to_the_cost,
                "8.1",
                "The parts of a cost sum to it",
                "Let parts carry the whole cost of a month.",
                ("resolution_honoured",),
            ),
        ),
    ),
    after=("locations",),
)
