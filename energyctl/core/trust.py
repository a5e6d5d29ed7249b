"""Which certificate authorities HTTPS trusts. Those of gRPC are in ``rpc``: a profile may name them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from energyctl.core.errors import ConfigProblem

if TYPE_CHECKING:
    import ssl


def trusted() -> ssl.SSLContext:
    """Return what SSL_CERT_FILE or SSL_CERT_DIR name, else the usual authorities; for this machine as for others.

    :raises ConfigProblem: when they cannot be read.
    """
    import httpx

    try:
        return httpx.create_ssl_context()
    except OSError as error:  # a certificate that is none is one, too
        name = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise ConfigProblem(
            f"The certificates that {name} names cannot be read: {error.strerror or error}.",
            hint=f"Set {name} to a file of authorities in PEM, or unset it.",
        ) from error
