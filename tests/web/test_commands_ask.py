"""Requests from the terminal, and the steps of a case as people see them (§4.12, conventions "Command lines").

The command line speaks to the API over HTTP, and that to orders that live.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer
import uvicorn
from sqlalchemy import text
from temporalio.client import Client

from api.app import create_app
from api.ask_options import OF_THE_HOUSE, body_of, options_of
from api.cli import run
from api.commands_ask import answer_of
from api.commands_returns import told
from api.dependencies import open_parts
from domain.effects import EffectKind
from domain.inquiries import Inquiry
from domain.inside import Asked
from domain.manual.accepting import accepted
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import STANDARD, CaseKind
from domain.requests import ASKS
from infra.db.counting import put_counts
from infra.db.master_data import Count
from infra.relay.door import workflow_id
from infra.whereabouts import load_settings
from tests.parties import free_port
from tests.rules.quoting import request
from tests.rules.recalling import at
from tests.web.conftest import lived
from tests.web.counter import order
from tests.web.living import STOPS, Life, now
from tests.web.test_late_payments import completed

OK, FAILED, USAGE, REFUSED = 0, 1, 2, 4
Say = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture(scope="module")
async def served(
    fresh_database: Callable[[], str], client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Life, Path]]:
    """Orders that live, the API on a port, and a data folder with its keys and address."""
    url, stop = fresh_database(), asyncio.Event()
    async with lived(url, client) as life:
        settings = load_settings(database_url=url, task_queue=life.task_queue)
        app, port = create_app(partial(open_parts, settings, client=client)), free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        serving, relay = asyncio.create_task(server.serve()), asyncio.create_task(life.relay().run(stop))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.02)
        folder = tmp_path_factory.mktemp("data")
        keys = "".join(f'{role} = "{key}"\n' for role, key in life.counter.keys.items())
        (folder / "keys.toml").write_text(f"[keys]\n{keys}")
        (folder / "address").write_text(f"http://127.0.0.1:{port}")
        yield life, folder
        server.should_exit = True
        stop.set()
        await asyncio.gather(serving, relay)


@pytest.fixture
def life(served: tuple[Life, Path]) -> Life:
    return served[0]


@pytest.fixture
def say(served: tuple[Life, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command; answers its exit code, what it said, and what it said beside that."""
    folder = served[1]
    monkeypatch.setenv("ORDERS_DATA", str(folder))
    monkeypatch.setenv("ORDERS_API_URL", (folder / "address").read_text())

    async def command(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(run, words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


async def placed(life: Life) -> str:
    number = await life.counter.places(order(placed_at=now().isoformat()))
    await life.reaches(number, "AWAITING_CONFIRMATION")
    return number


@pytest.mark.clause("SR-163")
async def test_an_order_is_held_changed_and_cancelled_from_the_terminal(life: Life, say: Say) -> None:
    number = await placed(life)
    code, said, _ = await say("hold", number, "--reason", "DISPUTE", "--note", "odd", "--actor", "li.na")
    assert (code, said) == (OK, f"{number}  accepted  AWAITING_CONFIRMATION  version 1\n")
    code, said, _ = await say("change", number, "--change", "EXPEDITE", "--dry-run")
    assert (code, "ACCEPTED  A" in said, "only asked" in said) == (OK, True, True)
    assert "  goods 0  freight 0  fee 0  CNY (minor units)\n  money NONE 0  there by" in said
    sealed = said.rpartition("  quote ")[2].split()[0]
    assert (await say("change", number, "--change", "CANCEL", "--quote", sealed))[0] == REFUSED
    code, said, _ = await say("change", number, "--change", "CONTACT", "--set", "customer.phone=13800138001")
    assert (code, said.splitlines()[0]) == (OK, f"{number}  accepted  RECEIVED  version 2")
    await life.reaches(number, "AWAITING_CONFIRMATION")
    code, said, _ = await say("ask", "release_hold", number, "--hold", "H1", "--json")
    assert (code, json.loads(said)["order_no"]) == (OK, number)
    assert (await say("cancel", number, "--reason", "不要了"))[0] == OK
    await life.reaches(number, "CANCELLED")
    trail = await life.counter.rows(
        "SELECT code, actor FROM order_event WHERE order_no = :no AND code IN ('place_hold', 'cancel')", no=number
    )
    assert [(row["code"], row["actor"]) for row in trail] == [("place_hold", "li.na"), ("cancel", "operator 1")]


@pytest.mark.clause("SR-163")
async def test_the_answer_no_has_an_exit_code_of_its_own_with_reason_and_alternatives(
    life: Life, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await placed(life)
    code, said, beside = await say("retry", number, "--step", "none")
    assert (code, said, beside.splitlines()[0].split(":")[0]) == (REFUSED, "", "refused  UNKNOWN_STEP")
    assert "没有这样的步骤" in beside
    monkeypatch.setenv("ORDERS_LANGUAGE", "en")
    assert "there is no such step open" in (await say("retry", number, "--step", "none"))[2]
    assert "没有这样的步骤" in (await say("retry", number, "--step", "none", "--lang", "zh-Hans"))[2]
    code, said, beside = await say("retry", number, "--step", "none", "--json")
    assert (code, json.loads(said)["code"], beside) == (REFUSED, "UNKNOWN_STEP", "")
    code, _, beside = await say("ask", "approve_audit", number, "--reason", "r")
    assert (code, beside.splitlines()[0].split(":")[0]) == (REFUSED, "refused  WRONG_STAGE")
    assert "instead" not in beside, "nothing instead is open"
    code, _, beside = await say("ask", "correct_fields", number, "--set", "customer.phone=13800138001")
    assert (code, "Instead: submit_change_request, cancel, place_hold" in beside) == (REFUSED, True)
    code, _, beside = await say("change", number, "--change", "NOPE")
    assert (code, "refused" in beside) == (USAGE, True)
    assert (await say("hold", number))[0] == USAGE, "a note is needed"
    code, _, beside = await say("ask", "correct_fields", number, "--set", "phone")
    assert (code, "PATH=VALUE" in beside) == (USAGE, True)
    assert (await say("cancel", "SO2026112300000000", "--reason", "r"))[0] == FAILED
    coupon = ("--coupon", "x", "--verdict", "approve", "--reason", "r")
    code, _, beside = await say("ask", "decide_coupon", number, *coupon)
    assert (code, "role" in beside, "FORBIDDEN" in beside) == (REFUSED, False, False), "asked as a supervisor"
    code, _, beside = await say("ask", "decide_coupon", number, *coupon, "--role", "operator")
    assert (code, "role_not_allowed" in beside) == (REFUSED, True)
    await life.asks(number, "cancel", reason="r")


@pytest.mark.clause("EC-65")
async def test_goods_that_come_back_are_asked_for_looked_at_and_settled_from_the_terminal(life: Life, say: Say) -> None:
    number = await completed(life)
    assert (await say("return", "list", number))[:2] == (OK, f"Order {number} has no return.\n")
    code, said, _ = await say("return", "ask", number, "--line", "1=2", "--dry-run")
    assert (code, said) == (OK, f"{number}  may come back  CNY 136.00\n")
    code, said, _ = await say("return", "ask", number, "--line", "1=9", "--dry-run")
    assert (code, "refused" in said, "line 1: " in said) == (REFUSED, True, True)
    code, _, beside = await say("return", "ask", number, "--line", "1=9")
    assert (code, "RETURN_REFUSED" in beside, "  line 1: " in beside) == (REFUSED, True, True)
    assert (await say("return", "ask", number, "--line", "1"))[0] == USAGE
    assert (await say("return", "ask", number, "--line", "1=2"))[0] == OK
    code, _, beside = await say("return", "inspect", number, "1", "--line", "1=1/0")
    assert (code, "LINE=N/N/N" in beside) == (USAGE, True)
    assert (await say("return", "settle", number, "1", "--reason", "r"))[0] == REFUSED, "nothing is in dispute"
    assert (await say("return", "approve", number, "1"))[1] == f"{number}  accepted  return 1  APPROVED\n"
    code, said, _ = await say("return", "inspect", number, "1", "--line", "1=2/0/0")
    assert (code, said.startswith(f"{number}  accepted  return 1  ")) == (OK, True)
    code, said, _ = await say("return", "list", number, "--lang", "en")
    assert (code, said.splitlines()[0].startswith("1  refund  "), "  line 1  2" in said) == (OK, True, True)


def test_a_return_is_told_with_its_lines_and_what_was_paid_back() -> None:
    paid = {"cause": "goods", "amount": 6_800, "at": "2026-11-26T20:00:00Z"}
    its = {"return_no": 1, "kind": "refund", "state_text": "closed", "currency": "CNY", "refunds": [paid]}
    said = list(told({**its, "lines": [{"line": "1", "quantity": 2}]}, "en"))
    assert said == ["1  refund  closed", "  line 1  2", "  refund CNY 68.00  goods"]


@pytest.mark.clause("SR-163", "SR-054")
@pytest.mark.parametrize("as_json", [False, True])
def test_a_dry_run_that_would_be_refused_says_so_and_its_status_too(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    story = at("OUT_FOR_DELIVERY")
    fact = {"id": "ask:q", "actor": "Li", "occurred_at": story.now, "received_at": story.now}
    answer = accepted(story.order, Asked.model_validate({**fact, "ask": request(story, "CANCEL", dry_run=True)}))
    with pytest.raises(typer.Exit) as left:
        answer_of(lambda: answer.model_dump(mode="json"), as_json=as_json)
    assert left.value.exit_code == REFUSED
    said = capsys.readouterr().out
    assert "accepted" not in said.splitlines()[0]
    assert ("would be refused" in said) is not as_json
    assert "REFUSED" in said


@pytest.mark.clause("EC-42")
async def test_an_order_whose_workflow_is_gone_is_resumed_or_closed_from_the_terminal(life: Life, say: Say) -> None:
    number = await placed(life)
    assert (await say("resume", number))[0] == REFUSED
    await life.client.get_workflow_handle(workflow_id(number)).terminate("by mistake")
    code, _, beside = await say("hold", number, "--reason", "DISPUTE", "--note", "n")
    assert (code, "orders resume" in beside) == (REFUSED, True)
    assert (await say("resume", number))[:2] == (OK, f"{number}  accepted  facts that it had not taken in: 0\n")
    assert (await say("hold", number, "--reason", "DISPUTE", "--note", "n"))[0] == OK
    await life.client.get_workflow_handle(workflow_id(number)).terminate("by mistake")
    assert (await say("close", number))[0] == USAGE
    assert (await say("close", number, "--reason", "settled"))[:2] == (OK, f"{number}  accepted  CLOSED\n")


def begun(state: dict[str, Any]) -> dict[str, Any]:
    """The order with a case whose playbook has begun a step, by hand: the warehouse is asked."""
    order_ = Order.model_validate({**state, "policy": STANDARD})
    turn = Turn(order_, now())
    case = turn.open_case(CaseKind.MIS_SHIPMENT, "package/1")
    turn.start(EffectKind.ASK_WAREHOUSE, "1/1", Inquiry, case="1", subject="package/1")
    key = turn.order.effects[-1].key
    turn.begin(case, "transfer", "warehouse", until=now() + timedelta(hours=4), effects=(key,))
    return turn.order.model_dump(mode="json", exclude={"policy"})


@pytest.mark.clause("SR-162")
async def test_a_step_is_seen_and_ended_by_a_person(life: Life, say: Say) -> None:
    number = await placed(life)
    await life.client.get_workflow_handle(workflow_id(number)).terminate("to begin a step by hand")
    [row] = await life.counter.rows("SELECT snapshot FROM orders WHERE order_no = :no", no=number)
    async with life.counter.engine.begin() as connection:
        with_step = text("UPDATE orders SET snapshot = CAST(:state AS jsonb) WHERE order_no = :no")
        await connection.execute(with_step, {"state": json.dumps(begun(row["snapshot"])), "no": number})
    assert (await say("resume", number))[0] == OK
    await life.reaches(number, "AWAITING_CONFIRMATION")
    code, said, _ = await say("explain", number, "--lang", "en")
    assert code == OK
    assert "waits for warehouse: step 1/transfer, since" in said
    assert "step 1/transfer: transfer stock from another warehouse, warehouse, OPEN since" in said
    assert "open: skip_step, report_step" in said, "what it asked was answered: there is nothing to try again"
    page = (await life.counter.send("GET", f"/v1/orders/{number}/steps?lang=en", role="viewer")).json()
    [step] = page["steps"]
    assert (page["live"], step["step"], step["owner"], step["state"]) == (True, "1/transfer", "warehouse", "OPEN")
    assert [(tried["kind"], tried["status"], tried["asked"]) for tried in step["effects"]] == [
        ("ask_warehouse", "DONE", 1)
    ]
    [of_page] = (await life.counter.send("GET", f"/v1/orders/{number}", role="viewer")).json()["steps"]
    assert (of_page["word"], of_page["until"] is not None) == ("transfer", True)
    code, said, _ = await say("skip", number, "--step", "1/transfer", "--reason", "the van broke down")
    assert code == OK
    code, said, _ = await say("show", number, "--lang", "en")
    assert "SKIPPED since" in said
    assert "the van broke down; operator" in said
    assert (await say("skip", number, "--step", "1/transfer", "--reason", "r"))[0] == REFUSED
    assert (await life.counter.send("GET", "/v1/orders/SO0/steps", role="viewer")).status_code == 404


def test_every_request_has_its_command_with_its_own_fields() -> None:
    for name, model in ASKS.items():
        flags = {option.flag for option in options_of(model)}
        fields = set(model.model_fields) - OF_THE_HOUSE - {"params"}
        assert {f"--{field.replace('_', '-')}" for field in fields} <= flags, name
    change = options_of(ASKS["submit_change_request"])
    given = dict.fromkeys((option.name for option in change), None)
    told = {"change": "QUANTITY", "params__line": "1", "params__quantity": 0, "fields": ["customer.name=A=B"]}
    assert body_of(change, {**given, **told, "dry_run": False}) == {
        "change": "QUANTITY",
        "params": {"line": "1", "quantity": 0},
        "fields": {"customer.name": "A=B"},
    }


@pytest.mark.clause("SR-034", "SR-163")
async def test_what_a_warehouse_does_not_send_goes_elsewhere_from_the_terminal(life: Life, say: Say) -> None:
    at = now().isoformat()
    paid = {"method": "prepaid", "paid_amount": 13600, "paid_at": at}
    number = await life.counter.places(order(placed_at=at, payment=paid))
    STOPS.add(number)
    await life.reaches(number, "READY_TO_SHIP")
    code, _, beside = await say("reassign", "--warehouse", "NOWHERE")
    assert (code, "no warehouse NOWHERE" in beside) == (FAILED, True)
    moving = ("reassign", "--warehouse", "SH")
    code, said, _ = await say(*moving, "--dry-run")
    assert (code, f"{number}  shipment 1  refused  NO_STOCK_ELSEWHERE" in said) == (REFUSED, True), said
    async with life.counter.engine.begin() as connection:
        await put_counts(connection, [Count("GZ", "TEA-250", 2)], now())
    code, said, _ = await say(*moving, "--dry-run")
    assert (code, f"{number}  shipment 1  accepted" in said, "dry run" in said) == (OK, True, True), said
    code, said, _ = await say(*moving, "--overdue", "--dry-run")
    assert (code, said.startswith("0 of 0 shipments")) == (OK, True), "none is late"
    code, said, _ = await say(*moving, "--to", "GZ", "--reason", "SH has a fire drill")
    assert (code, f"{number}  shipment 1  accepted" in said) == (OK, True), said
    find = "SELECT shipment, warehouse, state FROM shipment WHERE order_no = :no AND released_at IS NOT NULL"
    async with asyncio.timeout(15):
        while len(rows := await life.counter.rows(find + " ORDER BY shipment", no=number)) < 2:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.1)
    assert [(row["warehouse"], row["state"]) for row in rows] == [("SH", "CANCELLED"), ("GZ", "RELEASED")]
    held = "SELECT warehouse, sum(units)::int AS units FROM reservation WHERE order_no = :no GROUP BY warehouse"
    assert {row["warehouse"]: row["units"] for row in await life.counter.rows(held, no=number)} == {"SH": 0, "GZ": 2}
