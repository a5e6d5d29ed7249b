"""``bright verify``: an Organisation's backend proven step by step. The rules are in the package ``verify``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import App, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.inputs import expanded
from energyctl.core.views import Column, View
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.commands.arguments import Account, Email, Ssn, Unchecked

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session
    from energyctl.providers.bright.verify.findings import Finding
    from energyctl.providers.bright.verify.organisation import Wishes

app = App()

_MARKS = {"pass": "pass", "fail": "FAIL", "skipped": "skipped", "not_built": "not built"}
_MOST_AT_ONCE = 32
_FINDINGS = View(
    columns=(
        Column("Step", "step"),
        Column("Rule", "rule"),
        Column("Status", "status", show=lambda status: _MARKS[status]),
        Column("Holds", "title", detail=True),
        Column("Request", "request", detail=True),
        Column("Expected", "expected", detail=True),
        Column("Found", "found"),
        Column("Fix", "fix"),
        Column("Contract", "contract"),
        Column("ms", "duration_ms", right=True, detail=True),
    ),
    id_path="rule",
    plural="rules",
)


def _steps() -> list[str]:
    from energyctl.providers.bright.verify.table import names

    return names()


@app.command("verify")
def verify_backend(
    ctx: typer.Context,
    account: Account = None,
    ssn: Ssn = None,
    email: Email = None,
    unchecked: Unchecked = False,
    steps: Annotated[
        list[str] | None,
        typer.Option(
            "--step",
            metavar="STEP",
            help="Only this step, such as users or cost; may be repeated.",
            autocompletion=_steps,
        ),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write JUnit XML for a build server.")
    ] = None,
    write_steps: Annotated[
        bool,
        typer.Option("--write-steps", help="Also update a user, add a test guest and report an event."),
    ] = False,
    parallel: Annotated[
        int,
        typer.Option(
            "--parallel",
            metavar="N",
            min=1,
            max=_MOST_AT_ONCE,
            help="Requests at a time in the step parallel.",
        ),
    ] = 8,
) -> None:
    """Verify a backend against the Kit, in the order in which its parts are built. Nothing is changed by default.

    Steps that answer 501 count as not built. Exit code 0: every built step passes; 6: some rule fails.

    Examples:
    energyctl bright verify
    energyctl bright verify --account A-500001 --step measurements --step cost -o json
    energyctl bright verify --ssn 191212121212 --junit report.xml
    """
    from energyctl.providers.bright.tokens import API_KEY
    from energyctl.providers.bright.verify.organisation import Organisation
    from energyctl.providers.bright.verify.runner import Run
    from energyctl.providers.bright.verify.table import walk

    session = session_of(ctx)
    chosen = walk(steps or [], writes=write_steps)
    client = connect(session)
    wishes = _wishes(
        session, client.section, ssn, email, account, write_steps, parallel, checked=not unchecked
    )
    if junit is not None and not expanded(junit).parent.is_dir():
        raise UsageProblem(f"--junit {junit}: there is no such directory.", hint="Make it first.")
    _may_write(session, client.section, write_steps)
    if client.tokens.mode == API_KEY:
        client.tokens.get()  # one that is not stored is told at once
    org = Organisation(session, client, wishes)
    run = Run(org, chosen, steps or ())
    try:
        findings = run.walk()
        session.out.rows(_shown(session, findings), _FINDINGS)
        for _ in findings:  # --limit shortens what is shown, not what is verified
            continue
    finally:
        org.close()
    if junit is not None:
        _write_junit(expanded(junit), run.findings)
    session.notice(run.summary())
    failure = run.failure()
    if failure is not None:
        raise failure


def _wishes(
    session: Session,
    section: Section,
    ssn: str | None,
    email: str | None,
    account: str | None,
    write_steps: bool,
    parallel: int,
    *,
    checked: bool,
) -> Wishes:
    """Return what is verified; in the sandbox its first person when nobody is named.

    :raises UsageProblem: when nobody is named elsewhere, or a person in two ways.
    """
    from energyctl.core.profiles import sandbox_facts
    from energyctl.providers.bright.finding import given_address, given_number
    from energyctl.providers.bright.verify.organisation import Wishes

    if ssn is not None and email is not None:
        raise UsageProblem("A person is named in two ways.", hint="Give --ssn or --email.", provider="bright")
    if ssn is not None:
        ssn = given_number(session, ssn, unchecked=not checked)
    if email is not None:
        email = given_address(email)
    if ssn is None and email is None and account is None:
        people = sandbox_facts(session).get("credentials", {}).get("bright", {}).get("persons")
        if not section.is_sandbox or not people:
            raise UsageProblem(
                "Nobody is named whose data could be verified.",
                hint="Add --ssn or --email of a test customer, or --account ID (the search is then left out).",
                provider="bright",
            )
        ssn = str(people[0]["ssn"])
        session.redactor.learn(ssn)
    return Wishes(ssn, email, account, write_steps=write_steps, parallel=parallel)


def _may_write(session: Session, section: Section, write_steps: bool) -> None:
    """Say beforehand what would be written, and refuse early when nobody can be asked.

    :raises UsageProblem: without a terminal and without ``--yes``.
    """
    if not write_steps:
        return
    asks = not (section.is_sandbox or session.options.yes or section.profile.confirm == "never")
    if session.options.dry_run or (asks and not session.can_ask):
        raise UsageProblem(
            "--write-steps writes to the Organisation: the owner's phone number again, a test guest, an event.",
            hint="Add --yes to allow it, without --dry-run; or leave --write-steps out.",
            code="confirmation_needed",
            provider="bright",
        )
    session.notice(
        "--write-steps: the owner's phone number is set to what it is, a guest 'Energyctl Verify Test Guest' is "
        "added and stays, and the event lastSeen is reported."
    )


def _shown(session: Session, findings: Iterator[Finding]) -> Iterable[dict[str, Any]]:
    """Yield the rows; for people a step's name stands only on its first."""
    grouped = session.out.format == "table" and not (session.options.sort_by or session.options.query)
    former = None
    for one in findings:
        row = one.row()
        yield {**row, "step": ""} if grouped and one.step == former else row
        former = one.step


def _write_junit(path: Path, findings: list[Finding]) -> None:
    from energyctl.core.files import write_private
    from energyctl.providers.bright.verify.junit import document

    try:
        write_private(path, document(findings))
    except OSError as error:
        raise UsageProblem(
            f"--junit {path} cannot be written: {error.strerror or error}.", hint="Choose another file."
        ) from error
