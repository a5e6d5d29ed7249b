"""The claims about speed, as ratios to a floor measured in the same run: ``python -m tests.benchmarks [RUNS]``."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxOptions
from tests.benchmarks.timing import in_turn

TOOL = str(Path(sys.executable).with_name("energyctl"))

HTTPX_GET = """
import json
import sys
import httpx

url, token = sys.argv[1:]
answer = httpx.get(f"{url}/partner/v1/tariffs", headers={"Authorization": f"Bearer {token}"})
answer.raise_for_status()
tariffs = answer.json()["data"]
print(json.dumps(tariffs))
"""

GRPC_LIST = """
import json, os, sys
import grpc
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb, partner_api2_pb2_grpc as rpc

token, *ids = sys.argv[1:]
trust = grpc.ssl_channel_credentials(open(os.environ["ENERGYCTL_SANDBOX_CA_FILE"], "rb").read())
channel = grpc.secure_channel(os.environ["ENERGYCTL_SANDBOX_EMPORIA_TARGET"], trust)
answer = rpc.PartnerApiStub(channel).ListOutlets(pb.ListDevicesRequest(auth_token=token, manufacturer_device_ids=ids))
print(json.dumps([{"id": one.manufacturer_device_id, "on": one.on} for one in answer.outlets]))
"""

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


#: What an answer takes longer than from this machine: to another continent and back, TLS and the provider's work.
ROUND_TRIP_S = 0.3


class Report:
    """Prints a line for each claim and remembers whether all hold."""

    held = True

    def say(self, name: str, ratio: float, most: float, told: str) -> None:
        """Print one claim."""
        verdict = "holds" if ratio <= most else "BROKEN"
        self.held = self.held and ratio <= most
        print(f"{name}: {told}, ratio {ratio:.2f} (at most {most}): {verdict}")

    def compare(
        self,
        name: str,
        ours: Sequence[str],
        floor_name: str,
        floor: Sequence[str],
        most: float,
        *,
        runs: int,
        env: Mapping[str, str],
    ) -> None:
        """Time two commands in turn and print their ratio."""
        ours_s, floor_s, ratio = in_turn(ours, floor, runs=runs, env=env)
        self.say(name, ratio, most, f"{ours_s * 1000:.0f} ms, {floor_name} {floor_s * 1000:.0f} ms")


def output(command: Sequence[str], env: Mapping[str, str]) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(command, env=dict(env), stdout=subprocess.PIPE, check=True, text=True).stdout


def main() -> int:
    """Print a line for each claim; return 1 when one does not hold."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    if importlib.util.find_spec("click") is not None:
        print("note: the package 'click' is installed; httpx then imports its own command line.")
    report = Report()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": place,
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "ENERGYCTL_EMPORIA_CALLS_PER_HOUR": "100000",
        }
        bare = [sys.executable, "-c", "pass"]
        report.compare("--version", [TOOL, "--version"], "python -c pass", bare, 2.5, runs=runs, env=env)
        with sandbox(home / "usual") as facts:
            tariffs(report, home, {**env, **facts["env"]}, facts["urls"]["rabot"], runs)
            outlets(report, home, {**env, **facts["env"]}, runs)
        distant = [f"{name}:latency={ROUND_TRIP_S}" for name in ("rabot", "emporia", "emulate", "bright")]
        with sandbox(home / "distant", faults=distant) as facts:
            find(report, {**env, **facts["env"]}, max(runs // 3, 1))
        with sandbox(home / "large", devices=1000) as facts:
            fleet(report, home, {**env, **facts["env"]}, max(runs // 5, 1))
    return 0 if report.held else 1


@contextmanager
def sandbox(directory: Path, **wished: Any) -> Iterator[dict[str, Any]]:
    """Run a sandbox and give its facts."""
    try:
        yield control.start(directory, SandboxOptions(lives_with=os.getpid(), **wished))
    finally:
        control.stop(directory)


def tariffs(report: Report, home: Path, env: Mapping[str, str], url: str, runs: int) -> None:
    """A listing over HTTP with a cached token."""
    ours = [TOOL, "rabot", "tariffs", "list", "-o", "json"]
    token = output([TOOL, "auth", "token", "rabot"], env).strip()
    script = home / "httpx_get.py"
    script.write_text(HTTPX_GET)
    floor = [sys.executable, str(script), url, token]
    assert json.loads(output(ours, env)) == json.loads(output(floor, env)), "both must print the same"
    report.compare("rabot tariffs list -o json", ours, "ten lines of httpx", floor, 1.5, runs=runs, env=env)


def outlets(report: Report, home: Path, env: Mapping[str, str], runs: int) -> None:
    """A listing over gRPC with a cached token."""
    ours = [TOOL, "emporia", "outlets", "list", "-o", "json"]
    ids = [one["manufacturer_device_id"] for one in json.loads(output(ours, env))]
    token = output([TOOL, "auth", "token", "emporia"], env).strip()
    script = home / "grpc_list.py"
    script.write_text(GRPC_LIST)
    floor = [sys.executable, str(script), token, *ids]
    assert [one["id"] for one in json.loads(output(floor, env))] == ids, "both must print the same"
    report.compare("emporia outlets list -o json", ours, "ten lines of grpc", floor, 1.5, runs=runs, env=env)


def find(report: Report, env: Mapping[str, str], runs: int) -> None:
    """All providers at once against the slowest of them alone, each answer taking as long as from afar."""
    ours = [TOOL, "find", "a", "-q", "-o", "json"]
    found = json.loads(output(ours, env))
    alone: dict[str, float] = {}
    for name in dict.fromkeys(row["provider"] for row in found):
        started = time.perf_counter()
        assert json.loads(output([*ours, "--in", name], env)), "each must find something by itself"
        alone[name] = time.perf_counter() - started
    assert len(alone) > 1, "several must find something"
    slowest = max(alone, key=lambda name: alone[name])
    floor = [*ours, "--in", slowest]
    report.compare(
        f"find at {len(alone)} providers", ours, f"at {slowest} alone", floor, 1.2, runs=runs, env=env
    )


def fleet(report: Report, home: Path, env: Mapping[str, str], runs: int) -> None:
    """A day of 1,000 devices in quarters of an hour, as jsonl: seconds a row, and memory."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = end - timedelta(days=1)
    ours = [TOOL, "emporia", "usage", "--all", "--day", "yesterday", "--tz", "utc", "--resolution", "15m"]
    ours += ["--channels", "all", "-o", "jsonl"]
    token = output([TOOL, "auth", "token", "emporia"], env).strip()
    script = home / "grpc_usage.py"
    script.write_text(GRPC_USAGE)
    floor = [sys.executable, str(script), token, str(int(start.timestamp())), str(int(end.timestamp()))]
    our_rows, floor_rows = (output(command, env).count("\n") for command in (ours, floor))
    ours_s, floor_s, ratio = in_turn(ours, floor, runs=runs, env=env)
    told = f"{our_rows / ours_s:,.0f} rows a second, the script {floor_rows / floor_s:,.0f}"
    report.say("emporia usage of 1,000 devices", ratio * floor_rows / our_rows, 1.0, told)
    ten = output([TOOL, "emporia", "devices", "list", "-o", "ids", "--limit", "10"], env).split()
    peaks = [peak_mb(command, env) for command in ([*ours[:3], *ten, *ours[4:]], ours)]
    report.say(
        "memory for 1,000 devices against 10",
        peaks[1] / peaks[0],
        1.5,
        f"{peaks[1]:.0f} MB, {peaks[0]:.0f} MB",
    )


def peak_mb(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the largest resident size of a run, in megabytes."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    return int(output([sys.executable, "-c", code, *command], env)) / 1024


if __name__ == "__main__":
    sys.exit(main())
