"""Which warehouses give an order its goods: the edition's criteria, exactly (SR-111; edge cases 7, 9, 28)."""

from __future__ import annotations

import pytest

from domain.allocation import EXACT, Destination, allocate, set_aside
from domain.areas import serves
from domain.stock import Allotment, Available, Want, fill, total_by_sku, units_by_place
from domain.stock_policy import PROMOTION_STOCK, STANDARD_STOCK, Criterion, StockPolicy

WHOLE, FEWEST, REGION, PRIORITY = Criterion
OLD = StockPolicy().criteria
STANDARD = STANDARD_STOCK.criteria


def a_want(line: str, sku: str, quantity: int) -> Want:
    return Want(line=line, sku=sku, quantity=quantity)


def shelves(**given: dict[str, int]) -> list[Available]:
    """Units by warehouse and SKU; the first is preferred."""
    return [
        Available(warehouse=name, sku=sku, units=units, priority=rank)
        for rank, (name, there) in enumerate(given.items())
        for sku, units in there.items()
    ]


def given_by(allotment: Allotment) -> list[tuple[str, str, int]]:
    return [(each.line, each.warehouse, each.quantity) for each in allotment.allocations]


def missing(allotment: Allotment) -> list[tuple[str, int]]:
    return [(each.line, each.quantity) for each in allotment.short]


TEA_AND_CUP = [a_want("1", "TEA", 2), a_want("2", "CUP", 1)]


# -- the values ------------------------------------------------------------------------------------------------------


def test_wants_are_summed_by_sku_in_sku_order() -> None:
    wants = [a_want("1", "B", 3), a_want("2", "A", 1), a_want("3", "B", 4)]
    assert list(total_by_sku(wants).items()) == [("A", 1), ("B", 7)]


def test_what_is_promised_twice_over_is_nothing() -> None:
    levels = [Available(warehouse="SH", sku="A", units=-2), Available(warehouse="SH", sku="B", units=1)]
    assert units_by_place(levels) == {("SH", "A"): 0, ("SH", "B"): 1}
    assert Available(warehouse="SH", sku="A", units=1) == Available(
        warehouse="SH", sku="A", units=1, priority=100, region=""
    )


def test_lines_are_filled_from_the_first_warehouse_that_has_a_whole_line_first() -> None:
    levels = shelves(SH={"TEA": 1, "CUP": 5}, GZ={"TEA": 2, "CUP": 5})
    assert given_by(fill(TEA_AND_CUP, levels, ["SH", "GZ"])) == [("1", "GZ", 2), ("2", "SH", 1)]
    assert given_by(fill([a_want("1", "TEA", 3)], levels, ["SH", "GZ"])) == [("1", "SH", 1), ("1", "GZ", 2)]
    assert given_by(fill([a_want("1", "TEA", 2)], levels, ["SH"])) == [("1", "SH", 1)]


def test_what_one_line_takes_the_next_one_lacks() -> None:
    allotment = fill([a_want("1", "TEA", 3), a_want("2", "TEA", 3)], shelves(SH={"TEA": 5}), ["SH"])
    assert (given_by(allotment), missing(allotment)) == ([("1", "SH", 3), ("2", "SH", 2)], [("2", 1)])


def test_a_line_that_gets_everything_is_not_short_and_one_that_gets_nothing_is() -> None:
    assert missing(fill([a_want("1", "TEA", 1)], shelves(SH={"TEA": 1}), ["SH"])) == []
    nothing = fill([a_want("1", "TEA", 4)], shelves(SH={"CUP": 9, "TEA": 0}), ["SH", "XX"])
    assert (given_by(nothing), missing(nothing)) == ([], [("1", 4)])


# -- the criteria ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-111")
def test_the_whole_order_comes_from_one_warehouse_where_one_has_it() -> None:
    levels = shelves(SH={"TEA": 2}, GZ={"CUP": 1}, BJ={"TEA": 2, "CUP": 1})
    for criteria in (OLD, STANDARD):
        assert given_by(allocate(TEA_AND_CUP, levels, criteria)) == [("1", "BJ", 2), ("2", "BJ", 1)]


def test_of_two_that_have_it_all_the_preferred_one_gives_it_and_the_name_decides_between_equals() -> None:
    levels = shelves(SH={"TEA": 2, "CUP": 1}, GZ={"TEA": 9, "CUP": 9})
    assert given_by(allocate(TEA_AND_CUP, levels, OLD)) == [("1", "SH", 2), ("2", "SH", 1)]
    equals = [level.having(priority=7) for level in levels]
    for criteria in (OLD, STANDARD, (FEWEST,), ()):
        assert {each.warehouse for each in allocate(TEA_AND_CUP, equals, criteria).allocations} == {"GZ"}


