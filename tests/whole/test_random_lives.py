"""The random machine on a real house: any facts and requests, while any of its processes dies by -9 (§4.10)."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine, Iterable
from pathlib import Path
from random import Random
from typing import Any, ClassVar, TypeVar

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from temporalio.service import RPCError

from domain.manual.answers import allowed_actions
from domain.manual.decide import decide
from domain.order import Order
from domain.requests import ASKS
from infra.whereabouts import load_settings
from tests.evidence import Log, done, doubled
from tests.rules.anything import FACTS, Anything
from tests.rules.invariants import of_state
from tests.whole.house import House, eventually, now, open_house, order

LIVES, STEPS = 8, 60
LEAST = 300
"""So many steps there are at least."""
SEEDS = st.integers(0, 2**32 - 1)
SELDOM = 12
"""Before one of so many steps somebody dies: who is born again needs a second or two."""
VICTIMS = ("worker", "api", "worker", "api", "temporal", "worker", "api", "postgres")
"""Who dies, by turns."""
OPEN = 0.7
"""So many requests are of a kind that may be made."""
UNDERSTOOD = {200, 201, 202, 403, 404, 409, 422}
"""What may be answered, whatever was said: yes, no with reasons, or what is wrong with it."""
REPEATED = ("/refunds", "ANSWER_REMINDER")
"""What may be done again with the same content, each time under a key of its own: the customer is reminded twice."""
NUMBERS = itertools.count(1)
PAID = """SELECT DISTINCT ON (number) number, currency, amount FROM (
        SELECT body->'data'->>'payment_no' AS number, COALESCE(body->'data'->>'currency', 'CNY') AS currency,
            (body->'data'->>'amount')::bigint AS amount, id
        FROM inbound_fact WHERE order_no = %(order_no)s AND kind = 'paid') AS paid
    ORDER BY number, id"""
"""What was reported as paid, each payment once."""
Result = TypeVar("Result")


class RealLife(RuleBasedStateMachine):
    """One real order a life; what the simulated parties do by themselves goes on meanwhile."""

    house: ClassVar[House]
    loop: ClassVar[asyncio.AbstractEventLoop]
    steps: ClassVar[int] = 0
    deaths: ClassVar[Counter[str]] = Counter()

    @initialize()
    def placed(self) -> None:
        """A real order."""
        self.name = f"random-{next(NUMBERS)}"
        self.order_no = self._do(self.house.posts(order(self.name))).json()["order_no"]

    @rule(seed=SEEDS)
    def something_happens(self, seed: int) -> None:
        """Somebody reports, somebody asks, or the parties go on."""
        self._step()
        chance = f"{seed}/{self.steps}"
        random = Random(chance)
        happens = random.choice((self.somebody_reports, self.somebody_asks, self.somebody_asks, self.time_passes))
        happens(random, f"{self.name}/{chance}")

    def somebody_reports(self, random: Random, identity: str) -> None:
        """Any fact, by the door for facts."""
        known = self._order()
        drawn = (Anything(known, now(), random).fact(kind, identity) for kind in self._any(FACTS, random))
        fact = next((fact for fact in drawn if fact is not None), None)
        assert fact is not None, "no fact could be drawn"
        said = fact.model_dump(mode="json", exclude_unset=True, exclude={"id", "received_at", "actor", "source"})
        body = {
            "source": "random",
            "event_id": fact.id,
            "kind": said.pop("kind"),
            "occurred_at": said.pop("occurred_at"),
            "order_no": self.order_no,
            "data": said,
        }
        self._says("/v1/facts", body, "supervisor")

    def somebody_asks(self, random: Random, identity: str) -> None:
        """Any request, by its own door; mostly one that is open."""
        known = self._order()
        kinds = allowed_actions(known) if random.random() < OPEN else ()
        for kind in self._any(kinds or ASKS, random):
            ask = Anything(known, now(), random).ask(kind, identity)
            if ask is not None:
                body = ask.model_dump(mode="json", exclude_unset=True, exclude={"role", "kind"})
                role = random.choice(("operator", "supervisor", "finance"))
                self._says(f"/v1/orders/{self.order_no}/{kind}", body, role)
                return

    def time_passes(self, _: Random, __: str) -> None:
        """The parties go on."""
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
        told = self._do(self.house.asks(f"/orders/{self.order_no}/explanation"))
        assert ended.final or told["explanation"]["waiting"], "it waits for nobody"
        log = self._do(self.house.log(self.name))
        keys = Counter((each["party"], each["path"], each["key"]) for each in log["effects"])
        assert [key for key, times in keys.items() if times > 1] == []
        assert [line for line in doubled(log) if not any(word in line for word in REPEATED)] == []
        self._money(ended, log)

    def _money(self, ended: Order, log: Log) -> None:
        """What the payer paid back: what the order knows of, and of the rest only what was paid after its end."""
        ours = [back for back in ended.payment.refunds if back.done and ended.effect(back.key.split("/", 1)[1])]
        sent = Counter((each["currency"], each["amount"]) for each in done(log, "payments", "/refunds"))
        known = Counter((back.currency, back.amount) for back in ours)
        assert known <= sent, "what the order knows to be paid back was"
        numbers = {receipt.payment_no for receipt in ended.payment.receipts}
        late = Counter(
            (row["currency"], row["amount"])
            for row in self.house.evidence.rows(PAID, order_no=self.order_no)
            if ended.final and row["number"] not in numbers
        )
        assert sent - known <= late, "the rest came after the end, and went back as it came"

    async def _quiet(self) -> None:
        known = -1

        async def unchanged() -> bool:
            nonlocal known
            before, known = known, len((await self._snapshot()).seen)
            await asyncio.sleep(1)
            return before == known

        await eventually(unchanged, f"{self.order_no} does not come to rest", within=180)

    @staticmethod
    def _any(kinds: Iterable[str], random: Random) -> list[str]:
        ordered = sorted(kinds)
        return random.sample(ordered, len(ordered))

    def _step(self) -> None:
        """Now and then a process dies at once, by turns; the house starts it again."""
        type(self).steps += 1
        who = VICTIMS[self.steps // SELDOM % len(VICTIMS)]
        if self.steps % SELDOM == 0 and who in self.house.stack.pids:
            self.house.kill(who)
            self.deaths[who] += 1

    # -- the ways in ---------------------------------------------------------------------------------------------

    def _do(self, what: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(400)

    def _order(self) -> Order:
        return self._do(self._snapshot())

    async def _snapshot(self) -> Order:
        """The order as its workflow knows it; a worker that is just being born is waited for."""
        handle = self.house.temporal.get_workflow_handle(f"order/{self.order_no}")
        found: list[Order] = []

        async def answers() -> bool:
            try:
                found.append(Order.model_validate(await handle.query("snapshot")))
            except (RPCError, TimeoutError):
                return False
            return True

        await eventually(answers, f"{self.order_no} does not answer", within=180)
        return found[0]

    def _says(self, path: str, body: dict[str, Any], role: str) -> None:
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

        self._do(eventually(answered, f"{path} is not answered", within=180))
        assert answers[-1].status_code in UNDERSTOOD, (path, body, answers[-1].text)


@pytest.mark.thorough
@pytest.mark.timeout(3600)
async def test_whatever_happens_to_a_real_order_no_invariant_breaks(tmp_path: Path) -> None:
    """300 steps on a house of its own, all of whose processes die; a life that fails is told, not made shorter."""
    embedded = dict.fromkeys(("database_url", "temporal_address", "temporal_profile", "temporal_config_file"))
    settings_of_house = load_settings(ports="auto", data=tmp_path, log_format="json").model_copy(update=embedded)
    how = settings(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    async with open_house(settings_of_house) as house:
        before = house.evidence.shelves()
        RealLife.house, RealLife.loop = house, asyncio.get_running_loop()
        await asyncio.to_thread(run_state_machine_as_test, RealLife, settings=how)
        assert RealLife.steps >= LEAST
        assert set(RealLife.deaths) == set(VICTIMS)
        assert house.evidence.unbalanced(before) == []
