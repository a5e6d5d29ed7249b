"""``energyctl help``: topics, the help of a command, the whole reference. The texts come from ``core.reference``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from energyctl.core.commandline import App, Group, session_of
from energyctl.core.errors import UsageProblem
from energyctl.core.reference.topics import TOPICS, topic
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from typer import _click

    from energyctl.core.session import Session

app = App()

_PAGES = View(
    columns=(Column("Command", "path"), Column("Kind", "kind"), Column("What it does", "summary")),
    id_path="path",
    plural="commands",
)


def _first_words() -> list[str]:
    from energyctl.app import TABLE

    return list(dict.fromkeys((*TOPICS, *TABLE)))


@app.command("help")
def show_help(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TOPIC|COMMAND...]",
            help=f"A command, or one of {', '.join(TOPICS)}.",
            autocompletion=_first_words,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every command with all its options, and all topics.")
    ] = False,
) -> None:
    """Explain a topic or a command; with -o json as data.

    Examples:
    energyctl help time
    energyctl help emulate spo set
    energyctl help --all -o jsonl --query "[?kind=='command'].path"
    """
    session = session_of(ctx)
    root = ctx.find_root().command
    assert isinstance(root, Group)
    if everything:
        if words:
            raise UsageProblem("--all takes no topic or command.", hint="Leave one of them out.")
        _show_all(session, root, ctx)
    elif not words:
        _show_contents(session, root, ctx)
    elif words[0] in TOPICS and len(words) == 1:
        _show_topic(session, words[0], ctx)
    else:
        _show_command(session, root, tuple(words))


def _as_data(session: Session) -> bool:
    """Whether data is asked for: a format that is not for reading, or a piece of the data."""
    options = session.options
    return options.output not in (None, "table", "tsv") or bool(options.query or options.columns)


def _show_all(session: Session, root: Group, ctx: _click.Context) -> None:
    from energyctl.core.reference.pages import read_pages
    from energyctl.core.reference.text import write_reference

    pages = read_pages(root)
    if _as_data(session):
        session.out.rows((page.as_data() for page in pages), _PAGES)
        return
    formatter = ctx.make_formatter()
    write_reference(pages, formatter)
    session.out.text(formatter.getvalue().rstrip("\n"))


def _show_contents(session: Session, root: Group, ctx: _click.Context) -> None:
    from energyctl.core.reference.text import write_contents

    groups = [(name, entry.help) for name, entry in root.table.items()]
    if _as_data(session):
        topics = [{"path": name, "kind": "topic", "summary": told} for name, (told, _) in TOPICS.items()]
        named = [{"path": name, "kind": "command", "summary": told} for name, told in groups]
        session.out.rows([*topics, *named], _PAGES)
        return
    formatter = ctx.make_formatter()
    write_contents(groups, formatter)
    session.out.text(formatter.getvalue().rstrip("\n"))


def _show_topic(session: Session, name: str, ctx: _click.Context) -> None:
    from energyctl.core.reference.text import write_topic

    told = topic(name)
    if _as_data(session):
        session.out.one(told.as_data())
        return
    formatter = ctx.make_formatter()
    write_topic(told, formatter)
    session.out.text(formatter.getvalue().rstrip("\n"))


def _show_command(session: Session, root: Group, path: tuple[str, ...]) -> None:
    from energyctl.core.reference.pages import context_of, read_page

    checked_path(root, path, topics=tuple(TOPICS))
    if _as_data(session):
        session.out.one(read_page(root, path).as_data(), _PAGES)
    else:
        session.out.text(context_of(root, path).get_help())


def checked_path(root: Group, path: Sequence[str], *, topics: Sequence[str] = ()) -> None:
    """Make sure that words lead to a command.

    :param topics: what else the first word might have meant.
    :raises UsageProblem: naming the nearest command or topic.
    """
    from energyctl.core.reference.pages import context_of

    for depth in range(len(path)):
        here = context_of(root, tuple(path[:depth]))
        group, word = here.command, path[depth]
        known = list(_names(group, here))
        if word in known:
            continue
        found = f"{here.command_path} {word}".removeprefix(f"{root.name} ")
        from difflib import get_close_matches

        near = get_close_matches(word, [*known, *(topics if depth == 0 else ())], n=1)
        said = " ".join((*path[:depth], near[0])) if near else ""
        where = here.command_path if known else "energyctl"
        raise UsageProblem(
            f"There is no {'topic or ' if topics and depth == 0 else ''}command '{found}'.",
            hint=f"Did you mean: energyctl help {said}"
            if said and topics
            else f"Did you mean: {said}"
            if said
            else f"See: {where} --help",
        )


def _names(command: _click.Command, context: _click.Context) -> Iterator[str]:
    if isinstance(command, Group):
        yield from command.list_commands(context)
