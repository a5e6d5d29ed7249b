"""The keys of a profile's ``bright`` section; its environment is a label of the user's own."""

from __future__ import annotations

import re

from energyctl.core.errors import ConfigProblem
from energyctl.core.settings import Field, ProviderSettings

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

SETTINGS = ProviderSettings(
    name="bright",
    title="Bright Kit",
    fields=(
        Field("base_url", "address of the Organisation's backend, with its base path", kind="url"),
        Field(
            "auth",
            "data layer sign-in",
            kind="choice",
            choices=("api-key", "oauth", "none"),
            default="api-key",
        ),
        Field("api_key", "reference to the API key", kind="secret", default="keyring"),
        Field("api_key_header", "header that carries the API key", default="X-Api-Key", inferred=True),
        Field("client_id", "OAuth client id"),
        Field("client_secret", "reference to the OAuth client secret", kind="secret", default="keyring"),
        Field(
            "refresh_token",
            "where the OAuth refresh token is kept: keyring or file:PATH",
            kind="secret",
            default="keyring",
        ),
        Field("scope", "OAuth scopes, parted by spaces"),
        Field("audience", "OAuth audience, where the server wants one"),
        Field("redirect_port", "port that a sign-in's browser comes back to; any free one", kind="integer"),
        Field("openid_url", "address below which .well-known/openid-configuration lies", kind="url"),
        Field("endpoints", "corrected methods and paths by operation", kind="mapping"),
        Field("parameters", "corrected names of query parameters", kind="mapping", inferred=True),
        Field("paging", "how lists are paged, when the answers do not tell", kind="mapping"),
    ),
    sandbox={"base_url": "bright"},
    free_environment=True,
)


def as_header(name: str, value: str) -> tuple[str, str]:
    """Return a header that carries a credential, checked before anything is sent.

    :raises ConfigProblem: for a name or value that HTTP cannot carry; the value is never part of the message.
    """
    if _HEADER_NAME.fullmatch(name) is None:
        raise ConfigProblem(
            f"bright.api_key_header is '{name}', which is not a header's name.",
            hint="Write it without spaces or colon, such as X-Api-Key.",
            provider="bright",
        )
    if not (value.isascii() and value.isprintable()):
        raise ConfigProblem(
            f"The credential for the header {name} holds signs that HTTP cannot carry.",
            hint="Store it again, as plain ASCII on one line.",
            provider="bright",
        )
    return name, value
