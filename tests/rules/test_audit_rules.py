"""The basic audit, rule by rule (二(一)1): SR-012 … SR-018, SR-110, SR-111."""

import copy
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import allocate
from domain.audit.customer import is_phone
from domain.audit.goods import shortages
from domain.audit.papers import KnownSku
from domain.audit.rules import audit, blocks
from domain.effects import Content, LineContent
from domain.findings import Finding, Severity
from domain.money import receivable
from domain.policy import AuditPolicy
from domain.posted import UnfitCorrection, corrected
from domain.stock import Allotment, Available, Want
from domain.stock_policy import StockPolicy
from tests.departments.desk import POSTED

GOOD = {**POSTED, "external_id": "T1"}
SKUS = {"TEA": KnownSku(sku="TEA", specification="250g"), "CUP": KnownSku(sku="CUP")}


def found_in(raw: dict[str, Any]) -> tuple[Finding, ...]:
    return audit(raw, SKUS, AuditPolicy())


def codes(raw: dict[str, Any]) -> set[tuple[str, str]]:
    return {(finding.code, finding.field) for finding in found_in(raw)}


def with_(**patch: object) -> dict[str, Any]:
    """The good order with some fields changed; `__` stands for the dot of a path."""
    return corrected(GOOD, [{path.replace("__", "."): value for path, value in patch.items()}])


def test_a_good_order_has_no_finding() -> None:
    assert found_in(GOOD) == ()


@pytest.mark.clause("SR-012", "SR-110")
@pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\u200b", None])
@pytest.mark.parametrize("path", AuditPolicy().required)
def test_a_blank_field_is_missing(path: str, blank: str | None) -> None:
    (finding,) = found_in(corrected(GOOD, [{path: blank}]))
    assert (finding.code, finding.field, finding.severity) == ("FIELD_MISSING", path, Severity.CRITICAL)


@pytest.mark.clause("SR-016")
def test_four_gaps_give_four_findings_at_once() -> None:
    gaps = ("customer.name", "customer.phone", "address.city", "address.street")
    assert codes(corrected(GOOD, [dict.fromkeys(gaps, " ")])) == {("FIELD_MISSING", gap) for gap in gaps}


@pytest.mark.clause("SR-012")
@pytest.mark.parametrize(
    "number",
    [
        *(
            "13800138000",
            "+8613800138000",
            "+86 138 0013 8000",
            "138-0013-8000",
            "１３８００１３８０００",
            "86-13800138000",
        ),
        *("18877771111-123", "010-88886666", "02088886666", "0755-8888666", "0571-88886666-8001", "400-800-8820"),
        *("4008008820", "+85291234567", "(010) 8888 6666"),
    ],
)
def test_numbers_one_can_call(number: str) -> None:
    assert is_phone(number)


@pytest.mark.clause("SR-012")
@pytest.mark.parametrize("number", ["1380013800", "12345678901", "88886666", "n/a", "138001380000", "+", "1380013800O"])
def test_numbers_nobody_can_call(number: str) -> None:
    assert codes(with_(customer__phone=number)) == {("PHONE_MALFORMED", "customer.phone")}


@pytest.mark.clause("SR-012")
def test_a_masked_order_passes_by_its_token() -> None:
    masked = {"customer.name": "王**", "customer.phone": "138****8000", "address.street": "文三路****"}
    assert found_in(corrected(GOOD, [masked])) == ()
    assert codes(corrected(GOOD, [masked, {"customer.buyer_key": ""}])) == {("FIELD_MISSING", "customer.buyer_key")}
    assert codes(corrected(GOOD, [masked, {"address.city": ""}])) == {("FIELD_MISSING", "address.city")}


@pytest.mark.clause("SR-012")
def test_an_encrypted_number_is_not_checked() -> None:
    assert found_in(with_(customer__phone="~AbCdEf0123456789==~1~")) == ()


def test_goods_nobody_brings_need_no_address() -> None:
    nowhere = {f"address.{name}": "" for name in ("province", "city", "district", "street")}
    for delivery in ("pickup", "virtual"):
        assert found_in(corrected(GOOD, [{**nowhere, "delivery_method": delivery}])) == ()
    assert len(found_in(corrected(GOOD, [{**nowhere, "delivery_method": "own_fleet"}]))) == 4


@pytest.mark.clause("SR-013")
def test_unknown_sku_quantity_0_and_wrong_specification_are_three_findings() -> None:
    third = {"line": "3", "sku": "TEA", "specification": "500g", "quantity": 1, "unit_price": 0, "discount": 0}
    raw = with_(lines__1__sku="NOPE", lines__2__quantity=0, total=13800, payment__paid_amount=13800)
    raw["lines"].append(third)
    assert codes(raw) == {
        ("SKU_UNKNOWN", "lines.1.sku"),
        ("QUANTITY_INVALID", "lines.2.quantity"),
        ("SPECIFICATION_MISMATCH", "lines.3.specification"),
    }


