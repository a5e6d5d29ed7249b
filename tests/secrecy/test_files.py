"""Files that the tool keeps: private whatever the umask, through no link, in no directory of another user.

A hard link is the file itself: nobody else can make one in a private directory, so that none is refused.
"""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring.backends.null
import pytest

from energyctl.commands.config import _write
from energyctl.commands.doctor.bundle import write_bundle
from energyctl.core import files
from energyctl.core.cache import Cache, CompletionList
from energyctl.core.endpoints import read_pins
from energyctl.core.errors import ConfigProblem, EnergyctlError, UsageProblem
from energyctl.core.files import create_private, make_directory, save_download
from energyctl.core.health.setup import Setup
from energyctl.core.health.state import state_findings
from energyctl.core.limits import Budget
from energyctl.core.openapi.document import Document
from energyctl.core.openapi.store import SpecStore
from energyctl.core.pseudonyms import kept_key
from energyctl.core.session import Session
from energyctl.core.tokens import Token, TokenKey
from energyctl.core.writes import Writes
from energyctl.providers import PROVIDERS, settings_of
from energyctl.providers.bright.refreshtoken import RefreshToken
from energyctl.providers.emulate.keybook import KeyBook

KEY = TokenKey("daily", "p", "https://auth.example id")
CONFIG = """\
profiles:
  daily:
    emulate: {api_url: "https://emulate.example", retailer_id: 42}
    bright: {base_url: "https://kit.example", auth: oauth, client_id: bright, refresh_token: "file:refresh"}
"""


class Keeper:
    """Everything that keeps a file in the state directory, by what it keeps; and what reads it again."""

    def __init__(self, state: Path) -> None:
        self.state = state
        config = state.parent / "config.yaml"
        config.write_text(CONFIG)
        streams = {name: io.StringIO() for name in ("stdin", "stdout", "stderr")}
        env = {"ENERGYCTL_STATE_DIR": str(state), "ENERGYCTL_CONFIG": str(config)}
        self.session = session = Session(**streams, env=env)
        self.emulate = session.profile.section(settings_of("emulate"))
        self.bright = session.profile.section(settings_of("bright"))
        self.budget = Budget(session, provider="p", account="a", limit=1000)
        self.cache = Cache(session, provider="p", name="devices", account="a")
        self.book = KeyBook(session, self.emulate)
        self.store = SpecStore(session, self.emulate)

    @property
    def said(self) -> str:
        """What the user was told."""
        return self.session._stderr.getvalue()  # type: ignore[attr-defined, no-any-return]

    def keep(self, what: str) -> None:
        """Keep something."""
        getattr(self, f"_keep_{what}")()

    def kept(self) -> dict[str, Any]:
        """Return what is read again; what cannot be read is None."""
        token = self.session.tokens.peek(KEY)
        try:
            key = kept_key(self.state).hex()
        except ConfigProblem:
            key = None
        return {
            "token": token.value if token else None,
            "cache": (self.cache.read(1e9) or (None,))[0],
            "book": [one.fingerprint for one in self.book.all()],
            "spec": read_pins(self.store.path).get("facts", {}).get("title"),
            "pseudonyms": key,
        }

    def _keep_token(self) -> None:
        self.session.tokens.get(KEY, lambda: Token("mine", 0.0, None), rejected="mine")

    def _keep_calls(self) -> None:
        self.budget.take()

    def _keep_writes(self) -> None:
        names = ("profile", "provider", "environment", "system", "operation", "target", "effect", "digest")
        self.session.journal.add(self.session.journal.intend(**dict.fromkeys(names, "x")), "sending")

    def _keep_cache(self) -> None:
        self.cache.write("mine")

    def _keep_list(self) -> None:
        CompletionList("devices").write(self.session, [("mine", "")])

    def _keep_book(self) -> None:
        self.book.remember("mine", api="retailer", retailer_id=42, how=f"seen {os.urandom(4).hex()}")

    def _keep_spec(self) -> None:
        raw = {"openapi": "3.1.0", "info": {"title": "mine", "version": "1"}, "paths": {}}
        self.store.keep(Document(raw), "openapi.json", [])

    def _keep_lock(self) -> None:
        with Writes(self.session, self.emulate)._alone("key"):
            pass

    def _keep_refresh_lock(self) -> None:
        with RefreshToken(self.session, self.bright).alone():
            pass

    def _keep_keyring(self) -> None:
        self.session.credentials._remember(self.state / "keyring-backend", keyring.backends.null.Keyring())
        memory = type("Own", (), {"__module__": "own.ring"})()
        self.session.credentials._remember(self.state / "keyring-backend", memory)

    def _keep_pseudonyms(self) -> None:
        kept_key(self.state)


