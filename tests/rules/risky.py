"""Orders whose audit finds what it is told to find, for the scenes of held orders."""

from __future__ import annotations

from typing import Any

from domain.effects import AuditOutcome, EffectKind
from domain.findings import Finding, Severity
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from tests.rules.story import Story, an_input, the_party_does_it


def held(code: str, field: str = "total", mark: str | int = 0, **params: str | int) -> Finding:
    return Finding(code=code, field=field, severity=Severity.HOLD, params={"mark": mark, **params})


VOUCHER = held("VOUCHER_REQUIRED", mark=500_000, amount=500_000, currency="CNY")
DESIGN = held("DESIGN_NOT_FINAL", "lines.1.design_id", "SKU-1")
MESSAGE = held("BUYER_MESSAGE", "buyer_message")
RISK = held("HIGH_RISK", "customer", 1)
PHONE = Finding(code="FIELD_MISSING", field="customer.phone", severity=Severity.CRITICAL)


class Audited(Story):
    """A story whose audit finds what it is told to; ``findings`` may change before a correction."""

    def __init__(self, *findings: Finding, **fields: Any) -> None:
        self.findings = findings
        super().__init__(an_input(**fields), self._answer)

    def _answer(self, order: Order, effect: EffectState) -> Outcome | None:
        outcome = the_party_does_it(order, effect)
        if effect.kind != EffectKind.AUDIT or not isinstance(outcome, AuditOutcome):
            return outcome
        return outcome.having(findings=self.findings)

    def is_corrected(self, *findings: Finding) -> None:
        """The order is corrected, and the audit finds this."""
        self.findings = findings
        said = self.asks("correct_fields", expected_version=self.order.version, correction=self.order.version)
        assert said == ""

    @property
    def open_holds(self) -> list[tuple[str, str]]:
        return [(hold.id, str(hold.reason)) for hold in self.order.open_holds]

    @property
    def to_do(self) -> list[tuple[str, str]]:
        return [(task.kind, task.role) for task in self.order.tasks if task.done_at is None]

    @property
    def done(self) -> list[str]:
        return [effect.kind for effect in self.order.effects]

    def verifies(self, verdict: str, by: str = "wang.wu") -> str:
        return self.asks("verify_voucher", verdict=verdict, reason="looked at the bank", actor=by, role="finance")
