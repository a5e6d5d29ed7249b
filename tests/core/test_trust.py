"""Which authorities HTTPS trusts, on this machine as on others, and what is said of a certificate that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from energyctl.core.errors import ConfigProblem, Unreachable
from energyctl.core.session import Session
from energyctl.core.transport import Request, Rest
from energyctl.core.trust import trusted
from tests.faults.relays.tls import tls_endpoint
from tests.partner import Partner, Reply


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("right", None),
        ("wrong-name", "its certificate is for another name"),
        ("expired", "its certificate has expired"),
        ("unknown-authority", "its certificate is signed by an unknown authority"),
    ],
)
def test_an_authority_named_by_the_environment_is_trusted(
    kind: str, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Partner() as partner, tls_endpoint(kind, partner.url) as place:
        partner.add("/tariffs", Reply({"data": []}))
        monkeypatch.setenv("SSL_CERT_FILE", str(place.ca_file))
        session = Session(env={**os.environ, "ENERGYCTL_BACKOFF_S": "0"})
        rest = Rest(session, provider="rabot", title="RABOT Energy", base_url=place.url)
        request = Request("list", "GET", "/tariffs")
        if reason is None:
            assert rest.json(request) == {"data": []}
        else:
            with pytest.raises(Unreachable) as caught:
                rest.call(request)
            assert caught.value.message.endswith(f": {reason}.")
        rest.close()


@pytest.mark.parametrize("name", ["nothing.pem", "text.pem", "."])
def test_authorities_that_cannot_be_read_are_a_matter_of_configuration(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))
    with pytest.raises(ConfigProblem, match="SSL_CERT_FILE"):
        trusted()
