"""What the API answers to whoever works on one order: its steps, and what became of a lost workflow."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.answers import Answer


class Trying(Answer):
    """One effect: what is done outside under its key."""

    key: str
    kind: str = Field(examples=["ask_warehouse"])
    status: str = Field(description="RUNNING, DONE, or PARKED: a person retries it")
    since: datetime
    done_at: datetime | None = None
    asked: int = Field(description="How often the order asked for it; a retry_step asks again")
    attempt: int | None = Field(None, description="Of what runs: which attempt this is, as Temporal counts")
    last_error: str = Field("", description="The last attempt's, or why it is parked")
    next_try: datetime | None = Field(None, description="When it is tried again by itself")
    paused: bool = False


class StepNow(Answer):
    """One step of a case's playbook."""

    step: str = Field(examples=["3/transfer"])
    case_no: int
    word: str
    text: str = Field(description="The step in words")
    owner: str = Field(description="The role that it waits for")
    state: str = Field(examples=["OPEN", "DONE", "SKIPPED", "BY_HAND"])
    since: datetime
    until: datetime | None
    result: str
    reason: str
    by: str
    ended_at: datetime | None
    effects: list[Trying]
    buttons: list[str] = Field(description="The requests that name it now", examples=[["retry_step", "skip_step"]])


class StepsNow(Answer):
    """The steps of an order, and what else is being done for it."""

    order_no: str
    live: bool = Field(description="Whether Temporal was asked for attempts and answered")
    steps: list[StepNow]
    effects: list[Trying] = Field(description="What is not done and belongs to no step")


class Resumed(Answer):
    """The order's workflow began anew."""

    order_no: str
    facts: int = Field(description="How many facts it had not taken in before, and hears of now")


class ClosedByHand(Answer):
    """The order is over."""

    order_no: str
    stage: str = Field(examples=["CLOSED"])
