"""The exhaustive search: every order in which so much goes wrong, in every interleaving (M2, M4, §4.10)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
from pydantic import TypeAdapter

from domain import transitions
from domain.holds import Hold
from domain.inside import Asked
from domain.manual.answers import allowed_actions, refusal
from domain.manual.decide import decide
from domain.manual.explain import explain
from domain.manual.explain_text import as_text
from domain.order import Order
from domain.requests import ASKS, AnyAsk
from domain.stage import Stage
from domain.taking.after import after
from tests.rules.invariants import of_state, of_step
from tests.rules.model import Start, State
from tests.rules.search import counterexample, dead_ends, explore

STARTS = {
    Start("prepaid", lines=2, oddities=1): 430,
    Start("prepaid", lines=2, oddities=2, later=0): 1_390,
    Start("prepaid", lines=1, oddities=1, transfers=True, later=0): 500,
    Start("prepaid", lines=1, oddities=1, asking=True): 1_500,
    Start("cod", lines=2, oddities=1): 380,
    Start("cod", lines=1, oddities=1): 530,
    Start("prepaid", lines=1, oddities=0, recalls=True): 500,
}
"""The searches, and how many states each shows at least: it must not shrink unnoticed."""
DEEP = {
    Start("prepaid", lines=2, oddities=2): 5_300,
    Start("prepaid", lines=1, oddities=1, transfers=True): 1_900,
}
"""What `make thorough` searches beside: odd things wherever they come. Each guard is missed without them."""
MOST = 9_000
MANY = 200
"""Of more states than these not each is explained."""
VENTURED = 20
"""Of so many states one in which each request is made that is accepted there."""
ASK: TypeAdapter[AnyAsk] = TypeAdapter(AnyAsk)
Moves = set[tuple[Stage, Stage]]
searched = cache(explore)
pytestmark = pytest.mark.timeout(600)
"""An exhaustive search is the longest thing here; a slow machine may take its time."""
each_search = pytest.mark.parametrize(
    "start",
    [*STARTS, *(pytest.param(start, marks=pytest.mark.thorough) for start in DEEP)],
    ids=lambda start: (
        f"{start.method}-{start.lines}-{start.oddities}{'-early' * (not start.later)}"
        f"{'-recalls' * start.recalls}{'-transfers' * start.transfers}{'-asking' * start.asking}"
    ),
)


@pytest.fixture(scope="module", autouse=True)
def forgotten_after() -> Iterator[None]:
    """What was searched is large: whoever looks for garbage later need not walk through it."""
    yield
    searched.cache_clear()
    gc.unfreeze()


@each_search
def test_nothing_that_may_happen_breaks_an_invariant(start: Start) -> None:
    found = searched(start)
    assert found.complaints == []
    assert (STARTS | DEEP)[start] <= len(found.nodes) <= MOST


@each_search
def test_every_order_can_come_to_its_end(start: Start) -> None:
    assert dead_ends(searched(start)) == []


def test_every_stage_is_reached() -> None:
    reached = {node.state.order.stage for start in STARTS for node in searched(start).nodes.values()}
    assert reached == set(Stage)


# -- the table is the truth ------------------------------------------------------------------------------------------


def _seen() -> tuple[dict[str, Moves], Moves, set[tuple[str, Stage]]]:
    """What moved the stage: events, the desk's own turns; and where which events were taken."""
    moved: dict[str, Moves] = {}
    turned: Moves = set()
    taken: set[tuple[str, Stage]] = set()
    for start in STARTS:
        for node in searched(start).nodes.values():
            for edge in node.edges:
                before, told, after = edge.stages
                taken.add((edge.event.name, before))
                if before is not told:
                    moved.setdefault(edge.event.name, set()).add((before, told))
                if told is not after:
                    turned.add((told, after))
    return moved, turned, taken


ELSEWHERE = {"upload_tracking", "tracking_number"}
"""Corrected numbers are no part of the model: ``test_parcels_told_wrong`` has them."""


def test_the_table_allows_what_happens_and_nothing_else() -> None:
    moved, turned, taken = _seen()
    rows = {row.event: row for row in transitions.REQUESTS + transitions.FACTS}
    assert moved == {event: set(row.moves) for event, row in rows.items() if row.moves and event not in ELSEWHERE}
    assert turned == {move for row in transitions.STEPS for move in row.moves}
    assert {(event, stage) for event, stage in taken if event in rows and stage not in rows[event].stages} == set()


@pytest.mark.parametrize("guard", transitions.GUARDS)
def test_each_guard_is_missed_where_it_is_gone(guard: str) -> None:
    assert any(counterexample(searched(start), guard) for start in sorted(STARTS, key=STARTS.__getitem__))


# -- explain ---------------------------------------------------------------------------------------------------------


def _choices(order: Order) -> list[dict[str, object]]:
    return [
        {"question": each.no, "option": option.word, "correction": 5 * option.corrects}
        for each in order.questions
        for option in each.options
    ]


Arguments = dict[str, list[dict[str, object]]]


