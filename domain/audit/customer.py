"""Who receives it, and whether one can call them: required fields and phone (SR-012, SR-016, SR-110)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import phonenumbers

from domain.audit.papers import Papers, is_blank, is_masked
from domain.findings import Finding, Severity
from domain.policy import AuditPolicy
from domain.posted import Raw, value_at

CRITICAL_FIELDS = ("customer.name", "customer.phone", "address.")
"""Fields without which nothing can be delivered (A-07); a line's SKU is the third."""
NOT_DELIVERED = ("pickup", "virtual")
WITHOUT_MASK = ("customer.buyer_key", "address.province", "address.city", "address.district")
"""What a masked order needs: who and roughly where; the channel knows the rest by its token."""
CHINESE = re.compile(r"(?:\+?86)?(?:1[3-9]\d{9}|0\d{2,3}[2-9]\d{6,7}|[48]00\d{7})")
"""By their form alone: number ranges are handed out faster than the numbering plan's data is."""
EXTENSION = re.compile(r"(.+?)(?:-|转|分机|,|#|x|ext\.?)(\d{1,6})", re.IGNORECASE)
BETWEEN = str.maketrans("", "", "-.")


def missing_fields(papers: Papers) -> Iterator[Finding]:
    """Every field that has to say something and does not, all at once."""
    yield from (missing(path) for path in demanded(papers) if is_blank(value_at(papers.raw, path)))
    yield from (missing(f"lines.{line.line}.sku") for line in papers.content.lines if is_blank(line.sku))


def demanded(papers: Papers) -> list[str]:
    """The fields this order must fill in: by its channel, by how it is delivered, by what the channel masks."""
    paths = required(papers.policy, papers.channel)
    paths += [path for path in WITHOUT_MASK if is_masked(papers.raw) and path not in paths]
    return [path for path in paths if _is_demanded(path, papers.raw)]


def required(policy: AuditPolicy, channel: str) -> list[str]:
    """What the edition demands of every order, and of the orders of this channel besides."""
    return list(dict.fromkeys((*policy.required, *policy.required_also.get(channel, ()))))


def _is_demanded(path: str, raw: Raw) -> bool:
    """Goods that nobody brings need no address, and such that nobody hands over no phone."""
    delivery = raw.get("delivery_method")
    if delivery in NOT_DELIVERED and path.startswith("address."):
        return False
    return not (delivery == "virtual" and path == "customer.phone")


def missing(path: str) -> Finding:
    """The finding that a field says nothing."""
    critical = path.startswith(CRITICAL_FIELDS) or path.endswith(".sku")
    severity = Severity.CRITICAL if critical else Severity.BLOCKING
    return Finding(code="FIELD_MISSING", field=path, severity=severity, params={"field": path})


def phone(papers: Papers) -> Iterator[Finding]:
    """A number that nobody can call."""
    number = value_at(papers.raw, "customer.phone")
    if not is_blank(number) and not is_phone(str(number)):
        yield Finding(code="PHONE_MALFORMED", field="customer.phone", severity=Severity.CRITICAL)


def is_phone(number: str) -> bool:
    """Whether one can call it: mobile, landline, service number, privacy number, one from abroad with +.

    Each may have an extension.
    """
    plain = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", number)).replace("—", "-").replace("_", "-")
    if _is_number(plain):
        return True
    extended = EXTENSION.fullmatch(plain)
    return extended is not None and _is_number(extended.group(1))


def _is_number(text: str) -> bool:
    digits = text.translate(BETWEEN)
    if re.fullmatch(r"\+?\d{7,15}", digits) is None:
        return False
    if CHINESE.fullmatch(digits):
        return True
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))
    except phonenumbers.NumberParseException:
        return False
