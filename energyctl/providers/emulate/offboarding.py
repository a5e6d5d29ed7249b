"""A customer left, so the devices go: each is removed, journaled, and proven to be gone (contract section 7)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import BadAnswer, ConfigProblem, EnergyctlError, NotFound
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import (
    ALREADY,
    CHANGED,
    FAILED,
    GOOD,
    NOT_FOUND,
    REJECTED,
    Change,
    Result,
    Write,
)
from energyctl.core.points import reached
from energyctl.core.views import Column, View
from energyctl.core.writes import STOPPING, Writes
from energyctl.providers.emulate.client import EmulateClient
from energyctl.providers.emulate.commands.devices import removal
from energyctl.providers.emulate.views import device_id, device_name

if TYPE_CHECKING:
    from energyctl.core.session import Session

VIEW = View(
    columns=(
        Column("Customer", "target"),
        Column("Outcome", "outcome"),
        Column("Removed", "devices_removed", right=True),
        Column("Left", "devices_left", right=True),
        Column("Message", "message"),
        Column("Journal", "journal_id", right=True),
    ),
    id_path="target",
    plural="customers",
)


def offboard(session: Session, client: EmulateClient, customers: list[str], *, many: bool) -> None:
    """Remove all devices of the customers and report a row for each.

    What is gone already is not removed again, so that the same command goes on where it was interrupted.

    :raises EnergyctlError: as every run of writes.
    """
    asked = not (session.options.yes or client.section.is_sandbox)
    looked_at = asked or session.options.dry_run
    writes = Writes(session, client.section, view=VIEW)
    planned = []
    for done, customer in enumerate(customers):
        if looked_at and len(customers) > 1:
            session.progress(f"Looking at the devices: {done}/{len(customers)}  {customer} …")
        planned.append(_plan(client, writes, customer, _there(client, customer) if looked_at else None))
    session.clear_progress()
    pending = [one.target for one in planned if one.settled is None]
    writes.typed = pending[0] if len(pending) == 1 else str(len(pending))
    writes.run(planned, many=many)


def _there(client: EmulateClient, customer: str) -> list[Any] | Result:
    """Return a customer's devices; the end of the matter when there is no such customer."""
    try:
        return _devices(client, customer)
    except NotFound as error:
        return Result(NOT_FOUND, message=error.message, error=error)


def _plan(client: EmulateClient, writes: Writes, customer: str, there: list[Any] | Result | None) -> Write:
    template = client.remove_request(customer, "DEVICE")
    known = there if isinstance(there, list) else []
    settled = there if isinstance(there, Result) else None
    if there == []:
        settled = Result(ALREADY, _facts([], []), "No devices.")

    def send() -> Result:
        return _emptied(client, writes, customer)

    return Write(
        operation="offboard_customer",
        target=customer,
        effect=f"remove all devices of customer {customer}",
        method=template.method,
        url=client.rest.url(template),
        body=None,
        send=send,
        story=[("Device", f"{device_name(one) or 'no name'}  {device_id(one) or ''}") for one in known],
        changes=[Change(f"device {device_id(one)}", device_name(one) or "there", None) for one in known],
        how_to_look=f"Run it again; what is left: energyctl emulate devices list {shlex.quote(customer)}",
        settled=settled,
    )


def _emptied(client: EmulateClient, writes: Writes, customer: str) -> Result:
    devices = _devices(client, customer)
    if not devices:
        return Result(ALREADY, _facts([], []), "No devices.")
    removed: list[str] = []
    troubles: list[Result] = []
    for device in devices:
        reached("targets.between")
        found = device_id(device)
        if found is None:
            told = "A device has no id that could be recognised."
            troubles.append(Result(FAILED, message=told, error=_not_understood(told)))
            continue
        try:
            _, result = writes.do_one(removal(client, customer, found, device))
        except ConfigProblem as problem:  # the intent could not be recorded, so that nothing was sent
            result = Result(FAILED, message=problem.message, error=problem)
        if result.outcome in GOOD:
            removed.append(found)
        else:
            troubles.append(result)
        if isinstance(result.error, (*STOPPING, ConfigProblem)):
            left = [one for one in map(_id_of, devices) if one not in removed]
            return Result(_ended_badly(troubles), _facts(removed, left), _told(troubles), error=result.error)
    told = _told(troubles)
    try:
        left = [_id_of(one) for one in _devices(client, customer)]
    except EnergyctlError as problem:
        told = "; ".join(
            (told or f"{len(removed)} removed", f"listing what is left failed: {problem.message}")
        )
        facts = {"devices_removed": len(removed), "devices_left": None, "removed": removed, "left": None}
        error = problem if isinstance(problem, STOPPING) else None
        return Result(_ended_badly(troubles) if troubles else CHANGED, facts, told, error=error)
    facts = _facts(removed, left)
    if not left:
        return Result(CHANGED, facts, f"{len(removed)} removed; none is listed any more.")
    return _with_some_left(troubles, facts, told or "Some are still listed.")


def _devices(client: EmulateClient, customer: str) -> list[Any]:
    """Return a customer's devices: each once, also when the list repeats it, and those without an id all."""
    rows = enumerate(client.devices(customer))
    return list({device_id(one) or number: one for number, one in rows}.values())


def _id_of(device: Any) -> str:
    return device_id(device) or "?"


def _told(troubles: list[Result]) -> str:
    return "; ".join(dict.fromkeys(one.message or one.outcome for one in troubles))


def _ended_badly(troubles: list[Result]) -> str:
    """Return the outcome when it is not known what is left: unknown when the end of a removal is."""
    return UNKNOWN if any(one.outcome == UNKNOWN for one in troubles) else FAILED


def _with_some_left(troubles: list[Result], facts: dict[str, Any], told: str) -> Result:
    """Return how an offboarding ended that has left devices: unknown when the end of a removal is.

    Failed where the answers alone are the trouble.
    """
    open_ends = [one for one in troubles if one.outcome == UNKNOWN]
    odd = [one.error for one in troubles if isinstance(one.error, BadAnswer)]
    if odd and len(odd) == len(troubles):
        return Result(FAILED, facts, told, error=odd[0])
    if not open_ends:
        return Result(REJECTED, facts, told)
    error = next((one.error for one in open_ends if one.error is not None), None)
    if error is not None:
        error.hint = f"Run the same command again: it looks first. Left: {', '.join(facts['left'])}"
    return Result(UNKNOWN, facts, told, error=error)


def _not_understood(what: str) -> BadAnswer:
    return BadAnswer(
        what,
        hint="See the devices with: energyctl emulate devices list CUSTOMER -o json",
        provider="emulate",
        operation="remove_device",
    )


def _facts(removed: list[str], left: list[str]) -> dict[str, Any]:
    return {"devices_removed": len(removed), "devices_left": len(left), "removed": removed, "left": left}
