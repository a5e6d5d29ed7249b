"""What earlier runs and a sandbox have left, damaged in any way: no obstacle, or said to be damaged."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.endpoints import Endpoints, pins_file, read_pins
from energyctl.core.errors import EnergyctlError
from energyctl.core.listing import Pinned
from energyctl.core.openapi.store import SpecStore
from energyctl.core.profiles import sandbox_facts
from energyctl.providers import PROVIDERS, settings_of
from energyctl.providers.emulate.keybook import KeyBook
from energyctl.providers.emulate.operations import OPERATIONS
from energyctl.providers.emulate.settings import SETTINGS
from tests.hostile_inputs.mutations import JSON, as_bytes, changed, spliced
from tests.hostile_inputs.promise import HOME, new_session, taken_or_refused
from tests.properties import few

RECORD = {
    "facts": {"title": "x", "version": "1", "source": "f", "sha256": "0", "imported_at": "now", "operations": 1},
    "pins": {
        "list_devices": {"method": "GET", "path": "/d/{id}", "operationId": "o", "names": {"who": ["path", "id"]}},
    },
    "paging": {"list_devices": {"style": "offset", "offset": "skip", "limit": "take", "size": 5}},
    "values": {"partner": "me"},
}  # fmt: skip
FACTS = {
    "id": "s1",
    "urls": {"emulate": "http://127.0.0.1:9", "rabot": "http://127.0.0.1:9", "emporia": "127.0.0.1:9"},
    "credentials": {
        "emulate": {"retailer_id": 42, "retailer_key": "k", "keys_file": "/none"}, "rabot": {"client_id": "a"},
    },
    "ca_file": "/none",
}  # fmt: skip
BOOK = {
    "fingerprint": "SHA256:x",
    "system": "s",
    "environment": "e",
    "api": "retailer",
    "retailer_id": 1,
    "how": "made",
}
CONFIG = "profiles: {w: {emulate: {environment: staging}}, s: {%s}}"


def kept(data: st.SearchStrategy[Any], whole: Any) -> st.SearchStrategy[bytes]:
    """The bytes of a record of which something is wrong."""
    text = json.dumps(whole)
    return (
        data.map(lambda one: json.dumps(one).encode())
        | spliced(text).map(lambda one: one.encode("utf-8", "surrogatepass"))
        | as_bytes(text)
        | st.just(b"[" * 50_000)
    )


def session_with(profile: str) -> Any:
    sections = ", ".join(f"{name}: {{environment: sandbox}}" for name in PROVIDERS)
    (HOME / "config.yaml").write_text(CONFIG % sections)
    session = new_session({"ENERGYCTL_SANDBOX_DIR": str(HOME), "ENERGYCTL_PROFILE": profile})
    (HOME / "state").mkdir(mode=0o700, exist_ok=True)
    return session


@few
@given(kept(changed(RECORD, JSON), RECORD))
def test_the_record_of_an_import(content: bytes) -> None:
    session = session_with("w")
    section = session.profile.section(SETTINGS)
    file = pins_file(session, section)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.parent.parent.chmod(0o700)
    file.write_bytes(content + b"\n{}\n")
    file.chmod(0o600)
    endpoints = Endpoints(session, section, OPERATIONS)
    for one in endpoints:
        assert one.path.startswith("/")
        taken_or_refused(lambda one=one: endpoints.request(one.operation.id, {"customer_id": "C-1"}))
    for paging in (read_pins(file).get("paging") or {}).values():
        found = taken_or_refused(lambda paging=paging: Pinned.read(paging, "emulate spec"))
        assert not isinstance(found, Pinned) or found.first >= 0
    store = SpecStore(session, section)
    assert isinstance(store.facts(), dict)
    assert all(isinstance(one, str) for one in store.values().values())
    assert all(pin["operationId"] for pin in store.pins().values() if pin["operationId"])
    assert isinstance(taken_or_refused(store.load, exits=(13,)), EnergyctlError)  # the checksum tells


@few
@given(kept(changed(FACTS, JSON), FACTS))
def test_what_a_sandbox_says_of_itself(content: bytes) -> None:
    (HOME / "sandbox.json").write_bytes(content)
    session = session_with("s")
    assert isinstance(sandbox_facts(session), dict)
    for name in PROVIDERS:
        section = session.profile.section(settings_of(name))
        section.identity()
        for field in section.settings.fields:
            taken_or_refused(lambda section=section, field=field: section.setting(field.name))
            if field.kind == "url":
                taken_or_refused(lambda section=section, field=field: section.url(field.name))
            if field.kind == "secret":
                section.secret_mark(field.name)
                taken_or_refused(
                    lambda section=section, field=field: session.credentials.secret(section, field.name)
                )


@few
@given(st.lists(kept(changed(BOOK, JSON), BOOK), max_size=3).map(b"\n".join))
def test_the_book_of_keys(content: bytes) -> None:
    session = session_with("w")
    section = session.profile.section(SETTINGS)
    book = KeyBook(session, section)
    book.path.write_bytes(content)
    book.path.chmod(0o600)
    for one in book.all():
        assert one.fingerprint
        assert one.retailer_id is None or isinstance(one.retailer_id, int)
    book.remember("SHA256:y", api="retailer", retailer_id=1, how="made")
    assert [one.how for one in book.of("SHA256:y")] == ["made"]
