"""Secrets by reference: the OS keyring, a variable, a private file, a command. Never the config file itself."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from energyctl.core.config import SANDBOX, control_in
from energyctl.core.errors import AuthenticationFailed, ConfigProblem
from energyctl.core.inputs import expanded
from energyctl.core.profiles import Section, sandbox_facts

if TYPE_CHECKING:
    from energyctl.core.session import Session

SERVICE = "energyctl"
KEYRING_LIMIT_S = 3.0
COMMAND_LIMIT_S = 30.0
_OTHER_WAYS = "Other ways: {field}: env:NAME, file:PATH (mode 0600) or command:pass show NAME in the profile."
#: Backends that keep secrets readable on disk or not at all.
_REFUSED_BACKENDS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.file")

_OWN_VARIABLES = "ENERGYCTL_"
_SECRET_ENDINGS = ("_KEY", "_PASSPHRASE", "_PASSWORD", "_SECRET", "_TOKEN")

_T = TypeVar("_T")


def for_children(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for another program: without the secrets that are there for energyctl alone."""
    return {
        name: value
        for name, value in env.items()
        if not (name.startswith(_OWN_VARIABLES) and name.endswith(_SECRET_ENDINGS))
    }


class KeyringUnusable(ConfigProblem):
    """There is no keyring, it is locked, or it does not answer."""

    default_code = "keyring_unusable"


