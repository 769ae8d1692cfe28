"""Orders whose audit finds what the customer has to set right, version by version (E1)."""

from __future__ import annotations

from typing import Any

from domain.effects import AuditOutcome, EffectKind
from domain.findings import Finding, Severity
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.order import Order
from domain.questions import Question
from tests.rules.story import Story, an_input, the_party_does_it

PHONE = Finding(code="PHONE_MALFORMED", field="customer.phone", severity=Severity.CRITICAL)
CITY = Finding(code="ADDRESS_MISMATCH", field="address.city", params={"address": "a1"})
TOTAL = Finding(code="AMOUNT_MISMATCH", field="total", severity=Severity.CRITICAL)
LETTER = "message/NEED_INFO/question/1"


def story(*found: tuple[Finding, ...], word: str = "", **fields: Any) -> Story:
    """An order whose audits find these, version by version; its warehouse answers ``word``."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        wrong = found[order.version - 1] if order.version <= len(found) else ()
        if effect.kind == EffectKind.AUDIT and wrong:
            return AuditOutcome(version=order.version, content=order.content, findings=wrong)
        if effect.kind == EffectKind.ASK_WAREHOUSE and word:
            return Answer(reason=word)
        return the_party_does_it(order, effect)

    return Story(an_input(**fields), answers)


def asked(*found: tuple[Finding, ...], **fields: Any) -> Story:
    """Such an order, paid, whose question has arrived."""
    told = story(*(found or ((PHONE,),)), **fields)
    told.is_paid()
    told.says("message_delivered", message=LETTER)
    return told


def question(told: Story) -> Question:
    """The latest question."""
    return told.order.questions[-1]


def to_do(told: Story) -> list[str]:
    """Kinds of the open tasks."""
    return [task.kind for task in told.order.tasks if task.done_at is None]
