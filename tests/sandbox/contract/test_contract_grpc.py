"""That the sandbox's Partner API has every method of the .proto, and bears every value that a field can hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from tests.sandbox.emporia_partner import DEADLINE_S, Partner

PROTO = Path(__file__).parents[3] / "protos" / "partner_api2.proto"
METHODS = re.findall(r"rpc (\w+)\s*\((\w+)\)\s*returns\s*\((\w+)\)", PROTO.read_text())
SERVICE = "/emporiaenergy.partner_api_2.PartnerApi"

_EXTREMES: dict[int, tuple[Any, ...]] = {
    FieldDescriptor.CPPTYPE_ENUM: (-1, 99, 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 5, 6, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**63, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: (-1.0, 0.0, 0.5, 100.5, 1e308, math.inf, -math.inf, math.nan),
    FieldDescriptor.CPPTYPE_STRING: ("", "\u0000", "x" * 70_000),
    FieldDescriptor.CPPTYPE_BOOL: (False, True),
}
#: Statuses that a wrong value may end with. The contract knows INVALID_ARGUMENT; an answer that no memory would hold is
#: RESOURCE_EXHAUSTED, and for what is merely unknown there is an empty answer.
_BORNE = {"OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"}


@pytest.fixture(scope="module")
def partner(sandbox: Any) -> Iterator[Partner]:
    sandbox.control("/reset", {})
    found = Partner(sandbox.facts)
    yield found
    found.close()


def _status(partner: Partner, method: str, request: bytes) -> str:
    call = partner.channel.unary_unary(f"{SERVICE}/{method}")
    try:
        call(request, timeout=DEADLINE_S)
    except grpc.RpcError as error:
        return str(error.code().name)
    return "OK"


def test_every_method_of_the_proto_is_there_and_wants_to_know_who_asks(partner: Partner) -> None:
    assert len(METHODS) == 10
    wrong = [
        (name, status)
        for name, *_ in METHODS
        for request in (b"", b"\x0a\x01x")
        if (status := _status(partner, name, request)) != "UNAUTHENTICATED"
    ]
    assert wrong == []
    assert _status(partner, "SetOutletStatus", b"") == "UNIMPLEMENTED"  # of the first version


def test_the_token_counts_before_what_is_asked(partner: Partner) -> None:
    wrong = pb.DeviceUsageRequest(auth_token="made-up", start_epoch_seconds=2, end_epoch_seconds=1)
    assert _status(partner, "GetUsageData", wrong.SerializeToString()) == "UNAUTHENTICATED"


def _places(
    descriptor: Descriptor, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldDescriptor]]:
    for field in descriptor.fields:
        if field.message_type is not None:
            yield from _places(field.message_type, (*path, field.name))
        else:
            yield (*path, field.name), field


def _with(request: Message, path: tuple[str, ...], field: FieldDescriptor, value: Any) -> None:
    at: Any = request
    for name in path[:-1]:
        at = getattr(at, name)
        if hasattr(at, "add"):
            at = at[0] if len(at) else at.add()
        else:
            at.SetInParent()
    if field.is_repeated:
        getattr(at, path[-1])[:] = [value]
    else:
        setattr(at, path[-1], value)


def _right(partner: Partner, request_type: str, device_id: str) -> Any:
    """A request about one device, which asks for nothing that is wrong."""
    request = getattr(pb, request_type)(auth_token=partner.token)
    names = request.DESCRIPTOR.fields_by_name
    if "manufacturer_device_ids" in names:
        request.manufacturer_device_ids.append(device_id)
    for several in ("settings", "outlets"):
        if several in names:
            getattr(request, several).add(manufacturer_device_id=device_id)
    return request


_MODEL = {"UpdateOutlets": "Outlet", "UpdateEVChargers": "EVCharger", "UpdateBatteries": "Battery"}


def test_no_value_of_any_field_breaks_the_service(partner: Partner) -> None:
    ids = {model: partner.ids(model)[0] for model in {*_MODEL.values()}}
    wrong = []
    for method, request_type, _ in METHODS[1:]:
        device_id = ids[_MODEL.get(method, "Outlet")]
        for path, field in _places(getattr(pb, request_type).DESCRIPTOR):
            if path[-1] == "auth_token":
                continue
            for value in _EXTREMES[field.cpp_type]:
                request = _right(partner, request_type, device_id)
                _with(request, path, field, value)
                status = _status(partner, method, request.SerializeToString())
                if status not in _BORNE or (field.enum_type is not None and status != "INVALID_ARGUMENT"):
                    wrong.append((method, ".".join(path), value if value != "x" * 70_000 else "long", status))
    assert wrong == []


def test_times_beyond_all_calendars_have_no_buckets(partner: Partner) -> None:
    request = _right(partner, "DeviceUsageRequest", partner.ids("Outlet")[0])
    request.start_epoch_seconds, request.end_epoch_seconds = 2**63, 2**64 - 1
    for scale in pb.DataResolution.values():
        request.scale = scale
        (usage,) = partner.call("GetUsageData", request).device_usages
        assert not usage.bucket_epoch_seconds


#: Messages section of the contract: 6 to max_charge_rate_amps; 1 to 100 percent; a change in each settings object.
REFUSED = [
    ("UpdateEVChargers", {"charge_rate_amps": 5}),
    ("UpdateEVChargers", {"charge_rate_amps": 0}),
    ("UpdateEVChargers", {"charge_rate_amps": 2**32 - 1}),
    ("UpdateEVChargers", {}),
    *(("UpdateBatteries", {"reserve_soc_percentage": level}) for level in (0, 0.99, 100.01, math.nan, -1)),
]


@pytest.mark.parametrize("place", ["known", "unknown", "offline"])
def test_what_is_out_of_range_is_refused_whoever_it_is_for(partner: Partner, place: str) -> None:
    for method, fields in REFUSED:
        known = [] if place == "unknown" else partner.ids(_MODEL[method], connected=place == "known")
        device_id = known[0] if known else "nobody"
        request = _right(partner, f"{method}Request", device_id)
        for name, value in fields.items():
            getattr(request.settings[0], name).value = value
        status = _status(partner, method, request.SerializeToString())
        if place == "unknown" and fields.get("charge_rate_amps", 0) > 1000:
            assert status == "OK", "nobody's maximum is not known"
        else:
            assert status == "INVALID_ARGUMENT", (method, fields)
