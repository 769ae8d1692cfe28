"""What is told of a question to the customer, what they chose, and who doubts the order's data (§1.3 C7, E1)."""

from __future__ import annotations

from datetime import datetime

from domain.answer_times import default_at
from domain.facts import DetailsDoubted, LabelRejected, MessageDelivered, MessageUndeliverable
from domain.inside import Asked
from domain.order import Order
from domain.questions import CustomerChoice, Doubt, Question, changed
from domain.taking.holding import released
from domain.taking.warehouse import ComesEarly, shipment_of

ADDRESS = ("address.province", "address.city", "address.district", "address.street")
PROBLEM = "ADDRESS_PROBLEM"


def message_delivered(order: Order, fact: MessageDelivered) -> Order:
    """The question arrived: its answer is due from now on, and its default; a second report moves nothing."""
    question = _asked_by(order, fact.message)
    if question.confirmed_at:
        return order
    due = default_at(order, question, fact.at)
    changes = {"confirmed_at": fact.at, "due_at": due, "undeliverable": ""}
    return order.having(questions=changed(order.questions, question.no, **changes))


def message_undeliverable(order: Order, fact: MessageUndeliverable) -> Order:
    """The question cannot be brought: nobody takes its default."""
    question = _asked_by(order, fact.message)
    if question.defaulted_at or not question.open:
        return order
    changes = {"undeliverable": fact.reason or "undeliverable", "confirmed_at": None, "due_at": None}
    return order.having(questions=changed(order.questions, question.no, **changes))


def _asked_by(order: Order, message: str) -> Question:
    found = next((question for question in order.questions if question.letter == message), None)
    if found is None:
        reason = f"no question was asked by the message {message}"
        raise ComesEarly(reason)  # after a Reset it is told before the desk has asked again
    return found


def chosen(order: Order, fact: Asked, ask: CustomerChoice) -> Order:
    """The answer counts and ends the question, with its hold; its playbook does the rest in the desk's turn."""
    question = next(each for each in order.questions if each.no == ask.question)
    said = {
        "answer": ask.option,
        "correction": ask.correction,
        "region": ask.region,
        "answered_by": fact.actor or "customer",
        "answered_at": fact.at,
        "ended_at": fact.at,
    }
    order = order.having(questions=changed(order.questions, question.no, **said))
    return released(order, [question.hold], fact.at, fact.actor or "customer")


# -- doubts ----------------------------------------------------------------------------------------------------------


def details_doubted(order: Order, fact: DetailsDoubted) -> Order:
    """The customer says that something is wrong."""
    fields = tuple(dict.fromkeys(fact.fields)) or ADDRESS
    return doubted(order, Doubt(id=fact.id, source="customer", at=fact.at, fields=fields))


def label_rejected(order: Order, fact: LabelRejected) -> Order:
    """The warehouse says that the label cannot be right."""
    shipment = shipment_of(order, fact.shipment)
    if shipment.outbound_at:
        reason = f"shipment {shipment.number} has left"
        raise ComesEarly(reason)
    return doubted(order, Doubt(id=fact.id, source="warehouse", at=fact.at, fields=ADDRESS, subject=shipment.subject))


def doubted_by_word(order: Order, source: str, said: tuple[str, str, str], at: datetime) -> Order:
    """The order, doubted where a party's ``said`` (id, subject, word) is one for an address that is wrong."""
    doubt, subject, word = said
    if word.strip() not in order.policy.questions.address_words:
        return order
    return doubted(order, Doubt(id=doubt, source=source, at=at, fields=ADDRESS, subject=subject))


def doubted(order: Order, doubt: Doubt) -> Order:
    """One more doubt, unless the same is known or open."""
    known = any(
        each.id == doubt.id or (each.open and (each.source, each.subject) == (doubt.source, doubt.subject))
        for each in order.doubts
    )
    return order if known else order.having(doubts=(*order.doubts, doubt))
