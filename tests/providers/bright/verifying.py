"""The verifier run inside the test's own process against the sandbox: every rule in half a second."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from energyctl.core.session import Session
from energyctl.providers.bright.client import connect
from energyctl.providers.bright.verify.organisation import Organisation, Wishes
from energyctl.providers.bright.verify.runner import Run
from energyctl.providers.bright.verify.table import walk

PERSON = "191212121212"
ACCOUNT = "A-500001"


def verified(
    env: Mapping[str, str], *steps: str, timeout_s: float | None = None, wishes: Wishes | None = None
) -> Run:
    """Walk the steps (all of them when none is named) and return how it went."""
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env=env)
    session.options.timeout = timeout_s
    org = Organisation(session, connect(session), wishes or Wishes(ssn=PERSON))
    run = Run(org, walk(steps, writes=False), steps)
    try:
        for _ in run.walk():
            continue
    finally:
        org.close()
    return run


def ended(run: Run, status: str) -> set[str]:
    """Return the rules that ended so."""
    return {one.rule.name for one in run.findings if one.status == status}


def of_step(run: Run, step: str) -> dict[str, str]:
    """Return how each rule of a step ended."""
    return {one.rule.name: one.status for one in run.findings if one.step == step}


def told(run: Run, names: Iterable[str]) -> str:
    """Return what was found of some rules."""
    return " | ".join(f"{one.step}: {one.found}" for one in run.findings if one.rule.name in names)
