"""Servers with a certificate that is wrong in one way: a client that trusts the authority names just that."""

from __future__ import annotations

import ssl
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import grpc
import httpx
import pytest

from tests.faults.relays.http import HttpRelay
from tests.faults.relays.names import TLS_FAULTS
from tests.faults.relays.tls import tls_endpoint

#: What OpenSSL calls it (X509_V_ERR_...).
_REASONS = {"wrong-name": 64, "expired": 10, "unknown-authority": 20}


def test_no_fault_is_left_out() -> None:
    assert set(TLS_FAULTS) == set(_REASONS)


@pytest.mark.parametrize("kind", TLS_FAULTS)
def test_what_is_wrong_with_a_certificate(kind: str) -> None:
    with HttpRelay("http://127.0.0.1:9/v1") as relay, tls_endpoint(kind, relay.url) as endpoint:
        parts = urlsplit(endpoint.url)
        assert (parts.scheme, parts.netloc, parts.path) == ("https", endpoint.target, "/v1")
        trusting = ssl.create_default_context(cafile=str(endpoint.ca_file))
        line = HTTPSConnection(parts.hostname or "", parts.port, timeout=20, context=trusting)
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            line.request("GET", "/v1/things")
        line.close()
        assert caught.value.verify_code == _REASONS[kind]
        with grpc.secure_channel(
            endpoint.target, grpc.ssl_channel_credentials(endpoint.ca_file.read_bytes())
        ) as channel:
            with pytest.raises(grpc.RpcError) as refused:
                channel.unary_unary("/field.Meter/ListMeters")(b"", timeout=20)
            assert refused.value.code().name == "UNAVAILABLE"
        assert relay.take() == []


def test_a_certificate_that_is_right() -> None:
    with HttpRelay("http://127.0.0.1:9/v1") as relay, tls_endpoint("right", relay.url) as endpoint:
        relay.set("503")
        answer = httpx.get(
            f"{endpoint.url}/things", verify=ssl.create_default_context(cafile=str(endpoint.ca_file))
        )
        assert answer.status_code == 503
        assert [one.name for one in relay.take()] == ["GET /v1/things"]


def test_a_kind_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="none of the certificates"), tls_endpoint("blue", "127.0.0.1:9"):
        pass
