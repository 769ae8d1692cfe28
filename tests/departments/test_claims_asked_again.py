"""A claim that a Reset asks for again is the same claim, whatever is known of its parcel by then (AC-36)."""

from __future__ import annotations

import pytest

from domain.claim_effects import ClaimRequest
from infra.db.effects import fingerprint


@pytest.mark.clause("AC-36", "EC-41")
def test_the_evidence_is_what_was_known_then_and_the_amount_is_what_is_asked() -> None:
    about = {"key": "SO1/claim/package/1", "order_no": "SO1", "shipment": 1, "package": "1", "tracking_number": "SF1"}
    asked = ClaimRequest.model_validate({**about, "carrier": "SF", "ground": "late", "amount": 500, "currency": "CNY"})
    assert fingerprint(asked.having(digest="another", scan_count=4)) == fingerprint(asked)
    assert fingerprint(asked.having(amount=800)) != fingerprint(asked)