def _of_the_desk(order: Order) -> Arguments:
    holds: tuple[Hold | None, ...] = (*order.open_holds, None)
    cases = (*(case.no for case in order.open_cases), 99)
    steps = (*(effect.key for effect in order.running), "stock")
    return {
        "correct_fields": [{"expected_version": order.version, "correction": 1}],
        "repay_debt": [{"expected_version": order.version, "correction": 9}],
        "confirm_payment": [{"amount": 1, "payment_no": "new"}],
        "upload_tracking": [{"shipment": shipment.number, "tracking_number": "N1"} for shipment in order.shipments],
        "confirm_completion": [{}],
        "place_hold": [{"reason": reason, "note": "n"} for reason in ("DISPUTE", "CUSTOMER_ANSWER")],
        "release_hold": [{"hold": hold.id if hold else "H99"} for hold in holds],
        "acknowledge": [{"case": case} for case in cases],
        "resolve_case": [
            {"case": case, "outcome": said} for case in cases for said in ("REFUNDED", "DIFFERENCE_ACCEPTED", "APPLIED")
        ],
        "retry_step": [{"step": step} for step in steps],
        "choose_carrier": [{"shipment": shipment.number, "carrier": "SF"} for shipment in order.shipments] or [{}],
        "submit_voucher": [{"reference": "V"}],
        "verify_voucher": [{"verdict": "approve", "reason": "n"}],
        "decide_message": [{"choice": "gift"}],
        "sales_decision": [{"hold": hold.id if hold else "H99", "verdict": "approve"} for hold in holds],
    }


def _of_playbooks(order: Order) -> Arguments:
    return {
        "customer_choice": [*_choices(order), {"question": 99, "option": "cancel"}],
        "skip_step": [{"step": step.key, "reason": "n"} for step in order.steps] or [{"step": "9/x", "reason": "n"}],
        "report_step": [{"step": step.key, "result": "N"} for step in order.steps] or [{"step": "9/x", "result": "n"}],
        "expedite": [{"party": "warehouse"}, {"party": "carrier"}],
        "switch_carrier": [{"package": each.id, "how": "reship", "reason": "n"} for each in order.packages]
        or [{"package": "99", "reason": "n"}],
        "reassign_warehouse": [
            {"shipment": number, "reason": "n"} for number in (*(each.number for each in order.shipments), 99)
        ],
        "decide_coupon": [{"coupon": "package/1/1", "verdict": "approve", "reason": "n"}],
        "answer_refund": [
            {"application": claim.reference, "verdict": "refuse", "reason": "n"} for claim in order.claims
        ]
        or [{"application": "AS9", "verdict": "refuse", "reason": "n"}],
        "submit_change_request": [
            {"change": change, "expected_version": order.version, "correction": 1}
            for change in ("INVOICE", "CONTACT", "EXPEDITE", "CANCEL")
        ],
    }


def _asks(order: Order) -> Iterator[AnyAsk]:
    """Every request with arguments that suit the order, and with some that suit none."""
    arguments = {**_of_the_desk(order), **_of_playbooks(order)}
    for kind in ASKS:
        for fields in arguments.get(kind, [{"reason": "n"}]) or [{"shipment": 1, "tracking_number": "N1"}]:
            yield ASK.validate_python({"kind": kind, "request_id": "r", "role": "supervisor", **fields})


@pytest.mark.clause("AC-55")
@each_search
def test_explain_lists_what_is_accepted_and_says_why_the_rest_is_not(start: Start) -> None:
    nodes = searched(start).nodes
    for number, node in enumerate(islice(nodes.values(), None, None, 1 + len(nodes) // MANY)):
        accepted = explained(node.state)
        if number % VENTURED == 0:
            for ask in accepted:
                _harmless(node.state, ask)


def _harmless(state: State, ask: AnyAsk) -> None:
    """What is accepted can be done: nothing of §4.10 breaks, and the order goes on."""
    fact = Asked(id="r", source=ask.role, actor="n", occurred_at=state.now, received_at=state.now, ask=ask)
    turn = decide(after(state.order, fact), state.now)
    assert [*of_state(turn.order, state.now, turn), *of_step(state.order, turn.order, fact.ask.kind)] == []


def explained(state: State) -> list[AnyAsk]:
    """What explain lists is accepted, all else is refused with its reason; what is accepted."""
    order = state.order
    found = explain(order, state.now, state.decision.next_due)
    assert bool(found.waiting) is not order.final
    assert all(wait.who and wait.what for wait in found.waiting)
    assert order.number in as_text(order, found)
    accepted, refused, taken, allowed = set[str](), dict[str, str](), list[AnyAsk](), set(allowed_actions(order))
    for ask in _asks(order):
        no = refusal(order, ask)
        if no is None:
            accepted.add(type(ask).model_fields["kind"].default)
            taken.append(ask)
        else:
            refused[type(ask).model_fields["kind"].default] = no.reason
            assert set(no.alternatives) <= allowed
    assert accepted == set(found.actions) == allowed
    assert {kind: refused[kind] for kind in ASKS.keys() - accepted} == found.closed
    return taken
