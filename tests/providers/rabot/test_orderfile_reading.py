from __future__ import annotations

import json

import pytest

from energyctl.core.errors import UsageProblem
from energyctl.providers.rabot.orderfile import OrderDocument, read_orders

PITFALLS = """\
tariffKey: 24
userAccount:
  phoneNumber: +493012345
  lastName: No
  firstName: 'Null'
  businessName: ~
  dateOfBirth: 1985-04-12
contract:
  externalId: 1_000
  transactionDateTime: 2026-08-01 09:30:00
  deliveryAddress:
    postCode: 01067
    houseNumber: 12
    countryCode: NO
    extension: 1:30
  billingAddress:
  bankDetails:
    iban: DE89 3704 0044 0532 0130 00
    hasAcceptedDirectDebit: yes
  deliveryDetails:
    meterNumber: 0012345
    maLoIdentifier: 99987999749
    previousSupplierCode: 9979250000006
    previousAnnualConsumptionKwh: 03500
    moveInDate: 2026-09-01
    capabilities: {hasHeatPump: off, hasSmartMeter: True}
"""


def one(text: str, source: str = "order.yaml") -> OrderDocument:
    (order,) = read_orders(text, source)
    return order


def test_unquoted_yaml_keeps_the_text_that_was_written() -> None:
    assert one(PITFALLS).data == {
        "tariffKey": "24",
        "userAccount": {
            "phoneNumber": "+493012345",
            "lastName": "No",
            "firstName": "Null",
            "businessName": None,
            "dateOfBirth": "1985-04-12",
        },
        "contract": {
            "externalId": "1_000",
            "transactionDateTime": "2026-08-01 09:30:00",
            "deliveryAddress": {
                "postCode": "01067",
                "houseNumber": "12",
                "countryCode": "NO",
                "extension": "1:30",
            },
            "billingAddress": None,
            "bankDetails": {"iban": "DE89 3704 0044 0532 0130 00", "hasAcceptedDirectDebit": True},
            "deliveryDetails": {
                "meterNumber": "0012345",
                "maLoIdentifier": "99987999749",
                "previousSupplierCode": "9979250000006",
                "previousAnnualConsumptionKwh": 3500,
                "moveInDate": "2026-09-01",
                "capabilities": {"hasHeatPump": False, "hasSmartMeter": True},
            },
        },
    }


def test_values_are_exactly_python_types_that_json_knows() -> None:
    order = one(PITFALLS)
    assert type(order.data) is dict
    assert type(order.data["contract"]["deliveryAddress"]["postCode"]) is str
    assert json.loads(json.dumps(order.data)) == order.data


def test_quoted_scalars_are_text_even_where_a_number_belongs() -> None:
    order = one('contract: {deliveryDetails: {previousAnnualConsumptionKwh: "3500"}, agreements: {a: "yes"}}')
    assert order.data["contract"]["deliveryDetails"]["previousAnnualConsumptionKwh"] == "3500"


@pytest.mark.parametrize(("written", "read"), [("!!str 01067", "01067"), ("!!str", ""), ("!!null x", None)])
def test_standard_tags_are_understood(written: str, read: str | None) -> None:
    assert one(f"tariffKey: {written}").data == {"tariffKey": read}


def test_json_numbers_in_text_fields_become_their_own_text() -> None:
    text = '{"contract": {"deliveryAddress": {"postCode": 10115, "houseNumber": 12.50}}, "x": 7, "y": 1.5}'
    order = one(text, "order.json")
    assert order.data["contract"]["deliveryAddress"] == {"postCode": "10115", "houseNumber": "12.50"}
    assert order.data["x"] == 7


def test_a_number_of_ten_thousand_digits_stays_text() -> None:
    long = "9" * 10_000
    text = f'{{"contract": {{"deliveryDetails": {{"previousAnnualConsumptionKwh": {long}}}}}}}'
    assert one(text, "-").data["contract"]["deliveryDetails"]["previousAnnualConsumptionKwh"] == long


@pytest.mark.parametrize(
    "text",
    ["\ufefftariffKey: a\r\ncampaignCode: b\r\n", '\ufeff{"tariffKey": "a",\r\n"campaignCode": "b"}\r\n'],
)
def test_byte_order_mark_and_windows_line_ends(text: str) -> None:
    order = one(text, "-")
    assert order.data == {"tariffKey": "a", "campaignCode": "b"}
    assert order.where("campaignCode") == "line 2"
    assert not order.is_list


MANY = {
    "yaml list": ("- tariffKey: a\n- tariffKey: b\n", "orders.yaml", [1, 2]),
    "yaml documents": ("tariffKey: a\n---\n---\ntariffKey: b\n...\n", "-", [1, 4]),
    "json array": ('[\n{"tariffKey": "a"},\n\n{"tariffKey": "b"}]', "-", [2, 4]),
    "json lines": ('{"tariffKey": "a"}\n\n{"tariffKey": "b"}\n', "-", [1, 3]),
    "json after json": ('{\n"tariffKey": "a"}{"tariffKey": "b"}', "x.json", [1, 2]),
    "json in a yaml file": ('[{"tariffKey": "a"},\n{"tariffKey": "b"}]', "orders.yml", [1, 2]),
    "braces of yaml": ("[{tariffKey: a},\n {tariffKey: b}]", "-", [1, 2]),
}


@pytest.mark.parametrize(("text", "source", "lines"), MANY.values(), ids=MANY)
def test_many_orders(text: str, source: str, lines: list[int]) -> None:
    orders = read_orders(text, source)
    assert [order.data for order in orders] == [{"tariffKey": "a"}, {"tariffKey": "b"}]
    assert [order.index for order in orders] == [0, 1]
    assert all(order.is_list for order in orders)
    assert [order.line for order in orders] == lines


