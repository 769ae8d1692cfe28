"""How often somebody may guess at codes and links before they have to wait (M18)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
WRONG = 10
"""So many wrong codes of one address in a window; fifty bits are then guessed in no one's lifetime."""
ADDRESSES = 10_000


@dataclass
class Guesses:
    """Wrong guesses by address, of this process."""

    _wrong: dict[str, deque[datetime]] = field(default_factory=dict)

    def too_many(self, address: str, now: datetime) -> bool:
        """Whether this address has to wait."""
        wrong = self._wrong.get(address, deque())
        while wrong and now - wrong[0] >= WINDOW:
            wrong.popleft()
        return len(wrong) >= WRONG

    def was_wrong(self, address: str, now: datetime) -> None:
        """One more guess that opened nothing."""
        if len(self._wrong) > ADDRESSES:
            self._wrong.clear()
        self._wrong.setdefault(address, deque(maxlen=WRONG)).append(now)
