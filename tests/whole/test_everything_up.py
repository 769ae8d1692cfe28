"""The main job on real input: orders come in over HTTP and live their whole life (§4.2, §4.12; architecture §3)."""

from __future__ import annotations

import pytest

from tests.evidence import doubled, effects, messages
from tests.whole.house import House, order


@pytest.mark.clause("AC-01", "SR-010", "SR-023")
async def test_an_order_lives_its_whole_life(house: House) -> None:
    before = house.evidence.stock()
    answer = await house.posts(order("whole-life"))
    assert answer.status_code == 201, answer.text
    (ended,) = await house.see_ended([answer.json()["order_no"]])
    assert ended.stage == "COMPLETED"
    assert ended.cases == ()
    print(ended)
    log = (await house.evidence.logs(["whole-life"]))["whole-life"]
    print(effects(log))
    print(messages(log))
    print([line["code"] for line in (await house.asks(f"/orders/{answer.json()['order_no']}/timeline"))["timeline"]])
    assert doubled(log) == []
    assert house.evidence.unbalanced(before) == []
