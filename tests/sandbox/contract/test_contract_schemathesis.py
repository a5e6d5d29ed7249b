"""What schemathesis is told: the operations there are, no secret, and a reason for whatever it leaves out."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.sandbox.contract.__main__ import CHECKS, configured
from tests.sandbox.contract.exceptions import EXEMPT
from tests.sandbox.contract.partner import Partner
from tests.sandbox.contract.partners import PARTNERS


def test_every_exemption_is_of_something_that_there_is(partner: Partner) -> None:
    mine = [each for each in EXEMPT if each.provider == partner.provider]
    assert {each.operation for each in mine} <= set(partner.published.operations)
    assert {each.check for each in mine} <= set(CHECKS)
    assert all(len(each.reason.split()) > 4 for each in mine)
    assert {each.provider for each in EXEMPT} <= set(PARTNERS)
    assert len({(each.provider, each.operation, each.check) for each in EXEMPT}) == len(EXEMPT)


def test_the_configuration_reads_back_and_holds_no_secret(partner: Partner, tmp_path: Path) -> None:
    file = tmp_path / "schemathesis.toml"
    secrets = configured(partner, file)
    written = tomllib.loads(file.read_text())
    assert {name for name, each in written["checks"].items() if name != "enabled" and each["enabled"]} == set(
        CHECKS
    )
    schemes = partner.published.raw["components"]["securitySchemes"]
    assert written["auth"]["openapi"].keys() == schemes.keys()
    said = {each["include-operation-id"]: each for each in written["operations"]}
    for operation in partner.published.operations.values():
        names = {f"path.{each.name}" for each in operation.parameters if each.place == "path"}
        assert said.get(operation.id, {}).get("parameters", {}).keys() == names
    for each in EXEMPT:
        if each.provider == partner.provider:
            assert said[each.operation]["checks"] == {each.check: {"enabled": False}}
    assert secrets
    assert not [name for name, secret in secrets.items() if secret in file.read_text()]
