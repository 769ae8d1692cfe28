"""Industry profiles change figures and required fields, and no code (SR-147, AC-61, edge case 49)."""

from __future__ import annotations

import pytest

from domain.line_rules import line_findings
from domain.policy import STANDARD, ClockKind, Policy
from domain.profiles import APPAREL, COLD_CHAIN, PROFILES
from tests.rules.story import Story, a_content, a_line, an_input


def hours(policy: Policy) -> dict[str, float]:
    return {rule.kind: rule.within.total_seconds() / 3_600 for rule in policy.clocks if rule.within}


@pytest.mark.clause("SR-147", "AC-61", "EC-49")
def test_cold_chain_is_the_standard_with_shorter_clocks() -> None:
    assert hours(COLD_CHAIN) == {**hours(STANDARD), "C4": 12, "C5": 6}
    assert (COLD_CHAIN.may_wait, COLD_CHAIN.max_transit_days) == (False, 2)
    assert {rule.kind for rule in COLD_CHAIN.clocks} == set(ClockKind) - {ClockKind.ANSWER}
    assert COLD_CHAIN.audit == STANDARD.audit
    assert STANDARD.may_wait


@pytest.mark.clause("SR-147", "AC-61", "EC-49")
def test_cold_chain_is_out_within_12_hours_and_moves_every_6() -> None:
    story = Story(an_input(policy=COLD_CHAIN))
    story.is_paid()
    paid = story.now
    story.ships()
    out = story.now
    c4, c5 = story.clock("C4"), story.clock("C5")
    assert c4.due_at is not None
    assert c5.due_at is not None
    assert ((c4.due_at - paid).total_seconds(), (c5.due_at - out).total_seconds()) == (12 * 3_600, 6 * 3_600)


@pytest.mark.clause("SR-147", "SR-110")
def test_apparel_wants_the_size_of_every_line_and_has_room_for_many() -> None:
    sized = [a_line(str(n), specification="XL 红色") for n in range(200)]
    assert line_findings(a_content(*sized), APPAREL.audit) == ()
    bare = a_line("200")
    found = line_findings(a_content(*sized, bare), APPAREL.audit)
    assert [(finding.code, finding.field) for finding in found] == [
        ("TOO_MANY_LINES", "lines"),
        ("FIELD_MISSING", "lines.200.specification"),
    ]
    assert found[0].params == {"lines": 201, "most": 200}
    assert found[1].params == {"field": "lines.200.specification"}
    assert line_findings(a_content(*sized, bare), STANDARD.audit) == ()
    assert line_findings(a_content(bare.having(added_by_rule="gift")), APPAREL.audit) == (), "a gift has no size"
    gift = bare.having(line="201", added_by_rule="gift")
    assert line_findings(a_content(*sized, gift), APPAREL.audit) == (), "nor does it count as a line"
    blank = line_findings(a_content(a_line("1", specification=" "), a_line("2", specification="M")), APPAREL.audit)
    assert [finding.field for finding in blank] == ["lines.1.specification"]
    assert APPAREL.may_exchange


@pytest.mark.clause("SR-147")
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profile_is_data(profile: Policy) -> None:
    assert Policy.model_validate(profile.model_dump(mode="json")) == profile
