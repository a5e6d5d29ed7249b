"""The way to a provider, step by step: name, connection, certificate, a plain answer, and the server's clock.

No credential is sent here. What lies behind a proxy is left to the proxy, and only the plain answer is asked for.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from energyctl import __version__
from energyctl.core.errors import ConfigProblem, EnergyctlError, Unreachable
from energyctl.core.health.certificates import tls_finding
from energyctl.core.health.findings import (
    CONFIG,
    CREDENTIALS,
    FAIL,
    NETWORK,
    PASS,
    UNKNOWN,
    WARN,
    Finding,
    of_error,
    within,
)
from energyctl.core.inputs import expanded
from energyctl.core.profiles import Section, is_loopback
from energyctl.core.rpc import PLAINTEXT
from energyctl.core.times import wait_text
from energyctl.core.trust import trusted
from energyctl.core.wording import network_reason

if TYPE_CHECKING:
    import ssl

    import httpx

    from energyctl.core.session import Session

#: Differences of the clocks, in seconds: below the first they do no harm, above the second tokens are refused.
BEARABLE_SKEW_S, HARMFUL_SKEW_S = 5.0, 60.0
_LONGEST_READ = 65_536
_SET_CLOCK = {"darwin": "sudo sntp -sS time.apple.com", "win32": "w32tm /resync"}


@dataclass(frozen=True)
class Address:
    """Where a provider is: a host and port, spoken to with TLS or, on this machine, without."""

    field: str
    host: str
    port: int
    tls: bool
    #: The whole address of an HTTP server; None for a gRPC one.
    url: str | None
    ca_file: str | None

    @property
    def place(self) -> str:
        """Host and port for people."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def addresses(section: Section) -> list[Address]:
    """Return the addresses of a provider's section, the first one first.

    :raises ConfigProblem: when there is none, or one that is not fit to be spoken to.
    """
    found = []
    fields = [one for one in section.settings.fields if one.kind in ("url", "address")]
    for number, field in enumerate(fields):
        if number and not section.setting(field.name).value:
            continue
        if field.kind == "url":
            found.append(_of_url(field.name, section.url(field.name)))
        else:
            found.append(_of_target(section, field.name))
    return found


def _of_url(field: str, url: str) -> Address:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Address(field, parts.hostname or "", parts.port or (443 if tls else 80), tls, url, None)


def _of_target(section: Section, field: str) -> Address:
    target = section.text(field)
    host, _, port = target.removeprefix(PLAINTEXT).rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigProblem(
            f"{section.provider}.{field} is '{target}', which is not host:port.",
            hint="Write it as HOST:PORT: energyctl config edit",
            provider=section.provider,
        )
    given = [one.name for one in section.settings.fields if one.name == "ca_file"]
    ca_file = section.setting(given[0]).value if given else None
    tls = not target.startswith(PLAINTEXT)
    return Address(field, host.strip("[]"), int(port), tls, None, str(ca_file) if ca_file else None)


