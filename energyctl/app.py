"""The root command: a table of groups that are imported when they are used."""

from __future__ import annotations

from typing import Any

import typer
from typer import _click
from typer.core import TyperOption

from energyctl.core.commandline import Entry, Group
from energyctl.providers import PROVIDERS

HELP = """Look up, check and switch things at your energy partners' APIs.

Results go to stdout (a table on a terminal, tab-separated in a pipe, -o json for programs), everything else to
stderr. Exit code 0 means done; 9 means a write whose outcome is unknown. A first look: energyctl demo

Topics: energyctl help exit-codes, output, config, environment, time

Examples:
energyctl demo
energyctl auth login rabot
energyctl rabot tariffs list -o json"""

TABLE: dict[str, Entry] = {
    **{
        name: Entry(place.commands, place.help, "group")
        for name, place in PROVIDERS.items()
        if place.commands
    },
    "devices": Entry("energyctl.commands.across.devices", "The devices of all providers in one list."),
    "usage": Entry("energyctl.commands.across.usage", "What devices used over time, whoever's they are."),
    "invoices": Entry("energyctl.commands.across.invoices", "List and save invoices, whoever issues them."),
    "orders": Entry("energyctl.commands.across.orders", "The orders at all providers that take some."),
    "auth": Entry("energyctl.commands.auth", "Store, check and remove credentials."),
    "config": Entry("energyctl.commands.config", "Make, edit and check the config file."),
    "doctor": Entry("energyctl.commands.doctor", "Check config, secrets and tokens, and say what is wrong."),
    "find": Entry(
        "energyctl.commands.find", "Find a customer, contract, device or meter at all providers at once."
    ),
    "journal": Entry("energyctl.commands.journal", "See what was written, and what became of it."),
    "limits": Entry("energyctl.commands.limits", "See the call budgets: used, left, and when a call frees."),
    "sandbox": Entry("energyctl.commands.sandbox", "Run local servers that speak the providers' contracts."),
    "demo": Entry("energyctl.commands.demo", "Take a tour of the main job on the embedded sandbox."),
    "completion": Entry("energyctl.commands.completion", "Print the completion script of a shell."),
    "help": Entry("energyctl.commands.help", "Explain a topic or a command."),
    "schema": Entry("energyctl.commands.schema", "Print the JSON Schema of a command's rows."),
}


def _print_version(ctx: _click.Context, _param: _click.Parameter, wanted: Any) -> None:
    if wanted and not ctx.resilient_parsing:
        from energyctl import __version__

        typer.echo(f"energyctl {__version__}")
        ctx.exit()


def _make_root() -> Group:
    version = TyperOption(
        param_decls=["show_version", "-V", "--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help="Print the version and exit.",
    )
    group = Group(name="energyctl", help=HELP, params=[version], rich_markup_mode=None)
    group.table = TABLE
    return group


root = _make_root()
