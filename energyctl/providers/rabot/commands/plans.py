"""``rabot consumption-plan``: submit how much a contract will consume (contract section 4.14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import read_data
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.times import parse_wire, parse_zone
from energyctl.core.views import Column, View
from energyctl.core.writes import Writes
from energyctl.providers.rabot.client import connect
from energyctl.providers.rabot.commands.contracts import Contract, Customer
from energyctl.providers.rabot.operations import ZONE

app = noun("Submit a consumption plan.")

#: Contract section 4.14: what an answer tells of a plan.
_KEPT = ("consumptionPlanKey", "withWarning")

_VIEW = View(
    columns=(
        Column("Contract", "target"),
        Column("Outcome", "outcome"),
        Column("Plan", "consumptionPlanKey"),
        Column("Warnings", "withWarning"),
        Column("Message", "message"),
        Column("Journal", "journal_id", right=True),
    ),
    id_path="consumptionPlanKey",
    plural="plans",
    hidden=frozenset({"operation"}),
)


@app.command("submit")
def submit_plan(
    ctx: typer.Context,
    customer: Customer,
    contract: Contract,
    file: Annotated[str, typer.Option("-f", "--file", metavar="FILE|-", help="The plan: JSON or YAML.")],
) -> None:
    """Submit a consumption plan: intervalBeginAt, intervalEndAt, and amounts of {tz, kwh}.

    The provider documents this operation only in its specification; it may be gone.

    Examples:
    energyctl rabot consumption-plan submit 1000001 400000001 -f plan.json --dry-run
    energyctl rabot consumption-plan submit 1000001 400000001 -f plan.json --yes
    """
    session = session_of(ctx)
    body = _checked(read_data(session, file, "--file"), file)
    client = connect(session)
    request = client.plan_request(customer, contract, body)

    def send() -> Result:
        made = client.submit_plan(request)
        return Result(CHANGED, {name: made[name] for name in _KEPT if name in made})

    write = Write(
        operation="submit_consumption_plan",
        target=contract,
        effect=f"submit a consumption plan of {len(body['amounts'])} amounts for contract {contract}",
        method=request.method,
        url=client.rest.url(request),
        body=body,
        send=send,
        story=[("From", str(body["intervalBeginAt"])), ("To", str(body["intervalEndAt"]))],
        how_to_look="The provider has no way to look a plan up; ask RABOT before you submit it again.",
    )
    Writes(session, client.section, _VIEW).run([write], many=False)


def _checked(plan: Any, source: str) -> dict[str, Any]:
    """Check a plan's shape; all problems at once."""
    if not isinstance(plan, Mapping):
        raise UsageProblem(
            f"--file {source} is not an object.", hint="It needs intervalBeginAt, intervalEndAt, amounts."
        )
    zone = parse_zone(ZONE)
    problems = [
        f"{name} is not a date-time"
        for name in ("intervalBeginAt", "intervalEndAt")
        if parse_wire(plan.get(name), zone) is None
    ]
    problems += [f"{name} is not a known field" for name in plan if name not in _FIELDS]
    amounts = plan.get("amounts")
    if not isinstance(amounts, list) or not amounts:
        problems.append("amounts is not a list with at least one {tz, kwh}")
        amounts = []
    for index, one in enumerate(amounts):
        if not isinstance(one, Mapping) or set(one) != {"tz", "kwh"}:
            problems.append(f"amounts[{index}] is not of the form {{tz, kwh}}")
        elif parse_wire(one["tz"], zone) is None:
            problems.append(f"amounts[{index}].tz is not a date-time")
        elif isinstance(one["kwh"], bool) or not isinstance(one["kwh"], int | float):
            problems.append(f"amounts[{index}].kwh is not a number")
    if problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise UsageProblem(
            f"--file {source}: {'; '.join(problems[:5])}{more}.",
            hint="Mend the fields named; nothing was sent.",
            provider="rabot",
            operation="submit_consumption_plan",
            details=problems,
        )
    return dict(plan)


_FIELDS = frozenset({"amounts", "intervalBeginAt", "intervalEndAt"})
