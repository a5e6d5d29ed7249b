"""The topics of ``energyctl help``: exit codes, output, config, environment, time. Taken from the code's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from energyctl.core.commandline import GLOBAL_OPTIONS
from energyctl.core.session import OUTPUT_FORMATS


@dataclass(frozen=True)
class Part:
    """A piece of a topic: a title, sentences, and a table of terms with their meanings."""

    title: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Topic:
    """What ``energyctl help NAME`` tells."""

    name: str
    summary: str
    parts: tuple[Part, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "topic": self.name,
            "summary": self.summary,
            "parts": [
                {
                    "title": one.title,
                    "text": one.text or None,
                    "rows": [{"name": name, "meaning": meaning} for name, meaning in one.rows],
                }
                for one in self.parts
            ],
        }


def topic(name: str) -> Topic:
    """Return one of the topics in ``TOPICS``.

    :raises KeyError: when there is none of that name.
    """
    summary, make = TOPICS[name]
    return Topic(name, summary, tuple(make()))


# -- exit codes ------------------------------------------------------------------------------------------


def exit_codes() -> tuple[tuple[str, str], ...]:
    """Return each exit code with its meaning, from the error tree."""
    from energyctl.core import errors

    kinds = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.EnergyctlError) and one.exit_code != 1
    ]
    return (
        ("0", "Done."),
        ("1", "Unexpected: a bug in energyctl."),
        *((str(one.exit_code), " ".join((one.__doc__ or "").split())) for one in kinds),
    )


def _exit_codes() -> Iterator[Part]:
    from energyctl.core.errors import EnergyctlError

    yield Part("Exit codes", rows=exit_codes())
    keys = ", ".join(EnergyctlError("").as_dict())
    yield Part(
        "Errors",
        "An error is two lines on stderr: what failed, and what to do next. With -o json or -o jsonl it is one line "
        f'of JSON there: {{"error": {{…}}}} with {keys} (grpc_code in the place of http_status for a gRPC '
        "provider). Its JSON Schema: energyctl schema errors",
    )
    yield Part(
        "In a script",
        "9 is the one to handle apart: a write was sent and no answer came, so it may have happened. It is not sent "
        "again by the tool; energyctl journal list --outcome unknown shows such writes. After 12 the rows on stdout "
        "say which targets failed, and the same command sends only what was not done.",
    )
    yield Part(
        "Interrupts",
        "Ctrl-C, SIGTERM and SIGHUP end a run tidily: what is held is put back, what was opened is closed, and a write "
        "that was being sent is told as unknown. One more within a second counts as the same one. SIGQUIT (Ctrl-\\) "
        "ends it at once.",
    )


# -- output ----------------------------------------------------------------------------------------------

_FORMATS = {
    "table": (
        "Aligned columns for people; where a window is too narrow, without those that have no value, folded, or with a "
        "record for each row, so that ids stay whole; the default on a terminal. The UTC offset that all times of a "
        "column have is told once, in its title."
    ),
    "tsv": "A header line, then a line for each row, parted by tabs, never cut; the default elsewhere.",
    "json": "One JSON document: an array for lists ([] when empty), an object for one thing.",
    "jsonl": "One JSON object a line, written as it arrives.",
    "csv": (
        "As tsv, parted by commas, quoted where needed; a text that a spreadsheet would compute, such as =1+1, begins "
        "with an apostrophe."
    ),
    "yaml": "One YAML document.",
    "ids": "One id a line, for another command's - or for xargs.",
}
_SHAPING = ("columns", "query", "no_header", "limit", "sort_by", "no_color", "quiet", "redact")


def _output() -> Iterator[Part]:
    yield Part("Formats (-o, --output)", rows=tuple((name, _FORMATS[name]) for name in OUTPUT_FORMATS))
    yield Part("Options that shape it", "At any position of the command line.", tuple(_global_rows(_SHAPING)))
    yield Part(
        "What is in it",
        "stdout holds the result and nothing else; notices, progress, questions and errors go to stderr. json, jsonl "
        "and yaml carry the provider's own fields as they came, unknown ones included. Rows that energyctl computes "
        "itself have snake_case fields with their unit in the name and times with their offset; their JSON Schema: "
        "energyctl schema COMMAND",
    )
    yield Part(
        "Columns and queries",
        "-c takes any paths in the data: -c target,request.url. --query is JMESPath (https://jmespath.org) over the "
        "whole result, before it is formatted: --query \"[?state=='Rejected'].contractNumber\".",
    )


def _global_rows(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for option in GLOBAL_OPTIONS:
        if (option.name or "").removeprefix("global_") in names:
            words = ", ".join((*option.opts, *option.secondary_opts))
            yield f"{words} {option.metavar or ''}".strip(), option.help or ""


# -- config ----------------------------------------------------------------------------------------------


def _config() -> Iterator[Part]:
    from energyctl.core.config import CONFIRM, SANDBOX
    from energyctl.providers import PROVIDERS, settings_of

    yield Part(
        "The file",
        "energyctl config path says where it is; energyctl config init makes it, config edit opens it, config "
        "validate checks it, config show --sources says where each value comes from. It holds profiles by name; "
        "--profile, ENERGYCTL_PROFILE or default_profile chooses one.",
    )
    yield Part(
        "Which value counts",
        "Command-line flag, then environment variable, then profile, then named environment, then built-in default.",
    )
    yield Part(
        "Keys of a profile",
        rows=(
            ("confirm", f"When a write outside the sandbox asks: {', '.join(CONFIRM)} [default: always]."),
            ("timezone", "The zone of times: local, utc, site or an IANA name [default: local]."),
            (
                "redact",
                "Whether personal data is replaced by stable pseudonyms: true or false [default: false].",
            ),
            *((name, f"The section of {place.title}, see below.") for name, place in PROVIDERS.items()),
        ),
    )
    for name in PROVIDERS:
        settings = settings_of(name)
        known = ", ".join((*settings.environments, SANDBOX))
        told = f"A label of your own, or {known}." if settings.free_environment else f"One of {known}."
        yield Part(
            f"Keys of the section {name} ({settings.title})",
            rows=(
                ("environment", told),
                *((one.name, _field_text(one)) for one in settings.fields),
            ),
        )
    yield Part(
        "Secrets",
        "A secret never stands in the file; in its place stands where it is.",
        (
            (
                "keyring",
                "The keyring of this machine; stored by energyctl auth login PROVIDER (the default).",
            ),
            ("env:NAME", "An environment variable."),
            ("file:PATH", "A file that only you can read (mode 0600)."),
            ("command:COMMAND", "What a command prints, such as command:pass show rabot."),
        ),
    )
    yield Part("Commands", "See energyctl config --help.")


def _field_text(one: Any) -> str:
    choices = f": {', '.join(one.choices)}" if one.choices else ""
    default = f" [default: {one.default}]" if one.default is not None else ""
    inferred = " Inferred, not documented." if one.inferred else ""
    return f"{one.help[:1].upper()}{one.help[1:]}{choices}{default}.{inferred}"


# -- environment -----------------------------------------------------------------------------------------

#: What energyctl itself reads, besides the keys of the providers' sections.
VARIABLES: tuple[tuple[str, str], ...] = (
    ("ENERGYCTL_CONFIG", "The config file, instead of the usual place."),
    ("ENERGYCTL_STATE_DIR", "The directory of journal, tokens, budgets and lists for completion."),
    ("ENERGYCTL_PROFILE", "The profile, when --profile does not name one."),
    ("ENERGYCTL_BACKOFF_S", "Upper bound of the first pause before a read is repeated [default: 0.5]."),
    ("ENERGYCTL_POLL_S", "Seconds between two questions while a person signs in or signs."),
    ("ENERGYCTL_DEBUG", "Show the traceback of a bug."),
    ("ENERGYCTL_SANDBOX_DIR", "The sandbox in force; set by energyctl sandbox run."),
    ("ENERGYCTL_SANDBOX_...", "Its addresses, as energyctl sandbox status --export prints them."),
    ("NO_COLOR, TERM=dumb", "No colour; with TERM=dumb no progress either."),
    ("VISUAL, EDITOR", "The editor of energyctl config edit."),
    ("HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE", "Proxies and certificate authorities, as httpx reads them."),
)


def variables() -> Iterator[tuple[str, str]]:
    """Yield each environment variable with its meaning; those of a provider's keys from its settings."""
    from energyctl.providers import PROVIDERS, settings_of

    yield from VARIABLES
    for name in PROVIDERS:
        settings = settings_of(name)
        yield f"ENERGYCTL_{name}_ENVIRONMENT".upper(), f"The environment of {settings.title}."
        for one in settings.fields:
            told = one.help.removeprefix("reference to ")
            secret = " (the secret itself, not a reference)" if one.kind == "secret" else ""
            yield f"ENERGYCTL_{name}_{one.name}".upper(), f"{told[:1].upper()}{told[1:]}{secret}."


