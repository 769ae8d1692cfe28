"""What opens the answer page (M18): a short code to type, or a signed token in a link; both made from a secret.

A code is fifty bits of an HMAC in an alphabet without look-alikes; kept is only its fingerprint. A token names its
question and its end, and is signed: whoever changes a sign of it has none.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans("OIL", "011", " -–—_.")
"""What people type instead, and what they type between."""
SIGNS, BITS = 10, 5
SIGNATURE = 16
"""Bytes of a token's signature."""


@dataclass(frozen=True)
class AnswerCodes:
    """Makes and reads codes and tokens with the house's ``secret``; ``address`` is the page's fixed address."""

    secret: bytes = field(repr=False)
    address: str = ""

    def code(self, order_no: str, question: int) -> str:
        """The code of a question, in two groups of five."""
        bits = int.from_bytes(self._mac("code", f"{order_no}/{question}"), "big")
        signs = "".join(ALPHABET[bits >> BITS * place & 31] for place in range(SIGNS))
        return f"{signs[:5]}-{signs[5:]}"

    def fingerprint(self, typed: str) -> str:
        """What a code is known by, however it was typed; empty where it cannot be one."""
        code = typed.strip().upper().translate(ALIKE)
        fits = len(code) == SIGNS and all(sign in ALPHABET for sign in code)
        return self._mac("fingerprint", code).hex() if fits else ""

    def token(self, order_no: str, question: int, until: datetime) -> str:
        """The signed name of a question, good until then."""
        named = f"{order_no}/{question}/{int(until.timestamp())}"
        signed = self._mac("token", named)[:SIGNATURE] + named.encode()
        return urlsafe_b64encode(signed).decode().rstrip("=")

    def named(self, token: str, now: datetime) -> tuple[str, int] | None:
        """The order and question that a token names; None where it is forged, or over."""
        try:
            signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            named = signed[SIGNATURE:].decode()
        except (NoBase64, ValueError):
            return None
        if not hmac.compare_digest(signed[:SIGNATURE], self._mac("token", named)[:SIGNATURE]):
            return None
        order_no, question, until = named.split("/")
        return (order_no, int(question)) if now < datetime.fromtimestamp(int(until), UTC) else None

    def link(self, token: str) -> str:
        """The page's address for a token."""
        return f"{self.address}/{token}"

    def _mac(self, use: str, text: str) -> bytes:
        return hmac.new(self.secret, f"{use} {text}".encode(), sha256).digest()