@pytest.mark.clause("SR-013")
@pytest.mark.parametrize(("quantity", "fits"), [(-1, False), (0, False), (1, True), (9_999, True), (10_000, False)])
def test_a_quantity_is_a_positive_number_within_limits(quantity: int, *, fits: bool) -> None:
    raw = with_(lines__2__quantity=quantity, total=13800 + 3000 * max(quantity, 0), payment__paid_amount=None)
    assert found_in(raw) == () if fits else codes(raw) == {("QUANTITY_INVALID", "lines.2.quantity")}


@pytest.mark.clause("SR-013")
def test_a_sku_that_is_no_longer_sold() -> None:
    skus = {**SKUS, "CUP": KnownSku(sku="CUP", sellable=False)}
    (finding,) = audit(GOOD, skus, AuditPolicy())
    assert (finding.code, finding.field, finding.severity) == ("SKU_NOT_SELLABLE", "lines.2.sku", Severity.CRITICAL)


@pytest.mark.clause("SR-013")
@pytest.mark.parametrize("written", ["250g", "250 G", "２５０ｇ", "", "  "])
def test_a_specification_is_compared_by_what_it_says(written: str) -> None:
    assert found_in(with_(lines__1__specification=written)) == ()


@pytest.mark.clause("SR-014")
@pytest.mark.parametrize("off", [-1, 1])
def test_an_order_off_by_1_fen_names_expected_and_actual(off: int) -> None:
    (finding,) = found_in(with_(total=16800 + off, payment__paid_amount=16800 + off))
    assert (finding.code, finding.field, finding.severity) == ("AMOUNT_MISMATCH", "total", Severity.CRITICAL)
    assert finding.params == {"expected": 16800, "actual": 16800 + off}


@pytest.mark.clause("SR-014")
@pytest.mark.parametrize(("share", "fits"), [(598, False), (599, True), (600, True), (601, True), (602, False)])
def test_discount_shares_may_be_off_by_1_fen_in_all(share: int, *, fits: bool) -> None:
    assert codes(with_(lines__1__discount=share)) == (set() if fits else {("LINE_DISCOUNT_MISMATCH", "discount")})


@pytest.mark.clause("SR-018")
def test_a_line_discounted_by_more_than_it_costs_is_named() -> None:
    raw = with_(lines__2__discount=3001, discount=3601, total=13799, payment__paid_amount=13799)
    (finding,) = found_in(raw)
    assert (finding.field, finding.params) == ("lines.2.discount", {"expected": 3000, "actual": 3001})


@pytest.mark.parametrize("name", ["freight", "tax", "platform_discount"])
def test_no_amount_is_negative(name: str) -> None:
    assert name in {finding.field for finding in found_in(corrected(GOOD, [{name: -100}]))}


@pytest.mark.clause("SR-015")
def test_paid_and_borne_by_the_platform_is_what_is_due() -> None:
    assert found_in(with_(platform_discount=800, payment__paid_amount=16000)) == ()
    (finding,) = found_in(with_(platform_discount=800))
    assert (finding.code, finding.field) == ("PAYMENT_INCONSISTENT", "payment.paid_amount")
    assert finding.severity is Severity.BLOCKING, "a person may let it pass: the payment gate keeps the goods"
    assert finding.params == {"expected": 16000, "actual": 16800}


@pytest.mark.clause("SR-015")
@pytest.mark.parametrize("paid", [None, 0])
@pytest.mark.parametrize("method", ["cod", "credit", "prepaid"])
def test_an_order_passes_before_it_is_paid(method: str, paid: int | None) -> None:
    assert found_in(with_(payment__method=method, payment__paid_amount=paid)) == ()


def test_a_finding_never_repeats_what_is_personal() -> None:
    raw = with_(customer__phone="138 secret", customer__name="", address__city="")
    said = "".join(finding.model_dump_json() for finding in found_in(raw))
    assert "secret" not in said
    assert "文三路" not in said


def test_what_the_house_demands_more_blocks_but_is_not_critical() -> None:
    policy = AuditPolicy(required=(*AuditPolicy().required, "customer.buyer_key"))
    (finding,) = audit(with_(customer__buyer_key=None), SKUS, policy)
    assert (finding.severity, blocks([finding])) == (Severity.BLOCKING, True)


@pytest.mark.clause("SR-019")
def test_a_correction_names_a_line_by_its_id_and_leaves_the_posted_order_alone() -> None:
    before = copy.deepcopy(GOOD)
    after = corrected(GOOD, [{"lines.2.quantity": 3}, {"lines.2.quantity": 4, "customer.phone": "13900139000"}])
    assert [line["quantity"] for line in after["lines"]] == [2, 4]
    assert after["customer"]["phone"] == "13900139000"
    assert before == GOOD


