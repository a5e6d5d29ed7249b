"""The shortest way through everything."""

from __future__ import annotations

from tests.conftest import Run


def test_the_main_journey_works(run: Run) -> None:
    key = run("rabot", "tariffs", "list", "-o", "ids").out.split()[0]
    done = run("rabot", "quote", key, "--postcode", "10115", "--kwh", "3500", "-o", "json")
    assert (done.code, done.err) == (0, "")
    assert done.json["priceComponents"]["pricePerMonth"]["unit"] == {"main": "Euro", "per": "Month"}


def test_outside_the_sandbox_a_write_needs_a_yes(outside: Run) -> None:
    order = outside("rabot", "orders", "template").out
    done = outside("rabot", "orders", "create", "-f", "-", input=order)
    assert done.code == 2
    assert "--yes" in done.err
    assert done.out == ""