@pytest.mark.parametrize(
    ("text", "source"),
    [("- tariffKey: a", "x.yaml"), ('[{"tariffKey": "a"}]', "-"), ('{"tariffKey": "a"}\n', "x.jsonl")],
)
def test_a_list_of_one_is_a_list(text: str, source: str) -> None:
    assert one(text, source).is_list


def test_lines_of_paths_in_yaml() -> None:
    order = one(PITFALLS)
    assert order.where("contract.deliveryAddress.postCode") == "line 12"
    assert order.where("contract.deliveryAddress.city") == "line 11"
    assert order.where("contract.agreements.privacyPolicy") == "line 8"
    assert order.where() == "line 1"


def test_lines_of_paths_in_json_also_behind_lists_and_quotes() -> None:
    text = (
        '\n{"tariffKey": "a\\"{[",\n "x": [1, {"y": 2},\n {"z":\n 3}],\n "userAccount": {\n"gender": null}}'
    )
    order = one(text, "-")
    expected = {"tariffKey": 2, "x": 3, "x[1].y": 3, "x[2].z": 4, "userAccount": 6, "userAccount.gender": 7}
    assert {path: order.line_of(path) for path in expected} == expected
    assert order.line_of("contract.type") == 2


def test_an_order_without_a_file_has_no_lines() -> None:
    assert OrderDocument(0, {}).where("tariffKey") == ""


def test_label() -> None:
    assert one("contract: {externalId: ' A-1 '}\nuserAccount: {emailAddress: a@b.de}").label == "A-1"
    assert one("contract: {externalId: }\nuserAccount: {emailAddress: a@b.de}").label == "a@b.de"
    assert read_orders("[{}, {contract: 1, userAccount: []}]", "-")[1].label == "order 2"


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "---\n---\n", "[]", "null", "\ufeff"])
def test_no_order_is_an_error(text: str) -> None:
    with pytest.raises(UsageProblem, match="no order") as caught:
        read_orders(text, "orders.yaml")
    assert caught.value.message.startswith("orders.yaml")
    assert "template" in (caught.value.hint or "")


BROKEN = {
    "tab": ("tariffKey: a\n\tcampaignCode: b", "o.yaml", 2, "tab"),
    "colon": ("tariffKey: a: b", "o.yaml", 1, "colon"),
    "quote": ("tariffKey: 'a\n", "o.yaml", None, "quotes"),
    "alias": ("a: &x 1\nb: *x", "o.yaml", 2, "alias"),
    "own tag": ("a: 1\nb: !secret x", "o.yaml", 2, "tag"),
    "python tag": ("a: !!python/object/apply:os.system [ls]", "o.yaml", 1, "tag"),
    "binary": ("a: !!binary aGk=", "o.yaml", 1, "tag"),
    "key is a list": ("? [a]\n: b", "o.yaml", 1, "field name"),
    "null byte": ("a: b\nb: c\0", "o.yaml", 2, "unprintable"),
    "half a surrogate": ("a: b\nc: \ud800", "o.yaml", 2, "unprintable"),
    "deep yaml": ("a: " + "[" * 2000, "o.yaml", 1, "deeper"),
    "text": ("hello", "o.yaml", 1, "a text, not"),
    "list in list": ("- - a", "o.yaml", 1, "a list, not"),
    "empty item": ("- tariffKey: a\n-\n", "o.yaml", 2, "empty"),
    "json comma": ('{"a": 1\n "b": 2}', "o.json", 2, "comma"),
    "json trailing comma": ('[{"a": 1},\n]', "o.json", 2, "value is expected"),
    "json unclosed": ('[{"a": 1}', "o.json", 1, "bracket"),
    "json leading zero": ('{"a":\n 01067}', "o.json", 2, "comma"),
    "json lines, third": ('{"a": 1}\n{"a": 2}\n{"a": }\n', "o.jsonl", 3, "value is expected"),
    "json NaN": ('{"a": 1}\n{"a": NaN}\n', "-", 2, "NaN"),
    "json text": ('["a"]', "-", 1, "a text"),
    "json number": ("[{}, \n7]", "-", 2, "order 2 is a number"),
    "json null": ("[null]", "-", 1, "null"),
    "json bool": ("[true]", "-", 1, "true or false"),
    "json deep": ('{"a": ' * 30 + "1" + "}" * 30, "o.json", 1, "deeper"),
    "json very deep": ('{"a": ' * 100_000, "o.json", None, "deeper"),
    "neither": ('{"a": 1}}', "-", 1, "not JSON"),
}


@pytest.mark.parametrize(("text", "source", "line", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_files_are_told_with_their_place(text: str, source: str, line: int | None, said: str) -> None:
    with pytest.raises(UsageProblem, match=said) as caught:
        read_orders(text, source)
    assert caught.value.message.startswith(source)
    assert caught.value.exit_code == 2
    if line is not None:
        assert f"line {line}" in caught.value.message


@pytest.mark.parametrize(
    "written", ["*hunter2", "!hunter2 x", "'hunter2", "hunter2: x", '"\\hunter2"', "[hunter2", "@hunter2"]
)
def test_errors_never_quote_the_file(written: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        read_orders(f"userAccount:\n  password: {written}\n", "o.yaml")
    assert "hunter2" not in json.dumps(caught.value.as_dict())


def test_repeated_fields_are_remembered_with_the_line_of_the_second() -> None:
    for text in (
        "contract:\n  type: Private\n  number: 1\n  type: Business\n",
        '{"contract": {\n"type": "Private",\n"number": 1,\n"type": "Business"}}',
    ):
        order = one(text, "-")
        assert order.repeated == ("contract.type",)
        assert order.where("contract.type") == "line 4"
