"""What holds for every input: it is taken, or refused with an error that is worth reading, and soon."""

from __future__ import annotations

import io
import json
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from energyctl.core.errors import EnergyctlError
from energyctl.core.output import error_text
from energyctl.core.session import Session
from energyctl.core.text import harmless

#: Stands where a secret stands in what is mutated; no message may repeat it.
SECRET = "hush-hush-4711"
#: What a refused input ends with: usage or a bad file, credentials, configuration.
REFUSED = (2, 4, 13)
_LONGEST_MESSAGE = 4000
_PLACE = tempfile.TemporaryDirectory(prefix="hostile-inputs-")
HOME = Path(_PLACE.name)


def new_session(env: Mapping[str, str] | None = None, given: str = "") -> Session:
    """A session of an environment of its own, whose streams are kept."""
    surroundings = {
        "HOME": str(HOME),
        "ENERGYCTL_STATE_DIR": str(HOME / "state"),
        "ENERGYCTL_CONFIG": str(HOME / "config.yaml"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        **(env or {}),
    }
    return Session(stdin=io.StringIO(given), stdout=io.StringIO(), stderr=io.StringIO(), env=surroundings)


def worth_reading(error: EnergyctlError, session: Session | None = None, given: str = "") -> None:
    """Assert that an error says what to do, can be shown on any terminal, tells no secret, and has an end.

    :param given: the argument that it may repeat.
    """
    assert error.message.strip()
    assert (error.hint or "").strip()
    assert len(error.message) <= _LONGEST_MESSAGE + 2 * len(given), error.message[:500]
    session = session or new_session()
    for form in (None, "json"):
        session.options.output = form
        text = error_text(error, session)
        assert SECRET not in text
        text.encode()
        assert all(harmless(line) == line for line in text.split("\n"))
        if form:
            assert json.loads(text)["error"]["exit_code"] == error.exit_code
    session.options.output = None


def taken_or_refused(
    work: Callable[[], Any],
    *,
    exits: tuple[int, ...] = REFUSED,
    session: Session | None = None,
    given: str = "",
) -> Any:
    """Return what a piece of work returns, or its error, which is worth reading. Any other exception is a mistake."""
    try:
        return work()
    except EnergyctlError as error:
        refused = error
    assert refused.exit_code in exits, refused
    worth_reading(refused, session, given)
    return refused


@contextmanager
def soon(limit_s: float = 30.0) -> Iterator[None]:
    """Assert that something takes a bounded time of the processor; what does not end fails instead of hanging."""

    def stop(_signal: int, _frame: object) -> None:
        raise AssertionError(f"it took more than {limit_s} seconds")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit_s, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
