"""``energyctl demo``: a tour of the main job on a sandbox of its own. It runs the same commands that a user would."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.commands.sandbox import checked_options, sandbox_env, started
from energyctl.core.commandline import App, session_of
from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.leftovers import is_taken

if TYPE_CHECKING:
    from energyctl.core.session import Session

app = App()

#: The sandbox's first customer at Emulate, and the first person with an account at Bright Kit, for every seed.
EMULATE_CUSTOMER, BRIGHT_PERSON = "C-100001", "191212121212"
BRIGHT_INVOICE = "invoiceId,state,invoiceDate,amount"
#: The files that the tour saves.
ORDER, INVOICE = "order.yaml", "invoice.pdf"
#: Sandbox seconds a second: an order is delivered in a few seconds instead of days.
SPEED = 86400.0


class DemoFailed(EnergyctlError):
    """A command of the tour did not do what it should."""

    default_code = "demo_failed"


@app.command("demo")
def take_tour(
    ctx: typer.Context,
    directory: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where the tour saves its files.")
    ] = None,
) -> None:
    """Take a tour: a tariff sold and invoiced, a house's day, a charger set, a car that did not charge, an account.

    It needs no account and no network: local servers play the provider. Nothing of yours is touched; where --dir has
    an order.yaml or an invoice.pdf already, the tour does not begin.

    Examples:
    energyctl demo
    energyctl demo --dir energyctl-demo
    """
    from energyctl.sandbox import control

    session = session_of(ctx)
    place = directory or Path(tempfile.mkdtemp(prefix="energyctl-demo-"))
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise UsageProblem(
            f"Nothing can be saved in {place}: {error.strerror or error}.",
            hint="Choose another place with --dir.",
        ) from error
    for name in (ORDER, INVOICE):
        if is_taken(place / name):
            raise UsageProblem(
                f"The file {place / name} exists already; it was not touched.",
                hint="Choose another place with --dir, or move the file away.",
                code="file_exists",
            )
    with tempfile.TemporaryDirectory(prefix="energyctl-sandbox-") as home:
        session.progress("Starting the sandbox …")
        facts = started(Path(home), checked_options(speed=SPEED, lives_with=os.getpid()))
        try:
            tour = Tour(session, facts, place.resolve(), Path(home))
            rabot(tour)
            emporia(tour)
            emulate(tour)
            bright(tour)
            tour.say("What was written, and what became of it:")
            tour.show("journal", "list")
        finally:
            control.stop(Path(home))
    session.out.text(
        f"\nDone. The invoice is {tour.place / INVOICE}. Next: energyctl --help, energyctl config init"
    )


def rabot(tour: Tour) -> None:
    """Walk the sale of a dynamic tariff."""
    tour.say("Which tariffs can be sold?")
    tour.show("rabot", "tariffs", "list")
    key = "RabotSmart"
    tour.say("What would one cost in Berlin, 3,500 kWh a year?")
    tour.show("rabot", "quote", key, "--postcode", "10115", "--kwh", "3500")
    tour.say("An order begins with a template that is right for the case …")
    template = tour.read("rabot", "orders", "template")
    with (tour.place / ORDER).open("x", encoding="utf-8") as order:
        order.write(template)
    tour.echo("rabot", "orders", "template", f"> {ORDER}")
    tour.say("… is checked offline, shown, and sent. The journal remembers it.")
    tour.show("rabot", "orders", "validate", "-f", ORDER)
    made = tour.show_json("rabot", "orders", "create", "-f", ORDER, "--yes")
    customer, contract = str(made["customerNumber"]), str(made["contractNumber"])
    tour.show("rabot", "orders", "wait", contract, "--until", "Delivery")
    tour.say("Once delivered there is an invoice:")
    tour.show("rabot", "invoices", "list", customer, contract)
    found = tour.json("rabot", "invoices", "list", customer, contract)
    if not found:
        raise DemoFailed("The order was delivered but has no invoice.")
    tour.show("rabot", "invoices", "download", customer, contract, str(found[0]["fileId"]), "--to", INVOICE)
    tour.say("And this is why a dynamic tariff is worth a look:")
    tour.show("rabot", "prices", "--day", "today", "--plot")


def emporia(tour: Tour) -> None:
    """Look at a house's day, and set a charger so that it is known to have happened."""
    monitors = tour.json(
        "emporia", "devices", "list", "--connected", "--query", "[?starts_with(model, 'Vue')]"
    )
    chargers = tour.json("emporia", "chargers", "list", "--query", "[?device_connected]")
    if not monitors or not chargers:
        raise DemoFailed("The sandbox's fleet has no connected monitor or charger.")
    tour.say("Another provider, the same words. A house's day:")
    house = str(monitors[0]["manufacturer_device_id"])
    tour.show(
        "emporia", "usage", house, "--day", "yesterday", "--tz", "site", "--resolution", "15m", "--plot"
    )
    tour.say("A charger set to 10 A; --wait reads it back:")
    charger = str(chargers[0]["settings"]["manufacturer_device_id"])
    tour.show("emporia", "chargers", "set", charger, "--amps", "10", "--yes", "--wait")


