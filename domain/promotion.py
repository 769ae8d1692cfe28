"""Promotion mode (SR-102, A-06): a window of time in which new orders come in under the promotion's edition.

An order keeps the edition it came in under, so a window's end changes no promise (edge case 47).
"""

from __future__ import annotations

from datetime import timedelta

from domain.editions import PROMOTION
from domain.policy import STANDARD

LONGEST = timedelta(days=31)
"""A window always has an end, and not a far one: the mode ends by itself."""
BUILT_IN = {policy.edition: policy for policy in (STANDARD, PROMOTION)}
"""Editions that need no row in the database."""
