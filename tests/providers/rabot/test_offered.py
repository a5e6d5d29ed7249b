"""What RABOT's lists leave behind for completion, and that a shell offers it where it is wanted."""

from __future__ import annotations

from pathlib import Path

from energyctl.app import root
from tests.conftest import Run
from tests.core.completion_shells import Bash, Place


def test_what_was_listed_is_offered(run: Run, tmp_path: Path) -> None:
    state = tmp_path / "state"
    more = {"ENERGYCTL_STATE_DIR": str(state)}

    def listed(*words: str) -> list[str]:
        done = run("rabot", *words, "-o", "ids", more=more)
        assert done.code == 0, done.err
        return done.out.split()

    customers = listed("customers", "list", "--limit", "3")
    contracts = listed("contracts", "list", customers[0])
    files = listed("documents", "list", customers[0], contracts[0])
    orders = listed("orders", "list", "--limit", "5")
    tariffs = listed("tariffs", "list")
    operations = listed("endpoints", "list")
    customer, contract = customers[0], contracts[0]
    bash = Bash(Place(tmp_path / "user", root, more))
    try:
        for line, offered in (
            ("rabot contracts list ", customers),
            ("rabot orders list --customer ", customers),
            (f"rabot contracts metrics {customer} ", contracts),
            (f"rabot documents download {customer} {contract} ", files),
            ("rabot orders show ", orders),
            ("rabot quote ", tariffs),
            ("rabot call ", operations),
        ):
            assert set(bash.offers(f"energyctl {line}")) == set(offered), line
    finally:
        bash.close()
    described = (state / "completion/rabot-customers").read_text().splitlines()
    assert [line.split("\t")[0] for line in described] == customers
    assert all(line.split("\t")[1] for line in described)
