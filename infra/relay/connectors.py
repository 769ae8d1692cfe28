"""The outside parties that letters go to."""

from __future__ import annotations

from dataclasses import dataclass

from domain.answer_code import AnswerCodes
from domain.coupon_code import CouponCodes
from infra.connectors.carrier import Carrier
from infra.connectors.channel import Channel
from infra.connectors.erp import Erp
from infra.connectors.invoicing import Invoicer
from infra.connectors.messaging import Messenger


@dataclass(frozen=True)
class Connectors:
    """One adapter of each family a letter can go to, and who makes the codes of coupons and of questions."""

    channel: Channel
    carrier: Carrier
    messenger: Messenger
    erp: Erp
    codes: CouponCodes
    invoicer: Invoicer
    answers: AnswerCodes
