"""Every version's raw changes, put on the one before, give it (invariant 13, SR-019)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from domain.posted import corrected
from domain.versions import MASK, Change, changes

POSTED: dict[str, Any] = {
    "channel": "tmall",
    "customer": {"name": "王小明", "phone": None},
    "address": {"street": "文三路 90 号"},
    "lines": [{"line": "1", "sku": "A", "quantity": 2}, {"line": "x.2", "sku": "B", "quantity": 1, "design_id": ""}],
    "total": 100,
    "payment": {"method": "prepaid"},
    "buyer_message": "急",
}
PATHS = (
    *("customer.name", "customer.phone", "customer.buyer_key", "address.street", "address.city", "total", "freight"),
    *("lines.1.quantity", "lines.1.design_id", "lines.x.2.sku", "payment.method", "buyer_message", "seller_memo"),
)
VALUES = some.one_of(some.none(), some.integers(-3, 3), some.text("a王 ", max_size=3))
LINES = some.lists(some.builds(lambda n: {"line": "9", "sku": f"S{n}", "quantity": n}, some.integers(0, 2)), max_size=1)
PATCHES = some.lists(
    some.one_of(
        some.dictionaries(some.sampled_from(PATHS), VALUES, max_size=4),
        some.fixed_dictionaries({"customer": some.fixed_dictionaries({"name": VALUES})}),
    ),
    max_size=5,
)


@pytest.mark.clause("SR-019")
@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw of a fresh checkout reads all modules
@given(patches=PATCHES, lines=some.one_of(some.none(), LINES))
def test_each_versions_changes_put_on_the_one_before_give_it(
    patches: list[dict[str, Any]], lines: list[dict[str, Any]] | None
) -> None:
    before: dict[str, Any] = copy.deepcopy(POSTED)
    last = [{"lines": lines}] if lines is not None else []
    for patch in (*patches, *last):
        after = corrected(before, [patch])
        made = changes(before, after)
        assert corrected(before, [{change.field: change.after for change in made}]) == after
        assert (made == ()) is (before == after)
        before = after


@pytest.mark.clause("SR-019")
def test_a_change_names_its_field_as_a_finding_does() -> None:
    after = corrected(POSTED, [{"customer.phone": "13800138000", "lines.x.2.quantity": 3}])
    assert changes(POSTED, after) == (
        Change(field="customer.phone", before=None, after="13800138000"),
        Change(field="lines.x.2.quantity", before=1, after=3),
    )


@pytest.mark.clause("SR-019")
@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Change(field="customer.name", before="王小明", after="李雷"), (MASK, MASK)),
        (Change(field="address.street", before=None, after="长安街"), (None, MASK)),
        (Change(field="buyer_message", before="急", after=None), (MASK, None)),
        (Change(field="total", before=1, after=2), (1, 2)),
        (Change(field="lines.1.quantity", before=1, after=2), (1, 2)),
    ],
)
def test_who_may_not_see_the_receiver_sees_that_it_changed(change: Change, shown: tuple[Any, Any]) -> None:
    assert (change.masked.before, change.masked.after) == shown
