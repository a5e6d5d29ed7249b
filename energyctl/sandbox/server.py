"""The sandbox's process: starts every provider and the control server, writes the facts, and ends cleanly.

Run as ``python -m energyctl.sandbox.server --directory DIR``; ``control`` does that for the command line.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import os
import signal
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from energyctl.sandbox.admin import ControlServer
from energyctl.sandbox.clock import SandboxClock
from energyctl.sandbox.control import ALREADY_RUNNING, SandboxOptions, process_alive
from energyctl.sandbox.directory import CONFIG_FILE, FACTS_FILE, prepare, read_facts, write_private
from energyctl.sandbox.faults import Faults
from energyctl.sandbox.lock import hold
from energyctl.sandbox.provider import Provider, Shared
from energyctl.sandbox.registry import PROVIDERS
from energyctl.sandbox.requestlog import RequestLog

_PROFILE = "sandbox"
_WATCH_S = 0.5
_USAGE = 2


class Sandbox:
    """All servers of one sandbox, and the files in its directory."""

    def __init__(self, directory: Path, options: SandboxOptions) -> None:
        self.directory = directory
        self._id = str(uuid.uuid4())
        self._started_at = datetime.now(UTC)
        self._shared = Shared(
            directory=directory,
            host=options.host,
            customers=options.customers,
            devices=options.devices,
            seed=options.seed,
            token_ttl_s=options.token_ttl_s,
            faults=Faults(options.faults),
            log=RequestLog(),
            clock=SandboxClock(options.speed),
        )
        self._providers: list[Provider] = [_provider(place)(self._shared) for place in PROVIDERS.values()]
        self._control = ControlServer(
            self._shared, self._providers, identity=self._identity, reset=self.reset
        )

    async def start(self) -> None:
        """Open all ports, then write secrets, profile and facts; the facts come last and mean "ready"."""
        for provider in self._providers:
            await provider.start()
        await self._control.start()
        for provider in self._providers:
            for name, secret in provider.secret_files().items():
                write_private(self.directory / name, secret + "\n")
        sections = {provider.name: provider.profile(self.directory) for provider in self._providers}
        config = {"default_profile": _PROFILE, "profiles": {_PROFILE: sections}}
        write_private(
            self.directory / CONFIG_FILE, yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
        )
        self._write_facts()

    async def stop(self) -> None:
        """Take the facts away first, so that nobody new comes, then close all ports."""
        found = read_facts(self.directory)
        if found is not None and found.get("pid") == os.getpid():
            (self.directory / FACTS_FILE).unlink(missing_ok=True)
        await self._control.stop()
        for provider in self._providers:
            await provider.stop()

    def reset(self) -> dict[str, Any]:
        """Go back to the seeded data, the faults given at start and an empty request log, under a new id."""
        self._shared.clock.reset()
        self._shared.faults.reset()
        self._shared.log.clear()
        for provider in self._providers:
            provider.reset()
        self._id = str(uuid.uuid4())
        self._write_facts()
        return self.facts()

    def facts(self) -> dict[str, Any]:
        """Return what a client needs to know, as written to the facts file."""
        urls: dict[str, str] = {}
        env = {
            "ENERGYCTL_CONFIG": str(self.directory / CONFIG_FILE),
            "ENERGYCTL_PROFILE": _PROFILE,
            "ENERGYCTL_SANDBOX_DIR": str(self.directory),
        }
        for provider in self._providers:
            urls |= provider.urls()
            env |= provider.env()
        env["ENERGYCTL_SANDBOX_CONTROL_URL"] = self._control.url
        return {
            "id": self._id,
            "pid": os.getpid(),
            "started_at": self._started_at.isoformat(timespec="seconds"),
            "directory": str(self.directory),
            "config_file": str(self.directory / CONFIG_FILE),
            "ca_file": env.get("ENERGYCTL_SANDBOX_CA_FILE"),
            "urls": {**urls, "control": self._control.url},
            "credentials": {
                **{provider.name: provider.credentials() for provider in self._providers},
                "control": {"token": self._control.token},
            },
            "env": env,
        }

    def _identity(self) -> dict[str, Any]:
        return {"id": self._id, "pid": os.getpid()}

    def _write_facts(self) -> None:
        write_private(self.directory / FACTS_FILE, json.dumps(self.facts(), indent=2) + "\n")


def _provider(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


async def _end_of(pid: int) -> None:
    """Return when that process has ended."""
    while process_alive(pid):  # noqa: ASYNC110 - another process's end is no event here
        await asyncio.sleep(_WATCH_S)


async def _run(directory: Path, options: SandboxOptions) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, ending.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ending.set))
    sandbox = Sandbox(directory, options)
    try:
        await sandbox.start()
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(ending.wait())]
        if options.lives_with is not None:
            waits.append(asyncio.create_task(_end_of(options.lives_with)))
        _, unfinished = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
    finally:
        await sandbox.stop()


def _arguments(given: list[str]) -> tuple[Path, SandboxOptions]:
    known = SandboxOptions()
    parser = argparse.ArgumentParser(prog="python -m energyctl.sandbox.server", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--customers", type=int, default=known.customers)
    parser.add_argument("--devices", type=int, default=known.devices)
    parser.add_argument("--seed", type=int, default=known.seed)
    parser.add_argument("--speed", type=float, default=known.speed)
    parser.add_argument("--fault", action="append", default=[], metavar="SPEC")
    parser.add_argument("--host", default=known.host)
    parser.add_argument("--token-ttl-s", type=int, default=known.token_ttl_s)
    parser.add_argument("--lives-with", type=int, metavar="PID")
    chosen = parser.parse_args(given)
    options = SandboxOptions(
        customers=chosen.customers,
        devices=chosen.devices,
        seed=chosen.seed,
        speed=chosen.speed,
        faults=chosen.fault,
        host=chosen.host,
        token_ttl_s=chosen.token_ttl_s,
        lives_with=chosen.lives_with,
    )
    return chosen.directory, options


def main(given: list[str] | None = None) -> int:
    """Run a sandbox until it is told to end.

    Exit codes: 0 ended, 2 unusable options, 75 one runs there already.
    """
    directory, options = _arguments(sys.argv[1:] if given is None else given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        options.check()
        place = prepare(directory)
    except ValueError as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - the log is where the starter looks
        return _USAGE
    with hold(place) as held:
        if not held:
            print(f"A sandbox already runs in {place}.", file=sys.stderr)  # noqa: T201 - as above
            return ALREADY_RUNNING
        asyncio.run(_run(place, options))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
