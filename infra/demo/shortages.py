"""The demo's orders whose goods nobody has (E2): bought, or the customer chooses on the page what becomes of them."""

from __future__ import annotations

from domain.policy import CaseKind, ClockKind
from domain.shortage_policy import Substitute
from infra.demo.good import DOUYIN, JD, OWN, SHOP
from infra.demo.plan import Act, Plan, answers

CASES = (CaseKind.STOCK_SHORTAGE, CaseKind.CONFIRM_OVERDUE)
LATE = (ClockKind.CONFIRM,)
"""Nobody waits so fast that C1 is kept: its case is also when the customer looks at the question."""
NEVER, LATER, GONE, BOUGHT = "DEMO-NONE-*", "DEMO-LATER-*", "DEMO-GONE-*", "DEMO-BUY-*"
"""SKUs of this run without stock: for good, until they come after all, for good with others instead, until bought."""
OWN_SKUS = (NEVER, LATER, GONE, BOUGHT)
INSTEAD, MORE = "DEMO-SOAP", 1500
"""What is offered for those that are gone, and what it costs more, in fen."""


def chooses(option: str) -> Act:
    """The customer answers the question of a shortage on the page."""
    return answers(CaseKind.CONFIRM_OVERDUE, option=option)


def substitutes(run: str, price: int, specification: str) -> tuple[Substitute, ...]:
    """What the run's edition offers in the place of goods that are gone."""
    gone = GONE.replace("*", run)
    return (Substitute(sku=gone, instead=INSTEAD, specification=specification, unit_price=price),)


SHORTAGES = (
    Plan(
        name="E2 nobody has it: bought, it comes, it is sent",
        channel=SHOP,
        skus=((BOUGHT, 1),),
        behavior={"purchasing": {"promises": 16, "reason": "供应商周四到货"}},
        acts=(Act(what="restock", case=CaseKind.CONFIRM_OVERDUE, wait=2),),
        cases=CASES,
        breaches=LATE,
    ),
    Plan(
        name="E2 the customer takes the rest now",
        channel=JD,
        skus=(("DEMO-KETTLE", 1), (NEVER, 1)),
        acts=(chooses("ship_rest"),),
        cases=CASES,
        breaches=LATE,
    ),
    Plan(
        name="E2 the customer waits, and it comes",
        channel=OWN,
        skus=((LATER, 1),),
        behavior={"purchasing": {"promises": 58, "reason": "厂家排产中"}},
        acts=(
            chooses("wait_until"),
            Act(what="restock", case=CaseKind.STOCK_SHORTAGE, wait=3),
        ),
        cases=CASES,
        breaches=LATE,
    ),
    Plan(
        name="E2 the customer takes other goods, and pays the difference",
        channel=DOUYIN,
        skus=((GONE, 1),),
        acts=(
            chooses("substitute"),
            Act(what="pay", body={"amount": MORE}, case=CaseKind.PAYMENT_MISMATCH, wait=2),
        ),
        cases=(*CASES, CaseKind.PAYMENT_MISMATCH),
        breaches=LATE,
    ),
)
