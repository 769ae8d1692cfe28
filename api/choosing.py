"""A customer's answer on its way into an order: what it corrects is kept first, the order judges the rest (M18)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi_problem.error import Problem

from api.correcting import keep_correction, must_be_callable, paths_of
from api.dependencies import Parts
from api.verdicts import ask_order
from domain.questions import CustomerChoice
from domain.requests import Accepted
from infra.db.answers import read_question
from infra.db.corrections import mark_refused

PROVINCE = "address.province"


async def choose(parts: Parts, tenant: str, order_no: str, given: Mapping[str, Any]) -> Accepted:
    """Answer a question of an order. What was kept of a refused answer is refused with it."""
    fields = dict(paths_of(given.get("fields") or {}))
    correction = 0
    if fields:
        must_be_callable(fields)
        async with parts.engine.begin() as connection:
            asked = await read_question(connection, order_no, int(given["question"]))
        version = asked.version if asked else 1
        correction = await keep_correction(parts, order_no, {**given, "fields": fields, "expected_version": version})
    said = {name: value for name, value in given.items() if name != "fields"}
    region = str(fields.get(PROVINCE) or "")
    choice = CustomerChoice.model_validate({**said, "correction": correction, "region": region})
    try:
        return await ask_order(parts, tenant, order_no, choice)
    except Problem as no:
        if correction and no.status == HTTPStatus.CONFLICT:
            async with parts.engine.begin() as connection:
                await mark_refused(connection, correction)
        raise
