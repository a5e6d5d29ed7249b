"""Personal numbers: read, checked, made whole, and masked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from energyctl.core.errors import UsageProblem
from energyctl.providers.bright.persons import assumes_century, masked, masked_number, normalised


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("191212121212", "191212121212"),
        ("19121212-1212", "191212121212"),
        ("121212+1212", "191212121212"),
        ("121212-1212", "201212121212"),
        ("1212121212", "201212121212"),
        (" 19900101 0017 ", "199001010017"),
        ("900101-0017", "199001010017"),
        ("000101-0008", "200001010008"),
        ("701063-2391", "197010632391"),  # a coordination number: the day of birth plus 60
        ("19701063-2391", "197010632391"),
    ],
)
def test_every_way_of_writing_becomes_twelve_digits(given: str, whole: str) -> None:
    assert normalised(given) == whole


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "0 digits"),
        ("abc", "0 digits"),
        ("19121212", "8 digits"),
        ("19121212-12121", "13 digits"),
        ("12121212121", "11 digits"),
        ("19130230-1212", "no date of birth"),
        ("00000000-0000", "no date of birth"),
        ("701093-2391", "no date of birth"),
        ("121212-12a2", "digits"),
        ("19121212-1213", "check digit"),
    ],
)
def test_what_is_no_number_is_refused_without_being_told_whole(given: str, why: str) -> None:
    with pytest.raises(UsageProblem, match=why) as caught:
        normalised(given)
    told = f"{caught.value.message} {caught.value.hint}"
    assert len(given) < 10 or given[-6:] not in told
    assert caught.value.hint


def test_a_wrong_check_digit_is_taken_on_demand_and_nothing_else() -> None:
    assert normalised("19121212-1213", checked=False) == "191212121213"
    with pytest.raises(UsageProblem, match="no date of birth"):
        normalised("19130230-1212", checked=False)


def test_nobody_is_born_tomorrow() -> None:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - a day of birth has no zone
    with pytest.raises(UsageProblem, match="yet to come"):
        normalised(f"{tomorrow:%Y%m%d}1234", checked=False)
    a_century_ago = f"{tomorrow.year - 100}{tomorrow:%m%d}1234"
    assert normalised(f"{tomorrow:%y%m%d}-1234", checked=False) == a_century_ago


def test_only_ten_digits_leave_the_century_open() -> None:
    assert [assumes_century(one) for one in ("121212-1212", "1212121212", "19121212-1212")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"ssn": "191212121212"}, {"ssn": "19121212-****"}),
        ({"personal_number": 191212121212}, {"personal_number": "19121212-****"}),
        ({"a": [{"personalNumber": "121212-1212"}]}, {"a": [{"personalNumber": "121212-****"}]}),
        ({"ssn": None, "SSN": ""}, {"ssn": None, "SSN": ""}),
        ({"orgNumber": "555555-5555"}, {"orgNumber": "555555-5555"}),
        ({"orgNumber": "121212-1212"}, {"orgNumber": "121212-****"}),  # a sole trader's is a person's
        (["191212121212", 1, True], ["191212121212", 1, True]),
    ],
)
def test_fields_with_personal_numbers_are_masked(data: Any, shown: Any) -> None:
    assert masked(data) == shown


def test_a_masked_number_keeps_the_day_of_birth_alone() -> None:
    assert masked_number("191212121212") == "19121212-****"
    assert masked_number("12") == "****"
