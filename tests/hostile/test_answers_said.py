"""What is said besides rows: errors, notices, charts, codes, addresses, and what is done once a write has been sent."""

from __future__ import annotations

import dataclasses
import json
import shlex
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core.charts import bar_or_line, minmax_line
from energyctl.core.endpoints import path_part
from energyctl.core.errors import EnergyctlError, UsageProblem
from energyctl.core.jsonbody import DEEPEST_ANSWER, NotJson, parse_json
from energyctl.core.output import error_text
from energyctl.core.qr import draw
from energyctl.core.session import Session
from energyctl.core.text import display_width, fit, harmless, json_harmless
from energyctl.core.wording import said_in, short
from energyctl.providers.bright.bankid import _text
from energyctl.providers.bright.invoicefile import address_in
from energyctl.providers.bright.screen import Screen
from tests.hostile.harness import Ended, Stream, execute
from tests.hostile.oracle import acting
from tests.hostile.recording import Exchange, moment, recorded
from tests.hostile.replay import JSON, Replay, surroundings
from tests.hostile.strategies import TEXTS, texts, values
from tests.properties import few

_LINK = ("emulate", "onboarding", "link", "C-100001", "--yes")
_URL = ("bright", "invoices", "url", "--account", "A-500001", "--latest")
_RENAME = ("emulate", "devices", "rename", "C-100001", "car", "Blitz", "--yes")
_METRICS = next(words for words in recorded() if words[:3] == ("rabot", "contracts", "metrics"))
_TARIFFS = ("rabot", "tariffs", "list")


def _session(**options: Any) -> Session:
    session = Session(stdin=Stream(), stdout=Stream(), stderr=Stream(), env={})
    session.options.redact = False
    for name, value in options.items():
        session.options.set(name, value)
    return session


def _answered(words: tuple[str, ...], request: str, *options: str, **changes: Any) -> Ended:
    """Run a command whose last answer to a request is another."""
    former = [one for one in recorded()[words].exchanges if request in one.request][-1]
    return Replay(words, [(former, dataclasses.replace(former, **changes))]).run(words, *options)


def _recorded(words: tuple[str, ...], request: str) -> Any:
    (found,) = [one for one in recorded()[words].exchanges if request in one.request]
    return json.loads(found.content)


# -- text ------------------------------------------------------------------------------------------------------


@given(texts)
def test_shown_text_acts_on_nothing(text: str) -> None:
    shown = harmless(text)
    assert not acting(shown, but="")
    assert harmless(shown) == shown
    document = json_harmless(json.dumps(text, ensure_ascii=False))
    assert not acting(document, but="")
    assert json.loads(document) == text


