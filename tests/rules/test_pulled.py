"""An order that is pulled again: what is a fact, what is a change, and what stays as it is (SR-100, AC-67, edge 31)."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.facts import ChannelChanged, ChannelNoted, Fact, parse
from domain.manual.answers import allowed_actions, refusal
from domain.manual.decide import decide
from domain.order import Order
from domain.policy import CaseKind
from domain.promises import clocks
from domain.pulled import OF_LINE, OF_ORDER, ChannelState, Pulled, Seen, differing, news
from domain.requests import Cancel, ReleaseHold
from domain.stage import Stage
from domain.taking.after import after
from domain.taking.opening import open_order
from infra.db.inbox import business_hash
from tests.rules.story import an_input

NOON = an_input().received_at
OURS: dict[str, Any] = {
    "customer": {"name": "王小明", "phone": "13800138000", "buyer_key": "b"},
    "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
    "lines": [
        {"line": "1", "sku": "TEA", "specification": "250g", "quantity": 2, "unit_price": 6800, "discount": 0},
        {"line": "2", "sku": "CUP", "specification": "", "quantity": 1, "unit_price": 3000, "discount": 0},
    ],
    "currency": "CNY",
    "freight": 0,
    "discount": 0,
    "platform_discount": 0,
    "tax": 0,
    "total": 16600,
    "delivery_method": "express",
    "buyer_message": None,
    "seller_memo": None,
    "payment": {"method": "prepaid", "paid_amount": None, "paid_at": None},
}
OPEN = Seen(state=ChannelState(), business_hash="a")


def told(now: Seen, before: Seen = OPEN, changed: tuple[str, ...] = ()) -> list[tuple[str, dict[str, Any]]]:
    pulled = Pulled(channel="tmall", external_id="T1", updated_at=NOON, seen=now)
    return [(body["kind"], body["data"]) for body in news(pulled, before, changed)]


def with_state(**state: Any) -> Seen:
    return OPEN.having(state=ChannelState(**state))


# -- which news ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-67", "SR-100")
def test_status_memo_refund_and_numbers_are_facts_and_no_change() -> None:
    now = with_state(seller_memo="请发顺丰", flag="red", refund_status="applied", tracking_numbers=("SF1",))
    [(kind, data)] = told(now)
    assert kind == "channel_noted"
    assert data["fields"] == ["seller_memo", "flag", "refund_status", "tracking_numbers"]
    assert "顺丰" not in str(data), "a fact names the memo and does not quote it"
    assert told(OPEN) == []


@pytest.mark.clause("SR-100")
@pytest.mark.parametrize(("status", "kind"), [("cancelled", "channel_closed"), ("completed", "channel_completed")])
def test_an_end_on_the_channel_is_told_once(status: str, kind: str) -> None:
    ended = with_state(status=status, reason="buyer")
    assert [name for name, _ in told(ended)] == ["channel_noted", kind]
    assert told(ended, ended) == []


@pytest.mark.clause("AC-67")
def test_other_content_is_a_change_that_names_its_fields_only() -> None:
    theirs = copy.deepcopy(OURS)
    theirs["address"]["street"] = "另一条路 1 号"
    theirs["lines"][0]["quantity"] = 3
    theirs["lines"][1]["line"] = "3"
    fields = differing(OURS, theirs)
    assert fields == ("address.street", "lines.1.quantity", "lines.2", "lines.3")
    [(kind, data)] = told(OPEN.having(business_hash="b"), changed=fields)
    assert (kind, data) == ("channel_changed", {"fields": list(fields), "content": "b"})


@pytest.mark.clause("AC-67")
def test_the_fields_compared_are_those_of_the_fingerprint() -> None:
    for path in (*OF_ORDER, *(f"lines.1.{name}" for name in OF_LINE)):
        theirs = copy.deepcopy(OURS)
        holder = theirs["lines"][0] if path.startswith("lines.") else theirs
        for name in path.removeprefix("lines.1.").split(".")[:-1]:
            holder = holder[name]
        holder[path.rpartition(".")[2]] = "another"
        assert differing(OURS, theirs) == (path,)
        assert business_hash(theirs) != business_hash(OURS)
    memo = {**copy.deepcopy(OURS), "seller_memo": "gift", "payment": {"method": "cod"}}
    assert (differing(OURS, memo), business_hash(memo)) == ((), business_hash(OURS))


@pytest.mark.clause("SR-100")
def test_the_same_page_pulled_again_tells_the_same_fact_ids() -> None:
    now = with_state(status="cancelled")
    pulled = Pulled(channel="tmall", external_id="T1", updated_at=NOON, seen=now)
    assert news(pulled, OPEN, ()) == news(pulled, OPEN, ())
    later = pulled.having(updated_at=NOON + timedelta(minutes=1))
    ids = {body["event_id"] for one in (pulled, later) for body in news(one, OPEN, ())}
    assert len(ids) == 4


# -- what they do to an order ----------------------------------------------------------------------------------------


def changed(fact_id: str, *fields: str, content: str = "b", at: datetime = NOON) -> Fact:
    return ChannelChanged(id=fact_id, occurred_at=at, received_at=at, fields=fields, content=content)


def taken(order: Order, *facts: Fact) -> Order:
    for fact in facts:
        order = after(order, fact)
    return decide(order, NOON).order


@pytest.mark.clause("AC-67")
def test_a_change_on_the_channel_is_one_task_for_a_person_and_leaves_the_order_alone() -> None:
    quiet = taken(open_order(an_input()))
    order = taken(quiet, changed("1", "address.street"), changed("2", "address.city", content="c"))
    [case] = order.open_cases
    [task] = [task for task in order.tasks if task.kind == "CHANNEL_CHANGE"]
    assert (case.kind, case.cause, case.responsible) == (CaseKind.CHANNEL_CHANGE, "edited", "customer")
    assert (task.case_no, task.params) == (case.no, {"fields": ["address.city"]})
    assert (order.stage, order.lines, order.version, order.holds) == (quiet.stage, quiet.lines, 1, ())
    assert order.unmatched == ()


@pytest.mark.clause("AC-67")
def test_the_task_is_over_when_the_channel_says_the_same_again() -> None:
    order = taken(open_order(an_input()), changed("1", "address.street"))
    order = taken(order, changed("2", content="a", at=NOON + timedelta(minutes=30)))
    assert order.open_cases == ()
    assert order.cases[0].outcome == "SAME_AGAIN"
    assert all(task.done_at for task in order.tasks if task.kind == "CHANNEL_CHANGE")


@pytest.mark.clause("AC-67")
def test_the_task_is_over_when_the_order_was_corrected() -> None:
    order = taken(open_order(an_input()), changed("1", "address.street"))
    order = decide(order.having(version=2), NOON).order
    assert [case.outcome for case in order.cases] == ["CORRECTED"]


@pytest.mark.clause("AC-67")
def test_a_noted_status_changes_nothing_at_all() -> None:
    quiet = open_order(an_input())
    fact = ChannelNoted(id="1", occurred_at=NOON, received_at=NOON, fields=("seller_memo",), status="open")
    assert after(quiet, fact) == quiet.having(seen=("1",))


@pytest.mark.clause("AC-67")
def test_the_facts_read_as_they_are_posted() -> None:
    pulled = Pulled(channel="tmall", external_id="T1", updated_at=NOON, seen=with_state(flag="red", status="cancelled"))
    for body in news(pulled, OPEN.having(business_hash="z"), ("total",)):
        envelope = {name: body[name] for name in ("kind", "source", "occurred_at")}
        assert parse({**body["data"], **envelope, "id": "1", "received_at": NOON}).kind == body["kind"]


# -- test orders -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-100", "EC-56")
def test_a_test_order_is_held_for_good_and_never_audited_or_released() -> None:
    order = decide(open_order(an_input().having(test=True)), NOON).order
    [hold] = order.open_holds
    assert (hold.reason, hold.blocks) == ("TEST_ORDER", ("audit_start", "release"))
    assert (order.stage, order.effects, clocks(order)) == (Stage.RECEIVED, (), ())
    ask = ReleaseHold(request_id="1", hold=hold.id)
    answer = refusal(order, ask)
    assert answer is not None
    assert answer.code == "TEST_ORDER_STAYS"
    assert "release_hold" not in allowed_actions(order)
    assert refusal(order, Cancel(request_id="2", reason="test")) is None
    assert decide(order, NOON + timedelta(days=30)).order.cases == ()
