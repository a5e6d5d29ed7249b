"""What a search term is taken for."""

from __future__ import annotations

import pytest

from energyctl.core.errors import UsageProblem
from energyctl.core.terms import Kind, recognised


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("anna@example.org", [Kind.EMAIL]),
        ("  anna@example.org\n", [Kind.EMAIL]),
        ("191212121212", [Kind.PERSONAL]),
        ("19121212-1212", [Kind.PERSONAL]),
        ("121212-1212", [Kind.PERSONAL]),
        ("1212121212", [Kind.PERSONAL]),
        ("19121272 1219", [Kind.PERSONAL]),  # a co-ordination number: 60 is added to the day
        ("0701011231", [Kind.PERSONAL, Kind.PHONE]),  # a date of birth, or a mobile phone
        ("1212121213", [Kind.NUMBER]),
        ("199913121212", [Kind.NUMBER]),  # there is no month 13
        ("+46 70 123 45 67", [Kind.PHONE]),
        ("0046701234567", [Kind.PHONE, Kind.NUMBER]),
        ("(030) 1234567", [Kind.PHONE]),
        ("0", [Kind.NUMBER]),
        ("609a3eca-517f-4188-93e0-dc7fc07b439b", [Kind.UUID]),
        ("735999100000000003", [Kind.GSRN]),
        ("400000001", [Kind.NUMBER]),
        ("82065817787", [Kind.MALO, Kind.NUMBER]),
        ("DE00039303950667SANDBOX0835000657", [Kind.MELO]),
        ("1ESY5116495728", [Kind.ID]),
        ("A23ABA159F1B", [Kind.ID]),
        ("C-100001", [Kind.ID]),
        ("urn:acme:anna", [Kind.ID]),
        ("INV-500001-202610", [Kind.ID, Kind.INVOICE]),
        ("RE2024-0012", [Kind.ID, Kind.INVOICE]),
        ("Anna Svensson", [Kind.NAME]),
        ("Grönwall", [Kind.NAME]),
        ("Garage 2", [Kind.NAME]),
    ],
)
def test_a_term_is_told_by_its_form(text: str, kinds: list[Kind]) -> None:
    assert list(recognised(text).kinds) == kinds
    assert recognised(text).doubt is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("735999100000000004", Kind.GSRN),
        ("82065817788", Kind.MALO),
        ("191212121213", Kind.PERSONAL),
        ("121212-1213", Kind.PERSONAL),
    ],
)
def test_a_wrong_check_digit_is_a_doubt(text: str, kind: Kind) -> None:
    term = recognised(text)
    assert term.kinds[0] is kind
    assert term.doubt == f"as a {kind} its check digit is wrong"


@pytest.mark.parametrize("text", ["", " \n", "a\x1bb", "x" * 201, "DE89 3704 0044 0532 0130 00"])
def test_what_is_no_term(text: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        recognised(text)
    assert "3704" not in f"{caught.value.message}{caught.value.hint}"


def test_a_personal_number_is_shown_masked() -> None:
    assert recognised("19121212-1212").shown == "19121212-****"
    assert recognised("C-100001").shown == "C-100001"


@pytest.mark.parametrize(
    ("given", "stored", "same"),
    [
        ("070-228 24 77", "+46702282477", True),
        ("0046702282477", "+46 (0)70 228 24 77", True),
        ("+46702282477", "0702282477", True),
        ("0702282477", "+46702282478", False),
        ("0701234567", "4567", False),
    ],
)
def test_spellings_of_a_phone_number(given: str, stored: str, same: bool) -> None:
    assert recognised(given).is_phone(stored) is same


@pytest.mark.parametrize(
    ("given", "name", "found"),
    [
        ("an sv", "Anna Svensson", True),
        ("svensson anna", "Anna Svensson", True),
        ("becker", "Marie Schröder-Becker", True),
        ("nna", "Anna Svensson", False),
        ("anna berg", "Anna Svensson", False),
    ],
)
def test_names_are_found_by_the_beginnings_of_their_words(given: str, name: str, found: bool) -> None:
    assert recognised(given).begins_words_of(name) is found
