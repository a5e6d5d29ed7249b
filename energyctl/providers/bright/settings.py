"""The keys of a profile's ``bright`` section; its environment is a label of the user's own."""

from __future__ import annotations

from energyctl.core.settings import Field, ProviderSettings

SETTINGS = ProviderSettings(
    name="bright",
    title="Bright Kit",
    fields=(
        Field("base_url", "address of the Organisation's backend", kind="url"),
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
        Field("endpoints", "corrected paths by operation", kind="mapping"),
    ),
    sandbox={"base_url": "bright"},
    free_environment=True,
)
