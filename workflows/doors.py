"""Every door into an order: its signals and updates, described for the form of the Temporal UI (§4.12)."""

from __future__ import annotations

from workflows.messages import asking_signal_of, signal_of, update_of


class OrderMessages:
    """The named signals and updates; what they do is in ``OrderWorkflow.take_in``, ``judge`` and ``accept``."""

    payment_event = signal_of(
        "payment_event", "News from the payer or gateway: {kind: paid, payment_no, amount, currency}"
    )
    warehouse_event = signal_of("warehouse_event", "News from the warehouse: {kind: picked | packed | outbound | …}")
    carrier_event = signal_of("carrier_event", "News from the carrier: {kind: carrier_scan, tracking_number, state}")
    stock_event = signal_of("stock_event", "News of the stock books: {kind: stock_arrived, sku}")
    customer_message = signal_of(
        "customer_message", "From the customer: {kind: confirmed | ship_date_agreed | complaint, …}"
    )
    erp_event = signal_of("erp_event", "From the ERP: {kind: confirmed}")
    channel_event = signal_of("channel_event", "From the channel: {kind: tracking_accepted | channel_closed | …}")

    change_request = asking_signal_of(
        "change_request",
        "submit_change_request",
        "A change as the update takes it: {change, params, expected_version}; the answer stands in the timeline",
    )

    approve_audit = update_of("approve_audit", 'Let the order pass the audit: {"reason": "…"}')
    reject_audit = update_of("reject_audit", 'Refuse the order in the audit: {"reason": "…"}')
    correct_fields = update_of(
        "correct_fields",
        'Take a correction stored by the API and audit again: {"expected_version": 1, "correction": 7}',
    )
    confirm_payment = update_of(
        "confirm_payment",
        'Money arrived; for finance, by the API: {"payment_no": "…", "amount": 39000, "currency": "CNY"}',
    )
    upload_tracking = update_of(
        "upload_tracking",
        'A package\'s number: {"package": "1", "shipment": 1, "tracking_number": "SF…", "carrier": "SF"}',
    )
    confirm_completion = update_of("confirm_completion", "Complete the delivered order now: {}")
    place_hold = update_of(
        "place_hold",
        'Hold the order: {"reason": "DISPUTE", "note": "…"} or '
        '{"reason": "MANUAL", "blocks": ["release"], "review_at": "2026-11-24T09:00:00Z", "note": "…"}',
    )
    release_hold = update_of("release_hold", 'Release one hold by its id: {"hold": "H1"}')
    acknowledge = update_of("acknowledge", 'A case is seen, no more paging: {"case": 1}')
    resolve_case = update_of("resolve_case", 'Close a case with what came of it: {"case": 1, "outcome": "REFUNDED"}')
    retry_step = update_of("retry_step", 'Try a step again now: {"step": "SO…/enter/1"} or {"step": "stock"}')
    skip_step = update_of("skip_step", 'Leave out a step of a case: {"step": "3/transfer", "reason": "…"}')
    report_step = update_of(
        "report_step", 'A step of a case done by hand: {"step": "3/transfer", "result": "RECEIVED", "note": "…"}'
    )
    repay_debt = update_of(
        "repay_debt",
        'Repay audit debt by a correction stored by the API: {"expected_version": 1, "correction": 7}',
    )
    cancel = update_of("cancel", 'Cancel the order, at any stage: {"reason": "…"}')
    override_address = update_of("override_address", 'Let a questioned address stand: {"reason": "…"}')
    submit_voucher = update_of("submit_voucher", 'Name the payment voucher: {"reference": "…", "actor": "your name"}')
    verify_voucher = update_of(
        "verify_voucher",
        'Somebody else reviews it; for finance, by the API: {"verdict": "approve", "reason": "…"}',
    )
    decide_message = update_of("decide_message", 'What the message asks for: {"choice": "nothing", "note": "…"}')
    sales_decision = update_of("sales_decision", 'Sales say yes or no: {"hold": "H2", "verdict": "approve"}')
    submit_change_request = update_of(
        "submit_change_request",
        'A change: {"change": "EXPEDITE", "params": {}, "expected_version": 1}; "dry_run": true only asks',
    )
    decide_coupon = update_of(
        "decide_coupon",
        'For a supervisor, by the API: {"coupon": "package/1/1", "verdict": "approve", "reason": "…"}',
    )
    answer_refund = update_of(
        "answer_refund", 'Answer a refund application: {"application": "AS-1", "verdict": "agree", "reason": "…"}'
    )
    expedite = update_of(
        "expedite", 'Push a party: {"party": "warehouse"} or {"party": "carrier", "subject": "package/1"}'
    )
    switch_carrier = update_of(
        "switch_carrier",
        'Send a package\'s goods anew: {"package": "1", "how": "reship" or "return", "reason": "…"}',
    )
    customer_choice = update_of(
        "customer_choice",
        'The customer said it on the phone: {"question": 1, "option": "cancel"}; corrected fields by the API',
    )
    reassign_warehouse = update_of(
        "reassign_warehouse",
        'Send a shipment from another warehouse: {"shipment": 1, "warehouse": "SH", "reason": "…"}; '
        'without warehouse the best; "dry_run": true only asks',
    )
    choose_carrier = update_of("choose_carrier", 'Say who carries a shipment: {"shipment": 1, "carrier": "SF"}')
