"""Which providers a command asks: those that the profile sets up, or those that the user names."""

from __future__ import annotations

import shlex
from difflib import get_close_matches
from typing import TYPE_CHECKING

from energyctl.core.errors import ConfigProblem, UsageProblem
from energyctl.providers import PROVIDERS, settings_of

if TYPE_CHECKING:
    from energyctl.core.session import Session


def chosen_providers(session: Session, wished: list[str] | None, option: str) -> list[str]:
    """Return the providers to ask, in the order of the table of providers.

    :param option: what names them, for the error.
    :raises UsageProblem: when one is named that does not exist.
    :raises ConfigProblem: when none is named and the profile sets none up.
    """
    for name in wished or ():
        if name not in PROVIDERS:
            near = get_close_matches(name, PROVIDERS, n=1)
            raise UsageProblem(
                f"{option}: there is no provider '{name}'.",
                hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(PROVIDERS)}.",
            )
    found = [name for name in PROVIDERS if (name in wished if wished else is_set_up(session, name))]
    if not found:
        raise ConfigProblem(
            f"Profile '{session.profile.name}' sets up no provider.",
            hint="Add one with: energyctl config edit; or look around first: energyctl sandbox start, "
            "then --profile sandbox.",
            code="no_provider",
        )
    return found


def is_set_up(session: Session, name: str) -> bool:
    """Whether the profile has a section for a provider, or the environment names its address."""
    place = PROVIDERS[name]
    if place.commands is None:
        return False
    if session.profile.body.get(name) is not None:
        return True
    fields = settings_of(name).fields
    said = ["environment", *(one.name for one in fields if one.kind in ("url", "address"))]
    return any(session.env.get(f"ENERGYCTL_{name}_{field}".upper()) for field in said)


def in_this_profile(session: Session, command: str) -> str:
    """Return a command for the user to type, with ``--profile`` where this run was given it too."""
    return (
        f"{command} --profile {shlex.quote(session.options.profile)}" if session.options.profile else command
    )


def offered() -> list[str]:
    """Return the providers' names, for completion."""
    return list(PROVIDERS)
