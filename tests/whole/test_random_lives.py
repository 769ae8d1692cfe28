"""The random machine on the real house: any facts and requests, while workers and API die by -9 (§4.10)."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine
from random import Random
from typing import Any, ClassVar, TypeVar

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from temporalio.service import RPCError

from domain.manual.decide import decide
from domain.order import Order
from domain.requests import ASKS
from tests.evidence import done, doubled
from tests.rules.anything import FACTS, Anything
from tests.rules.invariants import of_state
from tests.whole.house import House, eventually, now, order

LIVES, STEPS = 6, 50
SEEDS = st.integers(0, 2**32 - 1)
SELDOM = 12
"""Before one of so many steps somebody dies: a worker that is born again needs a second or two."""
UNDERSTOOD = {200, 201, 202, 403, 404, 409, 422}
"""What may be answered, whatever was said: yes, no with reasons, or what is wrong with it."""
NUMBERS = itertools.count(1)
LATE = """SELECT (body->'data'->>'amount')::bigint AS amount FROM inbound_fact
    WHERE order_no = %(order_no)s AND kind = 'paid'"""
Result = TypeVar("Result")


class RealLife(RuleBasedStateMachine):
    """One real order a life; what the simulated parties do by themselves goes on meanwhile."""

    house: ClassVar[House]
    loop: ClassVar[asyncio.AbstractEventLoop]
    steps: ClassVar[int] = 0
    deaths: ClassVar[int] = 0

    @initialize()
    def placed(self) -> None:
        """A real order."""
        self.name = f"random-{next(NUMBERS)}"
        self.order_no = self._do(self.house.posts(order(self.name))).json()["order_no"]

    @rule(seed=SEEDS, kind=st.sampled_from(sorted(FACTS)))
    def somebody_reports(self, seed: int, kind: str) -> None:
        """Any fact, by the door for facts."""
        fact = Anything(self._order(), now(), Random(seed)).fact(kind, f"{self.name}/{seed}")
        if fact is not None:
            said = fact.model_dump(mode="json", exclude_unset=True, exclude={"id", "received_at", "actor", "source"})
            body = {
                "source": "random",
                "event_id": fact.id,
                "kind": said.pop("kind", kind),
                "occurred_at": said.pop("occurred_at"),
                "order_no": self.order_no,
                "data": said,
            }
            self._says("/v1/facts", body, "supervisor")

    @rule(seed=SEEDS, kind=st.sampled_from(sorted(ASKS)))
    def somebody_asks(self, seed: int, kind: str) -> None:
        """Any request, by its own door."""
        random = Random(seed)
        ask = Anything(self._order(), now(), random).ask(kind, f"{self.name}/{seed}")
        if ask is not None:
            body = ask.model_dump(mode="json", exclude_unset=True, exclude={"role", "kind"})
            self._says(f"/v1/orders/{self.order_no}/{kind}", body, random.choice(("operator", "supervisor", "finance")))

    @rule()
    def time_passes(self) -> None:
        """The parties go on."""
        self._perhaps_somebody_dies()
        self._do(asyncio.sleep(0.3))

    def teardown(self) -> None:
        """When all is quiet: nothing is broken, nothing was done twice, and the books say what the workflow knows."""
        if not hasattr(self, "order_no"):
            return
        self._do(self._quiet())
        ended = self._order()
        decision = decide(ended, now())
        assert list(of_state(decision.order, now(), decision)) == []
        assert self._do(self.house.desk.detail(self.order_no)).stage == ended.stage
        log = self._do(self.house.log(self.name))
        assert [line for line in doubled(log) if "/refunds" not in line] == []
        paid_back = Counter(back.amount for back in ended.payment.refunds if back.done)
        sent = Counter(each["amount"] for each in done(log, "payments", "/refunds"))
        assert paid_back <= sent, "what the order knows to be paid back was"
        late = sum(row["amount"] for row in self.house.evidence.rows(LATE, order_no=self.order_no))
        assert (sent - paid_back).total() == 0 or sum((sent - paid_back).elements()) <= late, "the rest came too late"

    async def _quiet(self) -> None:
        known = -1

        async def unchanged() -> bool:
            nonlocal known
            before, known = known, len((await self._snapshot()).seen)
            await asyncio.sleep(1)
            return before == known

        await eventually(unchanged, f"{self.order_no} does not come to rest", within=60)

    def _perhaps_somebody_dies(self) -> None:
        """A process dies at once, by turns; the house starts it again."""
        type(self).steps += 1
        who = ("worker", "api")[self.steps // SELDOM % 2]
        if self.steps % SELDOM == 0 and who in self.house.stack.pids:
            self.house.kill(who)
            type(self).deaths += 1

    # -- the ways in ---------------------------------------------------------------------------------------------

    def _do(self, what: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(120)

    def _order(self) -> Order:
        return self._do(self._snapshot())

    async def _snapshot(self) -> Order:
        """The order as its workflow knows it; a worker that is just being born is waited for."""
        handle = self.house.temporal.get_workflow_handle(f"order/{self.order_no}")
        found: list[Order] = []

        async def answers() -> bool:
            try:
                found.append(Order.model_validate(await handle.query("snapshot")))
            except RPCError:
                return False
            return True

        await eventually(answers, f"{self.order_no} does not answer", within=60)
        return found[0]

    def _says(self, path: str, body: dict[str, Any], role: str) -> None:
        self._perhaps_somebody_dies()
        headers = {"Authorization": f"Bearer {self.house.desk.keys[role]}"}
        answers: list[httpx2.Response] = []

        async def answered() -> bool:
            """Where the API has just died the same is said again, under the same id."""
            try:
                url = f"{self.house.stack.api_url}{path}"
                answers.append(await self.house.desk.client.post(url, json=body, headers=headers))
            except httpx2.TransportError:
                return False
            return answers[-1].status_code not in {502, 503, 504}

        self._do(eventually(answered, f"{path} is not answered", within=60))
        assert answers[-1].status_code in UNDERSTOOD, (path, body, answers[-1].text)


@pytest.mark.thorough
@pytest.mark.timeout(900)
async def test_whatever_happens_to_a_real_order_no_invariant_breaks(house: House) -> None:
    """300 steps and as many deaths as chance will have; a life that fails is told, not made shorter."""
    before = house.evidence.shelves()
    RealLife.house, RealLife.loop = house, asyncio.get_running_loop()
    how = settings(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, RealLife, settings=how)
    assert RealLife.steps > LIVES * STEPS // 3
    assert RealLife.deaths > RealLife.steps // SELDOM // 2
    assert house.evidence.unbalanced(before) == []
