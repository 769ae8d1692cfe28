"""The demo's orders that do not simply go well: each clock breached, each way out taken."""

from __future__ import annotations

from domain.packages import PackageState
from domain.policy import CaseKind, ClockKind
from domain.stage import Stage
from infra.demo.good import DOUYIN, JD, OWN, SHOP
from infra.demo.plan import Act, Plan, edited, scan

NEVER = {"customer": {"confirms": "never"}}
OWN_SKUS = ("DEMO-LATE-*",)
"""A SKU of this run that comes late."""

CONFIRM = (
    Plan(
        name="C1 pays too late",
        channel=SHOP,
        pays_in_body=False,
        behavior={"payments": {"pays_after": 15}},
        cases=(CaseKind.CONFIRM_OVERDUE,),
        breaches=(ClockKind.CONFIRM,),
    ),
    Plan(
        name="C1 paid in time, told too late",
        channel=JD,
        pays_in_body=False,
        behavior={"payments": {"pays_after": 3, "late": 15, "admits": False}},
        cases=(CaseKind.CONFIRM_OVERDUE,),
    ),
    Plan(
        name="C1 stock comes too late",
        channel=OWN,
        skus=(("DEMO-LATE-*", 1),),
        acts=(Act(what="restock", case=CaseKind.CONFIRM_OVERDUE, wait=3),),
        cases=(CaseKind.STOCK_SHORTAGE, CaseKind.CONFIRM_OVERDUE),
        breaches=(ClockKind.CONFIRM,),
    ),
    Plan(
        name="pays too little, then the rest",
        channel=DOUYIN,
        pays_in_body=False,
        behavior={"payments": {"pays_after": 1, "amount": 10000}},
        acts=(Act(what="pay", body={"amount": 2800}, case=CaseKind.PAYMENT_MISMATCH, wait=2),),
        cases=(CaseKind.PAYMENT_MISMATCH,),
    ),
    Plan(
        name="pays too much",
        channel=OWN,
        pays_in_body=False,
        behavior={"payments": {"pays_after": 1, "amount": 12900}},
        acts=(
            Act(
                what="resolve_case",
                body={"outcome": "SETTLED", "note": "多付 1.00 元，原路退回"},
                case=CaseKind.PAYMENT_MISMATCH,
                wait=2,
            ),
        ),
        cases=(CaseKind.PAYMENT_MISMATCH,),
    ),
)
TRACKING = (
    Plan(
        name="C2 number typed in by hand",
        channel=SHOP,
        behavior={"warehouse": {"tracking": "never"}},
        acts=(
            Act(
                what="upload_tracking",
                body={"package": "1", "tracking_number": "SF-HAND-*", "carrier": "SF"},
                case=CaseKind.TRACKING_MISSING,
                wait=3,
            ),
        ),
        cases=(CaseKind.TRACKING_MISSING,),
        breaches=(ClockKind.TRACKING,),
    ),
    Plan(
        name="C2 channel refuses the number; the buyer edits there, and takes it back",
        channel=DOUYIN,
        behavior={"shop": {"refuses_numbers_for": 13}},
        acts=(edited("delivery_method", stage=Stage.SHIPPED), edited(case=CaseKind.CHANNEL_CHANGE, wait=2)),
        cases=(CaseKind.TRACKING_MISSING, CaseKind.CHANNEL_CHANGE),
        breaches=(ClockKind.TRACKING,),
    ),
    Plan(
        name="C2 one of two numbers late",
        channel=JD,
        skus=(("DEMO-RICE-5", 2),),
        behavior={"warehouse": {"packages": 2, "unnumbered": [2]}},
        acts=(
            Act(
                what="upload_tracking",
                body={"package": "2", "tracking_number": "JD-HAND-*", "carrier": "JD"},
                case=CaseKind.TRACKING_MISSING,
                wait=1,
            ),
        ),
        cases=(CaseKind.TRACKING_MISSING,),
        breaches=(ClockKind.TRACKING,),
    ),
)
COMPLETION = (
    Plan(
        name="C3 held by hand over its time, and not looked at again",
        channel=SHOP,
        behavior=NEVER,
        acts=(
            Act(
                what="place_hold",
                body={"reason": "MANUAL", "blocks": ["complete"], "note": "等待财务核对", "review_in": 4},
                stage=Stage.DELIVERED,
            ),
            Act(what="release_hold", body={"note": "已核对"}, case=CaseKind.COMPLETION_BLOCKED, wait=4),
        ),
        cases=(CaseKind.HOLD_REVIEW_OVERDUE, CaseKind.COMPLETION_BLOCKED),
        breaches=(ClockKind.COMPLETE,),
    ),
    Plan(
        name="C3 paused by a dispute",
        channel=OWN,
        behavior=NEVER,
        acts=(
            Act(what="place_hold", body={"reason": "DISPUTE", "note": "客户称有破损"}, stage=Stage.DELIVERED),
            Act(what="release_hold", body={"note": "客户已确认无误"}, stage=Stage.DELIVERED, wait=8),
            Act(what="confirm_completion", stage=Stage.DELIVERED, wait=10),
        ),
    ),
)
OUTBOUND = (
    Plan(
        name="C4 slow warehouse",
        channel=DOUYIN,
        behavior={"warehouse": {"outbound": 56, "reason": "爆仓", "promises": 11}},
        cases=(CaseKind.OUTBOUND_OVERDUE,),
        breaches=(ClockKind.OUTBOUND,),
    ),
    Plan(
        name="C4 ERP out of service",
        channel=SHOP,
        behavior={"erp": {"failing_for": 50}},
        acts=(Act(what="retry_step", case=CaseKind.OUTBOUND_OVERDUE, wait=4),),
        cases=(CaseKind.OUTBOUND_OVERDUE,),
        breaches=(ClockKind.OUTBOUND,),
    ),
    Plan(
        name="C8 channel's ship-by date missed, and it refuses the status",
        channel=JD,
        ship_by=11,
        behavior={"warehouse": {"outbound": 19}, "shop": {"refuses_states_for": 13}},
        cases=(CaseKind.SHIP_BY_MISSED, CaseKind.CHANNEL_REJECTED_STATUS),
        breaches=(ClockKind.SHIP_BY,),
    ),
)
ON_THE_WAY = (
    Plan(
        name="C5 silent carrier",
        channel=SHOP,
        promised_days=3,
        behavior={
            "carrier": {
                "script": [
                    scan(2, PackageState.PICKED_UP),
                    scan(40, PackageState.IN_TRANSIT),
                    scan(46, PackageState.DELIVERED),
                ]
            }
        },
        cases=(CaseKind.LOGISTICS_STALLED,),
        breaches=(ClockKind.STAGNATION,),
    ),
    Plan(
        name="C5 never picked up",
        channel=OWN,
        promised_days=3,
        behavior={"carrier": {"script": [scan(38, PackageState.PICKED_UP), scan(44, PackageState.DELIVERED)]}},
        cases=(CaseKind.LOGISTICS_STALLED,),
        breaches=(ClockKind.STAGNATION,),
    ),
    Plan(
        name="C6 delivered late",
        channel=JD,
        behavior={
            "carrier": {
                "reason": "暴雨",
                "script": [
                    scan(2, PackageState.PICKED_UP),
                    scan(14, PackageState.IN_TRANSIT),
                    scan(34, PackageState.DELIVERED),
                ],
            }
        },
        cases=(CaseKind.LOGISTICS_DELAY,),
        breaches=(ClockKind.DELAY,),
    ),
    Plan(
        name="delivery fails twice, another attempt is booked",
        channel=DOUYIN,
        behavior={
            "carrier": {
                "script": [
                    scan(2, PackageState.PICKED_UP),
                    scan(8, PackageState.DELIVERY_FAILED),
                    scan(11, PackageState.OUT_FOR_DELIVERY),
                    scan(13, PackageState.DELIVERY_FAILED),
                ]
            }
        },
        cases=(CaseKind.DELIVERY_FAILED,),
    ),
    Plan(
        name="parcel lost, money back",
        channel=SHOP,
        behavior={"carrier": {"script": [scan(2, PackageState.PICKED_UP), scan(12, PackageState.LOST)]}},
        acts=(Act(what="resolve_case", body={"outcome": "REFUNDED"}, case=CaseKind.LOST_OR_DAMAGED, wait=3),),
        ends=Stage.CLOSED,
        cases=(CaseKind.LOST_OR_DAMAGED,),
    ),
)
INTAKE = (
    Plan(
        name="missing phone, corrected",
        channel=OWN,
        order={"customer": {"phone": ""}},
        acts=(
            Act(
                what="correct_fields", body={"customer": {"phone": "19900002001"}}, stage=Stage.NEEDS_CORRECTION, wait=2
            ),
        ),
        cases=(CaseKind.INFO_ERROR,),
    ),
    Plan(
        name="unknown SKU, rejected and refunded",
        channel=JD,
        skus=(("DEMO-UNKNOWN-*", 1),),
        acts=(Act(what="reject_audit", body={"reason": "商品编码不存在"}, stage=Stage.NEEDS_CORRECTION, wait=2),),
        ends=Stage.REJECTED,
        cases=(CaseKind.INFO_ERROR,),
    ),
    Plan(
        name="out of stock, cancelled; the payer refuses the refund",
        channel=SHOP,
        skus=(("DEMO-NONE-*", 2),),
        behavior={"payments": {"refuses": "原支付账户已注销"}},
        acts=(
            Act(what="cancel", body={"reason": "客户不愿等待"}, case=CaseKind.STOCK_SHORTAGE, wait=3),
            Act(
                what="report_step",
                body={"step": "refund", "result": "BANK-*", "note": "已改为银行转账"},
                case=CaseKind.REFUND_FAILED,
                wait=2,
            ),
        ),
        ends=Stage.CANCELLED,
        cases=(CaseKind.STOCK_SHORTAGE, CaseKind.REFUND_FAILED),
    ),
    Plan(
        name="never paid, cancelled",
        channel=DOUYIN,
        pays_in_body=False,
        behavior={"payments": {"pays_after": "never"}},
        acts=(Act(what="cancel", body={"reason": "客户取消"}, case=CaseKind.CONFIRM_OVERDUE, wait=2),),
        ends=Stage.CANCELLED,
        cases=(CaseKind.CONFIRM_OVERDUE,),
        breaches=(ClockKind.CONFIRM,),
    ),
    Plan(
        name="closed by the channel",
        channel=DOUYIN,
        pays_in_body=False,
        behavior={"payments": {"pays_after": "never"}},
        acts=(Act(what="fact", body={"kind": "channel_closed", "data": {"reason": "买家关闭交易"}}, wait=4),),
        ends=Stage.CANCELLED,
    ),
    Plan(
        name="ERP holds another price",
        channel=JD,
        behavior={"erp": {"price_off_by": 100, "price_off_for": 2}},
        acts=(
            Act(
                what="resolve_case",
                body={"outcome": "ERP_CORRECTED", "note": "已在ERP中改正"},
                case=CaseKind.ERP_MISMATCH,
                wait=3,
            ),
        ),
        cases=(CaseKind.ERP_MISMATCH,),
    ),
)
FIRST = (*OUTBOUND, *ON_THE_WAY, *COMPLETION)
"""Those that take longest, to be posted first."""
THEN = (*TRACKING, *CONFIRM, *INTAKE)
