"""What Emporia's commands print, declared for ``energyctl schema``."""

from __future__ import annotations

from energyctl.core.rowschema import Printed, RowField, Rows, as_it_came, computed, written

_DEVICE = (
    RowField("device_id", "string", "The device."),
    RowField("device_name", "string", "What it is called.", null=True),
)
_CHANNEL = (
    RowField("channel", "integer", "The channel."),
    RowField("circuit", "string", "What the channel is called.", null=True),
)
_STATUS = RowField(
    "status", "string", "How sure the value is; missing is not 0.", words=("complete", "partial", "missing")
)
_VALUES = (
    RowField("energy_wh", "number", "Energy.", null=True, optional=True),
    RowField("energy_kwh", "number", "Energy, with --unit kWh.", null=True, optional=True),
    RowField("power_w", "number", "Average power.", null=True, optional=True),
    RowField("power_kw", "number", "Average power, with --unit kW.", null=True, optional=True),
)
_BUCKET = Rows(
    "bucket",
    "Energy of a channel in a bucket, and the average power that it means. With --unit only that unit's field.",
    (
        *_DEVICE,
        *_CHANNEL,
        RowField("start", "time", "Where the bucket begins."),
        RowField("end", "time", "Where it ends, not included."),
        *_VALUES,
        _STATUS,
    ),
)
_SUM = Rows(
    "sum",
    "With --sum: what was used over the whole range, by device, by channel or in total.",
    (
        *(
            RowField(one.name, one.kind, one.meaning, null=one.null, optional=True)
            for one in (*_DEVICE, *_CHANNEL)
        ),
        RowField("devices", "integer", "With --sum total: how many devices are in it.", optional=True),
        RowField("start", "time", "Where the first bucket begins.", null=True),
        RowField("end", "time", "Where the last bucket ends, not included.", null=True),
        *_VALUES,
        _STATUS,
        RowField("expected_values", "integer", "How many values there should be."),
        RowField("observed_values", "integer", "How many came."),
    ),
)
_SWITCHED = written(
    RowField("device_name", "string", "What the device is called.", null=True),
    RowField("undo", "string", "The command that puts it back."),
)

SCHEMAS: dict[str, Printed] = {
    "devices list": as_it_came(),
    "devices show": as_it_came("With --circuits: its circuits."),
    "usage": computed(_BUCKET, _SUM),
    "outlets list": as_it_came(),
    "outlets show": as_it_came(),
    "outlets on": _SWITCHED,
    "outlets off": _SWITCHED,
    "chargers list": as_it_came(),
    "chargers show": as_it_came(),
    "chargers on": _SWITCHED,
    "chargers off": _SWITCHED,
    "chargers set": _SWITCHED,
    "batteries list": as_it_came(),
    "batteries show": as_it_came(),
    "batteries set": _SWITCHED,
    "utility-connects list": as_it_came(),
    "call": as_it_came("With --list rows of method, request and response; with --dry-run those of a plan."),
}
