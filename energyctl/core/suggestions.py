"""What is said of a misspelt command or option: the nearest right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from typer import _click


def refuse_command(ctx: _click.Context, name: str, known: Sequence[str]) -> NoReturn:
    """Refuse a command that is not there and name the nearest, or all that are."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3) or [one for one in known if one.startswith(name)]
    advice = f" Did you mean {', '.join(near)}?" if near else f" There are: {', '.join(known)}."
    ctx.fail(f"No such command '{name}'.{advice}")


@contextmanager
def suggesting_options(command: _click.Command, ctx: _click.Context) -> Iterator[None]:
    """Name the nearest option when one is refused; Click alone names whatever shares some letters."""
    try:
        yield
    except _click.exceptions.NoSuchOption as problem:
        from difflib import get_close_matches

        known = [opt for param in command.get_params(ctx) for opt in (*param.opts, *param.secondary_opts)]
        near = get_close_matches(problem.option_name, [one for one in known if one.startswith("--")], n=1)
        ctx.fail(f"No such option '{problem.option_name}'.{f' Did you mean {near[0]}?' if near else ''}")
