"""Named places at which a run can be ended at once, to see what a sudden end leaves. Off unless a variable says so."""

from __future__ import annotations

import os

#: ``NAME`` or ``NAME#3``: ends the run when it comes there, or when it does so for the third time; ``3``: at the third
#: place, whichever it is. Unlike other variables it is not read by the session, since files are written without one.
VARIABLE = "ENERGYCTL_TEST_STOP_AT"
_passed: list[str] = []


def reached(name: str, *, counts: bool = True) -> None:
    """Say that the run has come to a place, or that it has not because this time it does not count."""
    wanted = os.environ.get(VARIABLE)
    if wanted and counts:
        _stop_if_wanted(name, wanted)


def _stop_if_wanted(name: str, wanted: str) -> None:
    """End the process as a power cut would, nothing flushed or tidied up, when this is the place."""
    import signal

    _passed.append(name)
    place, _, turn = wanted.partition("#")
    there = len(_passed) if place.isdecimal() else _passed.count(name)
    if place not in (name, str(there)) or (turn and turn != str(there)):
        return
    os.write(2, f"stopped at {name}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)
