"""Makes the modules of this package from protos/partner_api2.proto, or says whether they still belong to it.

A developer's tool, run as ``python -m energyctl.providers.emporia.wire.regenerate``; nothing imports it at run time.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.metadata
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TOOLS = "1.72.2"
"""The grpcio-tools that makes the code.

It is the first line with protobuf 6 code (6.30), which the protobuf runtimes 6.30 up to the whole of 7 accept; code
made by a later one would shut out runtimes that work.
"""

_HERE = Path(__file__).resolve().parent
_PACKAGE = "energyctl/providers/emporia/wire"
_PROTO = "partner_api2.proto"
_SUMS = "SHA256SUMS"
_MODULES = (
    "partner_api2_pb2.py",
    "partner_api2_pb2.pyi",
    "partner_api2_pb2_grpc.py",
    "partner_api2_pb2_grpc.pyi",
)
_RECIPE = f"""\
The code is made with grpcio-tools {TOOLS}, which wants an older protobuf than we run on, so give it an environment of
its own:
  python -m venv /tmp/protoc && /tmp/protoc/bin/pip install grpcio-tools=={TOOLS}
  /tmp/protoc/bin/python -m energyctl.providers.emporia.wire.regenerate"""


def generate(proto: Path) -> dict[str, bytes]:
    """Return the generated modules by file name. RuntimeError when the compiler refuses the file."""
    protoc: Any = importlib.import_module("grpc_tools.protoc")
    included = Path(str(protoc.__file__)).parent / "_proto"
    with tempfile.TemporaryDirectory() as place:
        # The mapped path makes the generated modules import each other as parts of this package.
        status = protoc.main(
            [
                "protoc",
                f"--proto_path={_PACKAGE}={proto.parent}",
                f"--proto_path={included}",
                f"--python_out={place}",
                f"--pyi_out={place}",
                f"--grpc_python_out={place}",
                f"{_PACKAGE}/{proto.name}",
            ]
        )
        if status:
            raise RuntimeError(f"protoc ended with {status}.")
        made = {file.name: file.read_bytes() for file in (Path(place) / _PACKAGE).iterdir()}
        made["partner_api2_pb2_grpc.pyi"] = _stub_types(made["partner_api2_pb2.py"]).encode()
    return made


def _stub_types(messages: bytes) -> str:
    """Return the types of the service's stub, which the compiler does not write."""
    descriptor_pb2: Any = importlib.import_module("google.protobuf.descriptor_pb2")
    file = descriptor_pb2.FileDescriptorProto.FromString(_embedded(messages))
    lines = [
        "# Made by regenerate.py from the descriptor. DO NOT EDIT!",
        "# ruff: noqa",
        "from typing import Any",
        "",
        "import grpc",
        "",
        "from energyctl.providers.emporia.wire import partner_api2_pb2 as _pb2",
        "",
    ]
    for service in file.service:
        lines += [f"class {service.name}Stub:", "    def __init__(self, channel: grpc.Channel) -> None: ..."]
        for method in service.method:
            asked, answered = (
                "_pb2." + full.removeprefix(f".{file.package}.")
                for full in (method.input_type, method.output_type)
            )
            lines.append(f"    {method.name}: grpc.UnaryUnaryMultiCallable[{asked}, {answered}]")
        lines += ["", f"class {service.name}Servicer:"]
        lines += [
            f"    def {method.name}(self, request: Any, context: Any) -> Any: ..."
            for method in service.method
        ]
        lines += [
            "",
            f"def add_{service.name}Servicer_to_server(servicer: {service.name}Servicer, server: Any) -> None: ...",
        ]
    return "\n".join(lines) + "\n"


def _embedded(messages: bytes) -> bytes:
    """Return the serialised file descriptor that the generated message module holds."""
    import ast

    for node in ast.walk(ast.parse(messages)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "AddSerializedFile":
            literal = node.args[0]
            if isinstance(literal, ast.Constant) and isinstance(literal.value, bytes):
                return literal.value
    raise RuntimeError("The generated module holds no file descriptor.")


def differences(proto: Path, directory: Path = _HERE) -> list[str]:
    """Say what does not fit together by the recorded digests: the .proto or a module altered since they were made."""
    pairs = (line.partition("  ") for line in _text(directory / _SUMS).splitlines())
    recorded = {name: digest for digest, _, name in pairs}
    found = []
    for name in (_PROTO, *_MODULES):
        file = proto if name == _PROTO else directory / name
        if not file.is_file():
            found.append(f"{file} is missing.")
        elif recorded.get(name) != _digest(file.read_bytes()):
            found.append(f"{file} is not as it was when the code was made.")
    return found


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _sums(proto: Path, made: dict[str, bytes]) -> str:
    contents: Iterable[tuple[str, bytes]] = [
        (_PROTO, proto.read_bytes()),
        *((name, made[name]) for name in _MODULES),
    ]
    return "".join(f"{_digest(content)}  {name}\n" for name, content in contents)


def _tools_installed() -> str | None:
    try:
        return importlib.metadata.version("grpcio-tools")
    except importlib.metadata.PackageNotFoundError:
        return None


def main(given: list[str] | None = None) -> int:
    """Write the modules, or check them. Exit codes: 0 done, 1 they differ, 2 it cannot be done here."""
    parser = argparse.ArgumentParser(description=__doc__, epilog=_RECIPE)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--check", action="store_true", help="change nothing, say whether code and .proto agree"
    )
    parser.add_argument("--proto", type=Path, default=_HERE.parents[3] / "protos" / _PROTO)
    chosen = parser.parse_args(given)
    proto: Path = chosen.proto.resolve()
    if not proto.is_file():
        return _told(2, f"There is no {proto}.")
    able = _tools_installed() == TOOLS
    if chosen.check:
        found = differences(proto)
        if able:
            made = generate(proto)
            found += [
                f"{_HERE / name} is not what grpcio-tools {TOOLS} makes."
                for name in _MODULES
                if (_HERE / name).is_file() and _digest(made[name]) != _digest((_HERE / name).read_bytes())
            ]
        how = f"made anew with grpcio-tools {TOOLS}" if able else "by their digests"
        return _told(1, *found) if found else _told(0, f"The code and {proto.name} agree ({how}).")
    if not able:
        return _told(2, _RECIPE)
    made = generate(proto)
    for name in _MODULES:
        (_HERE / name).write_bytes(made[name])
    (_HERE / _SUMS).write_text(_sums(proto, made), encoding="utf-8")
    return _told(0, f"{', '.join(_MODULES)} are made.")


def _told(status: int, *lines: str) -> int:
    print("\n".join(lines), file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
