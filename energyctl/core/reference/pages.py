"""The command tree as the reference sees it: a page for each group and command. How a page looks is not here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from typer import _click
from typer._types import TyperChoice
from typer.core import TyperArgument, TyperOption

from energyctl.core.commandline import Group, is_global
from energyctl.core.helppage import split_examples


@dataclass(frozen=True)
class Parameter:
    """One argument or option."""

    #: All names of an option, those that switch it off included; the one name of an argument.
    names: tuple[str, ...]
    #: How its value is written; empty for a flag.
    metavar: str
    help: str
    #: The help with default, limits and whether it must be there, as --help shows it.
    description: str
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False
    repeatable: bool = False

    @property
    def is_option(self) -> bool:
        """Whether it is named on the command line."""
        return self.names[0].startswith("-")

    @property
    def label(self) -> str:
        """How it stands at the beginning of its line: ``-o, --output [table|tsv]``."""
        if not self.is_option:
            return self.metavar
        space = "" if self.metavar.startswith("[=") else " "
        return f"{', '.join(self.names)}{space if self.metavar else ''}{self.metavar}"

    def as_data(self) -> dict[str, Any]:
        """Return it as a row of data."""
        named = {"names": list(self.names)} if self.is_option else {"name": self.names[0]}
        return {
            **named,
            "metavar": self.metavar or None,
            "help": self.help,
            "default": self.default,
            "choices": list(self.choices) or None,
            "required": self.required,
            "repeatable": self.repeatable,
        }


@dataclass(frozen=True)
class Page:
    """All that is told of a group or command. Global options are the root's alone."""

    program: str
    path: tuple[str, ...]
    is_group: bool
    usage: str
    #: The first sentence.
    summary: str
    #: The paragraphs of its help, without the examples.
    paragraphs: tuple[str, ...]
    arguments: tuple[Parameter, ...]
    options: tuple[Parameter, ...]
    #: Taken by every command; on the root's page only.
    global_options: tuple[Parameter, ...]
    examples: tuple[str, ...]

    @property
    def title(self) -> str:
        """The words by which it is called."""
        return " ".join((self.program, *self.path))

    def as_data(self) -> dict[str, Any]:
        """Return it as a row of data."""
        row: dict[str, Any] = {
            "path": " ".join(self.path),
            "kind": "group" if self.is_group else "command",
            "usage": self.usage,
            "summary": self.summary,
            "help": "\n\n".join(self.paragraphs),
            "arguments": [one.as_data() for one in self.arguments],
            "options": [one.as_data() for one in self.options],
            "examples": list(self.examples),
        }
        if self.global_options:
            row["global_options"] = [one.as_data() for one in self.global_options]
        return row


def read_pages(root: Group) -> Iterator[Page]:
    """Load every command below a root and yield their pages in the tree's order, hidden ones left out."""
    yield from _below(root, context_of(root, ()), (), root.help or "")


def read_page(root: Group, path: tuple[str, ...]) -> Page:
    """Return the page of one command.

    :raises KeyError: when there is none.
    """
    context = context_of(root, path)
    name = path[-1] if path else ""
    parent = context.parent.command if context.parent is not None else None
    named = parent.table[name].help if isinstance(parent, Group) and name in parent.table else ""
    return _page(context.command, context, path, context.command.help or named)


def context_of(root: Group, path: tuple[str, ...]) -> _click.Context:
    """Return the context in which a command would be parsed, its parents' contexts above it.

    :raises KeyError: when the path leads to no command.
    """
    context = _context(root, root.name, None)
    for name in path:
        group = context.command
        command = group.load(name) if isinstance(group, Group) else None
        if command is None:
            raise KeyError(name)
        context = _context(command, name, context)
    return context


def _context(command: _click.Command, name: str | None, parent: _click.Context | None) -> _click.Context:
    settings = {"resilient_parsing": True, **command.context_settings}
    return _click.Context(command, info_name=name, parent=parent, **settings)


def _below(
    command: _click.Command, context: _click.Context, path: tuple[str, ...], text: str
) -> Iterator[Page]:
    yield _page(command, context, path, text)
    if not isinstance(command, Group):
        return
    for name in command.list_commands(context):
        child = command.load(name)
        if child is None or child.hidden:
            continue
        told = child.help or (command.table[name].help if name in command.table else "")
        yield from _below(child, _context(child, name, context), (*path, name), told)


def _page(command: _click.Command, context: _click.Context, path: tuple[str, ...], text: str) -> Page:
    told, examples = split_examples(text)
    paragraphs = tuple(" ".join(one.split()) for one in told.split("\n\n") if one.strip())
    params = command.get_params(context)
    options = [one for one in params if isinstance(one, TyperOption) and not one.hidden]
    own = [one for one in options if not is_global(one) and one.opts != ["--help"]]
    return Page(
        program=context.find_root().info_name or "",
        path=path,
        is_group=isinstance(command, Group),
        usage=" ".join((context.command_path, *_usage(command, context, own=bool(own)))),
        summary=command.get_short_help_str(limit=200),
        paragraphs=paragraphs,
        arguments=tuple(
            _parameter(one, context) for one in params if isinstance(one, TyperArgument) and not one.hidden
        ),
        options=tuple(_parameter(one, context) for one in own),
        global_options=() if path else tuple(_parameter(one, context) for one in options if is_global(one)),
        examples=tuple(examples),
    )


def _usage(command: _click.Command, context: _click.Context, *, own: bool) -> Iterator[str]:
    """Yield the words behind the command's name; options only where it has some of its own."""
    pieces = command.collect_usage_pieces(context)
    yield from (one for one in pieces if own or one != command.options_metavar)


def _parameter(param: TyperArgument | TyperOption, context: _click.Context) -> Parameter:
    option = param if isinstance(param, TyperOption) else None
    flag = option is not None and bool(option.is_flag or option.count)
    choices = param.type.choices if isinstance(param.type, TyperChoice) else ()
    metavar = "" if flag else param.make_metavar(context)
    help_text = " ".join((param.help or "").split())
    record = option.get_help_record(context) if option is not None else None
    return Parameter(
        names=(*option.opts, *option.secondary_opts) if option is not None else (_plain_name(metavar),),
        metavar=metavar,
        help=help_text,
        description=help_text if record is None else record[1],
        default=_default(param, context),
        choices=tuple(param.type.normalize_choice(one, context) for one in choices)
        if isinstance(param.type, TyperChoice)
        else (),
        required=param.required,
        repeatable=bool(param.multiple) or param.nargs == -1,
    )


def _plain_name(metavar: str) -> str:
    return metavar.strip("[]").removeprefix("-- ").removesuffix("...")


def _default(param: TyperArgument | TyperOption, context: _click.Context) -> Any:
    """Return the default as it would be typed; None where there is none."""
    value = param.get_default(context, call=False)
    if isinstance(value, Enum):
        value = value.value
    return value if isinstance(value, str | int | float | bool) else None
