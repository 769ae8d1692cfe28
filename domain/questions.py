"""A question to the customer (§1.3 C7, M18): what they may choose, until when, what happens otherwise, what they said.

Nothing here is of one case kind: a playbook asks, and reads ``chosen`` once the question has its end.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.asks import Ask
from domain.facts import Ordinal
from domain.value import Moment, Value

WITHDRAWN = "WITHDRAWN"


class Option(Value):
    """One thing that may be chosen: its word, what it costs more (minor units; less: negative), and its day.

    ``about`` says which goods it means, such as the SKU that is offered; with ``corrects`` the answer brings the
    question's fields anew; one that is ``drastic`` the page asks to be sure of.
    """

    word: str
    difference: int = 0
    currency: str = "CNY"
    day: date | None = None
    about: str = ""
    corrects: bool = False
    drastic: bool = False


class Question(Value):
    """One question of one case, asked by the message ``template``, whose outbox key (without the order) is ``letter``.

    ``deadline`` is what the customer was told; ``due_at`` the moment of the default, known once the message arrived.
    ``fields`` are the paths that are in doubt, in ``version`` of the order. ``stays_open``: the default ends nothing,
    an answer is still taken. ``undeliverable`` is why the message could not be brought.
    """

    no: int
    case: int
    step: str
    template: str
    version: int
    fields: tuple[str, ...] = ()
    options: tuple[Option, ...]
    default: str
    stays_open: bool = False
    hold: str = ""
    asked_at: Moment
    deadline: Moment
    valid_until: Moment
    confirmed_at: Moment | None = None
    undeliverable: str = ""
    due_at: Moment | None = None
    reminded: int = 0
    defaulted_at: Moment | None = None
    answer: str = ""
    correction: int = 0
    region: str = ""
    answered_by: str = ""
    answered_at: Moment | None = None
    ended_at: Moment | None = None

    @property
    def open(self) -> bool:
        """Whether an answer is still taken."""
        return self.ended_at is None

    @property
    def subject(self) -> str:
        """Its name in messages, in the promise ledger and in the timeline."""
        return f"question/{self.no}"

    @property
    def letter(self) -> str:
        """The key of its message, without the order's number."""
        return f"message/{self.template}/{self.subject}"

    @property
    def chosen(self) -> str:
        """What counts: the customer's word, else the default once it came; empty while neither did."""
        return self.answer or (self.default if self.defaulted_at else "")

    @property
    def state(self) -> Literal["OPEN", "ANSWERED", "DEFAULTED", "WITHDRAWN"]:
        """Where it is."""
        if self.answer:
            return "ANSWERED"
        if self.defaulted_at:
            return "DEFAULTED"
        return "OPEN" if self.open else "WITHDRAWN"

    def option(self, word: str) -> Option | None:
        """The option of this word."""
        return next((option for option in self.options if option.word == word), None)


class Doubt(Value):
    """Somebody says that what stands in the order is wrong: ``source`` is warehouse, carrier or customer.

    ``change`` is the change request by which the answer is being made.
    """

    id: str
    source: str
    at: Moment
    fields: tuple[str, ...] = ()
    subject: str = "order"
    case: int = 0
    question: int = 0
    change: str = ""
    settled_at: Moment | None = None

    @property
    def open(self) -> bool:
        """Whether it is still in doubt."""
        return self.settled_at is None


class CustomerChoice(Ask):
    """The customer's answer to question ``question``: the word of an option; the first one that is accepted counts.

    What is corrected is stored through the API as ``correction``; ``region`` is the province it names.
    """

    kind: Literal["customer_choice"] = "customer_choice"
    question: Ordinal
    option: Annotated[str, Field(min_length=1, max_length=100)]
    correction: Annotated[int, Field(ge=0, lt=2**63)] = 0
    region: Annotated[str, Field(max_length=200)] = ""


def changed(questions: tuple[Question, ...], no: int, **changes: Any) -> tuple[Question, ...]:
    """The questions with one of them changed."""
    return tuple(each.having(**changes) if each.no == no else each for each in questions)