@pytest.mark.parametrize("path", ["lines.9.quantity", "", "nobody.name", "customer."])
def test_a_correction_of_what_is_not_there_is_refused(path: str) -> None:
    with pytest.raises(UnfitCorrection, match="no field"):
        corrected(GOOD, [{path: 1}])


# -- money and stock -------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.builds(
        lambda quantity, unit_price, share: LineContent(
            line="1", sku="TEA", quantity=quantity, unit_price=unit_price, discount=int(quantity * unit_price * share)
        ),
        st.integers(1, 99),
        st.integers(0, 1_000_000),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=8,
)


@given(lines=LINES, freight=st.integers(0, 10_000), tax=st.integers(0, 10_000))
def test_two_equal_lines_cost_twice_as_much(lines: list[LineContent], freight: int, tax: int) -> None:
    """Defect D1 of the closest peer: sums must not run on inside the loop."""

    def due(*parts: LineContent) -> int:
        discount = sum(line.discount for line in parts)
        content = Content(lines=parts, currency="CNY", discount=discount, total=0, payment_method="cod")
        return receivable(content.having(freight=freight, tax=tax)) - freight - tax

    assert due(*lines, *lines) == 2 * due(*lines) == 2 * sum(due(line) for line in lines)
    assert due(*lines) >= 0


def wants(*units: int, sku: str = "TEA") -> list[Want]:
    return [Want(line=str(number), sku=sku, quantity=quantity) for number, quantity in enumerate(units, 1)]


allot = partial(allocate, criteria=StockPolicy().criteria)


def levels(**units: int) -> list[Available]:
    return [Available(warehouse=warehouse, sku="TEA", units=count) for warehouse, count in units.items()]


@pytest.mark.clause("SR-111")
def test_stock_5_order_5_passes_and_two_lines_of_3_do_not() -> None:
    assert allot(wants(5), levels(A=5)).short == ()
    assert [moved.quantity for moved in allot(wants(3, 3), levels(A=5)).short] == [1]


@pytest.mark.clause("SR-111")
def test_one_warehouse_that_has_it_all_is_preferred_to_two() -> None:
    given_by = {given.warehouse for given in allot(wants(3, 3), levels(A=5, B=6)).allocations}
    assert given_by == {"B"}


def test_a_line_in_one_parcel_is_better_than_in_two() -> None:
    allotment = allot(wants(1, 4), levels(A=3, B=4))
    assert [(given.line, given.warehouse) for given in allotment.allocations] == [("1", "A"), ("2", "B")]


@pytest.mark.clause("SR-017")
def test_a_shortage_is_a_notice_with_its_figures_and_stops_nothing() -> None:
    short = allot(wants(3, 3), levels(A=5))
    (finding,) = shortages(wants(3, 3), short, {"TEA": 5})
    assert (finding.code, finding.field) == ("STOCK_SHORT", "lines.2.quantity")
    assert finding.params == {"sku": "TEA", "available": 5, "ordered": 6}
    assert [each.params["available"] for each in shortages(wants(3), allot(wants(3), levels()), {})] == [0]
    assert not blocks([finding])
    assert shortages(wants(3), Allotment(), {"TEA": 5}) == ()


@given(
    ordered=st.lists(st.tuples(st.sampled_from("XYZ"), st.integers(1, 9)), min_size=1, max_size=6),
    shelf=st.dictionaries(st.tuples(st.sampled_from("AB"), st.sampled_from("XYZ")), st.integers(-3, 12)),
)
def test_nobody_gives_what_he_has_not_and_nothing_is_lost(
    ordered: list[tuple[str, int]], shelf: dict[tuple[str, str], int]
) -> None:
    wanted = [Want(line=str(n), sku=sku, quantity=units) for n, (sku, units) in enumerate(ordered)]
    there = [Available(warehouse=place, sku=sku, units=units) for (place, sku), units in sorted(shelf.items())]
    allotment = allot(wanted, there)
    sku_of = {want.line: want.sku for want in wanted}
    for want in wanted:
        parts = [given.quantity for given in allotment.allocations if given.line == want.line]
        missing = [moved.quantity for moved in allotment.short if moved.line == want.line]
        assert sum(parts) + sum(missing) == want.quantity
    for (place, sku), units in shelf.items():
        taken = sum(
            given.quantity for given in allotment.allocations if (given.warehouse, sku_of[given.line]) == (place, sku)
        )
        assert taken <= max(units, 0)
    for sku in "XYZ":
        total = sum(max(units, 0) for (_, name), units in shelf.items() if name == sku)
        wanted_units = sum(want.quantity for want in wanted if want.sku == sku)
        short = sum(moved.quantity for moved in allotment.short if sku_of[moved.line] == sku)
        assert short == max(wanted_units - total, 0)
