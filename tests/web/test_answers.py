"""The page on which a customer answers (M18): a code or a link, one answer, nothing personal but masked values."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from api.guessing import WINDOW, WRONG, Guesses
from domain.answer_code import ALPHABET, AnswerCodes
from domain.masking import masked
from tests.web.counter import NOON, order
from tests.web.living import ANSWERS, Life, now, until
from tests.web.test_requests import started

CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
WRONG_PHONE = "13800138"


def mistyped() -> dict[str, Any]:
    """An order whose phone has too few digits."""
    body = order(placed_at=now().isoformat())
    return {**body, "customer": body["customer"] | {"phone": WRONG_PHONE}}


async def opens(life: Life, path: str, language: str = "zh-CN") -> httpx2.Response:
    return await life.counter.http.get(path, headers={"Accept-Language": language})


async def sends(life: Life, path: str, **fields: str) -> httpx2.Response:
    return await life.counter.http.post(path, data=fields, headers={"Accept-Language": "en"}, follow_redirects=False)


async def asked(life: Life) -> tuple[str, str]:
    """An order with a question, and the path of its page."""
    number = await started(life, mistyped(), "NEEDS_CORRECTION")
    return number, f"/a/{ANSWERS.token(number, 1, now() + timedelta(days=1))}"


async def state(life: Life, number: str) -> dict[str, Any]:
    [row] = await life.counter.rows("SELECT * FROM question WHERE order_no = :no", no=number)
    return dict(row)


@pytest.mark.clause("C7", "SR-130a", "SR-130b")
async def test_from_the_message_by_its_code_to_the_corrected_order(relayed: Life) -> None:
    number = await relayed.counter.places(mistyped())
    await relayed.reaches(number, "NEEDS_CORRECTION")
    key = f"{number}/message/NEED_INFO/question/1"

    async def confirmed() -> bool:
        rows = await relayed.counter.rows("SELECT confirmed_at FROM question WHERE order_no = :no", no=number)
        return bool(rows and rows[0]["confirmed_at"])

    await until(confirmed, "the question never arrived")
    [message] = relayed.parties.taken[key]
    [code] = CODE.findall(message.text)
    assert "http://orders/a" in message.text
    assert WRONG_PHONE not in message.text
    led = await sends(relayed, "/a", code=code.lower().replace("-", " "))
    assert (led.status_code, led.headers["location"].startswith("/a/")) == (303, True)
    page = await opens(relayed, led.headers["location"])
    assert (page.status_code, masked(WRONG_PHONE) in page.text) == (200, True)
    for personal in (WRONG_PHONE, "王小明", "文三路"):
        assert personal not in page.text
    said = await sends(relayed, led.headers["location"], option="correct", **{"customer.phone": "13900139000"})
    assert "Thank you" in said.text, said.text
    await relayed.reaches(number, "AWAITING_CONFIRMATION")
    posted = (await relayed.counter.reads(f"/v1/orders/{number}"))["posted"]
    assert posted["customer"]["phone"] == "13900139000"
    assert (await state(relayed, number))["state"] == "ANSWERED"
    history = (await relayed.history(number)).to_json()
    assert "13900139000" not in history
    assert code not in history


@pytest.mark.clause("EC-26")
async def test_of_two_tabs_the_first_wins_and_the_second_is_told(life: Life) -> None:
    number, path = await asked(life)
    first = await sends(life, path, option="correct", **{"customer.phone": "13900139000"})
    assert (first.status_code, "Thank you" in first.text) == (200, True)
    again = await sends(life, path, option="correct", **{"customer.phone": "13900139000"})
    assert (again.status_code, "Thank you" in again.text) == (200, True), "the same answer again is the same request"
    second = await sends(life, path, option="cancel", sure="1")
    assert (second.status_code, "answered before: correct it" in second.text) == (409, True)
    await life.reaches(number, "AWAITING_CONFIRMATION")
    late = await opens(life, path, "en-GB")
    assert "answered before: correct it" in late.text
    rows = await life.counter.rows("SELECT status FROM correction WHERE order_no = :no", no=number)
    assert [row["status"] for row in rows] == ["accepted"]


async def test_what_cannot_be_undone_is_asked_twice(life: Life) -> None:
    number, path = await asked(life)
    page = await sends(life, path, option="cancel")
    assert (page.status_code, "Are you sure? cancel the order" in page.text) == (200, True)
    assert (await state(life, number))["state"] == "OPEN"
    await sends(life, path, option="cancel", sure="1")
    await life.reaches(number, "CANCELLED")
    again = await sends(life, path, option="correct", **{"customer.phone": "13900139000"})
    assert (again.status_code, "answered before: cancel the order" in again.text) == (409, True)
    assert (await state(life, number))["state"] == "ANSWERED"


async def test_the_page_works_without_a_script_in_two_languages_and_asks_no_foreign_host(life: Life) -> None:
    _, path = await asked(life)
    for language, words in (("en-US", "Please check this"), ("zh-TW", "请核对以下信息")):
        page = await opens(life, path, language)
        assert words in page.text
        assert "width=device-width" in page.text
        assert "<script" not in page.text
        assert "://" not in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "验证码" in (await opens(life, "/a")).text


@pytest.mark.parametrize("field", ["", "12", "x" * 201], ids=["nothing", "one nobody can call", "an endless one"])
async def test_what_cannot_be_taken_is_asked_for_again_and_nothing_is_lost(life: Life, field: str) -> None:
    number, path = await asked(life)
    said = await sends(life, path, option="correct", **({"customer.phone": field} if field else {}))
    assert (said.status_code, 'class="said wrong"' in said.text) == (422, True)
    assert (await state(life, number))["state"] == "OPEN"


# -- forging, replay, guessing ---------------------------------------------------------------------------------------


async def test_a_forged_or_old_link_opens_nothing(life: Life) -> None:
    number, path = await asked(life)
    token = path.removeprefix("/a/")
    other = "A" if token[5] != "A" else "B"
    forged = [
        AnswerCodes(b"somebody else's secret").token(number, 1, now() + timedelta(days=1)),
        ANSWERS.token(number, 1, now() - timedelta(seconds=1)),
        ANSWERS.token(number, 9, now() + timedelta(days=1)),
        f"{token[:5]}{other}{token[6:]}",
        "x",
        "____",
    ]
    for each in forged:
        page = await opens(life, f"/a/{each}", "en")
        assert (page.status_code, "no longer valid" in page.text) == (404, True), each
        life.counter.http._transport.app.state.parts.guesses._wrong.clear()  # type: ignore[attr-defined]  # a scene's


async def test_whoever_guesses_has_to_wait(life: Life) -> None:
    parts = life.counter.http._transport.app.state.parts  # type: ignore[attr-defined]  # the scene's own
    parts.guesses._wrong.clear()
    for _ in range(WRONG):
        assert (await sends(life, "/a", code="00000-00000")).status_code == 404
    assert (await sends(life, "/a", code="00000-00000")).status_code == 429
    _, path = await asked(life)
    assert (await opens(life, path)).status_code == 429
    parts.guesses._wrong.clear()


def test_wrong_guesses_are_forgotten_after_a_while_and_are_each_ones_own() -> None:
    guesses = Guesses()
    for _ in range(WRONG):
        guesses.was_wrong("1", NOON)
    assert (guesses.too_many("1", NOON), guesses.too_many("2", NOON)) == (True, False)
    assert guesses.too_many("1", NOON + WINDOW) is False


def test_a_code_is_the_same_every_time_however_it_is_typed_and_another_with_another_secret() -> None:
    code = ANSWERS.code("SO1", 1)
    typed = code.lower().replace("0", "o").replace("1", "l")
    assert ANSWERS.fingerprint(typed) == ANSWERS.fingerprint(code) != ""
    assert ANSWERS.fingerprint(code[:-1]) == ANSWERS.fingerprint("你好") == ""
    assert len({ANSWERS.code("SO1", 1), ANSWERS.code("SO1", 2), ANSWERS.code("SO2", 1), code}) == 3
    assert replace(ANSWERS, secret=b"x").code("SO1", 1) != code
    assert set(code) - {"-"} <= set(ALPHABET)
    assert "secret" not in repr(ANSWERS)


@pytest.mark.parametrize(
    ("value", "shown"), [("", ""), ("王", "*"), ("13800138000", "138******00"), ("王小明", "王**"), ("123", "1**")]
)
def test_a_masked_value_can_be_known_again_and_not_read(value: str, shown: str) -> None:
    assert masked(value) == shown
