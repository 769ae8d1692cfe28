"""Values are copied and remember what was worked out from them: never longer than it is true."""

from __future__ import annotations

from typing import Any

import pytest

from domain.changes import standing
from domain.order import Order
from domain.promises import clocks
from tests.rules.story import an_input, delivered, shipped

REMEMBERED = (clocks, standing, lambda order: order.stage, lambda order: order.delivered_at)


class Unread(Order):
    """An order whose marks nobody may look at."""

    def __getattribute__(self, name: str) -> Any:
        """Everything but the marks."""
        if name in Order.only_noted:
            raise AssertionError(f"{name} was read")
        return super().__getattribute__(name)


@pytest.mark.parametrize("order", [shipped().order, delivered().order], ids=lambda order: order.stage)
def test_nothing_that_is_remembered_of_an_order_reads_its_marks(order: Order) -> None:
    blind = Unread.model_construct(**{name: order.__dict__[name] for name in Order.model_fields})
    for ask in REMEMBERED:
        assert ask(blind) == ask(order)
    with pytest.raises(AssertionError, match="fired was read"):
        _ = blind.fired


def test_what_is_known_is_kept_by_marks_and_forgotten_by_everything_else() -> None:
    order = shipped().order
    known = clocks(order)
    marked = order.having(fired=(*order.fired, "seen it"), said=(), seen=())
    assert clocks(marked) is known
    assert marked.fired[-1] == "seen it"
    assert "seen it" not in order.fired
    test = order.having(test=True)
    assert clocks(test) == ()
    assert clocks(order) is known
    both = order.having(test=True, fired=())
    assert clocks(both) == ()


def test_a_copy_equals_the_value_that_was_read_anew() -> None:
    order = delivered().order
    assert order.stage  # is known from here on
    copy = order.having(tenant="other")
    assert copy == Order.model_validate(order.model_dump() | {"tenant": "other"})
    assert set(copy.__dict__) == set(Order.model_fields)


def test_a_copy_knows_which_fields_were_given() -> None:
    given = an_input()
    assert "snapshot" not in given.model_fields_set
    assert given.having(snapshot={}).model_fields_set == given.model_fields_set | {"snapshot"}
    assert given.having(order_no="SO9").model_fields_set == given.model_fields_set
    assert "snapshot" not in given.model_fields_set
