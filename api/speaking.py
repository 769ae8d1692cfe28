"""What an order answered in its policy's language, said in the reader's: refusals and changes (SR-023)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.catalogue.reasons import retold
from domain.catalogue.text import label
from domain.catalogue.words import LANGUAGES


def spoken(said: Mapping[str, Any], language: str) -> dict[str, Any]:
    """An answer of the API whose reasons are in ``language``; codes and everything else stay as they are."""
    answer, change = dict(said), said.get("change")
    if change:
        answer["change"] = _change(change, language)
    stage = str(said.get("stage") or "")
    for name in ("title", "reason"):
        if stage and isinstance(answer.get(name), str):
            answer[name] = _with_reason(retold(answer[name], stage, language), change, answer.get("change"))
    if change and str(said.get("todo", "")).startswith("Instead: ") and change.get("alternatives"):
        answer["todo"] = f"Instead: {', '.join(answer['change']['alternatives'].values())}."
    return answer


def _change(change: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What is answered to a change request: its reason, and what may be done instead."""
    told = dict(change)
    code = str(change.get("code") or "")
    if code and change.get("reason") in {label("change_reason", code, each) for each in LANGUAGES}:
        told["reason"] = label("change_reason", code, language)
    if change.get("alternatives"):
        told["alternatives"] = {each: label("alternative", each, language) for each in change["alternatives"]}
    return told


def _with_reason(text: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """The matrix's reason, which follows the refusal's own."""
    if before and after and before.get("reason"):
        return text.replace(str(before["reason"]), str(after["reason"]))
    return text
