"""The question before writes outside the sandbox: what would be written, where, and whether to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.core.errors import Interrupted, UsageProblem
from energyctl.core.journal import NOT_SENT
from energyctl.core.outcomes import Write
from energyctl.core.plans import plain_value
from energyctl.core.profiles import Section

if TYPE_CHECKING:
    from energyctl.core.session import Session


def confirm(session: Session, section: Section, planned: list[Write], typed: str | None) -> None:
    """Show what would be written outside the sandbox and ask, unless the profile or ``--yes`` says otherwise.

    :param typed: what the person must type instead of "y".
    :raises UsageProblem: when nobody can be asked.
    :raises Interrupted: when the answer is no.
    """
    options = session.options
    mode = section.profile.confirm
    pending = [write for write in planned if write.settled is None]
    if section.is_sandbox or mode == "never" or not pending or (mode == "bulk" and len(pending) == 1):
        return
    if options.yes:
        return
    if not session.can_ask:
        raise UsageProblem(
            f"This would write to {section.settings.title} ({section.label}): "
            f"{_summary(pending)}. Nobody can be asked here.",
            hint="Add --yes to do it, or --dry-run to see what would be sent.",
            code="confirmation_needed",
            provider=section.provider,
            operation=pending[0].operation,
        )
    from energyctl.core.asking import ask

    _tell(session, pending)
    question = f"{section.settings.title}, {section.label}: {_summary(pending)}."
    if typed is not None:
        agreed = ask(session, f"{question} Type {typed} to go on: ") == typed
    else:
        agreed = ask(session, f"{question} Go on? [y/N] ").lower() in ("y", "yes")
    if not agreed:
        raise Interrupted("Not confirmed; nothing was sent.", code="not_confirmed", outcome=NOT_SENT)


def _tell(session: Session, pending: list[Write]) -> None:
    """Say what would be written: each target's story and changes, as many as fit above the question."""
    for write in pending[:5]:
        lines = [f"- {write.effect}"] if len(pending) > 1 else []
        lines += [f"  {label + ':':<22}{value}" for label, value in write.story]
        lines += [
            f"  {one.field}: {plain_value(one.before)} -> {plain_value(one.after)}" for one in write.changes
        ]
        for line in lines:
            session.say(line, one_line=True)
    if len(pending) > 5:
        session.say(f"  … and {len(pending) - 5} more")


def _summary(pending: list[Write]) -> str:
    if len(pending) == 1:
        return pending[0].effect
    effects = {write.operation for write in pending}
    return f"{len(pending)} writes ({', '.join(sorted(effects))}), the first: {pending[0].effect}"
