"""Hostile answers over a real socket, through a process of its own."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import yaml

from energyctl.core.reference.topics import topic
from tests.hostile.oracle import acting, live
from tests.hostile.strategies import TEXTS
from tests.partner import Partner, Reply

_TARIFFS = ("rabot", "tariffs", "list")
_ROWS = [{"tariffKey": f"{number}", "tariffName": text, text: None} for number, text in enumerate(TEXTS)]


def test_every_known_trick_in_every_format(env: dict[str, str], home: Path) -> None:
    with Partner(tariffs=Reply(_ROWS)) as partner:
        client = partner.client(env, home)
        done = {wish: client(*_TARIFFS, "-o", wish) for wish in ("json", "yaml", "csv", "tsv", "table")}
    assert {one.code for one in done.values()} == {0}
    assert not [wish for wish, one in done.items() if acting(one.out, but="\n\t" if wish == "tsv" else "\n")]
    assert done["json"].json == json.loads(json.dumps(_ROWS))
    printed = yaml.safe_load(done["yaml"].out)
    assert [row["tariffName"] for row in printed if "\ufffd" not in row["tariffName"]] == [
        text for text in TEXTS if not any("\ud800" <= char <= "\udfff" for char in text)
    ]
    cells = list(csv.reader(io.StringIO(done["csv"].out, newline=""), strict=True))
    assert {len(row) for row in cells} == {3}
    assert len(cells) == len(_ROWS) + 1
    assert not [cell for row in cells for cell in row if live(cell)]


def test_only_csv_has_the_apostrophe(env: dict[str, str], home: Path) -> None:
    values = {"=1+1": "'=1+1", "-1.5": "-1.5", "+46 70 123": "+46 70 123", "@x": "'@x", "\tx": "\\tx"}
    rows = [{"tariffKey": "-7", "tariffName": value, "providerName": -7} for value in values]
    with Partner(tariffs=Reply(rows)) as partner:
        client = partner.client(env, home)
        cells = list(csv.reader(io.StringIO(client(*_TARIFFS, "-o", "csv").out)))
        assert cells[1:] == [["-7", shown, "-7"] for shown in values.values()]
        assert [row["tariffName"] for row in client(*_TARIFFS, "-o", "tsv").rows][:2] == ["=1+1", "-1.5"]
        assert client(*_TARIFFS, "-o", "json").json == rows
        assert client(*_TARIFFS, "-o", "csv", "--query", "[0].tariffName").out == "'=1+1\n"
    formats, *_ = topic("output").parts
    assert "apostrophe" in dict(formats.rows)["csv"]
