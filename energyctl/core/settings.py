"""How a provider declares the keys of its profile section. The providers fill it in; core only reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Field:
    """One key of a provider's section.

    ``kind`` is text, secret, url, address (host:port), integer, duration, choice, mapping or path.
    A secret's value in the file is a reference (keyring, env:, file:, command:), never the secret itself.
    """

    name: str
    help: str
    kind: str = "text"
    default: object = None
    choices: tuple[str, ...] = ()
    inferred: bool = False
    #: Whether a secret has several lines, such as a key in PEM form.
    multiline: bool = False
    #: Whether it tells the accounts of one system apart: a client id, an e-mail address.
    names_account: bool = False


@dataclass(frozen=True)
class ProviderSettings:
    """What a provider's section may hold, and what its named environments stand for."""

    name: str
    title: str
    fields: tuple[Field, ...]
    #: Environment name to the values it gives.
    environments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Field to the sandbox's name for it, such as ``api_url`` to ``rabot``.
    sandbox: Mapping[str, str] = field(default_factory=dict)
    #: Whether an environment name outside the table above is a label of the user's own.
    free_environment: bool = False

    def field(self, name: str) -> Field:
        """Return the declaration of one key."""
        return next(one for one in self.fields if one.name == name)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that the section may have."""
        return ("environment", *(one.name for one in self.fields))
