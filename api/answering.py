"""Where a customer answers (M18): a fixed address with a short code, or a link; no login, one answer a question.

What is shown: the order's number at the channel, the question, and the doubted fields' present values, masked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi_problem.error import Problem
from starlette.responses import RedirectResponse, Response

from api.answer_page import Page
from api.choosing import choose
from api.dependencies import Parts, TheParts
from domain.catalogue.text import language_of
from domain.masking import masked
from domain.policy import STANDARD
from domain.posted import value_at
from infra.db.answers import Asked, find_code, read_question
from infra.db.versions import read_version

router = APIRouter(prefix="/a", include_in_schema=False)
LONGEST = 16_384
"""Bytes of an answer."""
ADDRESS = ("address.province", "address.city", "address.district", "address.street")
"""Fields that are corrected together: a wrong city is often a wrong district."""
CAME_TO = {"ANSWERED": "answered", "DEFAULTED": "too_late", "WITHDRAWN": "moot"}
REFUSED = {"ALREADY_ANSWERED": "answered", "ANSWER_TOO_LATE": "too_late", "QUESTION_MOOT": "moot"}
"""What the page says to a question's state, and to an order's refusal; to any other what became of the question."""


@router.get("")
async def show_code_form(request: Request) -> Response:
    """Where the code of a message is typed."""
    return _page(request).code_form()


@router.post("")
async def open_by_code(request: Request, parts: TheParts) -> Response:
    """A right code leads to its question."""
    page, now = _page(request), parts.now()
    if parts.guesses.too_many(_address(request), now):
        return _wait(page)
    typed = (await _form(request)).get("code", "")
    async with parts.engine.begin() as connection:
        found = await find_code(connection, parts.answers.fingerprint(typed), now)
    if found is None:
        parts.guesses.was_wrong(_address(request), now)
        return page.code_form(page.told("wrong_code", wrong=True), HTTPStatus.NOT_FOUND)
    return RedirectResponse(
        f"/a/{parts.answers.token(*found)}", HTTPStatus.SEE_OTHER, {"Referrer-Policy": "no-referrer"}
    )


@router.get("/{token}")
async def show_question(token: str, request: Request, parts: TheParts) -> Response:
    """The question, or what it came to."""
    page = _page(request)
    asked = await _asked(token, request, parts)
    if isinstance(asked, Response):
        return asked
    if asked.state in CAME_TO and not _still_open(asked):
        return page.answer([_came_to(page, asked)])
    return page.question(token, await _shown(parts, asked))


@router.post("/{token}")
async def answer_question(token: str, request: Request, parts: TheParts) -> Response:
    """The first answer that the order accepts counts; whoever comes later is told what it was."""
    page = _page(request)
    asked = await _asked(token, request, parts)
    if isinstance(asked, Response):
        return asked
    form = await _form(request)
    option = next((each for each in asked.options if each["word"] == form.get("option")), asked.options[0])
    if asked.state in CAME_TO and not _still_open(asked) and asked.answer != option["word"]:
        return page.answer([_came_to(page, asked)], HTTPStatus.CONFLICT)
    if option.get("drastic") and not form.get("sure"):
        return page.sure(token, str(option["word"]))
    patch = _patch(asked, form) if option.get("corrects") else {}
    if option.get("corrects") and not patch:
        said = page.told("incomplete", wrong=True)
        return page.question(token, await _shown(parts, asked), said, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await _choose(parts, asked, str(option["word"]), patch)
    except Problem as no:
        return await _refused(page, token, (parts, asked), no)
    return page.answer([page.told("thanks", option=option["word"])])


async def _choose(parts: Parts, asked: Asked, word: str, patch: Mapping[str, str]) -> None:
    """Ask the order; the same answer again is the same request."""
    content = sha256(json.dumps([word, dict(patch)], sort_keys=True).encode()).hexdigest()[:16]
    who = {"request_id": f"answer-{asked.question}-{content}", "actor": "customer", "role": "customer"}
    said = {**who, "question": asked.question, "option": word, "fields": dict(patch)}
    await choose(parts, asked.tenant, asked.order_no, said)


async def _refused(page: Page, token: str, where: tuple[Parts, Asked], no: Problem) -> Response:
    parts, asked = where
    code = str(no.extras.get("code", ""))
    if no.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        said = page.told("unfit", wrong=True)
        return page.question(token, await _shown(parts, asked), said, HTTPStatus.UNPROCESSABLE_ENTITY)
    if no.status != HTTPStatus.CONFLICT:
        said = page.told("not_now", wrong=True)
        return page.question(token, await _shown(parts, asked), said, HTTPStatus.SERVICE_UNAVAILABLE)
    if code in REFUSED:
        return page.answer([page.told(REFUSED[code], option=str(no.extras.get("chosen", "")))], HTTPStatus.CONFLICT)
    async with parts.engine.begin() as connection:
        now = await read_question(connection, asked.order_no, asked.question) or asked
    return page.answer([_came_to(page, now)], HTTPStatus.CONFLICT)


def _came_to(page: Page, asked: Asked) -> str:
    return page.told(CAME_TO.get(asked.state, "moot"), option=asked.answer or asked.default_option)


# -- what is shown ---------------------------------------------------------------------------------------------------


async def _asked(token: str, request: Request, parts: Parts) -> Asked | Response:
    """The question that a token names; a page that says no where it names none, or too many were tried."""
    page, now = _page(request), parts.now()
    if parts.guesses.too_many(_address(request), now):
        return _wait(page)
    named = parts.answers.named(token, now)
    if named is None:
        parts.guesses.was_wrong(_address(request), now)
        return page.answer([page.told("over", wrong=True)], HTTPStatus.NOT_FOUND)
    async with parts.engine.begin() as connection:
        asked = await read_question(connection, *named)
    return asked or page.answer([page.told("over", wrong=True)], HTTPStatus.NOT_FOUND)


def _still_open(asked: Asked) -> bool:
    """Whether an answer is taken although its default has come (``Question.stays_open``)."""
    return asked.state == "DEFAULTED" and not asked.ended


async def _shown(parts: Parts, asked: Asked) -> dict[str, Any]:
    async with parts.engine.begin() as connection:
        raw = (await read_version(connection, asked.order_no)).raw
    doubted = set(asked.fields)
    shown = {path: masked(str(value_at(raw, path) or "")) if path in doubted else None for path in _editable(asked)}
    return {
        "no": asked.external_id,
        "deadline": asked.deadline,
        "otherwise": asked.default_option,
        "options": asked.options,
        "fields": shown,
    }


def _editable(asked: Asked) -> list[str]:
    """The doubted fields, an address as a whole."""
    others = [path for path in asked.fields if path not in ADDRESS]
    return [*others, *(ADDRESS if len(others) < len(asked.fields) else ())]


def _patch(asked: Asked, form: Mapping[str, str]) -> dict[str, str]:
    """What was filled in of it."""
    given = {path: form.get(path, "").strip() for path in _editable(asked)}
    return {path: value for path, value in given.items() if value}


# -- the form --------------------------------------------------------------------------------------------------------


def _page(request: Request) -> Page:
    return Page(language_of(request.headers.get("accept-language", "")), STANDARD.zone)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _wait(page: Page) -> Response:
    return page.answer([page.told("too_many", wrong=True, minutes=10)], HTTPStatus.TOO_MANY_REQUESTS)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; what is too long, or cannot be read, is none."""
    body = (await request.body())[:LONGEST]
    try:
        return {name: values[-1] for name, values in parse_qs(body.decode(), max_num_fields=50).items()}
    except ValueError:
        return {}
