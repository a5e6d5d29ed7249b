"""Keeping an imported file: what the record says, and that a failure leaves the former one in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from energyctl.core.endpoints import Endpoints, Operation, by_name
from energyctl.core.errors import ConfigProblem
from energyctl.core.openapi import store as store_module
from energyctl.core.openapi.document import Document
from energyctl.core.openapi.matching import match
from energyctl.core.openapi.store import SpecStore
from energyctl.core.profiles import Section
from energyctl.core.session import Session
from energyctl.providers.emulate.settings import SETTINGS
from tests.core.openapi.apis import api

TABLE = by_name(
    [
        Operation("list_devices", "GET", "/devices"),
        Operation("get_device", "GET", "/devices/{deviceId}"),
        Operation("get_usage", "GET", "/devices/{deviceId}/usage", query=("from", "to")),
    ]
)
FILE = (
    "GET /assets?offset&limit listAssets",
    "GET /assets/{id} getAsset",
    "GET /assets/{id}/usage?start&end getAssetUsage",
    "POST /webhooks makeWebhook # Be told",
)
SERVERS = [{"url": "https://api.example.org/v2"}]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    config = tmp_path / "config.yaml"
    config.write_text("profiles:\n  it:\n    confirm: never\n")
    return Session(env={"ENERGYCTL_STATE_DIR": str(tmp_path / "state"), "ENERGYCTL_CONFIG": str(config)})


@pytest.fixture
def section(session: Session) -> Section:
    return session.profile.section(SETTINGS)


def kept(store: SpecStore, document: Document) -> None:
    matches = match(TABLE, document, chosen={}, left_out=set(), base_path=store.base_path)
    store.keep(document, "api.yaml", matches)


@pytest.mark.parametrize(
    ("base_path", "beginning"),
    [("", "/v2/assets"), ("/v2", "/assets"), ("/v1", "/v2/assets"), ("/v", "/v2/assets")],
)
def test_paths_count_from_the_address(
    session: Session, section: Section, base_path: str, beginning: str
) -> None:
    kept(SpecStore(session, section, base_path), api(*FILE, servers=SERVERS))
    endpoints = Endpoints(session, section, TABLE)
    assert [(one.source, one.path) for one in endpoints] == [
        ("spec", beginning),
        ("spec", f"{beginning}/{{id}}"),
        ("spec", f"{beginning}/{{id}}/usage"),
    ]
    request = endpoints.request("get_usage", {"deviceId": "7"}, query=[("from", "a"), ("to", "b")])
    assert (request.path, list(request.query)) == (f"{beginning}/7/usage", [("start", "a"), ("end", "b")])


def test_what_is_kept(session: Session, section: Section) -> None:
    store = SpecStore(session, section)
    assert (store.load(), store.facts(), store.pins()) == (None, {}, {})
    kept(store, api(*FILE))
    again = SpecStore(session, section)
    document = again.load()
    assert document is not None
    assert [one.operation_id for one in document.operations] == [
        *("listAssets", "getAsset", "getAssetUsage", "makeWebhook")
    ]
    facts = again.facts()
    assert {name: facts[name] for name in ("title", "version", "source", "operations", "counts")} == {
        "title": "An API",
        "version": "7",
        "source": "api.yaml",
        "operations": 4,
        "counts": {"moved": 3},
    }
    assert len(facts["sha256"]) == 64
    record = json.loads(store.path.read_bytes().splitlines()[0])
    assert record["paging"] == {
        "list_devices": {"style": "offset", "offset": "offset", "limit": "limit", "size": 100}
    }
    assert record["pins"]["get_device"] == {
        "method": "GET",
        "path": "/assets/{id}",
        "operationId": "getAsset",
        "names": {"deviceId": ["path", "id"]},
    }
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_completion_knows_both_names(session: Session, section: Section) -> None:
    store = SpecStore(session, section)
    kept(store, api(*FILE))
    listed = session.paths.state_dir / "completion" / "emulate-operations"
    assert "makeWebhook\tBe told" in listed.read_text().splitlines()
    assert any(line.startswith("get_device\t") for line in listed.read_text().splitlines())
    assert store.forget()
    assert not listed.exists()
    assert store.load() is None
    assert not store.forget()


def test_a_failure_leaves_the_former_import_in_force(
    session: Session, section: Section, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SpecStore(session, section)
    kept(store, api(*FILE))
    before = store.path.read_bytes()

    def write(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "write_private", write)
    with pytest.raises(ConfigProblem, match="No space left"):
        kept(store, api("GET /other/devices listDevices"))
    assert store.path.read_bytes() == before
    assert store.load() is not None


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"", None])
def test_a_damaged_file_is_told(session: Session, section: Section, content: bytes | None) -> None:
    store = SpecStore(session, section)
    kept(store, api(*FILE))
    record = store.path.read_bytes().splitlines(keepends=True)[0]
    store.path.write_bytes(b"" if content is None else record + content)
    with pytest.raises(ConfigProblem) as caught:
        store.load()
    assert caught.value.code == "spec_damaged"
    assert "spec import" in str(caught.value.hint)
