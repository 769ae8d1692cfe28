"""`orders list`, `orders show`, `orders explain`: where the orders stand, from the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
        print_json(page)
        return
    table = Table("order", "external id", "channel", "state", "beside it", "waits for", "due", box=None)
    for row in page["orders"]:
        beside = " ".join([*row["overlays"], *row["open_cases"], *row["hold_reasons"]])
        due = f"{row['next_due_at'][:16]} {row['next_due_clock']}" if row["next_due_at"] else ""
        table.add_row(
            row["order_no"], row["external_id"], row["channel"], row["label_text"], beside, row["waiting_for"], due
        )
    console = console_of()
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
        now = line.get(f"/v1/orders/{order_no}/steps", lang=lang)
    if as_json:
        print_json({**order, "steps": now["steps"], "timeline": story["timeline"]})
        return
    console = console_of()
    total = money(order["total"], order["currency"], language_of(lang))
    console.print(f"{order['order_no']}  {order['label_text']}  {order['channel']} {order['external_id']}  {total}")
    for case in order["cases"]:
        console.print(f"  case {case['case_no']}  {case['kind']}  {case['subject']}  {case['status']}")
        for coupon in case["coupons"]:
            worth = money(coupon["amount"], coupon["currency"], language_of(lang))
            console.print(f"    coupon {worth}  {'issued' if coupon['issued'] else 'under way'}  {coupon['edition']}")
    _print_steps(console, now["steps"])
    table = Table("at", "what", box=None, show_header=False)
    for happened in story["timeline"]:
        table.add_row(happened["at"][:19].replace("T", " "), happened["text"])
    console.print(table)


def explain(order_no: OrderNo, lang: Lang = "en", as_json: Json = False) -> None:
    """Say why an order is where it is: what it waits for, until when, what happens next, what may be done."""
    with ApiLine("viewer") as line:
        answer, page = line.get(f"/v1/orders/{order_no}/explanation"), line.get(f"/v1/orders/{order_no}")
        now = line.get(f"/v1/orders/{order_no}/steps", lang=lang)
    if as_json:
        print_json({**answer, "steps": now["steps"], "effects": now["effects"]})
        return
    console, why = console_of(), answer["explanation"]
    console.print(f"{order_no}  {why['stage']}  (as of {answer['as_of']})")
    for wait in why.get("waiting", []):
        until = f", until {wait['until']}" if wait.get("until") else ""
        console.print(f"  waits for {wait['who']}: {wait['what']}, since {wait['since']}{until}")
    for name, told in (("until", "until_clock"), ("next_at", "next_name")):
        if why.get(name):
            console.print(f"  {'until' if name == 'until' else 'then'} {why[name]}: {why[told]}")
    for shipment in why.get("splits", []):
        console.print(f"  {shipment}: nobody told which goods are in which parcel")
    _print_open(console, page, now)
    console.print(f"  open: {', '.join(why.get('actions', [])) or 'nothing'}")
    closed = why.get("closed", {})
    for reason in dict.fromkeys(closed.values()):
        console.print(f"  not {', '.join(action for action, why_not in closed.items() if why_not == reason)}: {reason}")
    if answer["waiting_facts"]:
        console.print(f"  {answer['waiting_facts']} facts wait in the inbox until it looks")


def _print_open(console: Console, page: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """What a request may name: the open cases, the steps of their playbooks, and what else is not done."""
    for case in page["cases"]:
        if case["status"] != "RESOLVED":
            console.print(f"  case {case['case_no']}: {case['kind']}, {case['subject']}, {case['cause']}")
    _print_steps(console, [step for step in now["steps"] if step["state"] == "OPEN"])
    _print_tried(console, now["effects"], "  ")


def _print_steps(console: Console, steps: Iterable[Mapping[str, Any]]) -> None:
    """Each step: whose, since and until when, what came of it, what was tried, what may be asked."""
    for step in steps:
        until = f" until {step['until']}" if step["until"] else ""
        console.print(
            f"  step {step['step']}: {step['text']}, {step['owner']}, {step['state']} since {step['since']}{until}"
        )
        said = "; ".join(filter(None, (step["result"], step["reason"], step["by"])))
        if said:
            console.print(f"    {said}")
        _print_tried(console, step["effects"], "    ")
        if step["buttons"]:
            console.print(f"    open: {', '.join(step['buttons'])}")


def _print_tried(console: Console, effects: Iterable[Mapping[str, Any]], margin: str) -> None:
    for tried in effects:
        attempt = f", attempt {tried['attempt']}" if tried["attempt"] else ""
        then = f", next try {tried['next_try']}" if tried["next_try"] else ""
        told = f"{tried['kind']} {tried['key']}: {tried['status']} since {tried['since']}{attempt}{then}"
        console.print(f"{margin}{told}  {tried['last_error']}".rstrip())


def console_of() -> Console:
    """Where a command writes: plain words, folded by nobody but a terminal."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=WIDE)


def print_json(answer: Mapping[str, Any]) -> None:
    """The API's answer for programs."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
