"""Several providers asked at the same time, each in a thread of its own; whatever they say is printed by one thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from queue import Empty, Queue
from typing import Generic, TypeVar

from energyctl.core.errors import EnergyctlError, PartlyFailed, Unreachable
from energyctl.core.profiles import sandbox_facts
from energyctl.core.session import Session

#: The next provider begins when the one before waits for its server, and after so many seconds at the latest: to
#: import libraries side by side would only delay the first request.
NEXT_BEGINS_S = 0.15
#: Rows that a provider may be ahead of the one who reads them, so that a long list stays small.
AHEAD = 500

_T = TypeVar("_T")
#: Asks one provider; it is given a session of its thread.
Task = Callable[[Session], Iterator[_T]]


class Beside(Session):
    """The session of a thread: it shares config and options, and what it says goes through the main thread."""

    def __init__(self, session: Session, tell: Callable[[str], None], begun: threading.Event) -> None:
        self.__dict__.update(session.__dict__)
        for name in ("credentials", "tokens"):  # they say things; each thread has its own
            self.__dict__.pop(name, None)
        self._tell = tell
        self._begun = begun

    def waiting(self) -> None:
        """Let the next thread begin: this one has nothing to do until its server answers."""
        self._begun.set()

    def say(self, text: str, **_: bool) -> None:
        """Hand a line to the main thread."""
        self._tell(text)

    def progress(self, text: str) -> None:
        """Show nothing: one line on the terminal cannot tell of several providers."""

    def clear_progress(self) -> None:
        """Leave the main thread's line."""


class _Said(str):
    """Something for stderr."""

    __slots__ = ()


class _Ended:
    """A provider has come to its end, perhaps by an error."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Asking(Generic[_T]):
    """Providers that are being asked.

    :param limit_s: seconds for all of them together; a provider that has not ended then has failed, and what it found
        so far counts. None: each answer has its own time-out.
    :param ahead: rows that a provider may be ahead; 0 for any number.
    """

    def __init__(
        self,
        session: Session,
        tasks: Mapping[str, Task[_T]],
        *,
        limit_s: float | None = None,
        ahead: int = AHEAD,
    ) -> None:
        self.session = session
        self.limit_s = limit_s
        #: The providers that failed, each with the error that ended it.
        self.failures: dict[str, EnergyctlError] = {}
        self._queues: dict[str, Queue[_T | _Said | _Ended]] = {name: Queue(ahead) for name in tasks}
        self._ends_at = None if limit_s is None else time.monotonic() + limit_s
        # made once, before the threads need them
        _ = session.paths, session.config, session.profile, session.redactor, session.pseudonyms
        sandbox_facts(session)
        before = threading.Event()
        before.set()
        for name, task in tasks.items():
            begun = threading.Event()
            words = (name, task, before, begun)
            threading.Thread(target=self._work, args=words, name=f"ask {name}", daemon=True).start()
            before = begun

    def _work(self, name: str, task: Task[_T], before: threading.Event, begun: threading.Event) -> None:
        queue = self._queues[name]
        before.wait(NEXT_BEGINS_S)
        try:
            for item in task(Beside(self.session, lambda text: queue.put(_Said(text)), begun)):
                queue.put(item)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that reads
            queue.put(_Ended(error))
        else:
            queue.put(_Ended(None))
        finally:
            begun.set()

    def __iter__(self) -> Iterator[tuple[str, _T]]:
        """Yield what the providers bring, one provider after the other; meanwhile the others go on working."""
        for name, queue in self._queues.items():
            while True:
                try:
                    item = queue.get(timeout=self._left_s())
                except Empty:
                    self.failures[name] = self._too_slow(name)
                    break
                if isinstance(item, _Said):
                    self.session.say(f"{name}: {item}")
                elif isinstance(item, _Ended):
                    if isinstance(item.error, EnergyctlError):
                        item.error.provider = item.error.provider or name
                        self.failures[name] = item.error
                    elif item.error is not None:
                        raise item.error
                    break
                else:
                    yield name, item

    def _left_s(self) -> float | None:
        return None if self._ends_at is None else max(self._ends_at - time.monotonic(), 0.001)

    def _too_slow(self, name: str) -> EnergyctlError:
        return Unreachable(
            f"{name} did not come to an end within {self.limit_s:g} s.",
            hint="Allow more time with --timeout SECONDS.",
            code="timeout",
            provider=name,
        )


def settle(
    session: Session, failures: Mapping[str, EnergyctlError], answered: Collection[str], asked: int
) -> None:
    """Say which providers failed and why, and end with the code that tells of it; nothing when all answered.

    :param answered: the providers that came to a good end, or brought something before they failed.
    :raises PartlyFailed: when some answered.
    :raises EnergyctlError: the first error, when none did.
    """
    if not failures:
        return
    first, *others = failures.values()
    for name, error in failures.items():
        if answered or error is not first:
            in_full = " in full" if name in answered else ""
            session.notice(
                f"{name} could not be asked{in_full}: {error.message}{f' {error.hint}' if error.hint else ''}"
            )
    if not answered:
        raise first
    in_full = " in full" if all(name in answered for name in failures) else ""
    whole = "The others' rows are whole." if asked > len(failures) else ""
    raise PartlyFailed(
        f"{len(failures)} of {asked} providers could not be asked{in_full}: {', '.join(failures)}.",
        hint=" ".join(filter(None, (whole, "" if others else first.message))) or "The notices above say why.",
        provider=None if others else next(iter(failures)),
        details={"failed": [error.as_dict() for error in failures.values()]},
    )