def test_without_the_criterion_whole_the_preferred_warehouse_gives_what_it_has() -> None:
    levels = shelves(SH={"TEA": 2}, BJ={"TEA": 2, "CUP": 1})
    assert given_by(allocate(TEA_AND_CUP, levels, (PRIORITY,))) == [("1", "SH", 2), ("2", "BJ", 1)]
    assert given_by(allocate(TEA_AND_CUP, levels, (WHOLE, PRIORITY))) == [("1", "BJ", 2), ("2", "BJ", 1)]


@pytest.mark.clause("SR-111")
def test_fewest_shipments_beat_the_preferred_warehouse() -> None:
    wants = [a_want("1", "A", 1), a_want("2", "B", 1), a_want("3", "C", 1)]
    levels = shelves(SH={"A": 1}, GZ={"B": 1}, BJ={"A": 1, "B": 1}, CD={"C": 1}, XA={"A": 1, "C": 1})
    assert given_by(allocate(wants, levels, OLD)) == [("1", "SH", 1), ("2", "GZ", 1), ("3", "CD", 1)]
    assert given_by(allocate(wants, levels, STANDARD)) == [("1", "XA", 1), ("2", "GZ", 1), ("3", "XA", 1)]


def test_of_equally_many_shipments_the_preferred_warehouses_send_them() -> None:
    wants = [a_want("1", "A", 1), a_want("2", "B", 1)]
    levels = shelves(SH={"A": 1}, GZ={"B": 1}, BJ={"A": 1}, CD={"B": 1})
    assert given_by(allocate(wants, levels, STANDARD)) == [("1", "SH", 1), ("2", "GZ", 1)]


def test_a_short_order_is_sent_in_the_fewest_shipments_too() -> None:
    allotment = allocate([a_want("1", "A", 5)], shelves(SH={"A": 1}, GZ={"A": 1}, BJ={"A": 2}), STANDARD)
    assert (sum(each.quantity for each in allotment.allocations), missing(allotment)) == (4, [("1", 1)])
    enough = allocate(
        [a_want("1", "A", 2), a_want("2", "Z", 1)], shelves(SH={"A": 1}, GZ={"A": 1}, BJ={"A": 2}), STANDARD
    )
    assert (given_by(enough), missing(enough)) == ([("1", "BJ", 2)], [("2", 1)])


def test_a_warehouse_of_the_region_is_nearer_than_a_preferred_one() -> None:
    far, near = shelves(SH={"A": 1}, GZ={"A": 1})
    levels = [far.having(region="华东"), near.having(region="华南")]
    home = Destination(province="广东省")
    assert given_by(allocate([a_want("1", "A", 1)], levels, STANDARD, home)) == [("1", "GZ", 1)]
    assert given_by(allocate([a_want("1", "A", 1)], levels, STANDARD)) == [("1", "SH", 1)]
    assert given_by(allocate([a_want("1", "A", 1)], levels, OLD, home)) == [("1", "SH", 1)]
    assert given_by(allocate([a_want("1", "A", 2)], levels, (REGION,), home)) == [("1", "GZ", 1), ("1", "SH", 1)]
    assert given_by(allocate([a_want("1", "A", 2)], levels, STANDARD, home)) == [("1", "GZ", 1), ("1", "SH", 1)]


def test_the_order_of_the_criteria_is_their_weight() -> None:
    levels = [
        Available(warehouse="FAR", sku="A", units=2, priority=1, region="华东"),
        Available(warehouse="HERE", sku="A", units=1, priority=2, region="华南"),
        Available(warehouse="NEAR", sku="A", units=1, priority=3, region="华南"),
    ]
    wants, home = [a_want("1", "A", 2)], Destination(province="广东")
    assert given_by(allocate(wants, levels, (FEWEST, REGION), home)) == [("1", "FAR", 2)]
    assert given_by(allocate(wants, levels, (REGION, FEWEST), home)) == [("1", "HERE", 1), ("1", "NEAR", 1)]


def test_a_warehouse_that_holds_units_of_the_order_costs_no_further_shipment() -> None:
    levels = shelves(SH={"A": 1}, GZ={"A": 1})
    held = Destination(held=("GZ",))
    assert given_by(allocate([a_want("1", "A", 1)], levels, STANDARD, held)) == [("1", "GZ", 1)]
    assert given_by(allocate([a_want("1", "A", 1)], levels, (FEWEST,), held)) == [("1", "GZ", 1)]
    assert given_by(allocate([a_want("1", "A", 1)], levels, OLD, Destination(held=("BJ",)))) == [("1", "SH", 1)]
    assert given_by(allocate([a_want("1", "A", 2)], levels, (FEWEST,), held)) == [("1", "GZ", 1), ("1", "SH", 1)]


def test_a_warehouse_with_nothing_of_the_order_is_not_asked() -> None:
    levels = shelves(SH={"Z": 9, "A": 0}, GZ={"A": 1}, BJ={"A": -1})
    assert given_by(allocate([a_want("1", "A", 2)], levels, STANDARD)) == [("1", "GZ", 1)]
    assert allocate([], levels, STANDARD) == Allotment()
    assert missing(allocate([a_want("1", "A", 2)], [], STANDARD)) == [("1", 2)]


