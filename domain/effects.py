"""Effects: what is done outside, each once under its business key (architecture §3 rule 3, invariant 4).

``OrderWorkflow`` starts one activity per effect key; the activity takes the ``…Request`` named here or in a module
``domain.…_effects`` and answers the ``…Outcome``. Requests carry no personal data: an activity that needs a name or an
address reads it from PostgreSQL by ``order_no``. Outcomes are values; only what is broken raises.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from domain.addresses import DivisionChoice
from domain.facts import Moved
from domain.findings import Finding
from domain.policy import AuditPolicy
from domain.price_lists import JudgedPrice
from domain.risk_policy import RiskPolicy
from domain.stock_policy import Criterion, StockPolicy
from domain.value import Moment, Value


class EffectKind(StrEnum):
    """What can be done outside. The value is the activity's name."""

    AUDIT = "audit_order"
    RESERVE = "reserve_stock"
    RELEASE_STOCK = "release_stock"
    ENTER = "enter_order"
    CANCEL_ENTRY = "cancel_entry"
    RELEASE = "release_shipment"
    ASK_WAREHOUSE = "ask_warehouse"
    ASK_CARRIER = "ask_carrier"
    ASK_PAYER = "ask_payer"
    REFUND = "refund_payment"
    CHOOSE_CARRIER = "choose_carrier"
    READ_ENTRY = "read_entry"
    ISSUE_COUPON = "issue_coupon"
    RECALL = "recall_shipment"
    INTERCEPT = "intercept_parcel"
    PRIORITY = "request_priority"
    REDELIVERY = "book_redelivery"
    REQUEST_TRANSFER = "request_transfer"
    CALL_OFF_TRANSFER = "call_off_transfer"
    BOOK_TRANSFER = "book_transfer"
    ASK_PURCHASING = "ask_purchasing"
    CLAIM = "open_claim"
    COUNT_OVERDUE = "count_overdue"


INQUIRIES = frozenset(
    {
        *(EffectKind.ASK_WAREHOUSE, EffectKind.ASK_CARRIER, EffectKind.ASK_PAYER, EffectKind.READ_ENTRY),
        *(EffectKind.INTERCEPT, EffectKind.PRIORITY, EffectKind.REDELIVERY, EffectKind.ASK_PURCHASING),
        EffectKind.COUNT_OVERDUE,
    }
)
"""Effects that only ask, also a carrier for a favour: nothing has to wait for their answers."""
WORDS = {
    EffectKind.AUDIT: "audit",
    EffectKind.RESERVE: "reserve",
    EffectKind.RELEASE_STOCK: "release_stock",
    EffectKind.ENTER: "enter",
    EffectKind.CANCEL_ENTRY: "cancel_entry",
    EffectKind.RELEASE: "release",
    EffectKind.ASK_WAREHOUSE: "ask_warehouse",
    EffectKind.ASK_CARRIER: "ask_carrier",
    EffectKind.ASK_PAYER: "ask_payer",
    EffectKind.REFUND: "refund",
    EffectKind.CHOOSE_CARRIER: "carrier",
    EffectKind.READ_ENTRY: "read_entry",
    EffectKind.ISSUE_COUPON: "coupon",
    EffectKind.RECALL: "recall",
    EffectKind.INTERCEPT: "intercept",
    EffectKind.PRIORITY: "priority",
    EffectKind.REDELIVERY: "redelivery",
    EffectKind.REQUEST_TRANSFER: "transfer",
    EffectKind.CALL_OFF_TRANSFER: "call_off_transfer",
    EffectKind.BOOK_TRANSFER: "book_transfer",
    EffectKind.ASK_PURCHASING: "ask_purchasing",
    EffectKind.CLAIM: "claim",
    EffectKind.COUNT_OVERDUE: "overdue",
}
"""How an effect is called in its key."""


def effect_key(order_no: str, kind: EffectKind, cause: object) -> str:
    """The business key of an effect: order, kind and cause; never a run, an attempt or a time of day."""
    return f"{order_no}/{WORDS[kind]}/{cause}"


class Allocation(Value):
    """Units of a line reserved in a warehouse."""

    line: str
    warehouse: str
    quantity: Annotated[int, Field(ge=1)]


class LineContent(Value):
    """What was ordered on one line; amounts in minor units. ``quantity`` may be wrong: the audit says so.

    ``added_by_rule``: bundle or gift where a match of the platform's code made the line of the posted line ``part_of``.
    """

    line: str
    sku: str
    specification: str = ""
    quantity: int
    unit_price: int
    discount: int = 0
    added_by_rule: str = ""
    part_of: str = ""


