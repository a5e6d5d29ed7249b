"""The keys of a profile's ``bright`` section; its environment is a label of the user's own."""

from __future__ import annotations

from energyctl.core.settings import Field, ProviderSettings

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
        Field("openid_url", "address below which .well-known/openid-configuration lies", kind="url"),
        Field("endpoints", "corrected methods and paths by operation", kind="mapping"),
        Field("parameters", "corrected names of query parameters", kind="mapping", inferred=True),
        Field("paging", "how lists are paged, when the answers do not tell", kind="mapping"),
    ),
    sandbox={"base_url": "bright"},
    free_environment=True,
)
