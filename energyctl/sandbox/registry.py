"""Which providers the sandbox has.

A further one is one more line here and one more package beside this file.
"""

from __future__ import annotations

PROVIDERS: dict[str, str] = {
    "rabot": "energyctl.sandbox.rabot.sandbox:RabotSandbox",
    "emporia": "energyctl.sandbox.emporia.sandbox:EmporiaSandbox",
    "emulate": "energyctl.sandbox.emulate.sandbox:EmulateSandbox",
    "bright": "energyctl.sandbox.bright.sandbox:BrightSandbox",
}

GRPC = frozenset({"emporia"})
"""Those that speak gRPC: a fault names their calls by method and their errors by status."""
