"""The demo's orders to which happens what seldom does: the other kinds of case, from first step to end."""

from __future__ import annotations

from typing import Any

from domain.packages import PackageState
from domain.policy import CaseKind, ClockKind
from domain.stage import Stage
from infra.demo.good import DOUYIN, JD, OWN, SHOP
from infra.demo.plan import Act, Plan, answers, scan
from infra.demo.troubled import NEVER


def packed(units: int, **moment: Any) -> Act:
    """The warehouse says how many units of the only line it packed."""
    lines = [{"line": "1", "quantity": units}]
    return Act(what="fact", body={"source": "warehouse", "kind": "packed", "data": {"lines": lines}}, **moment)


LONG = (
    Plan(
        name="E4 its warehouse cannot send it: another one does",
        channel=JD,
        behavior={"warehouse": {"outbound_of": {"1": "never"}, "reason": "爆仓"}},
        cases=(CaseKind.OUTBOUND_OVERDUE,),
        breaches=(ClockKind.OUTBOUND,),
    ),
    Plan(
        name="sent again, and the first parcel comes all the same",
        channel=OWN,
        behavior={
            "carrier": {
                "intercept": "refuses",
                "of_package": {"1": [scan(2, PackageState.PICKED_UP), scan(16, PackageState.DELIVERED)]},
            }
        },
        acts=(
            Act(
                what="switch_carrier",
                body={"package": "1", "how": "reship", "reason": "快递网点停运"},
                stage=Stage.SHIPPED,
                wait=3,
            ),
            Act(
                what="resolve_case",
                body={"outcome": "KEPT", "note": "客户愿意留下，另付货款"},
                case=CaseKind.DOUBLE_DELIVERY,
                wait=2,
            ),
        ),
        cases=(CaseKind.DOUBLE_DELIVERY,),
    ),
    Plan(
        name="E1 the warehouse rejects the label, the customer answers",
        channel=SHOP,
        behavior={"warehouse": {"outbound": 12}},
        acts=(
            Act(
                what="fact",
                body={"source": "warehouse", "kind": "label_rejected", "data": {"shipment": 1, "reason": "楼号不存在"}},
                stage=Stage.READY_TO_SHIP,
                wait=1,
            ),
            answers(CaseKind.INFO_ERROR, **{"address.street": "同小区 6 幢 301 室"}),
        ),
        cases=(CaseKind.INFO_ERROR,),
    ),
)
SHORT = (
    Plan(
        name="packed wrongly, packed anew",
        channel=JD,
        skus=(("DEMO-RICE-5", 2),),
        behavior={"warehouse": {"picked": 1, "packed": "never", "outbound": 12}},
        acts=(packed(1, stage=Stage.READY_TO_SHIP, wait=1), packed(2, case=CaseKind.MIS_SHIPMENT, wait=2)),
        cases=(CaseKind.MIS_SHIPMENT,),
    ),
    Plan(
        name="signed for, and still on its way",
        channel=JD,
        skus=(("DEMO-TEA-500", 1),),
        behavior={
            "carrier": {
                "script": [
                    scan(2, PackageState.PICKED_UP),
                    scan(6, PackageState.DELIVERED),
                    scan(9, PackageState.IN_TRANSIT),
                ]
            },
            **NEVER,
        },
        acts=(
            Act(
                what="resolve_case",
                body={"outcome": "DELIVERED", "note": "快递误点签收，客户现已收到"},
                case=CaseKind.FALSE_DELIVERY,
                wait=4,
            ),
            Act(what="confirm_completion", stage=Stage.DELIVERED, wait=1),
        ),
        cases=(CaseKind.FALSE_DELIVERY,),
    ),
    Plan(
        name="lost, and found again",
        channel=DOUYIN,
        skus=(("DEMO-SHIRT-L", 2),),
        behavior={
            "carrier": {
                "script": [
                    scan(2, PackageState.PICKED_UP),
                    scan(7, PackageState.LOST),
                    scan(12, PackageState.IN_TRANSIT),
                    scan(18, PackageState.DELIVERED),
                ]
            },
            **NEVER,
        },
        acts=(
            Act(what="resolve_case", body={"outcome": "WENT_ON"}, case=CaseKind.FOUND, wait=1),
            Act(what="confirm_completion", stage=Stage.DELIVERED, wait=1),
        ),
        cases=(CaseKind.LOST_OR_DAMAGED, CaseKind.FOUND),
    ),
    Plan(
        name="let pass in a promotion, put right after it left",
        channel=OWN,
        order={"invoice": {"title": "", "tax_id": ""}},
        acts=(
            Act(
                what="repay_debt",
                body={"invoice": {"title": "杭州知微科技有限公司"}},
                case=CaseKind.AUDIT_DEBT_OVERDUE,
                wait=2,
            ),
        ),
        cases=(CaseKind.AUDIT_DEBT_OVERDUE,),
    ),
)
