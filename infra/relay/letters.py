"""What a letter becomes at the party it is for: a message, a tracking number, a status, a subscription (§4.13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.catalogue.text import render
from domain.invoices import LETTER
from domain.policy import Policy
from infra.connectors.carrier import Subscription
from infra.connectors.channel import RefundAnswer, StatusPush, TrackingPush
from infra.connectors.erp import ErpStatus
from infra.connectors.invoicing import InvoicerUnreachable, InvoiceWish
from infra.connectors.messaging import Message
from infra.connectors.reference import OrderReference
from infra.db import invoices
from infra.db.answers import keep_code
from infra.db.waiting.letters import WaitingLetter
from infra.db.waiting.orders import policy_of
from infra.relay.connectors import Connectors

COMPLETED = "COMPLETED"
"""已完成 is the desk's and the ERP's label; no channel is told (SR-022)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the party took the letter: its own number for it, or its reason."""

    taken: bool
    reference: str = ""
    reason: str = ""


@dataclass
class Post:
    """Sends one letter of any kind; raises what its connector raises."""

    engine: AsyncEngine
    connectors: Connectors
    _policies: dict[str, Policy] = field(default_factory=dict)

    async def send(self, letter: WaitingLetter) -> Answer:
        """Send one letter under its key; a party that has it already answers as it did then."""
        return await self._kinds[letter.kind](letter)

    @property
    def _kinds(self) -> dict[str, Callable[[WaitingLetter], Awaitable[Answer]]]:
        return {
            "message": self._message,
            "push_tracking": self._push_tracking,
            "push_status": self._push_status,
            "subscribe": self._subscribe,
            "push_refund_answer": self._answer_refund,
            LETTER: self._invoice,
        }

    async def _message(self, letter: WaitingLetter) -> Answer:
        policy = await self._policy(letter.policy_edition)
        # The customer knows the order by the channel's number.
        params = {"no": letter.external_id, **self._coded(letter.params), **await self._opening(letter, policy)}
        text = render(letter.template, policy.language, params, policy.zone)
        message = Message(order=_reference(letter), template=letter.template, receiver=letter.receiver, text=text)
        return Answer(taken=True, reference=await self.connectors.messenger.send(letter.key, message))

    def _coded(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a text says; a coupon's code is made here, for the letter itself names its key only."""
        coupon = params.get("coupon")
        return params if coupon is None else {**params, "code": self.connectors.codes.code(coupon)}

    async def _opening(self, letter: WaitingLetter, policy: Policy) -> Mapping[str, str]:
        """What opens the answer page: a link where the channel's messages take one, else the address and a code."""
        if "valid_until" not in letter.params:
            return {}
        answers, question = self.connectors.answers, int(letter.params["question"])
        until = datetime.fromisoformat(letter.params["valid_until"])
        if letter.channel in policy.questions.links:
            return {"link": answers.link(answers.token(letter.order_no, question, until))}
        code = answers.code(letter.order_no, question)
        async with self.engine.begin() as connection:
            await keep_code(connection, answers.fingerprint(code), (letter.order_no, question), until)
        return {"address": answers.address, "code": code}

    async def _push_tracking(self, letter: WaitingLetter) -> Answer:
        number, carrier = letter.params["tracking_number"], letter.params.get("carrier", "")
        push = TrackingPush(
            order=_reference(letter), package=str(letter.params["package"]), tracking_number=number, carrier=carrier
        )
        answer = await self.connectors.channel.push_tracking(letter.key, push)
        return Answer(taken=answer.accepted, reason=answer.reason)

    async def _push_status(self, letter: WaitingLetter) -> Answer:
        status, order = letter.params["status"], _reference(letter)
        reference = await self.connectors.erp.push_status(letter.key, ErpStatus(order=order, status=status))
        if status == COMPLETED:
            return Answer(taken=True, reference=reference)
        answer = await self.connectors.channel.push_status(letter.key, StatusPush(order=order, status=status))
        return Answer(taken=answer.accepted, reference=reference, reason=answer.reason)

    async def _subscribe(self, letter: WaitingLetter) -> Answer:
        wish = Subscription(
            order=_reference(letter),
            tracking_number=letter.params["tracking_number"],
            carrier=letter.params.get("carrier", ""),
        )
        return Answer(taken=True, reference=await self.connectors.carrier.subscribe(letter.key, wish))

    async def _answer_refund(self, letter: WaitingLetter) -> Answer:
        said = {name: letter.params[name] for name in ("application", "verdict", "reason", "tracking_numbers")}
        push = RefundAnswer(order=_reference(letter), **said)
        answer = await self.connectors.channel.answer_refund(letter.key, push)
        return Answer(taken=answer.accepted, reason=answer.reason)

    async def _invoice(self, letter: WaitingLetter) -> Answer:
        """Title and tax id are personal data: they are read now, for the letter names the amounts only."""
        async with self.engine.begin() as connection:
            paper = await invoices.paper(connection, letter.key)
        if letter.params.get("red_of") and not paper["red_of"]:
            raise InvoicerUnreachable(f"invoice {letter.params['red_of']} is not issued yet, so it cannot be made red")
        money = {name: letter.params[name] for name in ("kind", "amount", "currency")}
        wish = InvoiceWish.model_validate({"order": _reference(letter), **money, **paper})
        return Answer(taken=True, reference=await self.connectors.invoicer.issue(letter.key, wish))

    async def _policy(self, edition: str) -> Policy:
        if edition not in self._policies:
            async with self.engine.begin() as connection:
                self._policies[edition] = await policy_of(connection, edition)
        return self._policies[edition]


def _reference(letter: WaitingLetter) -> OrderReference:
    return OrderReference(order_no=letter.order_no, channel=letter.channel, external_id=letter.external_id)
