"""Checks of what an order may say besides (A-07 "non-critical"): e-mail, invoice, gift note, delivery window.

An edition switches each on by its code (`AuditPolicy.checks`); only these can be relaxed (`domain.emergency_audit`).
They see personal data and never repeat it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from domain.findings import Finding
from domain.policy import AuditPolicy
from domain.posted import Raw, value_at

EMAIL = re.compile(r"[^@\s<>()\"',;]{1,64}@(?:[^@\s.<>()\"',;_]{1,63}\.)+[^@\s.\d<>()\"',;_]{2,63}")
CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The letters of a unified social credit code (GB 32100-2015); the last one is a check character, modulo 31."""
OLDER_TAX_ID = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{20}")
WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")
LONGEST_NOTE = 200
"""Characters that fit on a gift card."""


def optional_findings(raw: Raw, policy: AuditPolicy) -> tuple[Finding, ...]:
    """Everything that the checks which the edition switched on find; all of it stops the order until corrected."""
    return tuple(finding for code, check in CHECKS.items() if code in policy.checks for finding in check(raw))


def _email(raw: Raw) -> Iterator[Finding]:
    email = _said(raw, "customer.email")
    if email and "*" not in email and not EMAIL.fullmatch(email):
        yield Finding(code="EMAIL_MALFORMED", field="customer.email")


def _title(raw: Raw) -> Iterator[Finding]:
    if raw.get("invoice") and not _said(raw, "invoice.title"):
        yield Finding(code="INVOICE_TITLE_MISSING", field="invoice.title")


def _tax_id(raw: Raw) -> Iterator[Finding]:
    given = _said(raw, "invoice.tax_id").upper()
    if not tax_id_fits(given):
        yield Finding(code="TAX_ID_MALFORMED", field="invoice.tax_id")


def tax_id_fits(given: str) -> bool:
    """Whether a tax id may be printed: none, a credit code, or one of the older forms."""
    said = given.strip().upper()
    return not said or is_credit_code(said) or bool(OLDER_TAX_ID.fullmatch(said))


def is_credit_code(code: str) -> bool:
    """Whether it is a unified social credit code, its check character included."""
    if len(code) != 18 or not set(code) <= set(CREDIT_CODE):  # noqa: PLR2004 - a code's length
        return False
    total = sum(CREDIT_CODE.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:-1]))
    return CREDIT_CODE.index(code[-1]) == -total % 31


def _gift_note(raw: Raw) -> Iterator[Finding]:
    note = _said(raw, "gift_note")
    if len(note) > LONGEST_NOTE:
        params: dict[str, str | int] = {"length": len(note), "most": LONGEST_NOTE}
        yield Finding(code="GIFT_NOTE_TOO_LONG", field="gift_note", params=params)


def _window(raw: Raw) -> Iterator[Finding]:
    given = _said(raw, "preferred_delivery_window")
    found = WINDOW.fullmatch(given)
    if given and (found is None or found.group(1, 2) >= found.group(3, 4) or found.group(3, 4) > ("24", "00")):
        yield Finding(code="DELIVERY_WINDOW_MALFORMED", field="preferred_delivery_window")


def _said(raw: Raw, path: str) -> str:
    """What stands there, without blanks around it and in plain letters; empty where nothing does."""
    value: Any = value_at(raw, path)
    return unicodedata.normalize("NFKC", str(value or "")).strip()


CHECKS: dict[str, Callable[[Raw], Iterator[Finding]]] = {
    "EMAIL_MALFORMED": _email,
    "INVOICE_TITLE_MISSING": _title,
    "TAX_ID_MALFORMED": _tax_id,
    "GIFT_NOTE_TOO_LONG": _gift_note,
    "DELIVERY_WINDOW_MALFORMED": _window,
}
"""By the code of what each finds."""
