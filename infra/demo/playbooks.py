"""The demo's orders whose playbooks run from end to end: customers who answer, goods brought, recalled, sent again."""

from __future__ import annotations

from domain.packages import PackageState
from domain.policy import CaseKind, ClockKind
from domain.stage import Stage
from infra.demo.good import DOUYIN, JD, OWN, SHOP
from infra.demo.plan import Act, Plan, answers, scan
from infra.demo.troubled import NEVER

ASKED = (
    Plan(
        name="E1 wrong phone, the customer answers on the page",
        channel=DOUYIN,
        skus=(("DEMO-NUTS", 2),),
        order={"customer": {"phone": "1990000"}},
        acts=(answers(CaseKind.INFO_ERROR, **{"customer.phone": "19900002002"}),),
        cases=(CaseKind.INFO_ERROR,),
    ),
)
BROUGHT = (
    Plan(
        name="E2 a store brings the goods",
        channel=JD,
        skus=(("DEMO-RARE-*", 2),),
        behavior={"warehouse": {"transfer_shipped": 4, "transfer_received": 13}},
        cases=(CaseKind.STOCK_SHORTAGE, CaseKind.CONFIRM_OVERDUE),
        breaches=(ClockKind.CONFIRM,),
    ),
)
SENT_AGAIN = (
    Plan(
        name="E3 silent after priority: a coupon, and another carrier",
        channel=SHOP,
        behavior={
            "carrier": {
                "reason": "转运中心爆仓",
                "once_accepted": [],
                "of_package": {"1": [scan(2, PackageState.PICKED_UP)]},
            },
            **NEVER,
        },
        acts=(Act(what="confirm_completion", stage=Stage.DELIVERED, wait=2),),
        cases=(CaseKind.LOGISTICS_DELAY,),
        breaches=(ClockKind.DELAY, ClockKind.STAGNATION),
    ),
)
CHANGED = (
    Plan(
        name="another address, recalled from the warehouse",
        channel=OWN,
        skus=(("DEMO-CUP-WHITE", 2),),
        behavior={"warehouse": {"picked": 3, "packed": 4, "outbound": 14}},
        acts=(
            Act(
                what="submit_change_request",
                body={"change": "ADDRESS", "fields": {"address": {"street": "同小区 8 幢 2 单元 602 室"}}},
                stage=Stage.READY_TO_SHIP,
                wait=1,
            ),
        ),
        cases=(CaseKind.CHANGE_REQUESTED,),
    ),
    Plan(
        name="cancelled after the release, recalled",
        channel=JD,
        skus=(("DEMO-KETTLE", 1),),
        behavior={"warehouse": {"outbound": 20}},
        acts=(Act(what="cancel", body={"reason": "客户拍错"}, stage=Stage.READY_TO_SHIP, wait=3),),
        ends=Stage.CANCELLED,
        cases=(CaseKind.CHANGE_REQUESTED,),
    ),
    Plan(
        name="cancelled, and the goods go out all the same",
        channel=DOUYIN,
        skus=(("DEMO-SHIRT-L", 1),),
        behavior={
            "warehouse": {"outbound": 12, "recall": "sends_anyway"},
            "payments": {"failing_for": 22},
        },
        acts=(Act(what="cancel", body={"reason": "客户不想要了"}, stage=Stage.READY_TO_SHIP, wait=1),),
        ends=Stage.RETURNED,
        cases=(CaseKind.CHANGE_REQUESTED, CaseKind.CANCEL_AFTER_SHIP, CaseKind.RETURN_TO_SENDER),
    ),
)
CLAIMED = (
    Plan(
        name="refund applied for, and taken back",
        channel=SHOP,
        skus=(("DEMO-SHIRT-M", 1),),
        behavior={"warehouse": {"outbound": 26}},
        acts=(
            Act(
                what="fact",
                body={"kind": "refund_requested", "data": {"application": "AS-*"}},
                stage=Stage.READY_TO_SHIP,
                wait=1,
            ),
            Act(
                what="fact",
                body={"kind": "refund_withdrawn", "data": {"application": "AS-*"}},
                case=CaseKind.REFUND_REPLY_DUE,
                wait=2,
            ),
        ),
        cases=(CaseKind.REFUND_REPLY_DUE,),
    ),
    Plan(
        name="said not to have come, found at the neighbour's",
        channel=DOUYIN,
        behavior=NEVER,
        acts=(
            Act(
                what="fact",
                body={"kind": "not_received_claim", "data": {"claim": "NR-*", "package": "1"}},
                stage=Stage.DELIVERED,
                wait=1,
            ),
            Act(
                what="resolve_case",
                body={"outcome": "RECEIVED", "note": "邻居代收，客户已确认"},
                case=CaseKind.NOT_RECEIVED_CLAIM,
                wait=4,
            ),
        ),
        cases=(CaseKind.NOT_RECEIVED_CLAIM,),
    ),
)
AFTER_THE_END = (
    Plan(
        name="paid after the cancel: the money goes back",
        channel=OWN,
        pays_in_body=False,
        behavior={"payments": {"pays_after": "never"}},
        acts=(
            Act(what="cancel", body={"reason": "客户取消"}, stage=Stage.AWAITING_CONFIRMATION, wait=1),
            Act(what="pay", body={"amount": 12800}, stage=Stage.CANCELLED, wait=2),
            Act(what="look", settled=CaseKind.LATE_PAYMENT),
        ),
        ends=Stage.CANCELLED,
        cases=(CaseKind.LATE_PAYMENT,),
    ),
    Plan(
        name="returned after the completion, inspected, paid back",
        channel=JD,
        skus=(("DEMO-CUP-WHITE", 2),),
        acts=(
            Act(
                what="returns",
                body={"reason": "NO_REASON", "lines": [{"line": "1", "quantity": 2}]},
                stage=Stage.COMPLETED,
            ),
            Act(what="returns/1/approve", back="REQUESTED"),
            Act(
                what="fact",
                body={"kind": "return_shipped", "data": {"tracking_number": "BACK-*", "carrier": "SF"}},
                back="APPROVED",
                wait=1,
            ),
            Act(
                what="fact",
                body={"source": "warehouse", "kind": "return_received", "data": {"return_no": 1}},
                back="IN_TRANSIT",
                wait=2,
            ),
            Act(what="returns/1/inspect", body={"lines": [{"line": "1", "good": 2}]}, back="RECEIVED", wait=1),
            Act(what="look", back="CLOSED"),
        ),
        returned="REFUNDED",
    ),
    Plan(
        name="exchanged after the completion: the new goods go at its parcel's first scan",
        channel=SHOP,
        skus=(("DEMO-SHIRT-M", 1),),
        acts=(
            Act(
                what="returns",
                body={
                    "kind": "exchange",
                    "reason": "QUALITY",
                    "lines": [{"line": "1", "quantity": 1, "exchange_sku": "DEMO-SHIRT-L"}],
                },
                stage=Stage.COMPLETED,
            ),
            Act(what="returns/1/approve", back="REQUESTED", told="exchange_kept"),
            Act(
                what="fact",
                body={"kind": "return_shipped", "data": {"tracking_number": "BACK-*", "carrier": "SF"}},
                back="APPROVED",
                wait=1,
            ),
            Act(
                what="fact",
                body={
                    "source": "carrier",
                    "kind": "carrier_scan",
                    "tracking_number": "BACK-*",
                    "data": {"state": "IN_TRANSIT", "code": "in_transit"},
                },
                back="IN_TRANSIT",
                wait=1,
            ),
            Act(
                what="fact",
                body={"source": "warehouse", "kind": "return_received", "data": {"return_no": 1}},
                back="IN_TRANSIT",
                wait=3,
            ),
            Act(what="returns/1/inspect", body={"lines": [{"line": "1", "damaged": 1}]}, back="RECEIVED", wait=1),
            Act(what="look", back="CLOSED"),
        ),
        returned="EXCHANGED",
    ),
)
LONG = (*SENT_AGAIN, *AFTER_THE_END[1:], *CHANGED, *CLAIMED)
"""Those that take long."""
SHORT = (*ASKED, *BROUGHT, *AFTER_THE_END[:1])
