"""The table is whole: every stage, request, guard and refusal has its row, its way out and its words (M2)."""

from __future__ import annotations

import pytest

from domain.catalogue.labels_of_work import KINDS
from domain.catalogue.sentences import SENTENCES
from domain.manual.answers import ALTERNATIVES, CODES
from domain.manual.fitting import ENDS_BY_ITSELF
from domain.policy import CaseKind
from domain.requests import ASKS
from domain.stage import FINAL_STAGES, Stage
from domain.transitions import FACTS, GUARDS, REQUESTS, STEPS, Row, diagram, row

ROWS = REQUESTS + STEPS + FACTS


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_is_final_or_has_a_way_out(stage: Stage) -> None:
    leaves = any(source is stage for each in ROWS for source, _ in each.moves)
    assert leaves is (stage not in FINAL_STAGES)


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_is_where_an_order_begins_or_has_a_way_in(stage: Stage) -> None:
    assert any(target is stage for each in ROWS for _, target in each.moves)


@pytest.mark.parametrize("stage", sorted(set(Stage) - FINAL_STAGES))
def test_in_every_open_stage_a_person_may_do_something(stage: Stage) -> None:
    assert any(stage in each.stages for each in REQUESTS)


@pytest.mark.parametrize("stage", sorted(FINAL_STAGES))
def test_in_a_final_stage_nothing_is_asked_any_more_but_a_coupon_that_waits(stage: Stage) -> None:
    assert [(each.event, each.moves) for each in ROWS if stage in each.stages] == [("decide_coupon", frozenset())]


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.event)
def test_a_row_moves_only_from_its_own_stages(each: Row) -> None:
    assert {source for source, _ in each.moves} <= each.stages
    assert all(source is not target for source, target in each.moves)
    assert set(each.guards) <= GUARDS.keys()


def test_every_request_has_exactly_one_row() -> None:
    assert sorted(each.event for each in REQUESTS) == sorted(ASKS)
    assert row("cancel").event == "cancel"
    with pytest.raises(KeyError):
        row("dance")


def test_every_guard_stands_in_a_row_and_every_guard_of_a_request_has_a_code() -> None:
    assert {guard for each in ROWS for guard in each.guards} == set(GUARDS)
    assert {guard for each in REQUESTS for guard in each.guards} | {"stage"} == set(CODES)


@pytest.mark.clause("SR-023")
def test_every_code_has_its_words() -> None:
    assert set(Stage) <= KINDS["stage"].keys()
    assert set(CaseKind) <= KINDS["case"].keys()
    assert set(CODES.values()) <= KINDS["refusal"].keys()
    assert set(ASKS) <= SENTENCES.keys()


def test_what_one_may_do_instead_is_a_request() -> None:
    others = (*ALTERNATIVES.values(), *ENDS_BY_ITSELF.values())
    assert {other for group in others for other in group} <= set(ASKS)


def test_the_diagram_draws_every_move_once() -> None:
    first, *arrows = diagram().splitlines()
    assert first == "stateDiagram-v2"
    assert len({arrow.partition(":")[0] for arrow in arrows}) == len(arrows)
    assert sum(len(arrow.partition(":")[2].split(",")) for arrow in arrows) == sum(len(each.moves) for each in ROWS)
