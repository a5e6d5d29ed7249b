"""Kept files that are not what they were: commands that only read go on, say what they found, and mend it."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given

from energyctl.core.cache import Cache
from energyctl.core.endpoints import Endpoints
from energyctl.core.errors import ConfigProblem, EnergyctlError
from energyctl.core.health.kept import kept_findings
from energyctl.core.limits import Budget
from energyctl.core.openapi.document import Document
from energyctl.core.openapi.matching import match
from energyctl.core.openapi.store import SpecStore
from energyctl.core.profiles import Section, sandbox_facts
from energyctl.core.pseudonyms import kept_key
from energyctl.core.session import Session
from energyctl.core.tokens import Token, TokenKey
from energyctl.providers.emulate.keybook import KeyBook
from energyctl.providers.emulate.operations import OPERATIONS
from energyctl.providers.emulate.settings import SETTINGS
from tests.crash.damage import CONTENTS, KINDS, damages, spoil

_KEY = TokenKey("it", "emulate", "https://auth.example/ me")
_CONFIG = "profiles:\n  it:\n    emulate:\n      api_url: https://api.example\n      retailer_id: 42\n"
_DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Theirs", "version": "1"},
    "paths": {"/v1/customers": {"get": {"operationId": "list", "responses": {"200": {"description": "x"}}}}},
}


def _session(place: Path) -> Session:
    return Session(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        env={"ENERGYCTL_STATE_DIR": str(place / "state"), "ENERGYCTL_CONFIG": str(place / "config.yaml")},
    )


def _said(session: Session) -> str:
    return cast("io.StringIO", session._stderr).getvalue()


def _section(session: Session) -> Section:
    return session.profile.section(SETTINGS)


def _fresh() -> Token:
    return Token("new", time.time(), time.time() + 3600)


# What each file is for: made, and used again after the damage. The use returns what is wrong with its result.


def _use_token(session: Session) -> bool:
    return session.tokens.get(_KEY, _fresh) in ("new", "kept")


def _make_token(session: Session) -> None:
    session.tokens.get(_KEY, lambda: Token("kept", time.time(), time.time() + 3600))


def _cache(session: Session) -> Cache:
    return Cache(session, provider="emporia", name="devices", account="me")


def _use_cache(session: Session) -> bool:
    found = _cache(session).read(60)
    _cache(session).write(["anew"])
    return found is None or isinstance(found[1], float)


def _make_book(session: Session) -> None:
    for number in range(5):
        KeyBook(session, _section(session)).remember(
            f"mark{number}", api="retailer", retailer_id=1, how="made"
        )


def _use_book(session: Session) -> bool:
    book = KeyBook(session, _section(session))
    book.remember("new", api="retailer", retailer_id=1, how="made")
    there = book.path.is_file() and not book.path.is_symlink()
    return not there or "new" in {one.fingerprint for one in book.all()}


def _store(session: Session) -> SpecStore:
    return SpecStore(session, _section(session))


def _make_import(session: Session) -> None:
    document = Document(_DOCUMENT)
    matches = match(OPERATIONS, document, chosen={"list_customers": "list"}, left_out=set(), base_path="")
    _store(session).keep(document, "theirs.yaml", matches)


def _use_import(session: Session) -> bool:
    path = Endpoints(session, _section(session), OPERATIONS).of("list_customers").path
    try:
        whole = _store(session).load() is not None
    except ConfigProblem as problem:
        return problem.code == "spec_damaged" and "spec import FILE" in str(problem.hint)
    return whole and path == "/v1/customers"


def _use_budget(session: Session) -> bool:
    budget = Budget(session, provider="emporia", account="me", limit=5)
    try:
        budget.take()
    except ConfigProblem as problem:  # a link, or a directory: whose, is not for us to say
        return problem.code == "limits_unusable" and bool(problem.hint)
    return budget.used().used >= 1


def _make_key(session: Session) -> None:
    kept_key(session.paths.state_dir)


def _use_key(session: Session) -> bool:
    try:
        return len(kept_key(session.paths.state_dir)) == 32
    except ConfigProblem as problem:  # other pseudonyms than yesterday's would be worse than none
        return problem.code == "key_unusable" and bool(problem.hint)


def _make_registry(session: Session) -> None:
    place = session.paths.state_dir / "sandbox"
    place.mkdir(parents=True)
    (place / "sandbox.json").write_text(
        json.dumps({"urls": {"rabot": "http://127.0.0.1:1"}, "credentials": {}})
    )


def _use_registry(session: Session) -> bool:
    try:
        return isinstance(sandbox_facts(session), dict)
    except EnergyctlError as problem:
        return bool(problem.hint)


def _use_config(session: Session) -> bool:
    try:
        return isinstance(session.config.profiles, dict)
    except ConfigProblem as problem:
        return bool(problem.hint)


def _nothing(_session: Session) -> None:
    return


FILES: dict[str, tuple[str, Callable[[Session], Any], Callable[[Session], bool]]] = {
    "token": ("state/tokens/*.json", _make_token, _use_token),
    "cache": ("state/cache/*.json", lambda session: _cache(session).write(list(range(50))), _use_cache),
    "key book": ("state/*.jsonl", _make_book, _use_book),
    "import": ("state/specs/*/*.jsonl", _make_import, _use_import),
    "call counts": ("state/limits.sqlite3", _use_budget, _use_budget),
    "key of pseudonyms": ("state/pseudonyms.key", _make_key, _use_key),
    "sandbox": ("state/sandbox/sandbox.json", _make_registry, _use_registry),
    "config": ("config.yaml", _nothing, _use_config),
}


def _made(place: Path, name: str) -> tuple[Path, Callable[[Session], bool]]:
    """Make a file and return it with its use."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "config.yaml").write_text(_CONFIG)
    pattern, make, use = FILES[name]
    make(_session(place))
    (path,) = place.glob(pattern)
    return path, use


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_stops_no_reading(tmp_path: Path, name: str, kind: str) -> None:
    path, use = _made(tmp_path, name)
    spoil(path, kind)
    if kind == "link":
        before = (target := path.readlink()).read_bytes()
    session = _session(tmp_path)
    assert use(session)
    assert use(_session(tmp_path)), _said(session)
    if kind == "link" and name != "config":
        assert target.read_bytes() == before  # nothing was written through it


