"""A random machine: any facts in any order, again and late, any requests, failures, silence, kills (§4.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.effects import EffectKind
from domain.facts import Fact, parse
from domain.inside import Asked
from domain.manual.answers import allowed_actions, kind_of, refusal
from domain.manual.decide import decide
from domain.manual.explain import explain
from domain.manual.explain_text import as_text
from domain.order import Order
from domain.packages import PackageState
from domain.requests import ASKS
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.anything import FACTS, Anything
from tests.rules.invariants import of_state, of_step
from tests.rules.story import PLACED, a_content, a_line, an_input, parked, running, the_party_does_it
from workflows.outcomes import done

SEEDS = st.integers(0, 2**32 - 1)
PATIENCE = 60
"""A silence longer than so many dues is cut short."""


ENDS = {"cancel", "reject_audit", "channel_closed"}
SELDOM = 8
"""Of so many chances to end an order one is taken: a life that is over shows nothing more."""


def the_next_good_thing(order: Order) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is still missing until the goods are with the customer: money, a parcel on its way, a signature."""
    if order.payment.needed and order.payment.captured(order.payment.currency) < order.payment.due:
        amount = order.payment.due - order.payment.captured(order.payment.currency)
        yield "paid", {"payment_no": f"g{len(order.payment.receipts)}", "amount": amount, "currency": "CNY"}
    for shipment in order.live_shipments:
        if shipment.released_at and shipment.outbound_at is None:
            number = f"SF{shipment.number}"
            yield "outbound", {"shipment": shipment.number, "package": str(shipment.number), "tracking_number": number}
    for package in order.packages:
        if package.out and package.tracking_number and not package.delivered_at:
            state = "DELIVERED" if package.state is PackageState.IN_TRANSIT else "IN_TRANSIT"
            yield "carrier_scan", {"tracking_number": package.tracking_number, "state": state}


class AnyOrder(RuleBasedStateMachine):
    """One order to which anything happens. Every rule ends with the desk's turn; what is wrong then is a finding."""

    @initialize(method=st.sampled_from(("prepaid", "cod", "credit")), lines=st.integers(1, 2))
    def placed(self, method: str, lines: int) -> None:
        """An order of one line or two."""
        content = a_content(*(a_line(str(number + 1)) for number in range(lines)), payment_method=method)
        self.order, self.now = open_order(an_input(content)), PLACED
        self.heard: list[Fact] = []
        self.number = 0
        self._turn("placed", self.order)

    # -- what may happen -----------------------------------------------------------------------------------------

    @rule(seed=SEEDS, kind=st.sampled_from(sorted(FACTS)))
    def somebody_reports(self, seed: int, kind: str) -> None:
        """Any fact."""
        if self._too_soon(kind, seed):
            return
        fact = Anything(self.order, self.now, Random(seed)).fact(kind, self._next("f"))
        if fact is not None:
            self.heard.append(fact)
            self._take(kind, fact)

    @rule()
    def all_goes_well(self) -> None:
        """What a good day brings next: without it few lives would come far enough for what goes wrong late."""
        self.all_parties_answer()
        for kind, data in the_next_good_thing(self.order):
            times = {"occurred_at": self.now, "received_at": self.now}
            fact = parse({"id": self._next("g"), "kind": kind, **times, **data})
            self.heard.append(fact)
            self._take(kind, fact)

    @rule(seed=SEEDS)
    def somebody_repeats(self, seed: int) -> None:
        """A fact once more, however old: under its own id it changes nothing."""
        if self.heard:
            before, fact = self.order, Random(seed).choice(self.heard)
            if fact.id in before.seen:
                assert after(before, fact) == before

    @rule(seed=SEEDS, kind=st.sampled_from(sorted(ASKS)))
    def somebody_asks(self, seed: int, kind: str) -> None:
        """Any request: what is closed is refused with its reason, what is accepted can be done."""
        if self._too_soon(kind, seed):
            return
        ask = Anything(self.order, self.now, Random(seed)).ask(kind, self._next("r"))
        if ask is None:
            return
        no = refusal(self.order, ask, self.now)
        assert kind in allowed_actions(self.order) or no is not None
        assert no is None or no.reason
        if no is None and not ask.only_asks:
            times = {"occurred_at": self.now, "received_at": self.now}
            said = {"id": f"ask/{ask.request_id}", "source": ask.role, "actor": ask.actor, "ask": ask, **times}
            self._take(kind_of(ask), Asked.model_validate(said))

    @rule(seed=SEEDS, well=st.booleans())
    def a_party_answers(self, seed: int, well: bool) -> None:
        """One of the steps under way is done, or cannot go on."""
        under_way = running(self.order)
        if not under_way:
            return
        effect = Random(seed).choice(under_way)
        outcome = the_party_does_it(self.order, effect) if well else None
        news = parked(effect, self.now) if outcome is None else done(effect, outcome, self.now)
        self._take("audit_answered" if effect.kind == EffectKind.AUDIT else "answered", news)

    @rule()
    def all_parties_answer(self) -> None:
        """Whoever was asked does it at once."""
        for effect in running(self.order):
            outcome = the_party_does_it(self.order, effect)
            if outcome is not None and effect in running(self.order):
                name = "audit_answered" if effect.kind == EffectKind.AUDIT else "answered"
                self._take(name, done(effect, outcome, self.now))

    @rule(hours=st.sampled_from((0.1, 1, 3, 24, 60)))
    def time_passes(self, hours: float) -> None:
        """Nothing is heard for a while."""
        until = self.now + timedelta(hours=hours)
        for _ in range(PATIENCE):
            due = self.decision.next_due
            if due is None or due.at > until:
                break
            self.now = max(due.at, self.now)
            self._turn("time", self.order)
        self.now = until

    @rule()
    def the_worker_dies(self) -> None:
        """What is kept is the whole order: the next worker finds it as it was."""
        kept = Order.model_validate_json(self.order.model_dump_json())
        assert kept == self.order
        self.order = kept

    # -- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_broken(self) -> None:
        """§4.10, and there is always somebody or something that it waits for."""
        assert list(of_state(self.order, self.now, self.decision)) == []
        assert as_text(self.order, explain(self.order, self.now, self.decision.next_due))

    def _take(self, event: str, fact: Fact) -> None:
        self._turn(event, after(self.order, fact))

    def _turn(self, event: str, taken: Order) -> None:
        before = self.order
        self.decision = decide(taken, self.now)
        self.order = self.decision.order
        assert list(of_step(before, self.order, event)) == []
        assert decide(self.order, self.now).order == self.order, "a second look at the same moment changes nothing"

    def _too_soon(self, kind: str, seed: int) -> bool:
        return kind in ENDS and seed % SELDOM != 0

    def _next(self, word: str) -> str:
        self.number += 1
        return f"{word}{self.number}"


@pytest.mark.parametrize("examples", [40, pytest.param(200, marks=pytest.mark.thorough)])
@pytest.mark.timeout(600)
def test_whatever_happens_no_invariant_breaks(examples: int) -> None:
    """Lives of 50 steps; ``make thorough`` lives 10,000 steps in all."""
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
