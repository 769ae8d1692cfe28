"""Anything that anybody may say: every fact and request the house knows, its words drawn by what they are called.

Half of what is drawn stands in the order, so that it fits; the rest may fit nothing. A new fact or request is drawn
from the day it exists, for its fields are read from its model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from domain.asks import Ask
from domain.claims import ClaimKind
from domain.facts import Fact, OutsideFact, parse
from domain.order import Order
from domain.packages import PackageState
from domain.requests import ASKS

FACTS: dict[str, type[Fact]] = {
    model.model_fields["kind"].default: model for model in get_args(get_args(OutsideFact)[0])
}
"""Every fact from outside, by its kind."""
ENVELOPE = {"id", "kind", "source", "actor", "occurred_at", "received_at", "request_id", "role", "dry_run"}
OMITTED = 0.3
"""So often a field that need not be there is left out."""
ROLES = ("operator", "supervisor", "finance")
OUTCOMES = ("REFUNDED", "DIFFERENCE_ACCEPTED", "APPLIED", "DECLINED", "RECALL_REFUSED", "RESENT", "CORRECTED")
RESULTS = ("ACCEPTED", "STOPPED", "REFUSED", "RECEIVED", "PROMISED", "LOST", "HUB_OVERLOAD", "ADDRESS_PROBLEM", "SHORT")
Pool = Callable[[Order], Sequence[Any]]
POOLS: dict[str, Pool] = {
    "line": lambda order: [line.line for line in order.lines] or ["1"],
    "sku": lambda order: [line.sku for line in order.content.lines],
    "warehouse": lambda order: [shipment.warehouse for shipment in order.shipments] or ["SH"],
    "shipment": lambda order: [*(shipment.number for shipment in order.shipments), 1, 2],
    "package": lambda order: [*(package.id for package in order.packages), "1", "2"],
    "tracking_number": lambda order: [*(each.tracking_number for each in order.packages), "SF1", "SF2"],
    "amount": lambda order: [order.payment.due, order.payment.due, order.payment.due - 1, 1],
    "currency": lambda _: ["CNY", "CNY", "CNY", "USD"],
    "payment_no": lambda order: [f"p{len(order.payment.receipts)}", "p0"],
    "units": lambda _: [1],
    "quantity": lambda _: [1, 1, 2],
    "reserved_by": lambda order: [effect.key for effect in order.effects] or ["x"],
    "hold": lambda order: [hold.id for hold in order.open_holds] or ["H9"],
    "case": lambda order: [case.no for case in order.open_cases] or [9],
    "step": lambda order: [*(each.key for each in order.running), *(each.key for each in order.open_steps), "stock"],
    "coupon": lambda order: [each.coupon for each in order.approvals] or ["package/1/1"],
    "outcome": lambda _: OUTCOMES,
    "expected_version": lambda order: [order.version],
    "correction": lambda order: [len(order.corrections) + 1],
    "by_recipient": lambda _: [False, True],
    "reason": lambda _: ["HUB_OVERLOAD", "n"],
    "transfer": lambda order: [*(each.number for each in order.transfers), 1],
    "application": lambda order: [*_told(order, ClaimKind.REFUND), "A1", "A2"],
    "claim": lambda order: [*(each.reference for each in order.claims), "B1", "B2"],
    "question": lambda order: [*(each.no for each in order.questions), 1],
    "option": lambda order: [option.word for each in order.questions for option in each.options] or ["x"],
    "message": lambda order: [*(each.letter for each in order.questions), *order.said[-2:]] or ["x"],
    "result": lambda _: RESULTS,
    "order_no": lambda _: [""],
    "region": lambda order: [order.content.region, "", "浙江省"],
    "until": lambda _: [None],
}
"""What a field of this name may hold; any other is drawn by its type."""


def _told(order: Order, kind: ClaimKind) -> list[str]:
    return [each.reference for each in order.claims if each.kind is kind]


class Anything:
    """Draws from one order at one moment."""

    def __init__(self, order: Order, now: datetime, random: Random) -> None:
        """Draw for ``order`` at ``now``."""
        self._order, self._now, self._random = order, now, random

    def fact(self, kind: str, identity: str) -> Fact | None:
        """A fact of this kind; None where what was drawn is none."""
        happened = self._now - timedelta(minutes=self._random.choice((0, 0, 1, 60, 60 * 30)))
        times = {"occurred_at": happened, "received_at": self._now}
        try:
            return parse({"id": identity, "kind": kind, **times, **self._fields(FACTS[kind])})
        except ValidationError:
            return None

    def ask(self, kind: str, identity: str) -> Ask | None:
        """A request of this kind; None where what was drawn is none."""
        who = {"request_id": identity, "role": self._random.choice(ROLES), "actor": self._random.choice(("Li", "Wang"))}
        try:
            return ASKS[kind].model_validate({**who, **self._fields(ASKS[kind])})
        except ValidationError:
            return None

    def _fields(self, model: type[BaseModel]) -> dict[str, Any]:
        drawn = {}
        for name, field in model.model_fields.items():
            if name in ENVELOPE or (not field.is_required() and self._random.random() < OMITTED):
                continue
            drawn[name] = self._field(name, field)
        return drawn

    def _field(self, name: str, field: FieldInfo) -> Any:
        pool = None if get_origin(field.annotation) is Literal else POOLS.get(name)
        return self._random.choice(list(pool(self._order))) if pool else self._of(name, field.annotation)

    def _of(self, name: str, kind: Any) -> Any:  # noqa: PLR0911 - one line a type
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._of(name, arguments[0])
        if origin is Literal:
            return self._random.choice(arguments)
        if origin in {Union, UnionType}:
            return self._of(name, self._random.choice([each for each in arguments if each is not type(None)]))
        if origin is tuple:
            return tuple(self._of(name, arguments[0]) for _ in range(self._random.choice((0, 1, 1, 2))))
        if origin in {dict, list}:
            return origin()
        if isinstance(kind, type):
            return self._plain(name, kind)
        return "x"

    def _plain(self, name: str, kind: type) -> Any:  # noqa: PLR0911 - one line a type
        if issubclass(kind, Enum):
            return self._random.choice(list(SOON if kind is PackageState else kind))
        if issubclass(kind, BaseModel):
            return self._fields(kind)
        if issubclass(kind, bool):
            return self._random.choice((False, True))
        if issubclass(kind, int):
            return self._random.choice((1, 1, 2))
        if issubclass(kind, datetime) or kind is AwareDatetime:
            return self._now + timedelta(hours=self._random.choice((-1, 1, 30)))
        if issubclass(kind, date):
            return (self._now + timedelta(days=self._random.choice((1, 3)))).date()
        return f"{name} 1"


SOON = [*PackageState, *[PackageState.IN_TRANSIT, PackageState.DELIVERED] * 3]
"""A parcel's states; what usually happens is drawn more often."""
