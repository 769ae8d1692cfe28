"""`orders list`, `orders show`, `orders explain`: where the orders stand, from the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.api_line import ApiLine
from domain.catalogue.forms import money
from domain.catalogue.text import language_of

Json = Annotated[bool, typer.Option("--json", help="The API's answer as JSON, for programs")]
Lang = Annotated[str, typer.Option(help="zh-Hans or en")]
OrderNo = Annotated[str, typer.Argument(help="Such as SO2026112300000001")]
WIDE = 160
"""Columns where there is no terminal: a table in a file is not folded."""


def list_(
    *,
    stage: Annotated[list[str] | None, typer.Option(help="Such as READY_TO_SHIP; may be given again")] = None,
    channel: Annotated[str, typer.Option(help="Only of this channel")] = "",
    attention: Annotated[bool, typer.Option("--attention", help="Only what a person has to look at")] = False,
    case: Annotated[str, typer.Option(help="Only with an open case of this kind, such as LOGISTICS_STALLED")] = "",
    q: Annotated[str, typer.Option(help="Part of an order number, external id or tracking number")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many")] = 20,
    lang: Lang = "zh-Hans",
    as_json: Json = False,
) -> None:
    """List orders, newest first."""
    wanted = {"stage": stage, "channel": channel, "open_case": case, "q": q, "limit": limit, "lang": lang}
    with ApiLine("viewer") as line:
        page = line.get("/v1/orders", **wanted, **({"needs_attention": "true"} if attention else {}))
    if as_json:
        _print_json(page)
        return
    table = Table("order", "external id", "channel", "state", "beside it", "waits for", "due", box=None)
    for row in page["orders"]:
        beside = " ".join([*row["overlays"], *row["open_cases"], *row["hold_reasons"]])
        due = f"{row['next_due_at'][:16]} {row['next_due_clock']}" if row["next_due_at"] else ""
        table.add_row(
            row["order_no"], row["external_id"], row["channel"], row["label_text"], beside, row["waiting_for"], due
        )
    console = _console()
    console.print(
        table if page["orders"] else "No order is like that; stages and cases are written as READY_TO_SHIP is."
    )
    if page["has_more"]:
        console.print("There are more; narrow the list, or ask for a higher --limit.")


def show(order_no: OrderNo, lang: Lang = "zh-Hans", as_json: Json = False) -> None:
    """Show one order: its state and everything that happened, in sentences."""
    with ApiLine("viewer") as line:
        order = line.get(f"/v1/orders/{order_no}", lang=lang)
        story = line.get(f"/v1/orders/{order_no}/timeline", lang=lang)
    if as_json:
        _print_json({**order, "timeline": story["timeline"]})
        return
    console = _console()
    total = money(order["total"], order["currency"], language_of(lang))
    console.print(f"{order['order_no']}  {order['label_text']}  {order['channel']} {order['external_id']}  {total}")
    for case in order["cases"]:
        console.print(f"  case {case['case_no']}  {case['kind']}  {case['subject']}  {case['status']}")
        for coupon in case["coupons"]:
            worth = money(coupon["amount"], coupon["currency"], language_of(lang))
            console.print(f"    coupon {worth}  {'issued' if coupon['issued'] else 'under way'}  {coupon['edition']}")
    table = Table("at", "what", box=None, show_header=False)
    for happened in story["timeline"]:
        table.add_row(happened["at"][:19].replace("T", " "), happened["text"])
    console.print(table)


def explain(order_no: OrderNo, as_json: Json = False) -> None:
    """Say why an order is where it is: what it waits for, until when, what happens next, what may be done."""
    with ApiLine("viewer") as line:
        answer, page = line.get(f"/v1/orders/{order_no}/explanation"), line.get(f"/v1/orders/{order_no}")
    if as_json:
        _print_json(answer)
        return
    console, why = _console(), answer["explanation"]
    console.print(f"{order_no}  {why['stage']}  (as of {answer['as_of']})")
    for wait in why.get("waiting", []):
        console.print(f"  waits for {wait['who']}: {wait['what']}, since {wait['since']}")
    for name, told in (("until", "until_clock"), ("next_at", "next_name")):
        if why.get(name):
            console.print(f"  {'until' if name == 'until' else 'then'} {why[name]}: {why[told]}")
    _print_open(console, page)
    console.print(f"  open: {', '.join(why.get('actions', [])) or 'nothing'}")
    for action, reason in why.get("closed", {}).items():
        console.print(f"  not {action}: {reason}")
    if answer["waiting_facts"]:
        console.print(f"  {answer['waiting_facts']} facts wait in the inbox until it looks")


def _print_open(console: Console, page: Mapping[str, Any]) -> None:
    """What a request may name: the open cases, and the steps that are not done."""
    for case in page["cases"]:
        if case["status"] != "RESOLVED":
            console.print(f"  case {case['case_no']}: {case['kind']}, {case['subject']}, {case['cause']}")
    for step in page["effects"]:
        if step["status"] != "DONE":
            console.print(f"  step {step['key']}: {step['status']} since {step['since']}  {step['note']}")


def _console() -> Console:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=WIDE)


def _print_json(answer: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
