"""What may be shown of a personal value to somebody who only has a code: enough to know it again (M18)."""

from __future__ import annotations

LONGEST = 6
"""So many stars at most: the length of a value says something too."""


def masked(value: str) -> str:
    """The first third of a value and, of long ones, its last two signs; the rest are stars."""
    text = " ".join(value.split())
    shown = len(text) // 3
    tail = 2 if len(text) > LONGEST else 0
    hidden = len(text) - shown - tail
    return text[:shown] + "*" * min(hidden, LONGEST) + text[len(text) - tail :]
