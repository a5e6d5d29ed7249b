"""The option ``--watch`` of the commands that look. How they look again and again is in ``watching``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from typer import _click
from typer.core import TyperOption

if TYPE_CHECKING:
    from collections.abc import Callable

#: Commands of these names only look.
WATCHED = frozenset({"list", "show", "status", "logs"})
DEFAULT_S, SHORTEST_S, LONGEST_S = 10.0, 1.0, 86_400.0
_KEPT = "energyctl.watch_s"


class _Interval(_click.types.FloatRange):
    """Seconds between two looks; nothing stands for the default."""

    def convert(self, value: Any, param: _click.Parameter | None, ctx: _click.Context | None) -> Any:
        if value == "":
            return DEFAULT_S
        seconds = super().convert(value, param, ctx)
        if not seconds <= LONGEST_S:  # "nan" is in no range and passes each
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


def _keep(ctx: _click.Context, _param: _click.Parameter, value: Any) -> Any:
    if value is not None:
        ctx.meta[_KEPT] = value
    return value


WATCH = TyperOption(
    param_decls=["watch", "--watch"],
    type=_Interval(min=SHORTEST_S, max=LONGEST_S),
    metavar="[=SECONDS]",
    expose_value=False,
    callback=_keep,
    help=f"Look again and again, and show what is new [default: every {DEFAULT_S:g} s].",
)


def with_watch(name: str | None, own: list[_click.Parameter]) -> list[_click.Parameter]:
    """Return a command's own parameters, and ``--watch`` when it is one that looks."""
    return [*own, WATCH] if name in WATCHED else own


def run_watched(ctx: _click.Context, invoke: Callable[[_click.Context], Any]) -> Any:
    """Run a command once, or again and again when ``--watch`` was given.

    :raises EnergyctlError: what ends the command.
    """
    every_s = ctx.meta.get(_KEPT)
    if every_s is None:
        return invoke(ctx)
    from energyctl.core.watching import watch

    root = ctx.obj

    def look(session: object) -> None:
        ctx.obj = session
        try:
            invoke(ctx)
        finally:
            ctx.obj = root  # or the former look would stay in memory while the next one is waited for

    return watch(root, every_s, look, reads_input=_names_input(ctx.params.values()))


def _names_input(values: Iterable[Any]) -> bool:
    """Whether an argument stands for standard input."""
    return any(one == "-" or (isinstance(one, list | tuple) and "-" in one) for one in values)
