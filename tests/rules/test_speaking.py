"""The terminal and the timeline say everything in the reader's language (SR-023)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.speaking import spoken
from api.words import story_row
from domain.catalogue.labels_of_answers import MESSAGES as ABOUT
from domain.catalogue.messages import MESSAGES
from domain.catalogue.reasons import reason, retold
from domain.catalogue.refusals import REFUSALS
from domain.catalogue.terminal import waited_for
from domain.catalogue.words import LANGUAGES

SECRET = re.compile(r"\{(code|link)\}")


@pytest.mark.parametrize("code", REFUSALS)
def test_a_reason_given_in_one_language_is_retold_in_the_other_with_what_follows_it(code: str) -> None:
    for given in LANGUAGES:
        for wanted in LANGUAGES:
            told = f"{reason(code, 'SHIPPED', given)}: SF, YTO"
            assert retold(told, "SHIPPED", wanted) == f"{reason(code, 'SHIPPED', wanted)}: SF, YTO"


def test_what_is_no_reason_of_the_house_is_said_as_it_is() -> None:
    assert retold("The database does not answer", "SHIPPED", "zh-Hans") == "The database does not answer"


NO: dict[str, Any] = {
    "title": f"{reason('CHANGE_REFUSED', 'SHIPPED', 'zh-Hans')}: 包裹已在运输途中",
    "reason": f"{reason('CHANGE_REFUSED', 'SHIPPED', 'zh-Hans')}: 包裹已在运输途中",
    "todo": "Instead: 联系客服.",
    "code": "CHANGE_REFUSED",
    "stage": "SHIPPED",
    "change": {"code": "ON_ITS_WAY", "reason": "包裹已在运输途中", "alternatives": {"contact_service": "联系客服"}},
}


def test_a_refused_change_is_said_whole_in_the_readers_language() -> None:
    told = spoken(NO, "en")
    whole = f"{reason('CHANGE_REFUSED', 'SHIPPED', 'en')}: the parcel is on its way"
    assert (told["title"], told["reason"]) == (whole, whole)
    assert told["todo"] == "Instead: speak with customer service."
    assert told["change"]["alternatives"] == {"contact_service": "speak with customer service"}
    assert spoken(told, "zh-Hans") == NO
    assert spoken({"order_no": "SO1", "stage": "SHIPPED"}, "en") == {"order_no": "SO1", "stage": "SHIPPED"}


@pytest.mark.parametrize(
    ("what", "chinese"),
    [
        ("payment", "付款"),
        ("enter_order", "录入ERP"),
        ("step 3/transfer-1", "步骤3/transfer-1"),
        ("hold H1 SUSPECTED_DUPLICATE of SO2", "挂起H1 SUSPECTED_DUPLICATE（SO2）"),
        ("transfer 1 from DEMO-SZ", "由DEMO-SZ调拨（1）"),
        ("package/1", "package/1"),
    ],
)
def test_what_is_waited_for_is_said_in_chinese_and_keeps_what_requests_name(what: str, chinese: str) -> None:
    assert waited_for(what, "zh-Hans") == chinese
    assert waited_for("payment", "en") == "payment"


def test_a_message_that_nobody_may_read_again_is_told_by_what_it_is_about() -> None:
    secret = {name for name, words in MESSAGES.items() if any(SECRET.search(pair[0]) for pair in words)}
    assert secret == set(ABOUT)
    for template in secret:
        for language in LANGUAGES:
            params = {"template": template, "fields": ["customer.phone"], "amount": 500, "options": ["cancel"]}
            row = {"code": "message", "actor": "desk", "params": params, "state": "sent", "reason": ""}
            assert template not in story_row(row, language, "T-1")["text"]
            key = {"message": f"message/{template}/question/1"}
            heard = {"code": "message_delivered", "actor": "", "params": key, "state": "delivered", "reason": ""}
            assert template not in story_row(heard, language, "T-1")["text"]
