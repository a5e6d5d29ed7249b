"""GetUsageData: which buckets are asked for, which have arrived, and what each channel measured in them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import grpc

from energyctl.providers.emporia.wire import partner_api2_pb2 as pb
from energyctl.sandbox.emporia import buckets
from energyctl.sandbox.emporia.buckets import Cut, Stretches
from energyctl.sandbox.emporia.calls import Refusal
from energyctl.sandbox.emporia.fleet import Circuit, Device, Fleet
from energyctl.sandbox.emporia.homes import EXPANSIONS, MONITORS
from energyctl.sandbox.emporia.states import States

HISTORY_BEGINS = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())
"""The devices were installed on this day; before it there are no buckets."""

MISSING_S = 15 * 60
"""What was measured in the last 15 minutes has not arrived yet."""

PARTIAL_S = 30 * 60
PARTIAL_SHARE = 0.6
"""Of what was measured 15 to 30 minutes ago, this share has."""

_MAINS = 3
_MOST_VALUES = 150_000_000
_YIELD_S = 0.02


class _Window:
    """The buckets of one request for devices whose zones are the same and whose measurements end at one moment.

    Of the zones one was chosen by the user and cuts the days; by the other one people there get up and go to bed.
    """

    def __init__(self, scale: str, start: int, end: int, arrived: int, zones: tuple[str, str]) -> None:
        chosen, lived = map(ZoneInfo, zones)
        self.cut: Cut = buckets.cut(scale, start, end, chosen)
        self._lived = lived
        self._arrived = arrived
        self._end = end
        self._made: dict[tuple[int, int], Stretches] = {}

    @property
    def span(self) -> tuple[int, int]:
        """What the buckets cover of the time that was measured."""
        return (max(self.cut.edges[0], HISTORY_BEGINS), self._end) if self.cut.edges else (0, 0)

    def stretches(self, begin: int, end: int) -> Stretches:
        """Return how the buckets lie in the local days between two moments."""
        found = self._made.get((begin, end))
        if found is None:
            parts = [
                (begin, min(end, self._arrived), 1.0),
                (max(begin, self._arrived), end, PARTIAL_SHARE),
            ]
            found = buckets.stretches(self.cut, self._lived, [part for part in parts if part[0] < part[1]])
            self._made[begin, end] = found
        return found


class Usage:
    """Answers usage requests over the seeded load profiles."""

    def __init__(self, fleet: Fleet, states: States) -> None:
        self._fleet = fleet
        self._states = states

    async def answer(self, request: pb.DeviceUsageRequest) -> pb.DeviceUsageResponse:
        """Answer a request; other calls get their turn in between, however large the fleet is."""
        scale, everything = _checked(request)
        start, end = int(request.start_epoch_seconds), int(request.end_epoch_seconds)
        now = int(self._states.now())
        until = min(end, _minute(now - MISSING_S))
        start = max(start, HISTORY_BEGINS)
        devices = [
            device
            for device_id in dict.fromkeys(request.manufacturer_device_ids)
            if (device := self._fleet.find(device_id)) is not None
        ]
        _check_size(devices, buckets.count(scale, start, until) if until > start else 0, everything)
        response = pb.DeviceUsageResponse()
        windows: dict[tuple[tuple[str, str], int], _Window] = {}
        turn = time.monotonic()
        for device in devices:
            last = until
            offline = self._states.offline_since(device)
            if offline is not None:
                last = min(last, _minute(int(offline)))
            zones = (device.zone, device.plan.place.zone)
            window = windows.get((zones, last))
            if window is None:
                window = windows[zones, last] = _Window(scale, start, last, _minute(now - PARTIAL_S), zones)
            usage = response.device_usages.add(manufacturer_device_id=device.id, scale=request.scale)
            if window.cut.edges:
                usage.bucket_epoch_seconds.extend(window.cut.starts)
                for number, values in self._channels(device, window, everything):
                    usage.channel_usages.add(channel=number, usages=values)
            if time.monotonic() - turn > _YIELD_S:
                await asyncio.sleep(0)
                turn = time.monotonic()
        return response

    def _channels(
        self, device: Device, window: _Window, everything: bool
    ) -> Iterator[tuple[int, list[float]]]:
        circuits = self._fleet.circuits(device.position)
        if device.kind not in MONITORS:
            yield 1, self._own(device, window)
            return
        measured = {circuit.number: self._branch(circuit, window) for circuit in circuits}
        for circuit in circuits:
            if not circuit.legs:
                continue
            share, values = 1 / len(circuit.legs), measured[circuit.number]
            for leg in circuit.legs:
                measured[leg] = [
                    total + share * value for total, value in zip(measured[leg], values, strict=True)
                ]
        for number, values in measured.items():
            if everything or number <= _MAINS:
                yield number, values

    def _branch(self, circuit: Circuit, window: _Window) -> list[float]:
        """Return what one circuit of a panel carries; for the mains what no other circuit measures."""
        if circuit.feeds is not None:
            return self._own(self._fleet.at(circuit.feeds), window)
        if circuit.load is None:
            return [0.0] * len(window.cut.starts)
        return window.stretches(*window.span).energy(circuit.load)

    def _own(self, device: Device, window: _Window) -> list[float]:
        """Return what a device other than a monitor measures at its one channel."""
        values = [0.0] * len(window.cut.starts)
        for begin, end, load in self._states.measured(device).between(*window.span):
            if load is not None:
                energy = window.stretches(begin, end).energy(load)
                values = [total + value for total, value in zip(values, energy, strict=True)]
        return values


def _checked(request: pb.DeviceUsageRequest) -> tuple[str, bool]:
    """Return the scale's name and whether all channels are wanted; Refusal when the request makes no sense."""
    if request.end_epoch_seconds < request.start_epoch_seconds:
        raise Refusal(
            grpc.StatusCode.INVALID_ARGUMENT, "end_epoch_seconds must not be before start_epoch_seconds."
        )
    if request.scale not in pb.DataResolution.values():
        raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"scale {request.scale} is not a DataResolution.")
    if request.channels not in pb.DeviceUsageRequest.UsageChannel.values():
        raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"channels {request.channels} is not a UsageChannel.")
    return pb.DataResolution.Name(request.scale), request.channels == pb.DeviceUsageRequest.ALL


def _check_size(devices: list[Device], bucket_count: int, everything: bool) -> None:
    """Refuse an answer that no memory would hold."""
    values = sum(
        bucket_count
        * (_MAINS + (EXPANSIONS[device.kind] if everything else 0) if device.kind in MONITORS else 1)
        for device in devices
    )
    if values > _MOST_VALUES:
        raise Refusal(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            f"The answer would hold {values} values; ask for fewer devices or for a shorter time.",
        )


def _minute(moment: int) -> int:
    return moment // buckets.MINUTE * buckets.MINUTE
