"""A good order, its master data, and audits of it with some fields changed."""

from __future__ import annotations

from typing import Any

from domain.audit.papers import KnownSku, Papers
from domain.audit.rules import audit_all
from domain.findings import Finding
from domain.policy import AuditPolicy
from domain.posted import content_of, corrected
from domain.price_lists import PriceBook
from tests.departments.desk import POSTED

GOOD = {**POSTED, "external_id": "T1"}
SKUS = {"TEA": KnownSku(sku="TEA", specification="250g"), "CUP": KnownSku(sku="CUP")}


def with_(**patch: object) -> dict[str, Any]:
    """The good order with some fields changed; `__` stands for the dot of a path."""
    return corrected(GOOD, [{path.replace("__", "."): value for path, value in patch.items()}])


def papers(raw: dict[str, Any] | None = None, book: PriceBook | None = None, **policy: Any) -> Papers:
    """An order on the auditor's desk, under a policy with these rules."""
    order = GOOD if raw is None else raw
    return Papers(order, content_of(order), SKUS, AuditPolicy(**policy), book or PriceBook())


def found(raw: dict[str, Any] | None = None, book: PriceBook | None = None, **policy: Any) -> tuple[Finding, ...]:
    """What the audit finds in it."""
    return audit_all(papers(raw, book, **policy)).findings
