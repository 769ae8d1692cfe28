"""An abstract order: two lines in two warehouses, and two parcels or more where one of them lacked a unit (M2).

A state is a real ``Order``; only what is offered to it is abstract. Ordinary events cost nothing, odd ones (a shortage,
a hold, a lost parcel …) cost one each, and a life has so many of them: every order in which so much goes wrong, in
every interleaving. What puts things right costs nothing. Inquiries are answered at once, but for a reading of the
entry; time passes to the next breach, case or stage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.compensation_policy import CompensationPolicy
from domain.effects import INQUIRIES, Done, EffectKind
from domain.facts import Fact
from domain.holds import EffectState
from domain.inside import Outcome
from domain.logistics_policy import LogisticsPolicy
from domain.manual.decide import Decision, decide
from domain.order import Order
from domain.packages import PackageState
from domain.policy import STANDARD, Policy
from domain.question_policy import QuestionPolicy
from domain.recall_policy import RecallPolicy
from domain.shortage_policy import ShortagePolicy
from domain.stage import Stage
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.story import PLACED, Answers, Story, a_content, a_line, an_input, running, the_party_does_it
from workflows.outcomes import done

WAREHOUSES = {"1": "SH", "2": "BJ"}
SECOND = timedelta(seconds=1)
AT_ONCE = INQUIRIES - {EffectKind.READ_ENTRY}
"""Inquiries whose answers decide nothing that the search looks for."""
SEARCHED = STANDARD.having(compensation=CompensationPolicy(), logistics=LogisticsPolicy())
"""Coupons stop nothing and change no stage; searched with them, every late parcel would be many states more."""
PATIENCE = 8
"""So many dues may pass before something is different."""
MANY = 99
"""More odd things than happen."""


class State(NamedTuple):
    """One state: the order after its turn, when, how many odd things may still happen, the stage before the turn.

    ``later``: so many of them at most once the audit is passed.
    """

    order: Order
    now: datetime
    left: int
    decision: Decision
    told: Stage
    room: Room | None = None
    later: int = MANY


class Event(NamedTuple):
    """Something that may happen: its row in the table, its facts (none: time passes), and how odd it is."""

    name: str
    facts: tuple[Fact, ...] = ()
    odd: int = 0
    label: str = ""

    @property
    def said(self) -> str:
        """The event in words."""
        return f"{self.name} {self.label}".strip()


class Start(NamedTuple):
    """An order to search: how it is paid, its lines, and how many odd things may happen to it.

    ``recalls``: the desk recalls goods by itself; ``transfers``: other warehouses bring what it lacks; ``asking``: the
    customer is asked. Each is many states more, so one search has each. ``room``: it begins where a playbook does.
    ``later``: so many odd things at most happen once the audit is passed.
    """

    method: str
    lines: int
    oddities: int
    recalls: bool = False
    transfers: bool = False
    asking: bool = False
    room: str = ""
    later: int = MANY


Says = Callable[[Order, EffectState], Iterator[tuple[Outcome, int]]]
"""What a party may answer, and how odd each answer is."""


class Room(NamedTuple):
    """How a life comes to where a playbook begins, what may happen there, and who answers in more than one way.

    Every other party does at once what it is asked. ``patience``: how odd it is that time passes.
    """

    leads: Callable[[Answers], Story]
    happens: Callable[[Any], Iterator[Event]]
    says: Mapping[EffectKind, Says]
    patience: int = 1

    def answers(self, order: Order, effect: EffectState) -> list[tuple[Outcome, int]]:
        """Everything that a party may say, and how odd it is."""
        said = self.says.get(EffectKind(effect.kind))
        return list(said(order, effect)) if said else [(the_party_does_it(order, effect) or Done(), 0)]

    def at_once(self, order: Order, effect: EffectState) -> Outcome | None:
        """The answer of a party that has only one."""
        answers = self.answers(order, effect)
        return answers[0][0] if len(answers) == 1 else None

    def entered(self, left: int) -> State:
        """The life as it comes in."""
        story = self.leads(self.at_once)
        return _turned(story.order, story.now, left, self)


def begin(start: Start) -> State:
    """The order just placed."""
    lines = (a_line(line, 1) for line in list(WAREHOUSES)[: start.lines])
    content = a_content(*lines, payment_method=start.method)
    order = open_order(an_input(content, policy=_policy(start)))
    return _turned(order, PLACED, start.oddities)._replace(later=start.later)


def _policy(start: Start) -> Policy:
    left_out = {
        "recall": None if start.recalls else RecallPolicy(),
        "shortage": None if start.transfers else ShortagePolicy(),
        "questions": None if start.asking else QuestionPolicy(),
    }
    return SEARCHED.having(**{name: plain for name, plain in left_out.items() if plain})


def happen(state: State, event: Event) -> State:
    """The state after an event and the desk's turn."""
    following = _happened(state, event) if event.facts else _time_passes(state, event)
    left = min(following.left, state.later) if following.order.audit.passed_at else following.left
    return following._replace(left=left, later=state.later)


def _happened(state: State, event: Event) -> State:
    order = state.order
    for fact in event.facts:
        order = after(order, fact)
    return _turned(order, state.now + SECOND, state.left - event.odd, state.room)


def _turned(order: Order, now: datetime, left: int, room: Room | None = None) -> State:
    """One turn; whoever is asked something answers before the next."""
    told = order.stage
    decision = decide(order, now)
    while answers := list(_answers(decision.order, now, room)):
        order = decision.order
        for answer in answers:
            order = after(order, answer)
        decision = decide(order, now)
    return State(decision.order, now, left, decision, told, room)


