"""`orders list`, `orders show`, `orders explain`: where the orders stand, from the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.api_line import ApiLine
from domain.catalogue.forms import money
from domain.catalogue.reasons import retold
from domain.catalogue.terminal import waited_for
from domain.catalogue.text import label

Json = Annotated[bool, typer.Option("--json", help="The API's answer as JSON, for programs")]
Lang = Annotated[str, typer.Option(help="zh-Hans or en; by itself ORDERS_LANGUAGE")]
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
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """List orders, newest first."""
    wanted = {"stage": stage, "channel": channel, "open_case": case, "q": q, "limit": limit}
    with ApiLine("viewer", lang) as line:
        page = line.get("/v1/orders", **wanted, **({"needs_attention": "true"} if attention else {}))
        say = Say(line.language)
    if as_json:
        print_json(page)
        return
    names = ("order", "external_id", "channel", "state", "beside", "waits_for", "due")
    table = Table(*map(say, names), box=None)
    for row in page["orders"]:
        beside = " ".join([*row["overlays"], *row["open_cases"], *row["hold_reasons"]])
        due = f"{row['next_due_at'][:16]} {row['next_due_clock']}" if row["next_due_at"] else ""
        table.add_row(
            row["order_no"], row["external_id"], row["channel"], row["label_text"], beside, row["waiting_for"], due
        )
    console = console_of()
    console.print(table if page["orders"] else say("no_order"))
    if page["has_more"]:
        console.print(say("more"))


def show(order_no: OrderNo, lang: Lang = "", as_json: Json = False) -> None:
    """Show one order: its state, everything that happened, in sentences, and where the Temporal UI shows it."""
    with ApiLine("viewer", lang) as line:
        order = line.get(f"/v1/orders/{order_no}")
        story = line.get(f"/v1/orders/{order_no}/timeline")
        now = line.get(f"/v1/orders/{order_no}/steps")
        say, link = Say(line.language), line.link(order_no)
    if as_json:
        print_json({**order, "steps": now["steps"], "timeline": story["timeline"]})
        return
    console = console_of()
    total = money(order["total"], order["currency"], say.language)
    console.print(f"{order['order_no']}  {order['label_text']}  {order['channel']} {order['external_id']}  {total}")
    if link:
        console.print(f"  {link}")
    for case in order["cases"]:
        console.print(f"  {say('case')} {case['case_no']}  {case['kind']}  {case['subject']}  {case['status']}")
        for coupon in case["coupons"]:
            worth = money(coupon["amount"], coupon["currency"], say.language)
            state = say("issued" if coupon["issued"] else "under_way")
            console.print(f"    {say('coupon')} {worth}  {state}  {coupon['edition']}")
    _print_steps(console, say, now["steps"])
    table = Table("at", "what", box=None, show_header=False)
    for happened in story["timeline"]:
        table.add_row(happened["at"][:19].replace("T", " "), happened["text"])
    console.print(table)


def explain(order_no: OrderNo, lang: Lang = "", as_json: Json = False) -> None:
    """Say why an order is where it is: what it waits for, until when, what happens next, what may be done."""
    with ApiLine("viewer", lang) as line:
        answer, page = line.get(f"/v1/orders/{order_no}/explanation"), line.get(f"/v1/orders/{order_no}")
        now = line.get(f"/v1/orders/{order_no}/steps")
        say = Say(line.language)
    if as_json:
        print_json({**answer, "steps": now["steps"], "effects": now["effects"]})
        return
    console, why = console_of(), answer["explanation"]
    console.print(f"{order_no}  {label('stage', why['stage'], say.language)}  ({say('as_of')} {answer['as_of']})")
    for wait in why.get("waiting", []):
        until = f", {say('until')} {wait['until']}" if wait.get("until") else ""
        told = f"{label('role', wait['who'], say.language)}: {waited_for(wait['what'], say.language)}"
        console.print(f"  {say('waits_for')} {told}, {say('since')} {wait['since']}{until}")
    for name, word, told in (("until", "until", "until_clock"), ("next_at", "then", "next_name")):
        if why.get(name):
            console.print(f"  {say(word)} {why[name]}: {why[told]}")
    for shipment in why.get("splits", []):
        console.print(f"  {shipment}: {say('split')}")
    _print_open(console, say, page, now)
    console.print(f"  {say('open')}: {', '.join(why.get('actions', [])) or say('nothing')}")
    for reason, actions in _shut(why.get("closed", {})).items():
        console.print(f"  {say('not')} {', '.join(actions)}: {retold(reason, why['stage'], say.language)}")
    if answer["waiting_facts"]:
        console.print(f"  {answer['waiting_facts']} {say('facts')}")


def _shut(closed: Mapping[str, str]) -> dict[str, list[str]]:
    """The requests that nobody may make now, by the reason."""
    reasons = dict.fromkeys(closed.values())
    return {reason: [action for action, why in closed.items() if why == reason] for reason in reasons}


def _print_open(console: Console, say: Say, page: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """What a request may name: the open cases, the steps of their playbooks, and what else is not done."""
    for case in page["cases"]:
        if case["status"] != "RESOLVED":
            console.print(f"  {say('case')} {case['case_no']}: {case['kind']}, {case['subject']}, {case['cause']}")
    _print_steps(console, say, [step for step in now["steps"] if step["state"] == "OPEN"])
    _print_tried(console, say, now["effects"], "  ")


def _print_steps(console: Console, say: Say, steps: Iterable[Mapping[str, Any]]) -> None:
    """Each step: whose, since and until when, what came of it, what was tried, what may be asked."""
    for step in steps:
        until = f" {say('until')} {step['until']}" if step["until"] else ""
        owner = label("role", step["owner"], say.language)
        told = f"{step['text']}, {owner}, {step['state']} {say('since')} {step['since']}{until}"
        console.print(f"  {say('step')} {step['step']}: {told}")
        said = "; ".join(filter(None, (step["result"], step["reason"], step["by"])))
        if said:
            console.print(f"    {said}")
        _print_tried(console, say, step["effects"], "    ")
        if step["buttons"]:
            console.print(f"    {say('open')}: {', '.join(step['buttons'])}")


def _print_tried(console: Console, say: Say, effects: Iterable[Mapping[str, Any]], margin: str) -> None:
    for tried in effects:
        attempt = f", {say('attempt')} {tried['attempt']}" if tried["attempt"] else ""
        then = f", {say('next_try')} {tried['next_try']}" if tried["next_try"] else ""
        told = f"{tried['kind']} {tried['key']}: {tried['status']} {say('since')} {tried['since']}{attempt}{then}"
        console.print(f"{margin}{told}  {tried['last_error']}".rstrip())


@dataclass(frozen=True)
class Say:
    """The command line's own words in one language."""

    language: str

    def __call__(self, word: str) -> str:
        """One of them."""
        return label("terminal", word, self.language)


def console_of() -> Console:
    """Where a command writes: plain words, folded by nobody but a terminal."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=WIDE)


def print_json(answer: Mapping[str, Any]) -> None:
    """The API's answer for programs."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
