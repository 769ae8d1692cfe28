"""An order and its carrier: chosen with the entry, told to the warehouse, promised to the customer (SR-052, SR-148)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from domain.books import books
from domain.calendar import end_of_day
from domain.carriage import Choice, Chosen, NoCarrier, Obstacle, Offer, Refused
from domain.carrier_effects import CarrierOutcome
from domain.effects import EffectKind, ReleaseRequest
from domain.entry_effects import EnterOutcome
from domain.holds import EffectState
from domain.inside import Outcome
from domain.manual.explain import explain
from domain.order import Order
from domain.policy import STANDARD
from tests.rules.story import PLACED, Answers, Story, a_content, a_line, an_input, the_party_does_it

ZONE = STANDARD.zone
SF = Offer(carrier="SF", days=2, cut_off=time(16)).leaving(PLACED, ZONE)
HEAVY = Offer(carrier="ZTO", days=4, obstacles=(Obstacle.TOO_HEAVY,)).leaving(PLACED, ZONE)
GOES = Chosen(offer=SF, why="BEST")
NOBODY = NoCarrier(refused=(Refused(carrier="ZTO", obstacles=(Obstacle.TOO_HEAVY,)),), others=(HEAVY,))


class Table:
    """A carrier table that says what a scene wants, to the entry and to those who look again."""

    def __init__(self, first: dict[str, Choice], again: Choice = GOES) -> None:
        self.first, self.again = first, again
        self.asked: list[Any] = []
        self.released: list[ReleaseRequest] = []

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        match effect.kind:
            case EffectKind.ENTER:
                self.asked.append(effect.request["carriage"])
                return EnterOutcome(document="E1", carriers=self.first)
            case EffectKind.CHOOSE_CARRIER:
                self.asked.append(effect.request["carriage"])
                return CarrierOutcome(choice=self.again)
            case EffectKind.RELEASE:
                self.released.append(ReleaseRequest.model_validate(effect.request))
        return the_party_does_it(order, effect)


def entered(table: Table, **fields: Any) -> Story:
    story = Story(an_input(**fields), table)
    if story.order.payment.needed:
        story.is_paid()
    return story


def in_two_places(table: Table) -> Answers:
    """Answers as the table has them, the second line from BJ."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        answer = table(order, effect)
        if effect.kind != EffectKind.AUDIT or answer is None:
            return answer
        first, second = answer.allocations  # type: ignore[union-attr]
        return answer.having(allocations=(first, second.having(warehouse="BJ")))

    return answers


@pytest.mark.clause("SR-052", "SR-174")
def test_the_carrier_is_chosen_before_the_release_and_goes_with_it() -> None:
    table = Table({"SH": GOES})
    story = entered(table, content=a_content(preferred_carrier="SF"))
    [asked] = table.asked
    assert asked["parcels"] == [{"warehouse": "SH", "units": {"SKU-1": 2}, "cash": 0, "avoid": ""}]
    assert (asked["preferred"], asked["zone"], asked["within_days"]) == ("SF", ZONE, None)
    [release] = table.released
    assert (release.carrier, release.cash_on_delivery) == ("SF", 0)
    [row] = books(story.order, story.now).shipments
    assert (row.carrier, row.ships_on, row.delivered_by) == ("SF", date(2026, 11, 23), date(2026, 11, 25))
    assert story.noted.count("carrier_chosen") == 1
    assert story.open_cases == []
    assert not [effect for effect in story.order.effects if effect.kind == EffectKind.CHOOSE_CARRIER]


@pytest.mark.clause("SR-174")
def test_an_empty_table_leaves_everything_to_the_warehouse() -> None:
    table = Table({})
    story = entered(table)
    [release] = table.released
    assert (release.carrier, release.via) == ("", "")
    assert "carrier_chosen" not in story.noted
    story.ships()
    [package] = story.order.packages
    assert package.promised_at == end_of_day(date(2026, 11, 26), ZONE), "the policy's three days"


@pytest.mark.clause("SR-174")
@pytest.mark.parametrize(
    "fields",
    [
        {"policy": STANDARD.having(carriage="none")},
        {"content": a_content(delivery_method="pickup")},
    ],
)
def test_an_older_edition_and_goods_that_nobody_carries_ask_no_table(fields: dict[str, Any]) -> None:
    table = Table({})
    entered(table, **fields)
    assert table.asked == [None]
    assert len(table.released) == 1


@pytest.mark.clause("SR-148", "SR-173")
@pytest.mark.parametrize(
    ("hours", "day"),
    [(6, 25), (7, 25), (7.01, 26), (31.5, 27)],
)
def test_the_first_promise_is_the_tables_from_the_day_it_left(hours: float, day: int) -> None:
    story = entered(Table({"SH": GOES}))
    story.passes(hours=hours)
    story.ships()
    assert story.order.packages[0].promised_at == end_of_day(date(2026, 11, day), ZONE)
    assert story.clock("C6").due_at == end_of_day(date(2026, 11, day), ZONE)
    [letter] = [letter for letter in story.letters if letter.template == "SHIPPED_WITH_ETA"]
    assert letter.params["date"] == f"2026-11-{day}"


