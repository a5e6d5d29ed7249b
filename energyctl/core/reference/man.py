"""The manual page: the command tree and the topics written in the man macros of troff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from energyctl.core.reference.pages import Page
from energyctl.core.reference.topics import exit_codes, variables

#: Signs that troff takes for something else, or prints as another sign than the one to be typed.
_SIGNS = {
    "\\": "\\e",
    "-": "\\-",
    "'": "\\(aq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    '"': "\\(dq",
}
_FILES = (
    ("~/.config/energyctl/config.yaml", "Profiles. ENERGYCTL_CONFIG names another place."),
    (
        "~/.local/state/energyctl/",
        "Journal, access tokens, call budgets, lists for completion. ENERGYCTL_STATE_DIR names another place.",
    ),
)


def write(pages: Iterable[Page], version: str) -> str:
    """Return the manual page; the same tree gives the same text."""
    return "".join(f"{line}\n" for line in _lines(list(pages), version))


def _lines(pages: list[Page], version: str) -> Iterator[str]:
    root = pages[0]
    name = root.program
    yield '.\\" Made from the command tree by: python -m energyctl.core.reference'
    yield f'.TH {name.upper()} 1 "" "{name} {version}" "User Commands"'
    yield ".nh"  # a hyphen that is not there cannot be typed
    yield ".ad l"
    yield ".SH NAME"
    yield f"{escaped(name)} \\- {escaped(root.summary[:1].lower() + root.summary[1:])}"
    yield ".SH SYNOPSIS"
    yield f".B {escaped(name)}"
    yield escaped(root.usage.removeprefix(name).strip())
    yield ".SH DESCRIPTION"
    yield from _paragraphs(root.paragraphs)
    yield ".SH GLOBAL OPTIONS"
    yield "Every command takes these, at any position of the command line."
    yield from _terms((one.label, one.description) for one in (*root.global_options, *root.options))
    yield ".SH COMMANDS"
    for page in pages[1:]:
        yield from _command(page)
    yield ".SH EXIT STATUS"
    yield from _terms(exit_codes())
    yield ".SH ENVIRONMENT"
    yield from _terms(variables())
    yield ".SH FILES"
    yield from _terms(_FILES)
    yield ".SH EXAMPLES"
    yield from _literal(line for page in pages if page.is_group for line in page.examples)
    yield ".SH SEE ALSO"
    yield escaped(f"{name} help, {name} COMMAND --help, {name} help time")


def _command(page: Page) -> Iterator[str]:
    yield f".SS {escaped(' '.join(page.path))}"
    yield from _paragraphs(page.paragraphs)
    if page.is_group:
        return
    yield ".PP"
    yield f".B {escaped(page.usage)}"
    yield from _terms((one.label, one.description) for one in (*page.arguments, *page.options))
    if page.examples:
        yield from _literal(page.examples)


def _paragraphs(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, one in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield escaped(one)


def _terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in rows:
        yield ".TP"
        yield f".B {escaped(term)}"
        yield escaped(meaning)


def _literal(lines: Iterable[str]) -> Iterator[str]:
    yield ".PP"
    yield ".RS 4"
    yield ".nf"
    yield from (escaped(line) for line in lines)
    yield ".fi"
    yield ".RE"


def escaped(text: str) -> str:
    """Return a text as one line of troff that prints it sign by sign."""
    line = "".join(_SIGNS.get(sign) or (sign if sign.isascii() else f"\\[u{ord(sign):04X}]") for sign in text)
    line = re.sub(r"\s+", " ", line)
    return f"\\&{line}" if line.startswith((".", "'")) or not line else line
