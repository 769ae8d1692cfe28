"""Claims on a completed order, inside ``LateFactWorkflow``: told, looked into, decided by somebody (edge case 24)."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.effects import Done, EffectKind, RefundRequest
    from domain.facts import OutsideFact
    from domain.inquiries import CarrierAnswer, Inquiry
    from domain.late import ClosedOrder
    from domain.late_claims import (
        ClaimNews,
        LateClaim,
        LateEnd,
        SettleClaim,
        claim_of,
        end_of,
        granted,
        settled_by,
        unfit,
    )
    from domain.requests import Accepted
    from domain.stage import Stage
    from workflows.after_the_end import act
    from workflows.limits import OURS
    from workflows.messages import no


class Claims:
    """The open claims of one closed order, by the number of their case."""

    def __init__(self) -> None:
        """None is open."""
        self.open: dict[int, LateClaim] = {}
        self.decided: list[SettleClaim] = []

    # -- asked ---------------------------------------------------------------------------------------------------

    def judge(self, ask: SettleClaim) -> None:
        """Refuse a decision that cannot be taken."""
        refused = unfit(self.open, ask)
        if refused is not None:
            raise no(refused)

    def accept(self, order_no: str, ask: SettleClaim) -> dict[str, Any]:
        """Note a decision; the loop does it."""
        self.decided.append(ask)
        stage = str(Stage.COMPLETED)
        said = Accepted(order_no=order_no, request_id=ask.request_id, stage=stage, version=1)
        return said.model_dump(mode="json")

    # -- done ----------------------------------------------------------------------------------------------------

    async def take(self, order: ClosedOrder, fact: OutsideFact) -> bool:
        """Take a fact that tells of a claim; False where it does not."""
        claim, end = claim_of(order, fact), end_of(order, fact)
        if claim is not None:
            await self._open(claim)
        elif end is not None:
            await self._end(end)
        return claim is not None or end is not None

    async def decide(self, order: ClosedOrder) -> None:
        """Do what somebody decided."""
        while self.decided:
            ask = self.decided.pop(0)
            claim = self.open.get(ask.case)
            if claim is not None:
                await self._end(settled_by(order, claim, ask))

    async def _open(self, claim: LateClaim) -> None:
        number = await _record(ClaimNews(at=workflow.now(), claim=claim))
        if number in self.open:
            return
        self.open[number] = claim
        if claim.proof is not None:
            await _ask(claim.proof)

    async def _end(self, end: LateEnd) -> None:
        number = next((number for number, claim in self.open.items() if claim.subject == end.subject), None)
        if number is None:
            return
        claim = self.open[number]
        if end.refund:
            end = granted(end, await _record(ClaimNews(at=workflow.now(), claim=claim, end=end, grants=True)))
        reference, refused = await _pay_back(claim, end.refund) if end.refund else ("", "")
        await _record(ClaimNews(at=workflow.now(), claim=claim, end=end, reference=reference, refused=refused))
        if not refused:
            del self.open[number]


async def _record(news: ClaimNews) -> int:
    number: int = await workflow.execute_activity("record_claim", news, result_type=int, **OURS)
    return number


async def _ask(inquiry: Inquiry) -> None:
    """The carrier's scans and its word come into the effect ledger, where whoever decides finds them."""
    await act(EffectKind.ASK_CARRIER, inquiry, CarrierAnswer, (inquiry.case, inquiry.subject))


async def _pay_back(claim: LateClaim, refund: RefundRequest) -> tuple[str, str]:
    """Pay back once under the claim's key; the payer's number, or why it refuses."""
    paid = await act(EffectKind.REFUND, refund, Done, (claim.subject, f"{claim.kind} {claim.subject}"))
    return (paid.reference, "") if isinstance(paid, Done) else ("", paid)
