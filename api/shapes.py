"""What may be posted: the shape of an order at the edge (spec shapes "Order", SR-010, SR-016, R50).

Only the shape is judged here, all problems at once: types, unknown fields, ids, unknown words. What an order says
(a blank name, a quantity of 0, an unknown SKU, amounts that disagree) is the audit's business, so it passes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, TypeAdapter
from pydantic_core import PydanticCustomError

from domain.value import Moment

MAX_ID_BYTES = 200
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
YEARS = range(2000, 2200)


def identity(value: str) -> str:
    """An id as we keep it: trimmed, 1 to 200 bytes of UTF-8, no control characters."""
    value = value.strip()
    if not value:
        raise PydanticCustomError("id_blank", "An id must not be blank")
    if len(value.encode()) > MAX_ID_BYTES:
        raise PydanticCustomError("id_too_long", "An id has at most 200 bytes of UTF-8 (66 Chinese characters)")
    if CONTROL.search(value):
        raise PydanticCustomError("id_control_character", "An id must not hold control characters")
    return value


def _in_our_time(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise PydanticCustomError("time_out_of_range", "A time between the years 2000 and 2199 is wanted")
    return moment


def _day_in_our_time(day: date) -> date:
    if day.year not in YEARS:
        raise PydanticCustomError("date_out_of_range", "A date between the years 2000 and 2199 is wanted")
    return day


Id = Annotated[str, AfterValidator(identity)]
Words = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
"""Free text. PostgreSQL cannot keep the character NUL."""
When = Annotated[Moment, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_day_in_our_time)]
Minor = Annotated[int, Strict(), Field(ge=-(2**53), le=2**53)]
"""An amount in minor units (fen): a whole number, never a text and never a decimal."""
Units = Annotated[int, Strict(), Field(ge=-(2**31), lt=2**31)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Posted(BaseModel):
    """Whatever is posted: unknown fields are refused, for a typo must not pass for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PostedCustomer(Posted):
    """Who receives the order. ``buyer_key`` is the channel's token of the buyer."""

    name: Words | None = None
    phone: Words | None = None
    email: Words | None = None
    buyer_key: Words | None = None


class PostedAddress(Posted):
    """Where to."""

    province: Words | None = None
    city: Words | None = None
    district: Words | None = None
    street: Words | None = None


class PostedInvoice(Posted):
    """The invoice that is asked for: to whom, and the tax id of a company."""

    title: Words | None = None
    tax_id: Words | None = None


class PostedLine(Posted):
    """One line of the order; amounts in minor units.

    ``custom``: made to order, whatever the SKU says; then it waits for its final design, unless that is named here.
    """

    line: Id
    sku: Words = ""
    specification: Words = ""
    quantity: Units
    unit_price: Minor
    discount: Minor = 0
    custom: bool = False
    design_id: Words = ""
    design_version: Words = ""


class PostedPayment(Posted):
    """How the order is paid; with ``paid_amount`` and ``paid_at`` it is paid already."""

    method: Literal["prepaid", "cod", "credit"]
    paid_amount: Minor | None = None
    paid_at: When | None = None


def _lines_differ(lines: list[PostedLine]) -> list[PostedLine]:
    if len({line.line for line in lines}) < len(lines):
        raise PydanticCustomError("line_twice", "Each line needs an id of its own")
    return lines


class PostedOrder(Posted):
    """An order, as a channel, a store or a file posts it."""

    channel: Id
    external_id: Id
    placed_at: When
    customer: PostedCustomer = PostedCustomer()
    address: PostedAddress = PostedAddress()
    lines: Annotated[list[PostedLine], Field(min_length=1, max_length=500), AfterValidator(_lines_differ)]
    currency: Currency
    freight: Minor = 0
    discount: Minor = 0
    platform_discount: Minor = 0
    tax: Minor = 0
    total: Minor
    payment: PostedPayment
    delivery_method: Literal["express", "pickup", "own_fleet", "virtual"] = "express"
    latest_ship_at: When | None = None
    accepted_ship_at: When | None = Field(None, description="Pre-sale: the ship date that the customer accepted")
    promised_delivery_date: Day | None = None
    preferred_carrier: Id | None = None
    buyer_message: Words | None = None
    seller_memo: Words | None = None
    invoice: PostedInvoice | None = None
    gift_note: Words | None = None
    preferred_delivery_window: Words | None = Field(None, examples=["18:00-21:00"])
    test: bool = False


ORDER: TypeAdapter[PostedOrder] = TypeAdapter(PostedOrder)


def as_posted(content: Mapping[str, Any]) -> str:
    """A pulled order as JSON, in the shape of a posted one. ValidationError says what is wrong with its shape."""
    return ORDER.validate_python(content).model_dump_json()


ORDER_EXAMPLE = {
    "channel": "tmall",
    "external_id": "2026112300001",
    "placed_at": "2026-11-23T09:30:00+08:00",
    "customer": {"name": "王小明", "phone": "13800138000", "buyer_key": "b-1001"},
    "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
    "lines": [
        {
            "line": "1",
            "sku": "TEA-250",
            "specification": "250g",
            "quantity": 2,
            "unit_price": 6800,
            "discount": 600,
        }
    ],
    "currency": "CNY",
    "freight": 0,
    "discount": 600,
    "total": 13000,
    "payment": {"method": "prepaid", "paid_amount": 13000, "paid_at": "2026-11-23T09:31:00+08:00"},
    "delivery_method": "express",
    "promised_delivery_date": "2026-11-27",
}
"""The order of the documentation; its SKU is in the catalogue that ``orders up`` loads."""
