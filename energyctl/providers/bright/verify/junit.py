"""The findings as JUnit XML, as build servers read them: a suite for each step, a case for each rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from energyctl.providers.bright.verify.findings import FAIL, PASS, Finding

#: What XML 1.0 cannot carry.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def document(findings: Sequence[Finding]) -> bytes:
    """Return the document; what is skipped or not built counts as skipped."""
    root = ET.Element("testsuites", _counts(findings, name="energyctl bright verify"))
    for step, group in groupby(findings, key=lambda one: one.step):
        rows = list(group)
        suite = ET.SubElement(root, "testsuite", _counts(rows, name=step))
        for one in rows:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=f"bright.verify.{step}",
                name=one.rule.name,
                time=f"{one.duration_ms / 1000:.3f}",
            )
            if one.status == FAIL:
                failure = ET.SubElement(case, "failure", message=_clean(one.found or ""), type=one.rule.name)
                failure.text = _clean(_story(one))
            elif one.status != PASS:
                ET.SubElement(case, "skipped", message=_clean(f"{one.status}: {one.found or ''}"))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _counts(findings: Sequence[Finding], *, name: str) -> dict[str, str]:
    return {
        "name": name,
        "tests": str(len(findings)),
        "failures": str(sum(one.status == FAIL for one in findings)),
        "errors": "0",
        "skipped": str(sum(one.status not in (FAIL, PASS) for one in findings)),
        "time": f"{sum(one.duration_ms for one in findings) / 1000:.3f}",
    }


def _story(one: Finding) -> str:
    lines = (
        ("rule", one.rule.title),
        ("request", one.request),
        ("expected", one.expected),
        ("found", one.found),
        ("fix", one.fix),
        ("contract", one.rule.contract),
    )
    return "\n".join(f"{name}: {text}" for name, text in lines if text)
