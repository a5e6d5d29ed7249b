"""``energyctl auth can``: may I, as far as the profile, the kept tokens and their scopes tell. Asks nobody."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import session_of
from energyctl.core.errors import (
    AuthenticationFailed,
    ConfigProblem,
    EnergyctlError,
    NotPermitted,
    UsageProblem,
)
from energyctl.core.permissions import ANY_CALL, LOCAL, MAYBE, NO, YES, Needs, Verdict
from energyctl.core.views import Column, View
from energyctl.providers import PROVIDERS, settings_of

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session

_VIEW = View(
    columns=(
        Column("Provider", "provider"),
        Column("Command", "command"),
        Column("Answer", "answer"),
        Column("Reason", "reason"),
        Column("Needs", "needs"),
        Column("Do", "fix"),
    ),
    id_path="answer",
)
_INFERRED = "inferred"


def may_i(
    ctx: typer.Context,
    provider: Annotated[
        str,
        typer.Argument(
            metavar="PROVIDER",
            help=f"One of {', '.join(PROVIDERS)}.",
            autocompletion=lambda: list(PROVIDERS),
        ),
    ],
    words: Annotated[
        list[str], typer.Argument(metavar="COMMAND...", help="The command's words, such as orders create.")
    ],
) -> None:
    """Say whether a command may: from profile, secrets, kept tokens, scopes and keys. Asks nobody.

    Exit code 0: yes, or unknown, when nothing speaks against it and only the provider knows; 5: no, a scope, role or
    key is missing; 4: no, the credentials are; 2: there is no such command.

    Examples:
    energyctl auth can rabot orders create
    energyctl auth can emulate devices rename -o json
    """
    session = session_of(ctx)
    command = " ".join(words)
    needs = _needs_of(provider)
    operations = _operations(provider, command, needs)
    verdict, named = _judged(session, provider, operations)
    session.out.one(
        {
            "provider": provider,
            "command": command,
            "answer": verdict.answer,
            "reason": verdict.reason,
            "needs": named,
            "fix": verdict.fix,
        },
        _VIEW,
    )
    if verdict.answer == NO:
        kind = AuthenticationFailed if verdict.signed_out else NotPermitted
        raise kind(
            f"energyctl {provider} {command} may not: {verdict.reason}", hint=verdict.fix, provider=provider
        )


def _needs_of(provider: str) -> Needs:
    if provider not in PROVIDERS:
        near = get_close_matches(provider, PROVIDERS, n=1)
        raise UsageProblem(
            f"There is no provider '{provider}'.",
            hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(PROVIDERS)}.",
        )
    needs: Needs = import_module(f"energyctl.providers.{provider}.needs").NEEDS
    return needs


def _operations(provider: str, command: str, needs: Needs) -> tuple[str, ...]:
    """Return the operations that a command needs.

    :raises UsageProblem: when there is no such command, with the nearest, or those of the group.
    """
    if command in needs:
        return needs[command]
    below = [one for one in needs if one.startswith(f"{command} ")]
    if below:
        raise UsageProblem(f"'{command}' is a group.", hint=f"Name one of its commands: {', '.join(below)}.")
    near = get_close_matches(command, needs, n=1)
    raise UsageProblem(
        f"There is no command 'energyctl {provider} {command}'.",
        hint=f"Did you mean: {provider} {near[0]}" if near else f"See: energyctl {provider} --help",
    )


def _judged(session: Session, provider: str, operations: tuple[str, ...]) -> tuple[Verdict, list[str]]:
    """Return the verdict and what the command needs, in the provider's words."""
    if operations == LOCAL:
        return Verdict(YES, "It asks nobody and needs no credential."), []
    own = import_module(f"energyctl.providers.{provider}.needs")
    title, profile = PROVIDERS[provider].title, session.profile
    named: list[str] = [] if operations == ANY_CALL else own.told_needs(operations)
    used = provider in profile.body or any(
        one.startswith(f"ENERGYCTL_{provider}_".upper()) for one in session.env
    )
    if not used:
        told = f"Profile '{profile.name}' has no section for {title}."
        return Verdict(NO, told, "Add one with: energyctl config edit", signed_out=True), named
    section = profile.section(settings_of(provider))
    try:
        verdict: Verdict = own.may(session, section, own.ANY if operations == ANY_CALL else operations)
    except (AuthenticationFailed, ConfigProblem) as error:
        return Verdict(NO, error.message, error.hint, signed_out=True), named
    if operations == ANY_CALL and verdict.answer != NO:
        told = f"{verdict.reason} What it needs beyond that depends on the call."
        fix = verdict.fix or f"Ask about the command that does the same: energyctl {provider} --help"
        return Verdict(MAYBE, told, fix), named
    return _with_standing(session, section, operations, verdict), named


def _with_standing(
    session: Session, section: Section, operations: tuple[str, ...], verdict: Verdict
) -> Verdict:
    """Add to a verdict which of the paths are only inferred: whoever may call them may still get a 404."""
    from energyctl.core.endpoints import Endpoints

    table: Any = getattr(import_module(f"energyctl.providers.{section.provider}.needs"), "OPERATIONS", None)
    if table is None or section.is_sandbox or verdict.answer == NO:
        return verdict
    try:
        endpoints = Endpoints(session, section, table)
        inferred = [one for one in operations if endpoints.of(one).source == _INFERRED]
    except EnergyctlError as error:
        return Verdict(NO, error.message, error.hint, signed_out=True)
    if not inferred:
        return verdict
    paths = "paths are" if len(inferred) > 1 else "path is"
    told = f"{verdict.reason} The {paths} only inferred, not documented: {', '.join(inferred)}."
    return Verdict(verdict.answer, told, verdict.fix)