KINDS = [name.removeprefix("_keep_") for name in vars(Keeper) if name.startswith("_keep_")]
#: Every name below the state directory; the test that makes them all compares.
MADE = {
    "token": ("tokens", "tokens/{}.json", "tokens/{}.lock"),
    "calls": ("limits.sqlite3",),
    "writes": ("journal.sqlite3",),
    "cache": ("cache", "cache/{}.json"),
    "list": ("completion", "completion/devices"),
    "book": ("emulate-keys.jsonl",),
    "spec": ("specs", "specs/daily", "specs/daily/emulate.jsonl", "completion", "completion/emulate-operations"),
    "lock": ("locks", "locks/{}.lock"),
    "refresh_lock": ("locks", "locks/refresh-{}.lock"),
    "keyring": ("keyring-backend",),
    "pseudonyms": ("pseudonyms.key",),
}  # fmt: skip


def _below(place: Path) -> dict[str, os.stat_result]:
    return {str(path.relative_to(place)): path.lstat() for path in sorted(place.rglob("*"))}


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    former = os.umask(request.param)
    yield request.param
    os.umask(former)


def _modes(place: Path) -> dict[str, int]:
    """Return the modes that are not those of a private directory or file."""
    found = {".": place.lstat(), **_below(place)}
    wrong = {}
    for name, facts in found.items():
        mode = stat.S_IMODE(facts.st_mode)
        if mode != (0o700 if stat.S_ISDIR(facts.st_mode) else 0o600):
            wrong[name] = mode
    return wrong


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777], indirect=True, ids=oct)
def test_all_that_is_kept_is_private(tmp_path: Path, umask: int) -> None:
    former = os.umask(0o022)
    keeper = Keeper(tmp_path / "state")
    (tmp_path / "downloads").mkdir()
    os.umask(former)
    for kind in KINDS:
        before = set(_below(keeper.state)) if keeper.state.exists() else set()
        keeper.keep(kind)
        made = set(_below(keeper.state)) - before
        patterns = {name.split("{}")[0] for name in MADE[kind]}
        assert all(any(name.startswith(one) for one in patterns) for name in made), (kind, made)
    assert _modes(keeper.state) == {}
    config = tmp_path / "new/config/energyctl/config.yaml"
    _write(config, CONFIG, force=False)
    assert _modes(tmp_path / "new") == {}
    _write(config, CONFIG)
    setup = Setup(keeper.session, {name: settings_of(name) for name in PROVIDERS})
    write_bundle(keeper.session, tmp_path / "bundle.json", setup, [])
    assert stat.S_IMODE((tmp_path / "bundle.json").stat().st_mode) == 0o600
    make_directory(tmp_path / "downloads/2027")
    for force in (False, True):
        save_download(tmp_path / "downloads/2027/invoice.pdf", [b"x"], force=force)
    modes = [stat.S_IMODE(one.st_mode) for one in _below(tmp_path / "downloads").values()]
    assert modes == [0o777 & ~umask, 0o666 & ~umask], "the user's own files are as the user's umask says"


def _poisoned(victim: Path) -> None:
    """Write into files what must not be believed, in the form in which it would be."""
    for path in victim.rglob("*") if victim.is_dir() else [victim]:
        if path.suffix in (".json", ".jsonl", ".key", "") and path.is_file():
            path.write_bytes(path.read_bytes().replace(b"mine", b"evil"))
        if path.suffix == ".key":
            path.write_bytes(b"\x00" * 32)


