"""Switching things and knowing what happened: from the answer, the inventory and a second look.

An Update's answer holds only the devices that changed (contract, "Methods"). Absence means already so, offline or
unknown, and only another List and the inventory tell which. Only fields that the user named are ever sent.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import (
    EnergyctlError,
    OutcomeUnknown,
    Unreachable,
)
from energyctl.core.journal import UNKNOWN
from energyctl.core.outcomes import ALREADY, CHANGED, Change, Result, Write
from energyctl.core.together import TogetherWrites
from energyctl.providers.emporia.ends import Ends
from energyctl.providers.emporia.inventory import Inventory
from energyctl.providers.emporia.kinds import Kind, Wish, as_wished
from energyctl.providers.emporia.views import OUTCOMES

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.providers.emporia.client import EmporiaClient

#: The longest pause between two looks.
LONGEST_PAUSE_S = 15.0
#: What a change takes: one call to look, and one to send.
_CALLS = 2
#: Beyond so many targets the commands that undo stand only in the rows.
MOST_UNDO_NOTICES = 5


class Control(Ends):
    """One change of one or many devices of a kind."""

    def __init__(
        self,
        client: EmporiaClient,
        kind: Kind,
        inventory: Inventory,
        *,
        wait_s: float | None = None,
        until: Callable[[Mapping[str, Any]], bool] | None = None,
        restorable: bool = False,
    ) -> None:
        """Prepare a change.

        :param wait_s: how long to look whether it has happened; not at all when None.
        :param until: what is waited for besides, such as the car.
        :param restorable: whether nothing is to be sent that could not be put back.
        """
        super().__init__(kind, inventory)
        self.client = client
        self.session: Session = client.session
        self.wait_s = wait_s
        self.until = until
        self.restorable = restorable
        self.before: dict[str, Mapping[str, Any]] = {}
        #: Ids that a run has changed, or may have, known even when the run ends with an error.
        self.changed: list[str] = []
        #: Ids of which a clear answer says nothing.
        self._unconfirmed: list[str] = []

    # -- the way through -----------------------------------------------------------------------------------

    def run(self, ids: Sequence[str], wish: Wish, effect: str, *, many: bool) -> list[str]:
        """Carry out one wish for all devices and return the ids of those that changed.

        :param effect: what it does in words, with a place for the device: "turn off {}".
        """
        self._ask_who_is_connected(ids)
        if len(ids) > 1 and not self.session.options.dry_run:
            reading = "" if self.wait_s is None else ", as many as it takes to read back"
            self.session.notice(
                f"{len(ids)} {self.kind.command}: 2 calls{reading}, and 2 more when some do not confirm the change."
            )
        writes = self.plan(ids, wish, effect)
        together = self._together()
        together.look_again = lambda results: self._looked_again(results, wish)
        together.run_together(writes, lambda pending: self._all_sent(pending, wish), many=many)
        return self.changed

    def _together(self) -> TogetherWrites:
        return TogetherWrites(self.session, self.client.section, OUTCOMES)

    def _all_sent(self, pending: list[Write], wish: Wish) -> dict[str, Result]:
        # Whatever interrupts the sending: these may have changed.
        self.changed = [write.target for write in pending]
        try:
            return self._with_undo(self._sent(pending, wish), wish)
        except EnergyctlError:  # refused as a whole
            self.changed = []
            raise

    def _looked_again(self, results: dict[str, Result], wish: Wish) -> None:
        try:
            self._look_again(results, wish)
        finally:
            self.changed = [one for one in self.changed if results[one].outcome in (CHANGED, UNKNOWN)]
            self._with_undo(results, wish)

    def restore(self, ids: list[str], former: Wish, *, later: int = 0) -> list[tuple[str, str]]:
        """Put devices back to former settings, journaled; return (id, command) of those that were not.

        What is looked at before takes no call of the budget that putting back needs.

        :param later: calls that are needed afterwards to put others back.
        """
        commands = {
            one: self._command(self.kind.undo(shlex.quote(one), former, _other_than(former)) or "")
            for one in ids
        }
        self.until, self._unconfirmed, self.before = None, [], {}
        needed = 1 + later
        if len(ids) > 1:
            with suppress(EnergyctlError):  # one that has gone offline would make the others' update fail
                if self.client.budget.used().left > needed + 1:
                    self.inventory = Inventory.load(self.client, refresh=True)
        try:
            if self.client.budget.used().left > needed:
                self.before = self._listed(ids)
        except EnergyctlError as error:
            self.session.notice(f"Looking before putting back failed: {error.message}")
        writes = [self._write(one, former, "put back {}", self._not_to_put_back(one, former)) for one in ids]
        try:
            together = self._together()
            together.look_again = lambda results: self._look_again(results, former)
            ends = together.carry_out(writes, lambda pending: self._sent(pending, former))
        except EnergyctlError as error:
            self.session.say(f"error: {error.message}")
            return list(commands.items())
        return [
            (one, commands[one]) for one, result in ends.items() if result.outcome not in (CHANGED, ALREADY)
        ]

    def _ask_who_is_connected(self, ids: Sequence[str]) -> None:
        """Ask for the devices anew where a kept list could be wrong about what matters.

        What was offline may be back, and one that is offline by now can spoil an update of several: for this alone no
        call of the budget is taken that looking and sending need.
        """
        fitting = [one for one in ids if self._model(one) == self.kind.model]
        may_be_back = not all(map(self.inventory.connected, fitting))
        can_be_spoilt = self.kind.offline_fails and len(fitting) > 1
        if self.inventory.age_s <= 0 or not (may_be_back or can_be_spoilt):
            return
        try:
            if may_be_back or self.client.budget.used().left > _CALLS:
                self.inventory = Inventory.load(self.client, refresh=True)
        except EnergyctlError as error:
            self.session.notice(f"Asking which devices are connected failed: {error.message}")

    def plan(self, ids: Sequence[str], wish: Wish, effect: str) -> list[Write]:
        """Look at every device as it is and plan its write; what need not or cannot be sent is settled."""
        fitting = [one for one in ids if self._model(one) == self.kind.model]
        self.before = self._listed(fitting)
        return [self._write(one, wish, effect, self._settled(one, wish)) for one in ids]

    def _write(self, device_id: str, wish: Wish, effect: str, settled: Result | None) -> Write:
        state = self.before.get(device_id)
        settings = self.kind.settings(state) if state else {}
        name = self.inventory.name(device_id)
        differing = {field: value for field, value in wish.items() if not as_wished(settings, {field: value})}
        before, after = self.kind.told(settings, differing), self.kind.told(differing, differing)
        changes = [Change(field, before.get(field), value) for field, value in after.items()]
        return Write(
            operation=self.kind.update_method,
            target=device_id,
            effect=effect.format(f"{self.kind.noun} {device_id}{f' ({name})' if name else ''}"),
            method="gRPC",
            url=f"{self.client.target} {self.kind.update_method}",
            body={"manufacturer_device_id": device_id, **wish},
            send=_sent_together,
            changes=changes,
            how_to_look=f"Look at it: {self._show(device_id)}",
            settled=settled,
        )

    def _not_to_put_back(self, device_id: str, former: Wish) -> Result | None:
        """Return how putting back ends where it is so already or cannot be; what is not told is sent all the same."""
        state = self.before.get(device_id)
        if self.inventory.connected(device_id) is False:
            return self._offline(device_id)
        if state and as_wished(self.kind.settings(state), former):
            return Result(ALREADY, self._named(device_id), "It was so before; nothing was sent.")
        return None

    def _settled(self, device_id: str, wish: Wish) -> Result | None:
        """Return how a write ends that need not or cannot be sent, None for one that is to be sent."""
        state = self.before.get(device_id)
        settings = self.kind.settings(state) if state else {}
        known = self.inventory.by_id.get(device_id)
        if known is None:
            return self._not_found(device_id)
        if known.get("model") != self.kind.model:
            return self._rejected(
                device_id, f"it is of the model {known.get('model')}, not {self.kind.model}."
            )
        problem = self.kind.check(state, wish) if state else None
        if problem:
            return self._rejected(device_id, problem)
        as_it_is = as_wished(settings, wish)
        sendable = state is not None and not as_it_is and not self.kind.offline_fails
        if not known.get("device_connected") and not sendable:
            return self._offline(device_id, " Its last known setting is as asked." if as_it_is else "")
        if as_it_is:
            return Result(ALREADY, self._named(device_id), "It was so before; nothing was sent.")
        missing = self._not_told(state, settings, wish)
        return self._withheld(device_id, missing) if missing else None

    def _not_told(
        self, state: Mapping[str, Any] | None, settings: Mapping[str, Any], wish: Wish
    ) -> str | None:
        """Return why nothing is sent, None where all that is needed is told."""
        if state is None:
            return "Emporia does not tell its settings, so the change cannot be checked"
        if self.restorable and any(settings.get(field) is None for field in wish):
            return "Emporia does not tell its setting, so it could not be put back"
        return None

    # -- sending and looking -----------------------------------------------------------------------------------

    def _sent(self, pending: list[Write], wish: Wish) -> dict[str, Result]:
        """Send one Update for all and tell for each what its answer says."""
        ids = [write.target for write in pending]
        self._unconfirmed = []
        request = self.kind.request([self.kind.message(one, wish) for one in ids])
        try:
            answer = self.client.update(self.kind.update_method, request, self.kind.field)
        except OutcomeUnknown as error:
            if self.wait_s is not None:
                self.session.notice("No clear answer; looking whether it happened.")
            return {one: self._unknown(one, error.message, error) for one in ids}
        confirmed = {
            self.kind.device_id(row)
            for row in answer
            if as_wished(self.kind.settings(row) if row else {}, wish)
        }
        self._unconfirmed = [one for one in ids if one not in confirmed]
        return {
            one: Result(CHANGED, self._named(one))
            if one in confirmed
            else self._unknown(one, "Emporia did not confirm it.")
            for one in ids
        }

    def _look_again(self, results: dict[str, Result], wish: Wish) -> None:
        """Look at what was not confirmed, and with ``--wait`` at all, until it is as asked."""
        if self._unconfirmed:
            self._look_at_unconfirmed(results, wish)
        if self.wait_s is not None:
            ends_at = time.monotonic() + self.wait_s
            self._read_back(results, wish, ends_at)
            self._await_already(results, wish, ends_at)

    def _look_at_unconfirmed(self, results: dict[str, Result], wish: Wish) -> None:
        absent = self._unconfirmed
        try:
            now = self._listed(absent)
            self.inventory = Inventory.load(self.client, refresh=True)
        except EnergyctlError as error:
            text = f"Emporia did not confirm it, and a second look failed: {error.message}"
            results.update({one: self._unknown(one, text, error) for one in absent})
            return
        for one in absent:
            state = now.get(one)
            if self.inventory.connected(one) is None:
                results[one] = self._unknown(one, "Emporia did not confirm it, and no longer lists it.")
            elif state and as_wished(self.kind.settings(state), wish):
                results[one] = Result(CHANGED, self._named(one), "Read back: it is as asked.")
            elif not self.inventory.connected(one):
                results[one] = self._offline(one)
            else:
                results[one] = self._unknown(
                    one, "Emporia did not confirm it, and its setting is not as asked."
                )

    def _read_back(self, results: dict[str, Result], wish: Wish, ends_at: float) -> None:
        """Look again and again until every device is as asked, and its car where that was asked too."""
        waiting = [one for one, result in results.items() if result.outcome in (CHANGED, UNKNOWN)]
        there, missing, failure = self._awaited(waiting, wish, ends_at)
        for one in there:
            results[one] = Result(CHANGED, self._named(one), "Read back: it is as asked.")
        for one, state in missing.items():
            results[one] = self._not_seen(one, results[one], state, wish, failure)

    def _await_already(self, results: dict[str, Result], wish: Wish, ends_at: float) -> None:
        """Wait for the cars of those that need not be changed, too."""
        already = [one for one, result in results.items() if result.outcome == ALREADY]
        if self.until is None or not already:
            return
        _, missing, failure = self._awaited(already, wish, ends_at)
        for one in missing:
            text = f"Its setting is as asked, but its car is not, within {self.wait_s:g} s."
            if failure is not None:
                text = f"Its setting is as asked; looking at its car failed: {failure.message}"
            results[one] = Result(ALREADY, self._named(one), text, error=self._not_yet(one, text, failure))

    def _awaited(
        self, ids: list[str], wish: Wish, ends_at: float
    ) -> tuple[list[str], dict[str, Mapping[str, Any] | None], EnergyctlError | None]:
        """Look until all are as asked or the time is over.

        Return those that are, the last state of the others, and why the last look at them failed.
        """
        done: list[str] = []
        waiting: dict[str, Mapping[str, Any] | None] = dict.fromkeys(ids)
        failure: EnergyctlError | None = None
        pause = 1.0
        while waiting:
            try:
                now, failure = self._listed(list(waiting)), None
            except EnergyctlError as error:
                self.session.notice(f"Reading back failed: {error.message}")
                now, failure = {}, error
            for one in list(waiting):
                state = now.get(one)
                waiting[one] = state or waiting[one]
                if state and self._is_there(state, wish):
                    done.append(one)
                    del waiting[one]
            left = ends_at - time.monotonic()
            would_fail_again = failure is not None and not isinstance(failure, Unreachable)
            if not waiting or left <= 0 or would_fail_again:
                break
            self.session.progress(f"Reading back {len(waiting)} {self.kind.command} ({left:.0f} s left)")
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE_S)
        return done, waiting, failure

    def _is_there(self, state: Mapping[str, Any], wish: Wish) -> bool:
        return as_wished(self.kind.settings(state), wish) and (self.until is None or self.until(state))

    def _not_seen(
        self,
        device_id: str,
        former: Result,
        state: Mapping[str, Any] | None,
        wish: Wish,
        failure: EnergyctlError | None,
    ) -> Result:
        """Return how a write ends that did not read back as asked, or of which nothing could be read back."""
        failed = f"reading back failed: {failure.message}" if failure is not None else ""
        if state and as_wished(self.kind.settings(state), wish):
            text = f"Read back: its setting is as asked, but its car is not, within {self.wait_s:g} s."
            if failed:
                text = f"Read back: its setting is as asked, but its car was not yet; then {failed}"
            outcome = CHANGED
        elif former.outcome == UNKNOWN:
            return former
        elif state is None and failed:
            text, outcome = f"Confirmed; {failed}", CHANGED
        else:
            text = f"It was accepted, but did not read back as asked within {self.wait_s:g} s."
            if failed:
                text = f"It was accepted, but had not read back as asked yet; then {failed}"
            outcome = UNKNOWN
        error = self._not_yet(device_id, text, failure)
        return Result(outcome, self._named(device_id), text, error=error)

    def _command(self, words: str) -> str:
        """Return the command line that does something to this profile's devices."""
        profile = self.client.section.profile
        chosen = f" --profile {shlex.quote(profile.name)}" if profile.source == "--profile" else ""
        return f"energyctl emporia {words}{chosen}"

    # -- pieces -------------------------------------------------------------------------------------------------

    def _model(self, device_id: str) -> Any:
        return (self.inventory.by_id.get(device_id) or {}).get("model")

    def _listed(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        rows = self.client.listed(self.kind.list_method, self.kind.field, ids)
        return {self.kind.device_id(row): row for row in rows if self.kind.settings(row)}

    def _with_undo(self, results: dict[str, Result], wish: Wish) -> dict[str, Result]:
        """Add the command that puts each changed device back as it was."""
        for one, result in results.items():
            state = self.before.get(one)
            if result.outcome != CHANGED or state is None or "undo" in result.facts:
                continue
            words = self.kind.undo(shlex.quote(one), self.kind.settings(state), wish)
            if words is None:
                continue
            command = self._command(words)
            result.facts["undo"] = command
            if len(results) <= MOST_UNDO_NOTICES:
                result.undo = command
        return results


def _sent_together() -> Result:
    raise AssertionError("devices are sent in one call")  # pragma: no cover


def _other_than(former: Wish) -> Wish:
    """Return a wish that differs everywhere, so that the undo command names every former setting."""
    return {name: object() for name in former}
