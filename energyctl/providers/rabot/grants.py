"""Which scopes a RABOT client has, as its token server said, and which commands they are enough for (section 3.2)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from energyctl.core.permissions import MAYBE, NO, YES, Verdict
from energyctl.providers.rabot.operations import OPERATIONS, PARTNER, SCOPE_SETS, Operation
from energyctl.providers.rabot.tokens import REFUSED, ScopeRefused, Tokens

#: Scope set to whether the token server gave a token for it; one that was not asked for is not in it.
Grants = Mapping[tuple[str, ...], bool]

_ASK = "Ask the token server: energyctl doctor rabot --online"


def known_grants(tokens: Tokens) -> Grants:
    """Return what the kept tokens and the remembered refusals tell, without asking anybody."""
    found = {}
    for scopes in SCOPE_SETS:
        kept = tokens.session.tokens.peek(tokens.key(scopes))
        given = kept is not None and kept.value != REFUSED
        if kept is not None and (given or kept.usable(time.time())):
            found[scopes] = given
    return found


def is_granted(tokens: Tokens, scopes: tuple[str, ...]) -> bool:
    """Ask for a new token of a scope set and return whether it is given; it is kept for the commands.

    :raises EnergyctlError: for every other end than a scope that the client does not have.
    """
    kept = tokens.session.tokens.peek(tokens.key(scopes))
    try:
        tokens.get(scopes, rejected=kept.value if kept is not None else None)
    except ScopeRefused:
        return False
    return True


def held(grants: Grants) -> list[str]:
    """Return the scopes that the client has been seen to have."""
    return list(dict.fromkeys(scope for scopes, given in grants.items() if given for scope in scopes))


def wanted(operation: Operation) -> list[str]:
    """Return the scopes beside the common one that an operation may be called with; any of them is enough."""
    return list(
        dict.fromkeys(scope for scopes in operation.scopes for scope in scopes if scope != PARTNER)
    ) or [PARTNER]


def judged(operation_id: str, grants: Grants) -> Verdict:
    """Say whether an operation may be called with what the client has."""
    operation = OPERATIONS[operation_id]
    states = {scopes: grants.get(scopes) for scopes in operation.scopes}
    names = " or ".join(wanted(operation))
    has = ", ".join(held(grants)) or "no scope"
    full = [scopes for scopes in states if scopes != (PARTNER,)] or [(PARTNER,)]
    given = next((scopes for scopes in full if states[scopes]), None)
    if given is not None:
        return Verdict(YES, f"The client has {' '.join(given)}.")
    if grants.get((PARTNER,)) is False or all(state is False for state in states.values()):
        lacking = PARTNER if grants.get((PARTNER,)) is False else names
        return Verdict(
            NO,
            f"It needs {lacking}; this client has {has}.",
            f"Ask RABOT to assign {lacking} to the client, then run: energyctl doctor rabot --online",
        )
    if all(states[scopes] is False for scopes in full) and states.get((PARTNER,)):
        return Verdict(
            MAYBE,
            f"Without {names} RABOT may refuse it, or answer for customers linked to this client alone.",
            f"Ask RABOT to assign {names} to the client.",
        )
    return Verdict(MAYBE, f"Whether the client has {names} has not been asked yet.", _ASK)


def lacks(grants: Grants, needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a line for each missing scope: which commands need it.

    :param needs: command to the operations that it calls.
    """
    by_scope: dict[str, list[str]] = {}
    for command, operations in needs.items():
        for one in operations:
            if one in OPERATIONS and judged(one, grants).answer == NO:
                by_scope.setdefault(" or ".join(wanted(OPERATIONS[one])), []).append(command)
                break
    return [
        f"{', '.join(commands)} need{'s' if len(commands) == 1 else ''} {scope}"
        for scope, commands in by_scope.items()
    ]
