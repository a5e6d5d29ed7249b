"""Lists over HTTP and gRPC against ten lines of Python, and a long one against HTTPie and jq."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.measuring import TOOL, Report, output, peak_mb, sandbox, timed

CUSTOMERS = 100_000
#: HTTPie takes minutes for all of them; it is timed over so many, and its time taken as proportional.
CUSTOMERS_OF_PEER = 10_000
#: The most that the server gives at once.
PAGE = 100

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

HTTPIE_AND_JQ = """
set -euo pipefail
for ((offset = 0; offset < $1; offset += $2)); do
    "$HTTPIE" --ignore-stdin --check-status --body GET "$URL/partner/v1/customers" \
        offset=="$offset" limit=="$2" "Authorization:Bearer $TOKEN" | jq -c '.data[]'
done
"""


def lists(report: Report, home: Path, env: Mapping[str, str]) -> None:
    """Short lists with a cached token."""
    with sandbox(home / "usual") as facts:
        reached = {**env, **facts["env"]}
        _tariffs(report, home, reached, facts["urls"]["rabot"])
        _outlets(report, home, reached)


def _tariffs(report: Report, home: Path, env: Mapping[str, str], url: str) -> None:
    ours = [TOOL, "rabot", "tariffs", "list", "-o", "json"]
    token = output([TOOL, "auth", "token", "rabot"], env).strip()
    script = home / "httpx_get.py"
    script.write_text(HTTPX_GET)
    floor = [sys.executable, str(script), url, token]
    assert json.loads(output(ours, env)) == json.loads(output(floor, env)), "both must print the same"
    report.compare("rabot tariffs list -o json", ours, "ten lines of httpx", floor, 1.5, env=env)


def _outlets(report: Report, home: Path, env: Mapping[str, str]) -> None:
    ours = [TOOL, "emporia", "outlets", "list", "-o", "json"]
    ids = [one["manufacturer_device_id"] for one in json.loads(output(ours, env))]
    token = output([TOOL, "auth", "token", "emporia"], env).strip()
    script = home / "grpc_list.py"
    script.write_text(GRPC_LIST)
    floor = [sys.executable, str(script), token, *ids]
    assert [one["id"] for one in json.loads(output(floor, env))] == ids, "both must print the same"
    report.compare("emporia outlets list -o json", ours, "ten lines of grpc", floor, 1.5, env=env)


def customers(report: Report, home: Path, env: Mapping[str, str]) -> None:
    """100,000 customers as jsonl: memory, and rows a second against HTTPie and jq in a shell loop."""
    with sandbox(home / "customers", customers=CUSTOMERS) as facts:
        reached = {**env, **facts["env"]}
        ours = [TOOL, "rabot", "customers", "list", "-o", "jsonl"]
        some = output([*ours, "--limit", str(CUSTOMERS_OF_PEER)], reached)
        ours_s = timed(ours, reached)
        all_mb, few_mb = peak_mb(ours, reached), peak_mb([*ours, "--limit", "1000"], reached)
        told = f"{all_mb:.0f} MB, {few_mb:.0f} MB"
        # Not 1.0: cycles wait for the collector, which comes seldom so that short runs need not wait for it.
        report.say("memory for 100,000 customers against 1,000", all_mb / few_mb, 1.3, told)
        httpie = _httpie(home)
        if httpie is None:
            return
        token = output([TOOL, "auth", "token", "rabot"], reached).strip()
        peer_env = {**reached, "HTTPIE": httpie, "URL": facts["urls"]["rabot"], "TOKEN": token}
        peer = ["bash", "-c", HTTPIE_AND_JQ, "bash", str(CUSTOMERS_OF_PEER), str(PAGE)]
        theirs = [json.loads(line) for line in output(peer, peer_env).splitlines()]
        assert [json.loads(line) for line in some.splitlines()] == theirs, "both must print the same"
        peer_s = timed(peer, peer_env) * CUSTOMERS / CUSTOMERS_OF_PEER
        told = f"{CUSTOMERS / ours_s:,.0f} rows a second, HTTPie and jq {CUSTOMERS / peer_s:,.0f}"
        report.say("rabot customers list -o jsonl", ours_s / peer_s, 1.0, told)


def _httpie(home: Path) -> str | None:
    """Install HTTPie into an environment of its own and return its command; None, with a note, when that fails."""
    if shutil.which("jq") is None:
        print("note: without jq there is no comparison with HTTPie and jq.")
        return None
    venv.create(home / "httpie", with_pip=True)
    programs = home / "httpie" / "bin"
    done = subprocess.run(
        [programs / "pip", "install", "-q", "httpie"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        print("note: HTTPie cannot be installed here, so there is no comparison with it.")
        return None
    return str(programs / "http")
