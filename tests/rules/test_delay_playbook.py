"""A late or silent parcel, step by step (E3, E5; SR-132, SR-132a, SR-132b): asked, hurried, sent again, claimed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.carrier_orders import CarrierSaid
from domain.effects import EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inquiries import CarrierAnswer
from domain.inside import Outcome
from domain.manual.claims import claim_total
from domain.order import Order
from domain.policy import STANDARD, Policy
from domain.profiles import COLD_CHAIN
from domain.stage import Stage
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

NEVER = "never"
DEAR = 15_000


class Carrier:
    """A carrier that answers as a scene wants: a word for the cause, and yes, no, or nothing to each order."""

    def __init__(self, reason: str = "", estimate: timedelta | None = None, **says: bool | str) -> None:
        self.reason = reason
        self.says = says
        self.estimate = estimate
        self.stock = True

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        wanted = self.says.get(effect.kind)
        if wanted == NEVER:
            return None
        if wanted is False:
            return CarrierSaid(accepted=False, reason="no")
        if effect.kind == EffectKind.ASK_CARRIER:
            known = effect.since + self.estimate if self.estimate else None
            return CarrierAnswer(reason=self.reason, estimated_at=known)
        if effect.kind == EffectKind.RESERVE and not self.stock:
            return ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"]))
        return the_party_does_it(order, effect)


def on_its_way(carrier: Carrier, price: int = 1_000, policy: Policy = STANDARD, **fields: Any) -> Story:
    story = Story(an_input(a_content(a_line(unit_price=price), **fields), policy=policy), carrier)
    if story.order.payment.needed:
        story.is_paid()
    story.ships()
    return story


def step(story: Story, word: str) -> tuple[str, str]:
    found = [each for each in story.order.steps if each.word == word]
    return (str(found[-1].state), found[-1].result) if found else ("", "")


def asked(story: Story, kind: str) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


def open_tasks(story: Story) -> set[str]:
    return {task.kind for task in story.order.tasks if task.done_at is None}


def sends_again(story: Story, package: str = "2-1") -> None:
    story.says("outbound", shipment=2, package=package, tracking_number=f"SF{package}", carrier="YTO")
    story.says("tracking_accepted", tracking_number=f"SF{package}")


# -- the cause -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-132a", "SR-132")
def test_a_carrier_that_names_no_cause_is_asked_again_after_4_hours_and_then_by_telephone() -> None:
    story = on_its_way(Carrier())
    story.passes(hours=27, minutes=59)
    assert [cause for cause in asked(story, "ask_carrier") if "cause" in cause] == []
    story.passes(minutes=2)
    assert [cause for cause in asked(story, "ask_carrier") if "cause" in cause] == ["1/cause-2/package/1"]
    assert "PHONE_CARRIER" not in open_tasks(story)
    assert asked(story, "request_priority") == []
    story.passes(hours=4)
    assert "PHONE_CARRIER" in open_tasks(story)
    assert step(story, "ask_cause") == ("OPEN", "")
    assert asked(story, "request_priority") == ["package/1"], "the unknown cause keeps nobody from hurrying"
    assert story.asks("report_step", step="1/ask_cause", result="爆仓") == ""
    assert step(story, "ask_cause") == ("BY_HAND", "爆仓")


@pytest.mark.clause("SR-132a")
def test_the_carriers_word_becomes_a_cause_of_ours() -> None:
    story = on_its_way(Carrier("网点爆仓，预计延误"), DEAR)
    story.passes(hours=25)
    assert step(story, "ask_cause") == ("DONE", "HUB_OVERLOAD")


@pytest.mark.clause("SR-132b")
def test_a_wrong_address_is_a_case_of_its_own_and_the_parcel_waits() -> None:
    story = on_its_way(Carrier("收件地址不详"))
    story.passes(hours=30)
    assert {"LOGISTICS_STALLED", "INFO_ERROR"} <= set(story.open_cases)
    assert story.order.carrier_words[0].purpose == "wait"
    assert "CHECK_ADDRESS" in open_tasks(story)
    assert asked(story, "request_priority") == []
    [case] = [case for case in story.order.open_cases if case.kind == "INFO_ERROR"]
    assert story.asks("resolve_case", case=case.no, outcome="CORRECTED") == ""
    story.passes(hours=20)
    assert "INFO_ERROR" not in story.open_cases


@pytest.mark.clause("SR-132b")
@pytest.mark.parametrize(("says", "task"), [(True, False), (False, True)])
def test_an_absent_recipient_gets_another_appointment(says: bool, task: bool) -> None:
    story = on_its_way(Carrier("无人签收", book_redelivery=says or False) if not says else Carrier("无人签收"))
    story.passes(hours=25)
    assert asked(story, "book_redelivery") == ["package/1"]
    assert ("CALL_RECIPIENT" in open_tasks(story)) is task
    assert step(story, "switch_carrier") == ("", "")


# -- priority, then another carrier ----------------------------------------------------------------------------------


@pytest.mark.clause("SR-132b", "SR-034")
def test_priority_and_it_moves_nothing_more_is_done() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"))
    story.passes(hours=25)
    assert step(story, "priority") == ("DONE", "ACCEPTED")
    story.passes(hours=20)
    story.is_scanned("OUT_FOR_DELIVERY")
    assert story.open_cases == []
    assert asked(story, "reserve_stock") == []


@pytest.mark.clause("SR-132b", "SR-034")
def test_priority_and_it_does_not_move_another_carrier_after_24_hours() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"))
    story.passes(hours=47, minutes=59)
    assert step(story, "switch_carrier") == ("", "")
    story.passes(minutes=2)
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_priority_is_refused_another_carrier_at_once() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=24, seconds=1)
    assert step(story, "priority") == ("DONE", "REFUSED")
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_nobody_answers_another_carrier_after_24_hours() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=NEVER))
    story.passes(hours=47)
    assert step(story, "priority") == ("OPEN", "")
    story.passes(hours=2)
    assert step(story, "priority") == ("DONE", "NO_ANSWER")
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_a_skipped_priority_counts_as_none() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=NEVER))
    story.passes(hours=25)
    assert story.asks("skip_step", step="1/priority", reason="they never do it") == ""
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_a_late_parcel_that_moves_is_not_sent_again() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    for number in range(8):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT", location=f"hub {number}")
    assert story.open_cases == ["LOGISTICS_DELAY"]
    assert step(story, "switch_carrier") == ("", "")


@pytest.mark.clause("EC-49")
def test_what_does_not_keep_is_sent_again_without_waiting() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"), DEAR, COLD_CHAIN)
    story.passes(hours=7)
    assert asked(story, "request_priority") == []
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


# -- never two live parcels for the same goods unnoticed -------------------------------------------------------------


@pytest.mark.clause("SR-132b", "SR-034")
def test_a_superseded_parcel_counts_no_more_and_its_replacement_does() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=25)
    first, second = story.order.packages[0], story.order.shipments[1]
    assert first.superseded_at
    assert (second.replaces, second.state, second.released_at is not None) == ("1", "RELEASED", True)
    assert story.order.stage is Stage.SHIPPED
    assert story.open_cases == []
    assert story.order.cases[0].outcome == "RESENT"
    assert asked(story, "intercept_parcel") == ["package/1/return"], "the first one is asked back"
    assert {row.verdict for row in story.rows("C5", "C6") if row.subject == "package/1"} == {"breached", "void"}
    sends_again(story)
    assert story.told[-1] == "RESHIPPED"
    story.is_scanned("DELIVERED", "2-1")
    assert story.order.stage is Stage.DELIVERED
    [line] = story.order.lines
    assert (line.ordered, line.shipped, line.delivered, line.unallocated) == (2, 2, 2, 0)
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED
    assert story.told.count("DELIVERED") == 1
    assert "PARTIAL_DELIVERED" not in story.told


@pytest.mark.clause("SR-132b")
def test_the_first_parcel_arrives_after_all() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False, intercept_parcel=False))
    story.passes(hours=25)
    story.is_scanned("DELIVERED")
    assert story.open_cases == ["DOUBLE_DELIVERY"]
    assert "DECIDE" in open_tasks(story)
    assert asked(story, "ask_warehouse")[-1].endswith("stop/shipment/2"), "the second is stopped in the warehouse"
    assert story.order.stage is Stage.SHIPPED, "what counts is still to come"
    sends_again(story)
    assert asked(story, "intercept_parcel")[-1] == "package/1/return"
    story.is_scanned("DELIVERED", "2-1")
    assert story.order.lines[0].delivered == 2
    assert story.order.stage is Stage.DELIVERED


@pytest.mark.clause("SR-132b")
def test_dear_goods_come_back_before_they_are_sent_again() -> None:
    story = on_its_way(Carrier("CARRIER_SUSPENDED"), DEAR)
    story.passes(hours=25)
    assert asked(story, "reserve_stock") == []
    assert step(story, "switch_carrier") == ("OPEN", "")
    story.is_scanned("RETURNING")
    story.is_scanned("RETURNED_TO_SENDER")
    assert [case.outcome for case in story.order.cases if case.kind == "RETURN_TO_SENDER"] == ["RESENT"]
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")
    assert story.order.lines[0].returned == 0, "its goods are on their way again"
    assert story.order.stage is Stage.SHIPPED


@pytest.mark.clause("SR-132b")
@pytest.mark.parametrize(("says", "result"), [(False, "REFUSED"), (NEVER, "NO_ANSWER")])
def test_a_parcel_that_cannot_be_called_back_is_for_a_person(says: bool | str, result: str) -> None:
    story = on_its_way(Carrier("CARRIER_SUSPENDED", intercept_parcel=says), DEAR)
    story.passes(hours=50)
    assert step(story, "switch_carrier") == ("DONE", result)
    assert "DECIDE_PARCEL" in open_tasks(story)
    assert asked(story, "reserve_stock") == []
    assert story.asks("switch_carrier", package="1", how="return", reason="again") == "NOT_SWITCHABLE"
    assert story.asks("switch_carrier", package="1", how="reship", reason="the customer waits") == ""
    assert story.order.packages[0].superseded_at


@pytest.mark.clause("SR-132b")
def test_without_stock_nothing_is_superseded() -> None:
    carrier = Carrier("HUB_OVERLOAD", request_priority=False)
    story = on_its_way(carrier)
    carrier.stock = False
    story.passes(hours=25)
    assert step(story, "switch_carrier") == ("DONE", "SHORT")
    assert story.order.packages[0].superseded_at is None
    assert "DECIDE_PARCEL" in open_tasks(story)
    assert story.open_cases == ["LOGISTICS_STALLED"]


@pytest.mark.clause("SR-132b")
def test_a_replacement_that_is_not_on_the_shelf_lets_the_first_parcel_count_again() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=25)
    story.says("short_picked", shipment=2, line="1", quantity=2)
    assert story.order.packages[0].superseded_at is None
    assert "DECIDE_PARCEL" in open_tasks(story)
    story.is_scanned("DELIVERED")
    assert story.order.stage is Stage.DELIVERED


@pytest.mark.clause("SR-132b")
def test_cash_is_never_collected_twice() -> None:
    story = on_its_way(Carrier("CARRIER_SUSPENDED"), payment_method="cod")
    story.passes(hours=50)
    assert step(story, "switch_carrier") == ("DONE", "PERSON")
    assert story.asks("switch_carrier", package="1", how="reship", reason="n") == "COD_PARCEL"
    assert asked(story, "reserve_stock") == []


# -- lost, failed, returned ------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-132", "SR-132a")
def test_after_72_hours_of_silence_it_counts_as_lost_and_the_carrier_pays() -> None:
    story = on_its_way(Carrier(request_priority=NEVER, intercept_parcel=NEVER), DEAR)
    story.passes(hours=71, minutes=59)
    assert "LOST_OR_DAMAGED" not in story.open_cases
    story.passes(minutes=2)
    assert story.order.packages[0].state == "LOST"
    assert [cause for cause in asked(story, "ask_carrier") if cause.startswith("lost/")]
    assert story.open_cases == ["LOST_OR_DAMAGED"]
    [claim] = story.order.logistics.claims
    assert (claim.ground, claim.amount, claim.accepted) == ("lost", 30_000, True)
    assert asked(story, "open_claim") == ["package/1"]
    case = story.order.open_cases[0]
    assert story.asks("resolve_case", case=case.no, outcome="REFUNDED") == ""
    assert story.order.stage is Stage.CLOSED


@pytest.mark.clause("SR-132a")
def test_a_parcel_that_the_carrier_calls_lost_is_lost_at_once_and_found_when_it_moves() -> None:
    story = on_its_way(Carrier("包裹丢失"), DEAR)
    story.passes(hours=24, seconds=1)
    assert story.open_cases == ["LOST_OR_DAMAGED"]
    story.passes(hours=5)
    story.is_scanned("IN_TRANSIT")
    assert "FOUND" in story.open_cases


@pytest.mark.clause("EC-11")
def test_two_failed_attempts_an_appointment_three_and_it_comes_back() -> None:
    story = on_its_way(Carrier())
    for number in range(1, 4):
        story.passes(hours=10)
        story.is_scanned("DELIVERY_FAILED", by_recipient=True, location=f"door {number}")
        assert asked(story, "book_redelivery") == (["package/1"] if number > 1 else [])
    assert asked(story, "intercept_parcel") == ["package/1/failed"]
    story.is_scanned("RETURNING")
    told = list(story.told)
    story.passes(hours=30)
    assert story.told == told, "nobody waits for a parcel that comes back"


@pytest.mark.clause("EC-64", "EC-11")
@pytest.mark.parametrize("received", [True, False])
def test_what_the_carrier_returned_and_nobody_received_is_claimed_after_72_hours(received: bool) -> None:
    story = on_its_way(Carrier(), DEAR)
    story.is_scanned("RETURNING")
    story.passes(hours=10)
    story.is_scanned("RETURNED_TO_SENDER")
    story.passes(hours=71)
    if received:
        story.says("parcel_received", package="1")
    story.passes(hours=2)
    assert step(story, "receive_return") == ("DONE", "RECEIVED" if received else "NOT_RECEIVED")
    assert "RETURN_TO_SENDER" in story.open_cases
    assert [(claim.ground, claim.amount) for claim in story.order.logistics.claims] == (
        [] if received else [("not_returned", 30_000)]
    )


# -- claims ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-132", "SR-132b")
@pytest.mark.parametrize(("reason", "claimed"), [("爆仓", 1_000), ("无人签收", 0), ("暴雨", 0)])
def test_a_late_parcel_is_claimed_for_what_it_cost_us_where_the_carrier_is_to_blame(reason: str, claimed: int) -> None:
    story = on_its_way(Carrier(reason), DEAR)
    for number in range(6):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT" if number < 5 else "DELIVERED", location=f"hub {number}")
    assert claim_total(story.order) == claimed
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED


@pytest.mark.clause("SR-132")
def test_a_claim_is_followed_to_its_payout_and_a_payment_counts_once() -> None:
    story = on_its_way(Carrier("丢失"), DEAR)
    story.passes(hours=25)
    [claim] = story.order.logistics.claims
    assert claim.amount == 30_000 + sum(coupon.amount or 0 for coupon in story.order.coupons)
    for _ in range(2):
        story.says("claim_paid", tracking_number="SF1", reference="LP-1", amount=20_000)
    story.says("claim_paid", package="1", reference="LP-2", amount=10_000)
    assert story.order.logistics.claims[0].paid == 30_000


@pytest.mark.clause("SR-132")
def test_a_claim_carries_its_evidence() -> None:
    seen: list[dict[str, Any]] = []

    class Keeping(Carrier):
        def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
            if effect.kind == EffectKind.CLAIM:
                seen.append(effect.request)
            return super().__call__(order, effect)

    story = on_its_way(Keeping("丢失", open_claim=False), DEAR)
    story.passes(hours=5)
    story.is_scanned("IN_TRANSIT")
    story.passes(hours=25)
    assert [(clock["kind"], clock["verdict"]) for clock in seen[0]["clocks"]][:2] == [("C5", "met"), ("C5", "breached")]
    assert [scan["state"] for scan in seen[0]["scans"]] == ["IN_TRANSIT", "LOST"]
    assert len(seen[0]["digest"]) == 64
    assert "CLAIM_DECLINED" in open_tasks(story)


# -- what the customer hears, who complains, who pushes --------------------------------------------------------------


@pytest.mark.clause("SR-132", "SR-132a")
def test_cause_and_new_date_are_told_once_both_are_known_and_priority_only_where_it_was_given() -> None:
    for yes, action in ((True, "priority"), (False, "push")):
        story = on_its_way(
            Carrier("爆仓", timedelta(hours=90), request_priority=yes)
            if not yes
            else Carrier("爆仓", timedelta(hours=90)),
            DEAR,
        )
        story.passes(hours=25)
        [letter] = [each for each in story.letters if each.template == "DELAY_APPEASE"]
        assert (letter.params["cause"], letter.params["action"]) == ("HUB_OVERLOAD", action)
    story = on_its_way(Carrier("", timedelta(hours=90)), DEAR)
    story.passes(hours=25)
    assert "DELAY_APPEASE" not in story.told


@pytest.mark.clause("SR-144", "SR-034")
def test_a_complaint_soothes_and_pushes_at_once_and_each_is_tried_alone() -> None:
    story = on_its_way(Carrier("爆仓", request_priority=NEVER), DEAR)
    story.passes(hours=3)
    story.says("complaint")
    assert story.told[-1] == "SLOW_COMPLAINT", "the message does not wait for the carrier"
    assert asked(story, "request_priority")[0] == "package/1/push-1"
    assert story.open_cases == ["LOGISTICS_DELAY"]
    assert story.order.open_cases[0].cause == "complaint"
    story.is_scanned("DELIVERED")
    assert story.open_cases == []


@pytest.mark.clause("SR-144", "SR-034")
def test_before_it_left_a_complaint_pushes_the_warehouse() -> None:
    story = Story(an_input(), Carrier())
    story.is_paid()
    story.says("complaint")
    assert asked(story, "ask_warehouse") == ["push/1/shipment/1"]
    assert story.told[-1] == "SLOW_COMPLAINT"
    assert story.open_cases == []


@pytest.mark.clause("SR-034")
def test_a_person_pushes_warehouse_and_carrier_with_a_recorded_step() -> None:
    story = Story(an_input(), Carrier())
    story.is_paid()
    assert story.asks("expedite", party="carrier") == "NOTHING_TO_PUSH"
    assert story.asks("expedite", party="warehouse") == ""
    assert asked(story, "ask_warehouse") == ["push/1/shipment/1"]
    story.ships()
    told = list(story.told)
    assert story.asks("expedite", party="warehouse") == "NOTHING_TO_PUSH"
    assert story.asks("expedite", party="carrier", subject="package/1") == ""
    assert asked(story, "request_priority") == ["package/1/push-2"]
    assert story.told == told
    assert story.asks("switch_carrier", package="1", how="reship", reason="the carrier strikes") == ""
    assert story.order.packages[0].superseded_at
    assert story.asks("switch_carrier", package="9", how="reship", reason="n") == "UNKNOWN_PACKAGE"
