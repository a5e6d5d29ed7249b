"""Usage rows: values, units, sums, what is missing, how few calls it takes, and answers that do not fit."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from energyctl.core.errors import BadAnswer
from energyctl.providers.emporia.inventory import Inventory
from energyctl.providers.emporia.usage import (
    Bucket,
    Group,
    Part,
    Question,
    Sum,
    answered,
    converted,
    parts,
    series,
)
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.conftest import Run, Sandbox, start
from tests.providers.emporia.fleet import BERLIN_PANEL, OFFICE, PANEL, WALLBOX, WINDOW, Fleet

USAGE = ("emporia", "usage")
DAY = ("--from", "2026-06-01", "--to", "2026-06-02", "--tz", "utc")


def test_rows(run: Run, fleet: Fleet) -> None:
    rows = run(*USAGE, OFFICE, *DAY, "-o", "json").json
    assert len(rows) == 24
    assert list(rows[0]) == [
        "device_id", "device_name", "channel", "circuit", "start", "end", "energy_wh", "power_w", "status",
    ]  # fmt: skip
    assert (rows[0]["device_id"], rows[0]["circuit"], rows[0]["channel"]) == (fleet.id(OFFICE), OFFICE, 1)
    assert all(row["power_w"] == row["energy_wh"] for row in rows)
    quarters = run(*USAGE, OFFICE, *DAY, "--resolution", "15m", "-o", "json").json
    assert all(row["power_w"] == pytest.approx(4 * row["energy_wh"]) for row in quarters)
    minutes = run(*USAGE, OFFICE, *DAY, "--resolution", "1m", "-o", "json").json
    assert len(minutes) == 1440
    assert all(row["power_w"] == pytest.approx(60 * row["energy_wh"]) for row in minutes)
    sums = [sum(row["energy_wh"] for row in found) for found in (rows, quarters, minutes)]
    assert sums[1:] == pytest.approx([sums[0]] * 2)


def test_one_call_serves_the_whole_fleet(run: Run, fleet: Fleet) -> None:
    done = run(*USAGE, "--all", *DAY, "--channels", "all", "-o", "json")
    assert (done.code, done.err) == (0, "")
    (asked,) = fleet.calls("GetUsageData")
    assert len(asked["manufacturer_device_ids"]) == 24
    assert asked["channels"] == "ALL"
    channels = {row["channel"] for row in done.json if row["device_name"] == PANEL}
    assert channels == set(range(1, 20))
    solar = [
        row["energy_wh"] for row in done.json if row["device_name"] == PANEL and row["circuit"] == "Solar"
    ]
    assert min(solar) < -1000  # what the roof gives is negative
    missing = [row for row in done.json if row["device_name"] == WINDOW]
    assert len(missing) == 24


def test_the_order_is_the_order_of_the_ids(run: Run, fleet: Fleet) -> None:
    names = [OFFICE, BERLIN_PANEL, WALLBOX]
    done = run(*USAGE, "-", *DAY, "--tz", "site", "--resolution", "1d", "-o", "json", input="\n".join(names))
    assert list(dict.fromkeys(row["device_name"] for row in done.json)) == names
    empty = run(*USAGE, "-", *DAY, "-o", "json")
    assert (empty.code, empty.json) == (0, [])
    assert len(fleet.calls("GetUsageData")) == 1


@pytest.mark.parametrize(
    ("unit", "field", "factor"),
    [("Wh", "energy_wh", 1), ("kWh", "energy_kwh", 1e-3), ("W", "power_w", 4), ("kW", "power_kw", 4e-3)],
)
def test_units(run: Run, unit: str, field: str, factor: float) -> None:
    words = (OFFICE, *DAY, "--resolution", "15m", "-o", "json")
    plain = run(*USAGE, *words).json
    rows = run(*USAGE, *words, "--unit", unit).json
    assert [row[field] for row in rows] == pytest.approx([row["energy_wh"] * factor for row in plain])
    assert set(rows[0]) - {field} == set(plain[0]) - {"energy_wh", "power_w"}


def test_sums_count_mains_once(run: Run, fleet: Fleet) -> None:
    names = (PANEL, OFFICE, WINDOW)
    rows = run(*USAGE, *names, "--channels", "all", *DAY, "-o", "json").json

    def added(name: str, channels: set[int]) -> float:
        return sum(
            row["energy_wh"] or 0 for row in rows if row["device_name"] == name and row["channel"] in channels
        )

    words = (*names, "--channels", "all", *DAY, "-o", "json", "--sum")
    by_device = run(*USAGE, *words, "device").json
    panel, office, window = by_device
    assert panel["energy_wh"] == pytest.approx(added(PANEL, {1, 2, 3}))
    assert panel["power_w"] == pytest.approx(panel["energy_wh"] / 24)
    assert (panel["expected_values"], panel["observed_values"], panel["status"]) == (72, 72, "complete")
    assert office["energy_wh"] == pytest.approx(added(OFFICE, {1}))
    assert (panel["start"], panel["end"]) == ("2026-06-01T00:00:00+00:00", "2026-06-02T00:00:00+00:00")
    by_channel = run(*USAGE, *words, "channel").json
    assert [row["channel"] for row in by_channel] == [*range(1, 20), 1, 1]
    assert by_channel[3]["energy_wh"] == pytest.approx(added(PANEL, {4}))
    (total,) = run(*USAGE, *words, "total").json
    assert total["energy_wh"] == pytest.approx(sum(row["energy_wh"] or 0 for row in by_device))
    assert total["devices"] == 3
    assert (window["expected_values"], total["expected_values"]) == (24, 72 + 24 + 24)


def test_what_did_not_come_is_said(run: Run) -> None:
    words = (WINDOW, "--since", "3h", "-o", "json")
    rows = run(*USAGE, *words).json
    assert len(rows) in (2, 3, 4)
    assert {(row["energy_wh"], row["power_w"], row["status"]) for row in rows} == {(None, None, "missing")}
    (unit,) = {(row["power_kw"], row["status"]) for row in run(*USAGE, *words, "--unit", "kW").json}
    assert unit == (None, "missing")
    (summed,) = run(*USAGE, *words, "--sum", "device").json
    assert (summed["energy_wh"], summed["status"], summed["observed_values"]) == (None, "missing", 0)
    (both,) = run(*USAGE, OFFICE, *words, "--sum", "total").json
    assert both["status"] == "partial"
    table = run(*USAGE, WINDOW, "--since", "3h", "--unit", "kWh", "-o", "table")
    assert (table.code, "missing" in table.out) == (0, True)


def test_an_unknown_id_is_told_before_any_usage_is_asked_for(run: Run, fleet: Fleet) -> None:
    done = run(*USAGE, OFFICE, "P2FFFFFFFFFF", *DAY, "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (3, "", "not_found")
    assert run(*USAGE, "--all", OFFICE, *DAY).code == 2
    assert run(*USAGE, *DAY).code == 2
    assert "GetUsageData" not in fleet.calls()


def test_every_format_streams_the_same_rows(run: Run) -> None:
    words = (OFFICE, WALLBOX, *DAY)
    wanted = run(*USAGE, *words, "-o", "json").json
    lines = run(*USAGE, *words, "-o", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == wanted
    tsv = run(*USAGE, *words, "-o", "tsv").rows
    table = list(csv.DictReader(io.StringIO(run(*USAGE, *words, "-o", "csv").out)))
    for found in (tsv, table):
        assert [float(row["energy_wh"]) for row in found] == [row["energy_wh"] for row in wanted]
        assert list(found[0]) == list(wanted[0])


def test_a_limit_stops_early_and_a_closed_pipe_is_no_error(
    run: Run, env: dict[str, str], sandbox: Sandbox
) -> None:
    done = run(*USAGE, "--all", *DAY, "--limit", "3", "-o", "jsonl")
    assert (done.code, len(done.out.splitlines())) == (0, 3)
    process = start(
        *USAGE, "--all", "--since", "7d", "--resolution", "1m", "-o", "jsonl",
        env={**env, **sandbox.env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.readline()
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, b"")
    process.stderr.close()


def test_plot(run: Run) -> None:
    done = run(*USAGE, BERLIN_PANEL, "--day", "2026-10-25", "--tz", "site", "--resolution", "15m", "--plot")
    assert done.code == 0
    assert done.out.startswith(f"{BERLIN_PANEL} (Europe/Berlin) (W)\n")
    assert max(len(line) for line in done.out.splitlines()) <= 80
    assert "lowest" in done.out.splitlines()[-1]
    fleet = run(*USAGE, "--all", *DAY, "--plot", "--unit", "kWh").out
    assert fleet.startswith("24 devices")
    assert run(*USAGE, WINDOW, "--since", "3h", "--plot").code == 0


# -- pieces ----------------------------------------------------------------------------------------------------


def _buckets(count: int, start_at: int = 1_760_000_400, step: int = 900) -> list[Bucket]:
    edges = [start_at + index * step for index in range(count)]
    return [Bucket(at, at + step, str(at), str(at + step), step / 3600, True) for at in edges]


def _weight(part: Part, channels: int) -> int:
    return sum(len(group.buckets) * (channels * 8 + 5) + 80 for group in part.groups.values())


@pytest.mark.parametrize(("devices", "buckets"), [(1, 1), (1000, 96), (1000, 1440), (3, 20_000), (5000, 672)])
@pytest.mark.parametrize("everything", [False, True])
def test_parts_are_few_and_lose_nothing(
    monkeypatch: pytest.MonkeyPatch, devices: int, buckets: int, everything: bool
) -> None:
    most = 500_000
    monkeypatch.setattr("energyctl.providers.emporia.usage.WISHED_ANSWER", most)
    group = Group([f"A{number}" for number in range(devices)], _buckets(buckets, step=60))
    found = parts([group], group.ids, all_channels=everything)
    channels = 19 if everything else 3
    assert all(_weight(part, channels) <= most for part in found)
    asked: dict[str, list[Bucket]] = {}
    for part in found:
        for one, members in part.groups.items():
            asked.setdefault(one, []).extend(members.buckets)
    assert asked == dict.fromkeys(group.ids, group.buckets)
    least = devices * (buckets * (channels * 8 + 5) + 80) / most
    assert len(found) <= 2 * least + 1


def test_parts_of_nothing() -> None:
    assert parts([], [], all_channels=True) == []
    assert parts([Group(["A"], [])], ["A"], all_channels=True) == []


def test_an_answer_that_is_too_large_is_asked_for_in_halves() -> None:
    asked: list[list[str]] = []

    class Client:
        def usage(self, ids: list[str], *_: Any) -> Any:
            asked.append(list(ids))
            if len(ids) > 1:
                raise BadAnswer("too large", code="answer_too_large")
            return pb.DeviceUsageResponse(device_usages=[{"manufacturer_device_id": ids[0]}])

    question = Question("15m", False, datetime(2026, 1, 1, tzinfo=UTC), False)
    group = Group(["A", "B", "C"], _buckets(2))
    client: Any = Client()
    found = list(answered(client, Part(dict.fromkeys(group.ids, group)), question))
    assert [one for one, _, _ in found] == ["A", "B", "C"]
    assert asked == [["A", "B", "C"], ["A"], ["B", "C"], ["B"], ["C"]]


def _usage(stamps: list[int], **channels: list[float]) -> Any:
    return pb.DeviceUsageResponse.DeviceUsage(
        bucket_epoch_seconds=stamps,
        channel_usages=[
            {"channel": int(number.removeprefix("c")), "usages": values}
            for number, values in channels.items()
        ],
    )


def test_series_of_what_came() -> None:
    buckets = _buckets(3, start_at=900)
    nan, inf = float("nan"), float("inf")
    assert list(series(None, buckets, [1, 2])) == [(1, [None] * 3), (2, [None] * 3)]
    whole = _usage([900, 1800, 2700], c1=[1.0, nan, -2.5], c7=[inf, -inf, 0.0])
    assert list(series(whole, buckets, [1])) == [(1, [1.0, None, -2.5]), (7, [None, None, 0.0])]
    # Fewer, more and other buckets than expected, in any order.
    assert list(series(_usage([2700, 900], c1=[3.0, 1.0]), buckets, [1])) == [(1, [1.0, None, 3.0])]
    assert list(series(_usage([0, 900, 1800, 2700, 3600], c1=[9, 1, 2, 3, 9]), buckets, [1])) == [
        (1, [1, 2, 3])
    ]
    assert list(series(_usage([901], c1=[5.0]), buckets, [1])) == [(1, [None] * 3)]
    # A channel with more or fewer values than buckets says nothing that could be trusted.
    assert list(series(_usage([900, 1800, 2700], c1=[1.0, 2.0], c2=[1, 2, 3]), buckets, [1])) == [
        (1, [None] * 3),
        (2, [1, 2, 3]),
    ]


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        (
            [_usage([900, 1800], c1=[1.0, 2.0], c2=[5.0, 6.0]), _usage([2700], c1=[3.0], c2=[7.0, 8.0])],
            [(1, [1.0, 2.0, 3.0]), (2, [5.0, 6.0, None])],
        ),
        (
            [_usage([900, 1800], c1=[1.0, 2.0]), _usage([900, 1800], c2=[5.0, 6.0])],
            [(1, [1.0, 2.0, None]), (2, [5.0, 6.0, None])],
        ),
        (
            [_usage([1800, 2700], c1=[2.0, 3.0]), _usage([900, 1800], c1=[1.0, float("nan")])],
            [(1, [1.0, 2.0, 3.0])],
        ),
    ],
    ids=["of time", "of channels", "that overlap, the later first"],
)
def test_a_usage_that_comes_in_two_pieces_is_one(pieces: list[Any], told: Any) -> None:
    for piece in pieces:
        piece.manufacturer_device_id = "A"

    class Client:
        def usage(self, *_: Any) -> Any:
            return pb.DeviceUsageResponse(device_usages=pieces)

    buckets, client = _buckets(3, start_at=900), cast("Any", Client())
    question = Question("15m", False, datetime(2026, 1, 1, tzinfo=UTC), False)
    ((_, usage, _),) = answered(client, Part({"A": Group(["A"], buckets)}), question)
    assert list(usage.bucket_epoch_seconds) == sorted(usage.bucket_epoch_seconds)
    assert list(series(usage, buckets, [1])) == told


def test_units_and_sums() -> None:
    assert [converted(25.0, 0.25, unit) for unit in ("Wh", "kWh", "W", "kW")] == [25.0, 0.025, 100.0, 0.1]
    one = Sum("A", "name", 1, "circuit")
    assert one.row("device", None)["status"] == "missing"
    one.add("A", 1, [1.0, None], _buckets(2))
    assert one.row("channel", "kWh") == {
        "device_id": "A", "device_name": "name", "channel": 1, "circuit": "circuit",
        "start": "1760000400", "end": "1760002200", "energy_kwh": 0.001, "status": "partial",
        "expected_values": 2, "observed_values": 1,
    }  # fmt: skip
    # the mean over the quarter of an hour that a value came for, not over the half that was asked for
    assert one.row("channel", "W")["power_w"] == pytest.approx(4.0)


def test_mean_power_counts_the_hours_of_what_came() -> None:
    """Months and days of a changing clock are of different lengths."""
    hours, values = (744, 672, 744), [744_000.0, None, 1_488_000.0]
    starts = [0, 744, 744 + 672]
    buckets = [
        Bucket(at * 3600, (at + long) * 3600, str(at), str(at + long), float(long), settled=True)
        for at, long in zip(starts, hours, strict=True)
    ]
    channel = Sum("A")
    channel.add("A", 1, values, buckets)
    assert channel.row("channel", "W")["power_w"] == pytest.approx(1500.0)
    device = Sum("A")
    for number in (1, 2):
        device.add("A", number, values, buckets)
    assert device.row("device", "kW")["power_kw"] == pytest.approx(3.0)


def test_mean_powers_of_channels_and_devices_add_up() -> None:
    """Gaps and spans that differ make no power larger or smaller."""
    silent = Sum("A")  # one of its mains never told anything
    silent.add("A", 1, [2500.0] * 4, _buckets(4))
    silent.add("A", 2, [None] * 4, _buckets(4))
    assert silent.row("device", "W")["power_w"] == pytest.approx(10_000)
    total = Sum()  # one device has a gap, another begins and ends later
    total.add("A", 1, [2500.0] * 4, _buckets(4))
    total.add("B", 1, [250.0, 250.0, None, None], _buckets(4, start_at=1_760_000_400 + 7200))
    row = total.row("total", None)
    assert (row["power_w"], row["energy_wh"]) == (pytest.approx(11_000), 10_500)
    in_parts = Sum()
    for start_at in (1_760_000_400, 1_760_000_400 + 900):
        in_parts.add("A", 1, [2500.0], _buckets(1, start_at=start_at))
    assert in_parts.row("total", "kW")["power_kw"] == pytest.approx(10)


@pytest.mark.parametrize(
    ("device", "mains"),
    [
        ({"model": "Vue2"}, [1, 2, 3]),
        ({"model": "Vue3", "circuit_infos": [{"channel_number": 1}, {"channel_number": 7}]}, [1, 2, 3]),
        ({"model": 8, "circuit_infos": [{"channel_number": 1}, {"channel_number": 2}]}, [1, 2, 3]),
        ({"model": "Outlet"}, [1]),
        ({"model": "EVCharger"}, [1]),
    ],
)
def test_all_mains_that_came_count_in_sums(device: dict[str, Any], mains: list[int]) -> None:
    inventory = Inventory([{"manufacturer_device_id": "A", **device}], 0.0)
    assert [number for number in range(20) if inventory.counts_in_sums("A", number)] == mains


def test_a_device_that_a_kept_list_does_not_know_is_asked_for(run: Run, fleet: Fleet, home: Path) -> None:
    assert run("emporia", "devices", "list").code == 0
    (kept,) = (home / ".local/state/energyctl/cache").glob("emporia-devices-*.json")
    content = json.loads(kept.read_text())
    newest = content["data"].pop(0)["manufacturer_device_id"]
    content["at"] -= 120
    kept.write_text(json.dumps(content))
    assert run("emporia", "devices", "show", newest, "-o", "ids").out == f"{newest}\n"
    kept.write_text(json.dumps(content))
    assert run("emporia", "usage", newest, "--since", "3h").code == 0
