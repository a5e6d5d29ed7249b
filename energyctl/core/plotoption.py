"""The option ``--plot``: a chart in the place of rows, and what makes no sense with it; not the charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from energyctl.core.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from energyctl.core.session import Session


def check_plot(session: Session, params: Mapping[str, object]) -> None:
    """Refuse ``--plot`` with options that shape rows: who gives them would not get what they ask for.

    :raises UsageProblem: when one is there.
    """
    options = session.options
    if params.get("plot") is not True:
        return
    given = {
        f"-o {options.output}": options.output not in (None, "table"),
        "--columns": options.columns,
        "--query": options.query,
        "--sort-by": options.sort_by,
        "--limit": options.limit,
        "--no-header": options.no_header,
    }
    misfit = next((name for name, is_given in given.items() if is_given), None)
    if misfit is not None:
        raise UsageProblem(
            f"--plot draws a chart, and {misfit} is for rows.",
            hint="Leave --plot out for rows in any format, or the other for the chart.",
        )
