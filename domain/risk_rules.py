"""The risk audit (SR-050, SR-113, SR-114; edge cases 12, 55, 63): what a person looks at before an order goes on.

Its findings do not stop the audit: each places the hold that its code names (`domain.taking.holding`). ``mark`` says
which content it is about: a hold that was released is not placed again for the same one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from domain.findings import Finding, Severity
from domain.posted import Raw, content_of, corrected, value_at
from domain.risk_policy import RiskPolicy
from domain.value import Value

MESSAGES = ("buyer_message", "seller_memo")
RECEIVER = ("customer.name", "customer.phone")
ADDRESS = ("address.province", "address.city", "address.district", "address.street")


class Papers(Value):
    """The order as it was posted, and its corrections, the oldest first."""

    posted: dict[str, Any]
    patches: tuple[dict[str, Any], ...] = ()

    def version(self, corrections: int) -> Raw:
        """The order after so many of its corrections."""
        return corrected(self.posted, self.patches[:corrections])


class Known(Value):
    """What the books know beside the order: its SKUs that are made to order, the buyer's completed orders.

    ``refused``: parcels to be paid at the door that the buyer did not take, ``fees`` what that cost, in minor units.
    """

    custom_skus: tuple[str, ...] = ()
    completed: int = 0
    refused: int = 0
    fees: int = 0


def risks(papers: Papers, known: Known, policy: RiskPolicy) -> tuple[Finding, ...]:
    """Everything that a person has to look at, by the checks that ``policy`` makes."""
    raw = papers.version(len(papers.patches))
    return (
        *_voucher(raw, known, policy),
        *_designs(raw, known, policy),
        *_risk(papers, raw, policy),
        *_refused(raw, known, policy),
        *_messages(papers, raw, policy),
    )


def is_large(raw: Raw, policy: RiskPolicy) -> bool:
    """Whether the order's amount is one that a new customer has to prove (from the threshold on)."""
    least = policy.large_amounts.get(raw["currency"])
    return least is not None and raw["total"] >= least


def _voucher(raw: Raw, known: Known, policy: RiskPolicy) -> Iterator[Finding]:
    if is_large(raw, policy) and known.completed < policy.new_below:
        yield _held("VOUCHER_REQUIRED", "total", mark=raw["total"], amount=raw["total"], currency=raw["currency"])


def _designs(raw: Raw, known: Known, policy: RiskPolicy) -> Iterator[Finding]:
    """A line is made to order where its SKU is, or where the order says so; it needs a final design."""
    if not policy.designs:
        return
    told = {line["line"]: line for line in raw["lines"]}
    for line in content_of(raw).lines:
        said = told[line.line]
        custom = bool(said.get("custom")) or line.sku in known.custom_skus
        if custom and not (_says(said.get("design_id")) and _says(said.get("design_version"))):
            yield _held("DESIGN_NOT_FINAL", f"lines.{line.line}.design_id", mark=line.sku)


def _risk(papers: Papers, raw: Raw, policy: RiskPolicy) -> Iterator[Finding]:
    if policy.zero_amount and raw["total"] == 0 and not raw.get("original"):
        yield _held("HIGH_RISK", "total", mark=0)
    replaced = [number for number in range(1, len(papers.patches) + 1) if _other_receiver(papers, number)]
    if policy.new_receiver and replaced:
        yield _held("HIGH_RISK", "customer", mark=replaced[-1])


def pays_at_the_door(raw: Raw) -> bool:
    """Whether the order is paid in cash on delivery."""
    return bool(value_at(raw, "payment.method") == "cod")


def _refused(raw: Raw, known: Known, policy: RiskPolicy) -> Iterator[Finding]:
    """Somebody looks at it before a buyer who refused such parcels is sent another one (edge case 12)."""
    least = policy.cod_refused_from
    if least is not None and pays_at_the_door(raw) and known.refused >= least:
        yield _held("HIGH_RISK", "payment.method", mark=known.refused, refused=known.refused, fees=known.fees)


def _other_receiver(papers: Papers, number: int) -> bool:
    """Whether this correction put another person in the place of one who was known (edge case 63)."""
    before, after = papers.version(number - 1), papers.version(number)

    def replaces(path: str) -> bool:
        return _says(value_at(before, path)) and value_at(before, path) != value_at(after, path)

    return all(map(replaces, RECEIVER)) and any(map(replaces, ADDRESS))


def _messages(papers: Papers, raw: Raw, policy: RiskPolicy) -> Iterator[Finding]:
    """A message that is not ignored; ``mark`` is the correction that changed it last, never a word of it."""
    for field in MESSAGES if policy.messages else ():
        message = _plain(raw.get(field))
        if message and not any(re.fullmatch(words, message, re.IGNORECASE) for words in policy.ignored_messages):
            changed = [number for number, patch in enumerate(papers.patches, 1) if field in patch]
            yield _held("BUYER_MESSAGE", field, mark=max(changed, default=0))


def _plain(words: object) -> str:
    """A message without blanks, punctuation and characters nobody sees."""
    letters = unicodedata.normalize("NFKC", str(words or ""))
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "CZP" or letter in "-/")


def _says(value: object) -> bool:
    return bool(_plain(value)) or isinstance(value, int)


def _held(code: str, field: str, **params: str | int) -> Finding:
    return Finding(code=code, field=field, severity=Severity.HOLD, params=params)
