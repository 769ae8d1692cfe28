"""The matrix of change requests, all 13 × 8 cells, against a table of its own (§4.7)."""

from __future__ import annotations

import pytest

from domain import change_matrix
from domain.catalogue.changes import ALTERNATIVES, CHANGES, REASONS
from domain.change_matrix import CELLS, COLUMNS, MATRIX, Column, Row, cell_of
from domain.change_requests import ChangeKind

HEAD = (
    *("IN_AUDIT", "CONFIRMED", "AT_WAREHOUSE", "BEING_PICKED"),
    *("AT_DOCK", "ON_ITS_WAY", "OUT_FOR_DELIVERY", "SIGNED_FOR"),
)
TABLE: dict[str, list[str]] = {
    # one word a column; A/S: with consent; R~I: recalled, else the carrier
    "CONTACT": ["A", "A", "A", "A", "R~I", "I", "I", "X"],
    "ADDRESS_SAME_REGION": ["A", "A", "R", "R", "R~I", "I", "X", "X"],
    "ADDRESS_OTHER_REGION": ["A", "A", "R", "R", "R~I", "I", "X", "X"],
    "QUANTITY_DOWN": ["A", "A", "R", "R", "X", "RET", "RET", "RET"],
    "QUANTITY_UP": ["A", "A", "NEW", "NEW", "NEW", "NEW", "NEW", "NEW"],
    "SUBSTITUTE": ["A/S", "A/S", "R/S", "R/S", "RET", "RET", "RET", "RET"],
    "EXPEDITE": ["A", "A", "A", "A", "I", "I", "X", "X"],
    "DELIVER_LATER": ["A", "A", "A", "R", "R", "I", "X", "X"],
    "INVOICE": ["A", "A", "A", "A", "A", "A", "A", "A"],
    "PAYMENT_METHOD": ["A", "A", "R", "R", "X", "X", "X", "X"],
    "GIFT_NOTE": ["A", "A", "A", "X", "X", "X", "X", "X"],
    "CANCEL": ["A", "A", "R", "R", "R~I", "I", "X", "RET"],
    "MERGE": ["A", "A", "R", "X", "X", "X", "X", "X"],
}
OFFERED = {
    ("CONTACT", "SIGNED_FOR"): {"contact_service"},
    ("ADDRESS_SAME_REGION", "OUT_FOR_DELIVERY"): {"ask_courier"},
    ("ADDRESS_SAME_REGION", "SIGNED_FOR"): {"contact_service"},
    ("ADDRESS_OTHER_REGION", "OUT_FOR_DELIVERY"): {"refuse_parcel", "new_order"},
    ("ADDRESS_OTHER_REGION", "SIGNED_FOR"): {"contact_service"},
    ("QUANTITY_DOWN", "AT_DOCK"): {"refuse_parcel", "return_goods"},
    ("EXPEDITE", "OUT_FOR_DELIVERY"): {"wait_for_delivery"},
    ("EXPEDITE", "SIGNED_FOR"): {"contact_service"},
    ("DELIVER_LATER", "OUT_FOR_DELIVERY"): {"ask_courier"},
    ("DELIVER_LATER", "SIGNED_FOR"): {"contact_service"},
    ("PAYMENT_METHOD", "SIGNED_FOR"): {"contact_service"},
    ("CANCEL", "OUT_FOR_DELIVERY"): {"refuse_parcel"},
    **{("PAYMENT_METHOD", column): {"refuse_parcel", "new_order"} for column in HEAD[4:7]},
    **{("GIFT_NOTE", column): {"contact_service"} for column in HEAD[3:]},
    **{("MERGE", column): {"leave_apart"} for column in HEAD[3:]},
}
"""What a refusal offers."""
BELONGS = {
    ("CONTACT", "AT_WAREHOUSE"): {"push_to_warehouse"},
    ("CONTACT", "BEING_PICKED"): {"push_to_warehouse"},
    ("CONTACT", "AT_DOCK"): {"from_dock", "data_only"},
    ("CONTACT", "ON_ITS_WAY"): {"data_only"},
    ("ADDRESS_SAME_REGION", "AT_DOCK"): {"from_dock"},
    ("ADDRESS_OTHER_REGION", "IN_AUDIT"): {"reprice"},
    ("ADDRESS_OTHER_REGION", "CONFIRMED"): {"reprice", "reallocate"},
    ("ADDRESS_OTHER_REGION", "AT_WAREHOUSE"): {"reprice"},
    ("ADDRESS_OTHER_REGION", "AT_DOCK"): {"from_dock"},
    ("ADDRESS_OTHER_REGION", "ON_ITS_WAY"): {"return_and_reship"},
    ("QUANTITY_DOWN", "CONFIRMED"): {"refund"},
    ("QUANTITY_DOWN", "AT_WAREHOUSE"): {"of_line"},
    ("QUANTITY_UP", "CONFIRMED"): {"if_stock", "pay_difference"},
    **{("QUANTITY_UP", column): {"new_shipment"} for column in HEAD[2:4]},
    **{("QUANTITY_UP", column): {"linked_order"} for column in HEAD[4:7]},
    ("QUANTITY_UP", "SIGNED_FOR"): {"new_order"},
    ("SUBSTITUTE", "CONFIRMED"): {"difference"},
    ("SUBSTITUTE", "AT_DOCK"): {"exchange"},
    ("SUBSTITUTE", "SIGNED_FOR"): {"exchange"},
    ("EXPEDITE", "IN_AUDIT"): {"fee"},
    ("EXPEDITE", "CONFIRMED"): {"fee", "reroute"},
    ("EXPEDITE", "AT_WAREHOUSE"): {"priority", "change_carrier"},
    ("EXPEDITE", "BEING_PICKED"): {"priority", "carrier_if_no_label"},
    **{("EXPEDITE", column): {"priority"} for column in HEAD[4:6]},
    ("DELIVER_LATER", "IN_AUDIT"): {"pause_outbound_clock"},
    ("DELIVER_LATER", "AT_WAREHOUSE"): {"hold"},
    ("DELIVER_LATER", "BEING_PICKED"): {"hold_at_dock"},
    ("DELIVER_LATER", "AT_DOCK"): {"from_dock"},
    **{("INVOICE", column): {"until_invoiced"} for column in HEAD[4:7]},
    ("INVOICE", "SIGNED_FOR"): {"red_letter_and_reissue"},
    ("PAYMENT_METHOD", "AT_WAREHOUSE"): {"relabel"},
    ("GIFT_NOTE", "AT_WAREHOUSE"): {"push_to_warehouse"},
    ("CANCEL", "AT_DOCK"): {"from_dock"},
    ("CANCEL", "ON_ITS_WAY"): {"return_to_sender"},
    ("MERGE", "IN_AUDIT"): {"both_unaudited"},
    ("MERGE", "CONFIRMED"): {"same_address_and_customer"},
    ("MERGE", "AT_WAREHOUSE"): {"both"},
}
"""What belongs to a cell: its fee, its new price, its way."""
EACH = [(row, column, said) for row, line in TABLE.items() for column, said in zip(HEAD, line, strict=True)]


