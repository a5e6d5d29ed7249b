"""The command tree as completion sees it: names, options, positions and what their values may be. No shell syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from typer import _click
from typer._types import TyperChoice
from typer.core import TyperArgument, TyperOption
from typer.models import TyperPath

from energyctl.core.cache import CompletionList
from energyctl.core.commandline import GLOBAL_OPTIONS, Group, is_global
from energyctl.core.helppage import split_examples


class Takes(Enum):
    """Whether an option has a value. An optional one stands behind an equals sign only."""

    NOTHING = "nothing"
    VALUE = "value"
    OPTIONAL = "optional"


class Files(Enum):
    """Which names of the file system a value may be."""

    NONE = "none"
    FILE = "file"
    DIRECTORY = "directory"


@dataclass(frozen=True)
class Values:
    """What may be offered for a value: words, files, a kept list, or nothing. The label says what is wanted."""

    label: str
    words: tuple[str, ...] = ()
    files: Files = Files.NONE
    #: The name of a list in the state directory, read when somebody presses Tab.
    kept: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.kept) or self.files is not Files.NONE


@dataclass(frozen=True)
class Option:
    """One option with all its names; ``--a/--no-a`` become two that exclude each other."""

    names: tuple[str, ...]
    help: str
    takes: Takes
    values: Values
    repeatable: bool = False
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Argument:
    """One positional argument."""

    values: Values
    required: bool
    many: bool


@dataclass(frozen=True)
class Node:
    """A group or command. ``shares`` tells whether it takes the global options unchanged, besides its own."""

    path: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    shares: bool
    arguments: tuple[Argument, ...] = ()
    children: tuple[Node, ...] = ()
    is_group: bool = False
    #: Its arguments are a command of the system, with that command's own options.
    runs_command: bool = False

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in the tree's order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Tree:
    """A program: its root and the options that its commands share."""

    program: str
    root: Node
    shared: tuple[Option, ...] = ()

    @property
    def function(self) -> str:
        """The program's name as part of a shell function's name."""
        return re.sub(r"\W", "_", self.program)

    @property
    def state_variable(self) -> str:
        """The environment variable that names the program's state directory."""
        return f"{self.function.upper()}_STATE_DIR"


def read_tree(root: Group) -> Tree:
    """Load every command below a root and describe it. Hidden commands and options are left out.

    Completion callbacks of parameters (Typer's ``autocompletion=``) are asked once, here, with nothing typed:
    their words become part of the script. A ``CompletionList`` among them is read by the script instead.
    """
    context = _context(root, root.name)
    shared = tuple(one for param in GLOBAL_OPTIONS if not param.hidden for one in _options(param, context))
    return Tree(root.name or "", _node(root, context, (), root.help or ""), shared)


def _context(
    command: _click.Command, name: str | None, parent: _click.Context | None = None
) -> _click.Context:
    settings = {"resilient_parsing": True, **command.context_settings}
    return _click.Context(command, info_name=name, parent=parent, **settings)


def _node(command: _click.Command, context: _click.Context, path: tuple[str, ...], text: str) -> Node:
    params = command.get_params(context)
    shares = sum(is_global(param) for param in params) == len(GLOBAL_OPTIONS)
    arguments = [param for param in params if isinstance(param, TyperArgument)]
    node = Node(
        path=path,
        help=_one_line(text),
        options=tuple(
            one
            for param in params
            if isinstance(param, TyperOption) and not param.hidden
            if not (shares and is_global(param))
            for one in _options(param, context)
        ),
        shares=shares,
        arguments=tuple(Argument(_values(one, context), one.required, one.nargs == -1) for one in arguments),
        is_group=isinstance(command, Group),
        runs_command=bool(arguments) and arguments[-1].nargs == -1 and not context.allow_interspersed_args,
    )
    if isinstance(command, Group):
        return replace(node, children=tuple(_children(command, context, path)))
    return node


def _children(group: Group, context: _click.Context, path: tuple[str, ...]) -> Iterator[Node]:
    for name in group.list_commands(context):
        command = group.load(name)
        if command is None or command.hidden:
            continue
        text = group.table[name].help if name in group.table else command.help or ""
        inner = _context(command, name, context)
        yield _node(command, inner, (*path, name), text)


def _options(param: TyperOption, context: _click.Context) -> Iterator[Option]:
    metavar = param.metavar or ""
    flag = param.is_flag or param.count
    takes = Takes.NOTHING if flag else Takes.OPTIONAL if metavar.startswith("[=") else Takes.VALUE
    option = Option(
        names=tuple(param.opts),
        help=_one_line(param.help or ""),
        takes=takes,
        values=_values(param, context),
        repeatable=bool(param.multiple or param.count),
        excludes=(*param.opts, *param.secondary_opts),
    )
    yield option
    if param.secondary_opts:
        yield replace(option, names=tuple(param.secondary_opts), help=f"The opposite of {param.opts[-1]}")


def _values(param: _click.Parameter, context: _click.Context) -> Values:
    metavar = param.metavar or ""
    long_name = max(param.opts, key=len).lstrip("-")
    label = re.sub(r"[^\w ,.|/-]", "", metavar.removeprefix("-- ")).strip() or long_name
    if isinstance(param.type, TyperChoice):
        return Values(label, tuple(param.type.normalize_choice(one, context) for one in param.type.choices))
    named = _named_by(metavar, label, is_option=isinstance(param, TyperOption))
    if isinstance(param.type, TyperPath):
        only_directories = named.files is Files.DIRECTORY or not param.type.file_okay
        return Values(label, files=Files.DIRECTORY if only_directories else Files.FILE)
    if isinstance(param.type, _click.types.File):
        return Values(label, files=Files.FILE)
    told = param.shell_complete(context, "")
    for item in told:
        if isinstance(item.value, CompletionList):
            return Values(label, kept=str(item.value))
    return Values(label, tuple(str(item.value) for item in told)) if told else named


def _named_by(metavar: str, label: str, *, is_option: bool) -> Values:
    """Read from a metavar what it stands for: ``FILE|-`` for names of files, ``mains|all`` for these two words.

    A PATH counts for an option only; as an argument it may just as well be the path of a URL.
    """
    names = {name.rpartition("_")[2] for name in re.findall(r"[A-Z_]+", metavar)}
    if names & ({"FILE", "PATH"} if is_option else {"FILE"}):
        return Values(label, files=Files.FILE)
    if names & {"DIR", "DIRECTORY"}:
        return Values(label, files=Files.DIRECTORY)
    words = metavar.strip("[]<>").split("|")
    literal = [word for word in words if re.fullmatch(r"[\w.+-]*[a-z][\w.+-]*", word)]
    return Values(label, tuple(literal) if len(words) > 1 else ())


def _one_line(text: str) -> str:
    """Return the first sentence-like paragraph of a help text in one printable line, without its full stop."""
    paragraph = re.split(r"\n\s*\n", split_examples(text)[0], maxsplit=1)[0]
    line = " ".join(paragraph.split())
    return "".join(sign for sign in line if sign.isprintable()).removesuffix(".")
