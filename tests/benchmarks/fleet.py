"""A day of 1,000 devices in quarters of an hour: rows a second against a script, and memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.measuring import TOOL, Report, in_turn, output, peak_mb, sandbox

GRPC_USAGE = """
import json, os, sys, datetime as dt
import grpc
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb, partner_api2_pb2_grpc as rpc

token, start, end = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
trust = grpc.ssl_channel_credentials(open(os.environ["ENERGYCTL_SANDBOX_CA_FILE"], "rb").read())
size = [("grpc.max_receive_message_length", -1)]
api = rpc.PartnerApiStub(grpc.secure_channel(os.environ["ENERGYCTL_SANDBOX_EMPORIA_TARGET"], trust, options=size))
known = {one.manufacturer_device_id: one for one in api.GetDevices(pb.DeviceInventoryRequest(auth_token=token)).devices}
answer = api.GetUsageData(pb.DeviceUsageRequest(
    auth_token=token, start_epoch_seconds=start, end_epoch_seconds=end, scale=pb.FifteenMinutes,
    channels=pb.DeviceUsageRequest.ALL, manufacturer_device_ids=list(known)))
for usage in answer.device_usages:
    device = known[usage.manufacturer_device_id]
    names = {one.channel_number: one.name for one in device.circuit_infos}
    for channel in usage.channel_usages:
        for at, wh in zip(usage.bucket_epoch_seconds, channel.usages):
            print(json.dumps({
                "device_id": device.manufacturer_device_id, "device_name": device.device_name,
                "channel": channel.channel, "circuit": names.get(channel.channel),
                "start": dt.datetime.fromtimestamp(at, dt.UTC).isoformat(),
                "end": dt.datetime.fromtimestamp(at + 900, dt.UTC).isoformat(),
                "energy_wh": wh, "power_w": wh * 4, "status": "complete"}))
"""


def fleet(report: Report, home: Path, env: Mapping[str, str]) -> None:
    """Seconds a row, and memory."""
    with sandbox(home / "large", devices=1000) as facts:
        _usage(report, home, {**env, **facts["env"]})


def _usage(report: Report, home: Path, env: Mapping[str, str]) -> None:
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = end - timedelta(days=1)
    ours = [TOOL, "emporia", "usage", "--all", "--day", "yesterday", "--tz", "utc", "--resolution", "15m"]
    ours += ["--channels", "all", "-o", "jsonl"]
    token = output([TOOL, "auth", "token", "emporia"], env).strip()
    script = home / "grpc_usage.py"
    script.write_text(GRPC_USAGE)
    floor = [sys.executable, str(script), token, str(int(start.timestamp())), str(int(end.timestamp()))]
    our_rows, floor_rows = (output(command, env).count("\n") for command in (ours, floor))
    ours_s, floor_s, ratio = in_turn(ours, floor, runs=max(report.runs // 5, 1), env=env)
    told = f"{our_rows / ours_s:,.0f} rows a second, the script {floor_rows / floor_s:,.0f}"
    report.say("emporia usage of 1,000 devices", ratio * floor_rows / our_rows, 1.0, told)
    ten = output([TOOL, "emporia", "devices", "list", "-o", "ids", "--limit", "10"], env).split()
    many, few = (peak_mb(command, env) for command in (ours, [*ours[:3], *ten, *ours[4:]]))
    report.say("memory for 1,000 devices against 10", many / few, 1.5, f"{many:.0f} MB, {few:.0f} MB")
