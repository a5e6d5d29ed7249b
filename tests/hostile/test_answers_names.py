"""Names of files as a server wishes them: they stay in their directory, are seen, and put nothing else away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.files import safe_file_name, told_apart
from tests.hostile.harness import Ended, execute
from tests.hostile.recording import moment
from tests.hostile.replay import surroundings
from tests.hostile.strategies import names
from tests.properties import few

PDF = b"%PDF-1.4 "
_JSON = "application/json"
#: The longest name that file systems take.
_LONGEST_NAME_BYTES = 255


def _check_name(name: str) -> None:
    assert name
    assert name.isprintable()
    assert len(name.encode()) <= _LONGEST_NAME_BYTES
    assert Path(name).name == name == PureWindowsPath(name).name
    assert not PureWindowsPath(name).is_reserved()
    assert not PureWindowsPath(f"{name.partition('.')[0].strip()}.x").is_reserved()
    assert name[0] not in ".- "
    assert name[-1] not in ". "
    assert not set(name) & set('/\\:*?"<>|~$%')


@given(names)
def test_any_wish_gives_a_name_that_stays_and_is_seen(wished: str) -> None:
    _check_name(safe_file_name(wished, fallback="fallback"))


@pytest.mark.parametrize(
    ("wished", "name"),
    [
        ("-.bashrc", "bashrc"),
        ("con .pdf", "fallback"),
        ("COM0", "fallback"),
        ("lpt¹.txt", "fallback"),
        (f"{'a' * 140}.{'b' * 9} c", f"{'a' * 37}.{'b' * 9}"),
        (f"{'ü' * 36} .{'b' * 90}", f"{'ü' * 36}.{'b' * 10}"),
    ],
)
def test_names_that_came_through_once(wished: str, name: str) -> None:
    assert safe_file_name(wished, fallback="fallback") == name


@given(st.lists(st.one_of(names, st.sampled_from(("a.pdf", "A.pdf", "a-2.pdf", "ß", "SS", "b"))), max_size=6))
def test_names_are_told_apart(wished: list[str]) -> None:
    taken: set[str] = set()
    found = [told_apart(safe_file_name(one, fallback="fallback"), taken) for one in wished]
    assert len({one.casefold() for one in found}) == len(wished)
    for name in found:
        _check_name(name)


def _download(words: tuple[str, ...], bodies: dict[str, Any], place: Path) -> Ended:
    """Run a download into ``place``; what is no list is a file whose content is the end of its address."""

    def serve(request: Any) -> tuple[int, str, bytes]:
        if (body := bodies.get(request.url.path)) is not None:
            return 200, _JSON, json.dumps(body).encode()
        return 200, "application/pdf", PDF + request.url.raw_path

    return execute(
        (*words, "--to", str(place), "-o", "json"),
        env=surroundings(),
        moment=moment(),
        server=serve,
        service=lambda _: b"",
    )


_TOKEN = {"access_token": "token", "expires_in": 3600, "token_type": "Bearer", "scope": "api:partner"}


def _documents(wishes: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"fileId": f"{number:08}-{number}", "name": name, "documentType": "Settlement", "extension": ending}
        for number, (name, ending) in enumerate(wishes)
    ]


def _rabot(wishes: list[tuple[str, str]], place: Path, *more: str) -> Ended:
    path = "/partner/v1/customers/1/contracts/2/documents"
    bodies = {"/connect/token": _TOKEN, path: {"isSuccess": True, "data": _documents(wishes)}}
    return _download(("rabot", "documents", "download", "1", "2", "--all", *more), bodies, place)


def _bright(ids: list[str], place: Path, *more: str) -> Ended:
    rows = [{"invoiceId": one} for one in ids]
    bodies = {"/kit/v1/accounts/A/invoices": {"values": rows, "pagination": None}}
    return _download(("bright", "invoices", "download", "--account", "A", "--all", *more), bodies, place)


def _tree(place: Path) -> Iterator[Path]:
    return (one.relative_to(place) for one in sorted(place.rglob("*")))


def _check_saved(ended: Ended, count: int, place: Path) -> None:
    """Check that there is a file for each row said to be saved, that nothing else changed, and where they are."""
    rows = json.loads(ended.out)
    saved = [row for row in rows if row["outcome"] == "saved"]
    assert len(rows) == count
    assert ended.code == (0 if len(saved) == count else 12)
    files = list(_tree(place / "into"))
    assert sorted(Path(row["path"]).name for row in saved) == [str(one) for one in files]
    assert list(_tree(place)) == [Path("into"), *(Path("into") / one for one in files)]
    assert len({(place / "into" / one).read_bytes() for one in files}) == len(files)
    for one in files:
        _check_name(one.name)


@few
@given(
    st.lists(
        st.tuples(names, st.sampled_from((".pdf", "pdf", "", "/x", ".exe\u202e"))), min_size=1, max_size=4
    )
)
def test_documents_stay_in_their_directory_and_apart(wishes: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        place = Path(home)
        _check_saved(_rabot(wishes, place / "into", "--force"), len(wishes), place)


@few
@given(st.lists(names, min_size=1, max_size=4, unique=True))
def test_invoices_stay_in_their_directory_and_apart(ids: list[str]) -> None:
    with tempfile.TemporaryDirectory() as home:
        place = Path(home)
        _check_saved(_bright(ids, place / "into", "--force"), len(ids), place)


def test_one_name_for_many_is_many_files(tmp_path: Path) -> None:
    wishes = [("same", ".pdf"), ("same", ".pdf"), ("SAME.pdf", ".pdf"), ("00000001-same", ".pdf")]
    _check_saved(_rabot(wishes, tmp_path / "into", "--force"), 4, tmp_path)


def test_ids_that_end_alike_are_many_files(tmp_path: Path) -> None:
    _check_saved(_bright(["2026/1", "2025/1", "2024\\1"], tmp_path / "into", "--force"), 3, tmp_path)


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    (tmp_path / "same.pdf").write_bytes(b"mine")
    ended = _rabot([("same", ".pdf"), ("../same", ".pdf")], tmp_path)
    first, second = json.loads(ended.out)
    assert (ended.code, first["outcome"], second["outcome"]) == (12, "failed", "saved")
    assert (tmp_path / "same.pdf").read_bytes() == b"mine"


def test_contracts_with_documents_of_one_name_keep_them_all(tmp_path: Path) -> None:
    contracts = [{"contractNumber": "2"}, {"contractNumber": "3"}]
    path = "/partner/v1/customers/1/contracts"
    document = {"fileId": "f", "name": "Settlement", "documentType": "Settlement"}
    bodies: dict[str, Any] = {"/connect/token": _TOKEN, path: contracts}
    bodies |= {f"{path}/{one}/documents": [document] for one in ("2", "3")}
    ended = _download(
        ("invoices", "download", "--all", "--customer", "1", "--force"), bodies, tmp_path / "into"
    )
    _check_saved(ended, 2, tmp_path)


def test_an_invoice_without_an_id_is_told_and_costs_no_other(tmp_path: Path) -> None:
    ended = _bright(["one", " ", "three"], tmp_path / "into")
    assert ended.code == 12
    rows = json.loads(ended.out)
    assert [row["outcome"] for row in rows] == ["saved", "failed", "saved"]
    assert (rows[1]["invoice_id"], rows[1]["message"]) == (None, "The invoice came without an id.")
    assert sorted(one.name for one in (tmp_path / "into").iterdir()) == [
        "invoice-one.pdf",
        "invoice-three.pdf",
    ]
