"""A help page as text: its parts in their order, and its lines in windows of any width. What it says is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from typer import _click
from typer._click.formatting import wrap_text

EXAMPLES = "Examples:"
#: What a page is not wider and not narrower than; below the least width for two columns they stand below each other.
_WIDEST, _NARROWEST, _TWO_COLUMNS = 78, 18, 50


class Page(_click.HelpFormatter):
    """Writes a help page that fits the window."""

    def __init__(self) -> None:
        import shutil

        super().__init__(width=max(min(shutil.get_terminal_size().columns - 2, _WIDEST), _NARROWEST))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and what they mean, side by side or, in a narrow window, below each other."""
        if self.width >= _TWO_COLUMNS:
            super().write_dl(rows, col_max, col_spacing)
            return
        for name, meaning in rows:
            for text, indent in ((name, self.current_indent), (meaning, self.current_indent + 2)):
                if text:
                    margin = " " * indent
                    folded = wrap_text(text, self.width, margin, margin, preserve_paragraphs=True)
                    self.write(f"{folded}\n")

    def write_section(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Write names and what they mean under a title; nothing when there are none."""
        if rows:
            with self.section(title):
                self.write_dl(rows)

    def write_examples(self, examples: Sequence[str]) -> None:
        """Write examples under their title, each on a line of its own, so that it can be copied."""
        if examples:
            with self.section("Examples"):
                for line in examples:
                    self.write(f"{'':>{self.current_indent}}{line}\n")


def split_examples(text: str) -> tuple[str, list[str]]:
    """Part a command's help into its text and its example lines."""
    before, mark, after = text.partition(EXAMPLES)
    lines = [line.strip() for line in after.splitlines() if line.strip()] if mark else []
    return before.strip(), lines


def short_help(text: str, limit: int) -> str:
    """Return the first sentence of a command's help, for lists of commands."""
    first = re.split(r"\n\s*\n", split_examples(text)[0].strip(), maxsplit=1)[0]
    line = " ".join(first.split()).removesuffix(".")
    return line if len(line) <= limit else line[: max(limit - 3, 1)].rstrip() + "..."
