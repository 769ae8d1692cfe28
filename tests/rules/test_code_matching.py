"""Platform codes become our SKUs and bundles, to the last fen (SR-170, SR-021, edge case 51)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.code_matching import CodeMatch, Component, unmatched_codes, with_our_goods
from domain.findings import Finding, Severity
from domain.money import line_amount, receivable, shared_discount
from domain.posted import content_of
from tests.rules.story import Story, an_input, the_party_does_it


def posted(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    total = sum(line["quantity"] * line["unit_price"] - line["discount"] for line in lines)
    discount = sum(line["discount"] for line in lines)
    head = {"currency": "CNY", "total": total, "discount": discount, "payment": {"method": "prepaid"}}
    return {**head, "lines": list(lines), **fields}


def a_line(line: str = "1", sku: str = "BOX", quantity: int = 1, price: int = 10_000, discount: int = 0) -> Any:
    return {
        "line": line,
        "sku": sku,
        "specification": "礼盒",
        "quantity": quantity,
        "unit_price": price,
        "discount": discount,
    }


def match(*components: Component, code: str = "BOX") -> dict[str, CodeMatch]:
    return {code: CodeMatch(channel="tmall", code=code, components=components)}


@pytest.mark.clause("SR-170")
def test_another_name_of_one_sku_changes_only_the_name() -> None:
    raw = posted(a_line(quantity=3, discount=7), a_line("2", sku="TEA"))
    ours = with_our_goods(raw, match(Component(sku="CUP")))
    assert ours["lines"] == [{**a_line(quantity=3, discount=7), "sku": "CUP"}, a_line("2", sku="TEA")]
    assert raw["lines"][0]["sku"] == "BOX", "what was posted stays"
    sized = with_our_goods(raw, match(Component(sku="CUP", specification="300ml")))
    assert sized["lines"][0]["specification"] == "300ml"


@pytest.mark.clause("SR-170", "SR-021")
def test_a_bundle_becomes_its_parts_marked_and_priced() -> None:
    raw = posted(a_line(quantity=2, price=10_000, discount=100))
    ours = with_our_goods(
        raw,
        match(
            Component(sku="TEA", share=3),
            Component(sku="CUP", quantity=3, share=1),
            Component(sku="CARD", gift=True),
        ),
    )
    lines = [(line.line, line.sku, line.quantity, line.unit_price, line.discount) for line in content_of(ours).lines]
    assert lines == [
        ("1", "TEA", 2, 7_500, 75),
        ("1#2", "CUP", 4, 833, 17),
        ("1#3", "CUP", 2, 834, 8),
        ("1#4", "CARD", 2, 0, 0),
    ]
    marks = [(line.added_by_rule, line.part_of) for line in content_of(ours).lines]
    assert marks == [("bundle", "1")] * 3 + [("gift", "1")]


@pytest.mark.clause("SR-170")
def test_a_pack_of_several_is_a_bundle_of_one_sku() -> None:
    ours = content_of(with_our_goods(posted(a_line(price=1_000)), match(Component(sku="CUP", quantity=6))))
    assert [(line.quantity, line.unit_price, line.added_by_rule) for line in ours.lines] == [
        (2, 166, "bundle"),
        (4, 167, "bundle"),
    ]


PARTS = some.lists(
    some.builds(
        Component,
        sku=some.sampled_from(["A", "B", "C"]),
        quantity=some.integers(1, 7),
        share=some.integers(0, 9),
        gift=some.booleans(),
    ),
    min_size=1,
    max_size=5,
).filter(lambda parts: not all(part.gift for part in parts))


@pytest.mark.clause("SR-170")
@given(PARTS, some.integers(1, 50), some.integers(0, 10**7), some.integers(0, 10**5))
def test_the_parts_cost_what_the_line_costs(parts: list[Component], quantity: int, price: int, discount: int) -> None:
    discount = min(discount, quantity * price)
    raw = posted(a_line(quantity=quantity, price=price, discount=discount), a_line("2", sku="TEA"))
    before, after = content_of(raw), content_of(with_our_goods(raw, match(*parts)))
    mine = [line for line in after.lines if line.line != "2"]
    assert sum(map(line_amount, mine)) == quantity * price
    assert sum(line.discount for line in mine) == discount
    assert all(0 <= line.discount <= line_amount(line) for line in mine)
    assert (receivable(after), shared_discount(after)) == (receivable(before), shared_discount(before))
    plain = len(parts) == 1 and parts[0].quantity == 1
    assert sum(line.quantity for line in mine) == quantity * (1 if plain else sum(part.quantity for part in parts))
    assert len({line.line for line in after.lines}) == len(after.lines)


@pytest.mark.clause("SR-170")
@pytest.mark.parametrize("wrong", [{"quantity": 0}, {"quantity": -1}, {"unit_price": -1}, {"discount": -1}])
def test_a_line_that_cannot_be_priced_stays_as_posted(wrong: dict[str, int]) -> None:
    line = a_line() | wrong
    assert with_our_goods(posted(line), match(Component(sku="A"), Component(sku="B")))["lines"] == [line]
    renamed = with_our_goods(posted(line), match(Component(sku="A")))["lines"]
    assert renamed == [{**line, "sku": "A"}], "a mere name needs no price"


@pytest.mark.clause("SR-170")
def test_a_part_never_takes_the_id_of_a_posted_line() -> None:
    raw = posted(a_line(), a_line("1#2", sku="TEA"))
    ours = with_our_goods(raw, match(Component(sku="A"), Component(sku="B")))
    assert [line["line"] for line in ours["lines"]] == ["1", "1#2#", "1#2"]


@pytest.mark.clause("SR-170")
def test_the_queue_is_of_codes_that_nobody_knows() -> None:
    raw = posted(a_line(), a_line("2", sku="TEA"), a_line("3", sku=" "), a_line("4", sku="SET"))
    ours = with_our_goods(raw, match(Component(sku="CUP"), Component(sku="GONE"), code="SET"))
    assert unmatched_codes(ours, {"TEA", "CUP"}) == {"1": "BOX"}, "our own missing SKU is no code of the platform"


UNKNOWN = Finding(code="SKU_UNKNOWN", field="lines.1.sku", severity=Severity.CRITICAL, params={"sku": "BOX"})


def audited(*findings: Finding) -> Any:
    """An audit that finds this in the first version, and nothing in the second."""

    def answer(order: Any, effect: Any) -> Any:
        outcome = the_party_does_it(order, effect)
        wrong = effect.kind == "audit_order" and order.version == 1
        return outcome.having(findings=findings, allocations=()) if wrong and outcome else outcome

    return answer


@pytest.mark.clause("SR-170")
def test_a_matched_code_has_the_order_audited_again_by_itself() -> None:
    story = Story(an_input(), audited(UNKNOWN))
    assert (story.order.stage, story.open_cases) == ("NEEDS_CORRECTION", ["INFO_ERROR"])
    story.says("codes_matched", code="BOX")
    assert (story.order.stage, story.order.version, story.open_cases) == ("AWAITING_CONFIRMATION", 2, [])
    assert all(task.done_at for task in story.order.tasks)
    story.says("codes_matched", code="BOX")
    assert story.order.version == 2, "told again changes nothing"


@pytest.mark.clause("SR-170")
def test_a_match_repairs_no_order_that_lacks_something_else() -> None:
    other = UNKNOWN.having(code="PHONE_MALFORMED", field="customer.phone")
    story = Story(an_input(), audited(other))
    story.says("codes_matched", code="BOX")
    assert (story.order.stage, story.order.version) == ("NEEDS_CORRECTION", 1)


@pytest.mark.clause("SR-170")
def test_a_match_that_overtakes_the_audit_waits_for_it() -> None:
    answers: list[Any] = []
    inner = audited(UNKNOWN)

    def slow(order: Any, effect: Any) -> Any:
        return inner(order, effect) if answers or effect.kind != "audit_order" else None

    story = Story(an_input(), slow)
    story.says("codes_matched", code="BOX")
    assert [entry.kind for entry in story.order.unmatched] == ["codes_matched"]
    answers.append("now")
    story.hears()
    assert (story.order.stage, story.order.version, story.order.unmatched) == ("AWAITING_CONFIRMATION", 2, ())
