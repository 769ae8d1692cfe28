"""The basic audit (二(一)1, SR-012…SR-018, SR-110, SR-111): an order in, all its findings out, at once.

Pure rules over the order as it was posted and corrected. They see personal data and never repeat it: a finding has a
code, a field path and figures. What is critical (A-07) is said here and cannot be let pass by configuration.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.effects import STOPPING, Content, Finding, LineContent, Severity
from domain.money import line_amount, receivable, shared_discount
from domain.policy import AuditPolicy
from domain.posted import Raw, content_of, value_at
from domain.stock import Allotment, Want, total_by_sku
from domain.value import Value

CRITICAL_FIELDS = ("customer.name", "customer.phone", "address.")
PHONE = re.compile(
    r"(?:(?:\+?86)?1[3-9]\d{9}|(?:\+?86)?0\d{2,3}-?[2-9]\d{6,7}|[48]00-?\d{3}-?\d{4}|\+(?!86)[1-9]\d{6,14})(?:[-转,]\d{1,6})?"
)
"""A mobile, a landline, a service number or one from abroad, each with an extension or without (SR-012)."""
TOKEN = re.compile(r"(?=.*[A-Za-z])\S{16,}")
"""What a channel gives instead of a number."""
NOT_DELIVERED = ("pickup", "virtual")
WITHOUT_MASK = ("customer.buyer_key", "address.province", "address.city", "address.district")
"""What a masked order needs: who and roughly where; the channel knows the rest by its token."""


LONGEST = 100
"""Characters of a word that a finding repeats."""


class KnownSku(Value):
    """One SKU of the master data. An empty ``specification``: there is none to compare with."""

    sku: str
    specification: str = ""
    sellable: bool = True


def audit(raw: Raw, skus: Mapping[str, KnownSku], policy: AuditPolicy) -> tuple[Finding, ...]:
    """Everything the basic audit finds, in the order of the fields.

    Args:
        raw: the order as posted and corrected.
        skus: the master data of its SKUs; one that is missing here is unknown.
        policy: what the house demands.
    """
    content = content_of(raw)
    return (
        *_customer(raw, policy),
        *_goods(content, skus, policy),
        *_amounts(content, policy),
        *_payment(raw, content),
    )


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether a finding stops the order."""
    return any(finding.severity in STOPPING for finding in findings)


def shortages(wants: Sequence[Want], allotment: Allotment, available: Mapping[str, int]) -> tuple[Finding, ...]:
    """SR-017: ordered more than there is. A notice: the shortage is dealt with, the order not refused."""
    ordered, sku_of = total_by_sku(wants), {want.line: want.sku for want in wants}
    return tuple(
        Finding(
            code="STOCK_SHORT",
            field=f"lines.{short.line}.quantity",
            severity=Severity.NOTICE,
            params={
                "sku": sku_of[short.line],
                "available": available.get(sku_of[short.line], 0),
                "ordered": ordered[sku_of[short.line]],
            },
        )
        for short in allotment.short
    )


# -- customer and address (SR-012, SR-110) ---------------------------------------------------------------------------


def _customer(raw: Raw, policy: AuditPolicy) -> Iterator[Finding]:
    masked = _is_masked(raw)
    demanded = [path for path in policy.required if _is_demanded(path, raw)]
    if masked:
        demanded += [path for path in WITHOUT_MASK if path not in demanded and _is_demanded(path, raw)]
    yield from (_missing(path) for path in demanded if is_blank(value_at(raw, path)))
    phone = value_at(raw, "customer.phone")
    if not masked and not is_blank(phone) and not is_phone(str(phone)):
        yield Finding(code="PHONE_MALFORMED", field="customer.phone", severity=Severity.CRITICAL)


def _is_demanded(path: str, raw: Raw) -> bool:
    """Goods that nobody brings need no address, and such that nobody hands over no phone."""
    delivery = raw.get("delivery_method")
    if delivery in NOT_DELIVERED and path.startswith("address."):
        return False
    return not (delivery == "virtual" and path == "customer.phone")


def _missing(path: str) -> Finding:
    critical = path.startswith(CRITICAL_FIELDS) or path.endswith(".sku")
    severity = Severity.CRITICAL if critical else Severity.BLOCKING
    return Finding(code="FIELD_MISSING", field=path, severity=severity, params={"field": path})


def is_blank(value: object) -> bool:
    """Whether a field says nothing: absent, blanks, or characters nobody sees (SR-110)."""
    if value is None:
        return True
    return not any(unicodedata.category(letter)[0] not in "CZ" for letter in str(value))