@pytest.mark.clause("SR-111", "EC-09")
def test_cash_on_delivery_is_split_only_where_nothing_else_is_possible() -> None:
    edition = StockPolicy(criteria=(PRIORITY,), together=("cod",))
    assert edition.for_method("prepaid") == (PRIORITY,)
    assert edition.for_method("cod") == (WHOLE, FEWEST, PRIORITY)
    assert STANDARD_STOCK.for_method("cod") == STANDARD
    levels = shelves(SH={"TEA": 2}, GZ={"CUP": 1}, BJ={"TEA": 2, "CUP": 1})
    assert len({each.warehouse for each in allocate(TEA_AND_CUP, levels, edition.for_method("cod")).allocations}) == 1
    assert (
        len({each.warehouse for each in allocate(TEA_AND_CUP, levels[:2], edition.for_method("cod")).allocations}) == 2
    )


def test_the_editions_figures() -> None:
    assert OLD == (WHOLE, PRIORITY)
    assert (StockPolicy().together, StockPolicy().paid_first, StockPolicy().unpaid_for) == ((), False, None)
    assert STANDARD == (WHOLE, FEWEST, REGION, PRIORITY)
    assert (STANDARD_STOCK.together, STANDARD_STOCK.paid_first) == (("cod",), True)
    assert [each.unpaid_for.total_seconds() / 60 for each in (STANDARD_STOCK, PROMOTION_STOCK) if each.unpaid_for] == [
        24 * 60,
        30,
    ]
    assert PROMOTION_STOCK.criteria == STANDARD
    assert StockPolicy().compressed(lambda span: span / 2) == StockPolicy()
    assert STANDARD_STOCK.compressed(lambda span: span / 48) == PROMOTION_STOCK


# -- beyond eight warehouses -----------------------------------------------------------------------------------------


def test_many_warehouses_are_covered_greedily() -> None:
    """The best two of ten have it all; no single one does."""
    goods = [f"G{n}" for n in range(EXACT + 2)]
    wants = [a_want(sku, sku, 1) for sku in goods]
    singles = {f"W{n}": {sku: 1} for n, sku in enumerate(goods)}
    levels = shelves(**singles, LEFT=dict.fromkeys(goods[:6], 1), RIGHT=dict.fromkeys(goods[6:], 1))
    assert {each.warehouse for each in allocate(wants, levels, STANDARD).allocations} == {"LEFT", "RIGHT"}
    assert {each.warehouse for each in allocate(wants, levels, OLD).allocations} == set(singles)
    everything = [*levels, *(Available(warehouse="ALL", sku=sku, units=1, priority=99) for sku in goods)]
    for criteria in (STANDARD, OLD):
        assert {each.warehouse for each in allocate(wants, everything, criteria).allocations} == {"ALL"}


def test_a_greedy_cover_takes_the_preferred_of_equals_and_only_what_it_needs() -> None:
    levels = [Available(warehouse=f"W{n}", sku="A", units=2, priority=n) for n in range(EXACT + 1)]
    assert given_by(allocate([a_want("1", "A", 5)], levels, (FEWEST,))) == [
        ("1", "W0", 2),
        ("1", "W1", 2),
        ("1", "W2", 1),
    ]


# -- set aside -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-111")
def test_what_paid_orders_lack_is_kept_where_the_order_would_be_asked_last() -> None:
    levels = shelves(SH={"A": 3}, GZ={"A": 2}, BJ={"A": -1, "B": 1})
    kept = {(each.warehouse, each.sku): each.units for each in set_aside(levels, {"A": 3})}
    assert kept == {("SH", "A"): 2, ("GZ", "A"): 0, ("BJ", "A"): -1, ("BJ", "B"): 1}
    assert sum(each.units for each in set_aside(levels, {"A": 99}) if each.units > 0) == 1
    assert sorted(set_aside(levels, {}), key=str) == sorted(levels, key=str)
    assert [each.priority for each in set_aside(levels[:2], {"A": 1})] == [1, 0]


# -- regions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "province", "expected"),
    [
        ("华东", "浙江省", True),
        ("华东", "广东省", False),
        ("浙江", "浙江省", True),
        ("浙江省", "浙江省", True),
        ("广东、广西", "广西壮族自治区", True),
        ("广东, 广西", " 广东省 ", True),
        ("西北/西南", "新疆维吾尔自治区", True),
        ("西北/西南", "云南", True),
        ("东北", "内蒙古自治区", False),
        ("华北", "内蒙古自治区", True),
        ("华中 港澳台", "澳门", True),
        ("", "浙江省", False),
        ("华东", "", False),
        ("", "", False),
        ("，", "浙江省", False),
    ],
)
def test_a_warehouse_serves_areas_or_provinces(region: str, province: str, *, expected: bool) -> None:
    assert serves(region, province) is expected
