"""The command line `orders import | list | show | explain` against the API over HTTP (conventions "Command lines")."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import insert, text

from api.app import create_app
from api.cli import run
from api.dependencies import open_parts
from api.files.pieces import AT_ONCE, kind_of, pieces_of
from infra.db.engine import open_engine
from infra.db.tables import inbound_fact
from infra.whereabouts import load_settings
from tests.parties import free_port
from tests.web.counter import NOON, NUMBERS, Watch, furnish
from tests.web.test_imports import row, sheet

OK, FAILED, USAGE, FOUND_PROBLEMS = 0, 1, 2, 3
Say = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture(scope="module")
async def served(fresh_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """The API on a port, and a data folder with its keys and address."""
    database_url = fresh_database()
    settings = load_settings(database_url=database_url, temporal_address="127.0.0.1:1")
    app, port = create_app(partial(open_parts, settings, now=Watch())), free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    keys = await furnish(app.state.parts.engine)
    folder = tmp_path_factory.mktemp("data")
    (folder / "keys.toml").write_text("[keys]\n" + "".join(f'{role} = "{key}"\n' for role, key in keys.items()))
    (folder / "database").write_text(database_url)
    (folder / "address").write_text(f"http://127.0.0.1:{port}")
    (folder / "database").write_text(settings.database_url or "")
    yield folder
    server.should_exit = True
    await serving


@pytest.fixture
def say(served: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command; answers its exit code, what it said, and what it said beside that."""
    monkeypatch.setenv("ORDERS_DATA", str(served))
    monkeypatch.setenv("ORDERS_API_URL", (served / "address").read_text())

    async def command(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(run, words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def written(folder: Path, content: str) -> str:
    file = folder / f"{next(NUMBERS)}.csv"
    file.write_text(content, encoding="utf-8")
    return str(file)


@pytest.mark.clause("SR-011")
async def test_a_file_is_imported_and_its_bad_rows_are_listed(say: Say, tmp_path: Path) -> None:
    name = f"C{next(NUMBERS)}"
    file = written(tmp_path, sheet(row(f"{name}1"), row(f"{name}2", quantity="two"), row(f"{name}3")))
    code, said, beside = await say("import", file)
    assert (code, beside) == (FOUND_PROBLEMS, "")
    assert "3 rows, 2 created, 0 changed, 0 known, 1 refused" in said
    assert "row 3, quantity: A whole number is wanted" in said
    again, said, _ = await say("import", file, "--json")
    report = json.loads(said)
    assert (again, report["created"], report["known"], report["problems"][0]["row"]) == (FOUND_PROBLEMS, 0, 2, 3)


async def test_a_good_file_ends_with_0_and_its_kind_is_seen_by_its_header(say: Say, tmp_path: Path) -> None:
    sku = f"C{next(NUMBERS)}"
    assert (await say("import", written(tmp_path, f"sku,name\n{sku},新茶\n")))[0] == OK
    code, said, _ = await say("import", written(tmp_path, f"warehouse,sku,on_hand\nSH,{sku},5\n"))
    assert (code, said.split(":")[0]) == (OK, "stock")


async def test_a_large_file_goes_in_pieces_and_keeps_the_numbers_of_its_rows(say: Say, tmp_path: Path) -> None:
    rows = [row(f"L{next(NUMBERS)}") for _ in range(2 * AT_ONCE + 7)]
    rows[AT_ONCE + 3]["quantity"] = "x"
    code, said, _ = await say("import", written(tmp_path, sheet(*rows)), "--json")
    report = json.loads(said)
    assert (code, report["rows"], report["created"]) == (FOUND_PROBLEMS, len(rows), len(rows) - 1)
    assert [problem["row"] for problem in report["problems"]] == [AT_ONCE + 5]


async def test_orders_are_listed_shown_and_explained(say: Say, tmp_path: Path) -> None:
    name = f"S{next(NUMBERS)}"
    await say("import", written(tmp_path, sheet(row(name))))
    code, said, _ = await say("list", "--q", name, "--lang", "en")
    assert code == OK
    assert name in said
    assert "received" in said
    page = json.loads((await say("list", "--q", name, "--json"))[1])
    number = page["orders"][0]["order_no"]
    code, said, _ = await say("show", number, "--lang", "en")
    assert (code, said.count("\x1b")) == (OK, 0)
    assert "The order was received." in said
    assert "CNY 68.00" in said
    code, said, _ = await say("explain", number, "--lang", "en")
    assert code == OK
    assert "waits for us: its start" in said
    assert "等待 我们: 启动处理" in (await say("explain", number))[1]
    assert "已接收" in (await say("show", number))[1]
    assert json.loads((await say("explain", number, "--json"))[1])["order_no"] == number


async def test_what_went_wrong_is_said_with_what_to_do(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said, beside = await say("show", "SO2026112300000000")
    assert (code, said) == (FAILED, "")
    assert "There is no order" in beside
    assert "GET /v1/orders?q=" in beside
    code, _, beside = await say("import", str(tmp_path / "none.csv"))
    assert (code, "cannot be read" in beside) == (FAILED, True)
    code, _, beside = await say("import", written(tmp_path, "colour\nred\n"))
    assert (code, "--kind" in beside) == (USAGE, True)
    assert (await say("list", "--limit", "many"))[0] == USAGE
    assert "No order is like that" in (await say("list", "--stage", "NOPE", "--lang", "en"))[1]
    monkeypatch.setenv("ORDERS_API_URL", f"http://127.0.0.1:{free_port()}")
    code, _, beside = await say("list")
    assert (code, "orders up" in beside) == (FAILED, True)
    monkeypatch.setenv("ORDERS_DATA", str(tmp_path))
    code, _, beside = await say("list")
    assert (code, "There is no viewer key" in beside) == (FAILED, True)


def test_a_file_is_cut_between_orders_only() -> None:
    rows = [row(f"P{place // 3}") for place in range(3 * AT_ONCE)]
    pieces = pieces_of(sheet(*rows).encode(), "orders")
    assert len(pieces) > 1
    assert sum(piece.rows for piece in pieces) == len(rows)
    assert [piece.first_row for piece in pieces] == [
        2 + sum(piece.rows for piece in pieces[:place]) for place in range(len(pieces))
    ]
    assert all(piece.rows % 3 == 0 for piece in pieces)


def test_a_file_whose_orders_are_scattered_goes_whole() -> None:
    rows = [row(f"Q{place % 600}") for place in range(1200)]
    assert [piece.rows for piece in pieces_of(sheet(*rows).encode(), "orders")] == [1200]
    assert [piece.first_row for piece in pieces_of(b"\xff", "orders")] == [2]
    assert kind_of(b"\xff") is None


async def test_a_setting_that_does_not_fit_is_named_and_is_no_stack_trace(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_API_PORT", "99999999")
    code, _, beside = await say("list")
    assert code == USAGE
    assert "The setting" in beside
    assert "api_port" in beside.lower()
    assert "Traceback" not in beside


@pytest.mark.clause("AC-72")
async def test_a_takeover_is_tried_first_and_then_done(say: Say, tmp_path: Path) -> None:
    name = f"K{next(NUMBERS)}"
    done = {"paid_at": NOON.isoformat(), "completed_at": NOON.isoformat()}
    ended, wrong = {"cancelled_at": NOON.isoformat()}, {"outbound_at": "x"}
    content = sheet(row(f"{name}1", **done), row(f"{name}2", **ended), row(f"{name}3", **wrong))
    dry_code, dry, _ = await say("takeover", written(tmp_path, content), "--dry-run")
    code, told, _ = await say("takeover", written(tmp_path, content))
    assert (dry_code, code) == (FOUND_PROBLEMS, FOUND_PROBLEMS)
    assert dry == f"dry run: {told}"
    assert "3 orders, 2 created, 0 known, 1 refused, 0 open, 2 finished, 0 short\n" in told
    assert "stages: CANCELLED 1, COMPLETED 1\n" in told
    assert "row 4, outbound_at: " in told
    again = json.loads((await say("takeover", written(tmp_path, content), "--json"))[1])
    assert (again["created"], again["known"], again["refused"]) == (0, 2, 1)


@pytest.mark.clause("SR-111")
async def test_the_stock_books_are_checked_and_repaired_from_the_command_line(say: Say, served: Path) -> None:
    assert (await say("stock", "check"))[:2] == (OK, "The stock books balance.\n")
    engine = open_engine((served / "database").read_text())
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE stock_level SET reserved = 3 WHERE sku = 'CUP'"))
    await engine.dispose()
    code, said, _ = await say("stock", "check")
    assert (code, said.splitlines()[0]) == (
        FOUND_PROBLEMS,
        "ledger_differs     CUP in SH: 3 reserved by the level, 0 by the ledger",
    )
    code, said, _ = await say("stock", "repair", "--json")
    assert (code, len(json.loads(said)["differences"])) == (FOUND_PROBLEMS, 1), "without --apply nothing is done"
    code, said, _ = await say("stock", "repair", "--apply")
    assert (code, said) == (OK, "repaired  CUP in SH: 0 reserved\nThe stock books balance.\n")
    code, said, _ = await say("stock", "repair", "--apply", "--json")
    assert (code, json.loads(said)) == (OK, {"repaired": [], "differences": []})


@pytest.mark.clause("EC-18")
async def test_an_event_without_an_order_is_closed_and_matched_from_the_command_line(say: Say, served: Path) -> None:
    engine = open_engine((served / "database").read_text())
    fact = {"tenant": "default", "source": "carrier", "kind": "carrier_scan", "body": {"data": {}}, "body_hash": "h"}
    times = {"occurred_at": NOON, "received_at": NOON}
    async with engine.begin() as connection:
        for event in ("a", "b"):
            row = {"fact_id": f"carrier:{event}", "event_id": event, "state": "orphan", "tracking_number": f"X{event}"}
            await connection.execute(insert(inbound_fact).values(**fact, **row, **times))
    await engine.dispose()
    first, second = json.loads((await say("orphans", "list", "--json"))[1])["orphans"]
    code, said, _ = await say("orphans", "close", str(first["orphan"]), "--reason", "not ours")
    assert (code, said) == (OK, f"Orphan {first['orphan']} is closed.\n")
    code, said, _ = await say("orphans", "list")
    assert (code, "Xb" in said, "Xa" in said) == (OK, True, False)
    code, _, beside = await say("orphans", "match", str(second["orphan"]), "SO2026112399999999")
    assert (code != OK, "There is no order" in beside) == (True, True)
    assert "not ours" in (await say("orphans", "list", "--closed"))[1]