@pytest.mark.parametrize("text", TEXTS)
def test_every_known_trick_is_shown(text: str) -> None:
    assert not acting(harmless(text), but="")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f469\u200d\U0001f467"),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb", "\U0001f469\U0001f3fd\u200d\U0001f4bb"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\u0dc1\u0dca\u200d\u0dbb", "\u0dc1\u0dca\u200d\u0dbb"),
        ("ad\u200dmin", "ad\\u200dmin"),
        ("ad\u200cmin", "ad\\u200cmin"),
        ("\U0001f469\u200dx", "\U0001f469\\u200dx"),
        ("\U000e0041", "\\U000e0041"),
        ("\u3164", "\\u3164"),
        ("\ufffe", "\\ufffe"),
    ],
)
def test_joiners_stay_where_they_join(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(texts, st.integers(1, 40))
def test_a_shown_text_fits(text: str, width: int) -> None:
    assert display_width(fit(harmless(text), width)) <= width


@pytest.mark.parametrize(
    ("text", "width"), [("\u0378", 1), ("\u0903", 0), ("\ufe0f", 0), ("\u1161", 0), ("\U0001f469\u200d", 2)]
)
def test_widths_that_were_wrong_once(text: str, width: int) -> None:
    assert display_width(text) == width


# -- errors ----------------------------------------------------------------------------------------------------


@given(texts, texts, values)
def test_an_error_has_its_form_whatever_a_server_says(message: str, hint: str, details: Any) -> None:
    error = EnergyctlError(
        f"It said {short(message)}", hint=hint, request_id=message, details=details, code="x"
    )
    lines = error_text(error, _session()).split("\n")
    assert len(lines) == (2 if hint else 1)
    assert not acting("\n".join(lines))
    (line,) = error_text(error, _session(output="json")).split("\n")
    assert not acting(line, but="")
    assert json.loads(line)["error"]["code"] == "x"


@given(values)
def test_what_an_error_body_says_is_text(body: Any) -> None:
    said = said_in(body)
    assert said is None or (isinstance(said, str) and len(short(said)) <= 300)


@pytest.mark.parametrize("output", ["json", "tsv"])
def test_details_that_json_does_not_have_are_left_out(output: str) -> None:
    ended = _answered(
        _TARIFFS, "tariffs", "-o", output, status=400, body={"message": "no", "errors": float("inf")}
    )
    assert ended.code == 6
    assert "(status 400): no" in ended.err


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("depth", [DEEPEST_ANSWER - 2, DEEPEST_ANSWER + 1, 700, 5_000])
@pytest.mark.parametrize("options", [("-o", "json"), ("-o", "yaml"), ("-o", "json", "-v", "--redact")])
def test_nesting_is_an_answer_or_an_error(status: int, depth: int, options: tuple[str, ...]) -> None:
    inner = b"[" * depth + b"]" * depth
    raw = b'{"message": "no", "errors": %b}' % inner if status == 400 else b'[{"x": %b}]' % inner
    exchange = next(one for one in recorded()[_TARIFFS].exchanges if "tariffs" in one.request)

    class Deep(Exchange):
        content = raw

    deep = Deep(exchange.request, status, exchange.kind)
    ended = Replay(_TARIFFS, [(exchange, deep)]).run(_TARIFFS, *options)
    assert ended.code == (6 if status == 400 else 11 if depth > DEEPEST_ANSWER else 0)


def test_the_deepest_answer_is_counted_in_levels() -> None:
    parse_json(b"[" * DEEPEST_ANSWER + b"]" * DEEPEST_ANSWER, "")
    with pytest.raises(NotJson, match="nested too deeply"):
        parse_json(b"[" * (DEEPEST_ANSWER + 1) + b"]" * (DEEPEST_ANSWER + 1), "")


# -- addresses and codes ---------------------------------------------------------------------------------------


@given(texts)
def test_an_id_is_one_part_of_a_path(value: str) -> None:
    try:
        part = path_part("id", value, "bright")
    except UsageProblem:
        return
    assert part.isascii()
    assert not set(part) & set("/?#\\ ")
    assert part.strip(".")


@pytest.mark.parametrize("value", ["\ud800", "..", "", ". ."])
def test_an_id_that_leads_elsewhere_is_refused(value: str) -> None:
    with pytest.raises(UsageProblem):
        path_part("id", value, "bright")


@given(texts)
def test_an_address_that_is_printed_is_harmless(text: str) -> None:
    for answer in ({"url": f"https://x/{text}"}, [f"https://{text}"], {"url": f"/{text}"}, f"{text}/x"):
        address = address_in(answer, "https://kit.example.org/v1")
        assert address is None or not acting(address, but="")


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://x/\u3164", "https://x:99999999/", "https://x/\ud800", "https://\x1b[2J"]
)
def test_an_address_that_is_none_is_said_so(url: str) -> None:
    words = (
        "bright",
        "invoices",
        "download",
        "--account",
        "A-500001",
        "--latest",
        "--via",
        "url",
        "--to",
        "-",
    )
    former = [one for one in recorded()[_URL].exchanges if one.request.endswith("/url")][-1]
    known = dict(recorded())
    known[words] = recorded()[_URL]
    ended = Replay(_URL, [(former, dataclasses.replace(former, body={"url": url}))]).run(words)
    assert ended.code == 11, ended.err
    assert not acting(ended.err)


@few
@given(texts.filter(lambda text: len(text) < 200 or len(text) > 5_000))  # between, a code takes a second
def test_a_code_is_drawn_or_it_is_said_why_not(text: str) -> None:
    session = _session()
    draw(session, text)
    said = session.stderr.getvalue()  # type: ignore[attr-defined]
    assert said
    assert not acting(said)


@pytest.mark.parametrize("url", ["https://x", f"https://{'x' * 10_000}", "https://\ud800"])
def test_a_write_that_happened_is_told_whatever_came_back(url: str) -> None:
    ended = _answered(_LINK, "onboarding", "--qr", "-o", "json", body={"url": url})
    assert ended.code == 0
    assert json.loads(ended.out)["outcome"] == "changed"


# -- charts ----------------------------------------------------------------------------------------------------

_NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@few
@given(
    texts,
    texts,
    st.lists(st.floats() | st.none(), max_size=5),
    st.integers(1, 90),
    st.booleans(),
    st.booleans(),
)
def test_a_chart_shows_what_a_server_calls_it(
    title: str, unit: str, numbers: list[float | None], width: int, unicode: bool, bars: bool
) -> None:
    points = [(_NOON + timedelta(hours=hour), number) for hour, number in enumerate(numbers)]
    drawn = bar_or_line(
        points, title=title, unit=unit, width=width, height=10, zone=UTC, color=False, unicode=unicode,
        kind="bar" if bars else "line",
    )  # fmt: skip
    assert not acting(drawn)
    assert max(map(display_width, drawn.split("\n"))) <= max(width, 20)
    assert unicode or drawn.isascii()
    assert not acting(minmax_line(points, unit=unit, zone=UTC), but="")


@pytest.mark.parametrize(
    "told", ["in k\x1b]52;c;ZXZpbA==\x07Wh", "in kWh\u1160\u3164", "in \u202ekWh\n", "in " + "x" * 10_000]
)
def test_a_unit_is_a_word_of_the_provider(told: str) -> None:
    body = _recorded(_METRICS, "metrics")
    body["data"] |= {"valueUnitInfo": told, "records": _records(1.5)}
    ended = _answered(_METRICS, "metrics", "--plot", body=body)
    assert ended.code == 0
    assert not acting(ended.out)
    assert "one value: 1.5" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 120


def _records(value: Any) -> list[dict[str, Any]]:
    hour = moment().replace(minute=0, second=0) - timedelta(hours=2)
    return [{"moment": hour.isoformat(), "value": value}]


# -- commands to paste -----------------------------------------------------------------------------------------


@few
@given(texts.filter(lambda text: text.strip().strip(". ") and harmless(text) == text and len(text) < 500))
def test_what_is_to_be_pasted_runs_nothing_else(device: str) -> None:
    """A device's id, a name and a setting stand as single words in the commands that undo a change."""
    former = {"id": device, "custom_device_name": f"old {device}", "kind": "car"}
    renamed = {**former, "custom_device_name": "new"}

    def serve(request: httpx.Request) -> tuple[int, str, bytes]:
        if request.url.raw_path.endswith(b"/C/devices"):
            return 200, JSON, json.dumps([{**former, "name": "it"}]).encode()
        changed = request.method == "PATCH" or "PATCH" in asked
        asked.append(request.method)
        return 200, JSON, json.dumps(renamed if changed else former).encode()

    asked: list[str] = []
    with tempfile.TemporaryDirectory() as state:
        ended = execute(
            ("emulate", "devices", "rename", "C", "it", "new", "--yes"),
            env={**surroundings(), "ENERGYCTL_STATE_DIR": state},
            moment=moment(),
            server=serve,
            service=lambda _: b"",
        )
    assert ended.code == 0, ended.err
    (line,) = [one for one in ended.err.splitlines() if "put it back" in one]
    words = shlex.split(line.removeprefix("To put it back: "))
    assert words == ["energyctl", "emulate", "devices", "rename", "C", device, f"old {device}"]


# -- rows and codes of another kind ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "request_"),
    [(_URL, "/invoices"), (("emulate", "devices", "show", "C-100001", "car"), "/devices")],
    ids=["invoices", "devices"],
)
@pytest.mark.parametrize("row", [None, "text", 7, [], {}])
def test_rows_that_are_none_are_passed_over(words: tuple[str, ...], request_: str, row: Any) -> None:
    former = next(one for one in recorded()[words].exchanges if one.request.endswith(request_))
    whole = Replay(words).run(words, "-o", "json")
    spoiled = dataclasses.replace(former, body=[row, *former.body])
    assert Replay(words, [(former, spoiled)]).run(words, "-o", "json") == whole


@pytest.mark.parametrize("text", ["\ud800", "a\x1b[2Jb", " ", "", None, 7])
def test_a_bankid_order_has_no_code_that_cannot_be_sent_or_drawn(text: Any) -> None:
    assert _text({"qrStartToken": text}, "qrStartToken") is None


def test_a_bankid_code_that_is_too_long_is_said_so() -> None:
    session = _session()
    screen = Screen(session, qr=True)
    screen.draw_text("x" * 10_000)
    assert "no QR code can hold this text" in session.stderr.getvalue()  # type: ignore[attr-defined]
