"""A server's certificate: whether it is accepted, what is wrong with it otherwise, and how long it lasts."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass

from energyctl.core.health.findings import FAIL, NETWORK, PASS, WARN, Finding
from energyctl.core.times import wait_text
from energyctl.core.wording import network_reason

DAY_S = 86_400.0
#: A certificate with less time left is warned of.
ENDS_SOON_S = 14 * DAY_S
#: OpenSSL's codes of a chain that leads to no trusted authority, and of a name that does not match.
_UNTRUSTED, _OTHER_NAME = frozenset({2, 18, 19, 20, 21, 24}), frozenset({62, 64})
_MOST_NAMES = 3


@dataclass(frozen=True)
class _Shown:
    """What a certificate says of itself, unproven."""

    begins: float
    ends: float
    names: tuple[str, ...]
    issuer: str


def tls_finding(host: str, port: int, *, context: ssl.SSLContext, limit_s: float, trusts: str) -> Finding:
    """Shake hands with a server and say what there is to say of its certificate.

    :param trusts: where a further authority can be named.
    """
    try:
        certificate, version = _shaken(host, port, context, limit_s)
    except ssl.SSLCertVerificationError as error:
        return _refused(host, port, error, limit_s, trusts)
    except (OSError, ValueError) as error:
        told = f"{host}:{port} does not speak TLS as it should: {_spoken(error)}."
        return Finding("tls", FAIL, told, "Check host and port: energyctl config show", NETWORK)
    left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()
    until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + left))
    told = f"{version}, the chain is trusted and the name fits; it ends in {_days(left)} ({until})."
    if left < ENDS_SOON_S:
        fix = "Tell the provider, unless the server renews it by itself; afterwards no command works."
        return Finding("tls", WARN, told, fix, NETWORK)
    return Finding("tls", PASS, told, None, NETWORK)


def _shaken(host: str, port: int, context: ssl.SSLContext, limit_s: float) -> tuple[dict[str, object], str]:
    with (
        socket.create_connection((host, port), timeout=limit_s) as line,
        context.wrap_socket(line, server_hostname=host) as secured,
    ):
        return dict(secured.getpeercert() or {}), str(secured.version())


def _refused(
    host: str, port: int, error: ssl.SSLCertVerificationError, limit_s: float, trusts: str
) -> Finding:
    """Say what is wrong with a certificate; all of it, where OpenSSL names only what it met first."""
    shown = _unproven(host, port, limit_s)
    wrong, fixes = [], []
    now = time.time()
    if shown is not None and shown.ends <= now:
        wrong.append(f"it expired {wait_text(now - shown.ends)} ago ({_date(shown.ends)})")
        fixes.append("Look whether this machine's date is right (date -u); if it is, tell the provider")
    elif shown is not None and shown.begins > now:
        wrong.append(f"it only holds from {_date(shown.begins)} on")
        fixes.append("Look whether this machine's date is right (date -u)")
    if error.verify_code in _UNTRUSTED:
        issuer = f" ({shown.issuer})" if shown is not None and shown.issuer else ""
        wrong.append(f"its authority{issuer} is not trusted here")
        fixes.append(f"Name the authority's file in {trusts}, if you trust it")
    if error.verify_code in _OTHER_NAME:
        names = ", ".join(shown.names[:_MOST_NAMES]) if shown is not None else ""
        wrong.append(f"it is for another name{f' ({names})' if names else ''}")
        fixes.append("Check the address: energyctl config show")
    if not wrong:
        wrong.append(error.verify_message or network_reason(error))
        fixes.append("Tell the provider, or check what stands between: a proxy, a VPN")
    told = f"The certificate of {host}:{port} is not accepted: {' and '.join(wrong)}."
    return Finding("tls", FAIL, told, f"{'; '.join(fixes)}.", NETWORK)


def _unproven(host: str, port: int, limit_s: float) -> _Shown | None:
    """Return what a certificate says that is not accepted. Nothing is sent over the connection."""
    from cryptography import x509

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=limit_s) as line,
            context.wrap_socket(line, server_hostname=host) as secured,
        ):
            raw = secured.getpeercert(binary_form=True) or b""
        found = x509.load_der_x509_certificate(raw)
        issuer = found.issuer.rfc4514_string()
    except (OSError, ValueError):
        return None
    names: tuple[str, ...] = ()
    try:
        told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(one.value) for one in told)
    except (x509.ExtensionNotFound, ValueError):
        names = ()
    return _Shown(
        found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp(), names, issuer
    )


def _date(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def _days(seconds: float) -> str:
    days = int(seconds // DAY_S)
    return f"{days} day{'s' if days != 1 else ''}"


def _spoken(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return network_reason(error)
