"""What is packed is what was ordered less what is known to be missing (防错发漏发, SR-146)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.decisive import is_decisive
from domain.effects import EffectKind
from domain.shipments import ShipmentState
from tests.rules.story import Story, a_content, a_line, an_input


def released() -> Story:
    story = Story(an_input(a_content(a_line(), a_line("2", quantity=1))))
    story.is_paid()
    return story


def packs(story: Story, **units: int) -> None:
    lines = tuple({"line": line.removeprefix("line"), "quantity": quantity} for line, quantity in units.items())
    story.says("packed", lines=lines)


def told(story: Story) -> list[str]:
    asked = [effect for effect in story.order.effects if effect.kind == EffectKind.ASK_WAREHOUSE]
    return [effect.key.removeprefix(f"{story.order.number}/") for effect in asked]


@pytest.mark.clause("SR-146")
@pytest.mark.parametrize("units", [{"line1": 2, "line2": 1}, {}])
def test_what_was_packed_as_ordered_goes_on(units: dict[str, int]) -> None:
    story = released()
    packs(story, **units)
    assert story.order.shipments[0].state is ShipmentState.PACKED
    assert (story.open_cases, told(story)) == ([], [])


@pytest.mark.clause("SR-146")
@pytest.mark.parametrize(
    ("units", "wrong"),
    [
        ({"line1": 1, "line2": 1}, {"1": -1}),
        ({"line1": 3, "line2": 1}, {"1": 1}),
        ({"line1": 2}, {"2": -1}),
        ({"line1": 2, "line2": 1, "line9": 1}, {"9": 1}),
    ],
)
def test_what_was_packed_otherwise_stops_the_hand_over(units: dict[str, int], wrong: dict[str, int]) -> None:
    story = released()
    packs(story, **units)
    [case] = story.order.open_cases
    assert (case.kind, case.subject, case.cause, case.responsible) == (
        "MIS_SHIPMENT",
        "shipment/1",
        "pack_check",
        "warehouse",
    )
    [task] = [task for task in story.order.tasks if task.kind == "PACK_AGAIN"]
    assert (task.role, task.params) == ("warehouse", {"units": wrong})
    assert told(story) == ["ask_warehouse/pack-1/1/shipment/1"]
    assert story.order.shipments[0].state is ShipmentState.PICKING, "not packed"


@pytest.mark.clause("SR-146")
def test_what_is_packed_anew_and_right_ends_the_case() -> None:
    story = released()
    packs(story, line1=1, line2=1)
    packs(story, line1=2, line2=1)
    assert (story.open_cases, [case.outcome for case in story.order.cases]) == ([], ["CORRECTED"])
    assert story.order.shipments[0].state is ShipmentState.PACKED
    packs(story, line1=1, line2=1)
    assert told(story) == ["ask_warehouse/pack-1/1/shipment/1", "ask_warehouse/pack-3/2/shipment/1"]


@pytest.mark.clause("SR-146")
def test_units_that_are_known_to_be_missing_are_no_mismatch() -> None:
    story = released()
    story.says("short_picked", shipment=1, line="1", quantity=1)
    packs(story, line1=1, line2=1)
    assert (story.order.shipments[0].state, told(story)) == (ShipmentState.PACKED, [])
    assert "MIS_SHIPMENT" not in story.open_cases


@pytest.mark.clause("SR-146")
def test_what_left_cannot_be_stopped_and_an_outbound_mismatch_is_a_case() -> None:
    story = released()
    story.ships(lines=({"line": "1", "quantity": 3}, {"line": "2", "quantity": 1}))
    packs(story, line1=1, line2=1)
    assert [case.subject for case in story.order.open_cases] == ["package/1"]
    assert told(story) == []


@pytest.mark.clause("SR-146")
@pytest.mark.parametrize(("lines", "at_once"), [((), False), (({"line": "1", "quantity": 1},), True)])
def test_a_pack_check_is_heard_before_the_parcel_leaves(lines: Any, at_once: bool) -> None:
    fact = released().fact("packed", lines=lines)
    assert is_decisive(fact, watched=False) is at_once  # type: ignore[arg-type]
