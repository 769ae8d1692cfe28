"""The README's table of promises says what the policy says: every clock, its figure, its warning, its case (§1.3)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from api.shapes import ORDER
from domain.policy import STANDARD, ClockKind, ClockRule
from domain.posted import content_of
from infra.db.seed import SKUS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BY_QUESTION = ClockKind.ANSWER
"""Its rule is made from each question's own policy and stands in no edition's clocks (docs/decisions/0032)."""
FIXED = {ClockKind.DELAY: "the promised day", ClockKind.SHIP_BY: "the channel's ship-by date"}
"""Clocks whose due is a date, not a span."""
HOUR = timedelta(hours=1)


def promises() -> dict[str, list[str]]:
    """The table of the README, by clock."""
    lines = [line for line in README.splitlines() if re.match(r"\| C\d ", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


def warned(rule: ClockRule) -> str:
    """When a clock warns, in the README's words."""
    if rule.warn_before:
        return f"{' and '.join(f'{span // HOUR} h' for span in rule.warn_before)} before"
    return "not" if rule.warn_at is None else f"at {rule.warn_at:.0%}".replace("%", " %")


def test_every_clock_of_the_policy_is_promised() -> None:
    clocks = {rule.kind for rule in STANDARD.clocks} | {BY_QUESTION}
    assert list(promises()) == sorted(clocks) == list(ClockKind)


def test_the_clock_of_a_question_is_its_policy() -> None:
    asking = STANDARD.questions
    _, within, warning, breach = promises()[BY_QUESTION]
    assert within == f"{asking.within // HOUR} h"
    assert warning == f"reminded after {' and '.join(f'{span // HOUR} h' for span in asking.reminders)}"
    assert breach.startswith("the question's default: ")


@pytest.mark.parametrize("rule", STANDARD.clocks, ids=lambda rule: rule.kind.value)
def test_a_promise_is_the_policy(rule: ClockRule) -> None:
    _, within, warning, breach = promises()[rule.kind]
    assert within == FIXED.get(rule.kind, f"{rule.within // HOUR} h")
    assert warning == warned(rule)
    assert breach.startswith(f"`{rule.opens}`: ")


def test_the_order_completes_itself_when_the_readme_says() -> None:
    (hours,) = re.findall(r"completes itself after (\d+) h", promises()[ClockKind.COMPLETE][-1])
    assert timedelta(hours=int(hours)) == STANDARD.auto_complete_after


def test_the_readmes_order_is_one_that_the_desk_takes() -> None:
    (body,) = re.findall(r"<<JSON[^\n]*\n(.*?)\nJSON", README, flags=re.DOTALL)
    posted = ORDER.validate_json(body.replace("$NOW", "2026-11-23T01:30:00Z"))
    content = content_of(json.loads(posted.model_dump_json()))
    known = {sku: specification for sku, _, specification in SKUS}
    assert all(known[line.sku] == line.specification for line in content.lines)
    assert content.total == sum(line.unit_price * line.quantity for line in content.lines)
    assert posted.payment.paid_amount == content.total
