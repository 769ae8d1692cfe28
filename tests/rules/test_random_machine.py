"""A random machine: any facts in any order, again and late, any requests, failures, silence, kills (§4.10)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rules.any_order import AnyOrder
from tests.rules.met import MOST, USUAL, missing, share

STEPS = 60
"""So many steps a life has."""


def live(lives: int) -> None:
    """Let orders live; the class counts the steps, and what was met."""
    AnyOrder.met.clear()
    AnyOrder.steps = 0
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(600)
def test_whatever_happens_no_invariant_breaks() -> None:
    """A part of what ``make thorough`` lives; what is usual happens in it."""
    live(20)
    assert AnyOrder.steps >= 1_000
    assert len(USUAL - AnyOrder.met.keys()) <= len(USUAL) // 5


@pytest.mark.thorough
@pytest.mark.timeout(1800)
def test_in_ten_thousand_steps_almost_everything_happens_and_no_invariant_breaks() -> None:
    """Every kind of fact, request, case, step, hold and end but the rare ones (``tests.rules.met``)."""
    live(200)
    assert AnyOrder.steps >= 10_000
    assert missing(AnyOrder.met) == set()
    assert share(AnyOrder.met) >= MOST
