"""The keys of a profile's ``emulate`` section and the environments of contract section 1."""

from __future__ import annotations

from energyctl.core.settings import Field, ProviderSettings

SETTINGS = ProviderSettings(
    name="emulate",
    title="Emulate",
    fields=(
        Field("api_url", "host root of the APIs, without /v1", kind="url"),
        Field("retailer_id", "the retailer id that Emulate gave you", kind="integer", names_account=True),
        Field(
            "retailer_key",
            "reference to the Retailer API's private key, PEM",
            kind="secret",
            default="keyring",
            multiline=True,
        ),
        Field("retailer_key_passphrase", "reference to its passphrase, if it has one", kind="secret"),
        Field(
            "customer_key",
            "reference to the Single Customer API's private key, PEM",
            kind="secret",
            default="keyring",
            multiline=True,
        ),
        Field("customer_key_passphrase", "reference to its passphrase, if it has one", kind="secret"),
        Field(
            "token", "reference to a token that was minted elsewhere, used in place of a key", kind="secret"
        ),
        Field("audience", "the token's audience", default="https://api.emulate.network/"),
        Field("claims", "names of the retailer and customer claims", kind="mapping", inferred=True),
        Field("token_ttl", "life of a minted token", kind="duration", default="10m"),
        Field("endpoints", "corrected methods and paths by operation", kind="mapping"),
        Field("parameters", "corrected names of query parameters", kind="mapping", inferred=True),
        Field("paging", "how lists are paged, when the answers do not tell", kind="mapping"),
    ),
    environments={
        "production": {"api_url": "https://api.emulate.network"},
        "staging": {"api_url": "https://api.stage.emulate.network"},
        "development": {"api_url": "https://api.dev.emulate.network"},
    },
    sandbox={"api_url": "emulate"},
)