def _answers(order: Order, now: datetime, room: Room | None) -> Iterator[Fact]:
    for effect in running(order):
        if room is not None:
            outcome = room.at_once(order, effect)
        else:
            outcome = the_party_does_it(order, effect) if effect.kind in AT_ONCE else None
        if outcome is not None:
            yield done(effect, outcome, now)


def _time_passes(state: State, event: Event) -> State:
    room, following = state.room, state
    left = state.left - (event.odd if room else not patient(state.order))
    for _ in range(PATIENCE):
        due = following.decision.next_due
        if due is None:
            break
        following = _turned(following.order, max(due.at, following.now), left, room)
        if key(following)[0] != key(state)[0]:
            break
    return following


def patient(order: Order) -> bool:
    """Whether time is expected to pass: the goods are with the customer, or wait for him."""
    fetching = any(package.state is PackageState.READY_FOR_PICKUP for package in order.packages)
    return fetching or order.stage is Stage.DELIVERED


# -- the abstract key ------------------------------------------------------------------------------------------------


def key(state: State) -> tuple[Any, ...]:
    """What two states have in common that may live the same lives, as far as odd things are left to them."""
    due = state.decision.next_due
    seen = (shape(state.order), *worked_on(state.order)) if state.room else shape(state.order)
    return (seen, due.name.split(" ")[0] if due else "")


def shape(order: Order) -> tuple[Any, ...]:
    """The order without times, numbers and names; its two lines are alike."""
    audit, money, entered = order.audit, order.payment, order.entered
    return (
        order.stage,
        order.version,
        (audit.version, audit.blocking, audit.critical, bool(audit.approved_by), audit.passed_at is None),
        (
            money.paying,
            len(money.receipts),
            money.captured("CNY"),
            tuple((back.amount, back.done) for back in money.refunds),
        ),
        (entered is None, bool(entered and entered.differences), entered and (entered.cancelled, entered.unread)),
        tuple(sorted(_bundle(order, line.line) for line in order.lines)),
        tuple(sorted((hold.reason, hold.blocks, bool(hold.marks)) for hold in order.open_holds)),
        tuple(voucher.verdict for voucher in order.vouchers),
        tuple((ruling.choice, ruling.verdict) for ruling in order.rulings),
        tuple(each.state for each in order.questions),
        tuple(sorted((case.kind, case.subject.split("/")[0], bool(case.acknowledged_at)) for case in order.open_cases)),
        tuple(sorted((effect.kind, effect.status) for effect in order.running)),
        (order.ending and order.ending.how, order.confirmed_at is None),
        tuple((each.change, each.state, each.verdict, each.stays) for each in order.change_requests),
        (tuple(sorted(debt.code for debt in order.debts if debt.open)), order.repaid_with),
        tuple(sorted({mark.split("/")[1] for mark in order.fired if mark.startswith("breach/")})),
        tuple((each.state, each.departed, each.booked, each.unwanted) for each in order.transfers),
        tuple(sorted((step.word[:8], step.state) for step in order.open_steps)),
    )


def _bundle(order: Order, line: str) -> tuple[Any, ...]:
    ledger = next(each for each in order.lines if each.line == line)
    shipments = [each for each in order.shipments if any(part.line == line for part in each.lines)]
    parcels = [each for each in order.packages if each.shipment in {shipment.number for shipment in shipments}]
    return (
        (ledger.cancelled, ledger.unallocated, ledger.reserved, ledger.shipped, ledger.delivered, ledger.lost),
        tuple((each.state, each.released_at is None) for each in shipments),
        tuple(
            (each.state, each.out, bool(each.tracking_number), bool(each.accepted_at), bool(each.story.contradicted_at))
            for each in parcels
        ),
    )


def worked_on(order: Order) -> tuple[Any, ...]:
    """What the playbooks know beside it: the steps, what was asked and answered, and what was done once."""
    known, going = order.logistics, {case.no for case in order.open_cases}
    return (
        tuple((step.word, step.state, step.result[:NOTABLE]) for step in order.steps if step.case in going),
        tuple(sorted(Counter((effect.kind, effect.status) for effect in order.effects).items())),
        frozenset(mark for mark in order.fired if mark.startswith(ONCE) or mark.endswith("/taken")),
        tuple((each.id, each.switch, bool(each.superseded_at), bool(each.estimated_at)) for each in order.packages),
        tuple((each.number, each.replaces, bool(each.promised_at)) for each in order.shipments),
        tuple((each.accepted, bool(each.paid)) for each in known.claims),
        (len(known.pushes), known.received, len(order.carrier_words)),
        tuple((each.chosen, each.state) for each in order.questions),
        tuple((each.subject, each.word) for each in order.reasons if going),
        tuple((each.key, each.amount) for each in order.coupons),
        tuple((each.coupon, each.verdict) for each in order.approvals),
        tuple((each.kind, each.state, each.told_by_channel) for each in order.claims),
        (len(order.agreed), len(order.amendments), len(order.doubts), order.stock_wanted),
        frozenset((case.kind, case.open, case.open and case.level) for case in order.cases),
    )


NOTABLE = 12
ONCE = ("address/", "switch/", "resent/", "doubt/", "double/", "split/", "no_transfer/", "over/", "superseded/")
"""What a playbook does once, and remembers; all other marks name clocks and their times."""
