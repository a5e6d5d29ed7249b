"""Checks one order: names, types and written forms field by field, then the rules between fields."""

from __future__ import annotations

from datetime import date
from typing import Any

from . import forms, names, rules, schema
from .document import OrderDocument
from .findings import Findings, Problem
from .schema import Field
from .view import View


def validate(order: OrderDocument, *, today: date) -> list[Problem]:
    """Return everything that can be said against an order without asking the provider, in file order.

    Follows contract rabot.md 4.3, with the conflicts it marks as warnings. Never raises, whatever the data;
    never repeats a password or a whole IBAN. ``today`` is what dates are compared with.
    """
    findings = Findings(order)
    for path in order.repeated:
        findings.error(path, "stands here a second time", "keep one of them")
    view = View(findings)
    _fields(order.data, schema.ORDER, "", view)
    rules.apply(view, today)
    for path in sorted(view.empty - findings.missing):
        findings.warning(path, "is empty and will be left out", "give it a value or remove the line")
    for path in sorted(view.blank - findings.missing):
        findings.warning(path, "is empty text", "write null or remove it", "")
    return findings.in_file_order()


def _fields(data: dict[str, Any], of: Field, path: str, view: View) -> None:
    for key, value in data.items():
        name = str(key)
        here = schema.join(path, name)
        field = of.fields.get(name)
        if field is None:
            # Without its value: a misspelt password is still a password.
            view.findings.error(here, "is not a field of an order", names.suggestion(name, of))
        elif field.read_only:
            view.findings.error(here, "is set by the provider and cannot be sent", "remove it")
        elif value is None:
            if not field.nullable:
                view.empty.add(here)
        elif field.kind == "object":
            if isinstance(value, dict):
                view.values[here] = value
                _fields(value, field, here, view)
            else:
                view.bad(here, "must be a group of fields", "put " + ", ".join(field.fields) + " under it")
        else:
            _value(value, field, here, view)


def _value(value: Any, field: Field, path: str, view: View) -> None:
    if field.kind == "boolean":
        if isinstance(value, bool):
            view.values[path] = value
        else:
            view.bad(path, "must be true or false", "write true or false without quotes", value)
    elif field.kind == "integer":
        _integer(value, path, view)
    elif not isinstance(value, str):
        view.bad(path, "must be text", "put the value in quotes", value)
    elif forms.STRAY.search(value):
        view.bad(path, "holds a line break or an unprintable character", "write it on one line", value)
    else:
        _WRITTEN[field.kind](value, field, path, view)


def _text(value: str, _field: Field, path: str, view: View) -> None:
    if not value.strip():
        view.blank.add(path)
        return
    if value != value.strip() and path != "userAccount.password":
        view.findings.warning(path, "has a space at its beginning or end", "remove it", value)
    view.values[path] = value


def _integer(value: Any, path: str, view: View) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) <= schema.INT32_MAX:
            view.values[path] = value
        else:
            view.bad(path, "is larger than any number the provider takes", "check the unit: kWh a year")
    else:
        fix = "write digits only, such as 3500, without quotes, decimals or thousands separator"
        view.bad(path, "must be a whole number", fix, value)


def _choice(value: str, field: Field, path: str, view: View) -> None:
    from difflib import get_close_matches

    if value in field.choices:
        view.values[path] = value
        return
    small = {choice.lower(): choice for choice in field.choices}
    near = get_close_matches(value.strip().lower(), small, n=1)
    if path == "contract.type" and value.strip().lower() in ("personal", "residential", "household"):
        fix = "write Private (the provider's own sample says Personal, which its schema does not know)"
    elif near:
        fix = f"write {small[near[0]]}"
    else:
        fix = "write " + " or ".join(field.choices)
    view.bad(path, "must be one of " + ", ".join(field.choices), fix, value)


def _date(value: str, _field: Field, path: str, view: View) -> None:
    day = forms.parse_date(value)
    if day is not None:
        view.days[path] = day
        view.values[path] = value
        return
    near = forms.nearest_date(value)
    fix = f"write {near}" if near else "write it as yyyy-mm-dd, such as 2026-12-01"
    view.bad(path, "is not a date that exists", fix, value)


def _moment(value: str, _field: Field, path: str, view: View) -> None:
    moment = forms.parse_moment(value)
    if moment is not None:
        view.days[path] = moment.date()
        view.values[path] = value
        return
    view.bad(
        path, "is not a date and time", "write it as yyyy-mm-dd hh:mm:ss, such as 2026-12-01 09:30:00", value
    )


_WRITTEN = {"text": _text, "choice": _choice, "date": _date, "moment": _moment}
