"""The profile in force, and where each of its values comes from: flag, variable, profile, environment, default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from energyctl.core.config import SANDBOX, control_in, listed, one_of, shown
from energyctl.core.errors import ConfigProblem
from energyctl.core.inputs import expanded
from energyctl.core.settings import Field, ProviderSettings

if TYPE_CHECKING:
    from energyctl.core.session import Session


@dataclass(frozen=True)
class Setting:
    """A value and where it was found, such as ``env:ENERGYCTL_RABOT_API_URL`` or ``profile``."""

    value: Any
    source: str


class Profile:
    """One profile: where writes ask, the time zone, and a section for each provider."""

    def __init__(self, session: Session, name: str, source: str, body: Mapping[str, Any]) -> None:
        self.session = session
        self.name = name
        self.source = source
        self.body = body

    @property
    def confirm(self) -> str:
        """When a write outside the sandbox asks: ``always``, ``bulk`` or ``never``."""
        return str(self.body.get("confirm") or "always")

    @property
    def redact(self) -> bool:
        """Whether personal data are shown as pseudonyms; what is no truth value counts as yes."""
        return self.body.get("redact") not in (None, False)

    @property
    def timezone(self) -> Setting:
        """The zone that times are read and shown in, when ``--tz`` does not say."""
        if self.body.get("timezone"):
            return Setting(self.body["timezone"], "profile")
        return Setting("local", "default")

    def section(self, settings: ProviderSettings) -> Section:
        """Return a provider's settings under this profile, checked.

        :raises ConfigProblem: naming the line of the first thing that is wrong.
        """
        known: dict[str, ProviderSettings | None] = dict.fromkeys(provider_names())
        known[settings.name] = settings
        issue = next(self.session.config.issues(known, only=self.name), None)
        if issue:
            self.session.config.refuse(issue)
        return Section(self, settings)


def provider_names() -> tuple[str, ...]:
    """Return the names of all providers, from the table that the providers keep."""
    from energyctl.providers import PROVIDERS

    return tuple(PROVIDERS)


def choose_profile(session: Session) -> Profile:
    """Find the profile in force.

    :raises ConfigProblem: when it does not exist or none can be chosen.
    """
    config = session.config
    profiles = config.profiles
    if session.options.profile:
        name, source = session.options.profile, "--profile"
    elif session.env.get("ENERGYCTL_PROFILE"):
        name, source = session.env["ENERGYCTL_PROFILE"], "ENERGYCTL_PROFILE"
    elif config.data.get("default_profile"):
        name, source = str(config.data["default_profile"]), "default_profile"
    elif len(profiles) == 1:
        name, source = next(iter(profiles)), "the only profile"
    elif not profiles:
        name, source = "default", "no config file"
    else:
        raise ConfigProblem(
            f"{config.path} has several profiles and none is chosen.",
            hint=f"Add --profile NAME ({listed(profiles)}), or set default_profile in the file.",
            code="profile_missing",
        )
    if name in profiles:
        body = profiles[name]
        return Profile(session, name, source, body if isinstance(body, dict) else {})
    if name == SANDBOX:
        return Profile(
            session, name, source, {provider: {"environment": SANDBOX} for provider in provider_names()}
        )
    if name == "default" and source == "no config file":
        return Profile(session, name, source, {})
    near = get_close_matches(name, profiles, n=1)
    known = f"Did you mean '{near[0]}'?" if near else f"Profiles there: {listed(profiles)}."
    raise ConfigProblem(
        f"There is no profile '{shown(name)}' (asked for by {source}) in {config.path}.",
        hint=known,
        code="profile_missing",
    )


class Section:
    """A provider's settings in force: flag, environment variable, profile, named environment, default."""

    def __init__(self, profile: Profile, settings: ProviderSettings) -> None:
        self.profile = profile
        self.settings = settings
        body = profile.body.get(settings.name)
        self.body: Mapping[str, Any] = body if isinstance(body, dict) else {}
        self.environment = self._environment()

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.settings.name

    def variable(self, field: str) -> str:
        """Return the name of the environment variable that overrides a field."""
        return f"ENERGYCTL_{self.settings.name}_{field}".upper()

    def _environment(self) -> Setting:
        variable = self.variable("environment")
        if self.profile.session.env.get(variable):
            value = self.profile.session.env[variable]
            known = (*self.settings.environments, SANDBOX)
            if value not in known and not self.settings.free_environment:
                raise ConfigProblem(
                    f"{variable} is '{shown(value)}', not an environment.", hint=one_of(known)
                )
            return Setting(value, f"env:{variable}")
        if self.body.get("environment"):
            return Setting(str(self.body["environment"]), "profile")
        return Setting(None, "not set")

    @property
    def is_sandbox(self) -> bool:
        """Whether the sandbox is spoken to, so that a write need not ask."""
        return bool(self.environment.value == SANDBOX)

    @property
    def label(self) -> str:
        """How the environment is called in questions and records."""
        return str(self.environment.value or "custom")

    def setting(self, name: str) -> Setting:
        """Return a field's value and where it comes from; the value of a secret is its reference."""
        field = self.settings.field(name)
        variable = self.variable(name)
        if self.profile.session.env.get(variable):
            if field.kind == "secret":
                return Setting(f"env:{variable}", f"env:{variable}")
            return Setting(
                self._convert(field, self.profile.session.env[variable], variable), f"env:{variable}"
            )
        if self.body.get(name) is not None:
            value = self.body[name]
            return Setting(value if field.kind in ("integer", "mapping") else str(value), "profile")
        if self.is_sandbox:
            found = self._from_sandbox(field)
            if found is not None:
                return found
        named = self.settings.environments.get(str(self.environment.value), {})
        if name in named:
            return Setting(named[name], f"environment {self.environment.value}")
        return Setting(field.default, "default" if field.default is not None else "not set")

    def _convert(self, field: Field, text: str, variable: str) -> Any:
        if control := control_in(text, lines=False):
            raise ConfigProblem(f"{variable} holds {control}.", hint="Set it to plain text in UTF-8.")
        if field.kind == "integer":
            try:
                return int(text)
            except ValueError:
                raise ConfigProblem(
                    f"{variable} is '{shown(text)}', not a whole number.", hint="Use digits only."
                ) from None
        if field.kind == "mapping":
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                raise ConfigProblem(
                    f"{variable} is not a JSON object.", hint='Write it as {"name": "value"}.'
                )
            return value
        return text

    def _from_sandbox(self, field: Field) -> Setting | None:
        facts = sandbox_facts(self.profile.session)
        if field.name in self.settings.sandbox:
            place = self.settings.sandbox[field.name]
            variable = f"ENERGYCTL_SANDBOX_{place}{'_url' if field.kind == 'url' else ''}".upper()
            if self.profile.session.env.get(variable):
                return Setting(self.profile.session.env[variable], f"env:{variable}")
            value = facts.get("urls", {}).get(place) or facts.get(place)
            return Setting(value, "sandbox") if value else None
        given = facts.get("credentials", {}).get(self.provider, {})
        if field.name in given:
            return Setting(SANDBOX if field.kind == "secret" else given[field.name], "sandbox")
        return None

    def text(self, name: str) -> str:
        """Return a field that must be there.

        :raises ConfigProblem: when it is missing, with the ways to give it.
        """
        value = self.setting(name).value
        if value is None or value == "":
            raise self._missing(self.settings.field(name))
        return str(value)

    def _missing(self, field: Field) -> ConfigProblem:
        """Return the error for a field that is nowhere, with the nearest way to give it."""
        if self.is_sandbox:
            return ConfigProblem(
                f"The profile '{self.profile.name}' uses the sandbox, and none is running.",
                hint="Start it with: energyctl sandbox start",
                provider=self.provider,
                code="sandbox_not_running",
            )
        addressed = any(field.name in named for named in self.settings.environments.values())
        if addressed:
            message = (
                f"{self.settings.title} has no '{field.name}': profile '{self.profile.name}' names neither an "
                "environment nor an address."
            )
            hint = self._how_to_begin(field.name)
        else:
            message = (
                f"{self.settings.title} needs '{field.name}' ({field.help}); profile '{self.profile.name}' does not "
                "say it."
            )
            hint = f"Add {self.provider}.{field.name} with: energyctl config edit, or set {self.variable(field.name)}."
        return ConfigProblem(message, hint=hint, provider=self.provider, code="setting_missing")

    def url(self, name: str) -> str:
        """Return an address without its last slash.

        :raises ConfigProblem: when it is missing, malformed, or plain HTTP to another machine.
        """
        address = checked_url(self.text(name), f"{self.provider}.{name}")
        if self.is_sandbox and not is_loopback(_host(address)):
            raise ConfigProblem(
                f"{self.provider}.environment is sandbox, but {self.provider}.{name} is '{address}' "
                f"({self.setting(name).source}): writes would not ask there.",
                hint=f"Take {self.provider}.{name} away, or name the real environment.",
                provider=self.provider,
                code="not_a_sandbox",
            )
        return address

    def _how_to_begin(self, name: str) -> str:
        known = ", ".join((*self.settings.environments, SANDBOX))
        if self.profile.session.config.text is not None:
            return (
                f"Set {self.provider}.environment to one of {known}, or give {self.provider}.{name}, "
                "with: energyctl config edit"
            )
        first = next(iter(self.settings.environments), SANDBOX)
        return (
            f"There is no config file yet. Make one: energyctl config init --set {self.provider}.environment={first}; "
            f"or look around first: energyctl sandbox start, then --profile sandbox."
        )

    def secret_mark(self, name: str) -> str:
        """Return a mark that changes with a secret's reference and, where that costs nothing, with the secret.

        A token obtained with another secret is then not taken for this one's. The keyring is not asked: login and
        logout remove the tokens of what it holds.
        """
        import hashlib

        reference = str(self.setting(name).value or "keyring")
        form, _, rest = reference.partition(":")
        value = b""
        if form == "env":
            value = self.profile.session.env.get(rest, "").encode("utf-8", "surrogateescape")
        elif form == "file":
            try:
                place = expanded(rest)
                value = place.read_bytes() if place.is_file() else b""
            except OSError:
                value = b""
        elif reference == SANDBOX:
            given = sandbox_facts(self.profile.session).get("credentials", {}).get(self.provider, {})
            value = str(given.get(name)).encode()
        return hashlib.sha256(reference.encode() + b"\0" + value).hexdigest()[:16]

    def identity(self) -> str:
        """Name the very system spoken to, so that records of one are not taken for those of another."""
        if self.is_sandbox:
            return f"sandbox:{sandbox_facts(self.profile.session).get('id', '?')}"
        addresses = [
            self.setting(one.name).value for one in self.settings.fields if one.kind in ("url", "address")
        ]
        return str(addresses[0] if addresses else self.label)

    def account(self) -> str | None:
        """Return what tells this account from others of the same system; None where nothing does."""
        named = (self.setting(one.name).value for one in self.settings.fields if one.names_account)
        return next((str(one) for one in named if one is not None), None)


