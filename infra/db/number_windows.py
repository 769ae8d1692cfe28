"""Whose tracking number it is (edge cases 21, 53): of one package of a carrier, until 90 days after its end."""

from __future__ import annotations

from domain.packages import FINAL

FREE_AFTER = "interval '90 days'"
_STATES = ", ".join(f"'{state.value}'" for state in sorted(FINAL))


def owns(moment: str, carrier: str) -> str:
    """Whether package ``p`` of order ``o`` owns its number at ``moment``, of the carrier that is named, if one is."""
    return f"""(p.state <> ALL (ARRAY[{_STATES}])
                OR COALESCE(p.delivered_at, o.completed_at, o.updated_at, o.placed_at) > {moment} - {FREE_AFTER})
            AND (COALESCE({carrier}, '') IN ('', p.carrier) OR p.carrier = '' OR lower({carrier}) = lower(p.carrier))"""
