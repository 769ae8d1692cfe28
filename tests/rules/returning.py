"""Returns for the tests: books, requests, facts, and departments that do whatever is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.effects import Done
from domain.packages import PackageState
from domain.return_asks import RETURN_ASKS, return_refusal
from domain.return_facts import ReturnFact, parse_return_fact
from domain.return_policy import ReturnPolicy
from domain.return_rules import ReturnBooks, WantedReturn, opened, verdict_of
from domain.return_work import ClaimRequest, request_of
from domain.returning import (
    ClaimOutcome,
    KeepOutcome,
    Outcome,
    ShipOutcome,
    Work,
    after_ask,
    after_time,
    after_work,
    key_of,
    next_work,
)
from domain.returns import Return

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
NO = "SO2026112300000001"
LINES = (
    {"line": "1", "sku": "TEA", "ordered": 3, "unit_price": 6800, "discount": 600, "delivered": 3},
    {"line": "2", "sku": "CUP", "ordered": 1, "unit_price": 3000, "delivered": 1},
)


def books(**changes: Any) -> ReturnBooks:
    """A completed order of 228.00, freight 6.00 in it, signed for at noon."""
    said = {
        "order_no": NO,
        "stage": "COMPLETED",
        "final": True,
        "currency": "CNY",
        "total": 23400,
        "freight": 600,
        "warehouse": "SH",
        "zone": "Asia/Shanghai",
        "after_sale_days": 7,
        "signed_at": AT,
        "lines": LINES,
        "available": {"TEA-500": 5},
    }
    return ReturnBooks.model_validate(said | changes)


def wanted(*lines: Mapping[str, Any], **changes: Any) -> WantedReturn:
    return WantedReturn.model_validate({"lines": lines or [{"line": "1", "quantity": 2}], "actor": "ann"} | changes)


def line(sku: str = "TEA", **changes: Any) -> dict[str, Any]:
    return next(dict(each) for each in LINES if each["sku"] == sku) | changes


def begun(given: ReturnBooks | None = None, asked: WantedReturn | None = None, **policy: Any) -> Return:
    given = given or books(policy=ReturnPolicy(**policy))
    asked = asked or wanted()
    assert verdict_of(given, asked, AT).allowed
    return opened(given, asked, 1, AT)


def exchange(**policy: Any) -> Return:
    return begun(asked=wanted({"line": "1", "quantity": 2, "exchange_sku": "TEA-500"}, kind="exchange"), **policy)


def ask(its: Return, name: str, role: str = "operator", at: datetime = AT, **fields: Any) -> Return:
    """A request that has to be answered yes."""
    asked = RETURN_ASKS[name].model_validate({"request_id": f"{name}-{its.sequence}", "role": role, **fields})
    assert return_refusal(its, asked) is None
    return after_ask(its, asked, at)


def no(its: Return, name: str, role: str = "operator", **fields: Any) -> str:
    """The code of the no."""
    asked = RETURN_ASKS[name].model_validate({"request_id": "no", "role": role, **fields})
    refusal = return_refusal(its, asked)
    assert refusal is not None
    return refusal.code


def fact(kind: str, name: str = "", at: datetime = AT, **data: Any) -> ReturnFact:
    moments = {"occurred_at": at, "received_at": at}
    return parse_return_fact({"id": name or kind, "kind": kind, **moments, **data})


RECEIVED = fact("return_received", warehouse="GZ")
SHIPPED = fact("return_shipped", tracking_number="SF9", carrier="SF")
SCANNED = fact("carrier_scan", tracking_number="SF9", state=PackageState.PICKED_UP)


def goes_on(its: Return, captured: int = 10**9, at: datetime = AT) -> tuple[Return, list[str]]:
    """Do everything that is due, with departments that never fail; what was done."""
    done: list[str] = []
    while True:
        its = after_time(its, at)
        work = next_work(its, at)
        if work is None:
            return its, done
        done.append(key_of(its, work) if work is not Work.CLAIM else "claim")
        its = after_work(its, work, answer(its, work, captured), at)


def answer(its: Return, work: Work, captured: int) -> Outcome:
    request = request_of(its, work)
    match work:
        case Work.KEEP:
            return KeepOutcome(kept=True)
        case Work.SHIP:
            return ShipOutcome(order_no="SO-NEW")
        case Work.CLAIM:
            assert isinstance(request, ClaimRequest)
            return ClaimOutcome(granted=min(request.amount, captured))
        case _:
            return Done(reference="REFUND-1", done_at=AT)
