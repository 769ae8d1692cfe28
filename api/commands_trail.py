"""`orders trail`: an order's whole trail from the API, its chain checked once more on this side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.api_line import ApiLine
from api.files.trail_file import csv_of
from domain.trail import Broken, Head, Link, first_broken

FOUND_PROBLEMS = 3


def trail(
    order_no: Annotated[str, typer.Argument(help="Such as SO2026112300000001")],
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Only say whether the chain holds; status 3 if not")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it into this file: .csv as a table, else JSON")] = None,
) -> None:
    """Export an order's whole trail, and check that nobody changed it: status 3 where the chain is broken."""
    with ApiLine("viewer") as line:
        found = line.get(f"/v1/orders/{order_no}/trail")
    broken = _broken(found)
    if out is not None:
        as_table = out.suffix.lower() == ".csv"
        out.write_bytes(csv_of(found) if as_table else _json(found).encode())
        typer.echo(f"{len(found['events'])} events of {order_no} are in {out}.", err=True)
    elif not verify:
        typer.echo(_json(found))
    _say(order_no, found, broken)


def _broken(found: Mapping[str, Any]) -> Broken | None:
    """What the API found, or what its answer itself shows: nobody has to believe the API."""
    told, verified = found["verified"]["broken"], found["verified"]
    head = Head(seq=verified["events"], hash=verified["head"])
    shown = first_broken([Link.model_validate(row) for row in found["events"]], head)
    return shown or (Broken.model_validate(told) if told else None)


def _say(order_no: str, found: Mapping[str, Any], broken: Broken | None) -> None:
    if broken is None:
        head = found["verified"]["head"]
        typer.echo(f"The trail of {order_no} is whole: {len(found['events'])} events, last hash {head}", err=True)
        return
    typer.secho(
        f"The trail of {order_no} is broken at row {broken.seq}"
        + (f" ({broken.key})" if broken.key else "")
        + f": {broken.reason}.",
        fg=typer.colors.RED,
        err=True,
    )
    typer.echo("Compare with an earlier export or a backup, and find out who can write to the database.", err=True)
    raise typer.Exit(FOUND_PROBLEMS)


def _json(found: Mapping[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)
