"""What a failure is worth (§4.9): a cell of the table, then the bounds of the order. Pure arithmetic, minor units."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.clocks import TICK
from domain.compensation_policy import CompensationPolicy, Fault, Instrument, Tariff
from domain.value import Moment, Value

LOST = "lost"
"""The step of a parcel that was lost or damaged."""


class Step(Value):
    """A step of a tariff: its name in the key, what is due in all by then, and whether a supervisor decides."""

    name: str
    amount: int
    approval: bool = False


class Coupon(Value):
    """A coupon of the order: ``up_to`` is what its incident comes to by it, ``amount`` what was issued for that.

    ``edition`` is the policy it was decided by; ``amount`` is None until it exists.
    """

    key: str
    incident: str
    step: str
    case_no: int = 0
    up_to: int
    currency: str
    fault: Fault
    payer: str
    edition: str
    amount: int | None = None
    issued_at: Moment | None = None
    instrument: Instrument = Instrument.OWN


class Compensated(Value):
    """A coupon of a case: what it is worth (while it is not issued: what is due), and the policy's edition."""

    incident: str
    case_no: int
    amount: int
    currency: str
    issued: bool
    fault: str
    payer: str
    edition: str


class Approval(Value):
    """A coupon that a supervisor decides about: ``coupon`` is its incident and step; ``verdict`` empty until then.

    ``over_budget``: it would have been issued, but for the day's budget.
    """

    coupon: str
    up_to: int
    currency: str
    verdict: str = ""
    actor: str = ""
    at: Moment | None = None
    over_budget: bool = False


class Reason(Value):
    """What a party said about a delay, in its own word, the latest for each subject."""

    subject: str
    word: str
    at: Moment


def fault_of(policy: CompensationPolicy, word: str) -> Fault:
    """Whose fault a party's word means."""
    return policy.faults.get(word.strip(), Fault.UNKNOWN)


def step_of(tariff: Tariff, late: timedelta) -> Step | None:
    """The highest step that was passed; exactly at its bound it is not. None where nothing is due."""
    passed = [
        Step(name=str(number), amount=rung.amount, approval=rung.approval)
        for number, rung in enumerate(tariff.late, 1)
        if rung.over < late or not rung.over
    ]
    return passed[-1] if passed else None


def lost_step(tariff: Tariff) -> Step | None:
    """What is due for a parcel that was lost or damaged."""
    return Step(name=LOST, amount=tariff.lost) if tariff.lost else None


def short_step(tariff: Tariff) -> Step | None:
    """What is due where stock was confirmed and lacks after all."""
    return Step(name="short", amount=tariff.short) if tariff.short else None


def next_step_at(tariff: Tariff, since: datetime, late: timedelta) -> datetime | None:
    """When the next step is passed; None after the last."""
    return min((since + rung.over + TICK for rung in tariff.late if rung.over and rung.over >= late), default=None)


def names_below(tariff: Tariff, name: str) -> tuple[str, ...]:
    """The steps that may have been given before: a coupon adds what lacks to them."""
    numbers = tuple(str(number) for number in range(1, len(tariff.late) + 1))
    return numbers if name not in numbers else numbers[: numbers.index(name)]


def allowed(policy: CompensationPolicy, step: Step, total: int, currency: str, others: tuple[int, ...]) -> int:
    """What an incident may come to in an order of ``total``, given what its ``others`` came to; 0 for none."""
    if currency != policy.currency or total < policy.least_total or len(others) >= policy.per_order:
        return 0
    cap = total * policy.cap_percent // 100 // policy.whole * policy.whole
    left = min(step.amount, cap - sum(others)) // policy.whole * policy.whole
    return left if left >= policy.least else 0


def compensated(coupon: Coupon) -> Compensated:
    """A coupon as its case shows it."""
    return Compensated(
        amount=coupon.up_to if coupon.amount is None else coupon.amount,
        issued=coupon.amount is not None,
        **coupon.model_dump(include={"incident", "case_no", "currency", "fault", "payer", "edition"}),
    )
