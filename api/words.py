"""What is answered in words, in the caller's language, all from the one catalogue (SR-023)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from domain.catalogue.text import (
    UnfilledPlaceholder,
    UnknownText,
    finding_text,
    label,
    language_of,
    render,
    sentence,
)
from domain.facts import CLOSED
from domain.policy import STANDARD

LETTERS = {
    "message": "message_sent",
    "push_tracking": "tracking_pushed",
    "push_status": "status_pushed",
    "subscribe": "subscribed",
    "push_refund_answer": "refund_answer_pushed",
    "invoice": "invoice_issued",
}
"""Kind of letter → the sentence that says it was sent."""
LATE, UNFIT = "fact_after_close", "fact_unfit"
ZONE = STANDARD.zone


def asked_language(
    request: Request, lang: Annotated[str, Query(description="zh-Hans or en", examples=["en"])] = ""
) -> str:
    """The language of the answer: ``lang``, else Accept-Language, else zh-Hans."""
    return language_of(lang or request.headers.get("accept-language", ""))


Language = Annotated[str, Depends(asked_language)]


def order_row(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row of the list with its label in words."""
    return {**row, "label_text": label("stage", row["label"] or row["stage"], language)}


def finding_row(finding: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A finding with its text."""
    return {**finding, "text": finding_text(finding, language)}


def clock_row(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row of the promise ledger with the clock's name."""
    return {**row, "name": label("clock", row["kind"], language), "before_takeover": bool(row["before_takeover"])}


def story_row(row: Mapping[str, Any], language: str, external_id: str) -> dict[str, Any]:
    """One thing that happened, as a sentence."""
    code = LETTERS.get(row["code"], row["code"])
    params = {"actor": row["actor"], **(row["params"] or {})}
    if row["code"] == "message":
        params["template"] = _told(params, language, external_id)
    text = sentence(code, language, params)
    if row["state"] == "unmatched":
        reason = row["reason"] or ""
        late = sentence(LATE if reason == CLOSED else UNFIT, language, {"kind": code, "reason": reason})
        text = f"{text} {late}"
    return {**row, "code": code, "params": row["params"] or {}, "text": text}


def _told(params: Mapping[str, Any], language: str, external_id: str) -> str:
    """What the customer was told, in the reader's language; of what holds a code or a link only what it is about."""
    try:
        return render(params["template"], language, {"no": external_id, **params}, ZONE).rstrip("。.")
    except (UnknownText, UnfilledPlaceholder):
        return label("message", str(params["template"]), language)
