"""Reading what a form, a command line or the relay sends: nothing of it can wedge an order (temporal.md R3, D3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.asks import Ask
from domain.facts import AT_ONCE, parse
from domain.inside import ChangeRefused
from domain.requests import ASKS, Refusal, SubmitChangeRequest

KEPT = 2_000
"""So many characters of an unreadable message are kept."""


class Unreadable(Exception):
    """The message cannot be read; the text says why, in its sender's words."""


def facts_in(
    name: str, payload: Any, now: datetime, read: Callable[[dict[str, Any]], Any] = parse
) -> tuple[list[Any], list[str]]:
    """The facts of a signal's payload (one, or a list), and what of it cannot be read."""
    found: list[Any] = []
    wrong: list[str] = []
    given = payload if isinstance(payload, list) else [payload]
    for number, raw in enumerate(given[:AT_ONCE]):
        try:
            found.append(_fact(raw, f"{name}/{now.isoformat()}/{number}", now, read))
        except Unreadable as reason:
            wrong.append(str(reason))
    if len(given) > AT_ONCE:
        wrong.append(f"{len(given) - AT_ONCE} more than the {AT_ONCE} that one message may bring; send them again")
    return found, wrong


def _fact(raw: Any, unnamed: str, now: datetime, read: Callable[[dict[str, Any]], Any]) -> Any:
    if not isinstance(raw, dict):
        raise Unreadable(f"a fact is an object with `kind` and its fields, not: {_text(raw)}")
    if _has_nul(raw):
        raise Unreadable(f"the character NUL cannot be kept: {_text(raw)}")
    said = {"id": unnamed, "source": "operator", "occurred_at": now, "received_at": now, **raw}
    try:
        return read(said)
    except ValidationError as error:
        raise Unreadable(f"{problems(error)} in {_text(raw)}") from error


def ask_in(name: str, payload: Any, update_id: str, asks: Mapping[str, type[Ask]] = ASKS) -> Ask:
    """The request of an update's payload; ApplicationError INVALID lists all that is wrong."""
    said = payload if isinstance(payload, dict) else {}
    if _has_nul(said):
        raise no(Refusal(code="INVALID", reason="the character NUL cannot be kept"))
    try:
        return asks[name].model_validate({"request_id": update_id, **said})
    except ValidationError as error:
        raise no(Refusal(code="INVALID", reason=problems(error))) from error


def no(refusal: Refusal) -> ApplicationError:
    """The refusal as the caller of an update gets it."""
    return ApplicationError(refusal.reason, refusal.model_dump(mode="json"), type=refusal.code, non_retryable=True)


def refused_change(asked: tuple[str, Any], refused: ApplicationError, envelope: dict[str, Any]) -> ChangeRefused | None:
    """What the order keeps of a change request that was refused; None where it could not even be read."""
    try:
        ask = ask_in(*asked, update_id="")
    except ApplicationError:
        return None
    if not isinstance(ask, SubmitChangeRequest) or ask.only_asks:
        return None
    no = Refusal.model_validate(refused.details[0])
    told = {"change": ask.change, "answer": no.change, **no.model_dump(include={"code", "reason"})}
    whose = ask.model_dump(include={"request_id", "actor"})
    return ChangeRefused.model_validate({**envelope, **whose, **told, "source": ask.role})


def problems(error: ValidationError) -> str:
    """Every problem with its field, in one line."""
    wrong = (f"{'.'.join(map(str, found['loc'])) or 'payload'}: {found['msg']}" for found in error.errors())
    return kept("; ".join(wrong))


def kept(text: str) -> str:
    """What the books can keep of a stranger's text: no NUL, no half characters, not too long."""
    return text.encode(errors="replace").decode().replace("\0", "?")[:KEPT]


def _text(raw: Any) -> str:
    return kept(json.dumps(raw, ensure_ascii=False, default=str))


def _has_nul(raw: Any) -> bool:
    return "\\u0000" in json.dumps(raw, default=str)


def signal_of(name: str, description: str) -> Any:
    """A signal of the order workflow: notes facts and returns (taste rule 6)."""

    def note(self: Any, payload: Any = None, *rest: Any) -> None:
        self.take_in(name, payload if not rest else [payload, *rest])

    return workflow.signal(name=name, description=description)(_named(note, name))


def asking_signal_of(name: str, update: str, description: str) -> Any:
    """A signal that asks as an update does; nobody hears the answer no, so it stands in the timeline."""

    def ask(self: Any, payload: Any = None, *rest: Any) -> None:
        del rest
        mark = f"{name}/{workflow.now().isoformat()}"
        said = {"request_id": mark, **payload} if isinstance(payload, dict) else payload
        try:
            self.judge(update, said)
            self.accept(update, said)
        except ApplicationError as refused:
            self.take_refused(mark, f"{name}_refused", (update, said), refused)

    return workflow.signal(name=name, description=description)(_named(ask, name))


def update_of(name: str, description: str, of: str = "OrderWorkflow") -> Any:
    """An update of a workflow: judged by its validator, taken by its handler."""

    def accept(self: Any, payload: Any = None, *rest: Any) -> dict[str, Any]:
        del rest
        answer: dict[str, Any] = self.accept(name, payload)
        return answer

    def judge(self: Any, payload: Any = None, *rest: Any) -> None:
        del rest
        self.judge(name, payload)

    update = workflow.update(name=name, description=description)(_named(accept, name, of))
    update.validator(_named(judge, f"judge_{name}", of))
    return update


def _named(function: Callable[..., Any], name: str, of: str = "OrderWorkflow") -> Callable[..., Any]:
    function.__name__ = name
    function.__qualname__ = f"{of}.{name}"
    return function