@pytest.mark.parametrize("name", ["token", "cache", "key book", "import", "call counts"])
@given(damage=damages)
def test_whatever_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, name: str, damage: tuple[str, float]
) -> None:
    place = tmp_path_factory.mktemp("place")
    path, use = _made(place, name)
    kind, where = damage
    path.write_bytes(CONTENTS[kind](path.read_bytes(), where))
    assert use(_session(place))
    assert use(_session(place))
    shutil.rmtree(place)


#: Other bytes that could as well be right: of a random key, or in the free room of a database.
_CANNOT_KNOW = {
    ("key of pseudonyms", "zeroed"),
    ("key of pseudonyms", "scrambled"),
    ("call counts", "scrambled"),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in ("cache", "key book", "import", "call counts", "key of pseudonyms", "sandbox")
        for kind in ("cut off", "zeroed", "scrambled", "directory")
        if (name, kind) not in _CANNOT_KNOW
    ],
)
def test_doctor_names_it(tmp_path: Path, name: str, kind: str) -> None:
    path, _ = _made(tmp_path, name)
    state = tmp_path / "state"
    assert [one.status for one in kept_findings(state)] == ["pass"]
    spoil(path, kind)
    (found,) = kept_findings(state)
    assert (found.status, found.message.startswith(str(path.relative_to(state)))) == ("warn", True)
    assert found.fix


@pytest.mark.parametrize(
    "value", [10**400, 1e308, -1, None, "soon", [1], True], ids=lambda value: str(value)[:9]
)
@pytest.mark.parametrize(
    ("name", "field"), [("cache", "at"), ("token", "obtained_at"), ("token", "expires_at")]
)
def test_a_time_that_is_none(tmp_path: Path, name: str, field: str, value: Any) -> None:
    path, use = _made(tmp_path, name)
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    assert use(_session(tmp_path))


def test_an_import_that_is_damaged_is_told_with_every_command(tmp_path: Path) -> None:
    path, use = _made(tmp_path, "import")
    session = _session(tmp_path)
    assert use(session)
    assert _said(session) == ""
    spoil(path, "cut off", 0.1)
    use(session)
    assert "is damaged; Emulate is called by the tool's own table" in _said(session)


def test_a_torn_line_of_the_key_book_costs_no_other(tmp_path: Path) -> None:
    path, _ = _made(tmp_path, "key book")
    path.write_bytes(path.read_bytes()[:-20])
    book = KeyBook(_session(tmp_path), _section(_session(tmp_path)))
    book.remember("after it", api="retailer", retailer_id=1, how="made")
    assert [one.fingerprint for one in book.all()] == [*(f"mark{number}" for number in range(4)), "after it"]
