"""`orders return …`: goods that come back, asked for, shown and decided from the terminal (§4.7 →Ret, SR-149)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import typer

from api.api_line import ApiLine
from api.ask_options import body_of, options_of, signature_of
from api.commands_ask import REFUSED, WRONG_USE, Actor, RequestId, Role, answer_of
from api.commands_orders import Json, Lang, OrderNo, console_of, print_json
from domain.asks import Ask
from domain.catalogue.forms import money
from domain.return_asks import RETURN_ASKS, InspectReturn
from domain.returns import ReturnKind, ReturnReason
from domain.who_may_ask import least_role

ReturnNo = Annotated[int, typer.Argument(help="The return's number beside the order's, such as 1")]
returns = typer.Typer(no_args_is_help=True, help="Goods that come back: ask, look, decide.")


@returns.command("list")
def list_returns(order_no: OrderNo, lang: Lang = "", as_json: Json = False) -> None:
    """List the order's returns: where each is, its lines, the money that went back."""
    with ApiLine("viewer", lang) as line:
        found, language = line.get(f"/v1/orders/{order_no}/returns"), line.language
    if as_json:
        print_json(found)
        return
    console = console_of()
    if not found["returns"]:
        console.print(f"Order {order_no} has no return.")
    for its in found["returns"]:
        for said in told(its, language):
            console.print(said)


def told(its: Mapping[str, Any], language: str) -> Iterator[str]:
    """One return as it is printed."""
    yield f"{its['return_no']}  {its['kind']}  {its['state_text']}"
    for line in its["lines"]:
        yield f"  line {line['line']}  {line['quantity']}"
    for paid in its["refunds"]:
        yield f"  refund {money(paid['amount'], its['currency'], language)}  {paid['cause']}"


@returns.command("ask")
def ask_return(
    order_no: OrderNo,
    *,
    line: Annotated[list[str], typer.Option(help="LINE=UNITS, such as 1=2; may be given again")],
    kind: Annotated[ReturnKind, typer.Option()] = ReturnKind.REFUND,
    reason: Annotated[ReturnReason, typer.Option()] = ReturnReason.NO_REASON,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only ask whether they may come back")] = False,
    actor: Actor = "",
    request_id: RequestId = "",
    role: Role = "operator",
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Ask to send goods back; a no names every reason."""
    lines = [{"line": name, "quantity": units} for name, (units,) in _counted(line, 1)]
    house = {name: value for name, value in (("actor", actor), ("request_id", request_id)) if value}
    body = {"kind": kind, "reason": reason, "lines": lines, "dry_run": dry_run, **house}
    path = f"/v1/orders/{order_no}/returns"
    with ApiLine(role, lang) as speaks:
        if dry_run:
            _print_verdict(speaks.post(path, body), as_json=as_json)
        else:
            answer_of(lambda: speaks.post(path, body), as_json=as_json)


@returns.command("inspect")
def inspect_return(
    order_no: OrderNo,
    return_no: ReturnNo,
    *,
    line: Annotated[
        list[str], typer.Option(help="LINE=GOOD/DAMAGED/OTHER, such as 1=1/0/0; a line not named did not come")
    ],
    warehouse: Annotated[str, typer.Option(help="Where the goods are")] = "",
    actor: Actor = "",
    request_id: RequestId = "",
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Say what the parcel held, line by line."""
    found = [
        {"line": name, "good": good, "damaged": damaged, "other": other}
        for name, (good, damaged, other) in _counted(line, 3)
    ]
    house = {name: value for name, value in (("actor", actor), ("request_id", request_id)) if value}
    body = {"lines": found, "warehouse": warehouse, **house}
    with ApiLine("operator", lang) as speaks:
        answer_of(lambda: speaks.post(f"/v1/orders/{order_no}/returns/{return_no}/inspect", body), as_json=as_json)


def _print_verdict(verdict: dict[str, Any], *, as_json: bool) -> None:
    """What a dry run came to; REFUSED where the goods may not come back."""
    if as_json:
        print_json(verdict)
    else:
        worth = money(verdict["worth"], verdict["currency"], "en")
        typer.echo(f"{verdict['order_no']}  {'may come back' if verdict['allowed'] else 'refused'}  {worth}")
        for no in verdict["reasons"]:
            typer.echo(
                f"  line {no['line'] or '-'}: {no['text']}" + (f"; instead: {no['instead']}" if no["instead"] else "")
            )
    if not verdict["allowed"]:
        raise typer.Exit(REFUSED)


def _counted(given: list[str], counts: int) -> list[tuple[str, list[int]]]:
    """Each LINE=N or LINE=N/N/N in its parts; wrong usage where one is not written so."""
    split = [(name, told.split("/")) for name, _, told in (each.rpartition("=") for each in given)]
    for wrong, (name, numbers) in zip(given, split, strict=True):
        if not name or len(numbers) != counts or not all(number.isdecimal() for number in numbers):
            typer.echo(
                f"--line wants LINE={'/'.join(['N'] * counts)}, such as 1={'/'.join('1' * counts)}: {wrong}", err=True
            )
            raise typer.Exit(WRONG_USE)
    return [(name, list(map(int, numbers))) for name, numbers in split]


def _common(  # noqa: PLR0917 - what every command takes
    order_no: OrderNo,
    return_no: ReturnNo,
    actor: Actor = "",
    request_id: RequestId = "",
    role: Role = "",
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """What every request's command takes."""


def _command_of(name: str, model: type[Ask]) -> Callable[..., None]:
    options = options_of(model)

    def command(order_no: str, return_no: int, actor: str, request_id: str, role: str, **given: Any) -> None:
        as_json, lang = given.pop("as_json"), given.pop("lang")
        house = {field: value for field, value in (("actor", actor), ("request_id", request_id)) if value}
        with ApiLine(role or least_role(name), lang) as speaks:
            path = f"/v1/orders/{order_no}/returns/{return_no}/{name}"
            answer_of(lambda: speaks.post(path, body_of(options, given) | house), as_json=as_json)

    command.__doc__ = (model.__doc__ or "").partition("\n\n")[0].replace("``", "")
    command.__name__ = name
    command.__signature__ = signature_of(options, _common)  # type: ignore[attr-defined]  # what typer reads
    command.__annotations__ = {each.name: each.annotation for each in command.__signature__.parameters.values()}  # type: ignore[attr-defined]
    return command


for _name, _model in RETURN_ASKS.items():
    if _model is not InspectReturn:
        returns.command(_name)(_command_of(_name, _model))
