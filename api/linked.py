"""The shape of an order that was made for another one: sent again, a gift, an exchange, reinstated (SR-177)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from api.shapes import Id, Posted, PostedOrder, Words


class Original(Posted):
    """The order this one was made for."""

    order_no: Id
    kind: Literal["resend", "gift", "exchange", "reinstated"]
    reason: Words
    cost: int


class LinkedOrder(PostedOrder):
    """An order that was made for another one."""

    original: Original


def as_linked(content: Mapping[str, Any]) -> str:
    """An order that was made for another one as JSON, in its shape. ValidationError says what is wrong with it."""
    return LinkedOrder.model_validate(content).model_dump_json()
