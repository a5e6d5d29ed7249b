"""``rabot orders``: prepare, check, create and follow orders."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import Seconds, noun, session_of
from energyctl.core.errors import BadAnswer, NotThereYet, RateLimited, Refused, Unreachable, UsageProblem
from energyctl.core.inputs import read_text
from energyctl.core.outcomes import CHANGED, Result, Write
from energyctl.core.plans import settled_before
from energyctl.core.writes import RESEND_ALL, RESEND_UNKNOWN, Writes
from energyctl.providers.rabot.client import RabotClient, connect
from energyctl.providers.rabot.lostorders import HOW_TO_LOOK, look_up
from energyctl.providers.rabot.operations import CONFIRMED, CONTRACT_STATES, GOOD_WAY, REJECTED, TRANSITIONS
from energyctl.providers.rabot.views import (
    CREATED,
    CUSTOMER_NUMBERS,
    ORDER_NUMBERS,
    ORDERS,
    PROBLEMS,
    offered_orders,
)

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.providers.rabot.orderfile import OrderDocument, Problem

app = noun("Prepare, check, create and follow orders.")

#: Seconds that ``wait`` waits when nothing is said: orders take days, a terminal session does not.
DEFAULT_WAIT_S = 900.0
LONGEST_POLL_S = 60.0


class ContractType(StrEnum):
    """Who buys."""

    private = "private"
    business = "business"


class Reason(StrEnum):
    """Why the contract is made."""

    new_delivery_location = "new-delivery-location"
    change_of_supplier = "change-of-supplier"


Number = Annotated[
    str,
    typer.Argument(
        metavar="CONTRACT_NUMBER",
        help="The order's contract number.",
        autocompletion=ORDER_NUMBERS.feed,
    ),
]
OrderFile = Annotated[
    str, typer.Option("-f", "--file", metavar="FILE|-", help="Order file: YAML, JSON or JSONL.")
]


@app.command("template")
def template_order(
    ctx: typer.Context,
    contract_type: Annotated[ContractType, typer.Option("--type", help="Who buys.")] = ContractType.private,
    reason: Annotated[
        Reason, typer.Option("--reason", help="Moving in, or leaving another supplier.")
    ] = Reason.change_of_supplier,
) -> None:
    """Print a commented order file that is right for the case.

    Examples:
    energyctl rabot orders template > order.yaml
    energyctl rabot orders template --type business --reason new-delivery-location
    """
    from datetime import date

    from energyctl.providers.rabot.orderfile import template

    session_of(ctx).out.text(template(contract_type.value, reason.value, date.today()))  # noqa: DTZ011 - the user's day


@app.command("validate")
def validate_orders(ctx: typer.Context, file: OrderFile) -> None:
    """Check an order file offline: every rule, all problems at once, each with its place.

    Nothing is sent. Exit code 0 means that the file may be sent, 2 that it has errors.

    Examples:
    energyctl rabot orders template | energyctl rabot orders validate -f -
    energyctl rabot orders validate -f order.yaml -o json
    """
    session = session_of(ctx)
    documents = _read(session, file)
    found = _problems(documents)
    session.out.rows((_problem_row(document, problem) for document, problem in found), PROBLEMS)
    errors = [problem for _, problem in found if problem.severity == "error"]
    if errors:
        raise UsageProblem(
            f"{file}: {_counted(len(errors), 'error')} in {_counted(len(documents), 'order')}.",
            hint="Mend the fields named and validate again.",
            code="order_invalid",
            provider="rabot",
        )
    session.notice(f"{_counted(len(documents), 'order')} checked: ready to send.")


@app.command("create")
def create_orders(
    ctx: typer.Context,
    file: OrderFile,
    resend: Annotated[
        str | None,
        typer.Option(
            "--resend",
            metavar="[=all]",
            help="Send again what never got an answer and is not found; =all: also what was accepted. May order twice.",
        ),
    ] = None,
) -> None:
    """Check, show, confirm and send an order, or many from a list.

    The file is checked first; with one error nothing is sent. What the journal knows as sent is not sent again, so
    an interrupted list goes on where it stopped. An order whose answer never came is looked up, not repeated.

    Examples:
    energyctl rabot orders create -f order.yaml --dry-run
    energyctl rabot orders create -f order.yaml
    energyctl rabot orders create -f orders.jsonl --yes -o jsonl
    """
    session = session_of(ctx)
    documents = _read(session, file)
    _refuse_invalid(session, documents, file)
    client = connect(session)
    writes = [_planned(client, document) for document in documents]
    many = documents[0].is_list if documents else True
    again = _resend(resend)
    if session.options.dry_run and again != RESEND_ALL:
        writes = settled_before(session, client.section, writes, repeats=again is not None)
    Writes(session, client.section, CREATED, resend=again).run(writes, many=many)


@app.command("list")
def list_orders(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Option(
            "--customer",
            metavar="NUMBER",
            help="Orders of one customer number.",
            autocompletion=CUSTOMER_NUMBERS.feed,
        ),
    ] = None,
) -> None:
    """List orders, those of the web funnel included.

    Examples:
    energyctl rabot orders list --limit 20
    energyctl rabot orders list -o jsonl --query "[?state=='Rejected']"
    """
    session = session_of(ctx)
    rows = connect(session).orders(customer, session.row_limit)
    session.out.rows(offered_orders(session, rows, selected=customer is not None), ORDERS)


@app.command("show")
def show_order(
    ctx: typer.Context,
    number: Number,
) -> None:
    """Show one order.

    Examples:
    energyctl rabot orders list -o ids --limit 1 | xargs energyctl rabot orders show
    energyctl rabot orders list -o ids --limit 1 | xargs energyctl rabot orders show -o json
    """
    session = session_of(ctx)
    session.out.one(connect(session).order(number), ORDERS)


@app.command("wait")
def wait_for_order(
    ctx: typer.Context,
    number: Number,
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar="STATE",
            help=f"One of {', '.join(CONTRACT_STATES)}.",
            autocompletion=lambda: list(CONTRACT_STATES),
        ),
    ],
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            click_type=Seconds(min=0),
            help="Longest wait in all [default: 900].",
        ),
    ] = None,
) -> None:
    """Wait until an order has reached a state.

    Exit code 0: it has (or is past it). 6: it was rejected, or can no longer reach it. 8: not within --timeout.

    Examples:
    energyctl rabot orders list -o ids --limit 1 | xargs -I{} energyctl rabot orders wait {} --until Open
    energyctl rabot orders list -o ids --limit 1 | xargs -I{} energyctl rabot orders wait {} --until Open -o json
    """
    session = session_of(ctx)
    target = _state(until)
    limit = DEFAULT_WAIT_S if timeout is None else timeout
    # no answer is waited for longer than all
    session.options.timeout = min(session.timeout_s, max(limit, 1.0))
    client = connect(session)
    ends_at = time.monotonic() + limit
    pause, order = 1.0, client.order(number)
    session.notice(f"Order {number}: {_state_of(order, number)}")
    while True:
        state = _state_of(order, number)
        if _reached(state, target):
            session.out.one(order, ORDERS)
            return
        if state in CONTRACT_STATES and not _reachable(state, target):
            session.out.one(order, ORDERS)
            raise _dead_end(number, state, target, order)
        left = ends_at - time.monotonic()
        if left <= 0:
            session.out.one(order, ORDERS)
            raise NotThereYet(
                f"Order {number} is {state}, not {target}, after {limit:g} s.",
                hint="Wait longer with --timeout SECONDS, or look again later.",
                provider="rabot",
                operation="get_order",
                details={"state": state, "until": target},
            )
        session.progress(f"Order {number} is {state}; waiting for {target} ({left:.0f} s left)")
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_POLL_S)
        order, asked_to_wait_s = _looked_again(session, client, number, order)
        if _state_of(order, number) != state:
            session.notice(f"Order {number}: {_state_of(order, number)}")
            pause = 1.0
        pause = max(pause, asked_to_wait_s)


def _resend(text: str | None) -> str | None:
    if text is not None and text not in ("", RESEND_UNKNOWN, RESEND_ALL):
        raise UsageProblem(f"--resend={text} is not known.", hint="Write --resend, or --resend=all.")
    return RESEND_UNKNOWN if text == "" else text


# -- waiting ------------------------------------------------------------------------------------------------


def _state_of(order: dict[str, Any], number: str) -> str:
    state = order.get("state")
    if not isinstance(state, str):
        raise BadAnswer(
            f"RABOT Energy tells no state of order {number}.",
            hint=f"See what it tells: energyctl rabot orders show {shlex.quote(number)} -o json",
            provider="rabot",
            operation="get_order",
        )
    return state


def _looked_again(
    session: Session, client: RabotClient, number: str, former: dict[str, Any]
) -> tuple[dict[str, Any], float]:
    """Return the order as it is now, and how many seconds the provider asks to wait.

    While the provider is out of reach, or has had too many calls, the order is as it was seen last.
    """
    try:
        return client.order(number), 0.0
    except (RateLimited, Unreachable) as trouble:
        session.notice(f"{trouble.message} Looking again.")
        return former, trouble.retry_after_s or 0.0


def _state(text: str) -> str:
    by_name = {state.lower(): state for state in CONTRACT_STATES}
    wanted = text.lower().replace("-", "").replace("_", "")
    if wanted in by_name:
        return by_name[wanted]
    from difflib import get_close_matches

    near = get_close_matches(wanted, by_name, n=1)
    advice = f"Did you mean {by_name[near[0]]}?" if near else f"Use one of {', '.join(CONTRACT_STATES)}."
    raise UsageProblem(f"--until '{text}' is not a state of an order.", hint=advice)


def _reached(state: str, target: str) -> bool:
    """Whether an order is in a state, or has come by it on the way of those that go well."""
    furthest = CONFIRMED if state == "Cancelled" else state  # who cancels was confirmed before
    way = GOOD_WAY[: GOOD_WAY.index(furthest) + 1] if furthest in GOOD_WAY else ()
    return state == target or target in way


def _reachable(state: str, target: str) -> bool:
    """Whether the documented transitions lead on from a state to the target, without anybody's help.

    Where market communication goes wrong, every order that has not ended may become Unspecified.
    """
    if state == REJECTED:
        return False
    if state == "Unspecified":
        return True
    if target == "Unspecified":
        return state in TRANSITIONS
    ahead, seen = list(TRANSITIONS.get(state, ())), set()
    while ahead:
        here = ahead.pop()
        if here == target:
            return True
        if here not in seen:
            seen.add(here)
            ahead += TRANSITIONS.get(here, ())
    return False


def _dead_end(number: str, state: str, target: str, order: dict[str, Any]) -> Refused:
    why = order.get("denialReason")
    told = f"Order {number} is {state}{f' ({why})' if why else ''}"
    show = f"energyctl rabot orders show {shlex.quote(number)}"
    return Refused(
        f"{told}; without help it does not become {target}."
        if state == REJECTED
        else f"{told} and can no longer become {target}.",
        hint=f"Ask RABOT: it can take a rejected order up again. See it with: {show}"
        if state == REJECTED
        else f"See it with: {show}",
        code="state_unreachable",
        provider="rabot",
        operation="get_order",
        details={"state": state, "until": target, "denialReason": why},
    )


# -- the file -----------------------------------------------------------------------------------------------


def _read(session: Session, file: str) -> list[OrderDocument]:
    from energyctl.providers.rabot.orderfile import read_orders

    source = "standard input" if file == "-" else file
    return list(read_orders(read_text(session, file, "--file"), source))


def _problems(documents: Sequence[OrderDocument]) -> list[tuple[OrderDocument, Problem]]:
    from datetime import date

    from energyctl.providers.rabot.orderfile import validate

    today = date.today()  # noqa: DTZ011 - the user's own day
    return [(document, problem) for document in documents for problem in validate(document, today=today)]


def _problem_row(document: OrderDocument, problem: Problem) -> dict[str, Any]:
    return {
        "order": document.index,
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity,
        "value": problem.value,
        "message": problem.message,
        "fix": problem.fix,
    }


def _refuse_invalid(session: Session, documents: Sequence[OrderDocument], file: str) -> None:
    found = _problems(documents)
    errors = [(document, problem) for document, problem in found if problem.severity == "error"]
    as_json = session.options.output in ("json", "jsonl")
    if not as_json:
        for document, problem in errors or found:
            place = f"order {document.index + 1}, {problem.path}" if document.is_list else problem.path
            line = f" (line {problem.line})" if problem.line else ""
            session.say(f"{problem.severity}: {place}{line}: {problem.message}; {problem.fix}")
    if errors:
        raise UsageProblem(
            f"{file}: {_counted(len(errors), 'error')}; nothing was sent.",
            hint="Mend the fields named; check with: energyctl rabot orders validate -f FILE",
            code="order_invalid",
            provider="rabot",
            operation="create_order",
            details=[_problem_row(document, problem) for document, problem in errors],
        )


def _planned(client: RabotClient, document: OrderDocument) -> Write:
    from energyctl.providers.rabot.orderfile import as_request, describe, fingerprint

    body = as_request(document)
    request = client.create_order_request(body)
    story = describe(body)
    who = dict(story).get("Customer") or document.label

    def send() -> Result:
        made = client.create_order(request)
        number = shlex.quote(str(made["contractNumber"]))
        following = f"energyctl rabot orders wait {number} --until PendingDelivery"
        facts: dict[str, Any] = {
            name: made[name] for name in ("customerNumber", "contractNumber") if name in made
        }
        return Result(CHANGED, facts, next_step=following)

    return Write(
        operation="create_order",
        target=document.label,
        effect=f"order tariff {body.get('tariffKey')} for {who}",
        method=request.method,
        url=client.rest.url(request),
        body=body,
        send=send,
        story=story,
        look_up=partial(look_up, client, body),
        how_to_look=HOW_TO_LOOK,
        key=fingerprint(body),
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
