"""The matrix of change requests, all 13 × 8 cells: what it says, and what an order in each cell is answered (§4.7)."""

from __future__ import annotations

import pytest

from domain import change_matrix
from domain.catalogue.changes import ALTERNATIVES, CHANGES, REASONS
from domain.change_matrix import CELLS, COLUMNS, MATRIX, Column, Row, cell_of
from domain.change_requests import ChangeAnswer, ChangeKind
from domain.inside import Asked
from domain.manual.accepting import accepted
from domain.order import Order
from tests.rules.manual_matrix import CELLS as MANUAL
from tests.rules.manual_matrix import Said
from tests.rules.quoting import asked, request, said_no
from tests.rules.recalling import at, complaints, effects
from tests.rules.story import Story, the_party_does_it

OF_LANGUAGE = {"zh-Hans": 0, "en": 1}


def name_of(cell: Said) -> str:
    return f"{cell.row}-{cell.column}"


@pytest.mark.clause("SR-054")
def test_the_table_has_thirteen_lines_of_eight() -> None:
    assert (len(MANUAL), len({cell[:2] for cell in MANUAL}), len(CELLS), len(MATRIX)) == (104, 104, 104, 13)


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("said", MANUAL, ids=name_of)
def test_each_cell_says_what_the_manual_says(said: Said) -> None:
    cell = cell_of(Row(said.row), Column(said.column))
    assert (cell.verdict.value, cell.consent) == (said.verdict, said.consent)
    assert (cell.otherwise.value if cell.otherwise else "") == said.otherwise
    assert (frozenset(cell.how), frozenset(cell.alternatives)) == (said.how, said.offered)
    assert bool(cell.alternatives) is (said.verdict == "X"), "a refusal offers something, and nothing else does"


# -- live ------------------------------------------------------------------------------------------------------------


def speaking(language: str, column: str) -> Story:
    story = at(column, "")
    policy = story.order.policy
    story.order = story.order.having(policy=policy.having(language=language))
    return story


def is_as_said(answer: ChangeAnswer, said: Said, language: str) -> None:
    """Verdict, reason and alternatives, and their words."""
    assert (answer.verdict, answer.row, answer.column) == (said.answer, said.row, said.column)
    assert (answer.cell, answer.consent, frozenset(answer.how)) == (said.verdict, said.consent, said.how)
    assert (answer.code, answer.waits_for) == (said.reason, said.asks)
    assert answer.reason == (REASONS[said.reason][OF_LANGUAGE[language]] if said.reason else "")
    assert answer.alternatives == {each: ALTERNATIVES[each][OF_LANGUAGE[language]] for each in said.offered}
    assert (answer.until is not None) is (said.asks not in {"", "us"})


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("said", MANUAL, ids=name_of)
def test_a_dry_run_in_each_cell_is_answered_so_and_changes_nothing(said: Said) -> None:
    is_as_said(asked(speaking("en", said.column), **said.fields), said, "en")


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("said", MANUAL, ids=name_of)
def test_a_request_in_each_cell_is_answered_so_and_done_so(said: Said) -> None:
    story = speaking("zh-Hans", said.column)
    before, told, tasks = story.order, effects(story), len(story.order.tasks)
    no = said_no(story, **said.fields)
    if said.verdict == "X":
        assert no is not None
        assert no.change is not None
        assert no.code == "CHANGE_REFUSED"
        is_as_said(no.change, said, "zh-Hans")
        assert story.order == before, "rule 4: an order whose change is refused stays as it was"
        return
    assert no is None
    fact = _asked(story, said)
    answer = accepted(story.order, fact).change
    assert answer is not None
    is_as_said(answer, said, "zh-Hans")
    story.hears(fact)
    assert dict.fromkeys(key.split("/")[0] for key in effects(story)[len(told) :]).keys() | {
        task.kind for task in story.order.tasks[tasks:]
    } == set(said.does)
    assert complaints(story) == []
    _ends_well(story, before, said)


def _asked(story: Story, said: Said) -> Asked:
    envelope = {"id": "ask:q", "actor": "Li", "occurred_at": story.now, "received_at": story.now}
    return Asked.model_validate({**envelope, "ask": request(story, **said.fields)})


def _ends_well(story: Story, before: Order, said: Said) -> None:
    """What is made at once is made; what waits for our own step is made when it has answered; nothing else is."""
    [change] = story.order.change_requests
    if said.asks == "us":
        assert (change.state, story.order.version) == ("QUEUED", 1)
        story.answered_by(the_party_does_it)
        [change] = story.order.change_requests
    by_carrier = bool({"priority", "intercept"} & set(said.does)) and said.row != "CANCEL"
    made = said.answer == "ACCEPTED" or said.asks == "us" or by_carrier
    assert (change.state == "APPLIED") is made
    written = said.reason == "" and said.fields["correction"]
    assert story.order.version == before.version + bool(written)
    kept = written or (by_carrier and said.fields["correction"])
    assert story.order.corrections == ((7,) if kept else ()), "the fields stand in the order, or they do not"


@pytest.mark.clause("SR-054")
def test_every_word_of_the_matrix_has_its_text_in_both_languages() -> None:
    offered = {word for cell in CELLS.values() for word in cell.alternatives}
    said = (
        ({*Row, *ChangeKind}, CHANGES),
        ({cell.reason for cell in MANUAL if cell.reason}, REASONS),
        (offered, ALTERNATIVES),
    )
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
