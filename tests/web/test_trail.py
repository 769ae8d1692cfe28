"""The whole trail of an order over HTTP and in the terminal, and audit debt at the counter (SR-003, SR-103)."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.editions import PROMOTION
from tests.web.counter import NUMBERS, Counter
from tests.web.living import Life, until
from tests.web.test_commands import FAILED, FOUND_PROBLEMS, OK, Say, say, served, written
from tests.web.test_imports import imports, row, sheet
from tests.web.test_requests import paid, started

__all__ = ["say", "served"]
FORMULA = "=HYPERLINK(1)"


async def an_order_with_a_trail(life: Life) -> str:
    """Corrected, held by somebody who writes like a formula, and released."""
    nobody = {"name": "", "phone": "13800138000", "buyer_key": f"buyer-{next(NUMBERS)}"}
    number = await started(life, {**paid(), "customer": nobody}, "NEEDS_CORRECTION")
    fields = {"customer.name": "王小明"}
    corrected = await life.asks(number, "correct_fields", expected_version=1, fields=fields, request_id=f"c-{number}")
    assert corrected.status_code == 200, corrected.text
    await life.reaches(number, "READY_TO_SHIP")
    held = await life.asks(number, "place_hold", reason="DISPUTE", note=FORMULA, request_id=f"h-{number}")
    assert held.status_code == 200, held.text
    await until(lambda: _held(life, number), "not held")
    return number


async def _held(life: Life, number: str) -> bool:
    [shown] = await life.counter.rows("SELECT hold_reasons FROM orders WHERE order_no = :no", no=number)
    return bool(shown["hold_reasons"])


@pytest.mark.clause("SR-003")
async def test_the_trail_has_everything_and_anybody_can_check_it(life: Life) -> None:
    number = await an_order_with_a_trail(life)
    trail = await life.counter.reads(f"/v1/orders/{number}/trail", role="viewer")
    events = trail["events"]
    assert trail["verified"] == {"ok": True, "events": len(events), "head": events[-1]["hash"], "broken": None}
    before = ""
    for place, event in enumerate(events, start=1):
        assert event["seq"] == place
        assert event["prev_hash"] == before
        before = sha256((event["prev_hash"] + event["content"]).encode()).hexdigest()
        assert event["hash"] == before
        assert all(event[name] for name in ("key", "code", "at", "recorded_at", "actor", "source"))
    [asked] = [event for event in events if event["code"] == "correct_fields"]
    assert (asked["request_id"], asked["after"]["version"]) == (f"c-{number}", 2)
    [hold] = [event for event in events if event["code"] == "place_hold"]
    assert (hold["actor"], hold["reason"]) == ("operator 1", FORMULA)
    assert hold["after"]["holds"] == ["H2 DISPUTE"], "H1, the question to the customer, ended with the correction"
    assert len(trail["posted"]["business_hash"]) == len(trail["facts"][0]["body_hash"]) > 20
    assert {effect["kind"] for effect in trail["effects"]} == {"audit_order", "enter_order", "release_shipment"}
    assert all(effect["request_hash"] for effect in trail["effects"] if effect["kind"] == "audit_order")
    messages = [letter["template"] for letter in trail["letters"] if letter["kind"] == "message"]
    assert messages == ["NEED_INFO", "ORDER_CONFIRMED"]
    assert {clock["kind"] for clock in trail["clocks"]} >= {"C1", "C4"}
    assert [case["kind"] for case in trail["cases"]] == ["INFO_ERROR"]
    ledger = "SELECT key, step, line, units FROM reservation WHERE order_no = :no ORDER BY id"
    moves = [{name: move[name] for name in ("key", "step", "line", "units")} for move in trail["stock"]]
    assert moves == [dict(row) for row in await life.counter.rows(ledger, no=number)]
    assert {(move["step"], move["version"]) for move in trail["stock"]} >= {("reserve", 2)}


@pytest.mark.clause("SR-003")
async def test_personal_values_are_shown_to_the_desk_only(life: Life) -> None:
    number = await an_order_with_a_trail(life)
    for role, values in (("operator", {"customer.name": "王小明"}), ("viewer", None)):
        answer = await life.counter.send("GET", f"/v1/orders/{number}/trail", role=role)
        [correction] = answer.json()["corrections"]
        assert (correction["fields"], correction["values"], correction["base_version"]) == (
            ["customer.name"],
            values,
            1,
        )
        assert ("王小明" in answer.text) is (role == "operator")
        assert "13800138000" not in answer.text
    assert (await life.counter.send("GET", f"/v1/orders/{number}/trail", role="channel")).status_code == 403
    unknown = await life.counter.send("GET", "/v1/orders/SO1/trail")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_order")


@pytest.mark.clause("SR-003")
async def test_as_a_table_it_is_safe_to_open(life: Life) -> None:
    number = await an_order_with_a_trail(life)
    headers = life.counter.key("viewer")
    answer = await life.counter.http.get(f"/v1/orders/{number}/trail", params={"format": "csv"}, headers=headers)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="trail-{number}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    trail = await life.counter.reads(f"/v1/orders/{number}/trail", role="viewer")
    parts = ("events", "corrections", "facts", "effects", "letters", "clocks", "cases", "tasks", "debts", "stock")
    assert len(rows) == 1 + sum(len(trail[part]) for part in parts)
    assert [row["hash"] for row in rows if row["part"] == "events"] == [event["hash"] for event in trail["events"]]
    [hold] = [row for row in rows if row["what"] == "place_hold"]
    assert hold["reason"] == f"'{FORMULA}"
    stock = [json.loads(row["detail"]) for row in rows if row["part"] == "stock"]
    assert stock
    assert [(move["line"], move["units"]) for move in stock] == [
        (move["line"], move["units"]) for move in trail["stock"]
    ]
    assert [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))] == []
    other = await life.counter.http.get(f"/v1/orders/{number}/trail", params={"format": "pdf"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "wrong_shape")


@pytest.mark.clause("SR-003")
async def test_a_broken_chain_is_told(life: Life) -> None:
    number = await an_order_with_a_trail(life)
    await life.counter.rows_changed("ALTER TABLE order_event DISABLE TRIGGER kept")
    await life.counter.rows_changed("UPDATE order_event SET actor = 'x' WHERE order_no = :no AND seq = 3", no=number)
    await life.counter.rows_changed("ALTER TABLE order_event ENABLE TRIGGER kept")
    verified = (await life.counter.reads(f"/v1/orders/{number}/trail"))["verified"]
    assert (verified["ok"], verified["broken"]["seq"]) == (False, 3)
    assert verified["broken"]["reason"] == "its content is not what was written"


# -- in the terminal -------------------------------------------------------------------------------------------------

EVENTS = """
INSERT INTO order_event (order_no, key, code, at, recorded_at, actor, source)
SELECT order_no, 'e' || n, 'order_received', placed_at, placed_at, 'desk', 'us'
FROM orders, generate_series(1, 3) AS n WHERE external_id = %(name)s ORDER BY n RETURNING order_no"""


def changed(served: Path, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """What somebody does who owns the database."""
    with psycopg.connect((served / "database").read_text(), autocommit=True) as connection:
        done = connection.execute(statement.encode(), values)
        return done.fetchall() if done.description else []


@pytest.mark.clause("SR-003")
async def test_the_terminal_exports_and_verifies_the_trail(say: Say, served: Path, tmp_path: Path) -> None:
    name = f"TR{next(NUMBERS)}"
    await say("import", written(tmp_path, sheet(row(name))))
    number = changed(served, EVENTS, name=name)[0][0]
    code, said, beside = await say("trail", number)
    assert (code, [event["seq"] for event in json.loads(said)["events"]]) == (OK, [1, 2, 3])
    assert "is whole: 3 events, last hash" in beside
    table, document = tmp_path / "trail.csv", tmp_path / "trail.json"
    for file in (table, document):
        assert (await say("trail", number, "--out", str(file)))[:2] == (OK, "")
    assert json.loads(document.read_text())["order_no"] == number
    assert table.read_text("utf-8-sig").startswith("part,seq,at")
    assert (await say("trail", number, "--verify"))[:2] == (OK, "")
    changed(served, "ALTER TABLE order_event DISABLE TRIGGER kept")
    changed(served, "DELETE FROM order_event WHERE order_no = %(no)s AND seq = 2", no=number)
    code, said, beside = await say("trail", number, "--verify")
    assert (code, said) == (FOUND_PROBLEMS, "")
    assert f"The trail of {number} is broken at row 2: the row is missing." in beside
    code, said, _ = await say("trail", number)
    assert (code, len(json.loads(said)["events"])) == (FOUND_PROBLEMS, 2)
    assert (await say("trail", "SO1"))[0] == FAILED


# -- audit debt ------------------------------------------------------------------------------------------------------


async def in_promotion(life: Life, **said: Any) -> str:
    """An order of a channel that is in its promotion."""
    channel = f"promo-{next(NUMBERS)}"
    body = {"body": PROMOTION.model_dump(mode="json"), "channel": channel, "valid_from": "2020-01-01T00:00:00Z"}
    put = await life.counter.send("PUT", f"/v1/policies/{channel}", body, role="supervisor")
    assert put.status_code == 201, put.text
    return await started(life, paid(channel=channel, **said), "READY_TO_SHIP")


@pytest.mark.clause("SR-103", "AC-43")
async def test_what_the_promotion_let_pass_is_shown_and_repaid_at_the_counter(life: Life) -> None:
    number = await in_promotion(life, invoice={"tax_id": "91350100M000100Y43"})
    [debt] = (await life.counter.reads(f"/v1/orders/{number}"))["debts"]
    assert (debt["code"], debt["field"], debt["version"]) == ("INVOICE_TITLE_MISSING", "invoice.title", 1)
    assert (debt["due_at"] is not None, debt["ended_at"], debt["outcome"]) == (True, None, "")
    why = (await life.counter.reads(f"/v1/orders/{number}/explanation"))["explanation"]
    assert [owed["field"] for owed in why["debts"]] == ["invoice.title"]
    other = await life.asks(number, "repay_debt", expected_version=1, fields={"address": {"street": "别处"}})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "fields.address.street")
    stale = await life.asks(number, "repay_debt", expected_version=2, fields={"invoice.title": "茶业"})
    assert (stale.status_code, stale.json()["code"]) == (409, "STALE_VERSION")
    repaid = await life.asks(number, "repay_debt", expected_version=1, fields={"invoice": {"title": "茶业"}})
    assert (repaid.status_code, repaid.json()["version"]) == (200, 1), repaid.text
    ended = "SELECT outcome FROM audit_debt WHERE order_no = :no AND ended_at IS NOT NULL"

    async def over() -> bool:
        return [row["outcome"] for row in await life.counter.rows(ended, no=number)] == ["REPAID"]

    await until(over, "not repaid")
    page = await life.counter.reads(f"/v1/orders/{number}")
    assert (page["posted"]["invoice"]["title"], page["stage"]) == ("茶业", "READY_TO_SHIP")
    trail = await life.counter.reads(f"/v1/orders/{number}/trail", role="viewer")
    assert [debt["outcome"] for debt in trail["debts"]] == ["REPAID"]
    assert trail["verified"]["ok"] is True
    again = await life.asks(number, "repay_debt", expected_version=1, fields={"invoice.title": "茶业"})
    assert (again.status_code, again.json()["code"]) == (409, "UNKNOWN_DEBT")


@pytest.mark.clause("SR-103")
async def test_an_edition_that_relaxes_what_is_critical_is_refused(life: Life) -> None:
    body = PROMOTION.model_dump(mode="json")
    body["audit"]["relaxed"] = ["EMAIL_MALFORMED", "PHONE_MALFORMED", "customer.phone"]
    answer = await life.counter.send("PUT", "/v1/policies/too-lax", {"body": body}, role="supervisor")
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, "wrong_shape")
    assert [error["field"] for error in said["errors"]] == ["audit.relaxed.1", "audit.relaxed.2"]
    assert "PHONE_MALFORMED is critical or unknown and cannot be relaxed" in said["errors"][0]["reason"]
    assert said["todo"]
    assert (await life.counter.send("GET", "/v1/policies/too-lax")).status_code == 404


@pytest.mark.clause("SR-103")
async def test_a_file_may_say_what_is_optional(counter: Counter) -> None:
    name = f"OP{next(NUMBERS)}"
    said = {"email": "a@b.cn", "invoice_title": "茶业", "tax_id": "91350100M000100Y43", "gift_note": "好"}
    report = await imports(counter, "orders", sheet({**row(name), **said, "preferred_delivery_window": "09:00-12:00"}))
    assert report["created"] == 1, report
    [kept] = await counter.rows("SELECT raw FROM inbound_order WHERE external_id = :name", name=name)
    assert (kept["raw"]["customer"]["email"], kept["raw"]["invoice"]["title"]) == ("a@b.cn", "茶业")
    assert kept["raw"]["preferred_delivery_window"] == "09:00-12:00"
