"""The matrix of change requests as the manual has it (§4.7), written down once more: nothing reads the house's own.

A line is a cell: column | verdict (``/S``: sales agree first, ``~``: where nothing can be recalled) | its ways;
and what a paid order at that stage is answered: answer | reason | who is waited for | what is done outside, or what
task it is | what is offered instead. A dash: nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MANUAL = """
# CONTACT
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | - | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | A   | push_to_warehouse | PENDING | BY_HAND | warehouse | APPLY_CHANGE | -
BEING_PICKED     | A   | push_to_warehouse | PENDING | BY_HAND | warehouse | APPLY_CHANGE | -
AT_DOCK          | R~I | data_only,from_dock | PENDING | AT_DOCK | warehouse | recall | -
ON_ITS_WAY       | I   | data_only | PENDING | ON_ITS_WAY | logistics | intercept | -
OUT_FOR_DELIVERY | I   | - | PENDING | OUT_FOR_DELIVERY | logistics | intercept | -
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# ADDRESS_SAME_REGION
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | - | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | R   | - | PENDING | AT_WAREHOUSE | warehouse | recall | -
BEING_PICKED     | R   | - | PENDING | BEING_PICKED | warehouse | recall | -
AT_DOCK          | R~I | from_dock | PENDING | AT_DOCK | warehouse | recall | -
ON_ITS_WAY       | I   | - | PENDING | ON_ITS_WAY | logistics | intercept | -
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | ask_courier
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# ADDRESS_OTHER_REGION
IN_AUDIT         | A   | reprice | PENDING | - | us | - | -
CONFIRMED        | A   | reallocate,reprice | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | R   | reprice | PENDING | AT_WAREHOUSE | warehouse | recall | -
BEING_PICKED     | R   | - | PENDING | BEING_PICKED | warehouse | recall | -
AT_DOCK          | R~I | from_dock | PENDING | AT_DOCK | warehouse | recall | -
ON_ITS_WAY       | I   | return_and_reship | PENDING | ON_ITS_WAY | logistics | intercept | -
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | new_order,refuse_parcel
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# QUANTITY_DOWN
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | refund | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | R   | of_line | PENDING | AT_WAREHOUSE | warehouse | recall | -
BEING_PICKED     | R   | - | PENDING | BEING_PICKED | warehouse | recall | -
AT_DOCK          | X   | - | REFUSED | AT_DOCK | - | - | refuse_parcel,return_goods
ON_ITS_WAY       | RET | - | PENDING | ON_ITS_WAY | customer_service | MAKE_RETURN | -
OUT_FOR_DELIVERY | RET | - | PENDING | OUT_FOR_DELIVERY | customer_service | MAKE_RETURN | -
SIGNED_FOR       | RET | - | PENDING | SIGNED_FOR | customer_service | MAKE_RETURN | -
# QUANTITY_UP
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | if_stock,pay_difference | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | NEW | new_shipment | PENDING | PAY_FIRST | customer | - | -
BEING_PICKED     | NEW | new_shipment | PENDING | PAY_FIRST | customer | - | -
AT_DOCK          | NEW | linked_order | PENDING | AT_DOCK | order_administrator | PLACE_LINKED_ORDER | -
ON_ITS_WAY       | NEW | linked_order | PENDING | ON_ITS_WAY | order_administrator | PLACE_LINKED_ORDER | -
OUT_FOR_DELIVERY | NEW | linked_order | PENDING | OUT_FOR_DELIVERY | order_administrator | PLACE_LINKED_ORDER | -
SIGNED_FOR       | NEW | new_order | PENDING | SIGNED_FOR | order_administrator | PLACE_LINKED_ORDER | -
# SUBSTITUTE
IN_AUDIT         | A/S | - | PENDING | NEEDS_CONSENT | sales | ASK_CONSENT | -
CONFIRMED        | A/S | difference | PENDING | NEEDS_CONSENT | sales | ASK_CONSENT | -
AT_WAREHOUSE     | R/S | - | PENDING | AT_WAREHOUSE | sales | ASK_CONSENT | -
BEING_PICKED     | R/S | - | PENDING | BEING_PICKED | sales | ASK_CONSENT | -
AT_DOCK          | RET | exchange | PENDING | AT_DOCK | customer_service | MAKE_RETURN | -
ON_ITS_WAY       | RET | - | PENDING | ON_ITS_WAY | customer_service | MAKE_RETURN | -
OUT_FOR_DELIVERY | RET | - | PENDING | OUT_FOR_DELIVERY | customer_service | MAKE_RETURN | -
SIGNED_FOR       | RET | exchange | PENDING | SIGNED_FOR | customer_service | MAKE_RETURN | -
# EXPEDITE
IN_AUDIT         | A   | fee | ACCEPTED | - | - | - | -
CONFIRMED        | A   | fee,reroute | ACCEPTED | - | - | - | -
AT_WAREHOUSE     | A   | change_carrier,priority | ACCEPTED | - | - | ask_warehouse,APPLY_DECISION | -
BEING_PICKED     | A   | carrier_if_no_label,priority | ACCEPTED | - | - | ask_warehouse,APPLY_DECISION | -
AT_DOCK          | I   | priority | PENDING | AT_DOCK | logistics | priority | -
ON_ITS_WAY       | I   | priority | PENDING | ON_ITS_WAY | logistics | priority | -
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | wait_for_delivery
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# DELIVER_LATER
IN_AUDIT         | A   | pause_outbound_clock | ACCEPTED | - | - | RELEASE_HOLD | -
CONFIRMED        | A   | - | ACCEPTED | - | - | RELEASE_HOLD | -
AT_WAREHOUSE     | A   | hold | PENDING | AT_WAREHOUSE | warehouse | recall | -
BEING_PICKED     | R   | hold_at_dock | PENDING | BEING_PICKED | warehouse | recall | -
AT_DOCK          | R   | from_dock | PENDING | AT_DOCK | warehouse | recall | -
ON_ITS_WAY       | I   | - | PENDING | ON_ITS_WAY | logistics | INTERCEPT_PARCEL | -
OUT_FOR_DELIVERY | I   | - | PENDING | OUT_FOR_DELIVERY | logistics | INTERCEPT_PARCEL | -
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# INVOICE
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | - | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | A   | - | PENDING | BY_HAND | finance | APPLY_CHANGE | -
BEING_PICKED     | A   | - | PENDING | BY_HAND | finance | APPLY_CHANGE | -
AT_DOCK          | A   | until_invoiced | PENDING | BY_HAND | finance | APPLY_CHANGE | -
ON_ITS_WAY       | A   | until_invoiced | PENDING | BY_HAND | finance | APPLY_CHANGE | -
OUT_FOR_DELIVERY | A   | until_invoiced | PENDING | BY_HAND | finance | APPLY_CHANGE | -
SIGNED_FOR       | A   | red_letter_and_reissue | PENDING | BY_HAND | finance | APPLY_CHANGE | -
# PAYMENT_METHOD
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | - | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | R   | relabel | PENDING | AT_WAREHOUSE | warehouse | recall | -
BEING_PICKED     | R   | - | PENDING | BEING_PICKED | warehouse | recall | -
AT_DOCK          | X   | - | REFUSED | AT_DOCK | - | - | new_order,refuse_parcel
ON_ITS_WAY       | X   | - | REFUSED | ON_ITS_WAY | - | - | new_order,refuse_parcel
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | new_order,refuse_parcel
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# GIFT_NOTE
IN_AUDIT         | A   | - | PENDING | - | us | - | -
CONFIRMED        | A   | - | ACCEPTED | - | - | audit | -
AT_WAREHOUSE     | A   | push_to_warehouse | PENDING | BY_HAND | warehouse | APPLY_CHANGE | -
BEING_PICKED     | X   | - | REFUSED | BEING_PICKED | - | - | contact_service
AT_DOCK          | X   | - | REFUSED | AT_DOCK | - | - | contact_service
ON_ITS_WAY       | X   | - | REFUSED | ON_ITS_WAY | - | - | contact_service
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | contact_service
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | contact_service
# CANCEL
IN_AUDIT         | A   | - | ACCEPTED | - | - | refund,release_stock | -
CONFIRMED        | A   | - | ACCEPTED | - | - | release_stock,refund | -
AT_WAREHOUSE     | R   | - | PENDING | AT_WAREHOUSE | warehouse | recall | -
BEING_PICKED     | R   | - | PENDING | BEING_PICKED | warehouse | recall | -
AT_DOCK          | R~I | from_dock | PENDING | AT_DOCK | warehouse | recall | -
ON_ITS_WAY       | I   | return_to_sender | PENDING | ON_ITS_WAY | logistics | intercept | -
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | refuse_parcel
SIGNED_FOR       | RET | - | PENDING | SIGNED_FOR | customer_service | MAKE_RETURN | -
# MERGE
IN_AUDIT         | A   | both_unaudited | PENDING | BY_HAND | order_administrator | APPLY_CHANGE | -
CONFIRMED        | A   | same_address_and_customer | PENDING | BY_HAND | order_administrator | APPLY_CHANGE | -
AT_WAREHOUSE     | R   | both | PENDING | AT_WAREHOUSE | warehouse | RECALL_GOODS | -
BEING_PICKED     | X   | - | REFUSED | BEING_PICKED | - | - | leave_apart
AT_DOCK          | X   | - | REFUSED | AT_DOCK | - | - | leave_apart
ON_ITS_WAY       | X   | - | REFUSED | ON_ITS_WAY | - | - | leave_apart
OUT_FOR_DELIVERY | X   | - | REFUSED | OUT_FOR_DELIVERY | - | - | leave_apart
SIGNED_FOR       | X   | - | REFUSED | SIGNED_FOR | - | - | leave_apart
"""

ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "CONTACT": ("CONTACT", {}),
    "ADDRESS_SAME_REGION": ("ADDRESS", {}),
    "ADDRESS_OTHER_REGION": ("ADDRESS", {"freight_changes": True}),
    "QUANTITY_DOWN": ("QUANTITY", {"line": "1", "quantity": 1}),
    "QUANTITY_UP": ("QUANTITY", {"line": "1", "quantity": 3}),
    "SUBSTITUTE": ("SUBSTITUTE", {"line": "1", "sku": "SKU-9"}),
    "EXPEDITE": ("EXPEDITE", {}),
    "DELIVER_LATER": ("DELIVER_LATER", {"until": "2026-12-01"}),
    "INVOICE": ("INVOICE", {}),
    "PAYMENT_METHOD": ("PAYMENT_METHOD", {"method": "cod"}),
    "GIFT_NOTE": ("GIFT_NOTE", {}),
    "CANCEL": ("CANCEL", {}),
    "MERGE": ("MERGE", {"order_no": "SO2"}),
}
"""What is asked to meet each line."""
WITHOUT_FIELDS = frozenset({"EXPEDITE", "DELIVER_LATER", "CANCEL", "MERGE"})
"""Lines that bring no fields of the order."""


class Said(NamedTuple):
    """One cell, and what an order in it is answered."""

    row: str
    column: str
    verdict: str
    consent: bool
    otherwise: str
    how: frozenset[str]
    answer: str
    reason: str
    asks: str
    does: tuple[str, ...]
    offered: frozenset[str]

    @property
    def fields(self) -> dict[str, Any]:
        """The request that meets it."""
        change, params = ASKED[self.row]
        return {"change": change, "params": params, "correction": 0 if self.row in WITHOUT_FIELDS else 7}


def _read() -> list[Said]:
    said, row = [], ""
    for line in MANUAL.strip().splitlines():
        if line.startswith("#"):
            row = line.removeprefix("# ")
            continue
        column, cell, how, answer, reason, asks, does, offered = (part.strip().strip("-") for part in line.split("|"))
        first, _, otherwise = cell.partition("~")
        verdict, _, consent = first.partition("/")
        many = (frozenset(filter(None, words.split(","))) for words in (how, offered))
        belongs, instead = many
        done = tuple(filter(None, does.split(",")))
        said.append(Said(row, column, verdict, consent == "S", otherwise, belongs, answer, reason, asks, done, instead))
    return said


CELLS = _read()
