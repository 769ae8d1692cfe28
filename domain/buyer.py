"""Who bought, and what: by which marks two orders of one customer are known (A-08, edge cases 34 and 57).

A buyer is named by the shop's stable key, else by the phone; never by what is masked, or made for one order alone.
Marks are digests: they can be compared, and say nothing to whoever reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from domain.posted import Raw, value_at
from domain.risk_policy import RiskPolicy

MASKS = "*＊"
TELLING = 8
"""So long is an order number that cannot stand in a buyer's key by chance."""
PRIVATE = re.compile(r"(?:\+?86-?)?1[3-9]\d{9}[-转,]\d+")
"""A mobile with an extension is a number that the channel lends for one order (隐私号)."""
ABROAD, AT_HOME = re.compile(r"\+(?!86)\d{7,15}"), re.compile(r"(?:\+?86|0086)?(\d{7,15})")
KEY, PHONE = "buyer_hash", "phone_hash"


class Marks(NamedTuple):
    """The marks of one order; one that is empty names nobody. ``goods`` are its lines and its amount."""

    buyer: str
    phone: str
    goods: str


def marks_of(raw: Raw) -> Marks:
    """The marks of an order as posted or corrected."""
    key, phone = _stable_key(raw), _plain_phone(str(value_at(raw, "customer.phone") or ""))
    lines = sorted((str(line["sku"]), str(line.get("specification") or ""), line["quantity"]) for line in raw["lines"])
    goods = repr((lines, raw["total"], raw["currency"]))
    return Marks(
        buyer=digest(f"{raw['channel']}/{key}") if key else "",
        phone=digest(phone) if phone else "",
        goods=digest(goods),
    )


def named_by(raw: Raw, policy: RiskPolicy) -> tuple[str, str]:
    """By which column the buyer is known, and the mark in it; an empty mark: nobody knows who it is."""
    marks = marks_of(raw)
    if marks.buyer and raw["channel"] not in policy.keys_of_one_order:
        return KEY, marks.buyer
    return PHONE, marks.phone


def digest(words: str) -> str:
    """A short fingerprint; PostgreSQL makes the same by ``left(encode(sha256(…), 'hex'), 32)``."""
    return sha256(words.encode()).hexdigest()[:32]


def _stable_key(raw: Raw) -> str:
    """The shop's own id of the buyer; none where it is masked or holds the order's own number."""
    key = str(value_at(raw, "customer.buyer_key") or "").strip()
    order = str(raw.get("external_id") or "")
    of_one_order = len(order) >= TELLING and order in key
    return "" if of_one_order or any(mask in key for mask in MASKS) else key


def _plain_phone(number: str) -> str:
    """The digits one calls, without the country's own prefix; none where it is masked, a token or lent."""
    plain = re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", number)).replace("—", "-")
    if PRIVATE.fullmatch(plain):
        return ""
    joined = plain.replace("-", "")
    if ABROAD.fullmatch(joined):
        return joined
    home = AT_HOME.fullmatch(joined)
    return home.group(1) if home else ""


def columns_of(raw: Raw) -> Mapping[str, str]:
    """The marks as intake keeps them beside the order."""
    marks = marks_of(raw)
    return {KEY: marks.buyer, PHONE: marks.phone, "goods_hash": marks.goods}
