"""`orders stock check` and `orders stock repair`: whether the stock books balance, from the API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from api.api_line import ApiLine

FOUND_PROBLEMS = 3
TOLD = {
    "ledger_differs": "{books} reserved by the level, {should} by the ledger",
    "order_is_over": "{order_no} is closed and holds {books} of line {line}",
    "given_back_twice": "{order_no} holds {books} of line {line}: more was given back than reserved",
    "promised_too_much": "{books} reserved, {should} there to promise",
}
Json = Annotated[bool, typer.Option("--json", help="The API's answer as JSON, for programs")]

stock = typer.Typer(help="The stock books: see whether they balance, and repair them.", no_args_is_help=True)


@stock.command()
def check(*, as_json: Json = False) -> None:
    """Find where ledger, levels and orders contradict each other; exit code 3 when they do. Changes nothing."""
    with ApiLine("viewer") as line:
        answer = line.get("/v1/stock/differences")
    _say(answer, as_json=as_json)
    if answer["differences"] and not as_json:
        typer.echo("-> `orders stock repair --apply` puts it right; docs/operations.md says by which rule.")
    raise typer.Exit(FOUND_PROBLEMS if answer["differences"] else 0)


@stock.command()
def repair(
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, only show what would be repaired")] = False,
    as_json: Json = False,
) -> None:
    """Put right what `orders stock check` finds; exit code 3 while problems are there."""
    if not apply:
        check(as_json=as_json)
    with ApiLine("operator") as line:
        answer = line.send("/v1/stock/repairs")
    for place in [] if as_json else answer["repaired"]:
        lost = f", orders lost {place['lost']}" if place["lost"] else ""
        typer.echo(f"repaired  {place['sku']} in {place['warehouse']}: {place['reserved']} reserved{lost}")
    _say(answer, as_json=as_json)
    raise typer.Exit(FOUND_PROBLEMS if answer["differences"] else 0)


def _say(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    found: Sequence[dict[str, Any]] = answer["differences"]
    for one in found:
        typer.echo(f"{one['kind']:<18} {one['sku']} in {one['warehouse']}: {TOLD[one['kind']].format(**one)}")
    if not found:
        typer.echo("The stock books balance.")