def is_phone(number: str) -> bool:
    """Whether one can call it, by its form alone."""
    plain = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", number)).replace("—", "-").replace("_", "-")
    mobile = re.sub(r"^(\+?86)-", r"\1", plain)
    if re.match(r"1\d{2}-\d{4}-\d{4}", mobile):
        mobile = mobile.replace("-", "", 2)
    return PHONE.fullmatch(mobile) is not None


def _is_masked(raw: Raw) -> bool:
    """Whether the channel masks or encrypts what it tells us: then only its token can be checked (SR-012)."""
    told = [str(value_at(raw, path) or "") for path in ("customer.name", "customer.phone", "address.street")]
    return any("*" in text or "＊" in text for text in told) or TOKEN.fullmatch(told[1]) is not None


# -- goods (SR-013) --------------------------------------------------------------------------------------------------


def _goods(content: Content, skus: Mapping[str, KnownSku], policy: AuditPolicy) -> Iterator[Finding]:
    for line in content.lines:
        yield from _sku(line, skus)
        if not 0 < line.quantity <= policy.max_quantity:
            yield Finding(
                code="QUANTITY_INVALID",
                field=f"lines.{line.line}.quantity",
                severity=Severity.CRITICAL,
                params={"quantity": line.quantity, "most": policy.max_quantity},
            )


def _sku(line: LineContent, skus: Mapping[str, KnownSku]) -> Iterator[Finding]:
    path = f"lines.{line.line}.sku"
    known = skus.get(line.sku)
    if is_blank(line.sku):
        yield _missing(path)
    elif known is None:
        yield Finding(code="SKU_UNKNOWN", field=path, severity=Severity.CRITICAL, params={"sku": line.sku[:LONGEST]})
    elif not known.sellable:
        yield Finding(
            code="SKU_NOT_SELLABLE", field=path, severity=Severity.CRITICAL, params={"sku": line.sku[:LONGEST]}
        )
    wanted, comes_in = line.specification, known.specification if known else ""
    if not is_blank(wanted) and not is_blank(comes_in) and _plain(wanted) != _plain(comes_in):
        params: dict[str, str | int] = {"expected": comes_in[:LONGEST], "actual": wanted[:LONGEST]}
        yield Finding(code="SPECIFICATION_MISMATCH", field=f"lines.{line.line}.specification", params=params)


def _plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


# -- amounts and payment (SR-014, SR-015, SR-018) --------------------------------------------------------------------


def _amounts(content: Content, policy: AuditPolicy) -> Iterator[Finding]:
    if any(line.quantity <= 0 for line in content.lines):
        return  # what an order of no goods should cost nobody can say; its quantity is the finding
    yield from _signs(content)
    if abs(content.discount - shared_discount(content)) > policy.rounding:
        yield _differs("LINE_DISCOUNT_MISMATCH", "discount", shared_discount(content), content.discount)
    if content.total != receivable(content):
        yield _differs("AMOUNT_MISMATCH", "total", receivable(content), content.total)


def _signs(content: Content) -> Iterator[Finding]:
    """No amount is negative, and no line is discounted by more than it costs."""
    for name in ("freight", "discount", "platform_discount", "tax"):
        if getattr(content, name) < 0:
            yield _differs("AMOUNT_MISMATCH", name, 0, getattr(content, name))
    for line in content.lines:
        if line.unit_price < 0:
            yield _differs("AMOUNT_MISMATCH", f"lines.{line.line}.unit_price", 0, line.unit_price)
        elif not 0 <= line.discount <= line_amount(line):
            most = line_amount(line) if line.discount > 0 else 0
            yield _differs("AMOUNT_MISMATCH", f"lines.{line.line}.discount", most, line.discount)


def _payment(raw: Raw, content: Content) -> Iterator[Finding]:
    paid = value_at(raw, "payment.paid_amount")
    due = content.total - content.platform_discount
    if due < 0:
        yield _differs("PAYMENT_INCONSISTENT", "platform_discount", content.total, content.platform_discount)
    elif paid and paid != due:
        # The money itself is kept by the payment gate: approved, the order waits there until it is settled.
        yield _differs("PAYMENT_INCONSISTENT", "payment.paid_amount", due, paid, Severity.BLOCKING)


def _differs(code: str, field: str, expected: int, actual: int, severity: Severity = Severity.CRITICAL) -> Finding:
    params: dict[str, str | int] = {"expected": expected, "actual": actual}
    return Finding(code=code, field=field, severity=severity, params=params)