class Content(Value):
    """The business content of one version of the order, without personal data; amounts in minor units."""

    lines: tuple[LineContent, ...]
    currency: str
    freight: int = 0
    discount: int = 0
    platform_discount: int = 0
    tax: int = 0
    total: int
    payment_method: str
    delivery_method: str = "express"
    region: str = ""
    preferred_carrier: str = ""


class Amendment(Value):
    """What became of the shortage ``case``: ``less`` units are not sent, ``instead`` of them these lines are.

    Nothing ``less``: the case is a change. ``freight``: from what to what, while nobody says another.
    """

    case: int
    less: tuple[Moved, ...]
    instead: tuple[LineContent, ...] = ()
    freight: tuple[int, int] | None = None


class Request(Value):
    """What every effect is asked with: its key and its order.

    ``counted_from_now`` say when it was asked, or what was known then: after a Reset it is the same request.
    """

    counted_from_now: ClassVar[frozenset[str]] = frozenset()
    key: str
    order_no: str


class AuditRequest(Request):
    """Audit version ``version`` of the order and, if nothing blocks it, reserve its stock (key …/audit/{version}).

    Of a later version: ``since`` is the one audited last, ``price_book`` the prices of its first audit. ``overrides``
    are the marks of addresses that a person lets stand.
    With ``debt`` it is only judged again, for what an earlier audit let pass (key …/audit/{version}/debt).
    ``gather``: its stock is reserved in one warehouse only. ``amendments`` are the house's own, put on it.
    """

    version: int
    policy: AuditPolicy
    corrections: tuple[int, ...] = ()
    since: int = 0
    price_book: int | None = None
    overrides: tuple[str, ...] = ()
    stock: StockPolicy = StockPolicy()
    risk: RiskPolicy = RiskPolicy()
    debt: bool = False
    gather: bool = False
    amendments: tuple[Amendment, ...] = ()


class Kept(Value):
    """The outcome of a deed. ``done_at``: when it was done first, however often it is asked again (the effect ledger).

    Answers to questions have times of their own.
    """

    done_at: Moment | None = None


class AuditOutcome(Kept):
    """All findings at once, the content that was judged, what was reserved and what is short.

    ``corrections`` made up the version; ``ran`` are the rules that ran again (empty: all). ``price_book`` is the newest
    price list that counts for the order, ``prices`` what each line was judged by, ``choices`` its questioned divisions.
    """

    version: int
    content: Content
    findings: tuple[Finding, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    short: tuple[Moved, ...] = ()
    corrections: tuple[int, ...] | None = None
    ran: tuple[str, ...] = ()
    price_book: int | None = None
    prices: tuple[JudgedPrice, ...] = ()
    choices: tuple[DivisionChoice, ...] = ()
    relaxed: tuple[Finding, ...] = ()
    debt: bool = False


class ReserveRequest(Request):
    """Reserve these units (key …/reserve/{n}) by these criteria; what is not there comes back as ``short``.

    ``gather``: in one warehouse only; ``not_from``: these turned out not to have them.
    ``whole``: all of them or none (goods that are sent anew: key …/reserve/anew/{package}; that leave from another
    warehouse: key …/reserve/elsewhere/{n}). ``only_from``: nobody but this warehouse may give them.
    """

    version: int
    lines: tuple[Moved, ...]
    skus: dict[str, str]
    criteria: tuple[Criterion, ...] = StockPolicy().criteria
    paid_first: bool = False
    province: str = ""
    gather: bool = False
    not_from: tuple[str, ...] = ()
    whole: bool = False
    only_from: str = ""


class ReserveOutcome(Kept):
    """What is now reserved, and what is still short."""

    allocations: tuple[Allocation, ...] = ()
    short: tuple[Moved, ...] = ()


class ReleaseStockRequest(Request):
    """Give back every live reservation of the order (key …/release_stock/all; unpaid for too long: …/expired/{n}).

    With ``parts`` only these (key …/release_stock/elsewhere/{n}).
    """

    parts: tuple[Allocation, ...] = ()


class ReleaseRequest(Request):
    """Hand one shipment to its warehouse (key …/release/{shipment}), with its carrier and what is collected for it.

    ``same_as``: it is sent again, and the warehouse is to know it under that key.
    """

    shipment: int
    warehouse: str
    lines: tuple[Moved, ...]
    skus: dict[str, str]
    carrier: str = ""
    via: str = ""
    cash_on_delivery: int = 0
    same_as: str = ""


class RefundRequest(Request):
    """Pay back ``amount`` minor units of ``currency`` (key …/refund/{cause})."""

    amount: Annotated[int, Field(ge=1)]
    currency: str


class Done(Kept):
    """The party did it; ``reference`` is its own number for it."""

    reference: str = ""
