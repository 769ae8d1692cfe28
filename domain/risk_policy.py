"""What the house looks at twice (SR-050, SR-113, SR-114, A-08): which risk checks an edition makes, and its figures.

Every check is off unless the edition switches it on, so that older editions judge as they did.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.value import Value


def _pattern(words: str) -> str:
    try:
        re.compile(words)
    except re.error as error:
        raise ValueError(f"not a pattern: {error}") from error
    return words


class RiskPolicy(Value):
    """The risk checks of one edition.

    Attributes:
        large_amounts: by currency, from how many minor units an order is large; without one no order of it is.
        new_below: a customer is new who has completed fewer orders than this.
        keys_of_one_order: channels whose ``buyer_key`` is another with every order; there the phone names the buyer.
        designs: lines made to order need a final design.
        duplicate_within: so far apart two like orders are suspected to be one; unset: nobody looks.
        messages: the buyer's message and the seller's memo are read by a person.
        ignored_messages: patterns; a message that one of them matches as a whole, without its blanks and punctuation,
            needs nobody.
        zero_amount: an order that costs nothing is checked.
        new_receiver: a correction that changes name, phone and address at once is checked.
        cod_refused_fee: what a refused parcel that was to be paid at the door costs, for the buyer's record.
        cod_refused_from: from so many of them on an order that is paid at the door is checked; unset: never.
        sales_channels: whose orders sales correct; unset: every correction goes to the order administrator.
    """

    large_amounts: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    new_below: Annotated[int, Field(ge=1)] = 1
    keys_of_one_order: tuple[str, ...] = ()
    designs: bool = False
    duplicate_within: timedelta | None = None
    messages: bool = False
    ignored_messages: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()
    zero_amount: bool = False
    new_receiver: bool = False
    sales_channels: tuple[str, ...] | None = None
    cod_refused_fee: Annotated[int, Field(ge=0)] = 0
    cod_refused_from: Annotated[int, Field(ge=1)] | None = None


STANDARD_RISKS = RiskPolicy(
    large_amounts={"CNY": 500_000},
    designs=True,
    duplicate_within=timedelta(minutes=30),
    messages=True,
    ignored_messages=(
        r"(无|没有|无留言|暂无|none|no|n/?a|-+)",
        r"(谢谢|多谢|感谢|辛苦了|麻烦了|好评|thanks|thankyou)*",
        r"(请|麻烦)?(轻拿轻放|轻放勿压|轻放|勿压|小心轻放)(谢谢)?",
    ),
    zero_amount=True,
    new_receiver=True,
    sales_channels=("offline", "store", "sales_rep"),
    cod_refused_from=2,
)
"""The manual's own figures; a message that asks for nothing is not read."""
