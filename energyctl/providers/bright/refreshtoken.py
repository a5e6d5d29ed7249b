"""Where the OAuth refresh token is kept: in the keyring or in a file. It may be replaced with every renewal."""

from __future__ import annotations

import hashlib
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import AuthenticationFailed, ConfigProblem
from energyctl.core.files import private_directory, write_private
from energyctl.core.inputs import expanded
from energyctl.core.points import reached
from energyctl.core.profiles import Section
from energyctl.core.tokens import held

if TYPE_CHECKING:
    from energyctl.core.session import Session

_FIELD = "refresh_token"


class RefreshToken:
    """The refresh token of one profile."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section

    @property
    def _reference(self) -> str:
        return str(self.section.setting(_FIELD).value)

    @property
    def _file(self) -> Path | None:
        form, _, place = self._reference.partition(":")
        return expanded(place) if form == "file" else None

    @property
    def mark(self) -> str:
        """What tells one sign-in's token from another's: its place, since what is kept there may be replaced.

        In a variable nothing is replaced, so that its value counts too.
        """
        return self.section.secret_mark(_FIELD) if self._reference.startswith("env:") else self._reference

    def alone(self) -> AbstractContextManager[Any]:
        """Return a lock under which it is read, used and replaced: a rotating one serves once, whoever keeps it.

        Profiles whose tokens lie in the same file share it; without a place for locks there is none.

        :raises Unreachable: when another process has held it for a minute.
        """
        place = str(self._file.resolve()) if self._file else f"{self.section.profile.name} {self._reference}"
        name = f"refresh-{hashlib.sha256(place.encode()).hexdigest()[:32]}.lock"
        try:
            state = private_directory(self.session.paths.state_dir)
            return held(private_directory(state / "locks") / name)
        except (OSError, ConfigProblem):
            return nullcontext()

    def stored(self) -> str:
        """Return it.

        :raises AuthenticationFailed: when none is stored yet.
        :raises ConfigProblem: when its place cannot be read.
        """
        if self._file is not None and not self._file.exists():
            raise AuthenticationFailed(
                f"No refresh token is kept in {self._file} yet.",
                hint="Sign in: energyctl auth login bright",
                provider="bright",
                code="not_logged_in",
            )
        return self.session.credentials.secret(self.section, _FIELD)

    def is_stored(self) -> bool:
        """Whether there is one."""
        try:
            return bool(self.stored())
        except AuthenticationFailed:
            return False

    def check_place(self) -> None:
        """Make sure that one can be kept, before a person signs in for it.

        :raises ConfigProblem: when the profile names a place where nothing can be written.
        """
        if self._reference == "keyring":
            try:
                self.session.credentials.keyring_get(self.section, _FIELD)
            except ConfigProblem as problem:
                problem.hint = (
                    "Keep it in a file of your own: bright.refresh_token: file:PATH in the profile."
                )
                raise
        elif self._file is None:
            raise ConfigProblem(
                f"bright.refresh_token is '{self._reference.split(':', 1)[0]}:…', where a new token cannot be kept.",
                hint="Set bright.refresh_token to keyring or file:PATH.",
                provider="bright",
            )
        elif not os.access(self._file.parent, os.W_OK):
            raise ConfigProblem(
                f"The refresh token cannot be kept in {self._file}: there is no such directory to write to.",
                hint="Make the directory, or change bright.refresh_token.",
                provider="bright",
            )

    def keep(self, answer: Any, former: str | None) -> bool:
        """Keep the one that a token endpoint's answer carries; return whether there was a new one.

        In a variable or behind a command nothing can be kept: that is told, and the access token serves all the same.

        :raises ConfigProblem: when the file or the keyring fails.
        """
        found = answer.get(_FIELD) if isinstance(answer, dict) else None
        if not isinstance(found, str) or not found.strip() or found == former:
            return False
        self.session.redactor.learn(found)
        reached("refresh_token.received")
        if self._file is not None:
            self._write(self._file, found)
        elif self._reference == "keyring":
            self.session.credentials.keyring_set(self.section, _FIELD, found)
        else:
            self.session.say(
                "warning: the server has replaced the refresh token, and the new one cannot be kept in "
                f"{self._reference.split(':', 1)[0]}:…; set bright.refresh_token to keyring or file:PATH."
            )
        return True

    def remove(self) -> None:
        """Remove it from the file or the keyring that it is kept in.

        :raises ConfigProblem: when it cannot be removed.
        """
        if self._reference == "keyring":
            self.session.credentials.keyring_delete(self.section, _FIELD)
        self.remove_file()

    def remove_file(self) -> bool:
        """Remove the file that it is kept in, if it is kept in one; return whether there was one.

        :raises ConfigProblem: when it cannot be removed.
        """
        if self._file is None or not self._file.exists():
            return False
        try:
            self._file.unlink()
        except OSError as error:
            raise ConfigProblem(
                f"The refresh token's file {self._file} cannot be removed: {error.strerror or error}.",
                hint="Remove it yourself.",
                provider="bright",
            ) from error
        return True

    def _write(self, path: Path, token: str) -> None:
        try:
            write_private(path.resolve(), token.encode() + b"\n")
        except OSError as error:
            raise ConfigProblem(
                f"The refresh token cannot be kept in {path}: {error.strerror or error}.",
                hint="Check bright.refresh_token.",
                provider="bright",
            ) from error
