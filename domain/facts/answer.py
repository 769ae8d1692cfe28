"""What is told of a question to the customer, and of data that is wrong (§1.3 C7, E1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.base import Fact, Identity, Ordinal

Paths = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=20)]


class MessageDelivered(Fact):
    """A message reached the customer; ``message`` is its key without the order's number: C7 of its question starts."""

    kind: Literal["message_delivered"] = "message_delivered"
    message: Identity


class MessageUndeliverable(Fact):
    """A message cannot reach the customer; whoever can call them does, and no default is taken."""

    kind: Literal["message_undeliverable"] = "message_undeliverable"
    message: Identity
    reason: Annotated[str, Field(max_length=500)] = ""


class DetailsDoubted(Fact):
    """The customer says that what stands in the order is wrong: in ``fields``, by their paths, else in the address."""

    kind: Literal["details_doubted"] = "details_doubted"
    fields: Paths = ()


class LabelRejected(Fact):
    """The warehouse will not hand a shipment over: its address or label cannot be right."""

    kind: Literal["label_rejected"] = "label_rejected"
    shipment: Ordinal = 1
    reason: Annotated[str, Field(max_length=500)] = ""
