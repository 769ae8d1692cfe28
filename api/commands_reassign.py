"""`orders reassign`: have what a warehouse does not send leave from another one, order by order (E4)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.api_line import ApiLine, SaidNo
from api.commands_ask import CONFLICT, FORBIDDEN, REFUSED
from api.commands_orders import Json, print_json


def reassign(  # noqa: PLR0917 - the options of a command
    warehouse: Annotated[str, typer.Option("--warehouse", help="The warehouse that does not send")],
    to: Annotated[str, typer.Option("--to", help="The one that shall; without, the best other one of each")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only shipments whose C4 is past")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only ask what would be accepted")] = False,
    reason: Annotated[str, typer.Option("--reason", help="It stands in each timeline")] = "its warehouse is late",
    as_json: Json = False,
) -> None:
    """Send a warehouse's open shipments from another one; each order answers for itself. Exit code 4: one said no."""
    with ApiLine("operator") as line:
        found = line.get(f"/v1/warehouses/{warehouse}/shipments", overdue=overdue or None)["shipments"]
        body = {"warehouse": to, "reason": reason, "dry_run": dry_run}
        answers = [_asked(line, each, body) for each in found]
    if as_json:
        print_json({"warehouse": warehouse, "dry_run": dry_run, "orders": answers})
    else:
        _say(answers, dry_run=dry_run)
    raise typer.Exit(REFUSED if any(answer["code"] for answer in answers) else 0)


def _asked(line: ApiLine, shipment: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    number = shipment["order_no"]
    told = {"order_no": number, "shipment": shipment["shipment"], "due_at": shipment["due_at"]}
    try:
        line.post(f"/v1/orders/{number}/reassign_warehouse", {**body, "shipment": shipment["shipment"]})
    except SaidNo as no:
        if no.status not in {CONFLICT, FORBIDDEN}:
            raise
        return {**told, "code": no.said.get("code", str(no.status)), "reason": no.what}
    return {**told, "code": "", "reason": ""}


def _say(answers: list[dict[str, Any]], *, dry_run: bool) -> None:
    for answer in answers:
        said = f"refused  {answer['code']}: {answer['reason']}" if answer["code"] else "accepted"
        due = f"  due {answer['due_at']}" if answer["due_at"] else ""
        typer.echo(f"{answer['order_no']}  shipment {answer['shipment']}  {said}{due}")
    taken = sum(not answer["code"] for answer in answers)
    told = "would be tried (dry run: nothing is changed)" if dry_run else "are being tried"
    typer.echo(f"{taken} of {len(answers)} shipments {told}; `orders show ORDER_NO` says what came of each.")
