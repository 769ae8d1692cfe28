"""One order to which anything happens: the rules of the random machine (§4.10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.asks import Ask
from domain.effects import EffectKind
from domain.facts import Fact, parse
from domain.holds import EffectState
from domain.inside import Asked, Outcome
from domain.manual.answers import allowed_actions, kind_of, refusal
from domain.manual.decide import Decision, decide
from domain.manual.explain import explain
from domain.manual.explain_text import as_text
from domain.order import Order
from domain.packages import PackageState
from domain.policy import STANDARD
from domain.requests import ASKS
from domain.stage import FINAL_STAGES
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.any_answer import any_answer
from tests.rules.anything import FACTS, Anything
from tests.rules.invariants import of_state, of_step
from tests.rules.met import Thing
from tests.rules.story import BY_PEOPLE, PLACED, a_content, a_line, an_input, parked, running, the_party_does_it
from workflows.outcomes import done

SEEDS = st.integers(0, 2**32 - 1)
PATIENCE = 60
"""A silence longer than so many dues is cut short."""
ENDS = {"cancel", "reject_audit", "channel_closed"}
SELDOM = 5
"""Of so many chances to end an order one is taken: a life that is over shows nothing more."""
EVEN = 0.5
"""Of the steps that end one by one so many end well."""
ODD: tuple[dict[str, Any], ...] = (
    *({"latest_ship_at": PLACED + timedelta(hours=hours)} for hours in (20, 60)),
    {"duplicate_of": "SO2026112300000009"},
    {"test": True},
    {"channel": "store"},
)
"""What some orders have beside their goods."""
FITTING = 0.75
"""Of what is said so much fits."""
TRIES = 8
"""So often something is drawn until it fits the order as it is."""
SPANS = (12, 25, 50)
AGES = 6
"""So many steps an order lives before another one is placed; once it is over it ages faster by so many."""
NAMES = {EffectKind.AUDIT: "audit_answered", EffectKind.RECALL: "recalled", EffectKind.RELEASE: "released"}
"""How the invariants call the answer of an effect; any other is just answered."""


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
    """One order after the other, to which anything happens. Every rule ends with the desk's turn."""

    met: ClassVar[Counter[Thing]] = Counter()
    steps: ClassVar[int] = 0
    HAPPENINGS: ClassVar[dict[str, int]] = {
        "somebody_reports": 4,
        "somebody_asks": 4,
        "parcels_move": 2,
        "a_party_answers": 2,
        "all_parties_answer": 1,
        "all_goes_well": 1,
        "time_passes": 2,
        "somebody_repeats": 1,
        "the_worker_dies": 1,
    }
    """What may happen, and how often beside the rest."""

    @initialize(seed=SEEDS)
    def placed(self, seed: int) -> None:
        """An order of one line or more; some have come far before anything else happens to them."""
        self.number = 0
        random = Random(seed)
        self.age, self.span = 0, random.choice(SPANS)
        self.mishaps = random.choice((0, 0.1, 0.3, 0.5))
        lines = (a_line(str(number + 1), random.choice((1, 2, 3))) for number in range(random.choice((1, 1, 2, 3))))
        method = random.choice(("prepaid", "prepaid", "prepaid", "cod", "credit"))
        edition = random.choice((STANDARD, STANDARD, STANDARD, BY_PEOPLE))
        content = a_content(*lines, payment_method=method)
        asked: dict[str, Any] = random.choice(({}, {}, {}, ODD[seed % len(ODD)]))
        self.order, self.now = open_order(an_input(content, policy=edition, **asked)), PLACED
        self.heard: list[Fact] = []
        self._kept()
        self.met.update(("held", str(hold.reason)) for hold in self.order.holds)
        self._turn("placed")
        for _ in range(random.choice((0, 0, 1, 2, 3, 4, 5, 6))):
            self.all_goes_well(random)
            self._passes(random.choice((0, 0.1, 3)))

    # -- what may happen -----------------------------------------------------------------------------------------

    @rule(seed=SEEDS)
    def something_happens(self, seed: int) -> None:
        """One event; what it is, hangs on ``seed`` and on the order alone, so that fewer steps can show a fault."""
        random = Random(seed)
        what = random.choices(list(AnyOrder.HAPPENINGS), list(AnyOrder.HAPPENINGS.values()))[0]
        getattr(self, what)(random)

    def somebody_reports(self, random: Random) -> None:
        """A fact: mostly one that changes the order, if one is found; else any."""
        fits = random.random() < FITTING
        for kind in random.sample(sorted(FACTS), len(FACTS)):
            fact = Anything(self.order, self.now, random).fact(kind, f"{self._next('f')}")
            if fact is not None and not self._too_soon(kind, random) and (not fits or self._fits(fact)):
                self._hears(kind, fact)
                return

    def parcels_move(self, random: Random) -> None:
        """A warehouse hands over what it has, a carrier scans: what every life is full of."""
        said = [news for news in the_next_good_thing(self.order) if news[0] != "paid"]
        if said:
            kind, data = random.choice(said)
            states = [data.get("state", ""), data.get("state", ""), *PackageState]
            data |= {"state": random.choice(states)} if kind == "carrier_scan" else {}
            times = {"occurred_at": self.now, "received_at": self.now}
            self._hears(kind, parse({"id": self._next("m"), "kind": kind, **times, **data}))

    def all_goes_well(self, random: Random) -> None:
        """What a good day brings next: without it few lives would come far enough for what goes wrong late."""
        self.all_parties_answer(random)
        for kind, data in the_next_good_thing(self.order):
            times = {"occurred_at": self.now, "received_at": self.now}
            self._hears(kind, parse({"id": self._next("g"), "kind": kind, **times, **data}))

    def somebody_repeats(self, random: Random) -> None:
        """A fact once more, however old: under its own id it changes nothing."""
        if self.heard:
            fact = random.choice(self.heard)
            if fact.id in self.order.seen:
                assert after(self.order, fact) == self.order, f"{fact.id} is taken twice"

    def somebody_asks(self, random: Random) -> None:
        """A request: mostly of a kind that is open; what is refused has its reason, what is accepted can be done."""
        kinds = allowed_actions(self.order) if random.random() < FITTING else tuple(ASKS)
        kind = random.choice(sorted(kinds) or sorted(ASKS))
        if not self._too_soon(kind, random):
            asks = [Anything(self.order, self.now, random).ask(kind, self._next("r")) for _ in range(TRIES)]
            fitting = (ask for ask in asks if ask is not None and refusal(self.order, ask, self.now) is None)
            self._ask(kind, next(fitting, asks[0]))

    def a_party_answers(self, random: Random) -> None:
        """One of the steps under way is done, well or not, or cannot go on."""
        under_way = running(self.order)
        if under_way:
            effect = random.choice(under_way)
            well = random.random() < EVEN
            outcome = the_party_does_it(self.order, effect) if well else self._anything(effect, random)
            self._answers(effect, outcome)

    def all_parties_answer(self, random: Random) -> None:
        """Whoever was asked does it at once, in most lives well."""
        for effect in running(self.order):
            well = random.random() >= self.mishaps
            outcome = the_party_does_it(self.order, effect) if well else self._anything(effect, random)
            if effect in running(self.order):
                self._answers(effect, outcome)

    def time_passes(self, random: Random) -> None:
        """Nothing is heard for a while."""
        self._passes(random.choice((0.1, 1, 3, 24, 60)))

    def _passes(self, hours: float) -> None:
        until = self.now + timedelta(hours=hours)
        for _ in range(PATIENCE):
            due = self.decision.next_due
            if due is None or due.at > until:
                break
            self.now = max(due.at, self.now)
            self._turn("time")
        self.now = until

    def the_worker_dies(self, random: Random) -> None:
        """The next worker has what was kept and the inbox, and does once more what was under way: it is as it was."""
        order = Order.model_validate_json(self.kept)
        for now, facts in self.told:
            for fact in facts:
                order = after(order, fact)
            order = decide(order, now).order
        assert order == self.order, "what was kept and the inbox give another order"
        under_way = running(order)
        if under_way:
            effect = random.choice(under_way)
            outcome = the_party_does_it(order, effect)
            if outcome is not None:
                self._answers(effect, outcome)
                again = done(effect, outcome, self.now + timedelta(seconds=1))
                assert after(self.order, again) == self.order, "an outcome counts once"
        self._kept()

    # -- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_broken(self) -> None:
        """§4.10, and there is always somebody or something that it waits for."""
        wrong = list(of_state(self.order, self.now, self.decision))
        assert not wrong, wrong
        assert as_text(self.order, explain(self.order, self.now, self.decision.next_due))
        type(self).steps += 1
        self.age += 1 + self.order.final * AGES
        if self.age > self.span:
            self.placed(seed=self.number + self.span)

    # -- how it happens ------------------------------------------------------------------------------------------

    def _fits(self, fact: Fact) -> bool:
        then = after(self.order, fact)
        return then.having(seen=()) != self.order.having(seen=()) and len(then.unmatched) <= len(self.order.unmatched)

    def _ask(self, kind: str, ask: Ask | None) -> None:
        if ask is None:
            return
        no = refusal(self.order, ask, self.now)
        assert kind in allowed_actions(self.order) or no is not None, f"{kind} is accepted and not allowed"
        assert no is None or no.reason, f"{kind} is refused without a reason"
        self.met["refused" if no else "accepted", kind_of(ask)] += 1
        if no is None and not ask.only_asks:
            times = {"occurred_at": self.now, "received_at": self.now}
            said = {"id": f"ask/{ask.request_id}", "source": ask.role, "actor": ask.actor, "ask": ask, **times}
            self._turn(kind_of(ask), Asked.model_validate(said))

    def _answers(self, effect: EffectState, outcome: Outcome | None) -> None:
        news = parked(effect, self.now) if outcome is None else done(effect, outcome, self.now)
        self.met["failed" if outcome is None else "done", effect.kind] += 1
        self._turn(NAMES.get(EffectKind(effect.kind), "answered"), news)

    def _anything(self, effect: EffectState, random: Random) -> Outcome | None:
        return any_answer(self.order, effect, self.now, random)

    def _hears(self, kind: str, fact: Fact) -> None:
        if self._fits(fact):
            self.met["taken", kind] += 1
        self.heard.append(fact)
        self._turn(kind, fact)

    def _turn(self, event: str, *facts: Fact) -> None:
        before = self.order
        for fact in facts:
            self.order = after(self.order, fact)
        self.decision: Decision = decide(self.order, self.now)
        self.order = self.decision.order
        self.told.append((self.now, facts))
        wrong = list(of_step(before, self.order, event))
        assert not wrong, wrong
        assert decide(self.order, self.now).order == self.order, "a second look at the same moment changes nothing"
        self.met.update(("opened", str(case.kind)) for case in self.order.cases[len(before.cases) :])
        self.met.update(("held", str(hold.reason)) for hold in self.order.holds[len(before.holds) :])
        if self.order.stage in FINAL_STAGES and not before.final:
            self.met["ended", str(self.order.stage)] += 1

    def _kept(self) -> None:
        """What a worker that dies now leaves behind."""
        self.kept = self.order.model_dump_json()
        self.told: list[tuple[datetime, tuple[Fact, ...]]] = []

    def _too_soon(self, kind: str, random: Random) -> bool:
        return kind in ENDS and random.randrange(SELDOM) > 0

    def _next(self, word: str) -> str:
        self.number += 1
        return f"{word}{self.number}"
