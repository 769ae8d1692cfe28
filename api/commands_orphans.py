"""`orders orphans`: events without an order, listed, closed with a reason, or given their order; from the API."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from api.api_line import ApiLine
from api.commands_orders import Json, console_of, print_json

Number = Annotated[int, typer.Argument(help="Its number in the list")]
orphans = typer.Typer(help="Events for which no order is known: list, close or match them.", no_args_is_help=True)


@orphans.command("list")
def list_(
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Also those that a person closed")] = False,
    as_json: Json = False,
) -> None:
    """List them, oldest first: sought for 7 days, then a person's."""
    with ApiLine("viewer") as line:
        page = line.get("/v1/orphans", **({"closed": "true"} if closed else {}))
    if as_json:
        print_json(page)
        return
    table = Table("orphan", "state", "owner", "kind", "names", "received", "closed for", box=None)
    for row in page["orphans"]:
        names = row["order_no"] or row["tracking_number"] or row["external_id"] or ""
        cells = (row["state"], row["owner"], row["kind"], names, row["received_at"][:16], row["closed_for"])
        table.add_row(str(row["orphan"]), *cells)
    console_of().print(table if page["orphans"] else "Every event has its order.")


@orphans.command()
def close(orphan: Number, reason: Annotated[str, typer.Option(help="Why nobody needs it")]) -> None:
    """Close one that nobody needs."""
    with ApiLine("operator") as line:
        line.post(f"/v1/orphans/{orphan}/close", {"reason": reason})
    typer.echo(f"Orphan {orphan} is closed.")


@orphans.command()
def match(orphan: Number, order_no: Annotated[str, typer.Argument(help="Such as SO2026112300000001")]) -> None:
    """Give one its order, which hears of it at once."""
    with ApiLine("operator") as line:
        line.post(f"/v1/orphans/{orphan}/match", {"order_no": order_no})
    typer.echo(f"Order {order_no} hears of orphan {orphan}.")
