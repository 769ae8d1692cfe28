"""`orders promotion on | off | list`: the promotion mode by hand (SR-102)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.api_line import ApiLine
from domain.editions import PROMOTION

promotion = typer.Typer(no_args_is_help=True, help="Promotion mode: begin, plan, end it, see its windows.")


@promotion.command()
def on(
    reason: Annotated[str, typer.Option(help="Why, such as 双十一")],
    hours: Annotated[float, typer.Option(min=0.25, max=744, help="How long; it ends by itself")] = 24,
    start: Annotated[str, typer.Option(help="When, ISO 8601 with offset; unset: now")] = "",
    edition: Annotated[str, typer.Option(help="The policy edition of its orders")] = PROMOTION.edition,
    channel: Annotated[str, typer.Option(help="Only for this channel")] = "",
) -> None:
    """Begin a promotion now, or plan one."""
    begins = _moment(start) if start else _now()
    body = {
        "reason": reason,
        "edition": edition,
        "channel": channel,
        **({"starts_at": begins.isoformat()} if start else {}),
        "ends_at": (begins + timedelta(hours=hours)).isoformat(),
    }
    with ApiLine("supervisor") as line:
        window = line.post("/v1/promotions", body)
    typer.echo(f"promotion {window['id']}: {window['starts_at']} to {window['ends_at']}, edition {window['edition']}")


@promotion.command()
def off(
    no: Annotated[int | None, typer.Option(help="Which window; unset: every one that is on")] = None,
) -> None:
    """End the promotion now; its orders keep their edition."""
    with ApiLine("supervisor") as line:
        ended = line.post("/v1/promotions/end", {} if no is None else {"no": no})["ended"]
    typer.echo(f"ended: {', '.join(map(str, ended))}" if ended else "no promotion is on")


@promotion.command("list")
def list_() -> None:
    """List the windows, the latest first."""
    with ApiLine("viewer") as line:
        windows = line.get("/v1/promotions")["promotions"]
    for one in windows:
        state = "on" if one["on"] else f"ended by {one['ended_by']}" if one["ended_by"] else ""
        typer.echo(f"{one['id']}  {one['starts_at']} to {one['ends_at']}  {one['edition']}  {one['reason']}  {state}")
    if not windows:
        typer.echo("no promotion was ever planned")


def _moment(told: str) -> datetime:
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise typer.BadParameter(f"{told} is no time; write one like 2026-11-11T00:00:00+08:00") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{told} has no offset; write one like 2026-11-11T00:00:00+08:00")
    return moment


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the command line's own watch
