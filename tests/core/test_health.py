"""The checks of this machine and of the way to a provider, each provoked."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Callable
from email.utils import formatdate
from importlib import metadata
from pathlib import Path

import pytest

from energyctl.core.errors import Unreachable
from energyctl.core.health import installed
from energyctl.core.health.certificates import tls_finding
from energyctl.core.health.findings import Finding, within
from energyctl.core.health.network import clock_ahead_s, clock_finding
from energyctl.core.health.state import state_findings
from energyctl.core.journal import Journal
from energyctl.core.session import Session
from tests.tls import authority, pem, tls_server, write_certificate

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("clauses", "version", "fits"),
    [
        (">=0.28,<1", "0.28.1", True),
        (">=0.28,<1", "1.0", False),
        (">=0.28,<1", "0.27.9", False),
        (">=25", "25", True),
        (">=25.0", "25", True),
        ("<0.29,>=0.28", "0.28.10", True),
        ("==2.*", "2.9", True),
        ("==2.*", "3.0", False),
        ("!=1.5", "1.5.0", False),
        ("~=1.4.2", "1.4.9", True),
        ("~=1.4.2", "1.5.0", False),
        (">1,<=2", "2.0.0", True),
        (">1", "1.0", False),
        (">=2", "10.0rc1", True),
        ("", "0.1", True),
        ("@ https://example.org/x.whl", "0.1", True),
    ],
)
def test_versions_are_compared_by_their_numbers(clauses: str, version: str, fits: bool) -> None:
    assert installed.satisfies(version, clauses) is fits


def test_what_is_declared_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = [
        "httpx<1,>=0.28",
        "rich>=999",
        "no-such-package-here>=1",
        "no-such-tool; extra == 'dev'",
        "no-such-server; extra == 'sandbox'",
        "energyctl[sandbox]; extra == 'dev'",
    ]
    monkeypatch.setattr(metadata, "requires", lambda _: declared)
    assert {one.name: one.fits for one in installed.packages()} == {
        "httpx": True,
        "rich": False,
        "no-such-package-here": False,
    }
    told = {one.status: one for one in installed.version_findings() if one.check == "packages"}
    assert "no-such-package-here" in told["fail"].message
    assert "rich" in told["warn"].message
    assert "energyctl" in f"{told['fail'].fix}"


# -- the clock ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server_s", "took_s", "ahead_s"),
    [
        (0, 0.1, 0.0),
        (-1, 0.1, 0.0),
        (5, 10, 0.0),
        (-600, 1, 600.0),
        (600, 1, -600.0),
        (12, 3, -11.0),
        (-2, 0, 1.5),
    ],
)
def test_the_clock_is_compared_with_what_the_call_took(server_s: int, took_s: float, ahead_s: float) -> None:
    """A Date has whole seconds, and a slow answer must not look like a clock that is wrong."""
    date = formatdate(NOW + server_s, usegmt=True)
    assert clock_ahead_s(date, NOW, NOW + took_s) == pytest.approx(ahead_s)


def test_a_server_without_a_usable_date() -> None:
    assert clock_ahead_s(None, NOW, NOW) is None
    assert clock_ahead_s("soon", NOW, NOW) is None


@pytest.mark.parametrize(
    ("ahead_s", "status", "said"),
    [
        (4.9, "pass", "within 5 s"),
        (6, "warn", "6 s ahead of"),
        (-59, "warn", "59 s behind"),
        (61, "fail", "1 min 1 s ahead of"),
        (-600, "fail", "10 min behind"),
    ],
)
def test_a_clock_is_warned_of_and_then_fails(ahead_s: float, status: str, said: str) -> None:
    found = clock_finding(ahead_s)
    assert (found.status, said in found.message) == (status, True)
    assert status == "pass" or "NTP" in f"{found.fix}"


# -- certificates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "host", "trusted", "status", "said", "fix"),
    [
        (30.5, "127.0.0.1", True, "pass", "ends in 30 days", ""),
        (13.5, "127.0.0.1", True, "warn", "ends in 13 days", "Tell the provider"),
        (-3, "127.0.0.1", True, "fail", "it expired 3 d ago", "date -u"),
        (120, "127.0.0.1", True, "fail", "only holds from", "date -u"),
        (30, "other.example", True, "fail", "for another name (other.example)", "config show"),
        (
            30,
            "127.0.0.1",
            False,
            "fail",
            "authority (CN=the test's authority) is not trusted",
            "SSL_CERT_FILE",
        ),
        (-3, "127.0.0.1", False, "fail", "it expired 3 d ago", "SSL_CERT_FILE"),
    ],
)
def test_a_certificate_is_judged(
    tmp_path: Path, days: float, host: str, trusted: bool, status: str, said: str, fix: str
) -> None:
    signer = authority()
    file = write_certificate(tmp_path / "server.pem", signer, ends_in_days=days, host=host)
    context = ssl.create_default_context()
    if trusted:
        context.load_verify_locations(cadata=pem(signer[1]))
    with tls_server(file) as port:
        found = tls_finding("127.0.0.1", port, context=context, limit_s=30, trusts="SSL_CERT_FILE")
    assert (found.check, found.status, found.kind) == ("tls", status, "network")
    assert said in found.message
    assert fix in f"{found.fix}"


def test_a_server_that_does_not_speak_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        context = ssl.create_default_context()
        found = tls_finding("127.0.0.1", port, context=context, limit_s=0.2, trusts="SSL_CERT_FILE")
    assert (found.status, "no answer in time" in found.message) == ("fail", True)


# -- the state directory -----------------------------------------------------------------------------------------


def _state(directory: Path) -> dict[str, Finding]:
    session = Session(env={"ENERGYCTL_STATE_DIR": str(directory), "ENERGYCTL_CONFIG": "none.yaml"})
    return {one.check: one for one in state_findings(session)}


def _journal(directory: Path) -> Path:
    journal = Journal(directory / "journal.sqlite3")
    facts = ("profile", "provider", "environment", "system", "operation", "target", "effect", "digest")
    for number in range(50):
        journal.intend(**{name: f"{name} {number} " * 40 for name in facts})
    return directory / "journal.sqlite3"


def _spoilt_journal(directory: Path) -> None:
    path = _journal(directory)
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(raw)


def _not_sqlite(directory: Path) -> None:
    (directory / "journal.sqlite3").write_text("no database at all" * 100)
    (directory / "journal.sqlite3").chmod(0o600)


def _odd_token(directory: Path) -> None:
    (directory / "tokens").mkdir(mode=0o700)
    (directory / "tokens" / "rabot-1.json").write_text("{")
    (directory / "tokens" / "rabot-1.json").chmod(0o600)


def _wide_file(directory: Path) -> None:
    (directory / "limits.sqlite3").write_text("x")
    (directory / "limits.sqlite3").chmod(0o644)


def _wide_everything(directory: Path) -> None:
    _wide_file(directory)
    directory.chmod(0o755)


def _linked_journal(directory: Path) -> None:
    (directory / "journal.sqlite3").symlink_to(directory / "elsewhere")


def _whole(directory: Path) -> None:
    _journal(directory)


@pytest.mark.parametrize(
    ("provoke", "bad"),
    [
        (_whole, {}),
        (_spoilt_journal, {"journal": ("fail", "cannot be used", "mv ")}),
        (_not_sqlite, {"journal": ("fail", "cannot be used", "mv ")}),
        (
            _linked_journal,
            {
                "journal": ("fail", "symbolic link", "mv "),
                "state_permissions": ("warn", "symbolic link", "mv "),
            },
        ),
        (_odd_token, {"token_cache": ("warn", "rabot-1.json", "rm ")}),
        (_wide_file, {"state_permissions": ("warn", "limits.sqlite3 (0644)", "chmod -R go-rwx")}),
        (
            _wide_everything,
            {
                "state_directory": ("warn", "mode 0755", "chmod 700"),
                "state_permissions": ("fail", "limits.sqlite3", "chmod -R go-rwx"),
            },
        ),
    ],
)
def test_what_is_wrong_in_the_state_directory(
    tmp_path: Path, provoke: Callable[[Path], None], bad: dict[str, tuple[str, str, str]]
) -> None:
    directory = tmp_path / "state"
    directory.mkdir(mode=0o700)
    provoke(directory)
    before = {path: path.lstat().st_mode for path in (directory, *directory.rglob("*"))}
    found = _state(directory)
    assert set(found) == {
        "state_directory", "state_space", "state_permissions", "journal", "token_cache",
        "kept_files",
    }  # fmt: skip
    assert {name for name, one in found.items() if one.status != "pass"} == set(bad)
    for name, (status, said, fix) in bad.items():
        one = found[name]
        assert (one.status, said in one.message, fix in f"{one.fix}", one.kind) == (
            status,
            True,
            True,
            "config",
        )
    assert {path: path.lstat().st_mode for path in (directory, *directory.rglob("*"))} == before


def test_a_state_directory_that_cannot_serve(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").write_text("")
    for name, said in (("link", "symbolic link"), ("file", "not a directory")):
        found = _state(tmp_path / name)
        assert list(found) == ["state_directory"]
        assert (found["state_directory"].status, said in found["state_directory"].message) == ("fail", True)
    fresh = _state(tmp_path / "not" / "yet")
    assert set(fresh) == {"state_directory", "state_space"}
    assert {one.status for one in fresh.values()} == {"pass"}
    assert not (tmp_path / "not").exists()


# -- time --------------------------------------------------------------------------------------------------------


def test_a_check_that_has_no_end_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as never, pytest.raises(Unreachable) as told:
        within(0.05, never.accept, "the wait for nobody")
    assert "the wait for nobody within 0.05 s" in told.value.message
    assert within(60, lambda: 7, "a sum") == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // int(time.time() * 0), "a division")
