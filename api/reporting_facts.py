"""A fact on its way from the wire to the inbox: its shape, its kind, its reporter (shapes "Fact", edge case 44).

A fact happened and is never refused for what it says; what cannot be read is refused with its field path.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi_problem.error import Problem
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from api.errors import problem, wrong_shape
from api.shapes import Id, Posted, When
from domain.facts import SIGNAL_OF, OutsideFact, SignalName, parse
from domain.return_facts import OF_RETURNS, ReturnFact, parse_return_fact
from infra.db.fact_inbox import Report
from infra.db.keys import Holder

MAY_REPORT = {
    "warehouse": {SignalName.WAREHOUSE, SignalName.STOCK},
    "carrier": {SignalName.CARRIER},
    "payment": {SignalName.PAYMENT},
    "channel": {SignalName.CHANNEL, SignalName.CUSTOMER, SignalName.PAYMENT},
    "finance": {SignalName.PAYMENT},
    "operator": set(SignalName),
    "supervisor": set(SignalName),
    "viewer": set(),
}
"""Whose facts a key may report, by its role."""
REPORTED = {**SIGNAL_OF, **OF_RETURNS}
"""Every kind of fact, and whose it is."""
OF_CHANNELS_TOO = frozenset({"return_shipped"})
"""What a channel hears from its customer, and may report for the carrier."""
STOCK_ARRIVED = "stock_arrived"
OF_THE_BOOKS = "reservation_lost"
"""Told by the stock books when a count takes reserved units away; nobody reports it, for they would not follow."""
OF_THE_ENVELOPE = frozenset({"id", "kind", "source", "occurred_at", "received_at"})
OF_THE_PULL = frozenset({"edits"})
"""Fields of facts that name what the house itself keeps: nobody reports them."""
FACT_EXAMPLE = {
    "source": "warehouse",
    "event_id": "WMS-1001-outbound",
    "kind": "outbound",
    "occurred_at": "2026-11-23T15:00:00+08:00",
    "order_no": "SO2026112300000001",
    "data": {"shipment": 1, "package": "1", "tracking_number": "SF1234567890123", "carrier": "SF"},
}


class PostedFact(Posted):
    """One thing that happened outside. ``data`` has the fields of its kind."""

    source: Id
    event_id: Id
    kind: str = Field(examples=sorted(REPORTED))
    occurred_at: When
    order_no: Id | None = None
    channel: Id | None = None
    external_id: Id | None = None
    tracking_number: Id | None = None
    data: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_one_order(self) -> PostedFact:
        if (self.channel is None) != (self.external_id is None):
            raise PydanticCustomError("half_reference", "channel and external_id name an order together")
        references = [self.order_no, self.external_id, self.tracking_number]
        named = sum(reference is not None for reference in references)
        if named > 1 or (named == 0 and self.kind != STOCK_ARRIVED):
            raise PydanticCustomError(
                "one_reference", "Name the order in one way: order_no, or channel and external_id, or tracking_number"
            )
        return self

    @property
    def names_no_order(self) -> bool:
        """Whether it is about goods, not about one order."""
        return self.order_no is None and self.external_id is None and self.tracking_number is None


FACT: TypeAdapter[PostedFact] = TypeAdapter(PostedFact)


def report_of(posted: PostedFact, caller: Holder, received_at: datetime) -> Report:
    """The fact as the inbox takes it; a problem where its kind is unknown, its data unreadable, or not the caller's."""
    if posted.kind not in REPORTED:
        known = ", ".join(sorted(REPORTED))
        raise _unfit("kind", "unknown_kind", f"There is no fact of this kind; known are {known}")
    if posted.kind == OF_THE_BOOKS:
        todo = "Set what is on hand: PUT /v1/stock/{warehouse}/{sku}. The books tell the orders that lose units."
        raise problem(422, "told_by_the_books", f"Nobody reports {posted.kind}: the stock books tell it", todo=todo)
    heard = caller.role == "channel" and posted.kind in OF_CHANNELS_TOO
    if not heard and REPORTED[posted.kind] not in MAY_REPORT[caller.role]:
        raise problem(
            403,
            "role_not_allowed",
            f"A key of role {caller.role} may not report {posted.kind}",
            todo="Use the key of the party that knows it, or an operator's.",
        )
    body = posted.model_dump(mode="json", exclude_none=True)
    fact = _read(body, received_at)
    unknown = sorted(
        set(posted.data) - set(type(fact).model_fields) | set(posted.data) & (OF_THE_ENVELOPE | OF_THE_PULL)
    )
    if unknown:
        errors = [{"loc": ("data", name), "type": "extra_forbidden", "msg": "Unknown field"} for name in unknown]
        raise wrong_shape(errors, what="fact")
    return Report(caller.tenant, body, fact, received_at)


def _read(body: dict[str, Any], received_at: datetime) -> OutsideFact | ReturnFact:
    """The fact as the manual reads it; the number that names a parcel belongs to what is said of it."""
    data: Mapping[str, Any] = body["data"]
    number = body.get("tracking_number")
    if number is not None:
        data = body["data"] = {"tracking_number": number, **data}
    envelope = {"id": f"{body['source']}:{body['event_id']}", "received_at": received_at}
    said = {name: body[name] for name in ("source", "kind", "occurred_at")}
    try:
        read = parse_return_fact if body["kind"] in OF_RETURNS else parse
        return read({**data, **envelope, **said})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        # The first step of a location is the kind, by which the model was chosen.
        raise wrong_shape(({**one, "loc": ("data", *one["loc"][1:])} for one in found), what="fact") from None


def _unfit(field: str, code: str, reason: str) -> Problem:
    return wrong_shape([{"loc": (field,), "type": code, "msg": reason}], what="fact")
