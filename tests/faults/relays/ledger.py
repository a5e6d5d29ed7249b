"""What a relay is told to do and what it has seen. How it speaks to clients and acts a fault out is not here."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable, Collection, Mapping

from tests.faults.relays.names import BEFORE_THE_EFFECT, Seen

#: Whether the fault that befell a request is still in force.
Lasts = Callable[[], bool]


@dataclasses.dataclass
class _Order:
    """A fault in force, whom it befalls and how often, and whether anything has been written since."""

    fault: str | None
    only_writes: bool = False
    afterwards: bool = False
    times: float = math.inf
    wrote: bool = False

    def befalling(self, *, writes: bool) -> str | None:
        """Return the fault that befalls a request, None for none, and count both."""
        meant = self.times > 0 and self._means(writes=writes)
        self.times -= meant
        self.wrote |= writes
        return self.fault if meant else None

    def _means(self, *, writes: bool) -> bool:
        if not (self.only_writes or self.afterwards):
            return True
        return (self.only_writes and writes) or (self.afterwards and self.wrote)


class Ledger:
    """The fault in force at a relay, and the requests that came.

    :param settable: the faults that can be put in force.
    """

    def __init__(self, settable: Collection[str]) -> None:
        self._settable = settable
        #: Notified when another fault is put in force, and by whoever else has news for those that are held up.
        self.changed = threading.Condition()
        self._order = _Order(None)
        self._seen: list[Seen] = []

    def set(
        self,
        fault: str | None,
        *,
        only_writes: bool = False,
        afterwards: bool = False,
        times: float = math.inf,
    ) -> None:
        """Put a fault in force from now on, in place of the one before; whoever that one holds up is let go.

        :param only_writes: whether it befalls writes alone.
        :param afterwards: whether it befalls only what comes after the first write; with ``only_writes``, that too.
        :param times: how many requests it befalls.
        """
        if fault is not None and fault not in self._settable:
            raise ValueError(f"{fault!r} cannot be set")
        with self.changed:
            self._order = _Order(fault, only_writes, afterwards, times)
            self.changed.notify_all()

    def take(self) -> list[Seen]:
        """Return what came since the last call."""
        with self.changed:
            taken, self._seen = self._seen, []
        return taken

    def note(self, name: str, body: bytes, headers: Mapping[str, str], *, writes: bool) -> tuple[Seen, Lasts]:
        """Write down a request that came, with the fault that befalls it."""
        with self.changed:
            order = self._order
            fault = order.befalling(writes=writes)
            seen = Seen(name, writes, body, headers, fault not in BEFORE_THE_EFFECT, fault)
            self._seen.append(seen)
        return seen, lambda: self._order is order

    def passed(self, seen: Seen) -> None:
        """Take a note back: what was to be spoilt could not be."""
        with self.changed:
            self._seen = [dataclasses.replace(one, fault=None) if one is seen else one for one in self._seen]