@pytest.mark.clause("SR-148")
def test_the_orders_own_day_and_a_known_estimate_go_before_the_table() -> None:
    own = entered(Table({"SH": GOES}), promised_delivery_date=date(2026, 12, 1))
    own.ships()
    assert own.order.packages[0].promised_at == end_of_day(date(2026, 12, 1), ZONE)
    told = entered(Table({"SH": GOES}))
    told.says("tracking_number", tracking_number="SF1", carrier="SF")
    told.says("delivery_estimated", tracking_number="SF1", estimated_at=datetime.fromisoformat("2026-11-28T10:00:00Z"))
    told.ships()
    assert told.order.packages[0].promised_at == end_of_day(date(2026, 11, 28), ZONE)


@pytest.mark.clause("SR-148", "SR-174", "EC-58")
def test_a_forbidden_route_keeps_the_goods_here_and_a_person_chooses() -> None:
    table = Table({"SH": NOBODY})
    story = entered(table)
    assert story.open_cases == ["INFO_ERROR"]
    [task] = [task for task in story.order.tasks if task.kind == "CHOOSE_CARRIER"]
    assert (task.role, [offer["carrier"] for offer in task.params["offers"]]) == ("logistics", ["ZTO"])
    assert task.params["refused"] == [{"carrier": "ZTO", "obstacles": ["TOO_HEAVY"], "until": None}]
    waits = [wait for wait in explain(story.order, story.now, None).waiting if wait.who == "logistics"]
    assert [wait.what for wait in waits] == ["carrier of shipment/1"]
    assert "choose_carrier" in explain(story.order, story.now, None).actions
    story.passes(hours=24)
    assert table.released == []
    assert story.asks("choose_carrier", carrier="SF") == "CARRIER_NOT_POSSIBLE"
    assert story.asks("choose_carrier", shipment=2, carrier="ZTO") == "NO_CHOICE_OPEN"
    assert story.asks("choose_carrier", carrier="ZTO") == ""
    [release] = table.released
    assert release.carrier == "ZTO"
    [row] = books(story.order, story.now).shipments
    assert (row.ships_on, row.delivered_by) == (date(2026, 11, 24), date(2026, 11, 28)), "a day later than offered"
    assert story.open_cases == []
    assert all(task.done_at for task in story.order.tasks)
    assert story.asks("choose_carrier", carrier="ZTO") in {"WRONG_STAGE", "NO_CHOICE_OPEN"}


@pytest.mark.clause("SR-174")
def test_a_table_that_was_mended_is_looked_at_again() -> None:
    table = Table({"SH": NOBODY}, again=NOBODY)
    story = entered(table)
    assert story.asks("choose_carrier") == ""
    assert table.released == []
    table.again = GOES
    assert story.asks("choose_carrier") == ""
    assert [release.carrier for release in table.released] == ["SF"]
    looks = [effect.key for effect in story.order.effects if effect.kind == EffectKind.CHOOSE_CARRIER]
    assert looks == [f"{story.order.number}/carrier/1/1", f"{story.order.number}/carrier/1/2"]


@pytest.mark.clause("SR-174")
def test_where_the_table_offers_nobody_a_person_may_name_anybody() -> None:
    table = Table({"SH": NoCarrier()})
    story = entered(table)
    assert story.asks("choose_carrier", carrier="EMS") == ""
    story.ships()
    assert [release.carrier for release in table.released] == ["EMS"]
    assert story.order.packages[0].promised_at == end_of_day(date(2026, 11, 26), ZONE), "no days known: the policy's"


@pytest.mark.clause("SR-174")
def test_one_shipment_waits_and_the_other_goes() -> None:
    table = Table({"SH": NOBODY, "BJ": GOES})
    story = Story(an_input(a_content(a_line(), a_line("2"))), in_two_places(table))
    story.is_paid()
    assert [(release.warehouse, release.carrier) for release in table.released] == [("BJ", "SF")]
    assert [case.subject for case in story.order.open_cases] == ["shipment/1"]
    assert story.asks("choose_carrier", shipment=1, carrier="ZTO") == ""
    assert [release.warehouse for release in table.released] == ["BJ", "SH"]


@pytest.mark.clause("SR-174")
def test_a_shipment_that_comes_later_is_looked_up_anew() -> None:
    table = Table({"SH": GOES})
    story = entered(table)
    story.says("short_picked", shipment=1, line="1", quantity=1)
    story.says("stock_arrived", sku="SKU-1")
    assert [release.warehouse for release in table.released] == ["SH", "BJ"]
    assert [asked["parcels"][0]["warehouse"] for asked in table.asked] == ["SH", "BJ"]


@pytest.mark.clause("SR-052", "EC-09")
def test_cash_on_delivery_goes_with_the_release_to_the_last_fen() -> None:
    table = Table({"SH": GOES, "BJ": GOES})
    lines = (a_line(unit_price=1_000), a_line("2", quantity=1, unit_price=1_000))
    story = Story(an_input(a_content(*lines, payment_method="cod", freight=100, total=3_100)), in_two_places(table))
    assert [parcel["cash"] for parcel in table.asked[0]["parcels"]] == [2_067, 1_033]
    assert [release.cash_on_delivery for release in table.released] == [2_067, 1_033]
    assert sum(row.cash_on_delivery for row in books(story.order, story.now).shipments) == story.order.payment.due


@pytest.mark.clause("SR-174")
def test_an_order_that_is_cancelled_wants_no_carrier_any_more() -> None:
    story = entered(Table({"SH": NOBODY}))
    assert story.asks("cancel", reason="nobody drives there") == ""
    assert story.open_cases == []
    assert story.order.stage == "CANCELLED"
