"""What may end a hold of each reason, written without the house's own rules (§4.10, 11)."""

ENDED_BY = {
    "VOUCHER_REQUIRED": {"verify_voucher"},
    "BUYER_MESSAGE": {"decide_message"},
    "SALES_DECISION": {"sales_decision"},
    "DESIGN_NOT_FINAL": {"design_approved", "release_hold"},
    "CHANGE_IN_PROGRESS": {
        *("resolve_case", "submit_change_request", "cancel", "reject_audit", "channel_closed", "customer_choice"),
        *("recalled", "released", "skip_step", "report_step", "carrier_scan", "answered", "undone", "outbound"),
        *("packed", "refund_withdrawn", "refund_requested", "refund_decided", "answer_refund", "not_received_claim"),
    },
    "CUSTOMER_ANSWER": {
        *("skip_step", "report_step"),
        *("release_hold", "customer_choice", "correct_fields", "approve_audit", "override_address", "reject_audit"),
        *("cancel", "channel_closed", "codes_matched", "submit_change_request", "audit_answered"),
        *("carrier_scan", "outbound", "time", "resolve_case", "message_undeliverable", "refund_requested"),
    },
    "DISPUTE": {
        *("release_hold", "claim_withdrawn", "resolve_case", "report_step", "skip_step", "refunded"),
        *("cancel", "channel_closed", "reject_audit", "submit_change_request", "undone", "answered"),
    },
    "REFUND_REQUESTED": {
        *("answer_refund", "refund_withdrawn", "refund_decided", "refunded", "cancel", "resolve_case"),
        *("carrier_scan", "outbound", "recalled", "answered", "skip_step", "report_step"),
    },
}
"""What ends a hold; every other one somebody releases."""
