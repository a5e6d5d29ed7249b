"""Answers that are too large: given up early, and not kept by the error that tells of them."""

from __future__ import annotations

import os
import tracemalloc

import pytest

from energyctl.core.errors import BadAnswer, OutcomeUnknown
from energyctl.core.exchange import LARGEST_ANSWER
from energyctl.core.session import Session
from energyctl.core.transport import Request, Rest
from tests.faults.relays.http import HttpRelay
from tests.partner import Partner, Reply


def test_an_answer_that_is_too_large_is_not_kept() -> None:
    with Partner() as partner, HttpRelay(partner.url) as relay:
        partner.add("/tariffs", Reply({}))
        relay.set("gzip-bomb")
        rest = Rest(Session(env=os.environ), provider="rabot", title="RABOT Energy", base_url=relay.url)
        tracemalloc.start()
        with pytest.raises(BadAnswer) as read:
            rest.call(Request("list", "GET", "/tariffs"))
        with pytest.raises(OutcomeUnknown) as written:
            rest.call(Request("create", "POST", "/tariffs", body={}, reads=False))
        rest.close()
        now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (read.value.code, written.value.outcome) == ("answer_too_large", "unknown")
        assert now < LARGEST_ANSWER / 8
        assert most < LARGEST_ANSWER * 1.2