def checked_url(text: str, field: str) -> str:
    """Check an address: https, or http to this machine alone.

    :raises ConfigProblem: naming the field, the value and the fix.
    """
    from urllib.parse import urlsplit

    if "@" in text:
        raise ConfigProblem(
            f"{field} carries a user name or password.", hint="Store the secret with auth login."
        )
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = None, None
    if parts is None or parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise ConfigProblem(
            f"{field} is '{shown(text, 200)}', which is not an address.",
            hint="Write it as https://host[:port].",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigProblem(
            f"{field} is '{shown(text, 200)}': plain http would send credentials in clear text.",
            hint="Use https. Plain http is accepted for this machine alone (127.0.0.1, ::1, localhost).",
            code="plaintext_refused",
        )
    return text.rstrip("/")


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(address).hostname or ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host.lower() == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sandbox_facts(session: Session) -> dict[str, Any]:
    """Return what the running sandbox says of itself; empty when there is none."""
    cached = getattr(session, "_sandbox_facts", None)
    if cached is None:
        directory = session.env.get("ENERGYCTL_SANDBOX_DIR")
        path = (expanded(directory) if directory else session.paths.state_dir / "sandbox") / "sandbox.json"
        try:
            cached = json.loads(path.read_bytes()) if path.is_file() else {}
        except (OSError, ValueError, RecursionError):
            cached = {}
        cached = cached if isinstance(cached, dict) else {}
        for part in ("urls", "credentials"):
            inner = cached.get(part)
            cached[part] = inner if isinstance(inner, dict) else {}
        given = cached["credentials"]
        cached["credentials"] = {name: one for name, one in given.items() if isinstance(one, dict)}
        session._sandbox_facts = cached  # type: ignore[attr-defined]  # noqa: SLF001 - read once a run
    return cached
