"""Typer made to fit: groups that load when used, global options at any position, plain help with examples.

Typer carries its own Click under ``typer._click``; pyproject caps the version this module was written for.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from inspect import cleandoc
from typing import Any, NamedTuple

import typer
from typer import _click
from typer._types import TyperChoice
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command as build_command

from energyctl.core.helppage import Page, short_help, split_examples
from energyctl.core.plotoption import check_plot
from energyctl.core.session import OUTPUT_FORMATS, Session
from energyctl.core.suggestions import refuse_command, suggesting_options
from energyctl.core.watchoption import run_watched, with_watch

#: More do not fit into the milliseconds of the system's calls.
_MOST_SECONDS = 2e6


class Entry(NamedTuple):
    """Where a lazily loaded command or group lives, and its one-line help."""

    module: str
    help: str
    attribute: str = "app"


def session_of(ctx: typer.Context) -> Session:
    """Return the session that the running command belongs to."""
    session = ctx.obj
    if not isinstance(session, Session):  # pragma: no cover - a wiring mistake, not a user's
        raise TypeError("the command was started without a session")
    return session


def _remember(ctx: _click.Context, param: _click.Parameter, value: Any) -> Any:
    """Store a global option; the innermost position on the command line wins."""
    if isinstance(ctx.obj, Session) and param.name is not None:
        source = ctx.get_parameter_source(param.name)
        if source is not None and source.name == "COMMANDLINE":
            ctx.obj.options.set(param.name.removeprefix("global_"), value)
    return value


def _option(name: str, *decls: str, **settings: Any) -> TyperOption:
    return TyperOption(
        param_decls=[f"global_{name}", *decls],
        expose_value=False,
        callback=_remember,
        default=settings.pop("default", None),
        **settings,
    )


def _flag(name: str, *decls: str, text: str) -> TyperOption:
    return _option(name, *decls, is_flag=True, default=False, help=text)


_TEXT = _click.types.STRING


class _Count(_click.types.IntRange):
    """A number of rows; one that is more than there can be stands for all."""

    def convert(self, value: Any, param: _click.Parameter | None, ctx: _click.Context | None) -> Any:
        return min(super().convert(value, param, ctx), sys.maxsize)


class Seconds(_click.types.FloatRange):
    """A number of seconds; "nan" and "inf" are none."""

    def convert(self, value: Any, param: _click.Parameter | None, ctx: _click.Context | None) -> Any:
        """Return the seconds; refuse what no wait can take."""
        seconds = super().convert(value, param, ctx)
        if not seconds < _MOST_SECONDS:
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


class _Expression(_click.types.StringParamType):
    """A JMESPath expression, read before anything is asked or written."""

    def convert(self, value: Any, param: _click.Parameter | None, ctx: _click.Context | None) -> Any:
        text = super().convert(value, param, ctx)
        if text:
            import jmespath

            try:
                jmespath.compile(text)
            except RecursionError:
                self.fail("it is nested too deep.", param, ctx)
            except ValueError as error:  # jmespath's own, and that of a number without end
                what = str(error).split("\n", 1)[0]
                self.fail(f"'{text}' cannot be read: {what} The language: https://jmespath.org", param, ctx)
        return text


class _Names(_click.types.StringParamType):
    """Names parted by commas, at least one."""

    def convert(self, value: Any, param: _click.Parameter | None, ctx: _click.Context | None) -> Any:
        text = super().convert(value, param, ctx)
        if not text.strip(" ,"):
            self.fail(f"'{text}' names no column; write it as a,b.c", param, ctx)
        return text


def _make_global_options() -> list[TyperOption]:
    integer = _Count(min=1)
    return [
        _option("profile", "-p", "--profile", type=_TEXT, metavar="NAME", help="Profile of the config file."),
        _option(
            "output",
            "-o",
            "--output",
            type=TyperChoice(OUTPUT_FORMATS),
            help="Output format [default: table on a terminal, tsv elsewhere].",
        ),
        _option(
            "columns",
            "-c",
            "--columns",
            type=_Names(),
            metavar="A,B.C",
            help="Columns: any paths in the data.",
        ),
        _option(
            "query", "--query", type=_Expression(), metavar="EXPR", help="JMESPath applied before formatting."
        ),
        _flag("no_header", "--no-header", text="No header line in tsv, csv and tables."),
        _option("limit", "--limit", type=integer, metavar="N", help="At most N rows."),
        _option(
            "sort_by", "--sort-by", type=_TEXT, metavar="COL", help="Sort rows by a column; -COL: descending."
        ),
        _option(
            "timeout",
            "--timeout",
            type=Seconds(min=0, min_open=True),
            metavar="SECONDS",
            help="Longest wait for one answer [default: 30].",
        ),
        _option(
            "max_wait",
            "--max-wait",
            type=Seconds(min=0),
            metavar="SECONDS",
            help="Longest wait for a rate limit [default: 60 on a terminal, 0 elsewhere].",
        ),
        _flag("yes", "-y", "--yes", text="Do not ask before a write."),
        _flag("dry_run", "--dry-run", text="Show what a write would send; send nothing."),
        _flag("quiet", "-q", "--quiet", text="No notices and no progress on stderr."),
        _flag("verbose", "-v", "--verbose", text="Requests and answers on stderr, secrets redacted."),
        _flag("no_color", "--no-color", text="No colour."),
        _flag("no_input", "--no-input", text="Never ask; fail where an answer would be needed."),
        _option(
            "redact",
            "--redact/--no-redact",
            is_flag=True,
            is_eager=True,
            help="Stable pseudonyms in the place of personal data [default: as the profile says].",
        ),
    ]


GLOBAL_OPTIONS = _make_global_options()
_GLOBAL_IDS = {id(option) for option in GLOBAL_OPTIONS}


def is_global(param: _click.Parameter) -> bool:
    """Tell whether a parameter is one of the options that every command takes."""
    return id(param) in _GLOBAL_IDS


def _with_globals(own: list[_click.Parameter]) -> list[_click.Parameter]:
    taken = {opt for param in own for opt in (*param.opts, *param.secondary_opts)}
    added = [option for option in GLOBAL_OPTIONS if not taken.intersection(option.opts)]
    return [*own, *added]


def _bare_optional_values(params: list[_click.Parameter], args: list[str]) -> list[str]:
    """Turn a bare ``--wait`` into ``--wait=`` for options whose value is optional.

    Such an option has a metavar of the form ``[=SECONDS]``; its value, when given, follows an equals sign.
    """
    optional = {
        opt
        for param in params
        for opt in param.opts
        if (getattr(param, "metavar", None) or "").startswith("[=")
    }
    if not optional:
        return args
    end = args.index("--") if "--" in args else len(args)
    return [f"{arg}=" if arg in optional and i < end else arg for i, arg in enumerate(args)]


def _write_help(
    command: TyperCommand | TyperGroup, ctx: _click.Context, formatter: _click.HelpFormatter
) -> None:
    """Write usage, text, arguments, options, commands, global options and examples, in that order."""
    page = Page()
    command.format_usage(ctx, page)
    text, examples = split_examples(command.help or "")
    if text:
        page.write_paragraph()
        with page.indentation():
            page.write_text(text)
    sections = _sections(command, ctx)
    for title in ("Arguments", "Options"):
        page.write_section(title, sections[title])
    if isinstance(command, TyperGroup):
        command.format_commands(ctx, page)
    if isinstance(command, TyperGroup) and ctx.parent is not None:
        page.write_paragraph()
        page.write_text("Global options such as -o, -c and --query: see energyctl --help")
    else:
        page.write_section("Global options (at any position)", sections["Global options"])
    page.write_examples(examples)
    formatter.write(page.getvalue())


def _sections(command: TyperCommand | TyperGroup, ctx: _click.Context) -> dict[str, list[tuple[str, str]]]:
    """Return the help lines of the parameters, parted into arguments, own options and global ones."""
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": [], "Global options": []}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is None and isinstance(param, TyperArgument) and not param.hidden:
            record = (param.make_metavar(ctx), param.help or "")
        if record is None:
            continue
        own = "Arguments" if param.param_type_name == "argument" else "Options"
        sections["Global options" if is_global(param) else own].append(record)
    return sections


class Command(TyperCommand):
    """A command that takes the global options too and prints plain help."""

    def get_params(self, ctx: _click.Context) -> list[_click.Parameter]:
        """Return the command's own parameters, the global options it does not redefine, and ``--help``."""
        return _with_globals(with_watch(self.name, super().get_params(ctx)))

    def parse_args(self, ctx: _click.Context, args: list[str]) -> list[str]:
        """Parse, letting options with an optional value stand bare."""
        with suggesting_options(self, ctx):
            return super().parse_args(ctx, _bare_optional_values(self.get_params(ctx), args))

    def invoke(self, ctx: _click.Context) -> Any:
        """Run the command; with ``--watch`` again and again."""
        check_plot(ctx.obj, ctx.params)
        return run_watched(ctx, super().invoke)

    def format_help(self, ctx: _click.Context, formatter: _click.HelpFormatter) -> None:
        """Write the help page."""
        _write_help(self, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help, for lists of commands."""
        return short_help(self.help or "", limit)


class Group(TyperGroup):
    """A group of commands; without a command it prints its help."""

    #: Commands that are imported when used. Filled by ``lazy_group``.
    table: Mapping[str, Entry] = {}

    def get_params(self, ctx: _click.Context) -> list[_click.Parameter]:
        """Return the group's own parameters and the global options."""
        return _with_globals(super().get_params(ctx))

    def parse_args(self, ctx: _click.Context, args: list[str]) -> list[str]:
        """Parse the options before the command's name; print the help when no command is named."""
        if ctx.parent is None and isinstance(ctx.obj, Session) and "--redact" in args:
            ctx.obj.options.redact = True  # what is typed may be refused before all of it is read
        with suggesting_options(self, ctx):
            rest = super().parse_args(ctx, args)
        if not ctx._protected_args and not ctx.resilient_parsing:  # noqa: SLF001 - where Click keeps the name
            typer.echo(ctx.get_help())
            ctx.exit()
        return rest

    def list_commands(self, ctx: _click.Context) -> list[str]:
        """Return the names of all commands, loaded or not, in their order."""
        return [*self.table, *(name for name in super().list_commands(ctx) if name not in self.table)]

    def get_command(self, ctx: _click.Context, cmd_name: str) -> _click.Command | None:
        """Return a command; one that is not loaded yet as a stub with its name and help."""
        loaded = super().get_command(ctx, cmd_name)
        if loaded is not None or cmd_name not in self.table:
            return loaded
        return Command(name=cmd_name, help=self.table[cmd_name].help)

    def load(self, name: str) -> _click.Command | None:
        """Import a command of the table and keep it; return it, or a command that was there already."""
        if name in self.table and name not in self.commands:
            entry = self.table[name]
            found = getattr(importlib.import_module(entry.module), entry.attribute)
            command = build_command(found) if isinstance(found, typer.Typer) else found
            command.name = name
            self.add_command(command, name)
        return self.commands.get(name)

    def resolve_command(
        self, ctx: _click.Context, args: list[str]
    ) -> tuple[str | None, _click.Command | None, list[str]]:
        """Load and return the command that the next argument names; suggest the nearest for a misspelt one."""
        name = args[0]
        command = self.load(name)
        if command is not None:
            return name, command, args[1:]
        if not ctx.resilient_parsing:
            refuse_command(ctx, name, self.list_commands(ctx))
        return None, None, args[1:]

    def format_help(self, ctx: _click.Context, formatter: _click.HelpFormatter) -> None:
        """Write the help page."""
        _write_help(self, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help, for lists of commands."""
        return short_help(self.help or "", limit)


def lazy_group(name: str, text: str, table: Mapping[str, Entry]) -> Group:
    """Make a group whose commands are imported when they are used."""
    group = Group(name=name, help=cleandoc(text), rich_markup_mode=None, no_args_is_help=False)
    group.table = table
    return group


class App(typer.Typer):
    """A Typer app whose commands take the global options."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("cls", Group)
        super().__init__(
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command; its docstring is its help, with examples under a line ``Examples:``."""
        settings.setdefault("cls", Command)
        return super().command(name, **settings)


def noun(text: str) -> App:
    """Make the app of a resource such as ``tariffs``, which stays a group even with a single verb."""
    app = App(help=text)

    @app.callback()
    def _group() -> None:
        """Group the verbs."""

    app.info.help = text
    return app


def optional_seconds(text: str | None, default: float) -> float | None:
    """Read an option of the form ``--wait[=SECONDS]``: None when absent, the default when bare."""
    if text is None:
        return None
    if text == "":
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < _MOST_SECONDS:
        from energyctl.core.errors import UsageProblem

        raise UsageProblem(
            f"'{text}' is not a number of seconds.",
            hint="Write it as --wait=90, or --wait alone for the default.",
        )
    return seconds
