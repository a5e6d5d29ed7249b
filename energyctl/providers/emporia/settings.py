"""The keys of a profile's ``emporia`` section."""

from __future__ import annotations

from energyctl.core.settings import Field, ProviderSettings

SETTINGS = ProviderSettings(
    name="emporia",
    title="Emporia",
    fields=(
        Field("target", "host:port of the gRPC service", kind="address"),
        Field("ca_file", "certificate authority to trust instead of the system's", kind="path"),
        Field("email", "the partner portal's e-mail address", names_account=True),
        Field("password", "reference to the partner portal's password", kind="secret", default="keyring"),
        Field("calls_per_hour", "call budget of the account", kind="integer", default=100),
    ),
    environments={"production": {"target": "partner.emporiaenergy.com:50052"}},
    sandbox={"target": "emporia_target", "ca_file": "ca_file"},
)
