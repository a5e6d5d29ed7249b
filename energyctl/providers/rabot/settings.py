"""The keys of a profile's ``rabot`` section and the environments of contract section 1."""

from __future__ import annotations

from energyctl.core.settings import Field, ProviderSettings

SETTINGS = ProviderSettings(
    name="rabot",
    title="RABOT Energy",
    fields=(
        Field("api_url", "address of the API, without /partner/v1", kind="url"),
        Field("auth_url", "address of the token server, without /connect/token", kind="url"),
        Field("client_id", "the client id that RABOT gave you", names_account=True),
        Field("client_secret", "reference to the client secret", kind="secret", default="keyring"),
        Field("endpoints", "corrected methods and paths by operation", kind="mapping"),
    ),
    environments={
        "production": {"api_url": "https://api.rabot-charge.de", "auth_url": "https://auth.rabot-charge.de"},
        "test": {
            "api_url": "https://test-api.rabot-charge.de",
            "auth_url": "https://test-auth.rabot-charge.de",
        },
    },
    sandbox={"api_url": "rabot", "auth_url": "rabot_auth"},
)
