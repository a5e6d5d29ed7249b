"""That every operation answers a right request as the sandbox's published documents say."""

from __future__ import annotations

from tests.sandbox.contract.partner import Partner


def test_every_operation_answers_as_it_is_described(partner: Partner) -> None:
    wrong = []
    for operation in partner.published.operations.values():
        answer = partner.send(operation, partner.right(operation))
        if answer.status_code not in operation.successes:
            wrong.append(f"{operation.id}: {answer.status_code} {answer.text[:300]}")
        else:
            wrong += partner.against(operation, answer)
    assert not wrong, "\n".join(wrong)
