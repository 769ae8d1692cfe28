"""Parcels whose number, goods or loss were told wrong, or not at all (edge cases 21 to 23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import EffectKind
from domain.facts import Moved
from domain.inquiries import CarrierAnswer, ScanSeen
from domain.manual.explain import explain
from domain.manual.explain_text import as_text
from domain.packages import PackageState
from domain.parcel_policy import ParcelPolicy
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.carriers import Carrier, on_its_way, open_tasks
from tests.rules.story import Story, a_content, a_line, an_input, shipped

BEFORE = STANDARD.having(parcels=ParcelPolicy())
"""An edition that knows no versions of a parcel, and no guesses."""
FIVE = a_content(a_line(quantity=5))


def corrected(story: Story, number: str = "YT2", package: str = "1") -> None:
    """The number of the parcel was another one, and the channel takes it."""
    story.says("tracking_number", package=package, tracking_number=number, carrier="YTO")
    story.says("tracking_accepted", tracking_number=number)


# -- a corrected number ----------------------------------------------------------------------------------------------


@pytest.mark.clause("EC-22")
def test_a_corrected_number_is_a_new_version_c2_keeps_the_first_upload_and_c5_begins_anew() -> None:
    story = shipped()
    out = story.now
    story.passes(hours=4)
    story.is_scanned("IN_TRANSIT")
    seen = story.now
    story.passes(hours=6)
    corrected(story)
    [package] = story.order.packages
    assert (package.tracking_number, package.carrier, package.uploaded_at, package.scans) == ("YT2", "YTO", out, ())
    [void] = package.voided_numbers
    assert (void.number, void.carrier, void.until, len(void.scans)) == ("SF1", "SF", story.now, 1)
    windows = [(row.start_at, row.start_event, row.verdict) for row in story.rows("C5")]
    assert windows == [(out, "outbound", "met"), (seen, "scan", "void"), (story.now, "number_corrected", "open")]
    assert story.clock("C5").due_at == story.now + timedelta(hours=24)
    c2 = story.clock("C2")
    assert (c2.start_at, c2.stop_at, c2.verdict) == (out, out, "met")
    assert "TRACKING_MISSING" not in {str(case.kind) for case in story.order.cases}


@pytest.mark.clause("EC-22")
def test_scans_of_the_old_number_are_no_longer_the_orders() -> None:
    story = shipped()
    story.passes(hours=4)
    corrected(story)
    story.is_scanned("DELIVERED")
    assert (story.order.stage, story.order.delivered_at) == (Stage.SHIPPED, None)
    [unmatched] = story.order.unmatched
    assert unmatched.reason == "the number SF1 was corrected: it is no parcel of this order"
    assert story.order.early == ()
    story.says("carrier_scan", tracking_number="YT2", state="DELIVERED")
    assert story.order.stage is Stage.DELIVERED


@pytest.mark.clause("EC-22")
@pytest.mark.parametrize("state", ["DELIVERED", "LOST", "RETURNED_TO_SENDER", "DELIVERY_FAILED"])
def test_what_the_wrong_number_said_is_taken_back_with_its_cases(state: str) -> None:
    story = shipped()
    story.passes(hours=4)
    story.is_scanned(state)
    corrected(story)
    assert (story.order.stage, story.open_cases, open_tasks(story)) == (Stage.SHIPPED, [], set())
    assert story.order.lines[0].delivered == story.order.lines[0].lost == 0
    assert {case.outcome for case in story.order.cases} <= {"NUMBER_CORRECTED"}
    story.says("carrier_scan", tracking_number="YT2", state="DELIVERED")
    assert story.order.stage is Stage.DELIVERED


@pytest.mark.clause("EC-22")
def test_the_silence_of_a_wrong_number_ends_with_it() -> None:
    story = shipped()
    story.passes(hours=25)
    assert story.open_cases == ["LOGISTICS_STALLED"]
    corrected(story)
    assert story.open_cases == []
    assert [row.verdict for row in story.rows("C5")] == ["breached", "open"]
    story.passes(hours=23, minutes=59)
    assert "LOGISTICS_STALLED" not in story.open_cases
    story.passes(minutes=2)
    assert story.open_cases.count("LOGISTICS_STALLED") == 1


@pytest.mark.clause("EC-22")
def test_who_was_told_the_wrong_number_is_told_the_right_one_once() -> None:
    story = shipped()
    corrected(story)
    corrected(story)
    told = [letter for letter in story.letters if letter.template == "TRACKING_ADDED"]
    assert [(letter.params["tracking"], letter.params["carrier"]) for letter in told] == [("YT2", "YTO")]
    pushed = [letter.params["tracking_number"] for letter in story.letters if letter.kind == "push_tracking"]
    assert pushed == ["SF1", "YT2"]


@pytest.mark.clause("EC-22")
def test_a_number_that_was_right_all_along_has_its_scans_back() -> None:
    story = shipped()
    story.passes(hours=4)
    story.is_scanned("IN_TRANSIT")
    corrected(story)
    corrected(story, "SF1")
    [package] = story.order.packages
    assert ([scan.state for scan in package.scans], package.state) == (["IN_TRANSIT"], "IN_TRANSIT")
    assert [void.number for void in package.voided_numbers] == ["SF1", "YT2"]
    story.is_scanned("DELIVERED")
    assert story.order.stage is Stage.DELIVERED


@pytest.mark.clause("EC-22")
def test_two_parcels_whose_numbers_were_exchanged_keep_each_its_own_scans() -> None:
    story = Story(an_input())
    story.is_paid()
    story.ships(lines=[{"line": "1", "quantity": 1}])
    story.ships(package="2", lines=[{"line": "1", "quantity": 1}])
    story.is_scanned("DELIVERED", package="2")
    story.says("tracking_number", package="1", tracking_number="SF2")
    story.says("tracking_number", package="2", tracking_number="SF1")
    assert [(each.tracking_number, str(each.state)) for each in story.order.packages] == [
        ("SF2", "DELIVERED"),
        ("SF1", "LABELLED"),
    ]


@pytest.mark.clause("EC-22")
def test_the_carriers_answer_about_the_old_number_is_nobodys() -> None:
    carrier = Carrier(ask_carrier="never")
    story = on_its_way(carrier)
    story.passes(hours=25)
    assert any(effect.kind == EffectKind.ASK_CARRIER for effect in story.order.running)
    corrected(story)
    scan = ScanSeen(event_id="e1", state=PackageState.DELIVERED, occurred_at=story.now)
    story.answered_by(lambda _, effect: CarrierAnswer(scans=(scan,)) if effect.kind == "ask_carrier" else None)
    assert story.order.packages[0].scans == ()


@pytest.mark.clause("EC-22")
def test_an_edition_of_before_only_renames_its_parcel() -> None:
    story = shipped(policy=BEFORE)
    story.passes(hours=4)
    story.is_scanned("IN_TRANSIT")
    corrected(story)
    [package] = story.order.packages
    assert (package.tracking_number, len(package.scans), package.voided_numbers) == ("YT2", 1, ())
    assert [row.start_event for row in story.rows("C5")] == ["outbound", "scan"]


# -- an unknown split ------------------------------------------------------------------------------------------------


def explained(story: Story) -> tuple[str, ...]:
    """The shipments of which the explanation says that their split is not known."""
    return explain(story.order, story.now, None).splits


def text(story: Story) -> str:
    """The explanation as people read it."""
    english = story.order.having(policy=story.order.policy.having(language="en"))
    return as_text(english, explain(english, story.now, None))


def units(story: Story) -> list[int]:
    """The units of each parcel."""
    return [sum(part.quantity for part in package.lines) for package in story.order.packages]


@pytest.mark.clause("EC-23")
def test_a_split_that_nobody_told_is_flagged_until_it_is_told() -> None:
    story = Story(an_input(FIVE))
    story.is_paid()
    story.ships()
    assert explained(story) == (), "one parcel holds everything"
    story.ships(package="2")
    assert (units(story), explained(story)) == ([5, 0], ("shipment/1",))
    assert open_tasks(story) == set()
    assert "which goods are in which parcel is not told: shipment/1" in text(story)
    story.says("outbound", package="1", lines=[{"line": "1", "quantity": 3}])
    assert (units(story), explained(story), story.open_cases) == ([3, 2], (), [])
    assert story.order.lines[0].shipped == 5
    story.is_scanned("LOST", package="2")
    assert story.order.lines[0].lost == 2


@pytest.mark.clause("EC-23", "SR-030")
def test_what_one_parcel_is_said_to_hold_is_taken_from_the_guess_and_is_no_mis_shipment() -> None:
    story = Story(an_input(FIVE))
    story.is_paid()
    story.ships()
    story.ships(package="2", lines=[{"line": "1", "quantity": 2}])
    assert (units(story), explained(story), story.open_cases) == ([3, 2], (), [])
    assert story.order.lines[0].shipped == 5
    story.ships(package="3", lines=[{"line": "1", "quantity": 4}])
    assert set(story.open_cases) == {"MIS_SHIPMENT"}, "six told of five"


@pytest.mark.clause("EC-23")
def test_goods_said_of_the_only_parcel_change_nothing() -> None:
    story = Story(an_input(FIVE))
    story.is_paid()
    story.ships()
    story.says("outbound", package="1", lines=[{"line": "1", "quantity": 3}])
    assert (units(story), story.order.lines[0].shipped) == ([5], 5)
    assert story.order.packages[0].lines == (Moved(line="1", quantity=5),)


@pytest.mark.clause("EC-23")
def test_an_edition_of_before_flags_nothing_and_keeps_its_first_guess() -> None:
    story = Story(an_input(FIVE, policy=BEFORE))
    story.is_paid()
    story.ships()
    story.ships(package="2")
    story.says("outbound", package="1", lines=[{"line": "1", "quantity": 3}])
    assert (units(story), explained(story)) == ([5, 0], ())


# -- lost twice ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-132a")
def test_a_loss_that_the_carrier_tells_again_is_one_incident() -> None:
    story = on_its_way(Carrier())
    story.passes(hours=10)
    story.is_scanned("LOST")
    since = story.order.packages[0].story.since
    for _ in range(2):
        story.passes(hours=10)
        story.is_scanned("LOST")
    assert story.order.packages[0].story.since == since
    assert [str(case.kind) for case in story.order.cases] == ["LOST_OR_DAMAGED"]
    story.is_scanned("IN_TRANSIT")
    assert "FOUND" in story.open_cases


@pytest.mark.clause("SR-132a")
def test_an_edition_of_before_takes_a_second_loss_for_a_finding() -> None:
    story = on_its_way(Carrier(), policy=BEFORE)
    for _ in range(2):
        story.passes(hours=10)
        story.is_scanned("LOST")
    assert {str(case.kind) for case in story.order.cases} == {"LOST_OR_DAMAGED", "FOUND"}