@pytest.mark.clause("SR-054")
def test_the_table_has_thirteen_lines_of_eight() -> None:
    assert (len(EACH), len(CELLS), len(MATRIX)) == (104, 104, 13)


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(("row", "column", "said"), EACH, ids=str)
def test_each_cell_says_what_the_manual_says(row: str, column: str, said: str) -> None:
    cell = cell_of(Row(row), Column(column))
    verdict, _, consent = said.partition("~")[0].partition("/")
    assert (cell.verdict.value, cell.consent) == (verdict, consent == "S")
    assert (cell.otherwise.value if cell.otherwise else "") == said.partition("~")[2]
    assert set(cell.how) == BELONGS.get((row, column), set())
    assert set(cell.alternatives) == OFFERED.get((row, column), set())
    assert bool(cell.alternatives) is (verdict == "X"), "a refusal offers something, and nothing else does"


@pytest.mark.clause("SR-054")
def test_every_word_of_the_matrix_has_its_text_in_both_languages() -> None:
    offered = {word for cell in CELLS.values() for word in cell.alternatives}
    said = ({*Row, *ChangeKind}, CHANGES), (set(HEAD[2:]), REASONS), (offered, ALTERNATIVES)
    for words, texts in said:
        assert {word for word in words if not all(texts.get(word, ("", "")))} == set()


REFUSED = {
    ("CONTACT", "AT_DOCK"): "I",
    ("ADDRESS_SAME_REGION", "AT_WAREHOUSE"): "I",
    ("ADDRESS_SAME_REGION", "BEING_PICKED"): "I",
    ("ADDRESS_OTHER_REGION", "BEING_PICKED"): "I",
    ("QUANTITY_DOWN", "AT_WAREHOUSE"): "X",
    ("SUBSTITUTE", "BEING_PICKED"): "RET",
    ("DELIVER_LATER", "BEING_PICKED"): "I",
    ("PAYMENT_METHOD", "AT_WAREHOUSE"): "X",
    ("CANCEL", "AT_WAREHOUSE"): "I",
    ("CANCEL", "AT_DOCK"): "I",
    ("MERGE", "AT_WAREHOUSE"): "X",
}


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("place", REFUSED)
def test_where_the_warehouse_cannot_stop_the_rule_behind_counts(place: tuple[str, str]) -> None:
    """Edge case 1: a refused recall leads to the carrier, or to what else stands further right."""
    row, column = place
    cell = cell_of(Row(row), Column(column), stays=True)
    assert cell.verdict.value == REFUSED[place]
    assert "from_dock" not in cell.how


@pytest.mark.clause("SR-054")
def test_the_matrix_read_anew_is_the_matrix() -> None:
    """What is made once, when the module is loaded, is made again here: so `make mutants` sees a changed reading."""
    for row, line in MATRIX.items():
        for column, text in zip(COLUMNS, line.split("|"), strict=True):
            assert change_matrix._read(text) == CELLS[row, column]
