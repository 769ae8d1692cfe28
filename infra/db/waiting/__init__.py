"""What waits for the relay: facts for their orders, orders for their start, letters for their way out.

Rows are claimed with FOR UPDATE SKIP LOCKED, so that several relays share the work.
"""