def _environment() -> Iterator[Part]:
    found = tuple(variables())
    yield Part("General", rows=found[: len(VARIABLES)])
    yield Part(
        "Keys of the providers' sections",
        "Each stands before the profile's value. A mapping is written as a JSON object.",
        found[len(VARIABLES) :],
    )


# -- time ------------------------------------------------------------------------------------------------


def _time() -> Iterator[Part]:
    from energyctl.core import timeoptions
    from energyctl.core.times import DURATION_FORMS, INSTANT_FORMS, RESOLUTIONS

    declared = (
        get_args(one)[1]
        for one in (timeoptions.Since, timeoptions.From, timeoptions.To, timeoptions.Day, timeoptions.Zone)
    )
    yield Part(
        "Options",
        # In an annotation Typer keeps the option's name where a default would be.
        rows=tuple((f"{one.default} {one.metavar}", str(one.help)) for one in declared),
    )
    yield Part(
        "Forms",
        rows=(
            ("TIME", f"{INSTANT_FORMS}."),
            ("a length", f"{DURATION_FORMS}."),
            ("--resolution", f"{', '.join(RESOLUTIONS)}, as far as the command has them."),
        ),
    )
    yield Part(
        "Ranges",
        "The start belongs to a range, the end does not. A day is the zone's own, so it has 23 or 25 hours when the "
        "clock changes. A local time that exists twice or never is an error that offers both readings. On a terminal "
        "the range is said on stderr.",
    )
    yield Part(
        "Rows",
        "Each row of a series says start, end and status: complete; partial (not over yet, or not all has come); "
        "missing (nothing came: that is not 0).",
    )


#: Name of each topic: what it is about, and who writes it.
TOPICS: dict[str, tuple[str, Callable[[], Iterator[Part]]]] = {
    "exit-codes": ("What each exit code means, and the form of errors.", _exit_codes),
    "output": ("Formats, columns and queries.", _output),
    "config": ("The config file: profiles, keys, secrets.", _config),
    "environment": ("Environment variables.", _environment),
    "time": ("How times and ranges are written.", _time),
}