def _names(state: Path, kind: str) -> list[str]:
    """Return the real names behind those of ``MADE``."""
    found = []
    for name in MADE[kind]:
        begin, _, end = name.partition("{}")
        found += [
            one
            for one in _below(state)
            if one.startswith(begin) and one.endswith(end) and (end or one == name)
        ]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_read_or_written_through_a_link(tmp_path: Path, kind: str) -> None:
    first = Keeper(tmp_path / "state")
    first.keep(kind)
    first.kept()
    assert len(_names(first.state, kind)) >= len(MADE[kind])
    for turn, name in enumerate(_names(first.state, kind)):
        place = tmp_path / str(turn)
        shutil.copytree(first.state, place / "state", symlinks=True)
        shutil.move(place / "state" / name, place / "victim")
        _poisoned(place / "victim")
        (place / "state" / name).symlink_to(place / "victim")
        before = _facts(place / "victim")
        keeper = Keeper(place / "state")
        assert "evil" not in str(keeper.kept()), name
        assert keeper.kept()["pseudonyms"] != "00" * 32
        if (place / "state" / name).is_symlink():  # told by the health checks as long as it is one
            told = [one.message for one in state_findings(keeper.session) if one.status in ("warn", "fail")]
            assert any(str(place / "state" / name) in one or name in one for one in told), (name, told)
        refused = _refused(keeper, kind)
        assert refused is None or str(place / "state") in refused, refused
        assert _facts(place / "victim") == before, f"{name} was followed"
        assert "evil" not in str(keeper.kept()), name


def _refused(keeper: Keeper, kind: str) -> str | None:
    """Try to keep something; return what is said when that is refused, with what to do about it."""
    try:
        keeper.keep(kind)
    except EnergyctlError as error:
        return f"{error.message} {error.hint}"
    return None


def _facts(place: Path) -> Any:
    """Return what a change would alter, of a file or a directory with what is in it."""
    paths = [place, *sorted(place.rglob("*"))]
    return [
        (path.name, one.st_mode, one.st_mtime_ns, one.st_size, path.read_bytes() if path.is_file() else b"")
        for path in paths
        for one in [path.lstat()]
    ]


def test_the_state_directory_itself_may_not_be_a_link(tmp_path: Path) -> None:
    real = Keeper(tmp_path / "real")
    for kind in KINDS:
        real.keep(kind)
    kept = _facts(real.state)
    (tmp_path / "state").symlink_to(real.state)
    keeper = Keeper(tmp_path / "state")
    told = [one for kind in KINDS if (one := _refused(keeper, kind))]
    assert len([one for one in told if "symbolic link" in one]) == len(told) >= 4, told
    assert keeper.kept() == {"token": None, "cache": None, "book": [], "spec": None, "pseudonyms": None}
    assert _facts(real.state) == kept
    assert "Tokens are not kept" in keeper.said


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("whose", ["directory", "file"])
def test_what_belongs_to_another_user_is_not_used(tmp_path: Path, whose: str) -> None:
    first = Keeper(tmp_path / "state")
    for kind in KINDS:
        first.keep(kind)
    for path in [first.state, *first.state.rglob("*")]:
        if path.is_dir() == (whose == "directory"):
            os.chown(path, 12345, 12345)
    theirs = _facts(first.state)
    keeper = Keeper(tmp_path / "state")
    found = keeper.kept()
    assert (found["token"], found["cache"], found["book"], found["spec"]) == (None, None, [], None)
    told = [one for kind in KINDS if (one := _refused(keeper, kind))]
    if whose == "directory":
        assert len([one for one in told if "belongs to another user (uid 12345)" in one]) == len(told) >= 4
        assert _facts(first.state) == theirs
        assert "Tokens are not kept" in keeper.said
    else:
        named = [one for one in told if "is not a file of your own" in one]
        assert len(named) >= 2, (
            told
        )  # the journal and the budget; the others are replaced by files of one's own
        for name in ("limits.sqlite3", "journal.sqlite3"):
            assert (first.state / name).stat().st_uid == 12345


def test_a_file_system_without_links_keeps_files_whole_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(files.os, "link", no_links)
    create_private(tmp_path / "key", b"one")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "key", b"two")
    assert save_download(tmp_path / "a.pdf", [b"x"]) == 1
    with pytest.raises(UsageProblem):
        save_download(tmp_path / "a.pdf", [b"y"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"key": b"one", "a.pdf": b"x"}


def test_the_bundle_says_what_is_a_link(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "state")
    keeper.keep("cache")
    (tmp_path / "state/cache/link.json").symlink_to(tmp_path / "elsewhere")
    found = {one.check: one for one in state_findings(keeper.session)}["state_permissions"]
    assert found.status == "warn"
    assert "cache/link.json" in found.message
    assert json.dumps(found.as_row())