class Way:
    """The way to the addresses of one provider.

    :ivar is_open: whether nothing on it has failed so far.
    """

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section
        self.title = section.settings.title
        self.is_open = True

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each step to each address; the steps behind a failing one are left out."""
        try:
            known = addresses(self.section)
        except ConfigProblem as problem:
            self.is_open = False
            yield of_error("config", problem, self.section.provider)
            return
        for number, address in enumerate(known):
            suffix = f":{address.field}" if number else ""
            for found in self._steps(address):
                if found.status == FAIL and found.kind == NETWORK:
                    self.is_open = False
                yield Finding(
                    found.check + suffix,
                    found.status,
                    found.message,
                    found.fix,
                    found.kind,
                    self.section.provider,
                )

    def _steps(self, address: Address) -> Iterator[Finding]:
        proxy = _proxy(address)
        if proxy is not None:
            told = f"{address.place} is reached through the proxy {proxy}."
            yield Finding("network", UNKNOWN, told, None, NETWORK)
        else:
            steps = (self._connection, self._certificate)
            for step in steps if _is_number(address.host) else (self._name, *steps):
                found = step(address)
                yield found
                if found.status == FAIL:
                    return
        if address.url is not None:
            yield from self._answer(address, address.url)
        else:
            told = "A gRPC server does not tell its time."
            yield Finding("clock", UNKNOWN, told, None, CREDENTIALS)

    def _name(self, address: Address) -> Finding:
        try:
            found = within(
                self.session.timeout_s,
                lambda: socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM),
                f"the lookup of {address.host}",
            )
        except (OSError, UnicodeError, Unreachable) as error:
            told = f"{address.host} cannot be looked up ({address.place}): {_reason(error)}."
            fix = f"Check the address and the network: getent hosts {address.host}"
            return Finding("dns", FAIL, told, fix, NETWORK)
        numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
        more = f" and {len(numbers) - 2} more" if len(numbers) > 2 else ""
        return Finding("dns", PASS, f"{address.host} is {', '.join(numbers[:2])}{more}.", None, NETWORK)

    def _connection(self, address: Address) -> Finding:
        limit = self.session.timeout_s
        started = time.monotonic()
        try:
            within(
                limit,
                lambda: socket.create_connection((address.host, address.port), timeout=limit).close(),
                f"the connection to {address.place}",
            )
        except (OSError, Unreachable) as error:
            told = f"{self.title} cannot be reached at {address.place}: {_reason(error)}."
            fix = f"Check network, VPN and firewall, and {self.section.provider}.{address.field}: energyctl config show"
            return Finding("network", FAIL, told, fix, NETWORK)
        taken = (time.monotonic() - started) * 1000
        return Finding("network", PASS, f"{address.place} takes connections ({taken:.0f} ms).", None, NETWORK)

    def _certificate(self, address: Address) -> Finding:
        if not address.tls:
            return Finding("tls", PASS, "Not used: plain text stays on this machine.", None, NETWORK)
        try:
            context = self._trust(address)
        except ConfigProblem as error:
            return Finding("tls", FAIL, error.message, error.hint, CONFIG)
        except (OSError, ValueError) as error:
            told = f"The certificates to trust cannot be read: {error}."
            return Finding("tls", FAIL, told, "Check ca_file or SSL_CERT_FILE.", CONFIG)
        try:
            return within(
                self.session.timeout_s,
                lambda: tls_finding(
                    address.host,
                    address.port,
                    context=context,
                    limit_s=self.session.timeout_s,
                    trusts="ca_file in the profile" if address.url is None else "SSL_CERT_FILE",
                ),
                f"the TLS handshake with {address.place}",
            )
        except Unreachable as error:
            return Finding("tls", FAIL, error.message, error.hint, NETWORK)

    def _trust(self, address: Address) -> ssl.SSLContext:
        """Return what the commands trust, too: an HTTP client's authorities, or those of gRPC."""
        if address.url is not None:
            return trusted()
        import ssl

        given = str(expanded(address.ca_file)) if address.ca_file else None
        context = ssl.create_default_context(cafile=given)
        context.set_alpn_protocols(["h2"])
        return context

    def _answer(self, address: Address, url: str) -> Iterator[Finding]:
        import httpx

        try:
            status, date, sent, came = within(
                self.session.timeout_s, lambda: self._asked(address, url), f"the answer of {address.place}"
            )
        except (httpx.HTTPError, Unreachable) as error:
            told = f"{self.title} does not answer at {url}: {_reason(error)}."
            yield Finding("reachable", FAIL, told, "Try again in a moment; -v shows the request.", NETWORK)
            return
        told = f"{url} answers a plain GET with status {status}."
        if status >= 500 and status != 501:
            fix = "The fault is on the provider's side; try again in a few minutes."
            yield Finding("reachable", WARN, told, fix, NETWORK)
        else:
            yield Finding("reachable", PASS, told, None, NETWORK)
        ahead = clock_ahead_s(date, sent, came)
        if ahead is not None:
            yield clock_finding(ahead)

    def _asked(self, address: Address, url: str) -> tuple[int, str | None, float, float]:
        """Ask for the address without a credential; return status, date, and when it was sent and answered."""
        import httpx

        from energyctl.core.trace import trace_answer, trace_request

        with httpx.Client(
            timeout=self.session.timeout_s,
            follow_redirects=False,
            trust_env=not is_loopback(address.host),
            verify=trusted() if address.tls else False,
            headers={"User-Agent": f"energyctl/{__version__}"},
        ) as client:
            request = client.build_request("GET", f"{url}/")
            if self.session.options.verbose:
                trace_request(self.session, request)
            sent = time.time()
            answer: httpx.Response = client.send(request, stream=True)
            came = time.time()
            size = 0
            for chunk in answer.iter_raw():  # a server may take a connection that is cut for a fault
                size += len(chunk)
                if size > _LONGEST_READ:
                    break
            answer.close()
        if self.session.options.verbose:
            trace_answer(self.session, answer, b"", came - sent)
        return answer.status_code, answer.headers.get("date"), sent, came


def clock_ahead_s(date: str | None, sent: float, came: float) -> float | None:
    """Return the seconds that this machine is ahead of a server's ``Date``; 0 where it fits into the call.

    :param sent: when the request was sent and the answer came, by this machine's clock.
    """
    if date is None:
        return None
    try:
        there = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
    if sent - 1.0 <= there <= came:  # a Date has whole seconds
        return 0.0
    return (sent + came) / 2 - (there + 0.5)


def clock_finding(ahead_s: float) -> Finding:
    """Say whether this machine's clock is near enough to the server's, and how to set it."""
    away = abs(ahead_s)
    if away <= BEARABLE_SKEW_S:
        told = f"This machine's clock is the server's, within {BEARABLE_SKEW_S:.0f} s."
        return Finding("clock", PASS, told, None, CREDENTIALS)
    side = "ahead of" if ahead_s > 0 else "behind"
    told = f"This machine's clock is {wait_text(away)} {side} the server's, by which tokens are judged."
    fix = f"Set the clock (NTP): {_SET_CLOCK.get(sys.platform, 'sudo timedatectl set-ntp true')}"
    return Finding("clock", FAIL if away > HARMFUL_SKEW_S else WARN, told, fix, CREDENTIALS)


def _is_number(host: str) -> bool:
    """Whether a host is an address already, which nobody need look up."""
    import ipaddress

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _proxy(address: Address) -> str | None:
    """Return the proxy that stands between, without what its address may hold of credentials."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    if is_loopback(address.host):
        return None
    known = getproxies()
    found = known.get("https" if address.tls else "http") or known.get("all")
    if not found or proxy_bypass(address.host):
        return None
    parts = urlsplit(found if "://" in found else f"http://{found}")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _reason(error: BaseException) -> str:
    if isinstance(error, EnergyctlError):
        return error.message.rstrip(".")
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return network_reason(error)
