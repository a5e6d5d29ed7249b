"""Topics and pages as plain text, as wide as the formatter that takes them. What they tell is in the modules beside."""

from __future__ import annotations

from collections.abc import Iterable

from typer import _click

from energyctl.core.reference.pages import Page
from energyctl.core.reference.topics import TOPICS, Topic, topic


def write_topic(topic: Topic, formatter: _click.HelpFormatter) -> None:
    """Write a topic: its summary, then each part with its text and table."""
    formatter.write_text(topic.summary)
    for part in topic.parts:
        with formatter.section(part.title):
            if part.text:
                formatter.write_text(part.text)
            if part.text and part.rows:
                formatter.write_paragraph()
            if part.rows:
                formatter.write_dl(part.rows, col_max=36)


def write_contents(groups: Iterable[tuple[str, str]], formatter: _click.HelpFormatter) -> None:
    """Write what there is help for: topics, then groups and commands."""
    formatter.write_usage("energyctl help", "[TOPIC | COMMAND...]")
    with formatter.section("Topics"):
        formatter.write_dl([(name, summary) for name, (summary, _) in TOPICS.items()])
    with formatter.section("Commands"):
        formatter.write_dl(list(groups))
    formatter.write_paragraph()
    formatter.write_text(
        "All commands with all options: energyctl help --all. The same as data: add -o json."
    )


def write_reference(pages: Iterable[Page], formatter: _click.HelpFormatter) -> None:
    """Write every page, one below the other, and the topics after them."""
    for page in pages:
        if page.path:
            formatter.write("\n\n")
        _write_page(page, formatter)
    for name in TOPICS:
        formatter.write(f"\n\n{name.upper()}\n\n")
        write_topic(topic(name), formatter)


def _write_page(page: Page, formatter: _click.HelpFormatter) -> None:
    formatter.write(f"{page.title.upper() if page.is_group else page.title}\n")
    with formatter.indentation():
        words = page.usage.removeprefix(page.title).strip()
        if words:
            formatter.write_usage(page.title, words)
        else:  # Click would leave the line out
            formatter.write(f"Usage: {page.title}\n")
        for paragraph in page.paragraphs:
            formatter.write_paragraph()
            formatter.write_text(paragraph)
        for title, params in (
            ("Arguments", page.arguments),
            ("Options", page.options),
            ("Global options (of every command, at any position)", page.global_options),
        ):
            if params:
                with formatter.section(title):
                    formatter.write_dl([(one.label, one.description) for one in params], col_max=36)
        if page.examples:
            with formatter.section("Examples"):
                for line in page.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