def emulate(tour: Tour) -> None:
    """Answer the question that support hears most."""
    tour.say(
        "A customer asks: why did my car not charge last night? What it is told to do, and what troubled it:"
    )
    tour.show("emulate", "spo", "show", EMULATE_CUSTOMER, "car")
    tour.show("emulate", "devices", "logs", EMULATE_CUSTOMER, "car", "--limit", "5")


def bright(tour: Tour) -> None:
    """Look at an account as the app sees it."""
    tour.say("An energy company's own backend, called as the app calls it:")
    account = tour.read("bright", "accounts", "search", "--ssn", BRIGHT_PERSON, "-o", "ids").split()[0]
    tour.show("bright", "invoices", "list", "--account", account, "--limit", "3", "-c", BRIGHT_INVOICE)
    months = ("--resolution", "month", "--since", "180d")
    tour.show(
        "bright", "cost", "--account", account, "--service", "consumption_grid at Hemma", *months, "--plot"
    )


class Tour:
    """Runs commands in the tour's directory and shows each with its output."""

    def __init__(self, session: Session, facts: dict[str, Any], place: Path, home: Path) -> None:
        self.session = session
        self.place = place
        self.env = {**sandbox_env(session, facts), "ENERGYCTL_STATE_DIR": str(home / "state")}

    def say(self, text: str) -> None:
        """Tell what comes next."""
        self.session.out.text(f"\n# {text}")

    def echo(self, *words: str) -> None:
        """Show a command line."""
        shown = (word if word.startswith(">") else shlex.quote(word) for word in words)
        self.session.out.text("$ energyctl " + " ".join(shown))

    def show(self, *words: str) -> None:
        """Run a command with the terminal as its own and show what it prints."""
        self.echo(*words)
        table = () if "--plot" in words else ("-o", "table")
        self._run(words, table, capture=not self.session.stdout_is_terminal)

    def show_json(self, *words: str) -> Any:
        """Run a command, show its JSON, and return it."""
        self.echo(*words, "-o", "json")
        text = self._run(words, ("-o", "json"), capture=True)
        return json.loads(text)

    def json(self, *words: str) -> Any:
        """Run a command silently and return its JSON."""
        return json.loads(self._run(words, ("-o", "json"), capture=True, silent=True))

    def read(self, *words: str) -> str:
        """Run a command silently and return what it prints."""
        return self._run(words, (), capture=True, silent=True)

    def _run(
        self, words: tuple[str, ...], extra: tuple[str, ...], *, capture: bool, silent: bool = False
    ) -> str:
        self.session.stdout.flush()
        done = subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-m", "energyctl", *words, *extra],
            cwd=self.place,
            env=self.env,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.DEVNULL if silent else None,
            check=False,
            text=True,
            encoding="utf-8",
        )
        if done.returncode != 0:
            raise DemoFailed(f"'energyctl {' '.join(words)}' ended with exit code {done.returncode}.")
        if capture and not silent:
            self.session.out.text(done.stdout)
        return done.stdout or ""
