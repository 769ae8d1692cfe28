"""The code of a coupon, made from its key and a secret: whoever asks again gets the same, and nobody guesses one."""

from __future__ import annotations

import hmac
from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha256

BYTES = 10
"""80 bits: sixteen letters and digits."""


@dataclass(frozen=True)
class CouponCodes:
    """Makes codes with the house's ``secret``, which stands in no log and in nothing that Temporal keeps."""

    secret: bytes = field(repr=False)

    def code(self, key: str) -> str:
        """The code of the coupon under ``key``, in four groups of four."""
        letters = b32encode(hmac.new(self.secret, key.encode(), sha256).digest()[:BYTES]).decode()
        return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))
