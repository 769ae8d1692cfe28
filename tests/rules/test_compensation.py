"""What a delay is worth: every cell of §4.9, its bounds to the second and the cent (SR-132c)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.compensation import Step, allowed, lost_step, next_step_at, short_step, step_of
from domain.compensation_policy import STANDARD_COMPENSATION, CompensationPolicy, Fault, Tariff
from domain.coupon_code import CouponCodes
from domain.policy import STANDARD, compressed
from tests.rules.story import PLACED

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
RULES = STANDARD_COMPENSATION
CELLS: dict[Fault, tuple[int | None, int | None, int | None, int | None]] = {
    Fault.CARRIER: (500, 1_000, 2_000, 2_000),
    Fault.WAREHOUSE: (None, 500, 1_000, None),
    Fault.STOCK: (None, None, None, None),
    Fault.CUSTOMER: (None, None, None, None),
    Fault.FORCE_MAJEURE: (None, None, 500, None),
    Fault.UNKNOWN: (500, 1_000, 2_000, 2_000),
}
"""Up to 24 h late, up to 72 h, more, lost."""
PAYERS = {Fault.CARRIER: "carrier", Fault.WAREHOUSE: "warehouse", Fault.STOCK: "us", Fault.UNKNOWN: "us"}


def amount(step: Step | None) -> int | None:
    return step.amount if step else None


@pytest.mark.clause("SR-132", "AC-34")
@pytest.mark.parametrize("fault", Fault)
def test_every_cell_of_the_table(fault: Fault) -> None:
    tariff = RULES.tariffs.get(fault, Tariff())
    short, middle, long, lost = CELLS[fault]
    for late in (SECOND, 24 * HOUR):
        assert amount(step_of(tariff, late)) == short
    for late in (24 * HOUR + SECOND, 72 * HOUR):
        assert amount(step_of(tariff, late)) == middle
    for late in (72 * HOUR + SECOND, 1_000 * HOUR):
        assert amount(step_of(tariff, late)) == long
    assert amount(lost_step(tariff)) == lost
    assert amount(short_step(tariff)) == (500 if fault is Fault.STOCK else None)
    approvals = [rung.approval for rung in tariff.late]
    assert any(approvals) is (fault is Fault.FORCE_MAJEURE)
    assert tariff.payer == PAYERS.get(fault, "us")


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(
    ("total", "others", "worth"),
    [
        (1_999, (), 0),
        (2_000, (), 200),
        (2_999, (), 200),
        (19_999, (), 1_900),
        (20_000, (), 2_000),
        (50_000, (), 2_000),
        (20_000, (500,), 1_500),
        (20_000, (1_950,), 0),
        (20_000, (2_000,), 0),
        (90_000, (500, 500), 0),
    ],
)
def test_the_bounds_are_exact(total: int, others: tuple[int, ...], worth: int) -> None:
    assert allowed(RULES, Step(name="3", amount=2_000), total, "CNY", others) == worth


@pytest.mark.clause("SR-132")
def test_under_one_yuan_there_is_none_and_no_other_currency_is_reckoned() -> None:
    step = Step(name="1", amount=500)
    assert allowed(RULES.having(least_total=0), step, 999, "CNY", ()) == 0
    assert allowed(RULES.having(least_total=0), step, 1_000, "CNY", ()) == 100
    assert allowed(RULES, step, 90_000, "USD", ()) == 0


def test_the_next_step_is_looked_for_just_after_its_bound() -> None:
    tariff, tick = RULES.tariffs[Fault.CARRIER], timedelta(milliseconds=1)
    assert next_step_at(tariff, PLACED, timedelta()) == PLACED + 24 * HOUR + tick
    assert next_step_at(tariff, PLACED, 24 * HOUR) == PLACED + 24 * HOUR + tick
    assert next_step_at(tariff, PLACED, 24 * HOUR + tick) == PLACED + 72 * HOUR + tick
    assert next_step_at(tariff, PLACED, 73 * HOUR) is None


def test_an_old_edition_knows_no_coupon_and_a_demo_is_quicker_but_no_dearer() -> None:
    old = STANDARD.model_dump(mode="json", exclude={"compensation"})
    assert STANDARD.model_validate(old).compensation == CompensationPolicy()
    quick = compressed(STANDARD, hour=SECOND, least=SECOND, edition="quick").compensation
    assert [rung.over for rung in quick.tariffs[Fault.CARRIER].late] == [timedelta(), 24 * SECOND, 72 * SECOND]
    assert (quick.stalled_after, quick.unknown_after, quick.valid_days) == (48 * SECOND, 24 * SECOND, 30)
    assert quick.tariffs[Fault.CARRIER].late[0].amount == 500


@pytest.mark.clause("AC-33")
def test_a_code_is_the_same_for_a_key_another_for_another_and_not_to_be_guessed() -> None:
    codes = CouponCodes(b"one secret")
    assert codes.code("SO1/coupon/package/1/1") == codes.code("SO1/coupon/package/1/1")
    assert len({codes.code(f"SO1/coupon/package/1/{step}") for step in range(100)}) == 100
    assert codes.code("k") != CouponCodes(b"another secret").code("k")
    assert [len(group) for group in codes.code("k").split("-")] == [4] * 4
    assert "secret" not in repr(codes)