class Credentials:
    """Finds the secret behind a reference. Every secret found is learnt by the redactor."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._keyring_is_silent = False

    def secret(self, section: Section, field: str) -> str:
        """Return a provider's secret.

        :raises AuthenticationFailed: when none is stored.
        :raises ConfigProblem: when its reference cannot be followed.
        """
        setting = section.setting(field)
        reference = str(setting.value or "keyring")
        name = f"{section.provider}.{field}"
        if reference == SANDBOX:
            found: str | None = str(sandbox_facts(self.session)["credentials"][section.provider][field])
        elif reference == "keyring":
            found = self.keyring_get(section, field)
        else:
            found = self.follow(reference, name, whole=section.settings.field(field).multiline)
        if not found:
            raise AuthenticationFailed(
                f"No {field} is stored for {section.settings.title} in profile '{section.profile.name}'.",
                hint=f"Store it with: energyctl auth login {section.provider}"
                + (f" --profile {section.profile.name}" if section.profile.source == "--profile" else ""),
                provider=section.provider,
                code="not_logged_in",
            )
        self.session.redactor.learn(found)
        if control := control_in(found, lines=section.settings.field(field).multiline):
            raise ConfigProblem(
                f"{name} holds {control}, which no such secret has.",
                hint=f"Store it again as one line of text; it comes from {reference.partition(':')[0]}.",
                provider=section.provider,
                code="secret_unfit",
            )
        return found

    def follow(self, reference: str, name: str, *, whole: bool = False) -> str:
        """Return the secret that an ``env:``, ``file:`` or ``command:`` reference stands for.

        :param whole: whether all lines of a command's output belong to it, not only the first.
        :raises ConfigProblem: when it leads nowhere; the secret is never part of the message.
        """
        form, _, rest = reference.partition(":")
        if form == "env":
            value = self.session.env.get(rest)
            if not value:
                raise ConfigProblem(
                    f"{name} refers to the variable {rest}, which is not set.",
                    hint=f"Set {rest}, or change {name}.",
                )
            return value
        if form == "file":
            return self._file(expanded(rest), name)
        if form == "command":
            return self._command(rest, name, whole=whole)
        raise ConfigProblem(
            f"{name} is not a reference to a secret.",
            hint="Write keyring, env:NAME, file:PATH or command:COMMAND.",
        )

    def _file(self, path: Path, name: str) -> str:
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise ConfigProblem(
                    f"{name} refers to {path}, which cannot be read: it is not a plain file.",
                    hint="Name a file; what another program writes is read by command:COMMAND.",
                )
            if os.name == "posix" and stat.S_IMODE(facts.st_mode) & 0o077:
                raise ConfigProblem(
                    f"{name} refers to {path}, which others can read (mode {stat.S_IMODE(facts.st_mode):04o}).",
                    hint=f"Run: chmod 600 {path}",
                    code="secret_exposed",
                )
            return path.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, ValueError) as error:
            what = getattr(error, "strerror", None) or "it is not text"
            raise ConfigProblem(
                f"{name} refers to the file {path}, which cannot be read: {what}.",
                hint=f"Check {path} or {name}.",
            ) from error

    def _command(self, command: str, name: str, *, whole: bool) -> str:
        import shlex
        import subprocess

        try:
            words = shlex.split(command)
            done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
                words,
                stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                env=for_children(self.session.env),
                timeout=COMMAND_LIMIT_S,
                check=False,
            )
        except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            what = "took too long" if isinstance(error, subprocess.TimeoutExpired) else "cannot be run"
            raise ConfigProblem(
                f"The command that gives {name} {what}: {command}.", hint="Try it in this terminal."
            ) from error
        if done.returncode != 0:
            raise ConfigProblem(
                f"The command that gives {name} ended with exit code {done.returncode}: {command}.",
                hint="Try it in this terminal.",
            )
        text = done.stdout.decode("utf-8", "replace")
        return text.strip("\r\n") if whole else text.split("\n", 1)[0].strip("\r")

    # -- the keyring --------------------------------------------------------------------------------

    def _account(self, section: Section, field: str) -> str:
        return f"{section.profile.name}/{section.provider}/{field}"

    def keyring_get(self, section: Section, field: str) -> str | None:
        """Return the stored secret, or None.

        :raises KeyringUnusable: when there is no keyring that answers within three seconds.
        """
        account = self._account(section, field)
        return self._ask(f"{section.provider}.{field}", lambda ring: ring.get_password(SERVICE, account))

    def keyring_name(self) -> str:
        """Return the name of the keyring, which has answered a question.

        :raises KeyringUnusable: when there is none that answers within three seconds.
        """

        def ask(ring: KeyringBackend) -> str:
            ring.get_password(SERVICE, "nobody/nothing/here")
            return str(getattr(ring, "name", type(ring).__name__))

        return self._ask("PROVIDER.SECRET", ask)

    def keyring_set(self, section: Section, field: str, secret: str) -> str:
        """Store a secret and return the name of the keyring that holds it.

        :raises KeyringUnusable: when there is no keyring that keeps it.
        """
        account = self._account(section, field)

        def store(ring: KeyringBackend) -> str:
            ring.set_password(SERVICE, account, secret)
            if ring.get_password(SERVICE, account) != secret:
                raise RuntimeError("it did not keep the secret")
            return str(getattr(ring, "name", type(ring).__name__))

        return self._ask(f"{section.provider}.{field}", store)

    def keyring_delete(self, section: Section, field: str) -> bool:
        """Remove a stored secret; return whether there was one."""
        account = self._account(section, field)

        def remove(ring: KeyringBackend) -> bool:
            if ring.get_password(SERVICE, account) is None:
                return False
            ring.delete_password(SERVICE, account)
            return True

        return self._ask(f"{section.provider}.{field}", remove)

    def _ask(self, name: str, question: Callable[[KeyringBackend], _T]) -> _T:
        """Put a question to the keyring in a thread of its own, for at most three seconds.

        One that has not answered once is not waited for again in the same run.

        :param name: the field that the question is about, for the advice.
        """
        hint = _OTHER_WAYS.format(field=name)
        silent = KeyringUnusable(
            f"The keyring did not answer within {KEYRING_LIMIT_S:.0f} seconds.", hint=hint
        )
        if self._keyring_is_silent:
            raise silent
        result: list[_T] = []
        failure: list[BaseException] = []

        def work() -> None:
            try:
                result.append(question(self._backend()))
            except BaseException as error:  # noqa: BLE001 - reported by the waiting thread
                failure.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(KEYRING_LIMIT_S)
        if result:
            return result[0]
        if not failure:
            self._keyring_is_silent = True
            raise silent
        error = failure[0]
        if isinstance(error, KeyringUnusable):
            error.hint = hint
            raise error
        what = str(error).strip().rstrip(".") or type(error).__name__
        raise KeyringUnusable(f"The keyring cannot be used: {what}.", hint=hint) from None

    def _backend(self) -> KeyringBackend:
        """Return the system's keyring; the one that worked last is asked first, which spares the search."""
        import keyring.core

        from energyctl.core.files import read_private

        memory = self.session.paths.state_dir / "keyring-backend"
        ring = None
        if not self.session.env.get("PYTHON_KEYRING_BACKEND"):
            try:
                kept = read_private(memory, memory.parent).decode()
                ring = keyring.core.load_keyring(kept.strip())
            except Exception:  # noqa: BLE001 - whatever it is, the search below decides
                ring = None
        if ring is None:
            ring = keyring.core.get_keyring()
            self._remember(memory, ring)
        module = type(ring).__module__
        chosen = getattr(ring, "backends", None)
        modules = [type(one).__module__ for one in chosen] if chosen else [module]
        if any(one.startswith(_REFUSED_BACKENDS) for one in modules[:1]):
            raise KeyringUnusable("This machine has no keyring that keeps a secret.")
        return ring

    def _remember(self, memory: Path, ring: KeyringBackend) -> None:
        from energyctl.core.files import private_directory, write_private

        name = f"{type(ring).__module__}.{type(ring).__qualname__}"
        if "chainer" in name or name.startswith(_REFUSED_BACKENDS):
            return
        try:
            private_directory(memory.parent)
            write_private(memory, name.encode())
        except (OSError, ConfigProblem):
            return


if TYPE_CHECKING:
    from keyring.backend import KeyringBackend
