"""One run of the tool: its streams, its options, and the things a command needs, made when first asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from energyctl.core.config import Config
    from energyctl.core.credentials import Credentials
    from energyctl.core.files import Paths
    from energyctl.core.journal import Journal
    from energyctl.core.limits import Budget
    from energyctl.core.output import Output
    from energyctl.core.profiles import Profile
    from energyctl.core.pseudonyms import Pseudonyms
    from energyctl.core.redact import Redactor
    from energyctl.core.tokens import TokenCache

OUTPUT_FORMATS = ["table", "tsv", "json", "jsonl", "csv", "yaml", "ids"]

#: Seconds for one answer, and for a rate limit when somebody sits before the terminal.
DEFAULT_TIMEOUT_S = 30.0
INTERACTIVE_MAX_WAIT_S = 60.0


@dataclass
class GlobalOptions:
    """The options that every command takes; None or False where the user said nothing."""

    profile: str | None = None
    output: str | None = None
    columns: str | None = None
    query: str | None = None
    no_header: bool = False
    limit: int | None = None
    sort_by: str | None = None
    timeout: float | None = None
    max_wait: float | None = None
    yes: bool = False
    dry_run: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    no_input: bool = False
    #: None where only the profile says.
    redact: bool | None = None

    def set(self, name: str, value: Any) -> None:
        """Set one option by its name."""
        if name not in {field.name for field in fields(self)}:  # pragma: no cover - a wiring mistake
            raise KeyError(name)
        setattr(self, name, value)


class RedactedStream:
    """A stream whose direct writes are redacted; bytes, which are not, are announced."""

    def __init__(
        self, stream: TextIO, redact: Callable[[str], str] | None, announce: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._redact = redact
        self._announce = announce

    def write(self, text: str) -> int:
        """Write a text; return the number of characters written."""
        return self._stream.write(self._redact(text) if self._redact else text)

    @property
    def buffer(self) -> Any:
        """The stream's bytes, for a file as the provider sent it."""
        self._announce()
        return self._stream.buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Session:
    """Streams, environment and options of one run, passed to whatever needs them.

    Nothing in the tool reads ``sys.stdout`` or ``os.environ`` by itself; it asks the session.
    """

    def __init__(
        self,
        *,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.stdin = stdin or sys.stdin
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr
        self.env = os.environ if env is None else env
        self.options = GlobalOptions()
        #: The form of a command's result where none is asked for. Errors have two lines then as everywhere.
        self.usual_output: str | None = None
        #: The call budget of each call that was counted.
        self.counted: list[Budget] = []
        self._told_of_files = False

    def again(
        self, *, stdin: TextIO | None = None, stdout: TextIO | None = None, stderr: TextIO | None = None
    ) -> Session:
        """Return a session with these options and streams, or others, that has read and made nothing yet."""
        fresh = Session(
            stdin=stdin or self.stdin,
            stdout=stdout or self._stdout,
            stderr=stderr or self._stderr,
            env=self.env,
        )
        fresh.options = replace(self.options)
        return fresh

    @property
    def stdout(self) -> TextIO:
        """Where results go; only ``Output`` writes text there."""
        if self.pseudonyms is None:
            return self._stdout
        return cast("TextIO", RedactedStream(self._stdout, None, self.tell_of_files))

    @property
    def stderr(self) -> TextIO:
        """Where all else goes."""
        people = self.pseudonyms
        if people is None:
            return self._stderr
        return cast("TextIO", RedactedStream(self._stderr, people.once, self.tell_of_files))

    # -- who is there -------------------------------------------------------------------------

    @property
    def can_ask(self) -> bool:
        """Whether a person can be asked: stdin and stderr are terminals and ``--no-input`` is not given."""
        return not self.options.no_input and _is_terminal(self.stdin) and _is_terminal(self._stderr)

    @property
    def stdout_is_terminal(self) -> bool:
        """Whether the result goes to a terminal (the real stream is asked, no variable is believed)."""
        return _is_terminal(self._stdout)

    @property
    def shows_progress(self) -> bool:
        """Whether progress may be drawn on stderr."""
        return not self.options.quiet and _is_terminal(self._stderr) and self.env.get("TERM") != "dumb"

    def color(self, stream: TextIO) -> bool:
        """Whether a stream may carry colour."""
        if self.options.no_color or self.env.get("NO_COLOR") or self.env.get("TERM") == "dumb":
            return False
        return _is_terminal(stream)

    @property
    def row_limit(self) -> int | None:
        """How many rows are needed from a provider: all of them when they are sorted or queried afterwards."""
        options = self.options
        return None if options.query or options.sort_by else options.limit

    @property
    def timeout_s(self) -> float:
        """Seconds that one answer may take."""
        return DEFAULT_TIMEOUT_S if self.options.timeout is None else self.options.timeout

    @property
    def max_wait_s(self) -> float:
        """Seconds that a rate limit may be waited for in all."""
        if self.options.max_wait is not None:
            return self.options.max_wait
        return INTERACTIVE_MAX_WAIT_S if self.can_ask and self.stdout_is_terminal else 0.0

    # -- what is said besides the result ---------------------------------------------------------

    def notice(self, text: str) -> None:
        """Say something on stderr that is not the result; silent with ``--quiet``."""
        if not self.options.quiet:
            self.say(text)

    def say(self, text: str, *, secrets: bool = False, one_line: bool = False) -> None:
        """Write text to stderr, with whatever a server put into it made harmless.

        :param secrets: whether what it holds of secrets is what the user asked for, such as an address to open.
        :param one_line: whether a line break in it can only be a server's.
        """
        from energyctl.core.text import harmless

        if people := self.pseudonyms:
            text = people.once(text)
        if "redactor" in self.__dict__ and not secrets:  # without it no secret is known
            text = self.redactor.without_known(text)
        self.clear_progress()
        lines = [text] if one_line else text.split("\n")
        self._stderr.write("".join(f"{harmless(line)}\n" for line in lines))
        self._stderr.flush()

    def waiting(self) -> None:
        """Hear that from now on only a server's answer is waited for; for who asks several servers at once."""

    def progress(self, text: str) -> None:
        """Show a passing line of progress on a terminal's stderr; elsewhere nothing."""
        if self.shows_progress:
            from energyctl.core.streams import window
            from energyctl.core.text import fit, harmless

            if people := self.pseudonyms:
                text = people.text(text)
            width = window(self._stderr).columns
            self._progress_shown = (
                True  # before it is there: whatever interrupts the writing, it is taken away
            )
            self._stderr.write("\r\x1b[K" + fit(harmless(text), width - 1))
            self._stderr.flush()

    def clear_progress(self) -> None:
        """Take the line of progress away again."""
        if getattr(self, "_progress_shown", False):
            self._stderr.write("\r\x1b[K")
            self._stderr.flush()
            self._progress_shown = False

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        from datetime import UTC, datetime

        return datetime.now(UTC)

    # -- what a command needs ----------------------------------------------------------------------

    @cached_property
    def paths(self) -> Paths:
        """Where the tool keeps its files."""
        from energyctl.core.files import Paths

        return Paths.find(self.env)

    @cached_property
    def config(self) -> Config:
        """The config file, read once.

        :raises ConfigProblem: when it cannot be read or is not valid YAML.
        """
        from energyctl.core.config import Config

        required = bool(self.env.get("ENERGYCTL_CONFIG"))
        return Config.read(self.paths.config_file, lambda: self._config_bytes, required=required)

    @cached_property
    def _config_bytes(self) -> bytes:
        from energyctl.core.config import config_bytes

        return config_bytes(self.paths.config_file)

    @cached_property
    def profile(self) -> Profile:
        """The profile in force: ``--profile``, ``ENERGYCTL_PROFILE``, ``default_profile``, or the only one."""
        from energyctl.core.profiles import choose_profile

        return choose_profile(self)

    @cached_property
    def out(self) -> Output:
        """Where results go."""
        from energyctl.core.output import Output

        return Output(self)

    @cached_property
    def redactor(self) -> Redactor:
        """The one filter that every trace, error and record passes."""
        from energyctl.core.redact import Redactor

        people = self.pseudonyms
        return Redactor(shortened=None if people is None else people.masked)

    @property
    def shown(self) -> Redactor:
        """The filter of what is only shown and not recorded: it also puts pseudonyms where they are asked for."""
        people = self.pseudonyms
        return self.redactor if people is None else self.redactor.showing(people)

    @property
    def pseudonyms(self) -> Pseudonyms | None:
        """What stands in the place of personal data with ``--redact`` or the profile's ``redact``; else None."""
        wished = self.options.redact
        if wished is None:
            wished = self._profile_redacts
        return self._kept_pseudonyms if wished else None

    @cached_property
    def _profile_redacts(self) -> bool:
        """Whether the profile asks for it. Where the file may say so but no profile can be read, yes."""
        import re

        from energyctl.core.errors import ConfigProblem

        if "profile" in self.__dict__:
            return self.profile.redact
        try:
            text = self._config_bytes
        except OSError as error:
            return not isinstance(error, FileNotFoundError | NotADirectoryError)
        except ConfigProblem:
            return True
        if not re.search(rb"(?m)^(?![ \t]*#).*redact", text):
            return False
        try:
            return self.profile.redact
        except ConfigProblem:
            return True

    @cached_property
    def _kept_pseudonyms(self) -> Pseudonyms:
        from energyctl.core.errors import ConfigProblem
        from energyctl.core.pseudonyms import KEY_BYTES, Pseudonyms, kept_key

        try:
            return Pseudonyms(kept_key(self.paths.state_dir))
        except ConfigProblem as problem:
            made = self.__dict__["_kept_pseudonyms"] = Pseudonyms(os.urandom(KEY_BYTES))
            self.say(f"warning: {problem.message} The pseudonyms of this run fit no other. {problem.hint}")
            return made

    def tell_of_files(self) -> None:
        """Say once that files are not redacted."""
        if self.pseudonyms is not None and not self._told_of_files:
            self._told_of_files = True
            self.notice("Files are as the provider sent them: --redact does not reach into them.")

    @cached_property
    def credentials(self) -> Credentials:
        """Where secrets come from."""
        from energyctl.core.credentials import Credentials

        return Credentials(self)

    @cached_property
    def tokens(self) -> TokenCache:
        """Access tokens kept between runs."""
        from energyctl.core.tokens import TokenCache

        return TokenCache(self)

    @cached_property
    def journal(self) -> Journal:
        """The record of every write."""
        from energyctl.core.journal import Journal

        return Journal(self.paths.state_dir / "journal.sqlite3")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (ValueError, AttributeError):  # a closed or missing stream
        return False
